"""What the benchmark finds: figures, each measured several times side by side, kept as JSON and held against before."""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any, TypedDict

TIMES = "times"
LIBRARIES = ("duckdb", "pandas", "streamlit")
"""Those whose versions a figure depends on most."""


@dataclass(frozen=True)
class Figure:
    """One thing that was measured at one size.

    part: the part of a goal that it answers, as in ``goals``; "" for none. values: one for each repeat; of ratios of
    times, of wall times, and cpu the same of processor time. why_not: why there are none. when, machine: of the
    measuring. before: what the run before gave.
    """

    group: str
    name: str
    operations: int
    values: tuple[float, ...] = ()
    cpu: tuple[float, ...] = ()
    unit: str = TIMES
    part: str = ""
    why_not: str = ""
    when: str = ""
    machine: str = ""
    before: tuple[float, ...] = ()

    @property
    def key(self) -> tuple[str, str, int]:
        """What makes it the same figure in another run."""
        return self.group, self.name, self.operations

    @property
    def median(self) -> float:
        """The middle one of the repeats."""
        return statistics.median(self.values)


@dataclass(frozen=True)
class Took:
    """Seconds on the clock, and seconds of the processors in this process and in those that it waited for."""

    wall: float
    cpu: float


class Found(TypedDict):
    """The repeats, as a figure keeps them."""

    values: tuple[float, ...]
    cpu: tuple[float, ...]


def took(work: Callable[[], object]) -> Took:
    """What this work takes."""
    wall, cpu = time.perf_counter(), _processors()
    work()
    return Took(time.perf_counter() - wall, _processors() - cpu)


def beside(ours: Callable[[], object], other: Callable[[], object], repeats: int) -> list[tuple[Took, Took]]:
    """Both in turn, so often, after each was done once: only what is measured side by side may be compared."""
    ours(), other()
    return [(took(ours), took(other)) for _ in range(repeats)]


def ratios(pairs: Iterable[tuple[Took, Took]], *, upside_down: bool = False) -> Found:
    """Ours ÷ the other, or the other way round, as a figure keeps it."""
    turned = [(b, a) if upside_down else (a, b) for a, b in pairs]
    return {
        "values": tuple(a.wall / b.wall for a, b in turned),
        "cpu": tuple(a.cpu / b.cpu for a, b in turned if b.cpu > 0),
    }


def together(pairs: Sequence[Sequence[tuple[Took, Took]]]) -> list[tuple[Took, Took]]:
    """Of several things measured side by side the sums, repeat by repeat."""
    return [(_sum([ours for ours, _ in turn]), _sum([other for _, other in turn])) for turn in zip(*pairs, strict=True)]


def milliseconds(times: Iterable[Took]) -> Found:
    """Times as a figure keeps them."""
    times = list(times)
    return {"values": tuple(1000 * one.wall for one in times), "cpu": tuple(1000 * one.cpu for one in times)}


def memory() -> float:
    """The most memory that this process has had, in MiB, since ``forget_peak``."""
    return memory_of(os.getpid(), "VmHWM")


def forget_peak() -> None:
    """What was needed to prepare is not to be counted."""
    Path("/proc/self/clear_refs").write_text("5")


def memory_of(process: int, kind: str = "VmRSS") -> float:
    """What another process has in memory now, in MiB; or, by another word of the system's, the most that it had."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(kind)) / 1024


def this_machine() -> str:
    """Processors, memory and versions: without them no figure means anything."""
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} processors ({_processor()}), {memory_bytes / 1024**3:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}"
    )


def read(path: Path) -> list[Figure]:
    """The figures of a run that was kept; none where none was."""
    if not path.exists():
        return []
    kept: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [Figure(**{**one, **{key: tuple(one[key]) for key in ("values", "cpu", "before")}}) for one in kept]


def keep(path: Path, figures: Iterable[Figure]) -> None:
    """Write them down, a figure to a line."""
    lines = ",\n".join(json.dumps(asdict(_rounded(one)), ensure_ascii=False) for one in figures)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def with_before(new: Sequence[Figure], old: Sequence[Figure]) -> list[Figure]:
    """The new ones, each with what the run before gave; and the old ones of groups and sizes that were left out now."""
    known, again = {one.key: one for one in old}, {(one.group, one.operations) for one in new}
    found = [replace(one, before=known[one.key].values if one.key in known else ()) for one in new]
    return [*found, *(one for one in old if (one.group, one.operations) not in again)]


def _sum(several: Sequence[Took]) -> Took:
    return Took(sum(one.wall for one in several), sum(one.cpu for one in several))


def _rounded(one: Figure) -> Figure:
    values, cpu, before = (tuple(float(f"{value:.4g}") for value in of) for of in (one.values, one.cpu, one.before))
    return replace(one, values=values, cpu=cpu, before=before)


def _processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
