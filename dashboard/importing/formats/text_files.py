"""What a text file is before anything is read from it: its encoding, its columns, and whether each line is a row."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from dashboard.importing.blanks import seen
from dashboard.importing.formats.sheets import Row
from dashboard.importing.result import Issue, refused

SEPARATOR = re.compile(r'"?sep=(.)"?[;,|\t ]*(\r\n|\r|\n|$)', re.IGNORECASE)
"""The first line by which a spreadsheet is told what stands between the columns."""
ROWS_LOOKED_AT = 1_000
DELIMITER_WORDS = {";": "semicolons", "\t": "tabs", "|": "bars"}
MOST_COLUMNS = 500
LONGEST_CELL = 10_000
LONGEST_HEADER = 1 << 22
BLOCK = 1 << 20
MOST_UNPACKED, HIGHEST_RATIO = 200 << 20, 100
"""A packed file that unpacks to more than both is none that a registry writes."""
DAMAGED = (OSError, EOFError, zlib.error)
CUT = "cannot be read to its end. Is it whole, and may this program open it?"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
NO_TEXT = {
    b"\x89PNG": "is a picture, not a text table.", b"\xff\xd8\xff": "is a picture, not a text table.",
    b"%PDF": "is a PDF, not a text table.",
    b"PK\x03\x04": "is a workbook or an archive, not a text table. Give it its own ending (.xlsx), or unpack it.",
    b"\xd0\xcf\x11\xe0": "is an old workbook, not a text table. Save it as .xlsx or as CSV UTF-8.",
}  # fmt: skip


@dataclass(frozen=True)
class Allowed:
    """What the text tables of a format may be: what may stand between columns, and how large they may be."""

    delimiters: Sequence[str] = (",", ";", "\t", "|")
    columns: int = MOST_COLUMNS
    size: int | None = None
    names_repeat: bool = False


OURS = Allowed()


@dataclass(frozen=True)
class TextFile:
    """A file that can be read.

    rows_if_plain: how many rows it has if each line is a row, so that the database's own reader may take it, and has to
    find as many; None when a line may be something else. padded: there may be blanks around values.
    above: the lines above the names of the columns; named_in: the rows that these stand in, one or two.
    """

    path: Path
    header: list[str]
    delimiter: str
    encoding: str
    rows_if_plain: int | None
    padded: bool = True
    notes: list[Issue] = field(default_factory=list)
    above: int = 0
    named_in: int = 1


@dataclass(frozen=True)
class NamesFound:
    """The names of a file's columns, what stands between them, and the lines above them.

    told: the file's first line says the delimiter; row_names: the rows have one cell more than there are names.
    """

    names: list[str]
    delimiter: str
    above: int
    told: bool = False
    row_names: bool = False


def look(
    path: Path,
    delimiter: str | None,
    encoding: str | None,
    allowed: Allowed = OURS,
    header_rows: Sequence[int] = (),
) -> TextFile:
    """Look through a file once. Raises ImportRefused when it is no text table, or not one with a header.

    header_rows: the lines that hold the names of the columns, where these are not in the first.
    """
    told = _encoding(path)
    named = encoding or told
    count = _looked_through(path, named, allowed.size)
    head = _header(path, delimiter, named, allowed, header_rows)
    if not allowed.names_repeat:
        check_names(path.name, head.names)
    notes = []
    if encoding is None and named == "utf-16":
        notes.append(_note(path, "encoding", "was saved as UTF-16 and is read so. Saving it as CSV UTF-8 is safer."))
    notes += _notes(path, head, delimiter)
    whole = bool(head.above or head.row_names or len(header_rows) > 1)
    rows_expected = None if count is None or whole else count - 1
    padded = count is None or _is_padded(path, head.delimiter)
    named_in = max(len(header_rows), 1)
    return TextFile(path, head.names, head.delimiter, named, rows_expected, padded, notes, head.above, named_in)


def _notes(path: Path, head: NamesFound, delimiter: str | None) -> Iterator[Issue]:
    """What a file is that it need not have been."""
    if head.told:
        what = "begins with a line sep= that tells a spreadsheet what stands between the columns. It is passed over."
        yield _note(path, "separator_line", what)
    if head.delimiter in DELIMITER_WORDS and delimiter is None:
        yield _note(path, "delimiter", f"is read with {DELIMITER_WORDS[head.delimiter]} between its columns.")
    if head.row_names:
        what = (
            "names one column fewer than its rows have cells: R writes tables so, with the names of its rows before "
            "the first column. Those are not read."
        )
        yield _note(path, "row_names", what)
    elif empty := head.names.count(""):
        what = f"has {empty} column{'s' if empty > 1 else ''} without a name. What stands there is not read."
        yield _note(path, "empty_column", what)


def peeked(path: Path, allowed: Allowed = OURS) -> list[str]:
    """The column names of what may be such a table; none when it is not one that can be read."""
    try:
        return _header(path, None, _encoding(path), allowed).names
    except Exception:  # noqa: BLE001 (to look is not to judge: the reader that takes the file says what is wrong)
        return []


def _encoding(path: Path) -> str:
    """UTF-16 where a file says so itself, else UTF-8; refused when it is known to be no text."""
    try:
        with unpacked(path) as file:
            start = file.read(16)
    except DAMAGED:
        raise stop(path, CUT) from None
    for magic, what in NO_TEXT.items():
        if start.startswith(magic):
            raise stop(path, what)
    return "utf-16" if start.startswith(UTF_16) else "utf-8"


def _header(
    path: Path, delimiter: str | None, encoding: str, allowed: Allowed, header_rows: Sequence[int] = ()
) -> NamesFound:
    """The column names, parted by what gives the most of them, and what that is."""
    with text(path, encoding) as lines:
        start = lines.read(LONGEST_HEADER)
    if not start.partition("\n")[0].strip() and not header_rows:
        raise stop(path, "is empty. The first line must name the columns.")
    if start.lstrip().startswith("<"):
        raise stop(path, "is a web page or XML, not a table. Export it as CSV UTF-8.")
    told = SEPARATOR.match(start)
    above = header_rows[0] - 1 if header_rows else int(told is not None)
    able = [delimiter] if delimiter else [told[1]] if told else allowed.delimiters
    names = {one: _names(start, one, above, max(len(header_rows), 1)) for one in able}
    found = max(names, key=lambda one: len(names[one]))
    if not any(names[found]):
        where = "names no column in the row" if header_rows else "has a first line"
        raise stop(path, f"{where} that cannot be read. It must name the columns.")
    check_width(path.name, len(names[found]), allowed.columns)
    row_names = _has_row_names(start, found, above + max(len(header_rows), 1), len(names[found]))
    return NamesFound(["", *names[found]] if row_names else names[found], found, above, told is not None, row_names)


def _names(start: str, delimiter: str, above: int, rows: int) -> list[str]:
    """The names in so many rows below the lines above them; none where they cannot be read."""
    try:
        return joined(list(islice(_cells(start, delimiter, above), rows)))
    except csv.Error:
        return []


def _cells(start: str, delimiter: str, above: int) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    lines = islice(io.StringIO(start, ""), above, None)
    for cells in csv.reader(lines, delimiter=delimiter, strict=True):
        yield [seen(cell) for cell in cells]


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """The names of columns out of one row, or out of two of which the upper one groups those of the lower."""
    if len(rows) < 2:
        return list(rows[0]) if rows else []
    upper, lower = ([*row, *[""] * (max(map(len, rows)) - len(row))] for row in rows[:2])
    names, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = (above if below else "") if above else group
        names.append(f"{group if below else above} {below}".strip())
    return names


def _has_row_names(start: str, delimiter: str, above: int, width: int) -> bool:
    """Whether every row has one cell more than there are names, the first of them its own and the last not empty."""
    try:
        rows = [cells for cells in islice(_cells(start, delimiter, above), ROWS_LOOKED_AT) if any(cells)]
    except csv.Error:
        return False
    rows = rows[:-1] if len(start) == LONGEST_HEADER else rows
    if not rows or any(len(cells) != width + 1 for cells in rows):
        return False
    return len({cells[0] for cells in rows} - {""}) == len(rows) and any(cells[-1] for cells in rows)


def first_lines(file: TextFile, most: int = 20) -> list[list[str]]:
    """The first lines as cells, to see where the column names might stand."""
    with text(file.path, file.encoding) as lines:
        read = [line for _, line in zip(range(most), lines, strict=False)]
    return [[seen(cell) for cell in line.strip().split(file.delimiter)] for line in read]


def rows(file: TextFile, *, quoted: bool = True) -> Iterator[Row | Issue]:
    """Each whole row with the line that it begins on; an issue in the place of any other.

    quoted: whether a quotation mark may hold a cell together, or is a sign like any other. Raises ImportRefused at one
    that is never closed: what follows it cannot be told apart.
    """
    width = len(file.header)
    with text(file.path, file.encoding) as lines:
        csv.field_size_limit(LONGEST_CELL)
        reader = csv.reader(
            islice(lines, file.above, None),
            delimiter=file.delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE, strict=True,
        )  # fmt: skip
        for _ in range(file.named_in):
            next(reader, None)
        while True:
            line = file.above + reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as problem:
                yield _unreadable_row(file, line, file.above + reader.line_num, str(problem))
                continue
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width and not (len(cells) > width and not any(map(str.strip, cells[width:]))):
                yield uneven(file.path.name, line, f"has {len(cells)} cells, the header {width}")
                continue
            yield line, cells[:width]


def _unreadable_row(file: TextFile, line: int, last: int, problem: str) -> Issue:
    if "unexpected end" in problem or ("field larger" in problem and last > line):
        raise stop(file.path, f"has a quotation mark, opened on line {line}, that is never closed.")
    if "field larger" in problem:
        return uneven(file.path.name, line, f"has a cell of more than {LONGEST_CELL:,} characters", "cell_too_long")
    return uneven(file.path.name, line, "has a quotation mark in the wrong place")


def uneven(name: str, line: int, what: str, rule: str = "uneven_row") -> Issue:
    """The issue of a row that cannot be taken as a row."""
    message = f"{name}, row {line}: this row {what}. Is a delimiter or a quotation mark missing, or one too many?"
    return Issue("row", rule, name, message, line)


def text(path: Path, encoding: str) -> IO[str]:
    """The file as text, its line ends as they are."""
    return io.TextIOWrapper(unpacked(path), encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")


def unpacked(path: Path) -> IO[bytes]:
    """The file as bytes. Raises one of DAMAGED here, or while it is read."""
    return gzip.open(path, "rb") if is_packed(path) else path.open("rb")  # type: ignore[return-value]


def is_packed(path: Path) -> bool:
    """Whether the name says that the file is packed."""
    return path.suffix.lower() == ".gz"


def stop(path: Path, what: str, rule: str = "unreadable_file") -> Exception:
    """The refusal of a file as a whole."""
    return refused([Issue("stop", rule, path.name, f"{path.name} {what}")])


def _note(path: Path, rule: str, what: str) -> Issue:
    return Issue("note", rule, path.name, f"{path.name} {what}")


def check_width(name: str, columns: int, most: int = MOST_COLUMNS) -> None:
    """Refuse a table that is wider than any could be."""
    if columns > most:
        raise stop(Path(name), f"has {columns:,} columns; at most {most:,} are read. Is the delimiter right?")


def check_names(name: str, header: Sequence[str]) -> None:
    """Refuse a header in which two columns have one name."""
    if twice := sorted(column for column, times in Counter(header).items() if column and times > 1):
        raise stop(Path(name), f'has the column "{twice[0][:60]}" twice. Remove or rename one of them.')


def _looked_through(path: Path, encoding: str, most: int | None) -> int | None:
    """Look through the bytes once, refusing what is no text; how many lines there are if each is a row, else None.

    Quotes, two kinds of line end, a line too long for a cell, another encoding and a packed file are not so plain. Of
    blank lines the count tells: the database's reader passes over them.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    plain, ends_alone, ends_in_pairs = encoding == "utf-8" and not is_packed(path), False, False
    line, read, last = 1, 0, b"\n"
    try:
        with unpacked(path) as file:
            while block := file.read(BLOCK):
                block += file.read(1) if block.endswith(b"\r") else b""
                read += len(block)
                _check_size(path, read, most)
                _check_text(path, decoder, block, line)
                ends = block.count(b"\n")
                pairs = block.count(b"\r\n") if b"\r" in block else 0
                line += ends
                ends_in_pairs, ends_alone = ends_in_pairs or pairs > 0, ends_alone or ends > pairs
                plain = (
                    plain
                    and b'"' not in block
                    # Given two kinds of line end, the database's reader may lose rows and say nothing.
                    and (b"\r" not in block or block.count(b"\r") == pairs)
                    and not (ends_in_pairs and ends_alone)
                    and _lines_are_short(block)
                )
                last = block[-1:]
            _check_text(path, decoder, b"", line)
    except DAMAGED:
        raise stop(path, CUT) from None
    return line - (last == b"\n") if plain else None


