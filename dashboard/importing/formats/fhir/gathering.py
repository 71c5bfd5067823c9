"""What has been read so far, in short: patients, operations and events, each with the place that it came from."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dashboard.definitions.codes import Meaning
from dashboard.importing.dates import day_of
from dashboard.importing.formats.fhir.files import Found
from dashboard.importing.formats.fhir.parts import text
from dashboard.importing.formats.fhir.references import Index, Reference
from dashboard.importing.formats.meanings import Coding, Meanings
from dashboard.importing.formats.sheets import Place
from dashboard.importing.result import Issue

Source = tuple[str, str]
"""The type and the identifier of a resource; the identifier is empty where it has none."""

ORDERED = json.JSONEncoder(sort_keys=True, check_circular=False)


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient; dates still as they came."""

    key: str
    place: Place
    birth: str
    sex: str
    death: str


@dataclass(frozen=True, slots=True)
class Performed:
    """One procedure that means one of ours; words: what its codes say it was."""

    source: Source
    place: Place
    subject: Reference
    moment: str
    words: Sequence[str]
    performers: Sequence[Reference]
    encounter: Reference
    location: Reference
    reasons: Sequence[Reference]
    reason_codes: Sequence[Coding]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a resource says of a patient.

    moment: when it began or was measured, until: when it ended; code: in ICD-10-CM, if it has one.
    problem: why the value cannot be read, after the place; then there is no value.
    """

    source: Source
    place: Place
    subject: Reference
    meaning: Meaning
    moment: str
    encounter: Reference
    until: str = ""
    code: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """When and where an encounter was."""

    moment: str
    provider: Reference
    location: Reference


@dataclass
class Gathering:
    """Filled by the readers, resource after resource; files: by type of resource the first file that had one.

    primary: the main diagnoses of stays; unused: how often each sentence of a note holds.
    """

    meanings: Meanings
    today: date
    issues: list[Issue] = field(default_factory=list)
    index: Index = field(default_factory=Index)
    patients: dict[str, Patient] = field(default_factory=dict)
    operations: list[Performed] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    contacts: dict[Reference, date] = field(default_factory=dict)
    encounters: dict[str, Visit] = field(default_factory=dict)
    names: dict[Source, str] = field(default_factory=dict)
    roles: dict[str, Reference] = field(default_factory=dict)
    indications: dict[str, str] = field(default_factory=dict)
    primary: set[Reference] = field(default_factory=set)
    unused: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_needed: Counter[str] = field(default_factory=Counter)
    files: dict[str, str] = field(default_factory=dict)
    repeated: int = 0
    contradicted: set[Source] = field(default_factory=set)
    _seen: dict[Source, tuple[bytes, Place]] = field(default_factory=dict)

    def is_new(self, found: Found, source: Source) -> bool:
        """Whether this resource was not read before; one that contradicts an earlier one leaves both out."""
        if not source[1]:
            return True
        digest = _digest(found.resource)
        known = self._seen.setdefault(source, (digest, found.place))
        if known[1] is found.place:
            return True
        if known[0] == digest:
            self.repeated += 1
        else:
            self._contradict(source, known[1], found.place)
        return False

    def met(self, subject: Reference, *moments: str) -> None:
        """The patient was in contact on these days; those that are no whole date up to today play no part."""
        for moment in moments:
            day = day_of(moment, self.today)
            if day is not None and day > self.contacts.get(subject, date.min):
                self.contacts[subject] = day

    def _contradict(self, source: Source, first: Place, second: Place) -> None:
        places = (second,) if source in self.contradicted else (first, second)
        self.contradicted.add(source)
        for place in places:
            other = first if place is second else second
            message = (
                f"{place}: this {source[0]} has the id of another one ({other}) and says something else. "
                "Both were left out: export each once."
            )
            self.issues.append(Issue("row", "twice", place.path.name, message, place.number))


def key_of(found: Found) -> str:
    """What a resource is called: its id, else the address that its Bundle gives it; empty when it has neither."""
    return text(found.resource.get("id")) or text(found.full_url).removeprefix("urn:uuid:")


def _digest(resource: Mapping[str, Any]) -> bytes:
    """The same for two resources that say the same; what the server says about itself plays no part."""
    said = {name: value for name, value in resource.items() if name not in ("meta", "text")}
    return hashlib.blake2b(ORDERED.encode(said).encode(), digest_size=12).digest()
