"""What a picture for paper is written down with: elements of SVG, their colours, dashes and clips; and words."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from dashboard.charts import style
from dashboard.errors import OurFault

FAMILY = "Inter, sans-serif"
SET_AT = 11 / 12
"""Inter is wider than the page's own letters: at so much of their size it takes the room that margins leave."""
SPARE = 0.94
"""Margins are reckoned with some room to spare: so much of it words take on paper."""
RISE, FALL, APART = 0.984, 0.273, 1.3
"""Of the size of the page's own letters: what they take above and below their line, and from one line to the next."""
DASHES = {"dot": (1, 1), "dash": (3, 3), "dashdot": (3, 1, 1, 1)}
"""Strokes and gaps in widths of the line, of 3 pixels at least."""
MARK = "\N{NULL}"
"""Stands for the picture's own name until that is known; no word of a picture can hold it."""
TAG = re.compile(r"<[^>]*>")
COLOURED = re.compile(r'<span style="color:(#[0-9A-Fa-f]{6})">')
SEEN_THROUGH = re.compile(r"rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)")

Point = tuple[float, float]


def unknown(what: str, value: object = "") -> OurFault:
    """The refusal to write what this writer does not know; never with a word of a record."""
    return OurFault(f"A picture cannot be written for paper: {what} {value}".rstrip())


def number(value: float) -> str:
    """Hundredths of a pixel, as short as can be."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def paint(kind: str, colour: str, opacity: float = 1.0) -> str:
    """A fill or a stroke."""
    seen = SEEN_THROUGH.fullmatch(colour)
    if seen:
        red, green, blue, share = seen.groups()
        colour, opacity = f"#{int(red):02x}{int(green):02x}{int(blue):02x}", opacity * float(share)
    if not re.fullmatch("#[0-9A-Fa-f]{6}", colour):
        raise unknown("the colour", colour)
    if opacity == 0:
        return f'{kind}="none"'
    return f'{kind}="{colour}"' + (f' {kind}-opacity="{number(opacity)}"' if opacity < 1 else "")


def stroke(colour: str, width: float, dash: str = "solid", opacity: float = 1.0) -> str:
    """How a line is drawn."""
    return f'{paint("stroke", colour, opacity)} stroke-width="{number(width)}"{_dashes(dash, width)}'


def _dashes(dash: str, width: float) -> str:
    if dash == "solid":
        return ""
    if dash in DASHES:
        lengths = [number(part * max(3.0, width)) for part in DASHES[dash]]
    elif re.fullmatch(r"\d+px(,\d+px)*", dash):
        lengths = dash.replace("px", "").split(",")
    else:
        raise unknown("the dash", dash)
    return f' stroke-dasharray="{" ".join(lengths)}"'


def line_through(points: Iterable[Point], *, close: bool = False) -> str:
    """The path through some points."""
    steps = " ".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{steps}{'Z' if close else ''}"


@dataclass
class Drawing:
    """The elements of a picture in the order in which they are laid on one another."""

    width: float
    height: float
    elements: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    """What elements name, by its name: clips and hatchings."""

    def add(self, element: str) -> None:
        """Lay an element on all that stand."""
        self.elements.append(element)

    def path(self, points: Sequence[Point], look: str, clip: str = "") -> None:
        """A line through points."""
        self.strokes([points], look, clip)

    def strokes(self, lines: Sequence[Sequence[Point]], look: str, clip: str = "") -> None:
        """Lines that are one thing."""
        self.add(f'<path d="{"".join(map(line_through, lines))}" fill="none" {look}{clip}/>')

    def area(self, points: Sequence[Point], look: str, clip: str = "") -> None:
        """What a line through points encloses."""
        self.add(f'<path d="{line_through(points, close=True)}" {look}{clip}/>')

    def box(self, left: float, top: float, right: float, bottom: float, look: str, clip: str = "") -> None:
        """A rectangle."""
        x, y = min(left, right), min(top, bottom)
        wide, tall = abs(right - left), abs(bottom - top)
        self.add(f'<rect x="{number(x)}" y="{number(y)}" width="{number(wide)}" height="{number(tall)}" {look}{clip}/>')

    def clip(self, left: float, top: float, right: float, bottom: float) -> str:
        """What cuts an element off at the edges of a rectangle."""
        corner = " ".join(map(number, (left, top, right, bottom)))
        name = f"{MARK}c{hashlib.sha256(corner.encode()).hexdigest()[:6]}"
        self.kept[name] = (
            f'<clipPath id="{name}"><rect x="{number(left)}" y="{number(top)}" width="{number(right - left)}" '
            f'height="{number(bottom - top)}"/></clipPath>'
        )
        return f' clip-path="url(#{name})"'

    def hatching(self, shape: str, size: float, solidity: float, colour: str, ground: str) -> str:
        """A fill of strokes ("/") or dots (".") on a ground."""
        drawn = _hatch(shape, size, solidity, colour)
        back = f'<rect width="{number(size)}" height="{number(size)}" {paint("fill", ground)}/>'
        name = f"{MARK}h{hashlib.sha256((drawn + back).encode()).hexdigest()[:6]}"
        self.kept[name] = (
            f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="{number(size)}" height="{number(size)}">'
            f"{back}{drawn}</pattern>"
        )
        return f'fill="url(#{name})"'

    def words(
        self, markup: str, x: float, baseline: float, *, size: float, colour: str, side: str, turned: str = ""
    ) -> None:
        """Lines of words from the first one's line down. side: left, center, right: where ``x`` is of each of them."""
        anchor = {"left": "start", "center": "middle", "right": "end"}[side]
        runs = lines_of(markup)
        for place, line in enumerate(runs):
            if not any(run.words.strip() for run in line):
                continue
            y = baseline + place * APART * size
            inner = "".join(_run(run, size) for run in line)
            self.add(
                f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}" font-size="{number(size * SET_AT)}" '
                f"{paint('fill', colour)}{turned}>{inner}</text>"
            )

    def written(self, width: float, said: str) -> str:
        """The whole, ``width`` pixels wide, under a name of its own, so that many can stand on one page."""
        body = "".join(self.elements)
        kept = f"<defs>{''.join(self.kept.values())}</defs>" if self.kept else ""
        title = f"<title>{escape(style.writable(said))}</title>" if said else ""
        tall = self.height * width / self.width
        text = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(tall)}" '
            f'viewBox="0 0 {number(self.width)} {number(self.height)}" role="img" font-family={quoteattr(FAMILY)}>'
            f'{title}{kept}<rect width="100%" height="100%" fill="#ffffff"/>{body}</svg>'
        )
        return text.replace(MARK, f"p{hashlib.sha256(text.encode()).hexdigest()[:8]}")


