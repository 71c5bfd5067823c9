"""Lines, marks, areas, bars and cells: what of Plotly's traces the charts use, on paper."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.charts import style
from dashboard.charts.paper.axes import MIDDLE, Axis, Plot
from dashboard.charts.paper.drawing import Drawing, Point, line_through, number, paint, stroke, unknown

SIZE = 6
"""Pixels of a mark whose size is not given."""
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-left", "triangle-right", "line-ns")


@dataclass(frozen=True)
class Where:
    """The pair of axes of a trace, and what cuts it off at their ends."""

    x: Axis
    y: Axis
    clip: str

    def spot(self, x: Any, y: Any) -> Point | None:
        """The place of a pair of values; none where one is missing."""
        if x is None or y is None:
            return None
        across, up = self.x.at(_value(x)), self.y.at(_value(y))
        return None if math.isnan(across) or math.isnan(up) else (across, up)

    def holds(self, x: Any, y: Any) -> bool:
        """Whether a pair of values lies within the plot."""
        return self.x.holds(_value(x)) and self.y.holds(_value(y))


def where(drawing: Drawing, plot: Plot, trace: dict[str, Any]) -> Where:
    """The axes of a trace."""
    x, y = plot.axis(trace.get("xaxis", "x")), plot.axis(trace.get("yaxis", "y"))
    return Where(x, y, drawing.clip(x.begin, y.begin, x.end, y.end))


def draw(drawing: Drawing, plot: Plot, traces: Sequence[dict[str, Any]]) -> None:
    """All traces, cells below bars and bars below lines and marks, as Plotly lays them on one another."""
    for kind, one in (("heatmap", _cells), ("bar", _bars)):
        of_kind = [trace for trace in traces if trace["type"] == kind]
        if of_kind:
            one(drawing, plot, of_kind)
    _scatters(drawing, plot, [trace for trace in traces if trace["type"] == "scatter"])


def _value(value: Any) -> float:
    if isinstance(value, (str, bytes)):
        raise unknown("words as places on an axis")
    return float(value)


def _each(value: Any, many: int, otherwise: Any = None) -> list[Any]:
    """One value for each point, where one is given for all or for each."""
    if value is None:
        return [otherwise] * many
    if isinstance(value, (str, int, float)):
        return [value] * many
    given = list(value)
    if len(given) != many:
        raise unknown("a list that is not as long as its trace")
    return given


def _scatters(drawing: Drawing, plot: Plot, traces: Sequence[dict[str, Any]]) -> None:
    stacked = _stacked(traces)
    for place, trace in enumerate(stacked):
        here = where(drawing, plot, trace)
        if trace.get("stackgroup") and trace["foot"] is None:
            _area(drawing, here, trace, [(x, 0.0) for x in trace["x"]])
        # An area lies under the line that it begins at, too, or it would hide half of it.
        following = stacked[place + 1] if place + 1 < len(stacked) else None
        if following is not None and _reaches_down(following):
            _area(drawing, here, following, list(zip(trace["x"], trace["y"], strict=True)))
        _scatter(drawing, here, trace)


def _stacked(traces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The traces, those of a stack each laid on the one before."""
    found: list[dict[str, Any]] = []
    below: list[float] | None = None
    for trace in traces:
        if trace.get("fill") and not found:
            raise unknown("an area down to a line that is not there")
        if trace.get("stackgroup"):
            heights = [float(y) for y in trace["y"]]
            if below is not None and len(below) != len(heights):
                raise unknown("a stack whose parts do not have the same places")
            foot = below
            below = [y + (foot[place] if foot else 0.0) for place, y in enumerate(heights)]
            trace = trace | {"y": below, "foot": foot}
        found.append(trace)
    return found


def _reaches_down(trace: dict[str, Any]) -> bool:
    return bool(trace.get("fill")) or trace.get("foot") is not None


def _area(drawing: Drawing, here: Where, trace: dict[str, Any], foot: list[tuple[Any, Any]]) -> None:
    shape = trace.get("line", {}).get("shape", "linear")
    upper = _joined(here, list(zip(trace["x"], trace["y"], strict=True)), shape)
    lower = _joined(here, foot, shape)
    if not upper and not lower:
        return
    if len(upper) != 1 or len(lower) != 1:
        raise unknown("an area with gaps")
    drawing.area([*upper[0], *reversed(lower[0])], paint("fill", trace["fillcolor"]), here.clip)


