"""What a date is, wherever one is read: a whole day of the calendar from 1900 to today, in our way or a mapping's."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

EARLIEST = date(1900, 1, 1)
ISO = "%Y-%m-%d"
TIME = "[ T][0-9:.,+Z-]{2,30}"
"""A time of day behind a day, which plays no part: the day is that of the clock on site."""
MOMENT = re.compile(rf"(\d{{4}})(-?)(\d{{2}})\2(\d{{2}})(?:{TIME})?", re.ASCII)
"""A day as 2024-02-28 or 20240228, with or without a time."""


@lru_cache(maxsize=1 << 16)
def day_of(text: str, last: date, date_format: str | None = None) -> date | None:
    """The day of a date or a moment; None when it is none, or lies before 1900 or after the last that may be.

    date_format: how the mapping says that dates are written; our own way, which is no other's, is read beside it.
    Kept, since records of many patients are of the same days.
    """
    found = written_as(text, date_format) if date_format and date_format != ISO else None
    if found is None and (ours := MOMENT.fullmatch(text)):
        found = written_as(f"{ours[1]}-{ours[3]}-{ours[4]}", ISO)
    return found if found and EARLIEST <= found <= last else None


def is_ours(text: str) -> bool:
    """Whether a text is written as 2024-02-28, with or without a time."""
    return text[4:5] == "-" and MOMENT.fullmatch(text) is not None


def written_as(text: str, date_format: str) -> date | None:
    """The day that a text is in one way of writing dates; None when it is not written so."""
    try:
        return datetime.strptime(text, date_format).date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return None


def day_in_sql(cell: str, last: date, *formats: str) -> str:
    """The same for the database, as an expression: a time of day plays no part, and 20240228 needs its format.

    formats: how else dates are written. A two-digit year in one of them leaves no room for our own way.
    """
    ours = (
        f"case when length({cell}) = 10 or regexp_full_match({cell}, '.{{10}}{TIME}')"
        f" then try_strptime(left({cell}, 10), '{ISO}') end"
    )
    others = [form for form in formats if form != ISO]
    days = ["try_strptime({}, '{}')".format(cell, form.replace("'", "''")) for form in others]
    day = f"cast(coalesce({', '.join([*days, ours] if all('%Y' in form for form in others) else days)}) as date)"
    return f"case when {day} between date '{EARLIEST}' and date '{last}' then {day} end"
