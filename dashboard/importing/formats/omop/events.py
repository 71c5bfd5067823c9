"""One row of an OMOP table, read: its day, and what it says of the patient, with numbers in our units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dashboard.definitions.canonical import TABLE_OF, Column
from dashboard.definitions.codes import Meaning
from dashboard.importing.dates import day_of
from dashboard.importing.formats.course import Event, Procedure, Record
from dashboard.importing.formats.meanings import OF_OPERATION, OF_VISIT
from dashboard.importing.formats.omop.concepts import ID, Dictionary, Said, affirmed
from dashboard.importing.formats.omop.model import EXACTLY, NOT_FOUND, PRIMARY, PROCEDURES, TABLES, UNIT_CONCEPTS
from dashboard.importing.formats.omop.source import Found
from dashboard.importing.formats.sheets import Place, Written
from dashboard.importing.reasons import reason
from dashboard.importing.result import SHOWN, Issue
from dashboard.importing.units import factor, in_range

DATE = Column("date")
NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,18})?([eE][+-]?\d{1,2})?", re.ASCII)
CONCEPT = Column("integer", low=0, high=10**12)
RECORDS: Mapping[str, Record] = {
    "procedure_occurrence": "procedure",
    "condition_occurrence": "condition",
    "measurement": "answer",
    "drug_exposure": "medicine",
}
"""What sort of record the rows of a table are; an observation may state a condition or answer a question."""


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


@dataclass
class Reader:
    """Reads rows. sites: by visit and by provider, the name of the place of care."""

    dictionary: Dictionary
    found: Mapping[str, Found]
    said: Mapping[str, Mapping[int, Said]]
    today: date
    date_format: str | None
    by_visit: Mapping[str, str]
    by_provider: Mapping[str, str]
    written: Written

    def told(self, raw: Raw) -> Iterator[Event | Procedure]:
        """All that a row says; one that cannot be read is left out."""
        for part in ("concept", "source_concept"):
            if (held := getattr(raw, part)) and not ID.fullmatch(held):
                self.leave_out(raw, self.wrong(raw, part, CONCEPT, held))
                return
        day = self.day(raw.day)
        if day is None:
            self.leave_out(raw, self.wrong(raw, "day", DATE, raw.day))
            return
        if raw.status in NOT_FOUND:
            self.note(raw, "are marked as preliminary or as of the past")
            return
        said = self.said[raw.origin][raw.said]
        for meaning in said.meanings:
            if meaning.kind == "measure" or meaning.name in OF_VISIT:
                yield from self._measured(raw, day, meaning)
            elif meaning.kind == "trait":
                yield from self._trait(raw, day, meaning)
            elif not affirmed(raw.answer, raw.words, raw.number):
                self.note(raw, f"were answered with no, or not clearly ({meaning.name})")
            elif meaning.kind == "procedure":
                yield from self._procedure(raw, day, meaning.name)
            else:
                yield self._event(raw, day, meaning, said.code)

    def orphan(self, raw: Raw) -> None:
        """Leave out a row of nobody in PERSON."""
        found = self.found[raw.origin]
        who = "the person is not in the table PERSON" if raw.person else "no person is named"
        message = f"{found.column('person_id')}, row {raw.line}: {who}. This row was left out."
        self.leave_out(raw, Issue("row", "orphan", found.label, message, raw.line, "person_id"))

    def day(self, text: str) -> date | None:
        """The day that is written here, in our way or the mapping's; None when it is none up to today."""
        return day_of(text, self.today, self.date_format)

    def wrong(self, raw: Raw, part: str, column: Column, value: str) -> Issue:
        """The issue of a cell that is not what its column holds."""
        return unreadable(self.found[raw.origin], self.column(raw.origin, part), raw.line, column, value)

    def column(self, origin: str, part: str) -> str:
        """What the extract calls a part of a row."""
        names = TABLES[origin].columns[part]
        return next((name for name in names if name in self.found[origin].columns), part)

    def leave_out(self, raw: Raw, issue: Issue) -> None:
        """Leave a row out of the canonical table that it would have gone to."""
        said = self.said[raw.origin][raw.said].meanings
        kinds = [TABLE_OF[meaning.kind] for meaning in said if meaning.kind in TABLE_OF]
        table = kinds[0] if kinds else "follow_ups"
        if raw.origin == PROCEDURES.name and (not said or any(meaning.kind == "procedure" for meaning in said)):
            table = "operations"
        self.written.leave_out(table, place_of(self.found[raw.origin], raw.line), issue)

    def note(self, raw: Raw, why: str) -> None:
        """Count a row, or what it says, as not read."""
        self.written.note("not_used", place_of(self.found[raw.origin], raw.line), f"rows {why}: not read")

    def _procedure(self, raw: Raw, day: date, name: str) -> Iterator[Procedure]:
        if raw.origin != PROCEDURES.name:
            return
        if not raw.record:
            self.leave_out(raw, self.wrong(raw, "record", Column("text"), ""))
            return
        site = self.by_visit.get(raw.visit, "") or self.by_provider.get(raw.provider, "")
        yield Procedure(day, name, raw.record, place_of(self.found[raw.origin], raw.line), raw.provider, site)

    def _event(self, raw: Raw, day: date, meaning: Meaning, code: str = "", problem: Issue | None = None) -> Event:
        """A row that asks nothing states a condition, in whatever table it is."""
        answered = raw.answer not in ("", "0") or raw.words or raw.number
        record = RECORDS.get(raw.origin) or ("answer" if answered else "condition")
        place, primary = place_of(self.found[raw.origin], raw.line), raw.status in PRIMARY
        return Event(
            day,
            meaning.kind,
            meaning.name,
            place,
            record,
            meaning.value,
            code,
            raw.moment,
            primary=primary,
            problem=problem,
        )

    def _trait(self, raw: Raw, day: date, meaning: Meaning) -> Iterator[Event]:
        name, value, column = meaning.name, meaning.value, OF_OPERATION[meaning.name]
        yes = affirmed(raw.answer, raw.words, raw.number)
        if not value:
            value = self.dictionary.answer(raw.answer, raw.answer_source, raw.words, name, column)
        elif yes is False and column.kind == "boolean":
            value = {"true": "false", "false": "true"}.get(value, "")
        elif not yes:
            value = ""
        if value:
            yield self._event(raw, day, Meaning("trait", name, value))
        else:
            self.note(raw, f"have an answer for {name} that is not known here")

    def _measured(self, raw: Raw, day: date, meaning: Meaning) -> Iterator[Event]:
        name, column = meaning.name, OF_VISIT.get(meaning.name) or OF_OPERATION[meaning.name]
        if not raw.number:
            said = meaning.value if affirmed(raw.answer, raw.words, "") else ""
            if value := said or self.dictionary.answer(raw.answer, raw.answer_source, raw.words, name, column):
                yield self._event(raw, day, Meaning("measure", name, value))
            else:
                self.note(raw, f"have no number for {name}")
        elif raw.operator not in ("", "0", EXACTLY):
            self.note(raw, f"say that {name} is above or below a number, not which it is")
        elif not NUMBER.fullmatch(raw.number):
            yield self._event(raw, day, meaning, problem=self.wrong(raw, "number", column, raw.number))
        elif (each := _each(name, raw.unit, raw.unit_source)) is None:
            unit = " ".join([*([f"unit concept {raw.unit[:12]}"] if raw.unit else []), raw.unit_source[:12]]).strip()
            self.note(raw, f"have {name} in a unit that is not converted ({unit or 'none is given'})")
        elif value := in_range(column, float(raw.number) * each):
            yield self._event(raw, day, Meaning("measure", name, value))
        else:
            yield self._event(raw, day, meaning, problem=self.wrong(raw, "number", column, raw.number))


def place_of(found: Found, line: int) -> Place:
    """Where a row stands."""
    return Place(found.path, line, "row", found.label)


def unreadable(found: Found, name: str, line: int, column: Column, value: str) -> Issue:
    """The issue of one cell, which leaves its row out."""
    where = f"{found.column(name)}, row {line}: "
    if not value:
        return Issue("row", "missing", found.label, f"{where}empty, but needed. Fill it in.", line, name)
    shown = value[:SHOWN]
    return Issue(
        "row", f"not_a_{column.kind}", found.label, f'{where}"{shown}" {reason(column, value)}', line, name, shown
    )


def _each(name: str, unit: str, word: str) -> float | None:
    """What one of the row's unit is of ours; None when that is not known."""
    return factor(name, word.strip().lower() if unit in ("", "0") else UNIT_CONCEPTS.get(unit, unit))
