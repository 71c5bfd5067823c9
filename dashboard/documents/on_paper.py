"""A document on paper: PDF/UA-1, tagged, with numbered pages and an outline; the same document gives the same bytes."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dashboard import typesetting
from dashboard.charts import paper
from dashboard.documents.document import (
    Beside,
    Block,
    Document,
    Lines,
    Numbers,
    Paragraph,
    Picture,
    Points,
    Section,
    Steps,
    WordTable,
)

TEMPLATE = Path(__file__).with_name("paper.typ")
KINDS = {
    Paragraph: "paragraph", WordTable: "table", Numbers: "numbers", Points: "points", Steps: "steps", Lines: "lines",
}  # fmt: skip
"""What the template calls the blocks that it takes as they are."""
WIDE = paper.FULL
"""Pixels of a picture as wide as the page, so that its words are as large as those of a table."""
WIDEST, WIDEST_OF_ALL, LONGEST_WORD = 40, 60, 24
"""Letters: so much of a line a column may ask for, that one which takes what is left, and a word that is not broken."""
MAY_BREAK = "\N{ZERO WIDTH SPACE}"
LONG_WORD, JOINT = re.compile(rf"\S{{{LONGEST_WORD},}}"), re.compile(r"[/._-](?=\S)")


def pdf(document: Document) -> bytes:
    """The document as PDF. Raises OurFault where it cannot be set, such as a picture without words."""
    return typesetting.pdf(TEMPLATE.read_text("utf-8"), set_from(document), document.made)


def set_from(document: Document) -> dict[str, Any]:
    """What the template is given: every word of the document, and every picture drawn."""
    return {
        "name": " · ".join(part for part in (document.title, document.subtitle) if part),
        "title": document.title,
        "subtitle": document.subtitle,
        "facts": [list(pair) for pair in document.facts],
        "by": dict(document.facts).get("Made by", ""),
        "foot": document.foot,
        "cover": document.cover,
        "language": document.language,
        "landscape": document.landscape,
        "large": document.large,
        "words": list(document.words),
        "sections": [_section(each) for each in document.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    blocks = [_block(each) for each in section.blocks]
    return {"title": section.title, "own_page": section.own_page, "level": section.level, "blocks": blocks}


def _block(block: Block, part: float = 1.0) -> dict[str, Any]:
    """A block as the template takes it. part: of the width of the page that it has."""
    if isinstance(block, Beside):
        return {"kind": "beside", "left": _block(block.left, 0.5), "right": _block(block.right, 0.5)}
    if isinstance(block, Picture):
        drawn = paper.svg(block.figure, width=round(WIDE * block.share * part))
        return {"kind": "picture", "svg": drawn, "alt": block.alt, "note": block.note, "share": block.share}
    told = {"kind": KINDS[type(block)], **asdict(block)}
    if isinstance(block, WordTable):
        rows = [[_set(cell) for cell in row] for row in block.rows]
        return {**told, "rows": rows, "widths": _widths(block)}
    return told


def _set(cell: str) -> str:
    """A cell whose shares stay on one line, and whose long words may be broken where they are joined."""
    whole = cell.replace(" %", "\N{NO-BREAK SPACE}%")
    return LONG_WORD.sub(lambda word: JOINT.sub(f"\\g<0>{MAY_BREAK}", word[0]), whole)


def _widths(table: WordTable) -> list[int]:
    """How much of the width each column asks for: what its longest line takes, at most WIDEST, and its longest word."""
    columns = zip(table.heads, *table.rows, strict=True) if table.rows else ((head,) for head in table.heads)
    asked = []
    for place, (head, *cells) in enumerate(columns):
        most = WIDEST_OF_ALL if place == table.wide else WIDEST
        word = max(len(each) for words in (head, *cells) for each in (words.split() or [""]))
        line = max((len(each) for cell in cells for each in cell.split("\n")), default=0)
        asked.append(max(min(line, most), min(word, LONGEST_WORD)) + 2)
    return asked
