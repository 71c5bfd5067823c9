"""Failures seen over expected, a row each on a logarithmic axis: one's own with its interval, peers as hollow dots."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import margin_rows, style
from dashboard.charts.margin_rows import Row

AXIS, ABOVE, BAND = 24, 10, 9
"""Pixels: the axis, above all, and half the height of the band that chance allows."""
EXPECTED = "as expected; band: chance"
MARKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
WIDEST = 8.0
"""The axis goes so many times up and down at most; an interval that goes further ends there in an arrow's head."""
FURTHER = ("◂", "▸")


@made_once
def ratio_rows(rows: pd.DataFrame, *, tall: int = 0, dark: bool = False) -> go.Figure:
    """A row for each, from the top in the frame's order, beside a dotted line at what is expected.

    rows: ``label, own, observed, expected, ratio, lower, upper, limit_low, limit_high`` (the limits of chance, a pale
    band), ``shown`` (False: counts alone). Of peers the ratio alone is known. tall: pixels that the rows fill together.
    """
    if rows.empty:
        return style.empty("Nobody to draw.", dark=dark)
    least = margin_rows.stretched(len(rows), tall)
    lines, height = margin_rows.margin_rows(rows, _name, least=least)
    shown = [line for line in lines if line.values is not None and line.values["shown"]]
    reach = _reach(shown)
    values = [_value(line, dark) for line in lines if line.values is not None]
    left, right = margin_rows.left_of(lines), margin_rows.widest(str(value["text"]) for value in values) + 4
    figure = go.Figure()
    margin_rows.stripe(figure, lines, left=left, right=right, dark=dark)
    for line in shown:
        _draw(figure, line, reach, dark)
    margin_rows.lay_out(figure, height, left=left, right=right, above=ABOVE, below=AXIS, dark=dark)
    marks = [mark for mark in MARKS if 1 / reach <= mark <= reach]
    style.x_axes(
        figure,
        type="log",
        range=[-math.log10(reach), math.log10(reach)],
        tickvals=marks,
        ticktext=[f"{m:g}" for m in marks],
    )
    style.annotate(figure, [*(margin_rows.name(line, dark, left) for line in lines), *values])
    margin_rows.compare(figure, 0.0, EXPECTED, wide=0.5, dark=dark)
    # Plotly takes the place of a line on such an axis as it is, and that of its words as a power of ten.
    figure.update_shapes(x0=1.0, x1=1.0, selector={"name": "Compared with"})
    return figure


def describe(rows: pd.DataFrame) -> str:
    """What the rows say, for those who do not see them."""
    told = [f"{one['label']} {_words(one)}" for one in margin_rows.records(rows)]
    return f"Failures seen over expected; 1 is as expected. {style.told(told)}." if told else "Nobody."


def _name(values: dict[str, Any]) -> list[str]:
    named = values["own"] and values["label"] != wording.YOU
    label = f"{values['label']} (own)" if named else str(values["label"])
    first, *others = style.lines_of(label, margin_rows.LETTERS)
    return [f"<b>{first}</b>" if values["own"] else first, *others]


def _words(values: dict[str, Any]) -> str:
    """1.65 (33 seen, 20.0 expected; 1.13 to 2.31); of a peer the ratio alone."""
    counts = f"{values['observed']:.0f} seen, {values['expected'] or 0:.1f} expected" if values["own"] else ""
    if not values["shown"]:
        return f"{counts}, too few for a ratio"
    limits = wording.ratio_interval(values["lower"], values["upper"])
    told = "; ".join(filter(None, (counts, limits)))
    return f"{values['ratio']:.2f} ({told})" if told else f"{values['ratio']:.2f}"


def _value(line: Row, dark: bool) -> dict[str, Any]:
    values = line.values or {}
    if not values["shown"]:
        return margin_rows.value(line, "too few", style.quiet(dark))
    words = f"{values['ratio']:.2f}"
    return margin_rows.value(line, f"<b>{words}</b>" if values["own"] else words, style.ink(dark))


def _reach(shown: list[Row]) -> float:
    """How many times up and down the axis goes: beyond every dot and interval, and at least twice."""
    ends = [float(line.values[name]) for line in shown if line.values for name in ("ratio", "lower", "upper")
            if line.values[name]]  # fmt: skip
    furthest = max([max(end, 1 / end) for end in ends if end > 0], default=2.0)
    return min(WIDEST, max(2.2, 1.15 * furthest))


def _draw(figure: go.Figure, line: Row, reach: float, dark: bool) -> None:
    values = line.values or {}
    own = bool(values["own"])
    if own and values["limit_low"] is not None and values["limit_high"] is not None:
        figure.add_shape(
            type="rect", x0=max(float(values["limit_low"]), 1 / reach), x1=min(float(values["limit_high"]), reach),
            y0=line.y - BAND, y1=line.y + BAND, layer="below", line={"width": 0}, fillcolor=style.behind(dark),
            name="Limits of chance",
        )  # fmt: skip
    ratio = min(max(float(values["ratio"]), 1 / reach), reach)
    colour = style.colours(dark)[0] if own else style.unsure(dark)
    limits = [None if values[name] is None else min(max(float(values[name]), 1 / reach), reach)
              for name in ("lower", "upper")]  # fmt: skip
    low, high = (ratio if end is None else end for end in limits)
    figure.add_scatter(
        x=[ratio], y=[line.y], mode="markers", name="Own" if own else "Peer",
        marker={"size": 11 if own else 9, "color": colour, "symbol": "circle" if own else "circle-open",
                "line": {"width": 2, "color": colour}},
        error_x={"type": "data", "symmetric": False, "arrayminus": [ratio - low], "array": [high - ratio],
                 "color": colour, "thickness": 1.8, "width": 0},
        hovertemplate=f"{style.on_one_line(str(values['label']))}<br>{_words(values)}<extra></extra>",
        cliponaxis=False,
    )  # fmt: skip
    _goes_further(figure, line, reach, colour)


def _goes_further(figure: go.Figure, line: Row, reach: float, colour: str) -> None:
    """A sign at each edge that cuts off a dot or its interval."""
    ends = [float(end) for name in ("ratio", "lower", "upper") if (end := (line.values or {})[name]) is not None]
    cut = (min(ends) < 1 / reach, max(ends) > reach)
    for way, sign, beyond, anchor in zip((-1, 1), FURTHER, cut, ("left", "right"), strict=True):
        if beyond:
            figure.add_annotation(
                x=way * math.log10(reach), y=line.y, text=sign, showarrow=False, xanchor=anchor, xshift=way * 5,
                font={"color": colour, "size": 17},
            )  # fmt: skip
