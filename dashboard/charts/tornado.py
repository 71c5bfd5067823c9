"""How much more or less often operations failed in some bands of factors, the surest first: one ratio a row."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import margin_rows, style
from dashboard.charts.dot_interval import MARKED, SIGNS
from dashboard.charts.margin_rows import Row

AXIS, ABOVE = 28, 10
"""Pixels: the axis, and above all."""
FURTHEST = 5
"""The axis reaches to 2 to the power of so much at most, where an interval ends in an arrow."""
BEYOND = 0.15
"""So much of a power of 2 lies between the furthest interval and the end of the axis."""
MOST_MARKS = 4
"""Of more marks only every second has room for its number on a telephone."""


@made_once
def tornado(rows: pd.DataFrame, *, usual: str, tall: int = 0, dark: bool = False) -> go.Figure:
    """A ratio with its interval for each row on a logarithmic axis, from the top in the frame's order.

    rows: ``label, operations, failed, ratio, lower, upper`` (all over 0), ``word`` (as in ``dot_interval``), ``group``
    (a click gives it). usual: what the line at 1 is. tall: pixels that the rows fill, as far as a row may be stretched.
    """
    if rows.empty:
        return style.empty("No ratio can be given.", dark=dark)
    least = margin_rows.stretched(len(rows), tall)
    lines, height = margin_rows.margin_rows(rows, lambda values: margin_rows.name_and_n(values, dark=dark), least=least)
    values = [_value(line, dark) for line in lines]
    left, right = margin_rows.left_of(lines), margin_rows.widest(str(value["text"]) for value in values) + 4
    figure = go.Figure()
    margin_rows.stripe(figure, lines, left=left, right=right, dark=dark)
    low, high = _ends(rows)
    for sign in ("", *SIGNS):
        _dots(figure, [line for line in lines if _sign(line) == sign], sign, (low, high), dark)
    margin_rows.lay_out(figure, height, left=left, right=right, above=ABOVE, below=AXIS, dark=dark)
    powers = _powers(low, high)
    marks = {"tickvals": [2.0**power for power in powers], "ticktext": [_mark(2.0**power) for power in powers]}
    style.x_axes(figure, type="log", range=[math.log10(2.0**low), math.log10(2.0**high)], **marks)
    style.annotate(figure, [*(margin_rows.name(line, dark, left) for line in lines), *values])
    margin_rows.compare(figure, 1.0, usual, wide=-low / (high - low), dark=dark, place=0.0)
    return figure


def describe(rows: pd.DataFrame, measure: str) -> str:
    """What the ratios say, for those who do not see them."""
    told = [f"{one['label']} {_words(one)}" for one in margin_rows.records(rows)]
    return (
        f"{measure} of failing, with its 95 % interval. {style.told(told, 'more in the table')}." if told else "None."
    )


def _words(values: dict[str, Any]) -> str:
    words = f"{values['ratio']:.2f} ({wording.ratio_interval(values['lower'], values['upper'])})"
    return f"{words}, {values['word']}" if values["word"] in SIGNS else words


def _mark(ratio: float) -> str:
    return f"{ratio:g}" if ratio >= 0.1 else f"{ratio:.2f}"


def _sign(line: Row) -> str:
    word = str((line.values or {})["word"])
    return word if word in SIGNS else ""


def _value(line: Row, dark: bool) -> dict[str, Any]:
    """The ratio right of the plot, with its word where it lies beyond chance."""
    ratio, sign = f"{(line.values or {})['ratio']:.2f}", _sign(line)
    if sign in MARKED:
        return margin_rows.value(line, f"<b>{ratio}, {sign}</b>", style.sign_colour(sign, dark))
    return margin_rows.value(line, ratio, style.ink(dark))


def _ends(rows: pd.DataFrame) -> tuple[float, float]:
    """The ends of the axis as powers of 2, a little beyond every interval within reason, and 1 between them."""
    known = [math.log2(float(value)) for name in ("lower", "upper") for value in rows[name]]
    low, high = min([-1.0, *known]), max([1.0, *known])
    return max(-FURTHEST, low - BEYOND), min(FURTHEST, high + BEYOND)


def _powers(low: float, high: float) -> list[int]:
    """Which powers of 2 are marked: every one, or of many every second, 1 among them."""
    within = range(math.ceil(low), math.floor(high) + 1)
    return [power for power in within if len(within) <= MOST_MARKS or power % 2 == 0]


def _dots(figure: go.Figure, lines: list[Row], sign: str, ends: tuple[float, float], dark: bool) -> None:
    """The ratios of one colour, those that go on beyond the axis with an arrow at its edge."""
    if not lines:
        return
    values, colour = [line.values or {} for line in lines], style.sign_colour(sign, dark)
    first, last = (2.0**end for end in ends)
    ratio, lower, upper = (
        [min(last, max(first, float(one[name]))) for one in values] for name in ("ratio", "lower", "upper")
    )
    figure.add_scatter(
        x=ratio, y=[line.y for line in lines], mode="markers", name=f"Ratio, {sign}" if sign else "Ratio",
        marker={"size": 11 if sign in MARKED else 10, "color": colour, "opacity": 1,
                "symbol": SIGNS.get(sign, "circle"), "line": {"color": colour, "width": 2}},
        error_x={
            "type": "data", "symmetric": False, "color": colour, "thickness": 1.8, "width": 0,
            "arrayminus": [a - b for a, b in zip(ratio, lower, strict=True)],
            "array": [b - a for a, b in zip(ratio, upper, strict=True)],
        },
        customdata=[str(one["group"]) for one in values],
        text=[f"{style.on_one_line(str(one['label']))}<br>{_words(one)}<br>"
              f"{wording.out_of(one['failed'], one['operations'])} failed" for one in values],
        hovertemplate="%{text}<extra></extra>", cliponaxis=False, **style.UNDIMMED,
    )  # fmt: skip
    beyond = [(first, line.y, "left") for line, one in zip(lines, values, strict=True) if one["lower"] < first]
    beyond += [(last, line.y, "right") for line, one in zip(lines, values, strict=True) if one["upper"] > last]
    if beyond:
        figure.add_scatter(
            x=[x for x, _, _ in beyond], y=[y for _, y, _ in beyond], mode="markers", name="Beyond the axis",
            hoverinfo="skip", cliponaxis=False,
            marker={"size": 9, "color": colour, "symbol": [f"triangle-{side}" for _, _, side in beyond]},
        )  # fmt: skip
