"""The import against the database's own typed reading of the same files; one more month against a copy of the store."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, Took, beside, milliseconds, ratios, took
from benchmarks.tiers import Tier
from benchmarks.typed_read import typed_read
from dashboard import importing, sample
from dashboard.engines.generations import Store
from dashboard.shipped import shipped

GROUP = "import"
MONTHS = 120
"""So many months' operations are in a store: the month that comes has as many as one of them."""
KEYS = ("patient_id", "operation_id")
MANY = 1_000_000
"""From so many operations on, everything is done once: it takes minutes, and differs little."""


def figures(tier: Tier) -> Iterator[Figure]:
    """How many times longer, by the clock and by processors; the most memory; the size; the month."""
    with _passing(tier, "measured") as store:
        pairs = _imports(tier, store)
        yield Figure(GROUP, "import ÷ typed read", tier.operations, **ratios(pairs), part="14 import")
        yield Figure(GROUP, "import", tier.operations, **milliseconds(ours for ours, _ in pairs), unit="ms")
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        yield Figure(GROUP, "memory of the import", tier.operations, (most,), unit="MiB")
        current = Store(store).current()
        assert current is not None
        yield Figure(GROUP, "size of the store", tier.operations, (current.path.stat().st_size / 1024**2,), unit="MiB")
        if not (tier.folder / f"store-{tier.operations}").exists():
            store.rename(tier.folder / f"store-{tier.operations}")
    yield from _month(tier)


def _imports(tier: Tier, store: Path) -> list[tuple[Took, Took]]:
    def ours() -> None:
        shutil.rmtree(store, ignore_errors=True)
        importing.run([tier.records], store)

    def bare() -> None:
        typed_read(tier.records)

    if tier.operations < MANY:
        return beside(ours, bare, tier.repeats)
    bare()  # so that both find the files in memory, or neither
    return [(took(ours), took(bare))]


def _month(tier: Tier) -> Iterator[Figure]:
    """A delivery of as many new operations as come in a month, into a copy of the store."""
    if not _can_add():
        why = "`outcomes import` knows no --add"
        yield Figure(GROUP, "one more month ÷ a copy of the store", tier.operations, why_not=why, part="14 month")
        return
    month, found = _records_of_a_month(tier), list[tuple[Took, Took, Took]]()
    for _ in range(tier.repeats if tier.operations < MANY else 1):
        with _passing(tier, "month") as store, _passing(tier, "alone") as alone:
            shutil.copytree(tier.store, store, ignore=shutil.ignore_patterns("*.duckdb"))
            copied = took(partial(_copied, tier, store))
            added = took(partial(_command, "--add", str(month), "--store", str(store)))
            by_itself = took(partial(_command, str(month), "--store", str(alone)))
            found.append((added, copied, by_itself))
    beside_copy = ratios([(added, copied) for added, copied, _ in found])
    yield Figure(GROUP, "one more month ÷ a copy of the store", tier.operations, **beside_copy, part="14 month")
    both = [(added, Took(copied.wall + own.wall, copied.cpu + own.cpu)) for added, copied, own in found]
    name = "one more month ÷ a copy and an import of the month alone"
    yield Figure(GROUP, name, tier.operations, **ratios(both), part="18")
    yield Figure(GROUP, "one more month", tier.operations, **milliseconds(each[0] for each in found), unit="ms")
    yield Figure(GROUP, "a copy of the store", tier.operations, **milliseconds(each[1] for each in found), unit="ms")


def _can_add() -> bool:
    words = [sys.executable, "-m", "dashboard.cli", "import", "--help"]
    return "--add" in subprocess.run(words, capture_output=True, text=True, check=True).stdout


def _command(*words: str) -> None:
    """As a user gives it. What it says is shown only when it refuses."""
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.cli", "import", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def _copied(tier: Tier, store: Path) -> None:
    """The data file, down to the disk: less is no copy."""
    with tier.generation.path.open("rb") as there, (store / "gen" / tier.generation.path.name).open("wb") as here:
        shutil.copyfileobj(there, here, 1 << 24)
        here.flush()
        os.fsync(here.fileno())


def _records_of_a_month(tier: Tier) -> Path:
    """New patients with new operations, whose numbers no other has; of any day, which spares an addition nothing."""
    folder = tier.folder / f"month-{tier.operations}"
    if folder.exists():
        return folder
    passing = tier.folder / f"month-{tier.operations}.passing"
    shutil.rmtree(passing, ignore_errors=True)
    sample.write(passing, max(1, tier.operations // MONTHS), 2, rules=shipped("sample_data", "rules.toml"))
    with duckdb.connect() as connection:
        for path in passing.glob("*.csv"):
            renamed = path.with_suffix(".renamed")
            read = f"read_csv('{path}', header = true, all_varchar = true)"
            names = [column for column, *_ in connection.execute(f"describe select * from {read}").fetchall()]
            told = ", ".join(f"'N' || {name} as {name}" if name in KEYS else name for name in names)
            connection.execute(f"copy (select {told} from {read}) to '{renamed}' (header, format csv)")
            renamed.rename(path)
    passing.rename(folder)
    return folder


@contextmanager
def _passing(tier: Tier, name: str) -> Iterator[Path]:
    """A store beside those that are kept, on the same disk, gone afterwards."""
    path = tier.folder / f"store-{tier.operations}.{name}"
    shutil.rmtree(path, ignore_errors=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