def _joined(here: Where, pairs: Sequence[tuple[Any, Any]], shape: str) -> list[list[Point]]:
    """The corners of a line, in pieces between gaps."""
    pieces: list[list[Point]] = [[]]
    for x, y in pairs:
        spot = here.spot(x, y)
        if spot is None:
            pieces.append([])
            continue
        if shape == "hv" and pieces[-1]:
            pieces[-1].append((spot[0], pieces[-1][-1][1]))
        pieces[-1].append(spot)
    return [piece for piece in pieces if piece]


def _scatter(drawing: Drawing, here: Where, trace: dict[str, Any]) -> None:
    clip = here.clip if trace.get("cliponaxis", True) else ""
    pairs = list(zip(trace["x"], trace["y"], strict=True))
    for way in ("error_x", "error_y"):
        if way in trace:
            _intervals(drawing, here, pairs, trace[way], way, clip)
    modes = trace["mode"].split("+")
    if "lines" in modes:
        _line(drawing, here, pairs, trace, clip)
    if "markers" in modes:
        _marks(drawing, here, pairs, trace, clip)
    if "text" in modes:
        _texts(drawing, here, pairs, trace)


def _line(drawing: Drawing, here: Where, pairs: list[tuple[Any, Any]], trace: dict[str, Any], clip: str) -> None:
    line = trace["line"]
    if not line.get("width", 2):
        return
    look = stroke(line["color"], line.get("width", 2), line.get("dash", "solid"), trace.get("opacity", 1))
    for piece in _joined(here, pairs, line.get("shape", "linear")):
        if len(piece) > 1:
            drawing.path(piece, f'{look} stroke-linejoin="round"', clip)


def _intervals(
    drawing: Drawing, here: Where, pairs: list[tuple[Any, Any]], error: dict[str, Any], way: str, clip: str
) -> None:
    look, cap = stroke(error["color"], error["thickness"]), error["width"]
    across = way == "error_x"
    axis = here.x if across else here.y
    for (x, y), more, less in zip(pairs, error["array"], error["arrayminus"], strict=True):
        spot = here.spot(x, y)
        if spot is None or not here.holds(x, y):
            continue
        middle, off = float(x if across else y), spot[1 if across else 0]
        ends = [axis.at(middle + sign * float(by)) for sign, by in ((-1, less), (1, more)) if not math.isnan(by)]
        if len(ends) < 2 or any(math.isnan(end) for end in ends) or abs(ends[1] - ends[0]) < 0.01:
            continue
        strokes = [[(end, off) for end in ends]]
        strokes += [[(end, off - cap), (end, off + cap)] for end in ends if cap]
        drawing.strokes([one if across else [(y, x) for x, y in one] for one in strokes], look, clip)


def _marks(drawing: Drawing, here: Where, pairs: list[tuple[Any, Any]], trace: dict[str, Any], clip: str) -> None:
    marker = trace.get("marker", {})
    opacity = marker.get("opacity", 1) * trace.get("opacity", 1)
    if not opacity:
        return
    if "color" not in marker:
        raise unknown("marks without a colour of their own")
    many = len(pairs)
    looks = zip(
        _each(marker.get("symbol"), many, "circle"), _each(marker.get("size"), many, SIZE),
        _each(marker["color"], many), strict=True,
    )  # fmt: skip
    for (x, y), (symbol, size, colour) in zip(pairs, looks, strict=True):
        spot = here.spot(x, y)
        if spot is not None and here.holds(x, y):
            drawing.add(_mark(spot, symbol, size / 2, colour, marker.get("line", {}), opacity) + f"{clip}/>")


def _mark(spot: Point, symbol: str, radius: float, colour: str, line: dict[str, Any], opacity: float) -> str:
    """A mark, but for the end of its element; an open one is drawn in its own colour, hollow."""
    shape, is_open = symbol.removesuffix("-open"), symbol.endswith("-open")
    width = line.get("width", 0)
    if is_open:
        look = f'fill="none" {stroke(colour, width or 1, opacity=opacity)}'
    else:
        edge = f" {stroke(line['color'], width, opacity=opacity)}" if width else ""
        look = f"{paint('fill', colour, opacity)}{edge}"
    x, y = spot
    if shape == "circle":
        return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" {look}'
    if shape == "line-ns":
        return f'<path d="{line_through([(x, y - 1.4 * radius), (x, y + 1.4 * radius)])}" {look}'
    return f'<path d="{line_through([(x + dx, y + dy) for dx, dy in _corners(shape, radius)], close=True)}" {look}'


