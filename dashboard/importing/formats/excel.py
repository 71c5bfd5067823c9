"""Excel workbooks (.xlsx): a sheet a canonical table, or one sheet of a site's own with a mapping.

The cells are read by python-calamine. What it passes over in silence is looked for beside it in the workbook's own XML
(``excel_cells``). What is not shown on the screen is a record all the same: it is read, and said.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import python_calamine

from dashboard.definitions.canonical import TABLES
from dashboard.importing.blanks import seen
from dashboard.importing.formats.excel_cells import Marked, hidden_columns, marked, shown
from dashboard.importing.formats.sheets import Reading, Row, Sheet
from dashboard.importing.formats.text_files import HIGHEST_RATIO, check_names, check_width, joined, stop
from dashboard.importing.mapping import FLAT, SiteMapping, TableMapping
from dashboard.importing.result import ImportRefused, Issue

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
MOST_BYTES, MOST_UNPACKED = 50 << 20, 200 << 20
BLOCK = 1 << 20
OLD = b"\xd0\xcf\x11\xe0"
HEAD = 4096
ENCODING = re.compile(rb"""^[^>]*\bencoding\s*=\s*["']([^"']*)""")
"""In the declaration that XML begins with."""
PLAIN_ENCODINGS = (b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252")
LISTED = 10
"""Rows that a note names one by one."""
DAMAGED = "is damaged, incomplete or protected by a password. Open it and save it again."


def recognise(paths: Sequence[Path]) -> str:
    """A sentence that says by what these are workbooks; empty when they are not."""
    books = [path for path in paths if path.is_file() and path.name.lower().endswith(SUFFIXES)]
    return f"{books[0].name} is an Excel workbook." if books and len(books) == len(paths) else ""


def read(paths: Sequence[Path], mapping: SiteMapping, today: date) -> Reading:
    """The sheets of these workbooks. Raises ImportRefused when one is none, is damaged or could do harm."""
    reading = Reading([], [])
    sheets = [sheet for path in paths for sheet in _sheets(path, mapping, reading.issues)]
    return Reading(sheets, reading.issues)


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook that may be opened. Raises ImportRefused otherwise."""
    _parts(path)
    try:
        return list(python_calamine.CalamineWorkbook.from_path(str(path)).sheet_names)
    except python_calamine.CalamineError:
        raise stop(path, DAMAGED) from None


def named_as_tables(path: Path) -> bool:
    """Whether a sheet of a workbook is named as a table of ours; so too where it cannot be opened."""
    try:
        return any(map(_table, sheet_names(path)))
    except ImportRefused:
        return True


def first_rows(
    path: Path, sheet: str | None, header_rows: Sequence[int] = ()
) -> tuple[Sequence[str], Iterator[Row | Issue]]:
    """The column names and the rows of one sheet, the first when none is named."""
    chosen = SiteMapping({FLAT: TableMapping()}, sheet=sheet or sheet_names(path)[0], header_rows=header_rows)
    (found,) = _sheets(path, chosen, [])
    return found.header, found.rows


def top_rows(path: Path, sheet: str) -> list[list[str]]:
    """The first rows of a sheet as texts, to see which of them names the columns; none of a sheet without a cell."""
    _parts(path)
    try:
        found = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet)
        return _first_lines(found) if found.start is not None else []
    except (python_calamine.CalamineError, ValueError):
        raise stop(path, DAMAGED) from None


def _sheets(path: Path, mapping: SiteMapping, issues: list[Issue]) -> Iterator[Sheet]:
    if path.is_dir():
        raise stop(path, "is a folder, not a workbook.")
    if path.stat().st_size > MOST_BYTES:
        raise stop(path, f"is larger than {MOST_BYTES >> 20} MB. Save its tables as CSV UTF-8.")
    parts = _parts(path)
    if any(name.startswith("xl/externalLinks/") for name in parts):
        what = f"{path.name} links to other files. The links were not followed; what is stored in its cells is read."
        issues.append(Issue("note", "external_link", path.name, what))
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        for name, table in _chosen(path, names, mapping):
            sheet = book.get_sheet_by_name(name)
            named_in = _named_in(path, name, sheet, mapping)
            label = f"{path.name}, sheet {name}"
            # What is left of the first column that is filled is passed over, but keeps its place.
            left = (sheet.start or (0, 0))[1]
            cells = ([""] * left + row for row in sheet.iter_rows())
            header = _header(path, name, cells, named_in)
            check_names(label, header)
            lines = partial(_first_lines, sheet)
            issues += _not_shown(path, book, name, label, header)
            issues += _merged(label, header, sheet, named_in[-1])
            rows = _rows(label, header, cells, _sound(path, marked(path, name)), named_in[-1], issues)
            yield Sheet(table, path, label, header, rows, lines)
    except (python_calamine.CalamineError, ElementTree.ParseError, KeyError, OSError, ValueError):
        raise stop(path, DAMAGED) from None


def _chosen(path: Path, names: Sequence[str], mapping: SiteMapping) -> list[tuple[str, str]]:
    """Which sheets are read, each with its table."""
    if mapping.sheet is not None and mapping.sheet not in names:
        raise stop(path, f'has no sheet "{mapping.sheet}", which the mapping names. It has {", ".join(names)}.')
    if mapping.is_flat:
        if mapping.sheet is None and len(names) != 1:
            listed = ", ".join(names)
            raise stop(path, f'has {len(names)} sheets ({listed}). Choose one in the mapping: sheet = "{names[0]}".')
        return [(mapping.sheet or names[0], FLAT)]
    tables = [(name, _table(name)) for name in names if _table(name)]
    if not tables:
        raise stop(
            path,
            f"has no sheet that is named as a table. Its sheets are {', '.join(names)}; tables are "
            f"{', '.join(TABLES)}. For one sheet of your own, make a mapping with the assistant, on the page Import or "
            f"by: outcomes import --suggest {path.name}",
        )
    return tables


def _table(name: str) -> str:
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    return plain if plain in TABLES else ""


def _named_in(path: Path, name: str, sheet: Any, mapping: SiteMapping) -> Sequence[int]:
    """The rows of a sheet that name its columns: those that the mapping says, else the first that holds anything."""
    if sheet.start is None:
        raise stop(path, f"has nothing on its sheet {name}.")
    check_width(f"{path.name}, sheet {name},", sheet.total_width)
    rows = mapping.header_rows or [sheet.start[0] + 1]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if left < right and top < rows[-1] <= bottom + 1:
            raise stop(
                path,
                f"has merged cells in row {rows[-1]} of its sheet {name}, where the names of the columns should stand. "
                "If these stand further down, say so in a mapping, which the assistant makes: header_row = 4 below "
                "[file]; else part the merged cells, a name a column.",
            )
    return rows


def _header(path: Path, name: str, cells: Iterator[list[Any]], named_in: Sequence[int]) -> list[str]:
    """The names of the columns; the rows up to them are taken off."""
    above = list(islice(cells, named_in[-1]))[named_in[0] - 1 :]
    header = joined([[seen(_text(cell) or "") for cell in row] for row in above])
    while header and not header[-1]:
        header.pop()
    if not header:
        raise stop(path, f"names no column in row {named_in[-1]} of its sheet {name}.")
    return header


def _first_lines(sheet: Any) -> list[list[str]]:
    return [[seen(_text(cell) or "") for cell in row] for row in sheet.to_python(skip_empty_area=False, nrows=20)]


def _not_shown(path: Path, book: Any, name: str, label: str, header: Sequence[str]) -> Iterator[Issue]:
    """A note of a sheet that is hidden, and of columns that are."""
    if any(str(one.name) == name and not str(one.visible).endswith(".Visible") for one in book.sheets_metadata):
        what = f"{label}: the sheet is hidden. It was read like any other; delete it if it is not part of the records."
        yield Issue("note", "hidden_sheet", label, what)
    places = {place for span in hidden_columns(path, name) for place in span if place < len(header)}
    if columns := [header[place] for place in sorted(places) if header[place]]:
        yield Issue("note", "hidden_columns", label, f"{label}: hidden columns were read too: {', '.join(columns)}.")


def _merged(label: str, header: Sequence[str], sheet: Any, above: int) -> Iterator[Issue]:
    """A note of each column in which cells are merged: only the first of them holds a value, whatever is shown.

    above: the rows of titles and names, where that loses nothing.
    """
    rows: dict[int, set[int]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if bottom < above:
            continue
        for place in range(left, min(right + 1, len(header))):
            rows.setdefault(place, set()).update(range(top + 1 + (place == left), bottom + 2))
    for place, found in sorted(rows.items()):
        column, numbers = header[place], sorted(found)
        told = "of merged cells only the first holds a value, and the others were read as empty"
        what = f"{label}, column {column}, {_listed(numbers)}: {told}. Part the cells, and fill in each."
        yield Issue("note", "merged_cells", label, what, numbers[0], column)


def _sound(path: Path, marks: Iterator[Marked]) -> Iterator[Marked]:
    try:
        yield from marks
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError, ValueError):
        raise stop(path, DAMAGED) from None


def _rows(
    label: str,
    header: Sequence[str],
    cells: Iterator[list[Any]],
    marks: Iterator[Marked],
    above: int,
    issues: list[Issue],
) -> Iterator[Row | Issue]:
    """above: the last of the rows that name the columns."""
    hidden: list[int] = []
    struck: list[int] = []
    mark = next(marks, None)
    for number, row in enumerate(cells, start=above + 1):
        while mark is not None and mark.number < number:
            mark = next(marks, None)
        here = mark if mark is not None and mark.number == number else Marked(number)
        texts = [_shown(cell, here.forms.get(place)) for place, cell in enumerate(row[: len(header)])]
        texts += [None] * (len(header) - len(texts))
        # What stands for an error, or for a result that was not stored, is no value: the import names each.
        texts = [here.strange.get(place, cell) for place, cell in enumerate(texts)]
        if any(texts):
            hidden += [number] * here.hidden
            struck += [number] * here.struck
            yield number, texts
    if hidden:
        told = f"hidden, perhaps by a filter, and read like any other: {_listed(hidden)}. Delete what is no record."
        issues.append(Issue("note", "hidden_rows", label, f"{label}: {told}", hidden[0]))
    if struck:
        told = f"struck through, and read like any other: {_listed(struck)}. Delete what is no record."
        issues.append(Issue("note", "struck_rows", label, f"{label}: {told}", struck[0]))


def _listed(rows: Sequence[int]) -> str:
    """These rows in words, the first of them by number."""
    more = f" and {len(rows) - LISTED:,} more" if len(rows) > LISTED else ""
    return f"row{'s' * (len(rows) > 1)} {', '.join(map(str, rows[:LISTED]))}{more}"


def _shown(cell: Any, form: str | None) -> str | None:
    """A cell as text; a number as its cell shows it where that is another one."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return (shown(cell, form) if form and is_number else None) or _text(cell)


def _text(cell: Any) -> str | None:
    """A cell as text, as a person would write it into CSV."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return str(cell).strip() or None if cell is not None else None


def _parts(path: Path) -> list[str]:
    """The names inside a workbook, once nothing in it could do harm.

    Sizes are counted while unpacking: those that an archive states may lie.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(OLD):
        raise stop(path, "is an old (.xls) workbook, or protected by a password. Save it as .xlsx without a password.")
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_parts(path, archive, members)
            return [member.filename for member in members]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise stop(path, "is damaged or incomplete: it is no workbook that can be opened. Save it again.") from None


def _check_parts(path: Path, archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> None:
    if any(name.filename.lower().endswith("vbaproject.bin") for name in members):
        raise stop(path, "holds macros. Save it as .xlsx without macros.")
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise stop(path, "is no Excel workbook (.xlsx). Save it as one, or as CSV UTF-8.")
    unpacked = 0
    for member in members:
        is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
        with archive.open(member) as part:
            before = b""
            while block := part.read(BLOCK):
                unpacked += len(block)
                if is_xml and (_declares(before + block) or (not before and _hides(block[:HEAD]))):
                    raise stop(path, "contains a document type declaration, which real workbooks never do.")
                # A declaration may lie across two blocks.
                before = block[-HEAD:]
                if unpacked > MOST_UNPACKED or unpacked > HIGHEST_RATIO * max(path.stat().st_size, BLOCK):
                    raise stop(
                        path, f"unpacks to more than {MOST_UNPACKED >> 20} MB, or to {HIGHEST_RATIO} times its size."
                    )


def _declares(some: bytes) -> bool:
    """Whether a part of XML may hold a DTD: it may stand anywhere, behind any number of comments or blanks."""
    plain = some.replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _hides(head: bytes) -> bool:
    """Whether XML is in an encoding in which a DTD would not look like one (EBCDIC, UTF-7): no workbook is."""
    plain = head.replace(b"\0", b"")
    named = ENCODING.search(plain)
    begins = plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return begins[:1] not in (b"", b"<") or bool(named and named[1].lower() not in PLAIN_ENCODINGS)
