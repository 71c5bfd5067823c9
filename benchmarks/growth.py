"""What ten times the operations cost: the typical reads, one control changed again and again, the server's memory."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure, Took, beside, milliseconds, ratios, took
from benchmarks.pages import narrowed
from benchmarks.questions import Recording, half, opened, typical
from benchmarks.serving import errors, fresh, megabytes_of
from benchmarks.tiers import Tier
from dashboard.cohort import FILTERS, Cohort
from dashboard.records import Records
from tests.protocol.client import opened as window

GROUP = "growth"
FACTOR = 10
LEAST = 1_000_000
"""Below, what a question costs by itself hides how it grows."""
CONTROLLED = ("rate by procedure", "curve by procedure and day")
"""What is drawn anew where one control is changed again and again."""


def figures(tier: Tier) -> Iterator[Figure]:
    """At this size, and beside a tenth of it."""
    with opened(tier) as (engine, records):
        changes = _changes(engine, records)
        for name, change in changes.items():
            times = [one for _ in range(tier.repeats) for one in change()]
            title = f"one filter changed again and again: {name}"
            yield Figure(GROUP, title, tier.operations, **milliseconds(times), unit="ms", part="17 time")
        if tier.operations >= LEAST:
            yield from _beside_a_tenth(tier, engine, records, changes)
    yield from _memory(tier)


def _beside_a_tenth(
    tier: Tier, engine: Recording, records: Records, changes: dict[str, Callable[[], list[Took]]]
) -> Iterator[Figure]:
    with opened(tier.of(tier.operations // FACTOR)) as (small_engine, few):
        pairs = beside(_eight(engine, records), _eight(small_engine, few), tier.repeats)
        yield Figure(GROUP, "the eight reads ÷ at a tenth", tier.operations, **ratios(pairs), part="7")
        of_few = _changes(small_engine, few)
        for name, change in changes.items():
            turns = [(_middle(change()), _middle(of_few[name]())) for _ in range(tier.repeats)]
            title = f"one filter changed again and again: {name} ÷ at a tenth"
            yield Figure(GROUP, title, tier.operations, **ratios(turns), part="17 growth")


def _eight(engine: Recording, records: Records) -> Callable[[], None]:
    """Half of the operations, so that the rows are counted and nothing that was counted beforehand is read."""
    asks = typical(records.of(half(records))).values()
    asked, _ = engine.recorded(lambda: [ask() for ask in asks])
    return partial(engine.anew, asked)


def _changes(engine: Recording, records: Records) -> dict[str, Callable[[], list[Took]]]:
    """By what is drawn: the times of one change after the other of the first filter, each as if for the first time."""
    dimension = FILTERS[0].dimension
    cohorts = [Cohort(chosen={dimension: (name,)}) for name in records.choices(dimension)]

    def change(name: str) -> list[Took]:
        engine._answers.forget()
        return [took(typical(records.of(cohort))[name]) for cohort in cohorts]

    return {name: partial(change, name) for name in CONTROLLED}


def _middle(times: Sequence[Took]) -> Took:
    return Took(statistics.median(one.wall for one in times), statistics.median(one.cpu for one in times))


def _memory(tier: Tier) -> Iterator[Figure]:
    """The server's memory once every page was drawn, of all operations and of half of them."""
    with opened(tier) as (_, records):
        period = f"operated={half(records).operated_from},{records.facts.last_operation}"
    with tempfile.TemporaryDirectory() as passing, fresh(tier.store, Path(passing)) as (server, cookie):
        first, wrong = megabytes_of(server), 0
        for path, words in narrowed():
            for more in ("", period):
                with window(server.port, cookie) as one:
                    wrong += errors(one.run(path, "&".join(filter(None, (words, more)))))
        after = megabytes_of(server)
    yield Figure(GROUP, "memory of the server at its start", tier.operations, (first,), unit="MiB")
    yield Figure(GROUP, "memory of the server after every page", tier.operations, (after,), unit="MiB", part="8")
    yield Figure(GROUP, "errors of those pages", tier.operations, (wrong,), unit="errors")
