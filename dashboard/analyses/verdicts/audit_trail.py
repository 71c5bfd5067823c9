"""Whether the log of who asked what is whole, who was refused, and who asked more than people do."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from dashboard import wording
from dashboard.accounts import UNKNOWN
from dashboard.analyses.audit_trail import MOST_IN_A_DAY, AuditTrail, by_person, narrowed_to, since_when
from dashboard.analyses.groups import rows_of
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.cohort import day_words

DAYS = 7
"""Of which the verdict speaks."""


def audit_verdict(trail: AuditTrail, now: datetime) -> Verdict:
    """The chain first; then refusals, and whoever asked for more different answers in a day than is usual."""
    lines = trail.lines
    if trail.complaints:
        where = wording.count(len(trail.complaints), "place")
        return Verdict(
            f"The log is not as it was written, at {where}.",
            f"{trail.complaints[0]} Hold it against a head that was written down elsewhere, and find out who could.",
        )
    if lines.empty:
        return Verdict("Nobody has asked anything yet.")
    first = day_words(lines["at"].min().date())
    answer = f"The log is whole: {wording.count(len(lines), 'line')} since {first}, each as it was written."
    lately = narrowed_to(lines, None, None, since_when(DAYS, now))
    return Verdict(answer, " ".join(filter(None, [_refused(lately), _many(lately)])))


def _refused(lately: pd.DataFrame) -> str:
    refused = lately[lately["kind"] == "refusal"]
    if refused.empty:
        return f"In the last {DAYS} days nobody was refused anything."
    # Whoever was turned away at the door has no name here: how many people they are nobody can tell.
    unknown = refused["person"] == UNKNOWN
    people = int(refused.loc[~unknown, "person"].nunique())
    whom = ["one person" if people == 1 else f"{people:,} people"] if people else []
    whom += ["somebody not known here"] if unknown.any() else []
    return f"In the last {DAYS} days {wording.count(len(refused), 'refusal')}, to {wording.joined(whom)}."


def _many(lately: pd.DataFrame) -> str:
    """Whoever asked for so many different answers that they could be put together until they tell of one patient."""
    many = by_person(lately).query(f"most > {MOST_IN_A_DAY}")
    if many.empty:
        return ""
    told = [f"{row.person} ({row.most:,} on {day_words(row.on)})" for row in rows_of(many)]
    return f"More than {MOST_IN_A_DAY} different answers in one day: {wording.joined(told)}; ask why."
