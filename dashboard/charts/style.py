"""How every picture looks: colours checked under three colour-vision deficiencies, never the only sign."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import wording

LIGHT = ("#0A4C8C", "#B45000", "#14776E", "#1B1B1B")
DARK = ("#4C96E8", "#F09A55", "#6FD6C6", "#FFFFFF")
"""The data; what lies higher than chance, and lower; a fourth series. At least 4.5 to 1 on the page: words too."""
DASHES = ("solid", "dash", "dot", "dashdot")
MOST_SERIES = len(LIGHT)

LINE, LETTER = 15, 6.5
"""Pixels that a line and a letter of size 12 take: what margins and row heights are reckoned with."""
FONT, LARGEST = '"Source Sans", sans-serif', 12.5
"""The page's own letters, which is what margins are reckoned for; nothing in a picture is larger but its numbers."""

WIDE = {
    **dict.fromkeys("ijlI.,:;'|()[]!-/ ·", 3.6), **dict.fromkeys("frt", 4.4), **dict.fromkeys("mMwW%@…", 10.0),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ", 7.8), "\N{BLACK DIAMOND}": 9.0, "\N{BLACK SQUARE}": 9.0,
}  # fmt: skip
"""Pixels that these letters take at size 12 in the page's own; any other takes ``OTHERWISE``."""
OTHERWISE = 6.7

UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML, in which pictures are written for paper, has no way to write."""

TOLD = 8
"""A description says so many parts of a picture; the others stand in a table or a list."""

UNDIMMED: dict[str, Any] = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
"""Of marks that may be clicked: a click leads somewhere, and what was not clicked is no less true."""

UNSEEN: dict[str, Any] = {"selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}}}
"""Of marks that are there to be clicked alone."""

CONFIG: dict[str, Any] = {"displayModeBar": False, "responsive": True}


def colours(dark: bool) -> list[str]:
    """The four colours of a series, in order."""
    return list(DARK if dark else LIGHT)


def ink(dark: bool) -> str:
    """The colour of words and axes."""
    return "#EDEBE8" if dark else "#2B2927"


def quiet(dark: bool) -> str:
    """The colour of words that stand back: how many, an axis, a note."""
    return "#B8B3A8" if dark else "#625D55"


def grid(dark: bool) -> str:
    """The colour of grid lines."""
    return "#3A3834" if dark else "#E7E4DF"


def behind(dark: bool) -> str:
    """The colour of what stands behind the figures: a range, a border."""
    return "#45423D" if dark else "#DDDAD5"


def stripe(dark: bool) -> str:
    """The colour of every other row, which leads the eye from a name to its value."""
    return "#201E1C" if dark else "#F7F6F4"


def page(dark: bool) -> str:
    """The colour of the page itself."""
    return "#171614" if dark else "#FFFFFF"


def unsure(dark: bool) -> str:
    """The grey of what may be seen but not relied on: too few, peers, all together. Of lines alone, never of words."""
    return "#7F7B76" if dark else "#8A8580"


def lay_out(
    figure: go.Figure, *, dark: bool, height: int, left: int = 60, bottom: int = 50, top: int = 16, right: int = 16
) -> go.Figure:
    """The same paper, ink and margins for every picture; the page's own colour shows through."""
    whole = {
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": ink(dark), "size": 12, "family": FONT},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "align": "left",
            "bgcolor": page(dark),
            "bordercolor": behind(dark),
            "font": {"color": ink(dark), "size": 12, "family": FONT},
        },
        "dragmode": False,
    }
    # Plotly's own template is 7 kB in every picture, and all that it says is said here.
    figure.update_layout(template=None)
    for name, said in whole.items():
        figure.layout[name] = said
    axis = {
        "gridcolor": grid(dark),
        "linecolor": grid(dark),
        "zeroline": False,
        "ticks": "",
        "showline": False,
        "tickfont": {"color": ink(dark), "size": 12},
        "title": {"font": {"color": ink(dark), "size": 12}},
        "fixedrange": True,
        "automargin": False,
    }
    # Without it the first mark below the corner lies on the lowest one beside it.
    x_axes(figure, **axis, ticklabelstandoff=6)
    y_axes(figure, **axis, ticklabelstandoff=4)
    return figure


def x_axes(figure: go.Figure, **said: Any) -> None:
    """Say this of every axis across, beside what was said of it before."""
    _axes(figure, "xaxis", said)


def y_axes(figure: go.Figure, **said: Any) -> None:
    """Say this of every axis upwards, beside what was said of it before."""
    _axes(figure, "yaxis", said)


