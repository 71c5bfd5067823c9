"""Operation after operation: failures fewer or more than expected, and when that is a signal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import labels, style

MOST_POINTS = 600
PANEL, BETWEEN, LEFT, RIGHT, ABOVE, AXIS = 180, 64, 46, 52, 28, 50
"""Pixels: each panel's height, the words between the two, the margins beside them, above and under them."""
EXPECTED = "Fewer (+) or more (−) than expected"
MORE, FEWER = "more than expected", "fewer than expected"
SIDES = {"up": (MORE, "Up: odds doubled?", 1, "solid", "diamond"),
         "down": (FEWER, "Down: odds halved?", 0, "dash", "square")}  # fmt: skip
"""For each side of the lower panel: its signal, its name, the place of its colour, its dash and its mark."""


@made_once
def cusum_chart(steps: pd.DataFrame, *, limit_up: float, limit_down: float, dark: bool = False) -> go.Figure:
    """Above, the running sum of expected less seen failures (VLAD); below, the two sums that signal (Steiner 2000).

    steps: a row per operation, in order of date; ``operation`` (1, 2, 3 …), ``operated`` (date), ``vlad``,
    ``up``, ``down`` (both 0 or more; ``down`` is drawn downwards), ``signal`` ("", "more than expected",
    "fewer than expected").
    limit_up, limit_down: where each sum signals; both as positive numbers.
    """
    if steps.empty:
        return style.empty("No operations to draw.", dark=dark)
    drawn = _thinned(steps.reset_index(drop=True))
    limits = {"up": abs(limit_up), "down": -abs(limit_down)}
    figure = go.Figure()
    _vlad(figure, drawn, dark)
    for side in SIDES:
        _sum(figure, drawn, side, dark)
    scale = _scale(drawn, limits)
    _frame(figure, drawn, scale, dark)
    _limits(figure, limits, dark)
    _name(figure, dark)
    _number(figure, drawn, scale, dark)
    return figure


def signal_words(steps: pd.DataFrame) -> list[str]:
    """Each signal in the order of its number: "Operation 120, 5 Mar 2024: more than expected"."""
    return [f"{_place_words(one)}: {one.signal}" for one in style.rows_of(steps[_is_signal(steps)])]


def describe(steps: pd.DataFrame, *, limit_up: float, limit_down: float) -> str:
    """What the two panels say, for those who do not see them."""
    if steps.empty:
        return "No operations."
    signals = signal_words(steps)
    told = style.told([f"{number}, {words}" for number, words in enumerate(signals, 1)]) or "none"
    operations = wording.count(len(steps), "operation")
    return (
        f"{operations} in order of date; at the end {_expected_words(steps['vlad'].iloc[-1])}. "
        f"Limits: {abs(limit_up):.1f} for doubled, {abs(limit_down):.1f} for halved odds. Signals: {told}."
    )


def _expected_words(vlad: float) -> str:
    if round(abs(vlad), 1) == 0:
        return "as many failures as expected"
    return f"{abs(vlad):.1f} {'fewer' if vlad > 0 else 'more'} than expected"


def _place_words(one: Any) -> str:
    operated = pd.Timestamp(one.operated)
    return f"Operation {one.operation:,}, {operated.day} {operated:%b %Y}"


def _is_signal(steps: pd.DataFrame) -> pd.Series[bool]:
    return steps["signal"].isin([MORE, FEWER])


