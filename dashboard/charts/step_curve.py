"""The share failed by each day after surgery, with the number still at risk under the axis of the same figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import curves as course
from dashboard.charts import labels, style
from dashboard.charts.curves import FAILED, Curve, CurveWords

HEIGHT, LEFT, ABOVE, AXIS, ROW = 262, 46, 24, 46, 16
"""Pixels: a picture of one curve, what stands before it, above it and as its axis, and each row of numbers at risk."""
LETTERS = 15
"""A name at the end of a line breaks after so many: the margin must leave room for the curve on a telephone."""
SAID_AT = (91, 365, 730)
"""Days at which one curve alone says its value: 3 months, 1 and 2 years."""
NARROW = 0.09
"""Values stand no nearer to one another, or to the axis, than so much of its length."""


@made_once
def step_curve(
    curves: pd.DataFrame, *, until_days: int, tall: int = HEIGHT, told: CurveWords = FAILED, dark: bool = False
) -> go.Figure:
    """Curves of at most four groups, from their rows by day.

    curves: columns ``group, label, day, at_risk, failed, died, left, share, lower, upper`` (shares 0 to 1), optionally
    ``told`` (False: no share is told of the group); a row for each day on which the share or a limit changes. One curve
    says its values; of several each has its name at its end.
    Numbers at risk stand under the marks of the axis, once where they are the same for all. A click says the group.
    until_days: the end of the axis; tall: pixels of the picture, without rows of numbers at risk.
    told: what the curves are of, where it is not failure since surgery. Raises ValueError for more than four groups.
    """
    groups = _groups(curves, until_days, dark)
    if not groups:
        return style.empty("No operations to draw.", dark=dark)
    figure = go.Figure()
    top = _top(groups)
    for curve in groups:
        if curve.drawn:
            points = course.points(curve, until_days, limits=len(groups) <= 2)
            if len(groups) <= 2:
                _band(figure, curve, points)
            _line(figure, curve, points, told.did, style.unsure(dark))
    drawn = [curve for curve in groups if curve.drawn]
    ends = _end_names(drawn) if len(groups) > 1 else []
    plot = tall - ABOVE - AXIS
    _axes(figure, groups, until_days, (top, plot), ends, dark)
    if len(groups) > 1:
        _label_ends(figure, drawn, ends, course.axis_end(until_days), (top, plot))
        _at_risk(figure, groups, until_days, dark)
    for curve in drawn if len(groups) == 1 else ():
        _say_values(figure, curve, until_days, dark)
    if told != FAILED:
        _tell(figure, told)
    return figure


def _tell(figure: go.Figure, told: CurveWords) -> None:
    """In the place of the words for failure since surgery those for what else is counted."""
    figure.update_annotations({"text": told.counted}, selector={"text": FAILED.counted})
    first, *rest = figure.layout.xaxis.ticktext
    style.x_axes(figure, ticktext=[first.replace(FAILED.since, told.since), *rest])


@made_once
def describe(curves: pd.DataFrame, *, until_days: int, told: CurveWords = FAILED) -> str:
    """What the curves say, for those who do not see them."""
    parts = [_words(curve, until_days) for curve in _groups(curves, until_days, dark=False)]
    return f"{told.counted} by {course.time_words(until_days)}. {'; '.join(parts)}." if parts else "No operations."


def _words(curve: Curve, until_days: int) -> str:
    if not curve.drawn:
        return f"{curve.label}: {wording.count(curve.operations, 'operation')}, too few for a curve"
    counted = wording.count(curve.operations, "operation")
    if why := curve.refusal(curve.firm):
        return f"{curve.label}: {why}; {counted}"
    seen = f"{wording.percent(curve.standing(curve.firm)[0])}{curve.limits_words(curve.firm)}"
    if curve.firm < until_days:
        grey = curve.firm < curve.end
        fewer = "too few remain for a share" if grey else f"fewer than {course.FEWEST} remain"
        return f"{curve.label}: {seen} by {course.time_words(curve.firm)}, after which {fewer}; {counted}"
    return f"{curve.label}: {seen}; {counted}, {curve.at_risk(until_days):,} still at risk"


def _groups(curves: pd.DataFrame, until_days: int, dark: bool) -> list[Curve]:
    count = curves["group"].nunique()
    if count > style.MOST_SERIES:
        raise ValueError(f"{count} groups: a figure shows at most {style.MOST_SERIES}. Choose among them.")
    return course.curves_of(curves, until_days, list(zip(style.colours(dark), style.DASHES, strict=True)))


def _line(figure: go.Figure, curve: Curve, points: pd.DataFrame, did: str, grey: str) -> None:
    """The curve, and its grey end where few remain; a click on either says the group."""
    firm = points[points["day"] <= curve.firm]
    pale = points[points["day"] >= curve.firm] if curve.firm else points
    for part, colour, width in ((firm, curve.colour, 2.4), (pale, grey, 1.8)):
        if len(part) < 2:
            continue
        figure.add_scatter(
            x=part["day"] / course.DAYS_A_MONTH,
            y=part["share"],
            mode="lines+markers",
            marker={"size": 9, "opacity": 0, "color": colour},
            line={"shape": "hv", "color": colour, "width": width, "dash": curve.dash},
            name=curve.label,
            customdata=[curve.group] * len(part),
            text=[course.hover(curve, point, did) for point in style.rows_of(part)],
            hovertemplate="%{text}<extra></extra>",
            **style.UNSEEN,
        )


def _band(figure: go.Figure, curve: Curve, points: pd.DataFrame) -> None:
    """The interval while the curve is firm."""
    inside = points[points["day"] <= curve.firm].dropna(subset=["lower", "upper"])
    if inside.empty:
        return
    for limit, fill in (("lower", None), ("upper", "tonexty")):
        figure.add_scatter(
            x=inside["day"] / course.DAYS_A_MONTH,
            y=inside[limit],
            mode="lines",
            line={"shape": "hv", "width": 0},
            fill=fill,
            fillcolor=style.see_through(curve.colour, 0.14),
            name=f"{curve.label}, {limit} limit",
            hoverinfo="skip",
        )


def _top(groups: list[Curve]) -> float:
    """The top of the axis: above every line, and above the intervals that are drawn."""
    highest = 0.0
    for curve in groups:
        if curve.drawn:
            limit = curve.rows["upper"][curve.rows["day"] <= curve.firm].max() if len(groups) <= 2 else 0.0
            highest = max(highest, curve.standing(curve.end)[0], 0.0 if np.isnan(limit) else limit)
    return style.beyond(highest, most=1.0)


def _say_values(figure: go.Figure, curve: Curve, until_days: int, dark: bool) -> None:
    """A dot and the share at 3 months, 1 and 2 years, and where the curve ends; each above and left of its place.

    None on its grey end: what rests on so few is drawn, and not told.
    """
    if not curve.told:
        return
    whole = course.axis_end(until_days)
    days = [day for day in SAID_AT if day <= curve.firm]
    if (
        curve.end == curve.firm
        and curve.end not in days
        and (not days or course.months(curve.end - days[-1]) / whole >= NARROW)
    ):
        days.append(curve.end)
    places = [(course.months(day), curve.standing(day)[0]) for day in days if course.months(day) / whole >= NARROW]
    if not places:
        return
    figure.add_scatter(
        x=[x for x, _ in places], y=[y for _, y in places], mode="markers", name="Values", hoverinfo="skip",
        marker={"size": 9, "color": curve.colour, "opacity": 1, "line": {"width": 2, "color": style.page(dark)}},
        customdata=[curve.group] * len(places), cliponaxis=False, **style.UNDIMMED,
    )  # fmt: skip
    style.annotate(figure, [
        {"text": f"<b>{wording.percent(y)}</b>", "x": x, "y": y, "xanchor": "right", "yanchor": "bottom", "xshift": 3,
         "yshift": 3, "font": {"color": curve.colour, "size": style.LARGEST}}
        for x, y in places
    ])  # fmt: skip


def _label_ends(
    figure: go.Figure, curves: list[Curve], texts: list[list[str]], months: float, size: tuple[float, int]
) -> None:
    """Each curve's name and share beside its end, pushed apart so that none covers another, and a thread."""
    top, plot = size
    ends = sorted((curve.standing(curve.end)[0], place) for place, curve in enumerate(curves))
    sizes = [style.LINE * len(texts[place]) + 3 for _, place in ends]
    heights = labels.apart([plot * share / top for share, _ in ends], sizes, tall=plot)
    for (share, place), height in zip(ends, heights, strict=True):
        curve = curves[place]
        _level(figure, curve, share, months)
        labels.name_end(
            figure, "<br>".join(texts[place]), share, height, top=top, tall=plot, right=14, align="left",
            font={"color": curve.colour}, line={"color": curve.colour, "width": 1, "dash": "solid"},
        )  # fmt: skip


