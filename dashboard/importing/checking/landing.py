"""Land every cell of a file as text, with the line it came from. Nothing is converted and nothing is guessed here.

A plain file goes the quick road, through the database's own reader. A file with quotes, blank lines or uneven rows goes
the careful one, a row at a time, so that every line number in a message is the line that an editor shows; so does
everything that another format's reader hands over.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.definitions.canonical import PATIENT, PERSONS, column_named
from dashboard.engines.writer import UnreadableFile, Writer
from dashboard.importing.blanks import seen_in_sql, trimmed_in_sql
from dashboard.importing.checking.identity import together
from dashboard.importing.checking.no_records import DATED, is_no_record, no_record
from dashboard.importing.formats.sheets import Row
from dashboard.importing.formats.text_files import LONGEST_CELL, MOST_COLUMNS, TextFile, rows, stop, uneven
from dashboard.importing.result import Issue, Issues


@dataclass(frozen=True)
class Landed:
    """What came of one file: rows in the table ``landed_<name>``, and what was wrong with its shape."""

    rows: int
    issues: Issues


UNUSED = "not_used"
"""A column beside ours: a digest of what a row says in columns that are not used."""


@dataclass(frozen=True)
class Columns:
    """How the columns of one file become ours.

    source: the file's number; header: its columns; theirs: ours -> theirs for the columns that it has; ours: all that
    the table has; missing: the words of this site for what is not known. identity: several of theirs that together say
    who a patient is; constants: ours -> what holds in every row.
    """

    source: int
    header: Sequence[str]
    theirs: Mapping[str, str]
    ours: Sequence[str]
    missing: Sequence[str] = ()
    identity: Sequence[str] = ()
    constants: Mapping[str, str] = field(default_factory=dict)


def land_text(writer: Writer, table: str, file: TextFile, columns: Columns, scratch: Path) -> Landed:
    """Append to ``landed_<table>`` from a text file; a column that the file does not have is empty throughout."""
    if file.rows_if_plain is not None:
        relation, values = _relation(columns, file.path, file.delimiter)
        try:
            return Landed(_landed(writer, table, columns, relation, values, expected=file.rows_if_plain), Issues())
        except UnreadableFile:
            pass  # an uneven row: the careful road names it
    return land_rows(writer, table, rows(file), columns, scratch, file.path)


def land_rows(
    writer: Writer, table: str, given: Iterable[Row | Issue], columns: Columns, scratch: Path, path: Path
) -> Landed:
    """Append to ``landed_<table>`` from rows as they come; an issue stands for a row that is left out."""
    issues = Issues()
    clean = scratch / f"{table}-{columns.source}.csv"
    with clean.open("w", encoding="utf-8", newline="") as out:
        written = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in given:
            if isinstance(row, Issue):
                issues.append(row)
            elif any(cell is not None and len(cell) > LONGEST_CELL for cell in row[1]):
                what = f"has a cell of more than {LONGEST_CELL:,} characters"
                issues.append(uneven(path.name, row[0], what, "cell_too_long"))
            elif table in DATED and is_no_record(row[1]):
                issues.append(no_record(path.name, row[0]))
            else:
                written.writerow([row[0], *row[1]])
    relation, values = _relation(columns, clean, ",", lined=True)
    try:
        landed = _landed(writer, table, columns, relation, values, line="_line")
    except UnreadableFile:
        raise stop(path, "cannot be read as a table.") from None
    clean.unlink()
    return Landed(landed, issues)


def land_parquet(writer: Writer, table: str, path: Path, columns: Columns) -> Landed:
    """Append to ``landed_<table>`` from a Parquet file."""
    renamed = ", ".join(
        f'cast("{name.replace(chr(34), chr(34) * 2)}" as varchar) as c{position}'
        for position, name in enumerate(columns.header)
    )
    relation = f"(select {_cells(columns)} from (select {renamed} from read_parquet($path)))"
    try:
        return Landed(_landed(writer, table, columns, relation, {"path": str(path), **_bound(columns)}), Issues())
    except UnreadableFile:
        raise stop(path, "cannot be read to its end.") from None


def parquet_columns(writer: Writer, path: Path) -> list[str]:
    """The column names of a Parquet file."""
    try:
        writer.landed("peek", "select * from read_parquet($path) limit 0", {"path": str(path)})
    except UnreadableFile:
        raise stop(path, "is not a Parquet file that can be read.") from None
    names = [str(row[0]) for row in writer.run("describe peek")]
    if len(names) > MOST_COLUMNS:
        raise stop(path, f"has {len(names):,} columns; at most {MOST_COLUMNS} are read.")
    return names


def text_rows(file: TextFile, columns: Columns) -> tuple[str, dict[str, object]]:
    """A plain file as a relation of our columns, all text, in the order of the file; and the values it is read with."""
    return _relation(columns, file.path, file.delimiter, padded=file.padded)


def land_lines(writer: Writer, table: str, file: TextFile, columns: Columns) -> None:
    """Append to ``landed_<table>`` those rows of a plain file in which the conversion found something wrong."""
    relation, values = text_rows(file, columns)
    wrong = f"select line from staged_{table} where source = {columns.source} and wrong is not null"
    _landed(writer, table, columns, relation, values, only=f" where rowid + 2 in ({wrong})")


def _landed(
    writer: Writer,
    table: str,
    columns: Columns,
    relation: str,
    values: dict[str, object],
    *,
    line: str = "rowid + 2",
    expected: int | None = None,
    only: str = "",
) -> int:
    """Append to the landed table in the order of the file; the line of a plain row is its place."""
    arrived = writer.landed("arriving_rows", f"select * from {relation}", values, expected)
    writer.run(
        f"insert into landed_{table} (line, source, {', '.join(columns.ours)})"
        f" select cast({line} as integer), {columns.source}, {', '.join(columns.ours)} from arriving_rows{only}"
    )
    writer.run("drop table arriving_rows")
    return arrived


def _relation(
    columns: Columns, path: Path, delimiter: str, *, lined: bool = False, padded: bool = True
) -> tuple[str, dict[str, object]]:
    names = (["_line"] if lined else []) + [f"c{i}" for i in range(len(columns.header))]
    types = ", ".join(f"'{name}': 'varchar'" for name in names)
    # Named where values may hold line ends; elsewhere the reader finds it, and reads nothing if told "\\r\\n".
    end = ", new_line = '\\n'" if lined else ""
    reader = (
        f"read_csv($path, header = {str(not lined).lower()}, skip = 0, auto_detect = false, columns = {{{types}}},"
        " delim = $delimiter, quote = '\"', escape = '\"', strict_mode = true, null_padding = false,"
        f" parallel = {str(not lined).lower()}, max_line_size = {MOST_COLUMNS * LONGEST_CELL}{end})"
    )
    first = "cast(_line as integer) as _line, " if lined else ""
    values = {"path": str(path), "delimiter": delimiter, **_bound(columns)}
    return f"(select {first}{_cells(columns, padded=padded)} from {reader})", values


def _bound(columns: Columns) -> dict[str, object]:
    """What the cells' expressions are bound to."""
    missing: dict[str, object] = {"missing": list(columns.missing)} if columns.missing and columns.theirs else {}
    return missing | {f"constant_{name}": value for name, value in columns.constants.items()}


