"""A dot and its interval for each group, never a bar: what is likely, and how sure we are."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.charts import margin_rows, published_mark, style
from dashboard.charts.margin_rows import Row

SIGNS = {"higher": "diamond", "lower": "square", "too few to say": "circle-open"}
"""The dot of a group that lies beyond chance, or is too small to say; every other one is round and full."""
AXIS, ABOVE = 34, 16
"""Pixels: the axis, and above all."""
BAND = 4
"""Pixels: half the height of the band of what is not known."""


def dot_interval(
    rows: pd.DataFrame, *, comparator: float | None = None, comparator_label: str = "", dark: bool = False
) -> go.Figure:
    """A row for each group, from the top in the frame's order.

    rows: ``label, share, lower, upper, operations, failed`` (shares 0 to 1), optionally ``section`` (a heading before
    its first row), ``known`` (of the operations, those whose state is), ``shown`` (False: counts only), ``reference``
    (a hollow dot), ``word`` (a key of SIGNS: how it lies to all the others), ``published_low``, ``published_high`` and
    what these are (see ``published_mark``), ``best_case`` and ``worst_case`` (a thin pale band: what the share would be
    if all whose state is unknown were well, and had failed).
    comparator: a dashed line across all rows, named by ``comparator_label``; None or NaN for none.
    """
    if rows.empty:
        return style.empty("No operations to draw.", dark=dark)
    compared = None if comparator is None or pd.isna(comparator) else float(comparator)
    lines, height = margin_rows.margin_rows(rows, _row_words)
    shown = [line for line in lines if line.values is not None and _is_shown(line.values)]
    top = _widest(shown, compared)
    figure = go.Figure()
    _worst_case(figure, shown, dark)
    _published(figure, shown, dark)
    _dots(figure, shown, dark)
    _frame(figure, top, height, dark)
    _name(figure, lines, dark)
    if compared is not None:
        _compare(figure, compared, comparator_label, top, dark)
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


def _row_words(values: dict[str, Any], in_section: bool) -> list[str]:
    """The name and n: on one line where it fits in a section of many bands, else n on its own."""
    return margin_rows.name_and_n(values, abreast=margin_rows.LETTERS + 2 if in_section else 0)


def _frame(figure: go.Figure, top: float, height: float, dark: bool) -> None:
    is_long = height > margin_rows.LONG
    margin_rows.lay_out(figure, height, above=AXIS if is_long else ABOVE, below=AXIS, dark=dark)
    axis = style.percent_axis(top)
    figure.update_xaxes(**axis)
    if is_long:
        figure.update_xaxes(mirror="ticks")
        margin_rows.mark_on_top(figure, axis["tickvals"], axis["ticktext"])


def _name(figure: go.Figure, lines: list[Row], dark: bool) -> None:
    """Names in the margin; headings across; counts where there is no share to draw."""
    words: list[dict[str, Any]] = []
    for line in lines:
        words.append(margin_rows.name(line, dark))
        if line.values is not None and not _is_shown(line.values):
            counts = {"text": _share_words(line.values), "x": 0, "xshift": 4, "xanchor": "left", "y": line.y}
            words.append(counts | {"font": {"color": style.ink(dark)}})
    style.annotate(figure, words)


def _dots(figure: go.Figure, shown: list[Row], dark: bool) -> None:
    """The dots, those with a sign of their own apart: a trace has one colour of intervals."""
    for sign in ("", *SIGNS):
        lines = [line for line in shown if line.values is not None and _sign(line.values) == sign]
        if lines:
            _dots_alike(figure, lines, sign, dark)


def _sign(values: dict[str, Any]) -> str:
    return str(values["word"]) if values.get("word") in SIGNS else ""


def _dots_alike(figure: go.Figure, lines: list[Row], sign: str, dark: bool) -> None:
    values, colour = [line.values or {} for line in lines], _colour(sign, dark)
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
            "size": 10,
            "color": colour,
            "line": {"color": colour, "width": 2},
            "symbol": [SIGNS.get(sign, "circle-open" if one.get("reference") else "circle") for one in values],
        },
        error_x={
            "type": "data", "symmetric": False, "arrayminus": reach[0], "array": reach[1], "color": colour,
            "thickness": 1.8, "width": 5,
        },
        text=["<br>".join(_hover(one)) for one in values],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _colour(sign: str, dark: bool) -> str:
    """Higher, lower and too few have a colour beside their sign; all others that of the data."""
    data, higher, lower, _ = style.colours(dark)
    return dict(zip(SIGNS, (higher, lower, style.unsure(dark)), strict=True)).get(sign, data)


def _worst_case(figure: go.Figure, shown: list[Row], dark: bool) -> None:
    """The range of what is not known, thinner than a published one and without its diamonds."""
    for line in shown:
        low, high = ((line.values or {}).get(name) for name in ("best_case", "worst_case"))
        if low is None or high is None:
            continue
        figure.add_shape(
            type="rect", x0=float(low), x1=float(high), y0=line.y - BAND, y1=line.y + BAND, layer="below",
            line={"width": 0}, fillcolor=style.behind(dark), name="Worst case",
        )  # fmt: skip


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


def _compare(figure: go.Figure, share: float, label: str, top: float, dark: bool) -> None:
    """The comparator's line, and its name above it, turned inwards near the right edge."""
    words = style.lines_of(label, 30) if label else []
    more = style.LINE * len(words) + 6
    above, below = figure.layout.margin.t, figure.layout.margin.b
    figure.add_vline(x=share, line={"dash": "dash", "width": 1.6, "color": style.ink(dark)})
    figure.update_layout(height=figure.layout.height + more, margin={"t": above + more, "b": below})
    figure.add_annotation(
        text="<br>".join(words), x=share, xanchor="right" if share > 0.6 * top else "center", y=1, yref="paper",
        yshift=above - 10, yanchor="bottom", showarrow=False, font={"color": style.ink(dark)},
    )  # fmt: skip


def _widest(shown: list[Row], comparator: float | None) -> float:
    """The end of the axis: beyond everything that is drawn."""
    names = ("share", "upper", "published_low", "published_value", "published_high", "worst_case")
    drawn = [line.values[name] for line in shown if line.values is not None for name in names if name in line.values]
    highest = max([float(value) for value in drawn if value is not None] + [comparator or 0.0])
    return style.beyond(highest)