def _corners(shape: str, radius: float) -> list[Point]:
    if shape == "square":
        return [(-radius, -radius), (radius, -radius), (radius, radius), (-radius, radius)]
    if shape == "diamond":
        far = 1.3 * radius
        return [(far, 0), (0, far), (-far, 0), (0, -far)]
    side, back = 2 * radius / math.sqrt(3), radius / 2
    if shape == "triangle-up":
        return [(-side, back), (side, back), (0, -radius)]
    if shape in ("triangle-left", "triangle-right"):
        way = 1 if shape == "triangle-left" else -1
        return [(way * back, -side), (way * back, side), (-way * radius, 0)]
    raise unknown("the mark", shape)


def _texts(drawing: Drawing, here: Where, pairs: list[tuple[Any, Any]], trace: dict[str, Any]) -> None:
    font, many = trace["textfont"], len(pairs)
    colours, texts = _each(font["color"], many), _each(trace["text"], many)
    for (x, y), text, colour in zip(pairs, texts, colours, strict=True):
        spot = here.spot(x, y)
        if spot is not None and text:
            line = spot[1] + MIDDLE * font["size"]
            drawing.words(text, spot[0], line, size=font["size"], colour=colour, side="center")


def _bars(drawing: Drawing, plot: Plot, traces: Sequence[dict[str, Any]]) -> None:
    stacks: dict[tuple[str, str, float], float] = {}
    for trace in traces:
        here = where(drawing, plot, trace)
        flat = trace.get("orientation") == "h"
        lengths, places = (trace["x"], trace["y"]) if flat else (trace["y"], trace["x"])
        many = len(places)
        texts, bases = _each(trace.get("text"), many, ""), _each(trace.get("base"), many)
        for length, place, text, base in zip(lengths, places, texts, bases, strict=True):
            key = (here.x.name, here.y.name, float(place))
            begin = stacks.get(key, 0.0) if base is None else float(base)
            if base is None:
                stacks[key] = begin + float(length)
            _bar(drawing, here, trace, (float(place), begin, begin + float(length)), text, flat)


def _bar(
    drawing: Drawing, here: Where, trace: dict[str, Any], span: tuple[float, float, float], text: str, flat: bool
) -> None:
    place, begin, end = span
    if begin == end:
        return
    along, across = (here.x, here.y) if flat else (here.y, here.x)
    ends = along.at(begin), along.at(end)
    edges = across.at(place - trace["width"] / 2), across.at(place + trace["width"] / 2)
    corners = (ends[0], edges[0], ends[1], edges[1]) if flat else (edges[0], ends[0], edges[1], ends[1])
    drawing.box(*corners, _bar_look(drawing, trace["marker"]), here.clip)
    if text:
        middle = sum(ends) / 2, sum(edges) / 2
        x, y = middle if flat else middle[::-1]
        font = trace["textfont"]
        drawing.words(text, x, y + MIDDLE * font["size"], size=font["size"], colour=font["color"], side="center")


def _bar_look(drawing: Drawing, marker: dict[str, Any]) -> str:
    pattern, line = marker.get("pattern"), marker.get("line", {})
    if pattern:
        fill = drawing.hatching(
            pattern["shape"], pattern["size"], pattern["solidity"], pattern["fgcolor"], pattern["bgcolor"]
        )
    else:
        fill = paint("fill", marker["color"])
    return f"{fill} {stroke(line['color'], line['width'])}" if line.get("width") else fill


def _cells(drawing: Drawing, plot: Plot, traces: Sequence[dict[str, Any]]) -> None:
    for trace in traces:
        here = where(drawing, plot, trace)
        (first, low), (last, high) = trace["colorscale"]
        if (first, last) != (0, 1):
            raise unknown("a scale of more than two colours")
        for x, y, share in _fields(trace):
            ends = sorted((here.x.at(x - 0.5), here.x.at(x + 0.5))), sorted((here.y.at(y - 0.5), here.y.at(y + 0.5)))
            gap, rise = trace["xgap"] / 2, trace["ygap"] / 2
            (left, right), (top, bottom) = ends
            look = paint("fill", style.between(low, high, min(1.0, max(0.0, share))))
            drawing.box(left + gap, top + rise, right - gap, bottom - rise, look, here.clip)


def _fields(trace: dict[str, Any]) -> Iterator[tuple[int, int, float]]:
    for y, row in enumerate(trace["z"]):
        for x, share in enumerate(row):
            if not math.isnan(share):
                yield x, y, float(share)
