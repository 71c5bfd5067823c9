"""A table as CSV: under three lines that say what it is, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import pandas as pd

from dashboard.exports.cells import guarded, plain
from dashboard.exports.heading import Heading


def csv_of(told: Heading, table: pd.DataFrame) -> str:
    """The table as CSV text under three lines that say what it is: title and filter, data date, definitions.

    A cell of text that begins as a formula would (= + - @, tab, carriage return) gets an apostrophe before it.
    """
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow([guarded(f"{told.title}; {told.described}; {told.operations} operations")])
    lines.writerow([told.dated])
    lines.writerow([f"Generation {told.generation}; definitions {told.definitions}; {told.shared}"])
    _rows(lines, table)
    return written.getvalue()


def bare_csv(table: pd.DataFrame) -> str:
    """The table alone, for a program that reads it: numbers in full, heads as the analyses name them."""
    written = io.StringIO()
    _rows(csv.writer(written, lineterminator="\n"), table)
    return written.getvalue()


def _rows(lines: object, table: pd.DataFrame) -> None:
    lines.writerow([guarded(str(name)) for name in table.columns])  # type: ignore[attr-defined]
    for row in table.itertuples(index=False):
        lines.writerow(_cells(row))  # type: ignore[attr-defined]


def _cells(row: Iterable[object]) -> list[object]:
    return ["" if (cell := plain(value)) is None else guarded(cell) for value in row]
