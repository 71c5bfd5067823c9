"""What has been read so far, in short: patients and what the records say of them, each with the place it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from dashboard.definitions.codes import Meaning
from dashboard.importing.dates import day_of
from dashboard.importing.formats.fhir.files import Resource
from dashboard.importing.formats.fhir.forms import Forms
from dashboard.importing.formats.fhir.merging import Merges
from dashboard.importing.formats.fhir.percentages import Percentages
from dashboard.importing.formats.fhir.references import Index, Reference, Source
from dashboard.importing.formats.fhir.versions import Versions, digest_of
from dashboard.importing.formats.meanings import Meanings
from dashboard.importing.formats.sheets import Place
from dashboard.importing.result import Issue

T = TypeVar("T")


class Unusable(ValueError):
    """Why a resource or a value in it is not used, in words that go on after its type."""

    def __init__(self, rule: str, words: str) -> None:
        super().__init__(words)
        self.rule = rule

    def issue(self, place: Place, kind: str) -> Issue:
        """The issue of a resource of this type."""
        return Issue("row", self.rule, place.file, f"{place}: this {kind} {self} It was left out.", place.number)


@dataclass(frozen=True, slots=True)
class Person:
    """A patient, as the resource says it; dates still as they came."""

    place: Place
    birth: str
    sex: str
    death: str

    @property
    def said(self) -> tuple[str, str, str]:
        """All that it says of the patient."""
        return self.birth, self.sex, self.death


@dataclass(frozen=True, slots=True)
class Performed:
    """What is asked of a procedure that may be an operation; indications: those that it names by a code."""

    performers: Sequence[Reference]
    location: Reference
    reasons: Sequence[Reference]
    indications: Sequence[str]


@dataclass(frozen=True, slots=True)
class Record:
    """What one resource says of a patient, whoever that is.

    moment: when it began or was measured, until: when it ended; code: in ICD-10-CM, if it has one.
    says: each meaning, with its value; or with the reason why the value cannot be read.
    """

    source: Source
    place: Place
    subject: Reference
    encounter: Reference
    moment: str
    says: Sequence[tuple[Meaning, Issue | None]]
    until: str = ""
    code: str = ""
    performed: Performed | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """When and where an encounter was."""

    moment: str
    provider: Reference
    location: Reference


NOBODY = Reference("")
NOWHERE = Stay("", NOBODY, NOBODY)


@dataclass(frozen=True)
class Known:
    """What one reading of the files found out, and the next needs from the start.

    outdated: where the older versions stand of what is there in a newer one; forms: what questionnaires ask by a code.
    """

    outdated: frozenset[Place] = frozenset()
    forms: Forms = field(default_factory=Forms)


@dataclass
class Gathering:
    """Filled by the readers, resource after resource; files: by type of resource the first file that had one.

    primary: the main diagnoses of stays; unused: how often each sentence of a note holds; fifth: how often each name of
    FHIR R5 stands there; outdated and repeated: versions that are not read, since a newer or the same one is; known:
    what an earlier reading of the same files found out.
    """

    meanings: Meanings
    today: date
    known: Known
    index: Index
    percentages: Percentages
    issues: list[Issue] = field(default_factory=list)
    patients: dict[str, Person] = field(default_factory=dict)
    merges: Merges = field(default_factory=Merges)
    records: list[Record] = field(default_factory=list)
    contacts: dict[Reference, date] = field(default_factory=dict)
    stays: dict[Source, Stay] = field(default_factory=dict)
    names: dict[Source, str] = field(default_factory=dict)
    roles: dict[Source, Reference] = field(default_factory=dict)
    indications: dict[Source, str] = field(default_factory=dict)
    primary: set[Reference] = field(default_factory=set)
    unused: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_needed: Counter[str] = field(default_factory=Counter)
    files: dict[str, str] = field(default_factory=dict)
    fifth: Counter[str] = field(default_factory=Counter)
    forms: Forms = field(default_factory=Forms)
    outdated: int = 0
    repeated: int = 0
    contradicted: set[Source] = field(default_factory=set)
    versions: Versions = field(default_factory=Versions)

    def is_new(self, resource: Resource, said: Mapping[str, Any] | None = None) -> bool:
        """Whether this resource was not read before; one that contradicts an earlier one leaves both out.

        said: what is read of it, where the rest may differ.
        """
        if not resource.key:
            return True
        first = self.versions.first(resource, said)
        if first.place is resource.place:
            return True
        if first.digest == digest_of(resource, said):
            self.repeated += 1
        else:
            self._contradict((resource.kind, resource.key), first.place, resource.place)
        return False

    def held(self, told: Mapping[Source, T], about: Reference) -> T | None:
        """What the resource behind a reference says; None where it is not there, or there in two ways."""
        source = self.index.find(about)
        return None if source in self.contradicted else told.get(source)

    def met(self, subject: Reference, *moments: str) -> None:
        """The patient was in contact on these days; those that are no whole date up to today play no part."""
        for moment in moments:
            day = day_of(moment, self.today)
            if day is not None and day > self.contacts.get(subject, date.min):
                self.contacts[subject] = day

    def settle(self) -> None:
        """Once everything is read: whose the records are of patients who were merged into another."""
        # Of one who stands twice with two contents nobody knows which links hold.
        self.merges.said = [link for link in self.merges.said if ("Patient", link[0]) not in self.contradicted]
        self.issues += self.merges.settle(self.index, {key: one.place for key, one in self.patients.items()})
        for address, sources in self.index.shared.items():
            ends = {self.merges.of(key) for kind, key in sources if kind == "Patient"}
            if len(ends) == 1:  # the number of one who was merged stands on both records
                self.index.sources[address] = ("Patient", ends.pop())
        merged = [(key, self.merges.of(key)) for key in self.patients if self.merges.of(key) not in ("", key)]
        for key, stands in merged:
            self.unused[MERGED] += 1
            one, other = self.patients[key], self.patients[stands]
            if any(mine and mine != theirs for mine, theirs in zip(one.said, other.said, strict=True)):
                self.unused[MERGED_OTHERWISE] += 1

    def _contradict(self, source: Source, first: Place, second: Place) -> None:
        places = (second,) if source in self.contradicted else (first, second)
        self.contradicted.add(source)
        for place in places:
            other = first if place is second else second
            message = (
                f"{place}: this {source[0]} has the id of another one ({other}) and says something else, and nothing "
                "says which is newer (meta.lastUpdated, meta.versionId). Both were left out: export each once."
            )
            self.issues.append(Issue("row", "twice", place.path.name, message, place.number))


MERGED = "A patient was replaced by another one (Patient.link): read as one patient with that one"
MERGED_OTHERWISE = (
    "A patient who was replaced by another one has another sex, birth or death than that one, whose own were taken"
)
