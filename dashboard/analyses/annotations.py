"""Remarks on the charts over time: what changed on a day, so that a later reader knows why a line moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dashboard.errors import WrongUsage
from dashboard.records import Records

ANNOTATION = "annotation"


@dataclass(frozen=True)
class Annotation:
    """One remark: of which day, in which words, by whom, written when."""

    day: date
    text: str
    who: str
    written: date


def add(records: Records, day: date | None, text: str) -> None:
    """Keep a remark about a day; it stands on every chart over time whose period holds that day.

    Raises WrongUsage when nothing was written, or the day lies outside what charts can show.
    """
    first, last = days_allowed(records)
    if day is None or not first <= day <= last:
        raise WrongUsage(f"Choose a day from {first:%Y-%m-%d} to {last:%Y-%m-%d}: others stand on no chart.")
    records.note(ANNOTATION, f"{ANNOTATION}/{day:%Y-%m-%d}", text)


def days_allowed(records: Records) -> tuple[date, date]:
    """The first and the last day that a remark may be about: from the first operation to the data date."""
    facts = records.facts
    last = facts.data_date or facts.last_operation or date.max
    return min(facts.first_operation or date.min, last), last


def annotations_of(records: Records) -> list[Annotation]:
    """Every remark, in order of the days they are about."""
    written = [
        Annotation(date.fromisoformat(note.subject.partition("/")[2]), note.text, note.who, note.at.date())
        for note in records.notes(ANNOTATION)
    ]
    return sorted(written, key=lambda one: one.day)


def placed(remarks: Sequence[Annotation], days: Sequence[date], first: float) -> list[tuple[float, Annotation]]:
    """Where each remark stands on an axis that has a day at ``first``, the next at one more, and so on; in order.

    Between two days it stands as far along as its own day; one before the first day or after the last has no place.
    """
    marks = np.array([day.toordinal() for day in days], dtype=float)
    inside = [one for one in remarks if len(marks) and marks[0] <= one.day.toordinal() <= marks[-1]]
    return [(float(np.interp(one.day.toordinal(), marks, first + np.arange(len(marks)))), one) for one in inside]
