"""A dot and its interval for each group, never a bar: what is likely, and how sure we are."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import margin_rows, published_mark, style
from dashboard.charts.margin_rows import Row

SIGNS = {"higher": "diamond", "lower": "square", "too few to say": "circle-open", "not recorded": "circle-open"}
"""The dot of a group that lies beyond chance, is too small to say, or is no group of patients; any other is full."""
MARKED = ("higher", "lower")
"""Whose word stands beside the value: the shape and the colour are not the only signs."""
AXIS, ABOVE = 28, 6
"""Pixels: the axis, and above all."""
BAND = 4
"""Pixels: half the height of the band of what is not known."""


@made_once
def dot_interval(
    rows: pd.DataFrame,
    *,
    comparator: float | None = None,
    comparator_label: str = "",
    tall: int = 0,
    dark: bool = False,
) -> go.Figure:
    """A row for each group, from the top in the frame's order: its name and n, its dot, its value.

    rows: ``label, share, lower, upper, operations, failed`` (shares 0 to 1), optionally ``section`` (a heading before
    its first row), ``known`` (of the operations, those whose state is), ``shown`` (False: counts only), ``reference``
    (a hollow dot), ``word`` (a key of SIGNS: how it lies to all the others), ``published_low``, ``published_high`` and
    what these are (see ``published_mark``), ``best_case`` and ``worst_case`` (a thin pale band: what the share would be
    if all whose state is unknown were well, and had failed), ``group`` (a click on the dot gives it as ``customdata``).
    comparator: a dotted line across all rows, named by ``comparator_label``; None or NaN for none.
    tall: pixels that the rows fill together, as far as a row may be stretched.
    """
    if rows.empty:
        return style.empty("No operations to draw.", dark=dark)
    compared = None if comparator is None or pd.isna(comparator) else float(comparator)
    least = margin_rows.stretched(len(rows), tall)
    lines, height = margin_rows.margin_rows(rows, lambda values: margin_rows.name_and_n(values, dark=dark), least=least)
    shown = [line for line in lines if line.values is not None and _is_shown(line.values)]
    top = _widest(shown, compared)
    values = [_value(line, dark) for line in lines if line.values is not None]
    left, right = margin_rows.left_of(lines), margin_rows.widest(str(value["text"]) for value in values) + 4
    figure = go.Figure()
    margin_rows.stripe(figure, lines, left=left, right=right, dark=dark)
    _worst_case(figure, shown, dark)
    _published(figure, shown, dark)
    _dots(figure, lines, dark)
    _frame(figure, top, height, (left, right), dark)
    style.annotate(figure, [*(margin_rows.name(line, dark, left) for line in lines), *values])
    if compared is not None:
        margin_rows.compare(figure, compared, comparator_label, wide=compared / top, dark=dark)
    return figure


def has_band(rows: pd.DataFrame) -> bool:
    """Whether any row drawn has its worst case."""
    return "worst_case" in rows and any(
        _is_shown(one) and one["worst_case"] is not None for one in margin_rows.records(rows)
    )


def describe(rows: pd.DataFrame) -> str:
    """What the rows say, for those who do not see them."""
    told = [_told(values) for values in margin_rows.records(rows)]
    if not told:
        return "No operations."
    return f"Share failed, with its 95 % interval. {style.told(told, 'more in the table')}."


def _told(values: dict[str, Any]) -> str:
    section = f"{values['section']}, " if values.get("section") else ""
    return f"{section}{values['label']}: {_share_words(values)}"


def _share_words(values: dict[str, Any]) -> str:
    """7.4 % (12 of 162; 4.3 to 12.5), or the counts alone."""
    if not _is_shown(values):
        return f"counts only: {wording.out_of(values['failed'], values['operations'])}"
    share, failed, operations, lower, upper = (
        values[name] for name in ("share", "failed", "operations", "lower", "upper")
    )
    words = wording.share_words(share, failed, operations, lower, upper, known=values.get("known"))
    return f"{words}, {values['word']}" if values.get("word") in SIGNS else words


def _hover(values: dict[str, Any]) -> list[str]:
    band = wording.span(values.get("best_case"), values.get("worst_case"))
    others = [] if values.get("worst_case") is None else [f"All others well to all failed: {band}"]
    return [style.on_one_line(str(values["label"])), _share_words(values), *others]


def _is_shown(values: dict[str, Any]) -> bool:
    return bool(values.get("shown", True)) and values["share"] is not None


def _value(line: Row, dark: bool) -> dict[str, Any]:
    """What stands right of the plot: the share, with its word where it lies beyond chance; else the counts."""
    values = line.values or {}
    if not _is_shown(values):
        counts = wording.out_of(values["failed"], values["operations"])
        return margin_rows.value(line, f"{counts} · too few", style.quiet(dark))
    share, sign = wording.percent(values["share"]), _sign(values)
    if sign in MARKED:
        return margin_rows.value(line, f"<b>{share}, {sign}</b>", style.sign_colour(sign, dark))
    return margin_rows.value(line, share, style.ink(dark))


def _frame(figure: go.Figure, top: float, height: float, sides: tuple[int, int], dark: bool) -> None:
    is_long = height > margin_rows.LONG
    above = ABOVE + 20 if is_long else ABOVE
    margin_rows.lay_out(figure, height, left=sides[0], right=sides[1], above=above, below=AXIS, dark=dark)
    axis = style.percent_axis(top, margin_rows.most_marks(sum(sides)))
    style.x_axes(figure, **axis)
    if is_long:
        style.x_axes(figure, mirror="ticks")
        margin_rows.mark_on_top(figure, axis["tickvals"], axis["ticktext"])


def _dots(figure: go.Figure, lines: list[Row], dark: bool) -> None:
    """The dots, those with a sign of their own apart: a trace has one colour of intervals."""
    named = [(line, line.values) for line in lines if line.values is not None]
    shown = [line for line, values in named if _is_shown(values)]
    for sign in ("", *SIGNS):
        alike = [line for line in shown if _sign(line.values or {}) == sign]
        if alike:
            _dots_alike(figure, alike, sign, dark)
    hidden = [line for line, values in named if not _is_shown(values)]
    if hidden:
        style.to_click(figure, [0.0] * len(hidden), [line.y for line in hidden], _keys(hidden), _hovers(hidden))


def _sign(values: dict[str, Any]) -> str:
    return str(values["word"]) if values.get("word") in SIGNS else ""


def _keys(lines: list[Row]) -> list[str]:
    """What a click on each of these rows says."""
    return [str((line.values or {}).get("group", "")) for line in lines]


def _hovers(lines: list[Row]) -> list[str]:
    return ["<br>".join(_hover(line.values or {})) for line in lines]


def _dots_alike(figure: go.Figure, lines: list[Row], sign: str, dark: bool) -> None:
    values, colour = [line.values or {} for line in lines], style.sign_colour(sign, dark)
    share = [float(one["share"]) for one in values]
    reach = [
        [abs(float(one[limit]) - float(one["share"])) if one[limit] is not None else 0.0 for one in values]
        for limit in ("lower", "upper")
    ]
    figure.add_scatter(
        x=share,
        y=[line.y for line in lines],
        mode="markers",
        name=f"Share failed, {sign}" if sign else "Share failed",
        marker={
            "size": 11 if sign in MARKED else 10,
            "color": colour,
            "opacity": 1,
            "line": {"color": colour, "width": 2},
            "symbol": [SIGNS.get(sign, "circle-open" if one.get("reference") else "circle") for one in values],
        },
        error_x={
            "type": "data", "symmetric": False, "arrayminus": reach[0], "array": reach[1], "color": colour,
            "thickness": 1.8, "width": 0,
        },
        customdata=_keys(lines),
        text=_hovers(lines),
        hovertemplate="%{text}<extra></extra>",
        cliponaxis=False,
        **style.UNDIMMED,
    )  # fmt: skip


def _worst_case(figure: go.Figure, shown: list[Row], dark: bool) -> None:
    """The range of what is not known, thinner than a published one and without its diamonds."""
    ranges = [(line.y, (line.values or {}).get("best_case"), (line.values or {}).get("worst_case")) for line in shown]
    style.draw(figure, [
        {"type": "rect", "x0": float(low), "x1": float(high), "y0": y - BAND, "y1": y + BAND, "layer": "below",
         "line": {"width": 0}, "fillcolor": style.behind(dark), "name": "Worst case"}
        for y, low, high in ranges if low is not None and high is not None
    ])  # fmt: skip


def _published(figure: go.Figure, shown: list[Row], dark: bool) -> None:
    """A published range as a pale bar between diamonds; where only its upper end is known, from 0."""
    for line in shown:
        values = line.values or {}
        if values.get("published_kind"):
            published_mark.published_mark(figure, line.y, values, dark)
            continue
        ends = [values.get("published_low"), values.get("published_high")]
        known = [float(end) for end in ends if end is not None]
        if not known:
            continue
        low, high = (known[0] if len(known) == 2 or ends[1] is None else 0.0), known[-1]
        figure.add_shape(
            type="rect", x0=low, x1=high, y0=line.y - 9, y1=line.y + 9, layer="below", opacity=0.75,
            line={"width": 0}, fillcolor=style.behind(dark),
        )  # fmt: skip
        words = "up to " if ends[0] is None else f"{wording.percent(low)} to " if low != high else ""
        figure.add_scatter(
            x=list(dict.fromkeys(known)),
            y=[line.y] * len(set(known)),
            mode="markers",
            name="Published",
            marker={"symbol": "diamond-open", "size": 9, "color": style.ink(dark), "line": {"width": 1.4}},
            hovertemplate=f"{style.on_one_line(str(values['label']))}<br>Published: {words}{wording.percent(high)}"
            "<extra></extra>",
        )


def _widest(shown: list[Row], comparator: float | None) -> float:
    """The end of the axis: beyond everything that is drawn."""
    names = ("share", "upper", "published_low", "published_value", "published_high", "worst_case")
    drawn = [line.values[name] for line in shown if line.values is not None for name in names if name in line.values]
    highest = max([float(value) for value in drawn if value is not None] + [comparator or 0.0])
    return style.beyond(highest)
