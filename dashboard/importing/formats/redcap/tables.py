"""A CSV file of REDCap as its column names and its rows: with commas, semicolons, tabs, bars or carets between them."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from dashboard.importing.formats.text_files import CUT, LONGEST_CELL, NO_TEXT, UTF_16, TextFile, opened, stop, text

DELIMITERS = (",", ";", "\t", "|", "^")
MOST_BYTES = 200 << 20
LONGEST_HEADER = 1 << 20
MOST_OF_THEIRS = 5_000
"""Columns: a checkbox field is a column a choice, so that an export has more than a table of ours."""
BLOCK = 1 << 20


def opened_table(path: Path, delimiter: str | None, encoding: str | None) -> TextFile:
    """The file with its column names, which may stand twice. Raises ImportRefused when it is no text table."""
    start = _start(path)
    for magic, what in NO_TEXT.items():
        if start.startswith(magic):
            raise stop(path, what)
    if encoding is None and start.startswith(UTF_16):
        encoding = "utf-16"
    _check_text(path, encoding)
    header, found = _header(path, delimiter, encoding)
    if len(header) > MOST_OF_THEIRS:
        raise stop(path, f"has {len(header):,} columns; at most {MOST_OF_THEIRS:,} are read. Export fewer instruments.")
    return TextFile(path, header, found, encoding or "utf-8", rows_if_plain=None)


def _start(path: Path) -> bytes:
    try:
        with opened(path) as file:
            return file.read(16)
    except (OSError, EOFError, zlib.error):
        raise stop(path, CUT) from None


def peeked(path: Path) -> list[str]:
    """The column names of what may be a CSV file of REDCap; none when it is not one that can be read."""
    try:
        with opened(path) as file:
            utf_16 = file.read(2) in UTF_16
        return _header(path, None, "utf-16" if utf_16 else None)[0]
    except Exception:  # noqa: BLE001 (to look is not to judge: the reader that takes the file says what is wrong)
        return []


def _header(path: Path, delimiter: str | None, encoding: str | None) -> tuple[list[str], str]:
    try:
        with text(path, encoding) as lines:
            start = lines.read(LONGEST_HEADER)
    except UnicodeDecodeError:
        raise _not_text(path, 1) from None
    if not start.strip():
        raise stop(path, "is empty. Export the records again.")
    if start.lstrip().startswith("<"):
        raise stop(path, "is a web page or XML, not a table. Export it as CSV, or give a project XML its ending .xml.")
    names = {one: _first_row(start, one) for one in ([delimiter] if delimiter else DELIMITERS)}
    found = max(names, key=lambda one: len(names[one]))
    if not names[found]:
        raise stop(path, "has a first line that cannot be read. It must name the columns.")
    return names[found], found


def _first_row(start: str, delimiter: str) -> list[str]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        row = next(csv.reader(_lines(start), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in row]


def _lines(start: str) -> Iterable[str]:
    return start.splitlines(keepends=True)


def _check_text(path: Path, encoding: str | None) -> None:
    """Look through the file once: whether it is text throughout, and not larger than an export is."""
    line, read = 1, 0
    with text(path, encoding) as file:
        while block := _block(path, file, line):
            read += len(block)
            if "\0" in block:
                at = line + block[: block.index("\0")].count("\n")
                raise stop(path, f"holds zero bytes (line {at}): it is damaged, or is not CSV. Export it again.")
            if read > MOST_BYTES:
                raise stop(path, f"is larger than {MOST_BYTES >> 20} MB. Export fewer instruments at a time.")
            line += block.count("\n")


def _block(path: Path, file: IO[str], line: int) -> str:
    try:
        return file.read(BLOCK)
    except UnicodeDecodeError:
        raise _not_text(path, line) from None
    except (OSError, EOFError, zlib.error):
        raise stop(path, CUT) from None


def _not_text(path: Path, line: int) -> Exception:
    return stop(
        path,
        f"is not UTF-8 text (after line {line}). Export it again and do not save it in a spreadsheet, or name its "
        'encoding in a mapping: encoding = "latin-1" below [file].',
    )


def repeated(header: Sequence[str]) -> list[str]:
    """The column names that stand more than once."""
    return sorted({name for name in header if name and header.count(name) > 1})
