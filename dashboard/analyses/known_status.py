"""How much of the cohort's follow-up is known: what every share rests on."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.analyses.failure_rate import failure_rate, whether_shown
from dashboard.analyses.groups import known_of_due, outcome_named
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
    """Of those whose landmark had come by the data date, how many are known to have failed or died, or to be well.

    lost: last seen before it; ``not_due``: whose landmark had not come, whatever became of them so far.
    """
    outcome_named(outcome, kind="time")
    rate = failure_rate(records, outcome, None, within_days).iloc[0]
    operations, lost, not_due = (int(rate[name]) for name in ("operations", "lost", "not_due"))
    known = known_of_due(operations, lost, not_due)
    return KnownStatus(operations, operations - not_due, lost, not_due, known, *whether_shown(operations, known))
