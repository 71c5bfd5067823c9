"""Each group against how many operations it did: what chance alone would allow, never a ranking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import labels, style
from dashboard.charts.labels import WIDTHS, Box, meets

PLOT, LEFT, RIGHT, AXIS, ROW = 300, 46, 60, 50, 18
"""Pixels: the plot's own height, the margins beside it, the axis under it, and each line of words above it."""
LETTERS = 16
"""A name breaks after so many."""
ALL_NAMED = 12
"""Of more groups than these only one's own and those beyond a limit have their name in the picture."""
LIMITS = {"lower_998": ("99.8 %", "solid"), "lower_95": ("95 %", "dash"), "upper_95": ("95 %", "dash"),
          "upper_998": ("99.8 %", "solid")}  # fmt: skip
MARKS = {"within": ("circle", 9), "beyond 95 %": ("diamond", 12), "beyond 99.8 %": ("square", 13)}
"""Shape and pixels: a group stands out by its shape, as colour says only whose it is."""
SIGNS = {"beyond 95 %": "◆", "beyond 99.8 %": "■"}
WORDS = {"share": ("Operations failed", "Operations"), "ratio": ("Failures seen / expected", "Expected failures")}
"""What stands at the two axes."""
NEAR = 34
"""A name no further off than this (pixels, heights counted twice) needs no thread."""


@dataclass(frozen=True)
class _Place:
    """A place for a name: ``right`` and ``up`` pixels from its dot; a thread joins it where it stands further off."""

    box: Box
    right: float
    up: float
    anchor: str

    @property
    def away(self) -> float:
        return abs(self.right) + 2 * abs(self.up)

    @property
    def thread(self) -> list[Box]:
        """What the thread covers, in pieces, but for its end at the dot."""
        if self.away <= NEAR:
            return []
        across, height = self.box[0], (self.box[3] + self.box[4]) / 2 - self.up
        steps = np.linspace(0.2, 0.95, max(4, round(abs(self.up) / 5)))
        pieces = [(self.right * step, height + self.up * step) for step in steps]
        return [(across, right - 2, right + 2, up - 2, up + 2) for right, up in pieces]

    def cost(self, taken: np.ndarray, crossed: np.ndarray) -> float:
        """The less, the better: near its dot, over no line, its thread over nothing."""
        return self.away + 40 * (meets(self.box, crossed) > 0) + sum(60 * meets(piece, taken) for piece in self.thread)

    def annotation(self, words: str, one: Any, colour: str) -> dict[str, Any]:
        return {
            "text": words, "x": one.size, "y": one.value, "ax": self.right, "ay": -self.up, "xanchor": self.anchor,
            "align": self.anchor, "font": {"color": colour}, "showarrow": True, "arrowhead": 0, "standoff": 7,
            "arrowwidth": 1, "borderpad": 2, "arrowcolor": colour if self.away > NEAR else "rgba(0,0,0,0)",
        }  # fmt: skip


@dataclass(frozen=True)
class _Scale:
    """The ends of both axes, and how a value is written."""

    measure: str
    across: float
    top: float

    def across_share(self, size: float) -> float:
        return size / self.across

    def pixels(self, value: float) -> float:
        return PLOT * value / self.top

    def words(self, value: float) -> str:
        return _value_words(value, self.measure)


