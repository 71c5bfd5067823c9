"""Sequential charts: both panels, the limits, every signal, and no more points than a screen can show."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts.cusum_chart import EXPECTED, FEWER, MORE, MOST_POINTS, cusum_chart, describe, signal_words

FIRST = date(2024, 3, 5)


def steps(n: int, signals: dict[int, str] | None = None, seed: int = 1) -> pd.DataFrame:
    """A walk, with signals at the operations named."""
    walk = np.random.default_rng(seed).normal(0, 0.3, n).cumsum().round(3)
    return pd.DataFrame(
        {
            "operation": range(1, n + 1),
            "operated": [FIRST + timedelta(days=day) for day in range(n)],
            "vlad": walk,
            "up": np.abs(walk),
            "down": np.abs(walk) / 2,
            "signal": [(signals or {}).get(operation, "") for operation in range(1, n + 1)],
        }
    )


def draw(frame: pd.DataFrame, **choices: Any) -> go.Figure:
    return cusum_chart(frame, **({"limit_up": 4.5, "limit_down": 4.0} | choices))


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [one for one in figure.data if one.name == name]
    return found


def test_the_sum_of_expected_less_seen_stands_above_the_two_sums_that_signal() -> None:
    frame = steps(50)
    figure = draw(frame)
    assert list(trace(figure, "Expected less seen").y) == list(frame["vlad"])
    assert list(trace(figure, "Up").y) == list(frame["up"])
    assert list(trace(figure, "Down").y) == list(-frame["down"])
    assert {trace(figure, name).yaxis for name in ("Up", "Down")} == {"y2"}
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert EXPECTED in texts(figure)


def test_the_sums_differ_in_dash_and_both_are_named() -> None:
    figure = draw(steps(50))
    assert (trace(figure, "Up").line.dash, trace(figure, "Down").line.dash) == ("solid", "dash")
    assert {"Up: odds doubled?", "Down: odds halved?"} <= set(texts(figure))


@pytest.mark.parametrize("limit_down", [4.0, -4.0])
def test_the_limits_stand_above_and_below_with_their_heights(limit_down: float) -> None:
    figure = draw(steps(5), limit_down=limit_down)
    lines = [shape.y0 for shape in figure.layout.shapes if shape.yref == "y2"]
    assert lines == [4.5, -4.0]
    assert {"Limit<br>4.5", "Limit<br>4.0"} <= set(texts(figure))
    low, high = figure.layout.yaxis2.range
    assert low < -4 < 4.5 < high
    axis = figure.layout.yaxis2
    assert list(axis.ticktext) == [str(abs(mark)) for mark in axis.tickvals]


def test_signals_are_marked_on_their_side_and_numbered_in_order() -> None:
    figure = draw(steps(50, {10: MORE, 40: FEWER}))
    up, down = trace(figure, MORE.capitalize()), trace(figure, FEWER.capitalize())
    assert (list(up.x), list(down.x)) == ([10], [40])
    assert up.y[0] > 0 > down.y[0]
    assert up.marker.symbol != down.marker.symbol
    numbered = [(a.x, a.text) for a in figure.layout.annotations if (a.name or "").startswith("Signal")]
    assert numbered == [(10, "<b>1</b>"), (40, "<b>2</b>")]


def test_words_on_pointing_give_the_operation_its_date_and_how_it_stands() -> None:
    frame = steps(3, {2: MORE}).assign(vlad=[0.0, -1.24, 2.0], up=[0.1, 4.6, 0.0])
    figure = draw(frame)
    assert list(trace(figure, "Expected less seen").text) == [
        "Operation 1, 5 Mar 2024<br>As many failures as expected",
        "Operation 2, 6 Mar 2024<br>1.2 more than expected",
        "Operation 3, 7 Mar 2024<br>2.0 fewer than expected",
    ]
    assert trace(figure, "Up").text[1] == ("Operation 2, 6 Mar 2024<br>Up: odds doubled? 4.60<br>More than expected")


@settings(max_examples=15)
@given(st.integers(1, 5000), st.sets(st.integers(1, 5000), max_size=100), st.integers(0, 100))
def test_no_more_points_than_a_screen_shows_and_no_signal_or_extreme_is_lost(n: int, at: set[int], seed: int) -> None:
    frame = steps(n, dict.fromkeys(at, MORE), seed)
    figure = draw(frame)
    line = trace(figure, "Expected less seen")
    assert len(line.x) <= MOST_POINTS
    assert {1, n, *(operation for operation in at if operation <= n)} <= set(line.x)
    assert (min(line.y), max(line.y)) == (frame["vlad"].min(), frame["vlad"].max())
    assert max(trace(figure, "Up").y) == frame["up"].max()
    assert min(trace(figure, "Down").y) == -frame["down"].max()


def test_one_operation_is_a_dot_and_none_a_sentence() -> None:
    assert trace(draw(steps(1)), "Expected less seen").mode == "markers"
    assert texts(draw(steps(0))) == ["No operations to draw."]
    assert describe(steps(0), limit_up=4.5, limit_down=4) == "No operations."
    assert signal_words(steps(0)) == []


def test_signals_in_words_say_which_operation_and_when() -> None:
    assert signal_words(steps(3, {2: MORE})) == ["Operation 2, 6 Mar 2024: more than expected"]


def test_the_description_gives_the_end_the_limits_and_the_signals() -> None:
    frame = steps(3, {2: MORE}).assign(vlad=[0, -1, -2.04])
    assert describe(frame, limit_up=4.5, limit_down=4) == (
        "3 operations in order of date; at the end 2.0 more than expected. Limits: 4.5 for doubled, 4.0 for "
        "halved odds. Signals: 1, Operation 2, 6 Mar 2024: more than expected."
    )
    assert describe(steps(2), limit_up=4.5, limit_down=4).endswith("Signals: none.")
    assert "; and 2 more." in describe(steps(10, dict.fromkeys(range(1, 11), FEWER)), limit_up=4.5, limit_down=4)
