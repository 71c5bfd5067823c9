"""Which questions this process has written into the audit already: on one day, and into the file that lies there now.

What was written is gone with the file: after a restore, or where somebody took lines away, each question is written
again.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

REMEMBERED = 10_000
"""Questions that need no second line from this process."""

Mark = tuple[int, int, int]


@dataclass(frozen=True)
class Noted:
    """What was put on record while an answer was made: so is each viewer who shares the answer.

    lines: by its words without the viewer's name, each with whether something was refused.
    """

    lines: dict[str, tuple[bool, Mapping[str, Any]]] = field(default_factory=dict)
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


_NOTING: ContextVar[Noted | None] = ContextVar("what is put on record for an answer that is being made", default=None)


@contextmanager
def noting() -> Iterator[Noted]:
    """Around the making of an answer that will be shared."""
    noted, around = Noted(), noted_here()
    token = _NOTING.set(noted)
    try:
        yield noted
    except BaseException:
        # What came to nothing is on record all the same, and so it is of whoever shares what goes on without it.
        if around is not None:
            around.lines.update(noted.lines)
        raise
    finally:
        _NOTING.reset(token)


def note(entry: Mapping[str, Any], *, refused: bool) -> None:
    """A line, for whoever shares the answer that is being made; their names differ, and nothing else."""
    if (noted := noted_here()) is not None:
        noted.lines[json.dumps({**entry, "viewer": ""}, default=str)] = refused, entry


def noted_here() -> Noted | None:
    """That of the answer which is being made in this thread."""
    return _NOTING.get()


def never_kept(entry: Mapping[str, Any]) -> None:
    """Raises RuntimeError where an answer that will be shared asks for single operations: each view is on record."""
    if noted_here() is not None:
        raise RuntimeError(f"Single operations are remembered: {entry.get('question')}")


class AskedToday:
    """The questions of one audit file; several threads may ask at once."""

    def __init__(self, path: Path, key: Path) -> None:
        """path, key: the file of lines, and that of the key with which they are written."""
        self._path, self._key = path, key
        self._asked: dict[str, None] = {}
        self._of: tuple[object, ...] = ()
        self._size = 0
        self._thread = threading.Lock()

    def has(self, question: str, day: date) -> bool:
        """Whether the question was written on this day, into the file as it is there now."""
        with self._thread:
            self._look(day)
            return question in self._asked

    def add(self, question: str, day: date) -> None:
        """The question was written."""
        with self._thread:
            self._look(day)
            self._asked[question] = None
            if len(self._asked) > REMEMBERED:
                del self._asked[next(iter(self._asked))]

    def _look(self, day: date) -> None:
        """Forget all where the day, the file or the key is another one, or the file has become shorter."""
        there = mark(self._path)
        of = (day, there and there[0], mark(self._key))
        size = there[2] if there else 0
        if of != self._of or size < self._size:
            self._asked.clear()
        self._of, self._size = of, size


def mark(path: Path) -> Mark | None:
    """What is another one when a file is replaced or written anew; None when it is not there. Number, time, bytes."""
    with suppress(OSError):
        found = os.stat(path)  # noqa: PTH116 (of every question: a Path's own takes twice as long)
        return found.st_ino, found.st_ctime_ns, found.st_size
    return None
