"""The forest plot: crude and adjusted side by side, the reference named, nothing drawn where nothing is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts import style
from dashboard.charts.forest_plot import describe, forest_plot
from tests.charts.drawn import texts


def rows(*bands: dict[str, Any]) -> pd.DataFrame:
    base = {
        "section": "Age", "label": "65 and over", "operations": 412, "failed": 41, "reference": False,
        "crude": 1.5, "crude_lower": 1.2, "crude_upper": 1.9, "adjusted": 1.3, "adjusted_lower": 0.9,
        "adjusted_upper": 1.8, "note": "",
    }  # fmt: skip
    return pd.DataFrame([base | band for band in bands])


def unknown(*kinds: str) -> dict[str, float]:
    return {f"{kind}{end}": np.nan for kind in kinds for end in ("", "_lower", "_upper")}


USUAL = {"label": "18 to 39", "reference": True} | unknown("crude", "adjusted")


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [one for one in figure.data if one.name == name]
    return found


def test_crude_is_a_hollow_circle_above_adjusted_a_square_below_in_the_same_row() -> None:
    figure = forest_plot(rows(USUAL, {}))
    crude, adjusted = trace(figure, "Crude"), trace(figure, "Adjusted")
    assert (crude.marker.symbol, adjusted.marker.symbol) == ("circle-open", "square")
    assert (list(crude.x), list(adjusted.x)) == ([1.5], [1.3])
    assert 12 <= adjusted.y[0] - crude.y[0] <= 20
    assert crude.marker.color != adjusted.marker.color
    assert "○ Each factor alone    ■ Adjusted" in texts(figure)


def test_an_interval_reaches_from_its_lower_to_its_upper_limit() -> None:
    error = trace(forest_plot(rows({})), "Crude").error_x
    assert (error.arrayminus[0], error.array[0]) == pytest.approx((0.3, 0.4))


def test_the_axis_is_logarithmic_with_its_line_at_one_and_marks_that_double() -> None:
    figure = forest_plot(rows({"crude_upper": 3.5}))
    assert (figure.layout.xaxis.type, list(figure.layout.xaxis.tickvals)) == ("log", [0.5, 1, 2, 4])
    assert list(figure.layout.xaxis.ticktext) == ["0.5", "1", "2", "4"]
    assert list(figure.layout.xaxis.range) == pytest.approx(np.log10([0.5, 4]))
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1) == (1, 1)


def test_of_many_marks_every_second_has_its_number() -> None:
    axis = forest_plot(rows({"crude": 12, "crude_lower": 0.2, "crude_upper": 30})).layout.xaxis
    assert list(axis.ticktext) == ["", "0.25", "", "1", "", "4", "", "16"][1 if axis.tickvals[0] == 0.25 else 0 :]


def test_an_interval_beyond_the_axis_ends_in_an_arrow_at_its_edge() -> None:
    figure = forest_plot(rows({"adjusted_lower": 0.001, "adjusted_upper": 300}))
    arrows = trace(figure, "Adjusted, beyond the axis")
    assert (list(arrows.x), list(arrows.marker.symbol)) == ([0.125, 8], ["triangle-left", "triangle-right"])
    dots = trace(figure, "Adjusted")
    assert (dots.x[0] - dots.error_x.arrayminus[0], dots.x[0] + dots.error_x.array[0]) == pytest.approx((0.125, 8))
    assert not any(one.name == "Crude, beyond the axis" for one in figure.data)


def test_the_band_compared_with_is_written_reference_and_has_no_dot() -> None:
    figure = forest_plot(rows(USUAL | {"crude": 1.0, "adjusted": 1.0}, {}))
    assert texts(figure).count("reference") == 1
    assert len(trace(figure, "Crude").x) == 1


def test_what_was_not_estimated_says_so_once_a_row() -> None:
    both = forest_plot(rows({}, unknown("crude", "adjusted")))
    assert texts(both).count("not estimated") == 1
    one = forest_plot(rows(unknown("adjusted")))
    (words,) = [a for a in one.layout.annotations if a.text == "not estimated"]
    assert words.y > trace(one, "Crude").y[0]
    assert not any(drawn.name == "Adjusted" for drawn in one.data)


@pytest.mark.parametrize("ratio", [0.0, float("inf")])
def test_a_ratio_without_end_is_not_estimated(ratio: float) -> None:
    assert "not estimated" in texts(forest_plot(rows({"crude": ratio})))


def test_words_beside_the_line_stand_on_its_roomier_side() -> None:
    left = forest_plot(rows(USUAL, {"crude": 0.1, "crude_lower": 0.05, "crude_upper": 0.2}))
    (words,) = [a for a in left.layout.annotations if a.text == "reference"]
    assert (words.xanchor, words.x) == ("right", 0)


def test_names_stand_in_the_margin_with_n_under_bold_headings() -> None:
    figure = forest_plot(rows(USUAL, {}, {"section": "Smoking", "label": "Former"}))
    assert {"<b>Age</b>", "<b>Smoking</b>", "18 to 39 412", "65 and over 412"} - set(texts(figure)) == set()
    assert "Two or more earlier<br>operations 412" in texts(
        forest_plot(rows({"label": "Two or more earlier operations"}))
    )


def test_notes_are_numbered_once_and_stand_under_the_axis() -> None:
    firth = {"note": "Estimated by Firth's method <no failure>"}
    figure = forest_plot(rows(firth, {"label": "40 to 64"} | firth, {}))
    assert "<sup>1</sup> Estimated by Firth's method &lt;no failure&gt;" in texts(figure)
    assert "40 to 64 412 <sup>1</sup>" in texts(figure)
    assert figure.layout.height > forest_plot(rows({}, {"label": "40 to 64"}, {})).layout.height


def test_without_an_adjusted_model_only_the_crude_ratios_are_drawn() -> None:
    figure = forest_plot(rows(unknown("adjusted")), adjusted_shown=False)
    assert [one.name for one in figure.data] == ["Crude"]
    assert "○ Each factor alone" in texts(figure)
    assert "not estimated" not in texts(figure)
    assert "adjusted" not in describe(rows({}), adjusted_shown=False)


def test_a_tall_picture_has_its_axis_at_the_top_too() -> None:
    assert texts(forest_plot(rows(*[{} for _ in range(30)]))).count("2") == 1
    assert "2" not in texts(forest_plot(rows({})))


def test_words_on_pointing_give_the_ratio_its_interval_and_the_counts() -> None:
    assert trace(forest_plot(rows({"note": "Firth"})), "Adjusted").text[0] == (
        "Age: 65 and over<br>Adjusted 1.30 (0.90 to 1.80)<br>41 of 412 failed<br>Firth"
    )


def test_nothing_to_draw_is_a_sentence_and_only_a_reference_a_picture() -> None:
    assert texts(forest_plot(rows({}).iloc[:0])) == ["No operations to draw."]
    assert describe(rows({}).iloc[:0]) == "No operations."
    assert list(forest_plot(rows(USUAL)).data) == []
    assert describe(rows(USUAL)) == "Hazard ratio of failing, with its 95 % interval. Nothing to compare."


def test_the_description_compares_each_band_with_its_reference() -> None:
    assert describe(
        rows(USUAL, {}, {"label": "Not recorded"} | unknown("crude", "adjusted")), measure="Odds ratio"
    ) == (
        "Odds ratio of failing, with its 95 % interval. Age, 65 and over against 18 to 39: alone 1.50 (1.20 to 1.90), "
        "adjusted 1.30 (0.90 to 1.80), 41 of 412 failed; Age, Not recorded against 18 to 39: alone not estimated, "
        "adjusted not estimated, 41 of 412 failed."
    )
    assert describe(rows(*[{} for _ in range(10)])).endswith("; and 2 more in the table.")


RATIO = st.floats(1e-6, 1e6)


@settings(max_examples=30)
@given(st.lists(st.tuples(RATIO, RATIO, RATIO), min_size=1, max_size=6))
def test_dots_and_intervals_never_leave_the_axis_whatever_the_ratios(ratios: list[tuple[float, float, float]]) -> None:
    bands = [dict(zip(("crude_lower", "crude", "crude_upper"), sorted(three), strict=True)) for three in ratios]
    figure = forest_plot(rows(*bands))
    low, high = (10**end for end in figure.layout.xaxis.range)
    dots = trace(figure, "Crude")
    for x, minus, plus in zip(dots.x, dots.error_x.arrayminus, dots.error_x.array, strict=True):
        assert low - 1e-9 <= x - minus <= x <= x + plus <= high + 1e-9


def test_light_and_dark_differ_in_ink() -> None:
    assert forest_plot(rows({}), dark=True).layout.font.color == style.ink(dark=True)
