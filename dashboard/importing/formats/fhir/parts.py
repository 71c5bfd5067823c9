"""Parts of a resource, whatever stands in their place: a wrong kind of value is the same as none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.importing.formats.meanings import Coding

LONGEST = 200
NOTHING: Mapping[str, Any] = {}


def text(value: Any) -> str:
    """A text of ordinary length without invisible signs; empty otherwise."""
    return value.strip() if isinstance(value, str) and len(value) <= LONGEST and value.isprintable() else ""


def part(resource: Any, *names: str) -> Mapping[str, Any]:
    """An object inside others; empty when it is not there, or no object. Of a list the first object."""
    held = next(objects(resource), NOTHING)
    for name in names:
        held = next(objects(held.get(name)), NOTHING)
    return held


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects in a list; an object alone is a list of one."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def codings(concepts: Any) -> list[Coding]:
    """The codes of a concept, or of several, or of a coding alone."""
    found = []
    for concept in objects(concepts):
        for coding in objects(concept.get("coding", concept)):
            if code := text(coding.get("code")):
                found.append((text(coding.get("system")), code))
    return found


def moment(*values: Any) -> str:
    """The first of these that is there, as text; a period counts from its start."""
    for value in values:
        held = value.get("start") if isinstance(value, dict) else value
        if isinstance(held, str | int | float) and not isinstance(held, bool):
            return text(str(held))
    return ""


def number(value: Any) -> float | None:
    """A finite number; None for a text, a truth value, or one too large to be anybody's."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e9 else None
