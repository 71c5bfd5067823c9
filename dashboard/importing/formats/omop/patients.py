"""One patient after the other, from rows of OMOP tables to our tables: operations, and what was before and after."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from dashboard.importing.canonical import TABLES, Column
from dashboard.importing.formats.attach import BASELINE_DAYS, operation_of, operations_of_visit, size
from dashboard.importing.formats.meanings import TRAITS, VISIT
from dashboard.importing.formats.omop.events import DATE, Fact, Raw, Reader, day_of, unreadable
from dashboard.importing.formats.omop.model import PRIMARY, SEXES
from dashboard.importing.formats.sheets import Row
from dashboard.importing.result import MOST_KEPT, Issue

ONE_DAY = timedelta(days=1)
MEASURED_DAYS = 365
"""A measured number no older than this at surgery is a trait of the operation."""
TABLE_OF = {"cause": "diagnoses", "symptom": "symptoms", "complication": "complications", "treatment": "treatments"}
DRUGS = "drug_exposure"
YEAR = Column("integer", low=1900, high=2100)


@dataclass(frozen=True)
class Person:
    """One row of PERSON, and what else is known of whoever it is."""

    key: str
    rows: Sequence[tuple[int, str, str, str]]
    death: date | None = None
    periods: Sequence[tuple[date, date]] = ()
    last_row: date | None = None


@dataclass(frozen=True)
class Operation:
    """One visit to theatre: the row that it is called by, and its day."""

    raw: Raw
    day: date
    word: str

    @property
    def identifier(self) -> str:
        """The number of the procedure, which is no patient's."""
        return self.raw.record


@dataclass
class Written:
    """Rows by canonical table and table of origin, with those left out in the place of rows; and what was joined.

    issues: of rows that would have been no row of their own; named: how many were left out, by file and rule.
    """

    rows: dict[tuple[str, str], list[Row | Issue]] = field(default_factory=lambda: defaultdict(list))
    named: Counter[tuple[str, str]] = field(default_factory=Counter)
    issues: dict[Issue, None] = field(default_factory=dict)
    joined: int = 0
    several: Counter[str] = field(default_factory=Counter)

    def put(self, table: str, origin: str, line: int, cells: Mapping[str, str]) -> None:
        """One row; a column that is not named is empty."""
        self.rows[table, origin].append((line, [cells.get(column) or None for column in TABLES[table].columns]))

    def leave_out(self, table: str, origin: str, issue: Issue) -> None:
        """Name a row that is left out of a table; beyond a thousand of one kind they are only counted."""
        if self._is_named(issue):
            self.rows[table, origin].append(issue)

    def name(self, issue: Issue) -> None:
        """Name a row that would have been no row of its own, once."""
        if issue not in self.issues and self._is_named(issue):
            self.issues[issue] = None

    def _is_named(self, issue: Issue) -> bool:
        self.named[issue.file, issue.rule] += 1
        return self.named[issue.file, issue.rule] <= MOST_KEPT


