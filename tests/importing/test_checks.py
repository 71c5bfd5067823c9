"""Every rule between records has a case that breaks it, and what is said names where and why, and never whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dashboard.importing.checks import load
from dashboard.shipped import shipped
from tests.importing.written import issues, rows, take, write

PATIENTS = """
    patient_id | birth_date | birth_year | sex    | death_date
    SECRET-P1  | 1960-05-01 |            | female | 2024-12-31
    SECRET-P2  |            | 1950       | male   |
"""
OPERATIONS = """
    operation_id | patient_id | surgery_date | procedure | last_contact_date | height_cm | weight_kg | bmi
    SECRET-O1    | SECRET-P1  | 2024-01-01   | tlif      |                   |           |           |
    SECRET-O2    | SECRET-P2  | 2024-01-01   | plif      |                   |           |           |
"""
HEADERS = {
    "follow_ups": "operation_id | visit_date | odi",
    "symptoms": "operation_id | onset_date | symptom | course | resolved_date | contacted_at",
    "diagnoses": "operation_id | diagnosis_date | cause | code",
    "complications": "operation_id | complication_date | complication",
    "treatments": "operation_id | start_date | treatment | outcome_date",
}
GOOD = {
    "follow_ups": "SECRET-O1 | 2024-02-01 | 20",
    "symptoms": "SECRET-O1 | 2024-02-01 | fever | new | |",
    "diagnoses": "SECRET-O1 | 2024-02-01 | infection |",
    "complications": "SECRET-O1 | 2024-02-01 | dural_tear",
    "treatments": "SECRET-O1 | 2024-02-01 | exercise |",
}


@dataclass(frozen=True)
class Case:
    """A row that breaks one rule, put after the good rows of its table; value: what the message quotes, if anything."""

    table: str
    row: str
    column: str
    severity: str
    reason: str
    value: str | None = None
    also: tuple[str, ...] = field(default=())
    """Other rules that the same row cannot but break."""


LATE, EARLY = "2025-01-01", "2023-12-31"
AFTER, BEFORE = "lies after the patient's death", "lies before the operation"
NOBODY, TWICE = "there is no such operation", "already stands on an earlier row"
CASES = {
    "complication_after_death": Case(
        "complications", f"SECRET-O1 | {LATE} | dural_tear", "complication_date", "row", AFTER, LATE
    ),
    "complication_before_surgery": Case(
        "complications", f"SECRET-O1 | {EARLY} | dural_tear", "complication_date", "row", BEFORE, EARLY
    ),
    "complication_without_operation": Case(
        "complications", "SECRET-O9 | 2024-02-01 | dural_tear", "operation_id", "row", NOBODY
    ),
    "diagnosis_after_death": Case(
        "diagnoses", f"SECRET-O1 | {LATE} | infection |", "diagnosis_date", "row", AFTER, LATE
    ),
    "diagnosis_before_surgery": Case(
        "diagnoses", f"SECRET-O1 | {EARLY} | infection |", "diagnosis_date", "row", BEFORE, EARLY
    ),
    "diagnosis_says_nothing": Case("diagnoses", "SECRET-O2 | 2024-02-01 | |", "cause", "note", "neither a cause nor"),
    "diagnosis_twice": Case("diagnoses", GOOD["diagnoses"], "cause", "row", TWICE),
    "diagnosis_without_operation": Case(
        "diagnoses", "SECRET-O9 | 2024-02-01 | infection |", "operation_id", "row", NOBODY
    ),
    "operation_after_death": Case(
        "operations", f"SECRET-O3 | SECRET-P1 | {LATE} | tlif | | | |", "surgery_date", "row", AFTER, LATE
    ),
    "operation_before_birth": Case(
        "operations",
        "SECRET-O3 | SECRET-P1 | 1960-04-30 | tlif | | | |",
        "surgery_date",
        "row",
        "before the patient's birth",
        "1960-04-30",
        ("operation_of_a_child",),
    ),
    "operation_bmi_contradicted": Case(
        "operations",
        "SECRET-O3 | SECRET-P2 | 2024-03-01 | tlif | | 170 | 70 | 30",
        "bmi",
        "note",
        "not the index of the height",
        "30.0",
    ),
    "operation_contact_after_death": Case(
        "operations",
        f"SECRET-O3 | SECRET-P1 | 2024-03-01 | tlif | {LATE} | | |",
        "last_contact_date",
        "note",
        "Follow-up ends with the death",
        LATE,
    ),
    "operation_contact_before_surgery": Case(
        "operations",
        f"SECRET-O3 | SECRET-P1 | 2024-03-01 | tlif | {EARLY} | | |",
        "last_contact_date",
        "note",
        f"{BEFORE}. It is set aside",
        EARLY,
    ),
    "operation_of_a_child": Case(
        "operations",
        "SECRET-O3 | SECRET-P2 | 1959-12-31 | tlif | | | |",
        "surgery_date",
        "note",
        "under 10 years old",
        "1959-12-31",
    ),
    "operation_perhaps_registered_twice": Case(
        "operations",
        "SECRET-O3 | SECRET-P1 | 2024-01-01 | tlif | | | |",
        "surgery_date",
        "note",
        "Is it the same operation?",
        "2024-01-01",
    ),
    "operation_twice": Case(
        "operations", "SECRET-O1 | SECRET-P1 | 2024-03-01 | tlif | | | |", "operation_id", "row", TWICE
    ),
    "operation_without_patient": Case(
        "operations", "SECRET-O3 | SECRET-P9 | 2024-03-01 | tlif | | | |", "patient_id", "row", "no such patient"
    ),
    "patient_birth_contradicted": Case(
        "patients", "SECRET-P3 | 1960-05-01 | 1961 | male |", "birth_year", "note", "The date is taken", "1961"
    ),
    "patient_died_before_birth": Case(
        "patients", "SECRET-P3 | | 1960 | male | 1959-12-31", "death_date", "note", "before the birth", "1959-12-31"
    ),
    "patient_twice": Case("patients", "SECRET-P1 | | 1970 | male |", "patient_id", "row", TWICE),
    "symptom_after_death": Case("symptoms", f"SECRET-O1 | {LATE} | fever | | |", "onset_date", "row", AFTER, LATE),
    "symptom_before_surgery": Case(
        "symptoms", f"SECRET-O1 | {EARLY} | fever | | |", "onset_date", "note", "began before the operation", EARLY
    ),
    "symptom_contacted_before_onset": Case(
        "symptoms",
        "SECRET-O2 | 2024-02-01 | fever | | | 2024-01-31",
        "contacted_at",
        "note",
        "contact lies before",
        "2024-01-31",
    ),
    "symptom_resolved_before_onset": Case(
        "symptoms",
        "SECRET-O2 | 2024-02-01 | fever | | 2024-01-31 |",
        "resolved_date",
        "note",
        "resolved before it began",
        "2024-01-31",
    ),
    "symptom_twice": Case("symptoms", GOOD["symptoms"], "symptom", "row", TWICE),
    "symptom_without_operation": Case(
        "symptoms", "SECRET-O9 | 2024-02-01 | fever | | |", "operation_id", "row", NOBODY
    ),
    "treatment_after_death": Case("treatments", f"SECRET-O1 | {LATE} | exercise |", "start_date", "row", AFTER, LATE),
    "treatment_before_surgery": Case(
        "treatments", f"SECRET-O1 | {EARLY} | exercise |", "start_date", "row", BEFORE, EARLY
    ),
    "treatment_outcome_before_start": Case(
        "treatments",
        "SECRET-O2 | 2024-02-01 | exercise | 2024-01-31",
        "outcome_date",
        "note",
        "before the start",
        "2024-01-31",
    ),
    "treatment_without_operation": Case(
        "treatments", "SECRET-O9 | 2024-02-01 | exercise |", "operation_id", "row", NOBODY
    ),
    "visit_after_death": Case("follow_ups", f"SECRET-O1 | {LATE} | 20", "visit_date", "row", AFTER, LATE),
    "visit_says_nothing": Case("follow_ups", "SECRET-O2 | 2024-02-01 |", "odi", "note", "nothing was recorded"),
    "visit_twice": Case("follow_ups", GOOD["follow_ups"], "visit_date", "row", TWICE),
    "visit_without_operation": Case("follow_ups", "SECRET-O9 | 2024-02-01 | 20", "operation_id", "row", NOBODY),
}
FLAT = {"flat_follow_up_unreadable"}
"""Rules of flat files, which have a test of their own below."""
KEPT = {
    "patients": "patient",
    "operations": "operation",
    "follow_ups": "follow_up",
    "symptoms": "symptom",
    "diagnoses": "diagnosis",
    "complications": "complication",
    "treatments": "treatment",
}


def texts(table: str, more: str = "") -> dict[str, str]:
    """The good tables, with a row more in one of them."""
    good = {name: f"{header}\n{GOOD[name]}" for name, header in HEADERS.items()}
    good |= {"patients": PATIENTS.rstrip(), "operations": OPERATIONS.rstrip()}
    return {**good, table: f"{good[table]}\n{more}"} if more else good


def kept(store: Path) -> dict[str, int]:
    return {name: rows(store, f"select count(*) from {table}")[0][0] for name, table in KEPT.items()}


def test_every_rule_has_a_case_that_breaks_it() -> None:
    rules = {path.stem for path in shipped("queries", "checks").glob("*.sql")}
    assert rules == set(CASES) | FLAT


def test_good_records_break_no_rule(tmp_path: Path) -> None:
    result = take(write(tmp_path / "records", **texts("patients")), tmp_path / "store")
    assert issues(result) == []
    assert kept(tmp_path / "store") == {"patients": 2, "operations": 2, **dict.fromkeys(HEADERS, 1)}


@pytest.mark.parametrize("name", CASES)
def test_a_row_that_breaks_a_rule_is_named_by_file_column_row_severity_and_reason(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    tables = texts(case.table, case.row)
    line = len(tables[case.table].strip().splitlines())
    result = take(write(tmp_path / "records", **tables), tmp_path / "store")
    (issue,) = (issue for issue in issues(result) if issue.rule not in case.also)
    assert (issue.rule, issue.severity, issue.file) == (name, case.severity, f"{case.table}.csv")
    assert (issue.line, issue.column, issue.value) == (line, case.column, case.value)
    quoted = f'"{case.value}": ' if case.value else ""
    assert issue.message.startswith(f"{case.table}.csv, column {case.column}, row {line}: {quoted}")
    assert case.reason in issue.message
    stays = {"patients": 2, "operations": 2, **dict.fromkeys(HEADERS, 1)}
    stays[case.table] += case.severity == "note"
    assert kept(tmp_path / "store") == stays
    count = result.tables[case.table]
    assert (count.read - count.accepted, count.left_out) == ((case.severity == "row"),) * 2


@pytest.mark.parametrize("name", CASES)
def test_no_message_or_kept_issue_names_a_patient_or_an_operation(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    result = take(write(tmp_path / "records", **texts(case.table, case.row)), tmp_path / "store")
    assert result.issues
    assert "SECRET" not in repr(result)
    assert "SECRET" not in repr(rows(tmp_path / "store", "select * from issue"))


@pytest.mark.parametrize("name", [name for name in CASES if load(name).clears])
def test_a_cell_that_a_rule_clears_is_empty_afterwards_and_its_row_stays(tmp_path: Path, name: str) -> None:
    case, column = CASES[name], load(name).clears
    tables = texts(case.table, case.row)
    line = len(tables[case.table].strip().splitlines())
    take(write(tmp_path / "records", **tables), tmp_path / "store")
    if name == "patient_birth_contradicted":  # the year of the date of birth stands in its place
        assert rows(tmp_path / "store", f"select birth_year from patient where line = {line}") == [(1960,)]
    else:
        kept = rows(tmp_path / "store", f"select {column} from {KEPT[case.table]} where line = {line}")
        assert kept == [(None,)]


def test_what_hangs_on_a_row_left_out_is_left_out_and_named_too(tmp_path: Path) -> None:
    tables = texts("operations", "SECRET-O3 | SECRET-P9 | 2024-03-01 | tlif | | | |")
    tables["symptoms"] += "\nSECRET-O3 | 2024-04-01 | fever | | |"
    result = take(write(tmp_path / "records", **tables), tmp_path / "store")
    assert [(issue.rule, issue.line) for issue in issues(result)] == [
        ("operation_without_patient", 4),
        ("symptom_without_operation", 3),
    ]


@pytest.mark.parametrize(("days", "status"), [("", "0"), ("12.5", "0"), ("-3", "1"), ("30", ""), ("30", "7")])
def test_a_flat_row_whose_follow_up_cannot_be_told_is_left_out_by_line(tmp_path: Path, days: str, status: str) -> None:
    records = tmp_path / "records.csv"
    records.write_text(
        "op,pat,date,what,days,status\nSECRET-1,SECRET-A,2024-01-01,tlif,30,1\n"
        f"SECRET-2,SECRET-B,2024-01-01,tlif,{days},{status}\n"
    )
    mapping = tmp_path / "site.toml"
    mapping.write_text(
        '[follow_up]\ndays = "days"\nstatus = "status"\ncensored = "0"\nfailed = "1"\ndied = "2"\n[columns]\n'
        'operation_id = "op"\npatient_id = "pat"\nsurgery_date = "date"\nprocedure = "what"\n'
    )
    result = take(records, tmp_path / "store", mapping)
    (issue,) = issues(result)
    assert (issue.rule, issue.severity) == ("flat_follow_up_unreadable", "row")
    assert (issue.file, issue.line, issue.column) == ("records.csv", 3, "follow_up_days")
    assert "SECRET" not in repr(result)
    assert rows(tmp_path / "store", "select operation_id from operation") == [("SECRET-1",)]
    assert (result.tables["operations"].read, result.tables["operations"].left_out) == (2, 1)
