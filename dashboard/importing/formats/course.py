"""A patient's course: what dated records in our words become in our tables, whatever format they were coded in.

The rules stand in ``importing/README.md`` below "FHIR and OMOP". The readers find patients, procedures and events, and
decide nothing about them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from dashboard.definitions.canonical import TABLE_OF, TABLES
from dashboard.definitions.codes import Meaning
from dashboard.importing.formats.attach import BASELINE_DAYS, operation_of, operations_of_visit, size
from dashboard.importing.formats.meanings import OF_OPERATION, OF_VISIT
from dashboard.importing.formats.sheets import UNREAD, Place, Written
from dashboard.importing.result import Issue

MEASURED_DAYS = 365
"""A number or an answer no older than this at surgery is a trait of the operation."""
ACTIVE_DAYS = 60
"""A patient with a record so long after a death did not die then: the records of a stay and its bills end sooner."""
ENDED = "0"
"""The end of what is over, where nobody says since when."""
WHOLE_DAY = len("2024-02-28")
ONE_DAY = timedelta(days=1)
Days = Sequence[tuple[date, str]]
RecordKind = Literal["condition", "answer", "medicine", "procedure", "stay"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a record says of a patient; kind, name and value as in the code tables.

    record: what sort of record says so; code: in ICD-10-CM, if it has one; moment: the order within a day.
    until: when it ended, as it is written (2024-02-28, or 2024-02 alone), ENDED without a date, empty while it holds.
    primary: whether it is the main diagnosis. problem: why the value cannot be read; then there is none.
    """

    day: date
    kind: str
    name: str
    place: Place
    record: RecordKind
    value: str = ""
    code: str = ""
    moment: str = ""
    until: str = ""
    primary: bool = False
    problem: Issue | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure, or the operation that those of a day are; reasons: the indications that it names itself."""

    day: date
    name: str
    identifier: str
    place: Place
    surgeon: str = ""
    site: str = ""
    reasons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Patient:
    """Whoever the records are of. rows: what stands in ``patients``, beside the identifier.

    deaths: every day of death that could be read, rarely more than one; where there are any, they decide.
    observed: the periods in which whatever happened was recorded; last: the latest day of any record.
    """

    identifier: str
    rows: Sequence[tuple[Place, Mapping[str, str]]]
    deaths: Sequence[date] = ()
    last: date | None = None
    observed: Sequence[tuple[date, date]] = ()


def tell(written: Written, patient: Patient, procedures: Iterable[Procedure], events: Iterable[Event]) -> None:
    """Write down one patient: operations, what held at surgery, and what followed; nothing without an operation."""
    operations = list(_operations(written, procedures))
    if not operations:
        return
    death = _death(written, patient)
    for place, cells in patient.rows:
        died = {"death_date": death.isoformat() if death else ""} if patient.deaths else {}
        written.put("patients", place, {"patient_id": patient.identifier, **cells, **died})
    told = list(_readable(written, operations, sorted(events, key=_in_order)))
    earlier = date.min
    for operation in operations:
        cells = {
            "operation_id": operation.identifier,
            "patient_id": patient.identifier,
            "surgery_date": operation.day.isoformat(),
            "procedure": operation.name,
            "site": operation.site,
            "surgeon": operation.surgeon,
            "last_contact_date": _last_contact(patient, death, operation.day).isoformat(),
            "indication": _indication(written, operation, told, earlier),
            **_traits(written, operation, told),
        }
        written.put("operations", operation.place, cells)
        earlier = operation.day
    days = [(operation.day, operation.identifier) for operation in operations]
    _visits(written, told, days)
    _findings(written, told, days)


def table_of(meanings: Sequence[Meaning]) -> str:
    """The table that a record with these meanings becomes a row of; empty when it is none of its own."""
    first = meanings[0] if meanings else Meaning("", "")
    if first.kind == "procedure":
        return "operations"
    return TABLE_OF.get(first.kind, "follow_ups" if first.name in OF_VISIT else "")


def _operations(written: Written, procedures: Iterable[Procedure]) -> Iterator[Procedure]:
    """A day's procedures are one operation, called by the largest, for the reasons of all."""
    by_day: dict[date, list[Procedure]] = defaultdict(list)
    for procedure in procedures:
        by_day[procedure.day].append(procedure)
    for _, together in sorted(by_day.items()):
        main = min(together, key=lambda one: (size(one.name), one.name, one.identifier, one.surgeon, one.site))
        written.note("joined", main.place, JOINED, len({one.identifier for one in together}) - 1)
        yield replace(main, reasons=frozenset[str]().union(*(one.reasons for one in together)))


