"""A document on paper: its words are words, it is tagged for who does not see it, and it is the same each time."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from dashboard.documents.document import Section, WordTable
from dashboard.documents.on_paper import pdf, set_from
from tests.documents.written import BLOCKS, EVERYTHING, HOSTILE, of, tags_of, text_of


@pytest.fixture(scope="module")
def made() -> bytes:
    return pdf(EVERYTHING)


def test_every_word_stands_there_as_it_is(made: bytes) -> None:
    words = text_of(made)
    for said in (
        HOSTILE,
        "The answer and what is doubtful.",
        "13.9 %",
        "12.4 to 15.5",
        "at the left",
        "2,218 index operations",
        "Discussed",
    ):
        assert said in words


def test_a_table_over_pages_repeats_its_heads(made: bytes) -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    with_rows = [page for page in pages if "Row " in page]
    assert len(with_rows) > 1
    assert all("Name" in page and "Words" in page for page in with_rows)
    assert all(f"page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))


def test_who_does_not_see_it_is_told_its_parts(made: bytes) -> None:
    tags = tags_of(made)
    kinds = [tag.kind for tag in tags.walk()]
    headings = [int(kind[1]) for kind in kinds if kind in ("H1", "H2", "H3")]
    assert headings == [1, 2]
    tables = [*tags.every("Table")]
    assert tables
    assert all([*table.every("TH")] and [*table.every("TR")] for table in tables)
    assert [figure.alt for figure in tags.every("Figure")] == [HOSTILE]
    assert {"L", "LI", "P"} <= set(kinds)


def test_it_has_a_language_a_title_and_an_outline(made: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"].startswith("en")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Quality report · Praxis")
    assert "First" in str(reader.outline)


def test_it_is_the_same_each_time(made: bytes) -> None:
    assert pdf(EVERYTHING) == made


def test_a_document_of_one_page_has_its_facts_under_the_title() -> None:
    short = pypdf.PdfReader(io.BytesIO(pdf(of(Section("First", BLOCKS[:1]), cover=False))))
    assert len(short.pages) == 1


def test_a_name_of_three_hundred_letters_and_a_document_of_nothing_can_be_set() -> None:
    assert "漢" not in text_of(pdf(of(subtitle="漢" * 300)))
    assert "word" in text_of(pdf(of(Section("Empty", []), subtitle="word " * 60)))


def test_a_column_asks_for_its_longest_line_not_for_the_lines_of_a_cell_together() -> None:
    two = WordTable("Cases", ["Operation", "Day"], [["TLIF, 1 Jan 2024\nP-01", "3"], ["ALIF", "4"]], wide=1)
    (asked, one_line) = (
        set_from(of(Section("First", [table])))["sections"][0]["blocks"][0]["widths"]
        for table in (two, replace(two, rows=[["TLIF, 1 Jan 2024", "3"]]))
    )
    assert asked == one_line == [len("TLIF, 1 Jan 2024") + 2, len("Day") + 2]
