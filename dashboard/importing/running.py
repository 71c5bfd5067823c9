"""One import under way: its process, how far it is, and how to end it so that nothing of it stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.engines.generations import Store
from dashboard.errors import OurFault, Refused, StoreBusy
from dashboard.importing import leftovers
from dashboard.importing.result import ImportRefused, ImportResult
from dashboard.recorded import Recorded


@dataclass(frozen=True)
class Progress:
    """How far an import is: the step it is at, which of how many, and the seconds since it began."""

    step: str
    place: int
    of: int
    seconds: float


ENDED_FROM_OUTSIDE = (1, 2, 9, 15)
"""Signals that no process gives to itself: hang up, interrupt, kill, terminate."""

Told = Callable[[Progress], None]


@dataclass
class Running:
    """An import in a process of its own. ``progress`` is read while it runs, ``result()`` once it is ``over``."""

    store: Path
    sources: Sequence[Path]
    mapping: Path | None
    form: str
    check: bool
    upgrade: bool
    child: subprocess.Popen[str]
    began: float
    told: Told | None = None
    recorded: Recorded | None = None
    clock_is_right: bool = False
    add: bool = False
    progress: Progress = Progress("start", 0, 1, 0.0)
    over: threading.Event = field(default_factory=threading.Event)
    _answer: dict[str, Any] = field(default_factory=dict)
    _cancelled: bool = False
    _clearing: threading.Lock = field(default_factory=threading.Lock)

    def listen(self) -> None:
        """Take down what the child says until it ends."""
        assert self.child.stdout is not None  # noqa: S101 (it was asked for)
        try:
            with self.child:
                for line in self.child.stdout:
                    self._take(json.loads(line))
        finally:
            try:
                self._put_on_record()
            finally:
                self._clear()
                self.over.set()

    def _clear(self) -> None:
        """Leave no record lying about: neither what a killed child was building, nor files that are imported by now."""
        with self._clearing:  # by whoever cancels and by whoever listens: neither goes on before it is done
            if self._cancelled or not self._answer:
                with suppress(StoreBusy, Refused), Store(self.store).writing():
                    pass  # whoever holds the store for writing clears the rubbish of a crash first
            if not (self.check or self.upgrade):
                leftovers.clear_uploads(self.store)

    def _put_on_record(self) -> None:
        result = self._answer.get("result", {})
        number = result.get("generation")
        if self.recorded is None or self.check:
            return
        if number is None:
            self.recorded.refused()
        else:
            self.recorded.published(number, result.get("added_to"))

    def _take(self, said: dict[str, Any]) -> None:
        if "step" not in said:
            self._answer = said
            return
        self.progress = Progress(said["step"], said["place"], said["of"], time.monotonic() - self.began)
        if self.told is not None:
            self.told(self.progress)

    def cancel(self) -> None:
        """End it at once and clear what it left; what it had already published stays published."""
        self._cancelled = True
        self.child.kill()
        self.child.wait()
        self._clear()

    def result(self) -> ImportResult:
        """What came of it. Raises ImportRefused (nothing was changed) or StoreBusy."""
        if not self._answer:
            self._answer = {"refused": self._why_no_answer(), "result": ImportResult(None, {}, []).as_json()}
        if "busy" in self._answer:
            raise StoreBusy(str(self._answer["busy"]))
        result = ImportResult.from_json(self._answer["result"])
        if "refused" in self._answer:
            raise ImportRefused(str(self._answer["refused"]), result)
        return result

    def _why_no_answer(self) -> str:
        if self._cancelled:
            return "The import was cancelled. Nothing was changed."
        status = self.child.returncode
        if -status in ENDED_FROM_OUTSIDE:
            short = " or by a machine that is short of memory" if status == -9 else ""
            return f"The import was ended from outside, by somebody{short} (signal {-status}). Nothing was changed."
        return f"{OurFault(f'the process of an import ended with status {status}').message} Nothing was changed."

    def in_background(self) -> None:
        """Listen in a thread of its own, so that a screen may go on."""
        threading.Thread(target=self.listen, daemon=True).start()


def start(
    sources: Sequence[Path],
    store: Path,
    mapping: Path | None = None,
    form: str = "auto",
    *,
    check: bool = False,
    upgrade: bool = False,
    clock_is_right: bool = False,
    add: bool = False,
    told: Told | None = None,
    recorded: Recorded | None = None,
) -> Running:
    """Begin an import of these folders or files in a child process with limits of its own.

    clock_is_right: whether somebody has said so of a clock that seems wrong.
    add: these are additions to the records of the store, and not all that there is.
    upgrade: in the place of an import, bring the current generation up to date.
    recorded: told of a new generation once it is there, or that nothing was changed, before the import is over.
    A child, because a full disk or a hostile file must not take the app with it. What it logs goes where ours goes.
    """
    words = {
        "sources": [str(path) for path in sources], "store": str(store),
        "mapping": str(mapping) if mapping else None, "check": check, "format": form, "upgrade": upgrade,
        "clock_is_right": clock_is_right, "add": add,
    }  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-X", "faulthandler", "-m", "dashboard.importing.child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment(),
    )  # fmt: skip
    assert child.stdin is not None  # noqa: S101 (it was asked for)
    with suppress(BrokenPipeError):  # a child that ended at once is told of by result()
        child.stdin.write(json.dumps(words))
        child.stdin.close()
    return Running(
        store, sources, mapping, form, check, upgrade, child, time.monotonic(), told, recorded,
        clock_is_right=clock_is_right, add=add,
    )  # fmt: skip


def _environment() -> dict[str, str]:
    """The child finds the package where this process found it, whatever folder it was started from."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