def _level(figure: go.Figure, curve: Curve, share: float, months: float) -> None:
    """From where a curve ends level to the edge of the plot, where the thread to its name begins."""
    if course.months(curve.end) < months:
        figure.add_shape(
            type="line", x0=course.months(curve.end), x1=months, y0=share, y1=share, layer="below",
            line={"color": curve.colour, "width": 1, "dash": "dot"},
        )  # fmt: skip


def _end_names(curves: list[Curve]) -> list[list[str]]:
    """Each curve's name broken into lines, and its share on the last of them if it fits.

    None where it ends in grey, or where none may be told.

    Four names have two lines each and their share: more than that the plot's height does not hold.
    """
    most = 3 if len(curves) < style.MOST_SERIES else 2
    found = []
    for curve in curves:
        *lines, last = style.lines_of(curve.label, LETTERS, most)
        if curve.refusal(curve.end):
            found.append([*lines, last])
            continue
        words = wording.percent(curve.standing(curve.end)[0], 0)
        found.append([*lines, f"{last} {words}"] if len(last) + len(words) < LETTERS + 2 else [*lines, last, words])
    return found


def _axes(
    figure: go.Figure,
    groups: list[Curve],
    until_days: int,
    size: tuple[float, int],
    ends: list[list[str]],
    dark: bool,
) -> None:
    """Both axes, the numbers at risk under the marks where they are the same for all, and room for what is beside."""
    below = AXIS + (ROW * (len(groups) + 1) - 12 if _apart(groups, until_days) else 0)
    right = 14 + round(max((style.wide(line) for name in ends for line in name), default=0)) + 8
    style.lay_out(figure, dark=dark, height=size[1] + ABOVE + below, left=LEFT, bottom=below, top=ABOVE, right=right)
    marks = course.marks(until_days)
    numbers = [] if _apart(groups, until_days) else [groups[0].at_risk(mark.day) for mark in marks]
    texts = [f"{mark.words}<br>{n:,}" for mark, n in zip(marks, numbers, strict=False)] or [m.words for m in marks]
    if numbers:
        texts[0] += " at risk"
    style.x_axes(
        figure, range=[0, course.axis_end(until_days)], tickvals=[mark.months for mark in marks], ticktext=texts,
        showgrid=False, tickangle=0,
    )  # fmt: skip
    style.y_axes(figure, **style.percent_axis(size[0], 4.5))
    style.annotate(figure, [labels.above_left(FAILED.counted, left=LEFT, up=6) | _quiet(dark)])


