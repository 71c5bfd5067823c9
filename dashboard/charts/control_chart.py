"""A share, or the operations between two events, from one period to the next, with what chance alone would allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import labels, style
from dashboard.charts.labels import WIDTHS, Mark, Spot

PLOT, LEFT, RIGHT, AXIS, ABOVE = 280, 46, 60, 44, 44
"""Pixels: the plot's own height, the margins beside it, the axis under it, and the words above it."""
MOST_TICKS = 8
TITLES = {"share": "Operations failed", "count": "Operations"}
CENTRES = {"share": "Overall", "count": "Centre"}
NO_SIGNALS = pd.DataFrame(columns=["first", "last", "signal"])
COMING = "Not yet mature: outcomes still to come"
SIGNAL = "diamond"
REMARK_ROWS = 3
"""Remarks close together stand above one another in so many rows; a number beyond that is left off."""


@made_once
def control_chart(
    periods: pd.DataFrame,
    *,
    measure: str = "share",
    title: str = "",
    signals: pd.DataFrame = NO_SIGNALS,
    remarks: Sequence[float] = (),
    dark: bool = False,
) -> go.Figure:
    """A dot for each period, its limits in steps as its number of operations has them, signals numbered.

    periods: in order of time; ``label`` ("2024 Q1"), ``share`` (NaN: a gap), ``centre, lower_limit, upper_limit``,
    ``operations, failed``, ``signal`` (what is unusual about the point in words, or ""), ``immature`` (outcomes still
    to come: hatched, never joined), optionally ``limits`` ("firm"; "trial", and the limits are called so; "none") and
    ``joined`` (false for all where periods lie between them that are not here: no line passes over one).
    measure: "share" (0 to 1; a p chart), or "count" (``share`` is a number of operations: of a period, or between two
    events; an XmR or g chart).
    signals: each once, with the rows of its ``first`` and its ``last`` point and its words, ``signal``: all its points
    have another shape, the first of them its number.
    title: what stands above the axis of values, by default operations, or operations failed.
    remarks: where on the axis of periods (0 is the middle of the first) somebody has remarked something, in order:
    each a thin line with its number, R1, R2, …
    """
    if periods.empty:
        return style.empty("No periods to draw.", dark=dark)
    rows = periods.reset_index(drop=True)
    top = _top(rows, measure)
    figure = go.Figure()
    above = _remarks(figure, remarks, len(rows), dark)
    _coming(figure, rows, top, above, dark)
    _limits(figure, rows, top, measure, dark)
    _dots(figure, rows, signals, measure, dark)
    _frame(figure, rows, top, measure, title or TITLES[measure], above, dark)
    line: list[Spot] = [(place, _height(share, top)) for place, share in enumerate(rows["share"])]
    marked: list[Mark] = [(*line[place], 0) for place in signals["first"]]
    style.annotate(figure, labels.numbers(marked, line, len(rows), high=PLOT, colour=style.colours(dark)[1]))
    return figure


def signal_words(periods: pd.DataFrame, signals: pd.DataFrame, *, measure: str = "share") -> list[str]:
    """Each signal in the order of its number: "2022 Q2 to 2023 Q4: 7 in a row below the centre: 4.5 % to 12.0 %"."""
    rows = periods.reset_index(drop=True)
    return [
        f"{wording.from_to(rows['label'][one.first], rows['label'][one.last])}: {one.signal}: "
        f"{_run_words(rows.loc[one.first : one.last], measure)}"
        for one in style.rows_of(signals)
    ]


def describe(
    periods: pd.DataFrame, *, measure: str = "share", title: str = "", signals: pd.DataFrame = NO_SIGNALS
) -> str:
    """What the chart says, for those who do not see it."""
    rows = periods.reset_index(drop=True)
    if rows.empty:
        return "No periods."
    first, last = rows["label"].iloc[0], rows["label"].iloc[-1]
    centres = rows["centre"].dropna()
    centre = f", {CENTRES[measure].lower()} {_plain(centres.iloc[-1], measure)}" if len(centres) else ""
    numbered = enumerate(signal_words(rows, signals, measure=measure), 1)
    told = style.told([f"{place}, {words}" for place, words in numbered]) or "none"
    kept = {"trial": ", trial limits", "none": ", no limits"}.get(_limits_are(rows), "")
    coming = int(rows["immature"].astype(bool).sum())
    later = f" Not yet mature: {wording.count(coming, 'period')}." if coming else ""
    return (
        f"{title or TITLES[measure]}, {wording.count(len(rows), 'period')} from {first} to {last}{centre}{kept}. "
        f"Signals: {told}.{later}"
    )


