"""Rows of a list that are no records: its totals at the end, and the units below the names of its columns."""

from __future__ import annotations

import re
from dataclasses import replace

from dashboard.importing.column_names import names, plain
from dashboard.importing.formats.sheets import Cells
from dashboard.importing.formats.text_files import LONGEST_CELL, TextFile
from dashboard.importing.mapping import FLAT
from dashboard.importing.result import Issue

DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{8}")
SUMMED = re.compile(r"([^\d:=(]+)([:=(].*)?")
DATED = (FLAT, "operations")
"""Tables whose every record has a day: only there is a row without one no record."""


def is_no_record(cells: Cells) -> bool:
    """Whether a row sums up the others or names units; a row with a day in it does neither."""
    texts = [text for cell in cells if (text := (cell or "").strip())]
    if not texts or any(DAY.match(text) for text in texts):
        return False
    summed = SUMMED.fullmatch(texts[0])
    if summed and plain(summed[1]) in names().totals:
        return True
    return len(texts) > 1 and all(_is_unit(text) for text in texts)


def no_record(name: str, line: int) -> Issue:
    """What is said of such a row."""
    message = f"{name}, row {line}: this row holds totals or units, not a record. It is not read."
    return Issue("row", "no_record", name, message, line)


def careful(file: TextFile) -> TextFile:
    """The same file, to be read a row at a time if such a row stands at its beginning or its end."""
    if file.rows_if_plain is None or not any(is_no_record(cells) for cells in _edges(file)):
        return file
    return replace(file, rows_if_plain=None)


def _is_unit(text: str) -> bool:
    """Whether a text is a unit, in brackets or not; a bare number is none."""
    spoken = plain(text)
    return text in ("%", "(%)", "[%]", "-") or (spoken in names().units_row and not text.isdigit())


def _edges(file: TextFile) -> list[list[str]]:
    """Of a plain file, the row below the names and the last ones, as cells: where a row may stand that is no record."""
    with file.path.open("rb") as data:
        first = data.read(2 * LONGEST_CELL)
        data.seek(max(0, data.seek(0, 2) - 2 * LONGEST_CELL))
        last = data.read()
    lines = [*first.splitlines()[1:2], *last.splitlines()[-3:]]
    return [line.decode(file.encoding, "replace").split(file.delimiter) for line in lines]
