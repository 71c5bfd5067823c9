"""Numbers in rows and columns on a scale of one colour: what counts by two things are drawn as."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import style

SCALES = {False: ("#ffffff", "#0a4c8c"), True: ("#1f1e1d", "#4c96e8")}
SLANT = 50
"""Degrees at which the columns' names stand: on a telephone a column is narrower than any name."""
BELOW = 8


def counts_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Operations, a row a label and a column a category, in the order of the rows; a pair without a row counts 0.

    rows: ``label, category_label, operations``; a row whose operations are missing leaves its field empty.
    """
    labels, categories = (list(dict.fromkeys(rows[name])) for name in ("label", "category_label"))
    sums = rows.groupby(["label", "category_label"], sort=False)["operations"].sum(min_count=1)
    return sums.unstack(fill_value=0).reindex(index=labels, columns=categories, fill_value=0).astype("Int64")


def shaded_table(
    table: pd.DataFrame, words: Callable[[object, object, int], str], *, sums: bool = False, dark: bool
) -> go.Figure:
    """A number in each cell, the more the darker, and on request the sum of each row after the last, uncoloured.

    words: on pointing at a cell, of its row, its column and its number.
    """
    low, high = SCALES[dark]
    shades = ((table.fillna(0) / max(1, int(table.max().max()))) ** 0.5).to_numpy(float)
    figure = go.Figure()
    pointed = [
        ["" if pd.isna(n) else style.on_one_line(words(label, column, n)) for column, n in line.items()]
        for label, line in table.iterrows()
    ]
    figure.add_heatmap(
        z=shades,
        colorscale=[[0, low], [1, high]],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=2,
        ygap=2,
        text=pointed,
        hovertemplate="%{text}<extra></extra>",
    )
    texts = [["" if pd.isna(n) else f"{n:,}" for n in line] for line in table.to_numpy()]
    colours = [[style.readable_on(style.between(low, high, shade)) for shade in line] for line in shades]
    if sums:
        texts = [[*line, f"<b>{total:,}</b>"] for line, total in zip(texts, table.sum(axis="columns"), strict=True)]
        colours = [[*line, style.ink(dark)] for line in colours]
    figure.add_scatter(
        x=[x for line in texts for x in range(len(line))],
        y=[y for y, line in enumerate(texts) for _ in line],
        # A heatmap gives no selection of its own: its cells carry marks that nobody sees.
        mode="markers+text",
        marker={"size": 24, "opacity": 0, "symbol": "square"},
        customdata=[
            key_of(label, table.columns[place]) if place < len(table.columns) else ""
            for label, line in zip(table.index, texts, strict=True)
            for place in range(len(line))
        ],
        text=[text for line in texts for text in line],
        textfont={"size": 12, "color": [colour for line in colours for colour in line]},
        hovertext=[words for line, told in zip(texts, pointed, strict=True) for words in [*told, *line[len(told) :]]],
        hoverinfo="text",
        **style.UNSEEN,
    )
    return figure


def key_of(label: object, category: object) -> str:
    """What a click on a cell says: its row and its column."""
    return f"{label} | {category}"


def lay_out(
    figure: go.Figure, names: list[list[str]], columns: list[str], *, row: int, left: int, above: int, right: int,
    dark: bool,
) -> None:  # fmt: skip
    """Room for names, in lines, before the rows, and for the columns' names, slanting, above; all in pixels.

    row: what one takes at least.
    """
    tall = max(row, style.LINE * max(len(lines) for lines in names) + 6)
    height = above + tall * len(names) + BELOW
    style.lay_out(figure, dark=dark, height=height, left=left, bottom=BELOW, top=above, right=right)
    style.x_axes(
        figure, side="top", showgrid=False, tickvals=list(range(len(columns))), tickangle=-SLANT,
        ticktext=[style.on_one_line(name) for name in columns], range=[-0.5, len(columns) - 0.5],
    )  # fmt: skip
    style.y_axes(
        figure, showgrid=False, tickvals=list(range(len(names))), ticktext=["<br>".join(lines) for lines in names],
        range=[len(names) - 0.5, -0.5],
    )  # fmt: skip


def wide(names: list[list[str]]) -> int:
    """Pixels that the longest line of these names takes."""
    return round(style.LETTER * max(len(line) for lines in names for line in lines))
