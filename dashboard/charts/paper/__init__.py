"""A chart for paper: Plotly's own description of it, written as SVG, with nothing of it lost.

The figure on the screen is the one description; this writer draws of it what ``charts`` use, and refuses what it does
not know (``known``). Words in the letters of documents, a white ground, no script, nothing from elsewhere; the same
figure gives the same bytes.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard.charts.paper import axes, known, overlays, traces
from dashboard.charts.paper.drawing import Drawing, unknown

FULL, HALF = 680, 330
"""Pixels of a picture over the whole width of a page, and of one of two side by side."""
LEAST = 140
"""Pixels that a plot is wide at least: where the words beside it leave less, the whole is drawn smaller."""


def svg(figure: go.Figure, *, width: int = FULL, words: str = "") -> str:
    """The picture as SVG, ``width`` pixels wide and as tall as its figure. words: what it says, for those who hear it.

    The figure is one in the light colours. Raises OurFault for a trace, a shape or an attribute that it does not know.
    """
    layout = figure.layout.to_plotly_json()
    annotations, shapes = (list(layout.pop(name, None) or ()) for name in ("annotations", "shapes"))
    drawn = [trace.to_plotly_json() for trace in figure.data]
    _check(layout, drawn, annotations, shapes)
    margin = layout["margin"]
    drawing = Drawing(max(width, margin["l"] + margin["r"] + LEAST), layout["height"])
    pairs = sorted({(trace.get("xaxis", "x"), trace.get("yaxis", "y")) for trace in drawn} | {("x", "y")})
    plot = axes.plot_of(layout, drawing.width, {name for pair in pairs for name in pair})
    overlays.draw_shapes(drawing, plot, shapes, "below")
    for x, y in pairs:
        axes.draw_grid(drawing, plot, plot.axis(x), plot.axis(y))
    traces.draw(drawing, plot, drawn)
    axes.draw_words(drawing, plot)
    overlays.draw_shapes(drawing, plot, shapes, "above")
    overlays.draw_words(drawing, plot, annotations, layout["font"])
    return drawing.written(width, words)


def _check(
    layout: dict[str, Any], drawn: list[dict[str, Any]], annotations: list[dict[str, Any]], shapes: list[dict[str, Any]]
) -> None:
    axes_apart = {name: value for name, value in layout.items() if not name.startswith(("xaxis", "yaxis"))}
    known.check("the layout", axes_apart, known.LAYOUT)
    for trace in drawn:
        if trace["type"] not in known.TRACES:
            raise unknown("the trace", trace["type"])
        known.check(f"a trace {trace['type']}", trace, known.TRACES[trace["type"]])
    for one in annotations:
        known.check("an annotation", one, known.ANNOTATION)
    for one in shapes:
        known.check("a shape", one, known.SHAPE)
