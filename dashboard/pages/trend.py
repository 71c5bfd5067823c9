"""Change over time: a control chart of the share failed, and of the operations between complications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.annotations import Annotation, add, days_allowed, placed
from dashboard.analyses.difference import before_and_after, parts_period
from dashboard.analyses.groups import when_words
from dashboard.analyses.periods import PERIODS, are_whole, begins, number_of, told_by
from dashboard.analyses.plans import marks, not_reached
from dashboard.analyses.trend import (
    FEWEST_EXPECTED,
    NO_LIMITS,
    Between,
    Trend,
    between,
    counts_by_period,
    limits_words,
    operated_monthly,
    trend,
)
from dashboard.analyses.verdicts.change import change_verdict, parting_day, possible
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.analyses.ways import ways
from dashboard.charts import control_chart
from dashboard.definitions import Landmark, Outcome, load
from dashboard.exports import figures
from dashboard.pages import addresses, brief, furniture, notes, parts, two_groups
from dashboard.records import Records

BY_SIZE = "By size"
LONGEST_REMARK = 200
Remarks = Sequence[tuple[float, Annotation]]
"""Each with its place on the axis of a chart, in order."""


@dataclass(frozen=True)
class ChangeChoice:
    """What the reader chose: of which outcome, by when, since which day (None: the middle), by which period."""

    outcome: Outcome
    landmark: Landmark
    since: date | None
    period: str | None


def choose(records: Records) -> ChangeChoice:
    """The reader's choice of all four, on the line that is open."""
    return ChangeChoice(parts.choose_outcome(), parts.choose_landmark(), _choose_day(records), _choose_period(records))


def failures(records: Records, asked: ChangeChoice, top: furniture.AnswerPlace) -> None:
    """Better or worse since a day, and the share failed by period of surgery.

    top: where on the page the verdict stands.
    """
    outcome, within_days = asked.outcome, asked.landmark.days
    when = when_words(outcome, within_days)
    _before_and_after(records, outcome, within_days, asked.since, top)
    answer = trend(records, outcome.name, within_days, asked.period)
    marked, edges = marks(records), _edges(answer)
    remarks = placed(marked, edges, -0.5)
    if answer.periods["share"].notna().sum() == 0:
        st.info(parts.said(_sentence(answer, outcome, when)))
        return
    _signals(answer, outcome)
    counts = partial(counts_by_period, records, outcome.name, within_days, answer.period)
    _show(
        _drawn(answer, outcome), _sentence(answer, outcome, when), _table(answer), "trend", remarks,
        figures.of_periods(answer.periods, counts), signals=answer.signals,
    )  # fmt: skip
    _not_reached(not_reached(marked, edges))
    with st.expander("Add a remark to this chart"):
        _write_remark(records)


def _choose_day(records: Records) -> date | None:
    """The day that parts before from after; none is the middle, which moves with what is chosen."""
    facts = records.facts
    addresses.left_out(addresses.understand_days("since", facts.first_operation, facts.last_operation, needed=1))
    chosen = st.date_input(
        "Better or worse since", None, facts.first_operation, facts.last_operation, key="since", bind="query-params",
        format="DD/MM/YYYY", width=200, help="Operations from this day on against those before. Empty: the middle.",
    )  # fmt: skip
    return chosen if isinstance(chosen, date) else None


def _choose_period(records: Records) -> str | None:
    """The period that is drawn; none is the one that the size of the practice decides, and nothing is asked of one."""
    periods = told_by(records)
    if len(periods) == 1:
        return None
    names = {BY_SIZE: BY_SIZE} | {name: wording.at_the_start(name) for name in periods}
    chosen = parts.choose_group(names, key="period", label="Chart of each", width=200)
    return None if chosen == BY_SIZE else chosen


def _before_and_after(
    records: Records, outcome: Outcome, within_days: int, since: date | None, top: furniture.AnswerPlace
) -> None:
    """The verdict with its two sides as a table; where it cannot be given, the way to it."""

    def can(wider: Records) -> bool:
        return possible(wider, outcome.name, within_days, since)

    day = parting_day(records, outcome.name, within_days, since)
    if day is None or not parts_period(records, day):
        words = "lie on one side of the day chosen" if day else "whose outcome is settled are of one month, or none"
        with top:
            furniture.verdict(Verdict("No before and after", f"All operations {words}."))
        parts.offer(ways(records, can), key="change")
        return
    brief.in_whole(top, change_verdict(records, outcome.name, within_days, since))
    compared = before_and_after(records, outcome.name, within_days, day)
    if not compared.possible:
        parts.offer(ways(records, can), key="change")
    two_groups.sides(compared, alt="Before and after, side by side")


