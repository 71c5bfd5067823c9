"""The eight typical reads against pandas and polars on prepared frames: processor time, time and memory.

Each has a process of its own, which they take turns in; what each needs to prepare itself is not timed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from typing import Any

from benchmarks.eight import by_pandas, by_polars
from benchmarks.figures import Figure, Took, forget_peak, memory, ratios, took
from benchmarks.frames import in_pandas, library, missing, tables, values
from benchmarks.questions import half, opened, typical
from benchmarks.tiers import Tier

GROUP = "contenders"
OURS, PANDAS, POLARS = "ours", "pandas", "polars"

_ready: list[Callable[[], object]] = []
"""In the process of each: what it does when it is its turn."""
_open = ExitStack()
"""What stays open as long as the process is there."""


def figures(tier: Tier) -> Iterator[Figure]:
    """How many times the processor time, the time and the memory of ours the others need."""
    tier.generation  # noqa: B018 (made before the three of them want it at once)
    names = [name for name in (OURS, PANDAS, POLARS) if library(name) or name == OURS]
    with ExitStack() as stack:
        spawned = get_context("spawn")
        own = {name: stack.enter_context(ProcessPoolExecutor(1, mp_context=spawned)) for name in names}
        for name in names:
            own[name].submit(_prepare, tier, name).result()
        turns = [{name: own[name].submit(_turn).result() for name in names} for _ in range(tier.repeats)]
        most = {name: own[name].submit(memory).result() for name in names}
    for name in (PANDAS, POLARS):
        if name not in names:
            yield Figure(GROUP, f"the eight reads: {name} ÷ ours", tier.operations, why_not=missing(name))
            continue
        found = ratios([(turn[name], turn[OURS]) for turn in turns])
        parts = ("6 time", "6 memory") if name == PANDAS else ("", "")
        by_processors = f"the eight reads, processor time: {name} ÷ ours"
        yield Figure(GROUP, f"the eight reads: {name} ÷ ours", tier.operations, **found)
        yield Figure(GROUP, by_processors, tier.operations, found["cpu"], part=parts[0])
        less = (most[OURS] / most[name],)
        yield Figure(GROUP, f"memory of the process: ours ÷ {name}", tier.operations, less, part=parts[1])
    for name in names:
        yield Figure(GROUP, f"memory of the process: {name}", tier.operations, (most[name],), unit="MiB")


def _turn() -> Took:
    return took(_ready[0])


def _prepare(tier: Tier, name: str) -> None:
    """Read what it needs, and do it once."""
    _ready.append({OURS: _ours, PANDAS: _pandas, POLARS: _polars}[name](tier))
    gc.collect()
    forget_peak()
    _ready[0]()


def _ours(tier: Tier) -> Callable[[], object]:
    engine, records = _open.enter_context(opened(tier))
    asks = typical(records.of(half(records))).values()
    asked, _ = engine.recorded(lambda: [ask() for ask in asks])
    return lambda: engine.anew(asked)


def _pandas(tier: Tier) -> Callable[[], object]:
    frames = {name: in_pandas(tier, statement) for name, statement in tables(tier).items()}
    bound = values(tier)
    return lambda: by_pandas(frames, **bound)


def _polars(tier: Tier) -> Callable[[], object]:
    polars: Any = library(POLARS)
    frames = {name: polars.from_pandas(in_pandas(tier, statement)) for name, statement in tables(tier).items()}
    bound = values(tier)
    return lambda: by_polars(polars, frames, **bound)
