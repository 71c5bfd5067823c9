"""What is asked of the database, as the app asks it; and the least that any engine must do to answer that.

The floor under a question is a bare scan: ``bit_xor(hash(column))`` of each column that the question's own plan says it
reads, of the rows that the plan's own filters leave. It looks at every value once and keeps none. Statistics cannot
answer it, as they can a ``max``; it takes every type, and cannot overflow; and it costs what the cheapest such
expressions cost: in processor time at 1 M operations 13.6 ms where ``max(column + 0)`` took 13.1, ``sum`` of a whole
number 13.3, ``max(hash(column))`` 14.8 and ``sum(hash(column))`` 25.4.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from benchmarks.tiers import Tier
from dashboard.access import OPERATOR
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine, Parameters
from dashboard.records import Records
from dashboard.sql import Query

OUTCOME, DAYS = "fbss", 730
FLOOR = "bit_xor(hash({}))"
TABLE = re.compile(r'^"[^"]*"\.main\.')

Bound = tuple[tuple[str, object], ...]
Asked = tuple[Query, Parameters]
Scanned = tuple[Query, Bound]


class Recording(DuckEngine):
    """The app's own engine, which remembers what it was asked, and what of it reached the database."""

    opened: ClassVar[list[Recording]] = []

    def __init__(self, path: Path, generation: int, *, scratch: Path | None = None) -> None:
        super().__init__(path, generation, scratch=scratch)
        self.asked: list[Asked] = []
        self.scanned: list[Scanned] = []
        Recording.opened.append(self)

    def frame(self, query: Query, parameters: Parameters) -> pd.DataFrame:
        """As the engine gives it, and on record."""
        self.asked.append((query, dict(parameters)))
        return super().frame(query, parameters)

    def _frame(self, cursor: Any, query: Query, parameters: Bound) -> pd.DataFrame:
        self.scanned.append((query, parameters))
        return super()._frame(cursor, query, parameters)

    def anew(self, asked: Iterable[Asked]) -> None:
        """Ask all of this once more, as if for the first time."""
        self._answers.forget()
        for query, parameters in asked:
            self.frame(query, parameters)

    def floor(self, scanned: Sequence[Scanned]) -> Callable[[], None]:
        """A bare scan of all that these questions touched, each table's columns once."""
        statements = [_statement(scan) for scan in merged([scan for one in scanned for scan in self._scans(*one)])]
        return lambda: self._run(statements)

    def recorded(self, ask: Callable[[], object]) -> tuple[list[Asked], list[Scanned]]:
        """What this asks, each once, and what of it reaches the database when nothing is remembered."""
        self._answers.forget()
        self.asked, self.scanned = [], []
        ask()
        once = {(query, repr(sorted(bound.items(), key=str))): (query, bound) for query, bound in self.asked}
        return list(once.values()), list(self.scanned)

    def _scans(self, query: Query, parameters: Bound) -> Iterator[Scan]:
        bound = {name: list(value) if isinstance(value, tuple) else value for name, value in parameters}
        with self._connection.cursor() as cursor:
            plan = cursor.execute(f"explain (format json) {query.text}", bound).fetchall()[0][1]
        return _scans_of(json.loads(plan))

    def _run(self, statements: Iterable[str]) -> None:
        with self._connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement).fetchall()


@dataclass(frozen=True)
class Scan:
    """One table that a question reads: which columns, and of which rows, by the words of the plan."""

    table: str
    columns: frozenset[str]
    filters: frozenset[str]


def merged(scans: Sequence[Scan]) -> list[Scan]:
    """One scan where one's rows hold the other's: a table that is read six times for one page is read once here."""
    found: list[Scan] = []
    for scan in sorted(scans, key=lambda one: len(one.filters)):
        for place, wider in enumerate(found):
            if wider.table == scan.table and wider.filters <= scan.filters:
                found[place] = replace(wider, columns=wider.columns | scan.columns)
                break
        else:
            found.append(scan)
    return found


def _scans_of(plan: Any) -> Iterator[Scan]:
    """The scans of a plan, wherever in it."""
    for node in plan if isinstance(plan, list) else [plan]:
        more = node.get("extra_info", {})
        if "Table" in more:
            columns, filters = (_listed(more.get(key)) for key in ("Projections", "Filters"))
            certain = [one for one in filters if "optional" not in one.lower() and "dynamic" not in one.lower()]
            kept = frozenset(part for one in certain for part in conditions(one))
            yield Scan(TABLE.sub("", more["Table"]), frozenset(columns), kept)
        yield from _scans_of(node.get("children", []))


def conditions(told: str) -> list[str]:
    """The conditions of a filter that the plan has put into one: each stands in brackets then."""
    parts = told.removeprefix("(").removesuffix(")").split(" AND ")
    return parts if len(parts) > 1 and all(part[0] == "(" and part[-1] == ")" for part in parts) else [told]


def _listed(told: Any) -> list[str]:
    return [told] if isinstance(told, str) and told else list(told or [])


def _statement(scan: Scan) -> str:
    columns = ", ".join(FLOOR.format(f'"{column}"') for column in sorted(scan.columns)) or "count(*)"
    where = f" where {' and '.join(sorted(scan.filters))}" if scan.filters else ""
    return f"select {columns} from {scan.table}{where}"


@contextmanager
def opened(tier: Tier) -> Iterator[tuple[Recording, Records]]:
    """The store of a size, read by whoever may see everything, with an audit that is thrown away."""
    generation = tier.generation
    with tempfile.TemporaryDirectory() as passing, closing(Recording(generation.path, generation.number)) as engine:
        yield engine, Records(engine, OPERATOR, Cohort(), Audit(Path(passing)))


def half(records: Records) -> Cohort:
    """The later half of the recorded days, from within a month: by whole months counts are prepared."""
    facts = records.facts
    assert facts.first_operation is not None
    assert facts.last_operation is not None
    middle = facts.first_operation + (facts.last_operation - facts.first_operation) / 2
    return Cohort(operated_from=middle.replace(day=max(2, middle.day)))


def typical(records: Records) -> Mapping[str, Callable[[], object]]:
    """The eight reads that are typical of what is asked, by what they answer."""
    last = records.facts.data_date or records.facts.last_operation
    assert last is not None
    outcome, within, due = {"outcome": OUTCOME}, {"within_days": DAYS}, {"due_from": last - timedelta(days=DAYS)}
    by, factors = {"by": "procedure"}, {"factors": list(load().factors)}
    change = {"by": "procedure", "measure": "odi_change"}

    def ask(name: str, columns: Mapping[str, Any], **values: Any) -> Callable[[], object]:
        return lambda: records.read_codes(name, columns=columns, **values)

    return {
        "rate by procedure": ask("lost", by, **outcome, **within, **due),
        "curve by procedure and day": ask("failure_curve", by, **outcome),
        "onset by symptom and day": ask("symptoms", {}, **within),
        "all factors": ask("risk_factors", factors, **outcome, **within, **due),
        "funnel by surgeon": ask("case_mix", {"by": "surgeon"}, **outcome, **within, **due, at_visit=False),
        "month by month": ask("failure_by_month", {}, **outcome, **within),
        "follow-up by visit": ask("follow_up", {"by": ()}),
        "change of disability": ask("proms", change),
    }
