"""A forgetting, or a restore, in a process that is killed at one of its steps.

A process of its own and no fork of ours: a fork has the database's memory without the threads that keep it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from dashboard.engines.generations import Store
from dashboard.importing import backup
from dashboard.importing.publishing import forgetting

ROOT = Path(__file__).resolve().parents[1]
HALF = "half of the mark"


def forget_and_be_killed(store: Path, who: str, step: str) -> None:
    """Forget somebody up to a step, or (HALF) until the mark is half written."""
    _killed("forget", str(store), who, step)


def restore_and_be_killed(store: Path, file: Path, key: Path, step: str) -> None:
    """Put a backup back up to a step."""
    _killed("restore", str(store), str(file), str(key), step)


def _killed(*words: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    status = subprocess.call([sys.executable, "-m", "tests.killed", *words], cwd=ROOT, env=environment)
    assert status == -signal.SIGKILL


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _at(step: str) -> Callable[[str], None]:
    return lambda said: _die() if said == step else None


def _half(path: Path, content: bytes, mode: int = 0o640) -> None:
    path.write_bytes(content[:-2])
    _die()


def _run(what: str, store: str, *words: str) -> None:
    if what == "restore":
        file, key, step = words
        backup.put_back(Store(Path(store)), Path(file), Path(key).read_bytes().strip(), None, _at(step))
        return
    who, step = words
    if step == HALF:
        setattr(forgetting, "write", _half)  # noqa: B010 (as a test patches it: it is no name of ours to set)
    forgetting.forget(Store(Path(store)), who, _at(step))


if __name__ == "__main__":
    _run(*sys.argv[1:])
