"""The share failed by each day after surgery, with the number still at risk under the axis of the same figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.charts import labels, style

DAYS_A_MONTH = 365.25 / 12
MOST_POINTS = 300
FEW, FEW_SHARE, FEWEST = 10, 0.1, 5
"""Grey below 10 at risk or a tenth of the group; cut below 5."""
MOST_TICKS = 6
PLOT, LEFT, ABOVE, AXIS, ROW = 300, 46, 34, 56, 19
"""Pixels: the curve's own height, what stands before it, above it and as its axis, and each row of numbers at risk."""
LETTERS = 15
"""A name at the end of a line breaks after so many: the margin must leave room for the curve on a telephone."""


@dataclass(frozen=True)
class _Curve:
    """One group: its rows by day, the days up to which it is firm and drawn at all, and how it looks."""

    label: str
    rows: pd.DataFrame
    firm: int
    end: int
    colour: str
    dash: str

    @property
    def operations(self) -> int:
        return int(self.rows["at_risk"].max()) if len(self.rows) else 0

    @property
    def drawn(self) -> bool:
        return self.operations >= FEWEST

    def standing(self, day: float) -> tuple[float, float, float]:
        """Share failed by a day, with its limits."""
        before = int(self.rows["day"].searchsorted(day, side="right"))
        if not before:
            return 0.0, np.nan, np.nan
        share, lower, upper = (float(self.rows[name].to_numpy()[before - 1]) for name in ("share", "lower", "upper"))
        return share, lower, upper

    def known(self, day: float) -> int:
        """Operations whose state on this day is known: failed or died by then, or followed so long."""
        return self.operations - int(self.rows["left"][self.rows["day"] < day].sum())

    def limits_words(self, day: float) -> str:
        """The limits by a day; those of 0 % and 100 % with the number whose state is known, on which they rest."""
        share, *limits = self.standing(day)
        words = wording.interval(*limits)
        exact = f"; state of {self.known(day):,} known" if share in (0, 1) else ""
        return f" ({words}{exact})" if words else ""

    def at_risk(self, day: float) -> int:
        """Operations whose time is this day or later."""
        first = int(self.rows["day"].searchsorted(day))
        return int(self.rows["at_risk"].to_numpy()[first]) if first < len(self.rows) else 0


def step_curve(curves: pd.DataFrame, *, until_days: int, dark: bool = False) -> go.Figure:
    """Curves of at most four groups, from their rows by day.

    curves: columns ``group, label, day, at_risk, failed, died, left, share, lower, upper`` (shares 0 to 1); a row for
    each day on which the share or a limit changes.
    until_days: the end of the axis. Raises ValueError for more than four groups.
    """
    groups = _groups(curves, until_days, dark)
    if not groups:
        return style.empty("No operations to draw.", dark=dark)
    figure = go.Figure()
    top = _top(groups)
    for curve in groups:
        if curve.drawn:
            points = _points(curve, until_days)
            if len(groups) <= 2:
                _band(figure, curve, points)
            _line(figure, curve, points, style.unsure(dark))
    _axes(figure, groups, until_days, top, dark)
    _label_ends(figure, [curve for curve in groups if curve.drawn], _axis_end(until_days), top)
    _at_risk(figure, groups, until_days, dark)
    return figure


def describe(curves: pd.DataFrame, *, until_days: int) -> str:
    """What the curves say, for those who do not see them."""
    parts = [_words(curve, until_days) for curve in _groups(curves, until_days, dark=False)]
    return f"Operations failed by {_months(until_days):.0f} months. {'; '.join(parts)}." if parts else "No operations."


def _words(curve: _Curve, until_days: int) -> str:
    if not curve.drawn:
        return f"{curve.label}: {curve.operations} operations, too few for a curve"
    seen = f"{wording.percent(curve.standing(curve.end)[0])}{curve.limits_words(curve.end)}"
    if curve.end < until_days:
        seen += f" by {_months(curve.end):.0f} months, after which fewer than {FEWEST} remain"
        return f"{curve.label}: {seen}; {curve.operations:,} operations"
    return f"{curve.label}: {seen}; {curve.operations:,} operations, {curve.at_risk(until_days):,} still at risk"