def _cells(columns: Columns, *, padded: bool = True) -> str:
    """Each of our columns from theirs; blank, or a word of this site for what is not known, is empty.

    Signs that nobody sees are taken off, but for identifiers: one that holds such a sign is named by a check.
    """
    place = {name: f"c{position}" for position, name in enumerate(columns.header)}

    def known(name: str, theirs: str) -> str:
        found = f"nullif({_without_blanks(name, place[theirs])}, '')" if padded else place[theirs]
        return f"case when not list_contains($missing, {found}) then {found} end" if columns.missing else found

    def cell(name: str) -> str:
        if name in columns.constants:
            return f"cast($constant_{name} as varchar) as {name}"
        if name == UNUSED:
            unused = [
                cell for theirs, cell in place.items() if theirs not in (*columns.theirs.values(), *columns.identity)
            ]
            return f"cast(hash({', '.join(unused) or '0'}) as varchar) as {name}"
        if name not in columns.theirs:
            return f"cast(null as varchar) as {name}"
        if name == PATIENT and len(columns.identity) > 1:
            return f"{together([known(name, theirs) for theirs in columns.identity])} as {name}"
        return f"{known(name, columns.theirs[name])} as {name}"

    return ", ".join(map(cell, columns.ours))


def _without_blanks(name: str, cell: str) -> str:
    if name in PERSONS:
        return f"trim({cell}, ' ' || chr(9))"
    column = column_named(name)
    if column is not None and column.kind == "text":
        return trimmed_in_sql(cell)
    return f"trim({seen_in_sql(cell)}, ' ' || chr(9))"