@made_once
def funnel_plot(
    points: pd.DataFrame, limits: pd.DataFrame, *, target: float, measure: str, dark: bool = False
) -> go.Figure:
    """A dot for each group, with control limits as Spiegelhalter (2005) draws them.

    points: ``label, size, value, shrunken`` (NaN: none), ``position`` ("within", "beyond 95 %", "beyond 99.8 %"),
    ``own``, ``shown`` (False: left out), optionally ``hover`` (words on pointing, a new line for each).
    limits: ``size, lower_95, upper_95, lower_998, upper_998`` in order of size.
    measure: "share" (0 to 1, target the practice's share; by operations) or "ratio" (failures seen / expected, target
    1; by expected failures).
    """
    shown = points[points["shown"].astype(bool)]
    if shown.empty:
        return style.empty("No groups to compare." if points.empty else "All groups are too small to show.", dark=dark)
    scale = _scale(shown, limits, target, measure)
    figure = go.Figure()
    _lines(figure, limits, target, scale, dark)
    _shrunken(figure, shown, dark)
    _dots(figure, shown, scale, dark)
    _frame(figure, shown, scale, dark)
    _name(figure, shown, limits, target, scale, dark)
    return figure


def describe(points: pd.DataFrame, *, target: float, measure: str) -> str:
    """What the funnel says, for those who do not see it; names in the frame's order, never by their value."""
    shown = points[points["shown"].astype(bool)]
    hidden = len(points) - len(shown)
    left_out = f" {hidden} too small to show." if hidden else ""
    if shown.empty:
        return f"No groups to compare.{left_out}"
    counts = shown["position"].value_counts()
    positions = ", ".join(f"{counts.get(name, 0)} {name}{' limits' * (name == 'within')}" for name in MARKS)
    told = [f" {_told(one, measure)}." for one in style.rows_of(shown) if one.own or one.position != "within"]
    sizes = WORDS[measure][1].lower()
    against = f"{wording.count(len(shown), 'group')} against {_value_words(target, measure)}, by {sizes}"
    return f"{against}: {positions}.{''.join(told)}{left_out}"


def _told(one: Any, measure: str) -> str:
    where = "within limits" if one.position == "within" else one.position
    sizes = WORDS[measure][1].lower()
    return f"{_label(one)}: {_value_words(one.value, measure)}, {sizes} {_size(one.size)}, {where}"


def _label(one: Any) -> str:
    return wording.YOU if one.own else str(one.label)


def _value_words(value: float, measure: str) -> str:
    return wording.percent(value) if measure == "share" else f"{value:.2f}"


def _size(size: float) -> str:
    """Operations are whole; expected failures have one decimal."""
    return f"{size:,.0f}" if float(size).is_integer() else f"{size:,.1f}"


def _scale(shown: pd.DataFrame, limits: pd.DataFrame, target: float, measure: str) -> _Scale:
    """Axes that hold every dot, and of the limits what stands at a middling size: near nothing they have no end."""
    highest = [target, *shown["value"], *shown["shrunken"].dropna()]
    across = 1.06 * max(float(shown["size"].max()), 1e-9)
    if len(limits):
        highest.append(float(np.interp(shown["size"].median(), limits["size"], limits["upper_998"])))
    top = 1.1 * max(highest)
    return _Scale(measure, across, min(1.05, max(0.05, top)) if measure == "share" else max(1.5, top))


def _lines(figure: go.Figure, limits: pd.DataFrame, target: float, scale: _Scale, dark: bool) -> None:
    """The target and the limits up to the edge, and their names beyond it, pushed apart."""
    ink = style.ink(dark)
    ends = [(target, scale.words(target))]
    figure.add_scatter(x=[0, scale.across], y=[target, target], mode="lines", name="Target", hoverinfo="skip",
                       line={"color": ink, "width": 1})  # fmt: skip
    for name, (words, dash) in LIMITS.items() if len(limits) else ():
        x, y = _up_to_edge(limits, name, scale.across)
        figure.add_scatter(x=x, y=y, mode="lines", name=f"{words} {name.split('_')[0]}", hoverinfo="skip",
                           line={"color": style.unsure(dark), "width": 1.6, "dash": dash})  # fmt: skip
        ends.append((float(y[-1]), words))
    ends = sorted(end for end in ends if 0 <= end[0] <= scale.top)
    heights = labels.apart([scale.pixels(value) for value, _ in ends], [style.LINE] * len(ends), tall=PLOT)
    thread = {"color": style.unsure(dark), "width": 1}
    for (value, words), height in zip(ends, heights, strict=True):
        labels.name_end(figure, words, value, height, top=scale.top, tall=PLOT, right=12, line=thread)


