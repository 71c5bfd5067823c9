"""Rows from the top with their names in the margin, under headings: what dots and ratios are drawn beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import style

LETTERS = 20
"""A name breaks after so many: on a telephone the names may take a third of the width."""
LEFT = round(LETTERS * style.LETTER) + 16
GAP, HEADING = 14, 34
"""Pixels: between rows, and a section's heading."""
LONG = 700
"""Pixels: in a picture taller than this the axis stands on top as well, where reading begins."""


@dataclass(frozen=True)
class Row:
    """One line of the picture: a group, or a section's heading (no ``values``); ``y`` is pixels from the top."""

    y: float
    words: str
    values: dict[str, Any] | None = None


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as plain values, missing ones as None."""
    return [
        {str(column): None if pd.isna(value) else value for column, value in row.items()}
        for row in frame.to_dict("records")
    ]


def margin_rows(
    frame: pd.DataFrame,
    words_of: Callable[[dict[str, Any], bool], list[str]],
    *,
    heading: Callable[[str], str] = style.on_one_line,
    least: float = 0.0,
) -> tuple[list[Row], float]:
    """Each line of the picture from the top, and how many pixels tall they are together.

    frame: a row for each group, optionally ``section`` (a heading before its first row).
    words_of: the lines that name a row, from its values and whether it stands under a heading.
    heading: a section's name as it is written; least: pixels that a row takes at least.
    """
    lines: list[Row] = []
    section, top = None, 0.0
    for values in records(frame):
        if values.get("section") not in (None, section):
            section = values["section"]
            lines.append(Row(top + HEADING / 2 + 4, f"<b>{heading(str(section))}</b>"))
            top += HEADING
        words = words_of(values, section is not None)
        tall = max(least, style.LINE * len(words) + GAP)
        lines.append(Row(top + tall / 2, "<br>".join(words), values))
        top += tall
    return lines, top


def name_and_n(values: dict[str, Any], *, abreast: int, note: str = "") -> list[str]:
    """The label and n of a row: on one line where both fit into ``abreast`` letters, else n on its own."""
    label, n = str(values["label"]), f"n = {int(values['operations']):,}"
    if len(label) + len(n) + 2 <= abreast:
        return [f"{style.on_one_line(label)}, {n}{note}"]
    return [*style.lines_of(label, LETTERS, 3), f"{n}{note}"]


def name(row: Row, dark: bool) -> dict[str, Any]:
    """The annotation that names a row in the margin; a heading goes across."""
    heading = row.values is None
    side = "left" if heading else "right"
    place = {"xref": "paper", "x": 0, "xshift": -LEFT if heading else -8, "xanchor": side, "y": row.y}
    font = {"color": style.ink(dark), "size": style.LARGEST if heading else 12}
    return {"text": row.words, "align": side, "font": font} | place


def lay_out(figure: go.Figure, tall: float, *, above: int, below: int, dark: bool) -> None:
    """Room for rows that are ``tall`` pixels together, counted from the top, and for their names."""
    style.lay_out(figure, dark=dark, height=round(tall) + above + below, left=LEFT, bottom=below, top=above)
    figure.update_yaxes(visible=False, range=[tall, 0])


def mark_on_top(figure: go.Figure, places: Iterable[float], texts: Iterable[str]) -> None:
    """The marks of the axis once more above all rows."""
    place = {"yref": "paper", "y": 1, "yanchor": "bottom"}
    style.annotate(figure, [place | {"text": text, "x": x} for x, text in zip(places, texts, strict=True) if text])
