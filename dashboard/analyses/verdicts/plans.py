"""How many plans stand, which of them is overdue, and what the figure did before and after those whose day has come."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dashboard import wording
from dashboard.analyses.plans import CLOSED, DONE, ActionPlan, about_words, has_come, plans, standing
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.cohort import day_words
from dashboard.records import Records

NONE = "No improvement plan is open."
HOW_TO = "One is opened beside a signal that needs review, or beside a group that differs by more than chance."


def plans_verdict(records: Records, today: date | None = None) -> Verdict:
    """The plans that stand, by the calendar; and which figures can be looked at again, by the last day of the data."""
    now = today or datetime.now(UTC).date()
    waiting, every = standing(records, now), plans(records)
    closed = sum(plan.state == CLOSED for plan in every)
    late = [plan for plan in waiting if plan.overdue(now)]
    claims = tuple(
        Claim(name, "all", "All plans", None, len(every), n)
        for name, n in (("plans that stand", len(waiting)), ("plans overdue", len(late)), ("plans closed", closed))
    )
    if not waiting:
        return Verdict(NONE, f"{wording.count(closed, 'plan')} closed." if closed else HOW_TO, claims)
    ripe = sum(has_come(records, plan) for plan in waiting)
    told = (
        f"The figure of {ripe} can be looked at again: the data reach its day." if ripe else _next(waiting),
        f"{wording.count(closed, 'plan')} closed." if closed else "",
    )
    return Verdict(_standing_words(records, waiting, late, now), " ".join(filter(None, told)), claims)


def _standing_words(records: Records, waiting: list[ActionPlan], late: list[ActionPlan], now: date) -> str:
    verb = "stands" if len(waiting) == 1 else "stand"
    opening = f"{wording.count(len(waiting), 'plan')} {verb}"
    if not late:
        return f"{opening}, none overdue."
    first = late[0]
    waits = "to be looked at again" if first.state == DONE else "to be in place"
    days = wording.count(first.overdue(now), "day")
    return (
        f"{opening}, {len(late)} overdue: the longest for {days} {waits} ({about_words(records, first.subject)}; "
        f"{first.who})."
    )


def _next(waiting: list[ActionPlan]) -> str:
    first = min(waiting, key=lambda plan: plan.next_day)
    return f"The next day that one waits for is {day_words(first.next_day)}."
