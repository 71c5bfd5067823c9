"""What the last import found wrong, and what people have flagged since."""

from __future__ import annotations

import pandas as pd

from dashboard.engines.notebook import Note
from dashboard.records import Records

COLUMNS = ["severity", "rule", "times", "file", "first_line", "double"]
FLAG = "flag"
TWICE = "registered_twice"
"""In the name of every rule that looks for one thing that may have been registered as two."""


def issues(records: Records) -> pd.DataFrame:
    """A row for each rule that records broke: how severe, how often, the first place; ``double``: possibly twice there.

    Values are left out: they may be a patient's.
    """
    found = records.read("issues") if records.viewer.sees_everything_exactly else pd.DataFrame(columns=COLUMNS)
    return found.assign(double=found["rule"].astype(str).str.contains(TWICE))[COLUMNS]


def late_entries(records: Records) -> pd.DataFrame:
    """Records of old months that the last import brought and the one before lacked.

    A row for each kind of record: ``kind``, ``months`` (how many), ``earliest`` (2024-01), ``records``.
    """
    if not records.viewer.sees_everything_exactly:
        return pd.DataFrame(columns=["months", "earliest", "records"])
    found = records.read("late_entries")
    return found.groupby("kind", sort=False).agg(
        months=("month", "count"), earliest=("month", "min"), records=("records", "sum")
    ).reset_index()  # fmt: skip


def flags(records: Records) -> list[Note]:
    """What people flagged as wrong in the app, the latest first."""
    return records.notes(FLAG)[::-1]
