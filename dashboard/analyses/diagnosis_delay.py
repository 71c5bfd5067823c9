"""How long a failure waits to be found: from the first symptom after surgery to the first recorded finding."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.analyses.failure_curve import curves
from dashboard.analyses.groups import LONGEST_DAY, NOT_RECORDED, Group, groups_of
from dashboard.analyses.recorded import check_kind
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import reached
from dashboard.records import UNIT, Records
from dashboard.stats import proportions, survival

WITHIN = 365
"""Days since the first symptom within which the share found is told."""
OWN = ("onset", "cause")
"""What the wait is broken down by that nothing else is: when the first symptom came, and what was found."""
COLUMNS = [
    "group", "label", "operations", "found", "share", "lower", "upper", "half", "half_lower", "half_upper", "quarter",
    "three_quarters", "visited", "without", "resolved",
]  # fmt: skip


@dataclass(frozen=True)
class Delay:
    """The answer of one cohort.

    curves: the share found by each day since the first symptom, as ``failure_curve`` has its columns; death competes,
    and who left follow-up without a finding is censored.
    groups: a row each, as in COLUMNS: ``operations`` with a symptom; ``found`` within WITHIN days of it, with the
    ``share`` of the curve then (0 to 1); of those found so, the days by which a quarter, half (with its 95 % interval)
    and three quarters were, and how many of them were ``visited`` in between without a finding; ``without`` a finding
    in all follow-up and not dead, and of these with every symptom recorded as ``resolved``.
    counts: by group what ``survival`` reckons with. visits: of those found so, how many after so many visits.
    """

    curves: pd.DataFrame
    groups: pd.DataFrame
    counts: dict[str, pd.DataFrame]
    visits: dict[int, int]


@remembered
def diagnosis_delay(records: Records, by: str | None = None) -> Delay:
    """From the first symptom on or after surgery to the first finding of failure; by a filter, or one of OWN.

    An operation with symptoms and no finding stays in the curve, undiagnosed, for as long as it was followed. By cause
    only those that were found are counted: of the others nobody knows the cause.
    Raises NoData where nobody records symptoms, or findings.
    """
    for kind in ("symptom", "diagnosis"):
        check_kind(records, kind)
    found = _own_groups(records, by) if by in OWN else groups_of(records, "diagnosis_delay", by)
    days = [group._replace(counts=_by_day(group.counts)) for group in found]
    rows = [_row(group, day.counts) for group, day in zip(found, days, strict=True)]
    counts = {group.name: group.counts for group in days}
    return Delay(curves(days), pd.DataFrame(rows, columns=COLUMNS), counts, _visits(found))


def _own_groups(records: Records, by: str) -> list[Group]:
    counts = records.read("diagnosis_delay", columns={"by": by}).rename(columns={"left_follow_up": "left"})
    parts = {str(name): part.drop(columns=UNIT) for name, part in counts.groupby(UNIT, sort=False)}
    if by == "cause":
        parts.pop(NOT_RECORDED, None)
    order = records.order(by)
    names = sorted(parts, key=lambda name: (name == NOT_RECORDED, order[name]))
    return [Group(name, records.label(by, name), parts[name]) for name in names]


def _visits(groups: list[Group]) -> dict[int, int]:
    counts = pd.concat([group.counts for group in groups] or [pd.DataFrame(columns=["day", "visits", "failed"])])
    found = counts[(counts["day"] <= WITHIN) & (counts["failed"] > 0)].groupby("visits")["failed"].sum()
    return dict(zip(found.index.astype(int).tolist(), found.astype(int).tolist(), strict=True))


def _by_day(counts: pd.DataFrame) -> pd.DataFrame:
    return counts.groupby("day", as_index=False)[["failed", "died", "left"]].sum()


def _row(group: Group, by_day: pd.DataFrame) -> dict[str, object]:
    counts, at = group.counts, survival.share_at(by_day, WITHIN)
    found = counts[(counts["day"] <= WITHIN) & (counts["failed"] > 0)]
    quarter, half, three_quarters = reached(found["day"], found["failed"], (0.25, 0.5, 0.75))
    middle = proportions.median_interval(found["day"].tolist(), found["failed"].tolist())
    return {
        "group": group.name, "label": group.label, "operations": at.operations, "found": at.failed,
        "share": at.share, "lower": at.lower, "upper": at.upper, "half": half,
        "half_lower": middle and middle[0], "half_upper": middle and middle[1],
        "quarter": quarter, "three_quarters": three_quarters,
        "visited": int(found.loc[found["visits"] > 0, "failed"].sum()),
        "without": int(counts["left"].sum()), "resolved": int(counts["resolved"].sum()),
    }  # fmt: skip


def longest_wait(delay: Delay) -> int:
    """The last day on which anybody was still waiting, or was found: where the axis may end."""
    days = [int(counts["day"].max()) for counts in delay.counts.values() if len(counts)]
    return min(LONGEST_DAY, max(days, default=0))
