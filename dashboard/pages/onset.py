"""Time to symptoms: when a failure shows itself, and with which symptoms."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.onset import Onset, onset
from dashboard.charts import onset_bands, symptom_heat
from dashboard.pages import curve_table, parts, symptoms
from dashboard.records import Records

VIEWS = {"onset": "When failures come", "symptoms": "Symptoms in detail"}
SEEN_WITHIN = 365
LATE = 5
"""For "until when must we follow": of the failures seen in this many years, when three quarters had come."""


def page(records: Records) -> None:
    """Curves with the number at risk, onset categories, and which symptoms come when."""
    if parts.nothing_to_show(records):
        return
    if parts.choose_group(VIEWS, key="onset_view", label="Shown", width=330) == "symptoms":
        symptoms.section(records)
        return
    with st.container(horizontal=True):
        outcome = parts.choose_outcome(kinds=("time",))
        landmark = parts.choose_landmark()
        by = parts.choose_group({"family": "Family", "procedure": "Procedure"})
    if parts.nobody_records(records, outcome, ("time",)):
        return
    st.header("When failures come")
    curves = failure_curve(records, outcome.name, by)
    sizes = curves.groupby("label", sort=False)["at_risk"].max()
    curves = parts.choose_curves(curves, sizes, "Groups shown", key="groups", usual="The largest")
    more = "Death is a competing event; grey where few remain, and no line where fewer than five do."
    parts.show_curves(
        curves, landmark.days, more, table=curve_table.by_month(curves, landmark.days, "Group"), key="curves"
    )
    parts.provenance(records, outcome)
    found = onset(records, outcome.name, by, SEEN_WITHIN)
    late = onset(records, outcome.name, None, LATE * SEEN_WITHIN)
    _quantiles(found, late)
    _categories(onset(records, outcome.name, by, LATE * SEEN_WITHIN))
    _symptoms(late)


def _quantiles(found: Onset, late: Onset) -> None:
    """By which day a part of the failures had shown themselves."""
    st.header("Of the failures seen by 1 year, by which day?")
    parts.note("By 1 year whatever time is chosen above, so that groups followed for different times compare.")
    frame = found.quantiles
    frame = frame[frame["failures"] > 0]
    shown = parts.columns_of(
        frame,
        {
            "Group": "label",
            "Failures seen by 1 year": "failures",
            "A quarter by day": "quarter",
            "Half by day": "half",
            "Three quarters by day": "three_quarters",
        },
    )
    parts.show_table(shown, "Days by which failures had shown themselves")
    everybody = late.quantiles.iloc[0]
    if everybody["failures"]:
        st.markdown(
            f"For planning follow-up: of the {parts.count_words(everybody['failures'])} failures seen within {LATE} "
            f"years, half had shown themselves by day {int(everybody['half'])} and three quarters by day "
            f"{int(everybody['three_quarters'])}. Failures seen are not all failures to come: the curve answers that."
        )


def _categories(found: Onset) -> None:
    st.header("When each failure first showed itself")
    rows = found.categories
    figure = onset_bands.onset_bands(rows, dark=parts.is_dark())
    table = rows.pivot_table(
        index="label", columns="category_label", values="operations", aggfunc="sum", fill_value=0, sort=False
    )
    parts.show_figure(
        figure,
        alt=onset_bands.describe(rows),
        sentence=f"Of the failures seen within {LATE} years of surgery, whatever time is chosen above. "
        "Symptoms that the operation never relieved "
        "(persistent) are shown apart: they did not begin anew.",
        table=table.reset_index().rename(columns={"label": "Group"}),
        key="categories",
    )


def _symptoms(found: Onset) -> None:
    st.header("Which symptoms come when")
    rows = found.symptoms
    order = {name: place for place, name in enumerate(found.categories["category_label"].drop_duplicates())}
    rows = rows.assign(place=rows["category_label"].map(order)).sort_values("place", kind="stable")
    by_count = rows.sort_values("with_symptom", ascending=False, kind="stable")
    labels = by_count["label"].drop_duplicates()
    drawn = parts.every_pair(rows.set_index(["label", "category_label"])["operations"], labels, order)
    figure = symptom_heat.symptom_heat(drawn, dark=parts.is_dark())
    parts.show_figure(
        figure,
        alt=symptom_heat.describe(rows),
        sentence=f"Operations of any course with that symptom within {LATE} years of surgery, whatever time is "
        "chosen above, by when it first came; an operation may have several.",
        table=_symptom_table(by_count),
        key="symptoms",
    )


def _symptom_table(rows: pd.DataFrame) -> pd.DataFrame:
    return parts.columns_of(
        rows.drop_duplicates("label"),
        {
            "Symptom": "label",
            "Group": "group_label",
            "Operations": "with_symptom",
            "A quarter by day": "first_quarter",
            "Half by day": "median_day",
            "Three quarters by day": "third_quarter",
        },
    )
