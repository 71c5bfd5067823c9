"""Rows of what is in the store already: they carry it further, or contradict it and are left out alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.analyses.patients import flag_subject, shown_patient
from dashboard.engines.generations import Store
from dashboard.importing.checking.checks import STORE, all_checks
from dashboard.importing.publishing.forgetting import forget
from dashboard.importing.work import work
from tests.importing.test_adding import FOLLOW_UPS, OPERATIONS, PATIENTS, add, delivered, states
from tests.importing.test_following import behind, operated, subjects, written
from tests.importing.written import cells_left_out, left_out, rows, take, write

TREATMENTS = """
    operation_id | start_date | treatment | outcome   | outcome_date
    O1           | 2024-05-01 | exercise  | unchanged |
"""
SYMPTOMS = "operation_id | onset_date | symptom | severity\nO2 | 2024-04-01 | leg_pain | 4"
DIAGNOSES = "operation_id | diagnosis_date | cause | is_primary\nO2 | 2024-06-01 | undetermined | true"
COMPLICATIONS = "operation_id | complication_date | complication | severity\nO1 | 2024-01-09 | dural_tear | minor"
CASES = {
    "patient_against_the_store": ("patients", "patient_id | birth_year | sex\nP1 | 1961 | female", "birth_year"),
    "operation_against_the_store": (
        "operations",
        "operation_id | patient_id | surgery_date | procedure\nO1 | P1 | 2024-01-02 | plif",
        "surgery_date, procedure",
    ),
    "visit_against_the_store": ("follow_ups", "operation_id | visit_date | odi\nO1 | 2024-12-20 | 21", "odi"),
    "symptom_against_the_store": ("symptoms", SYMPTOMS.replace("| 4", "| 6"), "severity"),
    "diagnosis_against_the_store": ("diagnoses", DIAGNOSES.replace("true", "false"), "is_primary"),
    "complication_against_the_store": ("complications", COMPLICATIONS.replace("minor", "major"), "severity"),
    "treatment_against_the_store": ("treatments", TREATMENTS.replace("unchanged", "improved"), "outcome"),
}
KEPT = ("patient", "operation", "follow_up", "symptom", "diagnosis", "complication", "treatment")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two operations of two patients, and something of every kind."""
    records = write(
        tmp_path / "first", PATIENTS, OPERATIONS, follow_ups=FOLLOW_UPS, symptoms=SYMPTOMS, diagnoses=DIAGNOSES,
        complications=COMPLICATIONS, treatments=TREATMENTS,
    )  # fmt: skip
    take(records, tmp_path / "store")
    return tmp_path / "store"


def test_every_rule_of_additions_has_its_case() -> None:
    assert sorted(check.name for check in all_checks() if check.phase == STORE) == sorted(CASES)


@pytest.mark.parametrize("rule", CASES)
def test_a_row_that_contradicts_the_store_is_left_out_alone_and_named(tmp_path: Path, store: Path, rule: str) -> None:
    table, text, differs = CASES[rule]
    before = {kept: rows(store, f"select * from {kept} order by all") for kept in KEPT}
    new = "operation_id | visit_date | odi\nO2 | 2026-01-05 | 12"
    again = {"follow_ups": f"{text}\n{new.splitlines()[1]}" if table == "follow_ups" else new}
    result = add(delivered(tmp_path / "month", **({table: text} | again)), store)
    (issue,) = left_out(result)
    assert (issue.rule, issue.file, issue.line) == (rule, f"{table}.csv", 2)
    assert f"of {table}.csv (in the store) has the same" in issue.message
    assert f"with another {differs}. What is in the store stays as it is; this row was left out." in issue.message
    assert cells_left_out(result) == []
    after = {kept: rows(store, f"select * from {kept} order by all") for kept in KEPT}
    assert after.pop("follow_up")[:2] == before.pop("follow_up")
    assert after == before
    assert rows(store, "select all_operations, patients from facts") == [(2, 2)]


