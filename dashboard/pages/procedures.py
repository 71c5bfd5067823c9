"""Procedures: after which operations failures come, against the practice and the published range."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import when_words
from dashboard.analyses.published import beside, published
from dashboard.analyses.verdicts.groups import groups_verdict, judged
from dashboard.analyses.verdicts.overall import worst_case_words
from dashboard.definitions import Outcome
from dashboard.pages import parts, proms, trend, two_groups
from dashboard.pages import published as published_figures
from dashboard.records import Records

VIEWS = {"failures": "Failures", "proms": "What patients report", "groups": "Two groups side by side"}
OTHER_VIEWS = {"proms": proms.section, "groups": two_groups.section}
COMPARATORS = {"practice": "This practice", "published": "Published", "none": "None"}


def page(records: Records) -> None:
    """The share failed after each procedure; a row leads to its curve and its patients."""
    if parts.nothing_to_show(records):
        return
    view = parts.choose_group(VIEWS, key="procedures_view", label="Shown", width=330)
    if view in OTHER_VIEWS:
        OTHER_VIEWS[view](records)
        return
    with st.container(horizontal=True):
        outcome = parts.choose_outcome()
        landmark = parts.choose_landmark()
        by = parts.choose_group({"procedure": "Procedure", "family": "Family"})
        against = parts.choose_group(COMPARATORS, key="against", label="Compared with")
    if parts.nobody_records(records, outcome, ("time", "landmark")):
        return
    timed = outcome.kind == "time"
    concluded = groups_verdict(records, outcome.name, by, landmark.days)
    rates = judged(failure_rate(records, outcome.name, by, landmark.days), concluded)
    whole = failure_rate(records, outcome.name, None, landmark.days).iloc[0]
    when = when_words(outcome, landmark.days)
    parts.verdict(concluded)
    st.header(f"{outcome.short} {parts.said(when)}")
    found = published(records, outcome.name, by, landmark.days) if against == "published" else None
    _picture(rates if found is None else beside(rates, found), whole, against, found, when)
    parts.bear_in_mind(rates, records, lambda wider: failure_rate(wider, outcome.name, by, landmark.days))
    parts.provenance(records, outcome)
    trend.failures(records, outcome, landmark.days, when)
    st.header("Each in figures")
    chosen = _table(rates, whole, timed)
    if chosen is None:
        st.markdown("Select a row to see its curve and its patients.")
    else:
        _one(records, outcome, landmark.days, by, chosen)
    if found is not None:
        published_figures.section(found, outcome.name)


def _picture(rates: pd.DataFrame, whole: pd.Series, against: str, found: pd.DataFrame | None, when: str) -> None:
    practice = float(whole["share"]) if against == "practice" and whole["shown"] else None
    label = f"all chosen {parts.percent(practice)}" if practice is not None else ""
    sentence = _sentence(whole, against, found, when)
    parts.show_shares(rates, sentence, key="rates", comparator=practice, comparator_label=label)


def _sentence(whole: pd.Series, against: str, found: pd.DataFrame | None, when: str) -> str:
    shares = f"Of all operations chosen, {parts.rate_words(whole)} failed {when}. {worst_case_words(whole)}"
    together = f"{shares} {parts.SIGNS_TOLD}"
    if against == "practice":
        return f"{together} The dashed line is that share, in the same period."
    return together if found is None else f"{together} {published_figures.sentence(found)}"


def _table(rates: pd.DataFrame, whole: pd.Series, timed: bool) -> str | None:
    """The figures of each group; the name of the group whose row the reader selected."""
    together = whole.to_frame().T.assign(label="All chosen", word="", difference=None)
    frame = pd.concat([rates, together], ignore_index=True)
    shown = parts.columns_of(
        frame,
        {
            "Group": "label",
            "Share failed (count; 95 % interval)": parts.rate_words,
            "Against all the others, points": parts.apart_of,
            "Beyond chance, for all compared": "word",
            "Operations": "operations",
            "Failed": "failed",
            **parts.WORST_CASE,
            "Known, of those due": parts.known_of_due,
            "Not yet due": "not_due",
        },
    )
    if timed:
        shown["Median follow-up (days)"] = pd.to_numeric(frame["median_follow_up_days"]).round()
    else:
        shown["Answered of due"] = [f"{row.answered:,} of {row.due:,}" for row in parts.rows_of(frame)]
    alt = "Share failed for each group, with counts"
    return parts.choose_row(shown, frame, "group", key=f"rates-{len(shown)}", alt=alt)


def _one(records: Records, outcome: Outcome, days: int, by: str, group: str) -> None:
    """One group's curve, and the way to its patients."""
    everybody = group == "all"
    label = "All chosen" if everybody else records.label(by, group)
    st.header(parts.said(label))
    if outcome.kind == "time":
        curves = failure_curve(records, outcome.name, None if everybody else by)
        curves = curves[curves["group"] == group]
        parts.show_curves(curves, max(days, parts.DEFAULT_LANDMARK), table=_days(curves), key="one-curve")
    else:
        st.markdown("This definition is asked at one visit, so it has no curve over time.")
    if records.viewer.sees_patients:
        chosen: dict[str, str | list[str]] = {"outcome": outcome.short}
        if not everybody:
            chosen[by] = [group]
        parts.link_to("patients", f"Patients behind this number: {label}", chosen)


def _days(curves: pd.DataFrame) -> pd.DataFrame:
    """Every day on which something happened."""
    return parts.columns_of(
        curves,
        {
            "Day": "day",
            "At risk": "at_risk",
            "Failed": "failed",
            "Died": "died",
            "Left follow-up": "left",
            "Share failed": parts.share_of,
            "Interval": parts.interval_of,
        },
    )
