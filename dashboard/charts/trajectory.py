"""One measure over time: the middle half of the answers as a ribbon, the median as a line, and one patient over it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.alike import made_once
from dashboard.charts import labels, style
from dashboard.charts.curves import DAYS_A_MONTH

HEIGHT, ABOVE, AXIS, LEFT = 262, 24, 42, 46
PLOT = HEIGHT - ABOVE - AXIS
BEFORE = -3.0
"""Where the last answer up to surgery is drawn, in months: so far off the first visit that their names do not meet."""


@made_once
def trajectory(
    rows: pd.DataFrame, *, unit: str, own: pd.DataFrame | None = None, own_label: str = "", dark: bool = False
) -> go.Figure:
    """A ribbon and a line through the visits, the line of the change that matters, and a patient's own line.

    rows: of one group, ``months, visit_label, answers, quarter, half, three_quarters, shown, matters``, visit 0 being
    before surgery. own: ``day`` (after surgery, negative before) and ``value``, drawn over them with its own marks.
    """
    rows = rows.assign(months=rows["months"].where(rows["months"] > 0, BEFORE))
    held, mine = rows[rows["shown"].astype(bool)], _placed(own)
    if held.empty and mine.empty:
        return style.empty("Too few have answered to draw their course.", dark=dark)
    figure, colour = go.Figure(), style.colours(dark)[0]
    _ribbon(figure, held, colour)
    _middle(figure, held, unit, colour, dark)
    ends = _matters(figure, held, dark)
    if len(mine):
        ends += [_own(figure, mine, own_label, unit, dark)]
    if len(held):
        ends += [(float(held["half"].iloc[-1]), "median", colour)]
    _axes(figure, rows, mine, ends, unit, dark)
    return figure


def describe(rows: pd.DataFrame, *, label: str, unit: str) -> str:
    """The middle answers and the middle halves in words."""
    told = [
        f"{row.visit_label} {row.half:.3g} ({row.quarter:.3g} to {row.three_quarters:.3g}; {row.answers:,} answers)"
        for row in style.rows_of(rows) if row.shown
    ]  # fmt: skip
    few = [f"{row.visit_label} {row.answers:,} answers, too few" for row in style.rows_of(rows) if not row.shown]
    return f"{label}, {unit}, median and middle half: {'; '.join([*told, *few])}."


def _placed(own: pd.DataFrame | None) -> pd.DataFrame:
    """A patient's answers from the last one up to surgery on, with their places in months."""
    if own is None or own.empty:
        return pd.DataFrame(columns=["day", "value", "months"])
    last = own.loc[own["day"] <= 0, "day"].max()
    since: pd.DataFrame = own[(own["day"] > 0) | (own["day"] == last)].sort_values("day")
    return since.assign(months=(since["day"] / DAYS_A_MONTH).where(since["day"] > 0, BEFORE))


End = tuple[float, str, str]
"""What stands at the right end of a line: its height, its words, its colour."""


def _ribbon(figure: go.Figure, held: pd.DataFrame, colour: str) -> None:
    for name, fill in (("quarter", None), ("three_quarters", "tonexty")):
        figure.add_scatter(
            x=held["months"], y=held[name], mode="lines", line={"width": 0}, fill=fill, name=name,
            fillcolor=style.see_through(colour, 0.16), hoverinfo="skip",
        )  # fmt: skip


def _middle(figure: go.Figure, held: pd.DataFrame, unit: str, colour: str, dark: bool) -> None:
    figure.add_scatter(
        x=held["months"], y=held["half"], mode="lines+markers", name="Median", line={"color": colour, "width": 2.4},
        marker={"size": 9, "color": colour, "line": {"width": 2, "color": style.page(dark)}},
        text=[
            f"{row.visit_label}: {row.half:.3g} {unit}; half of them {row.quarter:.3g} to {row.three_quarters:.3g}; "
            f"{row.answers:,} answers"
            for row in style.rows_of(held)
        ],
        hovertemplate="%{text}<extra></extra>", cliponaxis=False,
    )  # fmt: skip
    last = held["months"].max()
    style.annotate(figure, [
        {"text": f"<b>{row.half:.3g}</b>", "x": row.months, "y": row.half, "yanchor": "bottom", "yshift": 4,
         "font": {"color": colour, "size": style.LARGEST}}
        | ({"xanchor": "right", "xshift": -3} if row.months == last else {"xanchor": "left", "xshift": 5})
        for row in style.rows_of(held)
    ])  # fmt: skip


