"""Who asked what: an append-only file, each line bound to the one before it, so that a changed or missing line shows.

A line is JSON, numbered, with an HMAC over the code of the previous line and its own text. Lists of single operations
are on disk (fsync) before they are shown: no line, no view. Counts are on the same chain, a line for each question
once a day, without waiting for the disk: a power cut may take the last of those, and the chain then ends earlier. Its
end is kept beside the folder, in the manifest of each generation and, where that is set, elsewhere (``audit_head``):
they show a file that was cut off, emptied or deleted.

The key lies beside the file. So the chain protects nothing against whoever runs this machine: who can read the key can
write the whole file anew, and what lies beside it too. Only a head that was sent elsewhere shows that.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from dashboard import audit_head
from dashboard.audit_asked import AskedToday, Noted, never_kept, note, noted_here, noting
from dashboard.audit_head import NOWHERE, START, Head
from dashboard.audit_keys import KEY, AuditKeys, key_there
from dashboard.keeping import Keeping
from dashboard.private import make_folder

FOLDER, FILE, LOCK = "audit", "audit.jsonl", "audit.lock"
RECENT = 1 << 20
"""Bytes of the end of the file in which a recent line is looked for."""
BLOCK, BLOCKS_KEPT = 2_000, 50
"""Lines that are read and checked together, and of how many such it is remembered, by every letter, what was found."""
LOST_OR_CUT = "it was cut off, or lost when the power failed."
GOES_ON = "goes on"
"""The first line where those before it were let go: it follows none of the lines that are there."""
GAP = "gap"
"""The line that says, in the chain itself, that it had been longer than what was found, or may have been."""
Clock = Callable[[], datetime]
IN_UTC: Clock = partial(datetime.now, UTC)
END, BESIDE = "end", "beside"
"""What the first line says of a chain whose end is kept: where that is gone later, somebody took it away."""


class Audit:
    """The audit file of one store. Several threads may write with one."""

    def __init__(
        self, folder: Path, elsewhere: str = "", keep_days: int = Keeping.audit_days, clock: Clock = IN_UTC
    ) -> None:
        """folder: the store's audit folder; made, for the owner only, when it is not there.

        elsewhere: the file, or ``syslog``, that the end of the chain is sent to as well; keep_days: for how long a
        line is kept, at least; clock: the time, in UTC.
        """
        self.path = folder / FILE
        self._folder = folder
        self._elsewhere = elsewhere
        self._keep_days = keep_days
        self._clock = clock
        make_folder(folder)
        self._keys = AuditKeys(folder)
        self._asked = AskedToday(self.path, folder / KEY)
        self._thread = threading.RLock()

    @property
    def head(self) -> Head:
        """The end of the chain, to be kept where whoever can change this file cannot."""
        return _last(self.path)

    def listed(self, entry: Mapping[str, Any]) -> None:
        """Write a line about single operations, and return when it is on disk; of every time that they are shown."""
        never_kept(entry)
        self._write({"what": "listing", **entry}, durable=True)

    def changed(self, entry: Mapping[str, Any]) -> None:
        """Write a line about a change of the published data, and return when it is on disk."""
        self._write({"what": "change", **entry}, durable=True)

    def refused(self, entry: Mapping[str, Any]) -> None:
        """Write a line about something that a viewer may not do, and return when it is on disk."""
        note(entry, refused=True)
        self._write({"what": "refusal", **entry}, durable=True)

    def asked(self, entry: Mapping[str, Any]) -> None:
        """Write a line about a question that is answered with counts, unless this process has written it today."""
        note(entry, refused=False)
        question, day = _text(entry), self._clock().date()
        # First without waiting for whoever writes: most questions were asked before.
        if self._asked.has(question, day):
            return
        with self._thread:
            if not self._asked.has(question, day):
                self._write({"what": "counts", **entry}, durable=False)
                self._asked.add(question, day)

    @contextmanager
    def noting(self, viewer: str) -> Iterator[Noted]:
        """Around the making of an answer that others may share: what is put on record, in this viewer's name."""
        with noting() as noted:
            yield noted
        self._asked.add(f"{noted.key} {viewer}", self._clock().date())

    def again(self, noted: Noted, viewer: str) -> None:
        """Put on record, once a day, who is about to be shown an answer, by all that was when it was made."""
        question, day = f"{noted.key} {viewer}", self._clock().date()
        if (around := noted_here()) is not None:
            around.lines.update(noted.lines)
        if not self._asked.has(question, day):
            for refused, entry in noted.lines.values():
                (self.refused if refused else self.asked)({**entry, "viewer": viewer})
            self._asked.add(question, day)

    def keyed(self, words: str) -> bytes:
        """A digest of words with the secret of what is told, which nobody without it can work out.

        No code of a line is one, also where both secrets are the same.
        """
        return hmac.digest(self._keys.disclosure, f"not a line\n{words}".encode(), "sha256")

    def complaints(self) -> list[str]:
        """What is wrong with the chain, held against every end of it that is kept: as ``verify`` says it."""
        return verify(self._folder, None, [*audit_head.named(self._folder), *audit_head.sent(self._elsewhere)])

    def blocks(self) -> list[tuple[str, ...]]:
        """The lines as they are written, the oldest first, in blocks: of two looks only the last of these differ."""
        return _blocks(_lines(self.path))

    def let_go(self, now: datetime | None = None) -> int:
        """Take away the lines that have been kept long enough, of a chain that is whole; how many.

        What stays follows a first line that says after which number and code it goes on. The last line always stays.
        """
        latest = (now or self._clock()) - timedelta(days=self._keep_days)
        with self._thread, _alone(self._folder / LOCK):
            written = _lines(self.path)
            lines = [line for line in map(read_line, written) if line is not None]
            old = next((place for place, line in enumerate(lines) if not _before(line, latest)), len(lines) - 1)
            old = min(old, len(lines) - 1)
            if old <= (1 if lines and lines[0].get("what") == GOES_ON else 0) or verify(self._folder):
                return 0
            last = lines[old - 1]
            first = {"number": last["number"], "at": last["at"], "what": GOES_ON, "follows": last["code"]}
            first["code"] = _code(self._keys.lines, START, first)
            fresh = self.path.with_suffix(".fresh")
            try:
                with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write("".join(f"{line}\n" for line in (_text(first), *written[old:])).encode())
                    file.flush()
                    os.fsync(file.fileno())
                fresh.replace(self.path)
            finally:
                fresh.unlink(missing_ok=True)
        return old

    def _write(self, entry: Mapping[str, Any], *, durable: bool) -> None:
        make_folder(self._folder)
        with self._thread, _alone(self._folder / LOCK):
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _close_torn_line(descriptor)
                head, more = self._gap_told(descriptor, _last(self.path))
                head = self._appended(descriptor, head, {**entry, **more})
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
            audit_head.hold(self._folder, head, durable=durable)
            if durable and self._elsewhere:
                audit_head.send(self._elsewhere, head)

    def _gap_told(self, descriptor: int, found: Head) -> tuple[Head, dict[str, str]]:
        """The end of the chain, after a line that says so where it had been longer: the next head would hide it.

        With it what the next line says as well: that from there on the end is kept.
        """
        held = audit_head.held(self._folder)
        if held is None:
            return self._end_missed(descriptor, found), {END: BESIDE}
        if held.last.number <= found.number:
            return found, {}
        only_counts = held.safe.number <= found.number
        told = {"what": GAP, "ended_at": found.number, "had": held.last.number, "only_counts": only_counts}
        return self._appended(descriptor, found, told), {}

    def _end_missed(self, descriptor: int, found: Head) -> Head:
        """The end of a chain of which nothing beside says where it ends, after a line that says so.

        Not of the first line of all, nor of an earlier version's chain, whose end was kept nowhere: no line of it and
        no manifest speaks of one.
        """
        if any(audit_head.named(self._folder)) or any(map(_speaks_of_end, lines_of(self._folder))):
            return self._appended(descriptor, found, {"what": GAP, "ended_at": found.number, "had": None})
        # Before the line that speaks of it: whoever is killed between the two has taken nothing away.
        audit_head.hold(self._folder, found, durable=True)
        return found

    def _appended(self, descriptor: int, previous: Head, entry: Mapping[str, Any]) -> Head:
        line = {"number": previous.number + 1, "at": self._clock().isoformat(timespec="milliseconds"), **entry}
        code = _code(self._keys.lines, previous.code, line)
        os.write(descriptor, (_text({**line, "code": code}) + "\n").encode())
        return Head(previous.number + 1, code)


