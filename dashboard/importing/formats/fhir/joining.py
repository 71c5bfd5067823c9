"""Who belongs to what: references are followed, and the procedures of a day become one operation of a patient."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.importing.formats.attach import size
from dashboard.importing.formats.fhir.files import Place
from dashboard.importing.formats.fhir.gathering import Event, Gathering, Performed, Visit
from dashboard.importing.formats.fhir.parts import EARLIEST, day_of
from dashboard.importing.formats.fhir.references import PLACES, Reference
from dashboard.importing.result import Issue

NOBODY = Reference("")


@dataclass(frozen=True)
class Operation:
    """One visit to theatre: the procedure that it is called by, and all that were done that day."""

    identifier: str
    patient: str
    day: date
    word: str
    main: Performed
    parts: Sequence[Performed]


def operations_of(gathering: Gathering) -> tuple[list[Operation], list[tuple[Place, Issue]]]:
    """The operations, in order of patient and day, and an issue for each procedure that cannot be one."""
    by_day: dict[tuple[str, date], list[tuple[int, str, Performed]]] = defaultdict(list)
    issues: list[tuple[Place, Issue]] = []
    for performed in gathering.operations:
        if performed.source in gathering.contradicted:
            continue
        key, problem = patient_of(gathering, performed.subject)
        day = day_of(_moment(gathering, performed.moment, performed.encounter), gathering.today)
        if not problem and len(performed.words) > 1:
            words = " and ".join(performed.words)
            problem = ("codes", f"has codes that mean {words}. Say in a mapping what it is, below [codes].")
        if not problem and day is None:
            problem = ("date", _no_day(performed.moment))
        if problem or day is None:
            issues.append((performed.place, _row(performed.place, "Procedure", problem)))
            continue
        word = performed.words[0]
        by_day[key, day].append((size(word), performed.source[1], performed))
    operations = []
    for (key, day), together in sorted(by_day.items(), key=lambda item: item[0]):
        together.sort(key=lambda one: one[:2])
        main = together[0][2]
        identifier = main.source[1] or _by_place(main.place)
        operations.append(Operation(identifier, key, day, main.words[0], main, [one for _, _, one in together]))
    return operations, issues


def events_of(
    gathering: Gathering, patients: Mapping[str, object]
) -> tuple[dict[str, list[tuple[date, Event]]], list[tuple[Event, Issue]], int]:
    """The events of patients with an operation, by patient, in order of day.

    Also an issue for each resource that cannot be anybody's or has no day (a procedure that is an operation has one
    already), and how many are of patients without an operation.
    """
    found: dict[str, list[tuple[date, Event]]] = defaultdict(list)
    issues: list[tuple[Event, Issue]] = []
    named = {performed.place for performed in gathering.operations}
    others = 0
    for event in gathering.events:
        if event.source in gathering.contradicted:
            continue
        key, problem = patient_of(gathering, event.subject)
        if not problem and key not in patients:
            others += 1
            continue
        moment = _moment(gathering, event.moment, event.encounter)
        day = day_of(moment, gathering.today)
        if not problem and event.problem:
            problem = ("value", f"cannot be read: {event.problem}")
        if not problem and day is None:
            problem = ("date", _no_day(moment))
        if problem or day is None:
            if event.place not in named or event.problem:
                issues.append((event, _row(event.place, event.source[0], problem)))
            named.add(event.place)
            continue
        found[key].append((day, event))
    for events in found.values():
        events.sort(key=lambda one: (one[0], one[1].moment, one[1].value, one[1].source))
    return found, issues, others


def patient_of(gathering: Gathering, subject: Reference) -> tuple[str, tuple[str, str] | None]:
    """The patient that a reference names, or the rule and the words of why it names none; never an identifier."""
    if not subject.address:
        return "", ("reference", "does not say whose it is.")
    kind = gathering.index.kind_of(subject)
    if kind not in ("Patient", ""):
        article = "an" if kind[:1] in "AEIOU" else "a"
        return "", ("reference", f"has {article} {kind[:40]} where the patient should be.")
    key = gathering.index.key_of(subject)
    if not key:
        return "", ("reference", "refers to a patient who is not in the files.")
    if ("Patient", key) in gathering.contradicted:
        return "", ("reference", "refers to a patient who was left out.")
    return key, None


def contacts_of(gathering: Gathering) -> dict[str, date]:
    """The last day on which anything was recorded of each patient."""
    last: dict[str, date] = {}
    for subject, day in gathering.contacts.items():
        key, problem = patient_of(gathering, subject)
        if problem is None:
            last[key] = max(day, last.get(key, day))
    return last


def encounter_of(gathering: Gathering, encounter: Reference) -> Visit | None:
    """The encounter that a reference names, if it is in the files."""
    key = gathering.index.key_of(encounter) if gathering.index.kind_of(encounter) == "Encounter" else ""
    return gathering.encounters.get(key)


def surgeon_of(gathering: Gathering, performed: Performed) -> str:
    """The key of the one practitioner who performed it; empty when there is none, or more than one."""
    keys = set()
    for actor in performed.performers:
        if gathering.index.kind_of(actor) == "PractitionerRole":
            actor = gathering.roles.get(gathering.index.key_of(actor), NOBODY)
        if gathering.index.kind_of(actor) == "Practitioner":
            keys.add(gathering.index.key_of(actor) or actor.name)
    return keys.pop() if len(keys) == 1 else ""


def site_of(gathering: Gathering, performed: Performed) -> str:
    """The organisation of the encounter, else the place of the procedure, else that of the encounter."""
    visit = encounter_of(gathering, performed.encounter)
    places = [visit.provider if visit else NOBODY, performed.location, visit.location if visit else NOBODY]
    for place in places:
        kind = gathering.index.kind_of(place)
        if kind in PLACES:
            key = gathering.index.key_of(place)
            if name := gathering.names.get((kind, key), "") or place.shown or key or place.name:
                return name
    return ""


def _moment(gathering: Gathering, moment: str, encounter: Reference) -> str:
    """As recorded, else the beginning of the encounter."""
    visit = None if moment else encounter_of(gathering, encounter)
    return visit.moment if visit else moment


def _no_day(moment: str) -> str:
    if not moment:
        return "has no date. Export it with the day on which it was."
    return f'has the date "{moment[:40]}", which is no whole date from {EARLIEST.year} to today, such as 2024-02-28.'


def _row(place: Place, kind: str, problem: tuple[str, str] | None) -> Issue:
    rule, words = problem or ("date", "has no date.")
    return Issue("row", rule, place.path.name, f"{place}: this {kind} {words} It was left out.", place.number)


def _by_place(place: Place) -> str:
    """The identifier of an operation whose resource has none: where it stands, which says nothing of the patient."""
    return re.sub(r"[^A-Za-z0-9_.:/-]", "_", f"{place.path.name}:{place.number}")
