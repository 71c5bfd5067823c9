"""``python3 -m benchmarks --operations 1000000``: make, import, and time every read and every page's analyses.

Only ratios within one run mean anything on a shared machine: each read's median time over that of a bare scan
(``max`` of each column that it touches, filtered the same way) on the same open file.
"""

from __future__ import annotations

import argparse
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.typed_read import typed_read
from dashboard import importing, sample, sql
from dashboard.access import OPERATOR
from dashboard.analyses.adjusted_risk import adjusted_risk
from dashboard.analyses.cohort_line import cohort_line
from dashboard.analyses.compare import compare
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.known_status import known_status
from dashboard.analyses.monitor import monitor
from dashboard.analyses.onset import onset
from dashboard.analyses.ratio_models import STARTS
from dashboard.analyses.red_flags import red_flags_table
from dashboard.analyses.remembering import forget
from dashboard.analyses.review import review
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.trend import between, trend
from dashboard.audit import Audit
from dashboard.cohort import TITLES, Cohort
from dashboard.definitions import load
from dashboard.documents import on_paper
from dashboard.documents.quality import quality
from dashboard.documents.wanted import Wanted
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.records import Records
from dashboard.shipped import shipped

OUTCOME, DAYS = "fbss", 730
COHORT_COLUMNS = {"operated", *TITLES}


def main() -> None:
    """Read the words, make and import the records, and print the figures."""
    words = argparse.ArgumentParser(prog="python3 -m benchmarks", description=__doc__)
    words.add_argument("--operations", type=int, default=1_000_000)
    words.add_argument("--repeats", type=int, default=5)
    words.add_argument("--folder", type=Path, help="keep the records and the store here, and use them again")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = chosen.folder or Path(passing)
        _records(folder, chosen.operations)
        _measure(folder / "store", chosen.repeats)


def _records(folder: Path, operations: int) -> None:
    """Made-up records, imported; what is already there is used again."""
    made = folder / f"records-{operations}"
    if not made.exists():
        began = time.perf_counter()
        rows = sample.write(made, operations, 1, rules=shipped("sample_data", "rules.toml"))
        print(f"made {sum(rows.values()):,} rows in {time.perf_counter() - began:.0f} s")
    if Store(folder / "store").current() is None:
        began = time.perf_counter()
        result = importing.run([made], folder / "store")
        seconds, rows_read = time.perf_counter() - began, sum(count.read for count in result.tables.values())
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
        print(
            f"imported {rows_read:,} rows in {seconds:.0f} s: {rows_read / seconds:,.0f} rows/s, {used:.1f} GiB at most"
        )
        bare = typed_read(made)
        print(f"the database's own typed reading of these files: {bare:.1f} s, a ratio of {seconds / bare:.1f}")


def _measure(store: Path, repeats: int) -> None:
    generation = Store(store).current()
    if generation is None:
        raise SystemExit("Nothing was published.")
    print(f"store: {generation.path.stat().st_size / 1024**2:,.0f} MiB")
    engine = DuckEngine(generation.path, generation.number)
    with tempfile.TemporaryDirectory() as folder:
        records = Records(engine, OPERATOR, Cohort(), Audit(Path(folder)))
        half = Cohort(operated_from=_middle(records))
        for name, cohort in (("all operations", Cohort()), ("half of the operations", half)):
            print(f"\n{name}\n{'read':<28}{'median ms':>10}{'bare scan':>10}{'ratio':>7}")
            _reads(records.of(cohort), repeats)
            print(f"\n{'page':<28}{'first ms':>10}{'again ms':>10}")
            _pages(engine, records.of(cohort))
    print(f"\npeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GiB")


def _middle(records: Records) -> Any:
    facts = records.facts
    assert facts.first_operation is not None
    assert facts.last_operation is not None
    return facts.first_operation + (facts.last_operation - facts.first_operation) / 2


def _reads(records: Records, repeats: int) -> None:
    """Each read against a bare scan of the columns that it and its cohort touch."""
    asked, total, bare_total = _questions(records), 0.0, 0.0
    for name, (columns, values) in asked.items():
        query = sql.load(name, columns)
        took = _median(lambda q=query, v=values: _run(records, q, v), repeats)  # type: ignore[misc]
        scan = _bare(records, query)
        bare = _median(lambda q=scan, v=values: _run(records, q, v), repeats)  # type: ignore[misc]
        total, bare_total = total + took, bare_total + bare
        print(f"{name:<28}{took:>10.1f}{bare:>10.1f}{took / bare:>7.1f}")
    print(f"{'together':<28}{total:>10.1f}{bare_total:>10.1f}{total / bare_total:>7.1f}")


