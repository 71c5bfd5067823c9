"""Excel workbooks (.xlsx): a sheet a canonical table, or one sheet of a site's own with a mapping.

The cells are read by python-calamine. What it passes over in silence is looked for beside it in the workbook's own XML:
a formula without a stored result, and a cell that shows an error.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import python_calamine

from dashboard.definitions.canonical import TABLES
from dashboard.importing.formats.sheets import Reading, Row, Sheet
from dashboard.importing.formats.text_files import HIGHEST_RATIO, check_names, check_width, joined, stop
from dashboard.importing.mapping import FLAT, SiteMapping, TableMapping
from dashboard.importing.result import ImportRefused, Issue

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
MOST_BYTES, MOST_UNPACKED = 50 << 20, 200 << 20
BLOCK = 1 << 20
OLD = b"\xd0\xcf\x11\xe0"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
FORMULA = "formula"
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
            strange = _strange_cells(path, parts, name)
            label = f"{path.name}, sheet {name}"
            cells = sheet.iter_rows()
            header = _header(path, name, cells, named_in)
            check_names(label, header)
            lines = partial(_first_lines, sheet)
            rows = _rows(label, header, cells, strange, (named_in[-1], (sheet.start or (0, 0))[1]))
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
    header = joined([[_text(cell) or "" for cell in row] for row in above])
    while header and not header[-1]:
        header.pop()
    if not header:
        raise stop(path, f"names no column in row {named_in[-1]} of its sheet {name}.")
    return header


def _first_lines(sheet: Any) -> list[list[str]]:
    return [[_text(cell) or "" for cell in row] for row in sheet.to_python(skip_empty_area=False, nrows=20)]


def _rows(
    label: str,
    header: Sequence[str],
    cells: Iterator[list[Any]],
    strange: Mapping[tuple[int, int], str],
    start: tuple[int, int],
) -> Iterator[Row | Issue]:
    """start: the row that names the columns, and the columns left of the first."""
    above, left = start
    for number, row in enumerate(cells, start=above + 1):
        texts = [_text(cell) for cell in row[: len(header)]]
        texts += [None] * (len(header) - len(texts))
        wrong = next((place for place in range(len(header)) if (number, left + place) in strange), None)
        if wrong is not None:
            yield _strange(label, header[wrong], number, strange[number, left + wrong])
        elif any(texts):
            yield number, texts


def _strange(label: str, column: str, row: int, what: str) -> Issue:
    told = (
        "the cell holds a formula without a stored result. Open and save the workbook in Excel, or paste values."
        if what == FORMULA
        else f"the cell shows the error {what}. Correct it, or leave the cell empty."
    )
    rule = "formula_without_value" if what == FORMULA else "spreadsheet_error"
    shown = None if what == FORMULA else what
    return Issue("row", rule, label, f"{label}, column {column}, row {row}: {told}", row, column, shown)


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
        with archive.open(member) as part:
            head = b""
            while block := part.read(BLOCK):
                unpacked += len(block)
                head = head or block[:4096]
                if unpacked > MOST_UNPACKED or unpacked > HIGHEST_RATIO * max(path.stat().st_size, BLOCK):
                    raise stop(
                        path, f"unpacks to more than {MOST_UNPACKED >> 20} MB, or to {HIGHEST_RATIO} times its size."
                    )
        if member.filename.lower().endswith((".xml", ".rels", ".vml")) and _declares(head):
            raise stop(path, "contains a document type declaration, which real workbooks never do.")


def _declares(head: bytes) -> bool:
    """Whether XML may begin with a DTD: looked for in every encoding that hides it, and refused when in doubt."""
    plain = head.replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _strange_cells(path: Path, parts: Sequence[str], sheet: str) -> dict[tuple[int, int], str]:
    """By row (from 1) and column (from 0), the cells with an error or with a formula that has no stored result."""
    found: dict[tuple[int, int], str] = {}
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part not in parts:
            return found
        with archive.open(part) as file:
            for _, element in ElementTree.iterparse(file):  # noqa: S314 (no DTD is in it: _check_parts)
                if element.tag == f"{MAIN}c":
                    value = element.findtext(f"{MAIN}v")
                    if element.get("t") == "e":
                        found[_place(element.get("r", ""))] = value or "#?"
                    elif element.find(f"{MAIN}f") is not None and not value:
                        found[_place(element.get("r", ""))] = FORMULA
                elif element.tag == f"{MAIN}row":
                    element.clear()
    return found


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (no DTD is in it)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = {link.get("Id"): link.get("Target", "") for link in links}
    for entry in book.iter(f"{MAIN}sheet"):
        if entry.get("name") == sheet:
            return posixpath.normpath(posixpath.join("xl", target.get(entry.get(LINKED), ""))).lstrip("/")
    return ""


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter.upper()) - 64
    digits = reference[len(letters) :]
    return (int(digits) if digits else 0), column - 1
