"""Workbooks written part by part, so that a test can leave out, break or add what a program would not."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FIRST_DAY = date(1899, 12, 30)
HIDDEN_ROW, HIDDEN_SHEET = ' hidden="1"', ' state="hidden"'
QUOTED = {'"': "&quot;"}

Cell = str | int | float | bool | date | None


def write(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    parts: Mapping[str, str | bytes | None] | None = None,
    merged: str = "",
    *,
    formats: Sequence[str] = (),
    hidden: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    hidden_sheets: Sequence[str] = (),
) -> Path:
    """A workbook with these sheets.

    parts: further or other parts, None to leave one out; merged: a range such as A1:B1. formats: number formats, each
    for the next style from 2 on, and one more style that is struck through; hidden, hidden_columns: rows and columns
    (from 1) of every sheet that are not shown; hidden_sheets: sheets that are not.

    A text that begins with ``<c`` stands as it is in the place of its cell.
    """
    inside: dict[str, str | bytes | None] = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(list(sheets), hidden_sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _styles(formats),
    }
    for number, rows in enumerate(sheets.values(), start=1):
        inside[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows, merged, hidden, hidden_columns)
    inside |= parts or {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in inside.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def _types(sheets: int) -> str:
    kinds = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    kinds += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, sheets + 1)]
    overrides = "".join(f'<Override PartName="{part}" ContentType="{KIND}.{kind}+xml"/>' for part, kind in kinds)
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'{HEAD}<Types xmlns="{CONTENT}">{defaults}{overrides}</Types>'


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{DOCUMENT}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{HEAD}<Relationships xmlns="{RELATIONS}">{links}</Relationships>'


def _styles(formats: Sequence[str]) -> str:
    codes = "".join(
        f'<numFmt numFmtId="{n}" formatCode="{escape(code, QUOTED)}"/>' for n, code in enumerate(formats, start=164)
    )
    styles = "".join(f'<xf numFmtId="{n}" fontId="0"/>' for n in (0, 14, *range(164, 164 + len(formats))))
    return (
        f'{HEAD}<styleSheet xmlns="{SPREADSHEET}"><numFmts count="{len(formats)}">{codes}</numFmts><fonts count="2">'
        '<font/><font><strike/></font></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs>{styles}<xf numFmtId="0" fontId="1"/></cellXfs>'
        "</styleSheet>"
    )


def _book(names: Sequence[str], hidden: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}"{HIDDEN_SHEET * (name in hidden)} r:id="rId{n}"/>'
        for n, name in enumerate(names, start=1)
    )
    return f'{HEAD}<workbook xmlns="{SPREADSHEET}" xmlns:r="{DOCUMENT}"><sheets>{sheets}</sheets></workbook>'


def _sheet(rows: Sequence[Sequence[Cell]], merged: str, hidden: Sequence[int], hidden_columns: Sequence[int]) -> str:
    columns = "".join(f'<col min="{n}" max="{n}" hidden="1"/>' for n in hidden_columns)
    lines = "".join(
        f'<row r="{n}"{HIDDEN_ROW * (n in hidden)}>{"".join(_cell(cell, n, at) for at, cell in enumerate(row))}</row>'
        for n, row in enumerate(rows, start=1)
    )
    joined = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    shown = f"<cols>{columns}</cols>" if columns else ""
    return f'{HEAD}<worksheet xmlns="{SPREADSHEET}">{shown}<sheetData>{lines}</sheetData>{joined}</worksheet>'


def _cell(cell: Cell, row: int, place: int) -> str:
    at = f"{chr(65 + place)}{row}"
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{at}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, date):
        return f'<c r="{at}" s="1"><v>{(cell - FIRST_DAY).days}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{at}"><v>{cell}</v></c>'
    if cell.startswith("<c"):
        return cell.replace("<c", f'<c r="{at}"', 1)
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