def _axes(figure: go.Figure, kind: str, said: dict[str, Any]) -> None:
    """Each axis anew, as a whole: Plotly's own way looks up every word by its path, and takes six times as long."""
    for name in [name for name in figure.layout if name.startswith(kind)]:
        figure.layout[name] = _beside(figure.layout[name].to_plotly_json(), said)


def _beside(standing: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What stands and what is said, which wins, part by part."""
    both = standing | said
    for name, value in said.items():
        before = standing.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            both[name] = _beside(before, value)
    return both


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame, each with its columns as attributes, which no type checker can know."""
    yield from frame.itertuples()


def told(parts: list[str], more: str = "more") -> str:
    """What a description says of many parts: the first eight, and how many more there are, which stand elsewhere."""
    left_out = f"; and {len(parts) - TOLD} {more}" if len(parts) > TOLD else ""
    return f"{'; '.join(parts[:TOLD])}{left_out}"


def beyond(highest: float, most: float = 1.02) -> float:
    """The end of an axis of shares: a little beyond the highest that is drawn, and ``most`` at the most."""
    return min(most, max(0.05, 1.06 * highest))


def percent_axis(top: float, most: float = 5.5) -> dict[str, Any]:
    """An axis of shares from 0 to ``top``, marked in percent at round places, with ``most`` steps at most."""
    step = next((s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if top / s <= most), 0.5)
    marks = [step * i for i in range(int(top / step + 1e-9) + 1)]
    return {"range": [0, top], "tickvals": marks, "ticktext": [wording.percent(mark, 0) for mark in marks]}


def writable(words: str) -> str:
    """The words without what no picture can hold."""
    return UNWRITABLE.sub("", words)


def lines_of(words: str, letters: int, most: int = 2) -> list[str]:
    """Words broken into lines that fit, the rest left off with a sign; safe to stand in a picture."""
    lines = textwrap.wrap(writable(words), letters, max_lines=most, placeholder=" …") or [""]
    return [html.escape(line, quote=False) for line in lines]


def wide(words: str) -> float:
    """Pixels that words take on one line at size 12."""
    return sum(WIDE.get(letter, OTHERWISE) for letter in html.unescape(words))


def on_one_line(words: str) -> str:
    """Words that stand in a picture as they are written, whatever signs they hold."""
    return html.escape(words, quote=False)


def readable_on(colour: str) -> str:
    """Black or white, whichever reads better on a colour: at least 4.5 to 1 on any."""
    return "#000000" if _luminance(colour) > 0.179 else "#ffffff"


def between(low: str, high: str, share: float) -> str:
    """The colour that lies a share of the way between two."""
    mixed = (round(a + (b - a) * share) for a, b in zip(_parts(low), _parts(high), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def sign_colour(sign: str, dark: bool) -> str:
    """Higher, lower, too few and not recorded have a colour beside their sign; all others that of the data."""
    data, higher, lower, _ = colours(dark)
    return {"higher": higher, "lower": lower, "too few to say": unsure(dark), "not recorded": unsure(dark)}.get(
        sign, data
    )


def see_through(colour: str, share: float) -> str:
    """A colour of which only a share is laid on."""
    red, green, blue = _parts(colour)
    return f"rgba({red},{green},{blue},{share})"


def to_click(figure: go.Figure, x: Iterable[Any], y: Iterable[Any], keys: Iterable[str], words: Iterable[str]) -> None:
    """Marks that nobody sees: where a click says a group's key, on what has no point of its own, a curve or a cell."""
    figure.add_scatter(
        x=list(x), y=list(y), mode="markers", name="To click", customdata=list(keys), text=list(words),
        marker={"size": 24, "opacity": 0}, hovertemplate="%{text}<extra></extra>", cliponaxis=False, **UNSEEN,
    )  # fmt: skip


def annotate(figure: go.Figure, words: Iterable[dict[str, Any]]) -> None:
    """Many words at once: Plotly checks all that stand each time one is added, a second and more for a hundred."""
    new = [{"showarrow": False, "yanchor": "middle"} | word for word in words]
    figure.layout.annotations = [*figure.layout.annotations, *new]


def draw(figure: go.Figure, shapes: Iterable[dict[str, Any]]) -> None:
    """Many shapes at once, as with words."""
    figure.layout.shapes = [*figure.layout.shapes, *shapes]


def empty(sentence: str, *, dark: bool) -> go.Figure:
    """A picture that says why there is none."""
    figure = lay_out(go.Figure(), dark=dark, height=120, left=12, right=12)
    figure.add_annotation(text=on_one_line(sentence), showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper")
    x_axes(figure, visible=False)
    y_axes(figure, visible=False)
    return figure


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in (c / 255 for c in _parts(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
