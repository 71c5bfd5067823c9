"""Years, half-years, quarters and months of surgery, each by the number of its first month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from types import MappingProxyType

from dashboard.records import Records

PERIODS: Mapping[str, int] = MappingProxyType({"month": 1, "quarter": 3, "half-year": 6, "year": 12})
"""By name how many months a period has, the finest first."""


def told_by(records: Records) -> Mapping[str, int]:
    """Those of PERIODS that a viewer's counts have: in protected form years alone."""
    return {"year": PERIODS["year"]} if records.viewer.is_protected else PERIODS


def number_of(day: date) -> int:
    """The number of a day's month: its year times twelve and the months before it in that year."""
    return day.year * 12 + day.month - 1


def are_whole(days: Sequence[date], period: str) -> bool:
    """Whether these first days are of periods one after the other; one that is not told lies between others."""
    numbers = [number_of(day) for day in days]
    return all(after - before == PERIODS[period] for before, after in pairwise(numbers))


def begins(month: int) -> date:
    """The first day of the month of this number."""
    return date(month // 12, month % 12 + 1, 1)


def label(month: int, period: str) -> str:
    """What the period that begins with this month is called: 2024, 2024 H1, 2024 Q1, Jan 2024."""
    year, place = divmod(month, 12)
    if period == "month":
        return f"{begins(month):%b %Y}"
    letter = {"half-year": "H", "quarter": "Q"}.get(period)
    return f"{year} {letter}{place // PERIODS[period] + 1}" if letter else f"{year}"
