"""Who a reference names: relative, absolute, ``urn:uuid`` or by an identifier, as FHIR allows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from dashboard.importing.formats.fhir.files import Resource
from dashboard.importing.formats.fhir.parts import objects, part, text

NAMED = re.compile(
    r"(?:(?P<base>https?://\S+)/)?(?P<kind>[A-Z][A-Za-z]{2,40})/(?P<id>[^/\s?#|]{1,128})(?:/_history/\S+)?"
)
BY_IDENTIFIER = re.compile(r"(?P<kind>[A-Z][A-Za-z]{2,40})\?identifier=(?P<identifier>\S+)")

PLACES = ("Organization", "Location")


@dataclass(frozen=True, slots=True)
class Reference:
    """address: what to look up; kind: the type of resource it says it names, empty when it does not say."""

    address: str
    kind: str = ""
    name: str = ""
    """What stands behind the type: an identifier of the resource, or of whom it stands for."""
    shown: str = field(default="", compare=False)
    """What the record calls a place or an organisation; of a person never kept."""


Source = tuple[str, str]
"""The type of a resource and what it is called, which is empty where that is not known."""


@dataclass
class Index:
    """Every resource that others refer to, by each address that they may do so with.

    servers: the addresses of the site's own, as its mapping says: what they call Patient/1 is what the files call so.
    """

    servers: tuple[str, ...] = ()
    sources: dict[str, Source] = field(default_factory=dict)
    shared: dict[str, set[Source]] = field(default_factory=dict)

    def add(self, resource: Resource) -> None:
        """Nobody can refer to one without a key."""
        if not resource.key:
            return
        addresses = [f"{resource.kind}/{resource.key}", *([resource.full_url] if resource.full_url else [])]
        for identifier in objects(resource.get("identifier")):
            if value := text(identifier.get("value")):
                addresses.append(f"{resource.kind}?{text(identifier.get('system'))}|{value}")
        source = (resource.kind, resource.key)
        for address in addresses:
            # An address that two resources have, such as one number of two patients, is of neither.
            before = self.sources.setdefault(address, source)
            if before != source:
                self.shared.setdefault(address, {before}).add(source)
                self.sources[address] = (resource.kind, "")

    def find(self, reference: Reference) -> Source:
        """The resource behind a reference; when it was not in the files, of the type that the reference says."""
        address = reference.address
        # The same name on another server is another resource.
        if address not in self.sources and self.base_of(reference) in self.servers:
            address = f"{reference.kind}/{reference.name}"
        return self.sources.get(address, (reference.kind, ""))

    def base_of(self, reference: Reference) -> str:
        """The address of the server that a reference names; empty when it names none."""
        named = NAMED.fullmatch(reference.address)
        return (named["base"] or "") if named else ""


def reference(value: Any) -> Reference:
    """What a reference says; its address is empty when it says nothing."""
    held = part(value)
    address, kind, identifier = text(held.get("reference")), text(held.get("type")), part(held, "identifier")
    if not address and (number := text(identifier.get("value"))):
        kind = kind or "Patient"
        said = Reference(f"{kind}?{text(identifier.get('system'))}|{number}", kind, number)
    else:
        said = _at(address, kind)
    shown = text(held.get("display")) if said.kind in PLACES else ""
    return replace(said, shown=shown) if shown else said


@lru_cache(maxsize=1 << 16)
def _at(address: str, kind: str) -> Reference:
    """Kept, since the many records of a patient refer to the same one."""
    if named := BY_IDENTIFIER.fullmatch(address):
        identifier = named["identifier"]
        return Reference(f"{named['kind']}?{identifier}", named["kind"], identifier.rpartition("|")[2])
    if named := NAMED.fullmatch(address):
        base = f"{named['base']}/" if named["base"] else ""
        return Reference(f"{base}{named['kind']}/{named['id']}", named["kind"], named["id"])
    return Reference(address, kind)
