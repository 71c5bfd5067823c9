"""What the typesetter makes: the same bytes each time, with every letter that it says it has."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pypdf
import pytest

from dashboard import typesetting
from dashboard.errors import OurFault

MADE = datetime(2026, 9, 30, 12, tzinfo=UTC)
TEMPLATE = """#set document(title: "Words")
#set text(font: "Inter", lang: "en")
#let data = json(bytes(sys.inputs.data))
= Words
#data.words
"""
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_same_data_gives_the_same_bytes() -> None:
    assert typesetting.pdf(TEMPLATE, {"words": "one"}, MADE) == typesetting.pdf(TEMPLATE, {"words": "one"}, MADE)


def test_words_are_never_markup() -> None:
    said = "#panic() *bold* [link](x) $x$ @ref <label>"
    assert said in text_of(typesetting.pdf(TEMPLATE, {"words": said}, MADE)).replace("\n", " ")


def test_a_letter_that_the_fonts_lack_is_replaced_and_the_rest_stands() -> None:
    assert typesetting.settable({"a": ["Praxis 漢 Süd\n"], "n": 3}) == {
        "a": ["Praxis \N{REPLACEMENT CHARACTER} Süd\n"],
        "n": 3,
    }
    assert "Süd" in text_of(typesetting.pdf(TEMPLATE, {"words": "Praxis 漢字 Süd"}, MADE))


def test_every_letter_that_is_said_to_be_covered_can_be_set() -> None:
    letters = [chr(point) for first, last in typesetting.covered() for point in range(first, last + 1)]
    assert len(letters) > 1_400
    assert {"●", "◆", "■", "○", "–", "−", "→", "Ä", "Я"} <= set(letters)
    # PDF/UA-1 refuses a letter that no font has.
    typesetting.pdf(TEMPLATE, {"words": " ".join(letters)}, MADE)


def test_what_does_not_meet_the_standard_is_refused() -> None:
    with pytest.raises(OurFault):
        typesetting.pdf("= No title of the document", {}, MADE)


def test_a_picture_is_as_large_as_its_drawing_on_white() -> None:
    made = typesetting.png(SQUARE, per_inch=144)
    assert made.startswith(b"\x89PNG")
    assert (int.from_bytes(made[16:20]), int.from_bytes(made[20:24])) == (60, 30)  # 40 by 20 pixels, in points