def _hatch(shape: str, size: float, solidity: float, colour: str) -> str:
    if shape == "/":
        strokes = "".join(
            f"M{number(x)} {number(y)}l{number(size / 2)} {number(-size / 2)}"
            for x, y in ((-size / 4, size / 4), (size * 3 / 4, size * 5 / 4))
        )
        path = f"{strokes}M0 {number(size)}L{number(size)} 0"
        return f'<path d="{path}" {stroke(colour, solidity * size)}/>'
    if shape == ".":
        radius = size * (solidity / 3.141592653589793) ** 0.5
        half = number(size / 2)
        return f'<circle cx="{half}" cy="{half}" r="{number(radius)}" {paint("fill", colour)}/>'
    raise unknown("the hatching", shape)


@dataclass(frozen=True)
class Letters:
    """Letters that look alike."""

    words: str
    bold: bool = False
    raised: bool = False
    colour: str = ""


def lines_of(markup: str) -> list[list[Letters]]:
    """The lines of what stands in a picture, each in letters that look alike; of markup only what the charts write."""
    lines: list[list[Letters]] = [[]]
    bold, raised, colour = False, False, ""
    for piece, tag in _pieces(markup):
        if piece:
            lines[-1].append(Letters(_plain(piece), bold, raised, colour))
        if tag in ("<b>", "</b>"):
            bold = tag == "<b>"
        elif tag in ("<sup>", "</sup>"):
            raised = tag == "<sup>"
        elif tag == "<br>":
            lines.append([])
        elif tag == "</span>":
            colour = ""
        elif found := COLOURED.fullmatch(tag):
            colour = found[1]
        elif tag:
            raise unknown("the tag", tag.split(" ")[0].strip("<>"))
    return lines


def _pieces(markup: str) -> Iterator[tuple[str, str]]:
    """Each piece of words with the tag behind it."""
    start = 0
    for tag in TAG.finditer(markup):
        yield markup[start : tag.start()], tag.group()
        start = tag.end()
    yield markup[start:], ""


def _plain(piece: str) -> str:
    """As it is read; of many spaces each stays, as in Plotly, and a sign that XML cannot write is left off."""
    words = style.writable(html.unescape(piece)).replace("\n", " ")
    return re.sub(" {2,}", lambda found: "\N{NO-BREAK SPACE}" * len(found.group()), words)


def _run(run: Letters, size: float) -> str:
    look = ' font-weight="600"' if run.bold else ""
    if run.colour:
        look += f" {paint('fill', run.colour)}"
    if run.raised:
        look += f' font-size="{number(0.7 * size * SET_AT)}" dy="{number(-0.35 * size)}"'
    words = escape(run.words)
    if not look:
        return words
    return f"<tspan{look}>{words}</tspan>" + (
        f'<tspan dy="{number(0.35 * size)}">\N{ZERO WIDTH SPACE}</tspan>' if run.raised else ""
    )


def wide(markup: str, size: float) -> float:
    """Pixels that the widest line takes."""
    return max(sum(style.wide(run.words) for run in line) for line in lines_of(markup)) * SPARE * size / 12


def tall(markup: str, size: float) -> float:
    """Pixels that all lines take."""
    return (RISE + FALL + APART * markup.count("<br>")) * size
