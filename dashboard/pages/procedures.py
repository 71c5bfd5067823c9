"""Procedures: after which operations failures come, against the practice and the published range."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import when_words
from dashboard.analyses.verdicts.groups import groups_verdict, judged
from dashboard.definitions import Benchmark, Outcome, load
from dashboard.pages import parts, proms, trend
from dashboard.records import Records

VIEWS = {"failures": "Failures", "proms": "What patients report"}
COMPARATORS = {"practice": "This practice", "published": "Published", "none": "None"}


def page(records: Records) -> None:
    """The share failed after each procedure; a row leads to its curve and its patients."""
    st.title("Procedures")
    if parts.nothing_to_show(records):
        return
    if parts.choose_group(VIEWS, key="procedures_view", label="Shown", width=330) == "proms":
        proms.section(records)
        return
    with st.container(horizontal=True):
        outcome = parts.choose_outcome()
        landmark = parts.choose_landmark()
        by = parts.choose_group({"procedure": "Procedure", "family": "Family"})
        against = parts.choose_group(COMPARATORS, key="against", label="Compared with")
    if parts.nobody_records(records, outcome):
        return
    timed = outcome.kind == "time"
    concluded = groups_verdict(records, outcome.name, by, landmark.days)
    rates = judged(failure_rate(records, outcome.name, by, landmark.days), concluded)
    whole = failure_rate(records, outcome.name, None, landmark.days).iloc[0]
    when = when_words(outcome, landmark.days)
    parts.verdict(concluded)
    st.header(f"{outcome.short} {when}")
    rates = _with_published(rates, outcome, landmark.days, by) if against == "published" else rates
    _picture(rates, whole, against, outcome, landmark.days, when)
    parts.provenance(records, outcome)
    trend.failures(records, outcome, landmark.days, when)
    st.header("Each in figures")
    chosen = _table(rates, whole, timed)
    if chosen is None:
        st.markdown("Select a row to see its curve and its patients.")
    else:
        _one(records, outcome, landmark.days, by, chosen)


def _picture(rates: pd.DataFrame, whole: pd.Series, against: str, outcome: Outcome, days: int, when: str) -> None:
    practice = float(whole["share"]) if against == "practice" and whole["shown"] else None
    label = f"all chosen {parts.percent(practice)}" if practice is not None else ""
    sentence = _sentence(whole, against, outcome, days, when)
    parts.show_shares(rates, sentence, key="rates", comparator=practice, comparator_label=label)
    parts.bear_in_mind(rates)


def _sentence(whole: pd.Series, against: str, outcome: Outcome, days: int, when: str) -> str:
    together = f"Of all operations chosen, {parts.rate_words(whole)} failed {when}. {parts.SIGNS_TOLD}"
    if against == "practice":
        return f"{together} The dashed line is that share, in the same period."
    if against == "published":
        used = published_for(outcome, days)
        if not used:
            return f"{together} No published figure is kept for this definition and time."
        words = [f"{b.label}: {_range(b)}. {b.warning} Source: {b.source}." for b in used]
        return f"{together} The pale bars are published figures.\n\n" + "\n\n".join(words)
    return together


def _range(benchmark: Benchmark) -> str:
    if benchmark.low is None:
        return f"up to {parts.percent(benchmark.high)}"
    return f"{parts.percent(benchmark.low)} to {parts.percent(benchmark.high)}"


def published_for(outcome: Outcome, days: int) -> list[Benchmark]:
    """The published figures for this definition: those of this very time, and those without a fixed time."""
    return [
        benchmark
        for benchmark in load().benchmarks.values()
        if benchmark.outcome == outcome.name
        and benchmark.high is not None
        and (benchmark.within_days in (None, days) or outcome.kind == "landmark")
    ]


def _with_published(rates: pd.DataFrame, outcome: Outcome, days: int, by: str) -> pd.DataFrame:
    """The rates with the published range of each group's family; that of every family where it has none of its own."""
    used = published_for(outcome, days)
    terms = load().vocabularies["procedure"]

    def found(group: str) -> Benchmark | None:
        family = group if by == "family" else (terms[group].group if group in terms else None)
        own = [benchmark for benchmark in used if family in benchmark.families]
        return next(iter(own or [benchmark for benchmark in used if not benchmark.families]), None)

    ranges = [found(group) for group in rates["group"]]
    low = pd.Series([b.low if b else None for b in ranges], index=rates.index, dtype=float)
    high = pd.Series([b.high if b else None for b in ranges], index=rates.index, dtype=float)
    return rates.assign(published_low=low, published_high=high)


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
            "Beyond chance": "word",
            "Operations": "operations",
            "Failed": "failed",
            "Known, of those due": parts.known_of_due,
            "Not yet due": "not_due",
        },
    )
    if timed:
        shown["Median follow-up (days)"] = pd.to_numeric(frame["median_follow_up_days"]).round()
    else:
        shown["Answered of due"] = [f"{row.answered:,} of {row.due:,}" for row in parts.rows_of(frame)]
        shown["All others well to all failed"] = [parts.best_to_worst(row) for row in parts.rows_of(frame)]
    alt = "Share failed for each group, with counts"
    return parts.choose_row(shown, frame, "group", key=f"rates-{len(shown)}", alt=alt)


def _one(records: Records, outcome: Outcome, days: int, by: str, group: str) -> None:
    """One group's curve, and the way to its patients."""
    everybody = group == "all"
    label = "All chosen" if everybody else records.label(by, group)
    st.header(label)
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
