"""Somebody else's tables, opened to be read and nothing more: a database file or CSV files, asked from memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from dashboard.engines.arriving import ARRIVING, arrive, insertion
from dashboard.engines.writer import UnreadableFile
from dashboard.errors import Refused

MEMORY_LIMIT = "3GB"
MOST_MILLISECONDS = 1_800_000
LONGEST_LINE = 5_000_000
AT_ONCE = 10_000
THEIRS = "theirs"
"""What the attached database is called."""


class Named(NamedTuple):
    """A table of an attached file; a view is one whose rows are made by a question that the file brings with it."""

    schema: str
    table: str
    is_view: bool


class Attached:
    """A database in memory beside what is read. Nothing is written to disk, and what is attached is never changed.

    The file is attached under a name of its own, so that no function or table in it is ever taken for one of ours.
    """

    def __init__(self, *, database: Path | None = None, folders: Sequence[Path] = ()) -> None:
        """database: a DuckDB file to attach; folders: where CSV files may be read. Raises UnreadableFile."""
        self._connection = duckdb.connect(":memory:")
        settings = {
            "memory_limit": f"'{MEMORY_LIMIT}'",
            # Nothing spills: what would lie on disk are records of patients.
            "temp_directory": "''",
            "max_execution_time": str(MOST_MILLISECONDS),
            "preserve_insertion_order": "true",
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_persistent_secrets": "false",
        }
        for name, value in settings.items():
            self._connection.execute(f"set {name} = {value}")
        if database is not None:
            self.run(f"attach {_quoted(str(database))} as {THEIRS} (read_only, type duckdb)")
        allowed = ", ".join(_quoted(str(folder)) for folder in folders)
        self._connection.execute(f"set allowed_directories = [{allowed}]")
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")

    def run(self, text: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of one statement. Raises UnreadableFile without the database's own words: they may quote a record."""
        with _in_our_words():
            return self._connection.execute(text, parameters or {}).fetchall()

    def make(self, table: str, select: str, parameters: dict[str, Any] | None = None) -> int:
        """Make a table in memory from this select; returns its rows."""
        self.run(f"create or replace table {table} as {select}", parameters)
        return int(self.run(f"select count(*) from {table}")[0][0])

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Append rows of texts and numbers to a table in memory."""
        if arrive(self._connection, columns, rows):
            self.run(insertion(table, columns))
            self._connection.unregister(ARRIVING)

    def stream(self, select: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a select on tables in memory, not all of them at once, while others are asked."""
        with _in_our_words(), self._connection.cursor() as cursor:
            cursor.execute(select)
            while rows := cursor.fetchmany(AT_ONCE):
                yield from rows

    def tables(self) -> list[Named]:
        """Every table and view of the attached file."""
        rows = self.run(
            "select schema_name, table_name, false from duckdb_tables() where database_name = $name and not internal"
            " union all"
            " select schema_name, view_name, true from duckdb_views() where database_name = $name and not internal"
            " order by all",
            {"name": THEIRS},
        )
        return [Named(*row) for row in rows]

    def columns(self, schema: str, table: str) -> list[str]:
        """The column names of a table of the attached file, in order."""
        rows = self.run(
            "select column_name from duckdb_columns() where database_name = $name and schema_name = $schema"
            " and table_name = $table order by column_index",
            {"name": THEIRS, "schema": schema, "table": table},
        )
        return [str(name) for (name,) in rows]

    def close(self) -> None:
        """Give everything back."""
        self._connection.close()


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise Refused("There is not enough memory to read these records. Nothing was changed.") from None
    except duckdb.InterruptException:
        raise Refused("These records took too long to read. Nothing was changed.") from None
    except (duckdb.Error, RuntimeError, UnicodeDecodeError, OverflowError, ValueError):
        # Not only its own: a damaged text or a date beyond Python's calendar fails while it is handed over.
        raise UnreadableFile from None


def table_rows(schema: str, table: str, columns: Sequence[str]) -> str:
    """What to select from for an attached table: each row's place from 1 as ``line``, and columns as texts c0, c1, …"""
    cells = ", ".join(f"cast({_name(column)} as varchar) as c{place}" for place, column in enumerate(columns))
    return f"(select rowid + 1 as line, {cells} from {THEIRS}.{_name(schema)}.{_name(table)})"


def csv_rows(path: Path, delimiter: str, width: int) -> str:
    """What to select from for a CSV file without quotation marks: its lines as ``line``, and columns c0, c1, …"""
    types = ", ".join(f"'c{place}': 'varchar'" for place in range(width))
    return (
        f"(select row_number() over () + 1 as line, * from read_csv({_quoted(str(path))}, header = true, skip = 0,"
        f" auto_detect = false, columns = {{{types}}}, delim = {_quoted(delimiter)}, quote = '', escape = '',"
        f" strict_mode = true, null_padding = false, max_line_size = {LONGEST_LINE}))"
    )


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
