"""The end of the audit's chain, kept where a cut of the audit file does not reach: beside its folder, and elsewhere.

Beside the folder (``audit.head``) stand two lines of one length, written over in place: the last line of the chain that
was on disk when it was written, and the last line of all. Only a power cut may take the second of them.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from dashboard.harmless import harmless_record

START = "0" * 64
MANIFESTS, IN_MANIFEST = "gen/*.json", "audit"
"""The manifests of a store, and what they call the end of the audit at the time when they were written."""
SYSLOG = "syslog"
"""In the place of a file: the log of the machine, which may pass it on to another."""
WRITTEN = re.compile(r"([0-9]{1,12}):([0-9a-f]{64})")
LATEST = 1_000
"""Of the heads in a file elsewhere so many are held against the chain."""

WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0)

log = logging.getLogger(__name__)
log.addFilter(harmless_record)


class Head(NamedTuple):
    """The last line's number and code; 0 and sixty-four zeros before the first."""

    number: int
    code: str

    def __str__(self) -> str:
        return f"{self.number}:{self.code}"


NOWHERE = Head(0, START)


class Heads(NamedTuple):
    """What is held of the end of the chain: the last line known to be on disk, and the last of all."""

    safe: Head
    last: Head


def head_said(text: str) -> Head | None:
    """The head that NUMBER:CODE says; None when it says none."""
    found = WRITTEN.fullmatch(text.strip())
    return Head(int(found[1]), found[2]) if found else None


def beside(folder: Path) -> Path:
    """The file that holds the end of the chain whose lines lie in this folder."""
    return folder.with_name(f"{folder.name}.head")


def held(folder: Path) -> Heads | None:
    """What stands beside the folder; None when nothing that can be read does."""
    with suppress(OSError):
        heads = [head_said(line) for line in beside(folder).read_text("ascii", errors="replace").splitlines()]
        if len(heads) == 2 and heads[0] is not None and heads[1] is not None:
            return Heads(heads[0], heads[1])
    return None


def named(folder: Path) -> Iterator[Head]:
    """The ends of this chain that the manifests of the store name."""
    for path in folder.parent.glob(MANIFESTS):
        with suppress(OSError, ValueError, RecursionError):
            told = json.loads(path.read_bytes())
            head = head_said(str(told.get(IN_MANIFEST, ""))) if isinstance(told, dict) else None
            if head is not None and head.number:
                yield head


def hold(folder: Path, head: Head, *, durable: bool) -> None:
    """Write down the new end of the chain; durable: its line is on disk, and so is this when it returns."""
    before = None if durable else held(folder)
    safe = head if durable else before.safe if before else NOWHERE
    text = "".join(f"{one.number:012d}:{one.code}\n" for one in (safe, head))
    descriptor = os.open(beside(folder), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(descriptor, text.encode("ascii"), 0)
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def send(place: str, head: Head) -> None:
    """Send the head elsewhere: to the file named, a line each, or to the machine's own log.

    One that cannot be sent is told to the log and does not keep anybody from the records.
    """
    said = f"{datetime.now(UTC).isoformat(timespec='seconds')} {head}"
    try:
        if place == SYSLOG:
            import syslog

            syslog.syslog(syslog.LOG_NOTICE | syslog.LOG_AUTH, f"outcomes audit head {said}")
        else:
            # A pipe that nobody reads fails at once, where it would else keep everybody waiting for a reader.
            descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | WITHOUT_WAITING, 0o600)
            with os.fdopen(descriptor, "a", encoding="ascii") as file:
                file.write(f"{said}\n")
    except (OSError, ImportError):
        log.exception("The head of the audit could not be sent to the place that OUTCOMES_AUDIT_HEAD names.")


def sent(place: str) -> Iterator[Head]:
    """The latest heads in the file that they are sent to; none where that is no file."""
    if not place or place == SYSLOG or not Path(place).is_file():  # to read a pipe or a device may never end
        return
    with suppress(OSError):
        for line in Path(place).read_text("ascii", errors="replace").splitlines()[-LATEST:]:
            if head := head_said(line.rpartition(" ")[2]):
                yield head
