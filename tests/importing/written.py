"""Folders of records written as text tables, and imported where the test can see what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dashboard.engines.generations import Store
from dashboard.engines.pseudonym_key import key_of_operations, pseudonym
from dashboard.importing.result import ImportResult, Issue
from dashboard.importing.work import work
from tests import csv_rows
from tests.text_tables import parse

PATIENTS = """
    patient_id | birth_year | sex
    P1         | 1960       | female
"""
OPERATIONS = """
    operation_id | patient_id | surgery_date | procedure
    O1           | P1         | 2024-01-01   | tlif
"""


def write(folder: Path, patients: str = PATIENTS, operations: str = OPERATIONS, **others: str) -> Path:
    """A folder with these text tables as CSV; what is not given is one patient with one operation, or not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"patients": patients, "operations": operations, **others}.items():
        csv_rows.write(folder / f"{name}.csv", parse(text))
    return folder


def take(folder: Path, store: Path, mapping: Path | None = None, check: bool = False) -> ImportResult:
    """Import a folder in this process."""
    return work([folder], store, mapping, check, lambda step: None)


def rows(store: Path, select: str) -> list[tuple[Any, ...]]:
    """The rows of a select on the current generation."""
    with opened(store) as connection:
        if "operation_id" in select:
            _name_operations(connection, store)
        return connection.execute(select).fetchall()


@contextmanager
def opened(store: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The current generation, for many selects: to open it takes longer than to ask."""
    current = Store(store).current()
    assert current is not None
    with duckdb.connect(str(current.path), read_only=True) as connection:
        yield connection


def _name_operations(connection: duckdb.DuckDBPyConnection, store: Path) -> None:
    """Let a test ask for ``operation_id``, as it wrote it: a generation holds the pseudonym alone."""
    ((database,),) = connection.execute("select current_database()").fetchall()
    kept = {row[0] for row in connection.execute(COLUMNS_OF_OPERATION, [database]).fetchall()}
    if "operation_key" not in kept or "operation_id" in kept:
        return
    known = names_of_operations((store / "pseudonym.key").read_bytes())
    keys = [key for (key,) in connection.execute("select operation_key from operation").fetchall()]
    named = pd.DataFrame({"operation_id": [known.get(key) for key in keys], "operation_key": keys}).astype(
        {"operation_key": "uint64"}
    )
    connection.register("named", named)
    connection.execute("create temp table named_operation as select * from named")
    connection.execute(
        "create temp view operation as select named.operation_id, kept.* from"
        f' "{database}".operation as kept inner join named_operation as named using (operation_key)'
    )


COLUMNS_OF_OPERATION = "select column_name from duckdb_columns() where table_name = 'operation' and database_name = ?"


@cache
def names_of_operations(key: bytes) -> dict[int, str]:
    """By pseudonym, the numbers that tests give to operations."""
    letters = [*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    tried = [*letters, *(f"{letter}{number}" for letter in ["", *letters] for number in range(100))]
    return {pseudonym(key_of_operations(key), name): name for name in tried}


def issues(result: ImportResult, *but: str) -> list[Issue]:
    """What was wrong with the records, without columns that no table has, or without these rules."""
    return [issue for issue in result.issues if issue.rule not in (but or ("column_not_used",))]


def left_out(result: ImportResult) -> list[Issue]:
    """The rows that were left out, each with its reason."""
    return [issue for issue in result.issues if issue.severity == "row"]


def cells_left_out(result: ImportResult) -> list[Issue]:
    """The cells that were left out alone, each with its reason."""
    return [issue for issue in result.issues if issue.severity == "cell"]


def contents(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder, byte for byte."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
