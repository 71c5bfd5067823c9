"""What a workbook shows and what it hides: numbers as they are shown, hidden and struck rows, merged cells."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard.importing.formats.excel_cells import shown
from dashboard.importing.result import ImportResult
from tests.importing.workbook import Cell, write
from tests.importing.written import left_out, rows, take

PATIENTS: list[list[Cell]] = [["patient_id"], ["P1"]]
HEADER: list[Cell] = ["operation_id", "patient_id", "surgery_date", "procedure"]


def operation(number: int, patient: Cell, name: Cell = None) -> list[Cell]:
    return [name or f"O{number}", patient, date(2024, number, 1), "tlif"]


def said(result: ImportResult) -> list[tuple[str, int | None, str]]:
    return [(issue.rule, issue.line, issue.message) for issue in result.issues if issue.severity == "note"]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (0.44, "%", "44%"),
        (0.29, "%", "29%"),
        (0.125, "%", "12.5%"),
        (7, "000", "007"),
        (1234, "000", "1234"),
        (7, "P000", "P007"),
        (1012, "00-00", "10-12"),
        (7, "P0", "P7"),
        (7.5, "000", None),
    ],
)
def test_a_number_is_what_its_cell_shows(number: float, form: str, text: str | None) -> None:
    assert shown(number, form) == text


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("000", "007"),
        ('"P"000', "P007"),
        ("\\P000", "P007"),
        ("000;-000", "007"),
        ("[Red]000", "007"),
        ("0", "7"),
        ("0.00", "7"),
        ("#,##0", "7"),
        ('0" kg"', "7"),
        ("General", "7"),
    ],
)
def test_a_patients_number_is_matched_as_it_is_shown(tmp_path: Path, code: str, read: str) -> None:
    operations = [HEADER, operation(1, '<c s="2"><v>7</v></c>')]
    path = write(
        tmp_path / "book.xlsx", {"patients": [["patient_id"], [read]], "operations": operations}, formats=[code]
    )
    assert left_out(take(path, tmp_path / "store")) == []


def test_hidden_rows_are_records_and_said(tmp_path: Path) -> None:
    operations = [HEADER, *(operation(n, "P1") for n in range(1, 4))]
    path = write(tmp_path / "book.xlsx", {"patients": PATIENTS, "operations": operations}, hidden=[3])
    assert said(take(path, tmp_path / "store")) == [
        (
            "hidden_rows",
            3,
            "book.xlsx, sheet operations: hidden, perhaps by a filter, and read like any other: row 3. "
            "Delete what is no record.",
        )
    ]
    assert rows(tmp_path / "store", "select count(*) from operation") == [(3,)]


def test_rows_struck_through_are_said(tmp_path: Path) -> None:
    struck: list[Cell] = [
        f'<c s="3" t="inlineStr"><is><t>{text}</t></is></c>' for text in ("O2", "P1", "2024-02-01", "tlif")
    ]
    operations = [HEADER, operation(1, "P1"), struck]
    path = write(tmp_path / "book.xlsx", {"patients": PATIENTS, "operations": operations}, formats=["0"])
    assert [(rule, line) for rule, line, _ in said(take(path, tmp_path / "store"))] == [("struck_rows", 3)]


def test_a_hidden_sheet_of_our_name_is_read_and_said(tmp_path: Path) -> None:
    sheets = {"patients": PATIENTS, "operations": [HEADER, operation(1, "P1")]}
    path = write(tmp_path / "book.xlsx", sheets, hidden_sheets=["operations"])
    assert [rule for rule, _, _ in said(take(path, tmp_path / "store"))] == ["hidden_sheet"]
    assert rows(tmp_path / "store", "select count(*) from operation") == [(1,)]


def test_hidden_columns_are_said(tmp_path: Path) -> None:
    sheets = {"patients": PATIENTS, "operations": [HEADER, operation(1, "P1")]}
    path = write(tmp_path / "book.xlsx", sheets, hidden_columns=[4])
    ((rule, _, message),) = [one for one in said(take(path, tmp_path / "store")) if "operations" in one[2]]
    assert rule == "hidden_columns"
    assert message.endswith("hidden columns were read too: procedure.")


def test_the_second_row_of_a_merged_cell_is_named_with_what_to_do(tmp_path: Path) -> None:
    operations = [HEADER, operation(1, "P1"), operation(2, None), operation(3, "P1")]
    sheets = {"patients": PATIENTS, "operations": operations}
    result = take(write(tmp_path / "book.xlsx", sheets, merged="B2:B3"), tmp_path / "store")
    ((rule, line, message),) = [one for one in said(result) if "operations" in one[2]]
    assert (rule, line) == ("merged_cells", 3)
    assert message == (
        "book.xlsx, sheet operations, column patient_id, row 3: of merged cells only the first holds a value, "
        "and the others were read as empty. Part the cells, and fill in each."
    )
    assert [issue.line for issue in left_out(result)] == [3]
