"""What the last import found wrong, and what people have flagged since."""

from __future__ import annotations

import pandas as pd

from dashboard.engines.notebook import Note
from dashboard.records import Records

COLUMNS = ["severity", "rule", "times", "file", "first_line", "double"]
FLAG = "flag"
TWICE = "twice"
"""In the name of every rule that looks for what stands there twice."""


def issues(records: Records) -> pd.DataFrame:
    """A row for each rule that records broke: how severe, how often, the first place; ``double``: possibly twice there.

    Values are left out: they may be a patient's.
    """
    found = records.read("issues")
    return found.assign(double=found["rule"].str.contains(TWICE))[COLUMNS]


def flags(records: Records) -> list[Note]:
    """What people flagged as wrong in the app, the latest first."""
    return records.notes(FLAG)[::-1]
