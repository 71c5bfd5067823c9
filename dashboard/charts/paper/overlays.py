"""Shapes and words that lie on a picture beside its traces."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dashboard.charts.paper.axes import Axis, Plot
from dashboard.charts.paper.drawing import (
    RISE,
    Drawing,
    Point,
    line_through,
    paint,
    stroke,
    tall,
    unknown,
    wide,
)  # fmt: skip

BORDER = 1
"""Pixels that Plotly leaves for a border around words, drawn or not."""
STEP = re.compile(r"([MLZ])(?:(-?[\d.eE+-]+),(-?[\d.eE+-]+))?")
SIDES = {"left": 0.5, "top": 0.5, "center": 0.0, "middle": 0.0, "right": -0.5, "bottom": -0.5}
"""By how much of its size words are moved, right or down, from the place that they are anchored at."""
PAPER = "paper"


@dataclass(frozen=True)
class _Way:
    """How places of one direction are read: in shares of the paper or of an axis, in values, or in pixels."""

    plot: Plot
    ref: str
    up: bool

    @property
    def axis(self) -> Axis | None:
        """The axis in whose values places are; none where they are shares."""
        return None if self.ref == PAPER or self.ref.endswith(" domain") else self.plot.axis(self.ref)

    def at_share(self, share: float) -> float:
        if self.ref != PAPER:
            return self.plot.axis(self.ref.removesuffix(" domain")).at_share(share)
        if self.up:
            return self.plot.top + self.plot.tall * (1 - share)
        return self.plot.left + self.plot.wide * share

    def at(self, place: float) -> float:
        """The pixel of a place as a shape gives it: of a value, on a logarithmic axis too."""
        return self.axis.at(place) if self.axis else self.at_share(place)

    def at_words(self, place: float) -> float:
        """The pixel of a place as words give it: on a logarithmic axis a power of ten."""
        return self.axis.at_place(place) if self.axis else self.at_share(place)


def draw_shapes(drawing: Drawing, plot: Plot, shapes: list[dict[str, Any]], layer: str) -> None:
    """The shapes below, or above, the traces."""
    for shape in shapes:
        if shape.get("layer", "above") == layer:
            _shape(drawing, plot, shape)


def _shape(drawing: Drawing, plot: Plot, shape: dict[str, Any]) -> None:
    across = _Way(plot, shape.get("xref", "x"), up=False)
    up = _Way(plot, shape.get("yref", "y"), up=True)
    clip = _clip(drawing, plot, across, up)
    line, opacity = shape.get("line", {}), shape.get("opacity", 1)
    edge = stroke(line["color"], line["width"], line.get("dash", "solid"), opacity) if line.get("width") else ""
    fill = paint("fill", shape["fillcolor"], opacity) if "fillcolor" in shape else 'fill="none"'

    def spot(x: float, y: float) -> Point:
        return _along(across, shape, "x", x), _along(up, shape, "y", y)

    if shape["type"] == "path":
        steps = " ".join(
            "Z" if step == "Z" else step + line_through([spot(float(x), float(y))])[1:]
            for step, x, y in _steps(shape["path"])
        )
        drawing.add(f'<path d="{steps}" {fill} {edge}{clip}/>')
    elif shape["type"] == "line":
        drawing.path([spot(shape["x0"], shape["y0"]), spot(shape["x1"], shape["y1"])], edge, clip)
    else:
        drawing.box(*spot(shape["x0"], shape["y0"]), *spot(shape["x1"], shape["y1"]), f"{fill} {edge}".rstrip(), clip)


def _along(way: _Way, shape: dict[str, Any], letter: str, place: float) -> float:
    if shape.get(f"{letter}sizemode") == "pixel":
        return way.at(shape[f"{letter}anchor"]) + (-place if way.up else place)
    return way.at(place)


def _steps(path: str) -> Iterator[tuple[str, str, str]]:
    if STEP.sub("", path).strip():
        raise unknown("a path of other steps than M, L and Z")
    yield from STEP.findall(path)


def _clip(drawing: Drawing, plot: Plot, across: _Way, up: _Way) -> str:
    """What cuts a shape off at the ends of the axes in whose values its places are."""
    x, y = across.axis, up.axis
    if x is None and y is None:
        return ""
    left, right = (x.begin, x.end) if x else (0.0, drawing.width)
    top, bottom = (y.begin, y.end) if y else (0.0, drawing.height)
    return drawing.clip(left, top, right, bottom)


def draw_words(drawing: Drawing, plot: Plot, words: list[dict[str, Any]], font: dict[str, Any]) -> None:
    """Words that stand in the picture, with their ground and the thread to what they name."""
    for one in words:
        _words(drawing, plot, one, font | one.get("font", {}))


def _words(drawing: Drawing, plot: Plot, one: dict[str, Any], font: dict[str, Any]) -> None:
    across, up = _Way(plot, one.get("xref", "x"), up=False), _Way(plot, one.get("yref", "y"), up=True)
    if _is_off(across, one["x"]) or _is_off(up, one["y"]):
        return
    size, text = float(font["size"]), str(one["text"])
    around = one.get("borderpad", 1) + BORDER
    width, height = wide(text, size) + 2 * around, tall(text, size) + 2 * around
    head = across.at_words(one["x"]), up.at_words(one["y"])
    arrow = one.get("showarrow", True)
    tail = (head[0] + one.get("ax", 0), head[1] + one.get("ay", 0)) if arrow else head
    middle = (
        tail[0] + width * _moved(across, one, "xanchor", one["x"], arrow) + one.get("xshift", 0),
        tail[1] + height * _moved(up, one, "yanchor", 1 - one["y"], arrow) - one.get("yshift", 0),
    )
    half = width / 2, height / 2
    if arrow:
        _thread(drawing, one, head, tail, (*middle, *half))
    if "bgcolor" in one:
        drawing.box(
            middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1],
            paint("fill", one["bgcolor"]),
        )  # fmt: skip
    side, anchor = one.get("align", "center"), one.get("xanchor", "auto")
    if "<br>" not in text and not arrow and anchor != "auto":
        # One line stands exactly where it is anchored, however well its width is reckoned.
        side, x = anchor, head[0] + one.get("xshift", 0) + 2 * SIDES[anchor] * around
    else:
        x = middle[0] - 2 * SIDES[side] * (half[0] - around)
    line = middle[1] - tall(text, size) / 2 + RISE * size
    drawing.words(text, x, line, size=size, colour=font["color"], side=side)


def _is_off(way: _Way, place: float) -> bool:
    """Whether words at a value stand beyond the ends of its axis, where Plotly leaves them off."""
    return way.axis is not None and not -1e-9 <= way.axis.share(place) <= 1 + 1e-9


def _moved(way: _Way, one: dict[str, Any], name: str, share: float, arrow: bool) -> float:
    anchor = one.get(name, "auto")
    if anchor != "auto":
        return SIDES[anchor]
    if arrow or way.axis is not None:
        return 0.0
    return 0.5 if share < 1 / 3 else -0.5 if share > 2 / 3 else 0.0


def _thread(
    drawing: Drawing, one: dict[str, Any], head: Point, tail: Point, box: tuple[float, float, float, float]
) -> None:
    """The line from the edge of the words to a little before what they name; none where that lies within them."""
    x, y, half_wide, half_tall = box
    if abs(head[0] - x) <= half_wide and abs(head[1] - y) <= half_tall:
        return
    ahead = math.hypot(head[0] - tail[0], head[1] - tail[1])
    if one.get("arrowhead") != 0:
        raise unknown("an arrow with a head")
    if ahead <= one.get("standoff", 0):
        return
    begin = _leaves(tail, head, box)
    share = one.get("standoff", 0) / ahead
    end = head[0] + (tail[0] - head[0]) * share, head[1] + (tail[1] - head[1]) * share
    if (end[0] - begin[0]) * (head[0] - tail[0]) + (end[1] - begin[1]) * (head[1] - tail[1]) > 0:
        drawing.path([begin, end], stroke(one["arrowcolor"], one.get("arrowwidth", 1)))


def _leaves(tail: Point, head: Point, box: tuple[float, float, float, float]) -> Point:
    """Where the way from a point of a box to one outside leaves the box."""
    x, y, half_wide, half_tall = box
    dx, dy = head[0] - tail[0], head[1] - tail[1]
    shares = [1.0]
    if dx:
        shares.append(max((x + half_wide - tail[0]) / dx, (x - half_wide - tail[0]) / dx))
    if dy:
        shares.append(max((y + half_tall - tail[1]) / dy, (y - half_tall - tail[1]) / dy))
    share = max(0.0, min(shares))
    return tail[0] + dx * share, tail[1] + dy * share
