"""Lists as people keep them: titles above the names, two rows of names, units below, totals at the end."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from dashboard.importing.result import ImportRefused, ImportResult
from tests.importing import workbook
from tests.importing.written import left_out, rows, take

NAMES = "Pat,OP day,Operation,ODI pre"
FIRST, SECOND = "A1,2022-03-01,plif,44", "A2,2022-03-02,tlif,40"
MAPPING = """
[columns]
patient_id = "Pat"
surgery_date = "OP day"
procedure = "Operation"

[visits.baseline]
odi = "ODI pre"
"""
KEPT = "select procedure, line from operation order by line"


def imported(tmp_path: Path, text: str | bytes, file: str = "", name: str = "list.csv") -> ImportResult:
    """What came of a list; file: what its mapping says below [file]."""
    (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return of_file(tmp_path, tmp_path / name, file)


def of_file(tmp_path: Path, path: Path, file: str = "", mapping: str = MAPPING) -> ImportResult:
    (tmp_path / "mapping.toml").write_text(f"[file]\n{file}\n{mapping}", encoding="utf-8")
    return take(path, tmp_path / "store", tmp_path / "mapping.toml")


def noted(result: ImportResult) -> set[str]:
    return {issue.rule for issue in result.issues}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("above", ["Our list,,,\n,,,\n", "Our list\n\n", '"Our, ""list"""\nof 2022;x\n'])
def test_the_names_may_stand_below_titles_and_lines_keep_their_number(tmp_path: Path, above: str, end: str) -> None:
    text = (above + "\n".join([NAMES, FIRST, SECOND, ""])).replace("\n", end)
    imported(tmp_path, text, "header_row = 3")
    assert rows(tmp_path / "store", KEPT) == [("plif", 4), ("tlif", 5)]


def test_a_name_of_two_lines_moves_no_row(tmp_path: Path) -> None:
    text = f"Our list\n{NAMES.replace('OP day', chr(34) + 'OP' + chr(10) + 'day' + chr(34))}\n{FIRST}\n"
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    of_file(tmp_path, tmp_path / "list.csv", "header_row = 2", MAPPING.replace("OP day", "OP\\nday"))
    assert rows(tmp_path / "store", KEPT) == [("plif", 4)]


def test_two_rows_of_names_are_read_together(tmp_path: Path) -> None:
    text = f"Our list\n,,,ODI,,Pain,\nPat,OP day,Operation,pre,12m,pre,12m\n{FIRST},20,8,3\n"
    mapping = f'{MAPPING}back_pain = "Pain pre"\n[visits.12]\nodi = "ODI 12m"\nback_pain = "Pain 12m"\n'
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    of_file(tmp_path, tmp_path / "list.csv", "header_row = [2, 3]", mapping)
    visits = rows(tmp_path / "store", "select odi, back_pain from follow_up order by visit_date")
    assert visits == [(44.0, 8.0), (20.0, 3.0)]


@pytest.mark.parametrize("entry", ["0", "101", "-1", "true", '"4"', "[1, 3]", "[1, 2, 3]"])
def test_a_header_row_that_is_none_is_refused(tmp_path: Path, entry: str) -> None:
    with pytest.raises(ImportRefused, match="header_row is the row"):
        imported(tmp_path, f"{NAMES}\n{FIRST}\n", f"header_row = {entry}")


def test_a_header_row_beyond_the_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="names no column"):
        imported(tmp_path, f"{NAMES}\n{FIRST}\n", "header_row = 9")


def test_where_the_names_seem_to_stand_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"header_row = 3 below \[file\]"):
        imported(tmp_path, f"Our list,,,\nof 2022,,,\n{NAMES}\n{FIRST}\n")


@pytest.mark.parametrize("total", ["Total,,2 operations,42", "Summe: 2,,,", "Mean,,,42.0", "n = 2,,,"])
@pytest.mark.parametrize("above", ["", "Our list,,,\n"])
def test_a_row_of_totals_is_left_out_and_named_as_one(tmp_path: Path, total: str, above: str) -> None:
    text = f"{above}{NAMES}\n{FIRST}\n{SECOND}\n{total}\n"
    result = imported(tmp_path, text, "header_row = 2" if above else "")
    assert [(issue.rule, issue.line) for issue in left_out(result)] == [("no_record", text.count("\n"))]
    assert result.tables["operations"].accepted == 2
    assert result.tables["operations"].left_out == 1


def test_a_row_of_units_is_left_out_and_named_as_one(tmp_path: Path) -> None:
    result = imported(tmp_path, f"{NAMES}\n,(date),(text),(0-100)\n{FIRST}\n")
    assert [(issue.rule, issue.line) for issue in left_out(result)] == [("no_record", 2)]
    assert rows(tmp_path / "store", KEPT) == [("plif", 3)]


@pytest.mark.parametrize("patient", ["N1", "Max", "SD 3", "Total"])
def test_a_row_with_a_day_is_an_operation_whoever_the_patient_is(tmp_path: Path, patient: str) -> None:
    result = imported(tmp_path, f'{NAMES}\n{FIRST}\n"{patient.replace(" ", "")}",2022-03-02,tlif,40\n')
    assert result.tables["operations"].accepted == 2


@pytest.mark.parametrize("line", ["sep={}", "SEP={}", '"sep={}"', "sep={}{}{}"])
@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_first_line_that_says_what_stands_between_columns_is_passed_over(
    tmp_path: Path, line: str, mark: str, start: str
) -> None:
    told = line.replace("{}", mark, 1).replace("{}", mark)
    text = "\n".join([told, NAMES.replace(",", mark), FIRST.replace(",", mark), ""])
    result = imported(tmp_path, start + text)
    assert rows(tmp_path / "store", KEPT) == [("plif", 3)]
    assert "separator_line" in noted(result)