def _limits_are(rows: pd.DataFrame) -> str:
    return str(rows["limits"].iloc[0]) if "limits" in rows else "firm"


def _plain(value: float, measure: str) -> str:
    return wording.percent(value) if measure == "share" else f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _value_words(row: Any, measure: str) -> str:
    """21.3 % (17 of 80), or 120 operations."""
    if measure != "share":
        return f"{row['share']:,.0f} operations"
    return wording.share_words(row["share"], row["failed"], row["operations"])


def _run_words(rows: pd.DataFrame, measure: str) -> str:
    """The values of a signal's points, from the lowest to the highest: 4.5 % to 12.0 % (26 seen of 420)."""
    if len(rows) == 1:
        return _value_words(rows.iloc[0], measure)
    lowest, highest = rows["share"].min(), rows["share"].max()
    if measure != "share":
        return f"{wording.from_to(f'{lowest:,.0f}', f'{highest:,.0f}')} operations"
    seen = wording.out_of(int(rows["failed"].sum()), int(rows["operations"].sum())).replace(" of ", " seen of ")
    return f"{wording.from_to(wording.percent(lowest), wording.percent(highest))} ({seen})"


def _marked(rows: pd.DataFrame, signals: pd.DataFrame) -> pd.Series:
    """Which rows are points of a signal."""
    inside = [place for one in style.rows_of(signals) for place in range(one.first, one.last + 1)]
    return pd.Series(range(len(rows))).isin(inside)


def _top(rows: pd.DataFrame, measure: str) -> float:
    highest = 1.12 * float(rows[["share", "centre", "upper_limit"]].max().max())
    least, most = (0.05, 1.1) if measure == "share" else (5.0, float("inf"))
    return min(most, max(least, highest)) if pd.notna(highest) else least


def _height(value: float, top: float) -> float:
    return PLOT * value / top


