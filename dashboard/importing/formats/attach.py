"""To which operation a patient's finding, visit or treatment belongs, where the source names the patient alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from dashboard.definitions import load

BASELINE_DAYS = 180
"""An answer no longer than this before an operation is its baseline."""

Operation = tuple[date, str]
"""The day of surgery and the operation's identifier."""


def operation_of(day: date, operations: Sequence[Operation]) -> str | None:
    """The last operation on or before the day; None when every operation came later.

    operations: one patient's, in order of date.
    """
    place = bisect_right([operated for operated, _ in operations], day)
    return operations[place - 1][1] if place else None


def operations_of_visit(day: date, operations: Sequence[Operation]) -> list[str]:
    """The operations that an answer tells about: the last one as its follow-up, a coming one as its baseline."""
    followed = operation_of(day, operations)
    last = day + timedelta(days=BASELINE_DAYS)
    coming = next((name for operated, name in operations if day < operated <= last), None)
    return [name for name in (followed, coming) if name is not None]


def size(procedure: str) -> int:
    """The place of a procedure among those of one day: the operation is called by the one with the smallest."""
    order = load().largest_first
    return order.index(procedure) if procedure in order else len(order)
