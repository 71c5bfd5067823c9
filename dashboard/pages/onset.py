"""Time to symptoms: when a failure shows itself, with which symptoms, and how long until it is found."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.failure_curve import curves_told
from dashboard.analyses.onset import Onset, onset
from dashboard.analyses.recorded import kind_not_recorded
from dashboard.analyses.verdicts.onset import SEEN_WITHIN, YEARS, onset_verdict
from dashboard.charts import onset_bands, step_curve
from dashboard.definitions import Landmark, Outcome
from dashboard.exports import figures
from dashboard.pages import curve_table, diagnosis_delay, furniture, parts, symptoms
from dashboard.records import Records

VIEWS = {
    "onset": "When failures come", "delay": "From symptom to diagnosis", "which": "Which symptoms come when",
    "symptoms": "Symptoms in detail",
}  # fmt: skip
GROUPS = {"family": "Family", "procedure": "Procedure"}
FIRST_YEAR = 365
"""By this day groups that were followed for different times compare."""


def page(records: Records) -> None:
    """One of four views: when failures come, how long they wait to be found, which symptoms come when, and how."""
    if parts.nothing_to_show(records):
        return
    top = furniture.place_of_the_answer()
    with furniture.choices():
        view = parts.choose_group(VIEWS, key="onset_view", label="Shown")
        by = diagnosis_delay.choose() if view == "delay" else None
        asked = _choose() if view == "onset" else None
    if asked is None and (why := kind_not_recorded(records, "symptom")):
        st.info(parts.said(why))
    elif by is not None:
        diagnosis_delay.section(records, top, by)
    elif asked is not None:
        _onset(records, top, *asked)
    elif view == "which":
        symptoms.when(records, top)
    else:
        symptoms.section(records, top)


def _choose() -> tuple[Outcome, Landmark, str]:
    return parts.choose_outcome(kinds=("time",)), parts.choose_landmark(), parts.choose_group(GROUPS)


def _onset(records: Records, top: furniture.AnswerPlace, outcome: Outcome, landmark: Landmark, by: str) -> None:
    """The curves beside the time at which each failure first showed itself; by which days; the figures."""
    if parts.nobody_records(records, outcome, ("time",)):
        return
    with top:
        furniture.verdict(onset_verdict(records, outcome.name))
    curves = curves_told(records, outcome.name, by, landmark.days)
    sizes = curves.groupby("label", sort=False)["at_risk"].max()
    seen = onset(records, outcome.name, by, SEEN_WITHIN)
    with furniture.side_by_side(2, key="onset"):
        with furniture.card(f"{outcome.short} by each day after surgery", key="curves"):
            drawn_here = st.container()
            curves = parts.choose_curves(curves, sizes, "Groups shown", key="groups", usual="The largest")
            alt = step_curve.describe(curves, until_days=landmark.days)
            figure = step_curve.step_curve(curves, until_days=landmark.days, dark=parts.is_dark())
            with drawn_here:
                furniture.picture(figure, alt=alt, key="curves", **figures.of_curves(curves, landmark.days))
        with furniture.card(f"When each failure first showed itself, of those seen in {YEARS} years", key="categories"):
            drawn = seen.categories[seen.categories["label"].isin(set(curves["label"]))]
            figure = onset_bands.onset_bands(drawn, dark=parts.is_dark())
            furniture.picture(figure, alt=onset_bands.describe(drawn), key="categories", **figures.of_onset(drawn))
    early = onset(records, outcome.name, by, FIRST_YEAR)
    with furniture.card("Of the failures seen by 1 year, by which day?", key="quantiles"):
        parts.show_table(
            _quantiles(early), "Days by which failures had shown themselves", whole=True, rows=early.quantiles
        )
    with furniture.explained():
        parts.note(
            f"{parts.said(alt)} Death is a competing event; grey where few remain, and no line where fewer than five "
            f"do. Of the failures seen within {YEARS} years, or by 1 year, whatever time is chosen above, so that "
            "groups followed for different times compare. Symptoms that the operation never relieved (persistent) are "
            "shown apart: they did not begin anew."
        )
        parts.provenance(records, outcome)
        parts.show_table(curve_table.by_month(curves, landmark.days, "Group"), f"Table: {alt}", rows=curves)
        parts.show_table(_categories(seen), "When each failure first showed itself", whole=True, rows=seen.categories)


def _quantiles(found: Onset) -> pd.DataFrame:
    """By which day a part of the failures had shown themselves, the largest group first."""
    frame = found.quantiles[found.quantiles["failures"] > 0].sort_values("failures", ascending=False, kind="stable")
    return parts.columns_of(
        frame,
        {
            "Group": "label",
            "Failures seen by 1 year": "failures",
            "A quarter by day": "quarter",
            "Half by day": "half",
            "Three quarters by day": "three_quarters",
        },
    )


def _categories(found: Onset) -> pd.DataFrame:
    table = found.categories.pivot_table(
        index="label", columns="category_label", values="operations", aggfunc="sum", fill_value=0, sort=False
    )
    return table.reset_index().rename(columns={"label": "Group"})
