"""The control chart: every period where it is, limits in steps, signals numbered, and what is still to come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import style
from dashboard.charts.control_chart import COMING, MOST_TICKS, control_chart, describe, remark_rows, signal_words
from dashboard.charts.labels import WIDTHS, numbers


def periods(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {"label": "2023 Q4", "share": 0.1, "centre": 0.11, "lower_limit": 0.02, "upper_limit": 0.2,
            "operations": 80, "failed": 8, "signal": "", "immature": False}  # fmt: skip
    return pd.DataFrame([base | row for row in rows])


def signals(*runs: tuple[int, int], words: str = "outside the limits (above)") -> pd.DataFrame:
    return pd.DataFrame([(first, last, words) for first, last in runs], columns=["first", "last", "signal"])


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [one for one in figure.data if one.name == name]
    return found


OUTSIDE = {"share": 0.2125, "failed": 17, "signal": "outside the limits (above)"}
GAP = {"share": np.nan, "centre": np.nan, "lower_limit": np.nan, "upper_limit": np.nan, "operations": 0, "failed": 0}


def test_every_period_is_a_dot_and_an_empty_one_a_gap() -> None:
    dots = trace(control_chart(periods({}, GAP, {"share": 0.15})), "Periods")
    assert list(dots.y)[::2] == [0.1, 0.15]
    assert np.isnan(dots.y[1])
    assert dots.connectgaps is False
    assert dots.text[0] == "2023 Q4: 10.0 % (8 of 80)<br>Limits 2.0 % to 20.0 %"
    assert dots.text[1] == "2023 Q4: no operations"


def test_no_line_passes_over_a_period_that_is_not_told() -> None:
    for joined, mode in ((True, "lines+markers"), (False, "markers")):
        assert trace(control_chart(periods({"joined": joined}, {"joined": joined})), "Periods").mode == mode


def test_limits_are_level_over_each_period_and_vary_from_one_to_the_next() -> None:
    figure = control_chart(periods({"upper_limit": 0.2}, {"upper_limit": 0.3}))
    upper = trace(figure, "Upper limit")
    assert (list(upper.x), list(upper.y)) == ([-0.5, 0.5, 0.5, 1.5], [0.2, 0.2, 0.3, 0.3])
    assert "Overall<br>11.0 %" in texts(figure)
    assert texts(figure).count("Limit") == 2


def test_names_of_limits_close_together_do_not_cover_each_other() -> None:
    figure = control_chart(periods({"share": 0.5, "lower_limit": 0.109, "upper_limit": 0.111}))
    heights = sorted(a.yshift for a in figure.layout.annotations if a.text == "Limit" or a.text.startswith("Overall"))
    assert min(np.diff(heights)) >= 1.5 * style.LINE


def test_signals_have_another_shape_and_their_number() -> None:
    figure = control_chart(periods({}, OUTSIDE, {}, OUTSIDE), signals=signals((1, 1), (3, 3)))
    marks = trace(figure, "Signals")
    assert (marks.marker.symbol, [y for y in marks.y if not np.isnan(y)]) == ("diamond", [0.2125, 0.2125])
    numbered = [(a.x, a.text) for a in figure.layout.annotations if (a.name or "").startswith("Signal")]
    assert numbered == [(1, "<b>1</b>"), (3, "<b>2</b>")]


def test_signals_in_words_say_when_what_and_how_much() -> None:
    words = signal_words(periods({}, OUTSIDE), signals((1, 1)))
    assert words == ["2023 Q4: outside the limits (above): 21.2 % (17 of 80)"]
    assert signal_words(periods({}, {}), signals()) == []


def test_a_run_is_one_signal_with_its_first_and_last_period_and_its_lowest_and_highest_value() -> None:
    frame = periods(
        {"label": "2023 Q1"}, {"share": 0.05, "failed": 4}, {"label": "2023 Q3", "share": 0.075, "failed": 6}
    )
    run = signals((0, 2), words="3 in a row below the centre")
    assert signal_words(frame, run) == [
        "2023 Q1 to 2023 Q3: 3 in a row below the centre: 5.0 % to 10.0 % (18 seen of 240)"
    ]
    figure = control_chart(frame, signals=run)
    assert np.isfinite(trace(figure, "Signals").y).all()
    assert [a.text for a in figure.layout.annotations if (a.name or "").startswith("Signal")] == ["<b>1</b>"]


@pytest.mark.parametrize("immature", [{"share": 0.04}, {"share": np.nan}])
def test_periods_not_yet_mature_are_hatched_hollow_and_never_joined(immature: dict[str, Any]) -> None:
    figure = control_chart(periods({}, {}, immature | {"immature": True}))
    zone = trace(figure, COMING)
    assert (list(zone.x), zone.marker.pattern.shape) == ([2], "/")
    assert COMING in texts(figure)
    assert np.isnan(trace(figure, "Periods").y[2])
    hollow = [one for one in figure.data if one.name == "Not yet mature"]
    assert [one.marker.symbol for one in hollow] == (["circle-open"] if immature["share"] == 0.04 else [])


def test_all_mature_no_hatching() -> None:
    assert COMING not in texts(control_chart(periods({})))


@pytest.mark.parametrize(("many", "kind"), [(1, "2024 Q1"), (20, "2024 Q1"), (60, "Mar 2024"), (200, "Mar 2024")])
def test_a_telephone_has_room_for_every_name_under_the_axis(many: int, kind: str) -> None:
    axis = control_chart(periods(*[{"label": kind}] * many)).layout.xaxis
    widest = max(len(word) for word in kind.split())
    assert 1 <= len(axis.tickvals) <= MOST_TICKS
    assert len(axis.tickvals) * widest * style.LETTER <= WIDTHS[0]
    assert axis.ticktext[0] == kind.replace(" ", "<br>")


def test_operations_between_events_are_plain_numbers() -> None:
    frame = periods({"share": 120, "centre": 35, "lower_limit": 0, "upper_limit": 110, "signal": "outside the limits"})
    figure = control_chart(frame, measure="count", title="Operations between complications")
    assert {"Operations between complications", "Centre<br>35"} <= set(texts(figure))
    assert figure.layout.yaxis.ticktext is None
    assert figure.layout.yaxis.range[1] > 120
    outside = signals((0, 0), words="outside the limits")
    assert signal_words(frame, outside, measure="count") == ["2023 Q4: outside the limits: 120 operations"]
    assert "Infections" in texts(control_chart(frame, measure="count", title="Infections"))


def test_nothing_to_draw_is_a_sentence() -> None:
    assert texts(control_chart(periods({}).iloc[:0])) == ["No periods to draw."]
    assert describe(periods({}).iloc[:0]) == "No periods."


def test_only_gaps_are_still_a_picture() -> None:
    figure = control_chart(periods(GAP, GAP))
    assert {one.name for one in figure.data} == {"Centre", "Upper limit", "Lower limit"}
    assert figure.layout.yaxis.range[1] == 0.05


def test_the_description_gives_the_time_the_average_and_the_signals() -> None:
    frame = periods({"label": "2023 Q3"}, OUTSIDE, {"label": "2024 Q1", "immature": True})
    assert describe(frame, signals=signals((1, 1))) == (
        "Operations failed, 3 periods from 2023 Q3 to 2024 Q1, overall 11.0 %. Signals: 1, 2023 Q4: outside the limits "
        "(above): 21.2 % (17 of 80). Not yet mature: 1 period."
    )
    assert describe(periods({})).endswith("Signals: none.")
    every = signals(*[(place, place) for place in range(10)])
    assert "; and 2 more." in describe(periods(*[OUTSIDE] * 10), signals=every)


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0, 280), st.sampled_from([-1, 0, 1])), max_size=25))
def test_no_number_covers_another_or_leaves_the_plot(marked: list[tuple[float, float, int]]) -> None:
    marked = sorted(marked)
    placed = numbers(marked, [(x, y) for x, y, _ in marked], 60, high=280, colour="#000000")
    assert all(0 <= word["yshift"] <= 280 for word in placed)
    for place, one in enumerate(placed):
        for other in placed[:place]:
            apart = abs(one["x"] - other["x"]) / 60 * WIDTHS[0]
            assert apart >= style.LETTER or abs(one["yshift"] - other["yshift"]) >= style.LINE


def test_remarks_are_numbered_lines_and_take_their_room_above_the_plot() -> None:
    plain, figure = control_chart(periods({}, {}, {})), control_chart(periods({}, {}, {}), remarks=[0.25, 2])
    lines = [(shape.x0, shape.x1) for shape in figure.layout.shapes if shape.name == "Remark"]
    assert lines == [(0.25, 0.25), (2, 2)]
    assert [a.x for a in figure.layout.annotations if a.text in ("R1", "R2")] == [0.25, 2]
    assert figure.layout.margin.t == plain.layout.margin.t + style.LINE
    assert figure.layout.height - figure.layout.margin.t == plain.layout.height - plain.layout.margin.t


def test_numbers_of_remarks_close_together_stand_above_one_another_and_the_fourth_is_left_off() -> None:
    assert remark_rows([3, 3, 3, 3, 30], 40) == [0, 1, 2, None, 0]
    assert remark_rows([], 40) == []
