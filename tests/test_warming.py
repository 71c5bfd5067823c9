"""Before anybody comes the first page's answers are there, and nobody has asked for them yet."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard import warming
from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.remembering import forget
from dashboard.audit import lines_of
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import POINTER, Store
from dashboard.once import Once
from dashboard.settings import read
from dashboard.shell import engine_of
from dashboard.sql import Query
from dashboard.warming import Warming, warm
from tests.opened import app_for
from tests.patience import wait_until

MANAGER = Viewer("Max Moor", "manager")
PEOPLE = """
[[person]]
name = "Max Moor"
role = "manager"
iss = "https://login.example"
sub = "max"

[[person]]
name = "Anna Berg"
role = "surgeon"
surgeon = "S01"
iss = "https://login.example"
sub = "anna"
"""


def copied(sample_store: Path, folder: Path) -> Path:
    """The sample with two who may sign in, and an audit of its own."""
    shutil.copytree(sample_store, folder)
    shutil.rmtree(folder / "audit")
    (folder / "people.toml").write_text(PEOPLE)
    (folder / "people.toml").chmod(0o600)
    return folder


@pytest.fixture
def store(sample_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = copied(sample_store, tmp_path / "store")
    monkeypatch.setenv("OUTCOMES_STORE", str(folder))
    yield folder
    forget()
    engine_of.clear()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the database is asked from here on."""
    names: list[str] = []
    begin = DuckEngine._begin

    def noted(engine: DuckEngine, question: tuple[Query, Any], future: Any) -> Any:
        names.append(question[0].name)
        return begin(engine, question, future)

    monkeypatch.setattr(DuckEngine, "_begin", noted)
    return names


def on_record(store: Path) -> list[tuple[str, str]]:
    """Who asked what; sign-ins and the like, of whichever test before, are no questions."""
    return sorted((line["viewer"], line["question"]) for line in lines_of(store / "audit") if "question" in line)


def point(store: Path, words: bytes) -> None:
    """Move the pointer as a publish does: whoever reads it finds the one or the other."""
    fresh = store / "fresh"
    fresh.write_bytes(words)
    fresh.replace(store / POINTER)


@pytest.mark.parametrize("viewer", [OPERATOR, MANAGER])
def test_the_first_page_asks_the_database_nothing_and_stands_in_the_audit_as_ever(
    store: Path, sample_store: Path, tmp_path: Path, asked: list[str], viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm(store)
    assert asked
    assert not on_record(store)
    asked.clear()
    opened = app_for(viewer).run()
    assert asked == []
    monkeypatch.setenv("OUTCOMES_STORE", str(copied(sample_store, tmp_path / "cold")))
    cold = app_for(viewer).run()
    assert asked
    assert not opened.error
    assert [each.value for each in opened.markdown] == [each.value for each in cold.markdown]
    assert on_record(store) == on_record(tmp_path / "cold") != []


def test_only_what_is_told_exactly_of_the_whole_practice_is_made_ready_each_kind_once(store: Path) -> None:
    other = PEOPLE.replace("Max Moor", "Mia Moor").replace('"max"', '"mia"').partition('[[person]]\nname = "Anna')[0]
    (store / "people.toml").write_text(PEOPLE + other)
    assert sorted(each.role for each in warming._told_everything(read())) == ["manager", "operator"]
    (store / "people.toml").write_text(f'[practice]\nmanagers = "protected"\n{PEOPLE}')
    assert [each.role for each in warming._told_everything(read())] == ["operator"]


def test_whenever_the_pointer_moves_it_is_done_again_until_the_server_ends(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[bytes] = []
    monkeypatch.setattr(warming, "SECONDS_BETWEEN_LOOKS", 0.02)
    monkeypatch.setattr(warming, "warm", lambda store: done.append((store / POINTER).read_bytes()))
    with Warming(store):
        wait_until(lambda: len(done) == 1)
        point(store, b"000002 moved")
        wait_until(lambda: len(done) == 2)
    point(store, b"000003 moved")
    assert done[1] == b"000002 moved"
    assert not [each for each in threading.enumerate() if each.name == "warming"]
    assert len(done) == 2


@pytest.mark.parametrize("problem", ["nothing published", "damaged", "unforeseen"])
def test_what_goes_wrong_ends_nothing(
    store: Path, problem: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[int] = []
    if problem == "nothing published":
        shutil.rmtree(store / "gen")
        (store / POINTER).unlink()
    elif problem == "damaged":
        current = Store(store).current()
        assert current is not None
        current.path.chmod(0o600)
        current.path.write_bytes(b"damaged")

    def noted(store: Path) -> None:
        tried.append(1)
        if problem == "unforeseen":
            raise ValueError("Miller, Anna")
        warm(store)

    monkeypatch.setattr(warming, "warm", noted)
    with Warming(store):
        wait_until(lambda: bool(tried))
    assert ("not made ready: ValueError" in caplog.text) == (problem == "unforeseen")
    assert "Miller" not in caplog.text


def test_when_the_server_ends_what_is_waited_for_is_let_go(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def endless(question: str, future: Any) -> Any:
        begun.set()
        return stopped.set

    waiting: Once[str, str] = Once(1, endless)
    monkeypatch.setattr(warming, "warm", lambda store: waiting.ask("never answered"))
    with Warming(store):
        assert begun.wait(60)
    assert stopped.is_set()
