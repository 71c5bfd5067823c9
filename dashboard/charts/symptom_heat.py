"""Which symptoms come when: operations for each symptom and onset category, as numbers on a scale of one colour."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import style

LETTERS, MOST_LINES, HEADING = 18, 4, 86
"""Letters of a name on a line, and lines that hold the longest whole; pixels of the slanting words above, at least."""
SLANT = 0.77
"""How high a slanting word stands for its length."""
SCALES = {False: ("#ffffff", "#0a4c8c"), True: ("#1f1e1d", "#4c96e8")}
TOLD = 3


def symptom_heat(rows: pd.DataFrame, *, unit: str = "", dark: bool = False) -> go.Figure:
    """A row for each symptom, a column for each category.

    rows: ``label`` (the symptom), ``category_label``, ``operations``; both in the order to be shown. A row whose
    operations are missing leaves its field empty.
    unit: what a number is where it is no count of operations ("% not recorded").
    """
    if rows.empty:
        return style.empty("No symptom was recorded in this time.", dark=dark)
    table = _table(rows)
    shades = (table.fillna(0) / max(1, int(table.max().max()))) ** 0.5
    figure = go.Figure()
    _cells(figure, table, shades, unit, dark)
    _numbers(figure, table, shades, dark)
    _frame(figure, table, dark)
    return figure


def describe(rows: pd.DataFrame) -> str:
    """What the table says, for those who do not see it."""
    if rows.empty or not rows["operations"].sum():
        return "No symptom was recorded."
    table = _table(rows)
    totals = table.sum(axis=1).sort_values(ascending=False, kind="stable").head(TOLD)
    most = table.idxmax(axis=1).reindex(totals.index)
    parts = [
        f"{name} ({style.count(n, 'operation')}, most in {when})"
        for name, n, when in zip(totals.index, totals, most, strict=True)
    ]
    return f"Symptoms by when they first came. Most often {'; '.join(parts)}."


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    """Operations, a row a symptom and a column a category, in the order of the rows; a pair without a row counts 0."""
    labels, categories = (list(dict.fromkeys(rows[name])) for name in ("label", "category_label"))
    sums = rows.groupby(["label", "category_label"], sort=False)["operations"].sum(min_count=1)
    return sums.unstack(fill_value=0).reindex(index=labels, columns=categories, fill_value=0).astype("Int64")


def _cells(figure: go.Figure, table: pd.DataFrame, shades: pd.DataFrame, unit: str, dark: bool) -> None:
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
            ["" if pd.isna(n) else _words(str(label), str(category), int(n), unit) for category, n in line.items()]
            for label, line in table.iterrows()
        ],
        hovertemplate="%{text}<extra></extra>",
    )


def _words(label: str, category: str, number: int, unit: str) -> str:
    return style.on_one_line(f"{label}, {category}: {f'{number} {unit}' if unit else style.count(number, 'operation')}")


def _numbers(figure: go.Figure, table: pd.DataFrame, shades: pd.DataFrame, dark: bool) -> None:
    """The counts, each in black or white, whichever reads better on its cell."""
    low, high = SCALES[dark]
    down, across = table.shape
    figure.add_scatter(
        x=[x for _ in range(down) for x in range(across)],
        y=[y for y in range(down) for _ in range(across)],
        mode="text",
        text=["" if pd.isna(n) else f"{n:,}" for n in table.to_numpy().ravel()],
        textfont={
            "size": 12,
            "color": [style.readable_on(style.between(low, high, shade)) for shade in shades.to_numpy().ravel()],
        },
        hoverinfo="skip",
    )


def _frame(figure: go.Figure, table: pd.DataFrame, dark: bool) -> None:
    names = [style.lines_of(str(label), LETTERS, MOST_LINES) for label in table.index]
    row = max(30, style.LINE * max(len(lines) for lines in names) + 6)
    left = (
        min(round(LETTERS * style.LETTER), round(style.LETTER * max(len(line) for two in names for line in two))) + 10
    )
    above = max(HEADING, round(SLANT * style.LETTER * max(len(_short(str(name))) for name in table.columns)) + 22)
    style.lay_out(figure, dark=dark, height=above + row * len(names) + 8, left=left, bottom=8, top=above, right=48)
    figure.update_xaxes(
        side="top", showgrid=False, tickvals=list(range(table.shape[1])), tickangle=-50,
        ticktext=[_short(str(name)) for name in table.columns], range=[-0.5, table.shape[1] - 0.5],
    )  # fmt: skip
    figure.update_yaxes(
        showgrid=False, tickvals=list(range(len(names))), ticktext=["<br>".join(lines) for lines in names],
        range=[len(names) - 0.5, -0.5],
    )  # fmt: skip


def _short(label: str) -> str:
    """The category without its days, which stand in the table and the definitions."""
    return style.on_one_line(label.split(" (")[0].split(":")[0])
