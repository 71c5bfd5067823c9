"""A yes or no that is coded in numbers is asked for, in the words of a mapping, and read as that says."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.importing.result import ImportRefused, ImportResult
from tests.importing.written import PATIENTS, issues, rows, take, write

LIST = "patient_id,surgery_date,procedure,Diabetic,opioid_use\n"


def flat(tmp_path: Path, *pairs: tuple[str, str], more: str = "") -> ImportResult:
    """What came of a list with these codes of diabetes and of opioids."""
    lines = [f"C{at},2022-02-02,tlif,{diabetic},{opioid}\n" for at, (diabetic, opioid) in enumerate(pairs)]
    (tmp_path / "list.csv").write_text(LIST + "".join(lines), encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(f'[columns]\ndiabetes = "Diabetic"\n{more}', encoding="utf-8")
    return take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "mapping.toml")


def table(tmp_path: Path, *codes: str, more: str = "") -> ImportResult:
    """The same of our own tables, with these codes of diabetes."""
    lines = [f"O{at} | P1 | 202{at}-01-01 | tlif | {code}" for at, code in enumerate(codes)]
    operations = "\n".join(["operation_id | patient_id | surgery_date | procedure | diabetes", *lines])
    folder = write(tmp_path / "in", PATIENTS, operations)
    (tmp_path / "mapping.toml").write_text(more, encoding="utf-8")
    return take(folder, tmp_path / "store", tmp_path / "mapping.toml")


def test_one_and_two_are_asked_for_with_the_lines_that_answer(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused:
        flat(tmp_path, ("1", "1.0"), ("2", "2.0"), ("", ""))
    told = refused.value.message
    assert "list.csv, column Diabetic; list.csv, column opioid_use: 2 is written" in told
    assert '[values.diabetes] with "1" = "true" and "2" = "false"' in told
    assert '[values.opioid_use] with "1.0" = "true" and "2.0" = "false"' in told


@pytest.mark.parametrize("codes", [("1", "2"), ("2", "2"), ("1", "2", "9"), ("1", "3", "2")])
def test_they_are_asked_for_in_our_own_tables_too(tmp_path: Path, codes: tuple[str, ...]) -> None:
    with pytest.raises(ImportRefused) as refused:
        table(tmp_path, *codes)
    assert '[operations.values.diabetes] with "1" = "true" and "2" = "false"' in refused.value.message


def test_what_the_mapping_answers_is_read(tmp_path: Path) -> None:
    flat(tmp_path, ("1", "1"), ("2", "0"), more='[values.diabetes]\n"1" = "no"\n"2" = true\n')
    assert rows(tmp_path / "store", "select diabetes, opioid_use from operation order by line") == [
        (False, True), (True, False),
    ]  # fmt: skip
    table(tmp_path, "1", "2", more='[operations.values.diabetes]\n"1" = "yes"\n"2" = "no"\n')
    assert rows(tmp_path / "store", "select diabetes from operation order by line") == [(True,), (False,)]


@pytest.mark.parametrize("codes", [("0", "1"), ("1", "1"), ("0", "0"), ("yes", "no")])
def test_what_reads_as_yes_and_no_is_not_asked_for(tmp_path: Path, codes: tuple[str, ...]) -> None:
    assert issues(table(tmp_path, *codes)) == []


def test_a_two_beside_a_no_is_one_cell_that_cannot_be_read(tmp_path: Path) -> None:
    (found,) = issues(table(tmp_path, "0", "1", "2"))
    assert (found.rule, found.line, found.value) == ("neither_true_nor_false", 4, "2")
