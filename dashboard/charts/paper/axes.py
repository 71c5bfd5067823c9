"""Where a value lies on paper: Plotly's axes, their marks, their grid, and the plot that they span."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.charts.paper import known
from dashboard.charts.paper.drawing import APART, FALL, Drawing, paint, stroke, unknown, wide

STEPS = (2, 5, 10)
"""A step between marks is one of these times a power of ten."""
MIDDLE, CAPITAL = 0.35, 0.7
"""Of the size of letters: from their line up to their middle, and to the top of a capital."""
Spec = Mapping[str, Any]


@dataclass(frozen=True)
class Axis:
    """One axis: from which pixel on, over how many, and which values that is.

    low, high: the ends, on a logarithmic axis as powers of ten; up: whether it is one of heights.
    """

    name: str
    begin: float
    length: float
    low: float
    high: float
    log: bool
    spec: Spec

    @property
    def up(self) -> bool:
        return self.name.startswith("y")

    @property
    def end(self) -> float:
        """The last pixel: right, or at the foot."""
        return self.begin + self.length

    def share(self, place: float) -> float:
        """How far along its ends a place is, 0 to 1; of a logarithmic axis a power of ten."""
        return (place - self.low) / (self.high - self.low)

    def at_share(self, share: float) -> float:
        """The pixel at a share of the axis, from the left or from the foot."""
        return self.begin + self.length * (1 - share if self.up else share)

    def at_place(self, place: float) -> float:
        """The pixel of a place; of a logarithmic axis a power of ten."""
        return self.at_share(self.share(place))

    def at(self, value: float) -> float:
        """The pixel of a value."""
        if not self.log:
            return self.at_place(value)
        return self.at_place(math.log10(value)) if value > 0 else math.nan

    def holds(self, value: float) -> bool:
        """Whether a value lies within the ends."""
        if self.log and not value > 0:
            return False
        return -1e-9 <= self.share(math.log10(value) if self.log else value) <= 1 + 1e-9


@dataclass(frozen=True)
class Plot:
    """The paper inside the margins, and the axes by their names (x, x2, y …)."""

    left: float
    top: float
    wide: float
    tall: float
    axes: Mapping[str, Axis]

    def axis(self, name: str) -> Axis:
        if name not in self.axes:
            raise unknown("the axis", name)
        return self.axes[name]


def plot_of(layout: Spec, width: float, names: set[str]) -> Plot:
    """The plot of a layout on paper ``width`` pixels wide, with these axes."""
    margin = layout["margin"]
    left, top = float(margin["l"]), float(margin["t"])
    across, tall = width - left - margin["r"], layout["height"] - top - margin["b"]
    axes = {}
    for name in sorted(names):
        spec = layout.get(f"{name[0]}axis{name[1:]}", {})
        known.check(f"an axis {name[0]}", spec, known.AXIS)
        axes[name] = _axis(name, spec, (left, across) if name[0] == "x" else (top, tall))
    return Plot(left, top, across, tall, _alike(axes))


def _axis(name: str, spec: Spec, room: tuple[float, float]) -> Axis:
    begin, length = room
    first, last = spec.get("domain", (0, 1))
    low, high = spec.get("range", (0.0, 1.0))
    if name[0] == "y":
        first, last = 1 - last, 1 - first
    return Axis(
        name, begin + first * length, (last - first) * length, float(low), float(high), spec.get("type") == "log", spec
    )


def _alike(axes: dict[str, Axis]) -> dict[str, Axis]:
    """Axes that have one scale: the one with more room is shortened, from the right or from below."""
    if not any("scaleanchor" in axis.spec for axis in axes.values()):
        return axes
    x, y = axes["x"], axes["y"]
    scale = min(axis.length / abs(axis.high - axis.low) for axis in (x, y))
    return axes | {
        axis.name: Axis(
            axis.name, axis.begin, scale * abs(axis.high - axis.low), axis.low, axis.high, axis.log, axis.spec
        )
        for axis in (x, y)
    }


def marks_of(axis: Axis) -> list[tuple[float, str]]:
    """The marks of an axis with their words: those that it names, or else round ones, as many as it may have."""
    spec = axis.spec
    if spec.get("tickvals") is not None:
        values = [float(value) for value in spec["tickvals"]]
        return [mark for mark in zip(values, map(str, spec["ticktext"]), strict=True) if axis.holds(mark[0])]
    if axis.log or "range" not in spec:
        raise unknown("an axis without marks or ends")
    most = spec.get("nticks") or min(9.0, max(4.0, axis.length / (40 if axis.up else 80))) + 1
    step = _step(abs(axis.high - axis.low) / most)
    low, high = sorted((axis.low, axis.high))
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    comma = "," if spec.get("tickformat") else ""
    words = [_short(f"{place * step:{comma}.{digits}f}") for place in range(first, last + 1)]
    return [(place * step, word) for place, word in zip(range(first, last + 1), words, strict=True)]


def _short(words: str) -> str:
    """Without zeros at the end, and with a true minus."""
    return (words.rstrip("0").rstrip(".") if "." in words else words).replace("-", "\N{MINUS SIGN}")


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return power * next((step for step in STEPS if step > rough / power), STEPS[-1])


def draw_grid(drawing: Drawing, plot: Plot, x: Axis, y: Axis) -> None:
    """The lines behind a pair of axes."""
    for axis, other in ((x, y), (y, x)):
        spec = axis.spec
        if not spec.get("visible", True):
            continue
        zero = bool(spec.get("zeroline")) and axis.holds(0)
        if spec.get("showgrid", True):
            for value, _ in marks_of(axis):
                if not (zero and value == 0):
                    _across(drawing, axis.at(value), axis, other, stroke(spec["gridcolor"], 1))
        if zero:
            look = stroke(spec["zerolinecolor"], spec.get("zerolinewidth", 1))
            _across(drawing, axis.at(0), axis, other, look)


def _across(drawing: Drawing, at: float, axis: Axis, other: Axis, look: str) -> None:
    ends = (other.begin, other.end)
    drawing.path([(end, at) if axis.up else (at, end) for end in ends], look)


def draw_words(drawing: Drawing, plot: Plot) -> None:
    """The words at the marks of all axes, and their titles."""
    for axis in plot.axes.values():
        if not axis.spec.get("visible", True):
            continue
        beside = plot.axis(axis.spec.get("anchor", "x" if axis.up else "y"))
        if axis.up:
            _words_beside(drawing, axis, beside)
        else:
            _words_along(drawing, axis, beside)


def _words_beside(drawing: Drawing, axis: Axis, beside: Axis) -> None:
    if axis.spec.get("title", {}).get("text"):
        raise unknown("a title of an axis of heights")
    size, colour = _letters(axis)
    right = beside.begin - axis.spec.get("ticklabelstandoff", 0) - 0.5
    for value, words in marks_of(axis):
        line = axis.at(value) + MIDDLE * size - words.count("<br>") * APART * size / 2
        drawing.words(words, right, line, size=size, colour=colour, side="right")


def _words_along(drawing: Drawing, axis: Axis, beside: Axis) -> None:
    size, colour = _letters(axis)
    off, angle = axis.spec.get("ticklabelstandoff", 0) + 0.5, axis.spec.get("tickangle") or 0
    top = axis.spec.get("side") == "top"
    edge = beside.begin if top else beside.end
    line = edge - off - 0.2 * size if top else edge + off + size
    marks = marks_of(axis)
    if angle and not top:
        raise unknown("slanting words under an axis")
    for value, words in marks:
        at = axis.at(value)
        turned = f' transform="rotate({angle} {at:.2f} {line - size / 2:.2f})"' if angle else ""
        drawing.words(words, at, line, size=size, colour=colour, side="left" if angle else "center", turned=turned)
    _title(
        drawing,
        axis,
        edge + off + size * (1 + FALL) + APART * size * max((words.count("<br>") for _, words in marks), default=0),
        top,
    )


def _title(drawing: Drawing, axis: Axis, below: float, top: bool) -> None:
    title = axis.spec.get("title", {})
    if not title.get("text"):
        return
    if top:
        raise unknown("a title above an axis")
    size, colour = _letters(axis)
    middle = (axis.begin + axis.end) / 2
    line = below + title.get("standoff", 0) + CAPITAL * size
    # A title wider than a short axis is moved in rather than cut off.
    half = wide(title["text"], size) / 2
    middle = max(half + 2, min(drawing.width - half - 2, middle))
    drawing.words(title["text"], middle, line, size=size, colour=colour, side="center")


def _letters(axis: Axis) -> tuple[float, str]:
    font = axis.spec["tickfont"]
    paint("fill", font["color"])
    return float(font["size"]), font["color"]
