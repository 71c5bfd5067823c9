"""A reader that asks again and again until told to stop: ``python -m tests.faults.reading STORE REPORT``."""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path

from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Generation, Store
from dashboard.sql import Query

PAUSE = 0.02
"""Seconds between two questions, so that those who import have some of the machine."""
TELL = 2.0
"""Seconds between two reports."""
AGAIN = 20
"""So many questions are put to one open file before it is opened anew, as another session would."""


class Reader:
    """What one reader sees: how many answers, from which generations, and whatever was wrong with them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reads = 0
        self.seen: set[int] = set()
        self.errors: list[str] = []
        self.halves: list[str] = []
        self.stopped = False
        self._engine: DuckEngine | None = None
        self._manifest: dict[str, int] = {}

    def read(self) -> None:
        """Look up the generation that is shown, as each interaction of the app does, and count its rows."""
        shown = self.store.last_whole()
        if shown is None or shown.warning:
            self.errors.append(shown.warning if shown else "nothing is published any more")
            return
        engine = self._opened(shown.generation)
        for table in ("operation", "patient", "operation_outcome"):
            # Each question differs from the last, or the engine would answer from memory.
            text = f"select count(*) as rows from {table} where {self.reads} >= 0"
            rows = int(engine.frame(Query("count", "", text, frozenset()), {})["rows"][0])
            if rows != self._manifest[table]:
                self.halves.append(f"generation {engine.generation}: {rows} of {self._manifest[table]} {table} rows")
        self.reads += 1

    def _opened(self, generation: Generation) -> DuckEngine:
        if self.seen and generation.number < max(self.seen):
            self.errors.append(f"generation {generation.number} is shown after {max(self.seen)}")
        engine = self._engine
        if engine is None or engine.generation != generation.number or self.reads % AGAIN == 0:
            self._manifest = generation.manifest["rows"]
            if engine is not None:
                engine.close()
            engine = self._engine = DuckEngine(generation.path, generation.number)
            self.seen.add(generation.number)
        return engine

    def report(self) -> str:
        """What it met, for whoever counts."""
        words: dict[str, object] = {"reads": self.reads, "seen": len(self.seen), "last": max(self.seen, default=0)}
        words |= {"errors": self.errors, "halves": self.halves}
        return json.dumps(words)


def main() -> None:
    """Read until SIGTERM, then write the report."""
    reader = Reader(Store(Path(sys.argv[1])))

    def stop(*_: object) -> None:
        reader.stopped = True

    signal.signal(signal.SIGTERM, stop)
    report, told = Path(sys.argv[2]), 0.0
    while not reader.stopped:
        if time.monotonic() - told > TELL:
            tell(report, reader)
            told = time.monotonic()
        try:
            reader.read()
            time.sleep(PAUSE)
        except Exception as problem:  # noqa: BLE001 (whatever it is, it is what a reader must not meet)
            reader.errors.append(f"{type(problem).__name__}: {problem}")
    tell(report, reader)


def tell(report: Path, reader: Reader) -> None:
    """Put the report where it stands whole at any moment."""
    fresh = report.with_suffix(".new")
    fresh.write_text(reader.report(), encoding="utf-8")
    fresh.replace(report)


if __name__ == "__main__":
    main()
