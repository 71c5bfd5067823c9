"""A backup is one sealed file: nobody without its key reads it, and a restore leaves out who has opted out since."""

from __future__ import annotations

import io
import os
import random
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from dashboard import audit, audit_keys, private
from dashboard.audit import Audit, lines_of, verify
from dashboard.cli import main
from dashboard.engines import opted_out
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.engines.people import People
from dashboard.engines.pseudonym_key import pseudonym
from dashboard.engines.sealing import BLOCK, Sealing, opened
from dashboard.errors import Refused
from dashboard.importing import backup
from dashboard.importing.publishing import forgetting
from tests.canaries import in_file, traces
from tests.importing.test_forget import DAY, WHO, canaries, records, silent
from tests.importing.written import contents, rows, take, write
from tests.killed import restore_and_be_killed

SECRET = b"a long secret of a backup"
Said = pytest.CaptureFixture[str]


def seal(path: Path, content: bytes, secret: bytes = SECRET) -> Path:
    with path.open("wb") as out:
        sealing = Sealing(out, secret)
        sealing.write(content)
        sealing.finish()
    return path


@pytest.mark.parametrize("length", [0, 1, 31, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
def test_what_is_sealed_is_opened_to_the_byte(tmp_path: Path, length: int) -> None:
    content = random.Random(length).randbytes(length)
    with opened(seal(tmp_path / "sealed", content), SECRET) as read:
        assert read.read() == content


def test_two_seals_of_one_thing_have_nothing_in_common_and_none_of_it(tmp_path: Path) -> None:
    content = b"CANARY " * 2_000
    first, second = (seal(tmp_path / name, content).read_bytes() for name in ("a", "b"))
    assert b"CANARY" not in first
    same = sum(one == other for one, other in zip(first[34:], second[34:], strict=True))
    assert same < len(content) / 64  # by chance one in 256
    assert len(set(first[34:])) == 256


@pytest.mark.parametrize("seed", range(60))
def test_another_key_and_every_change_are_refused_before_a_byte_is_read(tmp_path: Path, seed: int) -> None:
    chance, path = random.Random(seed), seal(tmp_path / "sealed", b"patients " * 50)
    content, place, secret = bytearray(path.read_bytes()), 0, SECRET
    place = chance.randrange(len(content))
    match ["flip", "cut", "take", "put", "key"][seed % 5]:
        case "flip":
            content[place] ^= 1 << chance.randrange(8)
        case "cut":
            del content[place:]
        case "take":
            del content[place]
        case "put":
            content[place:place] = bytes([chance.randrange(256)])
        case "key":
            secret = SECRET + bytes([chance.randrange(1, 256)])
    path.write_bytes(bytes(content))
    with pytest.raises(Refused), opened(path, secret) as read:
        assert read.read() is None  # nothing is given


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with notes, and its backup with the key beside it for the test's sake."""
    folder = tmp_path_factory.mktemp("backed up")
    store = folder / "store"
    assert main(["import", str(records(folder / "records")), "--store", str(store)]) == 0
    key = (store / "pseudonym.key").read_bytes()
    Notebook(store).write("flag", f"flag/P-{pseudonym(key, WHO):016X}/{DAY}", "CANARYNOTE", who="Dr One")
    Notebook(store).write("flag", f"flag/P-{pseudonym(key, 'M1'):016X}/2024-03-01", "looked at", who="Dr One")
    (store / "mapping.toml").write_text("", encoding="utf-8")
    assert main(["store", "backup", str(folder / "b.sealed"), "--key", str(folder / "key"), "--store", str(store)]) == 0
    return folder


def restored(practice: Path, store: Path, *more: str) -> int:
    words = [str(practice / "b.sealed"), "--key", str(practice / "key"), "--store", str(store), *more]
    return main(["store", "restore", *words])


def test_a_backup_is_its_owners_alone_and_without_its_key_nothing_that_identifies(practice: Path) -> None:
    file, key = practice / "b.sealed", (practice / "store" / "pseudonym.key").read_bytes()
    for path in (file, practice / "key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = [*canaries(key), "operation", "patient", "tlif", "audit", "sqlite"]
    assert in_file(file, told) == []
    assert key not in file.read_bytes()
    assert traces(practice / "store", ["CANARYNOTE"]) != []


def test_a_new_machine_has_all_that_the_old_one_had(practice: Path, tmp_path: Path, capsys: Said) -> None:
    new, old = tmp_path / "new machine" / "store", practice / "store"
    assert restored(practice, new) == 0
    assert main(["store", "verify", "--store", str(new)]) == 0
    for select in ("select * from operation order by operation", "select * from operation_outcome order by all"):
        assert rows(new, select) == rows(old, select)
    assert Notebook(new).read("flag") == Notebook(old).read("flag")
    assert (new / "mapping.toml").is_file()
    assert Audit(new / "audit").keyed("S03") == Audit(old / "audit").keyed("S03")
    assert private.complaint(new) == ""
    changes = [(line["change"], line["step"]) for line in lines_of(new / "audit")]
    assert changes == [("import", "begun"), ("import", "done"), ("backup", "begun"), ("restore", "done")]
    # It goes on as the old one: the same patients have the same pseudonyms.
    take(practice / "records", new)
    assert rows(new, "select patient from operation order by 1") == rows(
        old, "select patient from operation order by 1"
    )
    capsys.readouterr()


def test_a_backup_of_an_earlier_version_tells_on_another_machine_what_it_told(
    practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has one secret of the audit; one that was made in the new store already has no part in it."""
    old, new, secret = Store(practice / "store"), Store(tmp_path / "new"), (practice / "key").read_bytes().strip()
    monkeypatch.setattr(backup, "AUDIT", (audit.FILE, audit_keys.KEY))
    backup.back_up(old, tmp_path / "b.sealed", secret)
    audit_keys.made(new.root / "audit")
    backup.put_back(new, tmp_path / "b.sealed", secret, None, silent)
    first, second = (new.root / "audit" / name for name in (audit_keys.KEY, audit_keys.DISCLOSURE))
    assert first.read_bytes() == second.read_bytes() == (old.root / "audit" / audit_keys.KEY).read_bytes()
    assert private.complaint(new.root) == ""


def test_who_has_opted_out_since_is_left_out_before_anything_is_served(practice: Path, tmp_path: Path) -> None:
    """The list comes from where it was kept: beside the backup, or in the store that is left."""
    now = tmp_path / "now"
    shutil.copytree(practice / "store", now)
    told = canaries((now / "pseudonym.key").read_bytes())
    forgetting.forget(Store(now), WHO, silent)
    kept = tmp_path / opted_out.FILE
    shutil.copy(now / opted_out.FILE, kept)
    left = tmp_path / "left"
    private.make_folder(left)
    shutil.copy(now / opted_out.FILE, left / opted_out.FILE)
    for store, more in ((tmp_path / "fresh", ["--opted-out", str(kept)]), (left, [])):
        assert restored(practice, store, *more) == 0
        assert traces(store, told) == []
        assert rows(store, "select count(*) from operation") == [(8,)]
        assert verify(store / "audit") == []
        assert [note.text for note in Notebook(store).read("flag")] == ["looked at"]
        assert restored(practice, store) == 1
    take(practice / "records", left)
    assert rows(left, "select count(*) from operation") == [(8,)]


def test_what_is_written_of_somebody_listed_goes_though_no_generation_holds_them(
    practice: Path, tmp_path: Path
) -> None:
    """Their operation left the records long ago; a note by number, one by pseudonym, and a bare link stayed."""
    store, key = tmp_path / "old", (practice / "store" / "pseudonym.key").read_bytes()
    shutil.copytree(practice / "store", store)
    gone = [pseudonym(key, number) for number in ("Z1", "Z2", "Z3")]
    Notebook(store).write("flag", f"flag/P-{gone[0]:016X}/{DAY}", "CANARYNOTE one", who="Dr One")
    with closing(sqlite3.connect(store / "notebook.sqlite")) as old, old:
        subject = f"flag/P-{gone[1]:016X}/2024-03-07"
        old.execute(
            "insert into note (kind, subject, text, who, at) values ('flag', ?, 'CANARYNOTE two', 'Dr', '2025-01-01')",
            (subject,),
        )
    People(store).hidden(f"P-{gone[2]:016X}/{DAY}")
    file, listed, new = tmp_path / "b", tmp_path / "list", tmp_path / "new"
    words = ["--key", str(practice / "key")]
    assert main(["store", "backup", str(file), *words, "--store", str(store)]) == 0
    listed.write_text("".join(f"{opted_out.entry(key, one)}\n" for one in gone), encoding="ascii")
    told = ["CANARYNOTE one", "CANARYNOTE two", *(f"{one:016X}" for one in gone)]
    assert len({one.rpartition(": ")[2] for one in traces(store, told)}) == 5
    assert main(["store", "restore", str(file), *words, "--opted-out", str(listed), "--store", str(new)]) == 0
    assert traces(new, told) == []
    assert rows(new, "select count(*) from operation") == [(9,)]
    assert main(["store", "verify", "--store", str(new)]) == 0


def test_a_list_that_is_named_must_be_there_and_it_is_said_how_many_it_meant(
    practice: Path, tmp_path: Path, capsys: Said
) -> None:
    key = (practice / "store" / "pseudonym.key").read_bytes()
    entry, foreign = opted_out.entry(key, pseudonym(key, WHO)), opted_out.entry(b"k" * 32, pseudonym(key, WHO))
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "words").write_text("M1\n", encoding="ascii")
    os.mkfifo(tmp_path / "pipe")
    for place in (*(tmp_path / name for name in ("not there", "empty", "folder", "words", "pipe")), Path("/dev/zero")):
        assert restored(practice, tmp_path / "none", "--opted-out", str(place)) == 2
        assert str(place.name) in capsys.readouterr().err
        assert Store(tmp_path / "none").generations() == []
    assert restored(practice, tmp_path / "none", "--opted-out", str(tmp_path / "not there")) == 2
    for name, entries, meant in (("both", [entry, foreign], 1), ("foreign", [foreign], 0)):
        listed = tmp_path / name
        listed.write_text("".join(f"{one}\n" for one in entries), encoding="ascii")
        capsys.readouterr()
        assert restored(practice, tmp_path / f"of {name}", "--opted-out", str(listed)) == 0
        said = capsys.readouterr().err
        assert f"Entries in {name}: {len(entries)}; {meant} of them meant somebody" in said
        assert ("list of another store" in said) == (not meant)
        assert rows(tmp_path / f"of {name}", "select count(*) from operation") == [(9 - meant,)]
    assert main(["store", "restore", "1", "--opted-out", str(listed), "--store", str(practice / "store")]) == 2


def test_a_pipe_or_a_device_is_no_key_and_no_backup(practice: Path, tmp_path: Path, capsys: Said) -> None:
    """To open one would wait, or read, for ever."""
    pipe, store = tmp_path / "pipe", ["--store", str(tmp_path / "new")]
    os.mkfifo(pipe)
    for place in (str(pipe), "/dev/zero"):
        for action, file, kept in (
            ("restore", practice / "b.sealed", store), ("backup", tmp_path / "b", ["--store", str(practice / "store")]),
        ):  # fmt: skip
            assert main(["store", action, str(file), "--key", place, *kept]) == 2
            assert "is a pipe or a device" in capsys.readouterr().err
        for action in ("restore", "backup"):
            assert main(["store", action, place, "--key", str(practice / "key"), *store]) == 2
    assert main(["store", "restore", str(practice / "b.sealed"), "--key", str(tmp_path), *store]) == 2
    assert not (tmp_path / "b").exists()


def test_what_cannot_be_put_back_changes_nothing(practice: Path, tmp_path: Path, capsys: Said) -> None:
    held = tmp_path / "held"
    take(write(tmp_path / "records"), held)
    before = contents(held / "gen")
    assert restored(practice, held) == 1
    assert "There are records in this store already" in capsys.readouterr().err
    assert contents(held / "gen") == before
    (tmp_path / "other").write_text("another key that is long enough", encoding="ascii")
    wrong = [str(practice / "b.sealed"), "--key", str(tmp_path / "other"), "--store", str(tmp_path / "new")]
    assert main(["store", "restore", *wrong]) == 1
    assert "this is not its key" in capsys.readouterr().err
    assert Store(tmp_path / "new").current() is None
    (tmp_path / "short").write_text("secret", encoding="ascii")
    short = [str(practice / "b.sealed"), "--key", str(tmp_path / "short"), "--store", str(tmp_path / "new")]
    assert main(["store", "restore", *short]) == 1
    assert (
        main(["store", "backup", str(practice / "b.sealed"), "--key", str(practice / "key"), "--store", str(held)]) == 1
    )
    assert main(["store", "backup", str(tmp_path / "x"), "--store", str(held)]) == 2
    assert main(["store", "backup", str(tmp_path / "x"), *short[1:]]) == 1


def test_a_file_with_a_way_out_of_the_store_is_refused(practice: Path, tmp_path: Path) -> None:
    import tarfile

    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in ("../outside", "gen/../../outside", "/outside", "app.py"):
            tar.addfile(tarfile.TarInfo(name), io.BytesIO(b""))
    secret = (practice / "key").read_bytes().strip()
    with pytest.raises(Refused, match="belongs into no store"):
        backup.put_back(
            Store(tmp_path / "store"), seal(tmp_path / "f", packed.getvalue(), secret), secret, None, silent
        )
    assert not (tmp_path / "outside").exists()


HALFWAY = ("pseudonym.key", "notebook.sqlite", "gen/000001.duckdb", "pointer")


@pytest.mark.parametrize("step", ["open", "place", *HALFWAY])
def test_a_restore_that_is_killed_is_named_and_started_again(
    practice: Path, tmp_path: Path, capsys: Said, step: str
) -> None:
    store = tmp_path / "store"
    restore_and_be_killed(store, practice / "b.sealed", practice / "key", step)
    main(["store", "verify", "--store", str(store)])
    assert ("only half put back" in capsys.readouterr().err) == (step in HALFWAY)
    assert restored(practice, store) == 0
    assert not (store / "restoring").exists()
    assert main(["store", "verify", "--store", str(store)]) == 0
    assert rows(store, "select count(*) from operation") == [(9,)]


@pytest.mark.parametrize("step", [*HALFWAY, "done"])
@pytest.mark.parametrize("lost", [False, True])
def test_what_was_imported_after_a_killed_restore_is_never_wiped(
    practice: Path, tmp_path: Path, capsys: Said, step: str, lost: bool
) -> None:
    """Not even where the pointer is lost later."""
    store = tmp_path / "store"
    restore_and_be_killed(store, practice / "b.sealed", practice / "key", step)
    result = take(practice / "records", store)
    assert main(["store", "verify", "--store", str(store)]) == 0
    assert not (store / "restoring").exists()
    if lost:
        (store / "CURRENT").unlink()
    there = contents(store / "gen")
    before = {name: content for name, content in there.items() if f"{name[:6]}.json" in there}  # no half of one
    assert f"{result.generation:06d}.json" in before
    capsys.readouterr()
    assert restored(practice, store) == 1
    assert "There are records in this store already" in capsys.readouterr().err
    assert contents(store / "gen").items() >= before.items()


def test_a_finished_pointer_ends_the_mark_of_a_restore(practice: Path, tmp_path: Path, capsys: Said) -> None:
    store = tmp_path / "store"
    restore_and_be_killed(store, practice / "b.sealed", practice / "key", "done")
    assert (store / "restoring").exists()
    assert main(["store", "verify", "--store", str(store)]) == 0
    before = contents(store / "gen")
    assert restored(practice, store) == 1
    assert contents(store / "gen") == before
    assert not (store / "restoring").exists()


def test_a_mark_takes_away_only_what_it_names(practice: Path, tmp_path: Path) -> None:
    """A mark that an earlier version left names nothing, and its pointer may be lost since."""
    store = tmp_path / "store"
    shutil.copytree(practice / "store", store)
    (store / "CURRENT").unlink()
    (store / "restoring").touch()
    before = contents(store / "gen")
    assert restored(practice, store) == 1
    assert contents(store / "gen") == before


@pytest.mark.parametrize("name", ["pseudonym.key", "opted_out", "mapping.toml", "notebook.sqlite", "audit.head", "gen"])
def test_what_nobody_could_restore_is_not_backed_up(practice: Path, tmp_path: Path, capsys: Said, name: str) -> None:
    store, file = tmp_path / "store", tmp_path / "b.sealed"
    shutil.copytree(practice / "store", store)
    (store / "opted_out").touch()
    path = store / (name if name != "gen" else "gen/000001.duckdb")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    words = ["store", "backup", str(file), "--key", str(practice / "key"), "--store", str(store)]
    assert main(words) == 1
    assert f"{path.relative_to(store)} in the store is a link" in capsys.readouterr().err
    assert not file.exists()


def test_without_the_key_of_the_pseudonyms_nothing_is_backed_up(practice: Path, tmp_path: Path, capsys: Said) -> None:
    store, file = tmp_path / "store", tmp_path / "b.sealed"
    shutil.copytree(practice / "store", store)
    words = ["store", "backup", str(file), "--key", str(practice / "key"), "--store", str(store)]
    for content in (b"other" * 7, None):
        key = store / "pseudonym.key"
        key.write_bytes(content) if content else key.unlink()
        assert main(words) == 1
        assert "pseudonym.key in the store is" in capsys.readouterr().err
        assert not file.exists()


def test_two_names_of_one_file_are_backed_up_as_two_files(practice: Path, tmp_path: Path) -> None:
    store, file = tmp_path / "store", tmp_path / "b.sealed"
    shutil.copytree(practice / "store", store)
    (store / "opted_out").unlink(missing_ok=True)
    (store / "opted_out").hardlink_to(store / "mapping.toml")
    words = ["--key", str(practice / "key"), "--store"]
    assert main(["store", "backup", str(file), *words, str(store)]) == 0
    assert main(["store", "restore", str(file), *words, str(tmp_path / "new")]) == 0
