"""One row of an OMOP table, read: its day, and what it says of the patient, with numbers in our units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.definitions.canonical import Column
from dashboard.definitions.codes import Meaning
from dashboard.importing.dates import day_of
from dashboard.importing.formats.course import Event, Procedure, RecordKind, table_of
from dashboard.importing.formats.meanings import OF_OPERATION, OF_VISIT
from dashboard.importing.formats.omop.concepts import ID, Dictionary, Said, affirmed
from dashboard.importing.formats.omop.model import EXACTLY, NOT_FOUND, PRIMARY, PROCEDURES, UNIT_CONCEPTS, Raw
from dashboard.importing.formats.omop.source import ExtractTable
from dashboard.importing.formats.sheets import Place, Written
from dashboard.importing.result import Issue
from dashboard.importing.units import factor, written

DATE = Column("date")
NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,18})?([eE][+-]?\d{1,2})?", re.ASCII)
CONCEPT = Column("integer", low=0, high=10**12)
RECORDS: Mapping[str, RecordKind] = {
    "procedure_occurrence": "procedure",
    "condition_occurrence": "condition",
    "measurement": "answer",
    "drug_exposure": "medicine",
}
"""What sort of record the rows of a table are; an observation may state a condition or answer a question."""


@dataclass
class RowReader:
    """Reads rows. sites: by visit and by provider, the name of the place of care."""

    dictionary: Dictionary
    today: date
    date_format: str | None
    sites: Mapping[str, Mapping[str, str]]
    written: Written

    def told(self, raw: Raw) -> Iterator[Event | Procedure]:
        """All that a row says; one that cannot be read is left out."""
        for part in ("concept", "source_concept"):
            if (held := getattr(raw, part)) and not ID.fullmatch(held):
                self.leave_out(raw, self._wrong(raw, part, CONCEPT))
                return
        day = self.day(raw.day)
        if day is None:
            self.leave_out(raw, self._wrong(raw, "day", DATE))
            return
        if raw.status in NOT_FOUND:
            self._note(raw, "are marked as preliminary or as of the past")
            return
        said = self._said(raw)
        for meaning in said.meanings:
            if meaning.kind == "measure" or meaning.name in OF_VISIT:
                yield from self._measured(raw, day, meaning)
            elif meaning.kind == "trait":
                yield from self._trait(raw, day, meaning)
            elif not affirmed(raw.answer, raw.words, raw.number):
                self._note(raw, f"were answered with no, or not clearly ({meaning.name})")
            elif meaning.kind == "procedure":
                yield from self._procedure(raw, day, meaning.name)
            else:
                yield self._event(raw, day, meaning, said.code)

    def orphan(self, raw: Raw) -> None:
        """Leave out a row of nobody in PERSON."""
        label = self.table(raw.origin).label
        who = "the person is not in the table PERSON" if raw.person else "no person is named"
        message = f"{label}, column person_id, row {raw.line}: {who}. This row was left out."
        self.leave_out(raw, Issue("row", "orphan", label, message, raw.line, "person_id"))

    def table(self, origin: str) -> ExtractTable:
        """The table of the extract of this name."""
        return self.dictionary.source.tables[origin]

    def day(self, text: str) -> date | None:
        """The day that is written here, in our way or the mapping's; None when it is none up to today."""
        return day_of(text, self.today, self.date_format)

    def leave_out(self, raw: Raw, issue: Issue) -> None:
        """Leave a row out of the canonical table that it would have gone to."""
        self.written.leave_out(table_of(self._said(raw).meanings), self._place(raw), issue)

    def _said(self, raw: Raw) -> Said:
        return self.dictionary.told[raw.origin].said[raw.said]

    def _place(self, raw: Raw) -> Place:
        return self.table(raw.origin).place(raw.line)

    def _wrong(self, raw: Raw, part: str, column: Column) -> Issue:
        table = self.table(raw.origin)
        return table.wrong(raw.line, (table.names(part) or table.model.columns[part])[0], column, getattr(raw, part))

    def _note(self, raw: Raw, why: str) -> None:
        """Count a row, or what it says, as not read."""
        self.written.note("not_used", self._place(raw), f"rows {why}: not read")

    def _procedure(self, raw: Raw, day: date, name: str) -> Iterator[Procedure]:
        if raw.origin != PROCEDURES.name:
            return
        if not raw.record:
            self.leave_out(raw, self._wrong(raw, "record", Column("text")))
            return
        site = self.sites["visit"].get(raw.visit, "") or self.sites["provider"].get(raw.provider, "")
        yield Procedure(day, name, raw.record, self._place(raw), raw.provider, site)

    def _event(self, raw: Raw, day: date, meaning: Meaning, code: str = "", problem: Issue | None = None) -> Event:
        """A row that asks nothing states a condition, in whatever table it is."""
        answered = raw.answer or raw.words or raw.number
        record = RECORDS.get(raw.origin) or ("answer" if answered else "condition")
        return Event(
            day,
            meaning.kind,
            meaning.name,
            self._place(raw),
            record,
            meaning.value,
            code,
            raw.moment,
            primary=raw.status in PRIMARY,
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
            self._note(raw, f"have an answer for {name} that is not known here")

    def _measured(self, raw: Raw, day: date, meaning: Meaning) -> Iterator[Event]:
        name, column = meaning.name, OF_VISIT.get(meaning.name) or OF_OPERATION[meaning.name]
        if not raw.number:
            said = meaning.value if affirmed(raw.answer, raw.words, "") else ""
            if value := said or self.dictionary.answer(raw.answer, raw.answer_source, raw.words, name, column):
                yield self._event(raw, day, Meaning("measure", name, value))
            else:
                self._note(raw, f"have no number for {name}")
        elif raw.operator not in ("", EXACTLY):
            self._note(raw, f"say that {name} is above or below a number, not which it is")
        elif not NUMBER.fullmatch(raw.number):
            yield self._event(raw, day, meaning, problem=self._wrong(raw, "number", column))
        elif (each := _each(name, raw.unit, raw.unit_source)) is None:
            unit = " ".join([*([f"unit concept {raw.unit[:12]}"] if raw.unit else []), raw.unit_source[:12]]).strip()
            self._note(raw, f"have {name} in a unit that is not converted ({unit or 'none is given'})")
        else:
            # Whether the column may hold it is judged with all its other numbers, as in any format.
            yield self._event(raw, day, Meaning("measure", name, written(float(raw.number) * each)))


def _each(name: str, unit: str, word: str) -> float | None:
    """What one of the row's unit is of ours; None when that is not known."""
    return factor(name, word.strip().lower() if not unit else UNIT_CONCEPTS.get(unit, unit))
