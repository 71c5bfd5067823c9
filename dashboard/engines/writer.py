"""The one connection that writes: a new database file inside an import's scratch folder, closed to everything else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from dashboard.engines.arriving import ARRIVING, arrive, insertion
from dashboard.errors import OurFault, Refused

MOST_MEMORY, LEAST_MEMORY = 4 << 30, 256 << 20
"""Of the database's own memory; what does not fit is spilled to the disk."""
A_THREAD = 128 << 20
"""With less for each thread, some run out of memory where fewer would spill."""
MOST_SPILLED = "200GB"
NO_MEMORY = "There is not enough memory for this import. Nothing was changed."
NO_ROOM = "There is no room on the disk for this import. Nothing was changed."
DISK_FAILED = "The disk could not be read or written during this import. Nothing was changed."
FULL = (
    "No space left", "File too large", "quota exceeded", "not enough space", "max_temp_directory_size",
    "Could not write all bytes",
)  # fmt: skip
"""What the database says where it is the disk that is full."""
VERSION = duckdb.__version__


class UnreadableFile(Exception):
    """The quick road through a file is closed; the careful one may be open."""


class Writer:
    """A database under construction. Reads files only from the folders named, and never the network."""

    def __init__(self, path: Path, readable: Sequence[Path], memory: int = MOST_MEMORY) -> None:
        """memory: how much the database may use, in bytes; never more, nor less, than is good for it."""
        memory = min(max(memory, LEAST_MEMORY), MOST_MEMORY)
        with _in_our_words("connect"):
            self._connection = duckdb.connect(str(path))
        scratch = path.parent / "spill"
        settings = {
            "memory_limit": f"'{memory >> 20}MiB'",
            "threads": str(min(os.cpu_count() or 1, max(memory // A_THREAD, 1))),
            "temp_directory": _quoted(str(scratch)),
            # Spilled in clear, into the scratch of the import, which goes with it: to seal what is spilled the database
            # needs a module that is not in its wheel, and without it every import that spills would fail.
            "max_temp_directory_size": f"'{MOST_SPILLED}'",
            "preserve_insertion_order": "true",
            # Made a join, a short list of words costs a small file ten times what looking it through does; and a
            # large one no less.
            "disabled_optimizers": "'in_clause'",
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allowed_directories": f"[{', '.join(_quoted(str(folder)) for folder in (*readable, path.parent))}]",
            "enable_external_access": "false",
            "lock_configuration": "true",
        }
        for name, value in settings.items():
            self._connection.execute(f"set {name} = {value}")

    def run(self, text: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of one statement.

        Raises Refused or OurFault, without the database's own words: they may quote a record.
        """
        with _in_our_words(text):
            return self._connection.execute(text, parameters or {}).fetchall()

    def attach(self, path: Path, name: str) -> None:
        """Open another database file from one of the readable folders beside this one, to be read only."""
        self.run(f"attach {_quoted(str(path))} as {name} (read_only, type duckdb)")

    def columns(self, database: str, table: str) -> list[str]:
        """The columns of a table, in order; of the database attached under that name, or of this one where it is "".

        Empty when there is no such table.
        """
        where = "database_name = $database" if database else "database_name = current_database()"
        rows = self.run(
            f"select column_name from duckdb_columns() where {where} and table_name = $table order by column_index",
            {"table": table, **({"database": database} if database else {})},
        )
        return [str(name) for (name,) in rows]

    def tried(self, select: str) -> list[tuple[Any, ...]]:
        """The rows of a select on tables that may be of another form. Raises UnreadableFile when they are."""
        with _in_our_words(select):
            try:
                return self._connection.execute(select).fetchall()
            except (duckdb.BinderException, duckdb.CatalogException):
                raise UnreadableFile from None

    def landed(self, table: str, select: str, parameters: dict[str, Any], expected: int | None = None) -> int:
        """Make a passing table of a file; returns its rows.

        Raises UnreadableFile when it is not as the select says, or has not as many rows as expected.
        """
        rows = self._of_a_file(f"create or replace temp table {table} as {select}", parameters)
        if expected is not None and rows != expected:
            raise UnreadableFile
        return rows

    def append(self, table: str, select: str, parameters: dict[str, Any], expected: int) -> None:
        """Append the rows of a file to a passing table that is there: all of them or, where it raises, none.

        Raises UnreadableFile as ``landed`` does. No transaction may be open.
        """
        self.begin()
        try:
            if self._of_a_file(f"insert into {table} {select}", parameters) != expected:
                raise UnreadableFile
        except BaseException:
            self.run("rollback")
            raise
        self.run("commit")

    def _of_a_file(self, statement: str, parameters: dict[str, Any]) -> int:
        """How many rows of a file a statement took. Raises UnreadableFile when the file is not as it says."""
        try:
            return int(self._connection.execute(statement, parameters).fetchall()[0][0])
        except duckdb.OutOfMemoryException:
            raise Refused(NO_MEMORY) from None
        except duckdb.Error:
            raise UnreadableFile from None

    def make(self, table: str, select: str, parameters: dict[str, Any] | None = None) -> int:
        """Make a table from this select that ends with the connection, and is never in the file; returns its rows."""
        return int(self.run(f"create or replace temp table {table} as {select}", parameters)[0][0])

    def keep(self, table: str, select: str) -> None:
        """Make a table from this select that stays in the file."""
        self.run(f"create table {table} as {select}")

    def keep_in_parts(self, table: str, select: str, parts: Iterable[Any]) -> None:
        """Make a table that stays in the file from this select of ``$part``, the rows of one part after the other's."""
        # Not by a select without rows: what is then put in, in order, the same transaction does not see.
        columns = ", ".join(f"{name} {kind}" for name, kind, *_ in self.run(f"describe {select}", {"part": None}))
        self.run(f"create table {table} ({columns})")
        for part in parts:
            self.run(f"insert into {table} {select}", {"part": part})

    def view(self, name: str, select: str) -> None:
        """Give a select a name until the connection ends: it is worked out where it is read."""
        self.run(f"create or replace temp view {name} as {select}")

    def show(self, name: str, select: str) -> None:
        """Give a select of what stays in the file a name that stays too: it is worked out where it is read."""
        self.run(f"create view {name} as {select}")

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Append rows to a table that is there."""
        if arrive(self._connection, columns, rows):
            self.run(insertion(table, columns))
            self._connection.unregister(ARRIVING)

    def begin(self) -> None:
        """Start a transaction: the one in which an import keeps what it took, or that of one file."""
        self.run("begin transaction")

    def let_go(self, tables: Iterable[str]) -> None:
        """Give up passing tables that may be there, within the transaction: what it kept so far it keeps.

        Only once a transaction has ended is their room free.
        """
        self.run("commit")
        for table in tables:
            self.run(f"drop table if exists temp.{table}")
        self.begin()

    def finish(self) -> None:
        """Commit, fold the log into the file and close it."""
        self.run("commit")
        self.run("checkpoint")
        self._connection.close()

    def close(self) -> None:
        """Give up what was built."""
        self._connection.close()


def patients_of(path: Path) -> frozenset[int]:
    """The pseudonyms of all patients in a finished file."""
    config: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": "false"}
    with _in_our_words("patients"), duckdb.connect(str(path), read_only=True, config=config) as connection:
        rows = connection.execute("select patient from patient union select patient from operation").fetchall()
    return frozenset(int(patient) for (patient,) in rows)


def counts_who_is_gone(path: Path) -> bool:
    """Whether a finished file has counts of operations that are not in it, because they were in the one before."""
    config: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": "false"}
    with _in_our_words("gone"), duckdb.connect(str(path), read_only=True, config=config) as connection:
        there = connection.execute("select 1 from duckdb_tables() where table_name = 'import_before'").fetchone()
        return bool(there and connection.execute("select 1 from import_before where gone > 0").fetchone())


def rows_of(path: Path, tables: Sequence[str]) -> dict[str, int]:
    """The rows of each table of a finished file, opened read-only: what was written is read again before it counts."""
    config: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": "false"}
    with _in_our_words("count"), duckdb.connect(str(path), read_only=True, config=config) as connection:
        return {
            table: int((connection.execute(f"select count(*) from {table}").fetchone() or (0,))[0]) for table in tables
        }


@contextmanager
def _in_our_words(statement: str) -> Iterator[None]:
    """Tell what a database could not do: for want of memory, for want of room, because of the disk, or by our fault."""
    try:
        yield
    except duckdb.Error as problem:
        # A commit or a checkpoint that finds the disk full is told by errors of other kinds, in the same words.
        if any(sign in str(problem) for sign in FULL):
            raise Refused(NO_ROOM) from None
        if isinstance(problem, duckdb.OutOfMemoryException):
            raise Refused(NO_MEMORY) from None
        if isinstance(problem, duckdb.IOException) or "create checkpoint" in str(problem):
            raise Refused(DISK_FAILED) from None
        raise OurFault(f"{type(problem).__name__} in: {statement}") from None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
