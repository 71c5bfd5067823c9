"""Whether as many operations failed as the model expected, from the least at risk to the most."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.alike import made_once
from dashboard.charts import labels, style

HEIGHT, LEFT, ABOVE, AXIS = 360, 46, 30, 50
"""Pixels: the whole picture, and the margins."""


@made_once
def calibration_plot(groups: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """A dot with its interval for each group of like risk, against the line on which seen equals expected.

    groups: ``expected, share, lower, upper`` (0 to 1), ``operations, failed``.
    """
    known = groups.dropna(subset=["expected", "share"])
    if known.empty:
        return style.empty("No operations to draw.", dark=dark)
    top = _top(known)
    ink, colour = style.ink(dark), style.colours(dark)[0]
    figure = go.Figure()
    figure.add_scatter(x=[0, top], y=[0, top], mode="lines", name="Seen as expected", hoverinfo="skip",
                       line={"color": ink, "width": 1.2, "dash": "dash"})  # fmt: skip
    figure.add_scatter(
        x=known["expected"],
        y=known["share"],
        mode="markers",
        name="Groups",
        marker={"size": 9, "color": colour, "opacity": 1},
        error_y={
            "type": "data", "symmetric": False, "color": colour, "thickness": 1.8, "width": 4,
            "array": (known["upper"] - known["share"]).clip(lower=0).fillna(0),
            "arrayminus": (known["share"] - known["lower"]).clip(lower=0).fillna(0),
        },
        text=[_words(one).capitalize().replace("; ", "<br>", 1) for one in style.rows_of(known)],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    _frame(figure, top, dark)
    return figure


def describe(groups: pd.DataFrame) -> str:
    """What the dots say, for those who do not see them."""
    known = groups.dropna(subset=["expected", "share"]).sort_values("expected", kind="stable")
    if known.empty:
        return "No operations."
    inside = int(known["expected"].between(known["lower"], known["upper"]).sum())
    ends = [_words(one) for one in style.rows_of(known.iloc[[0, -1]])]
    if len(known) == 1:
        return f"Failures expected by the model and seen, in 1 group: {ends[0]}."
    return (
        f"Failures expected by the model and seen, in {len(known)} groups of rising risk; "
        f"the interval holds the expected share in {inside} of them. Lowest risk: {ends[0]}. Highest risk: {ends[1]}."
    )


def _words(one: Any) -> str:
    """Expected 10.2 %; seen 12.1 % (12 of 99; 7.0 to 20.0)."""
    seen = wording.share_words(one.share, one.failed, one.operations, one.lower, one.upper)
    return f"expected {wording.percent(one.expected)}; seen {seen}"


def _top(known: pd.DataFrame) -> float:
    """The end of both axes, which are alike: beyond every dot and interval."""
    return style.beyond(float(known[["expected", "share", "upper"]].max().max()))


def _frame(figure: go.Figure, top: float, dark: bool) -> None:
    """Two like axes; a square, so that the line is a true diagonal at every width."""
    style.lay_out(figure, dark=dark, height=HEIGHT, left=LEFT, bottom=AXIS, top=ABOVE)
    axis = style.percent_axis(top) | {"constrain": "domain"}
    title = {"text": "Expected by the model", "standoff": 6}
    style.x_axes(figure, **axis, title=title, constraintoward="left")
    style.y_axes(figure, **axis, scaleanchor="x", constraintoward="top")
    named = {"text": "Seen as expected", "x": top, "xanchor": "right"}
    above = {"yref": "paper", "y": 1, "yshift": 6, "yanchor": "bottom"}
    style.annotate(figure, [labels.above_left("Operations failed", left=LEFT, up=6), named | above])