def _edges(answer: Trend) -> list[date]:
    """The day on which each period begins, and the day after the last one ends."""
    if answer.periods.empty:
        return []
    days = list(answer.periods["period"])
    return [*days, begins(number_of(days[-1]) + PERIODS[answer.period])]


def _drawn(answer: Trend, outcome: Outcome) -> pd.DataFrame:
    """The periods as the chart reads them: at a visit a share is of those who answered."""
    at_visit = outcome.kind == "landmark"
    rows = answer.periods.assign(joined=are_whole(list(answer.periods["period"]), answer.period))
    return rows.assign(operations=rows["known"]) if at_visit else rows


def _show(
    points: pd.DataFrame, sentence: str, table: pd.DataFrame, key: str, remarks: Remarks = (),
    leaves: Mapping[str, Any] = parts.NOTHING, **look: Any,
) -> None:  # fmt: skip
    """A control chart, and under it the remarks that it has the numbers of. leaves: how it may be taken away."""
    places = [place for place, _ in remarks]
    figure = control_chart.control_chart(points, remarks=places, dark=parts.is_dark(), **look)
    alt = control_chart.describe(points, **look) + _remarks_told(remarks)
    rows = points if "judged_by" in points else None  # else its shares are none, or its rows single operations
    parts.show_figure(figure, alt=alt, sentence=sentence, table=table, rows=rows, key=key, **leaves)
    _remarks(remarks)


def _remarks_told(remarks: Remarks) -> str:
    days = ", ".join(f"R{number} {parts.day_words(one.day)}" for number, (_, one) in enumerate(remarks, 1))
    return f" Remarks: {days}." if days else ""


def _remarks(remarks: Remarks) -> None:
    """The words of each remark, under the chart that has its number."""
    lines = [
        f"* **R{number}**, {parts.day_words(one.day)}: {parts.said(one.text)} · {parts.said(one.who)}"
        for number, (_, one) in enumerate(remarks, 1)
    ]
    if lines:
        st.markdown("\n".join(["Remarks, each a thin line with its number:", "", *lines]))


def _not_reached(later: Sequence[Annotation]) -> None:
    """What holds from a day that the chart does not reach yet, so that nobody looks for it in vain."""
    if later:
        told = "; ".join(f"{parts.day_words(one.day)}, {parts.said(one.text)} · {parts.said(one.who)}" for one in later)
        parts.note(f"Not on this chart yet, as outcomes of those days are not settled: {told}.")


def _write_remark(records: Records) -> None:
    with st.form("form remark trend", border=False):
        day = st.date_input(
            "The day from which it holds", records.facts.data_date, *days_allowed(records), key="remark day trend",
            format="DD/MM/YYYY", width=220,
        )  # fmt: skip
        text = st.text_input(
            "Remark, such as: new technique from March (no names)", key="remark trend", max_chars=LONGEST_REMARK
        )
        if st.form_submit_button("Keep this remark"):
            notes.kept(lambda: add(records, day, text))
    parts.note("It is kept with your name, stands on every chart over time, and survives every import.")


def _sentence(answer: Trend, outcome: Outcome, when: str) -> str:
    drawn = answer.periods["share"].dropna()
    if drawn.empty or answer.centre is None:
        return f"No {answer.period} has ten operations whose state {when} is known: there is nothing to draw yet."
    last = answer.periods.loc[drawn.index[-1], "label"]
    line = f"The level line is {overall_words(answer.centre, outcome)}, as on every screen"
    estimated = "estimated as the curve is" if outcome.kind == "time" else "of those who answered"
    dotted = (
        "" if answer.limits == NO_LIMITS
        else "; the dotted lines are limits that chance alone crosses fewer than three times in a thousand"
    )  # fmt: skip
    trial = "" if answer.limits == NO_LIMITS else limits_words(answer.limits, len(drawn))
    return (
        f"{outcome.short} {when} among operations of each {answer.period}, {estimated}. {line}{dotted}. It ends with "
        f"{last}: of later operations the outcome is not settled.{trial}"
    )


