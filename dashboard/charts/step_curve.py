"""The share failed by each day after surgery, with the number still at risk under the axis of the same figure."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import style

DAYS_A_MONTH = 365.25 / 12
MOST_POINTS = 300
FEW, FEW_SHARE, FEWEST = 10, 0.1, 5
"""Grey below 10 at risk or a tenth of the group; cut below 5."""
MOST_TICKS = 6
PLOT, ROW = 330, 22
"""Pixels: the curve's own height, and each row of numbers at risk."""


def step_curve(curves: pd.DataFrame, *, until_days: int, dark: bool = False) -> go.Figure:
    """Curves of at most four groups, from their rows by day.

    curves: columns ``group, label, day, at_risk, failed, died, left, share, lower, upper`` (shares 0 to 1).
    until_days: the end of the axis. Raises ValueError for more than four groups.
    """
    groups = list(_groups(curves))
    if len(groups) > style.MOST_SERIES:
        raise ValueError(f"{len(groups)} groups: a figure shows at most {style.MOST_SERIES}.")
    if not groups:
        return style.empty("No operations to draw.", dark=dark)
    figure = go.Figure()
    ends = []
    for place, (label, rows) in enumerate(groups):
        colour = style.colours(dark)[place]
        drawn = _thinned(rows[rows["day"] <= until_days], until_days)
        if len(groups) <= 2:
            _band(figure, drawn, colour)
        _line(figure, label, drawn, colour, style.DASHES[place], style.unsure(dark))
        if len(drawn):
            ends.append((label, float(drawn["share"].iloc[-1]), colour))
    top = _top(groups, until_days)
    _label_ends(figure, ends, top)
    _axes(figure, groups, until_days, top, dark)
    return figure


def describe(curves: pd.DataFrame, *, until_days: int) -> str:
    """What the curves say, for those who do not see them."""
    parts = []
    for label, rows in _groups(curves):
        seen = rows[rows["day"] <= until_days]
        if len(seen):
            share, n = float(seen["share"].iloc[-1]), int(rows["at_risk"].iloc[0])
            parts.append(f"{label}: {style.percent(share)} of {n:,} operations")
    return (
        f"Share of operations failed by {_months(until_days):.0f} months. {'; '.join(parts)}." if parts else "No data."
    )