def test_a_later_last_contact_carries_an_operation_further_and_empty_cells_are_filled(tmp_path: Path) -> None:
    store, whole = tmp_path / "store", tmp_path / "whole"
    header = "operation_id | patient_id | surgery_date | procedure | surgeon | asa | last_contact_date\n"
    first = f"{header}O1 | P1 | 2024-01-01 | tlif | S02 | | 2024-03-01\nO2 | P2 | 2024-02-01 | tlif | S01 | 2 |"
    newest = f"{header}O1 | P1 | 2024-01-01 | tlif | S02 | 3 | 2026-04-01\nO2 | P2 | 2024-02-01 | tlif | | | 2026-05-01"
    patients = "patient_id | birth_year | sex | death_date\nP1 | 1960 | female | 2026-04-01\nP2 | 1950 | male |"
    take(write(tmp_path / "first", PATIENTS.replace("female", "      "), first), store)
    result = add(delivered(tmp_path / "month", operations=newest, patients=patients), store)
    assert left_out(result) == []
    assert {name: count.accepted for name, count in result.tables.items() if count.read} == {
        "patients": 1, "operations": 2,
    }  # fmt: skip
    # What the newest rows leave empty stays as it was.
    take(
        write(tmp_path / "together", patients, newest.replace("tlif | | | 2026-05-01", "tlif | S01 | 2 | 2026-05-01")),
        whole,
    )
    for select in (
        "select operation_id, asa, last_contact_date, death_date, sex, line from operation inner join patient"
        " using (patient) order by all",
        "select operation_id, day, state from operation_outcome inner join operation using (operation) order by all",
    ):
        assert rows(store, select.replace(", line", "")) == rows(whole, select.replace(", line", ""))
    assert rows(store, "select operation_id, asa, cast(last_contact_date as varchar) from operation order by all") == [
        ("O1", 3, "2026-04-01"), ("O2", 2, "2026-05-01"),
    ]  # fmt: skip


def test_an_earlier_last_contact_does_not_take_follow_up_away(tmp_path: Path) -> None:
    store, header = tmp_path / "store", "operation_id | patient_id | surgery_date | procedure | last_contact_date\n"
    take(write(tmp_path / "first", PATIENTS, f"{header}O1 | P1 | 2024-01-01 | tlif | 2025-03-01"), store)
    older = f"{header}O1 | P1 | 2024-01-01 | tlif | 2024-03-01\nO2 | P2 | 2024-02-01 | tlif | 2024-03-01"
    result = add(delivered(tmp_path / "month", operations=older), store)
    assert [issue.rule for issue in left_out(result)] == ["operation_against_the_store"]
    assert rows(store, "select cast(last_contact_date as varchar) from operation order by all") == [
        ("2024-03-01",), ("2025-03-01",),
    ]  # fmt: skip


def test_new_rows_that_contradict_each_other_leave_what_is_there_alone(tmp_path: Path, store: Path) -> None:
    header = "operation_id | patient_id | surgery_date | procedure | asa\n"
    twice = f"{header}O1 | P1 | 2024-01-01 | tlif | 2\nO1 | P1 | 2024-01-01 | tlif | 3\nO3 | P2 | 2025-02-01 | tlif | 3"
    result = add(delivered(tmp_path / "month", operations=twice), store)
    assert [(issue.rule, issue.line) for issue in left_out(result)] == [
        ("operation_against_the_store", 2), ("operation_against_the_store", 3),
    ]  # fmt: skip
    assert "row 3 has the same operation with another asa" in left_out(result)[0].message
    assert rows(store, "select operation_id, asa from operation order by all") == [
        ("O1", None),
        ("O2", None),
        ("O3", 3),
    ]


def test_a_detail_that_was_empty_is_told_later_of_what_happened(tmp_path: Path, store: Path) -> None:
    later = TREATMENTS.replace("unchanged |", "unchanged | 2025-01-01")
    result = add(delivered(tmp_path / "month", treatments=later), store)
    assert left_out(result) == []
    assert rows(store, "select outcome, cast(outcome_date as varchar) from treatment") == [("unchanged", "2025-01-01")]


def test_a_cell_that_could_not_be_read_is_told_later(tmp_path: Path) -> None:
    store, header = tmp_path / "store", "operation_id | patient_id | surgery_date | procedure | asa | smoking\n"
    take(write(tmp_path / "first", PATIENTS, f"{header}O1 | P1 | 2024-01-01 | tlif | many | often"), store)
    add(delivered(tmp_path / "month", operations=f"{header}O1 | P1 | 2024-01-01 | tlif | 2 |"), store)
    assert rows(store, "select asa from operation") == [(2,)]
    assert rows(store, "select field from unreadable_cell order by all") == [("operation.smoking",)]


