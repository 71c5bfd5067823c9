"""A folder that is watched: what is whole is taken once, what is not waits, and nothing is lost at any step."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.audit import lines_of
from dashboard.cli import main
from dashboard.engines import disk
from dashboard.engines.digests import sha256
from dashboard.engines.generations import Store
from dashboard.errors import Refused, StoreBusy, WrongUsage
from dashboard.importing import watching
from dashboard.importing.arrivals import files_of
from dashboard.importing.result import ImportRefused, ImportResult, Issue, TableCount, refused
from dashboard.importing.watching import Taken, look
from dashboard.settings import Settings
from tests.faults.small import build
from tests.importing import workbook
from tests.importing.written import write

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
GOOD: dict[str, list[list[workbook.Cell]]] = {
    "patients": [["patient_id", "birth_year", "sex"], ["P1", 1960, "female"]],
    "operations": [["operation_id", "patient_id", "surgery_date", "procedure"], ["O1", "P1", "2024-01-01", "tlif"]],
}
Said = pytest.CaptureFixture[str]


class _Dead(BaseException):
    """Whoever looked was killed."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "arrives").mkdir()
    return tmp_path / "arrives"


def into(store: Store) -> watching.Take:
    """Imports as quickly as can be: a generation that names its files; what holds "bad" is refused."""

    def take(path: Path) -> ImportResult:
        files = files_of(path)
        if any(b"bad" in each.read_bytes() for each in files):
            message = f'{path.name}: "=cmd()\x1b[2J" is not a date.'
            raise refused([Issue("stop", "not_a_date", path.name, message, 2, "surgery_date", "=cmd()")])
        sources = [{"file": each.name, "sha256": sha256(each), "rows": 1} for each in files]
        with store.writing():
            made = store.publish(build(store.scratch() / "generation.duckdb", 1), {"sources": sources})
        return ImportResult(made.number, {"operations": TableCount(1, 1, 0)}, [])

    return take


def looked(folder: Path, store: Store, now: datetime = LATER, **more: object) -> dict[str, Taken]:
    """By name what a look came to."""
    return {one.name: one for one in look(folder, store, into(store), now=now, **more)}  # type: ignore[arg-type]


def taken(folder: Path, store: Store) -> dict[str, Taken]:
    """The same of two looks, so far from one another that what lies there is whole."""
    looked(folder, store, NOW)
    return looked(folder, store)


