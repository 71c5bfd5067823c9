"""A Bundle taken apart entry by entry, so that a large one never stands in memory as a whole tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.importing.formats.fhir.strict_json import DEEPEST, NotJson, TooDeep, parse

SIGNS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""A whole text, or a bracket. Possessive, and the last quote not asked for, so that no text is searched twice."""
OPEN, CLOSED = (b"{", b"["), (b"}", b"]")
ENTRY = b'"entry"'
ENTRIES_MOST = 500_000


@dataclass(frozen=True)
class Opened:
    """rest: what surrounds the entries, parsed; each entry in it is an empty object, in the order of ``spans``."""

    raw: bytes
    rest: Mapping[str, Any]
    spans: list[tuple[int, int]]

    def entries(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Each entry with its number, the first being 1. Raises NotJson."""
        held = self.rest.get("entry", [])
        numbers = [number for number, entry in enumerate(held, start=1) if isinstance(entry, dict)]
        for number, (start, end) in zip(numbers, self.spans, strict=True):
            yield number, parse(self.raw[start:end])


def opened(raw: bytes, longest: int) -> Opened:
    """A file of JSON with its entries set apart. Raises NotJson, or TooDeep, when it is none."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    spans = _spans(raw, longest)
    pieces, last = [], 0
    for start, end in spans:
        pieces += [raw[last:start], b"{}"]
        last = end
    surrounding = b"".join([*pieces, raw[last:]])
    if len(surrounding) > longest:
        raise NotJson(_too_long(longest))
    rest = parse(surrounding)
    if not isinstance(rest, dict):
        raise NotJson("is JSON, but holds no FHIR resource")
    held = rest.get("entry", [])
    objects = [entry for entry in held if isinstance(entry, dict)] if isinstance(held, list) else [{"": None}]
    if any(objects) or len(objects) != len(spans):
        raise NotJson("has entries that are not a list")
    return Opened(raw, rest, spans)


def _spans(raw: bytes, longest: int) -> list[tuple[int, int]]:
    """Where each object in the outermost ``entry`` list begins and ends. Gives up as soon as something is too long."""
    spans: list[tuple[int, int]] = []
    depth = start = began = 0
    named, inside = False, False
    for sign in SIGNS.finditer(raw):
        text = sign.group()
        if text in OPEN:
            inside = inside or (depth == 1 and named and text == b"[")
            if inside and depth == 2 and text == b"{":
                start = began = sign.start()
            depth += 1
            if depth > DEEPEST:
                raise TooDeep("is nested too deeply to be FHIR")
        elif text in CLOSED:
            depth -= 1
            if inside and depth == 2 and text == b"}":
                spans.append((start, sign.end()))
                began = sign.end()
            inside = inside and depth > 1
        named = depth == 1 and text == ENTRY
        if sign.end() - began > longest or len(spans) > ENTRIES_MOST:
            raise NotJson(_too_long(longest))
    return spans


def _too_long(longest: int) -> str:
    return (
        f"holds a resource of over {longest >> 20} MB, or over {ENTRIES_MOST:,} of them. "
        "Export it in parts, as bulk NDJSON"
    )
