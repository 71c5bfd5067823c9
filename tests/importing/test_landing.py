"""Files as they come: line ends, quotes, encodings, delimiters and packings, read whole or refused in words."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import duckdb
import pytest

from dashboard.importing.result import ImportRefused
from tests.importing.written import issues, left_out, rows, take, write

PATIENTS = "patient_id,birth_year,sex\nP1,1960,female\nP2,1950,male\n"
OPERATIONS = (
    "operation_id,patient_id,surgery_date,procedure,surgeon\nO1,P1,2024-01-01,tlif,S01\nO2,P2,2024-02-01,plif,S02\n"
)
WHOLE = [("O1", "tlif", "S01", 2), ("O2", "plif", "S02", 3)]
KEPT = "select operation_id, procedure, surgeon, line from operation order by operation_id"


def folder(tmp_path: Path, operations: str | bytes, name: str = "operations.csv") -> Path:
    """Two patients, and this as the file of operations."""
    made = tmp_path / "records"
    made.mkdir()
    (made / "patients.csv").write_text(PATIENTS, encoding="utf-8")
    (made / name).write_bytes(operations.encode() if isinstance(operations, str) else operations)
    return made


def refusal(tmp_path: Path, operations: str | bytes, name: str = "operations.csv") -> str:
    """What is said of a file that is refused; the store has no generation after it."""
    with pytest.raises(ImportRefused) as refused:
        take(folder(tmp_path, operations, name), tmp_path / "store")
    assert not list((tmp_path / "store" / "gen").glob("*"))
    return refused.value.message


@pytest.mark.parametrize(
    "content",
    [
        OPERATIONS,
        OPERATIONS.rstrip("\n"),
        OPERATIONS.replace("\n", "\r\n"),
        OPERATIONS.replace("\n", "\r\n").rstrip("\r\n"),
        OPERATIONS.replace("\n", "\r"),
        OPERATIONS.replace("\n", "\r\n", 1),
        OPERATIONS.replace("S01\n", "S01\r\n"),
        OPERATIONS + "\n\n",
        OPERATIONS + "\r\n",
        "\ufeff" + OPERATIONS,
        "\ufeff" + OPERATIONS.replace("\n", "\r\n"),
        OPERATIONS.replace(",", ";"),
        OPERATIONS.replace(",", "\t"),
        OPERATIONS.replace("surgeon", '"surgeon"'),
        '\ufeff"operation_id"' + OPERATIONS.removeprefix("operation_id"),
        OPERATIONS.replace("S01", '"S01"').replace("\n", "\r\n"),
        OPERATIONS.replace("O1,P1", " O1 , P1 "),
        OPERATIONS.replace("operation_id,patient_id", "Operation ID,PATIENT_ID"),
    ],
    ids=[
        "plain",
        "no last line end",
        "CRLF",
        "CRLF, no last line end",
        "CR alone",
        "header in CRLF, rows in LF",
        "one row in CRLF",
        "blank lines at the end",
        "CRLF at the end",
        "BOM",
        "BOM and CRLF",
        "semicolons",
        "tabs",
        "quoted name",
        "BOM before a quoted name",
        "quotes and CRLF",
        "blanks around values",
        "names spelled otherwise",
    ],
)
def test_a_file_is_read_whole_however_it_was_saved(tmp_path: Path, content: str) -> None:
    result = take(folder(tmp_path, content), tmp_path / "store")
    assert rows(tmp_path / "store", KEPT) == WHOLE
    assert issues(result, "column_not_used", "delimiter") == []
    assert result.tables["operations"].read == 2


def test_a_folder_whose_every_file_has_windows_line_ends_is_read_whole(tmp_path: Path) -> None:
    made = write(tmp_path / "records", symptoms="operation_id | onset_date | symptom\nO1 | 2024-01-10 | fever")
    for path in made.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    result = take(made, tmp_path / "store")
    assert {name: count.accepted for name, count in result.tables.items() if count.read} == {
        "patients": 1,
        "operations": 1,
        "symptoms": 1,
    }


def test_a_blank_line_in_between_is_no_row_and_keeps_later_line_numbers_right(tmp_path: Path) -> None:
    take(folder(tmp_path, OPERATIONS.replace("\nO2", "\n\n\nO2")), tmp_path / "store")
    assert rows(tmp_path / "store", KEPT) == [WHOLE[0], ("O2", "plif", "S02", 5)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_end_within_quotes_belongs_to_the_value_and_lines_are_counted_as_an_editor_does(
    tmp_path: Path, end: str
) -> None:
    content = OPERATIONS.replace("S01", '"Dr One\nNorth wing"') + "O3,P2,2024-13-01,plif,S02\n"
    result = take(folder(tmp_path, content.replace("\n", end)), tmp_path / "store")
    assert rows(tmp_path / "store", KEPT) == [
        ("O1", "tlif", f"Dr One{end}North wing", 2),
        ("O2", "plif", "S02", 4),
    ]
    (issue,) = issues(result)
    assert (issue.line, issue.column, issue.value) == (5, "surgery_date", "2024-13-01")
    assert "operations.csv, column surgery_date, row 5" in issue.message


def test_a_doubled_quote_and_a_delimiter_within_quotes_are_part_of_the_value(tmp_path: Path) -> None:
    take(folder(tmp_path, OPERATIONS.replace("S01", '"One, ""the first"""')), tmp_path / "store")
    assert rows(tmp_path / "store", KEPT)[0][2] == 'One, "the first"'


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("row", "cells"), [("O3,P2,2024-03-01,plif", 4), ("O3,P2,2024-03-01,plif,S02,more", 6)])
def test_a_row_with_too_few_or_too_many_cells_is_left_out_by_its_line_and_the_others_stay(
    tmp_path: Path, row: str, cells: int, end: str
) -> None:
    content = OPERATIONS.replace("\nO2", f"\n{row}\nO2").replace("\n", end)
    result = take(folder(tmp_path, content), tmp_path / "store")
    (issue,) = issues(result)
    assert (issue.severity, issue.rule, issue.file, issue.line) == ("row", "uneven_row", "operations.csv", 3)
    assert f"row 3: this row has {cells} cells, the header 5" in issue.message
    assert rows(tmp_path / "store", KEPT) == [WHOLE[0], ("O2", "plif", "S02", 4)]
    assert (result.tables["operations"].read, result.tables["operations"].left_out) == (3, 1)