@dataclass(frozen=True)
class Story:
    """Writes down one patient at a time. sites: by visit and by provider, the name of the place."""

    reader: Reader
    written: Written
    by_visit: Mapping[str, str]
    by_provider: Mapping[str, str]

    def tell(self, person: Person, rows: Iterable[Raw]) -> None:
        """All that these rows say of one patient; nobody's when the patient is not in PERSON."""
        facts: list[Fact] = []
        for raw in rows:
            if not person.rows:
                self._orphan(raw)
                continue
            for fact in self.reader.facts(raw):
                if isinstance(fact, Issue):
                    self.written.leave_out(_table_of(self.reader, raw), raw.origin, fact)
                else:
                    facts.append(fact)
        facts.sort(key=lambda fact: fact.order)
        operations = self._operations(facts)
        if not operations:
            return
        self._person(person)
        for operation in operations:
            self._operation(person, operation, facts, operations)
        days = [(operation.day, operation.identifier) for operation in operations]
        self._visits(facts, days)
        self._findings(facts, days)

    def _orphan(self, raw: Raw) -> None:
        found = self.reader.found[raw.origin]
        who = "the person is not in the table PERSON" if raw.person else "no person is named"
        message = f"{found.column('person_id')}, row {raw.line}: {who}. This row was left out."
        issue = Issue("row", "orphan", found.label, message, raw.line, "person_id")
        self.written.leave_out(_table_of(self.reader, raw), raw.origin, issue)

    def _operations(self, facts: Sequence[Fact]) -> list[Operation]:
        """A day of surgery is one operation, called by the largest of its procedures."""
        by_day: dict[date, list[Fact]] = defaultdict(list)
        for fact in facts:
            if fact.kind != "procedure" or fact.raw.origin != "procedure_occurrence":
                continue
            if fact.raw.record:
                by_day[fact.day].append(fact)
            else:
                issue = self.reader.wrong(fact.raw, "record", Column("text"), "")
                self.written.leave_out("operations", fact.raw.origin, issue)
        operations = []
        for day, together in sorted(by_day.items()):
            main = min(together, key=lambda fact: (size(fact.name), fact.raw.line))
            self.written.joined += len(together) - 1
            operations.append(Operation(main.raw, day, main.name))
        return operations

    def _person(self, person: Person) -> None:
        found = self.reader.found["person"]
        for line, gender, year, born in person.rows:
            day = self.reader.day(born) if born else None
            issue = None
            if born and day is None:
                issue = unreadable(found, "birth_datetime", line, DATE, born)
            elif year and not (year.isascii() and year.isdigit() and 1900 <= int(year[:9]) <= 2100):
                issue = unreadable(found, "year_of_birth", line, YEAR, year)
            if issue:
                self.written.leave_out("patients", "person", issue)
                continue
            cells = {
                "patient_id": person.key,
                "birth_date": day.isoformat() if day else "",
                "birth_year": year,
                "sex": SEXES.get(gender, ""),
                "death_date": person.death.isoformat() if person.death else "",
            }
            self.written.put("patients", "person", line, cells)

    def _operation(
        self, person: Person, operation: Operation, facts: Sequence[Fact], operations: Sequence[Operation]
    ) -> None:
        raw = operation.raw
        cells = {
            "operation_id": operation.identifier,
            "patient_id": person.key,
            "surgery_date": operation.day.isoformat(),
            "procedure": operation.word,
            "surgeon": raw.provider,
            "site": self.by_visit.get(raw.visit, "") or self.by_provider.get(raw.provider, ""),
            "indication": self._indication(operation, facts, operations),
            "last_contact_date": _last_contact(person, operation.day).isoformat(),
            **self._traits(operation, facts),
        }
        self.written.put("operations", raw.origin, raw.line, cells)

    def _indication(self, operation: Operation, facts: Sequence[Fact], operations: Sequence[Operation]) -> str:
        """What was recorded last up to the day of surgery, after any earlier operation; of several the primary one."""
        before = max((other.day for other in operations if other.day < operation.day), default=date.min)
        told = [fact for fact in facts if fact.kind == "indication" and before < fact.day <= operation.day]
        last = [fact for fact in told if fact.day == told[-1].day]
        primary = {fact.name for fact in last if fact.raw.status in PRIMARY}
        names = primary or {fact.name for fact in last}
        if len(names) > 1:
            self.written.several["an indication"] += 1
        return names.pop() if len(names) == 1 else ""

    def _traits(self, operation: Operation, facts: Sequence[Fact]) -> dict[str, str]:
        """Of each trait the last that holds at surgery; two that were recorded together and differ are none."""
        held: dict[str, list[Fact]] = defaultdict(list)
        for fact in facts:
            if fact.kind in ("measure", "trait") and fact.name in TRAITS and _holds(fact, operation.day):
                held[fact.name].append(fact)
        traits = {}
        for name, told in held.items():
            for fact in told:
                if fact.problem:
                    self.written.name(fact.problem)
            told = [fact for fact in told if not fact.problem]
            last = {fact.value for fact in told if fact.order[:2] == told[-1].order[:2]}
            if len(last) > 1:
                self.written.several[name] += 1
            elif last:
                traits[name] = last.pop()
        return traits

    def _visits(self, facts: Sequence[Fact], days: Sequence[tuple[date, str]]) -> None:
        """Answers of one day are one visit; where two of a day differ, neither is taken."""
        answers: dict[date, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
        for fact in facts:
            if fact.kind != "measure" or fact.name not in VISIT:
                continue
            if fact.problem:
                self.written.leave_out("follow_ups", fact.raw.origin, fact.problem)
            else:
                answers[fact.day][fact.name].append(fact)
        for day, answered in answers.items():
            agreed = {name: given[0] for name, given in answered.items() if len({fact.value for fact in given}) == 1}
            for name, given in answered.items():
                for fact in given if name not in agreed else []:
                    self.written.leave_out("follow_ups", fact.raw.origin, self._torn(fact))
            if not agreed:
                continue
            first = next(iter(agreed.values())).raw
            told = operations_of_visit(day, days)
            if not told:
                self.reader.leave_out(first.origin, "are answers that lie too long before an operation")
            cells = {name: fact.value for name, fact in agreed.items()}
            for operation in told:
                visit = {"operation_id": operation, "visit_date": day.isoformat(), **cells}
                self.written.put("follow_ups", first.origin, first.line, visit)

    def _torn(self, fact: Fact) -> Issue:
        found, name = self.reader.found[fact.raw.origin], self.reader.column(fact.raw.origin, "number")
        message = (
            f"{found.column(name)}, row {fact.raw.line}: another row of the same patient and day gives another value "
            f"of {fact.name}. Both were left out; correct one."
        )
        return Issue("row", "contradicted", found.label, message, fact.raw.line, name)

    def _findings(self, facts: Sequence[Fact], days: Sequence[tuple[date, str]]) -> None:
        """Causes first, since only what is given after a failure was found is its treatment."""
        failed: dict[str, date] = {}
        done: set[tuple[str, ...]] = set()
        for fact in sorted(facts, key=lambda fact: fact.kind != "cause"):
            if fact.kind not in TABLE_OF:
                continue
            # On the day of an operation a cause or a symptom is its reason, and belongs to the one before it.
            reason = fact.kind in ("cause", "symptom")
            operation = operation_of(fact.day - ONE_DAY if reason else fact.day, days)
            if operation is None or (fact.kind == "treatment" and fact.day < failed.get(operation, date.max)):
                self.reader.leave_out(fact.raw.origin, UNUSED[fact.kind])
                continue
            if fact.kind == "cause":
                failed[operation] = min(fact.day, failed.get(operation, fact.day))
            once = _once(fact, operation)
            if once not in done:
                done.add(once)
                cells = {"operation_id": operation, **_finding(fact)}
                self.written.put(TABLE_OF[fact.kind], fact.raw.origin, fact.raw.line, cells)


UNUSED = {
    "cause": "explain a failure, but lie on or before the day of the first operation",
    "symptom": "are symptoms on or before the day of the first operation",
    "complication": "are complications before the first operation",
    "treatment": "are treatments before a failure was found",
}


def period(first: str, last: str, date_format: str | None, today: date) -> tuple[date, date] | None:
    """Both ends of a period of observation, ending today at the latest; None when they are none."""
    begin, end = day_of(first, date_format, today), day_of(last, date_format, date.max)
    return (begin, min(end, today)) if begin and end and begin <= end else None


def _last_contact(person: Person, surgery: date) -> date:
    """The end of the observation that holds the day of surgery, else the last row that has a date; not after death."""
    ends = [last for first, last in person.periods if first <= surgery <= last]
    last = max(ends) if ends else max(person.last_row or surgery, surgery)
    return max(min(last, person.death), surgery) if person.death else last


def _holds(fact: Fact, surgery: date) -> bool:
    """Whether what was recorded on a day tells about the day of surgery.

    A medicine does when it began not long before it: what is given on the day itself belongs to the operation.
    """
    age = (surgery - fact.day).days
    if fact.raw.origin == DRUGS:
        return 0 < age <= BASELINE_DAYS
    if fact.raw.origin == "procedure_occurrence":
        return age == 0
    return 0 <= age <= MEASURED_DAYS if fact.kind == "measure" else age >= 0


def _once(fact: Fact, operation: str) -> tuple[str, ...]:
    """A cause, a symptom and a medicine count once, from their first day; a complication and a procedure each day."""
    first = fact.kind in ("cause", "symptom") or fact.raw.origin == DRUGS
    return (fact.kind, fact.name, operation, fact.code, "" if first else fact.day.isoformat())


def _finding(fact: Fact) -> dict[str, str]:
    began = fact.day.isoformat()
    if fact.kind == "cause":
        return {"diagnosis_date": began, "cause": fact.name, "code": fact.code}
    if fact.kind == "symptom":
        return {"onset_date": began, "symptom": fact.name}
    if fact.kind == "complication":
        return {"complication_date": began, "complication": fact.name}
    return {"start_date": began, "treatment": fact.name}


def _table_of(reader: Reader, raw: Raw) -> str:
    """The canonical table that a row would have gone to."""
    said = reader.said[raw.origin][raw.said].meanings
    if raw.origin == "procedure_occurrence" and (not said or any(meaning.kind == "procedure" for meaning in said)):
        return "operations"
    kinds = [TABLE_OF[meaning.kind] for meaning in said if meaning.kind in TABLE_OF]
    return kinds[0] if kinds else "follow_ups"
