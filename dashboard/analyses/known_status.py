"""How much of the cohort's follow-up is known: what every share rests on."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.analyses.failure_rate import lost, whether_shown
from dashboard.analyses.groups import check_days, groups_of, known_of_due, outcome_named
from dashboard.analyses.remembering import remembered
from dashboard.records import Records


@dataclass(frozen=True)
class KnownStatus:
    """How many operations were lost before the landmark, or not yet due.

    known_share: of those due, the share whose state is known (0 to 1).
    """

    operations: int
    due: int
    lost: int
    not_due: int
    known_share: float | None
    shown: bool
    note: str


@remembered
def known_status(records: Records, outcome: str, within_days: int = 730) -> KnownStatus:
    """How many are known to have failed, to have died, or to be well at the landmark.

    lost: last seen before it, although it had come by the data date; ``not_due``: last seen before it came.
    """
    check_days(within_days)
    outcome_named(outcome, kind="time")
    counts = groups_of(records, "failure_curve", None, key="day", outcome=outcome)[0].counts
    operations = int(counts[["failed", "died", "left"]].sum().sum())
    unknown = lost(records, outcome, None, within_days)[0].counts
    gone, not_due = (int(unknown[name].sum()) for name in ("lost", "not_due"))
    share = known_of_due(operations, gone, not_due)
    due = operations - not_due
    return KnownStatus(operations, due, gone, not_due, share, *whether_shown(operations, share))
