"""The quality report: its numbers are the queries', it is read aloud well, and it stands where little is known."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pypdf
import pytest

from dashboard.access import Viewer
from dashboard.analyses.groups import rows_of
from dashboard.analyses.plans import Intended, group_subject, open_plan
from dashboard.analyses.questions import answer
from dashboard.analyses.verdicts.plans import plans_verdict
from dashboard.audit import Audit
from dashboard.charts import paper
from dashboard.cohort import Cohort
from dashboard.disclosure import MODES
from dashboard.documents import as_page, on_paper
from dashboard.documents.document import Beside, Block, Document, Numbers, Paragraph, Picture, Points, Steps, WordTable
from dashboard.documents.quality import NOBODY, PARTS, quality, shared
from dashboard.documents.quality.period import TOO_FEW, beside, period_before
from dashboard.documents.quality.shared import LEFT_OUT
from dashboard.documents.quality.summary import summary
from dashboard.documents.wanted import PRACTICE, PUBLISHED, Wanted
from dashboard.engines.notebook import Notebook
from dashboard.records import Records
from tests.documents.written import HOSTILE, MADE, Read, tags_of, text_of
from tests.importing.test_since_last_import import FAILED, WELL, door, practice
from tests.importing.written import take

OUTCOME, DAYS = "fbss", 730
WANTED = Wanted(OUTCOME, DAYS, MADE)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@pytest.fixture(scope="module")
def made(sample: Records) -> Document:
    return quality(sample, WANTED)


@pytest.fixture(scope="module")
def file(made: Document) -> bytes:
    return on_paper.pdf(made)


def blocks_of(document: Document) -> Iterator[Block]:
    for section in document.sections:
        for block in section.blocks:
            yield from (block.left, block.right) if isinstance(block, Beside) else (block,)


def words_of(document: Document) -> Iterator[str]:
    """Every word of a document, and those of its pictures."""
    yield from (document.title, document.subtitle, document.foot, *(words for pair in document.facts for words in pair))
    yield from (section.title for section in document.sections)
    for block in blocks_of(document):
        yield from _words(block)


def _words(block: Any) -> Iterator[str]:
    if isinstance(block, Picture):
        yield re.sub(r"<[^>]*>", " ", paper.svg(block.figure))
        yield re.sub(r"<[^>]*>", " ", paper.svg(block.figure, width=paper.HALF))
    for value in vars(block).values():
        yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
    elif hasattr(value, "__dataclass_fields__"):
        yield from _words(value)


def rows(document: Document, caption: str) -> dict[str, list[str]]:
    """The rows of the first table whose caption begins so, by their first cell."""
    table = next(b for b in blocks_of(document) if isinstance(b, WordTable) and b.caption.startswith(caption))
    return {row[0]: list(row) for row in table.rows}


def plain(pdf: bytes) -> str:
    return text_of(pdf).replace("\N{NO-BREAK SPACE}", " ").replace("\N{ZERO WIDTH SPACE}", "")


def said(share: float) -> str:
    return f"{100 * share:.1f}"


def test_each_procedure_has_the_figures_of_the_query(sample: Records, made: Document, file: bytes) -> None:
    found, text = answer(sample, "failure_rate", OUTCOME, "procedure", DAYS), plain(file)
    table = rows(made, "FBSS by 2 years, by procedure")
    assert len(table) == len(found) + 1
    assert "FBSS by 2 years, by procedure; the number beside each name is of operations." in " ".join(text.split())
    assert "one interval alone may leave out 0 and still be no more than chance" in " ".join(text.split())
    for row in rows_of(found):
        share = (
            f"{said(row.share)} % ({row.failed:,} seen of {row.operations:,}; {said(row.lower)} to {said(row.upper)})"
        )
        told = share.replace(" seen of", " of") if said(row.failed / row.operations) == said(row.share) else share
        assert table[row.label][1] == told
        assert told.replace(" ", "") in text.replace(" ", "")
        assert f"{said(row.best_case)} to {said(row.worst_case)} %" in table[row.label]


def test_the_first_figures_are_those_of_the_query(sample: Records, made: Document, file: bytes) -> None:
    (whole,) = rows_of(answer(sample, "failure_rate", OUTCOME, None, DAYS))
    numbers = next(block for block in blocks_of(made) if isinstance(block, Numbers)).figures
    assert numbers[0].value == f"{said(whole.share)} %"
    assert numbers[0].interval.startswith(f"{said(whole.lower)} to {said(whole.upper)}")
    (again,) = rows_of(answer(sample, "failure_rate", "reoperation", None, DAYS))
    assert numbers[1].value == f"{said(again.share)} %"
    tables = [block for block in blocks_of(made) if isinstance(block, WordTable)]
    full = next(table.rows for table in tables if {"Figure", "Due"} <= set(table.heads))
    assert [row[0] for row in full] == [number.name for number in numbers[:3]]
    assert full[0][2:4] == [f"{said(whole.best_case)} to {said(whole.worst_case)} %", f"{whole.due:,}"]
    visits = answer(sample, "follow_up", OUTCOME, None, None).set_index("visit")
    assert numbers[4].value == f"{said(float(visits['share'][12]))} %"
    verdict = answer(sample, "verdicts", OUTCOME, None, DAYS, {"about": "overview"})["sentence"].iloc[0]
    assert verdict.replace(" ", "") in plain(file).replace(" ", "").replace("-\n", "")


def test_surgeons_visits_and_onset_have_the_figures_of_the_queries(sample: Records, made: Document) -> None:
    for by in ("surgeon", "site"):
        table = rows(made, f"Each {by}")
        for row in rows_of(answer(sample, "compare", OUTCOME, by, DAYS)):
            ratio = f"{row.ratio:.2f} ({row.observed} / {row.expected:.1f}; {row.lower:.2f} to {row.upper:.2f})"
            counts = [f"{count:,}" for count in (row.all_operations, row.operations, row.failed)]
            assert table[row.label][1:5] == [*counts, ratio if row.ratio_shown else "not shown"]
    visits = rows(made, "Visits")
    for row in rows_of(answer(sample, "follow_up", OUTCOME, None, None)):
        assert visits[row.visit_label][1:3] == [f"{row.due:,}", f"{row.answered:,}"]
        assert visits[row.visit_label][3] == f"{said(row.share)} % ({said(row.lower)} to {said(row.upper)})"
    days = answer(sample, "onset", OUTCOME, "family", 365).drop_duplicates("label").set_index("label")
    for label, told in rows(made, "By which day").items():
        assert told[3] == f"{float(days['half'][label]):,.0f}"


def test_no_number_stands_on_paper_that_is_not_in_the_document(made: Document, file: bytes) -> None:
    known = set(NUMBER.findall(" ".join(words_of(made))))
    pages = pypdf.PdfReader(io.BytesIO(file)).pages
    counted = {str(number) for number in range(1, len(pages) + 1)}
    assert set(NUMBER.findall(plain(file))) - known - counted == set()


def test_it_is_read_aloud_in_order_with_words_for_every_picture(made: Document, file: bytes) -> None:
    tags = tags_of(file)
    figures = [*tags.every("Figure")]
    pictures = [block for block in blocks_of(made) if isinstance(block, Picture)]
    assert [figure.alt for figure in figures] == [picture.alt for picture in pictures]
    assert all(picture.alt for picture in pictures)
    levels = [int(tag.kind[1]) for tag in tags.walk() if re.fullmatch(r"H[1-6]", tag.kind)]
    assert levels == [section.level for section in made.sections]
    tables = [*tags.every("Table")]
    assert len(tables) == sum(isinstance(block, WordTable) for block in blocks_of(made))
    assert all([*table.every("TH")] for table in tables)


def test_it_has_every_part_in_its_order_on_pages_that_are_counted(made: Document, file: bytes) -> None:
    titles = [section.title for section in made.sections]
    assert titles[: len(PARTS)] == [title for title, *_ in PARTS]
    facts = dict(made.facts)
    assert facts["Made by"] == "operator of this machine"
    assert facts["Made from"].startswith("generation 1, data to 30 Sep 2026")
    assert facts["Counted"] == "Index operations"
    pages = pypdf.PdfReader(io.BytesIO(file)).pages
    assert f"page 2 of {len(pages)}" in pages[1].extract_text()
    assert all("data to 30 Sep 2026" in page.extract_text() for page in pages)
    assert "Failure by procedure" not in pages[1].extract_text()  # the summary is one page
    assert on_paper.pdf(made) == file


def test_its_page_has_the_same_words_and_fetches_nothing(made: Document) -> None:
    page = as_page.html(made)
    read = Read(page)
    assert read.fetched == []
    there = set(NUMBER.findall(" ".join(read.words)))
    assert set(NUMBER.findall(" ".join(words for pair in made.facts for words in pair))) <= there
    assert {alt for tag, named in read.elements if tag == "img" for alt in [named["alt"]]} == {
        block.alt for block in blocks_of(made) if isinstance(block, Picture)
    }


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ((2024, 1, 1), (2024, 12, 31), ((2023, 1, 1), (2023, 12, 31))),
        ((2024, 4, 1), (2024, 6, 30), ((2024, 1, 1), (2024, 3, 31))),
        ((2024, 3, 1), (2024, 3, 31), ((2024, 2, 1), (2024, 2, 29))),
        ((2024, 1, 1), (2025, 6, 30), ((2022, 7, 1), (2023, 12, 31))),
        ((2024, 1, 10), (2024, 1, 19), ((2023, 12, 31), (2024, 1, 9))),
    ],
)
def test_the_period_before_is_as_long(first: Any, last: Any, before: Any) -> None:
    assert period_before(date(*first), date(*last)) == tuple(date(*day) for day in before)


def test_it_is_held_against_the_period_before_the_practice_or_what_is_published(sample: Records) -> None:
    year = sample.of(Cohort(date(2021, 1, 1), date(2021, 12, 31)))
    against = beside(year, WANTED).records
    assert against is not None
    assert against.cohort == Cohort(date(2020, 1, 1), date(2020, 12, 31))
    # Nobody stands beside the whole practice; beside a surgeon it does, and its own patients are part of it.
    assert beside(year, replace(WANTED, compare=PRACTICE)).records is None
    own = year.of(replace(year.cohort, chosen={"surgeon": ("S01",)}))
    practice_too = beside(own, replace(WANTED, compare=PRACTICE))
    assert practice_too.records is not None
    assert practice_too.records.cohort == year.cohort
    site = Viewer("Somebody", "manager", sites=("central",))
    assert beside(replace(own, viewer=site), replace(WANTED, compare=PRACTICE)).records is None
    assert beside(own, replace(WANTED, compare=PUBLISHED)).records is None
    assert TOO_FEW.startswith("The other surgeons are too few")


@pytest.mark.parametrize("share", ["nhs", "cms"])
def test_what_is_shared_has_no_small_count_and_says_what_it_leaves_out(sample: Records, share: str) -> None:
    document = quality(sample, replace(WANTED, share=share))
    tables = [block for block in blocks_of(document) if isinstance(block, WordTable) and block.caption]
    counted = {"Failed", "Of whom it is known", "Operations", "Failures", "Of", "Due", "Answered"}
    cells = [
        cell for table in tables for row in table.rows
        for head, cell in zip(table.heads, row, strict=True) if head in counted
    ]  # fmt: skip
    numbers = [int(cell.replace(",", "")) for cell in cells if cell[:1].isdigit()]
    assert len(numbers) > 20
    assert not [number for number in numbers if 0 < number < (8 if share == "nhs" else 11)]
    assert not [number for number in numbers if number % 5]
    text = plain(on_paper.pdf(document))
    (whole,) = rows_of(answer(sample, "failure_rate", OUTCOME, None, DAYS))
    assert whole.operations % 5
    assert f"{whole.operations:,}" not in text
    assert "S06" not in text
    assert all(each in text for each in LEFT_OUT)
    assert "within the practice" not in document.foot


@pytest.mark.parametrize("share", ["nhs", "cms"])
def test_a_shared_share_asked_at_a_visit_stands_beside_those_who_answered(sample: Records, share: str) -> None:
    wanted = replace(WANTED, share=share, outcome="acceptable_state", within_days=365)
    summary, families = (
        next(block for block in make(sample, wanted) if isinstance(block, WordTable))
        for make in (shared.figures, shared.families)
    )
    for table in (summary, families):
        cells = [dict(zip(table.heads, row, strict=True)) for row in table.rows]
        asked = [row for row in cells if row["Of whom it is known"] and row["Share failed"] != "not shown"]
        assert asked
        for row in asked:
            failed, known = (int(row[head].replace(",", "")) for head in ("Failed", "Of whom it is known"))
            assert row["Share failed"] == f"{said(failed / known)} %"
    (whole,) = rows_of(answer(sample, "failure_rate", "acceptable_state", None, 365))
    first = dict(zip(summary.heads, summary.rows[0], strict=True))
    assert first["Of whom it is known"] == f"{MODES[share].rule.rounded(whole.answered):,}"
    (picture,) = [block for block in shared.families(sample, wanted) if isinstance(block, Picture)]
    assert " known" in picture.alt


def test_a_filter_that_matches_nobody_leaves_that_sentence(sample: Records) -> None:
    document = quality(sample.of(Cohort(operated_to=date(1990, 1, 1))), WANTED)
    assert list(blocks_of(document)) == [Paragraph("", strong=NOBODY)]
    assert NOBODY.split(".")[0] in plain(on_paper.pdf(document))


@pytest.mark.parametrize(
    "operations", [{1: WELL}, dict.fromkeys(range(1, 13), WELL), dict.fromkeys(range(1, 13), FAILED)],
    ids=["one operation", "no failure", "nothing but failures"],
)  # fmt: skip
def test_little_is_known_and_it_still_stands(tmp_path: Path, operations: dict[int, tuple[str, str | None]]) -> None:
    take(practice(tmp_path / "records", operations), tmp_path / "store")
    records = door(tmp_path / "store")
    records.__dict__["facts"] = replace(records.facts, practice=HOSTILE)
    for outcome in (OUTCOME, "reoperation"):
        document = quality(records, replace(WANTED, outcome=outcome))
        assert HOSTILE in plain(on_paper.pdf(document))
        assert "<script>" not in as_page.html(document)


def test_steps_are_boxes_that_add_up(made: Document) -> None:
    (steps,) = [block for block in blocks_of(made) if isinstance(block, Steps)]
    first = [NUMBER.findall(words)[0].replace(",", "") for words, _ in steps.boxes]
    counts = pd.Series(map(int, first))
    left = [sum(int(NUMBER.findall(each)[0].replace(",", "")) for each in reasons) for _, reasons in steps.boxes[:-1]]
    assert (counts.iloc[:-1].to_numpy() - counts.iloc[1:].to_numpy()).tolist() == left


def test_a_surgeons_own_report_names_nobody_else(sample: Records) -> None:
    own = replace(sample, viewer=Viewer("One", "surgeon", surgeon="S01"))
    text = " ".join(words_of(quality(own, replace(WANTED, compare=PRACTICE))))
    assert "S01" in text
    assert not re.findall(r"\bS0[2-9]\b", text)


def test_a_plan_is_overdue_by_the_day_of_the_report_in_its_summary_too(sample: Records, tmp_path: Path) -> None:
    noting = replace(sample, notebook=Notebook(tmp_path), audit=Audit(tmp_path / "audit"))
    draft = Intended("Drains out on day 1", "ward lead", date(2090, 3, 1), date(2091, 3, 1))
    open_plan(noting, group_subject(OUTCOME, DAYS, "procedure", "tlif"), draft)
    later = replace(WANTED, made=datetime(2090, 3, 31, tzinfo=UTC))
    (asking,) = [block for block in summary(noting, later) if isinstance(block, Points)]
    (told,) = [line for line in asking.lines if "plan" in line]
    assert told == plans_verdict(noting, date(2090, 3, 31)).answer
    assert "1 overdue: the longest for 30 days" in told
