"""Columns and tables that are declared and that no rule of the sample draws: filled without chance.

So the sample shows every column, and a new one changes no other record.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dashboard.definitions import load
from dashboard.definitions.canonical import OPERATION, STAND_IN, TABLES, Column, Table

Words = npt.NDArray[np.object_]
ONE_IN = 20
"""Operations for each row of a table that nothing draws."""
EMPTY_EACH = 10
"""Of so many values one is not recorded, where that may be."""


def fill(tables: dict[str, dict[str, Words]]) -> dict[str, dict[str, Words]]:
    """Every declared table with every declared column, in the order of the declaration."""
    return {table.name: _filled(table, tables) for table in TABLES.values()}


def _filled(table: Table, tables: dict[str, dict[str, Words]]) -> dict[str, Words]:
    operations = tables["operations"]
    written = tables.get(table.name) or {OPERATION: operations[OPERATION][::ONE_IN].copy()}
    if set(table.columns) - set(written):
        days = written.get(table.day, operations["surgery_date"][::ONE_IN])
        rows = len(next(iter(written.values())))
        made = {name: _values(column, days, rows) for name, column in table.columns.items() if name not in written}
        # What they stand in for is there.
        made |= {name: np.full(rows, "", dtype=object) for name in STAND_IN & made.keys()}
        written = {**written, **made}
    return {name: written[name] for name in table.columns}


def _values(column: Column, days: Words, rows: int) -> Words:
    in_turn = days if column.kind == "date" else np.array(_choices(column), dtype=object)
    values = np.resize(in_turn, rows)
    if not column.required:
        values[EMPTY_EACH - 1 :: EMPTY_EACH] = ""
    return values


def _choices(column: Column) -> Sequence[str]:
    """What stands in a column in turn, from its declaration."""
    if column.kind == "boolean":
        return ("true", *["false"] * 6)
    if column.kind == "word":
        return tuple(load().vocabularies[column.words])
    if column.kind == "levels":
        return ("L4-L5",)
    if column.kind == "text":
        return ("made up",)
    low, high = int(column.low or 0), int(column.high or 0)
    return tuple(str(low + (high - low) * step // 4) for step in range(5))
