"""The beginning of a stranger's table: on which sheet it stands, which of its rows names the columns, what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dashboard.importing.assistant.readings import is_day
from dashboard.importing.checking.no_records import is_no_record
from dashboard.importing.column_names import is_person, names, nearest, plain
from dashboard.importing.formats import excel
from dashboard.importing.formats.sheets import Cells
from dashboard.importing.formats.text_files import SEPARATOR, Allowed, look, rows, text
from dashboard.importing.result import Issue

MOST_ROWS, TOP = 2_000, 20
FEW_NAMES = 2
"""So many names that are known make a row one of names."""


@dataclass(frozen=True)
class Excerpt:
    """The beginning of a stranger's table: its columns, and the first rows as text.

    header_rows: the rows that the names stand in, where that is not the first; passed_over: rows that hold totals or
    units, by their line.
    """

    header: Sequence[str]
    rows: Sequence[tuple[int, Cells]]
    header_rows: Sequence[int] = ()
    passed_over: Sequence[int] = ()

    def values(self, column: str) -> list[str]:
        """What stands in one column, blanks left out."""
        place = list(self.header).index(column)
        return [text for _, cells in self.rows if (text := (cells[place] or "").strip())]


def excerpt_of(
    path: Path,
    sheet: str | None = None,
    encoding: str | None = None,
    header_rows: Sequence[int] | None = None,
    most: int = MOST_ROWS,
) -> Excerpt:
    """The beginning of a CSV file or of a sheet. Raises ImportRefused when it cannot be read.

    header_rows: the rows that name the columns; looked for where it is None.
    """
    if excel.recognise([path]):
        sheet = sheet or sheet_with_data(path)
        named_in = likely_header(excel.top_rows(path, sheet)) if header_rows is None else header_rows
        header, found = excel.first_rows(path, sheet, named_in)
    else:
        named_in = likely_header(_top_lines(path, encoding)) if header_rows is None else header_rows
        file = look(path, None, encoding, header_rows=named_in)
        header, found = file.header, rows(file)
    read = [row for row in islice(found, most) if not isinstance(row, Issue)]
    passed = [line for line, cells in read if is_no_record(cells)]
    return Excerpt(header, [row for row in read if row[0] not in passed], named_in, passed)


def sheet_with_data(path: Path) -> str:
    """The sheet of a workbook whose first rows name the most that is known; the first if none names anything."""
    sheets = excel.sheet_names(path)
    tops = {name: excel.top_rows(path, name) for name in sheets}
    return max(sheets, key=lambda name: (max(map(_known, tops[name]), default=0), len(tops[name]) > 1))


def likely_header(top: Sequence[Sequence[str]]) -> list[int]:
    """The rows, counted from 1, that seem to name the columns; none where it is the first, as it should be.

    It is the row with the most names that are known. Where none has two, it is the first that fills as many cells as
    the table is wide, none of them with a number or a day.
    """
    known = [_known(row) for row in top]
    if not known:
        return []
    best = known.index(max(known))
    if known[best] < FEW_NAMES:
        widest = max(sum(map(bool, row)) for row in top)
        best = next((n for n, row in enumerate(top) if _only_words(row) and sum(map(bool, row)) == widest), 0)
    if best and _groups(top[best - 1], top[best]):
        return [best, best + 1]
    below = best + 1
    if below < len(top) and _groups(top[best], top[below]) and _only_words(top[below]):
        return [best + 1, best + 2]
    return [best + 1] if best else []


def _groups(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether an upper row groups names of a lower one: a measure stands over its times."""
    pairs = [*zip(upper, [*lower, *[""] * len(upper)], strict=False)]
    under_blank = [n for n, (above, below) in enumerate(pairs) if below and not above and n]
    over = {plain(above) for above, below in pairs if above and below}
    measured = {plain(word) for words in names().measures.values() for word in words}
    return bool(under_blank) and any(name in measured for name in over)


def _only_words(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    return bool(filled) and not any(is_day(cell) or cell.replace(".", "").replace(",", "").isdigit() for cell in filled)


def _known(row: Sequence[str]) -> int:
    """How many cells of a row are names of columns that are known."""
    spoken = {plain(cell) for cell in row if cell and not is_day(cell)}
    measures = [plain(word) for words in names().measures.values() for word in words]
    return sum(
        is_person(name) or nearest(name)[1] > 0 or any(f" {word} " in f" {name} " for word in measures)
        for name in spoken
        if name and not name.isdigit()
    )


def _top_lines(path: Path, encoding: str | None) -> list[list[str]]:
    """The first lines of a text file as cells, parted by what gives the most of them in any; none if it is no text."""
    try:
        with text(path, encoding or "utf-8") as lines:
            read = [line.strip("\r\n") for line in islice(lines, TOP)]
    except (OSError, EOFError, UnicodeError):
        return []
    if read and SEPARATOR.match(read[0]):
        return []  # the names stand right below it
    delimiter = max(Allowed().delimiters, key=lambda mark: max((line.count(mark) for line in read), default=0))
    return [[cell.strip().strip('"') for cell in line.split(delimiter)] for line in read]


def where(path: Path, excerpt: Excerpt, sheet: str | None) -> dict[str, object]:
    """What a mapping says below [file] of where the names stand: the sheet, and the row if it is not the first."""
    told: dict[str, object] = {}
    if excel.recognise([path]) and (sheet or len(excel.sheet_names(path)) > 1):
        told["sheet"] = sheet or sheet_with_data(path)
    if excerpt.header_rows:
        told["header_row"] = excerpt.header_rows[0] if len(excerpt.header_rows) == 1 else list(excerpt.header_rows)
    return told
