"""The series that are monitored and their signals, as they were worked out once when the records were published.

To make the model, freeze it and work out the limits takes longest of all that Overview shows, and depends on nothing
that a reader chooses. What was kept is read in its place where it is of this generation, these definitions, this code
and these libraries to the letter; where it is of others, or missing, it is worked out as ever.
"""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from dashboard.access import OPERATOR
from dashboard.analyses.monitor import COLUMNS, monitor
from dashboard.analyses.remembering import remembered
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.disk import replace
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Generation, Store
from dashboard.errors import OutcomesError
from dashboard.private import make_folder
from dashboard.records import Records
from dashboard.shipped import shipped

NAME = "signals"
LIBRARIES = ("numpy", "scipy", "pandas", "duckdb")
DAY = "signalled_on"


@dataclass(frozen=True)
class Signals:
    """``series``, ``since``, ``reason`` and ``counts_only`` as ``Monitored`` has them."""

    series: pd.DataFrame
    since: date | None
    reason: str
    counts_only: bool


@remembered
def signals(records: Records) -> Signals:
    """Every series with its signal, whatever the reader has chosen."""
    whole = records.of(Cohort())
    kept = _read(records.answers, records.engine.generation) if records.answers else None
    if kept is not None and whole.may_have_kept(NAME):
        return kept
    found = monitor(whole)
    return Signals(found.series, found.since, found.reason, found.counts_only)


def keep(generation: Generation) -> None:
    """Work them out for who sees everything, and write them down beside the generation; once, and by its owner alone.

    Nobody looks at them yet: it goes on record when somebody is shown them. Nothing is lost where that cannot be: then
    they are worked out when they are asked for.
    """
    path = generation.answers_path
    with suppress(OSError, OutcomesError):
        if _read(path, generation.number) is not None:
            return
        with TemporaryDirectory() as nowhere, closing(DuckEngine(generation.path, generation.number)) as engine:
            found = signals(Records(engine, OPERATOR, Cohort(), Audit(Path(nowhere))))
        make_folder(path.parent)
        for half in path.parent.glob(".*"):
            half.unlink(missing_ok=True)
        replace(path, json.dumps(_told(found) | {"of": _of(path, generation.number)}).encode())


def keep_current(root: Path) -> None:
    """Keep those of the generation that is read, so that nobody who comes first has to wait for it."""
    current = Store(root).current_or_none()
    if current is not None:
        keep(current)


def _told(found: Signals) -> dict[str, Any]:
    rows = [
        {name: value for name, value in row.items() if not pd.isna(value)}
        for row in found.series.to_dict("records")
    ]  # fmt: skip
    days = [{**row, DAY: row[DAY].isoformat()} if DAY in row else row for row in rows]
    return {"series": days, "since": found.since and found.since.isoformat(), "reason": found.reason}


def _read(path: Path, generation: int) -> Signals | None:
    """What was kept in this file; None where it is of another generation, other definitions or other code."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        told = json.loads(path.read_bytes())
        if told["of"] != _of(path, generation):
            return None
        rows = [{**row, DAY: date.fromisoformat(row[DAY])} if DAY in row else row for row in told["series"]]
        since = date.fromisoformat(told["since"]) if told["since"] else None
        return Signals(pd.DataFrame(rows, columns=COLUMNS), since, str(told["reason"]), counts_only=False)
    return None


def _of(path: Path, generation: int) -> list[str]:
    """All that an answer depends on: the generation's own bytes, the definitions, the code and the libraries."""
    manifest = path.parent.parent / "gen" / f"{path.stem}.json"
    data = str(json.loads(manifest.read_bytes())["sha256"])
    return [str(generation), data, load().version, _code()]


@cache
def _code() -> str:
    """The digest of every file of ours that could take part, and the versions of what it rests on."""
    digest = hashlib.sha256(" ".join([sys.version, *map(version, LIBRARIES)]).encode())
    package = Path(__file__).resolve().parents[1]
    for path in sorted([*package.rglob("*.py"), *shipped("queries").rglob("*.sql")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
