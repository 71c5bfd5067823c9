"""A table as it leaves the app: with what it is and when, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pandas as pd

from dashboard.analyses.cohort_line import cohort_line
from dashboard.records import Records

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def csv_of(records: Records, title: str, table: pd.DataFrame) -> str:
    """The table as CSV text under three lines that say what it is: title and filter, data date, definitions.

    For those whose role includes single operations, and on record before it is written. A cell of text that begins as
    a formula would (= + - @, tab, carriage return) gets an apostrophe before it.
    """
    records.leaves(title, len(table))
    facts = records.facts
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow([guarded(f"{title}; {records.described}; {cohort_line(records).operations} operations")])
    made_up = "; sample data, made by computer" if facts.made_up else ""
    lines.writerow([f"Data to {facts.data_date:%Y-%m-%d}{made_up}" if facts.data_date else "No data"])
    lines.writerow([f"Generation {records.engine.generation}; definitions {facts.definitions_version}"])
    lines.writerow([guarded(str(name)) for name in table.columns])
    for row in table.itertuples(index=False):
        lines.writerow(["" if value is None or pd.isna(value) else guarded(value) for value in row])
    return written.getvalue()


def guarded(cell: object) -> object:
    """Text that a spreadsheet would take for a formula, made plain; anything else as it is."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RUN_BY_SPREADSHEETS) else cell