def _up_to_edge(limits: pd.DataFrame, name: str, across: float) -> tuple[np.ndarray, np.ndarray]:
    size, value = limits["size"].to_numpy(float), limits[name].to_numpy(float)
    end = min(across, float(size[-1]))
    inside = size < end
    return np.append(size[inside], end), np.append(value[inside], np.interp(end, size, value))


def _shrunken(figure: go.Figure, shown: pd.DataFrame, dark: bool) -> None:
    """A line from each dot to its estimate drawn towards the average, and a small hollow dot there."""
    drawn = shown.dropna(subset=["shrunken"])
    if drawn.empty:
        return
    pairs = [(one.size, (one.value, one.shrunken)) for one in style.rows_of(drawn)]
    figure.add_scatter(
        x=[x for size, _ in pairs for x in (size, size, None)],
        y=[y for _, (value, shrunken) in pairs for y in (value, shrunken, None)],
        mode="lines", name="To the shrunken estimate", hoverinfo="skip", line={"color": style.ink(dark), "width": 1},
    )  # fmt: skip
    figure.add_scatter(
        x=drawn["size"], y=drawn["shrunken"], mode="markers", name="Shrunken estimate", hoverinfo="skip",
        marker={"symbol": "circle-open", "size": 6, "color": style.ink(dark), "line": {"width": 1.4}},
    )  # fmt: skip