def _thinned(steps: pd.DataFrame) -> pd.DataFrame:
    """No more operations than a screen can show: both ends, every signal and its restart, each stretch's extremes."""
    if len(steps) <= MOST_POINTS:
        return steps
    signals = np.flatnonzero(_is_signal(steps))
    values = [steps[name].to_numpy(float) for name in ("vlad", "up", "down")]
    extremes = [int(values[0].argmin()), *(int(value.argmax()) for value in values)]
    kept = {0, len(steps) - 1, *extremes, *map(int, signals)}
    kept |= {int(place) + 1 for place in signals if place + 1 < len(steps) and len(kept) + len(signals) < MOST_POINTS}
    stretches = max(0, (MOST_POINTS - len(kept)) // 4)
    for rows in np.array_split(np.arange(len(steps)), stretches) if stretches else ():
        kept |= {int(rows[value[rows].argmax()]) for value in values}
        kept.add(int(rows[values[0][rows].argmin()]))
    return steps.iloc[sorted(kept)]


def _vlad(figure: go.Figure, drawn: pd.DataFrame, dark: bool) -> None:
    figure.add_scatter(
        x=drawn["operation"],
        y=drawn["vlad"],
        mode="lines" if len(drawn) > 1 else "markers",
        name="Expected less seen",
        line={"color": style.ink(dark), "width": 2},
        marker={"color": style.ink(dark)},
        text=[f"{_place_words(one)}<br>{_expected_words(one.vlad).capitalize()}" for one in style.rows_of(drawn)],
        hovertemplate="%{text}<extra></extra>",
    )


def _sum(figure: go.Figure, drawn: pd.DataFrame, side: str, dark: bool) -> None:
    """One of the two sums, and a mark over each of its signals."""
    words, name, place, dash, mark = SIDES[side]
    colour = style.colours(dark)[place]
    values = drawn[side] * (1 if side == "up" else -1)
    texts = [
        "<br>".join(filter(None, (_place_words(one), f"{name} {abs(value):.2f}", one.signal.capitalize())))
        for one, value in zip(style.rows_of(drawn), values, strict=True)
    ]
    shared = {"yaxis": "y2", "hovertemplate": "%{text}<extra></extra>"}
    figure.add_scatter(
        x=drawn["operation"], y=values, mode="lines" if len(drawn) > 1 else "markers", name=side.capitalize(),
        text=texts, line={"color": colour, "width": 1.8, "dash": dash}, marker={"color": colour}, **shared,
    )  # fmt: skip
    signals = (drawn["signal"] == words).to_numpy()
    if signals.any():
        figure.add_scatter(
            x=drawn["operation"][signals], y=values[signals], mode="markers", name=words.capitalize(),
            text=[text for text, signal in zip(texts, signals, strict=True) if signal], cliponaxis=False,
            marker={"symbol": mark, "size": 12, "color": colour}, **shared,
        )  # fmt: skip


def _scale(drawn: pd.DataFrame, limits: dict[str, float]) -> tuple[float, float]:
    """The ends of the lower panel's axis: beyond both sums and both limits, with room for numbers."""
    low, high = min(limits["down"], -drawn["down"].max()), max(limits["up"], drawn["up"].max())
    room = 0.22 * (high - low)
    return low - room, high + room


def _frame(figure: go.Figure, drawn: pd.DataFrame, scale: tuple[float, float], dark: bool) -> None:
    """Two panels over one axis of operations."""
    tall = 2 * PANEL + BETWEEN
    style.lay_out(figure, dark=dark, height=tall + ABOVE + AXIS, left=LEFT, bottom=AXIS, top=ABOVE, right=RIGHT)
    low, high = float(min(-1, drawn["vlad"].min())), float(max(1, drawn["vlad"].max()))
    room = 0.08 * (high - low)
    zero = {"zeroline": True, "zerolinecolor": style.ink(dark), "zerolinewidth": 1}
    axis = figure.layout.yaxis.to_plotly_json() | {"nticks": 6} | zero
    figure.update_layout(
        yaxis=axis | {"domain": [1 - PANEL / tall, 1], "range": [low - room, high + room]},
        yaxis2=axis | {"domain": [0, PANEL / tall], "range": list(scale), "anchor": "x"} | _marks(scale),
    )
    last = max(int(drawn["operation"].iloc[-1]), 2)
    style.x_axes(figure, range=[0, last * 1.01], showgrid=False, nticks=6, tickformat=",", anchor="y2",
                        title={"text": "Operations in order of date", "standoff": 6})  # fmt: skip


def _marks(scale: tuple[float, float]) -> dict[str, Any]:
    """Both sums are counted from 0 outwards: the lower one's axis bears no minus."""
    step = next((step for step in (1, 2, 5, 10) if (scale[1] - scale[0]) / step <= 7), 50)
    marks = [step * place for place in range(-(-int(scale[0]) // step), int(scale[1]) // step + 1)]
    return {"tickvals": marks, "ticktext": [str(abs(mark)) for mark in marks]}


def _limits(figure: go.Figure, limits: dict[str, float], dark: bool) -> None:
    """A line where each sum signals, and its height beyond the edge."""
    for limit in limits.values():
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, yref="y2", y0=limit, y1=limit,
                         line={"color": style.ink(dark), "width": 1.2, "dash": "dot"})  # fmt: skip
        figure.add_annotation(text=f"Limit<br>{abs(limit):.1f}", xref="paper", x=1, xshift=6, y=limit, yref="y2",
                              xanchor="left", align="left", showarrow=False)  # fmt: skip


def _name(figure: go.Figure, dark: bool) -> None:
    """What each panel shows, above it; both sums with a piece of their line."""
    panel = PANEL / (2 * PANEL + BETWEEN)
    words = [labels.above_left(EXPECTED, left=LEFT, up=6)]
    for row, (_, name, colour, dash, _) in enumerate(SIDES.values()):
        height = 24 - 18 * row
        font = {"color": style.colours(dark)[colour]}
        words.append(labels.above_left(name, left=LEFT, up=height) | {"y": panel, "xshift": -6, "font": font})
        labels.piece_of_line(figure, begin=10 - LEFT, height=height + 9, foot=panel,
                             colour=style.colours(dark)[colour], dash=dash)  # fmt: skip
    style.annotate(figure, words)


def _number(figure: go.Figure, drawn: pd.DataFrame, scale: tuple[float, float], dark: bool) -> None:
    """The signals' numbers at their marks, away from the middle."""
    low, high = scale
    across = figure.layout.xaxis.range[1]
    marked = []
    for one in style.rows_of(drawn[_is_signal(drawn)]):
        value, side = (one.up, 1) if one.signal == MORE else (-one.down, -1)
        marked.append((float(one.operation), PANEL * (value - low) / (high - low), side))
    words = labels.numbers(marked, [], across, high=PANEL, colour=style.ink(dark))
    style.annotate(figure, [word | {"yref": "y2 domain"} for word in words])
