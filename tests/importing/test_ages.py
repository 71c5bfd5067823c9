"""Ages as others write them: completed years where they have decimals, and bands where there is no age."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.importing.result import ImportResult
from tests.importing.written import PATIENTS, issues, rows, take, write


def taken(tmp_path: Path, *ages: str, column: str = "age", patients: str = PATIENTS, mapping: str = "") -> ImportResult:
    """What came of operations of one patient with these ages, each in another year."""
    lines = [f"O{at} | P1 | 20{10 + at}-01-01 | tlif | {age}" for at, age in enumerate(ages)]
    operations = "\n".join([f"operation_id | patient_id | surgery_date | procedure | {column}", *lines])
    folder = write(tmp_path / "in", patients.replace("1960", ""), operations)
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    return take(folder, tmp_path / "store", tmp_path / "mapping.toml")


def ages(tmp_path: Path) -> list[object]:
    return [age for (age,) in rows(tmp_path / "store", "select age from operation order by line")]


def test_an_age_with_decimals_or_a_word_is_read_as_completed_years_and_said(tmp_path: Path) -> None:
    result = taken(tmp_path, "60.84", "71.0", "59.99", "60y", "61 years", "62")
    assert ages(tmp_path) == [60, 71, 59, 60, 61, 62]
    (found,) = issues(result)
    assert (found.severity, found.rule, found.line) == ("note", "age_in_completed_years", 2)
    assert '"60.84" as 60' in found.message
    assert [count.broken for count in result.counts if count.rule == found.rule] == [4]


@pytest.mark.parametrize("age", ["140.5", "-3.5", "60+", "5 months", "60.84.1", "about 60", "60 61"])
def test_what_is_no_age_is_not_read_as_one(tmp_path: Path, age: str) -> None:
    result = taken(tmp_path, age, "50")
    assert [(one.rule, one.line) for one in issues(result)] == [("not_a_whole_number", 2)]
    assert 50 in ages(tmp_path)