def _dots(figure: go.Figure, shown: pd.DataFrame, scale: _Scale, dark: bool) -> None:
    """Every group; one's own last, so that none covers it."""
    ordered = shown.sort_values("own", kind="stable")
    own = ordered["own"].astype(bool)
    neutral = [style.unsure(dark) if position == "within" else style.ink(dark) for position in ordered["position"]]
    given = ordered["hover"] if "hover" in ordered else pd.Series("", index=ordered.index)
    figure.add_scatter(
        x=ordered["size"],
        y=ordered["value"],
        mode="markers",
        name="Groups",
        marker={
            "opacity": 1,
            "symbol": [MARKS[position][0] for position in ordered["position"]],
            "size": [MARKS[position][1] for position in ordered["position"]],
            "color": [style.colours(dark)[0] if is_own else grey for is_own, grey in zip(own, neutral, strict=True)],
        },
        text=[
            "<br>".join(map(style.on_one_line, words.split("\n")))
            if isinstance(words, str) and words
            else style.on_one_line(_told(one, scale.measure))
            for one, words in zip(style.rows_of(ordered), given, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
        customdata=list(map(str, ordered["unit"])) if "unit" in ordered else None,
        **style.UNDIMMED,
    )


def _frame(figure: go.Figure, shown: pd.DataFrame, scale: _Scale, dark: bool) -> None:
    """Axes, and above the plot what the marks mean: only those that are there."""
    signs = "   ".join(f"{sign} {name}" for name, sign in SIGNS.items() if (shown["position"] == name).any())
    drawn = "○ shrunken towards the average" if shown["shrunken"].notna().any() else ""
    values, sizes = WORDS[scale.measure]
    words = [values, *filter(None, (signs, drawn))]
    above = ROW * len(words) + 8
    style.lay_out(figure, dark=dark, height=PLOT + above + AXIS, left=LEFT, bottom=AXIS, top=above, right=RIGHT)
    style.x_axes(figure, range=[0, scale.across], showgrid=False, nticks=6, title={"text": sizes, "standoff": 6},
                        tickformat=",")  # fmt: skip
    if scale.measure == "share":
        style.y_axes(figure, **style.percent_axis(scale.top))
    else:
        style.y_axes(figure, range=[0, scale.top], nticks=6)
    heights = [8 + ROW * (len(words) - 1 - row) for row in range(len(words))]
    style.annotate(figure, [labels.above_left(text, left=LEFT, up=up) for text, up in zip(words, heights, strict=True)])


def _name(
    figure: go.Figure, shown: pd.DataFrame, limits: pd.DataFrame, target: float, scale: _Scale, dark: bool
) -> None:
    """Names beside their dots, first one's own, then those furthest out; one that finds no free place is left off."""
    taken = np.array([box for one in style.rows_of(shown) for box in _marks(one, scale)])
    crossed = np.array([*_crossed(limits, target, scale)])
    names = []
    for one in _named(shown):
        words = style.lines_of(_label(one), LETTERS, 3)
        places = _places(words, scale.across_share(one.size), scale.pixels(one.value))
        best = _best(places, taken, crossed)
        if best is None:
            continue
        taken = np.vstack([taken, best.box, *best.thread])
        text = "<br>".join(f"<b>{line}</b>" if one.own else line for line in words)
        names.append(best.annotation(text, one, style.colours(dark)[0] if one.own else style.ink(dark)))
    style.annotate(figure, names)


def _best(places: Iterable[_Place], taken: np.ndarray, crossed: np.ndarray) -> _Place | None:
    """The free place of the least cost: the nearest first, until none further off can be better."""
    best, least = None, np.inf
    for place in sorted(places, key=lambda place: place.away):
        if place.away >= least:
            break
        if _inside(place.box) and not meets(place.box, taken) and (cost := place.cost(taken, crossed)) < least:
            best, least = place, cost
    return best


def _named(shown: pd.DataFrame) -> list[Any]:
    """Who has a name in the picture, in the order in which places are given out."""
    groups = sorted(style.rows_of(shown), key=lambda one: (not one.own, -list(MARKS).index(one.position)))
    return [one for one in groups if len(groups) <= ALL_NAMED or one.own or one.position != "within"]


def _marks(one: Any, scale: _Scale) -> Iterator[Box]:
    """What a group's dot, its shrunken estimate and the line between them cover."""
    across, height, half = scale.across_share(one.size), scale.pixels(one.value), MARKS[one.position][1] / 2
    yield across, -half, half, height - half, height + half
    if not np.isnan(one.shrunken):
        low, high = sorted((height, scale.pixels(one.shrunken)))
        yield across, -4, 4, low - 4, high + 4


def _crossed(limits: pd.DataFrame, target: float, scale: _Scale) -> Iterator[Box]:
    """Pieces of the target and the limits: a name may lie over them, but better not."""
    places = np.linspace(0.02, 1, 100)
    sizes = places * scale.across
    lines = [np.interp(sizes, limits["size"], limits[name]) for name in LIMITS] if len(limits) else []
    for line in (np.full(len(sizes), target), *lines):
        for across, value in zip(places, line, strict=True):
            yield across, -1, 1, scale.pixels(value) - 1, scale.pixels(value) + 1


def _places(words: list[str], across: float, height: float) -> Iterator[_Place]:
    """Places to try for a name: beside its dot, above and below it, and ever further up or down."""
    wide, half = style.LETTER * max(map(len, words)) + 4, style.LINE * len(words) / 2
    for up in (0, *(sign * step for step in range(10, 160, 5) for sign in (1, -1))):
        sides = [("left", 11.0), ("right", -11.0)] + ([("center", 0.0)] if abs(up) >= half + 8 else [])
        for anchor, right in sides:
            left = {"left": right, "right": right - wide, "center": -wide / 2}[anchor]
            box = (across, left, left + wide, height + up - half, height + up + half)
            yield _Place(box, right, up, anchor)


def _inside(box: Box) -> bool:
    across, left, right, low, high = box
    room = across * WIDTHS[0]
    return room + left >= 0 and room + right <= WIDTHS[0] + 4 and low >= 2 and high <= PLOT
