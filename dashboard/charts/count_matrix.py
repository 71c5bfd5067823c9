"""Counts in rows and columns, with their sums: a number in each cell, on a scale of one colour."""

from __future__ import annotations

from math import cos, radians, sin

import pandas as pd
import plotly.graph_objects as go

from dashboard.alike import made_once
from dashboard.charts import shaded_table, style
from dashboard.charts.shaded_table import SLANT

LETTERS = 25
"""A row's name breaks after so many."""
ROW, TOLD = 26, 4
ALL = "All"


@made_once
def count_matrix(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """A row for each label, a column for each category, and a column of sums.

    rows: ``label``, ``category_label``, ``operations``; rows and columns in the order in which they first occur.
    The sums carry no colour: the darkest cell is the largest single count.
    """
    if rows.empty:
        return style.empty("Nothing was counted.", dark=dark)
    table = shaded_table.counts_of(rows).fillna(0)
    figure = shaded_table.shaded_table(
        table, lambda label, category, n: f"{label}, {category}: {n:,}", sums=True, dark=dark
    )
    names = [style.lines_of(str(label), LETTERS) for label in table.index]
    columns = [*map(str, table.columns), ALL]
    above = round(style.LETTER * max(map(len, columns)) * sin(radians(SLANT)) + 20)
    right = round(style.LETTER * len(columns[-2]) * cos(radians(SLANT)) / 2) + 8
    left = shaded_table.wide(names) + 12
    shaded_table.lay_out(figure, names, columns, row=ROW, left=left, above=above, right=right, dark=dark)
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