FLAT = """[columns]
patient_id = "no"
surgery_date = "day"
procedure = "what"
smoking = "smoking"

[follow_up]
days = "days"
status = "status"
censored = "0"
failed = "1"
died = "2"
"""


def test_a_row_of_a_flat_file_with_a_later_status_carries_its_operation_further(tmp_path: Path) -> None:
    mapping, header = tmp_path / "mapping.toml", "no,day,what,smoking,days,status\n"
    mapping.write_text(FLAT)
    first = "1,2024-01-10,tlif,,100,0\n2,2024-01-11,plif,never,100,0\n3,2024-01-12,plif,never,100,0\n"
    newest = "1,2024-01-10,tlif,never,400,0\n2,2024-01-11,plif,never,300,1\n3,2024-01-12,plif,never,200,2\n"
    for name, text in {"first": first, "month": newest}.items():
        (tmp_path / f"{name}.csv").write_text(f"{header}{text}")
    store, whole = tmp_path / "store", tmp_path / "whole"
    for place, name in enumerate(("first", "month")):
        result = work([tmp_path / f"{name}.csv"], store, mapping, False, lambda step: None, add=bool(place))
    work([tmp_path / "month.csv"], whole, mapping, False, lambda step: None)
    assert left_out(result) == []
    select = (
        "select procedure, smoking, last_contact_date - surgery_date, death_date, outcome, state, day from operation"
        " inner join patient using (patient) inner join operation_outcome using (operation) order by all"
    )
    select = select.replace("select procedure, smoking", "select operation.procedure, operation.smoking")
    assert rows(store, select) == rows(whole, select)
    assert sorted(states(store, "fbss").values()) == sorted(states(whole, "fbss").values())


def test_of_a_row_of_a_flat_file_that_contradicts_the_store_nothing_of_the_operation_is_taken(tmp_path: Path) -> None:
    mapping, header = tmp_path / "mapping.toml", "no,day,what,smoking,days,status\n"
    mapping.write_text(FLAT)
    (tmp_path / "first.csv").write_text(f"{header}1,2024-01-10,tlif,never,100,0\n")
    (tmp_path / "month.csv").write_text(f"{header}1,2024-01-10,tlif,current,400,1\n2,2025-01-10,tlif,never,9,0\n")
    for place, name in enumerate(("first", "month")):
        result = work(
            [tmp_path / f"{name}.csv"], tmp_path / "store", mapping, False, lambda step: None, add=bool(place)
        )
    assert [issue.rule for issue in left_out(result)] == ["operation_against_the_store"]
    select = "select smoking, last_contact_date - surgery_date from operation order by all"
    assert rows(tmp_path / "store", select) == [("never", 9), ("never", 100)]
    assert rows(tmp_path / "store", "select count(*) from diagnosis") == [(0,)]


def test_whoever_opted_out_stays_out_of_an_addition_whatever_it_tells(tmp_path: Path, store: Path) -> None:
    forget(Store(store), "P1", lambda step: None)
    header = "operation_id | patient_id | surgery_date | procedure | last_contact_date\n"
    again = f"{header}O1 | P1 | 2024-01-01 | tlif | 2026-01-01\nO2 | P2 | 2024-02-01 | tlif | 2026-01-01"
    visits = "operation_id | visit_date | odi\nO1 | 2026-01-01 | 12"
    result = add(delivered(tmp_path / "month", operations=again, follow_ups=visits), store)
    assert (result.tables["operations"].accepted, result.tables["follow_ups"].accepted) == (1, 0)
    assert rows(store, "select operation_id, cast(last_contact_date as varchar) from operation") == [
        ("O2", "2026-01-01")
    ]


def test_what_was_written_of_an_operation_stays_with_it_when_it_is_carried_further(tmp_path: Path, store: Path) -> None:
    for about in operated(store):
        written(store, about)
    before = {kind: subjects(store, kind) for kind in ("contact", "flag")}
    header = "operation_id | patient_id | surgery_date | procedure | last_contact_date\n"
    again = f"{header}O1 | P1 | 2024-01-01 | tlif | 2026-01-01\nO3 | P1 | 2025-01-01 | tlif | 2026-01-01"
    result = add(delivered(tmp_path / "month", operations=again), store)
    assert behind(result) == []
    assert {kind: subjects(store, kind) for kind in ("contact", "flag")} == before
    assert len(before["flag"]) == 2
    kept = {flag_subject(shown_patient(patient), day) for patient, day in operated(store)}
    assert set(before["flag"]) < kept
