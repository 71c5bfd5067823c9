"""Outcome records come in: read, checked and published as a new generation, or refused with nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dashboard.errors import WrongUsage
from dashboard.importing.formats import AUTO, FORMAT_NAMES
from dashboard.importing.result import ImportRefused, ImportResult, Issue, TableCount
from dashboard.importing.running import Progress, Running, Told, start
from dashboard.recorded import Recorded

__all__ = ["ImportRefused", "ImportResult", "Issue", "Progress", "Running", "TableCount", "run", "start"]


def bring_up_to_date(store: Path, told: Told | None = None, recorded: Recorded | None = None) -> int:
    """Publish the current generation anew, as this version makes it, from what it holds; the new one's number.

    Raises ImportRefused when nothing was changed, StoreBusy when an import runs.
    """
    result = _waited(start([], store, upgrade=True, told=told, recorded=recorded))
    if result.generation is None:
        raise ImportRefused("Nothing was published.", result)
    return result.generation


def run(
    sources: Sequence[Path],
    store: Path,
    mapping: Path | None = None,
    format: str = AUTO,  # noqa: A002 (the word of the command)
    check: bool = False,
    told: Told | None = None,
    recorded: Recorded | None = None,
    *,
    clock_is_right: bool = False,
    add: bool = False,
) -> ImportResult:
    """Import these folders or files into a store, in a process of its own with limits of its own.

    mapping: a site's mapping file; check: publish nothing; told: called with each step's progress; recorded: told what
    came of it. clock_is_right: whether somebody has said so of a clock that seems wrong. add: these are additions to
    the records of the store, and not all that there is.
    Raises ImportRefused (with its issues) when nothing was changed, StoreBusy when another import runs.
    """
    if format not in FORMAT_NAMES:
        raise WrongUsage(f'"{format}" is not a format that is read. Formats: {", ".join(FORMAT_NAMES)}.')
    started = start(
        sources, store, mapping, format,
        check=check, clock_is_right=clock_is_right, add=add, told=told, recorded=recorded,
    )  # fmt: skip
    return _waited(started)


def _waited(running: Running) -> ImportResult:
    try:
        running.listen()
    except KeyboardInterrupt:
        running.cancel()
        raise
    return running.result()
