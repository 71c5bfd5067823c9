"""Whether groups differ in failure by more than chance: Gray's test, and the log-rank test beside it."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.groups import NOT_RECORDED, groups_of, outcome_named
from dashboard.analyses.recorded import check_recorded
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats.group_tests import gray_test, log_rank

COLUMNS = [
    "groups", "operations", "failed", "gray_statistic", "gray_p", "logrank_statistic", "logrank_p",
    "degrees_of_freedom", "message",
]  # fmt: skip


def failure_test(records: Records, outcome: str, by: str | None = None) -> pd.DataFrame:
    """One row: do the groups differ over the whole follow-up? Columns as in COLUMNS; null with a ``message``.

    Gray's test is of the share failed, with death as a competing event; the log-rank test is of the hazard of failure.
    Operations whose group is not recorded take no part: they are no group of patients.
    """
    if by is None:
        raise WrongUsage("A test compares groups: say which with --by, such as --by procedure.")
    outcome_named(outcome, kind="time")
    check_recorded(records, outcome)
    found = groups_of(records, "failure_curve", by, outcome=outcome)
    counts = {group.name: group.counts for group in found if group.name != NOT_RECORDED}
    gray, hazard = gray_test(counts), log_rank(counts)
    sums = [part[["failed", "died", "left"]].sum() for part in counts.values()]
    row = {
        "groups": len(counts), "operations": int(sum(total.sum() for total in sums)),
        "failed": int(sum(total["failed"] for total in sums)), "gray_statistic": gray.statistic, "gray_p": gray.p,
        "logrank_statistic": hazard.statistic, "logrank_p": hazard.p,
        "degrees_of_freedom": gray.degrees_of_freedom or hazard.degrees_of_freedom,
        "message": gray.message or hazard.message,
    }  # fmt: skip
    return pd.DataFrame([row], columns=COLUMNS)
