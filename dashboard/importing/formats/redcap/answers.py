"""One answer as the text that is handed over, or the reason why it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from dashboard.definitions.canonical import PERSONS, TABLES, Column
from dashboard.importing.dates import is_ours
from dashboard.importing.formats.redcap.entries import ExportEntry, UnknownLabel, left_out
from dashboard.importing.formats.redcap.planning import Given, Plan
from dashboard.importing.formats.redcap.project import TICK, box
from dashboard.importing.formats.sheets import UNREAD
from dashboard.importing.result import SHOWN, Issue

WITH_COMMA = re.compile(r"-?\d{1,12}(,\d{1,12})?", re.ASCII)
WORD = re.compile(r"[A-Za-z][A-Za-z ./-]{0,30}")
NEGATIVE = re.compile(r"-0*[1-9]\d{0,5}([.,]0+)?", re.ASCII)
ELSE_UNKNOWN = ("UNK", "ASKU", "NASK", "NAV", "NAVU", "MSK")
UNKNOWN = (*ELSE_UNKNOWN, "NI", "NA", "INV", "NP", "OTH", "QS", "TRC", "UNC", "DER", "PINF", "NINF")
"""The codes for a missing answer that REDCap offers; in a column of free text only those that nobody is called by."""


class Unreadable(Exception):
    """rule and words: what is wrong with a cell, after the cell itself; missing: whether it may be a missing code."""

    def __init__(self, rule: str, words: str, *, missing: bool = False) -> None:
        super().__init__(words)
        self.rule, self.words, self.missing = rule, words, missing


@dataclass(frozen=True)
class Reader:
    """missing: the words for what is not known; other_dates: whether the mapping says how dates are written."""

    missing: frozenset[str]
    other_dates: bool = False

    def rows(self, plan: Plan, entry: ExportEntry) -> list[dict[str, str] | Issue]:
        """The rows of the plan's table in this row of an export: none where nothing was answered, one a ticked choice.

        An issue stands for a row that is left out; one of a cell stands beside its row, in which the cell is UNREAD.
        """
        if not plan.covers(entry):
            return []
        if plan.each:
            # Also a box that cannot be read, so that it is named.
            ticked = [one for one in plan.each if any(self._row(plan, [one], entry))]
            return [told for one in ticked for told in self._row(plan, (*plan.given, one), entry)]
        return self._row(plan, plan.given, entry) if self._is_answered(plan, entry) else []

    def _is_answered(self, plan: Plan, entry: ExportEntry) -> bool:
        return any(
            (cell := entry.cells.get(one.column, "")) and cell not in self.missing and not (one.choice and cell == "0")
            for one in plan.given
        )

    def _stands_for_missing(self, one: Given) -> bool:
        """A project's codes for a missing answer are boxes of their own in an export."""
        name = one.column.split(TICK)[0]
        return one.column in {box(name, code) for code in self.missing}

    def _row(self, plan: Plan, given: Collection[Given], entry: ExportEntry) -> list[dict[str, str] | Issue]:
        """A row, and an issue for each cell left out of it; one alone where a cell says which row it is, or when."""
        row: dict[str, str] = {}
        cells: list[dict[str, str] | Issue] = []
        for one in given:
            try:
                found = self._answer(one, entry.cells)
            except Unreadable as problem:
                issue = _named(one, entry, problem)
                if TABLES[plan.table].is_needed(one.ours):
                    return [issue]
                cells.append(replace(issue, severity="cell"))
                found = UNREAD
            if found:
                row[one.ours] = found
        return [row, *cells]

    def _answer(self, one: Given, cells: Mapping[str, str]) -> str:
        cell = cells.get(one.column, "")
        if not cell or cell in self.missing:
            return ""
        if isinstance(cell, UnknownLabel):
            raise Unreadable("unknown_choice", "is no one label of the dictionary's choices. Export raw data instead.")
        if one.choice is not None:
            return self._tick(one, cell, cells)
        if cell in one.words:
            return one.words[cell]
        if one.asked is not None and one.asked.choices:
            words = "is no choice in the dictionary. Give the dictionary of this export."
            raise Unreadable("unknown_choice", words, missing=True)
        if cell in (ELSE_UNKNOWN if one.holds.kind == "text" else UNKNOWN):
            raise Unreadable("missing_code", "is a code of REDCap for a missing answer.", missing=True)
        if _cannot_be(one.holds, cell):
            noun = "day" if one.holds.kind == "date" else "number from 0 up"
            raise Unreadable("not_a_value", f"is no {noun}, as {one.ours} is.", missing=True)
        return self._text(one, cell)

    def _tick(self, one: Given, cell: str, cells: Mapping[str, str]) -> str:
        if cell not in ("0", "1"):
            raise Unreadable("not_a_checkbox", "is neither 0 nor 1, as a box of a checkbox field is.")
        if self._stands_for_missing(one):
            return ""
        if cell == "1" and one.choice == "":
            raise Unreadable("unknown_choice", "ticks a choice that is not in the dictionary of this export.")
        if one.holds.kind == "boolean":
            return "true" if cell == "1" else "false" if self._was_asked(one, cells) else ""
        return one.words.get(one.choice or "", one.choice or "") if cell == "1" else ""

    def _was_asked(self, one: Given, cells: Mapping[str, str]) -> bool:
        """An empty box is a no only where something of its instrument was answered: an unopened one is all empty."""
        return any(cells.get(column, "0") not in ("0", *self.missing) for column in one.witnesses)

    def _text(self, one: Given, cell: str) -> str:
        validation = one.asked.validation if one.asked else ""
        if validation.endswith("comma_decimal"):
            if not WITH_COMMA.fullmatch(cell):
                raise Unreadable("not_a_number", "is no number with a decimal comma, which the dictionary says it is.")
            return cell.replace(",", ".")
        if validation.startswith("date") and one.holds.kind == "date" and not self.other_dates:
            if not is_ours(cell):
                raise Unreadable(
                    "date_order",
                    "is not written 2024-02-28, as REDCap exports every date. Export again, and do not save the file "
                    "in a spreadsheet.",
                )
            return cell[:10]
        return cell


def _cannot_be(holds: Column, cell: str) -> bool:
    """Whether a cell is a word where a day or an amount should be, or an amount of less than nothing."""
    if holds.kind not in ("date", "integer", "number"):
        return False
    return bool(WORD.fullmatch(cell) or (NEGATIVE.fullmatch(cell) and (holds.low is None or holds.low >= 0)))


def _named(one: Given, entry: ExportEntry, problem: Unreadable) -> Issue:
    """The issue of a cell that cannot be read; what may be a code for a missing answer leads to the mapping."""
    cell = entry.cells[one.column][:SHOWN]
    shown = None if one.ours in PERSONS else cell
    quoted = "this value" if shown is None else f'"{shown}"'
    code = "…" if shown is None else shown.replace('"', "'")
    hint = f' If it means that nothing is known, say so in a mapping: [redcap], missing = ["{code}"].'
    words = f"{quoted} {problem.words}{hint if problem.missing else ''}"
    return left_out(problem.rule, entry.place, words, one.column, shown)
