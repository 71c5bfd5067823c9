"""The process of one import: limits first, then the work; what it says is JSON, a line each."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from dashboard.errors import OutcomesError, StoreBusy
from dashboard.importing.result import ImportRefused, ImportResult
from dashboard.importing.work import steps, work

MOST_MEMORY = 12 << 30
"""Of address space: the database maps files, so this lies well above its own limit of memory."""


def main() -> None:
    """Read what to do from standard input, do it, and say how it went."""
    _limit()
    words = json.load(sys.stdin)
    mapping = Path(words["mapping"]) if words["mapping"] else None
    try:
        sources = [Path(path) for path in words["sources"]]
        result = work(sources, Path(words["store"]), mapping, words["check"], _Steps(), words["format"])
    except StoreBusy as problem:
        _say({"busy": problem.message})
    except ImportRefused as problem:
        _say({"refused": problem.message, "result": problem.result.as_json()})
    except OutcomesError as problem:
        _say({"refused": problem.message, "result": ImportResult(None, {}, []).as_json()})
    else:
        _say({"result": result.as_json()})


class _Steps:
    """Says each step with its place among all."""

    def __init__(self) -> None:
        self._place = 0

    def __call__(self, name: str) -> None:
        self._place += 1
        _say({"step": name, "place": self._place, "of": max(steps(), self._place)})


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
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    main()
