"""Documents and pictures for paper: Typst's template, our data and our letters in; a tagged PDF or a PNG out.

Nothing of the machine goes in: no font, no package, no clock. The same data gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from dashboard.errors import OurFault
from dashboard.harmless import REPLACEMENT

FONTS = Path(__file__).parent / "fonts"
STANDARD = "ua-1"
"""PDF/UA-1: tagged, titled, every picture with words. Typst refuses to write what does not meet it."""


def pdf(template: str, data: Mapping[str, Any], made: datetime) -> bytes:
    """The document as PDF/UA-1.

    template: Typst, ours; data: what it reads as ``json(bytes(sys.inputs.data))``, whose texts are words and never
    markup; made: the moment that the file says it was made at. Raises OurFault where Typst cannot, or must not, set it.
    """
    inputs = {"data": json.dumps(settable(data), ensure_ascii=False, allow_nan=False)}
    return _compiled(template, "pdf", sys_inputs=inputs, pdf_standards=[STANDARD], timestamp=_seconds(made))


def png(svg: str, *, per_inch: int = 192) -> bytes:
    """A picture as PNG on white; 96 per inch is a pixel for each of the drawing's, 192 two."""
    template = (
        "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
        '#image(bytes(sys.inputs.drawing), format: "svg")'
    )
    return _compiled(template, "png", sys_inputs={"drawing": settable(svg)}, ppi=float(per_inch))


def settable(data: Any) -> Any:
    """The same data with a replacement sign for each letter that our fonts lack; line breaks and tabs stay."""
    if isinstance(data, str):
        return _lacking().sub(REPLACEMENT, data)
    if isinstance(data, Mapping):
        return {key: settable(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [settable(value) for value in data]
    return data


@cache
def _lacking() -> re.Pattern[str]:
    """Any letter that the fonts lack, but for a line break and a tab."""
    ranges = "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in covered())
    return re.compile(rf"[^\n\t{ranges}]")


def covered() -> list[tuple[int, int]]:
    """The first and the last of each range of code points that the fonts have, in order."""
    ranges = [line.split("-") for line in (FONTS / "covered.txt").read_text("ascii").split()]
    return [(int(first, 16), int(last, 16)) for first, last in ranges]


def _compiled(template: str, form: Literal["pdf", "png"], **how: Any) -> bytes:
    import typst  # when a document is asked for: the start of the app need not wait for it

    source = template.encode()
    try:
        made = typst.compile(source, font_paths=[FONTS], ignore_system_fonts=True, format=form, **how)
    except typst.TypstError as problem:
        # What it quotes, from the first quotation mark on, may be a word of a record.
        raise OurFault(f"Typst: {problem.message.partition('`')[0]}") from None
    if not isinstance(made, bytes):
        raise OurFault("Typst has set more than one page where one was meant.")
    return made


def _seconds(made: datetime) -> int:
    return int((made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp())
