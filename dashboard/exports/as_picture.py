"""A picture as SVG with what it is above it and what it rests on below, so that it tells both wherever it is put."""

from __future__ import annotations

from typing import Any

from dashboard.charts import style
from dashboard.charts.paper import FULL, svg
from dashboard.exports.cells import plain
from dashboard.exports.heading import Heading

MARGIN, TITLE, SMALL = 8, 15, 10.5
"""Pixels at the left, and the sizes of the letters above and below the picture."""
ABOVE, BELOW = 20, 15
"""Pixels that a line of each takes."""
LETTERS, SMALL_LETTERS = 78, 112
"""How many go on a line."""


def picture_of(told: Heading, figure: Any, alt: str, more: str = "") -> str:
    """The picture between its heading and its source; alt: its words, for whoever hears it; more: after the source."""
    drawn = svg(figure, width=FULL, words=alt)
    tall = float(drawn.split(' height="', 1)[1].split('"', 1)[0])
    heads = style.lines_of(str(plain(told.title)), LETTERS, most=3)
    n = f"{told.operations:,}" if isinstance(told.operations, int) else told.operations
    source = (
        f"{plain(told.described)}; {n} operations. {told.dated}. Generation {told.generation}, "
        f"definitions {told.definitions}. {told.shared}{more}"
    )
    feet = style.lines_of(source, SMALL_LETTERS, most=6)
    top = MARGIN + ABOVE * len(heads) + 4
    whole = top + tall + BELOW * len(feet) + 2 * MARGIN
    words = [
        *_lines(heads, MARGIN + TITLE, ABOVE, TITLE, style.ink(False), 600),
        *_lines(feet, top + tall + MARGIN + BELOW, BELOW, SMALL, style.quiet(False), 400),
    ]
    placed = drawn.replace("<svg ", f'<svg x="0" y="{top:g}" ', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{FULL}" height="{whole:g}" viewBox="0 0 {FULL} {whole:g}" '
        f'font-family="Inter, sans-serif"><rect width="100%" height="100%" fill="{style.page(False)}"/>'
        f"{''.join(words)}{placed}</svg>"
    )


def _lines(lines: list[str], first: float, step: int, size: float, ink: str, weight: int) -> list[str]:
    """Lines of text, escaped already, one below the other from this height on."""
    return [
        f'<text x="{MARGIN}" y="{first + step * place:g}" font-size="{size:g}" font-weight="{weight}" fill="{ink}">'
        f"{line}</text>"
        for place, line in enumerate(lines)
    ]
