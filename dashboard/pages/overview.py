"""Overview: what needs a look first, then how the patients are doing."""

from __future__ import annotations

import streamlit as st

from dashboard import wording
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.known_status import known_status
from dashboard.analyses.onset import onset
from dashboard.analyses.verdicts.groups import groups_verdict, judged
from dashboard.analyses.verdicts.overall import overall_verdict
from dashboard.definitions import Landmark, Outcome, load
from dashboard.pages import monitor, parts, red_flags, trend, undated
from dashboard.records import Records


def page(records: Records) -> None:
    """Red flags first, then the key figures, the curve and the families."""
    if parts.nothing_to_show(records):
        return
    red_flags.section(records, key="overview")
    monitor.needs_review(records)
    with st.container(horizontal=True):
        outcome = parts.choose_outcome(kinds=("time",))
        landmark = parts.choose_landmark()
    if parts.nobody_records(records, outcome, ("time",)):
        parts.link_to("procedures", "What patients report at visits", {"procedures_view": "What patients report"})
    else:
        _failures(records, outcome, landmark)
    trend.complications(records)
    undated.section(records)


def _failures(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    st.header("Key figures")
    parts.verdict(overall_verdict(records, outcome.name, landmark.days))
    _figures(records, outcome, landmark.days, landmark.label)
    parts.provenance(records, outcome)
    st.header("When failures come")
    parts.show_curves(failure_curve(records, outcome.name), landmark.days, key="curve")
    parts.link_to("onset", "Time to symptoms: which failures come when")
    trend.failures(records, outcome, landmark.days, f"by {landmark.label}")
    _families(records, outcome, landmark.days, landmark.label)


def _figures(records: Records, outcome: Outcome, days: int, label: str) -> None:
    rate = failure_rate(records, outcome.name, None, days).iloc[0]
    known = known_status(records, outcome.name, days)
    seen = onset(records, outcome.name, None, 365).quantiles.iloc[0]
    with st.grid(4, min_column_width=240):
        shown = parts.percent(rate["share"]) if rate["shown"] else "counts only"
        interval = f"95 % interval {parts.interval_words(rate['lower'], rate['upper'])}" if rate["shown"] else ""
        counts = int(rate["failed"]), int(rate["operations"])
        seen_of = (
            wording.counts_behind(float(rate["share"]), *counts, int(rate["known"]))
            if rate["shown"]
            else wording.out_of(*counts)
        )
        parts.card(f"Failed by {label}", shown, f"{seen_of} · {interval}")
        parts.card(
            "Operations", parts.count_words(rate["operations"]), f"{rate['died']} died before failing by {label}"
        )
        parts.card(
            f"Known at {label}, of those due",
            parts.percent(known.known_share),
            f"{parts.count_words(known.lost)} of {parts.count_words(known.due)} lost; "
            f"{parts.count_words(known.not_due)} not yet due",
        )
        half = "–" if not seen["failures"] else f"day {int(seen['half'])}"
        parts.card(
            "Of failures seen by 1 year, half by",
            half,
            f"{int(seen['failures'])} failures seen by 1 year",
        )
    if known.note:
        parts.note(parts.said(known.note))
    if not rate["shown"]:
        why = f"No share failed by {label} is shown. {rate['note']}"
        parts.refused(
            records, why, lambda wider: bool(failure_rate(wider, outcome.name, None, days)["shown"].all()), key="rate"
        )


def _families(records: Records, outcome: Outcome, days: int, label: str) -> None:
    st.header(f"{outcome.short} by {parts.said(label)}, by family")
    concluded = groups_verdict(records, outcome.name, "family", days)
    parts.verdict(concluded)
    rates = judged(failure_rate(records, outcome.name, "family", days), concluded)
    whole = failure_rate(records, outcome.name, None, days).iloc[0]
    practice = float(whole["share"]) if whole["shown"] else None
    table = parts.columns_of(
        rates,
        {
            "Family": "label",
            "Operations": "operations",
            "Share failed (count; 95 % interval)": parts.rate_words,
            "Against all the others, points": parts.apart_of,
            "Beyond chance, for all compared": "word",
            **parts.WORST_CASE,
            "Known, of those due": parts.known_of_due,
        },
    )
    sentence = (
        f"Families differ in whom they treat: {len(load().families)} kinds of surgery, not a ranking. "
        f"{parts.SIGNS_TOLD}"
    )
    label = f"all {parts.percent(practice)}"
    parts.show_shares(rates, sentence, table=table, key="families", comparator=practice, comparator_label=label)
    parts.link_to("procedures", "Procedures: each in figures, with its curve")
    parts.link_to("risk", "Risk factors: who was at higher risk")
