"""Which counts of a table stay hidden, so that no small one can be read off it or reckoned from the others.

Numbers in, marks out. What a reader knows of a number is an interval: of a count that is shown, what would be shown as
it; of a hidden one, what its mark says; of their sum, what is shown of the sum. A small count is safe when all of that
together leaves it open over the whole range of what is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

SHOWN, FEWER, WITHHELD = "shown", "fewer", "withheld"
"""A count stands there; it is known to be small; nothing is said of it, as another could be reckoned from it."""


class Bounds(NamedTuple):
    """What a reader knows of a count: from ``low`` to ``high``."""

    low: int
    high: int


@dataclass(frozen=True)
class Rule:
    """From which count on one is shown, 0 besides, and to a multiple of what it is rounded."""

    fewest: int
    rounded_to: int = 1

    def is_small(self, count: int) -> bool:
        """Whether it is hidden for its own sake."""
        return 0 < count < self.fewest

    def rounded(self, count: float) -> int:
        """The count as it is shown: to the nearest multiple, the half upwards, and never to one that is hidden."""
        nearest = int(count / self.rounded_to + 0.5) * self.rounded_to
        return nearest if count < self.fewest else max(nearest, self._first)

    @property
    def _first(self) -> int:
        """The smallest count that is ever shown, but for 0."""
        return -(-self.fewest // self.rounded_to) * self.rounded_to

    def known(self, count: int) -> Bounds:
        """What is known of a count that is shown, or of a total: a small total is only known to be small."""
        if count == 0:
            return Bounds(0, 0)
        if self.is_small(count):
            return Bounds(1, self.fewest - 1)
        shown, half = self.rounded(count), self.rounded_to // 2
        return Bounds(self.fewest if shown == self._first else shown - half, shown + half)


@dataclass(frozen=True)
class _Cell:
    """A count and its mark. least, most: the range that its mark leaves; open: the range that must stay open."""

    count: int
    mark: str
    least: int
    most: int
    open: Bounds | None = None

    def range(self, rule: Rule) -> Bounds:
        if self.mark != SHOWN:
            return Bounds(self.least, self.most)
        known = rule.known(self.count)
        return Bounds(known.low, min(known.high, self.most))


def marks_of_counts(counts: Sequence[int], rule: Rule) -> list[str]:
    """A mark for each count of groups that together are a whole, whose sum is known besides."""
    total = sum(counts)
    cells, _ = _covered([_count_cell(count, total, rule) for count in counts], _count_cell(total, total, rule), rule)
    return [cell.mark for cell in cells]


def marks_of_parts(
    wholes: Sequence[int], parts: Sequence[int], marks: Sequence[str], rule: Rule
) -> tuple[list[str], list[str]]:
    """A mark for each whole (operations) and for its part (failed), of groups that together are a whole.

    marks: those of the wholes so far, as ``marks_of_counts`` gives them. Hidden are small parts, and small rests, which
    are whole less part; of a hidden whole its part too. Where the parts stay open in no other way, no whole is shown.
    """
    found = _hidden_parts(wholes, parts, marks, rule)
    if found is None:
        marks = [WITHHELD if whole else SHOWN for whole in wholes]
        found = [WITHHELD if whole else SHOWN for whole in wholes]
    return list(marks), found


def _hidden_parts(wholes: Sequence[int], parts: Sequence[int], marks: Sequence[str], rule: Rule) -> list[str] | None:
    """The marks of the parts, which are those of the rests; None where hiding all of both is not enough."""
    rests = [whole - part for whole, part in zip(wholes, parts, strict=True)]
    everybody = _count_cell(sum(wholes), sum(wholes), rule)
    most = [known.high for known in _known_wholes(wholes, marks, everybody, rule)]
    found = []
    for counts in (parts, rests):
        cells = [_part_cell(*each, rule) for each in zip(wholes, counts, marks, most, strict=True)]
        found.append(
            (cells, _part_cell(everybody.count, sum(counts), everybody.mark, everybody.range(rule).high, rule))
        )
    (of_parts, total), (of_rests, total_rest) = found
    all_, known = everybody.range(rule), total.range(rule)
    total_rest = replace(
        total_rest,
        least=max(total_rest.least, all_.low - known.high),
        most=min(total_rest.most, all_.high - known.low),
    )
    while True:
        of_parts, open_ = _covered(of_parts, total, rule)
        of_rests, rests_open = _covered(of_rests, total_rest, rule)
        if not (open_ and rests_open):
            return None
        if [cell.mark == SHOWN for cell in of_parts] == [cell.mark == SHOWN for cell in of_rests]:
            return [cell.mark for cell in of_parts]
        of_parts, of_rests = _hidden_alike(of_parts, of_rests), _hidden_alike(of_rests, of_parts)


def _known_wholes(wholes: Sequence[int], marks: Sequence[str], everybody: _Cell, rule: Rule) -> list[Bounds]:
    cells = [
        replace(_count_cell(whole, everybody.count, rule), mark=mark) for whole, mark in zip(wholes, marks, strict=True)
    ]
    return narrowed([cell.range(rule) for cell in cells], everybody.range(rule))


def _hidden_alike(cells: list[_Cell], others: list[_Cell]) -> list[_Cell]:
    return [
        replace(cell, mark=WITHHELD) if cell.mark == SHOWN and other.mark != SHOWN else cell
        for cell, other in zip(cells, others, strict=True)
    ]


def _count_cell(count: int, total: int, rule: Rule) -> _Cell:
    if rule.is_small(count):
        return _Cell(count, FEWER, 1, rule.fewest - 1, Bounds(1, rule.fewest - 1))
    return _Cell(count, SHOWN, rule.fewest, max(rule.fewest, rule.known(total).high))


def _part_cell(whole: int, part: int, mark: str, highest: int, rule: Rule) -> _Cell:
    """A part, or rest, as it stands before others are withheld for it; highest: the most that its whole may be."""
    most = rule.fewest - 1
    if mark != SHOWN:
        return _Cell(part, WITHHELD, 0, highest, Bounds(1, min(most, whole)) if rule.is_small(part) else None)
    hidden = rule.is_small(part) or rule.is_small(whole - part)
    if hidden and whole < 2 * rule.fewest:  # Which of the two is small would say how many they are.
        return _Cell(part, WITHHELD, 1, highest - 1, Bounds(1, whole - 1))
    if rule.is_small(part):
        return _Cell(part, FEWER, 1, most, Bounds(1, most))
    if hidden:
        return _Cell(part, WITHHELD, rule.fewest, highest, Bounds(whole - most, whole - 1))
    return _Cell(part, SHOWN, rule.fewest, highest)


def _covered(cells: list[_Cell], together: _Cell, rule: Rule) -> tuple[list[_Cell], bool]:
    """The cells, with as many more withheld as it takes, those of one size together; and whether that is enough.

    The smallest that is enough, or else the smallest, and so on. together: their sum, as a cell. Where it is hidden, or
    nothing else helps, none of them is shown, the zeros neither.
    """
    total = together.range(rule)
    if len(cells) == 1:
        return cells, True
    while together.mark != SHOWN or not _all_open(cells, total, rule):
        left = sorted({cell.count for cell in cells if cell.mark == SHOWN and cell.count})
        if not left or together.mark != SHOWN:
            cells = [replace(cell, mark=WITHHELD, least=0) if cell.most else cell for cell in cells]
            return cells, _all_open(cells, total, rule)
        tried = [_without(cells, count) for count in left]
        cells = next((each for each in tried if _all_open(each, total, rule)), tried[0])
    return cells, True


def _without(cells: list[_Cell], count: int) -> list[_Cell]:
    """The cells, those of this size withheld."""
    return [replace(cell, mark=WITHHELD) if cell.mark == SHOWN and cell.count == count else cell for cell in cells]


def _all_open(cells: Sequence[_Cell], total: Bounds, rule: Rule) -> bool:
    found = narrowed([cell.range(rule) for cell in cells], total)
    return all(
        cell.open is None or (range_.low <= cell.open.low and range_.high >= cell.open.high)
        for cell, range_ in zip(cells, found, strict=True)
    )


def narrowed(ranges: Sequence[Bounds], total: Bounds) -> list[Bounds]:
    """What is known of each count once the sum of all is known: exact, as a single sum has no more to say."""
    low, high = sum(each.low for each in ranges), sum(each.high for each in ranges)
    return [
        Bounds(max(each.low, total.low - (high - each.high)), min(each.high, total.high - (low - each.low)))
        for each in ranges
    ]
