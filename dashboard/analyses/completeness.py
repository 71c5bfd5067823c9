"""How much of what the analyses need is recorded, factor by factor and year by year."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.remembering import remembered
from dashboard.analyses.risk_factors import by_bits
from dashboard.definitions import load
from dashboard.records import Records

COLUMNS = ["factor", "label", "year", "operations", "recorded", "share"]


@remembered
def completeness(records: Records) -> pd.DataFrame:
    """A row for each factor and year of surgery: operations, in how many it is recorded, and that share (0 to 1)."""
    factors = load().factors
    counts = records.read("completeness", columns={"factors": tuple(factors)})
    rows = []
    for factor, part in by_bits(counts, factors):
        part = part.assign(year=part["quarter"] // 4, recorded=part["operations"].where(part["band"] != 0, 0))
        for year, sums in part.groupby("year")[["operations", "recorded"]].sum().iterrows():
            total, recorded = int(sums["operations"]), int(sums["recorded"])
            rows.append((factor.name, factor.label, int(str(year)), total, recorded, recorded / total))
    return pd.DataFrame(rows, columns=COLUMNS)


def most_often_missing(rows: pd.DataFrame) -> pd.DataFrame:
    """Each factor over all years of ``completeness``, with the share of operations in which it is not recorded.

    Columns: factor, label, operations, recorded, missing (0 to 1); the one most often missing first.
    """
    whole = rows.groupby(["factor", "label"], sort=False)[["operations", "recorded"]].sum().reset_index()
    return whole.assign(missing=1 - whole["recorded"] / whole["operations"]).sort_values(
        "missing", ascending=False, kind="stable", ignore_index=True
    )
