"""Empty tables to fill in, and the description of every column, both made from the declaration."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from dashboard.definitions import load
from dashboard.definitions.canonical import TABLES, Column, Table
from dashboard.errors import WrongUsage

DESCRIBED = "columns.csv"
HEADER = ("table", "column", "needed", "holds", "meaning")
KINDS = {
    "text": "text",
    "levels": "motion segments",
    "date": "date, 2024-02-28",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}
LONGEST_LIST = 8
"""Words of a vocabulary that are named one by one; of a longer one the vocabulary is."""


def write_templates(folder: Path) -> list[Path]:
    """Write one empty CSV a table, its header alone, and a list that describes every column; returns the files.

    Raises WrongUsage when a file of that name is there: what somebody filled in is never written over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {folder / f"{name}.csv": [tuple(table.columns)] for name, table in TABLES.items()}
    written[folder / DESCRIBED] = [HEADER, *described()]
    for path in written:
        if path.exists():
            raise WrongUsage(f"{path.name} is there already. Name an empty folder, so that nothing is written over.")
    for path, rows in written.items():
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return list(written)


def described() -> Iterator[tuple[str, ...]]:
    """A row for each column, as under HEADER."""
    for table in TABLES.values():
        for name, column in table.columns.items():
            yield table.name, name, "yes" if column.required else "", holds(column), column.meaning


def documentation() -> str:
    """The canonical tables in Markdown, as they stand in this folder's README."""
    return "\n\n".join(_section(table) for table in TABLES.values())


def holds(column: Column) -> str:
    """What may stand in a column, in words."""
    if column.kind == "word":
        words = list(load().vocabularies[column.words])
        return ", ".join(words) if len(words) <= LONGEST_LIST else f"a word of the vocabulary {column.words}"
    span = "" if column.low is None or column.high is None else f" {column.low:g} to {column.high:g}"
    return f"{KINDS[column.kind]}{span}{f' {column.unit}' if column.unit else ''}"


def _section(table: Table) -> str:
    needed = "" if table.required else " May be missing."
    lines = [f"**{table.name}**: a row is {table.rows}.{needed}", "", "| column | holds | meaning |", "|---|---|---|"]
    for name, column in table.columns.items():
        lines.append(f"| {name}{'*' if column.required else ''} | {holds(column)} | {column.meaning} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(f"{documentation()}\n")
