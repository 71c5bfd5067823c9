"""The first rows of a table as an import would understand them, by the very conversion that the import uses."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dashboard.definitions import load
from dashboard.engines.writer import Writer
from dashboard.importing.assistant.excerpts import Excerpt
from dashboard.importing.checking import conversion, flat
from dashboard.importing.checking.accepting import Import, convert, land
from dashboard.importing.checking.columns import NOT_USED
from dashboard.importing.formats import excel
from dashboard.importing.formats.sheets import Reading, Sheet
from dashboard.importing.formats.sources import Delivery
from dashboard.importing.mapping import FLAT, SiteMapping
from dashboard.importing.result import Issue

SYNTAX = re.compile(r"""mapping|\[file\]|= ["\[]""")
"""How a sentence shows that it says something of a mapping file."""


@dataclass(frozen=True)
class Preview:
    """header: our columns that the file has, with theirs; rows: line and what each cell is understood as; issues: rows
    that would be left out, and why."""

    header: Sequence[tuple[str, str]]
    rows: Sequence[tuple[int, Sequence[object]]]
    issues: Sequence[Issue]


def without_syntax(message: str) -> str:
    """What a message says but how to write it in a mapping: on the page, its controls do that."""
    sentences = re.split(r"(?<=[.?]) (?=[A-Z])", message)
    kept = [sentence for sentence in sentences if not SYNTAX.search(sentence)]
    return " ".join(kept or sentences)


def preview(excerpt: Excerpt, name: str, mapping: SiteMapping, today: date) -> Preview:
    """The rows of a table's beginning, each cell typed or empty. Raises ImportRefused as the import would."""
    mapping = flat.spread(mapping)
    table = flat.table(mapping)
    sheet = Sheet(FLAT, Path(name), name, excerpt.header, iter(excerpt.rows))
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / "preview.duckdb", [])
        job = Import(writer, Path(folder), mapping, lambda _: None, today, load())
        if not name.lower().endswith(excel.SUFFIXES):
            job.with_commas[FLAT] = [(0, name, False)]
        try:
            conversion.put_words(writer, job.definitions)
            conversion.make_unread(writer)
            land(job, table, Delivery("", "", reading=Reading([sheet])), flat.columns(mapping))
            convert(job, table)
            theirs = job.theirs[FLAT]
            shown = [ours for ours in table.columns if ours in theirs]
            understood = writer.run(f"select {', '.join(['line', *shown])} from staged_{FLAT} order by line")
        finally:
            writer.close()
    header = [(ours, theirs[ours]) for ours in shown]
    of_rows = [issue for issue in job.issues if issue.rule != NOT_USED]
    return Preview(header, [(int(line), cells) for line, *cells in understood], of_rows)
