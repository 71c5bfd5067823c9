"""The share failed in each year of surgery, a dot and its interval, and of the years on both sides of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import style

TALL, ABOVE, BELOW, LEFT, RIGHT = 262, 26, 44, 42, 14
"""Pixels: the whole picture and its margins."""
WIDEST_NUMBERED = 12
"""With more years than this only every other one has its name and number below."""


NO_YEAR = "No year has ten operations whose outcome is settled."


@dataclass(frozen=True)
class Together:
    """Years in a row taken together: from where to where on the axis (0 is the first year), and their share."""

    words: str
    share: float
    begin: float
    end: float


@made_once
def years(rows: pd.DataFrame, parts: Sequence[Together] = (), *, dark: bool = False) -> go.Figure:
    """A dot for each year up to the last that is settled, in order of time; one with too few for a share is a gap.

    rows: ``label, operations, known, failed, share, lower, upper`` (0 to 1, NaN for none).
    parts: dotted lines, each named above with its share.
    """
    drawn = _settled(rows)
    if drawn.empty:
        return style.empty(NO_YEAR, dark=dark)
    figure = go.Figure()
    highest = float(pd.concat([drawn["upper"], drawn["share"]]).max())
    _lay_out(figure, drawn, style.beyond(highest), dark)
    _dots(figure, drawn[drawn["share"].notna()], dark)
    dotted = {"type": "line", "layer": "below", "line": {"color": style.ink(dark), "width": 1.4, "dash": "dot"}}
    style.draw(figure, [
        dotted | {"x0": part.begin, "x1": part.end, "y0": part.share, "y1": part.share, "name": part.words}
        for part in parts
    ])  # fmt: skip
    style.annotate(figure, [_named(part, dark) for part in parts])
    return figure


def describe(rows: pd.DataFrame, parts: Sequence[Together] = ()) -> str:
    """What the picture says, for those who do not see it."""
    told = [_words(row) for row in style.rows_of(_settled(rows)) if pd.notna(row.share)]
    if not told:
        return NO_YEAR
    together = "".join(f" {part.words}: {wording.percent(part.share)}." for part in parts)
    return f"Share failed by year of surgery. {style.told(told)}.{together}"


def _settled(rows: pd.DataFrame) -> pd.DataFrame:
    """From the first year to the last whose share is known: of those after it the outcomes are still to come."""
    known = rows["share"].notna().to_numpy().nonzero()[0]
    return rows.iloc[: known[-1] + 1 if len(known) else 0].reset_index(drop=True)


def _words(row: Any) -> str:
    return f"{row.label}: {wording.share_words(row.share, row.failed, row.operations, row.lower, row.upper, row.known)}"


def _dots(figure: go.Figure, rows: pd.DataFrame, dark: bool) -> None:
    colour = style.colours(dark)[0]
    figure.add_scatter(
        x=list(rows.index), y=rows["share"], mode="markers", name="Share failed",
        marker={"size": 10, "color": colour, "opacity": 1},
        error_y={
            "type": "data", "symmetric": False, "array": (rows["upper"] - rows["share"]).fillna(0),
            "arrayminus": (rows["share"] - rows["lower"]).fillna(0), "color": colour, "thickness": 1.8, "width": 0,
        },
        customdata=list(rows["label"]), text=[_words(row) for row in style.rows_of(rows)], cliponaxis=False,
        hovertemplate="%{text}<extra></extra>", **style.UNDIMMED,
    )  # fmt: skip
    style.annotate(
        figure, [_value(place, row, dark) for place, row in zip(rows.index, style.rows_of(rows), strict=True)]
    )


def _value(place: int, row: Any, dark: bool) -> dict[str, Any]:
    """On paper of its own, so that no line goes through it."""
    return {
        "text": f"<b>{wording.percent(row.share, 0)}</b>", "x": place, "y": row.share, "xanchor": "left", "xshift": 7,
        "bgcolor": style.page(dark), "borderpad": 0, "font": {"color": style.colours(dark)[0]},
    }  # fmt: skip


def _lay_out(figure: go.Figure, rows: pd.DataFrame, top: float, dark: bool) -> None:
    style.lay_out(figure, dark=dark, height=TALL, left=LEFT, right=RIGHT, top=ABOVE, bottom=BELOW)
    step = 1 if len(rows) <= WIDEST_NUMBERED else 2
    places = list(range(0, len(rows), step))
    labels = [_below(rows.iloc[place], first=place == 0) for place in places]
    style.x_axes(
        figure, range=[-0.5, len(rows) - 0.35], tickvals=places, ticktext=labels, showgrid=False, tickangle=0,
    )  # fmt: skip
    style.y_axes(figure, **style.percent_axis(top, 4))


def _below(row: Any, *, first: bool) -> str:
    """The year and its number of operations."""
    return f"{style.on_one_line(str(row['label']))}<br>{'n = ' if first else ''}{int(row['operations']):,}"


def _named(part: Together, dark: bool) -> dict[str, Any]:
    return {
        "text": f"{style.on_one_line(part.words)}: <b>{wording.percent(part.share)}</b>",
        "x": (part.begin + part.end) / 2, "y": 1, "yref": "paper", "yshift": 13, "font": {"color": style.ink(dark)},
    }  # fmt: skip
