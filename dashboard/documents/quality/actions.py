"""What asked for a look, what was decided, and what the figures did before and after."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.plans import CLOSED, STATES_TOLD, ActionPlan, plan_words, plans, seen_again
from dashboard.analyses.review import review
from dashboard.analyses.verdicts.plans import plans_verdict
from dashboard.analyses.verdicts.signals import signals_verdict
from dashboard.cohort import day_words
from dashboard.documents.document import Block, Paragraph
from dashboard.documents.tables import said, word_table
from dashboard.documents.wanted import Wanted
from dashboard.records import Records


def signals_seen(records: Records, wanted: Wanted) -> list[Block]:
    """Signals of the practice, whatever the report is of, with what was decided."""
    rows = pd.DataFrame([{"item": item} for item in review(records)])
    table = [
        word_table(
            "Signals, those that nobody has looked at first", rows,
            {
                "Of whom": lambda row: row.item.whom, "Seen": lambda row: row.item.seen,
                "Signal on": lambda row: day_words(row.item.on), "Decided": lambda row: _decided(row.item),
            },
            note="A signal is a question, not a verdict.", wide=1,
        )
    ]  # fmt: skip
    return [said(signals_verdict(records)), *(table if len(rows) else [])]


def _decided(item: object) -> str:
    plan, note = getattr(item, "plan", None), getattr(item, "note", None)
    if plan is not None:
        return f"plan: {STATES_TOLD[plan.state]}"
    return "looked at" if note is not None else "not yet looked at"


def what_we_did(records: Records, wanted: Wanted) -> list[Block]:
    """Each plan: what, who, until when, and its figure before and after, once the data reach its day."""
    today = wanted.made.date()
    blocks: list[Block] = [said(plans_verdict(records, today))]
    for plan in plans(records):
        blocks += plan_told(records, plan)
    return blocks


def plan_told(records: Records, plan: ActionPlan) -> list[Block]:
    """One plan, and its figure before and after."""
    return [Paragraph(_told(plan), strong=f"{plan_words(records, plan)}."), _figure(records, plan)]


def _told(plan: ActionPlan) -> str:
    from_when = f", from {day_words(plan.day)}" if plan.state != CLOSED else ""
    came = f" Closed: {plan.came}" if plan.state == CLOSED else ""
    return (
        f"{plan.what} ({plan.who}; {STATES_TOLD[plan.state]}{from_when}; looked at again on {day_words(plan.again)})."
        f"{came}"
    )


def _figure(records: Records, plan: ActionPlan) -> Paragraph:
    seen = seen_again(records, plan)
    if seen is None:
        data_date = records.facts.data_date
        until = f"; they go to {day_words(data_date)}" if data_date else ""
        return Paragraph(f"Before and after: once the data reach {day_words(plan.again)}{until}.", quiet=True)
    return Paragraph(f"Before and after: {seen.sentence}")
