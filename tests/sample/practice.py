"""The sample read back as a practice would look at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dashboard.definitions.canonical import TABLES
from dashboard.shipped import shipped
from dashboard.stats.survival import cumulative_incidence

RULES = shipped("sample_data", "rules.toml")

DATA_DATE = pd.Timestamp("2026-09-30")
DATES = {
    "patients": ("birth_date", "death_date"),
    "operations": ("surgery_date", "last_contact_date"),
    "follow_ups": ("visit_date",),
    "symptoms": ("onset_date", "resolved_date", "contacted_at"),
    "diagnoses": ("diagnosis_date",),
    "complications": ("complication_date",),
    "treatments": ("start_date", "outcome_date"),
}


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table, dates as dates, everything else as text."""
    tables = {name: pd.read_csv(folder / f"{name}.csv", dtype=str) for name in TABLES}
    for name, columns in DATES.items():
        for column in columns:
            tables[name][column] = pd.to_datetime(tables[name][column], format="%Y-%m-%d")
    return tables


@dataclass(frozen=True)
class Practice:
    """The tables, and a row an operation (planned stages left out) with its failure and its next operation."""

    tables: dict[str, pd.DataFrame]
    operations: pd.DataFrame


def practice(folder: Path) -> Practice:
    tables = read(folder)
    rows = tables["operations"].merge(tables["patients"], on="patient_id", validate="many_to_one")
    rows = rows[rows["planned_stage"] != "true"].sort_values(["patient_id", "surgery_date"])
    found = rows["operation_id"].map(tables["diagnoses"].groupby("operation_id")["diagnosis_date"].min())
    noticed = rows["operation_id"].map(tables["symptoms"].groupby("operation_id")["onset_date"].min())
    rows["failure_date"] = noticed.fillna(found).where(found.notna())
    rows["reoperation_date"] = rows.groupby("patient_id")["surgery_date"].shift(-1)
    rows["last_day"] = rows["last_contact_date"].fillna(DATA_DATE)
    rows["first"] = ~rows.duplicated("patient_id")
    return Practice(tables, rows)


def share_by(day: int, operations: pd.DataFrame, column: str = "failure_date") -> float:
    """The Aalen-Johansen share with this date by this day after surgery, death before it as a competing event."""
    failed = operations[column].notna()
    died = ~failed & (operations["death_date"] <= operations["last_day"])
    until = operations[column].fillna(operations["last_day"])
    counts = pd.DataFrame(
        {
            "day": (until - operations["surgery_date"]).dt.days,
            "failed": failed.astype(int),
            "died": died.astype(int),
            "left": (~failed & ~died).astype(int),
        }
    )
    curve = cumulative_incidence(counts.groupby("day", as_index=False).sum())
    return float(curve.loc[curve["day"] <= day, "share"].iloc[-1])
