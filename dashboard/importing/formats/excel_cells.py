"""What a workbook's own XML says of its cells, which the reader of their values passes over.

How a number is shown (44 % is stored as 0.44, patient 007 as 7), rows that are hidden or struck through, cells that
show an error, and formulas without a stored result. Read row by row beside the values, and never kept.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from dashboard.importing.reasons import EXCEL_ERRORS, FORMULA_WITHOUT_RESULT

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PERCENT = "%"
OF_PERCENT = (9, 10)
"""The numbers of the two formats for per cent that no workbook spells out."""
PARTS = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|(?P<hidden>\[[^\]]*\]|_.|\*.)|(?P<plain>.)')
OFF = ("0", "false")


@dataclass(frozen=True)
class Style:
    """How a cell is shown. form: "%", or zeros and words such as P000; empty where it changes nothing."""

    form: str = ""
    struck: bool = False


@dataclass
class Marked:
    """One row (from 1) and what is to be known of it; by column (from 0).

    forms: how numbers are shown; strange: an error, or what stands for a formula without a result.
    """

    number: int
    hidden: bool = False
    struck: bool = False
    forms: dict[int, str] = field(default_factory=dict)
    strange: dict[int, str] = field(default_factory=dict)


def marked(path: Path, sheet: str) -> Iterator[Marked]:
    """Those rows of a sheet of which there is something to know, in order."""
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part not in archive.namelist():
            return
        styles = _styles(archive)
        with archive.open(part) as file:
            number, above = 0, None
            for event, element in ElementTree.iterparse(file, ("start", "end")):  # noqa: S314 (no DTD: _check_parts)
                if event == "start":
                    above = element if element.tag == f"{MAIN}sheetData" else above
                elif element.tag == f"{MAIN}row":
                    number = int(element.get("r") or number + 1)
                    row = _row(number, element, styles)
                    if row.hidden or row.struck or row.forms or row.strange:
                        yield row
                    if above is not None:
                        above.clear()


def hidden_columns(path: Path, sheet: str) -> Iterator[range]:
    """The columns (from 0) of a sheet that are not shown."""
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part not in archive.namelist():
            return
        with archive.open(part) as file:
            for event, element in ElementTree.iterparse(file, ("start", "end")):  # noqa: S314 (no DTD: _check_parts)
                if event == "start" and element.tag == f"{MAIN}sheetData":
                    return
                if event == "end" and element.tag == f"{MAIN}col" and element.get("hidden", "0") not in OFF:
                    yield range(int(element.get("min", "1")) - 1, int(element.get("max", "0")))


def shown(number: float, form: str) -> str | None:
    """A number as its cell shows it; None where the form says nothing of it."""
    if form == PERCENT:
        return f"{round(number * 100, 9):.9f}".rstrip("0").rstrip(".") + PERCENT
    if number < 0 or number != int(number):
        return None
    digits = str(int(number)).zfill(form.count("0"))
    first, rest = digits[: len(digits) - form.count("0") + 1], list(digits[len(digits) - form.count("0") + 1 :])
    head, _, tail = form.partition("0")
    return head + first + "".join(rest.pop(0) if sign == "0" else sign for sign in tail)


def _row(number: int, row: ElementTree.Element, styles: Sequence[Style]) -> Marked:
    found = Marked(number, hidden=row.get("hidden", "0") not in OFF)
    filled = struck = column = 0
    for cell in row.iter(f"{MAIN}c"):
        column = _column(cell.get("r", "")) or column + 1
        place, value = column - 1, cell.findtext(f"{MAIN}v")
        style = styles[int(cell.get("s", "0"))] if int(cell.get("s", "0")) < len(styles) else Style()
        if cell.get("t") == "e":
            found.strange[place] = value if value in EXCEL_ERRORS else EXCEL_ERRORS[-1]
        elif cell.find(f"{MAIN}f") is not None and not value:
            found.strange[place] = FORMULA_WITHOUT_RESULT
        elif style.form and cell.get("t", "n") == "n":
            found.forms[place] = style.form
        has_value = value is not None or cell.find(f"{MAIN}is") is not None
        filled += has_value
        struck += has_value and style.struck
    found.struck = 0 < filled == struck
    return found


def _styles(archive: zipfile.ZipFile) -> list[Style]:
    """How the cells of each style are shown."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    sheet = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 (no DTD is in it)
    codes = {int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in sheet.iter(f"{MAIN}numFmt")}
    forms = {number: form for number, code in codes.items() if (form := _form(code))}
    forms |= {number: PERCENT for number in OF_PERCENT if number not in codes}
    strikes = [font.find(f"{MAIN}strike") for font in sheet.iterfind(f"{MAIN}fonts/{MAIN}font")]
    struck = [strike is not None and strike.get("val", "1") not in OFF for strike in strikes]
    return [
        Style(forms.get(int(one.get("numFmtId", "0")), ""), _at(struck, int(one.get("fontId", "0"))))
        for one in sheet.iterfind(f"{MAIN}cellXfs/{MAIN}xf")
    ]


def _at(held: Sequence[bool], place: int) -> bool:
    return place < len(held) and held[place]


def _form(code: str) -> str:
    """What a number format makes of a number, where that is not the number itself: "%", or zeros and words.

    Of several formats (above nought; below; nought) the first: numbers of ours are seldom below.
    """
    form, plain = "", ""
    for part in PARTS.finditer(code):
        if part["plain"] == ";":
            break
        form += part["quoted"] or part["escaped"] or part["plain"] or ""
        plain += part["plain"] or ""
    if PERCENT in plain:
        return PERCENT
    zeros = plain.count("0")
    names = zeros and any(sign.isalpha() for sign in form.partition("0")[0])
    is_whole = set(plain) <= set("0-/ ") and zeros == form.count("0")
    return form if is_whole and (zeros > 1 or names) else ""


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (no DTD is in it)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = {link.get("Id"): link.get("Target", "") for link in links}
    for entry in book.iter(f"{MAIN}sheet"):
        if entry.get("name") == sheet:
            return posixpath.normpath(posixpath.join("xl", target.get(entry.get(LINKED), ""))).lstrip("/")
    return ""


def _column(reference: str) -> int:
    """The column of a cell such as B12, from 1; 0 where it is not said."""
    column = 0
    for letter in reference.rstrip("0123456789"):
        column = column * 26 + ord(letter.upper()) - 64
    return column
