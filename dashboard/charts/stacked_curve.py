"""The share failed by each day in parts that lie on one another, each named at its end."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import curves as course
from dashboard.charts import labels, style

ABOVE, AXIS, LEFT, LEAST = 24, 42, 46, 196
"""Pixels: above the plot, its axis, what stands before it, and the plot's least height."""
LETTERS = 20
"""A name beside the plot breaks after so many, so that a telephone keeps room for the plot."""
MOST_MARKS = 4
"""The names leave little room for the axis on a telephone."""
LIGHT = ("#0A4C8C", "#7FAAD6", "#B45000", "#E8AF7C", "#14776E", "#86C8C0", "#6A6FA8", "#DDDAD5")
DARK = ("#4C96E8", "#1F4E85", "#F09A55", "#8A4A1A", "#6FD6C6", "#1E7A70", "#A5A9E0", "#45423D")
"""Neighbours are far apart in lightness, and a line in the page's colour parts them: colour is never the only sign."""


@made_once
def stacked_curve(parts: pd.DataFrame, *, until_days: int, dark: bool = False) -> go.Figure:
    """Parts of a cumulative incidence, from the axis up in the frame's order; a click on one gives its name.

    parts: ``part, label, day, at_risk, low, high`` (shares 0 to 1), for every part the same days, eight parts at most.
    until_days: the end of the axis; the parts end earlier where fewer than ten remain at risk.
    """
    held = parts[(parts["day"] <= until_days) & (parts["at_risk"] >= course.FEW)]
    if held.empty:
        return style.empty("No failure to draw.", dark=dark)
    figure, days = go.Figure(), _days(held, until_days)
    groups = [(name, _standing(rows, days)) for name, rows in held.groupby(["part", "label"], sort=False)]
    if len(groups) > len(LIGHT):
        raise ValueError(f"{len(groups)} parts: a figure shows at most {len(LIGHT)}. Put some together.")
    colours = DARK if dark else LIGHT
    for ((part, label), rows), colour in zip(groups, colours, strict=False):
        _area(figure, str(part), str(label), rows, colour, dark)
    ends = [_End(str(label), rows, colour) for ((_, label), rows), colour in zip(groups, colours, strict=False)]
    _axes(figure, parts, ends, until_days, dark)
    return figure


@made_once
def describe(parts: pd.DataFrame, *, until_days: int) -> str:
    """How much of the whole each part is, for those who do not see it."""
    last = parts[(parts["day"] <= until_days) & (parts["at_risk"] >= course.FEW)].groupby("label", sort=False).last()
    if last.empty:
        return "No failure was seen."
    whole = wording.percent(float(last["high"].max()))
    told = [f"{row.Index} {wording.percent(row.share)}" for row in style.rows_of(last.sort_values("share")[::-1])]
    return f"{whole} failed by {course.time_words(until_days)}: {'; '.join(told)}."


class _End:
    """Where a part ends: its middle and its words."""

    def __init__(self, label: str, rows: pd.DataFrame, colour: str) -> None:
        low, high = float(rows["low"].iloc[-1]), float(rows["high"].iloc[-1])
        self.middle, self.top, self.colour = (low + high) / 2, high, colour
        self.lines = style.lines_of(f"{wording.percent(high - low)} {label}", LETTERS, 3)

    @property
    def tall(self) -> int:
        """Pixels of its words."""
        return style.LINE * len(self.lines) + 2


def _days(held: pd.DataFrame, until_days: int) -> list[int]:
    """Where a step is set down: the days on which any part grows, of too many the last in each of equal stretches."""
    whole = held.groupby("day")["high"].max()
    steps = pd.Series(whole.index[whole.diff().fillna(1) > 0])
    if len(steps) > course.MOST_POINTS:
        steps = steps.groupby((steps * course.MOST_POINTS // (until_days + 1)).astype(int)).last()
    return sorted({0, *map(int, steps), min(until_days, int(held["day"].max()))})


def _standing(rows: pd.DataFrame, days: list[int]) -> pd.DataFrame:
    """The part as it stands on each of these days."""
    held = rows.set_index("day")[["low", "high"]]
    return held.reindex(held.index.union(days)).ffill().fillna(0.0).loc[days].rename_axis("day").reset_index()


def _area(figure: go.Figure, part: str, label: str, rows: pd.DataFrame, colour: str, dark: bool) -> None:
    own = rows["high"] - rows["low"]
    figure.add_scatter(
        x=rows["day"] / course.DAYS_A_MONTH, y=own, stackgroup="causes", name=label, fillcolor=colour,
        mode="lines+markers", line={"shape": "hv", "width": 1, "color": style.page(dark)},
        marker={"size": 9, "opacity": 0, "color": colour}, customdata=[part] * len(rows),
        text=[
            f"{style.on_one_line(label)}: {wording.percent(share)} failed by day {day}"
            for day, share in zip(rows["day"], own, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>", **style.UNSEEN,
    )  # fmt: skip


def _axes(figure: go.Figure, parts: pd.DataFrame, ends: list[_End], until_days: int, dark: bool) -> None:
    """Both axes with the numbers at risk, the names beside them, and the height that the names need."""
    tall = max(LEAST, sum(end.tall for end in ends))
    top = style.beyond(ends[-1].top, most=1.0)
    right = 26 + round(max(style.wide(line) for end in ends for line in end.lines))
    style.lay_out(
        figure, dark=dark, height=tall + ABOVE + AXIS, left=LEFT, bottom=AXIS, top=ABOVE, right=right
    )  # fmt: skip
    marks, at_risk = course.marks(until_days, MOST_MARKS), parts.groupby("day")["at_risk"].max()
    texts = [f"{mark.words}<br>{_at_risk(at_risk, mark.day):,}" for mark in marks]
    texts[0] += " at risk"
    style.x_axes(
        figure, range=[0, course.axis_end(until_days)], tickvals=[mark.months for mark in marks], ticktext=texts,
        showgrid=False, tickangle=0,
    )  # fmt: skip
    style.y_axes(figure, **style.percent_axis(top, 4.5), ticklabelstandoff=4)
    said = labels.above_left("Operations failed", left=LEFT, up=6)
    style.annotate(figure, [said | {"font": {"color": style.quiet(dark), "size": 12}}])
    heights = labels.apart([tall * end.middle / top for end in ends], [end.tall for end in ends], tall=tall)
    for end, height in zip(ends, heights, strict=True):
        labels.name_end(
            figure, "<br>".join(end.lines), end.middle, height, top=top, tall=tall, right=16, align="left",
            font={"color": style.ink(dark)}, line={"color": end.colour, "width": 3, "dash": "solid"},
        )  # fmt: skip


def _at_risk(at_risk: pd.Series, day: int) -> int:
    """Those whose time is this day or later."""
    later = at_risk[at_risk.index >= day]
    return int(later.iloc[0]) if len(later) else 0
