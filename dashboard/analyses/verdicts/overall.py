"""How many failed, of all operations chosen, and between which ends that lies whatever became of the others."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE, failure_rate
from dashboard.analyses.groups import failed_words, outcome_named, rows_of, when_words
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.records import Records

BAND = ", all others well to all failed"
"""What a claim of a worst case is called, behind what it is of."""


@remembered
def overall_verdict(records: Records, outcome: str, within_days: int = 730, whose: str = "operations") -> Verdict:
    """The share failed of all operations chosen, its interval, and its worst case; counts where it may not be shown.

    whose: what the operations are called to the reader, as in ``overview_verdict``.
    """
    check_recorded(records, outcome)
    known = outcome_named(outcome)
    (row,) = rows_of(failure_rate(records, outcome, None, within_days))
    failed, when = failed_words(known), when_words(known, within_days)
    what = f"{known.short} {when}"
    # At a visit the share is of those who answered.
    n = int(row.known if known.kind == "landmark" else row.operations)
    if not row.operations:
        return Verdict("No operations are chosen.")
    if not row.shown:
        seen = f"{row.failed:,} of {wording.count(n, 'operation')} {failed} {when}, as far as is known."
        return Verdict(seen, row.note, (Claim(what, row.group, row.label, None, n, int(row.failed)),))
    counts = wording.counts_behind(row.share, row.failed, n, row.known)
    limits = wording.interval(row.lower, row.upper)
    claims = [Claim(what, row.group, row.label, row.share, n, int(row.failed), "", row.lower, row.upper)]
    if row.due:
        ends, failing = f"{what}{BAND}", int(row.due_failed)
        claims.append(
            Claim(ends, row.group, row.label, None, int(row.due), failing, lower=row.best_case, upper=row.worst_case)
        )
    answer = f"{wording.percent(row.share)} of {whose} {failed} {when} ({limits}; {counts})."
    return Verdict(answer, worst_case_words(row), tuple(claims))


def worst_case_words(row: Any) -> str:
    """What a share in a sentence could be at best and at worst, and of how many that is; nothing of few.

    row: of ``failure_rate``.
    """
    if row.due < FEWEST_FOR_A_SHARE:
        return ""
    inside = pd.isna(row.share) or round(row.best_case, 3) <= round(row.share, 3) <= round(row.worst_case, 3)
    apart = "" if inside else f" The share counts the {row.not_due:,} not yet due too, as long as they were followed."
    if not row.lost and row.best_case == row.worst_case:
        return f"The state of all {row.due:,} due is known: {wording.percent(row.best_case)} of them.{apart}"
    others = f"the {row.lost:,} others" if row.lost > 1 else "the other one" if row.lost else "all others"
    ends = wording.span(row.best_case, row.worst_case)
    return f"Of the {row.due:,} due, {ends}: from {others} all well to all failed.{apart}"
