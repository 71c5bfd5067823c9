"""A disk that is full or fails: the import is refused in words, nothing is changed, and readers go on."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.engines import disk as disk_of
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import Refused, StoreDamaged
from dashboard.importing import ImportRefused, start
from dashboard.importing.desk import put_down
from dashboard.importing.site_mapping import save_mapping
from dashboard.private import make_secret
from tests.faults.disk import every_call
from tests.faults.full_disk import SmallDisk, files_no_longer_than, mounted, small_disk, take_away_what_was_left
from tests.faults.killing import COUNTS, ROOT, counted, left_over
from tests.faults.small import answer, build, publish
from tests.importing.written import contents, take, write
from tests.patience import wait_until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither small disks nor such limits")
ROOM = (0, 300_000, 2_000_000, 3_600_000)
"""Nothing; for the first tables only; for most of a database; for a database, but not for its last writing out."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk, where one may be mounted."""
    with small_disk(tmp_path / "disk") as found:
        if found is None:
            pytest.skip("no disk may be mounted here; the limit on files is tried instead")
        yield found


def ended(records: Path, store: Path) -> int | None:
    """Import in a process of its own, as the app does, and wait."""
    running = start([records], store)
    running.listen()
    return running.result().generation


def test_an_import_on_a_full_disk_is_refused_changes_nothing_and_readers_go_on(disk: SmallDisk, tmp_path: Path) -> None:
    records, store = write(tmp_path / "records"), Store(disk.folder / "store")
    take(records, store.root)
    before, shown = contents(store.root), store.last_whole()
    assert shown is not None
    reader = DuckEngine(shown.generation.path, 1)
    for room in ROOM:
        disk.leave(room)
        with pytest.raises(ImportRefused, match=r"Nothing was changed\.$"):
            ended(records, store.root)
        assert int(reader.frame(COUNTS["operation"], {})["rows"][0]) == 1
        assert store.last_whole() == shown
        assert counted(shown.generation)["operation"] == 1
        assert {name: content for name, content in contents(store.root).items() if "incoming" not in name} == before
    reader.close()
    disk.free()
    assert ended(records, store.root) == 2
    assert left_over(store) == []


HOLDER = "from pathlib import Path\nfrom tests.faults.full_disk import small_disk\nimport sys\n"
HOLDER += "with small_disk(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("guardian_too", [False, True])
def test_a_disk_is_taken_away_when_whoever_wanted_it_is_killed(tmp_path: Path, guardian_too: bool) -> None:
    folder = str(tmp_path / "held")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert folder in [place for _, place in mounted()]
        if guardian_too:
            children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text(encoding="utf-8")
            os.killpg(int(children), signal.SIGKILL)
        holder.kill()
    if guardian_too:
        assert folder in [place for _, place in mounted()]
        take_away_what_was_left()
    wait_until(lambda: folder not in [place for _, place in mounted()])


def test_an_import_that_may_not_write_long_files_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    records, store = write(tmp_path / "records"), tmp_path / "store"
    take(records, store)
    before = contents(store)
    with files_no_longer_than(1 << 20), pytest.raises(ImportRefused, match=r"Nothing was changed\.$"):
        ended(records, store)
    assert contents(store) == before
    assert ended(records, store) == 2


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["full", "failing"])
def test_a_publish_whose_disk_fails_at_any_call_says_so_and_leaves_a_whole_generation(
    tmp_path: Path, number: int
) -> None:
    store, built = Store(tmp_path / "store"), build(tmp_path / "built.duckdb", 2)
    answers, said = {publish(store, 1).number: 1}, []
    for call in range(1, 100):
        left = [call]
        try:
            with every_call(failing(left, number)):
                answers[published(store, built)] = 2
        except Refused as problem:
            said.append(problem.message)
        except StoreDamaged as problem:  # the pointer is there, and nobody knows whether it would outlive a power loss
            said.append(problem.message)
            answers[max(answers) + 1] = 2
        shown = store.last_whole()
        assert shown is not None
        assert shown.warning == ""
        assert (shown.generation.number, answer(shown.generation)) == (max(answers), answers[max(answers)])
        assert store.verify() == []
        with store.writing():
            pass  # clears the bench, so that every round makes the same calls
        if left[0] > 0:
            break
    why = "there is no room on the disk" if number == errno.ENOSPC else "input/output error"
    assert all(f": {why}." in words for words in said), said
    assert ["Nothing was changed." in words for words in said].count(False) == 1
    assert ["is in place, but not safely" in words for words in said].count(True) == 1
    assert len(said) >= 8
    publish(store, 3)
    assert left_over(store) == []


def published(store: Store, built: Path) -> int:
    """Publish a copy of the file and leave the bench as it is; the number of the new generation."""
    with store.writing():
        copy = store.scratch() / "generation.duckdb"
        shutil.copyfile(built, copy)
        return store.publish(copy, {}).number


def failing(left: list[int], number: int) -> Callable[[str, Callable[..., Any], Any, Any], Any]:
    """Every call to the disk works but the one for which so many are left, which fails with this number of an error."""

    def call(name: str, original: Callable[..., Any], given: Any, named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(number, os.strerror(number))
        return original(*given, **named)

    return call


def test_what_cannot_be_written_whole_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = tmp_path / f"{'b' * 240}.pdf"
    disk_of.replace(file, b"first")
    monkeypatch.setattr(os, "fsync", full)
    for write_it in (
        lambda: disk_of.replace(file, b"second"), lambda: make_secret(tmp_path / "key"),
        lambda: save_mapping(tmp_path, "[tables]"), lambda: put_down(tmp_path / "store", {"a.csv": b"x"}),
    ):  # fmt: skip
        with pytest.raises(OSError, match="No space left"):
            write_it()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [file.name]
    assert file.read_bytes() == b"first"
