"""Which of several versions of one resource is the newest: an export may hold more than one, in any order."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.importing.formats.fhir.files import Resource
from dashboard.importing.formats.fhir.parts import part, text
from dashboard.importing.formats.fhir.references import Source
from dashboard.importing.formats.sheets import Place

ORDERED = json.JSONEncoder(sort_keys=True, check_circular=False)


@dataclass(frozen=True, slots=True)
class Version:
    """One resource as it stands in one place; updated and number: what its server says of when it was written."""

    place: Place
    digest: bytes
    updated: datetime | None
    number: int | None

    def is_newer(self, other: Version) -> bool:
        """Whether it is known to be the newer one: by its time, by its number, and not by one against the other."""
        later = _compared(self.updated, other.updated)
        higher = _compared(self.number, other.number)
        return max(later, higher) > 0 and min(later, higher) >= 0


@dataclass
class Versions:
    """Every resource of which something is read, as it was met first, and again."""

    _first: dict[Source, Version] = field(default_factory=dict)
    _again: dict[Source, list[Version]] = field(default_factory=lambda: defaultdict(list))

    def first(self, resource: Resource, said: Mapping[str, Any] | None = None) -> Version:
        """The resource of this name that was met first, which may be this one; said: as in `digest_of`."""
        source = (resource.kind, resource.key)
        first = self._first.get(source)
        if first is not None and first.place is resource.place:
            return first
        meta = part(resource.get("meta"))
        version = Version(
            resource.place, digest_of(resource, said), _moment(meta.get("lastUpdated")), _number(meta.get("versionId"))
        )
        if first is None:
            self._first[source] = version
            return version
        self._again[source].append(version)
        return first

    def outdated(self) -> frozenset[Place]:
        """Where a version stands that says something else than a newer one of the same resource."""
        found = set()
        for source, again in self._again.items():
            every = [self._first[source], *again]
            if len({one.digest for one in every}) > 1:
                found |= {one.place for one in every if any(other.is_newer(one) for other in every)}
        return frozenset(found)


def digest_of(resource: Resource, said: Mapping[str, Any] | None = None) -> bytes:
    """The same for two resources that say the same; what the server says about itself plays no part.

    said: what is read of it, where the rest may differ.
    """
    if said is None:
        said = {name: value for name, value in resource.content.items() if name not in ("meta", "text")}
    return hashlib.blake2b(ORDERED.encode(said).encode(), digest_size=12).digest()


def _compared(one: Any, other: Any) -> int:
    """1 where the one is later, -1 where it is earlier, 0 where nobody can say."""
    return 0 if one is None or other is None else (one > other) - (one < other)


def _moment(value: Any) -> datetime | None:
    """A moment with its zone; without one it cannot be laid beside another."""
    try:
        moment = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _number(value: Any) -> int | None:
    written = text(value)
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 18 else None