def test_an_uneven_first_row_is_named_as_line_two(tmp_path: Path) -> None:
    result = take(folder(tmp_path, OPERATIONS.replace(",S01", "")), tmp_path / "store")
    assert [issue.line for issue in left_out(result)] == [2]


def test_a_quote_that_is_never_closed_refuses_the_file_and_says_where_it_opens(tmp_path: Path) -> None:
    message = refusal(tmp_path, OPERATIONS + 'O3,P2,2024-03-01,plif,"S02\n')
    assert "quotation mark, opened on line 4, that is never closed" in message


def test_a_quote_followed_by_text_leaves_out_its_row_by_line(tmp_path: Path) -> None:
    result = take(folder(tmp_path, OPERATIONS.replace("S01", '"S01"x')), tmp_path / "store")
    assert [issue.line for issue in left_out(result)] == [2]
    assert rows(tmp_path / "store", KEPT) == WHOLE[1:]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-16-le", "zero bytes (line 1)"),
        ("utf-16-be", "zero bytes (line 1)"),
        ("latin-1", "first problem on line 2"),
    ],
)
def test_an_encoding_that_cannot_be_told_is_refused_by_line(tmp_path: Path, encoding: str, told: str) -> None:
    message = refusal(tmp_path, OPERATIONS.replace("S01", "Müller").encode(encoding))
    assert "operations.csv" in message
    assert told in message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_that_says_so_itself_is_read_and_noted(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    result = take(folder(tmp_path, (mark + OPERATIONS.replace("S01", "Müller")).encode(encoding)), tmp_path / "store")
    assert rows(tmp_path / "store", KEPT)[0][2] == "Müller"
    assert [(issue.severity, issue.rule) for issue in issues(result)] == [("note", "encoding")]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_an_encoding_named_in_the_mapping_is_read(tmp_path: Path, encoding: str) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(f'[file]\nencoding = "{encoding}"\n', encoding="utf-8")
    take(folder(tmp_path, OPERATIONS.replace("S01", "Müller").encode(encoding)), tmp_path / "store", mapping)
    assert rows(tmp_path / "store", KEPT)[0][2] == "Müller"


def test_zero_bytes_are_refused_in_a_named_encoding_too(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[file]\nencoding = "latin-1"\n', encoding="utf-8")
    made = folder(tmp_path, OPERATIONS.replace("S02", "S\0").encode("latin-1"))
    with pytest.raises(ImportRefused, match=r"zero bytes \(line 3\)"):
        take(made, tmp_path / "store", mapping)


def test_a_column_name_may_hold_a_line_end_and_the_lines_are_those_of_an_editor(tmp_path: Path) -> None:
    longer = OPERATIONS.replace("surgeon", 'surgeon,"what\nelse"').replace("S01", "S01,").replace("S02", "S02,")
    take(folder(tmp_path, longer), tmp_path / "store")
    assert rows(tmp_path / "store", KEPT) == [(*WHOLE[0][:3], 3), (*WHOLE[1][:3], 4)]


def test_letters_beyond_ascii_are_kept_as_written(tmp_path: Path) -> None:
    take(folder(tmp_path, OPERATIONS.replace("S01", "Müller 脊柱")), tmp_path / "store")
    assert rows(tmp_path / "store", KEPT)[0][2] == "Müller 脊柱"


def test_a_column_that_is_there_twice_is_refused_by_name(tmp_path: Path) -> None:
    assert 'the column "surgeon" twice' in refusal(tmp_path, OPERATIONS.replace("procedure,surgeon", "surgeon,surgeon"))


def test_a_column_that_is_needed_and_missing_is_refused_by_name(tmp_path: Path) -> None:
    assert 'no column "surgery_date"' in refusal(tmp_path, OPERATIONS.replace("surgery_date", "day"))


@pytest.mark.parametrize("content", ["", "\n", "\ufeff", "   \n"])
def test_an_empty_file_is_refused_as_empty(tmp_path: Path, content: str) -> None:
    assert "operations.csv is empty" in refusal(tmp_path, content)


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_a_header_without_rows_is_refused_because_there_are_no_operations(tmp_path: Path, end: str) -> None:
    assert "There are no operations" in refusal(tmp_path, OPERATIONS.splitlines()[0] + end)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_header_without_rows_is_a_table_without_rows_where_none_are_needed(tmp_path: Path, end: str) -> None:
    made = write(tmp_path / "records")
    (made / "symptoms.csv").write_text(f"operation_id,onset_date,symptom{end}", encoding="utf-8", newline="")
    assert take(made, tmp_path / "store").tables["symptoms"].read == 0


def test_more_columns_than_any_record_has_are_refused(tmp_path: Path) -> None:
    assert "at most 500" in refusal(tmp_path, ",".join(f"c{i}" for i in range(501)) + "\n")


def test_a_name_without_end_is_refused_in_words(tmp_path: Path) -> None:
    assert "operations.csv" in refusal(tmp_path, "x" * 200_000 + "\n")


def test_a_packed_file_is_read_as_the_file_within(tmp_path: Path) -> None:
    packed = gzip.compress(OPERATIONS.replace("\n", "\r\n").encode())
    take(folder(tmp_path, packed, "operations.csv.gz"), tmp_path / "store")
    assert rows(tmp_path / "store", KEPT) == WHOLE


def test_a_packed_file_that_is_cut_or_damaged_or_not_packed_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress((OPERATIONS * 50).encode())
    damaged = bytearray(packed)
    damaged[15:25] = b"\xff" * 10
    with pytest.raises(zlib.error):
        gzip.decompress(bytes(damaged))
    for place, content in enumerate((packed[: len(packed) // 2], bytes(damaged), OPERATIONS.encode())):
        (tmp_path / str(place)).mkdir()
        assert "operations.csv.gz cannot be read" in refusal(tmp_path / str(place), content, "operations.csv.gz")


def test_a_parquet_file_is_read_as_its_values(tmp_path: Path) -> None:
    made = folder(tmp_path, "")
    (made / "operations.csv").unlink()
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select * from (values ('O1', 'P1', date '2024-01-01', 'tlif', 'S01', true, 3), ('O2', 'P2',"
            " date '2024-02-01', 'plif', 'S02', null, null)) as t(operation_id, patient_id, surgery_date, procedure,"
            f" surgeon, diabetes, asa)) to '{made / 'operations.parquet'}' (format parquet)"
        )
    result = take(made, tmp_path / "store")
    assert issues(result) == []
    assert rows(tmp_path / "store", KEPT) == WHOLE
    kept = rows(tmp_path / "store", "select diabetes, asa from operation order by operation_id")
    assert kept == [(True, 3), (None, None)]


def test_a_parquet_file_that_is_none_is_refused(tmp_path: Path) -> None:
    assert "not a Parquet file" in refusal(tmp_path, OPERATIONS, "operations.parquet")


def test_a_cell_longer_than_any_record_is_named_by_its_line(tmp_path: Path) -> None:
    result = take(folder(tmp_path, OPERATIONS.replace("S02", '"' + "x" * 10_001 + '"')), tmp_path / "store")
    assert [(issue.rule, issue.line) for issue in left_out(result)] == [("cell_too_long", 3)]
    assert rows(tmp_path / "store", KEPT) == WHOLE[:1]


@pytest.mark.parametrize("long", ["x" * 10_001, "x" * 2_000_000])
def test_a_long_cell_without_quotes_is_named_too(tmp_path: Path, long: str) -> None:
    result = take(folder(tmp_path, OPERATIONS.replace("S02", long)), tmp_path / "store")
    assert [(issue.rule, issue.line, len(issue.message) < 200) for issue in left_out(result)] == [
        ("cell_too_long", 3, True)
    ]
