"""Words beside what they name: at the end of a line, above the plot, at a mark; none over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.charts import style

WIDTHS = (244, 480, 1330)
"""Pixels of the plot on a telephone, a tablet and a wide screen: words must not meet on any of them."""

Spot = tuple[float, float]
"""A place on a chart: units of the axis across, pixels above its foot."""
Mark = tuple[float, float, int]
"""A spot that has a number: 1 to stand above it, -1 below, 0 either."""
Box = tuple[float, float, float, float, float]
"""Where something stands: its place across (0 to 1), and from there pixels left, right; low, high from the axis."""
_Spread = tuple[float, float, float, float]
"""A number's middle across (0 to 1), half its width, its middle above the foot, half its height (pixels).

By middles, as numbers may just touch: whether they do must not hang on how their edges are rounded.
"""


def meets(box: Box, others: np.ndarray) -> int:
    """How many of the others a box covers, on the screen where it covers most.

    others: boxes, a row each.
    """
    across, left, right, low, high = box
    level = others[(others[:, 3] < high) & (others[:, 4] > low)]
    return max(
        int(((off + level[:, 1] < right) & (off + level[:, 2] > left)).sum())
        for off in ((level[:, 0] - across) * width for width in WIDTHS)
    )


def apart(wanted: Sequence[float], sizes: Sequence[float], *, tall: float) -> list[float]:
    """Middles of boxes as near as may be to where they are wanted, none over another.

    wanted, sizes: pixels, from below; no box reaches further than half a line beyond a plot of ``tall`` pixels.
    """
    placed: list[float] = []
    middle, size = -style.LINE / 2, 0.0
    for one, its in zip(wanted, sizes, strict=True):
        middle, size = max(one, middle + (size + its) / 2), its
        placed.append(middle)
    middle, size = tall + style.LINE / 2, 0.0
    for place, its in reversed([*enumerate(sizes)]):
        middle, size = min(placed[place], middle - (size + its) / 2), its
        placed[place] = middle
    return placed


def name_end(
    figure: go.Figure,
    text: str,
    value: float,
    height: float,
    *,
    top: float,
    tall: float,
    right: int,
    line: dict[str, Any],
    foot: float = 0.0,
    **look: Any,
) -> None:
    """A name ``right`` pixels beside the plot, and a thread to it in the margin from where its line ends.

    value: where the line ends, on an axis from ``foot`` to ``top``; height: the middle of the name, in pixels of a plot
    ``tall`` pixels tall (see ``apart``).
    line: how the thread is drawn; look: further choices for the words.
    """
    figure.add_annotation(
        text=text, xref="paper", x=1, xshift=right, yref="paper", y=height / tall, xanchor="left", yanchor="middle",
        showarrow=False, **look,
    )  # fmt: skip
    figure.add_shape(
        type="line", xref="paper", xsizemode="pixel", xanchor=1, x0=1, x1=right - 2, y0=value,
        y1=foot + (top - foot) * height / tall, line=line,
    )  # fmt: skip


def above_left(text: str, *, left: int, up: int) -> dict[str, Any]:
    """Words ``up`` pixels above the plot, from the edge of a picture whose margin is ``left`` pixels wide."""
    return {
        "text": text, "xref": "paper", "x": 0, "xshift": 6 - left, "xanchor": "left", "yref": "paper", "y": 1,
        "yshift": up, "yanchor": "bottom",
    }  # fmt: skip


def piece_of_line(
    figure: go.Figure, *, begin: int, height: int, colour: str, dash: str, foot: float = 0, end: int = -12
) -> None:
    """A piece of a group's line in the left margin, beside its name.

    begin, end, height: pixels from the left edge of the plot, and from ``foot`` (0 to 1, a share of the plot).
    """
    figure.add_shape(
        type="line", xref="paper", yref="paper", xsizemode="pixel", ysizemode="pixel", xanchor=0, yanchor=foot,
        x0=begin, x1=end, y0=height, y1=height, line={"color": colour, "width": 2.4, "dash": dash},
    )  # fmt: skip


def numbers(marked: list[Mark], line: list[Spot], across: float, *, high: float, colour: str) -> list[dict[str, Any]]:
    """Numbers 1, 2, 3 … above or below marked spots, close by; one that would cover another is left off.

    Each on its own colour, so that it can be read over a line where there is no place beside it.

    marked, line: from left to right, the line's spots where it is set down; across: units of the axis;
    high: pixels between the foot of the plot and the highest that a number may reach.
    """
    pieces, taken, words = _pieces(line, across), np.empty((0, 4)), []
    for number, (x, height, side) in enumerate(marked, 1):
        half = style.LETTER * len(str(number)) / 2 + 2
        heights = [height + sign * away for away in range(15, 34, 3) for sign in ((side,) if side else (1, -1))]
        boxes = [(x / across, half, one, style.LINE / 2) for one in heights if 7 <= one <= high - 7]
        free = [box for box in boxes if not _covers(box, taken)]
        if not free:
            continue
        best = next((box for box in free if not _covers(box, pieces)), free[0])
        taken = np.vstack([taken, best])
        words.append({
            "text": f"<b>{number}</b>", "name": f"Signal {number}", "x": x, "y": 0, "yref": "y domain",
            "yshift": best[2], "bgcolor": colour, "borderpad": 1, "font": {"color": style.readable_on(colour)},
        })  # fmt: skip
    return words


def _pieces(line: list[Spot], across: float) -> np.ndarray:
    """A line as small boxes a few pixels from one another."""
    spots = np.array([spot for spot in line if not np.isnan(spot[1])]).reshape(-1, 2) / (across, 1.0)
    steps = np.linspace(0, 1, max(4, 1600 // max(1, len(spots))))[:, None, None]
    places = (spots[:-1] + steps * np.diff(spots, axis=0)).reshape(-1, 2) if len(spots) > 1 else spots
    half = np.full(len(places), 2.0)
    return np.column_stack([places[:, 0], half, places[:, 1], half])


def _covers(box: _Spread, others: np.ndarray) -> bool:
    """Whether a number covers any of the others, on a telephone or on a wider screen."""
    place, half_wide, height, half_tall = box
    near = others[np.abs(others[:, 2] - height) < half_tall + others[:, 3]]
    return any(bool((np.abs(near[:, 0] - place) * width < half_wide + near[:, 1]).any()) for width in WIDTHS)