def verify(folder: Path, head: Head | None = None, kept: Iterable[Head] = ()) -> list[str]:
    """What is wrong with the chain, a sentence for each place; empty when every line is as it was written.

    head: the number and code kept elsewhere; kept: those of the manifests. What lies beside the folder is held against
    the chain too. Nothing is written here, and no key made.
    """
    ends = [*([head] if head else []), *kept]
    lines, beside = _lines(folder / FILE), audit_head.held(folder)
    key = key_there(folder)
    if key is None:
        told = lines or beside or any(end.number for end in ends)
        return ["The audit's key is gone or damaged: no line of the audit can be checked."] if told else []
    wrong, seen, last = _chain(key, lines)
    if _torn(folder / FILE):
        wrong.append("The audit ends in the middle of a line.")
    if beside is None and (lines or any(end.number for end in ends)):
        wrong.append(f"What says where the audit ends ({audit_head.beside(folder).name} in the store) is gone.")
    # Of what was let go nothing can be said any more.
    safe = [end for end in (*([beside.safe] if beside else []), *ends) if end.number >= min(seen)]
    missing = [end for end in safe if seen.get(end.number) != end.code]
    if missing:
        number = max(missing).number
        wrong.append(f"The audit ends at number {last}; number {number} is missing or was changed.")
    elif beside is not None and seen.get(beside.last.number) != beside.last.code:
        wrong.append(
            f"The audit ends at number {last}; number {beside.last.number}, of a question answered with counts, is "
            f"missing: {LOST_OR_CUT}"
        )
    return wrong


