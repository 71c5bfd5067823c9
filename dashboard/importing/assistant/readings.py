"""What a text may be read as, before a person has said how dates and numbers are written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dashboard.importing.column_names import NEARLY_ALL
from dashboard.importing.dates import ISO, is_ours, written_as
from dashboard.importing.reasons import TWO_DIGIT_YEAR

DATE_FORMATS = {
    ISO: "2024-02-28", "%d.%m.%Y": "28.02.2024", "%d/%m/%Y": "28/02/2024", "%m/%d/%Y": "02/28/2024",
    "%d-%m-%Y": "28-02-2024", "%m-%d-%Y": "02-28-2024", "%Y/%m/%d": "2024/02/28", "%Y%m%d": "20240228",
}  # fmt: skip


def are_days(values: Sequence[str]) -> bool:
    """Whether dates stand in a column, and nothing else."""
    return bool(values) and all(is_day(text) for text in values)


def is_day(text: str) -> bool:
    """Whether a text is a date in some way, one with two digits for the year among them, which must be asked about."""
    two_digits = TWO_DIGIT_YEAR.fullmatch(text.replace("/", "-").replace(".", "-"))
    return bool(two_digits) or any(reads(text, form) for form in DATE_FORMATS)


def fitting_formats(dates: Sequence[str]) -> list[str]:
    """The ways in which every date could be written; none when they are written in several.

    A date in our own way is read beside any other, so that only the rest says which way that is. A few that are dates
    in no way, such as 30 February, say nothing.
    """
    able = [text for text in dates if any(reads(text, form) for form in DATE_FORMATS)]
    others = [text for text in able if not reads(text, ISO)]
    if len(able) < NEARLY_ALL * len(dates):
        return []
    return [form for form in DATE_FORMATS if all(reads(text, form) for text in others)] if others else [ISO]


def reads(text: str, form: str) -> bool:
    """Whether a text is a date written this way; our own way may have a time of day behind it."""
    if form == ISO and len(text) != 10:
        return is_ours(text)
    return written_as(text, form) is not None


def as_number(text: str) -> float | None:
    """A number with a point or a comma before its decimals; None when it is none."""
    found = re.fullmatch(r"-?\d{1,9}([.,]\d{1,9})?", text, re.ASCII)
    return float(text.replace(",", ".")) if found else None