def overall_words(share: float, outcome: Outcome) -> str:
    """The overall share with its name."""
    return f"the {wording.of_all(share)}" if outcome.kind == "time" else f"the {wording.of_answered(share)}"


def _signals(answer: Trend, outcome: Outcome) -> None:
    """What the one judged chart shows; of another period, that it is a picture."""
    if answer.why:
        first, colon, others = answer.why.partition(":")
        st.markdown(f"**{parts.said(first.rstrip('.'))}**{parts.said(colon + others)}")
        return
    expected = answer.periods["expected"].median()
    by = (
        f"By {parts.said(answer.period)}, the shortest period in which {FEWEST_EXPECTED:.0f} failures are expected "
        f"({expected:.1f})."
    )
    words = control_chart.signal_words(_drawn(answer, outcome), answer.signals)
    if words:
        numbered = "\n".join(f"{n}. {parts.said(w)}" for n, w in enumerate(words, 1))
        st.markdown(f"Signals of the control chart, each a question and not a verdict. {by}\n\n{numbered}")
    else:
        st.markdown(
            f"**No signal** in the control chart: no point outside the limits, no run of seven, no two of three near a "
            f"limit. {by}"
        )


def _table(answer: Trend) -> pd.DataFrame:
    return parts.columns_of(
        answer.periods,
        {
            "Operated in": "label",
            "Operations": "operations",
            "Known": "known",
            "Failed": "failed",
            "Expected": lambda row: "–" if pd.isna(row.expected) else f"{row.expected:.1f}",
            "Share failed": parts.share_of,
            "Limits": lambda row: parts.interval_words(row.lower_limit, row.upper_limit),
            "Signal": lambda row: "not yet mature" if row.immature else row.signal,
        },
    )


def operations(records: Records) -> None:
    """Operations month by month: a month far below the others may be one whose records have not come."""
    answer = operated_monthly(records)
    months = answer.months
    if months.empty:
        return
    points = months.assign(share=months["operations"], failed=0, immature=False)
    outside = "; ".join(control_chart.signal_words(points, answer.signals, measure="count"))
    dotted = (
        "The dotted lines are the limits by which months of a steady practice differ. A month below them may be one "
        f"whose records have not come. Outside them: {outside or 'none'}."
        if answer.limits != NO_LIMITS
        else "The line is their average."
    )
    sentence = f"{dotted}{limits_words(answer.limits, len(months))}"
    table = parts.columns_of(months, {"Operated in": "label", "Operations": "operations", "Signal": "signal"})
    with furniture.card("Operations, month by month", key="monthly"):
        _show(points, sentence, table, "monthly", signals=answer.signals, measure="count", title="Operations a month")


def complications(records: Records) -> None:
    """Operations from one with a complication to the next."""
    watched = load().monitoring
    outcome = load().outcomes[watched.outcome]
    st.header(f"Operations between {outcome.short.lower()}s within {watched.within_days} days")
    if parts.nobody_records(records, outcome):
        return
    answer = between(records, watched.outcome, watched.within_days)
    if len(answer.events) == 0:
        st.markdown("Fewer than two operations with a complication are recorded: nothing can be drawn.")
        return
    points = answer.events.assign(share=answer.events["between"], operations=1, failed=1, immature=False)
    remarks = placed(marks(records), [day.date() for day in answer.events["operated"]], 0)
    columns: parts.Columns = {
        "Operated": lambda row: parts.day_words(row.operated),
        "Operations since the last": "between",
        "Signal": "signal",
    }
    words = control_chart.signal_words(points, answer.signals, measure="count")
    table, sentence = parts.columns_of(answer.events, columns), _between_sentence(answer, words, watched.within_days)
    _show(points, sentence, table, "between", remarks, signals=answer.signals, measure="count",
          title="Operations between complications")  # fmt: skip


def _between_sentence(answer: Between, signals: Sequence[str], within_days: int) -> str:
    trial = limits_words(answer.limits, len(answer.events))
    numbered = "; ".join(f"{n}, {words}" for n, words in enumerate(signals, 1)) or "none"
    told = "" if answer.limits == NO_LIMITS else f" Signals, each a question and not a verdict: {numbered}."
    return (
        f"Each dot is an operation with a complication within {within_days} days, whatever time is chosen above; its "
        "height is how many operations went without one since the last. High is good. Since the last: "
        f"{wording.count(answer.since_last, 'operation')} without.{told}{trial}"
    )
