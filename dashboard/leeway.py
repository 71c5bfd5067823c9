"""How far what is told in protected form may lie from what it is: from how `dashboard.protecting` moves each count.

Whatever is concluded from such counts has to hold for all that may stand behind them, so the analyses ask here for the
ends of each. They follow from what is told alone: who reckons with them learns nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from dashboard.protecting import CLOSE, FORMS, WIDEST, Course
from dashboard.stats.moved import Movement

LONGEST_MONTH = 31 + CLOSE
"""Days: so far at most one end of a month lies behind the one before."""
OPERATIONS = "operations"
UNSAID = "not said of rounded counts"
"""In the place of a word for a difference, where no such word could be sure."""


class Ends(NamedTuple):
    """The least and the most that a count may be."""

    least: int
    most: int

    @classmethod
    def about(cls, told: int, moved: int) -> Ends:
        """Of a count that was moved by so many at most."""
        return cls(max(told - moved, 0), told + moved)

    def less(self, part: Ends) -> Ends:
        """Of what a part leaves over."""
        return Ends(max(self.least - part.most, 0), max(self.most - part.least, 0))

    def __add__(self, other: object) -> Ends:
        """Of both together."""
        if not isinstance(other, Ends):
            return NotImplemented
        return Ends(self.least + other.least, self.most + other.most)


def of_course(parts: int) -> Movement | None:
    """How far a course may lie from what it is; parts: of how many told ones it is the sum, 0 for an exact one."""
    return Movement(WIDEST, 3 * WIDEST, LONGEST_MONTH).of(parts) if parts else None


def ends(read: str, told: pd.DataFrame, parts: int) -> Mapping[str, Ends]:
    """Of the counts of a read by cell, a row each, the ends of the sum of each; parts: 0 where they are exact.

    Of a read of a course that has counts beside it, those are told with ``operations``, of which they are parts.
    """
    if not parts:
        return {str(name): Ends(int(sum_), int(sum_)) for name, sum_ in told.sum().items()}
    cells = [_of_cell(read, {str(name): int(count) for name, count in row.items()}) for row in told.to_dict("records")]
    names = cells[0] if cells else map(str, told.columns)
    return {name: Ends(sum(one[name].least for one in cells), sum(one[name].most for one in cells)) for name in names}


def _of_cell(read: str, told: Mapping[str, int]) -> dict[str, Ends]:
    """By its own movement; of a count that is all that the others leave of its whole, by those of all of these."""
    form = FORMS[read]
    beside = {OPERATIONS: "", **dict.fromkeys(form.beside, OPERATIONS)} if isinstance(form, Course) else {}
    of: Mapping[str, str] = beside or form.of  # type: ignore[union-attr]
    rest = "" if isinstance(form, Course) else form.rest
    found: dict[str, Ends] = {}
    for name, whole in of.items():
        value = int(told[name])
        if name == rest:
            wide = WIDEST * (1 + len(found))
            found[name] = Ends.about(value, wide)
            continue
        most = value + WIDEST
        before = [each for each in found if whole and of[each] == whole]
        if whole and value == max(told[whole] - sum(told[each] for each in before), 0):
            most = max(most, found[whole].most - sum(found[each].least for each in before))
        found[name] = Ends.about(value, WIDEST)._replace(most=most)
    return found
