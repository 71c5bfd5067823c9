"""What registries and payers ask for, on paper: its numbers are the query's, and small ones stay where they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.analyses.programmes import TABLE, field_words, programme
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.disclosure import MODES
from dashboard.documents.document import Document, Paragraph, WordTable
from dashboard.documents.on_paper import pdf
from dashboard.documents.programmes import NOBODY, programmes_document
from dashboard.documents.wanted import Wanted
from dashboard.records import Records
from tests.analyses.test_programmes import EVENTS, TEARS
from tests.documents.written import MADE, text_of
from tests.text_tables import records

WANTED = Wanted("fbss", 730, MADE)


@pytest.fixture(scope="module")
def made(sample: Records) -> Document:
    return programmes_document(sample, WANTED)


def tables(document: Document) -> list[WordTable]:
    return [block for section in document.sections for block in section.blocks if isinstance(block, WordTable)]


def test_every_field_stands_there_with_what_the_query_says_of_it(made: Document, sample: Records) -> None:
    found = [tuple(row) for table in tables(made) if "Family" not in table.heads for row in table.rows]
    rows = [row for name in load().programmes for row in programme(sample, name).itertuples()]
    assert [row[0] for row in found] == [field_words(row) for row in rows]
    for words, row in zip(found, rows, strict=True):
        for head in ("Known, of those due", "Figure", "Seen otherwise"):
            said = TABLE[head](row)  # type: ignore[operator]
            assert not said or said in words, (head, row)


def test_each_programme_names_its_source_and_its_review(made: Document) -> None:
    for section, one in zip(made.sections, load().programmes.values(), strict=True):
        told = [block.words for block in section.blocks if isinstance(block, Paragraph)]
        assert any(one.source in words and "Reviewed 30 Nov 2026" in words for words in told)


def test_it_can_be_set_and_read(made: Document) -> None:
    words = text_of(pdf(made))
    assert "For registries and payers" in words
    assert "44.5 % (557 of 1,251; 41.8 to 47.3) met the target" in words


@pytest.mark.parametrize(("share", "fewest"), [("nhs", 8), ("cms", 11)])
def test_what_leaves_hides_small_counts_and_says_so(sample: Records, share: str, fewest: int) -> None:
    document = programmes_document(sample, replace(WANTED, share=share))
    cells = [cell for table in tables(document) for row in table.rows for cell in row]
    counts = [int(n.replace(",", "")) for cell in cells for n in re.findall(r"([\d,]+) of [\d,]+", cell)]
    assert len(counts) > 50
    assert not [count for count in counts if 0 < count < fewest]
    assert any(f"fewer than {fewest} of" in cell for cell in cells)
    assert "Seen otherwise" not in {head for table in tables(document) for head in table.heads}


COUNT = re.compile(r"(fewer than \d+|not shown|[\d,]+)(?: seen)? of (fewer than \d+|not shown|[\d,]+)")


def told(words: str) -> list[tuple[int | None, int | None]]:
    """Each "a of b" in a cell; None where it is hidden."""
    plain = [(part.replace(",", ""), whole.replace(",", "")) for part, whole in COUNT.findall(words)]
    return [tuple(int(n) if n.isdigit() else None for n in pair) for pair in plain]  # type: ignore[misc]


@pytest.mark.parametrize("share", ["nhs", "cms"])
def test_what_leaves_is_the_exact_figures_rounded_row_by_row(made: Document, sample: Records, share: str) -> None:
    shown = programmes_document(sample, replace(WANTED, share=share))
    compared = 0
    for exact, other in zip(tables(made), tables(shown), strict=True):
        for row, its in zip(exact.rows, other.rows, strict=True):
            for head in {"Known, of those due", "Figure"} & {*other.heads}:
                true, found = (told(cells[[*heads].index(head)]) for cells, heads in
                               ((row, exact.heads), (its, other.heads)))  # fmt: skip
                if "middle answer" in row[[*exact.heads].index(head)]:
                    continue
                assert len(true) == len(found), (row, its)
                for count, rounded in zip(true[0] if true else (), found[0] if found else (), strict=True):
                    assert rounded is None or (rounded == MODES[share].rule.rounded(count or 0)), (row, its)
                    compared += rounded is not None
    assert compared > 100


@pytest.mark.parametrize("share", ["nhs", "cms"])
@pytest.mark.parametrize("family", [(), ("fusion",), ("arthroplasty",)])
def test_no_two_numbers_of_what_leaves_tell_how_few_lie_between_them(
    sample: Records, share: str, family: tuple[str, ...]
) -> None:
    asked = sample.of(Cohort(chosen={"family": family} if family else {}))
    document = programmes_document(asked, replace(WANTED, share=share))
    cells = [cell for table in tables(document) for row in table.rows for cell in row]
    pairs = [pair for cell in cells for pair in told(cell)]
    assert len(pairs) > 30
    for pair in pairs:
        assert all(n is None or n % 5 == 0 for n in pair), pair
        assert None in pair or pair[0] <= pair[1], pair  # type: ignore[operator]
    assert any(MODES[share].sentence == words for _, words in document.facts)


def test_few_operations_have_counts_and_no_share(tmp_path: Path) -> None:
    document = programmes_document(records(tmp_path, EVENTS, complication=TEARS), WANTED)
    figures = {row[0]: row[list(table.heads).index("Figure")] for table in tables(document) for row in table.rows
               if "Figure" in table.heads}  # fmt: skip
    assert figures["Readmission, for any reason, within 30 days"] == "2 of 6"
    assert pdf(document).startswith(b"%PDF-")


def test_nobody_is_told_of_nobody(tmp_path: Path) -> None:
    asked = records(tmp_path, EVENTS, cohort=Cohort(chosen={"surgeon": ("S07",)}))
    document = programmes_document(asked, WANTED)
    assert [section.blocks for section in document.sections] == [[Paragraph("", strong=NOBODY)]]


@pytest.mark.parametrize("share", ["nhs", "cms"])
def test_beside_a_hidden_count_no_word_says_whether_nobody_is_missing_or_due(sample: Records, share: str) -> None:
    of_few = sample.of(Cohort(chosen={"surgeon": ("S01",)}, operated_from=date(2026, 1, 1)))
    shared = tables(programmes_document(of_few, replace(WANTED, share=share)))
    found = [dict(zip(table.heads, row, strict=True)) for table in shared for row in table.rows]
    hidden = [row for row in found if re.match("fewer|not shown", row.get("Known, of those due", ""))]
    assert hidden
    assert {row.get("State", "") for row in hidden} <= {"", "recorded otherwise"}