def _quiet(dark: bool) -> dict[str, Any]:
    return {"font": {"color": style.quiet(dark), "size": 12}}


def _apart(groups: list[Curve], until_days: int) -> bool:
    """Whether numbers at risk differ, so that each group needs a row of its own."""
    days = [mark.day for mark in course.marks(until_days)]
    return len({tuple(curve.at_risk(day) for day in days) for curve in groups}) > 1


def _at_risk(figure: go.Figure, groups: list[Curve], until_days: int, dark: bool) -> None:
    """Under a heading a row for each group: a piece of its line, and its numbers at each mark."""
    if not _apart(groups, until_days):
        return
    beside = {"xref": "paper", "x": 0, "xshift": 6 - LEFT, "xanchor": "left"}
    words = [_words_under(0, "<b>Number at risk</b>", style.quiet(dark), **beside)]
    for row, curve in enumerate(groups, 1):
        if not curve.drawn:
            name = f"{style.on_one_line(curve.label)} (too few for a curve)"
            words.append(_words_under(row, name, style.quiet(dark), **beside))
            continue
        labels.piece_of_line(figure, begin=6 - LEFT, end=-22, height=-_down(row), colour=curve.colour, dash=curve.dash)
        for mark in course.marks(until_days):
            n, name = curve.at_risk(mark.day), f"{curve.label} at {mark.months:g}"
            words.append(_words_under(row, f"{n:,}", curve.colour, x=mark.months, name=name))
    style.annotate(figure, words)


def _down(row: int) -> int:
    """Pixels from the axis to the middle of a row of numbers at risk."""
    return AXIS - 10 + ROW * row


def _words_under(row: int, text: str, colour: str, **place: Any) -> dict[str, Any]:
    """Words in a row under the axis."""
    return {"text": text, "y": 0, "yref": "paper", "yshift": -_down(row), "font": {"color": colour}} | place
