"""Rows of Python's on their way into a table: as columns, which a database takes whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import numpy as np

ARRIVING = "arriving"


def insertion(table: str, columns: Sequence[str]) -> str:
    """The statement that appends what has arrived to a table that is there."""
    names = ", ".join(columns)
    return f"insert into {table} ({names}) select {names} from {ARRIVING}"


def arrive(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bool:
    """Show rows to a connection under the name ``arriving``; whether there are any.

    Arrays and not a data frame: an import has no other use for pandas, and loading it takes longer than a small file.
    """
    whole = list(rows)
    if not whole:
        return False
    held = {
        name: np.fromiter((row[place] for row in whole), dtype=object, count=len(whole))
        for place, name in enumerate(columns)
    }
    connection.register(ARRIVING, held)
    return True
