"""Whether groups differ in failure by more than chance: Gray's test, and the log-rank test beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE
from dashboard.analyses.groups import FAMILY, LONGEST_DAY, NOT_RECORDED, check_days, groups_of, outcome_named
from dashboard.analyses.recorded import check_recorded
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.slots import UNITS
from dashboard.stats.by_day import as_it_stood
from dashboard.stats.group_tests import TOO_FEW_GROUPS, gray_test, log_rank

UNLIKE = "These hold unlike procedures, which the test does not allow for: choose one procedure family."
COLUMNS = [
    "groups", "operations", "failed", "gray_statistic", "gray_p", "logrank_statistic", "logrank_p",
    "degrees_of_freedom", "message",
]  # fmt: skip


def failure_test(records: Records, outcome: str, by: str | None = None, within_days: int = LONGEST_DAY) -> pd.DataFrame:
    """One row: do the groups differ by a day, or over the whole follow-up? Columns as in COLUMNS; null with a
    ``message``.

    What came after the day is not looked at.
    Gray's test is of the share failed, with death as a competing event; the log-rank test is of the hazard of failure.
    A group of fewer than ten operations takes no part, as its share is not shown either; nor do operations whose group
    is not recorded, which are no group of patients. The ``message`` names both. groups, operations, failed: of those
    that take part.
    """
    if by is None:
        raise WrongUsage("A test compares groups: say which with --by, such as --by procedure.")
    check_days(within_days)
    outcome_named(outcome, kind="time")
    check_recorded(records, outcome)
    found = groups_of(records, "failure_curve", by, outcome=outcome)
    sizes = {group.name: int(group.counts[["failed", "died", "left"]].sum().sum()) for group in found}
    large = [one for one in found if one.name != NOT_RECORDED and sizes[one.name] >= FEWEST_FOR_A_SHARE]
    small = {one.label: sizes[one.name] for one in found if one.name != NOT_RECORDED and one not in large}
    counts = {group.name: as_it_stood(group.counts, within_days) for group in large}
    gray, hazard = gray_test(counts), log_rank(counts)
    sums = [part[["failed", "died", "left"]].sum() for part in counts.values()]
    row = {
        "groups": len(counts), "operations": int(sum(total.sum() for total in sums)),
        "failed": int(sum(total["failed"] for total in sums)), "gray_statistic": gray.statistic, "gray_p": gray.p,
        "logrank_statistic": hazard.statistic, "logrank_p": hazard.p,
        "degrees_of_freedom": gray.degrees_of_freedom or hazard.degrees_of_freedom,
        "message": " ".join([
            *_words(gray.message or hazard.message, small, sizes.get(NOT_RECORDED, 0)),
            *([UNLIKE] if gray.p is not None and by in UNITS and _unlike(records, outcome) else []),
        ]),
    }  # fmt: skip
    return pd.DataFrame([row], columns=COLUMNS)


def _unlike(records: Records, outcome: str) -> bool:
    """Whether the operations are of several families of procedures, which units may do unequally often."""
    return len(groups_of(records, "failure_curve", FAMILY, outcome=outcome)) > 1


def _words(why_not: str, small: dict[str, int], not_recorded: int) -> Iterator[str]:
    """Why there is no test, which groups were too small for it, and how many operations belong to no group."""
    if why_not == TOO_FEW_GROUPS:
        yield f"No test: it needs two groups of {FEWEST_FOR_A_SHARE} or more operations."
    elif why_not:
        yield f"No test: {why_not}."
    if small:
        named = ", ".join(f"{label} ({size})" for label, size in small.items())
        yield f"Left out, with fewer than {FEWEST_FOR_A_SHARE} operations: {named}."
    if not_recorded:
        yield f"Left out, as their group is not recorded: {not_recorded} operations."
