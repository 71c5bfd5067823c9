"""What the store asks of the disk: that a thing is on it before it counts, and that a failure is told in words."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dashboard.errors import Refused, StoreBusy

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def why(problem: OSError) -> str:
    """What the machine says, without the path."""
    return "there is no room on the disk" if problem.errno in FULL else (problem.strerror or "the disk failed").lower()


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """Have a disk that fails refuse in words what was to be written."""
    try:
        yield
    except OSError as problem:
        raise Refused(f"{what} cannot be written: {why(problem)}. Nothing was changed.") from None


def write(path: Path, content: bytes, mode: int = 0o640) -> None:
    """A file with this content, on disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        path.chmod(mode)
        os.fsync(file.fileno())


def replace(path: Path, content: bytes) -> None:
    """Put a file of its owner's alone in the place of what was there: whole, and on disk when this returns.

    Where that fails nothing of it is left.
    """
    fresh = path.with_name(f".{uuid.uuid4().hex}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on disk."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lock(held: IO[bytes]) -> None:
    """Hold an open file alone, for as long as it is open; raises StoreBusy when another does."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(held.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StoreBusy("Another import is running. Wait until it is done, then start again.") from None
