"""Outcome records come in: read, checked and published as a new generation, or refused with nothing changed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dashboard.errors import StoreBusy, WrongUsage
from dashboard.importing.result import ImportRefused, ImportResult, Issue, TableCount

__all__ = ["FORMATS", "ImportRefused", "ImportResult", "Issue", "TableCount", "run"]

FORMATS = ("auto", "tables")

Progress = Callable[[str], None]


def run(
    sources: Sequence[Path],
    store: Path,
    mapping: Path | None = None,
    format: str = "auto",  # noqa: A002 (the word of the command)
    check: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Import these folders or files into a store, in a process of its own with limits of its own.

    mapping: a site's mapping file; check: publish nothing; progress: called with each step's name.
    Raises ImportRefused (with its issues) when nothing was changed, StoreBusy when another import runs.
    """
    if format not in FORMATS:
        raise WrongUsage(f'"{format}" is not a format that is read. Formats: {", ".join(FORMATS)}.')
    words = {
        "sources": [str(path) for path in sources],
        "store": str(store),
        "mapping": str(mapping) if mapping else None,
        "check": check,
    }
    # A child, because a full disk or a hostile file must not take the app with it.
    command = [sys.executable, "-m", "dashboard.importing.child"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=_environment()
    ) as child:
        assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 (both were asked for)
        child.stdin.write(json.dumps(words))
        child.stdin.close()
        answer: dict[str, object] = {}
        for line in child.stdout:
            said = json.loads(line)
            if "step" not in said:
                answer = said
            elif progress is not None:
                progress(said["step"])
    return _answered(answer, child.returncode)


def _answered(answer: dict[str, object], status: int) -> ImportResult:
    if not answer:
        raise ImportRefused(
            f"The import ended before it was done (status {status}), perhaps for want of memory. Nothing was changed."
        )
    if "busy" in answer:
        raise StoreBusy(str(answer["busy"]))
    result = ImportResult.from_json(answer["result"])  # type: ignore[arg-type]
    if "refused" in answer:
        raise ImportRefused(str(answer["refused"]), result)
    return result


def _environment() -> dict[str, str]:
    """The child finds the package where this process found it, whatever folder it was started from."""
    import os

    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
