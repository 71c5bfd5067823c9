"""How long groups waited: for each the middle half of the waits, the median, and whether chance would do."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import margin_rows, style
from dashboard.charts.margin_rows import Row

ABOVE, AXIS, BAR = 10, 24, 9
"""Pixels: above all, the axis, and how thick the middle half is drawn."""
WORDS = {"higher": "longer", "lower": "shorter"}
"""How a wait beyond chance is called; any other stands without a word."""
SIGNS = {"higher": "diamond", "lower": "square", "too few to say": "circle-open"}
FEWEST = 5
"""Of fewer a half and a quarter say nothing: counts alone."""


@made_once
def wait_rows(rows: pd.DataFrame, *, tall: int = 0, dark: bool = False) -> go.Figure:
    """A row for each group from the top in the frame's order: name and n, middle half and median, the median in words.

    rows: ``group, label, operations`` (found), ``quarter, half, three_quarters`` (days), ``word`` (against the others).
    tall: pixels that the rows fill together, as far as a row may be stretched. A click on a median gives its group.
    """
    if rows.empty:
        return style.empty("Nobody was found.", dark=dark)
    lines, height = margin_rows.margin_rows(
        rows, lambda values: margin_rows.name_and_n(values, dark=dark), least=margin_rows.stretched(len(rows), tall)
    )
    values = [_value(line, dark) for line in lines if line.values is not None]
    left, right = margin_rows.left_of(lines), margin_rows.widest(str(value["text"]) for value in values) + 4
    figure = go.Figure()
    margin_rows.stripe(figure, lines, left=left, right=right, dark=dark)
    drawn = [line for line in lines if line.values is not None and _is_drawn(line.values)]
    for line in drawn:
        _one(figure, line, dark)
    margin_rows.lay_out(figure, height, left=left, right=right, above=ABOVE, below=AXIS, dark=dark)
    style.annotate(figure, [*(margin_rows.name(line, dark, left) for line in lines), *values])
    highest = max((float((line.values or {})["three_quarters"]) for line in drawn), default=1.0)
    step = next((step for step in (7, 15, 30, 60, 90, 180, 365) if highest / step <= margin_rows.MOST_MARKS), 730)
    marks = list(range(0, int(highest) + step, step))
    style.x_axes(figure, range=[0, 1.06 * max(highest, 1)], tickvals=marks, ticktext=[f"{mark} d" for mark in marks])
    return figure


def describe(rows: pd.DataFrame) -> str:
    """The medians and the middle halves in words."""
    told = [
        f"{row.label} {wording.duration(row.half)} ({wording.durations(row.quarter, row.three_quarters)}; "
        f"{row.operations:,} found)"
        for row in style.rows_of(rows[rows["operations"] >= FEWEST])
    ]
    few = int((rows["operations"] < FEWEST).sum())
    more = f" {few} with fewer than {FEWEST} found." if few else ""
    return f"Median wait and middle half: {style.told(told)}.{more}" if told else f"Too few were found.{more}"


def _is_drawn(values: dict[str, Any]) -> bool:
    return int(values["operations"]) >= FEWEST


def _value(line: Row, dark: bool) -> dict[str, Any]:
    values = line.values or {}
    if not _is_drawn(values):
        return margin_rows.value(line, "too few", style.quiet(dark))
    words = wording.duration(float(values["half"]))
    if values["word"] in WORDS:
        return margin_rows.value(line, f"<b>{words}, {WORDS[values['word']]}</b>", _colour(values["word"], dark))
    return margin_rows.value(line, words, style.ink(dark))


def _colour(word: str, dark: bool) -> str:
    return style.colours(dark)[1 if word == "higher" else 2 if word == "lower" else 0]


def _one(figure: go.Figure, line: Row, dark: bool) -> None:
    values = line.values or {}
    colour = _colour(str(values["word"]), dark)
    half = wording.durations(values["quarter"], values["three_quarters"])
    words = f"{style.on_one_line(str(values['label']))}: median {wording.duration(values['half'])}, middle half {half}"
    figure.add_scatter(
        x=[values["quarter"], values["three_quarters"]], y=[line.y, line.y], mode="lines", opacity=0.35,
        line={"color": colour, "width": BAR}, hoverinfo="skip", name="Middle half",
    )  # fmt: skip
    figure.add_scatter(
        x=[values["half"]], y=[line.y], mode="markers", name="Median", cliponaxis=False,
        marker={"size": 11, "color": colour, "opacity": 1, "line": {"color": colour, "width": 2},
                "symbol": SIGNS.get(str(values["word"]), "circle")},
        customdata=[str(values["group"])], text=[f"{words}, {int(values['operations']):,} found"],
        hovertemplate="%{text}<extra></extra>", **style.UNDIMMED,
    )  # fmt: skip
