"""What every document is made of, before it is set on paper or as a page: sections of blocks, and nothing of a look.

Whoever writes a document makes a ``Document`` from the same analyses as the screen; one writer sets it as PDF, one as
HTML. A block's words are words, never markup. Whatever is a number in it has come from an analysis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. strong: what stands before it in bold, as the answer of a verdict does before its doubt.

    quiet: small and in the second ink, as a note under a table.
    """

    words: str
    strong: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class WordTable:
    """Rows of words under heads. caption: what it shows, read out before it; note: what it rests on, below it.

    numbers: the places of the columns that are set to the right; wide: which column takes what is left of the width.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    numbers: Sequence[int] = ()
    wide: int = 0


@dataclass(frozen=True)
class Picture:
    """A chart as the screen draws it. alt: its words, for whoever does not see it; note: what it rests on, below it.

    figure: plotly's, in the light colours; share: of the width of the page that it fills, 0 to 1.
    """

    figure: Any
    alt: str
    note: str = ""
    share: float = 1.0


@dataclass(frozen=True)
class Number:
    """A key figure: what it is, its value, then in quiet words its interval and n, and what it is held against."""

    name: str
    value: str
    interval: str = ""
    comparator: str = ""


@dataclass(frozen=True)
class Numbers:
    """Key figures beside one another."""

    figures: Sequence[Number]


@dataclass(frozen=True)
class Points:
    """A list of short lines; empty boxes before them where something is to be done (``to_do``)."""

    lines: Sequence[str]
    to_do: bool = False


@dataclass(frozen=True)
class Steps:
    """Boxes under one another, from the first to the last, each with the reasons why some do not go on from it."""

    boxes: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Beside:
    """Two blocks beside one another on paper and on a wide screen, below each other on a narrow one."""

    left: Block
    right: Block


@dataclass(frozen=True)
class Lines:
    """Empty lines to write on, under a heading such as "Discussed"."""

    heading: str
    count: int = 3


Block = Paragraph | WordTable | Picture | Numbers | Points | Steps | Beside | Lines


@dataclass(frozen=True)
class Section:
    """A heading and its blocks. own_page: whether it begins a page; level: 1, or 2 within the section before."""

    title: str
    blocks: Sequence[Block]
    own_page: bool = False
    level: int = 1


@dataclass(frozen=True)
class Document:
    """Everything of one document.

    title, subtitle: "Quality report", "Example Spine Practice · Jan 2024 to Dec 2025". facts: pairs of the cover, such
    as ("Made from", "generation 12, data to 30 Sep 2026") and ("Filter", …) and ("Made by", …). foot: at the foot of
    every page beside "page x of y": what it is and how it may be shared. made: the moment that it says it was made.
    cover: whether facts have a page of their own; else they stand under the title. landscape: paper on its side.
    large: in larger letters, for whoever does not read such sheets every day.
    """

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    made: datetime
    foot: str = ""
    cover: bool = True
    language: str = "en"
    landscape: bool = False
    large: bool = False
    words: Sequence[str] = field(default=())
    """Further words for the file's own properties: keywords."""
