"""Causes and care: why operations failed, when each cause shows itself, and what was done that helped."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.causes import (
    LATE_DAYS,
    NO_LATER,
    Causes,
    cause_curves,
    causes,
    found_matrix,
    onset_by_cause,
    shown_after,
)
from dashboard.analyses.verdicts.causes import of_known_cause, of_reading, said_of_causes
from dashboard.analyses.verdicts.late import late_verdict, window_words
from dashboard.charts import count_matrix
from dashboard.definitions import Landmark, Outcome, load
from dashboard.pages import care, curve_table, parts
from dashboard.records import Records

VIEWS = {"why": "Why they failed", "when": "When each cause shows itself", "care": "Care after failure"}
COUNTED = {"main": "The main cause", "any": "Every cause found"}
COUNTS_ONLY_BELOW = 10
AFTER = {str(NO_LATER): "any time", "90": "90 days", str(LATE_DAYS): f"month 9 (day {LATE_DAYS})", "365": "1 year"}
"""How late a failure must be to be counted, which every table and picture of the page follows."""
NO_READING = "All other causes"


def page(records: Records) -> None:
    """One of three views: causes, their time, care."""
    if parts.nothing_to_show(records):
        return
    view = parts.choose_group(VIEWS, key="causes_view", label="Shown", width=330)
    outcome = load().default_outcome
    if parts.nobody_records(records, outcome):
        return
    if view == "care":
        care.section(records, outcome)
        return
    with st.container(horizontal=True):
        after = int(parts.choose_group(AFTER, key="failed_after", label="Failed after", width=200))
        landmark = parts.choose_landmark()
    if after >= landmark.days:
        st.info(f"Nothing lies after day {after} and within {landmark.label}. Choose a later time, or an earlier day.")
        parts.link_to(None, "Show by 5 years", {"within": "5 years"})
        return
    parts.verdict(late_verdict(records, outcome.name, landmark.days, after))
    if view == "why":
        _why(records, outcome, landmark, after)
    else:
        _when(records, outcome, landmark, after)


def _why(records: Records, outcome: Outcome, landmark: Landmark, after: int) -> None:
    answer = causes(records, outcome.name, "family", landmark.days, after)
    window = _window(landmark, after)
    st.header(f"Main cause of the failures seen {parts.said(window)}")
    if not answer.failed:
        parts.refused(
            records, f"No failure was seen {window} among these operations.",
            lambda wider: causes(wider, outcome.name, "family", landmark.days, after).failed > 0, key="causes",
        )  # fmt: skip
        return
    parts.verdict(said_of_causes(answer, window))
    _readings(answer)
    sentence = (
        f"Of {wording.count(answer.failed, 'failure')} seen {window}, the share with each main cause. A "
        "failure may have several causes and has one main cause: the first recorded as primary, else the first found."
    )
    alt = _alt(answer)
    parts.show_shares(_drawn(answer), sentence, alt=alt, key="main-causes")
    parts.provenance(records, outcome, over_time=False)
    st.header("Each cause in figures")
    parts.show_table(_cause_table(answer, window), f"Table: {alt}", whole=True)
    parts.note(
        "A cause found beside another main cause is counted over all follow-up so far. "
        f"{parts.said(_never_found(answer))}"
    )
    _matrix(records, outcome, landmark, after)


def _drawn(answer: Causes) -> pd.DataFrame:
    """The causes that occur, those that are read together under one heading, each with its count."""
    readings = {reading.name: reading.label for reading in load().cause_readings}
    order = {name: place for place, name in enumerate(readings)}
    found = answer.causes[answer.causes["failed"] > 0]
    found = found.sort_values("failed", ascending=False, kind="stable")
    found = found.sort_values("reading", key=lambda names: names.map(order), kind="stable", na_position="last")
    return found.assign(
        section=[readings.get(name, NO_READING) for name in found["reading"]],
        label=[care.counted(row.label, row.failed) for row in parts.rows_of(found)],
        operations=answer.failed,
        shown=answer.failed >= COUNTS_ONLY_BELOW,
    )


def _alt(answer: Causes) -> str:
    largest = answer.causes.sort_values("failed", ascending=False, kind="stable").head(5)
    told = "; ".join(f"{row.label} {row.failed}" for row in parts.rows_of(largest) if row.failed)
    return f"Main cause of {answer.failed} failures. Most often: {told}."


def _readings(answer: Causes) -> None:
    """Which causes could perhaps have been prevented, which are the course of the disease, what nobody could tell."""
    readings, known = load().cause_readings, of_known_cause(answer)
    sentences = []
    for reading in readings:
        words = ", ".join(wording.within_sentence(load().vocabularies["cause"][name].label) for name in reading.causes)
        of = f"{known} whose cause is known" if reading.named else f"all {answer.failed}"
        sentences.append(
            f"**{reading.label}: {parts.said(of_reading(answer, reading))} of {parts.said(of)}** ({words})."
        )
    sentences.append(f"No cause recorded: {parts.said(answer.without_cause)} of all {answer.failed:d}.")
    st.markdown("\n\n".join(sentences))
    for source in dict.fromkeys(reading.source for reading in readings):
        parts.note(f"How causes are read together: {source}. It says nothing of a single operation.")


def _window(landmark: Landmark, after: int) -> str:
    """By 2 years; after day 274 and by 2 years."""
    return window_words(f"by {landmark.label}", after)


def _cause_table(answer: Causes, window: str) -> pd.DataFrame:
    rows = answer.causes[_found_at_all(answer)].sort_values("failed", ascending=False, kind="stable")
    return parts.columns_of(
        rows,
        {
            "Cause": "label",
            "Share of failures (count; 95 % interval)": lambda row: _share(row, answer.failed),
            f"Main cause {window}": "failed",
            "Half of these by day": "half",
            "Quarter to three quarters": care.quarters,
            "Also found beside another": "also_found",
            "Group": "group_label",
        },
    )


def _found_at_all(answer: Causes) -> pd.Series:
    return (answer.causes["failed"] > 0) | (answer.causes["also_found"] > 0)


def _never_found(answer: Causes) -> str:
    labels = [wording.within_sentence(label) for label in answer.causes.loc[~_found_at_all(answer), "label"]]
    return f"Not found behind any of these failures: {', '.join(labels)}." if labels else ""


def _share(row: Any, of: int) -> str:
    share = row.share if of >= COUNTS_ONLY_BELOW else None
    return parts.share_words(share, row.failed, of, row.lower, row.upper)


def _matrix(records: Records, outcome: Outcome, landmark: Landmark, after: int) -> None:
    st.header("Cause by procedure")
    counted = parts.choose_group(COUNTED, key="causes_counted", label="Counted", width=330)
    if counted == "main":
        by_family, by_procedure = (
            causes(records, outcome.name, by, landmark.days, after).matrix for by in ("family", "procedure")
        )
        sentence = f"Failures seen {_window(landmark, after)}, each under its main cause."
    else:
        by_family, by_procedure = (found_matrix(records, by) for by in ("family", "procedure"))
        sentence = (
            "Every cause found behind a failure, main cause or not: a failure counts once for each of its causes. All "
            "follow-up so far, whatever time is chosen above."
        )
    rows = _in_order(by_family)
    figure = count_matrix.count_matrix(rows, dark=parts.is_dark())
    table = by_procedure.pivot_table(
        index="cause_label", columns="label", values="operations", aggfunc="sum", fill_value=0, sort=False
    )
    parts.show_figure(
        figure, alt=f"Failures by cause and procedure family. {count_matrix.describe(rows)}", key="matrix",
        sentence=f"{sentence} By family in the picture, by procedure in the table.",
        table=table.reset_index(names="Cause"),
    )  # fmt: skip
    parts.provenance(records, outcome, over_time=False)


def _in_order(matrix: pd.DataFrame) -> pd.DataFrame:
    """Every cause that occurs with every family that occurs, the families in their own order."""
    there = set(matrix["label"])
    known = [label for label in load().families.values() if label in there]
    families = [*known, *sorted(there.difference(known))]
    counts = matrix.groupby(["cause_label", "label"])["operations"].sum()
    return parts.every_pair(counts, matrix["cause_label"].unique(), families)


def _when(records: Records, outcome: Outcome, landmark: Landmark, after: int) -> None:
    later = "" if after <= NO_LATER else f" after day {after}"
    st.header(f"Share of operations failed{later} from each cause")
    curves = cause_curves(records, outcome.name, after)
    if curves.empty:
        parts.refused(
            records, f"No failure with a recorded cause was seen{later} among these operations.",
            lambda wider: not cause_curves(wider, outcome.name, after).empty, key="cause-curves",
        )  # fmt: skip
        return
    sizes = curves.groupby("label", sort=False)["failed"].sum()
    shown = parts.choose_curves(curves, sizes, "Causes drawn", key="causes", usual="The most frequent")
    table = curve_table.by_month(shown[shown["failed"] > 0], landmark.days, "Cause")
    more = f"Death, and failure from another cause{' or earlier' if later else ''}, compete with each."
    parts.show_curves(shown, landmark.days, more, table=table, key="cause-curves")
    parts.provenance(records, outcome)
    _late(records, outcome, after)
    _categories(records, outcome, landmark, after)


def _late(records: Records, outcome: Outcome, after: int) -> None:
    """After the day that is chosen above, or after month 9."""
    st.header("Which causes show themselves late?")
    late_from = after if after > NO_LATER else LATE_DAYS
    rows = shown_after(records, outcome.name, late_from)
    day = f"day {late_from}"
    late, total = int(rows["after"].sum()), int((rows["up_to"] + rows["after"]).sum())
    st.markdown(
        f"**{late} of {total} failures showed themselves after {day}**{_causes_after(rows)} By the day of the "
        "first symptom; all follow-up so far, whatever time is chosen above."
    )
    columns: parts.Columns = {
        "Main cause": "label",
        f"After {day}, of this cause": _after,
        f"Up to {day}": "up_to",
        f"After {day}": "after",
    }
    alt = "Failures of each cause up to and after this day"
    parts.show_table(parts.columns_of(rows, columns), alt, whole=True)
    parts.note("Failures seen, not failures to come: in recent operations later causes are still to show themselves.")


def _after(row: Any) -> str:
    return wording.out_of(row.after, row.up_to + row.after)


def _causes_after(rows: pd.DataFrame) -> str:
    """The causes that came late, the most frequent first, those that come with no other time of their own named."""
    late = rows[rows["after"] > 0]
    if late.empty:
        return "."
    listed = [f"{parts.said(wording.within_sentence(row.label))} {_after(row)}" for row in parts.rows_of(late)]
    never_early = [parts.said(wording.within_sentence(row.label)) for row in parts.rows_of(late) if not row.up_to]
    only = f" **Only then: {', '.join(never_early)}.**" if never_early else ""
    return f", of those with each main cause: {', '.join(listed)}.{only}"


def _categories(records: Records, outcome: Outcome, landmark: Landmark, after: int) -> None:
    st.header("When the failures of each cause first showed themselves")
    rows = onset_by_cause(records, outcome.name, landmark.days, after)
    window = _window(landmark, after)
    if rows.empty:
        st.markdown(f"No failure was seen {parts.said(window)}.")
        return
    table = rows.pivot_table(
        index="label", columns="category_label", values="operations", aggfunc="sum", sort=False
    )  # fmt: skip
    table = table.loc[:, table.sum() > 0]
    alt = "Failures by main cause and by when the first symptom came"
    parts.show_table(table.reset_index(names="Main cause"), alt, whole=True)
    parts.note(
        f"Failures seen {parts.said(window)}. Symptoms that the operation never relieved (persistent) are shown apart: "
        "they did not begin anew."
    )
    parts.provenance(records, outcome, over_time=False)
