"""How much more often operations failed in one band of a factor than in its usual band: alone, and adjusted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import margin_rows, style
from dashboard.charts.margin_rows import Row

AXIS, ABOVE, LEAST = 50, 30, 36
"""Pixels: the axis, above all, and a row with two dots at least."""
APART = 8
"""Pixels by which the crude dot stands above the middle of its row, and the adjusted one below it."""
MOST_MARKS = 6
"""Of more marks on the axis only every second has room for its number on a telephone."""
NOTE_LETTERS, HEADING_LETTERS = 54, 42
"""Letters to a line of a note, and of the name of a factor, which has one line."""
FURTHEST = {"": 4, "_lower": 3, "_upper": 3}
"""The axis follows a ratio to 2 to the power of so much, an interval not quite so far: it ends in an arrow."""
KEYS = {"crude": "○ Each factor alone", "adjusted": "■ Adjusted"}


@dataclass(frozen=True)
class _Ratios:
    """One kind of ratio: its column, how far under the middle of a row it stands, and its look."""

    column: str
    below: float
    symbol: str
    colour: str


@made_once
def forest_plot(
    rows: pd.DataFrame, *, measure: str = "Hazard ratio", adjusted_shown: bool = True, dark: bool = False
) -> go.Figure:
    """Two dots with intervals for each band on a logarithmic axis, from the top in the frame's order.

    rows: ``section`` (the factor), ``label`` (the band), ``operations, failed, reference`` (the band compared with),
    ``crude, crude_lower, crude_upper, adjusted, adjusted_lower, adjusted_upper`` (NaN: not estimated), ``note``.
    An interval beyond the axis ends in an arrow. adjusted_shown: False where there is no adjusted model.
    """
    if rows.empty:
        return style.empty("No operations to draw.", dark=dark)
    notes = list(dict.fromkeys(str(note) for note in rows["note"] if isinstance(note, str) and note))
    lines, height = margin_rows.margin_rows(
        rows, lambda values: _row_words(values, notes, dark), heading=_heading, least=LEAST
    )
    left = margin_rows.left_of(lines)
    kinds = _kinds(adjusted_shown, dark)
    ends = _ends(rows, [kind.column for kind in kinds])
    figure = go.Figure()
    for kind in kinds:
        _dots(figure, lines, kind, ends)
    _frame(figure, ends, height, left, measure, dark)
    style.annotate(figure, [margin_rows.name(line, dark, left) for line in lines])
    _say(figure, lines, kinds, ends)
    _key(figure, kinds, left)
    _note(figure, notes, left)
    return figure


def describe(rows: pd.DataFrame, *, measure: str = "Hazard ratio", adjusted_shown: bool = True) -> str:
    """What the ratios say, for those who do not see them."""
    if rows.empty:
        return "No operations."
    usual = {one.section: one.label for one in style.rows_of(rows) if one.reference}
    columns = ["crude", "adjusted"][: 2 if adjusted_shown else 1]
    told = [
        f"{one['section']}, {one['label']} against {usual.get(one['section'], 'the others')}: "
        + _ratios_words(one, columns)
        for one in margin_rows.records(rows)
        if not one["reference"]
    ]
    compared = style.told(told, "more in the table") or "Nothing to compare"
    return f"{measure} of failing, with its 95 % interval. {compared}."


def _ratios_words(values: dict[str, Any], columns: list[str]) -> str:
    """Alone 1.32 (1.05 to 1.66), adjusted 1.21 (0.95 to 1.54), 41 of 412 failed."""
    names = {"crude": "alone", "adjusted": "adjusted"}
    ratios = [f"{names[column]} {_ratio_words(values, column)}" for column in columns]
    return ", ".join([*ratios, f"{wording.out_of(values['failed'], values['operations'])} failed"])


def _ratio_words(values: dict[str, Any], column: str) -> str:
    if not _is_estimated(values, column):
        return "not estimated"
    limits = [values[f"{column}{end}"] for end in ("_lower", "_upper")]
    words = "" if None in limits else f" ({wording.ratio_interval(*limits)})"
    return f"{values[column]:.2f}{words}"


def _is_estimated(values: dict[str, Any], column: str) -> bool:
    ratio = values[column]
    return ratio is not None and 0 < float(ratio) < math.inf


def _heading(section: str) -> str:
    return style.lines_of(section, HEADING_LETTERS, 1)[0]


def _row_words(values: dict[str, Any], notes: list[str], dark: bool) -> list[str]:
    """The band and n, and the number of its note."""
    note = f" <sup>{notes.index(values['note']) + 1}</sup>" if values["note"] in notes else ""
    return margin_rows.name_and_n(values, dark=dark, note=note)


def _kinds(adjusted_shown: bool, dark: bool) -> list[_Ratios]:
    blue, orange = style.colours(dark)[:2]
    if not adjusted_shown:
        return [_Ratios("crude", 0, "circle-open", orange)]
    return [_Ratios("crude", -APART, "circle-open", orange), _Ratios("adjusted", APART, "square", blue)]


def _ends(rows: pd.DataFrame, columns: list[str]) -> tuple[float, float]:
    """The ends of the axis as ratios: whole powers of 2 around every ratio, and around intervals within reason."""
    powers = [-1.0, 1.0]
    for column in columns:
        for end, furthest in FURTHEST.items():
            known = [float(value) for value in rows[f"{column}{end}"] if pd.notna(value) and 0 < value < math.inf]
            powers += [min(furthest, max(-furthest, math.log2(value))) for value in known]
    return 2.0 ** math.floor(min(powers)), 2.0 ** math.ceil(max(powers))


def _dots(figure: go.Figure, lines: list[Row], kind: _Ratios, ends: tuple[float, float]) -> None:
    """The ratios of one kind with their intervals, and arrows where those go on beyond the axis."""
    shown = [
        (line.y + kind.below, line.values)
        for line in lines
        if line.values is not None and not line.values["reference"] and _is_estimated(line.values, kind.column)
    ]
    if not shown:
        return
    ratios = [_within(values[kind.column], ends) for _, values in shown]
    lower = [_within(_limit(values, kind.column, "_lower"), ends) for _, values in shown]
    upper = [_within(_limit(values, kind.column, "_upper"), ends) for _, values in shown]
    figure.add_scatter(
        x=ratios,
        y=[y for y, _ in shown],
        mode="markers",
        name=kind.column.capitalize(),
        marker={"symbol": kind.symbol, "size": 9, "color": kind.colour, "opacity": 1,
                "line": {"width": 2, "color": kind.colour}},
        error_x={
            "type": "data", "symmetric": False, "color": kind.colour, "thickness": 1.8, "width": 0,
            "arrayminus": [ratio - low for ratio, low in zip(ratios, lower, strict=True)],
            "array": [high - ratio for ratio, high in zip(ratios, upper, strict=True)],
        },
        text=[_hover(values, kind.column) for _, values in shown],
        hovertemplate="%{text}<extra></extra>",
        cliponaxis=False,
    )  # fmt: skip
    _arrows(figure, shown, kind, ends)


def _limit(values: dict[str, Any], column: str, end: str) -> float:
    """A limit, or the ratio itself where it has none."""
    limit = values[f"{column}{end}"]
    return float(values[column] if limit is None else limit)


def _within(ratio: float, ends: tuple[float, float]) -> float:
    return min(ends[1], max(ends[0], float(ratio)))


def _arrows(
    figure: go.Figure, shown: list[tuple[float, dict[str, Any]]], kind: _Ratios, ends: tuple[float, float]
) -> None:
    low, high = ends
    beyond = [(low, y, "triangle-left") for y, values in shown if _limit(values, kind.column, "_lower") < low]
    beyond += [(high, y, "triangle-right") for y, values in shown if _limit(values, kind.column, "_upper") > high]
    if beyond:
        x, y, symbols = (list(part) for part in zip(*beyond, strict=True))
        figure.add_scatter(
            x=x, y=y, mode="markers", name=f"{kind.column.capitalize()}, beyond the axis", hoverinfo="skip",
            marker={"symbol": symbols, "size": 9, "color": kind.colour, "opacity": 1}, cliponaxis=False,
        )  # fmt: skip


def _hover(values: dict[str, Any], column: str) -> str:
    names = {"crude": "Alone", "adjusted": "Adjusted"}
    lines = [
        f"{values['section']}: {values['label']}",
        f"{names[column]} {_ratio_words(values, column)}",
        f"{wording.out_of(values['failed'], values['operations'])} failed",
        *([str(values["note"])] if values["note"] else []),
    ]
    return "<br>".join(map(style.on_one_line, lines))


def _frame(figure: go.Figure, ends: tuple[float, float], height: float, left: int, measure: str, dark: bool) -> None:
    """The logarithmic axis with its line at 1; in a tall picture its marks stand on top as well."""
    is_long = height > margin_rows.LONG
    margin_rows.lay_out(figure, height, left=left, above=ABOVE + 20 if is_long else ABOVE, below=AXIS, dark=dark)
    first, last = (round(math.log2(end)) for end in ends)
    marks = [2.0**power for power in range(first, last + 1)]
    texts = [f"{mark:g}" if mark >= 0.1 else f"{mark:.2f}" for mark in marks]
    if len(marks) > MOST_MARKS:
        texts = [text if power % 2 == 0 else "" for power, text in enumerate(texts, first)]
    style.x_axes(figure, type="log", range=[math.log10(end) for end in ends], tickvals=marks, ticktext=texts,
                        title={"text": style.on_one_line(measure), "standoff": 6})  # fmt: skip
    figure.add_shape(type="line", x0=1, x1=1, y0=0, y1=1, yref="paper", layer="below",
                     line={"width": 1.6, "color": style.ink(dark)})  # fmt: skip
    if is_long:
        margin_rows.mark_on_top(figure, [math.log10(mark) for mark in marks], texts)


def _say(figure: go.Figure, lines: list[Row], kinds: list[_Ratios], ends: tuple[float, float]) -> None:
    """Words beside the line at 1, on its roomier side, where there is no ratio to draw."""
    right = ends[1] * ends[0] >= 1
    place = {"x": 0, "xshift": 7 if right else -7, "xanchor": "left" if right else "right"}
    style.annotate(figure, [place | {"y": y, "text": text} for line in lines for y, text in _said(line, kinds)])


def _said(line: Row, kinds: list[_Ratios]) -> Iterator[tuple[float, str]]:
    """What stands in place of a row's dots, and how far from the top."""
    if line.values is None:
        return
    missing = [kind for kind in kinds if not _is_estimated(line.values, kind.column)]
    if line.values["reference"]:
        yield line.y, "reference"
    elif len(missing) == len(kinds):
        yield line.y, "not estimated"
    else:
        yield from ((line.y + kind.below, "not estimated") for kind in missing)


def _key(figure: go.Figure, kinds: list[_Ratios], left: int) -> None:
    """What the two dots are, above all."""
    figure.add_annotation(
        text="    ".join(KEYS[kind.column] for kind in kinds), xref="paper", x=0, xshift=8 - left, xanchor="left",
        yref="paper", y=1, yshift=figure.layout.margin.t - 20, yanchor="bottom", showarrow=False,
    )  # fmt: skip


def _note(figure: go.Figure, notes: list[str], left: int) -> None:
    """The notes under the axis, each with its number."""
    lines = [line for number, note in enumerate(notes, 1) for line in _note_lines(number, note)]
    if not lines:
        return
    below = AXIS + (style.LINE + 1) * len(lines) + 12
    figure.update_layout(height=figure.layout.height + below - AXIS, margin={"b": below})
    figure.add_annotation(
        text="<br>".join(lines), xref="paper", x=0, xshift=8 - left, xanchor="left", align="left", yref="paper", y=0,
        yshift=-AXIS, yanchor="top", showarrow=False,
    )  # fmt: skip


def _note_lines(number: int, note: str) -> list[str]:
    first, *rest = style.lines_of(note, NOTE_LETTERS, 4)
    return [f"<sup>{number}</sup> {first}", *rest]
