"""Overview: what needs a look first, then how the patients are doing."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.known_status import known_status
from dashboard.analyses.onset import onset
from dashboard.analyses.red_flags import red_flag_list, red_flags
from dashboard.charts import dot_interval, step_curve
from dashboard.definitions import Outcome, load
from dashboard.pages import monitoring, parts, trends
from dashboard.records import Records

RECENT = 90
PATH = "Decision support only. Follow your emergency path."


def page(records: Records) -> None:
    """Red flags first, then the key figures, the curve and the families."""
    st.title("Overview")
    if parts.nothing_to_show(records):
        return
    _red_flags(records)
    monitoring.needs_review(records)
    with st.container(horizontal=True):
        outcome = parts.choose_outcome(kinds=("time",))
        landmark = parts.choose_landmark()
    st.header("Key figures")
    _figures(records, outcome, landmark.days, landmark.label)
    parts.provenance(records, outcome)
    st.header("When failures come")
    curve = failure_curve(records, outcome.name)
    alt = step_curve.describe(curve, until_days=landmark.days)
    figure = step_curve.step_curve(curve, until_days=landmark.days, dark=parts.is_dark())
    parts.show_figure(figure, alt=alt, sentence=alt, table=None, key="curve")
    parts.link_to("onset", "Time to symptoms: which failures come when")
    trends.failures(records, outcome, landmark.days, f"by {landmark.label}")
    _families(records, outcome, landmark.days, landmark.label)
    trends.complications(records)


def _red_flags(records: Records) -> None:
    flags = red_flags(records, RECENT)
    st.header(f"Red flags of the last {RECENT} days")
    if not flags.count:
        st.markdown(f"None was recorded in the {RECENT} days up to {parts.day_words(records.facts.data_date)}.")
        return
    without = f"**{flags.uncontacted} without a recorded contact**" if flags.uncontacted else "contact recorded for all"
    noun = "operation" if flags.count == 1 else "operations"
    st.warning(f"{flags.count} {noun} with a red flag; {without}. {PATH}")
    if records.viewer.sees_patients:
        _whom_to_call(records)
        return
    shown = flags.symptoms[["label", "operations", "uncontacted", "latest_days_ago"]]
    shown.columns = pd.Index(["Red flag", "Operations", "Without contact", "Latest, days before the data date"])
    st.dataframe(shown, hide_index=True, width="stretch", alt="Red flags by sign")


def _whom_to_call(records: Records) -> None:
    """The list behind the count, those without contact first; on record each time it is opened."""
    rows = red_flag_list(records, RECENT)
    shown = pd.DataFrame(
        {
            "Red flag": [records.label("symptom", name) for name in rows["symptom"]],
            "Days since report": rows["days_ago"],
            "Contact": ["recorded" if contacted else "not recorded" for contacted in rows["contacted"]],
            "Day after surgery": rows["day"],
            "Procedure": [records.label("procedure", name) for name in rows["procedure"]],
            "Operated": [parts.day_words(day) for day in rows["operated"]],
            "Surgeon": rows["surgeon"],
            "Site": rows["site"],
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch", alt="Red flags, those without a recorded contact first")
    parts.link_to("patients", "Open these patients", {"flag": "Red flag in the last 90 days"})


def _figures(records: Records, outcome: Outcome, days: int, label: str) -> None:
    rate = failure_rate(records, outcome.name, None, days).iloc[0]
    known = known_status(records, outcome.name, days)
    seen = onset(records, outcome.name, None, 365).quantiles.iloc[0]
    with st.grid(4, min_column_width=190):
        shown = parts.percent(rate["share"]) if rate["shown"] else "counts only"
        interval = f"95 % interval {parts.interval_words(rate['lower'], rate['upper'])}" if rate["shown"] else ""
        _card(f"Failed by {label}", shown, f"{rate['failed']} of {parts.count_words(rate['operations'])} · {interval}")
        _card("Operations", parts.count_words(rate["operations"]), f"{rate['died']} died before failing by {label}")
        _card(
            f"Known at {label}, of those due",
            parts.percent(known.known_share),
            f"{parts.count_words(known.lost)} of {parts.count_words(known.due)} lost; "
            f"{parts.count_words(known.not_due)} not yet due",
        )
        half = "–" if not seen["failures"] else f"day {int(seen['half'])}"
        _card("Of failures seen by 1 year, half by", half, f"{int(seen['failures'])} failures seen by 1 year")
    if known.note:
        parts.note(known.note)


def _card(label: str, value: str, detail: str) -> None:
    st.metric(label, value, delta=detail, delta_color="off", delta_arrow="off", border=True)


def _families(records: Records, outcome: Outcome, days: int, label: str) -> None:
    st.header(f"{outcome.short} by {label}, by family")
    rates = failure_rate(records, outcome.name, "family", days)
    whole = failure_rate(records, outcome.name, None, days).iloc[0]
    practice = float(whole["share"]) if whole["shown"] else None
    figure = dot_interval.dot_interval(
        rates, comparator=practice, comparator_label=f"all {parts.percent(practice)}", dark=parts.is_dark()
    )
    table = pd.DataFrame(
        {
            "Family": rates["label"],
            "Operations": rates["operations"],
            "Share failed (count; 95 % interval)": [parts.rate_words(row) for row in parts.rows_of(rates)],
            "Known, of those due": [parts.percent(share) for share in rates["known_of_due"]],
        }
    )
    sentence = f"Families differ in whom they treat: {len(load().families)} kinds of surgery, not a ranking."
    parts.show_figure(figure, alt=dot_interval.describe(rates), sentence=sentence, table=table, key="families")
    parts.link_to("procedures", "Procedures: each in figures, with its curve")
    parts.link_to("risk", "Risk factors: who was at higher risk")
