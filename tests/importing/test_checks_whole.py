"""Rules that no single row breaks: shares of a whole table, and what changed since the last import."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.engines.generations import Store
from dashboard.importing.result import ImportRefused, ImportResult, Issue
from tests.importing.written import take, write

ROUNDED = (
    "complication_operation_id_rounded", "diagnosis_operation_id_rounded", "flat_row_operation_id_rounded",
    "flat_row_patient_id_rounded", "operation_operation_id_rounded", "operation_patient_id_rounded",
    "patient_patient_id_rounded", "symptom_operation_id_rounded", "treatment_operation_id_rounded",
    "visit_operation_id_rounded",
)  # fmt: skip
CASES = {
    "operations_on_sundays", "operations_on_the_first", "operations_halved", "patients_halved",
    "operations_doubled", "operations_month_gone", "records_vanished", "visits_gone", *ROUNDED,
}  # fmt: skip
MONDAY = date(2024, 1, 1)
"""Also the first of a month."""


def practice(operations: int, patients: int | None = None, visits: int = 0, day: str = "2024-01-03") -> dict[str, str]:
    """So many operations on one day, each of its own patient unless there are fewer patients, and so many visits."""
    people = patients or operations
    return {
        "patients": "patient_id | birth_year" + "".join(f"\nP{n} | 1960" for n in range(people)),
        "operations": "operation_id | patient_id | surgery_date | procedure"
        + "".join(f"\nO{n} | P{n % people} | {day} | tlif" for n in range(operations)),
        **(
            {
                "follow_ups": "operation_id | visit_date | odi"
                + "".join(f"\nO{n} | 2024-04-01 | 51" for n in range(visits))
            }
            if visits
            else {}
        ),
    }


def found(result: ImportResult, rule: str) -> list[Issue]:
    return [issue for issue in result.issues if issue.rule == rule]


def dated(days: list[date]) -> dict[str, str]:
    """An operation of its own patient on each of these days."""
    tables = practice(len(days))
    rows = "".join(f"\nO{n} | P{n} | {day.isoformat()} | tlif" for n, day in enumerate(days))
    return {**tables, "operations": "operation_id | patient_id | surgery_date | procedure" + rows}


@pytest.mark.parametrize(("sundays", "noted"), [(10, []), (11, ["11 %"])])
def test_more_than_a_tenth_on_sundays_is_noted(tmp_path: Path, sundays: int, noted: list[str]) -> None:
    days = [MONDAY + timedelta(days=6)] * sundays + [MONDAY + timedelta(days=1)] * (100 - sundays)
    result = take(write(tmp_path / "records", **dated(days)), tmp_path / "store")
    issues = found(result, "operations_on_sundays")
    assert [issue.value for issue in issues] == noted
    assert all((issue.severity, issue.line, issue.file) == ("note", None, "operations") for issue in issues)


@pytest.mark.parametrize(("firsts", "noted"), [(14, []), (15, ["15 %"])])
def test_more_than_a_seventh_on_the_first_of_a_month_is_noted(tmp_path: Path, firsts: int, noted: list[str]) -> None:
    days = [MONDAY] * firsts + [MONDAY + timedelta(days=1)] * (100 - firsts)
    result = take(write(tmp_path / "records", **dated(days)), tmp_path / "store")
    assert [issue.value for issue in found(result, "operations_on_the_first")] == noted


def twice(tmp_path: Path, first: dict[str, str], second: dict[str, str]) -> ImportResult:
    """What is said of the second import, whether or not it is refused; a refusal changes nothing."""
    store = tmp_path / "store"
    assert not {issue.severity for issue in take(write(tmp_path / "a", **first), store).issues} - {"note"}
    try:
        return take(write(tmp_path / "b", **second), store)
    except ImportRefused as refusal:
        assert [generation.number for generation in Store(store).generations()] == [1]
        return refusal.result


@pytest.mark.parametrize(("now", "stopped"), [(11, False), (10, True)])
def test_an_import_with_half_of_the_operations_gone_is_refused(tmp_path: Path, now: int, stopped: bool) -> None:
    result = twice(tmp_path, practice(20, patients=10), practice(now, patients=10))
    issues = found(result, "operations_halved")
    assert [(issue.severity, issue.value) for issue in issues] == ([("stop", "20 before, 10 now")] if stopped else [])
    assert all("Are the files whole?" in issue.message for issue in issues)
    assert (result.generation is None) == stopped


def test_an_import_with_half_of_the_patients_gone_is_refused(tmp_path: Path) -> None:
    result = twice(tmp_path, practice(20), practice(20, patients=10))
    assert [issue.severity for issue in found(result, "patients_halved")] == ["stop"]
    assert found(result, "operations_halved") == []


@pytest.mark.parametrize(
    ("now", "rule", "severity"), [(21, None, None), (20, "visits_gone", "note"), (0, "records_vanished", "stop")]
)
def test_visits_gone_are_noted_from_a_third_and_refused_when_all_are(
    tmp_path: Path, now: int, rule: str | None, severity: str | None
) -> None:
    result = twice(tmp_path, practice(30, visits=30), practice(30, visits=now))
    issues = [issue for name in ("visits_gone", "records_vanished") for issue in found(result, name)]
    assert [(issue.rule, issue.severity) for issue in issues] == ([(rule, severity)] if rule else [])


def test_twice_the_operations_are_noted(tmp_path: Path) -> None:
    assert found(twice(tmp_path / "1", practice(10), practice(19)), "operations_doubled") == []
    assert [i.value for i in found(twice(tmp_path / "2", practice(10), practice(20)), "operations_doubled")] == [
        "10 before, 20 now"
    ]


def test_a_month_that_lost_every_operation_is_noted(tmp_path: Path) -> None:
    january, march = [date(2024, 1, 3)] * 5, [date(2024, 3, 6)] * 10
    result = twice(tmp_path, dated(january + march), dated(march))
    assert [issue.value for issue in found(result, "operations_month_gone")] == ["2024-01: 5 before, none now"]


def test_a_practice_of_nine_operations_is_too_small_for_a_jump(tmp_path: Path) -> None:
    assert twice(tmp_path, practice(9), practice(1)).generation == 2


def test_a_practice_is_not_held_against_the_made_up_records_before(tmp_path: Path) -> None:
    made_up = write(tmp_path / "made_up", **practice(20))
    (made_up / "about.toml").write_text('made_up = true\npractice = "Nowhere"\n')
    take(made_up, tmp_path / "store")
    assert take(write(tmp_path / "own", **practice(5)), tmp_path / "store").generation == 2


def test_a_first_import_is_held_against_nothing(tmp_path: Path) -> None:
    result = take(write(tmp_path / "records", **practice(20, visits=20)), tmp_path / "store")
    assert [issue.rule for issue in result.issues if issue.rule != "format"] == []


ROUNDED_IN = {
    "patients": "patient_id | birth_year\n2.0231E+11 | 1960",
    "operations": "operation_id | patient_id | surgery_date | procedure\n7,1e+12 | 2.0231E+11 | 2024-01-03 | tlif",
    "follow_ups": "operation_id | visit_date | odi\n7,1e+12 | 2024-04-01 | 51",
    "symptoms": "operation_id | onset_date | symptom\n7,1e+12 | 2024-04-01 | fever",
    "diagnoses": "operation_id | diagnosis_date | cause\n7,1e+12 | 2024-04-01 | infection",
    "complications": "operation_id | complication_date | complication\n7,1e+12 | 2024-04-01 | dural_tear",
    "treatments": "operation_id | start_date | treatment\n7,1e+12 | 2024-05-01 | exercise",
}
FLAT = "patient,op,day,procedure\n2.0231E+11,7E+5,2024-01-03,tlif\n2.0231E+11,8E+5,2024-01-04,tlif\n"
FLAT_MAPPING = '[columns]\npatient_id = "patient"\noperation_id = "op"\nsurgery_date = "day"\nprocedure = "procedure"\n'


def test_identifiers_that_a_spreadsheet_rounded_refuse_the_whole(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused:
        take(write(tmp_path / "records", **ROUNDED_IN), tmp_path / "store")
    rules = {issue.rule for issue in refused.value.result.issues if issue.severity == "stop"}
    assert rules == {name for name in ROUNDED if not name.startswith("flat")}
    assert "a spreadsheet rounded these identifiers" in refused.value.message
    assert not list((tmp_path / "store" / "gen").glob("*"))


def test_in_a_flat_file_they_are_never_one_patient_with_many_operations(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(FLAT, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(FLAT_MAPPING, encoding="utf-8")
    with pytest.raises(ImportRefused) as refused:
        take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "mapping.toml")
    stops = {issue.message for issue in refused.value.result.issues if issue.rule in ROUNDED}
    assert {message.partition(", row 2")[0] for message in stops} == {
        "list.csv, column patient_id", "list.csv, column operation_id",
    }  # fmt: skip
    assert refused.value.message.count("a spreadsheet rounded these identifiers") == 2


def test_letters_and_digits_alone_are_no_rounded_number(tmp_path: Path) -> None:
    tables = {name: text.replace("2.0231E+11", "2E11").replace("7,1e+12", "7E12") for name, text in ROUNDED_IN.items()}
    assert take(write(tmp_path / "records", **tables), tmp_path / "store").tables["operations"].accepted == 1
