"""A document with one block of each kind, and a reader of what was made of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pypdf

from dashboard.charts.dot_interval import dot_interval
from dashboard.documents.document import (
    Beside,
    Block,
    Document,
    Lines,
    Number,
    Numbers,
    Paragraph,
    Picture,
    Points,
    Section,
    Steps,
    WordTable,
)

HOSTILE = 'Praxis <b>&" #[]* @x <script>alert(1)</script>'
MADE = datetime(2026, 9, 30, 12, tzinfo=UTC)
ROWS = [[f"Row {number}", f"{number:,}", HOSTILE] for number in range(80)]
CHART = dot_interval(
    pd.DataFrame([{"label": HOSTILE, "share": 0.2, "lower": 0.1, "upper": 0.3, "operations": 50, "failed": 10}])
)
BLOCKS: tuple[Block, ...] = (
    Paragraph("and what is doubtful.", strong="The answer"),
    Paragraph("A quiet note.", quiet=True),
    Numbers([Number("Failed by 2 years", "13.9 %", "12.4 to 15.5", "before: 15.0 %")]),
    WordTable("All rows", ["Name", "Count", "Words"], ROWS, "What they rest on.", numbers=[1]),
    Picture(CHART, HOSTILE, "What it rests on.", share=0.5),
    Points([HOSTILE, "second"]),
    Points(["call back"], to_do=True),
    Steps([("2,400 operations", [HOSTILE]), ("2,218 index operations", [])]),
    Beside(Paragraph("at the left"), Paragraph("at the right")),
    Lines("Discussed"),
)


def of(*sections: Section, subtitle: str = HOSTILE, cover: bool = True) -> Document:
    facts = [("Practice", HOSTILE), ("Made by", "somebody")]
    return Document("Quality report", subtitle, facts, sections, MADE, foot="within the practice", cover=cover)


EVERYTHING = of(Section("First", BLOCKS, own_page=True), Section("Within it", BLOCKS[:1], level=2))


def text_of(pdf: bytes) -> str:
    """All words of it, as one line."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@dataclass(frozen=True)
class Tag:
    """One element of the structure: its kind, the words for who does not see it, and what stands in it."""

    kind: str
    alt: str
    within: tuple[Tag, ...]

    def every(self, kind: str) -> Iterator[Tag]:
        if self.kind == kind:
            yield self
        for each in self.within:
            yield from each.every(kind)

    def walk(self) -> Iterator[Tag]:
        yield self
        for each in self.within:
            yield from each.walk()


def tags_of(pdf: bytes) -> Tag:
    root: Any = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    return _tag(root["/StructTreeRoot"])


def _tag(node: Any) -> Tag:
    within = node.get("/K", [])
    within = [each.get_object() for each in (within if isinstance(within, list) else [within])]
    elements = [each for each in within if isinstance(each, dict) and ("/S" in each or "/K" in each)]
    kind = str(node.get("/S", "/Root")).removeprefix("/")
    return Tag(kind, str(node.get("/Alt", "")), tuple(_tag(each) for each in elements))


class Read(HTMLParser):
    """What a page holds: its elements with their attributes, its words, and whatever it would fetch or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def fetched(self) -> list[str]:
        links = [value for _, named in self.elements for name, value in named.items() if name in ("src", "href")]
        return [link for link in links if not link.startswith("data:")]
