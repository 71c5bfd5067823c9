"""Nobody's name is left lying about: not by an import that was killed, nor by what was given to the page."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.engines.generations import Store
from dashboard.errors import WrongUsage
from dashboard.importing import ImportRefused, desk, leftovers, run, start
from dashboard.importing.work import steps, work
from tests.importing.written import take, write
from tests.patience import wait_until

CANARY = "Zaunkoenig"


def bytes_of(folder: Path) -> bytes:
    """Every byte of every file below a folder, and every name."""
    return b"".join(
        path.name.encode() + (path.read_bytes() if path.is_file() else b"") for path in sorted(folder.rglob("*"))
    )


def named(folder: Path) -> Path:
    """Records whose first patient's number is the canary, which no generation keeps."""
    return write(
        folder,
        patients=f"patient_id | birth_year | sex\n{CANARY} | 1960 | female",
        operations=f"operation_id | patient_id | surgery_date | procedure\nO1 | {CANARY} | 2024-01-01 | tlif",
    )


def given(store: Path) -> list[Path]:
    """The same records, as somebody gives them to the page."""
    return desk.put_down(store, {path.name: path.read_bytes() for path in named(store.parent / "records").iterdir()})


def rubbish(store: Path) -> None:
    """What a machine that lost its power leaves: a half of an import, its spill, and files given to the page."""
    (store / "incoming" / "dead" / "spill").mkdir(parents=True)
    (store / "incoming" / "dead" / "spill" / "block.tmp").write_text(CANARY)
    (store / "incoming" / "dead" / "generation.duckdb").write_text(CANARY)
    given(store)


def refused(store: Path) -> None:
    """An import that is refused."""
    with pytest.raises(ImportRefused):
        run([write(store.parent / "bad", operations="operation_id\nO1")], store)


STARTS: dict[str, Callable[[Path], object]] = {
    "the start": leftovers.clear,
    "the next import": lambda store: take(write(store.parent / "others"), store),
    "the next import that is refused": refused,
}


@pytest.mark.parametrize("how", STARTS)
def test_what_a_killed_import_left_is_cleared_by(how: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    take(write(tmp_path / "first"), store)
    rubbish(store)
    assert CANARY.encode() in bytes_of(store)
    STARTS[how](store)
    assert CANARY.encode() not in bytes_of(store)


@pytest.mark.parametrize("place", [1, 2, 4, 8, 15])
def test_an_import_of_given_files_that_is_killed_at_a_step_leaves_nothing(tmp_path: Path, place: int) -> None:
    store = tmp_path / "store"
    take(write(tmp_path / "first"), store)
    running = start(given(store), store)
    running.told = lambda said: running.child.send_signal(signal.SIGKILL) if said.place == place else None
    running.listen()
    with pytest.raises(ImportRefused, match="ended from outside"):
        running.result()
    assert CANARY.encode() not in bytes_of(store)
    assert list((store / "uploads").iterdir()) == list((store / "incoming").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_machine_that_goes_off_in_the_middle_has_nobodys_name_on_it_after_the_next_start(tmp_path: Path) -> None:
    """The command and its child are killed together, in step after step, until an import has come through."""
    store = tmp_path / "store"
    take(write(tmp_path / "first"), store)
    seen = set()
    for place in range(1, steps() + 1, 11):
        words = [sys.executable, "-m", "dashboard.cli", "import", *map(str, given(store)), "--store", str(store)]
        command = subprocess.Popen(words, stderr=subprocess.PIPE, start_new_session=True, text=True)
        assert command.stderr is not None
        for line in command.stderr:
            if line.startswith(f"{place}/"):
                seen.add(place)
                os.killpg(command.pid, signal.SIGKILL)
        command.wait()
        command.stderr.close()
        left = bytes_of(store)
        leftovers.clear(store)
        assert CANARY.encode() in left
        assert CANARY.encode() not in bytes_of(store)
    assert len(seen) >= 4


def test_the_start_leaves_alone_what_an_import_under_way_is_using(tmp_path: Path) -> None:
    store = tmp_path / "store"
    take(write(tmp_path / "first"), store)
    rubbish(store)
    with Store(store).writing():
        files = given(store)
        leftovers.clear(store)
        assert all(path.is_file() for path in files)
    leftovers.clear(store)
    assert CANARY.encode() not in bytes_of(store)
    leftovers.clear(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_files_given_to_the_page_go_with_their_import_and_stay_after_a_check(tmp_path: Path) -> None:
    store = tmp_path / "store"
    files, before = given(store), desk.times_taken_away(store)
    for check in (True, False):
        assert all(path.is_file() for path in files)
        running = desk.begin(store, files, None, "auto", check=check, recorded=None)
        wait_until(running.over.is_set)
        assert running.result().tables["operations"].accepted == 1
        desk.forget(store)
    assert list((store / "uploads").iterdir()) == []
    assert desk.times_taken_away(store) == before + 1


def test_refused_files_go_too(tmp_path: Path) -> None:
    store = tmp_path / "store"
    files = desk.put_down(store, {"operations.csv": f"operation_id\n{CANARY}\n".encode()})
    running = desk.begin(store, files, None, "auto", check=False, recorded=None)
    wait_until(running.over.is_set)
    with pytest.raises(ImportRefused):
        running.result()
    assert CANARY.encode() not in bytes_of(store)
    desk.forget(store)


def test_files_stay_an_hour_at_most_though_nobody_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[tuple[float, Callable[[], None]]] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: float, what: Callable[[Path], None], words: tuple[Path]) -> None:
            waiting.append((seconds, lambda: what(*words)))

        def start(self) -> None:
            assert self.daemon

    monkeypatch.setattr("dashboard.importing.desk.threading.Timer", Timer)
    files, before = given(tmp_path), desk.times_taken_away(tmp_path)
    given(tmp_path)
    ((seconds, end_of_the_hour),) = waiting
    assert 0 <= seconds - 3_600 <= 1
    end_of_the_hour()
    assert files[0].is_file()
    an_hour_ago = time.time() - seconds
    os.utime(files[0].parent, (an_hour_ago, an_hour_ago))
    end_of_the_hour()
    assert list((tmp_path / "uploads").iterdir()) == []
    assert desk.times_taken_away(tmp_path) == before + 1


@pytest.mark.skipif(os.name == "nt", reason="modes mean nothing here")
def test_what_was_given_is_its_owners_alone_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files = desk.put_down(tmp_path, {"operations.csv": b"x"})
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "uploads", files[0].parent, files[0])] == [
        0o700, 0o700, 0o600,
    ]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("as_what", ["source", "mapping", "a link to it"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_never_ends_is_refused_at_once(tmp_path: Path, kind: str, as_what: str) -> None:
    path = tmp_path / "endless.csv"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    if as_what == "a link to it":
        (tmp_path / "linked.csv").symlink_to(path)
        path = tmp_path / "linked.csv"
    sources, mapping = ([write(tmp_path / "records")], path) if as_what == "mapping" else ([path], None)
    with pytest.raises(WrongUsage, match="is a pipe or a device"):
        work(sources, tmp_path / "store", mapping, False, lambda step: None)
    assert not (tmp_path / "store").exists()
