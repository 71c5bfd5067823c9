"""Who asked what: an append-only file, each line bound to the one before it, so that a changed or missing line shows.

A line is JSON, numbered, with an HMAC over the code of the previous line and its own text. Lists of single operations
are on disk (fsync) before they are shown: no line, no view. Counts are on the same chain, a line for each question
once, without waiting for the disk: a power cut may take the last of those, and then the chain simply ends earlier.
The last number and code, kept elsewhere (`Audit.head`), show a file that was cut off at its end.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

FILE, KEY, LOCK = "audit.jsonl", "audit.key", "audit.lock"
START = "0" * 64
REMEMBERED = 10_000
"""Questions that need no second line from this process."""


class Head(NamedTuple):
    """The last line's number and code; 0 and sixty-four zeros before the first."""

    number: int
    code: str


class Audit:
    """The audit file of one store."""

    def __init__(self, folder: Path) -> None:
        """folder: the store's audit folder; made, for the owner only, when it is not there."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / FILE
        self._lock_path = folder / LOCK
        self._key = _key(folder / KEY)
        self._asked: OrderedDict[str, None] = OrderedDict()
        self._thread = threading.Lock()

    @property
    def head(self) -> Head:
        """The end of the chain, to be kept where whoever can change this file cannot."""
        return _last(self.path)

    def listed(self, entry: Mapping[str, Any]) -> None:
        """Write a line about single operations, and return when it is on disk."""
        self._write({"what": "listing", **entry}, durable=True)

    def changed(self, entry: Mapping[str, Any]) -> None:
        """Write a line about a change of the published data, and return when it is on disk."""
        self._write({"what": "change", **entry}, durable=True)

    def asked(self, entry: Mapping[str, Any]) -> None:
        """Write a line about a question that is answered with counts, unless this process has written it before."""
        question = _text(entry)
        with self._thread:
            if question in self._asked:
                return
            self._asked[question] = None
            if len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
        self._write({"what": "counts", **entry}, durable=False)

    def _write(self, entry: Mapping[str, Any], *, durable: bool) -> None:
        with self._thread, _alone(self._lock_path):
            previous = _last(self.path)
            line = {"number": previous.number + 1, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}
            written = _text({**line, "code": _code(self._key, previous.code, line)}) + "\n"
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _close_torn_line(descriptor)
                os.write(descriptor, written.encode())
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)


def verify(folder: Path, head: Head | None = None) -> list[str]:
    """What is wrong with the chain, a sentence for each place; empty when every line is as it was written.

    head: the number and code kept elsewhere; without it lines cut off at the end cannot be seen.
    """
    key, previous, wrong = _key(folder / KEY), Head(0, START), []
    seen = {0: START}
    for place, written in enumerate(_lines(folder / FILE), start=1):
        line = _read(written)
        if line is None:
            wrong.append(f"Audit line {place} is not whole.")
            continue
        code = line.pop("code")
        if line["number"] != previous.number + 1:
            wrong.append(f"Audit line {place} has number {line['number']}, after number {previous.number}.")
        if not hmac.compare_digest(str(code), _code(key, previous.code, line)):
            wrong.append(f"Audit line {place} was changed, or the line before it was.")
        previous = Head(line["number"], str(code))
        seen[previous.number] = previous.code
    if head is not None and seen.get(head.number) != head.code:
        wrong.append(f"The audit ends at number {previous.number}; number {head.number} is missing or was changed.")
    return wrong


def _code(key: bytes, previous: str, line: Mapping[str, Any]) -> str:
    return hmac.new(key, f"{previous}\n{_text(line)}".encode(), hashlib.sha256).hexdigest()


def _text(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=str)


def _read(written: str) -> dict[str, Any] | None:
    """A line of the file; None when it is torn, or is not one of ours."""
    try:
        line = json.loads(written)
    except ValueError:
        return None
    whole = isinstance(line, dict) and type(line.get("number")) is int and "code" in line
    return line if whole else None


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        return []
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _last(path: Path) -> Head:
    """The last whole line, read from the end: the file may be long."""
    if not path.is_file():
        return Head(0, START)
    reach = 65_536
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        while True:
            file.seek(max(0, size - reach))
            lines = file.read().decode("utf-8", errors="replace").splitlines()
            for written in reversed(lines if reach >= size else lines[1:]):
                if (line := _read(written)) is not None:
                    return Head(line["number"], str(line["code"]))
            if reach >= size:
                return Head(0, START)
            reach *= 16


def _close_torn_line(descriptor: int) -> None:
    """After a kill in the middle of a line, begin a new one, so that the torn one does not take the next with it."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        os.write(descriptor, b"\n")


def _key(path: Path) -> bytes:
    """The store's own key, made on first use; whoever can read it can write lines."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One writer at a time, of all processes."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
