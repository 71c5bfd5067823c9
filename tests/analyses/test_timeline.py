"""A patient's course over every operation: what belongs to it, and which records made a failure by which rule."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.patients import patients
from dashboard.analyses.timeline import UNANSWERED, reasons, timeline
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.records import Records
from tests.queries.test_marts import practice

HEADER = "operation_id | patient_id | surgery_date | procedure | surgeon | planned_stage | last_contact_date"
THREE = f"""{HEADER}
O1 | P1 | 2024-01-01 | tlif              | S01 |      | 2025-12-31
O2 | P1 | 2024-02-01 | posterolateral_fusion | S01 | true | 2025-12-31
O3 | P1 | 2024-06-01 | revision_fusion   | S02 |      | 2025-12-31
O4 | P2 | 2024-01-01 | tlif              | S01 |      | 2025-12-31"""
SYMPTOMS = """operation_id | onset_date | symptom
O1 | 2023-12-01 | limp
O1 | 2024-03-01 | tingling
O1 | 2024-04-01 | numbness"""
CAUSES = """operation_id | diagnosis_date | cause | code
O1 | 2024-03-15 |             | X99
O1 | 2024-05-01 | infection   |
O1 | 2024-05-20 | scar_tissue |
O3 | 2024-09-01 |             | M96.1"""
VISITS = """operation_id | visit_date | odi | gpe
O1 | 2023-11-01 | 50 |
O1 | 2023-12-20 | 40 |
O1 | 2023-12-30 |    | 3
O1 | 2024-12-30 | 35 |
O1 | 2025-02-20 | 10 |"""


def door(store: Path, viewer: Viewer = OPERATOR) -> Records:
    current = Store(store).current()
    assert current is not None
    return Records(
        DuckEngine(current.path, current.number), viewer, Cohort(every_operation=True), Audit(store / "audit")
    )


def asked(folder: Path, viewer: Viewer = OPERATOR) -> Records:
    return door(practice(folder, THREE, symptoms=SYMPTOMS, diagnoses=CAUSES, follow_ups=VISITS), viewer)


def course(records: Records, procedure: str, outcome: str) -> pd.DataFrame:
    """The course from the operation of this procedure, of the patient with three."""
    rows = patients(records, outcome)
    of_three = rows[rows.groupby("patient")["operation"].transform("size") > 1]
    return timeline(records, int(of_three.loc[of_three["procedure"] == procedure, "operation"].iloc[0]), outcome)


def counted(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    marked = rows[rows["counts_as"] != ""]
    return [(row.kind, row.what, row.counts_as) for row in marked.itertuples()]  # type: ignore[misc]


def test_every_operation_of_the_patient_is_there_with_its_records_and_their_source(tmp_path: Path) -> None:
    rows = course(asked(tmp_path), "Revision fusion", "fbss")
    operations = rows[rows["kind"] == "operation"]
    assert list(operations["what"]) == ["TLIF", "Posterolateral fusion", "Revision fusion"]
    assert list(operations["day"]) == [-152, -121, 0]
    assert list(operations["own_day"]) == [0, 0, 0]
    assert operations["detail"].iloc[1] == "planned stage"
    finding = rows[rows["what"] == "Infection"].iloc[0]
    assert (finding["day"], finding["own_day"], finding["file"], finding["line"]) == (-31, 121, "diagnoses.csv", 3)
    assert rows["day"].is_monotonic_increasing
    assert rows["operation"].nunique() == 3


def test_whatever_operation_is_chosen_the_records_are_the_same(tmp_path: Path) -> None:
    records = asked(tmp_path)
    first, last = (course(records, name, "fbss") for name in ("TLIF", "Revision fusion"))
    columns = ["operation", "own_day", "kind", "what", "counts_as", "file", "line"]
    assert first[columns].equals(last[columns])


def test_fbss_rests_on_the_first_finding_and_on_the_symptom_that_sets_the_clock(tmp_path: Path) -> None:
    rows = course(asked(tmp_path), "TLIF", "fbss")
    assert counted(rows) == [
        ("symptom", "Tingling", "FBSS: the first symptom, which sets the clock"),
        ("cause", "Infection", "FBSS: the finding"),
        ("cause", "No cause recorded", "FBSS: the finding"),
    ]
    first, second = reasons(rows, "fbss")
    assert first.sentence == "TLIF of 1 Jan 2024: counts as failed by FBSS (definition version 1), day 60."
    assert first.records == (
        "The finding: Infection, 1 May 2024 (diagnoses.csv, row 3)",
        "The first symptom, which sets the clock: Tingling, 1 Mar 2024 (symptoms.csv, row 3)",
    )
    # No symptom is recorded: the finding, a code alone, is the clock.
    assert second.sentence.endswith("day 92.")
    assert second.records == ("The finding: No cause recorded, 1 Sep 2024 (diagnoses.csv, row 5)",)


def test_a_reoperation_rests_on_the_later_operation_and_not_on_a_planned_stage(tmp_path: Path) -> None:
    rows = course(asked(tmp_path), "TLIF", "reoperation")
    ((kind, what, words),) = counted(rows)
    assert (kind, what) == ("operation", "Revision fusion")
    assert words.startswith("Reoperation: the later operation after that of 1 Jan 2024")
    assert reasons(rows, "reoperation")[0].records == (
        "The later operation: Revision fusion, 1 Jun 2024 (operations.csv, row 4)",
    )


def test_the_earlier_of_two_rules_is_the_one_that_counts(tmp_path: Path) -> None:
    rows = course(asked(tmp_path), "TLIF", "any_failure")
    own = rows[(rows["counts_as"] != "") & (rows["operation"] == rows["operation"].iloc[0])]
    assert set(own["kind"]) == {"symptom", "cause"}


def test_a_visit_rests_on_its_answer_and_on_the_last_one_before_surgery(tmp_path: Path) -> None:
    rows = course(asked(tmp_path), "TLIF", "prom_failure")
    assert [(what, words) for _, what, words in counted(rows)] == [
        ("Visit before surgery", "ODI not improved: the state before surgery"),
        ("Follow-up visit", "ODI not improved: the visit that answers"),
    ]
    assert list(rows.loc[rows["counts_as"] != "", "line"]) == [3, 5]


def test_an_operation_outside_the_scope_is_not_shown_though_it_made_the_failure(tmp_path: Path) -> None:
    own = asked(tmp_path, Viewer("Dr One", "surgeon", surgeon="S01"))
    rows = course(own, "TLIF", "reoperation")
    assert list(rows.loc[rows["kind"] == "operation", "what"]) == ["TLIF", "Posterolateral fusion"]
    assert "No cause recorded" not in set(rows.loc[rows["date"] >= "2024-06-01", "what"])
    assert all(reason.records == () for reason in reasons(rows, "reoperation"))
    assert reasons(rows, "reoperation")


def test_a_visit_that_nobody_answered_stands_there_and_is_no_record(tmp_path: Path) -> None:
    rows = course(asked(tmp_path), "TLIF", "fbss")
    first = rows[(rows["kind"] == UNANSWERED) & (rows["operation"] == rows["operation"].iloc[0])]
    assert [words.split(":")[0] for words in first["what"]] == ["Visit at 3 months", "Visit at 24 months"]
    assert first["what"].iloc[0] == "Visit at 3 months: lost to follow-up"
    assert first["detail"].iloc[0].startswith("no answer in days 60 to 120, which ended 30 Apr 2024, more than")
    assert first["file"].isna().all()
    assert first["line"].isna().all()
    assert (first["counts_as"] == "").all()


def test_an_opinion_stands_in_the_words_of_its_definition_and_days_in_one_form(tmp_path: Path) -> None:
    visits = "operation_id | visit_date | odi | gpe | satisfaction\nO1 | 2024-12-30 | 35 | 2 | 1"
    flags = "operation_id | onset_date | symptom | resolved_date\nO1 | 2024-03-01 | fever | 2024-03-09"
    rows = course(door(practice(tmp_path, THREE, symptoms=flags, follow_ups=visits)), "TLIF", "fbss")
    details = dict(zip(rows["what"], rows["detail"], strict=True))
    assert details["Follow-up visit"].endswith(
        "global perceived effect: much better (2 of 7), satisfaction: satisfied (1 of 5)"
    )
    assert details["Fever"] == "resolved 9 Mar 2024"


@pytest.mark.parametrize("outcome", list(load().outcomes))
def test_every_failure_of_the_practice_rests_on_a_record(sample: Records, outcome: str) -> None:
    failed = patients(sample, outcome, "failed")
    for number in failed["operation"].iloc[:: max(1, len(failed) // 25)]:
        rows = timeline(sample, int(number), outcome)
        (reason,) = [one for one in reasons(rows, outcome) if one.operation == number]
        assert reason.records
