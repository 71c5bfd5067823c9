"""How much of what the analyses need is recorded, by factor and year, and what was recorded but could not be read."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.groups import NOT_RECORDED, groups_of
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.risk_factors import by_bits, risk_factors
from dashboard.definitions import load
from dashboard.records import Records

COLUMNS = ["factor", "label", "year", "operations", "recorded", "unreadable", "share"]
SUMS = ["operations", "recorded", "unreadable"]
ALL_YEARS = ["factor", "label", *SUMS, "missing", "missing_share"]
BY_FACTOR, BY_FIELD = 1, 6
"""The grouping bits of the two kinds of rows of the read ``unreadable``."""


@remembered
def completeness(records: Records) -> pd.DataFrame:
    """A row for each factor and year of surgery: operations, in how many it is recorded, and that share (0 to 1).

    unreadable: of those in which it is not, how many have it recorded in a way that could not be read.
    """
    factors = load().factors
    counts = records.read("completeness", columns={"by": (), "factors": tuple(factors)})
    unread = _unreadable(records)
    rows = []
    for factor, part in by_bits(counts, factors):
        part = part.assign(year=part["quarter"] // 4, recorded=part["operations"].where(part["band"] != 0, 0))
        for year, sums in part.groupby("year")[["operations", "recorded"]].sum().iterrows():
            total, recorded = int(sums["operations"]), int(sums["recorded"])
            left_out = unread.get((factor.name, int(str(year))), 0)
            rows.append((factor.name, factor.label, int(str(year)), total, recorded, left_out, recorded / total))
    return pd.DataFrame(rows, columns=COLUMNS)


@remembered
def by_group(records: Records, by: str | None = None) -> pd.DataFrame:
    """A row for each factor and group: how many operations there are, and of how many the factor is recorded."""
    factors = load().factors
    rows = []
    for group in groups_of(records, "completeness", by, slots={"factors": tuple(factors)}):
        for factor, part in by_bits(group.counts, factors):
            recorded = part.loc[part["band"] != 0, "operations"].sum()
            rows.append((factor.name, group.name, group.label, int(part["operations"].sum()), int(recorded)))
    return pd.DataFrame(rows, columns=["factor", "group", "label", "operations", "recorded"])


def told_of_all_years(records: Records) -> pd.DataFrame:
    """As ``over_all_years``; in protected counts of those factors alone of which so many lack one that it can be told.

    What was recorded but could not be read counts there as not recorded.
    """
    if not records.viewer.is_protected:
        return over_all_years(completeness(records))
    outcome = load().default_outcome.name
    if not_recorded(records, outcome):
        return pd.DataFrame(columns=ALL_YEARS)
    rows = risk_factors(records, outcome)
    whole = rows.groupby("factor")["operations"].sum()
    missing = rows[rows["band"] == NOT_RECORDED].rename(columns={"factor_label": "label", "operations": "missing"})
    operations = whole[missing["factor"]].to_numpy()
    told = missing.assign(operations=operations, recorded=operations - missing["missing"], unreadable=0)
    return told[ALL_YEARS].sort_values("missing_share", ascending=False, kind="stable", ignore_index=True)


def over_all_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Each factor over all years of ``completeness``; the one most often not recorded first.

    Columns: factor, label, operations, recorded, unreadable, missing (not recorded at all), missing_share (0 to 1).
    """
    whole = rows.groupby(["factor", "label"], sort=False)[SUMS].sum().reset_index()
    missing = whole["operations"] - whole["recorded"] - whole["unreadable"]
    return whole.assign(missing=missing, missing_share=missing / whole["operations"]).sort_values(
        "missing_share", ascending=False, kind="stable", ignore_index=True
    )


@remembered
def unreadable_fields(records: Records) -> pd.DataFrame:
    """Of how many operations a cell of each column was left out alone: ``field``, ``label``, ``operations``."""
    found = records.read("unreadable")
    found = found[found["grouping_bits"] == BY_FIELD].sort_values("operations", ascending=False, kind="stable")
    labels = [records.label("field", name) for name in found["field"]]
    return found.assign(label=labels)[["field", "label", "operations"]].reset_index(drop=True)


def _unreadable(records: Records) -> dict[tuple[str, int], int]:
    """By factor and year of surgery, the operations of which it was recorded but could not be read."""
    found = records.read("unreadable")
    found = found[found["grouping_bits"] == BY_FACTOR].assign(year=found["quarter"] // 4)
    sums = found.groupby(["factor", "year"])["operations"].sum().reset_index()
    named = zip(sums["factor"], sums["year"], sums["operations"], strict=True)
    return {(str(factor), int(year)): int(operations) for factor, year, operations in named}
