"""The canonical tables out of what was gathered, each row with the place of the resource that it came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from dashboard.importing.canonical import TABLES
from dashboard.importing.formats.attach import BASELINE_DAYS, operation_of, operations_of_visit
from dashboard.importing.formats.fhir import joining, notes
from dashboard.importing.formats.fhir.files import Place
from dashboard.importing.formats.fhir.gathering import Event, Gathering, Patient
from dashboard.importing.formats.fhir.joining import Operation
from dashboard.importing.formats.fhir.parts import day_of
from dashboard.importing.formats.meanings import TRAITS, VISIT
from dashboard.importing.formats.sheets import Reading, Row, Sheet
from dashboard.importing.result import Issue

MEASURED_DAYS = 365
"""A weight, a score or a smoking status no older than this at surgery is a trait of the operation."""
Dated = tuple[date, Event]
Days = list[tuple[date, str]]
ONE_DAY = timedelta(days=1)
TABLE_OF = {"cause": "diagnoses", "symptom": "symptoms", "complication": "complications", "treatment": "treatments"}


@dataclass
class Written:
    """Rows by table and file; counts of what was not used, by the words of its note."""

    rows: dict[tuple[str, Path], list[Row | Issue]] = field(default_factory=lambda: defaultdict(list))
    unused: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def put(self, table: str, place: Place, cells: Mapping[str, str]) -> None:
        """One row; a column that is not named is empty."""
        values = [cells.get(column) or None for column in TABLES[table].columns]
        self.rows[table, place.path].append((place.number, values))

    def refuse(self, table: str, place: Place, issue: Issue) -> None:
        """In the place of a row why there is none."""
        self.rows[table, place.path].append(issue)


def sheets(gathering: Gathering, first: Path) -> Reading:
    """All that was gathered as sheets, a sheet for each table and file, and what is to be said of the whole.

    first: the file that an empty sheet is said to come from.
    """
    written = Written()
    operations, problems = joining.operations_of(gathering)
    for place, issue in problems:
        written.refuse("operations", place, issue)
    by_patient: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        by_patient[operation.patient].append(operation)
    events, wrong, others = joining.events_of(gathering, by_patient)
    for event, issue in wrong:
        written.refuse(_table_of(event), event.place, issue)
    last = joining.contacts_of(gathering)
    for key, theirs in by_patient.items():
        patient = gathering.patients[key]
        _put_patient(written, patient)
        _put_operations(written, gathering, patient, theirs, events.get(key, []), last.get(key))
        _put_events(written, theirs, events.get(key, []))
    gathering.issues += notes.notes(gathering, operations, written.unused, others)
    return Reading(_as_sheets(written, first), gathering.issues)


def _as_sheets(written: Written, first: Path) -> list[Sheet]:
    for table in ("patients", "operations"):
        if not any(name == table for name, _ in written.rows):
            written.rows[table, first] = []
    order = list(TABLES)
    found = []
    for table, path in sorted(written.rows, key=lambda key: (order.index(key[0]), str(key[1]))):
        rows = sorted(written.rows[table, path], key=_line)
        found.append(Sheet(table, path, path.name, list(TABLES[table].columns), iter(rows)))
    return found


def _line(row: Row | Issue) -> int:
    return (row.line or 0) if isinstance(row, Issue) else row[0]


def _table_of(event: Event) -> str:
    if event.kind in TABLE_OF:
        return TABLE_OF[event.kind]
    return "follow_ups" if event.name in VISIT else "operations"


def _put_patient(written: Written, patient: Patient) -> None:
    whole = len(patient.birth) > 7
    sex = patient.sex if patient.sex in ("female", "male", "other") else ""
    cells = {
        "patient_id": patient.key,
        "birth_date": patient.birth if whole else "",
        "birth_year": "" if whole else patient.birth[:4],
        "sex": sex,
        "death_date": patient.death[:10] if len(patient.death) > 7 and patient.death != "unknown" else "",
    }
    written.put("patients", patient.place, cells)
    if patient.sex and not sex and patient.sex != "unknown":
        written.unused["The gender of a patient is none of female, male, other or unknown: sex not recorded"] += 1
    if patient.death and not cells["death_date"]:
        written.unused[
            "A patient died on a day that is not given: death not recorded, followed to the last contact"
        ] += 1


def _put_operations(
    written: Written,
    gathering: Gathering,
    patient: Patient,
    operations: list[Operation],
    events: list[Dated],
    last: date | None,
) -> None:
    died = day_of(patient.death, gathering.today)
    end = min(last, died) if last and died else last
    for operation in operations:
        contact = max(end, operation.day) if end else operation.day
        cells = {
            "operation_id": operation.identifier,
            "patient_id": operation.patient,
            "surgery_date": operation.day.isoformat(),
            "procedure": operation.word,
            "site": joining.site_of(gathering, operation.main),
            "surgeon": joining.surgeon_of(gathering, operation.main),
            "last_contact_date": contact.isoformat(),
            "indication": _indication(written, gathering, operation, events),
            **_traits(operation, events),
        }
        written.put("operations", operation.main.place, cells)


def _traits(operation: Operation, events: list[Dated]) -> dict[str, str]:
    """The latest of each trait that held at surgery; the events come in order of day."""
    found: dict[str, str] = {}
    for day, event in events:
        if event.kind not in ("measure", "trait") or event.name not in TRAITS or not event.value:
            continue
        if day <= operation.day and _holds(event, day, operation.day):
            found[event.name] = event.value
    return found


def _holds(event: Event, day: date, surgery: date) -> bool:
    """Whether what began on a day tells about the day of surgery."""
    kind, age = event.source[0], (surgery - day).days
    if kind == "Condition":
        return not event.until or (event.until != "unknown" and event.until[:10] >= surgery.isoformat())
    if kind == "MedicationRequest":
        return age <= BASELINE_DAYS
    if kind == "Procedure":
        return age == 0
    return age <= MEASURED_DAYS


def _indication(written: Written, gathering: Gathering, operation: Operation, events: list[Dated]) -> str:
    """The reason that the procedure gives, else the one condition that held at surgery."""
    named = {
        gathering.indications.get(gathering.index.key_of(reason), "")
        for performed in operation.parts
        for reason in performed.reasons
        if gathering.index.kind_of(reason) == "Condition"
    }
    for performed in operation.parts:
        named |= {said.name for said in gathering.meanings.of(performed.reason_codes, ("indication",))}
    if not (named := named - {""}):
        named = {
            event.name
            for day, event in events
            if event.kind == "indication" and day <= operation.day and _holds(event, day, operation.day)
        }
    if len(named) > 1:
        written.unused["An operation has more than one indication recorded: left empty"] += 1
    return named.pop() if len(named) == 1 else ""


def _put_events(written: Written, operations: list[Operation], events: list[Dated]) -> None:
    days = [(operation.day, operation.identifier) for operation in operations]
    _put_visits(written, days, events)
    _put_findings(written, days, events)


def _put_visits(written: Written, days: Days, events: list[Dated]) -> None:
    """Answers of one day are one visit; where two answers of a day differ, neither is taken."""
    answers: dict[date, dict[str, Event]] = defaultdict(dict)
    torn: dict[tuple[date, str], list[Event]] = defaultdict(list)
    for day, event in events:
        if event.kind not in ("measure", "trait") or event.name not in VISIT or not event.value:
            continue
        first = answers[day].setdefault(event.name, event)
        if first.value != event.value:
            torn[day, event.name] += [event] if torn[day, event.name] else [first, event]
    for (day, name), both in torn.items():
        del answers[day][name]
        for event in both:
            written.refuse("follow_ups", event.place, _torn(event, name, day))
    for day, answered in answers.items():
        if not answered:
            continue
        place = next(iter(answered.values())).place
        told = operations_of_visit(day, days)
        if not told:
            written.unused["An answer lies too long before an operation: not read"] += 1
        for operation in told:
            values = {name: event.value for name, event in answered.items()}
            written.put("follow_ups", place, {"operation_id": operation, "visit_date": day.isoformat(), **values})


def _torn(event: Event, name: str, day: date) -> Issue:
    message = (
        f"{event.place}: this {event.source[0]} and another one of the same patient give different values "
        f"of {name} on {day}. Both were left out; correct one."
    )
    return Issue("row", "contradicted", event.place.path.name, message, event.place.number)


def _put_findings(written: Written, days: Days, events: list[Dated]) -> None:
    """Causes first, since only what is done after a failure was found is its treatment."""
    failed: dict[str, date] = {}
    done: set[tuple[str, ...]] = set()
    for day, event in sorted(events, key=lambda one: one[1].kind != "cause"):
        if event.kind not in TABLE_OF:
            continue
        # On the day of an operation a cause or a symptom is its reason, and belongs to the one before it.
        reason = event.kind in ("cause", "symptom")
        operation = operation_of(day - ONE_DAY if reason else day, days)
        if operation is None or (event.kind == "treatment" and day < failed.get(operation, date.max)):
            written.unused[UNUSED[event.kind]] += 1
            continue
        if event.kind == "cause":
            failed[operation] = min(day, failed.get(operation, day))
        once = _once(event, operation, day)
        if once not in done:
            done.add(once)
            written.put(TABLE_OF[event.kind], event.place, {"operation_id": operation, **_finding(event, day)})


UNUSED = {
    "cause": "A finding that explains a failure lies on or before the day of the first operation: not read",
    "symptom": "A symptom lies on or before the day of the first operation: not read",
    "complication": "A complication lies before the first operation: not read",
    "treatment": "A treatment was given before a failure was found: not read as its treatment",
}


def _once(event: Event, operation: str, day: date) -> tuple[str, ...]:
    """A cause, a symptom and a medicine count once, from their first day; a complication and a procedure each day."""
    first = event.kind in ("cause", "symptom") or event.source[0] == "MedicationRequest"
    return (event.kind, event.name, operation, event.code, "" if first else day.isoformat())


def _finding(event: Event, day: date) -> dict[str, str]:
    began = day.isoformat()
    if event.kind == "cause":
        return {"diagnosis_date": began, "cause": event.name, "code": event.code}
    if event.kind == "symptom":
        ended = event.until[:10] if len(event.until) >= 10 else ""
        return {"onset_date": began, "symptom": event.name, "resolved_date": ended}
    if event.kind == "complication":
        return {"complication_date": began, "complication": event.name}
    return {"start_date": began, "treatment": event.name}
