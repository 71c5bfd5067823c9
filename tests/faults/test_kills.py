"""An importer killed anywhere: what was published stays, readers notice nothing, and the next import tidies up."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.engines.generations import KEPT, Store
from dashboard.importing import ImportRefused
from dashboard.importing import run as take
from tests.faults.killing import ROOT, SMALLEST, STEPS, Kill, counted, killed, left_over, run, variants
from tests.faults.small import answer, build, publish
from tests.importing.written import write

KILLS = 12


def test_importers_killed_in_named_steps_and_at_random_lose_nothing_while_two_readers_ask(tmp_path: Path) -> None:
    figures = run(tmp_path, KILLS, every=KILLS)
    assert figures.wrong == []
    assert (figures.rows_lost, figures.generations_lost, figures.rubbish) == (0, 0, 0)
    assert (figures.reader_errors, figures.halves) == (0, 0)
    assert figures.kills == KILLS
    assert figures.generations_seen >= 2


def test_the_steps_in_which_importers_are_killed_are_steps_of_an_import(tmp_path: Path) -> None:
    said: list[str] = []
    take([write(tmp_path / "records")], tmp_path / "store", told=lambda progress: said.append(progress.step))
    assert {named for named in STEPS if not any(step.startswith(named) for step in said)} == set()


def test_an_addition_that_is_killed_leaves_the_records_as_they_were_and_can_be_made_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first, *additions = variants(tmp_path / "records")
    take([first], store.root)
    for step, addition in zip(("mart operation_band", "carry on", "verify"), additions, strict=False):
        before = store.current()
        running, last = killed(addition, store.root, Kill(step, 0.0), add=True)
        assert last == step
        with pytest.raises(ImportRefused, match="ended from outside"):
            running.result()
        assert store.current() == before
        assert store.verify() == []
        assert left_over(store) == []
        assert take([addition], store.root, add=True).generation == (before.number if before else 0) + 1
    current = store.current()
    assert current is not None
    assert counted(current)["operation"] == SMALLEST + 3


def test_a_publish_killed_before_each_of_its_calls_leaves_the_old_generation_or_the_new(tmp_path: Path) -> None:
    store, built = Store(tmp_path / "store"), build(tmp_path / "built.duckdb", 50)
    answers = {publish(store, number).number: number for number in (1, 2, 3)}
    kills, renewed = 0, 0
    while dies(store, built, kills + 1):
        kills += 1
        current = store.current()
        assert current is not None
        renewed += current.number not in answers
        answers.setdefault(current.number, 50)
        assert current.number == max(answers)
        kept = {generation.number: generation for generation in store.generations()}
        assert [answer(kept[number]) for number in sorted(answers)[-KEPT:]] == list(answers.values())[-KEPT:]
        assert store.verify() == []
    assert kills > 15
    assert 1 <= renewed < kills / 2
    publish(store, 51)
    assert left_over(store) == []


def dies(store: Store, built: Path, call: int) -> bool:
    """Publish the file in a process that kills itself before this call to the disk; whether it came so far."""
    command = [sys.executable, "-m", "tests.faults.dying", str(store.root), str(built), str(call)]
    status = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode
    assert status in (0, -signal.SIGKILL)
    return status != 0