def test_so_it_is_in_a_packed_file_and_in_text_of_two_bytes(tmp_path: Path) -> None:
    text = "\r\n".join(["sep=;", NAMES.replace(",", ";"), FIRST.replace(",", ";"), ""])
    imported(tmp_path, gzip.compress(text.encode()), name="list.csv.gz")
    imported(tmp_path, text.encode("utf-16"), name="other.csv")
    assert rows(tmp_path / "store", KEPT) == [("plif", 3)]


def test_our_own_tables_may_begin_with_it_too(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "patients.csv").write_text("sep=|\npatient_id|birth_year\nP1|1960\n", encoding="utf-8")
    (folder / "operations.csv").write_text(
        "sep=\t\noperation_id\tpatient_id\tsurgery_date\tprocedure\nO1\tP1\t2022-03-01\tplif\n", encoding="utf-8"
    )
    result = take(folder, tmp_path / "store")
    assert rows(tmp_path / "store", KEPT) == [("plif", 3)]
    assert {issue.file for issue in result.issues if issue.rule == "separator_line"} == {
        "patients.csv",
        "operations.csv",
    }


def test_bars_between_columns_are_read_and_said(tmp_path: Path) -> None:
    result = imported(tmp_path, f"{NAMES}\n{FIRST}\n".replace(",", "|"))
    assert rows(tmp_path / "store", KEPT) == [("plif", 2)]
    (note,) = [issue for issue in result.issues if issue.rule == "delimiter"]
    assert "bars between its columns" in note.message


R_TABLE = '"Pat","OP day","Operation","ODI pre"\n"1","A1","2022-03-01","plif",44\n"2","A2","2022-03-02","tlif",40\n'


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("quote", ['"', ""])
def test_row_names_of_r_are_told_once_and_the_rest_is_read(tmp_path: Path, quote: str, mark: str) -> None:
    result = imported(tmp_path, R_TABLE.replace(",", mark).replace('"', quote))
    assert rows(tmp_path / "store", KEPT) == [("plif", 2), ("tlif", 3)]
    assert rows(tmp_path / "store", "select odi from follow_up order by odi") == [(40.0,), (44.0,)]
    assert [issue.rule for issue in result.issues].count("row_names") == 1
    assert not left_out(result)


@pytest.mark.parametrize("text", [
    f"{NAMES}\n{FIRST},\n{SECOND},\n",
    f"{NAMES}\n{FIRST}\n{SECOND},5\n",
    f"{NAMES}\n{FIRST},1\n{SECOND.replace('A2', 'A1')},5\n",
], ids=["an empty cell more", "one row longer", "no names of their own"])  # fmt: skip
def test_other_rows_that_are_too_long_have_no_row_names(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    try:
        found = noted(of_file(tmp_path, tmp_path / "list.csv"))
    except ImportRefused as problem:
        found = noted(problem.result)
    assert "row_names" not in found


SHEET: list[list[workbook.Cell]] = [
    ["Pat", "OP day", "Operation", "ODI pre"],
    ["A1", date(2022, 3, 1), "plif", 44],
    ["A2", date(2022, 3, 2), "tlif", 40],
]
TITLES: list[list[workbook.Cell]] = [["Our list", None, None, None], ["of 2022", None, None, None], []]


def test_titles_above_the_names_of_a_sheet_may_be_merged(tmp_path: Path) -> None:
    path = workbook.write(tmp_path / "list.xlsx", {"A": [*TITLES, *SHEET, ["Summe", None, "2", 42]]}, merged="A1:D1")
    with pytest.raises(ImportRefused, match="header_row = 4"):
        of_file(tmp_path, path)
    result = of_file(tmp_path, path, "header_row = 4")
    assert rows(tmp_path / "store", KEPT) == [("plif", 5), ("tlif", 6)]
    assert [(issue.rule, issue.line) for issue in left_out(result)] == [("no_record", 7)]


def test_a_sheet_may_begin_further_down_and_to_the_right(tmp_path: Path) -> None:
    moved: list[list[workbook.Cell]] = [
        [],
        [],
        *([None, *row] for row in SHEET),
        [None, "A3", date(2022, 3, 3), '<c t="e"><v>#N/A</v></c>', 4],
    ]
    path = workbook.write(tmp_path / "list.xlsx", {"A": moved})
    result = of_file(tmp_path, path)
    assert rows(tmp_path / "store", KEPT) == [("plif", 4), ("tlif", 5)]
    assert [(issue.line, issue.column) for issue in left_out(result)] == [(6, "Operation")]


def test_two_rows_of_names_of_a_sheet_of_which_the_upper_is_merged(tmp_path: Path) -> None:
    cells: list[list[workbook.Cell]] = [
        ["Pat", "OP day", "Operation", "ODI", None], [None, None, None, "pre", "12m"],
        ["A1", date(2022, 3, 1), "plif", 44, 20],
    ]  # fmt: skip
    path = workbook.write(tmp_path / "list.xlsx", {"A": cells}, merged="D1:E1")
    of_file(tmp_path, path, "header_row = [1, 2]", MAPPING + '[visits.12]\nodi = "ODI 12m"\n')
    assert rows(tmp_path / "store", "select odi from follow_up order by visit_date") == [(44.0,), (20.0,)]
