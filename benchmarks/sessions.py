"""One, twelve and fifty who use the app together, against the same app by Streamlit's own means (``plain``).

By the app's own protocol, without browsers. After a publish they arrive together; then each changes a filter again and
again, fifty of them every ten seconds, fewer as fast as they are answered.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.serving import FILTERS, KEEPING, OURS, PLAIN, errors, fresh, megabytes_of, seconds_of
from benchmarks.tiers import Tier
from benchmarks.together import a_round, all_at_once, timed
from tests import raw
from tests.protocol.client import Session, opened

GROUP = "sessions"
TOGETHER, CROWD = 12, 50
PEOPLE = (1, TOGETHER, CROWD)
CHANGES, RERUNS = 3, 10
SECONDS_BETWEEN_CHANGES = 10.0
MOST_ROUNDS = 3
"""A round takes minutes: so many are made, however often other things are measured."""


OTHERS = {"Streamlit's own means": PLAIN, "Streamlit's garbage collection": KEEPING}
"""What the app is held against; the stricter one decides."""
OF_A_CROWD = ("Streamlit's garbage collection",)
MANY = 1_000_000
"""By Streamlit's own means alone fifty people wait for minutes each, and so do twelve of so many operations."""


@dataclass(frozen=True)
class Crowd:
    """What so many had on one server. p95: seconds of a change; a_second: runs."""

    last: float
    p95: float
    a_second: float
    errors: int


def figures(tier: Tier) -> Iterator[Figure]:
    """The ratios of one round after the other, each on fresh servers."""
    with tempfile.TemporaryDirectory() as folder:
        passing, rounds = Path(folder), min(tier.repeats, MOST_ROUNDS)
        yield from _arriving(tier, passing, rounds)
        yield from _reruns(tier, passing)
        memory = tuple(_memory(tier, passing) for _ in range(rounds))
        yield Figure(GROUP, "memory of a further session", tier.operations, memory, unit="MB", part="12 memory")
        for people in PEOPLE:
            few = people < CROWD and tier.operations < MANY
            others = OTHERS if few else {name: OTHERS[name] for name in OF_A_CROWD}
            found = [[_crowd(tier, passing, people, how) for how in (OURS, *others.values())] for _ in range(rounds)]
            yield from _beside(tier, people, others, *zip(*found, strict=True))


def _arriving(tier: Tier, passing: Path, rounds: int) -> Iterator[Figure]:
    found = [a_round(tier.store, passing, TOGETHER) for _ in range(rounds)]
    ratios: dict[str, tuple[str, Sequence[float]]] = {
        f"the last of {TOGETHER} together ÷ one alone": ("15", [each.last_of_all / each.alone for each in found]),
        "ten quick changes ÷ one": ("16", [each.ten_changes / each.one_change for each in found]),
    }
    for name, (part, values) in ratios.items():
        yield Figure(GROUP, name, tier.operations, tuple(values), part=part)
    for name, times in (("Overview for one alone", [each.alone for each in found]),
                        ("the same again", [each.again for each in found]),
                        ("one change of a filter", [each.one_change for each in found])):  # fmt: skip
        yield Figure(GROUP, name, tier.operations, tuple(1000 * each for each in times), unit="ms")


def _beside(
    tier: Tier, people: int, names: Iterable[str], ours: Sequence[Crowd], *others: Sequence[Crowd]
) -> Iterator[Figure]:
    """What so many had, ours and ours ÷ each of the others."""
    crowd = people == CROWD
    told: tuple[tuple[str, str, str, Callable[[Crowd], float]], ...] = (
        ("the last that arrived", "ms", "", lambda one: 1000 * one.last),
        ("a change, 95th percentile", "ms", "", lambda one: 1000 * one.p95),
        ("runs a second", "runs", "", lambda one: one.a_second),
        ("errors", "errors", "12 errors" if crowd else "", lambda one: one.errors),
    )
    for name, unit, part, of in told:
        values = tuple(of(one) for one in ours)
        yield Figure(GROUP, f"{people}: {name}", tier.operations, values, unit=unit, part=part)
    for name, other in zip(names, others, strict=True):
        both = list(zip(ours, other, strict=True))
        slow, many = tuple(a.p95 / b.p95 for a, b in both), tuple(a.a_second / b.a_second for a, b in both)
        part = "12 p95" if crowd else ""
        yield Figure(GROUP, f"{people}: a change, 95th percentile ÷ by {name}", tier.operations, slow, part=part)
        yield Figure(GROUP, f"{people}: runs a second ÷ by {name}", tier.operations, many)


def _reruns(tier: Tier, passing: Path) -> Iterator[Figure]:
    """Overview with nothing changed and its counts remembered, on all servers in turn."""
    with ExitStack() as stack:
        asks: list[Callable[[], float]] = []
        for command in (OURS, *OTHERS.values()):
            server, cookie = stack.enter_context(fresh(tier.store, passing, command))
            window = stack.enter_context(opened(server.port, cookie))
            asks.append(partial(_processors, server, window))
            asks[-1]()
        found = [[ask() for ask in asks] for _ in range(tier.repeats)]
    for place, name in enumerate(OTHERS, start=1):
        ratios = tuple(each[0] / each[place] for each in found)
        yield Figure(GROUP, f"processor time of a rerun ÷ by {name}", tier.operations, ratios, part="11")


def _processors(server: raw.Served, window: Session) -> float:
    began = seconds_of(server)
    for _ in range(RERUNS):
        window.run()
    return seconds_of(server) - began


def _memory(tier: Tier, passing: Path) -> float:
    """Megabytes for each of the sessions that come after the first, with Overview drawn in every one."""
    with fresh(tier.store, passing) as (server, cookie), ExitStack() as stack:
        stack.enter_context(opened(server.port, cookie)).run()
        before = megabytes_of(server)
        all_at_once([stack.enter_context(opened(server.port, cookie)) for _ in range(CROWD)])
        return (megabytes_of(server) - before) / CROWD


def _crowd(tier: Tier, passing: Path, people: int, command: Sequence[str]) -> Crowd:
    with fresh(tier.store, passing, command) as (server, cookie), ExitStack() as stack:
        windows = [stack.enter_context(opened(server.port, cookie)) for _ in range(people)]
        came = all_at_once(windows)
        pause = SECONDS_BETWEEN_CHANGES if people == CROWD else 0.0
        with ThreadPoolExecutor(people) as threads:
            began = time.monotonic()
            found = list(threads.map(lambda each: _changes(each[1], each[0], pause), enumerate(windows)))
            seconds = time.monotonic() - began
    times = [took for own, _ in found for took in own]
    wrong = sum(errors(told) for told, _ in came) + sum(own for _, own in found)
    return Crowd(max(took for _, took in came), _percentile_95(times), len(times) / seconds, wrong)


def _changes(window: Session, who: int, pause: float) -> tuple[list[float], int]:
    """The seconds of each change that one person makes, and the errors that came."""
    chance = random.Random(who)
    times, wrong, began = [], 0, time.monotonic() + pause * chance.random()
    for change in range(CHANGES):
        time.sleep(max(0.0, began + change * pause - time.monotonic()))
        told, took = timed(window, chance.choice(FILTERS))
        times.append(took)
        wrong += errors(told)
    return times, wrong


def _percentile_95(times: Sequence[float]) -> float:
    return times[0] if len(times) == 1 else statistics.quantiles(times, n=20, method="inclusive")[-1]
