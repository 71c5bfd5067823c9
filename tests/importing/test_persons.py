"""One person is one person, and no other: deaths that differ, zeros that were lost, and details told twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.written import issues, left_out, rows, take, write

CASES = {"patient_death_before_activity", "patient_deaths_differ", "patient_alike_but_for_zeros"}
OPERATION = "operation_id | patient_id | surgery_date | procedure | last_contact_date\n"
DIED = "select cast(death_date as varchar) from patient"


@pytest.mark.parametrize(("seen", "death"), [("2022-07-30", "2022-06-01"), ("2022-07-31", None)])
@pytest.mark.parametrize("table", ["operations", "follow_ups", "symptoms", "treatments"])
def test_a_death_sixty_days_before_an_operation_a_visit_or_an_event_is_set_aside_and_named(
    tmp_path: Path, table: str, seen: str, death: str | None
) -> None:
    tables = {
        "patients": "patient_id | death_date\nP1 | 2022-06-01",
        "operations": f"{OPERATION}O1 | P1 | 2022-01-10 | plif | 2024-01-01",
        "follow_ups": "operation_id | visit_date | odi\nO1 | 2022-02-01 | 20",
        "symptoms": "operation_id | onset_date | symptom\nO1 | 2022-02-01 | fever",
        "treatments": "operation_id | start_date | treatment\nO1 | 2022-02-01 | exercise",
    }
    more = {
        "operations": f"O2 | P1 | {seen} | plif | {seen}",
        "follow_ups": f"O1 | {seen} | 30",
        "symptoms": f"O1 | {seen} | chills",
        "treatments": f"O1 | {seen} | opioid",
    }
    tables[table] += f"\n{more[table]}"
    result = take(write(tmp_path / "records", **tables), tmp_path / "store")
    assert rows(tmp_path / "store", DIED) == [(death,)]
    found = [issue for issue in result.issues if issue.rule == "patient_death_before_activity"]
    assert [issue.value for issue in found] == ([] if death else ["2022-06-01"])
    assert [issue.rule.endswith("_after_death") for issue in left_out(result)] == ([True] if death else [])


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_rows_of_a_patient_that_tell_two_deaths_the_latest_counts(tmp_path: Path, turned: bool) -> None:
    told = ["P1 | 1960 | 2022-06-01", "P1 | 1960 | 2023-06-01"]
    people = "\n".join(["patient_id | birth_year | death_date", *(reversed(told) if turned else told)])
    records = write(tmp_path / "records", people, f"{OPERATION}O1 | P1 | 2022-01-10 | plif | 2024-01-01")
    result = take(records, tmp_path / "store")
    assert rows(tmp_path / "store", DIED) == [("2023-06-01",)]
    (found,) = [issue for issue in result.issues if issue.rule == "patient_deaths_differ"]
    assert f"also given as 2022-06-01 in row {3 if turned else 2}. The latest counts" in found.message


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_deaths_in_a_flat_file_the_latest_counts(tmp_path: Path, turned: bool) -> None:
    told = ["1,2021-01-10,plif,2022-06-01", "1,2021-05-10,plif,2023-06-01"]
    lines = ["no,day,what,died", *(reversed(told) if turned else told)]
    (tmp_path / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = 'patient_id = "no"\nsurgery_date = "day"\nprocedure = "what"\ndeath_date = "died"\n'
    (tmp_path / "site.toml").write_text(f"[columns]\n{columns}", encoding="utf-8")
    result = take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "site.toml")
    assert rows(tmp_path / "store", DIED) == [("2023-06-01",)]
    assert "patient_deaths_differ" in [issue.rule for issue in result.issues]
    assert result.tables["operations"].accepted == 2


def test_a_visit_that_stands_where_it_was_planned_takes_no_death_back(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("no,day,what,died,odi\n1,2021-01-10,plif,2021-10-01,30\n", encoding="utf-8")
    columns = 'patient_id = "no"\nsurgery_date = "day"\nprocedure = "what"\ndeath_date = "died"\n'
    (tmp_path / "site.toml").write_text(f'[columns]\n{columns}[visits.12]\nodi = "odi"\n', encoding="utf-8")
    result = take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "site.toml")
    assert rows(tmp_path / "store", DIED) == [("2021-10-01",)]
    assert [issue.rule for issue in left_out(result)] == ["visit_after_death"]


def test_identifiers_that_differ_in_zeros_are_kept_apart_and_the_message_says_what_was_lost(tmp_path: Path) -> None:
    records = write(
        tmp_path / "records",
        "patient_id | birth_year\n001017 | 1960\n1017 | 1950\n000042 | 1950\nP007 | 1940",
        f"{OPERATION}1 | 001017 | 2022-03-01 | plif |\n2 | 1017 | 2022-03-01 | plif |\n3 | 42 | 2022-04-01 | plif |"
        "\n4 | P7 | 2022-04-02 | plif |\n5 | 99 | 2022-04-02 | plif |",
        follow_ups="operation_id | visit_date | odi\n01 | 2022-05-01 | 20\n77 | 2022-05-01 | 20",
    )
    result = take(records, tmp_path / "store")
    assert rows(tmp_path / "store", "select count(*), count(distinct patient) from operation") == [(2, 2)]
    assert [
        (
            issue.rule,
            issue.line,
            "only in leading zeros. Did a spreadsheet drop them? The two are kept apart." in issue.message,
        )
        for issue in left_out(result)
    ] == [
        ("operation_without_patient", 4, True),
        ("operation_without_patient", 5, True),
        ("operation_without_patient", 6, False),
        ("visit_without_operation", 2, True),
        ("visit_without_operation", 3, False),
    ]
    alike = [(one.line, one.severity) for one in issues(result) if one.rule == "patient_alike_but_for_zeros"]
    assert alike == [(2, "note"), (3, "note")]
    assert "1017" not in repr(result)


def test_details_in_which_rows_of_one_event_differ_are_not_recorded_whichever_row_comes_first(tmp_path: Path) -> None:
    told = ["O1 | 2024-02-01 | fever | new | 4 |", "O1 | 2024-02-01 | fever | | 7 | 2024-03-01",
            "O1 | 2024-02-01 | fever | new | 4 |", "O1 | 2024-02-05 | chills | new | 3 |"]  # fmt: skip
    for number, order in enumerate([told, told[::-1], told[1:] + told[:1]]):
        symptoms = "\n".join(["operation_id | onset_date | symptom | course | severity | resolved_date", *order])
        take(write(tmp_path / f"r{number}", symptoms=symptoms), tmp_path / "store")
        select = "select symptom, course, severity, cast(resolved_date as varchar) from symptom order by symptom"
        assert rows(tmp_path / "store", select) == [
            ("chills", "new", 3, None), ("fever", "new", None, "2024-03-01"),
        ]  # fmt: skip
