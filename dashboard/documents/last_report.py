"""The last report of a kind and scope: the generation that it was made from is kept, to be held against the next one.

Two are kept of each: that of the last report, and of the one before it from other records, so that a report which is
made again from the same records says the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from dashboard.analyses.since_last_import import SinceImport, between_two
from dashboard.cohort import Cohort, day_words
from dashboard.engines import pins
from dashboard.engines.generations import MADE_FROM, Generation, Store
from dashboard.engines.held_together import HeldTogether
from dashboard.errors import OutcomesError
from dashboard.importing.publishing.between import Counted, between
from dashboard.importing.publishing.since import published_on
from dashboard.records import Records

PREFIX, EARLIER = "report", "earlier"
MOST_KEPT = 6
"""Scopes whose generations are kept at a time: each keeps two, and a generation takes room on the disk."""
NONE_YET = (
    "No earlier report of the same practice and filters is known, of whatever period: the next one is held against "
    "this one."
)
NOTHING_SINCE = (
    "Nothing has been imported since the last report of the same practice and filters, of whatever period, and there "
    "is none from earlier records to hold this one against."
)
INDEX_ALONE = "What changed since the last report is told of index operations."
A_PART = "What changed since the last report is told to those who see the whole practice in exact counts."
CANNOT = "The records that the last report was made from cannot be held against those of today."


@dataclass(frozen=True)
class LastReport:
    """records: the report's own, whose engine holds both generations together; None for the ``why`` in words.

    published: the day on which the records that it was made from were published. anew: whether these were made without
    somebody who was forgotten, before that report or after it.
    """

    records: Records | None = None
    generation: int = 0
    published: date | None = None
    why: str = NONE_YET
    anew: bool = False

    @property
    def when(self) -> str:
        """Which report, in words."""
        day = f", published on {day_words(self.published)}" if self.published else ""
        return f"in the records of the last report (generation {self.generation}{day})"

    def steps(self, outcome: str, within_days: int) -> SinceImport | None:
        """What changed of an outcome since then; None where it was not counted."""
        return between_two(self.records, outcome, within_days) if self.records else None


def pin_of(kind: str, cohort: Cohort) -> str:
    """The name under which a generation is kept for reports of this kind and scope, whatever their period."""
    scope = repr((sorted(cohort.chosen.items()), cohort.every_operation))
    return f"{PREFIX}-{kind}-{hashlib.sha256(scope.encode()).hexdigest()[:16]}"


def last_report(store: Store, records: Records, kind: str, outcomes: Sequence[str]) -> LastReport:
    """The last report of this kind and scope that was made from other records, held together with those of now."""
    if not records.viewer.sees_everything_exactly:  # a difference of two would tell of few
        return LastReport(why=A_PART)
    if records.cohort.every_operation:
        return LastReport(why=INDEX_ALONE)
    name, number = pin_of(kind, records.kept_cohort()), records.engine.generation
    try:
        pinned = pins.pins(store.root)
        kept = [found for pin in (name, f"{name}-{EARLIER}") if (found := pinned.get(pin))]
        others = [found for found in kept if found != number]
        if not others:
            return LastReport(why=NOTHING_SINCE if kept else NONE_YET)
        by_number = {generation.number: generation for generation in store.generations()}
        if others[0] not in by_number or number not in by_number:
            return LastReport(why=CANNOT)
        return _held(store, records, by_number[others[0]], by_number[number], outcomes)
    except OutcomesError as problem:
        return LastReport(why=f"What changed since the last report cannot be told: {problem.message}")


def _held(store: Store, records: Records, before: Generation, now: Generation, outcomes: Sequence[str]) -> LastReport:
    told = tuple(str(one.manifest["sha256"]) for one in (before, now))
    answers = _counted(_HeldAsked(told, records.kept_cohort(), tuple(outcomes), store, before, now))
    if not answers:
        return LastReport(why=CANNOT)
    both = replace(records, engine=HeldTogether(records.engine, answers))
    return LastReport(both, before.number, published_on(before.manifest), "", MADE_FROM in before.manifest)


@dataclass(frozen=True)
class _HeldAsked:
    """What two generations of a store are asked: the same where these digests, operations and outcomes are."""

    digests: tuple[str, ...]
    cohort: Cohort
    outcomes: tuple[str, ...]
    store: Store
    before: Generation = field(compare=False)
    now: Generation = field(compare=False)


@lru_cache(maxsize=MOST_KEPT)
def _counted(asked: _HeldAsked) -> Counted:
    """Counted once: it takes the writer's lock, and a preview asks again whenever its page is drawn."""
    return between(asked.store, asked.before, asked.now, asked.cohort, asked.outcomes)


def keep(store: Store, records: Records, kind: str) -> None:
    """Keep the generation that a report was made from, beside that of the one before it. Raises StoreBusy.

    Of whoever sees a part or rounded counts nothing is kept, of a visitor, and of every operation: nothing is held
    against those.
    """
    if not records.viewer.sees_everything_exactly or records.viewer.made_up_only or records.cohort.every_operation:
        return
    name, number = pin_of(kind, records.kept_cohort()), records.engine.generation
    pinned = pins.pins(store.root)
    if pinned.get(name) == number:
        return
    if name in pinned:
        store.pin(f"{name}-{EARLIER}", pinned[name])
    store.pin(name, number)
    _let_go(store, name)


def _let_go(store: Store, own: str) -> None:
    """Keep no more scopes than there may be: that with the oldest report goes."""
    held = {name: number for name, number in pins.pins(store.root).items() if name.startswith(f"{PREFIX}-")}
    last = {name: number for name, number in held.items() if not name.endswith(f"-{EARLIER}") and name != own}
    for name in sorted(last, key=lambda one: (last[one], one))[: max(0, len(last) + 1 - MOST_KEPT)]:
        for pin in (name, f"{name}-{EARLIER}"):
            if pin in held:
                store.unpin(pin)
