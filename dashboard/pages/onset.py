"""Time to symptoms: when a failure shows itself, and with which symptoms."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.onset import Onset, onset
from dashboard.charts import onset_bands, step_curve, style, symptom_heat
from dashboard.pages import parts, symptoms
from dashboard.records import Records

VIEWS = {"onset": "When failures come", "symptoms": "Symptoms in detail"}
SEEN_WITHIN = 365
LATE = 5
"""For "until when must we follow": of the failures seen in this many years, when three quarters had come."""


def page(records: Records) -> None:
    """Curves with the number at risk, onset categories, and which symptoms come when."""
    st.title("Time to symptoms")
    if parts.nothing_to_show(records):
        return
    if parts.choose_group(VIEWS, key="onset_view", label="Shown", width=330) == "symptoms":
        symptoms.section(records)
        return
    with st.container(horizontal=True):
        outcome = parts.choose_outcome(kinds=("time",))
        landmark = parts.choose_landmark()
        by = parts.choose_group({"family": "Family", "procedure": "Procedure"})
    st.header("When failures come")
    curves = _chosen(failure_curve(records, outcome.name, by))
    alt = step_curve.describe(curves, until_days=landmark.days)
    figure = step_curve.step_curve(curves, until_days=landmark.days, dark=parts.is_dark())
    sentence = f"{alt} Death is a competing event; grey where few remain, and no line where fewer than five do."
    parts.show_figure(figure, alt=alt, sentence=sentence, table=_landmark_rows(curves, landmark.days), key="curves")
    parts.provenance(records, outcome)
    found = onset(records, outcome.name, by, SEEN_WITHIN)
    late = onset(records, outcome.name, None, LATE * SEEN_WITHIN)
    _quantiles(found, late)
    _categories(onset(records, outcome.name, by, LATE * SEEN_WITHIN))
    _symptoms(late)


def _chosen(curves: pd.DataFrame) -> pd.DataFrame:
    """The curves of the groups that the reader chose; of the largest, until he or she does."""
    sizes = curves.groupby("label", sort=False)["at_risk"].max().sort_values(ascending=False)
    labels = list(sizes.index)
    # Nothing is chosen beforehand: what Streamlit holds as chosen would outlast a change of the filters.
    chosen = st.multiselect(
        f"Groups shown (at most {style.MOST_SERIES})", labels, key="groups", bind="query-params",
        max_selections=style.MOST_SERIES, placeholder="The largest",
    )  # fmt: skip
    return curves[curves["label"].isin(chosen or labels[: style.MOST_SERIES])]


def _landmark_rows(curves: pd.DataFrame, until_days: int) -> pd.DataFrame:
    """The last day of each month on which something happened, for each group."""
    seen = curves[curves["day"] <= until_days]
    seen = seen.assign(month=(seen["day"] // step_curve.DAYS_A_MONTH).astype(int) + 1)
    last = seen.groupby(["label", "month"], sort=False, as_index=False).last()
    intervals = [parts.interval_words(low, high) for low, high in zip(last["lower"], last["upper"], strict=True)]
    return pd.DataFrame(
        {
            "Group": last["label"],
            "By day": last["day"],
            "Share failed": [parts.percent(share) for share in last["share"]],
            "95 % interval": intervals,
            "At risk": last["at_risk"],
        }
    )


def _quantiles(found: Onset, late: Onset) -> None:
    """By which day a part of the failures had shown themselves."""
    st.header("Of the failures seen by 1 year, by which day?")
    frame = found.quantiles
    frame = frame[frame["failures"] > 0]
    shown = pd.DataFrame(
        {
            "Group": frame["label"],
            "Failures seen by 1 year": frame["failures"],
            "A quarter by day": frame["quarter"],
            "Half by day": frame["half"],
            "Three quarters by day": frame["three_quarters"],
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch", alt="Days by which failures had shown themselves")
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
        sentence=f"Of the failures seen within {LATE} years of surgery. Symptoms that the operation never relieved "
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
    labels = list(by_count["label"].drop_duplicates())
    ordered = rows.assign(row=rows["label"].map({label: place for place, label in enumerate(labels)}))
    drawn = _in_order(ordered, list(order), labels)
    figure = symptom_heat.symptom_heat(drawn, dark=parts.is_dark())
    parts.show_figure(
        figure,
        alt=symptom_heat.describe(rows),
        sentence="Operations of any course with that symptom, by when it first came; an operation may have several.",
        table=_symptom_table(by_count),
        key="symptoms",
    )


def _in_order(rows: pd.DataFrame, categories: list[str], labels: list[str]) -> pd.DataFrame:
    """Every symptom with every category, so that the columns stand in order of time."""
    counts = rows.set_index(["label", "category_label"])["operations"]
    full = pd.MultiIndex.from_product([labels, categories], names=["label", "category_label"])
    return counts.reindex(full, fill_value=0).reset_index()


def _symptom_table(rows: pd.DataFrame) -> pd.DataFrame:
    one = rows.drop_duplicates("label")
    return pd.DataFrame(
        {
            "Symptom": one["label"],
            "Group": one["group_label"],
            "Operations": one["with_symptom"],
            "A quarter by day": one["first_quarter"],
            "Half by day": one["median_day"],
            "Three quarters by day": one["third_quarter"],
        }
    )