def _matters(figure: go.Figure, held: pd.DataFrame, dark: bool) -> list[End]:
    """The answer from which on the middle patient's change would matter."""
    known = held["matters"].dropna()
    if known.empty:
        return []
    height = float(known.iloc[0])
    figure.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=height, y1=height, layer="below", name="Change that matters",
        line={"dash": "dash", "width": 1.4, "color": style.ink(dark)},
    )  # fmt: skip
    return [(height, f"{height:.3g}: change<br>that matters", style.ink(dark))]


def _own(figure: go.Figure, mine: pd.DataFrame, label: str, unit: str, dark: bool) -> End:
    colour = style.colours(dark)[1]
    figure.add_scatter(
        x=mine["months"], y=mine["value"], mode="lines+markers", name=label, cliponaxis=False,
        line={"color": colour, "width": 2.4, "dash": "dash"},
        marker={"size": 10, "symbol": "diamond", "color": colour, "opacity": 1},
        text=[f"{style.on_one_line(label)}, day {int(row.day)}: {row.value:.3g} {unit}" for row in style.rows_of(mine)],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    last = float(mine["value"].iloc[-1])
    return last, f"{last:.3g}: {'<br>'.join(style.lines_of(label, 12, 2))}", colour


def _axes(figure: go.Figure, rows: pd.DataFrame, mine: pd.DataFrame, ends: list[End], unit: str, dark: bool) -> None:
    low, high = _span(rows, mine, ends)
    lines = [line for _, words, _ in ends for line in words.split("<br>")]
    right = 24 + round(max((style.wide(line) for line in lines), default=0))
    style.lay_out(figure, dark=dark, height=HEIGHT, left=LEFT, bottom=AXIS, top=ABOVE, right=right)
    until = float(max(rows["months"].max(), mine["months"].max() if len(mine) else 0))
    texts = [f"{_short(row)}<br>{row.answers:,}" for row in style.rows_of(rows)]
    style.x_axes(figure, range=[BEFORE - 0.08 * until, 1.02 * until], tickvals=rows["months"], ticktext=texts,
                        showgrid=False, tickangle=0)  # fmt: skip
    if len(mine):
        last = mine.iloc[-1]
        figure.add_shape(
            type="line", x0=float(last["months"]), x1=1.02 * until, y0=float(last["value"]), y1=float(last["value"]),
            layer="below", line={"color": style.colours(dark)[1], "width": 1, "dash": "dot"},
        )  # fmt: skip
    style.y_axes(figure, range=[low, high], nticks=5, ticklabelstandoff=4)
    said = labels.above_left(f"{unit[:1].upper()}{unit[1:]}, and how many answered", left=LEFT, up=6)
    style.annotate(figure, [said | {"font": {"color": style.quiet(dark), "size": 12}}])
    ordered = sorted(ends)
    sizes = [style.LINE * (words.count("<br>") + 1) + 3 for _, words, _ in ordered]
    heights = labels.apart([PLOT * (at - low) / (high - low) for at, _, _ in ordered], sizes, tall=PLOT)
    for (at, words, colour), height in zip(ordered, heights, strict=True):
        labels.name_end(
            figure, words, at, height, top=high, foot=low, tall=PLOT, right=14, align="left", font={"color": colour},
            line={"color": colour, "width": 1, "dash": "solid"},
        )  # fmt: skip


def _short(row: object) -> str:
    months = int(row.months)  # type: ignore[attr-defined]
    return f"{months} m" if months > 0 else "before"


def _span(rows: pd.DataFrame, mine: pd.DataFrame, ends: list[End]) -> tuple[float, float]:
    """A little beyond whatever is drawn, from nothing on where no answer is below it."""
    held = rows[rows["shown"].astype(bool)]
    values = [*held["quarter"], *held["three_quarters"], *mine["value"], *(at for at, _, _ in ends)]
    low, high = min(0.0, *map(float, values)), max(map(float, values))
    reach = max(high - low, 1e-9)
    return low - (0.06 * reach if low < 0 else 0.0), high + 0.08 * reach
