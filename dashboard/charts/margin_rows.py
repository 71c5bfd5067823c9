"""Rows from the top with their names in the margin, under headings: what dots and ratios are drawn beside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import style

LETTERS = 22
"""A name breaks after so many: on a telephone the names may take a third of the width."""
GAP, HEADING, HEADING_LETTERS = 11, 30, 44
"""Pixels: between rows, and a section's heading; and letters after which that breaks."""
BESIDE = 8
"""Pixels between the plot and the words beside it, on either side."""
TALLEST = 38
"""Pixels that a row of one line takes at most, where a picture is stretched to the height of its neighbour."""
LONG = 700
"""Pixels: in a picture taller than this the axis stands on top as well, where reading begins."""
MOST_MARKS = 3.5
"""The axis of shares has so many steps at most: on a telephone what stands beside it leaves little room."""
TELEPHONE, MARK = 336, 36
"""Pixels of a picture on a telephone, and of its axis that a mark takes."""


@dataclass(frozen=True)
class Row:
    """One line of the picture: a group, or a section's heading (no ``values``); ``y`` is pixels from the top."""

    y: float
    words: str
    values: dict[str, Any] | None = None
    tall: float = 0.0


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as plain values, missing ones as None."""
    return [
        {str(column): None if pd.isna(value) else value for column, value in row.items()}
        for row in frame.to_dict("records")
    ]


def margin_rows(
    frame: pd.DataFrame,
    words_of: Callable[[dict[str, Any]], list[str]],
    *,
    heading: Callable[[str], str] = lambda section: "<br>".join(style.lines_of(section, HEADING_LETTERS)),
    least: float = 0.0,
) -> tuple[list[Row], float]:
    """Each line of the picture from the top, and how many pixels tall they are together.

    frame: a row for each group, optionally ``section`` (a heading before its first row).
    words_of: the lines that name a row, from its values.
    heading: a section's name as it is written; least: pixels that a row takes at least.
    """
    lines: list[Row] = []
    section, top = None, 0.0
    for values in records(frame):
        if values.get("section") not in (None, section):
            section = values["section"]
            words = heading(str(section))
            tall: float = HEADING + style.LINE * words.count("<br>")
            lines.append(Row(top + tall / 2 + 4, f"<b>{words}</b>", tall=tall))
            top += tall
        named = words_of(values)
        tall = max(least, style.LINE * len(named) + GAP)
        lines.append(Row(top + tall / 2, "<br>".join(named), values, tall))
        top += tall
    return lines, top


def stretched(rows: int, tall: int) -> float:
    """Pixels that each of so many rows takes at least, so that together they come near to ``tall``."""
    return min(TALLEST, tall / rows) if rows else 0.0


def name_and_n(values: dict[str, Any], *, dark: bool, note: str = "") -> list[str]:
    """The label in lines, and quietly behind the last of them how many operations, or what else ``n`` counts."""
    n = f'<span style="color:{style.quiet(dark)}">{int(values.get("n", values["operations"])):,}</span>'
    *lines, last = style.lines_of(str(values["label"]), LETTERS, 3)
    return [*lines, f"{last}&nbsp; {n}{note}"]


def left_of(lines: Iterable[Row]) -> int:
    """Pixels that the names need beside the plot."""
    named = (words for line in lines if line.values is not None for words in line.words.split("<br>"))
    return widest(named) + BESIDE


def widest(words: Iterable[str]) -> int:
    """Pixels that the widest of these lines needs, with what stands between it and the plot; 0 of none."""
    wide = [style.wide(re.sub("<[^>]*>", "", each)) for each in words if each]
    return round(max(wide)) + BESIDE if wide else 0


def name(row: Row, dark: bool, left: int) -> dict[str, Any]:
    """The annotation that names a row in the margin of ``left`` pixels; a heading goes across."""
    heading = row.values is None
    side = "left" if heading else "right"
    place = {"xref": "paper", "x": 0, "xshift": -left if heading else -BESIDE, "xanchor": side, "y": row.y}
    font = {"color": style.ink(dark), "size": style.LARGEST if heading else 12}
    return {"text": row.words, "align": side, "font": font} | place


def value(row: Row, words: str, colour: str) -> dict[str, Any]:
    """The annotation that says a row's value in the column right of the plot."""
    place = {"xref": "paper", "x": 1, "xshift": BESIDE, "xanchor": "left", "y": row.y}
    return {"text": words, "align": "left", "font": {"color": colour, "size": 12}} | place


