"""The share failed in each year of surgery, a dot and its interval, and of what lies before and after a day together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.charts import style

TALL, ABOVE, BELOW, LEFT, RIGHT = 262, 26, 44, 42, 14
"""Pixels: the whole picture and its margins."""
WIDEST_NUMBERED = 12
"""With more years than this only every other one has its name and number below."""


@dataclass(frozen=True)
class Part:
    """Some years in a row taken together: from where to where on the axis (0 is the first year), and what they share."""

    words: str
    share: float
    begin: float
    end: float


def years(rows: pd.DataFrame, parts: Sequence[Part] = (), *, dark: bool = False) -> go.Figure:
    """A dot for each year, in order of time; a year without a share (too few, or not yet settled) is a gap.

    rows: ``label, operations, known, failed, share, lower, upper`` (0 to 1, NaN for none), ``immature``.
    parts: dotted lines, each named above with its share.
    """
    drawn = rows.reset_index(drop=True)
    if drawn["share"].notna().sum() == 0:
        return style.empty("No year has ten operations whose outcome is settled.", dark=dark)
    figure = go.Figure()
    highest = float(pd.concat([drawn["upper"], drawn["share"]]).max())
    _lay_out(figure, drawn, style.beyond(highest), dark)
    _dots(figure, drawn[drawn["share"].notna()], dark)
    for part in parts:
        figure.add_shape(
            type="line", x0=part.begin, x1=part.end, y0=part.share, y1=part.share, layer="below",
            line={"color": style.ink(dark), "width": 1.4, "dash": "dot"}, name=part.words,
        )  # fmt: skip
    style.annotate(figure, [_named(part, dark) for part in parts])
    return figure


def describe(rows: pd.DataFrame, parts: Sequence[Part] = ()) -> str:
    """What the picture says, for those who do not see it."""
    told = [_words(row) for row in style.rows_of(rows) if pd.notna(row.share)]
    if not told:
        return "No year has ten operations whose outcome is settled."
    together = "".join(f" {part.words}: {wording.percent(part.share)}." for part in parts)
    return f"Share failed by year of surgery. {style.told(told)}.{together}"


def _words(row: Any) -> str:
    return f"{row.label}: {wording.share_words(row.share, row.failed, row.operations, row.lower, row.upper, row.known)}"


def _dots(figure: go.Figure, rows: pd.DataFrame, dark: bool) -> None:
    colour = style.colours(dark)[0]
    figure.add_scatter(
        x=list(rows.index), y=rows["share"], mode="markers+text", name="Share failed",
        marker={"size": 10, "color": colour},
        error_y={
            "type": "data", "symmetric": False, "array": (rows["upper"] - rows["share"]).fillna(0),
            "arrayminus": (rows["share"] - rows["lower"]).fillna(0), "color": colour, "thickness": 1.8, "width": 0,
        },
        text=[f" <b>{wording.percent(share, 0)}</b>" for share in rows["share"]], textposition="middle right",
        textfont={"color": style.word_colours(dark)[0], "size": 12}, cliponaxis=False,
        customdata=list(rows["label"]), hovertext=[_words(row) for row in style.rows_of(rows)],
        hovertemplate="%{hovertext}<extra></extra>", **style.UNDIMMED,
    )  # fmt: skip


def _lay_out(figure: go.Figure, rows: pd.DataFrame, top: float, dark: bool) -> None:
    style.lay_out(figure, dark=dark, height=TALL, left=LEFT, right=RIGHT, top=ABOVE, bottom=BELOW)
    step = 1 if len(rows) <= WIDEST_NUMBERED else 2
    places = list(range(0, len(rows), step))
    labels = [_below(rows.iloc[place], first=place == 0) for place in places]
    figure.update_xaxes(
        range=[-0.5, len(rows) - 0.2], tickvals=places, ticktext=labels, showgrid=False, tickangle=0,
    )  # fmt: skip
    figure.update_yaxes(**style.percent_axis(top, 4))


def _below(row: Any, *, first: bool) -> str:
    """The year and its number of operations, or that its outcomes are still to come."""
    n = "to come" if row["immature"] else f"{'n = ' if first else ''}{int(row['operations']):,}"
    return f"{style.on_one_line(str(row['label']))}<br>{n}"


def _named(part: Part, dark: bool) -> dict[str, Any]:
    return {
        "text": f"{style.on_one_line(part.words)}: <b>{wording.percent(part.share)}</b>",
        "x": (part.begin + part.end) / 2, "y": 1, "yref": "paper", "yshift": 13, "font": {"color": style.ink(dark)},
    }  # fmt: skip
