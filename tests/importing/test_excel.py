"""Workbooks: read as a person reads them, or refused in words; nothing in them runs, links or unpacks without end."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from dashboard.importing.formats import excel
from dashboard.importing.result import ImportRefused, ImportResult, TableCount
from tests.importing.workbook import Cell, write
from tests.importing.written import issues, left_out, rows, take

PATIENTS: list[list[Cell]] = [["patient_id", "birth_year", "sex"], ["P1", 1960, "female"], ["P2", 1950, "male"]]
HEADER: list[Cell] = ["operation_id", "patient_id", "surgery_date", "procedure", "asa", "bmi", "diabetes"]
FIRST: list[Cell] = ["O1", "P1", date(2024, 1, 1), "tlif", 2, 24.5, True]
SECOND: list[Cell] = ["O2", "P2", "2024-02-01", "PLIF", None, None, "no"]
KEPT = (
    "select operation_id, cast(surgery_date as varchar), procedure, asa, bmi, diabetes, line from operation order by 1"
)
FLAT = '[file]\nsheet = "Data"\n[columns]\nsurgery_date = "OP date"\n'


def book(tmp_path: Path, *operations: list[Cell], header: list[Cell] = HEADER, **more: object) -> Path:
    """A workbook of two patients and these operations."""
    sheets = {"Patients": PATIENTS, "operations": [header, *operations]}
    return write(tmp_path / "book.xlsx", sheets, **more)  # type: ignore[arg-type]


def refusal(tmp_path: Path, path: Path, mapping: Path | None = None) -> str:
    with pytest.raises(ImportRefused) as refused:
        take(path, tmp_path / "store", mapping)
    assert not list((tmp_path / "store").glob("gen/*"))
    return refused.value.message


def mapped(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_dates_numbers_and_texts_of_cells_are_read_as_a_person_reads_them(tmp_path: Path) -> None:
    result = take(book(tmp_path, FIRST, SECOND), tmp_path / "store")
    assert issues(result) == []
    assert rows(tmp_path / "store", KEPT) == [
        ("O1", "2024-01-01", "tlif", 2, pytest.approx(24.5), True, 2),
        ("O2", "2024-02-01", "plif", None, None, False, 3),
    ]
    assert result.read_as == "excel: book.xlsx is an Excel workbook."


def test_a_number_where_an_identifier_stands_is_the_identifier_without_a_decimal_point(tmp_path: Path) -> None:
    patients: list[list[Cell]] = [["patient_id"], [1001]]
    operations: list[list[Cell]] = [
        ["operation_id", "patient_id", "surgery_date", "procedure"],
        [7, 1001, FIRST[2], "tlif"],
    ]
    path = write(tmp_path / "book.xlsx", {"patients": patients, "operations": operations})
    take(path, tmp_path / "store")
    assert rows(tmp_path / "store", "select operation_id from operation") == [("7",)]


def test_a_blank_row_is_no_row_and_later_ones_keep_their_number(tmp_path: Path) -> None:
    take(book(tmp_path, FIRST, [None] * 7, SECOND), tmp_path / "store")
    assert [row[-1] for row in rows(tmp_path / "store", KEPT)] == [2, 4]


def test_one_sheet_of_the_sites_own_is_read_by_its_mapping(tmp_path: Path) -> None:
    data: list[list[Cell]] = [["patient_id", "OP date", "procedure", "sex"], ["P1", date(2024, 1, 1), "tlif", "male"]]
    path = write(tmp_path / "book.xlsx", {"Notes": [["anything"]], "Data": data})
    take(path, tmp_path / "store", mapped(tmp_path, FLAT))
    assert rows(tmp_path / "store", "select procedure, line from operation") == [("tlif", 2)]


def test_a_workbook_of_two_sheets_asks_which(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", {"Data": PATIENTS, "Old": PATIENTS})
    message = refusal(tmp_path, path, mapped(tmp_path, '[columns]\nsurgery_date = "OP date"\n'))
    assert "has 2 sheets (Data, Old)" in message
    assert 'sheet = "Data"' in message


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", {"Other": PATIENTS})
    assert 'no sheet "Data"' in refusal(tmp_path, path, mapped(tmp_path, FLAT))


def test_sheets_of_other_names_are_refused_with_both_lists(tmp_path: Path) -> None:
    message = refusal(tmp_path, write(tmp_path / "book.xlsx", {"Tabelle1": PATIENTS}))
    assert "Tabelle1" in message
    assert "operations" in message


@pytest.mark.parametrize(
    ("cell", "rule", "told"),
    [
        ('<c t="e"><v>#REF!</v></c>', "spreadsheet_error", '"#REF!" is an error'),
        ('<c t="e"><v>#N/A</v></c>', "spreadsheet_error", '"#N/A" is an error'),
        ("<c><f>A1+1</f></c>", "formula_without_value", "a formula without a stored result"),
        ("#DIV/0!", "spreadsheet_error", "an error of the spreadsheet"),
    ],
)
def test_a_cell_without_a_value_is_left_out_alone_and_says_where(
    tmp_path: Path, cell: str, rule: str, told: str
) -> None:
    result = take(book(tmp_path, FIRST, ["O2", "P2", date(2024, 2, 1), "plif", cell, None, None]), tmp_path / "store")
    (issue,) = issues(result)
    assert (issue.severity, issue.rule, issue.line, issue.column) == ("cell", rule, 3, "asa")
    assert told in issue.message
    assert [row[3] for row in rows(tmp_path / "store", KEPT)] == [2, None]
    assert result.tables["operations"] == TableCount(2, 2, 0)


def test_a_row_without_its_patient_is_left_out(tmp_path: Path) -> None:
    result = take(book(tmp_path, FIRST, ["O2", '<c t="e"><v>#REF!</v></c>', *SECOND[2:]]), tmp_path / "store")
    (issue,) = left_out(result)
    assert (issue.rule, issue.line, issue.column) == ("spreadsheet_error", 3, "patient_id")


def test_a_formula_with_its_result_is_its_result(tmp_path: Path) -> None:
    take(book(tmp_path, [*FIRST[:4], "<c><f>1+1</f><v>2</v></c>", None, None]), tmp_path / "store")
    assert rows(tmp_path / "store", "select asa from operation") == [(2,)]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (45_366, "a spreadsheet's count of days"),
        ("1.2.2024", "not written like the other dates"),
        ("2024-02-30", "is not a date"),
        ("1.2.24", "year of two digits"),
    ],
)
def test_a_date_that_is_not_one_says_what_it_is(tmp_path: Path, value: Cell, told: str) -> None:
    result = take(book(tmp_path, FIRST, ["O2", "P2", value, "plif", 1, None, None]), tmp_path / "store")
    (issue,) = left_out(result)
    assert (issue.line, issue.column) == (3, "surgery_date")
    assert told in issue.message


def test_links_to_other_files_are_not_followed_and_said(tmp_path: Path) -> None:
    path = book(tmp_path, FIRST, SECOND, parts={"xl/externalLinks/externalLink1.xml": "<externalLink/>"})
    assert [(issue.severity, issue.rule) for issue in issues(take(path, tmp_path / "store"))] == [
        ("note", "external_link")
    ]


def lying(tmp_path: Path) -> Path:
    """A workbook whose directory states a small size for a part that unpacks to a gigabyte."""
    path = book(tmp_path, FIRST, parts={"xl/big.xml": b" " * (300 << 20)})
    content = bytearray(path.read_bytes())
    size = (300 << 20).to_bytes(4, "little")
    path.write_bytes(bytes(content).replace(size, (1000).to_bytes(4, "little")))
    return path


DTD = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'
BROKEN: dict[str, tuple[Callable[[Path], Path], str]] = {
    "cut": (lambda tmp: _cut(book(tmp, FIRST)), "damaged or incomplete"),
    "no archive": (lambda tmp: _with(tmp, b"PK\x03\x04 and no more"), "damaged or incomplete"),
    "empty": (lambda tmp: _with(tmp, b""), "damaged or incomplete"),
    "a text": (lambda tmp: _with(tmp, b"operation_id,patient_id\n1,2\n"), "damaged or incomplete"),
    "old": (lambda tmp: _with(tmp, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "old (.xls) workbook"),
    "another archive": (lambda tmp: _archive(tmp), "no Excel workbook"),
    "macros": (lambda tmp: book(tmp, FIRST, parts={"xl/vbaProject.bin": b"\1"}), "holds macros"),
    "a bomb": (lambda tmp: book(tmp, FIRST, parts={"xl/big.xml": b" " * (300 << 20)}), "unpacks to more than"),
    "a bomb that lies": (lying, "workbook"),
    "a declaration": (
        lambda tmp: book(tmp, FIRST, parts={"xl/worksheets/sheet2.xml": DTD}),
        "document type declaration",
    ),
    "a declaration in UTF-16": (
        lambda tmp: book(tmp, FIRST, parts={"xl/worksheets/sheet2.xml": DTD.encode("utf-16")}),
        "document type declaration",
    ),
    "a declaration far behind": (
        lambda tmp: book(
            tmp, FIRST, parts={"xl/worksheets/sheet2.xml": DTD.replace("<!DOC", f"<!--{' ' * 9_000}--><!DOC")}
        ),
        "document type declaration",
    ),
    "a declaration across two blocks": (
        lambda tmp: book(
            tmp, FIRST, parts={"docProps/app.xml": f"<?xml version='1.0'?>{' ' * (excel.BLOCK - 25)}<!DOCTYPE a><a/>"}
        ),
        "document type declaration",
    ),
    "a declaration in EBCDIC": (
        lambda tmp: book(
            tmp,
            FIRST,
            parts={
                "xl/worksheets/sheet2.xml": b'<?xml version="1.0" encoding="cp037"?>'
                + "<!DOCTYPE a><worksheet/>".encode("cp037")
            },
        ),
        "document type declaration",
    ),
    "a declaration in UTF-7": (
        lambda tmp: book(
            tmp, FIRST, parts={"xl/worksheets/sheet2.xml": DTD.replace('"1.0"', '"1.0" encoding="UTF-7"')}
        ),
        "document type declaration",
    ),
    "all of it in EBCDIC": (
        lambda tmp: book(tmp, FIRST, parts={"xl/worksheets/sheet2.xml": DTD.encode("cp037")}),
        "document type declaration",
    ),
    "a declaration elsewhere": (
        lambda tmp: book(tmp, FIRST, parts={"docProps/app.xml": DTD}),
        "document type declaration",
    ),
    "no sheet behind a name": (lambda tmp: book(tmp, FIRST, parts={"xl/worksheets/sheet2.xml": None}), "damaged"),
    "no XML": (
        lambda tmp: book(tmp, FIRST, parts={"xl/worksheets/sheet2.xml": "<worksheet><sheetData><row"}),
        "damaged",
    ),
    "no links": (lambda tmp: book(tmp, FIRST, parts={"xl/_rels/workbook.xml.rels": None}), "damaged"),
    "nothing on a sheet": (
        lambda tmp: write(tmp / "book.xlsx", {"patients": PATIENTS, "operations": []}),
        "nothing on its sheet operations",
    ),
    "names merged": (lambda tmp: book(tmp, FIRST, merged="A1:B1"), "has merged cells in row 1"),
    "names further down": (
        lambda tmp: write(
            tmp / "book.xlsx", {"patients": PATIENTS, "operations": [["List of 2024", "x"], [], HEADER, FIRST]}
        ),
        "header_row = 3 below [file]",
    ),
    "a column twice": (lambda tmp: book(tmp, FIRST, header=[*HEADER[:6], "asa"]), '"asa" twice'),
}


def _with(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / "book.xlsx").write_bytes(content)
    return tmp_path / "book.xlsx"


def _cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _archive(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    return tmp_path / "book.xlsx"


@pytest.mark.parametrize("case", BROKEN)
def test_a_workbook_that_cannot_be_trusted_is_refused_in_words(tmp_path: Path, case: str) -> None:
    made, told = BROKEN[case]
    assert told in refusal(tmp_path, made(tmp_path))


def test_what_is_refused_says_so_the_same_way_twice_and_a_good_one_goes_on(tmp_path: Path) -> None:
    first: ImportResult = take(book(tmp_path, FIRST, SECOND), tmp_path / "store")
    again = take(tmp_path / "book.xlsx", tmp_path / "store")
    assert first.tables == again.tables
    assert len(rows(tmp_path / "store", KEPT)) == 2
