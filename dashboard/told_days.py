"""Days in protected form: which may be asked about, and on which something is told."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pandas as pd

from dashboard.cohort import quarter_of

FREE_DAYS = (
    "Your role shows figures at the times after surgery that every screen offers, of all for whom they had come: by a "
    "day more or less a patient could be made out."
)


def days_are_offered(bound: Mapping[str, Any], landmarks: Collection[int]) -> bool:
    """Whether a read asks about a landmark alone, and about all for whom it had come by the data date."""
    within, due, to = (bound.get(name) for name in ("within_days", "due_from", "data_date"))
    if within is not None and within not in landmarks:
        return False
    return due is None or (within is not None and to is not None and due == to - timedelta(days=within))


def moved(day: int, ends: Sequence[int], *, back: bool) -> int:
    """The day on which something is told: the end of its month; back: just after the end before, for who left then."""
    place = bisect_left(ends, day)
    end = ends[min(place, len(ends) - 1)]
    return day if day == end else (ends[place - 1] + 1 if place else 1) if back else end


def in_quarters(day: Any, end: int) -> Any:
    """The first day of the quarter in which a day lies, or the last for end 1; nothing for nothing."""
    return day if pd.isna(day) else pd.Timestamp(quarter_of(pd.Timestamp(day).date())[end])
