"""Whether the clock of this machine can be right: what is dated after today is refused as a date that is to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from dashboard.engines.generations import Store

LONGEST_PAUSE = timedelta(days=730)
"""Who quotes the figures imports once a year at least; a clock that lost its battery is off by more than two years."""
ZONES = timedelta(days=1)
"""Days begin up to half a day earlier or later elsewhere."""
SAY_SO = "Set the clock; or, if it is right, say so: --clock-is-right, or the box above the button Import."


def clock_doubt(store: Store, today: date | None = None) -> str:
    """Why the clock seems wrong, judged by the newest generation; empty where it does not.

    It is before the newest day recorded, or before the newest import; or more than two years after both of them.
    """
    newest = store.current_or_none()
    now = today or datetime.now(UTC).date()
    if newest is None:
        return ""
    number, told = newest.number, newest.manifest
    known = [day for day in (_day(told.get("data_date")), _day(told.get("published"))) if day]
    if not known:
        return ""
    last = max(known)
    if now < last - ZONES or now < (_day(told.get("data_date")) or date.min):
        return (
            f"The clock of this machine says {now}, but generation {number} is of {last}: records since then would be "
            "left out as days that are to come."
        )
    if now > last + LONGEST_PAUSE:
        return (
            f"The clock of this machine says {now}, more than two years after generation {number}, of {last}: if it is "
            "fast, a day that is yet to come would be taken as one that was."
        )
    return ""


def _day(text: object) -> date | None:
    """The day at the beginning of a text; None where there is none."""
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
