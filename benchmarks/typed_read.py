"""What the import is held against: the database's own typed reading of the same files into tables of the same shape."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import duckdb

from dashboard.definitions.canonical import TABLES

TYPES = {"date": "date", "integer": "smallint", "number": "float", "boolean": "boolean"}
"""By kind of column; every other kind is text."""


def typed_read(records: Path) -> float:
    """Seconds that DuckDB takes to read a folder of canonical CSV into typed tables of a file, unchecked."""
    with tempfile.TemporaryDirectory(dir=records.parent) as folder:
        began = time.perf_counter()
        with duckdb.connect(str(Path(folder) / "typed.duckdb")) as connection:
            connection.execute("set enable_progress_bar = false")
            for name, table in TABLES.items():
                path = records / f"{name}.csv"
                if not path.exists():
                    continue
                with path.open(encoding="utf-8") as file:
                    header = file.readline().strip().split(",")
                columns = {column: TYPES.get(table.columns[column].kind, "varchar") for column in header}
                connection.execute(
                    f"create table {name} as select * from read_csv($path, header = true, auto_detect = false,"
                    f" delim = ',', quote = '\"', columns = {columns})",
                    {"path": str(path)},
                )
        return time.perf_counter() - began