def _in_order(event: Event) -> tuple[str, ...]:
    """By moment; what is of one moment by what it says, so that the order of a file plays no part."""
    return (event.day.isoformat(), event.moment, event.kind, event.name, event.value, event.code, event.until)


def _death(written: Written, patient: Patient) -> date | None:
    """The latest death recorded, unless the patient was seen long after it: then nobody knows, and there is none."""
    if not patient.deaths:
        return None
    latest, (place, _) = max(patient.deaths), next(iter(patient.rows), (None, None))
    active = patient.last is not None and patient.last >= latest + timedelta(days=ACTIVE_DAYS)
    if place and len(set(patient.deaths)) > 1:
        written.note("deaths_differ", place, DEATHS_DIFFER)
    if place and active:
        written.note("death_before_activity", place, DEATH_BEFORE_ACTIVITY)
    return None if active else latest


def _readable(written: Written, operations: Sequence[Procedure], events: Iterable[Event]) -> Iterator[Event]:
    """The events; one that cannot be read is named where it would have been used, and its value is UNREAD."""
    for event in events:
        if event.problem is None:
            yield event
        elif event.name in OF_VISIT or any(_holds(event, operation.day) for operation in operations):
            written.leave_cell_out(event.place, event.problem)
            yield replace(event, value=UNREAD)


def _last_contact(patient: Patient, death: date | None, surgery: date) -> date:
    """The end of the observation that holds the day of surgery, else the last record; not after death."""
    ends = [last for first, last in patient.observed if first <= surgery <= last]
    last = max(ends, default=patient.last or surgery)
    return max(min(last, death or last), surgery)


def _holds(event: Event, surgery: date) -> bool:
    """Whether what was recorded on a day tells about the day of surgery."""
    age = (surgery - event.day).days
    if event.record == "condition":
        return age >= 0 and (not event.until or event.until >= surgery.isoformat())
    if event.record == "medicine":  # what is given on the day itself belongs to the operation
        return 0 < age <= BASELINE_DAYS
    return 0 <= age <= (0 if event.record == "procedure" else MEASURED_DAYS)


def _indication(written: Written, operation: Procedure, events: Sequence[Event], earlier: date) -> str:
    """The procedure's own reason, else the primary condition since the earlier operation, else the one that holds."""
    held = [event for event in events if event.kind == "indication" and _holds(event, operation.day)]
    primary = {event.name for event in held if event.primary and event.day > earlier}
    names = operation.reasons or primary or {event.name for event in held}
    return _the_one(written, operation, names, "an indication")


def _traits(written: Written, operation: Procedure, events: Sequence[Event]) -> dict[str, str]:
    """Of each trait the last that holds at surgery and can be read; two of one moment that differ are none."""
    last: dict[str, list[Event]] = {}
    unread: dict[str, str] = {}
    for event in events:
        if (
            event.kind in ("measure", "trait")
            and event.name in OF_OPERATION
            and event.value
            and _holds(event, operation.day)
        ):
            if event.value == UNREAD:
                unread[event.name] = UNREAD
                continue
            before = last.get(event.name, [])
            together = bool(before) and (before[0].day, before[0].moment) == (event.day, event.moment)
            last[event.name] = [*before, event] if together else [event]
    held = {name: _the_one(written, operation, {event.value for event in told}, name) for name, told in last.items()}
    return unread | held


def _the_one(written: Written, operation: Procedure, said: Iterable[str], what: str) -> str:
    """What was said, if it is one thing; more than one is not recorded, and noted."""
    several = list(said)
    if len(several) > 1:
        written.note("several_values", operation.place, SEVERAL.format(what))
    return several[0] if len(several) == 1 else ""


