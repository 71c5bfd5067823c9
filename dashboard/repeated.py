"""Whoever is not let in, and tries again and again: on record as a few lines, however often.

Each line waits for the disk, and any number can be asked for: the first is told of at once, those of the minutes after
it as one number. Nobody is locked out by that: a link is drawn from so many that guessing is hopeless, and one that is
good works also while others guess.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

SPAN_SECONDS = 600.0


@dataclass
class Repeated:
    """One thing that is refused. tell: writes a line of so many; after: calls back when a span is over, in seconds."""

    tell: Callable[[int], object]
    after: Callable[[float, Callable[[], None]], None] = field(default_factory=lambda: _later)
    _more: int = 0
    _is_counting: bool = False
    _thread: threading.Lock = field(default_factory=threading.Lock)

    def tried(self) -> None:
        """It was tried."""
        with self._thread:
            self._more += self._is_counting
            is_first, self._is_counting = not self._is_counting, True
        if is_first:
            self.after(SPAN_SECONDS, self.over)
            self.tell(1)

    def over(self) -> None:
        """A span is over, or the server ends: how many came after its first is told, where any did."""
        with self._thread:
            more, self._more, self._is_counting = self._more, 0, False
        if more:
            self.tell(more)


def often(times: int) -> dict[str, int]:
    """What a line says of how often; nothing of once."""
    return {"times": times} if times > 1 else {}


def _later(seconds: float, call: Callable[[], None]) -> None:
    def once() -> None:
        atexit.unregister(once)
        call()

    timer = threading.Timer(seconds, once)
    timer.daemon = True  # it keeps no server from ending, which tells what is left
    atexit.register(once)
    timer.start()
