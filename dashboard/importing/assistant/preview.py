"""The first rows of a table as an import would understand them, by the very conversion that the import uses."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dashboard.definitions import load
from dashboard.definitions.canonical import Table
from dashboard.engines.writer import Writer
from dashboard.importing.assistant.suggest import Excerpt
from dashboard.importing.checking import conversion, flat
from dashboard.importing.checking.columns import columns_of
from dashboard.importing.checking.landing import Columns, land_rows
from dashboard.importing.mapping import FLAT, SiteMapping
from dashboard.importing.result import Issue, Issues


@dataclass(frozen=True)
class Preview:
    """header: our columns that the file has, with theirs; rows: line and what each cell is understood as; issues: rows
    that would be left out, and why."""

    header: Sequence[tuple[str, str]]
    rows: Sequence[tuple[int, Sequence[object]]]
    issues: Sequence[Issue]


def preview(excerpt: Excerpt, name: str, mapping: SiteMapping, today: date) -> Preview:
    """The rows of a table's beginning, each cell typed or empty. Raises ImportRefused as the import would."""
    table = flat.table(mapping)
    issues: list[Issue] = []
    theirs = columns_of(table, name, excerpt.header, flat.columns(mapping), issues)
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / "preview.duckdb", [])
        try:
            found = list(_typed(writer, Path(folder), excerpt, name, mapping, today, theirs))
            shown = [ours for ours in table.columns if ours in theirs]
            listed = ", ".join(["line", *shown])
            understood = writer.run(f"select {listed} from staged_{FLAT} order by line")
        finally:
            writer.close()
    header = [(ours, theirs[ours]) for ours in shown]
    return Preview(header, [(int(line), cells) for line, *cells in understood], found)


def _typed(
    writer: Writer, folder: Path, excerpt: Excerpt, name: str, mapping: SiteMapping, today: date, theirs: dict[str, str]
) -> Iterator[Issue]:
    table: Table = flat.table(mapping)
    conversion.put_words(writer, load())
    listed = ", ".join(f"{column} varchar" for column in table.columns)
    writer.run(f"create or replace temp table landed_{FLAT} (line integer, source integer, {listed})")
    conversion.make_staged(writer, table)
    columns = Columns(0, excerpt.header, theirs, list(table.columns), mapping.missing)
    yield from land_rows(writer, FLAT, excerpt.rows, columns, folder, Path(name)).issues
    conversion.rename_values(writer, FLAT, mapping.of(FLAT))
    flat.name_states(writer, mapping.follow_up)
    yield from conversion.read_decimal_commas(writer, table, name, told=mapping.decimal == ",")
    conversion.convert(writer, table, mapping, today)
    conversion.refuse_other_orders(writer, table, mapping, theirs)
    issues = Issues()
    conversion.unreadable(writer, table, {0: name}, theirs, issues)
    yield from issues
