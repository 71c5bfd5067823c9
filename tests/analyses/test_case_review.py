"""Failures as a meeting goes through them: in days alone, with the questions that the records themselves raise."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.case_review import (
    NOTHING_STANDS_OUT,
    CaseFacts,
    ReviewedCase,
    Treated,
    failures_seen,
    in_days,
    questions,
    reviewed,
    told,
)
from dashboard.analyses.verdicts.meeting import asking, meeting_verdict
from dashboard.audit import lines_of
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.errors import NotAllowed
from dashboard.records import Records
from tests.analyses.test_timeline import door
from tests.queries.test_marts import practice

OPERATIONS = """operation_id | patient_id | surgery_date | procedure | surgeon | last_contact_date
O1 | P1 | 2024-01-01 | tlif           | S01 | 2025-12-31
O2 | P2 | 2024-02-01 | microdiscectomy | S02 | 2025-12-31
O3 | P3 | 2020-01-01 | tlif           | S01 | 2025-12-31
O4 | P4 | 2024-01-01 | tlif           | S01 | 2025-12-31"""
SYMPTOMS = """operation_id | onset_date | symptom | severity | contacted_at
O1 | 2024-03-01 | fever    | 9 |
O2 | 2024-03-02 | tingling | 3 |
O3 | 2024-03-03 | chills   | 5 | 2024-03-05"""
CAUSES = """operation_id | diagnosis_date | cause | code
O1 | 2024-05-01 | wrong_level |
O2 | 2024-03-03 |             | M96.1
O3 | 2024-03-04 | instability |"""
TREATMENTS = """operation_id | start_date | treatment | outcome | outcome_date
O1 | 2024-05-10 | opioid           | unchanged | 2024-06-01
O1 | 2024-07-01 | revision_surgery | improved  | 2024-08-01
O2 | 2024-04-01 | exercise         |           | """
YEAR = (date(2024, 1, 1), date(2024, 12, 31))
NAMED = CaseFacts("Instability", named=True, preventable=False, treated=(Treated("Exercise", 40, "improved day 60"),))
HELPED, NOT = Treated("Exercise", 40, "improved day 484"), Treated("Opioid", 90, "unchanged day 120")
UNKNOWN = Treated("Facet injection", 60, "")
SURGEON = Viewer("Dr One", "surgeon", surgeon="S01")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return practice(
        tmp_path_factory.mktemp("meeting"), OPERATIONS, symptoms=SYMPTOMS, diagnoses=CAUSES, treatments=TREATMENTS
    )


def cases(store: Path, viewer: Viewer = OPERATOR) -> list[ReviewedCase]:
    records = door(store, viewer).of(Cohort())
    return reviewed(records, failures_seen(records, "fbss", *YEAR), "fbss")


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        (replace(NAMED, cause="", named=False), "No cause is recorded. What was looked for"),
        (replace(NAMED, cause="Undetermined", named=False), "No cause could be named. What was looked for"),
        (replace(NAMED, preventable=True), "Instability could perhaps have been prevented. What would have had"),
        (replace(NAMED, wait=200, usual_wait=100), "6.6 months went by from the first symptom to the finding; three"),
        (replace(NAMED, uncontacted=(("Fever", 12),)), "Fever, from day 12: no contact is recorded. Was the patient"),
        (replace(NAMED, risks=("smoking (current)",)), "Recorded before surgery, and perhaps to be changed: smoking"),
        (replace(NAMED, unanswered=2), "2 planned visits before the failure showed itself had no answer."),
        (replace(NAMED, treated=()), "No treatment after surgery is recorded. What was done?"),
        (replace(NAMED, treated=(Treated("Opioid", 9, ""),)), "How the last of 1 treatment ended (opioid) is not rec"),
        (replace(NAMED, treated=(Treated("Opioid", 9, "worse day 12"),)), "1 treatment brought no improvement. What "),
        (replace(NAMED, treated=(HELPED, NOT)), "With exercise the patient improved, with opioid, begun last, not."),
        (replace(NAMED, treated=(UNKNOWN, NOT)), "No improvement is recorded of 2 treatments, of 1 of them not how"),
        (replace(NAMED, treated=(NOT, NOT)), "2 treatments brought no improvement. What is the next"),
        (replace(NAMED, treated=(HELPED, UNKNOWN)), "How the last of 2 treatments ended (facet injection) is not"),
    ],
)
def test_each_question_has_its_ground_and_stands_alone_where_nothing_else_does(facts: CaseFacts, asked: str) -> None:
    (question,) = questions(facts)
    assert question.startswith(asked)


def test_where_nothing_stands_out_there_is_still_something_to_talk_about() -> None:
    assert questions(replace(NAMED, wait=100, usual_wait=100)) == [NOTHING_STANDS_OUT]


def test_what_is_urgent_comes_first() -> None:
    found = questions(replace(NAMED, preventable=True, uncontacted=(("Fever", 12),), risks=("diabetes",)))
    assert [words.split()[0] for words in found] == ["Fever,", "Instability", "Recorded"]


def test_a_date_is_told_as_its_day_after_surgery() -> None:
    words = "contacted 5 Jan 2024, resolved 31 Dec 2023, code 12 of 7"
    assert in_days(words, date(2024, 1, 1)) == "contacted day 4, resolved day -1, code 12 of 7"


@pytest.mark.parametrize("words", ["12 Abc 2024", "31 Feb 2024", "0 Jan 2024", "1 Jan 0000"])
def test_what_only_looks_like_a_date_stands_as_it_was_recorded(words: str) -> None:
    since = date(2024, 1, 1)
    assert in_days(f"code {words}, contacted 5 Jan 2024", since) == f"code {words}, contacted day 4"


def test_the_period_is_that_of_the_failure_not_of_the_operation(store: Path) -> None:
    rows = failures_seen(door(store).of(Cohort()), "fbss", *YEAR)
    assert rows["failed_on"].tolist() == [date(2024, 3, day) for day in (1, 2, 3)]
    assert [day.year for day in rows["operated"]] == [2024, 2024, 2020]
    assert failures_seen(door(store).of(Cohort()), "fbss", date(2024, 3, 4), date(2024, 12, 31)).empty


def test_each_case_says_what_is_recorded_of_it(store: Path) -> None:
    first, second, third = cases(store)
    assert (first.procedure, first.operated, first.day) == ("TLIF", "2024 Q1", 60)
    assert (first.facts.cause, first.facts.preventable, first.facts.wait) == ("Wrong level", True, 61)
    assert first.facts.uncontacted == (("Fever", 60),)
    assert told(first.facts.treated) == [
        "Opioid, day 130: unchanged day 152",
        "Revision surgery, day 182: improved day 213",
    ]
    assert (second.facts.cause, second.facts.named, second.facts.wait) == ("Undetermined", False, 1)
    assert told(second.facts.treated) == ["Exercise, day 60: how it ended is not recorded"]
    assert (third.facts.uncontacted, third.facts.treated) == ((), ())


def test_no_date_file_name_or_key_stands_in_a_course(store: Path) -> None:
    for case in cases(store):
        words = " ".join(map(str, case.course.to_numpy().ravel())) + " ".join(case.questions)
        assert not re.search(r"\d{4}-\d\d-\d\d|\d [A-Z][a-z]{2} \d{4}|\.csv|\bS0\d\b|\b[OP]\d\b", words)
        assert set(case.course) == {"day", "kind", "what", "detail", "counts_as"}


def test_bands_at_risk_are_named_for_the_operation_that_has_them(tmp_path: Path) -> None:
    head, *lines = OPERATIONS.splitlines()
    text = "\n".join([f"{head} | smoking", *(f"{line} | {'current' if 'O1' in line else ''}" for line in lines)])
    records = door(practice(tmp_path, text, diagnoses=CAUSES)).of(Cohort())
    found = reviewed(records, failures_seen(records, "fbss", *YEAR), "fbss")
    assert sorted(case.facts.risks for case in found) == [(), (), ("smoking (current)",)]


def test_the_sentence_counts_what_the_pages_say(store: Path) -> None:
    found = cases(store)
    rows = failures_seen(door(store).of(Cohort()), "fbss", *YEAR)
    verdict = meeting_verdict(rows, found, load().outcomes["fbss"])
    assert verdict.answer == "3 failures (FBSS) showed themselves, from 1 Mar 2024 to 3 Mar 2024."
    assert verdict.doubt.startswith(
        "Of 3 cases here: 1 of a cause that could perhaps have been prevented, 1 without a named cause, 1 with a red "
        "flag of which no contact is recorded and 1 without a treatment recorded. Counts of a list"
    )
    assert [asking(case) for case in found] == [
        ["perhaps preventable", "red flag without contact"], ["no named cause"], ["no treatment recorded"],
    ]  # fmt: skip
    nothing = meeting_verdict(rows.head(0), [], load().outcomes["fbss"])
    assert nothing.answer == "No failure (FBSS) showed itself in this period."


def test_a_surgeon_goes_through_the_own_cases_only_and_every_course_is_on_record(store: Path) -> None:
    assert [case.procedure for case in cases(store, SURGEON)] == ["TLIF", "TLIF"]
    listed = [line for line in lines_of(store / "audit") if line.get("question") == "timeline"]
    assert [line["viewer"] for line in listed[-2:]] == ["Dr One", "Dr One"]


def test_who_sees_counts_goes_through_no_case(store: Path) -> None:
    with pytest.raises(NotAllowed, match="counts"):
        cases(store, Viewer("Manager", "manager"))


def test_no_failure_asks_for_nothing(store: Path) -> None:
    records: Records = door(store).of(Cohort())
    assert reviewed(records, failures_seen(records, "fbss", date(2010, 1, 1), date(2010, 2, 1)), "fbss") == []
