"""A dot and its interval for each group, never a bar: what is likely, and how sure we are."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import style

ROW, FRAME = 46, 96
"""Pixels: each row, and what stands around them."""


def dot_interval(
    rows: pd.DataFrame, *, comparator: float | None = None, comparator_label: str = "", dark: bool = False
) -> go.Figure:
    """A row for each group, from the top in the frame's order.

    rows: ``label, share, lower, upper, operations, failed`` (shares 0 to 1), optionally ``section`` (a heading before
    its first row), ``shown`` (False: counts only), ``reference`` (a hollow dot), ``published_low``, ``published_high``.
    comparator: a dashed line across all rows, named by ``comparator_label``.
    """
    if rows.empty:
        return style.empty("No operations to draw.", dark=dark)
    lines = _lines(rows)
    figure = go.Figure()
    drawn = [(y, row) for y, row in lines if row is not None and _is_shown(row)]
    _published(figure, drawn, dark)
    _dots(figure, drawn, dark)
    _counts_only(figure, [(y, row) for y, row in lines if row is not None and not _is_shown(row)], dark)
    if comparator is not None:
        figure.add_vline(x=comparator, line={"dash": "dash", "width": 1.4, "color": style.ink(dark)})
        figure.add_annotation(
            text=comparator_label, x=comparator, y=1, yref="paper", yanchor="bottom", showarrow=False, font={"size": 12}
        )
    style.lay_out(figure, dark=dark, height=FRAME + ROW * len(lines), left=12, bottom=44)
    figure.update_layout(margin={"t": 34})
    _name_rows(figure, rows, lines, dark)
    figure.update_yaxes(visible=False, range=[len(lines) - 0.4, -0.75])
    figure.update_xaxes(tickformat=".0%", rangemode="tozero", range=[0, _widest(rows, comparator)], nticks=6)
    return figure


def describe(rows: pd.DataFrame) -> str:
    """What the rows say, for those who do not see them."""
    parts = [
        f"{row.label}: {style.percent(row.share)} ({row.failed} of {row.operations})"
        for row in rows.itertuples()
        if _is_shown(row)
    ]
    more = f"; and {len(parts) - 8} more in the table" if len(parts) > 8 else ""
    return f"Share failed with its 95 % interval. {'; '.join(parts[:8])}{more}." if parts else "Counts only."


def _lines(rows: pd.DataFrame) -> list[tuple[int, object | None]]:
    """Each line of the picture from the top: None for a heading, else its row."""
    lines: list[object | None] = []
    section = None
    for row in rows.itertuples():
        if getattr(row, "section", None) != section:
            section = getattr(row, "section", None)
            lines.append(None)
        lines.append(row)
    return list(enumerate(lines))


def _is_shown(row: object) -> bool:
    return bool(getattr(row, "shown", True)) and not pd.isna(getattr(row, "share"))  # noqa: B009


def _dots(figure: go.Figure, drawn: list[tuple[int, object]], dark: bool) -> None:
    colour = style.colours(dark)[0]
    if not drawn:
        return
    frame = pd.DataFrame([row for _, row in drawn]).assign(y=[y for y, _ in drawn])
    hollow = frame["reference"].fillna(False) if "reference" in frame else pd.Series(False, index=frame.index)
    figure.add_scatter(
        x=frame["share"],
        y=frame["y"],
        mode="markers",
        marker={
            "size": 11,
            "color": colour,
            "line": {"color": colour, "width": 2},
            "symbol": ["circle-open" if open_ else "circle" for open_ in hollow],
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": frame["upper"].fillna(frame["share"]) - frame["share"],
            "arrayminus": frame["share"] - frame["lower"].fillna(frame["share"]),
            "color": colour,
            "thickness": 1.8,
            "width": 5,
        },
        text=[_words(row) for _, row in drawn],
        hovertemplate="%{text}<extra></extra>",
    )


def _words(row: object) -> str:
    label, failed, n = (getattr(row, name) for name in ("label", "failed", "operations"))
    lower, upper = getattr(row, "lower"), getattr(row, "upper")  # noqa: B009
    interval = "" if pd.isna(lower) or pd.isna(upper) else f"; {100 * lower:.1f} to {100 * upper:.1f}"
    return f"{label}<br>{style.percent(getattr(row, 'share'))} ({failed} of {n}{interval})"


def _counts_only(figure: go.Figure, rows: list[tuple[int, object]], dark: bool) -> None:
    for y, row in rows:
        failed, n = getattr(row, "failed"), getattr(row, "operations")  # noqa: B009
        figure.add_annotation(
            text=f"counts only: {failed} of {n}",
            x=0,
            y=y,
            xanchor="left",
            showarrow=False,
            font={"color": style.ink(dark)},
        )


def _published(figure: go.Figure, drawn: list[tuple[int, object]], dark: bool) -> None:
    """A published range as a pale bar, a published upper bound as a bar from 0; its source stands in the words below."""
    for y, row in drawn:
        high = getattr(row, "published_high", None)
        if high is None or pd.isna(high):
            continue
        low = getattr(row, "published_low", None)
        start = 0.0 if low is None or pd.isna(low) else float(low)
        figure.add_shape(
            type="rect", x0=start, x1=float(high), y0=y - 0.2, y1=y + 0.2, line={"width": 0}, fillcolor=style.faint(dark),
            opacity=0.7, layer="below",
        )  # fmt: skip
        figure.add_scatter(
            x=[float(high)],
            y=[y],
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 16, "color": style.unsure(dark), "line": {"width": 2}},
            hovertemplate=f"Published: up to {style.percent(float(high), 0)}<extra></extra>",
        )


def _name_rows(figure: go.Figure, rows: pd.DataFrame, lines: list[tuple[int, object | None]], dark: bool) -> None:
    """Names above their rows, so that no width cuts them off."""
    sections = iter(dict.fromkeys(rows["section"])) if "section" in rows else iter(())
    for y, row in lines:
        if row is None:
            text = f"<b>{next(sections)}</b>"
        else:
            text = f"{getattr(row, 'label')}, n = {int(getattr(row, 'operations')):,}"  # noqa: B009
        figure.add_annotation(
            text=text, xref="paper", x=0, y=y, yshift=17 if row is not None else 4, xanchor="left", showarrow=False,
            font={"color": style.ink(dark), "size": 13 if row is not None else 14},
        )  # fmt: skip


def _widest(rows: pd.DataFrame, comparator: float | None) -> float:
    columns = [name for name in ("upper", "share", "published_high") if name in rows]
    shown = rows[rows["shown"]] if "shown" in rows else rows
    highest = float(shown[columns].max().max()) if len(shown) else 0.0
    highest = 0.0 if pd.isna(highest) else highest
    return min(1.02, max(0.05, 1.06 * max(highest, comparator or 0.0)))