def lying(folder: Path) -> list[str]:
    """Every delivery and report there."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def test_of_ten_files_three_bad_ones_are_refused_and_all_are_moved_with_their_reports(
    tmp_path: Path, folder: Path, capsys: Said
) -> None:
    for number in range(1, 8):
        workbook.write(folder / f"week {number}.xlsx", GOOD)
    workbook.write(folder / "without operations.xlsx", {"patients": GOOD["patients"]})
    (folder / "letter.pdf").write_bytes(b"%PDF-1.7")
    (folder / "cut short.xlsx").write_bytes((folder / "week 1.xlsx").read_bytes()[:400])
    words = ["import", "--watch", str(folder), "--store", str(tmp_path / "store"), "--json", "--quiet", "0"]
    assert main(words) == 1
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert {name for name, one in found.items() if one["state"] == "refused"} == {
        "without operations.xlsx", "letter.pdf", "cut short.xlsx",
    }  # fmt: skip
    assert sorted(one["generation"] for one in found.values() if one["state"] == "done") == list(range(1, 8))
    assert {name: one["moved_to"] for name, one in found.items()} == {
        name: f"{one['state']}/{name}" for name, one in found.items()
    }
    every = [f"{one['moved_to']}{end}" for one in found.values() for end in ("", ".report.json", ".report.txt")]
    assert lying(folder) == sorted(every)
    assert {(folder / name).stat().st_mode & 0o777 for name in every if ".report." in name} == {0o600}
    told = (folder / "refused" / "without operations.xlsx.report.txt").read_text(encoding="utf-8")
    assert "without operations.xlsx: refused, nothing was imported.\n" in told
    assert json.loads((folder / "done" / "week 1.xlsx.report.json").read_bytes())["tables"]["operations"]["read"] == 1
    steps = [line["step"] for line in lines_of(Settings(tmp_path / "store").audit) if line.get("change") == "import"]
    assert (steps.count("begun"), steps.count("done"), steps.count("nothing changed")) == (10, 7, 3)
    assert main(words) == 0, "what lies refused is told once"
    assert json.loads(capsys.readouterr().out) == []


def test_a_delivery_is_taken_at_the_second_look_if_nothing_of_it_has_changed(folder: Path, store: Store) -> None:
    write(folder / "march")
    first = looked(folder, store, NOW)
    assert first["march"] == Taken("march", "waits", "it is taken when it has stayed as it is for 60 seconds")
    (folder / "march" / "follow_ups.csv").write_text("patient_id\n")
    assert looked(folder, store, LATER)["march"].state == "waits", "a file came meanwhile"
    assert looked(folder, store, LATER + timedelta(seconds=59))["march"].state == "waits"
    assert looked(folder, store, LATER + timedelta(seconds=60))["march"].moved_to == "done/march"
    assert "march/follow_ups.csv" in [name.removeprefix("done/") for name in lying(folder)]


def test_of_several_the_one_that_was_changed_last_is_what_readers_see(folder: Path, store: Store) -> None:
    for name, changed in (("b", 1_000), ("a", 3_000), ("c", 2_000)):
        (folder / name).mkdir()
        (folder / name / "operations.csv").write_text(name)
        for path in (folder / name / "operations.csv", folder / name):
            os.utime(path, (changed, changed))
    found = taken(folder, store)
    assert [(name, one.generation) for name, one in found.items()] == [("b", 1), ("c", 2), ("a", 3)]


@pytest.mark.parametrize(
    ("there", "why"),
    [
        (["a.csv.part"], "a.csv.part is still being written"),
        (["a/x.CSV.filepart", "a/y.csv"], "x.CSV.filepart is still being written"),
        (["a.xlsx", "~$a.xlsx"], "somebody has a.xlsx open, or ~$a.xlsx was left behind"),
        (["a.xlsx", ".~lock.a.xlsx#"], "somebody has a.xlsx open, or .~lock.a.xlsx# was left behind"),
        (["a/b.xlsx", "a/~$b.xlsx"], "somebody has b.xlsx open, or ~$b.xlsx was left behind"),
        (["a/Thumbs.db"], "there is nothing in it"),
        (["a/empty.csv", "a/patients.csv"], "empty.csv is empty"),
    ],
)
def test_what_is_half_written_or_open_waits_however_long(
    folder: Path, store: Store, there: list[str], why: str
) -> None:
    for name in there:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"" if "empty" in name else b"x")
    looked(folder, store, NOW)
    (found,) = looked(folder, store, LATER).values()
    assert (found.state, found.words) == ("waits", why)
    assert lying(folder) == sorted(there)


def test_what_is_hidden_or_the_systems_own_is_no_delivery(folder: Path, store: Store) -> None:
    for name in (".DS_Store", "._a.csv", "Thumbs.db", "desktop.ini", ".a.csv.Xy12"):
        (folder / name).write_bytes(b"x")
    assert taken(folder, store) == {}


def test_with_a_marker_only_what_is_marked_is_taken_and_at_once(folder: Path, store: Store) -> None:
    (folder / "a.csv").write_bytes(b"a")
    (folder / "b.csv").write_bytes(b"b")
    (folder / "b.csv.ready").touch()
    found = looked(folder, store, NOW, marker=".ready")
    assert {name: one.state for name, one in found.items()} == {"a.csv": "waits", "b.csv": "done"}
    assert looked(folder, store, LATER, marker=".ready")["a.csv"].words == "a.csv.ready is not there yet"
    assert not (folder / "b.csv.ready").exists(), "it would speak of the next of this name"


@pytest.mark.skipif(os.name == "nt", reason="no links and pipes")
def test_what_is_no_file_is_refused_and_never_opened(folder: Path, store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of somebody else")
    (folder / "link.csv").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "pipe.csv")
    (folder / "in it").mkdir()
    (folder / "in it" / "operations.csv").symlink_to(tmp_path / "secret")
    found = taken(folder, store)
    assert {name: one.state for name, one in found.items()} == dict.fromkeys(
        ("link.csv", "pipe.csv", "in it"), "refused"
    )
    assert "in it: operations.csv is a link: put the file itself there." in (
        (folder / "refused" / "in it.report.txt").read_text()
    )
    assert store.generations() == []
    assert (tmp_path / "secret").exists()


def test_a_second_of_the_same_name_overwrites_nothing_and_a_report_steers_nothing(folder: Path, store: Store) -> None:
    for content in (b"bad 1", b"bad 2", b"bad 3"):
        (folder / "a.csv.gz").write_bytes(content)
        (found,) = taken(folder, store).values()
        assert found.words == "nothing was imported", "what is told may be mailed on, and a reason may quote a cell"
    assert {path.name: path.read_bytes() for path in (folder / "refused").glob("*.gz")} == {
        "a.csv.gz": b"bad 1", "a (2).csv.gz": b"bad 2", "a (3).csv.gz": b"bad 3",
    }  # fmt: skip
    told = (folder / "refused" / "a (2).csv.gz.report.txt").read_text()
    assert "=cmd()" in told
    assert "\x1b" not in told
    assert "Refused, not a date: 1" in told
    (listed,) = watching.watched(store.root)
    assert set(listed.refused) == {"a.csv.gz", "a (2).csv.gz", "a (3).csv.gz"}
    (folder / "refused" / "a.csv.gz").unlink()
    looked(folder, store)
    assert len(watching.watched(store.root)[0].refused) == 2, "what was taken out of it is seen to"


@pytest.mark.parametrize("name", ['脊柱 <b>&".csv', "#[]* $(x).csv", "x" * 251 + ".csv", "é" * 125 + ".csv"])
def test_any_name_that_a_disk_takes_is_moved_with_its_reports(folder: Path, store: Store, name: str) -> None:
    for content in (b"1", b"2"):
        (folder / name).write_bytes(content)
        assert taken(folder, store)[name].state == "done"
    assert len(lying(folder)) == 6


def steps(monkeypatch: pytest.MonkeyPatch, dies_at: int) -> Callable[[], int]:
    """Count what is done to the disk and in the store, and be killed at one of these steps; how many there were."""
    done = [0]

    def counted(act: Callable[..., object]) -> Callable[..., object]:
        def one(*args: object, **kwargs: object) -> object:
            done[0] += 1
            if done[0] == dies_at:
                raise _Dead
            made = act(*args, **kwargs)
            done[0] += 1
            if done[0] == dies_at:
                raise _Dead
            return made

        return one

    for room, name in ((watching, "replace"), (watching, "_write"), (Path, "rename"), (Store, "publish")):
        monkeypatch.setattr(room, name, counted(getattr(room, name)))
    return lambda: done[0]


@pytest.mark.parametrize("content", [b"good", b"bad"])
def test_whoever_is_killed_at_any_step_loses_no_delivery_and_imports_none_twice(tmp_path: Path, content: bytes) -> None:
    where, dies_at = "refused" if content == b"bad" else "done", 0
    while True:
        dies_at += 1
        folder, store = tmp_path / f"folder {dies_at}", Store(tmp_path / f"store {dies_at}")
        folder.mkdir()
        (folder / "a.csv").write_bytes(content)
        looked(folder, store, NOW)
        with pytest.MonkeyPatch.context() as patched:
            done = steps(patched, dies_at)
            with suppress(_Dead):
                looked(folder, store)
        if done() < dies_at:
            break
        looked(folder, store)
        looked(folder, store, LATER + timedelta(hours=1))
        assert lying(folder) == [f"{where}/a.csv", f"{where}/a.csv.report.json", f"{where}/a.csv.report.txt"], dies_at
        assert len(store.generations()) == (where == "done"), dies_at
        assert looked(folder, store) == {}
        (known,) = watching.watched(store.root)
        assert known.seen == {}
        assert set(known.refused) == ({"a.csv"} if where == "refused" else set())
    assert dies_at > 12


def test_what_changes_while_it_is_read_is_another_delivery(folder: Path, store: Store) -> None:
    (folder / "a.csv").write_bytes(b"1")
    looked(folder, store, NOW)

    def take(path: Path) -> ImportResult:
        found = into(store)(path)
        path.write_bytes(b"1 and 2")
        return found

    (one,) = look(folder, store, take, now=LATER)
    assert (one.state, one.generation) == ("waits", 1)
    assert one.words == "it changed while it was read: generation 1 was made of it as it was"
    assert taken(folder, store)["a.csv"].generation == 2


def test_what_the_machine_is_at_fault_for_leaves_every_delivery_where_it_lies(folder: Path, store: Store) -> None:
    (folder / "a.csv").write_bytes(b"1")
    (folder / "b.csv").write_bytes(b"2")
    looked(folder, store, NOW)

    def no_room(path: Path) -> ImportResult:
        raise ImportRefused("There is no room on the disk for this import. Nothing was changed.")

    with pytest.raises(Refused, match="no room on the disk"):
        list(look(folder, store, no_room, now=LATER))
    assert lying(folder) == ["a.csv", "b.csv"]
    (known,) = watching.watched(store.root)
    assert (known.problem[:16], known.failing_since) == ("There is no room", "2026-03-01")

    def no_memory(path: Path) -> ImportResult:
        raise ImportRefused("There is no memory for this import. Nothing was changed.")

    with pytest.raises(Refused, match="no memory"):
        list(look(folder, store, no_memory, now=LATER + timedelta(days=1)))
    (known,) = watching.watched(store.root)
    assert (known.problem[:18], known.failing_since) == ("There is no memory", "2026-03-01")
    assert [one.state for one in looked(folder, store).values()] == ["done", "done"]
    assert watching.watched(store.root)[0].problem == ""


def test_what_cannot_be_moved_is_said_kept_in_mind_and_not_imported_again(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.csv").write_bytes(b"1")
    looked(folder, store, NOW)

    def held(path: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", held)
        for _ in range(2):
            (one,) = looked(folder, store).values()
            assert (one.state, one.generation) == ("stuck", 1)
            assert watching.watched(store.root)[0].stuck == ["a.csv"]
    assert looked(folder, store)["a.csv"] == Taken("a.csv", "done", "published as generation 1", 1, "done/a.csv")
    assert len(store.generations()) == 1


def test_a_second_look_and_an_import_that_runs_are_told_plainly(folder: Path, store: Store) -> None:
    (folder / "a.csv").write_bytes(b"1")
    looked(folder, store, NOW)
    with (store.root / watching.WATCHED / "lock").open("a+b") as held:
        disk.lock(held)
        with pytest.raises(StoreBusy, match=r"^Another import is running\."):
            looked(folder, store)
    with (store.root / "writer.lock").open("a+b") as held:
        disk.lock(held)
        with pytest.raises(StoreBusy):
            looked(folder, store)
    (known,) = watching.watched(store.root)
    assert known.problem == ""


def test_a_folder_that_is_not_there_or_holds_the_store_is_refused(folder: Path, store: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not there, or not to be reached"):
        looked(tmp_path / "gone", store)
    with pytest.raises(WrongUsage, match="cannot lie in one another"):
        looked(tmp_path, store)
    with pytest.raises(WrongUsage, match="cannot lie in one another"):
        looked(store.root / "in it", store)
    taken(folder, store)
    folder.rename(tmp_path / "unmounted")
    with pytest.raises(Refused):
        looked(folder, store)
    assert "not to be reached" in watching.watched(store.root)[0].problem


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["more.csv"], "--watch goes with the name of one folder"),
        (["--check"], "--watch goes with the name of one folder"),
        (["--marker", "ready"], "Write it with its point"),
        (["--mapping", "none.toml"], "none.toml"),
        (["--quiet", "nan"], "no whole number of seconds"),
    ],
)
def test_words_that_do_not_go_together_are_told_before_anything_is_done(
    folder: Path, tmp_path: Path, words: list[str], said: str, capsys: Said
) -> None:
    (folder / "a.csv").write_bytes(b"1")
    assert main(["import", "--watch", str(folder), "--store", str(tmp_path / "store"), *words]) != 0
    assert said in capsys.readouterr().err
    assert lying(folder) == ["a.csv"]
