"""An importer that is killed, again and again, while others read: what is counted, and what must never be seen."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import KEPT, Generation, Store
from dashboard.importing import ImportRefused, Progress, Running, start
from dashboard.sql import Query
from tests.importing.written import write
from tests.patience import SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]
READERS = 2
VARIANTS = 5
"""Folders of records, each with an operation more than the one before, so that a row lost or two mixed would show."""
SMALLEST = 40
STEPS = (
    "publish",
    "mart profile",
    "verify",
    "publish",
    "read patients",
    "table operation",
    "publish",
    "check operations",
    "pseudonyms",
)
"""Where the kills at named steps are, by how the step's words begin; publishing gets the most."""

COUNTS = {
    table: Query(f"count {table}", "", f"select count(*) as rows from {table}", frozenset())
    for table in ("operation", "patient", "operation_outcome")
}


@dataclass(frozen=True)
class Kill:
    """When an importer is killed: in a step, or so many seconds after it began; and how long into the step."""

    step: str | None
    seconds: float


@dataclass
class Figures:
    """What the kills came to."""

    kills: int = 0
    too_late: int = 0
    published: int = 0
    rows_lost: int = 0
    generations_lost: int = 0
    rubbish: int = 0
    repairs: int = 0
    generations_seen: int = 0
    reads: int = 0
    reader_errors: int = 0
    halves: int = 0
    at: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def as_text(self) -> str:
        """The figures, a line each."""
        words = {name: value for name, value in asdict(self).items() if name not in ("at", "wrong")}
        lines = [f"{name.replace('_', ' '):<18}{value:>8,}" for name, value in words.items()]
        lines += [f"killed in {step:<22}{count:>8,}" for step, count in sorted(self.at.items())]
        return "\n".join([*lines, *self.wrong])


def variants(folder: Path) -> list[Path]:
    """Folders of records of which each has an operation more than the one before."""
    return [_records(folder / str(number), SMALLEST + number) for number in range(VARIANTS)]


def _records(folder: Path, operations: int) -> Path:
    patients = [f"P{n} | 1960 | female" for n in range(operations)]
    rows = [f"O{n} | P{n} | 2024-01-{1 + n % 28:02d} | tlif" for n in range(operations)]
    return write(
        folder,
        "\n".join(["patient_id | birth_year | sex", *patients]),
        "\n".join(["operation_id | patient_id | surgery_date | procedure", *rows]),
    )


def killed(records: Path, store: Path, kill: Kill, *, add: bool = False) -> tuple[Running, str]:
    """An import that ends by itself or by this kill, and the step in which it was last; add: of an addition."""
    running: list[Running] = []

    def told(progress: Progress) -> None:
        if kill.step is not None and progress.step.startswith(kill.step):
            time.sleep(kill.seconds)
            running[0].child.send_signal(signal.SIGKILL)

    running.append(start([records], store, told=told, add=add))
    clock = threading.Timer(kill.seconds if kill.step is None else SECONDS, running[0].child.kill)
    clock.start()
    running[0].listen()
    clock.cancel()
    clock.join()
    return running[0], running[0].progress.step


