"""Outcome records come in: read, checked and published as a new generation, or refused with nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dashboard.errors import WrongUsage
from dashboard.importing.formats import AUTO, FORMAT_NAMES
from dashboard.importing.result import ImportRefused, ImportResult, Issue, TableCount
from dashboard.importing.running import Progress, Published, Running, Told, start

__all__ = ["ImportRefused", "ImportResult", "Issue", "Progress", "Running", "TableCount", "run", "start"]


def run(
    sources: Sequence[Path],
    store: Path,
    mapping: Path | None = None,
    format: str = AUTO,  # noqa: A002 (the word of the command)
    check: bool = False,
    told: Told | None = None,
    published: Published | None = None,
) -> ImportResult:
    """Import these folders or files into a store, in a process of its own with limits of its own.

    mapping: a site's mapping file; check: publish nothing; told: called with each step's progress; published: with the
    number of the new generation.
    Raises ImportRefused (with its issues) when nothing was changed, StoreBusy when another import runs.
    """
    if format not in FORMAT_NAMES:
        raise WrongUsage(f'"{format}" is not a format that is read. Formats: {", ".join(FORMAT_NAMES)}.')
    running = start(sources, store, mapping, format, check=check, told=told, published=published)
    try:
        running.listen()
    except KeyboardInterrupt:
        running.cancel()
        raise
    return running.result()
