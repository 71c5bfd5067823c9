"""Change over time: a control chart of the share failed, and of the operations between complications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from dashboard.analyses.annotations import Annotation, add, annotations_of, days_allowed, placed
from dashboard.analyses.trend import (
    FREQUENCY,
    NO_LIMITS,
    Between,
    Trend,
    between,
    limits_words,
    operated_monthly,
    trend,
)
from dashboard.charts import control_chart
from dashboard.definitions import Outcome, load
from dashboard.pages import notes, parts
from dashboard.records import Records

PERIODS = {"quarter": "Quarter", "month": "Month"}
LONGEST_REMARK = 200
Remarks = Sequence[tuple[float, Annotation]]
"""Each with its place on the axis of a chart, in order."""


def failures(records: Records, outcome: Outcome, within_days: int, when: str) -> None:
    """The share failed by period of surgery, with the reader's choice of period."""
    st.header("Change over time")
    period = parts.choose_group(PERIODS, key="period", label="Operated in each", width=200)
    answer = trend(records, outcome.name, within_days, period)
    remarks = placed(annotations_of(records), _edges(answer.periods, period), -0.5)
    if answer.periods["share"].notna().sum() == 0:
        st.info(_sentence(answer, outcome, when, period))
        return
    _signals(answer)
    _show(answer.periods, _sentence(answer, outcome, when, period), _table(answer), "trend", remarks)
    with st.expander("Add a remark to this chart"):
        _write_remark(records)


def _show(
    points: pd.DataFrame, sentence: str, table: pd.DataFrame, key: str, remarks: Remarks = (), **look: str
) -> None:
    """A control chart, and under it the remarks that it has the numbers of."""
    places = [place for place, _ in remarks]
    figure = control_chart.control_chart(points, remarks=places, dark=parts.is_dark(), **look)
    alt = control_chart.describe(points, **look) + _remarks_told(remarks)
    parts.show_figure(figure, alt=alt, sentence=sentence, table=table, key=key)
    _remarks(remarks)


def _edges(periods: pd.DataFrame, period: str) -> list[date]:
    """The day on which each period begins, and the day after the last one ends."""
    if periods.empty:
        return []
    last = pd.Period(periods["period"].iloc[-1], freq=FREQUENCY[period])
    return [*periods["period"], (last + 1).start_time.date()]


def _remarks_told(remarks: Remarks) -> str:
    days = ", ".join(f"R{number} {parts.day_words(one.day)}" for number, (_, one) in enumerate(remarks, 1))
    return f" Remarks: {days}." if days else ""


def _remarks(remarks: Remarks) -> None:
    """The words of each remark, under the chart that has its number."""
    lines = [
        f"* **R{number}**, {parts.day_words(one.day)}: {notes.as_written(one.text)} · {notes.as_written(one.who)}"
        for number, (_, one) in enumerate(remarks, 1)
    ]
    if lines:
        st.markdown("\n".join(["Remarks, each a thin line with its number:", "", *lines]))


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


def _sentence(answer: Trend, outcome: Outcome, when: str, period: str) -> str:
    drawn = answer.periods["share"].dropna()
    if drawn.empty:
        return f"No {period} has ten operations whose state {when} is known: there is nothing to draw yet."
    last = answer.periods.loc[drawn.index[-1], "label"]
    lines = (
        "the level line is their average."
        if answer.limits == NO_LIMITS
        else "the dotted lines are limits that chance alone crosses fewer than three times in a thousand."
    )
    n = int(answer.periods.loc[drawn.index, "known"].sum())
    return (
        f"{outcome.short} {when} among operations of each {period} whose state is known (together n = "
        f"{parts.count_words(n)}); {lines} Operations lost to follow-up count for nothing here, so that the average "
        f"lies above the share that the curve gives. It ends with {last}: of later operations the outcome "
        f"is not settled.{limits_words(answer.limits, len(drawn))}"
    )


def _signals(answer: Trend) -> None:
    words = control_chart.signal_words(answer.periods)
    if answer.limits == NO_LIMITS:
        st.markdown("**Not judged**: there are no limits to hold a point against.")
    elif words:
        st.markdown(
            "Signals, each a question and not a verdict:\n\n" + "\n".join(f"{n}. {w}" for n, w in enumerate(words, 1))
        )
    else:
        st.markdown("**No signal**: no point outside the limits, no run of seven, no two of three near a limit.")


def _table(answer: Trend) -> pd.DataFrame:
    return parts.columns_of(
        answer.periods,
        {
            "Operated in": "label",
            "Operations": "operations",
            "Known": "known",
            "Failed": "failed",
            "Share failed": parts.share_of,
            "Limits": lambda row: parts.interval_words(row.lower_limit, row.upper_limit),
            "Signal": lambda row: "not yet mature" if row.immature else row.signal,
        },
    )


def operations(records: Records) -> None:
    """Operations month by month: a month far below the others may be one whose records have not come."""
    months = operated_monthly(records)
    if months.empty:
        return
    st.header("Operations, month by month")
    points = months.assign(share=months["operations"], failed=0, immature=False)
    outside = "; ".join(f"{row.label} ({row.operations})" for row in parts.rows_of(months[months["signal"] != ""]))
    limits = months["limits"].iloc[0]
    dotted = (
        "The dotted lines are the limits by which months of a steady practice differ. A month below them may be one "
        f"whose records have not come. Outside them: {outside or 'none'}."
        if limits != NO_LIMITS
        else "The line is their average."
    )
    sentence = f"{dotted}{limits_words(limits, len(months))}"
    table = parts.columns_of(months, {"Operated in": "label", "Operations": "operations", "Signal": "signal"})
    _show(points, sentence, table, "monthly", measure="count", title="Operations a month")


def complications(records: Records) -> None:
    """Operations from one with a complication to the next."""
    watched = load().monitoring
    outcome = load().outcomes[watched.outcome]
    st.header(f"Operations between {outcome.short.lower()}s")
    if parts.nobody_records(records, outcome):
        return
    answer = between(records, watched.outcome, watched.within_days)
    if len(answer.events) == 0:
        st.markdown("Fewer than two operations with a complication are recorded: nothing can be drawn.")
        return
    points = answer.events.assign(share=answer.events["between"], operations=1, failed=1, immature=False)
    remarks = placed(annotations_of(records), [day.date() for day in answer.events["operated"]], 0)
    columns: parts.Columns = {
        "Operated": lambda row: parts.day_words(row.operated),
        "Operations since the last": "between",
        "Signal": "signal",
    }
    table, sentence = parts.columns_of(answer.events, columns), _between_sentence(answer, watched.within_days)
    _show(points, sentence, table, "between", remarks, measure="count", title="Operations between complications")


def _between_sentence(answer: Between, within_days: int) -> str:
    trial = limits_words(answer.limits, len(answer.events))
    return (
        f"Each dot is an operation with a complication within {within_days} days; its height is how many operations "
        f"went without one since the last. High is good. Since the last: {answer.since_last} operations without.{trial}"
    )