def lay_out(figure: go.Figure, tall: float, *, left: int, above: int, below: int, right: int = 16, dark: bool) -> None:
    """Room for rows that are ``tall`` pixels together, counted from the top, and for what stands beside them."""
    height = round(tall) + above + below
    style.lay_out(figure, dark=dark, height=height, left=left, bottom=below, top=above, right=right)
    style.x_axes(figure, tickangle=0)
    style.y_axes(figure, visible=False, range=[tall, 0])


def most_marks(beside: float) -> float:
    """How many steps the axis of shares may have on a telephone. beside: pixels on both sides of the plot."""
    return max(1.0, min(MOST_MARKS, (TELEPHONE - beside) / MARK))


def stripe(figure: go.Figure, lines: Sequence[Row], *, left: int, right: int, dark: bool) -> None:
    """Every other row, beginning with the second, on a pale ground from edge to edge.

    Three pieces: a shape lies along the plot or counts pixels, and no one does both.
    """
    rows = [line for line in lines if line.values is not None][1::2]
    ends = [(row.y - row.tall / 2, row.y + row.tall / 2) for row in rows]
    if not ends:
        return
    in_pixels = {"xsizemode": "pixel"}
    pieces: list[dict[str, Any]] = []
    for low, high, place in (
        (0, 1, {}),
        (-left, 0, in_pixels | {"xanchor": 0}),
        (0, right, in_pixels | {"xanchor": 1}),
    ):
        path = " ".join(f"M{low},{top} L{high},{top} L{high},{bottom} L{low},{bottom} Z" for top, bottom in ends)
        pieces.append({
            "type": "path", "path": path, "xref": "paper", "layer": "below", "line": {"width": 0},
            "fillcolor": style.stripe(dark), "name": "Every other row", **place,
        })  # fmt: skip
    style.draw(figure, pieces)


def mark_on_top(figure: go.Figure, places: Iterable[float], texts: Iterable[str]) -> None:
    """The marks of the axis once more above all rows."""
    place = {"yref": "paper", "y": 1, "yanchor": "bottom"}
    style.annotate(figure, [place | {"text": text, "x": x} for x, text in zip(places, texts, strict=True) if text])


def compare(figure: go.Figure, at: float, words: str, *, wide: float, dark: bool, place: float | None = None) -> None:
    """A dotted line across all rows with its name above it, turned inwards near the right edge.

    at: its place on the axis, of which it has gone ``wide`` (0 to 1); place: that of its name, which on a logarithmic
    axis Plotly counts in powers of ten.
    """
    lines = style.lines_of(words, 34) if words else []
    more = style.LINE * len(lines) + 2 if lines else 0
    above, below = figure.layout.margin.t, figure.layout.margin.b
    figure.add_shape(
        type="line", x0=at, x1=at, y0=0, y1=1, yref="paper", name="Compared with",
        line={"dash": "dot", "width": 1.6, "color": style.ink(dark)},
    )  # fmt: skip
    if not lines:
        return
    figure.update_layout(height=figure.layout.height + more, margin={"t": above + more, "b": below})
    figure.add_annotation(
        text="<br>".join(lines), x=at if place is None else place, xanchor="right" if wide > 0.6 else "center", y=1,
        yref="paper", yshift=above - 8, yanchor="bottom", showarrow=False,
        font={"color": style.quiet(dark), "size": 12},
    )  # fmt: skip
