"""How far patients changed, group by group: the middle half, the range of most, and the median."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.alike import made_once
from dashboard.charts import margin_rows, style

WHISKER, BOX = 2, 11
"""Pixels: how thick the range of most and the middle half are drawn."""
ABOVE, AXIS = 16, 34


@made_once
def change_boxes(
    rows: pd.DataFrame,
    *,
    unit: str,
    important: float | None = None,
    detectable: float | None = None,
    dark: bool = False,
) -> go.Figure:
    """A row for each group: a line from the tenth to the ninetieth percent, a bar over the middle half, the median.

    rows: ``label, operations`` (with a change), ``tenth, lower_quartile, median, upper_quartile, ninetieth`` in units,
    a plus being an improvement, ``shown``. important: a dashed line where change begins to matter. detectable: as far
    as this to either side of nothing lies a pale band, where a change in one patient may be the error of measurement.
    """
    held = rows[rows["operations"] > 0]
    if held.empty:
        return style.empty("Nobody answered both before surgery and at this visit.", dark=dark)
    lines, height = margin_rows.margin_rows(held, lambda values: margin_rows.name_and_n(values, dark=dark))
    left = margin_rows.left_of(lines)
    figure = go.Figure()
    for line in lines:
        if line.values is not None and line.values.get("shown", True):
            _one(figure, line.y, line.values, unit, dark)
    margin_rows.lay_out(figure, height, left=left, above=ABOVE, below=AXIS, dark=dark)
    style.annotate(figure, [margin_rows.name(line, dark, left) for line in lines])
    low, high = float(held["tenth"].min()), float(held["ninetieth"].max())
    reach = max(high - low, 1e-9)
    style.x_axes(figure, range=[min(low, 0) - 0.05 * reach, max(high, 0) + 0.05 * reach])
    if detectable is not None:
        figure.add_vrect(
            x0=-detectable, x1=detectable, layer="below", opacity=0.4, line={"width": 0}, fillcolor=style.behind(dark)
        )
    for place, dash in ((0.0, "solid"), *(((important, "dash"),) if important is not None else ())):
        figure.add_vline(x=place, line={"dash": dash, "width": 1.4, "color": style.ink(dark)}, layer="below")
    return figure


def describe(rows: pd.DataFrame, *, unit: str) -> str:
    """The medians and middle halves in words."""
    held = rows[rows["operations"] > 0]
    if held.empty:
        return "Nobody answered both before surgery and at this visit."
    told = [f"{row.label}: {_words(row._asdict(), unit)}" for row in style.rows_of(held)]
    return f"Change since before surgery, a plus is an improvement. {style.told(told)}."


def _one(figure: go.Figure, y: float, values: dict[str, Any], unit: str, dark: bool) -> None:
    colour = style.colours(dark)[0]
    words = f"{style.on_one_line(str(values['label']))}<br>{_words(values, unit)}"
    for ends, width in ((("tenth", "ninetieth"), WHISKER), (("lower_quartile", "upper_quartile"), BOX)):
        figure.add_scatter(
            x=[values[end] for end in ends], y=[y, y], mode="lines", line={"color": colour, "width": width},
            opacity=1 if width == WHISKER else 0.45, hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=[values["median"]], y=[y], mode="markers", name="Median", hovertemplate=f"{words}<extra></extra>",
        marker={"size": 11, "color": colour, "symbol": "diamond"},
    )  # fmt: skip


def _words(values: dict[str, Any], unit: str) -> str:
    return (
        f"median {values['median']:+.3g} ({values['lower_quartile']:+.3g} to {values['upper_quartile']:+.3g}) {unit}, "
        f"n = {int(values['operations']):,}"
    )