def _visits(written: Written, events: Sequence[Event], days: Days) -> None:
    """Answers of one day are one visit; where two of a day differ, neither is taken."""
    answers: dict[date, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        if event.kind in ("measure", "trait") and event.name in OF_VISIT and event.value:
            answers[event.day][event.name].append(event)
    for day, answered in answers.items():
        read = {name: [event for event in given if event.value != UNREAD] for name, given in answered.items()}
        agreed = {name: given[0] for name, given in read.items() if len({event.value for event in given}) == 1}
        for torn in (event for name, given in read.items() if name not in agreed for event in given):
            written.leave_cell_out(torn.place, _torn(torn))
        if not agreed:
            continue
        place = next(iter(agreed.values())).place
        told = operations_of_visit(day, days)
        if not told:
            written.note("not_used", place, "days of answers lie too long before an operation: not read")
        for operation in told:
            cells = {name: agreed[name].value if name in agreed else UNREAD for name in answered}
            written.put("follow_ups", place, {"operation_id": operation, "visit_date": day.isoformat(), **cells})


def _torn(event: Event) -> Issue:
    message = (
        f"{event.place}: another record of the same patient gives another value of {event.name} on {event.day}. "
        "Both were left out; correct one."
    )
    return Issue("row", "contradicted", event.place.file, message, event.place.number)


def _findings(written: Written, events: Sequence[Event], days: Days) -> None:
    """Causes first, since only what is done after a failure was found is its treatment."""
    failed: dict[str, date] = {}
    done: set[tuple[str, ...]] = set()
    # Of one complication coded twice in a day the code that says how severe it was is the one that is kept.
    for event in sorted(events, key=lambda event: (event.kind != "cause", event.day, not event.value)):
        if event.kind not in TABLE_OF:
            continue
        # On the day of an operation a cause or a symptom is its reason, and belongs to the one before it.
        reason = event.kind in ("cause", "symptom")
        operation = operation_of(event.day - ONE_DAY if reason else event.day, days)
        if operation is None or (event.kind == "treatment" and event.day < failed.get(operation, date.max)):
            written.note("not_used", event.place, f"{UNUSED[event.kind]}: not read")
            continue
        if event.kind == "cause":
            failed[operation] = min(event.day, failed.get(operation, event.day))
        once = _once(event, operation)
        if once not in done:
            done.add(once)
            written.put(TABLE_OF[event.kind], event.place, {"operation_id": operation, **_finding(event)})


def _once(event: Event, operation: str) -> tuple[str, ...]:
    """A cause, a symptom and a medicine count once, from their first day; a complication and a procedure each day.

    A code tells two apart only where it is kept.
    """
    code = event.code if "code" in TABLES[TABLE_OF[event.kind]].columns else ""
    first = event.kind in ("cause", "symptom") or event.record == "medicine"
    return (event.kind, event.name, operation, code, "" if first else event.day.isoformat())


def _finding(event: Event) -> dict[str, str]:
    table = TABLES[TABLE_OF[event.kind]]
    more = {
        "code": event.code,
        "resolved_date": event.until if len(event.until) >= WHOLE_DAY else "",
        "severity": event.value,
    }
    return {table.day: event.day.isoformat(), table.word: event.name, **more}


JOINED = (
    "procedures on the day of another one of the same patient were joined to it as one operation, which is called by "
    "the larger of them, a fusion before a decompression"
)
DEATHS_DIFFER = "patients have deaths on different days: the latest of them counts, unless the next note says otherwise"
DEATH_BEFORE_ACTIVITY = (
    f"patients have records {ACTIVE_DAYS} days or more after their last recorded death: no death is taken. Correct the "
    "day of death, or those records"
)
SEVERAL = "operations have more than one value recorded together for {}: left empty"
UNUSED = {
    "cause": "findings explain a failure, but lie on or before the day of the first operation",
    "symptom": "symptoms lie on or before the day of the first operation",
    "complication": "complications lie before the first operation",
    "treatment": "treatments lie before a failure was found",
}
