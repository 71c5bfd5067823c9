"""A made-up practice as its records come in: a first part, and then what each later day of delivery has brought."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from dashboard.definitions.canonical import TABLES
from dashboard.sample import write
from tests import csv_rows
from tests.sample.practice import RULES

Rows = list[dict[str, str]]
LAST = "9999-12-31"
NEW_SURGEON = "Aaron"
"""Who operates in the last part alone, and comes first in any list of names."""


def parted(folder: Path, operations: int, seed: int, days: Sequence[str]) -> tuple[Path, list[Path]]:
    """The records as one delivery, and the same as several, each with what is dated up to one of these days or after.

    What a row says of a later day than its delivery is not in it; a death that came later comes in a row of its own. An
    operation comes again with its newest last contact, or with what was not recorded at first; of those rows the
    newest stands in the one delivery.
    """
    write(folder / "sample", operations, seed, rules=RULES)
    tables = {name: csv_rows.read(folder / "sample" / f"{name}.csv") for name in TABLES}
    until, how = [*days, LAST], random.Random(seed)
    operated = {row["operation_id"]: row["surgery_date"] for row in tables["operations"]}
    contacts = {row["operation_id"]: row["last_contact_date"] for row in tables["operations"]}
    parts: list[dict[str, Rows]] = [{name: [] for name in TABLES} for _ in until]
    for name, table in TABLES.items():
        for row in tables[name] if table.day else ():
            if name == "follow_ups" and not row[table.day]:
                row[table.day] = operated[row["operation_id"]]
            place = _part(max(row[table.day], operated[row["operation_id"]]), until)
            for dated in table.of_kind("date"):
                row[dated] = row[dated] if row[dated] <= until[place] else ""
            if name == "operations" and place == len(days) and how.random() < 0.2:
                row["surgeon"] = NEW_SURGEON
            parts[place][name].append(row)
    newest = _operations(parts, contacts, until, how)
    _patients(tables["patients"], tables["operations"], parts, until)
    together = {name: [row for part in parts for row in part[name]] for name in TABLES} | {"operations": newest}
    return _written(folder / "together", together), [
        _written(folder / f"part {place}", part) for place, part in enumerate(parts)
    ]


def _operations(
    parts: list[dict[str, Rows]], contacts: Mapping[str, str], until: Sequence[str], how: random.Random
) -> Rows:
    """Give every delivery the operations of those before of which more is known by then; returns the newest rows."""
    newest: dict[str, dict[str, str]] = {}
    for place, part in enumerate(parts):
        fresh = part["operations"]
        again = []
        for name, known in newest.items():
            contact = min(contacts[name], until[place])
            if contact > known["last_contact_date"] and how.random() < 0.7:
                again.append({**known, "last_contact_date": contact, "smoking": known["smoking"] or "never"})
        part["operations"] = [*fresh, *again]
        newest |= {row["operation_id"]: row for row in part["operations"]}
    return list(newest.values())


def _part(day: str, until: Sequence[str]) -> int:
    return next(place for place, last in enumerate(until) if day <= last)


def _patients(patients: Rows, operations: Rows, parts: list[dict[str, Rows]], until: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for row in operations:
        place = _part(row["surgery_date"], until)
        first[row["patient_id"]] = min(place, first.get(row["patient_id"], place))
    for row in patients:
        came = first[row["patient_id"]]
        died = _part(row["death_date"], until) if row["death_date"] else came
        if died > came:
            parts[came]["patients"].append({**row, "death_date": ""})
        parts[max(died, came)]["patients"].append(row)


def _written(folder: Path, tables: Mapping[str, Rows]) -> Path:
    folder.mkdir()
    (folder / "about.toml").write_text("made_up = true\n")
    for name, rows in tables.items():
        if rows:
            csv_rows.write(folder / f"{name}.csv", rows)
    return folder


PLACES = ("source", "line")
OF_AN_IMPORT = ("source", "issue_count", "late_entry", "import_change", "import_before")
"""Tables of what an import did, not of what the records hold."""


def by_names(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Every row of every table as text, with names in the place of numbers that are given out as records come in."""
    tables = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
    return {name: _rows(connection, name) for name in sorted(tables) if name not in OF_AN_IMPORT}


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    columns = {name: f"mart.{name}" for name, *_ in connection.execute(f"describe {table}").fetchall()}
    if table == "code":
        columns["code"] = "case when dimension not in ('surgeon', 'site') then code end"
    elif table not in ("operation", "facts"):
        columns |= {name: _unit(name) for name in ("surgeon", "site") if name in columns}
    if "profile" in columns:
        codes = ", ':', ".join(
            name for name, *_ in connection.execute("describe profile").fetchall() if name != "profile"
        )
        columns["profile"] = f"(select concat({codes}) from profile as named where named.profile = mart.profile)"
    if "operation" in columns:
        columns["operation"] = "(select operation_key from operation as named where named.operation = mart.operation)"
    listed = ", ".join(expression for name, expression in columns.items() if name not in PLACES)
    return sorted(map(str, connection.execute(f"select {listed} from {table} as mart").fetchall()))


def _unit(name: str) -> str:
    return f"(select name from code where dimension = '{name}' and code = mart.{name})"
