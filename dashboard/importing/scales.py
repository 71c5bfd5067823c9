"""Whether the numbers of a column are on our scale, as far as numbers alone can tell.

Two questions are asked of the numbers of a column: do they fit another scale better than ours, and does one value stand
so far from all others that it may be a sign for "not known". Nothing is decided here. A doubt is *sure* where no series
of real values looks like that: a person is then asked before anything is read; any other is worth a note.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from dashboard.definitions.canonical import Column, Scale

FEWEST = 5
"""Numbers of a column from which on they are looked at as a whole."""
MANY, VERY_MANY = 20, 100
"""From so many on a series on the lowest tenth of its scale is none of ours; so many leave no doubt at all."""
SOME, FEW, HALF = 0.05, 0.01, 0.2
"""Shares beyond our range: as many as nobody mistypes, of two values or more; the same of five values or more; and as
many as no column of ours has, whatever they are."""
ODD = 0.25
"""Of the answers to ten questions of five points in per cent hardly one is odd; of their points every other one is."""
SIGNS = re.compile(r"[789]|77|88|9[6-9]|777|888|99[6-9]|-?9999?|-[1-9]|-[789]{2,3}")
"""Numbers that are often written for "not known"."""
SURE_SIGNS = (-1, 98, 99, 998, 999, 1900)
"""Those that no person would take for a value where they stand apart."""
LONG = 15
"""Steps of a scale on which a single 7, 8 or 9 may stand apart: on a shorter one they are values like any other."""
CHANCE, SMALL_CHANCE = 0.05, 0.001
"""How likely real values would leave such a gap and then all be the same: worth a note; beyond doubt."""

Numbers = Iterable[float] | Mapping[float, int]
"""Numbers as they are written, those beyond our range among them; or how often each is found."""


@dataclass(frozen=True)
class OtherScale:
    """The numbers of a column seem to be on another scale.

    scales: those that they would fit, none where it is none that is known. why: what was seen, as a sentence.
    """

    scales: tuple[Scale, ...]
    sure: bool
    why: str


@dataclass(frozen=True)
class StandsOut:
    """One or more values far from all others, which may be signs for "not known"."""

    values: tuple[float, ...]
    sure: bool
    why: str


def suggested_scale(column: Column, numbers: Numbers) -> OtherScale | None:
    """The scale that these numbers of a column would fit better than ours; None when nothing speaks for one."""
    counts = Counter(numbers)
    for value in [value for value in counts if not _within(column, value) and _is_sign(value) and abs(value) > 10]:
        del counts[value]
    if counts.total() < FEWEST or column.low is None:
        return None
    return _beyond(column, counts) or _shares(column, counts) or _halved(column, counts) or _untypical(column, counts)


def standing_out(column: Column, numbers: Numbers, each: float = 1.0) -> StandsOut | None:
    """The values within our range that may stand for "not known"; None when none stands far from all others.

    each: what one of theirs is of ours.
    """
    counts = Counter({value: n for value, n in Counter(numbers).items() if _within(column, value * each)})
    found = [_apart(counts, column, upwards=upwards) for upwards in (True, False)] if counts else []
    return next((one for one in found if one), None)


def _within(column: Column, value: float) -> bool:
    return column.low is not None and column.high is not None and column.low <= value <= column.high


def _is_sign(value: float) -> bool:
    return SIGNS.fullmatch(f"{value:g}") is not None or value == SURE_SIGNS[-1]


def _fitting(column: Column, counts: Counter[float]) -> tuple[Scale, ...]:
    """The scales on which nearly all of these numbers would lie within our range, each factor once."""
    fitting = {
        scale.each: scale
        for scale in reversed(column.scales[1:])
        if sum(n for value, n in counts.items() if _within(column, value * scale.each)) >= 0.9 * counts.total()
    }
    return tuple(scale for scale in column.scales if scale in fitting.values() and scale.each != 1)


def _beyond(column: Column, counts: Counter[float]) -> OtherScale | None:
    """Too many numbers beyond our range to be slips."""
    outside = Counter({value: n for value, n in counts.items() if not _within(column, value)})
    share = outside.total() / counts.total()
    if not (len(outside) >= 2 and share >= SOME) and not (len(outside) >= 5 and share >= FEW):
        return None
    scales = _fitting(column, outside)
    if not scales and not (len(outside) >= 3 and share >= HALF):
        return None
    furthest = max(outside, key=abs)
    told = f"{outside.total():,} of {counts.total():,} numbers are not from {column.low:g} to {column.high:g}"
    return OtherScale(scales, True, f"{told}, such as {furthest:g}.")


def _shares(column: Column, counts: Counter[float]) -> OtherScale | None:
    """A score written as a share of its whole: most are parts of one, as no score of whole points can be."""
    scales = tuple(scale for scale in column.scales[1:] if scale.whole == 1)
    parts = sum(n for value, n in counts.items() if 0 < value < 1)
    whole = column.scales[0].whole or 0
    if not scales or parts < max(2, SOME * counts.total()) or (whole < VERY_MANY and max(counts) > 1):
        return None
    sure = whole >= VERY_MANY or counts.total() >= MANY
    return OtherScale(scales, sure, f"{parts:,} of {counts.total():,} numbers lie between 0 and 1.")


def _halved(column: Column, counts: Counter[float]) -> OtherScale | None:
    """A score in per cent of which none is above the half, and many are odd."""
    whole = column.scales[0].whole or 0
    scales = tuple(scale for scale in column.scales[1:] if scale.whole and 1 < scale.whole < whole)
    if not scales or max(counts) > (scales[0].whole or 0) or max(counts) <= 1:
        return None
    broken = sum(n for value, n in counts.items() if value % 1)
    odd = sum(n for value, n in counts.items() if value % 2 == 1)
    many = counts.total() >= VERY_MANY
    if broken >= SOME * counts.total() or not (many or odd >= max(2, ODD * counts.total())):
        return None
    told = f"the highest of {counts.total():,} is {max(counts):g}, and {odd:,} are odd numbers."
    return OtherScale(scales, many and odd >= ODD * counts.total(), told)


def _untypical(column: Column, counts: Counter[float]) -> OtherScale | None:
    """A middle value that no practice has, and that another scale explains."""
    if column.typical is None:
        return None
    low, high = column.typical
    middle = median(counts.elements())
    scales = tuple(scale for scale in _fitting(column, counts) if low <= middle * scale.each <= high)
    if low <= middle <= high or not scales:
        return None
    return OtherScale(scales, True, f"the middle of {counts.total():,} is {middle:g} {column.unit}.")


def _apart(counts: Counter[float], column: Column, *, upwards: bool) -> StandsOut | None:
    """The outermost values at one end, where they are signs and nothing stands between them and the rest."""
    values, noted = sorted(counts, reverse=upwards), None
    signs: list[float] = []
    while values and _is_sign(values[0]) and len(signs) < 3:
        signs.append(values.pop(0))
        rest = Counter({value: counts[value] for value in values})
        times = sum(counts[value] for value in signs)
        if rest.total() < FEWEST or times > rest.total() or (_one_digit(signs) and _span(column) < LONG):
            continue
        gap, width = abs(signs[-1] - values[0]), abs(values[0] - values[-1])
        chance = (_step(values, gap) / gap) ** times
        far = gap >= width / 4
        low, high = sorted((signs[-1], values[0]))
        listed = " and ".join(f"{value:g} ({counts[value]:,} times)" for value in sorted(signs))
        told = f"{listed} stands far from all others: there is nothing between {low:g} and {high:g}."
        if far and times > 1 and chance <= SMALL_CHANCE and set(signs) <= set(SURE_SIGNS):
            return StandsOut(tuple(sorted(signs)), True, told)
        if far and chance <= CHANCE:
            noted = noted or StandsOut(tuple(sorted(signs)), False, told)
    return noted


def _one_digit(signs: Iterable[float]) -> bool:
    return all(0 <= value < 10 for value in signs)


def _span(column: Column) -> float:
    return (column.high or 0) - (column.low or 0)


def _step(values: list[float], gap: float) -> float:
    """How far from one another neighbouring values usually are; a tenth of the gap where there is but one."""
    steps = [abs(one - other) for one, other in pairwise(values)]
    return min(median(steps), gap) if steps else gap / 10
