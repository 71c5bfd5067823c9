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
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dashboard import sql
from dashboard.access import OPERATOR, Viewer
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.records import Records

NOT_RECORDED = "not recorded"
STATES = {"left": 0, "well": 0, "failed": 1, "died": 2, "unanswered": 3, "not due": 4}
SURGEONS, SITES = ("S01", "S02", "S03"), ("North", "South")
PLACED = {"procedure": "microdiscectomy", "surgeon": "S01", "site": "North", "operated": "2024-01-01", "index": "yes"}
OUTCOME = {"outcome": "fbss", **PLACED, "state": "left", "day": "100", "onset": NOT_RECORDED, "cause": NOT_RECORDED,
           "quarter": "8096", "modifiable": "0"}  # fmt: skip
OTHERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "symptom_event": (
        "symptom utinyint, day smallint, onset utinyint, course utinyint, severity utinyint, red_flag boolean, "
        "contacted boolean, days_ago integer, resolved utinyint, treated boolean",
        {"symptom": "fever", "day": "10", "onset": "early_recovery", "course": "new", "severity": "",
         "red_flag": "yes", "contacted": "no", "days_ago": "10", "resolved": "0", "treated": "no"},
    ),
    "symptom_pair": ("symptom utinyint, other_symptom utinyint", {}),
    "finding_event": ("cause utinyint, main boolean, day smallint", {"main": "yes", "day": "100"}),
    "treatment_event": (
        "treatment utinyint, step utinyint, attempt utinyint, treatment_outcome utinyint, day smallint",
        {"attempt": "1", "treatment_outcome": NOT_RECORDED, "day": "10"},
    ),
    "care_path": (
        "cause utinyint, day smallint, path integer, treatment_outcome utinyint",
        {"cause": NOT_RECORDED, "day": "100", "path": "0", "treatment_outcome": NOT_RECORDED},
    ),
    "visit_state": (
        "visit utinyint, state utinyint, days_since_surgery integer, odi_before smallint, odi_change smallint, "
        "back_change smallint, leg_change smallint, eq5d_change smallint, gpe smallint, satisfaction smallint",
        {"visit": "12", "state": "1", "days_since_surgery": "500"},
    ),
}  # fmt: skip
"""Marts beside the main one: their own columns, and what a row has that does not say."""

COMMON = "operation integer, patient ubigint, procedure utinyint, surgeon smallint, site smallint, operated date, "
COMMON += "index_operation boolean, "


def parse(text: str) -> list[dict[str, str]]:
    """The rows of a text table, everything as text."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def generation(folder: Path, outcomes: str, symptoms: str = "", **others: str) -> DuckEngine:
    """An engine on a file with the marts of these rows, the codes of the definitions, and the facts.

    others: rows of further marts, by the mart's name; what is not given is empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "000001.duckdb"
    codes = _codes()
    factors = ", ".join(f"{name} utinyint" for name in load().factors)
    with duckdb.connect(str(path)) as made:
        made.execute(
            "create table code (dimension varchar, code smallint, name varchar, label varchar, family varchar)"
        )
        rows = [(d, c, n, n.replace("_", " ").capitalize()) for d, named in codes.items() for n, c in named.items()]
        made.executemany("insert into code (dimension, code, name, label) values (?, ?, ?, ?)", rows)
        made.execute(
            f"create table operation_outcome (outcome utinyint, {COMMON} state utinyint, day smallint, onset utinyint, "
            f"cause utinyint, quarter smallint, modifiable utinyint, {factors})"
        )
        for table, (columns, _) in OTHERS.items():
            made.execute(f"create table {table} ({COMMON} {columns}, {factors})")
        made.execute(sql.load("tables/issue").text)
        made.execute(sql.load("tables/issue_count").text)
        made.execute(sql.load("tables/late_entry").text)
        written = {"operation_outcome": outcomes, "symptom_event": symptoms, **others}
        for table, text in written.items():
            defaults = OUTCOME if table == "operation_outcome" else {**PLACED, **OTHERS[table][1]}
            for row in parse(text):
                _insert(made, table, {**defaults, **row}, codes)
        _number_profiles(made)
        made.execute(
            "create table facts as select date '2025-01-01' as data_date, date '2024-01-01' as first_operation, "
            "date '2024-12-31' as last_operation, 4 as operations, 5 as all_operations, 4 as patients, "
            "true as made_up, 'Text practice' as practice, 'abc' as definitions_version"
        )
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


def assert_rows(frame: pd.DataFrame, expected: str, within: float = 1e-12) -> None:
    """The frame has exactly these rows in these columns, in this order; an empty cell is null."""
    wanted = parse(expected)
    columns = list(wanted[0]) if wanted else [cell.strip() for cell in expected.strip().split("|")]
    found = [[_text(value) for value in row] for row in frame[columns].itertuples(index=False)]
    assert len(found) == len(wanted), found
    for row, want in zip(found, wanted, strict=True):
        assert all(_same(a, b, within) for a, b in zip(row, want.values(), strict=True)), (row, want)


def _insert(
    made: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, str], codes: Mapping[str, Mapping[str, int]]
) -> None:
    values = {"patient": row.get("patient", row["operation"]), "index_operation": row["index"] == "yes", **row}
    for factor in load().factors:
        values.setdefault(factor, NOT_RECORDED)
    bound: dict[str, Any] = {}
    for name, value in values.items():
        if name == "state" and table == "operation_outcome":
            bound[name] = STATES[str(value)]
        elif name in ("red_flag", "contacted", "main", "treated"):
            bound[name] = value == "yes"
        elif name != "index":
            known = codes.get("symptom" if name == "other_symptom" else name)
            bound[name] = known[str(value)] if known else (None if value == "" else value)
    names, slots = ", ".join(bound), ", ".join(f"${name}" for name in bound)
    made.execute(f"insert into {table} ({names}) values ({slots})", bound)


def _number_profiles(made: duckdb.DuckDBPyConnection) -> None:
    """Give each operation the number of its profile, and list the profiles, as the importer does."""
    columns = ", ".join(["procedure", *load().adjusting])
    made.execute(
        "create or replace table operation_outcome as "
        f"select *, cast(dense_rank() over (order by {columns}) as integer) as profile from operation_outcome"
    )
    made.execute(f"create table profile as select distinct profile, {columns} from operation_outcome")


def _codes() -> dict[str, dict[str, int]]:
    definitions = load()
    words: dict[str, Sequence[str]] = {name: list(terms) for name, terms in definitions.vocabularies.items()}
    words["outcome"] = list(definitions.outcomes)
    words["step"] = list(definitions.groups("treatment"))
    words["visit"] = [str(visit.months) for visit in definitions.visits.values()]
    words["onset"] = [category.name for category in definitions.onset_categories]
    words |= {factor.name: [band.name for band in factor.bands] for factor in definitions.factors.values()}
    words |= {"surgeon": SURGEONS, "site": SITES}
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
