"""The calibration plot: seen against expected, on like axes, with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.calibration_plot import calibration_plot, describe


def groups(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {"expected": 0.1, "share": 0.12, "lower": 0.07, "upper": 0.2, "operations": 100, "failed": 12}
    return pd.DataFrame([base | row for row in rows])


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [one for one in figure.data if one.name == name]
    return found


def test_a_dot_stands_at_expected_and_seen_with_its_interval() -> None:
    dots = trace(calibration_plot(groups({})), "Groups")
    assert (list(dots.x), list(dots.y)) == ([0.1], [0.12])
    assert (dots.error_y.array[0], dots.error_y.arrayminus[0]) == pytest.approx((0.08, 0.05))
    assert dots.text[0] == "Expected 10.0 %<br>seen 12.0 % (12 of 100; 7.0 to 20.0)"


def test_the_axes_are_alike_in_percent_and_hold_every_interval() -> None:
    layout = calibration_plot(groups({}, {"expected": 0.3, "share": 0.4, "upper": 0.55})).layout
    assert list(layout.xaxis.range) == list(layout.yaxis.range)
    assert list(layout.xaxis.ticktext) == list(layout.yaxis.ticktext) == ["0 %", "20 %", "40 %"]
    assert layout.yaxis.range[1] > 0.55
    assert (layout.yaxis.scaleanchor, layout.height) == ("x", 360)


def test_the_line_of_seen_as_expected_goes_through_the_whole_and_is_named() -> None:
    figure = calibration_plot(groups({}))
    line, top = trace(figure, "Seen as expected"), figure.layout.xaxis.range[1]
    assert (list(line.x), list(line.y)) == ([0, top], [0, top])
    assert "Seen as expected" in texts(figure)


def test_a_missing_limit_is_no_whisker() -> None:
    dots = trace(calibration_plot(groups({"lower": np.nan})), "Groups")
    assert (dots.error_y.arrayminus[0], dots.error_y.array[0]) == pytest.approx((0, 0.08))
    assert dots.text[0].endswith("(12 of 100)")


@pytest.mark.parametrize("nothing", [groups({}).iloc[:0], groups({"share": np.nan})])
def test_nothing_to_draw_is_a_sentence(nothing: pd.DataFrame) -> None:
    assert texts(calibration_plot(nothing)) == ["No operations to draw."]
    assert describe(nothing) == "No operations."


def test_the_description_gives_the_ends_and_how_many_intervals_hold_what_was_expected() -> None:
    assert describe(groups({"expected": 0.25}, {}, {"expected": 0.02})) == (
        "Failures expected by the model and seen, in 3 groups of rising risk; the interval holds the expected share in "
        "1 of them. Lowest risk: expected 2.0 %; seen 12.0 % (12 of 100; 7.0 to 20.0). Highest risk: expected 25.0 %; "
        "seen 12.0 % (12 of 100; 7.0 to 20.0)."
    )
    assert describe(groups({})) == (
        "Failures expected by the model and seen, in 1 group: expected 10.0 %; seen 12.0 % (12 of 100; 7.0 to 20.0)."
    )
