"""Onset bands and the table of symptoms: every count is there, in order of time, and can be read."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import onset_bands, shaded_table, style, symptom_heat

CATEGORIES = {
    "immediate": "Immediate (days 0 to 2)",
    "weeks": "Weeks (days 43 to 90)",
    "late": "Late (after day 365)",
    "persistent": "Persistent: never relieved",
}


def failures(**counts: tuple[int, int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (label, name, CATEGORIES[name], n, n / sum(four) if sum(four) else None, sum(four))
            for label, four in counts.items()
            for name, n in zip(CATEGORIES, four, strict=True)
        ],
        columns=["label", "category", "category_label", "operations", "share", "of"],
    )


def symptoms(*counts: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(counts, columns=["label", "category_label", "operations"])


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def bands(figure: go.Figure) -> list[go.Bar]:
    return [trace for trace in figure.data if not trace.name.endswith("(key)")]


BOTH = failures(Fusion=(1, 10, 40, 9), Disc=(5, 3, 2, 0))


def test_categories_stand_in_order_of_time_and_make_a_whole() -> None:
    parts = bands(onset_bands.onset_bands(BOTH))
    assert [part.name for part in parts] == list(CATEGORIES.values())
    assert [sum(part.x[place] for part in parts) for place in (0, 1)] == pytest.approx([1, 1])


def test_a_bar_has_its_name_with_n_above_it() -> None:
    assert "Fusion, 60 failures seen" in texts(onset_bands.onset_bands(BOTH))


def test_a_number_stands_inside_where_there_is_room_and_always_in_the_words_on_pointing() -> None:
    first = bands(onset_bands.onset_bands(BOTH))[0]
    assert list(first.text) == ["", "5"]
    assert first.customdata[0] == "Fusion, Immediate (days 0 to 2): 1 of 60 (1.7 %)"


def test_time_goes_from_dark_to_pale_and_persistent_is_hatched() -> None:
    *ordered, persistent = bands(onset_bands.onset_bands(BOTH))
    assert [part.marker.color for part in ordered] == list(onset_bands.BLUES[:3])
    assert (persistent.marker.pattern.shape, ordered[0].marker.pattern.shape) == ("/", None)


def test_the_key_names_each_category_with_its_days() -> None:
    figure = onset_bands.onset_bands(BOTH)
    assert "<b>Weeks</b><br>days 43 to 90" in texts(figure)
    assert sum(trace.name.endswith("(key)") for trace in figure.data) == 4


def test_groups_without_failures_are_left_out_and_none_at_all_is_a_sentence() -> None:
    some = onset_bands.onset_bands(pd.concat([BOTH, failures(None_yet=(0, 0, 0, 0))]))
    assert not any("None_yet" in text for text in texts(some))
    for nothing in (failures(None_yet=(0, 0, 0, 0)), BOTH.iloc[:0]):
        assert texts(onset_bands.onset_bands(nothing)) == ["No failure was seen in this time."]
        assert onset_bands.describe(nothing) == "No failure was seen."


def test_one_row_is_a_bar() -> None:
    (only,) = bands(onset_bands.onset_bands(BOTH.iloc[[1]]))
    assert list(only.text) == ["10"]


def test_the_bands_in_words_give_every_count_that_is_not_zero() -> None:
    assert onset_bands.describe(failures(Disc=(5, 3, 2, 0))) == (
        "When failures first showed themselves. Disc: 10 failures seen, Immediate (days 0 to 2) 5, "
        "Weeks (days 43 to 90) 3, Late (after day 365) 2."
    )


SEEN = symptoms(("Back pain", "Weeks (days 43 to 90)", 120), ("Back pain", "Late (after day 365)", 4),
                ("Numbness", "Late (after day 365)", 1))  # fmt: skip


def test_every_count_stands_in_its_cell_and_what_was_not_seen_is_nought() -> None:
    heat, numbers = symptom_heat.symptom_heat(SEEN).data
    assert list(numbers.text) == ["120", "4", "0", "1"]
    assert (list(numbers.x), list(numbers.y)) == ([0, 1, 0, 1], [0, 0, 1, 1])
    assert heat.text[1][1] == "Numbness, Late (after day 365): 1 operation"


def test_symptoms_and_categories_keep_the_order_of_the_rows() -> None:
    layout = symptom_heat.symptom_heat(SEEN).layout
    assert list(layout.yaxis.ticktext) == ["Back pain", "Numbness"]
    assert list(layout.xaxis.ticktext) == ["Weeks", "Late"]
    assert layout.yaxis.range[0] > layout.yaxis.range[1]


def test_no_symptom_is_a_sentence() -> None:
    assert texts(symptom_heat.symptom_heat(SEEN.iloc[:0])) == ["No symptom was recorded in this time."]
    assert symptom_heat.describe(SEEN.iloc[:0]) == "No symptom was recorded."


def test_only_noughts_are_still_a_table() -> None:
    _, numbers = symptom_heat.symptom_heat(symptoms(("Back pain", "Weeks", 0))).data
    assert list(numbers.text) == ["0"]


def test_the_symptoms_in_words_give_the_most_frequent_first() -> None:
    assert symptom_heat.describe(SEEN) == (
        "Symptoms by when they first came. Most often Back pain (124 operations, most in Weeks (days 43 to 90)); "
        "Numbness (1 operation, most in Late (after day 365))."
    )


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_can_be_read_on_every_shade(dark: bool) -> None:
    low, high = shaded_table.SCALES[dark]
    shades = [style.between(low, high, step / 50) for step in range(51)]
    parts = [*onset_bands.BLUES, *(look[0] for look in onset_bands.APART.values())]
    assert all(contrast(shade, style.readable_on(shade)) >= 4.5 for shade in [*shades, *parts])


@pytest.mark.parametrize(("dark", "page"), [(False, "#ffffff"), (True, "#181716")])
def test_words_and_lines_stand_out_from_the_page_and_from_every_other_row(dark: bool, page: str) -> None:
    for under in (page, style.stripe(dark)):
        assert contrast(style.ink(dark), under) >= 7
        assert all(contrast(colour, under) >= 4.5 for colour in [*style.colours(dark), style.quiet(dark)])
        assert contrast(style.unsure(dark), under) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_has_its_own_colours_and_letters_and_no_template(dark: bool) -> None:
    drawn = style.lay_out(go.Figure(), dark=dark, height=100)
    assert drawn.to_plotly_json()["layout"]["template"] == {}
    hover = drawn.layout.hoverlabel
    assert contrast(hover.font.color, hover.bgcolor) >= 7
    assert (drawn.layout.font.family, hover.font.family) == (style.FONT, style.FONT)


def test_neighbouring_bands_differ_in_lightness() -> None:
    pairs = zip(onset_bands.BLUES, onset_bands.BLUES[1:], strict=False)
    assert all(contrast(darker, paler) >= 1.25 for darker, paler in pairs)


@pytest.mark.parametrize(
    ("top", "marks"),
    [(0.05, ["0 %", "1 %", "2 %", "3 %", "4 %", "5 %"]), (0.31, ["0 %", "10 %", "20 %", "30 %"]),
     (1, ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"])],
)  # fmt: skip
def test_an_axis_of_shares_has_few_round_marks(top: float, marks: list[str]) -> None:
    assert style.percent_axis(top)["ticktext"] == marks
