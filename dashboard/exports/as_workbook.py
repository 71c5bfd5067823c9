"""A table as an Excel workbook: the data, and beside it the filter, the definitions and the generation."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from dashboard.exports.cells import NOTHING, guarded, is_share, plain, read_back
from dashboard.exports.heading import Heading, definitions_told

NEVER_RUN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LONGEST = 32_767
"""Letters that a cell of Excel holds."""
NARROW, WIDE = 10, 60


class Workbook:
    """A workbook in the making, whose sheets hold cells of our kinds only: never a formula, never a link."""

    def __init__(self, made: date | None) -> None:
        """made: the day that the file says it was made on, so that the same data gives the same bytes."""
        import xlsxwriter  # when a file is asked for: the start of the app need not wait for it

        self._bytes = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._bytes, NEVER_RUN)
        day = made or date(2000, 1, 1)
        self._book.set_properties({"created": datetime(day.year, day.month, day.day, tzinfo=UTC)})
        self._head = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        looks = {"share": "0.0 %", "day": "d mmm yyyy", "number": "#,##0.###", "whole": "#,##0"}
        self._looks = {name: self._book.add_format({"num_format": look}) for name, look in looks.items()}
        # A cell that begins as a formula would stays text even after somebody has opened it and pressed Enter.
        self._text = self._book.add_format({"quote_prefix": True, "num_format": "@"})

    def sheet(
        self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], shares: Sequence[bool] = ()
    ) -> None:
        """One sheet. shares: by column, whether its numbers are shares; filters stand over the heads."""
        sheet = self._book.add_worksheet(name)
        widths = [min(max(NARROW, len(head) + 2), WIDE) for head in heads]
        for column, head in enumerate(heads):
            self._write(sheet, 0, column, str(head), head=True)
        last = 0
        for last, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                cell = plain(cell)
                self._write(sheet, last, column, cell, share=bool(shares) and shares[column])
                widths[column] = max(widths[column], min(len(str(cell)) + 2, WIDE) if isinstance(cell, str) else NARROW)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        if heads:
            sheet.autofilter(0, 0, last, len(heads) - 1)

    def close(self) -> bytes:
        """The whole of it."""
        self._book.close()
        return self._bytes.getvalue()

    def _write(self, sheet: Any, row: int, column: int, cell: Any, *, head: bool = False, share: bool = False) -> None:
        if cell is None:
            return
        if isinstance(cell, str):
            text = cell[:LONGEST]
            run = guarded(text) != text
            sheet.write_string(row, column, text, self._text if run else self._head if head else None)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell.replace(tzinfo=None), self._looks["day"])
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), self._looks["day"])  # noqa: DTZ001
        elif isinstance(cell, float) and cell in (float("inf"), float("-inf")):
            sheet.write_string(row, column, "infinite")
        else:
            look = "share" if share else "whole" if isinstance(cell, int) else "number"
            sheet.write_number(row, column, cell, self._looks[look])


def workbook_of(told: Heading, shown: pd.DataFrame | None, rows: pd.DataFrame | None = None) -> bytes:
    """The workbook of one table.

    shown: as it stands on the screen, under the screen's heads, where that may leave; rows: the same from the analysis,
    in full figures, where there are more.
    """
    book = Workbook(told.data_date)
    if shown is not None:
        _shown(book, "Data", shown)
    if rows is not None:
        _rows(book, "Data" if shown is None else "Figures", rows)
    _about(book, told)
    return book.close()


def workbook_of_all(told: Heading, tables: Sequence[tuple[str, pd.DataFrame | None, pd.DataFrame | None]]) -> bytes:
    """The workbook of several tables, each as ``workbook_of`` has it: first which stands where, then a sheet each."""
    book, sheets = Workbook(told.data_date), []
    for place, (name, shown, rows) in enumerate(tables, 1):
        sheets += [
            (f"{place}{more}", f"{name}{what}", frame, draw)
            for more, what, frame, draw in (("", "", shown, _shown), (" figures", ", in full figures", rows, _rows))
            if frame is not None
        ]
    book.sheet("Contents", ("Sheet", "Table"), [(sheet, name) for sheet, name, _, _ in sheets])
    for sheet, _, frame, draw in sheets:
        draw(book, sheet, frame)
    _about(book, told)
    return book.close()


def _shown(book: Workbook, name: str, shown: pd.DataFrame) -> None:
    """Words that say a share or a day become the number or the day: the screen's words, and cells that can be added."""
    columns, shares = [], []
    for place in range(shown.shape[1]):
        cells = shown.iloc[:, place]
        found = read_back(cells)
        kept = [None if isinstance(cell, str) and cell in NOTHING else cell for cell in cells]
        columns.append(kept if found is None else found)
        shares.append(found is not None and any(isinstance(cell, float) for cell in found))
    book.sheet(name, [str(head) for head in shown.columns], zip(*columns, strict=True), shares)


def _rows(book: Workbook, name: str, rows: pd.DataFrame) -> None:
    heads = [str(head) for head in rows.columns]
    book.sheet(name, heads, rows.itertuples(index=False), [is_share(head, heads) for head in heads])


def _about(book: Workbook, told: Heading) -> None:
    book.sheet("Filter", ("What", "Chosen"), [
        ("Table", told.title), ("Operations counted", told.operations), ("Of all", told.of), *told.filters.items(),
    ])  # fmt: skip
    heads, *definitions = definitions_told()
    book.sheet("Definitions", heads, definitions)
    book.sheet("Generation", ("What", "Is"), list(told.facts.items()))
