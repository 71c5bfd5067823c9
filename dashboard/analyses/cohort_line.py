"""How many operations are chosen, of how many there are to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard.cohort import Cohort
from dashboard.records import Records


@dataclass(frozen=True)
class CohortLine:
    """operations chosen, of all in the viewer's scope; patients and period of those chosen.

    of: index operations, or every operation where every one is asked for.
    """

    operations: int
    patients: int
    of: int
    first_operation: date | None
    last_operation: date | None


def cohort_line(records: Records) -> CohortLine:
    """The line that stands above every page: what is counted, of how much."""
    chosen = _operations(records)
    everybody = _operations(records.of(Cohort(every_operation=records.cohort.every_operation)))
    first, last = (_day(chosen[name]) for name in ("first_operation", "last_operation"))
    return CohortLine(int(chosen["operations"]), int(chosen["patients"]), int(everybody["operations"]), first, last)


def operations_chosen(records: Records) -> int:
    """The number of operations in the cohort: the denominator of a share of operations."""
    return int(_operations(records)["operations"])


def _operations(records: Records) -> pd.Series:
    return records.read("operations").iloc[0]


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
