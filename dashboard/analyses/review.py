"""What asks for a look: signals that nobody has acknowledged yet, and those that somebody has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dashboard import wording
from dashboard.analyses.groups import FAMILY, rows_of
from dashboard.analyses.monitor import MORE
from dashboard.analyses.plans import ActionPlan, plan_about
from dashboard.analyses.signals import signals
from dashboard.cohort import day_words
from dashboard.definitions import load
from dashboard.engines.notebook import Note
from dashboard.records import Records

ACKNOWLEDGEMENT = "acknowledgement"


@dataclass(frozen=True)
class Item:
    """One signal in words: what, how much, since when; what to do next; and the filters that show it.

    whom, seen: the same in few words, for a list: "S04, decompression"; "complication: 8 seen, 1.9 expected in 18
    operations". subject: the key under which it is acknowledged; it changes when the chart signals anew. note: the
    acknowledgement; plan: what was decided. filters: by the filter's word in the address, the names to choose.
    """

    subject: str
    whom: str
    seen: str
    what: str
    step: str
    filters: dict[str, list[str]] = field(hash=False)
    on: date
    since: date
    note: Note | None
    plan: ActionPlan | None

    @property
    def waits(self) -> bool:
        """Whether nobody has looked at it, and nothing was decided."""
        return self.note is None and self.plan is None


def review(records: Records) -> list[Item]:
    """The signals that run, those at which nobody has looked first, then the latest first."""
    notes = {note.subject: note for note in records.notes(ACKNOWLEDGEMENT)}
    answer = signals(records)
    since = answer.since or date.min
    items = [
        _of_series(row, notes.get(row.subject), plan_about(records, row.subject), since)
        for row in rows_of(answer.series) if row.signal
    ]  # fmt: skip
    return sorted(items, key=lambda item: (not item.waits, -item.on.toordinal(), item.subject))


def acknowledge(records: Records, item: Item, text: str) -> None:
    """Keep that somebody has looked and nothing is to be done: who, when, why. Raises WrongUsage without a word."""
    records.note(ACKNOWLEDGEMENT, item.subject, text)


def _of_series(row: Any, note: Note | None, plan: ActionPlan | None, since: date) -> Item:
    watched = load().monitoring
    outcome = load().outcomes[watched.outcome]
    direction = "more" if row.signal == MORE else "fewer"
    day = row.signalled_on
    what = (
        f"{outcome.short} within {watched.within_days} days, {row.label}, {row.family_label.lower()}: {direction} than "
        f"expected. After {row.failed} of {row.operations} operations since {day_words(since)}, "
        f"{row.expected:.1f} expected; "
        f"signal with the operation of {day_words(day)}."
    )
    step = "Review these operations." if direction == "more" else "See what went well here."
    filters = {"surgeon": [str(row.unit)], FAMILY: [str(row.family)]}
    whom = f"{row.label}, {wording.within_sentence(row.family_label)}"
    of = wording.count(int(row.operations), "operation")
    seen = f"{wording.within_sentence(outcome.short)}: {row.failed} seen, {row.expected:.1f} expected in {of}"
    return Item(row.subject, whom, seen, what, step, filters, day, since, note, plan)
