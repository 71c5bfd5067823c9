"""Who belongs to what: references are followed, and every record becomes a procedure or events of its patient."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date

from dashboard.importing.dates import EARLIEST, day_of
from dashboard.importing.formats.course import Event, Patient, Procedure, RecordKind, table_of
from dashboard.importing.formats.fhir.gathering import NOWHERE, Gathering, Performed, Record, Stay, Unusable
from dashboard.importing.formats.fhir.merging import TORN
from dashboard.importing.formats.fhir.references import PLACES, Reference
from dashboard.importing.formats.sheets import Place, Written

RECORDS: Mapping[str, RecordKind] = {
    "Condition": "condition",
    "MedicationRequest": "medicine",
    "Procedure": "procedure",
    "Encounter": "stay",
}
"""What sort of record a resource is, by its type; every other one is an answer."""


def patient_of(gathering: Gathering, key: str, last: date | None) -> Patient:
    """One patient; a birth that is not a whole date is known by its year, and a death by a whole date only."""
    held = gathering.patients[key]
    whole = len(held.birth) > 7
    cells = {
        "birth_date": held.birth if whole else "",
        "birth_year": "" if whole else held.birth[:4],
        "sex": held.sex if held.sex in ("female", "male", "other") else "",
        "death_date": held.death[:10] if len(held.death) > 7 and held.death != "unknown" else "",
    }
    death = day_of(held.death, gathering.today)
    if held.sex not in ("", "unknown", cells["sex"]):
        gathering.unused["The gender of a patient is none of female, male, other or unknown: sex not recorded"] += 1
    if held.death and not cells["death_date"]:
        gathering.unused[
            "A patient died on a day that is not given: death not recorded, followed to the last contact"
        ] += 1
    return Patient(key, [(held.place, cells)], [death] if death else (), last)


def joined(
    gathering: Gathering, written: Written
) -> tuple[Mapping[str, Sequence[Procedure]], Mapping[str, Sequence[Event]], int]:
    """Procedures and events by patient with an operation, and how much was said of others.

    A record that cannot be anybody's or has no day is left out, and named once.
    """
    whole = [record for record in gathering.records if record.source not in gathering.contradicted]
    procedures: dict[str, list[Procedure]] = defaultdict(list)
    events: dict[str, list[Event]] = defaultdict(list)
    for record in whole:
        if record.performed:
            try:
                key = _whose(gathering, record.subject)
                procedure = _procedure(gathering, record, record.performed)
                procedures[key].append(procedure)
            except Unusable as why:
                written.leave_out("operations", record.place, why.issue(record.place, record.source[0]))
    primary = {source for condition in gathering.primary if (source := gathering.index.find(condition))[1]}
    others = 0
    for record in whole:
        said = [meaning for meaning, _ in record.says if meaning.kind != "procedure"]
        try:
            key = _whose(gathering, record.subject)
            if key in procedures:
                events[key] += _events(gathering, record, record.source in primary)
            else:
                others += len(said)
        except Unusable as why:
            if not record.performed:
                written.leave_out(table_of(said), record.place, why.issue(record.place, record.source[0]))
    return procedures, events, others


def contacts_of(gathering: Gathering) -> dict[str, date]:
    """The last day on which anything was recorded of each patient."""
    last: dict[str, date] = {}
    for subject, day in gathering.contacts.items():
        with suppress(Unusable):
            key = _whose(gathering, subject)
            last[key] = max(day, last.get(key, day))
    return last


def _procedure(gathering: Gathering, record: Record, performed: Performed) -> Procedure:
    words = list(dict.fromkeys(meaning.name for meaning, _ in record.says if meaning.kind == "procedure"))
    if len(words) > 1:
        said = " and ".join(words)
        raise Unusable("codes", f"has codes that mean {said}. Say in a mapping what it is, below [codes].")
    return Procedure(
        _day(gathering, record),
        words[0],
        record.source[1] or _by_place(record.place),
        record.place,
        _surgeon(gathering, performed),
        _site(gathering, performed, _stay(gathering, record)),
        _reasons(gathering, performed),
    )


def _events(gathering: Gathering, record: Record, primary: bool) -> Iterator[Event]:
    day, moment = _day(gathering, record), _moment(gathering, record)
    for meaning, problem in record.says:
        if meaning.kind != "procedure":
            yield Event(
                day,
                meaning.kind,
                meaning.name,
                record.place,
                RECORDS.get(record.source[0], "answer"),
                meaning.value,
                record.code,
                moment,
                record.until[:10],
                primary,
                problem,
            )


def _whose(gathering: Gathering, subject: Reference) -> str:
    """The patient that a reference names. Raises Unusable where it names none; never with an identifier."""
    if not subject.address:
        raise Unusable("reference", "does not say whose it is.")
    kind, key = gathering.index.find(subject)
    if kind not in ("Patient", ""):
        article = "an" if kind[:1] in "AEIOU" else "a"
        raise Unusable("reference", f"has {article} {kind[:40]} where the patient should be.")
    if not key and (server := gathering.index.base_of(subject)):
        raise Unusable(
            "reference",
            f"refers to a patient on the server {server[:80]}, and the files do not say that theirs are of it. If they "
            f'are, say so in a mapping: [fhir], servers = ["{server[:80]}"].',
        )
    key = gathering.merges.of(key or subject.address)
    if key == TORN:
        raise Unusable("merged_twice", "is of a patient who is replaced by more than one other (Patient.link).")
    if key not in gathering.patients:
        raise Unusable("reference", "refers to a patient who is not in the files.")
    if ("Patient", key) in gathering.contradicted:
        raise Unusable("reference", "refers to a patient who was left out.")
    return key


def _day(gathering: Gathering, record: Record) -> date:
    moment = _moment(gathering, record)
    if day := day_of(moment, gathering.today):
        return day
    if not moment:
        raise Unusable("date", "has no date. Export it with the day on which it was.")
    wanted = f"which is no whole date from {EARLIEST.year} to today, such as 2024-02-28."
    raise Unusable("date", f'has the date "{moment[:40]}", {wanted}')


def _moment(gathering: Gathering, record: Record) -> str:
    """As recorded, else the beginning of the encounter."""
    return record.moment or _stay(gathering, record).moment


def _stay(gathering: Gathering, record: Record) -> Stay:
    """The encounter that a record names, if it is in the files."""
    return gathering.held(gathering.stays, record.encounter) or NOWHERE


def _reasons(gathering: Gathering, performed: Performed) -> frozenset[str]:
    """The indications that a procedure gives itself, by a condition or by a code."""
    conditions = (gathering.held(gathering.indications, reason) or "" for reason in performed.reasons)
    return frozenset((*conditions, *performed.indications)) - {""}


def _surgeon(gathering: Gathering, performed: Performed) -> str:
    """The key of the one practitioner who performed it; empty when there is none, or more than one."""
    keys = set()
    for actor in performed.performers:
        role = gathering.held(gathering.roles, actor)
        kind, key = gathering.index.find(role or actor)
        if kind == "Practitioner":
            keys.add(key or (role or actor).name)
    return keys.pop() if len(keys) == 1 else ""


def _site(gathering: Gathering, performed: Performed, stay: Stay) -> str:
    """The organisation of the encounter, else the place of the procedure, else that of the encounter."""
    for place in (stay.provider, performed.location, stay.location):
        kind, key = gathering.index.find(place)
        called = gathering.held(gathering.names, place)
        if kind in PLACES and (name := called or place.shown or key or place.name):
            return name
    return ""


def _by_place(place: Place) -> str:
    """The identifier of an operation whose resource has none: where it stands, which says nothing of the patient."""
    return re.sub(r"[^A-Za-z0-9_.:/-]", "_", f"{place.file}:{place.number}")
