"""Which operations fail under which definitions: a row for each set, a dot for each definition in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import style

ROW, HEADING, COUNTS = 34, 92, 118
"""Pixels: a row, the slanting names above, and the counts at the right."""
TOLD = 3


@made_once
def overlap_plot(sets: pd.DataFrame, labels: dict[str, str], *, dark: bool = False) -> go.Figure:
    """A row for each set of definitions, from the top in the frame's order.

    sets: a column True or False for each name in ``labels`` (in their order), ``operations``, ``share`` (0 to 1).
    """
    if sets.empty:
        return style.empty("No operation fails under any definition.", dark=dark)
    names = list(labels)
    figure = go.Figure()
    ink, pale = style.colours(dark)[0], style.behind(dark)
    for place, row in enumerate(sets.to_dict("records")):
        inside = [column for column, name in enumerate(names) if row[name]]
        figure.add_scatter(
            x=list(range(len(names))), y=[place] * len(names), mode="markers", hoverinfo="skip",
            marker={"size": 11, "color": pale, "symbol": "circle-open"},
        )  # fmt: skip
        figure.add_scatter(
            x=inside, y=[place] * len(inside), mode="lines+markers", name=_words(row, labels),
            line={"color": ink, "width": 2}, marker={"size": 13, "color": ink},
            hovertemplate=f"{style.on_one_line(_words(row, labels))}<extra></extra>",
        )  # fmt: skip
    style.lay_out(figure, dark=dark, height=HEADING + ROW * len(sets) + 8, left=16, bottom=8, top=HEADING, right=COUNTS)
    style.x_axes(
        figure, side="top", showgrid=False, tickvals=list(range(len(names))), tickangle=-40,
        ticktext=[style.on_one_line(labels[name]) for name in names], range=[-0.5, len(names) - 0.5],
    )  # fmt: skip
    style.y_axes(figure, visible=False, range=[len(sets) - 0.5, -0.5])
    counts = [
        {"text": _count(row), "x": 1, "xref": "paper", "xshift": 8, "xanchor": "left", "y": place,
         "font": {"color": style.ink(dark), "size": 12}}
        for place, row in enumerate(sets.to_dict("records"))
    ]  # fmt: skip
    style.annotate(figure, counts)
    return figure


def describe(sets: pd.DataFrame, labels: dict[str, str]) -> str:
    """What the largest sets are, for those who do not see them."""
    if sets.empty:
        return "No operation fails under any definition."
    told = [f"{_words(row, labels)}: {_count(row)}" for row in sets.head(TOLD).to_dict("records")]
    return f"Operations by the set of definitions under which they fail. {'; '.join(told)}."


def _words(row: Mapping[Any, Any], labels: dict[str, str]) -> str:
    inside = [label for name, label in labels.items() if row[name]]
    return f"{inside[0]} alone" if len(inside) == 1 else " and ".join(inside)


def _count(row: Mapping[Any, Any]) -> str:
    return f"{int(row['operations']):,} ({wording.percent(float(row['share']))})"
