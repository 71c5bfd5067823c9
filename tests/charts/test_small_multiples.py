"""A panel for each group: where it stands, what it says, and that all are on one scale."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import style
from dashboard.charts.small_multiples import MOST, describe, left_out, small_multiples
from dashboard.stats import survival
from tests.charts.drawn import texts


def curve(name: str, failed: int, of: int = 100, **columns: str) -> pd.DataFrame:
    """Of so many operations so many fail on day 100, the others leave on day 800."""
    counts = pd.DataFrame({"day": [100, 800], "failed": [failed, 0], "died": 0, "left": [0, of - failed]})
    label = columns.pop("label", name.capitalize())
    return survival.cumulative_incidence(counts).assign(group=name, label=label, **columns)


def frame(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)


FOUR = frame(curve("a", 10), curve("b", 20, word="higher"), curve("c", 5, word="lower"), curve("d", 9, word="too few"))
WHOLE = curve("all", 44, 400)


def drawn(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data}


def test_every_panel_is_named_with_its_value_from_the_top_left_in_the_order_of_the_frame() -> None:
    figure = small_multiples(FOUR, WHOLE, until_days=730)
    assert texts(figure) == ["A <b>10 %</b>", "B <b>20 %</b>", "C <b>5 %</b>", "D <b>9 %</b>"]
    places = [(round(title.x, 1), round(title.y, 2)) for title in figure.layout.annotations]
    assert places[0][1] == places[1][1] == places[2][1] > places[3][1]
    assert places[0][0] == places[3][0] < places[1][0] < places[2][0]


def test_four_lines_draw_all_panels_on_one_scale_with_all_together_in_each() -> None:
    figure = small_multiples(FOUR, WHOLE, until_days=730)
    traces = drawn(figure)
    assert list(traces) == ["All together", "Share failed", "Share failed, higher", "Share failed, lower"]
    assert [x for x in traces["All together"].x if x is None] == [None] * 4
    lower, plain = traces["Share failed, lower"], traces["Share failed"]
    # c stands in the upper row and d below it, each on a foot of its own
    foot = lower.y[0]
    assert max(y for y in lower.y if y is not None) - foot == pytest.approx(0.05)
    assert max(y for y in plain.y[plain.customdata.index("d") :] if y is not None) == pytest.approx(0.09)
    assert plain.y[0] == foot > 0
    colours = [trace.line.color for trace in traces.values()]
    assert colours == [style.unsure(dark=False), *style.LIGHT[:3]]


def test_a_point_of_a_panel_says_its_group_and_is_not_seen() -> None:
    traces = drawn(small_multiples(FOUR, WHOLE, until_days=730))
    assert set(traces["Share failed"].customdata) == {"a", "d"}
    assert traces["Share failed, higher"].text[-2] == "B: 20.0 % by day 730"
    assert {trace.marker.opacity for name, trace in traces.items() if name != "All together"} == {0}


def test_where_few_remain_a_curve_is_grey_and_its_title_its_words_and_pointing_at_it_tell_no_share() -> None:
    few = curve("few", 20).assign(at_risk=lambda rows: rows["at_risk"].where(rows["day"] <= 100, 7))
    half = frame(
        curve("a", 10), pd.concat([few[:-1], few[few["day"] <= 100][-1:].assign(day=400, at_risk=7), few[-1:]])
    )
    figure = small_multiples(half, WHOLE, until_days=730)
    assert texts(figure) == ["A <b>10 %</b>", "Few"]
    traces = drawn(figure)
    assert list(traces) == ["All together", "Share failed", "Few remain"]
    assert traces["Few remain"].line.color == style.unsure(dark=False)
    assert traces["Share failed"].text[-2] == "Few: 20.0 % by day 100"
    after = [text for text in traces["Few remain"].text if text and "day 100" not in text]
    assert after
    assert not any("%" in text for text in after)
    assert set(traces["Few remain"].customdata) == {"few"}
    assert "A 10.0 %; Few 20.0 % by 3 months, after which too few remain." in describe(half, until_days=730)


def test_a_group_of_which_no_share_is_told_has_its_line_and_tells_none() -> None:
    figure = small_multiples(FOUR.assign(told=False), WHOLE, until_days=730)
    assert texts(figure) == ["A", "B", "C", "D"]
    assert not any("%" in text for trace in figure.data for text in trace.text or () if text)
    assert "%" not in describe(FOUR.assign(told=False), until_days=730)


def test_the_smallest_of_more_than_twelve_have_no_panel_and_are_named() -> None:
    many = frame(*(curve(f"g{n}", 1, of=100 - n) for n in range(14)), curve("tiny", 1, of=4))
    assert len(texts(small_multiples(many, WHOLE, until_days=730))) == MOST
    assert left_out(many) == ["G12", "G13", "Tiny"]
    assert left_out(FOUR) == []


def test_a_long_name_takes_two_lines_and_its_row_has_room_for_them() -> None:
    short, long = (
        small_multiples(curve("a", 10, label=label), WHOLE, until_days=365)
        for label in ("Disc", "Posterior cervical decompression <C3>")
    )
    assert texts(long) == ["Posterior cervical<br>decompression &lt;C3&gt; <b>10 %</b>"]
    assert long.layout.yaxis.range[1] > short.layout.yaxis.range[1]


@pytest.mark.parametrize(
    ("until", "mark"), [(90, "30 days"), (365, "6 months"), (730, "12 months"), (1825, "24 months")]
)
def test_time_is_marked_under_each_panel_of_the_lowest_row(until: int, mark: str) -> None:
    for panels, marked in ((FOUR, 1), (FOUR[FOUR["group"] != "d"], 3)):
        assert list(small_multiples(panels, WHOLE, until_days=until).layout.xaxis.ticktext).count(mark) == marked


def test_it_is_told_in_words_and_nothing_to_draw_is_a_sentence() -> None:
    assert describe(FOUR, until_days=730) == (
        "The course of each up to 24 months, in a panel of its own: A 10.0 %; B 20.0 %; C 5.0 %; D 9.0 %."
    )
    assert texts(small_multiples(FOUR.iloc[:0], WHOLE, until_days=730)) == ["No operations to draw."]
