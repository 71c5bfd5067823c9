"""Tables written as text, and a small generation built from them: rows that a reader can count by hand.

::

    operation | surgeon | state  | day
    1         | S01     | failed | 30

Columns left out take the defaults below; a factor left out is "not recorded".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd

from dashboard import sql
from dashboard.access import OPERATOR, Viewer
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.definitions.canonical import ANSWERS, TABLES, UNDATED
from dashboard.engines.duck import DuckEngine
from dashboard.importing.publishing.marts import columns
from dashboard.records import Records

NOT_RECORDED = "not recorded"
STATES = {"left": 0, "well": 0, "failed": 1, "died": 2, "unanswered": 3, "not due": 4}
SURGEONS, SITES = tuple(f"S0{place}" for place in range(1, 8)), ("North", "South")
PLACED = {"procedure": "microdiscectomy", "surgeon": "S01", "site": "North", "operated": "2024-01-01", "index": "yes"}
OUTCOME = {"outcome": "fbss", **PLACED, "state": "left", "day": "100", "onset": NOT_RECORDED, "cause": NOT_RECORDED,
           "quarter": "8096", "modifiable": "0", "modifiable_unknown": "0"}  # fmt: skip
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "operation_outcome": OUTCOME,
    "symptom_event": {
        **PLACED, "symptom": "fever", "day": "10", "onset": "early_recovery", "course": "new", "severity": "",
        "red_flag": "yes", "pain": "no", "contacted": "no", "contacted_after": "", "days_ago": "10",
        "resolved": "0", "treated": "no",
    },
    "symptom_pair": PLACED,
    "finding_event": {**PLACED, "main": "yes", "day": "100"},
    "diagnosis_delay": {
        **PLACED, "cause": NOT_RECORDED, "onset": "early_recovery", "state": "1", "day": "100", "visits": "0",
        "resolved": "no",
    },
    "treatment_event": {**PLACED, "attempt": "1", "treatment_outcome": NOT_RECORDED, "day": "10"},
    "care_path": {**PLACED, "cause": NOT_RECORDED, "day": "100", "path": "0", "treatment_outcome": NOT_RECORDED},
    "undated_answer": {**PLACED, "within_days": "", "answer": "0"},
    "unreadable": {**PLACED, "quarter": "8096", "field": "operation.bmi", "factor": "bmi"},
    "visit_state": {**PLACED, "visit": "12", "state": "1", "days_since_surgery": "500"},
}  # fmt: skip
"""The marts that are written as text, and what a row has that does not say; their columns are those that they state."""
KEPT = {
    "operation": {"operation": "integer", "age": "integer", "source": "smallint"},
    "patient": {"patient": "ubigint", "birth_year": "smallint", "death_date": "date"},
    "follow_up": {"operation": "integer", "visit_date": "date", **dict.fromkeys(ANSWERS, "double")},
    "missing_kind": {"kind": "varchar"},
    "complication": {"operation": "integer", "complication": "varchar", "complication_date": "date"},
}
"""Of the tables that are kept as they were recorded those that a read goes through, with the columns that it names."""


def parse(text: str) -> list[dict[str, str]]:
    """The rows of a text table, everything as text."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def generation(folder: Path, outcomes: str, symptoms: str = "", **others: str) -> DuckEngine:
    """An engine on a file with the marts of these rows, the codes of the definitions, and the facts.

    others: rows of further marts, by the mart's name; what is not given is empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, codes = folder / "000001.duckdb", _codes()
    path.write_bytes(_empty(load().version))
    with duckdb.connect(str(path)) as made:
        written = {"operation_outcome": outcomes, "symptom_event": symptoms, **others}
        for table, text in written.items():
            _insert(made, table, [{**DEFAULTS.get(table, {}), **row} for row in parse(text)], codes)
        _number_profiles(made)
        _mark_first_onsets(made)
        _of_each(made)
    return DuckEngine(path, 1)


def records(
    folder: Path,
    outcomes: str,
    symptoms: str = "",
    *,
    viewer: Viewer = OPERATOR,
    cohort: Cohort | None = None,
    **others: str,
) -> Records:
    """The door to such a generation; the audit lies beside it."""
    engine = generation(folder, outcomes, symptoms, **others)
    return Records(engine, viewer, cohort or Cohort(), Audit(folder / "audit"))


def of_surgeons(
    folder: Path,
    sizes: Mapping[str, tuple[int, int]],
    procedures: Mapping[str, Sequence[str]],
    state: str = "left",
) -> Records:
    """Operations of each surgeon, so many of them and of these the failures; of the surgeon's procedures in turn.

    Failures come on day 200; the others end their follow-up as the state says, on day 800.
    """
    rows = [
        f"{place}{n:03} | 2020-01-01 | {surgeon} | {procedures[surgeon][n % len(procedures[surgeon])]} | "
        f"{'failed | 200' if n < failed else f'{state} | 800'}"
        for place, (surgeon, (size, failed)) in enumerate(sizes.items(), start=1)
        for n in range(size)
    ]
    return records(folder, "\n".join(["operation | operated | surgeon | procedure | state | day", *rows]))


def assert_rows(frame: pd.DataFrame, expected: str, within: float = 1e-12) -> None:
    """The frame has exactly these rows in these columns, in this order; an empty cell is null."""
    wanted = parse(expected)
    columns = list(wanted[0]) if wanted else [cell.strip() for cell in expected.strip().split("|")]
    found = [[_text(value) for value in row] for row in frame[columns].itertuples(index=False)]
    assert len(found) == len(wanted), found
    for row, want in zip(found, wanted, strict=True):
        assert all(_same(a, b, within) for a, b in zip(row, want.values(), strict=True)), (row, want)


@cache
def _empty(version: str) -> bytes:
    """A database of these definitions in which nothing is written yet: made once, since making it takes longest."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.duckdb"
        with duckdb.connect(str(path)) as made:
            _make(made)
        return path.read_bytes()