def _groups(curves: pd.DataFrame, until_days: int, dark: bool) -> list[_Curve]:
    parts = [rows.sort_values("day") for _, rows in curves.groupby("group", sort=False)]
    if len(parts) > style.MOST_SERIES:
        raise ValueError(f"{len(parts)} groups: a figure shows at most {style.MOST_SERIES}. Choose among them.")
    return [
        _Curve(str(rows["label"].iloc[0]), rows.dropna(subset=["share"]), *_limits(rows, until_days), *look)
        for rows, *look in zip(parts, style.colours(dark), style.DASHES, strict=False)
    ]


def _limits(rows: pd.DataFrame, until_days: int) -> tuple[int, int]:
    """The last day on which a curve is firm, and the last on which it is drawn; none later than the axis."""
    at_risk = rows["at_risk"]
    firm = rows["day"][at_risk >= max(FEW, FEW_SHARE * at_risk.max())]
    drawn = rows["day"][at_risk >= FEWEST]
    return tuple(min(until_days, int(days.max())) if len(days) else 0 for days in (firm, drawn))  # type: ignore[return-value]


def _points(curve: _Curve, until_days: int) -> pd.DataFrame:
    """Where the line is set down: each step, each month (so that any place has words), and where it changes or ends.

    Of more steps than a screen can show, the last in each of as many equal stretches.
    """
    months = {round(month * DAYS_A_MONTH) for month in range(int(_months(until_days)) + 1)}
    months = months if len(months) <= MOST_POINTS // 4 else set()
    rows = curve.rows[curve.rows["day"] <= curve.end]
    heights = rows[["share", "lower", "upper"]]
    steps = rows["day"][(heights != heights.shift()).any(axis=1)]
    room = MOST_POINTS - len(months) - 3
    if len(steps) > room:
        steps = steps.groupby((steps * room // (until_days + 1)).astype(int)).last()
    days = sorted({0, curve.firm, curve.end, *(int(day) for day in steps), *(m for m in months if m <= curve.end)})
    standing = [curve.standing(day) for day in days]
    points = pd.DataFrame(standing, columns=["share", "lower", "upper"])
    return points.assign(
        day=days, at_risk=[curve.at_risk(day) for day in days], limits=[curve.limits_words(day) for day in days]
    )


def _line(figure: go.Figure, curve: _Curve, points: pd.DataFrame, grey: str) -> None:
    """The curve, and its grey end where few remain."""
    firm = points[points["day"] <= curve.firm]
    pale = points[points["day"] >= curve.firm] if curve.firm else points
    for part, colour, width in ((firm, curve.colour, 2.4), (pale, grey, 1.8)):
        if len(part) < 2:
            continue
        figure.add_scatter(
            x=part["day"] / DAYS_A_MONTH,
            y=part["share"],
            mode="lines",
            line={"shape": "hv", "color": colour, "width": width, "dash": curve.dash},
            name=curve.label,
            text=[_hover(curve.label, point) for point in style.rows_of(part)],
            hovertemplate="%{text}<extra></extra>",
        )


def _hover(label: str, point: Any) -> str:
    share = f"{wording.percent(point.share)} failed by day {point.day}{point.limits}"
    return f"{style.on_one_line(label)}: {share}; {point.at_risk:,} at risk"


def _band(figure: go.Figure, curve: _Curve, points: pd.DataFrame) -> None:
    """The interval while the curve is firm."""
    inside = points[points["day"] <= curve.firm].dropna(subset=["lower", "upper"])
    if inside.empty:
        return
    for limit, fill in (("lower", None), ("upper", "tonexty")):
        figure.add_scatter(
            x=inside["day"] / DAYS_A_MONTH,
            y=inside[limit],
            mode="lines",
            line={"shape": "hv", "width": 0},
            fill=fill,
            fillcolor=style.see_through(curve.colour, 0.14),
            name=f"{curve.label}, {limit} limit",
            hoverinfo="skip",
        )


def _top(groups: list[_Curve]) -> float:
    """The top of the axis: above every line, and above the intervals that are drawn."""
    highest = 0.0
    for curve in groups:
        if curve.drawn:
            limit = curve.rows["upper"][curve.rows["day"] <= curve.firm].max() if len(groups) <= 2 else 0.0
            highest = max(highest, curve.standing(curve.end)[0], 0.0 if np.isnan(limit) else limit)
    return style.beyond(highest, most=1.0)


def _label_ends(figure: go.Figure, curves: list[_Curve], months: float, top: float) -> None:
    """Each curve's name and share beside its end, pushed apart so that none covers another, and a thread."""
    ends = sorted((curve.standing(curve.end)[0], place) for place, curve in enumerate(curves))
    texts = [_end_words(curves[place].label, share) for share, place in ends]
    sizes = [style.LINE * len(text) + 3 for text in texts]
    heights = labels.apart([PLOT * share / top for share, _ in ends], sizes, tall=PLOT)
    for (share, place), text, height in zip(ends, texts, heights, strict=True):
        curve = curves[place]
        _level(figure, curve, share, months)
        labels.name_end(
            figure, "<br>".join(text), share, height, top=top, tall=PLOT, right=14, align="left",
            font={"color": curve.colour}, line={"color": curve.colour, "width": 1, "dash": "solid"},
        )  # fmt: skip


def _level(figure: go.Figure, curve: _Curve, share: float, months: float) -> None:
    """From where a curve ends level to the edge of the plot, where the thread to its name begins."""
    if _months(curve.end) < months:
        figure.add_shape(
            type="line", x0=_months(curve.end), x1=months, y0=share, y1=share, layer="below",
            line={"color": curve.colour, "width": 1, "dash": "dot"},
        )  # fmt: skip


def _end_words(label: str, share: float) -> list[str]:
    """The name broken into lines, and the share on the last of them if it fits."""
    *lines, last = style.lines_of(label, LETTERS, 3)
    words = wording.percent(share, 0)
    return [*lines, f"{last} {words}"] if len(last) + len(words) < LETTERS else [*lines, last, words]


def _axes(figure: go.Figure, groups: list[_Curve], until_days: int, top: float, dark: bool) -> None:
    below = AXIS + ROW * (2 * len(groups) + 1 if len(groups) > 1 else 2) + 8
    right = round(LETTERS * style.LETTER) + 18
    style.lay_out(figure, dark=dark, height=PLOT + ABOVE + below, left=LEFT, bottom=below, top=ABOVE, right=right)
    months = {"text": "Months after surgery", "standoff": 6}
    figure.update_xaxes(range=[0, _axis_end(until_days)], tickvals=_ticks(until_days), showgrid=False, title=months)
    figure.update_yaxes(**style.percent_axis(top))
    style.annotate(figure, [labels.above_left("Operations failed", left=LEFT, up=8)])


def _at_risk(figure: go.Figure, groups: list[_Curve], until_days: int, dark: bool) -> None:
    """Under a heading, each group's name with a piece of its line, and its numbers at each tick."""
    words = [
        _words_under(0, "<b>Number at risk</b>", style.ink(dark), xref="paper", x=0, xshift=6 - LEFT, xanchor="left")
    ]
    for curve in groups:
        row = len({word["yshift"] for word in words})
        if len(groups) > 1:
            name = style.on_one_line(curve.label) + ("" if curve.drawn else " (too few for a curve)")
            words.append(_words_under(row, name, curve.colour, xref="paper", x=0, xshift=-6, xanchor="left"))
            labels.piece_of_line(
                figure, begin=6 - LEFT, height=-(AXIS + ROW * row), colour=curve.colour, dash=curve.dash
            )
            row += 1
        for month in _ticks(until_days):
            n = curve.at_risk(_day(month, until_days))
            words.append(_words_under(row, f"{n:,}", curve.colour, x=month, name=f"{curve.label} at {month}"))
    style.annotate(figure, words)


def _words_under(row: int, text: str, colour: str, **place: Any) -> dict[str, Any]:
    """Words in a row under the axis."""
    return {"text": text, "y": 0, "yref": "paper", "yshift": -(AXIS + ROW * row), "font": {"color": colour}} | place


def _ticks(until_days: int) -> list[int]:
    """Round months from 0 to the end, at most six."""
    end = round(_months(until_days))
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 600) if end / step <= MOST_TICKS - 1)
    return list(range(0, end + 1, step))


def _axis_end(until_days: int) -> float:
    """In months; a year is a day short of twelve, and its tick must stand."""
    return max(_months(until_days), _ticks(until_days)[-1])


def _day(month: int, until_days: int) -> int:
    return min(until_days, round(month * DAYS_A_MONTH))


def _months(days: float) -> float:
    return days / DAYS_A_MONTH
