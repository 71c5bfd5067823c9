"""What reading may take of a machine."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from dashboard.engines import machine
from tests.text_tables import generation


@pytest.mark.parametrize(("memory", "mebibytes"), [(2 << 30, 384), (16 << 30, 410), (64 << 30, 1638), (1 << 40, 4096)])
def test_memory_follows_the_machine_between_a_least_and_a_most(memory: int, mebibytes: int) -> None:
    assert round(machine.share_of(memory) / (1 << 20)) == mebibytes


@pytest.mark.parametrize(
    ("words", "size"), [("18.7 GiB", 18.7 * (1 << 30)), ("598.0 MiB", 598 << 20), ("0 bytes", 0), ("much", 0)]
)
def test_a_size_is_read_as_the_database_writes_it(words: str, size: float) -> None:
    assert machine.size(words) == pytest.approx(size)


def test_a_generation_is_read_with_what_is_allowed_here(tmp_path: Path) -> None:
    with closing(generation(tmp_path, "operation\n1")) as engine:
        asked = "select current_setting('memory_limit'), current_setting('threads')"
        memory, threads = engine._connection.execute(asked).fetchall()[0]
    allowed = machine.allowed()
    assert machine.size(memory) == pytest.approx(allowed.memory, rel=0.01)
    assert threads == allowed.threads >= 1
    assert machine.LEAST_MEMORY <= allowed.memory <= machine.MOST_MEMORY