def _make(made: duckdb.DuckDBPyConnection) -> None:
    """Every table, the codes of the definitions, and the facts."""
    rows = [(d, c, n, n.replace("_", " ").capitalize()) for d, named in _codes().items() for n, c in named.items()]
    made.register("words", pd.DataFrame(rows, columns=["dimension", "code", "name", "label"]))
    made.execute(
        "create table code as select dimension, cast(code as smallint) as code, name, label, "
        "cast(null as varchar) as family from words"
    )
    made.unregister("words")
    stated = ", ".join(f"{name} {kind}" for name, kind in columns("operation_band", load()).items())
    made.execute(f"create table operation_band ({stated})")
    for mart in DEFAULTS:
        stated = ", ".join(f"{name} {kind}" for name, kind in columns(mart, load()).items() if name != "profile")
        made.execute(f"create table {mart} ({stated})")
    for table in ("import_before", "import_change", "issue_count", "late_entry", "source"):
        made.execute(sql.load(f"tables/{table}").text)
    for table, columns_of in KEPT.items():
        held = ", ".join(f"{name} {kind}" for name, kind in columns_of.items())
        made.execute(f"create table {table} ({held})")
    made.execute(sql.load("tables/visit_window").text)
    windows = [
        (number, one.low, one.high, one.high + load().overdue_days)
        for number, one in enumerate(load().visits.values(), start=1)
    ]
    made.executemany("insert into visit_window values (?, ?, ?, ?)", windows)
    made.execute(
        "create table facts as select date '2025-01-01' as data_date, date '2024-01-01' as first_operation, "
        "date '2024-12-31' as last_operation, 4 as operations, 5 as all_operations, 4 as patients, "
        "true as made_up, 'Text practice' as practice, 'abc' as definitions_version"
    )


def _insert(
    made: duckdb.DuckDBPyConnection,
    table: str,
    rows: Sequence[Mapping[str, str]],
    codes: Mapping[str, Mapping[str, int]],
) -> None:
    """All rows of a table at once: one by one each costs as much as a hundred."""
    kinds = KEPT[table] if table in KEPT else columns(table, load())
    bound = [_values(table, row, kinds, codes) for row in rows]
    if not bound:
        return
    names = sorted(bound[0])
    written = pd.DataFrame([[None if one[name] is None else str(one[name]) for name in names] for one in bound])
    written.columns = pd.Index(names)
    cast = ", ".join(f"cast({name} as {kinds[name]}) as {name}" for name in names)
    made.register("written", written.astype(object))
    made.execute(f"insert into {table} ({', '.join(names)}) select {cast} from written")
    made.unregister("written")


