"""Where the tables of an OMOP extract are, a folder of CSV files or one DuckDB file, and rows of them at hand."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from dashboard.definitions.canonical import Column
from dashboard.engines.attached import Attached, csv_rows, table_rows
from dashboard.engines.writer import UnreadableFile
from dashboard.importing.formats.omop.model import NEEDED, TABLES, OmopTable
from dashboard.importing.formats.sheets import Place, Row
from dashboard.importing.formats.text_files import TextFile, check_names, first_lines, look, rows, stop
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.reasons import reason
from dashboard.importing.result import MOST_KEPT, SHOWN, Issue

TEXTS = (".csv", ".csv.gz")
DATABASES = (".duckdb", ".db")
ARCHIVE = ".zip"
MAGIC, MAGIC_AT = b"DUCK", 8
SQLITE = b"SQLite format 3"
AT_ONCE = 20_000
END_OF_ID = re.compile(r"\.0+$")


@dataclass(frozen=True)
class ExtractTable:
    """One table of the extract. label: what messages call it; columns: its names in small letters, in order.

    file: of a CSV table, what was seen of it; relation: of a database's, what to select from.
    """

    model: OmopTable
    path: Path
    label: str
    columns: Sequence[str]
    file: TextFile | None = None
    relation: str = ""

    def names(self, part: str) -> list[str]:
        """The columns that hold a part of a row, the first that is filled counts."""
        return [column for column in self.model.columns[part] if column in self.columns]

    def cell(self, part: str) -> str:
        """The text of a part of a row: trimmed, empty as null, an identifier without the decimals of a spreadsheet.

        Concept 0 stands for: no concept.
        """
        names = self.names(part)
        if not names:
            return "cast(null as varchar)"
        cells = ", ".join(f"nullif(trim(c{self.columns.index(name)}), '')" for name in names)
        cell = f"coalesce({cells})"
        if names[0].endswith("_id"):
            cell = f"regexp_replace({cell}, '\\.0+$', '')"
        if names[0].endswith("_concept_id"):
            cell = f"nullif({cell}, '0')"
        return f"case when not list_contains($missing, {cell}) then {cell} end"

    def place(self, line: int) -> Place:
        """Where a row stands."""
        return Place(self.path, line, "row", self.label)

    def wrong(self, line: int, name: str, column: Column, value: str) -> Issue:
        """The issue of a cell that is not what such a column holds, which leaves its row out."""
        where = f"{self.label}, column {name}, row {line}: "
        if not value:
            return Issue("row", "missing", self.label, f"{where}empty, but needed. Fill it in.", line, name)
        rule, shown = f"not_a_{column.kind}", value[:SHOWN]
        return Issue("row", rule, self.label, f'{where}"{shown}" {reason(column, value)}', line, name, shown)


@dataclass
class Source:
    """The tables that were found, and the connection that reads them.

    issues: by table, lines that are no rows, and below an empty name what is to be said of whole files.
    """

    desk: Attached
    tables: Mapping[str, ExtractTable]
    missing: Sequence[str]
    issues: dict[str, list[Issue]] = field(default_factory=dict)
    plain: dict[Path, bool] = field(default_factory=dict)

    def load(self, table: str, only: str = "") -> None:
        """Make ``rows_<table>`` in memory: its columns under the names of their parts, and ``line``.

        only: a table in memory with one column ``id``; rows whose key is not in it never come out of the file.
        """
        found = self.tables.get(table)
        if found is None:
            names = ", ".join(f"cast(null as varchar) as {part}" for part in TABLES[table].columns)
            self.desk.make(f"rows_{table}", f"select cast(null as bigint) as line, {names} where false")
            return
        try:
            self._load(found, only)
        except UnreadableFile:
            raise stop(found.path, "cannot be read as a table.") if found.file else _damaged(found.path) from None

    def _load(self, found: ExtractTable, only: str) -> None:
        model = found.model
        where = f" where {found.cell(model.key)} in (select id from {only})" if only else ""
        cells = ", ".join(f"{found.cell(part)} as {part}" for part in model.columns)
        for relation in self._roads(found, only):
            try:
                select = f"select line, {cells} from {relation}{where}"
                self.desk.make(f"rows_{model.name}", select, {"missing": [*self.missing]})
                return
            except UnreadableFile:
                if found.file is None or relation == "arrived":
                    raise  # else an uneven row: the careful road names it

    def _roads(self, found: ExtractTable, only: str) -> Iterator[str]:
        """What to select from: the quick road if there is one, then the careful one."""
        if found.file is None:
            yield found.relation
            return
        if self._is_plain(found, found.file):
            yield csv_rows(found.path, found.file.delimiter, len(found.columns))
        self._arrive(found, found.file, only)
        yield "arrived"

    def _is_plain(self, found: ExtractTable, file: TextFile) -> bool:
        """Whether the database finds as many rows in the file as it has lines; asked once."""
        if file.rows_if_plain is None:
            return False
        if found.path not in self.plain:
            relation = csv_rows(found.path, file.delimiter, len(found.columns))
            try:
                rows_found = self.desk.run(f"select count(*) from {relation}")[0][0]
            except UnreadableFile:
                rows_found = None
            self.plain[found.path] = rows_found == file.rows_if_plain
        return self.plain[found.path]

    def _arrive(self, found: ExtractTable, file: TextFile, only: str) -> None:
        """Put the rows of a file that only Python can take apart into ``arrived``, those that are wanted."""
        names = [f"c{place}" for place in range(len(found.columns))]
        wanted = sorted({found.columns.index(name) for part in found.model.columns for name in found.names(part)})
        kept = ["line", *(names[place] for place in wanted)]
        self.desk.run(
            f"create or replace table arrived (line bigint, {', '.join(f'{name} varchar' for name in names)})"
        )
        allowed = {name for (name,) in self.desk.run(f"select id from {only}")} if only else None
        key = found.columns.index(found.names(found.model.key)[0])
        chosen = (
            (line, *(cells[place] for place in wanted))
            for line, cells in self._whole(found.model.name, _careful(file))
            if allowed is None or END_OF_ID.sub("", (cells[key] or "").strip()) in allowed
        )
        while batch := list(islice(chosen, AT_ONCE)):
            self.desk.put("arrived", kept, batch)

    def _whole(self, table: str, given: Iterable[Row | Issue]) -> Iterator[Row]:
        """The rows that are rows; the others are named, so many of them and no more."""
        held = self.issues.setdefault(table, [])
        held.clear()
        for row in given:
            if not isinstance(row, Issue):
                yield row
            elif len(held) < MOST_KEPT:
                held.append(row)


def recognise(paths: Sequence[Path]) -> str:
    """How these files were told to be OMOP; empty when they are not. Looks at names alone."""
    if len(paths) == 1 and paths[0].is_file():
        name = paths[0].name
        if name.lower().endswith(DATABASES):
            return f"{name} is named as a database, which only tables of the OMOP common data model are read from."
        if name.lower().endswith(ARCHIVE) and set(NEEDED) <= set(map(_table_of, _inside(paths[0]))):
            return f"{name} holds files named as tables of the OMOP common data model."
    files = {_table_of(path.name): path for path in _text_files(paths)}
    if all(name in files for name in NEEDED):
        return f"{' and '.join(files[name].name for name in NEEDED)} are tables of the OMOP common data model."
    return ""


def opened(paths: Sequence[Path], mapping: SiteMapping) -> Source:
    """The tables in these files. Raises ImportRefused when they cannot be opened, or what is needed is not there."""
    for path in paths:
        if path.is_file() and path.name.lower().endswith(ARCHIVE):
            raise stop(path, "is a packed archive. Unpack it, and give the folder that it was unpacked to.")
    databases = [path for path in paths if path.is_file() and path.name.lower().endswith(DATABASES)]
    if databases and len(paths) > 1:
        raise stop(databases[0], "is a database: give it alone, without other files.")
    desk, tables = _of_database(databases[0]) if databases else _of_texts(paths, mapping)
    source = Source(desk, tables, mapping.missing)
    said = [note for found in tables.values() if found.file for note in found.file.notes if note.rule != "delimiter"]
    source.issues[""] = said
    try:
        _check(paths[0], tables)
    except BaseException:
        desk.close()
        raise
    return source


def _check(path: Path, tables: Mapping[str, ExtractTable]) -> None:
    for name in NEEDED:
        if name not in tables:
            raise stop(path, f"has no table {name.upper()} of the OMOP common data model. Export it with the others.")
    for name, found in tables.items():
        for columns in TABLES[name].needed:
            if not any(column in found.columns for column in columns):
                raise stop(
                    found.path,
                    f"has no column {' or '.join(columns)} in {name.upper()}, which the OMOP common data model has.",
                )


def _of_texts(paths: Sequence[Path], mapping: SiteMapping) -> tuple[Attached, dict[str, ExtractTable]]:
    tables: dict[str, ExtractTable] = {}
    for path in _text_files(paths):
        name = _table_of(path.name)
        if name not in TABLES:
            continue
        if name in tables:
            raise stop(path, f"and {tables[name].path.name} are the same table. Keep one of them.")
        file = look(path, mapping.delimiter, mapping.encoding)
        columns = [column.strip().lower() for column in file.header]
        check_names(path.name, columns)
        tables[name] = ExtractTable(TABLES[name], path, path.name, columns, file)
    return Attached(folders=sorted({found.path.parent for found in tables.values()})), tables


def _of_database(path: Path) -> tuple[Attached, dict[str, ExtractTable]]:
    _check_database(path)
    try:
        desk = Attached(database=path)
    except UnreadableFile:
        raise _damaged(path, "or is open in another program") from None
    try:
        return desk, _tables_of(desk, path)
    except UnreadableFile:
        desk.close()
        raise _damaged(path) from None
    except BaseException:
        desk.close()
        raise


def _check_database(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError:
        raise stop(path, "cannot be read. May this program open it?") from None
    if start.startswith(SQLITE):
        raise stop(path, "is an SQLite database, which is not read. Export its tables as CSV.")
    if start[MAGIC_AT : MAGIC_AT + len(MAGIC)] != MAGIC:
        raise stop(path, "is no DuckDB database. Give a DuckDB file, or a folder of CSV files.")
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        raise stop(path, f"was not closed: {log.name} stands beside it. Close the program that has it open.")


def _tables_of(desk: Attached, path: Path) -> dict[str, ExtractTable]:
    """The tables of the one schema that holds them; a view is refused, since what it reads is not in the file."""
    ours = [named for named in desk.tables() if named.table.lower() in TABLES]
    schemas = sorted({named.schema for named in ours if named.table.lower() in NEEDED})
    if len(schemas) > 1:
        raise stop(path, f"holds OMOP tables in more than one schema ({', '.join(schemas)[:100]}). Leave one of them.")
    tables: dict[str, ExtractTable] = {}
    for named in (one for one in ours if one.schema in schemas):
        name = named.table.lower()
        if named.is_view:
            raise stop(path, f"has a view in the place of the table {name.upper()}. Store its rows as a table.")
        if name in tables:
            raise stop(path, f"has the table {name.upper()} twice, its name spelled in two ways.")
        theirs = desk.columns(named.schema, named.table)
        columns, relation = [column.lower() for column in theirs], table_rows(named.schema, named.table, theirs)
        tables[name] = ExtractTable(TABLES[name], path, f"{path.name}, table {name}", columns, relation=relation)
    return tables


def _damaged(path: Path, otherwise: str = "or was made by a later version") -> Exception:
    return stop(path, f"cannot be read: it is damaged, encrypted, {otherwise}. Export it again.")


def _careful(file: TextFile) -> Iterator[Row | Issue]:
    """Each row with its line. Tables parted by tabs have no quotation marks, unless their first line has."""
    return rows(file, quoted=file.delimiter != "\t" or any('"' in name for name in first_lines(file, 1)[0]))


def _text_files(paths: Sequence[Path]) -> list[Path]:
    """Files as given, and those of a folder; none of what a Mac leaves beside them."""
    inside = [one for path in paths for one in (sorted(path.iterdir()) if path.is_dir() else [path])]
    return [one for one in inside if one.is_file() and one.name.lower().endswith(TEXTS) and one.name[0] != "."]


def _table_of(name: str) -> str:
    plain = name.lower()
    return plain.split(".")[0] if plain.endswith(TEXTS) else ""


def _inside(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [name.rsplit("/", 1)[-1] for name in archive.namelist()]
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return []
