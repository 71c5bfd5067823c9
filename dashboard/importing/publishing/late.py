"""Records that came long after what they record: those of old months that the import before did not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from dashboard import sql
from dashboard.definitions.canonical import TABLES
from dashboard.engines.writer import Writer

DATES = {table.kept: table.day for table in TABLES.values() if table.day}
"""By kept table, the day that a record is of."""
LATE_DAYS = 90
"""A month that had ended so long before the last import's data date should have been complete then."""

Months = dict[str, dict[str, int]]


def months_of(writer: Writer, database: str = "") -> Months:
    """By kind of record and month (2024-01), how many there are; database: its name with a point, if another."""
    found: Months = {}
    for table, column in DATES.items():
        rows = writer.run(f"select strftime({column}, '%Y-%m'), count(*) from {database}{table} group by 1 order by 1")
        found[table] = {str(month): int(records) for month, records in rows if month}
    return found


def keep(writer: Writer, now: Months, before: Mapping[str, Any] | None) -> None:
    """What an import brought that the one before should have had; nothing at the first import."""
    writer.run(sql.load("tables/late_entry").text)
    writer.put("late_entry", ("kind", "month", "records"), late_entries(now, before))


def late_entries(now: Months, before: Mapping[str, Any] | None) -> Iterator[tuple[str, str, int]]:
    """Kind, month and number of the records that came late; before: the manifest of the last import, if any."""
    if not before or not before.get("months") or not before.get("data_date"):
        return
    complete = (date.fromisoformat(before["data_date"]) - timedelta(days=LATE_DAYS)).strftime("%Y-%m")
    for kind, months in now.items():
        known = before["months"].get(kind, {})
        for month, records in months.items():
            if month < complete and records > known.get(month, 0):
                yield kind, month, records - known.get(month, 0)