def _groups(curves: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for _, rows in curves.groupby("group", sort=False):
        yield str(rows["label"].iloc[0]), rows.sort_values("day")


def _thinned(rows: pd.DataFrame, until_days: int) -> pd.DataFrame:
    """From day 0 to where fewer than five remain; only days on which the curve steps, at most one in a pixel."""
    kept = rows[rows["at_risk"] >= FEWEST]
    if kept.empty:
        return kept
    steps = kept[(kept["share"].diff().fillna(1) != 0) | (kept["day"] == kept["day"].max())]
    wide = max(1.0, until_days / MOST_POINTS)
    steps = steps.groupby((steps["day"] // wide).astype(int), as_index=False).last()
    start = kept.iloc[[0]].assign(day=0, share=0.0, lower=np.nan, upper=np.nan)
    return pd.concat([start, steps], ignore_index=True) if float(steps["day"].iloc[0]) > 0 else steps


def _line(figure: go.Figure, label: str, rows: pd.DataFrame, colour: str, dash: str, grey: str) -> None:
    """The curve, and its grey end where few remain."""
    n = int(rows["at_risk"].max()) if len(rows) else 0
    sure = rows["at_risk"] >= max(FEW, FEW_SHARE * n)
    cut = int(sure.sum())
    for part, ink, width in ((rows.iloc[:cut], colour, 2.4), (rows.iloc[max(0, cut - 1) :], grey, 1.6)):
        if len(part) < 2 and ink == grey:
            continue
        figure.add_scatter(
            x=part["day"] / DAYS_A_MONTH,
            y=part["share"],
            mode="lines",
            line={"shape": "hv", "color": ink, "width": width, "dash": dash},
            name=label,
            text=[_hover(label, row) for row in part.itertuples()],
            hovertemplate="%{text}<extra></extra>",
        )


def _hover(label: str, row: object) -> str:
    share, lower, upper = (float(getattr(row, name)) for name in ("share", "lower", "upper"))
    interval = "" if math.isnan(lower) or math.isnan(upper) else f" ({100 * lower:.1f} to {100 * upper:.1f})"
    day, at_risk = int(getattr(row, "day")), int(getattr(row, "at_risk"))  # noqa: B009
    return f"{label}<br>{style.percent(share)} failed by day {day}{interval}<br>{at_risk:,} at risk"


def _band(figure: go.Figure, rows: pd.DataFrame, colour: str) -> None:
    inside = rows.dropna(subset=["lower", "upper"])
    if inside.empty:
        return
    months = inside["day"] / DAYS_A_MONTH
    for limit, fill in (("lower", None), ("upper", "tonexty")):
        figure.add_scatter(
            x=months,
            y=inside[limit],
            mode="lines",
            line={"shape": "hv", "width": 0},
            fill=fill,
            fillcolor=_clear(colour),
            hoverinfo="skip",
        )


def _clear(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"


def _label_ends(figure: go.Figure, ends: list[tuple[str, float, str]], top: float) -> None:
    """Each curve's name at its end, pushed apart so that none covers another; above the line, inside the plot."""
    gap, last = top * 0.075, -math.inf
    for label, share, colour in sorted(ends, key=lambda end: end[1]):
        height = max(share + top * 0.02, last + gap)
        last = height
        figure.add_annotation(
            text=f"{label} {style.percent(share, 0)}",
            xref="paper",
            x=1,
            y=height,
            xanchor="right",
            yanchor="bottom",
            showarrow=False,
            font={"color": colour, "size": 13},
        )


def _top(groups: list[tuple[str, pd.DataFrame]], until_days: int) -> float:
    """The top of the axis: above the highest curve, and its interval where one is drawn, with room for the names."""
    limit = "upper" if len(groups) <= 2 else "share"
    seen = [rows[(rows["day"] <= until_days) & (rows["at_risk"] >= FEW)] for _, rows in groups]
    highest = max((float(rows[[limit, "share"]].max().max()) for rows in seen if len(rows)), default=0.0)
    return min(1.0, max(0.05, 1.15 * highest + 0.02 * len(groups)))


def _axes(figure: go.Figure, groups: list[tuple[str, pd.DataFrame]], until_days: int, top: float, dark: bool) -> None:
    ticks = _ticks(until_days)
    below = 74 + ROW * (len(groups) + 1)
    style.lay_out(figure, dark=dark, height=PLOT + below, left=52, bottom=below)
    figure.update_xaxes(
        range=[0, _months(until_days) * 1.005], tickvals=ticks, title={"text": "Months after surgery", "standoff": 6}
    )
    figure.update_yaxes(range=[0, top], tickformat=".0%", title={"text": ""}, rangemode="tozero")
    figure.add_annotation(
        text="Operations failed", xref="paper", yref="paper", x=0, y=1, xanchor="left", yanchor="top", showarrow=False
    )
    _at_risk(figure, groups, ticks, dark)


def _at_risk(figure: go.Figure, groups: list[tuple[str, pd.DataFrame]], ticks: list[int], dark: bool) -> None:
    """A row of numbers for each group, under its name, at each tick."""
    heading = "Number at risk" if len(groups) == 1 else "Number at risk, in the order of the colours"
    words = [(0.0, 58.0, heading, style.ink(dark), "left")]
    for place, (label, rows) in enumerate(groups):
        height = 58.0 + ROW * (place + 1)
        colour = style.colours(dark)[place]
        for month in ticks:
            n = _remaining(rows, month)
            side = "left" if month == 0 else "right" if month == ticks[-1] else "center"
            text = f"{n:,} {label}" if month == 0 and len(groups) > 1 else f"{n:,}"
            words.append((month, height, text, colour, side))
    for month, height, text, colour, side in words:
        figure.add_annotation(
            text=text,
            x=month,
            y=0,
            yref="paper",
            yshift=-height,
            xanchor=side,
            yanchor="middle",
            showarrow=False,
            font={"color": colour, "size": 12},
        )


def _remaining(rows: pd.DataFrame, month: int) -> int:
    """Operations whose time is this day or later."""
    later = rows[rows["day"] >= month * DAYS_A_MONTH - 0.5]
    return int(later["at_risk"].iloc[0]) if len(later) else 0


def _ticks(until_days: int) -> list[int]:
    """Round months from 0 to the end, at most six."""
    end = round(_months(until_days))
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 600) if end / step <= MOST_TICKS - 1)
    return list(range(0, end + 1, step))


def _months(days: int) -> float:
    return days / DAYS_A_MONTH
