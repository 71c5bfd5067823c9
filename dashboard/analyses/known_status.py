"""How much of the cohort's follow-up is known: what every share rests on."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.analyses.failure_rate import whether_shown
from dashboard.analyses.groups import check_days, groups_of, outcome_named
from dashboard.records import Records
from dashboard.stats import survival


@dataclass(frozen=True)
class KnownStatus:
    """Of these operations, how many have a known state at the landmark; follow-up in days (reverse Kaplan-Meier)."""

    operations: int
    known: int
    known_share: float | None
    left_before: int
    median_follow_up_days: float | None
    lower_quartile_days: float | None
    upper_quartile_days: float | None
    shown: bool
    note: str


def known_status(records: Records, outcome: str = "fbss", within_days: int = 730) -> KnownStatus:
    """How many are known to have failed, to have died, or to be well at the landmark.

    left_before: last seen before it; they may have been lost, or the landmark may not have come yet.
    """
    check_days(within_days)
    outcome_named(outcome, kind="time")
    counts = groups_of(records, "failure_curve", None, key="day", outcome=outcome)[0].counts
    operations = int(counts[["failed", "died", "left"]].sum().sum())
    left_before = int(counts["left"][counts["day"] < within_days].sum())
    share = survival.known_share(counts, within_days)
    follow_up = survival.reverse_kaplan_meier(counts)
    quartiles = (follow_up.median, follow_up.lower_quartile, follow_up.upper_quartile)
    known = operations - left_before
    return KnownStatus(operations, known, share, left_before, *quartiles, *whether_shown(operations, share))
