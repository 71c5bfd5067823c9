"""A document on paper: PDF/UA-1, tagged, with numbered pages and an outline; the same document gives the same bytes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from dashboard import typesetting
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
    WordTable,
)

TEMPLATE = Path(__file__).with_name("paper.typ")
KINDS = {
    Paragraph: "paragraph", WordTable: "table", Numbers: "numbers", Points: "points", Lines: "lines",
}  # fmt: skip
"""What the template calls the blocks that it takes as they are."""


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
        "words": list(document.words),
        "sections": [_section(each) for each in document.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    blocks = [_block(each) for each in section.blocks]
    return {"title": section.title, "own_page": section.own_page, "level": section.level, "blocks": blocks}


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Beside):
        return {"kind": "beside", "left": _block(block.left), "right": _block(block.right)}
    if isinstance(block, Picture):
        return {"kind": "paragraph", "words": block.alt, "strong": "", "quiet": True}
    return {"kind": KINDS[type(block)], **asdict(block)}
