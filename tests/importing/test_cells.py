"""One cell that cannot be read: it is left out alone, named, and counted as not readable; its row stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.access import OPERATOR
from dashboard.analyses.completeness import completeness, unreadable_fields
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions.canonical import TABLES
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.importing.result import ImportRefused, ImportResult
from dashboard.records import Records
from tests.importing.written import cells_left_out, left_out, rows, take, write

OPERATIONS = TABLES["operations"]
OPTIONAL = [
    name for name, column in OPERATIONS.columns.items() if not OPERATIONS.is_needed(name) and column.kind != "text"
]
"""The columns of an operation in which a cell can be unreadable, and is not needed."""


def spoiled() -> str:
    """An operation whole, and for each optional column one in which that cell alone is no value of it."""
    header = " | ".join(["operation_id", "patient_id", "surgery_date", "procedure", *OPTIONAL])
    lines = [f"O{place} | P1 | 2024-01-01 | tlif" for place in range(len(OPTIONAL) + 1)]
    cells = [" | ".join("?!" if place == spoilt else "" for place in range(len(OPTIONAL))) for spoilt in range(-1, 99)]
    return "\n".join([header, *(f"{line} | {cell}" for line, cell in zip(lines, cells, strict=False))])


def asked(store: Path) -> Records:
    current = Store(store).current()
    assert current is not None
    return Records(DuckEngine(current.path, 1), OPERATOR, Cohort(every_operation=True), Audit(store / "audit"))


def test_a_bad_cell_in_any_column_that_is_not_needed_costs_that_cell_alone(tmp_path: Path) -> None:
    result = take(write(tmp_path / "records", operations=spoiled()), tmp_path / "store")
    assert result.tables["operations"].left_out == 0
    assert left_out(result) == []
    assert [(issue.line, issue.column, issue.value) for issue in cells_left_out(result)] == [
        (line, name, "?!") for line, name in enumerate(OPTIONAL, start=3)
    ]
    kept = rows(
        tmp_path / "store",
        "select operation.line, field from unreadable_cell inner join operation using (operation) order by line",
    )
    assert kept == [(line, f"operation.{name}") for line, name in enumerate(OPTIONAL, start=3)]


def test_completeness_counts_not_readable_apart_from_not_recorded(tmp_path: Path) -> None:
    operations = """
        operation_id | patient_id | surgery_date | procedure | asa | height_cm | weight_kg | bmi
        O1           | P1         | 2024-01-01   | tlif      | 2   | tall      | heavy     |
        O2           | P1         | 2025-01-01   | tlif      | ?   | 1.8 m     | 80        | 24.7
        O3           | P1         | 2026-01-01   | tlif      |     |           |           |
    """
    take(write(tmp_path / "records", operations=operations), tmp_path / "store")
    found = completeness(asked(tmp_path / "store")).set_index(["factor", "year"])
    assert found.loc["asa"][["operations", "recorded", "unreadable"]].to_numpy().tolist() == [
        [1, 1, 0], [1, 0, 1], [1, 0, 0],
    ]  # fmt: skip
    assert found.loc["bmi"][["operations", "recorded", "unreadable"]].to_numpy().tolist() == [
        [1, 0, 1], [1, 1, 0], [1, 0, 0],
    ]  # fmt: skip
    fields = unreadable_fields(asked(tmp_path / "store"))
    assert dict(zip(fields["field"], fields["operations"], strict=True)) == {
        "operation.height_cm": 2, "operation.weight_kg": 1, "operation.asa": 1,
    }  # fmt: skip


def test_a_visit_with_one_score_that_cannot_be_read_keeps_the_others(tmp_path: Path) -> None:
    visits = "operation_id | visit_date | odi | eq5d_index\nO1 | 2024-06-01 | 24 | 7"
    result = take(write(tmp_path / "records", follow_ups=visits), tmp_path / "store")
    assert rows(tmp_path / "store", "select odi, eq5d_index from follow_up") == [(24.0, None)]
    assert [issue.column for issue in cells_left_out(result)] == ["eq5d_index"]


def test_a_cell_that_dates_or_names_a_row_still_costs_the_row(tmp_path: Path) -> None:
    diagnoses = """
        operation_id | diagnosis_date | cause     | is_primary
        O1           | 2024-13-01     | infection | true
        O1           | 2024-03-01     | wear      | true
        O1           | 2024-04-01     | infection | perhaps
    """
    result = take(write(tmp_path / "records", diagnoses=diagnoses), tmp_path / "store")
    assert [(issue.line, issue.column) for issue in left_out(result)] == [(2, "diagnosis_date"), (3, "cause")]
    assert rows(tmp_path / "store", "select line, is_primary from diagnosis") == [(4, None)]


def test_eq5d_values_below_zero_of_every_published_value_set_are_read(tmp_path: Path) -> None:
    values = ("-0.59", "-0.661", "-0.757", "-0.974", "-1.026", "1", "-0")
    visits = [f"O1 | 2024-0{month}-01 | {value}" for month, value in enumerate(values, start=2)]
    text = "\n".join(["operation_id | visit_date | eq5d_index", *visits])
    result = take(write(tmp_path / "records", follow_ups=text), tmp_path / "store")
    assert cells_left_out(result) == []
    kept = rows(tmp_path / "store", "select cast(eq5d_index as varchar) from follow_up order by visit_date")
    assert [value for (value,) in kept] == ["-0.59", "-0.661", "-0.757", "-0.974", "-1.026", "1.0", "0.0"]


HEADER = "who;day;what;weight;duration"
COLUMNS = """
[columns]
patient_id = "who"
surgery_date = "day"
procedure = "what"
weight_kg = "weight"
symptom_duration_months = "duration"
"""


def listed(tmp_path: Path, *lines: str, file: str = "", header: str = HEADER) -> ImportResult:
    """What came of a flat file with these rows, each of a patient of its own."""
    (tmp_path / "list.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(f"[file]\n{file}\n{COLUMNS}", encoding="utf-8")
    return take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "mapping.toml")


def numbers(tmp_path: Path) -> list[tuple[object, ...]]:
    return rows(tmp_path / "store", "select weight_kg, symptom_duration_months from operation order by line")


THREE = ("P1;2024-01-01;tlif;81,5;12,5", "P2;2024-01-02;tlif;77,25;1.200", "P3;2024-01-03;tlif;90;4")


def test_where_the_mapping_says_decimal_comma_the_cell_with_a_point_is_left_out_alone(tmp_path: Path) -> None:
    result = listed(tmp_path, *THREE, file='decimal = ","')
    assert numbers(tmp_path) == [(81.5, 12.5), (77.25, None), (90.0, 4.0)]
    (issue,) = cells_left_out(result)
    assert (issue.line, issue.column, issue.value) == (3, "duration", "1.200")
    assert "the comma is the decimal sign" in issue.message


def test_where_the_mapping_says_decimal_point_the_cells_with_a_comma_are_left_out_alone(tmp_path: Path) -> None:
    result = listed(tmp_path, *THREE, file='decimal = "."')
    assert numbers(tmp_path) == [(None, None), (None, 1.2), (90.0, 4.0)]
    assert len(cells_left_out(result)) == 3


def test_a_column_with_both_signs_of_which_nothing_is_said_is_asked_about(tmp_path: Path) -> None:
    lines = [line.replace("P1", f"P{number}") for number in range(4, 8) for line in THREE[:1]]
    with pytest.raises(ImportRefused) as refused:
        listed(tmp_path, *THREE, *lines)
    assert 'in a mapping: decimal = "," or "."' in refused.value.message


def test_one_comma_among_points_is_named_and_the_points_stay(tmp_path: Path) -> None:
    lines = ("P1;2024-01-01;tlif;81.5;1", "P2;2024-01-02;tlif;77.25;1", "P3;2024-01-03;tlif;90,5;1")
    assert len(cells_left_out(listed(tmp_path, *lines))) == 1
    assert numbers(tmp_path) == [(81.5, 1.0), (77.25, 1.0), (None, 1.0)]


def test_signs_that_nobody_sees_are_taken_off_names_of_columns_words_numbers_and_dates(tmp_path: Path) -> None:
    line = "P1;\u20092024-01-01\u00a0;\u200bfusion\u00a0tlif\ufeff;81\u00a0;\u202f12\u00ad"
    mapped = COLUMNS + '[values.procedure]\n"fusion tlif" = "tlif"\n'
    header = HEADER.replace("day", "day\u00a0")
    (tmp_path / "list.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(mapped, encoding="utf-8")
    take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "mapping.toml")
    assert rows(tmp_path / "store", "select procedure, cast(surgery_date as varchar) from operation") == [
        ("tlif", "2024-01-01")
    ]
    assert numbers(tmp_path) == [(81.0, 12.0)]


@pytest.mark.parametrize("patient", ["P1\u00a0", "P\u200b1", "P" * 65])
def test_an_identifier_with_a_sign_that_nobody_sees_or_too_long_is_named_and_is_nobody_else(
    tmp_path: Path, patient: str
) -> None:
    result = listed(tmp_path, "P1;2024-01-01;tlif;80;1", f"{patient};2025-01-01;tlif;80;1")
    assert {(issue.line, issue.column) for issue in left_out(result)} == {(3, "patient_id")}
    assert rows(tmp_path / "store", "select count(*) from patient") == [(1,)]


def test_an_identifier_of_64_characters_is_read(tmp_path: Path) -> None:
    assert left_out(listed(tmp_path, f"{'P' * 64};2024-01-01;tlif;80;1")) == []


def test_levels_are_kept_as_the_set_of_segments_and_counted(tmp_path: Path) -> None:
    operations = """
        operation_id | patient_id | surgery_date | procedure | levels            | level_count
        O1           | P1         | 2024-01-01   | tlif      | L4-S1             |
        O2           | P1         | 2025-01-01   | tlif      | L4/5 + L5/S1      | 2
        O3           | P1         | 2026-01-01   | tlif      | L4-L5;L4-L5       | 2
        O4           | P1         | 2023-01-01   | tlif      | 5-Apr             |
    """
    result = take(write(tmp_path / "records", operations=operations), tmp_path / "store")
    kept = rows(tmp_path / "store", "select levels from operation order by line")
    assert kept == [("L4-L5;L5-S1",), ("L4-L5;L5-S1",), ("L4-L5",), (None,)]
    (issue,) = cells_left_out(result)
    assert (issue.line, issue.rule, issue.value) == (5, "levels_unreadable", "5-Apr")
    assert "a spreadsheet made it of a level" in issue.message
    assert [issue.line for issue in result.issues if issue.rule == "operation_levels_contradicted"] == [4]


FOLLOWED = """
[columns]
patient_id = "who"
surgery_date = "day"
procedure = "what"

[follow_up]
days = "days"
status = "status"
censored = "0"
failed = "1"
"""


@pytest.mark.parametrize("told", ["700,?", "long,0", "long,1", ",0", "700,"])
def test_a_follow_up_that_cannot_be_read_is_none_and_not_one_without_failure_for_long(
    tmp_path: Path, told: str
) -> None:
    (tmp_path / "list.csv").write_text(
        f"who,day,what,days,status\nP1,2022-01-01,tlif,{told}\nP2,2022-01-01,tlif,700,0\n", encoding="utf-8"
    )
    (tmp_path / "mapping.toml").write_text(FOLLOWED, encoding="utf-8")
    result = take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "mapping.toml")
    assert left_out(result) == []
    assert {issue.line for issue in cells_left_out(result)} == {2}
    select = "select line, date_diff('day', surgery_date, last_contact_date) from operation order by line"
    assert rows(tmp_path / "store", select) == [(2, 0), (3, 700)]
    assert rows(tmp_path / "store", "select count(*) from diagnosis") == [(0,)]
