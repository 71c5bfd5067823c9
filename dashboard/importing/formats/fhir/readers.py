"""One reader for each type of resource that is needed: what it says goes to the gathering."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboard.definitions.codes import Meaning
from dashboard.importing.formats.course import ENDED
from dashboard.importing.formats.fhir.files import Resource
from dashboard.importing.formats.fhir.gathering import (
    Gathering,
    Performed,
    Person,
    Record,
    Stay,
    Unusable,
)
from dashboard.importing.formats.fhir.parts import codings, moment, objects, part, text
from dashboard.importing.formats.fhir.references import reference
from dashboard.importing.formats.fhir.strict_json import DEEPEST
from dashboard.importing.formats.fhir.values import has_weight, said
from dashboard.importing.formats.meanings import Coding
from dashboard.importing.result import Issue

TAKEN: Mapping[str, Sequence[str]] = {
    "Procedure": ("completed",),
    "Observation": ("final", "amended", "corrected"),
    "QuestionnaireResponse": ("completed", "amended"),
    "MedicationRequest": ("active", "completed", "stopped"),
    "Encounter": (
        "arrived",
        "triaged",
        "in-progress",
        "onleave",
        "finished",
        "on-hold",
        "discharged",
        "completed",  # as R5 says it
    ),
    "Condition": ("confirmed", ""),
}
"""The status that a resource must have; of a condition, how sure it is, sure when that is not said."""
REFERRED_TO = ("Patient", "Practitioner", "PractitionerRole", "Organization", "Location")
"""Types that are of use only where others refer to them, for which they need a key."""
NO_LONGER = ("inactive", "remission", "resolved")
OVER = ("false", "former")
"""What a code says of what is over. Its end is the day since when it is over, and it goes on being so."""
STATUS = re.compile(r"[a-z-]{2,30}")
TOTAL = re.compile(r"\b(total|score|sum)", re.IGNORECASE)
"""What a form calls the answer that sums up the others."""
OFFERS = ("proposal", "plan", "option")
Meant = Sequence[tuple[Meaning, Mapping[str, Any] | None]]
"""What codes mean, each with what holds its value; None where the code alone says it."""


def take(gathering: Gathering, resource: Resource) -> None:
    """Add what one resource says, unless it stands there in a newer version."""
    gathering.files.setdefault(resource.kind, resource.place.path.name)
    if resource.place in gathering.known.outdated:
        gathering.outdated += 1
    elif resource.kind not in READERS:
        gathering.not_needed[resource.kind] += 1
    elif resource.key or resource.kind not in REFERRED_TO:
        READERS[resource.kind](gathering, resource)


def _patient(gathering: Gathering, resource: Resource) -> None:
    if not gathering.is_new(resource):
        return
    gathering.index.add(resource)
    death = moment(resource.get("deceasedDateTime"))
    if not death and resource.get("deceasedBoolean") is True:
        death = "unknown"
    birth, sex = moment(resource.get("birthDate")), text(resource.get("gender"))
    gathering.patients[resource.key] = Person(resource.place, birth, sex, death)
    gathering.merges.add(resource)


def _practitioner(gathering: Gathering, resource: Resource) -> None:
    gathering.index.add(resource)


def _role(gathering: Gathering, resource: Resource) -> None:
    gathering.index.add(resource)
    if gathering.is_new(resource, {"practitioner": resource.get("practitioner")}):
        gathering.roles[resource.kind, resource.key] = reference(resource.get("practitioner"))


def _somewhere(gathering: Gathering, resource: Resource) -> None:
    gathering.index.add(resource)
    if gathering.is_new(resource, {"name": resource.get("name")}):
        gathering.names[resource.kind, resource.key] = text(resource.get("name"))


def _form(gathering: Gathering, resource: Resource) -> None:
    gathering.forms.add(resource)


def _encounter(gathering: Gathering, resource: Resource) -> None:
    if not gathering.is_new(resource):
        return
    period = part(_of_either(gathering, resource, "period", "actualPeriod"))
    began, where = moment(period.get("start")), part(resource.get("location"))
    gathering.index.add(resource)
    if resource.key:
        stay = Stay(began, reference(resource.get("serviceProvider")), reference(where.get("location")))
        gathering.stays[resource.kind, resource.key] = stay
    if text(resource.get("status")) not in TAKEN["Encounter"]:
        return
    for diagnosis in objects(resource.get("diagnosis")):
        if diagnosis.get("rank") == 1:
            gathering.primary.add(reference(diagnosis.get("condition")))
    admission = part(_of_either(gathering, resource, "hospitalization", "admission"))
    coded = [
        *codings(resource.get("class")),
        *codings(resource.get("type")),
        *codings(admission.get("reAdmission")),
    ]
    _keep(gathering, resource, _meant(gathering, coded, "complication"), began, moment(period.get("end")))


def _procedure(gathering: Gathering, resource: Resource) -> None:
    coded = codings(resource.get("code"))
    meant = _meant(gathering, coded, "procedure", "treatment", "complication", "trait")
    if not _is_taken(gathering, resource, coded, meant, text(resource.get("status"))):
        return
    performed = None
    if any(meaning.kind == "procedure" for meaning, _ in meant):
        concepts, references = _reasons(gathering, resource)
        performed = Performed(
            [reference(performer.get("actor")) for performer in objects(resource.get("performer"))],
            reference(resource.get("location")),
            [reference(reason) for reason in references],
            [reason.name for reason in gathering.meanings.of(codings(concepts), ("indication",))],
        )
    day = _of_either(gathering, resource, "performedDateTime", "occurrenceDateTime")
    period = _of_either(gathering, resource, "performedPeriod", "occurrencePeriod")
    began, ended = moment(day, period), moment(part(period).get("end"))
    _keep(gathering, resource, meant, began, ended, performed=performed)


def _condition(gathering: Gathering, resource: Resource) -> None:
    coded = codings(resource.get("code"))
    meant = _meant(gathering, coded, "cause", "symptom", "complication", "indication", "trait")
    sure = next((code for _, code in codings(resource.get("verificationStatus"))), "")
    if not _is_taken(gathering, resource, coded, meant, sure):
        return
    recorded = moment(resource.get("recordedDate"))
    began = moment(resource.get("onsetDateTime"), resource.get("onsetPeriod")) or recorded
    ended = moment(resource.get("abatementDateTime"), resource.get("abatementPeriod"))
    if any(meaning.value in OVER for meaning, _ in meant):
        began, ended = ended or began, ""
    elif not ended and any(code in NO_LONGER for _, code in codings(resource.get("clinicalStatus"))):
        ended = ENDED
    for meaning, _ in meant:
        if resource.key and meaning.kind == "indication":
            gathering.index.add(resource)
            gathering.indications[resource.kind, resource.key] = meaning.name
    _keep(gathering, resource, meant, began, recorded, until=ended, code=gathering.meanings.icd10cm(coded))


def _observation(gathering: Gathering, resource: Resource) -> None:
    measured = moment(*(resource.get(f"effective{kind}") for kind in ("DateTime", "Period", "Instant")))
    meant: list[tuple[Meaning, Mapping[str, Any] | None]] = []
    for holder in (resource.content, *objects(resource.get("component"))):
        meant += _meant(gathering, codings(holder.get("code")), "measure", "trait", holder=holder)
    if _is_taken(gathering, resource, codings(resource.get("code")), meant, text(resource.get("status"))):
        _keep(gathering, resource, meant, measured)


def _questionnaire(gathering: Gathering, resource: Resource) -> None:
    form = text(resource.get("questionnaire")).partition("|")[0]
    meant: list[tuple[Meaning, Mapping[str, Any] | None]] = []
    for item in _items(resource.content):
        link = text(item.get("linkId"))
        coded = [(form, link), ("http://loinc.org", link.rpartition("/")[2]), *codings(item.get("code"))]
        coded += gathering.known.forms.codes(form, link)
        answers = list(objects(item.get("answer")))
        if len(answers) == 1:
            coded += codings(answers[0].get("valueCoding")) if has_weight(answers[0]) else []
            meant += _meant(gathering, coded, "measure", "trait", holder=answers[0])
    meant += [] if meant else _total(gathering, form, list(_items(resource.content)))
    if _is_taken(gathering, resource, [("", form or "no questionnaire")], meant, text(resource.get("status"))):
        _keep(gathering, resource, meant, moment(resource.get("authored")))


def _total(gathering: Gathering, form: str, items: Sequence[Mapping[str, Any]]) -> Meant:
    """The total of a form that bears a code as a whole: its only answer, else the one that is called its total."""
    coded = [("http://loinc.org", form.rpartition("/")[2]), *gathering.known.forms.codes(form, "")]
    meant = [meaning for meaning in gathering.meanings.of(coded, ("measure",)) if not meaning.value]
    answered = [item for item in items if len(list(objects(item.get("answer")))) == 1]
    totals = [item for item in answered if TOTAL.search(f"{text(item.get('linkId'))} {text(item.get('text'))}")]
    held = answered if len(answered) == 1 else totals
    if meant and len(held) != 1:
        gathering.unused[
            f"The form {form[:80]} is {meant[0].name} by its code, and which of its answers is the total is not said: "
            f'not read. Name it in a mapping, below [codes."{form[:80]}".measure]'
        ] += 1
        return []
    return [(meaning, answer) for meaning in meant for item in held for answer in objects(item.get("answer"))]


def _medication(gathering: Gathering, resource: Resource) -> None:
    fifth = part(_of_either(gathering, resource, "medicationCodeableConcept", "medication"))
    coded = codings(resource.get("medicationCodeableConcept")) or codings(fifth.get("concept"))
    meant = _meant(gathering, coded, "treatment", "trait")
    silent = {meaning.name for meaning, _ in meant if meaning.kind == "trait" and not meaning.value}
    meant = [one for one in meant if one[0].kind != "trait" or one[0].name not in silent]
    if text(resource.get("intent")) in OFFERS or resource.get("doNotPerform") is True:
        gathering.left_out["MedicationRequest", "offered or forbidden"] += bool(meant)
    elif _is_taken(gathering, resource, coded, meant, text(resource.get("status"))):
        _keep(gathering, resource, meant, moment(resource.get("authoredOn")))


READERS: Mapping[str, Callable[[Gathering, Resource], None]] = {
    "Patient": _patient,
    "Practitioner": _practitioner,
    "PractitionerRole": _role,
    "Organization": _somewhere,
    "Location": _somewhere,
    "Encounter": _encounter,
    "Procedure": _procedure,
    "Condition": _condition,
    "Observation": _observation,
    "Questionnaire": _form,
    "QuestionnaireResponse": _questionnaire,
    "MedicationRequest": _medication,
}


def _meant(
    gathering: Gathering, coded: Sequence[Coding], *kinds: str, holder: Mapping[str, Any] | None = None
) -> Meant:
    return [(meaning, holder) for meaning in gathering.meanings.of(coded, kinds)]


def _is_taken(gathering: Gathering, resource: Resource, coded: Sequence[Coding], meant: Meant, status: str) -> bool:
    """Whether what a resource says holds and is new; one that is not mapped, or did not come about, is counted.

    Of a procedure or a condition every version is looked at, since a newer one may have another code or be an error.
    """
    if (meant or resource.kind in ("Procedure", "Condition")) and not gathering.is_new(resource):
        return False
    if not meant:
        system, code = coded[0] if coded else ("", "no code")
        gathering.unmapped[resource.kind, gathering.meanings.system(system), code] += 1
    if status in TAKEN[resource.kind]:
        return True
    if meant:
        said = status if STATUS.fullmatch(status) else "of another status" if status else "without a status"
        gathering.left_out[resource.kind, said] += 1
    return False


def _keep(
    gathering: Gathering,
    resource: Resource,
    meant: Meant,
    *moments: str,
    until: str = "",
    code: str = "",
    performed: Performed | None = None,
) -> None:
    """A record of what a resource says; moments: the first dates it, the patient was met on all."""
    subject = reference(resource.get("subject"))
    gathering.met(subject, *moments)
    says = [told for meaning, holder in meant for told in _told(gathering, resource, meaning, holder)]
    if says:
        source, encounter = (resource.kind, resource.key), reference(resource.get("encounter"))
        gathering.records.append(
            Record(source, resource.place, subject, encounter, moments[0], says, until, code, performed)
        )


def _told(
    gathering: Gathering, resource: Resource, meaning: Meaning, holder: Mapping[str, Any] | None
) -> Iterator[tuple[Meaning, Issue | None]]:
    """The meaning with its value, if one is recorded; or why it cannot be read."""
    if holder is None:
        yield meaning, None
        return
    try:
        if value := said(meaning, holder, gathering.meanings):
            yield replace(meaning, value=gathering.percentages.add(meaning.name, value, holder)), None
    except Unusable as why:
        yield replace(meaning, value=""), why.issue(resource.place, resource.kind)


def _of_either(gathering: Gathering, resource: Resource, fourth: str, fifth: str) -> Any:
    """What stands below the name of R4, else below that of R5, which is counted."""
    if resource.get(fourth) is None and resource.get(fifth) is not None:
        gathering.fifth[fifth] += 1
        return resource.get(fifth)
    return resource.get(fourth)


def _reasons(gathering: Gathering, resource: Resource) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Why a procedure was done: by codes, and by reference; R5 has both below one name."""
    fifth = list(objects(resource.get("reason")))
    if fifth:
        gathering.fifth["reason"] += 1
    concepts = [*objects(resource.get("reasonCode")), *(one for each in fifth for one in objects(each.get("concept")))]
    references = [*objects(resource.get("reasonReference"))]
    references += [one for each in fifth for one in objects(each.get("reference"))]
    return concepts, references


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
