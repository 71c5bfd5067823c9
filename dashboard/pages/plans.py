"""Plans: what was decided after a signal, by whom and until when, and what the figure did before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.plans import (
    CLOSED,
    EARLIEST,
    LATEST,
    LONGEST_WHAT,
    LONGEST_WHO,
    OPEN,
    ActionPlan,
    Intended,
    Looked,
    about_words,
    change_plan,
    close_plan,
    group_subject,
    has_come,
    line_words,
    looked_at,
    open_plan,
    plan_about,
    plan_words,
    plans,
    put_in_place,
    seen_again,
    standing,
)
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.analyses.verdicts.plans import HOW_TO, plans_verdict
from dashboard.pages import furniture, notes, parts, short_list
from dashboard.pages.short_list import ShortList
from dashboard.records import Records

VIEW = "Plans"
"""What the Compare page calls the view of all plans; links choose it by this word."""
TO_BE_DONE, TO_FOLLOW = timedelta(days=30), timedelta(days=180)
"""Until when something is to be in place unless somebody says otherwise; and how long operations are then gathered."""
LONGEST_ROW = 70
NOTHING_TO_DO = "Looked at, nothing to do"


def today() -> date:
    """The day by the calendar: a plan is overdue by it, whatever day the data reach."""
    return datetime.now(UTC).date()


def compact(records: Records) -> ShortList:
    """The plans that stand, those overdue first."""
    waiting = standing(records)

    def draw() -> None:
        with short_list.rows("plans"):
            for plan in waiting[: short_list.MOST_ROWS]:
                row(records, plan, "compact")
        if not waiting:
            st.markdown(HOW_TO)

    every = len(plans(records))
    more = f"All {every}" if every else ""
    return ShortList(wording.at_the_start(counted(waiting)), draw, more, "compare", {"comparison": VIEW})


def counted(waiting: Sequence[ActionPlan]) -> str:
    """How many plans stand, and how many of them are overdue: 2 open plans, 1 overdue."""
    late = sum(bool(plan.overdue(today())) for plan in waiting)
    return f"{wording.count(len(waiting), 'open plan')}{f', {late} overdue' if late else ''}"


def section(records: Records, top: furniture.AnswerPlace) -> None:
    """Every plan: those that stand as rows that open, those that are closed as a table. top: where the answer goes."""
    with top:
        furniture.verdict(plans_verdict(records))
    waiting = standing(records)
    with furniture.card("Plans that stand", key="plans"):
        with short_list.rows("every-plan"):
            for plan in waiting:
                row(records, plan, "all")
        if not waiting:
            st.markdown(HOW_TO)
    _closed(records)
    furniture.method(
        "A plan is kept with your name and the date, and on record. Each change adds a line and takes none away. It is "
        "seen by those who see the operations that it is about. Overdue is by the calendar; the figure before and "
        "after is shown once the last day of the data has reached the day on which it is to be looked at again.",
    )


def offer(records: Records, found: Verdict, outcome: str, within_days: int, by: str, *, key: str) -> None:
    """Beside a comparison: for each that stands out a way to plan what to do, or the plan that was made.

    by: what was compared; nothing is drawn where none stands out.
    """
    known = records.order(by)
    beside(
        records, {one.unit: one.label for one in found.claims if one.stands_out and one.unit in known},
        Looked(outcome, within_days, {}), by, key=key,
    )  # fmt: skip


def beside(records: Records, groups: Mapping[str, str], of: Looked, by: str, *, key: str) -> None:
    """For each of these groups, by its name what it is called, a way to plan, or the plan that was made.

    of: whose figure is looked at again.
    """
    if not groups or records.notebook is None:
        return
    with furniture.choices(f"plan-{key}"):
        for name, label in groups.items():
            subject = group_subject(of.outcome, of.within_days, by, name)
            made = plan_about(records, subject)
            if made is not None and made.state != CLOSED:
                row(records, made, key)
            elif st.button(f"Plan what to do: {parts.said(label)} →", key=f"plan {subject}", type="tertiary"):
                short_list.opened(
                    about_words(records, subject),
                    lambda subject=subject: form(records, subject),  # type: ignore[misc]
                )


def form(records: Records, subject: str, nothing: Callable[[str], None] | None = None) -> None:
    """A place to say what is to be done about a signal or a group.

    nothing: keeps that somebody has looked and nothing is to be done; without it there is no such button.
    """
    first = today() + TO_BE_DONE
    followed = timedelta(days=looked_at(subject).within_days)
    with st.form(f"plan {subject}", border=False):
        draft = _asked(subject, Intended("", "", first, first + followed + TO_FOLLOW))
        parts.note("Your name and the date are kept. The figure before and after is shown on the day you name.")
        with st.container(horizontal=True):
            if st.form_submit_button("Open this plan", type="primary"):
                notes.kept(lambda: open_plan(records, subject, draft))
            if nothing is not None and st.form_submit_button(NOTHING_TO_DO):
                notes.kept(lambda: nothing(draft.what))


def _asked(key: str, now: Intended) -> Intended:
    """The four fields of a plan, as they stand now."""
    what = st.text_area(
        "What was looked at, and what is to be done (no patient names or numbers)", now.what, max_chars=LONGEST_WHAT,
        key=f"what {key}",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = st.text_input("Who (a role or initials)", now.who, max_chars=LONGEST_WHO, key=f"who {key}", width=200)
        until = _day("In place by", now.until, f"until {key}")
        again = _day("Looked at again on", now.again, f"again {key}")
    return Intended(what, who, until, again)


def _day(label: str, usual: date | None, key: str) -> date | None:
    chosen = st.date_input(
        parts.said(label), usual, EARLIEST, LATEST, key=key, format="DD/MM/YYYY", width=160
    )  # fmt: skip
    return chosen if isinstance(chosen, date) else None


def row(records: Records, plan: ActionPlan, key: str) -> None:
    """One plan in a row, which opens it. key: tells the places apart where the same plan stands."""
    when = _when(records, plan, today())
    if short_list.row(when, _short(plan.what), _quiet(records, plan), key=f"plan {key} {plan.number}"):
        short_list.opened(plan_words(records, plan), lambda: opened(records, plan))


def _when(records: Records, plan: ActionPlan, now: date) -> str:
    """12 days overdue; by 1 Mar 2027; look again now; look again on 1 Mar 2027."""
    if has_come(records, plan):
        return "look again now"
    if late := plan.overdue(now):
        return f"{wording.count(late, 'day')} overdue"
    return f"{'by' if plan.state == OPEN else 'look again on'} {parts.day_words(plan.next_day)}"


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_ROW else f"{words[:LONGEST_ROW].rstrip()} …"


def _quiet(records: Records, plan: ActionPlan) -> str:
    return f"{plan.who}, {plan_words(records, plan)}"


def opened(records: Records, plan: ActionPlan) -> None:
    """One plan: what it says, what the figure did, what was written, and the places to change or close it."""
    st.markdown(f"**{parts.said(plan.what)}**")
    holds = "by" if plan.state == OPEN else "from"
    st.markdown(
        f"{parts.said(plan.who)} · in place {holds} {parts.day_words(plan.day)} · looked at again on "
        f"{parts.day_words(plan.again)} · {parts.said(plan.state)}"
    )
    seen = seen_again(records, plan)
    if seen is None:
        parts.note(
            f"The figure before and after stands here once the data reach {parts.day_words(plan.again)}; they go to "
            f"{parts.day_words(records.facts.data_date)}."
        )
    else:
        parts.verdict(seen)
        parts.note("Of all operations that it is about, whatever is chosen above.")
    if plan.state != CLOSED:
        _steps(records, plan)
    with st.expander(f"All that was written: {wording.count(len(plan.lines), 'line')}"):
        for line in plan.lines:
            parts.note(f"{parts.said(line_words(line))} · {parts.said(line.who)}, {parts.day_words(line.at.date())}")


def _steps(records: Records, plan: ActionPlan) -> None:
    """What may come next, each its own small form."""
    key = f"{plan.number} {len(plan.lines)}"
    if plan.state == OPEN:
        with st.form(f"in place {key}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            day = _day("In place from", min(today(), plan.again - timedelta(days=1)), f"holds {key}")
            if st.form_submit_button("It is in place"):
                notes.kept(lambda: put_in_place(records, plan, day))
    with st.expander("Close it"), st.form(f"close {key}", border=False):
        came = st.text_input("What came of it (no patient names or numbers)", key=f"came {key}", max_chars=LONGEST_WHAT)
        if st.form_submit_button("Close this plan"):
            notes.kept(lambda: close_plan(records, plan, came))
    with st.expander("Change it"), st.form(f"change {key}", border=False):
        draft = _asked(key, Intended(plan.what, plan.who, plan.until, plan.again))
        if st.form_submit_button("Keep the change"):
            notes.kept(lambda: change_plan(records, plan, draft))


def _closed(records: Records) -> None:
    done = [plan for plan in plans(records) if plan.state == CLOSED]
    if not done:
        return
    table = pd.DataFrame(
        [
            {
                "About": plan_words(records, plan), "What": plan.what, "Who": plan.who,
                "In place from": plan.day, "What came of it": plan.came,
            }
            for plan in reversed(done)
        ]
    )  # fmt: skip
    with st.expander(f"Closed: {len(done)}"):
        parts.show_table(table, "Plans that are closed, the last first")
