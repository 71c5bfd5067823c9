"""Patients that were merged: whoever is said to be replaced by another record is one person with it.

Only ``replaced-by`` and ``replaces`` say that two records are of one person, and which of them stands; ``refer`` and
``seealso`` do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.importing.formats.fhir.files import Resource
from dashboard.importing.formats.fhir.parts import objects, text
from dashboard.importing.formats.fhir.references import Index, Reference, reference
from dashboard.importing.formats.sheets import Place
from dashboard.importing.result import Issue

REPLACED, REPLACES = "replaced-by", "replaces"
TORN = ""
"""Whose a record is that two others are said to replace: nobody can say."""


@dataclass
class Merges:
    """What the records say of one another, before all of them are read.

    said: whose record it is, which kind of link, and the other one; whose: by key, that of the record that stands.
    """

    said: list[tuple[str, str, Reference]] = field(default_factory=list)
    whose: dict[str, str] = field(default_factory=dict)
    beside: dict[str, Reference] = field(default_factory=dict)

    def add(self, resource: Resource) -> None:
        """Take down what one patient says of others."""
        for link in objects(resource.get("link")):
            kind, other = text(link.get("type")), reference(link.get("other"))
            if kind in (REPLACED, REPLACES) and other.address and other.kind in ("Patient", ""):
                self.said.append((resource.key, kind, other))

    def settle(self, index: Index, places: Mapping[str, Place]) -> Iterator[Issue]:
        """Follow every link to its end; an issue for each record whose end nobody can tell.

        places: of the patients that are in the files. A record that stands for others and is not in them is stood for
        by the first of these, in order of their keys.
        """
        after = self._after(index, places)
        for key in sorted({*after, *(one for ends in after.values() for one in ends)}):
            ring, end = _followed(key, after)
            if len(ring) > 1:
                end = min(ring)
                if key == end:
                    yield _issue("note", places.get(key), RING)
            self.whose[key] = end
            if end == TORN and len(after.get(key, ())) > 1:
                yield _issue("row", places.get(key), SEVERAL)
        self._stand_in(places)

    def of(self, key: str) -> str:
        """The key of the patient who this record is of; TORN where nobody can say."""
        return self.whose.get(key, key)

    def _after(self, index: Index, places: Mapping[str, Place]) -> Mapping[str, set[str]]:
        after: dict[str, set[str]] = defaultdict(set)
        for key, kind, other in self.said:
            found = index.find(other)[1] or other.address
            old, new = (key, found) if kind == REPLACED else (found, key)
            if old != new and (old in places or new in places):
                after[old].add(new)
        return after

    def _stand_in(self, places: Mapping[str, Place]) -> None:
        """Where the record that stands is not in the files, one that it replaced stands in its place."""
        instead: dict[str, str] = {}
        for key in sorted(self.whose):
            end = self.whose[key]
            if key in places and end != TORN and end not in places:
                instead.setdefault(end, key)
        self.whose = {key: instead.get(end, end) for key, end in self.whose.items()}


def _followed(key: str, after: Mapping[str, set[str]]) -> tuple[Sequence[str], str]:
    """The ring that a chain of replacements ends in, if it does, and else its last record; TORN where it parts."""
    walked = [key]
    while ends := after.get(walked[-1]):
        if len(ends) > 1:
            return (), TORN
        (end,) = ends
        if end in walked:
            return walked[walked.index(end) :], end
        walked.append(end)
    return (), walked[-1]


def _issue(severity: str, place: Place | None, words: str) -> Issue:
    file = place.path.name if place else "FHIR"
    rule = "merged_in_a_ring" if severity == "note" else "merged_twice"
    return Issue(severity, rule, file, f"{place or file}: {words}", place.number if place else None)


RING = (
    "this patient is replaced by another one who is replaced by this one again (Patient.link). They are read as one "
    "patient, with the sex, birth and death of this record. Correct the links."
)
SEVERAL = (
    "this patient is replaced by more than one other (Patient.link), and nobody can say by which. The records under "
    "this one were left out. Correct the links."
)