def lines_of(folder: Path) -> list[dict[str, Any]]:
    """The lines that can be read, the oldest first, as they stand: whether they are as written, ``verify`` says."""
    return [line for line in map(read_line, _lines(folder / FILE)) if line is not None]


def latest(folder: Path, **said: Any) -> dict[str, Any] | None:
    """The last line that says all this, among the last of them: an old one is of no interest. Nothing is made."""
    if not (folder / FILE).is_file():
        return None
    with (folder / FILE).open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - RECENT))
        written = file.read().decode("utf-8", errors="replace").split("\n")
    words = [f'"{name}":{_text(value)}' for name, value in said.items()]
    likely = (line for line in reversed(written) if all(each in line for each in words))
    read = (line for line in map(read_line, likely) if line is not None)
    return next((line for line in read if line.items() >= said.items()), None)


def head_of(folder: Path) -> Head:
    """The end of the chain in a folder that may not be there; nothing is made."""
    return _last(folder / FILE)


def _chain(key: bytes, lines: list[str]) -> tuple[list[str], dict[int, str], int]:
    """What is wrong between the lines, the code of each number, and the last number."""
    wrong: list[str] = []
    previous, seen = NOWHERE, {} if lines else {0: START}
    for number, block in enumerate(_blocks(lines)):
        said, codes, previous = _links(key, number * BLOCK, previous, block)
        wrong += said
        seen |= codes
    return wrong, seen, previous.number


