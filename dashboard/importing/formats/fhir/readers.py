"""One reader for each type of resource that is needed: what it says goes to the gathering."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dashboard.definitions.codes import Meaning
from dashboard.importing.formats.course import ENDED
from dashboard.importing.formats.fhir.files import Found
from dashboard.importing.formats.fhir.gathering import Gathering, Patient, Performed, Source, Statement, Visit, key_of
from dashboard.importing.formats.fhir.parts import codings, moment, objects, part, text
from dashboard.importing.formats.fhir.references import Reference, reference
from dashboard.importing.formats.fhir.strict_json import DEEPEST
from dashboard.importing.formats.fhir.values import Unreadable, said
from dashboard.importing.formats.meanings import Coding

TAKEN: Mapping[str, Sequence[str]] = {
    "Procedure": ("completed",),
    "Observation": ("final", "amended", "corrected"),
    "QuestionnaireResponse": ("completed", "amended"),
    "MedicationRequest": ("active", "completed", "stopped"),
    "Encounter": ("arrived", "triaged", "in-progress", "onleave", "finished"),
    "Condition": ("confirmed", ""),
}
"""The status that a resource must have; of a condition, how sure it is, sure when that is not said."""
NO_LONGER = ("inactive", "remission", "resolved")
STATUS = re.compile(r"[a-z-]{2,30}")
OFFERS = ("proposal", "plan", "option")


def take(gathering: Gathering, found: Found) -> None:
    """Add what one resource says."""
    kind = text(found.resource.get("resourceType"))
    gathering.files.setdefault(kind, found.place.path.name)
    reader = READERS.get(kind)
    if reader is None:
        gathering.not_needed[kind] += 1
        return
    reader(gathering, found)


def _patient(gathering: Gathering, found: Found) -> None:
    key, resource = key_of(found), found.resource
    if not key or not gathering.is_new(found, ("Patient", key)):
        return
    gathering.index.add("Patient", key, resource, found.full_url)
    death = moment(resource.get("deceasedDateTime"))
    if not death and resource.get("deceasedBoolean") is True:
        death = "unknown"
    gathering.patients[key] = Patient(
        key, found.place, moment(resource.get("birthDate")), text(resource.get("gender")), death
    )


def _practitioner(gathering: Gathering, found: Found) -> None:
    gathering.index.add("Practitioner", key_of(found), found.resource, found.full_url)


def _role(gathering: Gathering, found: Found) -> None:
    key = key_of(found)
    gathering.index.add("PractitionerRole", key, found.resource, found.full_url)
    gathering.roles[key] = reference(found.resource.get("practitioner"))


def _somewhere(gathering: Gathering, found: Found) -> None:
    kind, key = text(found.resource.get("resourceType")), key_of(found)
    gathering.index.add(kind, key, found.resource, found.full_url)
    gathering.names[kind, key] = text(found.resource.get("name"))


def _encounter(gathering: Gathering, found: Found) -> None:
    key, resource = key_of(found), found.resource
    period = part(resource, "period")
    began = moment(period.get("start"))
    provider = reference(resource.get("serviceProvider"))
    gathering.index.add("Encounter", key, {}, found.full_url)
    gathering.encounters[key] = Visit(began, provider, reference(part(resource, "location").get("location")))
    status = text(resource.get("status"))
    if status not in TAKEN["Encounter"]:
        return
    subject = reference(resource.get("subject"))
    gathering.met(subject, began, moment(period.get("end")))
    for diagnosis in objects(resource.get("diagnosis")):
        if diagnosis.get("rank") == 1:
            gathering.primary.add(reference(diagnosis.get("condition")))
    coded = [
        *codings(resource.get("class")),
        *codings(resource.get("type")),
        *codings(part(resource, "hospitalization").get("reAdmission")),
    ]
    _events(gathering, found, gathering.meanings.of(coded, ("complication",)), subject, began)


def _procedure(gathering: Gathering, found: Found) -> None:
    resource, coded = found.resource, codings(found.resource.get("code"))
    done = moment(resource.get("performedDateTime"), resource.get("performedPeriod"))
    subject = reference(resource.get("subject"))
    kinds = ("procedure", "treatment", "complication", "trait")
    meanings = gathering.meanings.of(coded, kinds)
    if not _is_taken(gathering, found, coded, meanings, text(resource.get("status"))):
        return
    gathering.met(subject, done, moment(part(resource, "performedPeriod").get("end")))
    words = tuple(dict.fromkeys(meaning.name for meaning in meanings if meaning.kind == "procedure"))
    others = [meaning for meaning in meanings if meaning.kind != "procedure"]
    source = _source(found)
    if not meanings or not gathering.is_new(found, source):
        return
    _events(gathering, found, others, subject, done, known=True)
    if words:
        actors = [reference(performer.get("actor")) for performer in objects(resource.get("performer"))]
        gathering.operations.append(
            Performed(
                source,
                found.place,
                subject,
                done,
                words,
                actors,
                reference(resource.get("encounter")),
                reference(resource.get("location")),
                [reference(reason) for reason in objects(resource.get("reasonReference"))],
                codings(resource.get("reasonCode")),
            )
        )


def _condition(gathering: Gathering, found: Found) -> None:
    resource, coded = found.resource, codings(found.resource.get("code"))
    kinds = ("cause", "symptom", "complication", "indication", "trait")
    meanings = gathering.meanings.of(coded, kinds)
    sure = next((code for _, code in codings(resource.get("verificationStatus"))), "")
    if not _is_taken(gathering, found, coded, meanings, sure):
        return
    recorded = moment(resource.get("recordedDate"))
    began = moment(resource.get("onsetDateTime"), resource.get("onsetPeriod")) or recorded
    subject = reference(resource.get("subject"))
    gathering.met(subject, recorded, began)
    ended = moment(resource.get("abatementDateTime"), resource.get("abatementPeriod"))
    if not ended and any(code in NO_LONGER for _, code in codings(resource.get("clinicalStatus"))):
        ended = ENDED
    for meaning in meanings:
        if meaning.kind == "indication":
            gathering.indications[key_of(found)] = meaning.name
            gathering.index.add("Condition", key_of(found), {}, found.full_url)
    code = next((_dotted(code) for system, code in coded if gathering.meanings.system(system) == "ICD-10-CM"), "")
    _events(gathering, found, meanings, subject, began, until=ended, code=code)


def _observation(gathering: Gathering, found: Found) -> None:
    resource = found.resource
    subject = reference(resource.get("subject"))
    measured = moment(
        resource.get("effectiveDateTime"), resource.get("effectivePeriod"), resource.get("effectiveInstant")
    )
    read: list[tuple[Meaning, Mapping[str, Any]]] = []
    coded = codings(resource.get("code"))
    for holder in (resource, *objects(resource.get("component"))):
        meanings = gathering.meanings.of(codings(holder.get("code")), ("measure", "trait"))
        read += [(meaning, holder) for meaning in meanings]
    if _is_taken(gathering, found, coded, [meaning for meaning, _ in read], text(resource.get("status"))):
        gathering.met(subject, measured)
        _answers(gathering, found, read, subject, measured)


def _questionnaire(gathering: Gathering, found: Found) -> None:
    resource = found.resource
    subject, answered = reference(resource.get("subject")), moment(resource.get("authored"))
    form = text(resource.get("questionnaire")).partition("|")[0]
    read: list[tuple[Meaning, Mapping[str, Any]]] = []
    for item in _items(resource):
        link = text(item.get("linkId"))
        coded = [(form, link), ("http://loinc.org", link.rpartition("/")[2]), *codings(item.get("code"))]
        answers = list(objects(item.get("answer")))
        if len(answers) == 1:
            read += [(meaning, answers[0]) for meaning in gathering.meanings.of(coded, ("measure", "trait"))]
    meanings = [meaning for meaning, _ in read]
    if _is_taken(gathering, found, [("", form or "no questionnaire")], meanings, text(resource.get("status"))):
        gathering.met(subject, answered)
        _answers(gathering, found, read, subject, answered)


def _medication(gathering: Gathering, found: Found) -> None:
    resource = found.resource
    coded = codings(resource.get("medicationCodeableConcept"))
    meanings = gathering.meanings.of(coded, ("treatment", "trait"))
    if text(resource.get("intent")) in OFFERS or resource.get("doNotPerform") is True:
        gathering.left_out["MedicationRequest", "offered or forbidden"] += bool(meanings)
        return
    if not _is_taken(gathering, found, coded, meanings, text(resource.get("status"))):
        return
    subject, written = reference(resource.get("subject")), moment(resource.get("authoredOn"))
    gathering.met(subject, written)
    _events(gathering, found, meanings, subject, written)


READERS: Mapping[str, Callable[[Gathering, Found], None]] = {
    "Patient": _patient,
    "Practitioner": _practitioner,
    "PractitionerRole": _role,
    "Organization": _somewhere,
    "Location": _somewhere,
    "Encounter": _encounter,
    "Procedure": _procedure,
    "Condition": _condition,
    "Observation": _observation,
    "QuestionnaireResponse": _questionnaire,
    "MedicationRequest": _medication,
}


def _is_taken(
    gathering: Gathering, found: Found, coded: Sequence[Coding], meanings: Sequence[Meaning], status: str
) -> bool:
    """Whether what a resource says holds; one that is not mapped, or did not come about, is counted."""
    kind = text(found.resource.get("resourceType"))
    if not meanings:
        system, code = coded[0] if coded else ("", "no code")
        gathering.unmapped[kind, gathering.meanings.system(system), code] += 1
    if status in TAKEN[kind]:
        return True
    if meanings:
        said = status if STATUS.fullmatch(status) else "of another status" if status else "without a status"
        gathering.left_out[kind, said] += 1
    return False


def _events(
    gathering: Gathering,
    found: Found,
    meanings: Sequence[Meaning],
    subject: Reference,
    moment: str,
    *,
    until: str = "",
    code: str = "",
    known: bool = False,
) -> None:
    """An event for each meaning; known: it was asked before whether the resource is new."""
    source, encounter = _source(found), reference(found.resource.get("encounter"))
    if not meanings or not (known or gathering.is_new(found, source)):
        return
    for meaning in meanings:
        of_cause = code if meaning.kind == "cause" else ""
        gathering.statements.append(
            Statement(source, found.place, subject, meaning, moment, encounter, until, of_cause)
        )


def _answers(
    gathering: Gathering,
    found: Found,
    read: Sequence[tuple[Meaning, Mapping[str, Any]]],
    subject: Reference,
    moment: str,
) -> None:
    """An event for each value that is there, or that is there and cannot be read."""
    source, encounter = _source(found), reference(found.resource.get("encounter"))
    if not read or not gathering.is_new(found, source):
        return
    for meaning, holder in read:
        value = problem = ""
        try:
            value = said(meaning, holder, gathering.meanings)
        except Unreadable as why:
            problem = str(why)
        if value or problem:
            said_so = Meaning("measure", meaning.name, value)
            gathering.statements.append(
                Statement(source, found.place, subject, said_so, moment, encounter, problem=problem)
            )


def _items(response: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every item of a response, those below items and answers among them."""
    waiting = [(item, 0) for item in objects(response.get("item"))]
    while waiting:
        item, depth = waiting.pop()
        yield item
        if depth < DEEPEST:
            below = [*objects(item.get("item"))]
            below += [one for answer in objects(item.get("answer")) for one in objects(answer.get("item"))]
            waiting += [(one, depth + 1) for one in below]


def _source(found: Found) -> Source:
    return text(found.resource.get("resourceType")), key_of(found)


def _dotted(code: str) -> str:
    plain = code.strip().replace(".", "").upper()
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain
