"""The process of one import: limits first, then the work; what it says is JSON, a line each."""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from dashboard.engines.disk import FULL
from dashboard.engines.generations import Store
from dashboard.engines.writer import NO_MEMORY
from dashboard.errors import OurFault, OutcomesError, StoreBusy
from dashboard.importing.publishing import upgrading
from dashboard.importing.result import ImportRefused, ImportResult
from dashboard.importing.work import steps, work
from dashboard.settings import keeping_of

MOST_MEMORY = 12 << 30
"""Of address space: the database maps files, so this lies well above its own limit of memory."""
OF_THE_MACHINE = (*FULL, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM)


def main() -> None:
    """Read what to do from standard input, do it, and say how it went."""
    _limit()
    words = json.load(sys.stdin)
    try:
        result = _upgraded(words) if words["upgrade"] else _imported(words)
    except StoreBusy as problem:
        _say({"busy": problem.message})
    except ImportRefused as problem:
        _say({"refused": problem.message, "result": problem.result.as_json()})
    except Exception as problem:  # noqa: BLE001 (whatever it is, it is told)
        _say({"refused": _words(problem), "result": ImportResult(None, {}, []).as_json()})
    else:
        _say({"result": result.as_json()})


def _imported(words: dict[str, Any]) -> ImportResult:
    mapping = Path(words["mapping"]) if words["mapping"] else None
    sources = [Path(path) for path in words["sources"]]
    return work(
        sources, Path(words["store"]), mapping, words["check"], _Steps(steps()), words["format"],
        clock_is_right=words["clock_is_right"], kept=keeping_of(os.environ), add=words["add"],
    )  # fmt: skip


def _upgraded(words: dict[str, Any]) -> ImportResult:
    store = Store(Path(words["store"]), keeping_of(os.environ).generations)
    return ImportResult(upgrading.upgrade(store, _Steps(upgrading.steps())).number, {}, [])


def _words(problem: Exception) -> str:
    """What to say of an import that failed: what was said already, what the machine lacks, or that it is our fault."""
    if isinstance(problem, OutcomesError) and not isinstance(problem, OurFault):
        return problem.message
    if isinstance(problem, MemoryError):
        return NO_MEMORY
    if isinstance(problem, OSError) and problem.errno in OF_THE_MACHINE:
        return f"{Path(problem.filename or 'The disk').name}: {os.strerror(problem.errno)}. Nothing was changed."
    fault = problem if isinstance(problem, OurFault) else OurFault("".join(traceback.format_exception(problem)))
    return f"{fault.message} Nothing was changed."


class _Steps:
    """Says each step with its place among all."""

    def __init__(self, of: int) -> None:
        self._place, self._of = 0, of

    def __call__(self, name: str) -> None:
        self._place += 1
        _say({"step": name, "place": self._place, "of": max(self._of, self._place)})


def _say(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _limit() -> None:
    os.umask(0o027)
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
