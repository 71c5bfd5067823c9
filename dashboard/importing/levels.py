"""Which motion segments a text names, however it spells them: ``L4-S1``, ``L3/4/5``, ``l4/5 + l5/s1``.

A segment lies between two neighbouring vertebrae. A range names every segment within it. What could be read in two ways
is not read: a vertebra alone, ``L5/1``, ``4/5``.
"""

from __future__ import annotations

import re
from itertools import pairwise

from dashboard.importing.blanks import seen

VERTEBRAE = (
    *(f"C{number}" for number in range(8)),
    *(f"T{number}" for number in range(1, 13)),
    *(f"L{number}" for number in range(1, 7)),
    *("S1", "S2"),
)
"""From the top. C0 is the occiput; most people have no L6."""
HEIGHT = {name: place for place, name in enumerate(VERTEBRAE)}
SUPERNUMERARY = "L6"
"""Counted only where a text names it."""
REGIONS = {"LWK": "L", "BWK": "T", "HWK": "C", "SWK": "S", "LV": "L", "TH": "T", "TV": "T", "D": "T"}
"""What else stands before a number: German, anatomical and older ways of writing."""
RANGE = re.compile(r"\s*(?:[-\u2010-\u2015\u2212~>/]+|\bTO\b|\bBIS\b|\bTHRU\b|\bTHROUGH\b)\s*")
NEXT = re.compile(r"\s*(?:[;,+&|\n\r]+|\bAND\b|\bUND\b|\bPLUS\b)\s*|\s+")
NAME = re.compile(r"([CTLS]?)(\d{1,5})")
CHAIN = re.compile(r"(?:[CTLS]?\d{1,5}[-/]?)*[CTLS]?\d{1,5}")
MONTH = "jan|feb|m[aä]r|apr|ma[iyj]|jun|jul|aug|sep|o[ck]t|nov|de[cz]"
DATES = re.compile(
    rf"\d{{1,2}}[-. ]*(?:{MONTH})[a-z]*\.?(?:[-. ]*\d{{2,4}})?|(?:{MONTH})[a-z]*\.?[-. ]*\d{{1,4}}"
    r"|\d{4}-\d{2}-\d{2}(?:[ T][\d:.]+)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|[34]\d{4}",
    re.IGNORECASE,
)
"""What spreadsheets make of 4-5 or 4/5."""


def segments(text: str) -> str:
    """The segments that a text names, from the top, each once: ``L4-L5;L5-S1``; empty when it cannot be read."""
    found: set[tuple[str, str]] = set()
    last = ""
    for item in _items(text):
        chain = _chain(item, last)
        if len(chain) < 2:
            return ""
        last = chain[-1]
        for one, other in pairwise(chain):
            found |= _between(one, other)
    return ";".join(f"{upper}-{lower}" for upper, lower in sorted(found, key=lambda pair: HEIGHT[pair[0]]))


def problem(text: str) -> str:
    """Why a text names no segment, in words that go on after it."""
    plain = seen(text)
    if DATES.fullmatch(plain):
        return "is a date: a spreadsheet made it of a level such as 4-5. Format the column as text, and write L4-L5."
    if plain.isdigit():
        return (
            "is a number. Is it how many levels there were? Then it belongs to level_count; segments are named L4-L5."
        )
    if re.fullmatch(r"([CTLS]\d{1,2}[\s,;+&/]*)+", plain, re.IGNORECASE):
        return "names vertebrae, not the segments between them. Write each segment as L4-L5, a range as L3-S1."
    return "names no segments that can be read. Write each as L4-L5, with a semicolon between two; a range as L3-S1."


def _items(text: str) -> list[str]:
    """The parts of a text that each stand for a segment or a range, in capitals, the signs of a range as - or /."""
    plain = seen(text.replace("\r", "\n")).upper()
    for word, letter in REGIONS.items():
        plain = re.sub(rf"\b{word}\.?\s*(?=\d)", letter, plain)
    plain = re.sub(r"\b([CTLS])\s+(?=\d)", r"\1", plain)
    plain = RANGE.sub(lambda sign: "/" if sign[0].strip() == "/" else "-", plain)
    items = [item for item in NEXT.split(plain) if item]
    # L3-4/L4-5: where each part is a range of its own, the stroke stands between them.
    return [
        part for item in items
        for part in (item.split("/") if "/" in item and all("-" in one for one in item.split("/")) else [item])
    ]  # fmt: skip


def _chain(item: str, before: str) -> list[str]:
    """The vertebrae that an item names one after the other, all downwards or all upwards; none when it is none.

    before: the last vertebra of the item before, which a bare number may go on from: ``L3/4, 4/5``.
    """
    if not CHAIN.fullmatch(item):
        return []
    chain: list[str] = []
    for letter, digits in NAME.findall(item):
        named = _named(letter, digits, chain[-1] if chain else before, goes_on=bool(chain))
        if not named:
            return []
        chain += named
    chain = [name for place, name in enumerate(chain) if not place or name != chain[place - 1]]
    steps = {HEIGHT[one] < HEIGHT[other] for one, other in pairwise(chain)}
    return chain if len(steps) == 1 else []


def _named(letter: str, digits: str, before: str, *, goes_on: bool) -> list[str]:
    """The vertebrae of one letter and its digits: L4, or L45 for L4 and L5; without a letter, that of the one before.

    A bare number is the next vertebra, or the same where an item begins: L5/1 may be S1 or L1, and is not read.
    """
    if letter:
        if letter + digits.lstrip("0") in HEIGHT or letter + digits in HEIGHT:
            return [letter + (digits.lstrip("0") or "0")]
        names = [letter + digit for digit in digits]
        in_order = all(HEIGHT.get(other, 0) - HEIGHT.get(one, 0) == 1 for one, other in pairwise(names))
        return names if len(names) > 1 and in_order and set(names) <= HEIGHT.keys() else []
    name = before[:1] + digits
    if name not in HEIGHT or not before:
        return []
    near = abs(HEIGHT[name] - HEIGHT[before]) == 1 if goes_on else name == before
    further = goes_on and HEIGHT[name] > HEIGHT[before]
    return [name] if near or further else []


def _between(one: str, other: str) -> set[tuple[str, str]]:
    upper, lower = sorted((one, other), key=HEIGHT.__getitem__)
    held = [
        name for name in VERTEBRAE[HEIGHT[upper] : HEIGHT[lower] + 1]
        if name != SUPERNUMERARY or SUPERNUMERARY in (one, other)
    ]  # fmt: skip
    return set(pairwise(held))