@lru_cache(maxsize=BLOCKS_KEPT)
def _links(key: bytes, before: int, previous: Head, block: tuple[str, ...]) -> tuple[list[str], dict[int, str], Head]:
    """The same of one block, and its last line; before: how many lines stand before it, previous: the last of them."""
    wrong: list[str] = []
    seen = {} if before else {0: START}
    for place, written in enumerate(block, start=before + 1):
        line = read_line(written)
        if line is None:
            wrong.append(f"Audit line {place} is not whole.")
            continue
        code = str(line.pop("code"))
        if place == 1 and line.get("what") == GOES_ON:
            if written != _text({**line, "code": code}) or not _same(code, _code(key, START, line)):
                wrong.append("Audit line 1 was changed.")
            previous = Head(line["number"], str(line.get("follows")))
            seen = {previous.number: previous.code}
            continue
        if line["number"] != previous.number + 1:
            wrong.append(f"Audit line {place} has number {line['number']}, after number {previous.number}.")
        # To the letter: the same JSON may be written in other ways.
        as_written = written == _text({**line, "code": code})
        if not as_written or not _same(code, _code(key, previous.code, line)):
            wrong.append(f"Audit line {place} was changed, or the line before it was.")
        if line.get("what") == GAP:
            wrong.append(f"Audit line {place} says that {_gap(line)}")
        previous = Head(line["number"], code)
        seen[previous.number] = previous.code
    return wrong, seen, previous


def _blocks(lines: list[str]) -> list[tuple[str, ...]]:
    return [tuple(lines[place : place + BLOCK]) for place in range(0, len(lines), BLOCK)]


def _gap(line: Mapping[str, Any]) -> str:
    ended = f"the audit ended at number {line.get('ended_at')} when it was written, "
    if line.get("had") is None:
        return f"{ended}and that nothing said any more where it had ended before: lines may be missing."
    return f"{ended}where it had ended at {line['had']} before: " + (
        LOST_OR_CUT if line.get("only_counts") else "lines are missing."
    )


def _speaks_of_end(line: Mapping[str, Any]) -> bool:
    return END in line or line.get("what") in (GAP, GOES_ON)


def _before(line: Mapping[str, Any], moment: datetime) -> bool:
    try:
        return datetime.fromisoformat(str(line.get("at"))) < moment
    except (ValueError, TypeError):
        return False


def _same(code: str, other: str) -> bool:
    return hmac.compare_digest(code.encode(), other.encode())


def _code(key: bytes, previous: str, line: Mapping[str, Any]) -> str:
    return hmac.new(key, f"{previous}\n{_text(line)}".encode(), hashlib.sha256).hexdigest()


def _text(line: Any) -> str:
    # Half a sign, as from a forged title, has no bytes; and two halves side by side would be read as one sign.
    written = json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=str)
    return written.encode("utf-8", "replace").decode("utf-8")


def read_line(written: str) -> dict[str, Any] | None:
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
    # Not splitlines: other signs than a line's end may stand within a line.
    text = path.read_bytes().decode("utf-8", errors="replace")
    return text.removesuffix("\n").split("\n") if text else []


def _torn(path: Path) -> bool:
    """Whether the last line has no end."""
    return path.is_file() and path.read_bytes()[-1:] not in (b"", b"\n")


def _last(path: Path) -> Head:
    """The last whole line, read from the end: the file may be long."""
    if not path.is_file():
        return NOWHERE
    reach = 65_536
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        while True:
            file.seek(max(0, size - reach))
            lines = file.read().decode("utf-8", errors="replace").split("\n")
            for written in reversed(lines if reach >= size else lines[1:]):
                if (line := read_line(written)) is not None:
                    return Head(line["number"], str(line["code"]))
            if reach >= size:
                return NOWHERE
            reach *= 16


def _close_torn_line(descriptor: int) -> None:
    """After a kill in the middle of a line, begin a new one, so that the torn one does not take the next with it."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        os.write(descriptor, b"\n")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One writer at a time, of all processes."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
