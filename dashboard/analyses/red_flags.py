"""Red flags: symptoms after surgery that ask for contact at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from dashboard.records import Records

COLUMNS = ["symptom", "label", "operations", "contacted", "uncontacted", "latest_days_ago"]


@dataclass(frozen=True)
class RedFlags:
    """count: operations with a red flag; uncontacted: those where one was not acted on; symptoms: a row for each."""

    count: int
    uncontacted: int
    symptoms: pd.DataFrame


def red_flags(records: Records, within_days: int = 90) -> RedFlags:
    """Red flags that began within some days before the data date, after any operation, index operation or not."""
    counts = of_every_operation(records).read("red_flags_count", within_days=within_days)
    total, counts = counts[counts["symptom"].isna()], counts[counts["symptom"].notna()]
    counts = counts.assign(
        label=[records.label("symptom", name) for name in counts["symptom"]],
        contacted=counts["operations"] - counts["uncontacted"],
    )
    return RedFlags(
        int(total["operations"].sum()), int(total["uncontacted"].sum()), counts[COLUMNS].reset_index(drop=True)
    )


def red_flag_list(records: Records, within_days: int = 90) -> pd.DataFrame:
    """The same, a row for each red flag, those without contact first: whom to call. On record before it is shown."""
    return of_every_operation(records).listing("red_flags", within_days=within_days)


def of_every_operation(records: Records) -> Records:
    """A red flag after a reoperation is as urgent as one after the first operation."""
    return records.of(replace(records.cohort, every_operation=True))
