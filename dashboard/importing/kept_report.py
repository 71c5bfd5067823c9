"""The report of an import, kept for the steward beside its generation: with cells in it, for its owner alone.

What an import found is in the generation as counts by rule; which cell of which row stands here, because a cell may be
a name. A report goes with its generation, and earlier when it has been kept for so many days.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

from dashboard.engines.disk import replace
from dashboard.engines.generations import REPORTS, Generation, Store
from dashboard.importing.result import ImportResult
from dashboard.keeping import Keeping
from dashboard.private import make_folder

A_DAY = 86_400


def keep(generation: Generation, result: ImportResult) -> None:
    """Write it down; an import is done all the same where that cannot be."""
    path = generation.report_path
    with suppress(OSError):
        make_folder(path.parent)
        replace(path, json.dumps(result.as_json(), ensure_ascii=False).encode())


def keep_for(generation: Generation, before: Generation) -> None:
    """The report of a generation stands for one that was made of it as well."""
    if (result := read(before.report_path)) is not None:
        keep(generation, result)


def read(path: Path) -> ImportResult | None:
    """The report in this file; None when it is not kept, or not any more."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return ImportResult.from_json(json.loads(path.read_bytes()))
    return None


def clear(store: Store, *, older_than_days: int = Keeping.report_days) -> None:
    """Take away the reports that have been kept long enough, and halves of some."""
    with suppress(OSError):
        for path in (store.root / REPORTS).iterdir():
            if path.name.startswith(".") or time.time() - path.stat().st_mtime >= older_than_days * A_DAY:
                path.unlink(missing_ok=True)
