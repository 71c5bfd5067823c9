"""Of the failures seen, how many showed themselves when: one band of the whole for each category, in order of time."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import style

ROW, FRAME = 54, 110
WIDE_ENOUGH = 0.07
"""A part of this share of the whole has room for its number."""
BLUES = ("#0A4C8C", "#3B7AB8", "#78A6D3", "#AECBE8", "#DCE9F5")
"""From early to late by lightness, so that order is seen without colour."""
APART = "#C85A00"


def onset_bands(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """A bar of the whole for each label.

    rows: ``label, category, category_label, operations, share, of`` (shares of ``of``, 0 to 1), categories in order.
    """
    counted = rows[rows["of"] > 0]
    if counted.empty:
        return style.empty("No failure was seen in this time.", dark=dark)
    labels = list(dict.fromkeys(counted["label"]))
    n = counted.groupby("label")["of"].first()
    figure = go.Figure()
    for place, (category, part) in enumerate(counted.groupby("category", sort=False)):
        by_label = part.set_index("label").reindex(labels)
        _add(figure, place, str(category), by_label, labels, dark)
    style.lay_out(figure, dark=dark, height=FRAME + ROW * len(labels), left=12, bottom=96)
    for y, label in enumerate(labels):
        figure.add_annotation(
            text=f"{label}, {int(n[label]):,} failures seen", xref="paper", x=0, y=y, yshift=24, xanchor="left",
            showarrow=False,
        )  # fmt: skip
    figure.update_layout(
        barmode="stack", bargap=0.52, showlegend=True, margin={"t": 20},
        legend={"orientation": "h", "yanchor": "top", "y": 0, "x": 0, "traceorder": "normal"},
    )  # fmt: skip
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[len(labels) - 0.5, -0.75])
    return figure


def describe(rows: pd.DataFrame) -> str:
    """What the bands say, for those who do not see them."""
    parts = []
    for label, part in rows[rows["of"] > 0].groupby("label", sort=False):
        most = part.sort_values("operations").iloc[-1]
        parts.append(
            f"{label}: {int(most['of'])} failures, most in {most['category_label']} ({int(most['operations'])})"
        )
    return f"When failures showed themselves. {'; '.join(parts)}." if parts else "No failure was seen."


def _add(figure: go.Figure, place: int, category: str, part: pd.DataFrame, labels: list[str], dark: bool) -> None:
    name = str(part["category_label"].dropna().iloc[0])
    without_days = "(" not in name
    colour = APART if without_days else BLUES[min(place, len(BLUES) - 1)]
    shares, counts = part["share"].fillna(0), part["operations"].fillna(0).astype(int)
    figure.add_bar(
        x=shares,
        y=list(range(len(labels))),
        orientation="h",
        name=name,
        marker={
            "color": colour,
            "line": {"color": style.ink(dark), "width": 0.6},
            "pattern": {"shape": "/" if without_days else "", "fgcolor": "#ffffff", "size": 6, "solidity": 0.18},
        },
        text=[f"{count}" if share >= WIDE_ENOUGH else "" for share, count in zip(shares, counts, strict=True)],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": "#ffffff" if without_days or place < 2 else "#1b1b1b", "size": 13},
        customdata=[
            f"{label}<br>{name}: {count} ({style.percent(share)})"
            for label, share, count in zip(labels, shares, counts, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