def _values(
    table: str, row: Mapping[str, str], kinds: Mapping[str, str], codes: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """A row as the mart has it: codes for names, true and false for yes and no, nothing for what is left empty."""
    if table in KEPT:
        return {name: row.get(name) or None for name in kinds}
    values = {"patient": row.get("patient", row["operation"]), "index_operation": row["index"], **row}
    values.setdefault("family", load().vocabularies["procedure"][row["procedure"]].group or NOT_RECORDED)
    bound: dict[str, Any] = {}
    for name in kinds.keys() - {"profile"}:
        value = values.get(name, NOT_RECORDED if name in load().factors else "")
        known = codes.get("symptom" if name == "other_symptom" else name)
        if name == "state" and table == "operation_outcome":
            bound[name] = STATES[value]
        elif kinds[name] == "boolean":
            bound[name] = value == "yes"
        else:
            bound[name] = known[value] if known and value else (value or None)
    return bound


def _number_profiles(made: duckdb.DuckDBPyConnection) -> None:
    """Give each operation the number of its profile, and list the profiles, as the importer does."""
    known_by = ", ".join(name for name in columns("profile", load()) if name != "profile")
    made.execute(
        "create or replace table operation_outcome as "
        f"select *, cast(dense_rank() over (order by {known_by}) as integer) as profile from operation_outcome"
    )
    # Each operation once, whatever the outcomes that a test writes of it.
    shared = ", ".join(
        name for name in columns("operation_band", load()) if name in columns("operation_outcome", load())
    )
    made.execute(
        "insert into operation_band by name"
        f" select {shared}, count(*) over (partition by patient) = 1 as only_operation from ("
        "  from operation_outcome qualify row_number() over (partition by operation order by outcome) = 1"
        " )"
    )
    made.execute(f"create table profile as select distinct profile, {known_by} from operation_outcome")


def _mark_first_onsets(made: duckdb.DuckDBPyConnection) -> None:
    """Of each symptom of an operation the first, as the importer does."""
    made.execute(
        "update symptom_event set first_onset = rowid in"
        " (select arg_min(rowid, row(day, onset)) from symptom_event group by operation, symptom)"
    )


def _of_each(made: duckdb.DuckDBPyConnection) -> None:
    """Every operation and patient of the marts stands among those kept, with nothing recorded where no row says it."""
    for table, mart in (("operation", "operation_band"), ("patient", "operation_band"), ("patient", "visit_state")):
        made.execute(
            f"insert into {table} by name select distinct {table} from {mart} where {table} is not null "
            f"and {table} not in (select {table} from {table})"
        )


def _codes() -> dict[str, dict[str, int]]:
    definitions = load()
    words: dict[str, Sequence[str]] = {name: list(terms) for name, terms in definitions.vocabularies.items()}
    words["family"] = list(definitions.families)
    words["outcome"] = list(definitions.outcomes)
    words["step"] = list(definitions.groups("treatment"))
    words["visit"] = [str(visit.months) for visit in definitions.visits.values()]
    words["onset"] = [category.name for category in definitions.onset_categories]
    words |= {factor.name: [band.name for band in factor.bands] for factor in definitions.factors.values()}
    words |= {"surgeon": SURGEONS, "site": SITES, "factor": list(definitions.factors)}
    words["undated"] = list(UNDATED)
    words["field"] = [f"{table.kept}.{name}" for table in TABLES.values() for name in table.columns]
    return {
        dimension: {name: code for code, name in enumerate([NOT_RECORDED, *names])}
        for dimension, names in words.items()
    }


def _text(value: Any) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _same(found: str, wanted: str, within: float) -> bool:
    try:
        return abs(float(found) - float(wanted)) <= within
    except ValueError:
        return found == wanted
