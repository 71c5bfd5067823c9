"""JSON as the standard writes it, and nothing that only Python would take: no NaN, no endless nesting, no key twice."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

DEEPEST = 60
LONGEST_NUMBER = 40
ESCAPED = re.compile(rb"\\.", re.DOTALL)
IN_QUOTES = re.compile(rb'"[^"]*"')
BRACKETS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
ALL_ELSE = bytes(set(range(256)) - set(b'[]{}"'))


class NotJson(ValueError):
    """The message ends a sentence that begins with what was read: "is not valid JSON (NaN)"."""


class TooDeep(NotJson):
    """Nested deeper than any FHIR resource."""


def parse(raw: bytes) -> Any:
    """The value that these bytes are. Raises NotJson, whose message says why not."""
    if depth(raw) > DEEPEST:
        raise TooDeep("is nested too deeply to be FHIR")
    try:
        return _decoder.decode(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotJson("is not encoded as UTF-8") from None
    except json.JSONDecodeError:
        raise NotJson("is not complete JSON") from None
    except RecursionError:
        raise TooDeep("is nested too deeply to be FHIR") from None


def depth(raw: bytes) -> int:
    """How many brackets are open at the deepest place; those in texts play no part."""
    plain = ESCAPED.sub(b"", raw) if b"\\" in raw else raw
    signs = IN_QUOTES.sub(b"", plain.translate(None, ALL_ELSE)).translate(BRACKETS, b'"')
    return max(accumulate(1 if sign == 1 else -1 for sign in signs), default=0)


def _constant(name: str) -> Any:
    raise NotJson(f"is not valid JSON ({name})")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise NotJson(f"has a number of {len(digits):,} digits")
    return int(digits)


def _real(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise NotJson(f"has a number of {len(digits):,} digits")
    return float(digits)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise NotJson("has a key twice in one place")
    return held


_decoder = json.JSONDecoder(
    parse_constant=_constant, parse_int=_whole, parse_float=_real, object_pairs_hook=_pairs, strict=True
)
