"""One row of an OMOP table, read: its day, and what it says of the patient, with numbers in our units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from dashboard.importing.canonical import Column
from dashboard.importing.formats.meanings import TRAITS, VISIT
from dashboard.importing.formats.omop.concepts import ID, Dictionary, Said, affirmed
from dashboard.importing.formats.omop.model import EXACTLY, NOT_FOUND, SCORE, TABLES, UNIT_WORDS, UNITS, WITH_A_UNIT
from dashboard.importing.formats.omop.source import Found
from dashboard.importing.mapping import ISO
from dashboard.importing.reasons import reason
from dashboard.importing.result import SHOWN, Issue

EARLIEST = date(1900, 1, 1)
NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,18})?([eE][+-]?\d{1,2})?", re.ASCII)
DATE = Column("date")
CONCEPT = Column("integer", low=0, high=10**12)


class Raw(NamedTuple):
    """A row as text; origin: its table, said: the number of what it says."""

    origin: str
    line: int
    said: int
    person: str
    record: str
    concept: str
    source_concept: str
    source_value: str
    day: str
    moment: str
    status: str
    number: str
    words: str
    answer: str
    answer_source: str
    unit: str
    unit_source: str
    operator: str
    provider: str
    visit: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a row says: kind, name and value as in the code tables.

    problem: why a measured number cannot be read; then there is no value.
    """

    raw: Raw
    day: date
    kind: str
    name: str
    value: str = ""
    code: str = ""
    problem: Issue | None = None

    @property
    def order(self) -> tuple[date, str, str, int]:
        """By day and, within it, by the time of day if it is known."""
        return (self.day, self.raw.moment, self.raw.origin, self.raw.line)


@dataclass
class Reader:
    """Reads rows; ``unused`` counts, by the words of its note, what a row held that is not kept."""

    dictionary: Dictionary
    found: Mapping[str, Found]
    said: Mapping[str, Mapping[int, Said]]
    today: date
    date_format: str | None
    unused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def facts(self, raw: Raw) -> Iterator[Fact | Issue]:
        """All that a row says, or the issue that says why it cannot be read."""
        for part in ("concept", "source_concept"):
            if (held := getattr(raw, part)) and not ID.fullmatch(held):
                yield self.wrong(raw, part, CONCEPT, held)
                return
        day = self.day(raw.day)
        if day is None:
            yield self.wrong(raw, "day", DATE, raw.day)
            return
        if raw.status in NOT_FOUND:
            self.leave_out(raw.origin, "are marked as preliminary or as of the past")
            return
        said = self.said[raw.origin][raw.said]
        for meaning in said.meanings:
            if meaning.kind == "measure" or meaning.name in VISIT:
                yield from self._measured(raw, day, meaning.name)
            elif meaning.kind == "trait":
                yield from self._trait(raw, day, meaning.name, meaning.value)
            elif affirmed(raw.answer, raw.words, raw.number):
                yield Fact(raw, day, meaning.kind, meaning.name, code=said.code)
            else:
                self.leave_out(raw.origin, f"were answered with no, or not clearly ({meaning.name})")

    def day(self, text: str) -> date | None:
        """The day that is written here, with or without a time of day; None when it is none from 1900 to today."""
        return day_of(text, self.date_format, self.today)

    def wrong(self, raw: Raw, part: str, column: Column, value: str) -> Issue:
        """The issue of a cell that is not what its column holds."""
        return unreadable(self.found[raw.origin], self.column(raw.origin, part), raw.line, column, value)

    def column(self, origin: str, part: str) -> str:
        """What the extract calls a part of a row."""
        names = TABLES[origin].columns[part]
        return next((name for name in names if name in self.found[origin].columns), part)

    def leave_out(self, origin: str, why: str) -> None:
        """Count one row, or what it says, as not kept."""
        self.unused[self.found[origin].label, why] += 1

    def _trait(self, raw: Raw, day: date, name: str, value: str) -> Iterator[Fact]:
        column = TRAITS[name]
        yes = affirmed(raw.answer, raw.words, raw.number)
        if not value:
            value = self.dictionary.answer(raw.answer, raw.answer_source, raw.words, name, column)
        elif yes is False and column.kind == "boolean":
            value = {"true": "false", "false": "true"}.get(value, "")
        elif not yes:
            value = ""
        if value:
            yield Fact(raw, day, "trait", name, value)
        else:
            self.leave_out(raw.origin, f"have an answer for {name} that is not known here")

    def _measured(self, raw: Raw, day: date, name: str) -> Iterator[Fact]:
        column = VISIT.get(name) or TRAITS[name]
        if not raw.number:
            self.leave_out(raw.origin, f"have no number for {name}")
        elif raw.operator not in ("", "0", EXACTLY):
            self.leave_out(raw.origin, f"say that {name} is above or below a number, not which it is")
        elif not NUMBER.fullmatch(raw.number):
            yield Fact(raw, day, "measure", name, problem=self.wrong(raw, "number", column, raw.number))
        elif (each := _each(name, raw.unit, raw.unit_source)) is None:
            unit = " ".join([*([f"unit concept {raw.unit[:12]}"] if raw.unit else []), raw.unit_source[:12]]).strip()
            self.leave_out(raw.origin, f"have {name} in a unit that is not converted ({unit or 'none is given'})")
        elif (value := _as_text(float(raw.number) * each, column)) is None:
            yield Fact(raw, day, "measure", name, problem=self.wrong(raw, "number", column, raw.number))
        else:
            yield Fact(raw, day, "measure", name, value)


def day_of(text: str, date_format: str | None, today: date) -> date | None:
    """The day of a date or a moment written as 2024-02-28, 20240228 or as the mapping says."""
    if date_format and date_format != ISO:
        found = _parsed(text, date_format)
        if found is not None:
            return found if EARLIEST <= found <= today else None
    written = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})([ T][0-9:.,+Z-]{2,30})?", text, re.ASCII)
    if written is None or text[4:8].count("-") == 1:
        return None
    found = _parsed("-".join(written.groups()[:3]), ISO)
    return found if found and EARLIEST <= found <= today else None


def unreadable(found: Found, name: str, line: int, column: Column, value: str) -> Issue:
    """The issue of one cell, which leaves its row out."""
    where = f"{found.column(name)}, row {line}: "
    if not value:
        return Issue("row", "missing", found.label, f"{where}empty, but needed. Fill it in.", line, name)
    shown = value[:SHOWN]
    return Issue(
        "row", f"not_a_{column.kind}", found.label, f'{where}"{shown}" {reason(column, value)}', line, name, shown
    )


def _parsed(text: str, date_format: str) -> date | None:
    try:
        return datetime.strptime(text, date_format).date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return None


def _each(name: str, unit: str, word: str) -> float | None:
    """What one of the row's unit is of ours; None when that is not known."""
    known = UNITS.get(name, SCORE)
    if unit in ("", "0"):
        if not word:
            return None if name in WITH_A_UNIT else 1.0
        unit = UNIT_WORDS.get(word.strip().lower(), "")
    return known.get(unit)


def _as_text(value: float, column: Column) -> str | None:
    """A number as our tables write it; None when it is not one that the column may hold."""
    if column.low is None or column.high is None or not column.low <= value <= column.high:
        return None
    if column.kind == "integer":
        return str(int(value)) if value == int(value) else None
    return f"{value:.6f}".rstrip("0").rstrip(".")
