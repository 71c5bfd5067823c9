"""Land every cell of a file as text, with the line it came from. Nothing is converted and nothing is guessed here.

A plain file goes the quick road, through the database's own reader. A file with quotes, blank lines or uneven rows goes
the careful one, a row at a time, so that every line number in a message is the line that an editor shows.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dashboard.engines.writer import UnreadableFile, Writer
from dashboard.importing.result import Issue, refused

DELIMITERS = (",", ";", "\t")
MOST_COLUMNS = 500
LONGEST_CELL = 10_000
SHOWN = 60
"""Characters of a value that a message quotes."""


@dataclass(frozen=True)
class Landed:
    """What came of one file: rows in the table ``landed_<name>``, and what was wrong with its shape."""

    rows: int
    issues: list[Issue]


@dataclass(frozen=True)
class File:
    """One file to land: where, its number in the table ``source``, and ours -> theirs for the columns that it has."""

    path: Path
    source: int
    delimiter: str
    header: list[str]
    columns: Mapping[str, str]


def land(writer: Writer, table: str, file: File, ours: list[str], scratch: Path) -> Landed:
    """Fill ``landed_<table>`` from a file; a column that the file does not have is empty throughout."""
    if file.path.suffix == ".parquet":
        return Landed(_land_parquet(writer, table, file, ours), [])
    if _is_plain(file.path):
        try:
            return Landed(_land_csv(writer, table, file, ours, file.path), [])
        except UnreadableFile:
            pass  # an uneven row: the careful road names it
    return _land_carefully(writer, table, file, ours, scratch)


def header_of(writer: Writer, path: Path, delimiter: str | None) -> tuple[list[str], str]:
    """The column names of a file and its delimiter. Raises ImportRefused when the header is no header."""
    if path.suffix == ".parquet":
        try:
            writer.landed("peek", "select * from read_parquet($path) limit 0", {"path": str(path)})
        except UnreadableFile:
            raise _stop(path, "is not a Parquet file that can be read.") from None
        return [str(row[0]) for row in writer.run("describe peek")], ","
    _check_encoding(path)
    csv.field_size_limit(LONGEST_CELL)
    with _text(path) as file:
        first = file.readline()
    if not first.strip():
        raise _stop(path, "is empty. The first line must name the columns.")
    found = delimiter or max(DELIMITERS, key=first.count)
    try:
        header = [cell.strip() for cell in next(csv.reader([first], delimiter=found, strict=True))]
    except csv.Error:
        raise _stop(path, "has a first line that cannot be read. It must name the columns.") from None
    _check_header(path, header)
    return header, found


def _check_header(path: Path, header: list[str]) -> None:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise _stop(path, f'has the column "{twice[0]}" twice. Remove or rename one of them.')
    if len(header) > MOST_COLUMNS:
        raise _stop(path, f"has {len(header)} columns; at most {MOST_COLUMNS} are read. Is the delimiter right?")


def _check_encoding(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with _bytes(path) as file:
            while block := file.read(1 << 20):
                if b"\0" in block:
                    raise _stop(path, "is not text. Save it as CSV, encoded as UTF-8.")
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _stop(path, "is not encoded as UTF-8. Save it again as CSV UTF-8.") from None
    except (OSError, EOFError, zlib.error):
        raise _stop(path, "cannot be read. Is it whole, and may this program open it?") from None


def _is_plain(path: Path) -> bool:
    """Whether each line is a row: no quotes, no blank lines, all lines ending alike, not packed."""
    if path.suffix == ".gz":
        return False
    last, in_two, in_one = b"\n", False, False
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            block += file.read(1) if block.endswith(b"\r") else b""
            if b'"' in block or b"\n\n" in last + block or b"\n\r\n" in last + block:
                return False
            ends, pairs = block.count(b"\n"), block.count(b"\r\n")
            in_two, in_one = in_two or pairs > 0, in_one or ends > pairs
            # Given two kinds of line end, the database's reader may lose rows and say nothing.
            if block.count(b"\r") != pairs or (in_two and in_one):
                return False
            last = block[-2:]
    return True


def _land_csv(writer: Writer, table: str, file: File, ours: list[str], path: Path, lined: bool = False) -> int:
    names = (["_line"] if lined else []) + [f"c{i}" for i in range(len(file.header))]
    line = "cast(_line as integer)" if lined else "cast(row_number() over () + 1 as integer)"
    types = ", ".join(f"'{name}': 'varchar'" for name in names)
    # Named where values may hold line ends; elsewhere the reader finds it, and reads nothing if told "\\r\\n".
    end = ", new_line = '\\n'" if lined else ""
    reader = (
        f"read_csv($path, header = {str(not lined).lower()}, skip = 0, auto_detect = false, columns = {{{types}}},"
        " delim = $delimiter, quote = '\"', escape = '\"', strict_mode = true, parallel = false, null_padding = false,"
        f" max_line_size = {MOST_COLUMNS * LONGEST_CELL}{end})"
    )
    values = {"path": str(path), "delimiter": "," if lined else file.delimiter}
    select = f"select {line} as line, {file.source} as source, {_cells(file, ours)} from {reader}"
    return writer.landed(f"landed_{table}", select, values)


def _cells(file: File, ours: list[str]) -> str:
    """Each of our columns from theirs; blank is empty."""
    theirs = {name: f"c{position}" for position, name in enumerate(file.header)}
    cells = (
        f"nullif(trim({theirs[file.columns[name]]}), '') as {name}"
        if name in file.columns
        else f"cast(null as varchar) as {name}"
        for name in ours
    )
    return ", ".join(cells)


def _land_parquet(writer: Writer, table: str, file: File, ours: list[str]) -> int:
    renamed = ", ".join(
        f'cast("{name.replace(chr(34), chr(34) * 2)}" as varchar) as c{position}'
        for position, name in enumerate(file.header)
    )
    select = (
        f"select cast(row_number() over () + 1 as integer) as line, {file.source} as source, {_cells(file, ours)}"
        f" from (select {renamed} from read_parquet($path))"
    )
    try:
        return writer.landed(f"landed_{table}", select, {"path": str(file.path)})
    except UnreadableFile:
        raise _stop(file.path, "cannot be read to its end.") from None


def _land_carefully(writer: Writer, table: str, file: File, ours: list[str], scratch: Path) -> Landed:
    issues: list[Issue] = []
    clean = scratch / f"{table}-{file.source}.csv"
    with clean.open("w", encoding="utf-8", newline="") as out:
        written = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for line, cells in _rows(file, issues):
            written.writerow([line, *cells])
    try:
        rows = _land_csv(writer, table, file, ours, clean, lined=True)
    except UnreadableFile:
        raise _stop(file.path, "cannot be read as CSV.") from None
    clean.unlink()
    return Landed(rows, issues)


def _rows(file: File, issues: list[Issue]) -> Iterator[tuple[int, list[str]]]:
    """Each whole row with the line that it begins on; the others become issues."""
    width = len(file.header)
    with _text(file.path) as opened:
        reader = csv.reader(opened, delimiter=file.delimiter, strict=True)
        next(reader, None)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as problem:
                issues.append(_uneven(file, line, f"this row cannot be read as CSV ({problem})"))
                continue
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width:
                issues.append(_uneven(file, line, f"this row has {len(cells)} cells, the header {width}"))
                continue
            yield line, cells


def _uneven(file: File, line: int, what: str) -> Issue:
    message = f"{file.path.name}, row {line}: {what}. Is a delimiter or a quote missing?"
    return Issue("row", "uneven_row", file.path.name, message, line)


def _text(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _bytes(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _stop(path: Path, what: str) -> Exception:
    return refused([Issue("stop", "unreadable_file", path.name, f"{path.name} {what}")])
