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


def bands(tmp_path: Path) -> list[object]:
    select = (
        "select code.name from operation_band inner join operation using (operation)"
        " inner join code on code.dimension = 'age' and code.code = operation_band.age order by operation.line"
    )
    return [band for (band,) in rows(tmp_path / "store", select)]


def test_an_age_that_is_known_as_a_band_is_in_ours_where_it_lies_within_one(tmp_path: Path) -> None:
    written = ["65-79", "80+", "<35", "66 to 70 years", "36\u201349", "under 35", ">79", "50 and over", "60-69", ""]
    result = taken(tmp_path, *written, column="age_band")
    assert bands(tmp_path) == [
        "age_65_79", "age_80_over", "under_35", "age_65_79", "age_35_49", "under_35", "age_80_over",
        "not recorded", "not recorded", "not recorded",
    ]  # fmt: skip
    assert [(one.rule, one.line, one.value) for one in issues(result)] == [
        ("operation_age_band_between", 9, "50-120"), ("operation_age_band_between", 10, "60-69"),
    ]  # fmt: skip
    assert ages(tmp_path) == [None] * len(written)


@pytest.mark.parametrize("band", ["79-65", "old", "65", "100-200", "-5", "65-79-90"])
def test_what_is_no_band_is_left_out_alone(tmp_path: Path, band: str) -> None:
    (found,) = issues(taken(tmp_path, band, "80+", column="age_band"))
    assert (found.rule, found.line) == ("not_a_range", 2)
    assert bands(tmp_path) == ["not recorded", "age_80_over"]


def test_an_age_comes_before_its_band_and_so_does_a_birth(tmp_path: Path) -> None:
    operations = """
        operation_id | patient_id | surgery_date | procedure | age | age_band
        O1           | P1         | 2024-01-01   | tlif      | 40  | 80+
    """
    take(write(tmp_path / "in", PATIENTS.replace("1960", ""), operations), tmp_path / "store")
    assert bands(tmp_path) == ["age_35_49"]
    take(write(tmp_path / "in", PATIENTS, operations.replace("40", "  ")), tmp_path / "other")
    assert rows(tmp_path / "other", "select age from operation_band") == [(3,)]


def test_words_of_theirs_for_bands_are_read(tmp_path: Path) -> None:
    taken(tmp_path, "senior", column="age_band", mapping='[operations.values.age_band]\nsenior = "80+"\n')
    assert bands(tmp_path) == ["age_80_over"]
