"""Monitoring: an outcome that comes early, followed operation by operation, surgeon by surgeon."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.digest import WHERE, ToReview, imports_to_review
from dashboard.analyses.follow_up import everybody, follow_up
from dashboard.analyses.monitor import Monitored, monitor, within_choice
from dashboard.analyses.plans import standing
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.review import Item, acknowledge, review
from dashboard.analyses.signals import signals
from dashboard.analyses.verdicts.answered import against_goal, under_goal_words
from dashboard.analyses.verdicts.signals import signals_verdict
from dashboard.charts import cusum_chart
from dashboard.definitions import load
from dashboard.pages import furniture, model, notes, parts, plans, short_list
from dashboard.pages.short_list import ShortList
from dashboard.records import Records

WORK_LIST = "Work list"
"""What the Data quality page calls the visits to ask for; links choose it by these words."""
VIEW = "Monitoring"
"""What the Compare page calls this; links choose it by this word."""


def section(records: Records, top: furniture.AnswerPlace) -> None:
    """What signals and what to do about it; every series, and beside it the one whose row is chosen.

    The first with a signal is drawn until another is chosen. top: where the answer goes.
    """
    watched = load().monitoring
    outcome = load().outcomes[watched.outcome]
    if parts.nobody_records(records, outcome):
        return
    answer = monitor(records)
    if answer.reason:
        st.info(parts.said(answer.reason))
        return
    with top:
        furniture.verdict(signals_verdict(records))
    if answer.counts_only:
        _counted(answer, records)
        return
    waiting = compact(records)
    with furniture.card(waiting.title, key="review"):
        waiting.draw()
        _looked_at(records, [item for item in review(records) if not item.waits])
    charted = within_choice(answer.series[answer.series["charted"]], records.cohort)
    if len(charted):
        _followed(answer, charted)
    furniture.method(
        f"{outcome.short} within {watched.within_days} days. Each operation since {parts.day_words(answer.since)} is "
        f"held against its own risk by a model made from the operations before, and frozen. {outcome.caution} "
        "**Dates, sites and patients chosen above play no part.**",
        *([parts.said(model.BESIDE)] if answer.model.is_told else []),
    )
    with st.expander("The model that is held against"):
        model.show(records, answer.model, key="monitor-calibration")


def _followed(answer: Monitored, charted: pd.DataFrame) -> None:
    with furniture.side_by_side(2, key="monitor"):
        with furniture.card("Every surgeon and family", key="series"):
            chosen = _table(charted)
        _one(answer, chosen)


def _counted(answer: Monitored, records: Records) -> None:
    """Seen and expected alone, for a role that shows counts."""
    st.markdown(
        f"Operations since {parts.day_words(answer.since)}, held against their risk by a model made from the "
        "operations before."
    )
    columns: parts.Columns = {
        "Surgeon": "label",
        "Family": "family_label",
        "Operations": "operations",
        "Seen / expected": lambda row: f"{row.failed} / {row.expected:.1f}",
    }
    rows = within_choice(answer.series, records.cohort).query("operations > 0")
    rows = rows.sort_values(["family_label", "label"], kind="stable")
    with furniture.card("Every surgeon and family, seen against expected", key="series"):
        alt = "Every surgeon and family, with complications seen and expected"
        parts.show_table(parts.columns_of(rows, columns), alt, whole=True, rows=rows)


def _table(charted: pd.DataFrame) -> pd.Series:
    """The series that are charted; the row that the reader chose, else the first with a signal, else the largest."""
    ordered = charted.sort_values(["family_label", "label"], kind="stable").reset_index(drop=True)
    shown = parts.columns_of(
        ordered,
        {
            "Surgeon": "label",
            "Family": "family_label",
            "Operations": "operations",
            "Seen / expected": lambda row: f"{row.failed} / {row.expected:.1f}",
            "Signal (than expected)": _signal,
        },
    )
    alt = "Every monitored surgeon and family, with complications seen and expected"
    places = ordered.reset_index(names="place")
    place = parts.choose_row(
        shown, places, "place", key=f"series-{len(shown)}", alt=alt, height="content", row_height=28
    )
    parts.note("Select a row to see its chart.")
    if place is not None:
        return ordered.iloc[int(place)]
    signalled = ordered[ordered["signal"] != ""]
    return (signalled if len(signalled) else ordered.sort_values("operations", ascending=False)).iloc[0]


def _signal(row: Any) -> str:
    return f"{row.signal.split()[0]}, {parts.day_words(row.signalled_on)}" if row.signal else "none"


def _one(answer: Monitored, row: pd.Series) -> None:
    watched = load().monitoring
    steps = answer.steps[row["unit"], row["family"]]
    whom = f"{row['label']}, {wording.within_sentence(row['family_label'])}"
    limits = {"limit_up": row["limit_more"], "limit_down": row["limit_fewer"]}
    table = steps.assign(operated=[parts.day_words(day) for day in steps["operated"]]).round(3)
    table.columns = pd.Index(["Operation", "Operated", "VLAD", "CUSUM, more", "CUSUM, fewer", "Signal"])
    left_out = f" Left out, as something that the model needs is not recorded: {row['without_risk']:d}."
    sentence = (
        f"{row['failed']} seen, {row['expected']:.1f} expected in {row['operations']} operations. The limits are "
        f"{row['limit_more']:.2f} and {row['limit_fewer']:.2f}: by chance alone one is crossed about once in "
        f"{parts.count_words(row['false_alarm_operations'])} such operations, here once in "
        f"{_years(row['false_alarm_years'])}.{left_out if row['without_risk'] else ''}"
    )
    with furniture.card(whom, key="cusum"):
        figure = cusum_chart.cusum_chart(steps, **limits, dark=parts.is_dark())
        alt = cusum_chart.describe(steps, **limits)
        furniture.picture(figure, alt=alt, key="cusum")
        parts.note(parts.said(sentence))
        furniture.method(
            "Above: the running sum of expected less seen; it rises while results are better than expected. Below: the "
            f"evidence for odds {watched.odds_ratio_more:g} times as high (up) and {watched.odds_ratio_fewer:g} times "
            "(down). A signal is a question, not a verdict.",
            heading="What the lines say",
        )
        parts.show_as_table(table, f"Table: {alt}")


def _years(years: float) -> str:
    return f"{years:.0f} years" if years >= 2 else f"{12 * years:.0f} months"


def compact(records: Records) -> ShortList:
    """The signals that run and that nobody has looked at, the plans that stand, then the follow-up that is owed."""
    watched = load().outcomes[load().monitoring.outcome]
    why = not_recorded(records, watched.name)
    waiting = [] if why else [item for item in review(records) if item.waits]
    planned = standing(records)
    imports = imports_to_review(records, datetime.now(UTC))
    room = short_list.MOST_ROWS - bool(imports and imports.count)
    first = waiting[:room]

    def draw() -> None:
        if not waiting:
            st.markdown(parts.said(why or _no_signal(records)))
        with short_list.rows("review"):
            if imports and imports.count:
                _import(imports)
            for item in first:
                if short_list.row(item.whom, item.seen, f"signal of {parts.day_words(item.on)}", key=item.subject):
                    short_list.opened("Needs review", lambda item=item: decide(records, item))  # type: ignore[misc]
            for plan in planned[: room - len(first)]:
                plans.row(records, plan, "review")
            if told := owed(records):
                short_list.way(*told, "data", {"data_view": WORK_LIST}, key="overdue visits")

    # Who sees counts alone is shown no signal: that there is none would be untrue.
    seen = records.viewer.sees_patients
    title = f"Needs review: {wording.count(len(waiting), 'signal')}" if seen or waiting else "Needs review"
    if not planned:
        return ShortList(title, draw, VIEW, "compare", {"comparison": VIEW})
    title = f"{title}, {plans.counted(planned)}"
    return ShortList(title, draw, plans.VIEW, "compare", {"comparison": plans.VIEW})


def _no_signal(records: Records) -> str:
    answer = signals(records)
    if answer.reason:
        return answer.reason
    if answer.counts_only:
        return signals_verdict(records).answer
    if review(records):
        return "Every signal has been looked at."
    return "No signal is running in the monitored series."


def owed(records: Records) -> tuple[str, str, str] | None:
    """Visits that are overdue and can still be answered, and whether fewer answer than is the goal; or neither."""
    if "follow_up" in records.missing_kinds:
        return None
    rows, under = everybody(follow_up(records)), under_goal_words(against_goal(records))
    overdue = int(rows["overdue"].sum())
    if not overdue:
        return ("Follow-up", under, "no visit can be asked for any more") if under else None
    most = rows.sort_values("overdue", ascending=False, kind="stable").iloc[0]
    where = [f"{most['overdue']} of them at {wording.within_sentence(str(most['visit_label']))}", under]
    many, answer = wording.count(overdue, "visit"), "overdue that can still be answered"
    return many, answer, "; ".join(filter(None, where))


def _import(found: ToReview) -> None:
    """That an import or a delivery came to nothing, and the way to where records are brought in."""
    path, _ = WHERE[found.kind]
    short_list.way("Import", found.words, "", path, {}, key="imports")


def _looked_at(records: Records, done: list[Item]) -> None:
    """What was decided of each signal, or what was written when nothing was to be done."""
    if not done:
        return
    with st.expander(f"Already looked at: {len(done)}"):
        for item in done:
            st.markdown(parts.said(item.what))
            if item.note is not None:
                parts.note(notes.signed(item.note))
            if item.plan is not None:
                plans.row(records, item.plan, "looked at")


def decide(records: Records, item: Item) -> None:
    """One signal: what it says, the ways to its chart and its operations, and the place to say what is to be done."""
    with st.container(border=True):
        st.markdown(f"**{parts.said(item.what)}** {parts.said(item.step)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen: dict[str, Any] = dict(item.filters)
            parts.link_to("compare", "See the chart", {**chosen, "comparison": VIEW}, key=f"chart {item.subject}")
            chosen["operated"] = (item.since, records.facts.last_operation or item.since)
            parts.link_to("patients", "See these operations", chosen, key=f"patients {item.subject}")
        plans.form(records, item.subject, lambda text: acknowledge(records, item, text))
