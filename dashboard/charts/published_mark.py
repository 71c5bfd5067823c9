"""What was published, beside one's own: an estimate, a range and an upper bound each with a mark of its own."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard import wording
from dashboard.charts import style

BELOW, HALF = 7, 9
"""Pixels: how far under the dot of the row an estimate stands, and half the height of a band."""


def published_mark(figure: go.Figure, y: float, values: dict[str, Any], dark: bool) -> None:
    """Add to the row at ``y`` what was published.

    values: ``label``, ``published_kind`` (estimate, range, upper_bound), ``published_value``, ``_low`` and ``_high``
    (0 to 1). An estimate is a triangle, with the line of its interval where there is one; a range a pale band; an upper
    bound a dotted line from nothing that ends in a stroke.
    """
    kind = values["published_kind"]
    value, low, high = (values.get(f"published_{name}") for name in ("value", "low", "high"))
    if kind == "estimate":
        _line(figure, y + BELOW, low, high, "solid", dark)
        _ends(figure, y + BELOW, [value], "triangle-up-open", values, dark)
    elif kind == "range":
        figure.add_shape(
            type="rect", x0=low, x1=high, y0=y - HALF, y1=y + HALF, layer="below", opacity=0.75, line={"width": 0},
            fillcolor=style.behind(dark),
        )  # fmt: skip
        _ends(figure, y, [low, high], "line-ns-open", values, dark)
    else:
        _line(figure, y + BELOW, 0.0, high, "dot", dark)
        _ends(figure, y + BELOW, [high], "line-ns-open", values, dark)


def _line(figure: go.Figure, y: float, low: float | None, high: float | None, dash: str, dark: bool) -> None:
    if low is None or high is None:
        return
    figure.add_shape(
        type="line", x0=low, x1=high, y0=y, y1=y, layer="below",
        line={"color": style.ink(dark), "width": 1.2, "dash": dash},
    )  # fmt: skip


def _ends(figure: go.Figure, y: float, at: list[Any], symbol: str, values: dict[str, Any], dark: bool) -> None:
    ink = style.ink(dark)
    words = wording.published_words(*(values.get(f"published_{name}") for name in ("value", "low", "high")))
    figure.add_scatter(
        x=at, y=[y] * len(at), mode="markers", name="Published",
        marker={"symbol": symbol, "size": 9, "color": ink, "line": {"width": 1.6, "color": ink}},
        hovertemplate=f"{style.on_one_line(str(values['label']))}<br>Published: {words}<extra></extra>",
    )  # fmt: skip
