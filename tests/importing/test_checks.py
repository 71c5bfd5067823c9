"""Every rule between records, broken by its case: what is said names where and why, and never whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.definitions.canonical import TABLES
from dashboard.importing.checking.checks import all_checks
from dashboard.importing.result import ImportResult, Issue
from dashboard.shipped import shipped
from tests.canaries import traces
from tests.importing.test_checks_cases import CASES, GOOD, HEADERS, OPERATIONS, PATIENTS, Case, operation
from tests.importing.written import opened, rows, take, write

CLEARS = {
    check.name: check.clears for check in all_checks() if check.clears and check.table in TABLES and check.name in CASES
}
KEPT = {name: table.kept for name, table in TABLES.items()}
NONE = dict.fromkeys(KEPT, 0)
"""Rows kept of each table when nothing is."""


def texts(case: Case | None = None) -> dict[str, str]:
    """The good tables, with the row of a case in one of them."""
    good = {name: f"{header}\n{GOOD[name]}" for name, header in HEADERS.items()}
    good |= {"patients": PATIENTS.strip(), "operations": OPERATIONS}
    if case is None:
        return good
    if case.with_patient:
        good["patients"] += f"\n{case.with_patient}"
    return {**good, case.table: f"{good[case.table]}\n{case.row}"}


def said(result: ImportResult) -> list[Issue]:
    """What the rules said."""
    return [issue for issue in result.issues if issue.rule not in ("column_not_used", "format")]


def kept(store: Path) -> dict[str, int]:
    with opened(store) as current:
        return {name: current.table(table).shape[0] for name, table in KEPT.items()}


def test_good_records_break_no_rule(tmp_path: Path) -> None:
    result = take(write(tmp_path / "records", **texts()), tmp_path / "store")
    assert said(result) == []
    assert kept(tmp_path / "store") == {**NONE, "patients": 2, "operations": 2, **dict.fromkeys(HEADERS, 1)}


def test_the_sample_loses_no_row_and_is_not_refused(tmp_path: Path) -> None:
    result = take(shipped("sample_data"), tmp_path / "store")
    assert {issue.severity for issue in result.issues} == {"note"}
    assert all(count.left_out == 0 for count in result.tables.values())


@pytest.mark.parametrize("name", CASES)
def test_a_row_that_breaks_a_rule_is_named_by_file_column_row_severity_and_reason(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    tables = texts(case)
    line = len(tables[case.table].splitlines())
    result = take(write(tmp_path / "records", **tables), tmp_path / "store")
    (issue,) = (issue for issue in said(result) if issue.rule not in case.also)
    assert (issue.rule, issue.severity, issue.file) == (name, case.severity, f"{case.table}.csv")
    assert (issue.line, issue.column, issue.value) == (line, case.column, case.value)
    assert issue.message.startswith(f"{case.table}.csv, column {case.column}, row {line}: ")
    assert case.reason in issue.message
    assert (case.value or "") in issue.message
    assert "SECRET" not in repr(result)
    assert traces(tmp_path / "store", ["SECRET"]) == []
    stays = {**NONE, "patients": 2 + bool(case.with_patient), "operations": 2, **dict.fromkeys(HEADERS, 1)}
    stays[case.table] += case.severity != "row"
    assert kept(tmp_path / "store") == stays
    count = result.tables[case.table]
    assert (count.read - count.accepted, count.left_out) == ((case.severity == "row"),) * 2
    assert_counted(result, name)
    assert_cleared(tmp_path / "store", name, line)


def assert_counted(result: ImportResult, name: str) -> None:
    """A rule says of how many rows it was broken."""
    (count,) = (count for count in result.counts if count.rule == name)
    assert count.broken == 1
    assert count.judged is not None
    assert 1 <= count.judged <= result.tables[CASES[name].table].read


def assert_cleared(store: Path, name: str, line: int) -> None:
    """A cell that a rule clears is empty afterwards, and its row stays."""
    columns = CLEARS.get(name, ())
    if name == "patient_birth_contradicted":  # the year of the date of birth stands in its place
        assert rows(store, f"select birth_year from patient where line = {line}") == [(1960,)]
    elif columns:
        left = rows(store, f"select {', '.join(columns)} from {KEPT[CASES[name].table]} where line = {line}")
        assert left == [(None,) * len(columns)]


def test_a_rule_that_clears_cells_says_that_it_leaves_out_cells() -> None:
    assert {check.name for check in all_checks() if check.severity == "cell"} == {
        check.name for check in all_checks() if check.clears
    }


def test_what_hangs_on_a_row_left_out_is_left_out_and_named_too(tmp_path: Path) -> None:
    tables = texts(CASES["operation_without_patient"])
    tables["symptoms"] += "\nSECRET-O3 | 2024-04-01 | fever | | | |"
    result = take(write(tmp_path / "records", **tables), tmp_path / "store")
    assert [(issue.rule, issue.line) for issue in said(result)] == [
        ("operation_without_patient", 4),
        ("symptom_without_operation", 3),
    ]


@pytest.mark.parametrize(
    ("height", "weight", "bmi", "question"),
    [
        (180, 82, 27.2, None),
        (180, 82, 27.4, "Correct one of the three."),
        (180, 180, 25.2, "Is the weight in pounds?"),
        (180, 180, "", None),
    ],
    ids=["within 2", "more than 2 apart", "pounds", "no index given"],
)
def test_a_body_mass_index_may_be_off_by_two(
    tmp_path: Path, height: float, weight: float, bmi: float | str, question: str | None
) -> None:
    case = Case("operations", operation(height_cm=height, weight_kg=weight, bmi=bmi), "bmi", "cell", "")
    result = take(write(tmp_path / "records", **texts(case)), tmp_path / "store")
    found = [issue.message for issue in said(result) if issue.rule == "operation_bmi_contradicted"]
    assert [message.rpartition("). ")[2] for message in found] == ([question] if question else [])
