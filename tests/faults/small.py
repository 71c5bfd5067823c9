"""Stores of tiny generations, each of which answers with its own number: none can be taken for another."""

from __future__ import annotations

from pathlib import Path

import duckdb

from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Generation, Store
from dashboard.sql import Query

ROWS = 5_000
ASKED = Query("number", "", "select count(*) as rows, min(number) as low, max(number) as high from fact", frozenset())


def build(path: Path, number: int) -> Path:
    """A closed database file whose every row says the number of the generation it is meant for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"create table fact as select {number} as number, hash(i) as filler, md5(i::varchar) as words, "
            "md5((i + 0.5)::varchar) as more "
            f"from range({ROWS}) as t(i)"
        )
    return path


def publish(store: Store, number: int) -> Generation:
    """Build and publish the generation of this number, as an import does."""
    with store.writing():
        scratch = store.scratch()
        generation = store.publish(build(scratch / "generation.duckdb", number), {"published": f"2026-01-{number:02d}"})
        for left in scratch.iterdir():
            left.unlink()
        scratch.rmdir()
    return generation


def answer(generation: Generation) -> int:
    """The number that a generation answers with, asked as the app asks. Raises AssertionError for half a generation."""
    engine = DuckEngine(generation.path, generation.number)
    try:
        frame = engine.frame(ASKED, {})
    finally:
        engine.close()
    rows, low, high = (int(frame[name][0]) for name in ("rows", "low", "high"))
    assert (rows, low) == (ROWS, high), f"half a generation: {rows} rows of {low} to {high}"
    return low
