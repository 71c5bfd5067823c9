"""Of the failures seen, how many showed themselves when: one band of the whole for each category, in order of time."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import style

ROW, BAR = 56, 24
"""Pixels: a bar with its name above it, and the bar alone."""
KEY, KEYS_ABREAST = 40, 3
"""Pixels of a row of the key, and how many stand side by side on a telephone."""
NARROWEST = 330
"""Pixels that the bar of the whole has at least: what decides whether a number fits into its part."""
Look = tuple[str, str, str]
"""Colour, hatching, colour of the hatching."""
BLUES = ("#0A4C8C", "#2F6CA8", "#78A6D3", "#AECBE8", "#DCE9F5")
"""From early to late by lightness, so that order is seen without colour."""
APART: dict[str, Look] = {"persistent": ("#F0D2B4", "/", "#C85A00"), "not recorded": ("#E4E2DF", ".", "#807d7a")}
"""Categories outside the order of time."""


@made_once
def onset_bands(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """A bar of the whole for each label.

    rows: ``label, category, category_label, operations, share, of`` (shares of ``of``, 0 to 1), categories in order.
    """
    counted = rows[rows["of"] > 0]
    if counted.empty:
        return style.empty("No failure was seen in this time.", dark=dark)
    labels = list(dict.fromkeys(counted["label"]))
    names = dict(zip(counted["category"], counted["category_label"], strict=True))
    looks = _looks(list(names))
    figure = go.Figure()
    for category, name in names.items():
        part = counted[counted["category"] == category].set_index("label").reindex(labels)
        _add_part(figure, str(name), part, looks[category], dark)
    bars, key = ROW * len(labels), KEY * -(-len(names) // KEYS_ABREAST) + 12
    style.lay_out(figure, dark=dark, height=bars + key + 16, left=8, bottom=4, top=12, right=8)
    figure.update_layout(barmode="stack")
    style.x_axes(figure, visible=False, range=[0, 1])
    style.y_axes(figure, visible=False, range=[bars, 0], domain=[key / (bars + key), 1])
    _name_bars(figure, labels, counted.groupby("label")["of"].first())
    _add_key(figure, names, looks, key, bars + key, dark)
    return figure


def describe(rows: pd.DataFrame) -> str:
    """What the bands say, for those who do not see them."""
    parts = []
    for label, part in rows[rows["of"] > 0].groupby("label", sort=False):
        seen = part[part["operations"] > 0]
        counts = [f"{name} {int(n):,}" for name, n in zip(seen["category_label"], seen["operations"], strict=True)]
        parts.append(f"{label}: {wording.count(int(part['of'].iloc[0]), 'failure')} seen, {', '.join(counts)}")
    return f"When failures first showed themselves. {'; '.join(parts)}." if parts else "No failure was seen."


def _looks(categories: list[str]) -> dict[str, Look]:
    """How each category is drawn: those in order of time from dark to pale."""
    ordered = [category for category in categories if category not in APART]
    blues = {category: (BLUES[min(place, len(BLUES) - 1)], "", "") for place, category in enumerate(ordered)}
    return blues | {category: APART[category] for category in categories if category in APART}


def _marker(look: Look, dark: bool) -> dict[str, Any]:
    colour, shape, hatching = look
    pattern = {"shape": shape, "fgcolor": hatching, "bgcolor": colour, "size": 7, "solidity": 0.2}
    return {"color": colour, "line": {"color": style.ink(dark), "width": 0.8}} | ({"pattern": pattern} if shape else {})


def _add_part(figure: go.Figure, name: str, part: pd.DataFrame, look: Look, dark: bool) -> None:
    """One category's part of every bar, its number inside where there is room."""
    counts = [int(n) for n in part["operations"].fillna(0)]
    shares = [float(share) for share in part["share"].fillna(0)]
    figure.add_bar(
        x=shares,
        y=[ROW * place + ROW - BAR / 2 - 4 for place in range(len(part))],
        width=BAR,
        orientation="h",
        name=name,
        marker=_marker(look, dark),
        text=[f"{n:,}" if _fits(n, share) else "" for n, share in zip(counts, shares, strict=True)],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"color": style.readable_on(look[0]), "size": style.LARGEST},
        customdata=[
            style.on_one_line(f"{label}, {name}: {n:,} of {int(of):,} ({wording.percent(share)})")
            for label, n, share, of in zip(part.index, counts, shares, part["of"].fillna(0), strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _fits(count: int, share: float) -> bool:
    return count > 0 and share * NARROWEST >= 8 * len(f"{count:,}") + 4


def _name_bars(figure: go.Figure, labels: list[str], of: pd.Series[int]) -> None:
    """Each bar's name above it, so that no width cuts it off."""
    for place, label in enumerate(labels):
        words = style.lines_of(str(label), 31, 1)[0]
        figure.add_annotation(
            text=f"{words}, {wording.count(int(of[label]), 'failure')} seen", xref="paper", x=0, xanchor="left",
            y=ROW * place + ROW - BAR - 6, yanchor="bottom", showarrow=False,
        )  # fmt: skip


def _add_key(
    figure: go.Figure,
    names: dict[str, str],
    looks: dict[str, Look],
    tall: float,
    whole: float,
    dark: bool,
) -> None:
    """What each part means, as bars of their own: Plotly's legend takes more room the narrower the screen."""
    figure.update_layout(
        xaxis2={"visible": False, "range": [0, KEYS_ABREAST], "fixedrange": True, "anchor": "y2"},
        yaxis2={"visible": False, "range": [tall, 0], "domain": [0, tall / whole], "fixedrange": True, "anchor": "x2"},
    )
    for place, (category, name) in enumerate(names.items()):
        row, column = divmod(place, KEYS_ABREAST)
        y = 12 + KEY * row + KEY / 2
        figure.add_bar(
            x=[0.11], base=[column], y=[y], width=30, orientation="h", xaxis="x2", yaxis="y2", hoverinfo="skip",
            name=f"{name} (key)", marker=_marker(looks[category], dark),
        )  # fmt: skip
        figure.add_annotation(
            text="<br>".join(_key_words(name)), xref="x2", x=column + 0.14, xanchor="left", yref="y2", y=y,
            yanchor="middle", align="left", showarrow=False, font={"color": style.ink(dark)},
        )  # fmt: skip


def _key_words(name: str) -> list[str]:
    """The category, and its days under it."""
    for sign, end in ((" (", ")"), (": ", "")):
        first, found, rest = name.partition(sign)
        if found:
            return [f"<b>{style.on_one_line(first)}</b>", style.on_one_line(rest.removesuffix(end))]
    return [f"<b>{style.on_one_line(name)}</b>"]
