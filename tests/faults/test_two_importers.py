"""Two imports at once: the second is told, the first goes on, and a file that lies about is no lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.engines.generations import Store
from dashboard.errors import StoreBusy
from dashboard.importing import Running, run, start
from dashboard.importing.work import work
from tests.faults.killing import counted
from tests.importing.written import take, write


def test_a_second_import_is_told_that_another_runs_and_the_first_ends_as_if_alone(tmp_path: Path) -> None:
    records, store = write(tmp_path / "records"), Store(tmp_path / "store")
    take(records, store.root)
    told: list[str] = []

    def meanwhile(step: str) -> None:
        if step != "verify":
            return
        with pytest.raises(StoreBusy, match=r"^Another import is running\. Wait until it is done, then start again\.$"):
            run([records], store.root)
        with pytest.raises(StoreBusy, match="Another import is running"):
            store.restore(1)
        told.append(step)

    first = work([records], store.root, None, False, meanwhile)
    assert told == ["verify"]
    assert first.generation == 2
    assert [counted(generation)["operation"] for generation in store.generations()] == [1, 1]


def test_the_lock_of_an_importer_that_was_killed_is_free(tmp_path: Path) -> None:
    records, store = write(tmp_path / "records"), tmp_path / "store"
    running: list[Running] = []
    running.append(start([records], store, told=lambda _: running[0].child.kill()))
    running[0].listen()
    assert (store / "writer.lock").exists()
    assert take(records, store).generation == 1
