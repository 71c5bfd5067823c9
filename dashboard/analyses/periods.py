"""Years, half-years, quarters and months of surgery, each by the number of its first month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
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
