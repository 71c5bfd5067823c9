"""The course of each group in a small panel of its own, all on one scale, with that of all together behind it.

All panels stand on one pair of axes, each moved to its place: so many subplots take Plotly half a second more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import curves as course
from dashboard.charts import style
from dashboard.charts.curves import Curve

MOST = 12
"""Panels that a picture has room for; the smallest groups beyond are named instead."""
LEAST_ROW, MOST_ROW = 74, 205
"""Pixels of a row of panels with its titles."""
LEFT, AXIS, NAMED = 44, 26, 24
"""Pixels: the axis of shares and that of time; and letters after which a title breaks."""
APART = 0.13
"""Between two panels lies so much of a panel's width."""
MARKS, MOST_POINTS = 3, 60
WORDS = {"higher": 1, "lower": 2}
"""Which of the colours a curve has that lies beyond chance."""
LINES = ("", *WORDS)

_Joined = tuple[list[float | None], list[float | None], list[str], list[str | None]]
"""Places across and up, keys and words of the points."""


@dataclass(frozen=True)
class _Grid:
    """Where panels stand: in units of the axis of time across, in shares from the foot of the picture."""

    columns: int
    rows: int
    wide: float
    top: float
    row: float
    title: float

    @property
    def tall(self) -> float:
        """The height of a row of panels as a share: the plot with the room of its title above."""
        return self.top * self.row / (self.row - self.title)

    def left(self, place: int) -> float:
        return (place % self.columns) * self.wide * (1 + APART)

    def foot(self, place: int) -> float:
        return (self.rows - 1 - place // self.columns) * self.tall


@made_once
def small_multiples(
    curves: pd.DataFrame, whole: pd.DataFrame, *, until_days: int, columns: int = 3, tall: int = 420, dark: bool = False
) -> go.Figure:
    """A panel for each group that is ``drawn``, in the order of the frame.

    curves: as for ``step_curve``, optionally ``word`` ("higher", "lower": beyond chance); whole: all together.
    tall: pixels of the picture, as far as a panel may be stretched. A click on a panel gives its group.
    """
    groups = _groups(curves[curves["group"].isin(drawn(curves))], until_days, dark)
    if not groups:
        return style.empty("No operations to draw.", dark=dark)
    everybody = course.curves_of(whole, until_days, [(style.unsure(dark), "dot")])
    grid = _grid(groups, everybody, until_days, columns, tall)
    figure = go.Figure()
    height = round(grid.row * grid.rows) + AXIS
    style.lay_out(figure, dark=dark, height=height, left=LEFT, right=14, top=0, bottom=AXIS)
    _axes(figure, grid, len(groups), until_days)
    _behind(figure, grid, everybody, len(groups), until_days)
    words = _words_by_group(curves)
    for word in LINES:
        _alike(figure, grid, [(p, g) for p, g in enumerate(groups) if words.get(g.group, "") == word], word, until_days)
    _grey_ends(figure, grid, [(p, g) for p, g in enumerate(groups) if g.firm < g.end], until_days, dark)
    style.annotate(figure, [title for place, group in enumerate(groups) for title in _title(grid, place, group, dark)])
    return figure


def drawn(curves: pd.DataFrame) -> list[str]:
    """The groups that get a panel: the largest, with enough operations for a curve."""
    sizes = curves.groupby("group", sort=False)["at_risk"].max()
    return list(sizes[sizes >= course.FEWEST].sort_values(ascending=False, kind="stable").index[:MOST])


def left_out(curves: pd.DataFrame) -> list[str]:
    """The labels of those that get none, being among the smallest."""
    labels = curves.drop_duplicates("group").set_index("group")["label"]
    return [str(label) for label in labels[~labels.index.isin(drawn(curves))]]


@made_once
def describe(curves: pd.DataFrame, *, until_days: int) -> str:
    """What the panels say, for those who do not see them."""
    groups = _groups(curves[curves["group"].isin(drawn(curves))], until_days, dark=False)
    parts = [_words(group) for group in groups]
    said = style.told(parts, "more in the table") or "no group has enough operations for a curve"
    return f"The course of each up to {course.time_words(until_days)}, in a panel of its own: {said}."


def _words(curve: Curve) -> str:
    """The share by the end; else by when it could last be told, or why it is not."""
    if why := curve.refusal(curve.firm):
        return f"{curve.label}, {why}"
    share = f"{curve.label} {wording.percent(curve.standing(curve.firm)[0])}"
    return (
        f"{share} by {course.time_words(curve.firm)}, after which too few remain" if curve.refusal(curve.end) else share
    )


def _groups(curves: pd.DataFrame, until_days: int, dark: bool) -> list[Curve]:
    colours, words = style.colours(dark), _words_by_group(curves)
    looks = [(colours[WORDS.get(words.get(group, ""), 0)], "solid") for group in dict.fromkeys(curves["group"])]
    return course.curves_of(curves, until_days, looks)


def _words_by_group(curves: pd.DataFrame) -> dict[str, str]:
    """Of each group that lies beyond chance, its word."""
    found = dict(zip(curves["group"], curves["word"], strict=True)) if "word" in curves else {}
    return {group: word for group, word in found.items() if word in WORDS}


def _grid(groups: Sequence[Curve], everybody: Sequence[Curve], until_days: int, columns: int, tall: int) -> _Grid:
    highest = max(curve.standing(curve.end)[0] for curve in [*groups, *everybody])
    columns = min(columns, len(groups))
    rows = -(-len(groups) // columns)
    row = min(MOST_ROW, max(LEAST_ROW, (tall - AXIS) / rows))
    title = style.LINE * max(len(_name(curve)) for curve in groups) + 5
    return _Grid(columns, rows, course.axis_end(until_days), style.beyond(highest, most=1.0), row, title)


def _axes(figure: go.Figure, grid: _Grid, panels: int, until_days: int) -> None:
    """Shares at the first panel of each row, times under the lowest of each column, lines of the grid behind all."""
    across = grid.left(grid.columns - 1) + grid.wide
    shares = style.percent_axis(grid.top, MARKS)
    feet = [grid.foot(place) for place in range(0, panels, grid.columns)]
    halves = [mark for mark in course.marks(until_days, MARKS + 1) if 0.3 < mark.months / grid.wide < 0.75]
    # Under the lowest row alone: where it has no panel, there is nothing that a mark could be of.
    lefts = [grid.left(place) for place in range(grid.columns * (grid.rows - 1), panels)]
    style.x_axes(
        figure, range=[0, across], showgrid=False, tickangle=0,
        tickvals=[left + mark.months for left in lefts for mark in halves],
        ticktext=[course.time_words(mark.day) for _ in lefts for mark in halves],
    )  # fmt: skip
    style.y_axes(
        figure, range=[0, grid.tall * grid.rows], showgrid=False,
        tickvals=[foot + v for foot in feet for v in shares["tickvals"]],
        ticktext=[text for _ in feet for text in shares["ticktext"]],
    )  # fmt: skip
    for place in range(panels):
        left, foot = grid.left(place), grid.foot(place)
        levels = [(left, left + grid.wide, foot + value, foot + value) for value in shares["tickvals"]]
        uprights = [(left + mark.months, left + mark.months, foot, foot + grid.top) for mark in halves]
        _ruled(figure, [*levels, *uprights])


def _ruled(figure: go.Figure, lines: Sequence[tuple[float, float, float, float]]) -> None:
    path = " ".join(f"M{x0},{y0} L{x1},{y1}" for x0, x1, y0, y1 in lines)
    colour = figure.layout.xaxis.gridcolor
    figure.add_shape(type="path", path=path, layer="below", line={"color": colour, "width": 1}, name="Grid")


def _behind(figure: go.Figure, grid: _Grid, everybody: Sequence[Curve], panels: int, until_days: int) -> None:
    """All together, dotted, in every panel."""
    if not everybody:
        return
    (whole,) = everybody
    x, y, _, _ = _joined([(place, whole, 0, whole.end) for place in range(panels)], grid, until_days)
    figure.add_scatter(
        x=x, y=y, mode="lines", name="All together", hoverinfo="skip",
        line={"shape": "hv", "color": whole.colour, "width": 1.5, "dash": "dot"},
    )  # fmt: skip


def _alike(figure: go.Figure, grid: _Grid, panels: Sequence[tuple[int, Curve]], word: str, until_days: int) -> None:
    """The curves of one colour, as far as they are firm."""
    firm = [(place, curve, 0, curve.firm) for place, curve in panels if curve.firm]
    if firm:
        name = f"Share failed, {word}" if word else "Share failed"
        _line(figure, _joined(firm, grid, until_days), name, {"color": panels[0][1].colour, "width": 2})


def _grey_ends(
    figure: go.Figure, grid: _Grid, panels: Sequence[tuple[int, Curve]], until_days: int, dark: bool
) -> None:
    """The curves from where few remain."""
    if panels:
        grey = [(place, curve, curve.firm, curve.end) for place, curve in panels]
        _line(figure, _joined(grey, grid, until_days), "Few remain", {"color": style.unsure(dark), "width": 1.5})


def _line(figure: go.Figure, joined: _Joined, name: str, line: dict[str, object]) -> None:
    """Stretches of curves as one line with gaps, whose points a click finds."""
    x, y, keys, words = joined
    figure.add_scatter(
        x=x, y=y, mode="lines+markers", marker={"size": 14, "opacity": 0, "color": line["color"]}, customdata=keys,
        text=words, name=name, hovertemplate="%{text}<extra></extra>", line={"shape": "hv"} | line, **style.UNSEEN,
    )  # fmt: skip


def _joined(stretches: Sequence[tuple[int, Curve, int, int]], grid: _Grid, until_days: int) -> _Joined:
    """Stretches of curves, each from a day to a day, one after the other with a gap between."""
    x: list[float | None] = []
    y: list[float | None] = []
    keys: list[str] = []
    words: list[str | None] = []
    for place, curve, begin, end in stretches:
        points = course.points(curve, until_days, most=MOST_POINTS, limits=False)
        points = points[(points["day"] >= begin) & (points["day"] <= end)]
        x += [round(grid.left(place) + course.months(day), 3) for day in points["day"]] + [None]
        y += [round(grid.foot(place) + share, 5) for share in points["share"]] + [None]
        keys += [curve.group] * (len(points) + 1)
        told = [
            f"{style.on_one_line(curve.label)}: {curve.refusal(day) or wording.percent(share)} by day {day}"
            for day, share in zip(points["day"], points["share"], strict=True)
        ]
        words += [*told, None]
    return x, y, keys, words


def _title(grid: _Grid, place: int, curve: Curve, dark: bool) -> list[dict[str, object]]:
    """The name above the panel, from its left edge, and the value where one may be told."""
    words = "<br>".join(_name(curve))
    if not curve.refusal(curve.end):
        value = wording.percent(curve.standing(curve.end)[0], 0)
        words += f' <span style="color:{curve.colour}"><b>{value}</b></span>'
    up = grid.foot(place) + grid.top
    font = {"color": style.ink(dark), "size": 12}
    at = {"x": grid.left(place), "y": up, "xanchor": "left", "yanchor": "bottom"}
    return [{"text": words, "align": "left", "font": font} | at]


def _name(curve: Curve) -> list[str]:
    return style.lines_of(curve.label, NAMED, 2)
