"""What a date is, and what a unit is: the same wherever one is read."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from dashboard.definitions.canonical import TABLES
from dashboard.importing.dates import day_in_sql, day_of
from dashboard.importing.units import factor, in_range

TODAY = date(2026, 11, 1)

WRITTEN = [
    ("2024-02-28", None, date(2024, 2, 28)),
    ("2024-02-28T23:30:00+01:00", None, date(2024, 2, 28)),
    ("2024-02-28 23:30", None, date(2024, 2, 28)),
    ("28.02.2024", "%d.%m.%Y", date(2024, 2, 28)),
    ("2024-02-28", "%d.%m.%Y", date(2024, 2, 28)),
    ("20240228", "%Y%m%d", date(2024, 2, 28)),
    ("1900-01-01", None, date(1900, 1, 1)),
    ("2026-11-01", None, TODAY),
    ("1899-12-31", None, None),
    ("2026-11-02", None, None),
    ("2024-02-30", None, None),
    ("2024-02", None, None),
    ("2024-02-28x", None, None),
    ("28.02.2024", None, None),
    ("٢٠٢٤-٠٢-٢٨", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("text", "date_format", "day"), WRITTEN)
def test_a_date_is_the_same_day_in_python_and_in_the_database(
    text: str, date_format: str | None, day: date | None
) -> None:
    assert day_of(text, TODAY, date_format) == day
    formats = [date_format] if date_format else []
    with duckdb.connect() as connection:
        found = connection.execute(f"select {day_in_sql('cell', TODAY, *formats)} from (select $1 as cell)", [text])
        assert found.fetchone() == (day,)


@pytest.mark.parametrize(
    ("column", "unit", "each"),
    [
        ("height_cm", "[in_i]", 2.54),
        ("weight_kg", "lbs", 0.45359237),
        ("symptom_duration_months", "a", 12),
        ("bmi", "", 1),
        ("weight_kg", "", None),
        ("weight_kg", "{score}", None),
        ("back_pain", "{score}", 1),
        ("odi", "%", 1),
        ("back_pain", "9999", None),
    ],
)
def test_a_unit_is_converted_or_known_to_be_unknown(column: str, unit: str, each: float | None) -> None:
    assert factor(column, unit) == each


def test_a_number_is_written_as_our_tables_write_it_or_not_at_all() -> None:
    columns = TABLES["operations"].columns
    assert in_range(columns["weight_kg"], 200 * 0.45359237) == "90.718474"
    assert in_range(columns["phq9"], 11.0) == "11"
    assert in_range(columns["phq9"], 11.5) == ""
    assert in_range(columns["weight_kg"], 900) == ""