def _is_padded(path: Path, delimiter: str) -> bool:
    """Whether a blank stands beside a delimiter or a line end, or a sign that may be invisible stands anywhere."""
    mark, last = delimiter.encode(), b"\n"
    beside = (mark + b" ", b" " + mark, b"\n ", b" \n", b" \r", b"\r ")
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if not block.isascii():
                return True
            if (b" " in block or last == b" ") and any(
                pair in part for pair in beside for part in (block, last + block[:1])
            ):
                return True
            if mark != b"\t" and b"\t" in block:
                return True
            last = block[-1:]
    return last == b" "


def _lines_are_short(block: bytes) -> bool:
    """Whether no line within a block is longer than a cell may be; one that spans two blocks counts in each alone."""
    at = 0
    while len(block) - at > LONGEST_CELL:
        end = block.rfind(b"\n", at, at + LONGEST_CELL)
        if end < 0:
            return False
        at = end + 1
    return True


def _check_text(path: Path, decoder: codecs.IncrementalDecoder, block: bytes, line: int) -> None:
    """Refuse zero bytes, which every second one is where text in two bytes does not say so, and other encodings."""
    broken = None
    try:
        decoded = decoder.decode(block, final=not block)
    except UnicodeDecodeError as problem:
        decoded, broken = block.decode("latin-1"), problem.start
    if "\0" in decoded:
        at = line + decoded.count("\n", 0, decoded.index("\0"))
        raise stop(path, f"holds zero bytes (line {at}): it is damaged, or is not CSV. Export it again.")
    if broken is not None:
        at = line + block.count(b"\n", 0, broken)
        message = (
            f'is not UTF-8 text (first problem on line {at}). Save it as "CSV UTF-8", or name its encoding in a '
            'mapping: encoding = "latin-1" below [file].'
        )
        raise stop(path, message)


def _check_size(path: Path, read: int, most: int | None) -> None:
    if most is not None and read > most:
        raise stop(path, f"is larger than {most >> 20} MB. Export it in parts.")
    if is_packed(path) and read > MOST_UNPACKED and read > HIGHEST_RATIO * max(path.stat().st_size, 1):
        raise stop(path, f"unpacks to more than {HIGHEST_RATIO} times its size. It is not read.")