def _questions(records: Records) -> dict[str, tuple[Mapping[str, Any], dict[str, Any]]]:
    due = (records.facts.data_date or records.facts.last_operation) - timedelta(days=DAYS)  # type: ignore[operator]
    within, outcome = {"within_days": DAYS}, {"outcome": records.order("outcome")[OUTCOME]}
    visit = {"outcome": records.order("outcome")["not_better"]}
    starts = {f"start_{place}": start for place, start in enumerate(STARTS) if place}
    factors, by = {"factors": list(load().factors)}, {"by": "procedure"}
    return {
        "operations": ({}, outcome),
        "failure_curve": (by, outcome),
        "lost": (by, {**outcome, **within, "due_from": due}),
        "landmark": (by, visit),
        "onset": (by, {**outcome, **within}),
        "symptoms": ({}, within),
        "risk_factors": (factors, {**outcome, **within, "due_from": due}),
        "risk_factors_landmark": (factors, visit),
        "case_mix": ({"by": "surgeon"}, {**outcome, **within, "due_from": due, "at_visit": False}),
        "hazards_by_interval": ({}, {**outcome, **within, **starts}),
        "trend": ({}, {**outcome, **within, "due_from": due, "at_visit": False}),
        "monitor": ({}, {**outcome, "within_days": 90, "due_from": due}),
    }


def _bare(records: Records, query: sql.Query) -> sql.Query:
    """The largest value of each column that the read touches, of its outcome's rows: nothing cheaper reads them."""
    mart = "symptom_event" if "cohort_of_symptom_event" in query.text else "operation_outcome"
    body = query.text.split(")\n", 1)[1]
    of_mart = {*load().factors, *COHORT_COLUMNS, "operation", "day", "state", "onset", "outcome", "symptom", "profile"}
    touched = sorted({word for word in re.findall(r"[a-z_]+", body) if word in of_mart})
    if mart == "operation_outcome":
        touched = [column for column in touched if column != "symptom"]
    else:
        touched = [column for column in touched if column not in ("outcome", "state")]
    scan = ", ".join(f"max({column})" for column in touched)
    where = "where outcome = $outcome" if mart == "operation_outcome" else ""
    period = "($operated_from is null or operated >= $operated_from)"
    where = f"{where} and {period}" if where else f"where {period}"
    text = f"select {scan} from {mart} {where}"
    return sql.Query(f"bare {query.name}", "", text, frozenset(re.findall(r"\$([a-z_]+)", text)))


def _run(records: Records, query: sql.Query, values: dict[str, Any]) -> None:
    """Ask the engine itself, past everything that is remembered."""
    engine = records.engine
    assert isinstance(engine, DuckEngine)
    offered = {**records.cohort.values(records._codebook.known), **values, **records._scope_values()}
    with engine._connection.cursor() as cursor:
        engine._frame(cursor, query, tuple((name, offered[name]) for name in query.parameters))


def _pages(engine: DuckEngine, records: Records) -> None:
    """The analyses behind each page, asked for the first time and again."""
    wanted = Wanted(OUTCOME, DAYS, datetime(2026, 1, 1, tzinfo=UTC))
    pages: dict[str, Callable[[], object]] = {
        "overview": lambda: (
            cohort_line(records),
            red_flags_table(records),
            failure_rate(records, OUTCOME, None, DAYS),
            known_status(records, OUTCOME, DAYS),
            onset(records, OUTCOME, None, 365),
            failure_curve(records, OUTCOME),
            failure_rate(records, OUTCOME, "family", DAYS),
            trend(records, OUTCOME, DAYS),
            between(records, "complication", 90),
            review(records),
        ),
        "procedures": lambda: (
            failure_rate(records, OUTCOME, "procedure", DAYS),
            failure_rate(records, OUTCOME, None, DAYS),
        ),
        "onset": lambda: (
            failure_curve(records, OUTCOME, "family"),
            onset(records, OUTCOME, "family", 365),
            onset(records, OUTCOME, None, 1825),
            onset(records, OUTCOME, "family", 1825),
        ),
        "risk": lambda: risk_factors(records, OUTCOME, DAYS),
        "ratios, adjusted": lambda: adjusted_risk(records, OUTCOME, DAYS),
        "compare": lambda: compare(records, OUTCOME, "surgeon", DAYS),
        "monitoring": lambda: monitor(records),
        "quality report, as PDF": lambda: on_paper.pdf(quality(records, wanted)),
    }
    for name, page in pages.items():
        engine._answers.forget()
        forget()
        print(f"{name:<28}{_once(page):>10.0f}{_once(page):>10.0f}")


def _median(ask: Callable[[], object], repeats: int) -> float:
    ask()
    return statistics.median(_once(ask) for _ in range(repeats))


def _once(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
