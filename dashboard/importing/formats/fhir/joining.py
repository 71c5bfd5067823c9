"""Who belongs to what: references are followed, and every resource becomes a procedure or an event of its patient."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from datetime import date

from dashboard.definitions.canonical import TABLE_OF
from dashboard.importing.dates import EARLIEST, day_of
from dashboard.importing.formats.course import Event, Patient, Procedure, Record
from dashboard.importing.formats.fhir.gathering import Gathering, Performed, Statement, Visit
from dashboard.importing.formats.fhir.references import PLACES, Reference
from dashboard.importing.formats.meanings import OF_VISIT
from dashboard.importing.formats.sheets import Place, Written
from dashboard.importing.result import Issue

NOBODY = Reference("")
RECORDS: Mapping[str, Record] = {
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
    if held.sex not in ("", "unknown", cells["sex"]):
        gathering.unused["The gender of a patient is none of female, male, other or unknown: sex not recorded"] += 1
    if held.death and not cells["death_date"]:
        gathering.unused[
            "A patient died on a day that is not given: death not recorded, followed to the last contact"
        ] += 1
    return Patient(key, [(held.place, cells)], day_of(held.death, gathering.today), last)


def procedures_of(gathering: Gathering, written: Written) -> Mapping[str, Sequence[Procedure]]:
    """The procedures by patient; one that cannot be an operation is left out."""
    found: dict[str, list[Procedure]] = defaultdict(list)
    for performed in gathering.operations:
        if performed.source in gathering.contradicted:
            continue
        key, problem = _whose(gathering, performed.subject)
        day = day_of(_moment(gathering, performed.moment, performed.encounter), gathering.today)
        if not problem and len(performed.words) > 1:
            words = " and ".join(performed.words)
            problem = ("codes", f"has codes that mean {words}. Say in a mapping what it is, below [codes].")
        if problem or day is None:
            problem = problem or ("date", _no_day(performed.moment))
            written.leave_out("operations", performed.place, _row(performed.place, "Procedure", *problem))
            continue
        identifier = performed.source[1] or _by_place(performed.place)
        surgeon, site = _surgeon(gathering, performed), _site(gathering, performed)
        reasons = _reasons(gathering, performed)
        found[key].append(Procedure(day, performed.words[0], identifier, performed.place, surgeon, site, reasons))
    return found


def events_of(
    gathering: Gathering, written: Written, patients: Container[str]
) -> tuple[Mapping[str, Sequence[Event]], int]:
    """The events of patients with an operation, by patient, and how many there are of others.

    A resource that cannot be anybody's or has no day is left out, unless it is a procedure, which was named before.
    """
    found: dict[str, list[Event]] = defaultdict(list)
    named = {performed.place for performed in gathering.operations}
    primary = {gathering.index.key_of(condition) for condition in gathering.primary}
    others = 0
    for said in gathering.statements:
        if said.source in gathering.contradicted:
            continue
        key, problem = _whose(gathering, said.subject)
        if not problem and key not in patients:
            others += 1
            continue
        moment = _moment(gathering, said.moment, said.encounter)
        day = day_of(moment, gathering.today)
        if problem or day is None:
            if said.place not in named:
                issue = _row(said.place, said.source[0], *(problem or ("date", _no_day(moment))))
                written.leave_out(_table_of(said), said.place, issue)
            named.add(said.place)
            continue
        found[key].append(_event(said, day, moment, said.source[0] == "Condition" and said.source[1] in primary))
    return found, others


def contacts_of(gathering: Gathering) -> dict[str, date]:
    """The last day on which anything was recorded of each patient."""
    last: dict[str, date] = {}
    for subject, day in gathering.contacts.items():
        key, problem = _whose(gathering, subject)
        if problem is None:
            last[key] = max(day, last.get(key, day))
    return last


def _event(said: Statement, day: date, moment: str, primary: bool) -> Event:
    meaning, kind = said.meaning, said.source[0]
    problem = _row(said.place, kind, "value", f"cannot be read: {said.problem}") if said.problem else None
    return Event(
        day,
        meaning.kind,
        meaning.name,
        said.place,
        RECORDS.get(kind, "answer"),
        meaning.value,
        said.code,
        moment,
        said.until[:10],
        primary,
        problem,
    )


def _table_of(said: Statement) -> str:
    return TABLE_OF.get(said.meaning.kind, "follow_ups" if said.meaning.name in OF_VISIT else "operations")


def _whose(gathering: Gathering, subject: Reference) -> tuple[str, tuple[str, str] | None]:
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


def _reasons(gathering: Gathering, performed: Performed) -> frozenset[str]:
    """The indications that a procedure gives itself, by a condition or by a code."""
    conditions = {
        gathering.indications.get(gathering.index.key_of(reason), "")
        for reason in performed.reasons
        if gathering.index.kind_of(reason) == "Condition"
    }
    coded = {said.name for said in gathering.meanings.of(performed.reason_codes, ("indication",))}
    return frozenset((conditions | coded) - {""})


def _encounter(gathering: Gathering, encounter: Reference) -> Visit | None:
    """The encounter that a reference names, if it is in the files."""
    key = gathering.index.key_of(encounter) if gathering.index.kind_of(encounter) == "Encounter" else ""
    return gathering.encounters.get(key)


def _surgeon(gathering: Gathering, performed: Performed) -> str:
    """The key of the one practitioner who performed it; empty when there is none, or more than one."""
    keys = set()
    for actor in performed.performers:
        if gathering.index.kind_of(actor) == "PractitionerRole":
            actor = gathering.roles.get(gathering.index.key_of(actor), NOBODY)
        if gathering.index.kind_of(actor) == "Practitioner":
            keys.add(gathering.index.key_of(actor) or actor.name)
    return keys.pop() if len(keys) == 1 else ""


def _site(gathering: Gathering, performed: Performed) -> str:
    """The organisation of the encounter, else the place of the procedure, else that of the encounter."""
    visit = _encounter(gathering, performed.encounter)
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
    visit = None if moment else _encounter(gathering, encounter)
    return visit.moment if visit else moment


def _no_day(moment: str) -> str:
    if not moment:
        return "has no date. Export it with the day on which it was."
    return f'has the date "{moment[:40]}", which is no whole date from {EARLIEST.year} to today, such as 2024-02-28.'


def _row(place: Place, kind: str, rule: str, words: str) -> Issue:
    return Issue("row", rule, place.file, f"{place}: this {kind} {words} It was left out.", place.number)


def _by_place(place: Place) -> str:
    """The identifier of an operation whose resource has none: where it stands, which says nothing of the patient."""
    return re.sub(r"[^A-Za-z0-9_.:/-]", "_", f"{place.file}:{place.number}")
