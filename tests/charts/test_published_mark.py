"""An estimate, a range and an upper bound are told apart by their marks, not by colour."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts.dot_interval import dot_interval

ROW = {"label": "TLIF", "share": 0.1, "lower": 0.07, "upper": 0.14, "operations": 412, "failed": 41}


def drawn(**published: Any) -> Any:
    return dot_interval(pd.DataFrame([{**ROW, **{f"published_{name}": value for name, value in published.items()}}]))


def marks(figure: Any) -> list[Any]:
    return [trace for trace in figure.data if trace.name == "Published"]


def test_an_estimate_is_a_triangle_on_the_line_of_its_interval() -> None:
    figure = drawn(kind="estimate", value=0.021, low=0.020, high=0.023)
    (mark,) = marks(figure)
    assert (mark.marker.symbol, list(mark.x)) == ("triangle-up-open", [0.021])
    assert "Published: 2.1 % (2.0 to 2.3)" in mark.hovertemplate
    (line,) = figure.layout.shapes
    assert (line.type, line.x0, line.x1, line.line.dash) == ("line", 0.020, 0.023, "solid")


def test_an_estimate_without_an_interval_has_no_line() -> None:
    figure = drawn(kind="estimate", value=0.06, low=None, high=None)
    assert list(marks(figure)[0].x) == [0.06]
    assert not figure.layout.shapes


def test_a_range_is_a_band_and_a_bound_a_dotted_line_from_nothing() -> None:
    (band,) = drawn(kind="range", value=None, low=0.05, high=0.15).layout.shapes
    assert (band.type, band.x0, band.x1) == ("rect", 0.05, 0.15)
    figure = drawn(kind="upper_bound", value=None, low=None, high=0.46)
    (line,) = figure.layout.shapes
    assert (line.type, line.x0, line.x1, line.line.dash) == ("line", 0, 0.46, "dot")
    assert "Published: up to 46.0 %" in marks(figure)[0].hovertemplate
    assert figure.layout.xaxis.range[1] > 0.46
