"""A hundred patients, those expected to fail filled: what a share is, for those who think in people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.alike import made_once
from dashboard.charts import style

ACROSS, SIDE, GAP = 2, 10, 2
"""Panels beside one another; icons in a row of each; icons' room between two panels."""
ICON, PITCH, HEADING = 11, 17, 44
"""Pixels: an icon, from one icon to the next, and the lines above a panel."""
LETTERS = 25
"""Letters of a line above a panel, which is as wide as ten icons on a telephone."""


@dataclass(frozen=True)
class Hundred:
    """One panel: whom it is of, how many of 100 are expected to fail, and the interval of that (all 0 to 100)."""

    label: str
    failing: int
    lower: int
    upper: int

    @property
    def words(self) -> str:
        """31 of 100 (24 to 39)."""
        return f"{self.failing} of 100 ({self.lower} to {self.upper})"


@made_once
def icon_array(panels: Sequence[Hundred], *, dark: bool = False) -> go.Figure:
    """A panel of ten by ten for each group, two panels in a row: filled squares are expected to fail, rings are not.

    Filled from the upper left on, row by row, so that panels are compared by their filled rows.
    """
    if not panels:
        return style.empty("Nothing to draw.", dark=dark)
    figure, colour = go.Figure(), style.colours(dark)[0]
    rows = -(-len(panels) // ACROSS)
    above = HEADING / PITCH
    for name, marker in _markers(colour, style.unsure(dark)).items():
        places = [place for number, one in enumerate(panels) for place in _places(number, one, above, name == FAILING)]
        figure.add_scatter(
            x=[x for x, _, _ in places], y=[y for _, y, _ in places], text=[words for _, _, words in places],
            mode="markers", name=name, marker=marker, hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    height = rows * (SIDE + above)
    style.lay_out(figure, dark=dark, height=round(height * PITCH) + 8, left=4, right=4, top=4, bottom=4)
    wide = ACROSS * SIDE + (ACROSS - 1) * GAP
    style.x_axes(figure, visible=False, range=[-0.5, wide - 0.5], constrain="domain", constraintoward="left")
    style.y_axes(
        figure, visible=False, range=[height - 0.5, -0.5], scaleanchor="x", constrain="domain", constraintoward="top"
    )
    style.annotate(figure, [_heading(number, one, above) for number, one in enumerate(panels)])
    return figure


def describe(panels: Sequence[Hundred]) -> str:
    """What the panels say, for those who do not see them."""
    told = "; ".join(f"{one.label}: {one.words}" for one in panels)
    return f"Of 100 patients those expected to fail. {told}."


FAILING, WELL = "Expected to fail", "Not expected to fail"


def _markers(colour: str, quiet: str) -> dict[str, dict[str, object]]:
    """Filled squares and hollow rings: the shape and the filling tell them apart, whatever the colour."""
    return {
        FAILING: {"symbol": "square", "size": ICON, "color": colour, "opacity": 1},
        WELL: {"symbol": "circle-open", "size": ICON - 1, "color": quiet, "opacity": 1, "line": {"width": 1.2}},
    }


def _places(number: int, one: Hundred, above: float, failing: bool) -> list[tuple[float, float, str]]:
    """Where the icons of one kind of a panel stand, and whose they are."""
    left, top = _corner(number, above)
    icons = range(one.failing) if failing else range(one.failing, SIDE * SIDE)
    return [(left + icon % SIDE, top + above + icon // SIDE, f"{one.label}: {one.words}") for icon in icons]


def _corner(number: int, above: float) -> tuple[float, float]:
    return (number % ACROSS) * (SIDE + GAP), (number // ACROSS) * (SIDE + above)


def _heading(number: int, one: Hundred, above: float) -> dict[str, object]:
    left, top = _corner(number, above)
    label = "<br>".join(style.lines_of(one.label, LETTERS))
    return {
        "text": f"{label}<br><b>{one.words}</b>", "x": left - 0.4, "y": top + above - 0.7, "xanchor": "left",
        "yanchor": "bottom", "align": "left",
    }  # fmt: skip