def remark_rows(remarks: Sequence[float], periods: int) -> list[int | None]:
    """The row, from below, in which each remark's number has room on every screen; None where it has none."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(REMARK_ROWS)]
    placed: list[int | None] = []
    for number, place in enumerate(remarks, 1):
        half = style.LETTER * len(f"R{number}") / 2 + 2
        # On a telephone, where they stand closest.
        at = WIDTHS[0] * (place + 0.5) / periods
        room = (row for row, others in enumerate(taken) if all(abs(at - one) >= half + its for one, its in others))
        row = next(room, None)
        if row is not None:
            taken[row].append((at, half))
        placed.append(row)
    return placed


def _remarks(figure: go.Figure, remarks: Sequence[float], periods: int, dark: bool) -> int:
    """A thin line and a number for each remark; how many pixels they take above the plot."""
    rows = remark_rows(remarks, periods)
    thin = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": {"color": style.ink(dark), "width": 1}}
    style.draw(figure, [thin | {"x0": place, "x1": place, "name": "Remark"} for place in remarks])
    style.annotate(
        figure,
        [
            {"text": f"R{number}", "name": f"Remark {number}", "x": place, "yref": "paper", "y": 1,
             "yshift": style.LINE * (row + 0.5) + 2}
            for number, (place, row) in enumerate(zip(remarks, rows, strict=True), 1)
            if row is not None
        ],
    )  # fmt: skip
    return style.LINE * (max((row for row in rows if row is not None), default=-1) + 1)


def _coming(figure: go.Figure, rows: pd.DataFrame, top: float, above: int, dark: bool) -> None:
    """Hatching behind the periods whose outcomes are still to come, and above it the reason."""
    places = [place for place, immature in enumerate(rows["immature"]) if immature]
    if not places:
        return
    figure.add_bar(
        x=places, y=[top] * len(places), width=1, name=COMING, hoverinfo="skip",
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": style.grid(dark), "bgcolor": "rgba(0,0,0,0)", "size": 8,
                            "solidity": 0.3}},
    )  # fmt: skip
    figure.add_annotation(text=COMING, xref="paper", x=1, y=1, yref="paper", yshift=4 + above, xanchor="right",
                          yanchor="bottom", showarrow=False)  # fmt: skip


def _limits(figure: go.Figure, rows: pd.DataFrame, top: float, measure: str, dark: bool) -> None:
    """The centre and the limits, level over each period, and their names beyond the edge, pushed apart."""
    edges = [place + side for place in range(len(rows)) for side in (-0.5, 0.5)]
    ends: dict[str, float] = {}
    for name, dash in (("centre", "solid"), ("upper_limit", "3px,2px"), ("lower_limit", "3px,2px")):
        figure.add_scatter(
            x=edges, y=rows[name].repeat(2), mode="lines", name=name.replace("_", " ").capitalize(), hoverinfo="skip",
            connectgaps=False, line={"color": style.unsure(dark), "width": 1.4, "dash": dash},
        )  # fmt: skip
        known = rows[name].dropna()
        if len(known):
            ends[name] = float(known.iloc[-1])
    if "centre" not in ends:
        return
    middle = _height(ends["centre"], top)
    words = [(f"{CENTRES[measure]}<br>{_plain(ends['centre'], measure)}", middle)]
    name, lines = ("Trial<br>limit", 2) if _limits_are(rows) == "trial" else ("Limit", 1)
    apart = (lines + 2) / 2 * style.LINE + 1
    if "upper_limit" in ends:
        words.append((name, max(middle + apart, _height(ends["upper_limit"], top))))
    if "lower_limit" in ends:
        words.append((name, min(middle - apart, _height(ends["lower_limit"], top))))
    place = {"xref": "paper", "x": 1, "xshift": 6, "xanchor": "left", "align": "left", "y": 0, "yref": "paper"}
    style.annotate(figure, [place | {"text": text, "yshift": height} for text, height in words])


def _dots(figure: go.Figure, rows: pd.DataFrame, signals: pd.DataFrame, measure: str, dark: bool) -> None:
    """A line with a dot for each mature period, hollow dots for the others, another shape over each signal."""
    blue, orange = style.colours(dark)[:2]
    immature = rows["immature"].astype(bool)
    texts = [_hover(row, measure) for _, row in rows.iterrows()]
    joined = "lines+markers" if "joined" not in rows or rows["joined"].all() else "markers"
    looks = (
        ("Periods", ~immature, joined, {"color": blue, "size": 7}),
        ("Not yet mature", immature, "markers", {"color": blue, "size": 7, "symbol": "circle-open"}),
        ("Signals", _marked(rows, signals), "markers", {"color": orange, "size": 12, "symbol": SIGNAL}),
    )
    for name, which, mode, marker in looks:
        if not (which & rows["share"].notna()).any():
            continue
        figure.add_scatter(
            x=list(range(len(rows))), y=rows["share"].where(which), mode=mode, name=name, connectgaps=False,
            marker=marker, line={"color": blue, "width": 1.8}, cliponaxis=False, text=texts,
            hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip


def _hover(row: Any, measure: str) -> str:
    if pd.isna(row["share"]):
        return style.on_one_line(f"{row['label']}: no operations")
    lines = [f"{row['label']}: {_value_words(row, measure)}"]
    if pd.notna(row["lower_limit"]) and pd.notna(row["upper_limit"]):
        limits = (_plain(row[name], measure) for name in ("lower_limit", "upper_limit"))
        lines.append(f"Limits {' to '.join(limits)}")
    lines += [row["signal"]] if isinstance(row["signal"], str) and row["signal"] else []
    lines += [COMING] if row["immature"] else []
    return "<br>".join(map(style.on_one_line, lines))


def _frame(figure: go.Figure, rows: pd.DataFrame, top: float, measure: str, title: str, above: int, dark: bool) -> None:
    over = ABOVE + above
    places = _ticks(list(rows["label"]))
    named = [_tick_lines(str(rows["label"][place])) for place in places]
    below = max(AXIS, (style.LINE + 1) * max(map(len, named)) + 12)
    style.lay_out(figure, dark=dark, height=PLOT + over + below, left=LEFT, bottom=below, top=over, right=RIGHT)
    texts = ["<br>".join(lines) for lines in named]
    style.x_axes(figure, range=[-0.5, len(rows) - 0.5], tickvals=places, ticktext=texts, showgrid=False)
    style.y_axes(
        figure,
        **(style.percent_axis(top) if measure == "share" else {"range": [0, top], "nticks": 6, "tickformat": ","}),
    )
    style.annotate(figure, [labels.above_left(style.on_one_line(title), left=LEFT, up=22 + above)])


def _tick_lines(label: str) -> list[str]:
    """A word to a line: so more names fit."""
    return [style.on_one_line(word) for word in label.split()] or [""]


def _ticks(labels: list[str]) -> list[int]:
    """Every period, every second … as many as a telephone has room for."""
    widest = max((len(word) for label in labels for word in str(label).split()), default=1)
    most = max(1, min(MOST_TICKS, int(WIDTHS[0] / (style.LETTER * widest + 10))))
    return list(range(0, len(labels), -(-len(labels) // most)))
