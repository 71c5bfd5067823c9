"""Whether others on this machine could read the store, and the secrets that it keeps from them.

On POSIX the modes of files say so. Where modes mean nothing (Windows, some network drives) nobody can tell by looking:
there the folder's rights are set when it is made, and whoever starts the app is told once that they cannot be checked.
"""

from __future__ import annotations

import getpass
import os
import secrets
import shlex
import stat
import subprocess
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

OTHERS = stat.S_IRWXG | stat.S_IRWXO
SECRET_BYTES = 32
KEPT_SECRET = (
    "pseudonym.key", "launch.key", "audit/audit.key", "audit/disclosure.key", "audit/audit.jsonl", "notebook.sqlite",
    "reports", "persons.sqlite", "opted_out", "people.toml", "watched", "sign_in.toml", "sign_in.key",
    "sessions.sqlite",
)  # fmt: skip
"""Of a store, what is looked at by itself as well: a copy of a folder often loses the folder's mode, or theirs."""
TOLD = "rights-cannot-be-checked"
"""Marks a store of which it was said that nobody can check who may read it."""

Run = Callable[..., Any]


def complaint(store: Path) -> str:
    """Who but its owner could read the store, and the command that mends it; empty when nobody can, or none is there.

    store: an absolute path. Its folder closes all that lies in it; the secrets are looked at one by one all the same.
    """
    if not store.exists() or not modes_are_kept(store):
        return ""
    open_to_others = [name for name in ("", *KEPT_SECRET) if _others_may(store / name)]
    if not open_to_others:
        return ""
    what = f"The store {store}" if open_to_others[0] == "" else f"{open_to_others[0]} in the store {store}"
    return f"{what} can be read by others on this machine. Mend that first: chmod -R go= {shlex.quote(str(store))}"


def cannot_be_checked(store: Path) -> str:
    """The sentence for a store whose rights nobody can see; said once for each store, then empty."""
    if not store.is_dir() or modes_are_kept(store):
        return ""
    with suppress(OSError):
        (store / TOLD).touch(exist_ok=False)
        return (
            f"Who may read the store {store} cannot be checked on this disk. Keep it in a folder that is yours alone, "
            "on an encrypted disk. This is said once."
        )
    return ""


def make_folder(folder: Path, run: Run = subprocess.run, system: str = os.name) -> None:
    """Make a folder, and those it lies in, its owner's alone, where there is none yet; what is there is left as it is.

    system: as `os.name` says it. On Windows a mode sets nothing: there its list of rights is written.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent, run, system)
    folder.mkdir(mode=0o700, exist_ok=True)
    if system != "nt":
        folder.chmod(0o700)
        return
    command = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "icacls.exe"
    rights = f"{getpass.getuser()}:(OI)(CI)F"
    with suppress(OSError):  # what cannot be set is told, as what cannot be checked
        run([str(command), str(folder), "/inheritance:r", "/grant:r", rights], check=False, capture_output=True)


def modes_are_kept(folder: Path) -> bool:
    """Whether a mode that is set on a file of this folder is still there when it is read again."""
    if os.name == "nt":
        return False
    tried = folder / f".mode-{uuid.uuid4().hex}"
    try:
        os.close(os.open(tried, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        tried.chmod(0o600)
        return not tried.stat().st_mode & OTHERS
    except OSError:  # a folder that may not be written says nothing of its disk: its mode is believed
        return True
    finally:
        with suppress(OSError):
            tried.unlink(missing_ok=True)


def kept_text(path: Path) -> tuple[str | None, str]:
    """What a file says that decides who may come in, and why it is not believed; None where there is none.

    It is believed where it is a file and no link, of the owner of this process, and nobody else has any right to it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None, ""
    except OSError as problem:
        link = " It is a link: put the file itself there." if path.is_symlink() else ""
        return None, f"{path} cannot be read: {problem.strerror}.{link}"
    try:
        if why := _not_ones_own(path, os.fstat(descriptor)):
            return None, why
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read().decode("utf-8"), ""
    except UnicodeDecodeError:
        return None, f"{path} cannot be read as text. Write it anew, in UTF-8."
    finally:
        os.close(descriptor)


def secret(path: Path, earlier: bytes | None = None) -> bytes:
    """The secret in this file, readable by its owner only; made, whole before it has its name, where there is none.

    One that was cut short is no secret: it is made anew, and what was sealed with it is no longer believed. earlier:
    what was used in its place before, which it then is.
    """
    with suppress(FileNotFoundError):
        found = path.read_bytes()
        if len(found) == SECRET_BYTES:
            return found
        if path.stat().st_size != SECRET_BYTES:  # and still so: another may have made it meanwhile
            path.unlink()
    make_secret(path, earlier)
    return path.read_bytes()


def make_secret(path: Path, earlier: bytes | None = None) -> None:
    """Make a secret of its owner's alone, whole on disk before it has its name; one that is there stays.

    earlier: what it is to be, where it was another file's before.
    """
    make_folder(path.parent)
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(earlier if earlier and len(earlier) == SECRET_BYTES else secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    try:
        # Not `replace`: of two that make it at once, both must end with the same one.
        os.link(fresh, path)
    except FileExistsError:
        pass
    except OSError:  # a disk without links
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _others_may(path: Path) -> bool:
    """Whether anybody but the owner has any right to this file or folder; what is not there is nobody's."""
    with suppress(OSError):
        return bool(path.stat().st_mode & OTHERS)
    return False


def _not_ones_own(path: Path, found: os.stat_result) -> str:
    """Why an open file is not believed, and the command that mends it; empty where it is its owner's alone."""
    if not stat.S_ISREG(found.st_mode):
        return f"{path} is no file. Put the file itself there."
    if os.name == "nt":
        return ""
    what = ""
    if found.st_uid != os.geteuid():
        what, mend = f"{path} belongs to another user of this machine.", f"chown {os.geteuid()}"
    elif found.st_mode & OTHERS:
        what, mend = f"{path} can be read by others on this machine.", "chmod 600"
    # Last, as it writes a file: this is asked at every step of everybody who is signed in.
    return f"{what} Mend that first: {mend} {shlex.quote(str(path))}" if what and modes_are_kept(path.parent) else ""
