"""The process of one import: limits first, then the work; what it says is JSON, a line each."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from dashboard.errors import OutcomesError, StoreBusy
from dashboard.importing.result import ImportRefused, ImportResult
from dashboard.importing.work import work

MOST_MEMORY = 12 << 30
"""Of address space: the database maps files, so this lies well above its own limit of memory."""


def main() -> None:
    """Read what to do from standard input, do it, and say how it went."""
    _limit()
    words = json.load(sys.stdin)
    mapping = Path(words["mapping"]) if words["mapping"] else None
    try:
        result = work([Path(path) for path in words["sources"]], Path(words["store"]), mapping, words["check"], _step)
    except StoreBusy as problem:
        _say({"busy": problem.message})
    except ImportRefused as problem:
        _say({"refused": problem.message, "result": problem.result.as_json()})
    except OutcomesError as problem:
        _say({"refused": problem.message, "result": ImportResult(None, {}, []).as_json()})
    else:
        _say({"result": result.as_json()})


def _step(name: str) -> None:
    _say({"step": name})


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
