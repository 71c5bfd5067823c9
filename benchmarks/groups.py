"""The groups of figures, and one of them measured in a process of its own."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context

from benchmarks import contenders, curves, felt, growth, imports, pages, reads, sessions
from benchmarks.figures import Figure, this_machine
from benchmarks.tiers import Tier

GROUPS: Mapping[str, Callable[[Tier], Iterator[Figure]]] = {
    imports.GROUP: imports.figures,
    reads.GROUP: reads.figures,
    pages.GROUP: pages.figures,
    growth.GROUP: growth.figures,
    sessions.GROUP: sessions.figures,
    felt.GROUP: felt.figures,
    contenders.GROUP: contenders.figures,
    curves.GROUP: curves.figures,
}
"""In the order of the measuring."""


def measured(group: str, tier: Tier) -> list[Figure]:
    """The figures of a group at a size, from a process of its own."""
    print(f"{group}, {tier.operations:,} operations …", flush=True)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        found = process.submit(_found, group, tier).result()
    when, machine = datetime.now(UTC).isoformat(timespec="minutes"), this_machine()
    return [replace(one, when=when, machine=machine) for one in found]


def _found(group: str, tier: Tier) -> list[Figure]:
    found: list[Figure] = []
    try:
        found.extend(GROUPS[group](tier))
    except Exception as problem:  # noqa: BLE001 (whatever went wrong in one group is said in its place)
        traceback.print_exc()
        found.append(Figure(group, "the rest", tier.operations, why_not=f"failed: {type(problem).__name__}"))
    return found
