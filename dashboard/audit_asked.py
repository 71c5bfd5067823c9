"""Which questions this process has written into the audit already: on one day, and into the file that lies there now.

What was written is gone with the file: after a restore, or where somebody took lines away, each question is written
again.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from datetime import date
from pathlib import Path

REMEMBERED = 10_000
"""Questions that need no second line from this process."""

Mark = tuple[int, int, int]


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
