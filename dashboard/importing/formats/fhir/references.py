"""Who a reference names: relative, absolute, ``urn:uuid`` or by an identifier, as FHIR allows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

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


@dataclass
class Index:
    """Every resource by each address that it may be referred to with."""

    kinds: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, key: str, resource: Mapping[str, Any], full_url: str) -> None:
        """key: what the rest of the reader calls this resource."""
        addresses = [f"{kind}/{key}"]
        if full_url:
            addresses.append(full_url)
        for identifier in objects(resource.get("identifier")):
            if value := text(identifier.get("value")):
                addresses.append(f"{kind}?{text(identifier.get('system'))}|{value}")
        for address in addresses if key else []:
            self.kinds[address] = kind
            self.keys[address] = key
            if full_url.startswith("http"):
                self.urls[address] = full_url

    def kind_of(self, reference: Reference) -> str:
        """The type of the resource behind a reference: as found, else as the reference says; else empty."""
        return self.kinds.get(self._found(reference), reference.kind)

    def key_of(self, reference: Reference) -> str:
        """What the resource behind a reference is called; empty when it was not in the files."""
        return self.keys.get(self._found(reference), "")

    def _found(self, reference: Reference) -> str:
        if reference.address in self.keys or not reference.address.startswith("http"):
            return reference.address
        near = f"{reference.kind}/{reference.name}"
        # The same name on another server is another resource.
        return reference.address if near in self.urls else near


def reference(value: Any) -> Reference:
    """What a reference says; its address is empty when it says nothing."""
    said = _said(value)
    shown = text(part({"": value}, "").get("display")) if said.kind in PLACES else ""
    return replace(said, shown=shown) if shown else said


def _said(value: Any) -> Reference:
    held = part({"": value}, "")
    address, kind = text(held.get("reference")), text(held.get("type"))
    if not address and (identifier := text(part(held, "identifier").get("value"))):
        system = text(part(held, "identifier").get("system"))
        return Reference(f"{kind or 'Patient'}?{system}|{identifier}", kind or "Patient", identifier)
    return _at(address, kind)


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
