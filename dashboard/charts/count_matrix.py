"""Counts in rows and columns, with their sums: a number in each cell, on a scale of one colour."""

from __future__ import annotations

from math import cos, radians, sin

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import style
from dashboard.charts.symptom_heat import SCALES

LETTERS = 18
"""A row's name breaks after so many."""
SLANT = 50
"""Degrees at which the columns' names stand: on a telephone a column is narrower than any name."""
ROW, TOLD = 28, 4
ALL = "All"


def count_matrix(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """A row for each label, a column for each category, and a column of sums.

    rows: ``label``, ``category_label``, ``operations``; rows and columns in the order in which they first occur.
    """
    if rows.empty:
        return style.empty("Nothing was counted.", dark=dark)
    table = _table(rows)
    # The sums carry no colour: the darkest cell is the largest single count.
    shades = (table / max(1, int(table.to_numpy().max()))) ** 0.5
    figure = go.Figure()
    _cells(figure, table, shades, dark)
    _numbers(figure, table, shades, dark)
    _frame(figure, table, dark)
    return figure


def describe(rows: pd.DataFrame) -> str:
    """The largest counts, for those who do not see them."""
    largest = rows[rows["operations"] > 0].sort_values("operations", ascending=False, kind="stable").head(TOLD)
    if largest.empty:
        return "Nothing was counted."
    told = [f"{row.label} in {row.category_label} {row.operations}" for row in style.rows_of(largest)]
    return f"Counts by {rows['label'].nunique()} rows and {rows['category_label'].nunique()} columns. Most: " + (
        "; ".join(told) + "."
    )


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts, a row a label and a column a category; none counts as 0."""
    labels, categories = (list(dict.fromkeys(rows[name])) for name in ("label", "category_label"))
    sums = rows.groupby(["label", "category_label"], sort=False)["operations"].sum().unstack()
    return sums.reindex(index=labels, columns=categories).fillna(0).astype(int)


def _cells(figure: go.Figure, table: pd.DataFrame, shades: pd.DataFrame, dark: bool) -> None:
    low, high = SCALES[dark]
    figure.add_heatmap(
        z=shades.to_numpy(),
        colorscale=[[0, low], [1, high]],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=2,
        ygap=2,
        text=[
            [style.on_one_line(f"{label}, {category}: {n:,}") for category, n in line.items()]
            for label, line in table.iterrows()
        ],
        hovertemplate="%{text}<extra></extra>",
    )


def _numbers(figure: go.Figure, table: pd.DataFrame, shades: pd.DataFrame, dark: bool) -> None:
    """The counts, each in black or white, whichever reads better on its cell; and the sum of each row."""
    low, high = SCALES[dark]
    down, across = table.shape
    colours = [
        [*(style.readable_on(style.between(low, high, shade)) for shade in line), style.ink(dark)]
        for line in shades.to_numpy()
    ]
    texts = [[*(f"{n:,}" for n in line), f"<b>{line.sum():,}</b>"] for line in table.to_numpy()]
    figure.add_scatter(
        x=[x for _ in range(down) for x in range(across + 1)],
        y=[y for y in range(down) for _ in range(across + 1)],
        mode="text",
        text=[text for line in texts for text in line],
        textfont={"size": 12, "color": [colour for line in colours for colour in line]},
        hoverinfo="skip",
    )


def _frame(figure: go.Figure, table: pd.DataFrame, dark: bool) -> None:
    names = [style.lines_of(str(label), LETTERS) for label in table.index]
    columns = [str(name) for name in table.columns] + [ALL]
    row = max(ROW, style.LINE * max(len(lines) for lines in names) + 6)
    longest = style.LETTER * max(len(line) for lines in names for line in lines)
    heading = round(style.LETTER * max(len(name) for name in columns) * sin(radians(SLANT)) + 20)
    style.lay_out(
        figure, dark=dark, height=heading + row * len(names) + 8, left=round(longest) + 12, bottom=8, top=heading,
        right=round(style.LETTER * len(columns[-2]) * cos(radians(SLANT)) / 2) + 8,
    )  # fmt: skip
    figure.update_xaxes(
        side="top", showgrid=False, tickvals=list(range(len(columns))), tickangle=-SLANT,
        ticktext=[style.on_one_line(name) for name in columns], range=[-0.5, len(columns) - 0.5],
    )  # fmt: skip
    figure.update_yaxes(
        showgrid=False, tickvals=list(range(len(names))), ticktext=["<br>".join(lines) for lines in names],
        range=[len(names) - 0.5, -0.5],
    )  # fmt: skip
