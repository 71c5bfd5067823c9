"""Nobody else on this machine reads the store: seen by its modes, and said once where modes mean nothing."""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from dashboard import private, sign_in
from dashboard.audit import Audit
from dashboard.cli import main
from dashboard.engines import opted_out
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.engines.sessions import Sessions
from dashboard.importing import desk
from dashboard.importing.site_mapping import save_mapping
from dashboard.importing.watching import look
from dashboard.launch import Launch
from tests.importing.written import take, write
from tests.provider import let_sign_in

posix = pytest.mark.skipif(os.name == "nt", reason="modes mean nothing here")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with every file that is looked at by itself."""
    folder = tmp_path / "a store"
    private.make_folder(folder / "audit")
    folder.chmod(0o700)
    for name in private.KEPT_SECRET:
        (folder / name).touch(mode=0o600)
    return folder


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@posix
def test_a_store_of_ones_own_has_no_complaint_nor_has_none_at_all(store: Path, tmp_path: Path) -> None:
    assert private.complaint(store) == ""
    assert private.complaint(tmp_path / "none") == ""
    assert sorted(path.name for path in store.iterdir()) == sorted({name.split("/")[0] for name in private.KEPT_SECRET})


@posix
@pytest.mark.parametrize("rights", [0o040, 0o020, 0o010, 0o004, 0o002, 0o001])
@pytest.mark.parametrize("name", ["", *private.KEPT_SECRET])
def test_any_right_of_others_is_a_complaint_whose_command_mends_it(store: Path, name: str, rights: int) -> None:
    path = store / name
    path.chmod(mode(path) | rights)
    said = private.complaint(store)
    assert said.startswith(f"{name} in the store {store}" if name else f"The store {store}")
    command = shlex.split(said.split("Mend that first: ")[1])
    subprocess.run(command, check=True)
    assert private.complaint(store) == ""


@posix
def test_a_folder_is_made_for_its_owner_alone_whatever_the_mask_and_one_that_is_there_stays(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        private.make_folder(tmp_path / "new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == 0o700
    (tmp_path / "new").chmod(0o750)
    private.make_folder(tmp_path / "new")
    assert mode(tmp_path / "new") == 0o750


def test_where_modes_mean_nothing_the_rights_of_a_new_folder_are_written_once(tmp_path: Path) -> None:
    started: list[list[str]] = []

    def run(command: list[str], **_: Any) -> None:
        started.append(command)

    for _ in range(2):
        private.make_folder(tmp_path / "new", run, "nt")
    ((command, folder, *rights),) = started
    assert command.endswith("icacls.exe")
    assert folder == str(tmp_path / "new")
    assert rights[:2] == ["/inheritance:r", "/grant:r"]
    assert rights[2].endswith(":(OI)(CI)F")


def test_where_modes_mean_nothing_it_is_said_once_and_nothing_is_refused(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert private.cannot_be_checked(store) == ""
    store.chmod(0o755)
    monkeypatch.setattr(private, "modes_are_kept", lambda folder: False)
    assert private.complaint(store) == ""
    assert "cannot be checked" in private.cannot_be_checked(store)
    assert private.cannot_be_checked(store) == ""


@posix
def test_a_disk_that_forgets_modes_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert private.modes_are_kept(tmp_path)
    given = Path.chmod
    monkeypatch.setattr(Path, "chmod", lambda path, asked: given(path, 0o777))
    assert not private.modes_are_kept(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_secret_is_made_once_for_its_owner_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "launch.key"
    made = private.secret(path)
    assert len(made) == private.SECRET_BYTES
    assert private.secret(path) == made
    assert [found.name for found in path.parent.iterdir()] == ["launch.key"]
    if os.name == "posix":
        assert mode(path) == 0o600


def test_a_secret_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "launch.key"
    path.write_bytes(b"short")
    made = private.secret(path)
    assert len(made) == private.SECRET_BYTES
    assert private.secret(path) == made


def test_those_who_make_a_secret_at_once_have_the_same_one(tmp_path: Path) -> None:
    together, made = threading.Barrier(8), []

    def make() -> None:
        together.wait()
        made.append(private.secret(tmp_path / "launch.key"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1


def everything_written(folder: Path) -> Path:
    """A store into which the app has written whatever it writes into one."""
    store = folder / "store"
    Notebook(store).write("flag", "flag/P-0000000000000001/2024-01-01", "looked at", who="Dr One")
    Audit(store / "audit").changed({"viewer": "Dr One", "change": "note"})
    save_mapping(store, "")
    who = ["--name", "Olaf Ott", "--role", "auditor", "--iss", "https://login.clinic.example", "--sub", "olaf"]
    main(["people", "add", *who, "--store", str(store)])
    let_sign_in(store, "https://outcomes.clinic.example", clinic="https://login.clinic.example")
    sign_in.signing_secret(store)
    Sessions(store).found("")
    opted_out.add(store, [opted_out.entry(bytes(32), 1)])
    take(write(folder / "records"), store)
    (folder / "arrives").mkdir()
    list(look(folder / "arrives", Store(store), lambda path: pytest.fail("nothing lies there")))
    desk.put_down(store, {"operations.csv": b"x"})
    Launch(store, 8501).exchange(Launch(store, 8501).new_token())
    Launch(store, 8501).is_served_at("http://127.0.0.1:8501")
    return store


@posix
def test_whatever_the_app_itself_writes_into_a_store_is_no_complaint(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = everything_written(tmp_path)
    finally:
        os.umask(before)
    assert private.complaint(store) == ""
    written = {str(path.relative_to(store)) for path in store.rglob("*")}
    assert set(private.KEPT_SECRET) <= written
    assert mode(store / "mapping.toml") == 0o600