def planned(place: int, how: random.Random, longest: float) -> Kill:
    """Two of three in the named steps, one after the other; the third at any moment of an import that takes so long.

    In a named step it comes at once or up to as many milliseconds later as publishing may take.
    """
    if place % 3 < 2:
        return Kill(STEPS[(2 * (place // 3) + place % 3) % len(STEPS)], how.choice((0.0, how.uniform(0, 0.03))))
    return Kill(None, how.uniform(0.1, 1.1) * longest)


def run(
    folder: Path, number: int, seed: int = 0, *, every: int = 6, say: Callable[[str], None] | None = None
) -> Figures:
    """Kill so many importers of one store while readers ask, and import to the end after ``every`` so many.

    say: told the figures so far at each of these imports.
    """
    how, figures = random.Random(seed), Figures()
    store, records = Store(folder / "store"), variants(folder / "records")
    expected, longest = {_import(records[0], store, figures): SMALLEST}, 2.0
    with readers(store, folder / "read", figures):
        for place in count():
            kill = planned(place, how, longest)
            longest = _one(store, records, kill, how.randrange(VARIANTS), expected, figures) or longest
            if place % every == every - 1 or figures.kills == number:
                variant = how.randrange(VARIANTS)
                expected[_import(records[variant], store, figures)] = SMALLEST + variant
                _look(store, expected, figures, clean=True)
                if say is not None:
                    say("\n".join([figures.as_text(), *_so_far(folder / "read")]))
            if figures.kills == number:
                break
    return figures


def _one(
    store: Store, records: Sequence[Path], kill: Kill, variant: int, expected: dict[int, int], figures: Figures
) -> float:
    """Kill one importer and look at the store; the seconds after which it began to publish, 0 when it did not."""
    running, step = killed(records[variant], store.root, kill)
    before = max(expected)
    try:
        number = running.result().generation
    except ImportRefused:
        number = None
        figures.kills += 1
        figures.at[step.split(":")[0]] += 1
    else:
        figures.too_late += 1
    current = store.current()
    now = current.number if current else 0
    if number is not None:
        expected[number] = SMALLEST + variant
        figures.published += 1
    elif now > before:  # killed between the pointer and the word of it: it is published, though nobody was told
        expected[now] = SMALLEST + variant
    if now != max(expected):
        figures.wrong.append(f"{kill}: generation {now} is current, {max(expected)} was published")
    _look(store, expected, figures)
    return running.progress.seconds if step == "publish" else 0.0


def _import(records: Path, store: Store, figures: Figures) -> int:
    running = start([records], store.root)
    running.listen()
    number = running.result().generation
    assert number is not None
    figures.published += 1
    figures.repairs += 1
    return number


def _look(store: Store, expected: dict[int, int], figures: Figures, *, clean: bool = False) -> None:
    """The last generations that were published are there, whole, with the rows that they were published with."""
    kept = {generation.number: generation for generation in store.generations()}
    for number in sorted(expected)[-KEPT:]:
        if number not in kept:
            figures.generations_lost += 1
            figures.wrong.append(f"generation {number} is gone")
        else:
            rows = counted(kept[number])["operation"]
            figures.rows_lost += abs(expected[number] - rows)
    complaints = store.verify()
    figures.generations_lost += len(complaints)
    figures.wrong += complaints
    if clean:
        rubbish = left_over(store)
        figures.rubbish += len(rubbish)
        figures.wrong += [f"left over: {name}" for name in rubbish]


def left_over(store: Store) -> list[str]:
    """Whatever lies in a store beside its last generations and their reports, the pointer, the lock and the key."""
    kept = {generation.number for generation in store.generations()[-KEPT:]}
    named = {f"gen/{number:06d}.{kind}" for number in kept for kind in ("duckdb", "json")}
    named |= {f"reports/{number:06d}.json" for number in kept}
    allowed = named | {"reports", "CURRENT", "writer.lock", "pseudonym.key", "gen", "incoming", "gen/spill"}
    return sorted({str(path.relative_to(store.root)) for path in store.root.rglob("*")} - allowed)


def counted(generation: Generation) -> dict[str, int]:
    """The rows of a generation's tables, asked as the app asks."""
    engine = DuckEngine(generation.path, generation.number)
    try:
        return {table: int(engine.frame(query, {})["rows"][0]) for table, query in COUNTS.items()}
    finally:
        engine.close()


def _last_seen(report: Path) -> int:
    """The newest generation of which a reader has told; 0 as long as it has not."""
    return int(json.loads(report.read_text(encoding="utf-8"))["last"]) if report.exists() else 0


def _reports(folder: Path) -> list[Path]:
    return [folder / f"{number}.json" for number in range(READERS)]


def _so_far(folder: Path) -> list[str]:
    """What each reader has met until now; counted into the figures at the end."""
    said = [json.loads(report.read_text(encoding="utf-8")) for report in _reports(folder) if report.exists()]
    return [
        f"a reader so far: {one['reads']:,} reads of {one['seen']} generations, {len(one['errors'])} errors, "
        f"{len(one['halves'])} halves"
        for one in said
    ]


@contextmanager
def readers(store: Store, folder: Path, figures: Figures) -> Iterator[None]:
    """Processes that read all the while; what they met is added to the figures at the end."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.faults.reading", str(store.root)]
    reports = _reports(folder)
    running = [subprocess.Popen([*command, str(report)], cwd=ROOT) for report in reports]
    try:
        wait_until(lambda: all(_last_seen(report) > 0 for report in reports))
        yield
        last = max(generation.number for generation in store.generations())
        wait_until(lambda: all(_last_seen(report) == last for report in reports))
    finally:
        for reader in running:
            reader.terminate()
            reader.wait(timeout=SECONDS)
    for report in reports:
        said = json.loads(report.read_text(encoding="utf-8"))
        figures.reads += said["reads"]
        figures.generations_seen = max(figures.generations_seen, said["seen"])
        figures.reader_errors += len(said["errors"])
        figures.halves += len(said["halves"])
        figures.wrong += [*said["errors"], *said["halves"]]
