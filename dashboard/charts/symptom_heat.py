"""Which symptoms come when: operations for each symptom and onset category, as numbers on a scale of one colour."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import shaded_table, style

LETTERS, MOST_LINES, ROW, HEADING = 18, 4, 30, 86
"""Letters of a name on a line, and lines that hold the longest whole; pixels of a row and of the words above."""
SLANT = 0.77
"""How high a slanting word stands for its length."""
TOLD = 3


@made_once
def symptom_heat(rows: pd.DataFrame, *, unit: str = "", dark: bool = False) -> go.Figure:
    """A row for each symptom, a column for each category.

    rows: ``label`` (the symptom), ``category_label``, ``operations``; both in the order to be shown. A row whose
    operations are missing leaves its field empty.
    unit: what a number is where it is no count of operations ("% not recorded").
    """
    if rows.empty:
        return style.empty("No symptom was recorded in this time.", dark=dark)
    table = shaded_table.counts_of(rows)
    figure = shaded_table.shaded_table(
        table, lambda label, category, n: f"{label}, {category}: {_number_words(n, unit)}", dark=dark
    )
    names = [style.lines_of(str(label), LETTERS, MOST_LINES) for label in table.index]
    left = min(round(LETTERS * style.LETTER), shaded_table.wide(names)) + 10
    columns = [_short(str(name)) for name in table.columns]
    # As many letters as the words have once they are safe to stand in a picture.
    above = max(HEADING, round(SLANT * style.LETTER * max(len(style.on_one_line(name)) for name in columns)) + 22)
    shaded_table.lay_out(figure, names, columns, row=ROW, left=left, above=above, right=48, dark=dark)
    return figure


def describe(rows: pd.DataFrame) -> str:
    """What the table says, for those who do not see it."""
    if rows.empty or not rows["operations"].sum():
        return "No symptom was recorded."
    table = shaded_table.counts_of(rows)
    totals = table.sum(axis=1).sort_values(ascending=False, kind="stable").head(TOLD)
    most = table.idxmax(axis=1).reindex(totals.index)
    parts = [
        f"{name} ({wording.count(n, 'operation')}, most in {when})"
        for name, n, when in zip(totals.index, totals, most, strict=True)
    ]
    return f"Symptoms by when they first came. Most often {'; '.join(parts)}."


def _number_words(number: int, unit: str) -> str:
    return f"{number} {unit}" if unit else wording.count(number, "operation")


def _short(label: str) -> str:
    """The category without its days, which stand in the table and the definitions."""
    return label.split(" (")[0].split(":")[0]
