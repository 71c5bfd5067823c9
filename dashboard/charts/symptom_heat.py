"""Which symptoms come when: operations for each symptom and onset category, as numbers on a scale of one colour."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import style

ROW, FRAME = 34, 90
SCALES = {False: [[0, "#ffffff"], [1, "#0A4C8C"]], True: [[0, "#1b1b1b"], [1, "#4C96E8"]]}
DARK_ENOUGH = 0.55


def symptom_heat(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """A row for each symptom, a column for each category.

    rows: ``label`` (the symptom), ``category_label``, ``operations``; both in the order to be shown.
    """
    if rows.empty:
        return style.empty("No symptom was recorded in this time.", dark=dark)
    labels, categories = (list(dict.fromkeys(rows[name])) for name in ("label", "category_label"))
    table = rows.pivot_table(index="label", columns="category_label", values="operations", aggfunc="sum", fill_value=0)
    table = table.reindex(index=labels, columns=categories)
    shades = (table / max(1, int(table.max().max()))).to_numpy() ** 0.5
    figure = go.Figure(
        go.Heatmap(
            z=shades,
            x=[_short(name) for name in categories],
            y=labels,
            colorscale=SCALES[dark],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
            customdata=table.to_numpy(),
            hovertemplate="%{y}, %{x}: %{customdata} operations<extra></extra>",
        )
    )
    style.lay_out(figure, dark=dark, height=FRAME + ROW * len(labels), left=170, bottom=24)
    figure.update_layout(margin={"t": 56})
    figure.update_xaxes(side="top", showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    for label, shade_row, counts in zip(labels, shades, table.to_numpy(), strict=True):
        for category, shade, count in zip(categories, shade_row, counts, strict=True):
            if count:
                _number(figure, label, _short(category), int(count), float(shade), dark)
    return figure


def describe(rows: pd.DataFrame) -> str:
    """What the table says, for those who do not see it."""
    totals = rows.groupby("label", sort=False)["operations"].sum().sort_values(ascending=False).head(3)
    parts = [f"{label} ({int(count)} operations)" for label, count in totals.items()]
    return f"Symptoms by time of onset; most often {', '.join(parts)}." if parts else "No symptom was recorded."


def _short(label: str) -> str:
    """The category without its days, which stand in the table and the definitions."""
    return label.split(" (")[0].split(":")[0].replace(" ", "<br>")


def _number(figure: go.Figure, y: str, x: str, count: int, shade: float, dark: bool) -> None:
    strong = "#ffffff" if not dark else "#101010"
    weak = "#1b1b1b" if not dark else "#edebe8"
    colour = strong if shade > DARK_ENOUGH else weak
    figure.add_annotation(x=x, y=y, text=f"{count:,}", showarrow=False, font={"color": colour, "size": 13})
