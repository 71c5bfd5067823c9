"""The eight typical reads against a bare scan of the columns that they touch, and the same question again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.figures import Figure, beside, milliseconds, ratios, took
from benchmarks.questions import Asked, Recording, Scanned, half, opened, typical
from benchmarks.tiers import Tier
from dashboard.cohort import Cohort
from dashboard.records import Records

GROUP = "reads"


def figures(tier: Tier) -> Iterator[Figure]:
    """Of all operations, and of half of them by a day on which nothing was counted beforehand."""
    with opened(tier) as (engine, records):
        for of, cohort in (("half", half(records)), ("all", Cohort())):
            yield from _against_the_floor(engine, records.of(cohort), tier, of)
        yield from _again(engine, records.of(half(records)), tier)


def _against_the_floor(engine: Recording, records: Records, tier: Tier, of: str) -> Iterator[Figure]:
    asks: list[Asked] = []
    scans: list[Scanned] = []
    for name, ask in typical(records).items():
        asked, scanned = engine.recorded(ask)
        pairs = beside(partial(engine.anew, asked), engine.floor(scanned), tier.repeats)
        yield Figure(GROUP, f"{name}, of {of} ÷ bare scan", tier.operations, **ratios(pairs))
        asks, scans = [*asks, *asked], [*scans, *scanned]
    pairs = beside(partial(engine.anew, asks), engine.floor(scans), tier.repeats)
    part = "1" if of == "half" else ""
    yield Figure(GROUP, f"the eight together, of {of} ÷ one bare scan", tier.operations, **ratios(pairs), part=part)
    for name, place in (("the eight together", 0), ("one bare scan", 1)):
        times = milliseconds(pair[place] for pair in pairs)
        yield Figure(GROUP, f"{name}, of {of}", tier.operations, **times, unit="ms")


def _again(engine: Recording, records: Records, tier: Tier) -> Iterator[Figure]:
    """The same questions once more: how long each takes, through the door, and how many reach the database."""
    asks = typical(records)
    for ask in asks.values():
        ask()
    engine.scanned = []
    times = [took(ask) for _ in range(tier.repeats) for ask in asks.values()]
    yield Figure(GROUP, "a question asked again", tier.operations, **milliseconds(times), unit="ms", part="4 time")
    scans = (float(len(engine.scanned)),)
    yield Figure(GROUP, "scans of those", tier.operations, scans, unit="scans", part="4 scans")
