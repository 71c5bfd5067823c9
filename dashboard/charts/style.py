"""How every picture looks: colours checked under three colour-vision deficiencies, never the only sign."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

LIGHT = ("#0A4C8C", "#C85A00", "#22A095", "#1B1B1B")
DARK = ("#4C96E8", "#E9853A", "#6FD6C6", "#FFFFFF")
DASHES = ("solid", "dash", "dot", "dashdot")
SHAPES = ("circle", "square", "diamond", "triangle-up")
MOST_SERIES = len(LIGHT)

CONFIG: dict[str, Any] = {"displayModeBar": False, "responsive": True}


def colours(dark: bool) -> tuple[str, ...]:
    """The four colours of a series, in order."""
    return DARK if dark else LIGHT


def ink(dark: bool) -> str:
    """The colour of words and axes."""
    return "#edebe8" if dark else "#3a3836"


def faint(dark: bool) -> str:
    """The colour of grid lines, and of what may be seen but not relied on."""
    return "#4a4845" if dark else "#dddad5"


def unsure(dark: bool) -> str:
    """The grey of a curve where few remain."""
    return "#9a9794" if dark else "#8a8784"


def lay_out(figure: go.Figure, *, dark: bool, height: int, left: int = 60, bottom: int = 50) -> go.Figure:
    """The same paper, ink and margins for every picture."""
    figure.update_layout(
        height=height,
        margin={"l": left, "r": 16, "t": 16, "b": bottom},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": ink(dark), "size": 13},
        showlegend=False,
        hoverlabel={"align": "left"},
        dragmode=False,
    )
    axis = {
        "gridcolor": faint(dark),
        "linecolor": faint(dark),
        "zeroline": False,
        "tickfont": {"color": ink(dark), "size": 12},
        "title": {"font": {"color": ink(dark), "size": 13}},
        "fixedrange": True,
        "automargin": False,
    }
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def percent(share: float, digits: int = 1) -> str:
    """A share as words: 7.4 %."""
    return f"{100 * share:.{digits}f} %"


def empty(sentence: str, *, dark: bool) -> go.Figure:
    """A picture that says why there is none."""
    figure = lay_out(go.Figure(), dark=dark, height=120)
    figure.add_annotation(text=sentence, showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure
