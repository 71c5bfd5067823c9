"""The pack for a meeting: a page for each failure of the period, by days, with room for what is decided."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.case_review import failures_seen, reviewed
from dashboard.analyses.plans import Intended, group_subject, open_plan
from dashboard.analyses.trajectories import trajectories
from dashboard.analyses.verdicts.meeting import meeting_verdict
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.documents import meeting as pack
from dashboard.documents.as_page import html
from dashboard.documents.document import Document, Lines, Section
from dashboard.documents.kinds import kind_named
from dashboard.documents.meeting import meeting
from dashboard.documents.on_paper import pdf
from dashboard.documents.wanted import Wanted
from dashboard.engines.notebook import Notebook
from dashboard.errors import NotAllowed
from dashboard.records import Records
from tests.analyses.test_case_review import CAUSES, OPERATIONS, SURGEON, SYMPTOMS, TREATMENTS
from tests.analyses.test_timeline import door
from tests.documents.written import MADE, Read, text_of
from tests.queries.test_marts import practice

HOSTILE = '<b>&"#[]*'
WANTED = Wanted("fbss", 730, MADE)
YEAR = Cohort(date(2024, 1, 1), date(2024, 12, 31))


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    folder = tmp_path_factory.mktemp("pack")
    return door(practice(folder, OPERATIONS, symptoms=SYMPTOMS, diagnoses=CAUSES, treatments=TREATMENTS)).of(YEAR)


def words_of(document: Document) -> str:
    return " ".join("".join(Read(html(document)).words).split())


def cases_of(document: Document) -> list[Section]:
    return [section for section in document.sections if section.title.startswith("Case ")]


def test_each_failure_of_the_period_has_a_page_with_its_questions_and_room(records: Records) -> None:
    made = meeting(records, WANTED)
    rows = failures_seen(records, "fbss", date(2024, 1, 1), date(2024, 12, 31))
    cases = reviewed(records, rows, "fbss")
    assert [section.title for section in cases_of(made)] == [
        f"Case {place}: {case.procedure}" for place, case in enumerate(cases, start=1)
    ]
    words = words_of(made)
    for case in cases:
        assert case.patient in words
        assert all(question in words for question in case.questions)
    assert all(section.own_page for section in cases_of(made))
    assert words.count("Decided: what, who, until when") == len(cases)
    assert meeting_verdict(rows, cases, load().outcomes["fbss"]).answer in words


def test_no_surgeon_date_key_or_file_stands_on_a_page(records: Records) -> None:
    made = meeting(records, WANTED)
    pages = "".join(words_of(Document("", "", [], [section], MADE)) for section in cases_of(made))
    assert not re.search(r"\bS0\d\b|\d [A-Z][a-z]{2} \d{4}|\.csv|\b[OP]\d\b", pages)
    front = words_of(Document("", "", [], made.sections[:1], MADE))
    assert not re.search(r"\bS0\d\b|\.csv|\b[OP]\d\b", front)


def test_it_can_be_set_on_paper_a_page_for_each_case(records: Records) -> None:
    words = text_of(pdf(meeting(records, WANTED)))
    assert "Questions for discussion" in words
    assert all(f"Case {place}: " in words for place in (1, 2, 3))


def test_a_course_stands_over_those_of_all_operations_whenever_done(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Cohort] = []

    def noted(of: Records, measure: str) -> pd.DataFrame:
        asked.append(of.cohort)
        return trajectories(of, measure)

    monkeypatch.setattr(pack, "trajectories", noted)
    meeting(records, WANTED)
    # The period is of failures: most of these patients were operated on before it.
    assert {(cohort.operated_from, cohort.operated_to) for cohort in asked} == {(None, None)}


def test_open_plans_stand_at_the_end_word_for_word(records: Records, tmp_path: Path) -> None:
    noting = Records(records.engine, OPERATOR, YEAR, Audit(tmp_path / "audit"), Notebook(tmp_path))
    draft = Intended(f"Check the level twice {HOSTILE}", "AB", date(2024, 9, 1), date(2025, 9, 1))
    open_plan(noting, group_subject("fbss", 730, "procedure", "tlif"), draft)
    made = meeting(noting, WANTED)
    words = words_of(Document("", "", [], made.sections[-2:-1], MADE))
    assert f"Check the level twice {HOSTILE}" in words
    assert "TLIF: FBSS by 2 years" in words
    assert HOSTILE in text_of(pdf(made))


def test_a_surgeon_takes_the_own_cases_and_who_sees_counts_none(records: Records) -> None:
    own = Records(records.engine, SURGEON, YEAR, records.audit)
    assert len(cases_of(meeting(own, WANTED))) == 2
    counts = Viewer("Manager", "manager")
    with pytest.raises(NotAllowed, match="counts"):
        meeting(Records(records.engine, counts, YEAR, records.audit), WANTED)
    kind = kind_named("meeting")
    assert kind is not None
    assert kind.is_for(OPERATOR)
    assert not kind.is_for(counts)


def test_without_a_failure_it_says_so(records: Records) -> None:
    made = meeting(records.of(Cohort(date(2024, 6, 1), date(2024, 7, 1))), WANTED)
    assert cases_of(made) == []
    assert "No failure (FBSS) showed itself in this period." in words_of(made)


def test_where_nobody_records_findings_it_says_so_and_nothing_else(tmp_path: Path) -> None:
    made = meeting(door(practice(tmp_path, OPERATIONS)).of(YEAR), WANTED)
    assert [section.title for section in made.sections] == [pack.FRONT]
    assert "nobody records it here" in words_of(made)


def test_more_than_a_pack_holds_are_counted_and_said(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "MOST_CASES", 2)
    made = meeting(records, WANTED)
    assert len(cases_of(made)) == 2
    assert "A page each for the latest 2; the 1 failure before them" in words_of(made)


def test_a_long_course_keeps_what_made_it_a_failure(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "MOST_LINES", 2)
    words = words_of(meeting(records, WANTED))
    assert "the first symptom, which sets the clock" in words
    assert "further records, farther from the failure, in the app." in words


def test_every_kind_of_block_that_is_written_on_has_lines(records: Records) -> None:
    (case, *_) = cases_of(meeting(records, WANTED))
    beside = case.blocks[-1]
    assert isinstance(getattr(beside, "left", None), Lines)
