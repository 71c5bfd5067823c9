"""Risk factors: who was at higher risk before surgery, and what of it can be changed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.groups import when_words
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.analyses.verdicts.factors import factors_verdict
from dashboard.analyses.verdicts.groups import groups_verdict
from dashboard.charts import style
from dashboard.definitions import Factor, Outcome, load
from dashboard.pages import adjusted_risk, modifiable, parts, planning
from dashboard.records import Records

AFTER = "after surgery"
ALL = "All factors"
VIEWS = {
    "bands": "Share failed in each band",
    "ratios": "Ratios, alone and adjusted",
    "modifiable": "What can be changed",
    "planning": "Planning an operation",
}


def page(records: Records) -> None:
    """Each factor's bands with share and interval; one click to one factor's curves by band."""
    if parts.nothing_to_show(records):
        return
    view = parts.choose_group(VIEWS, key="risk_view", label="Shown", width=330)
    if view == "planning":
        planning.section(records)
        return
    with st.container(horizontal=True):
        outcome = parts.choose_outcome()
        landmark = parts.choose_landmark()
        factor = _choose_factor() if view == "bands" else None
        exposure = adjusted_risk.choose_exposure() if view == "ratios" else None
    if parts.nobody_records(records, outcome, ("time", "landmark")):
        return
    if view == "ratios":
        adjusted_risk.section(records, outcome, landmark, exposure, VIEWS[view])
        return
    if view == "modifiable":
        modifiable.section(records, outcome, landmark)
        return
    rows = risk_factors(records, outcome.name, landmark.days)
    when = when_words(outcome, landmark.days)
    if factor is None:
        _overview(rows, when, factors_verdict(records, outcome.name, landmark.days))
        parts.provenance(records, outcome)
        _table(rows)
    else:
        _one(records, rows[rows["factor"] == factor.name], factor, outcome, landmark.days, when)
        parts.provenance(records, outcome)


def _choose_factor() -> Factor | None:
    factors = {factor.label: factor for factor in load().factors.values()}
    chosen = st.selectbox("Factor", [ALL, *factors], key="factor", bind="query-params")
    return factors.get(chosen)


def _overview(rows: pd.DataFrame, when: str, concluded: Verdict) -> None:
    st.header(f"Share failed {parts.said(when)}, by band of each factor")
    parts.verdict(concluded)
    drawn = rows.assign(label=rows["band_label"], section=[_title(row) for row in parts.rows_of(rows)])
    sentence = (
        "Hollow dots are the reference bands. These are associations, one factor at a time, not adjusted for one "
        "another: a band may do worse because of what goes along with it. Choose a factor above to see its curves."
    )
    parts.show_shares(drawn, sentence, key="factors")


def _title(row: Any) -> str:
    """A factor's name, marked where it can be changed or came after surgery."""
    marks = [
        *(["can be changed"] if row.modifiable else []),
        *([f"arises {AFTER}"] if row.timing == AFTER else []),
    ]
    return f"{row.factor_label}{' (' + ', '.join(marks) + ')' if marks else ''}"


def _table(rows: pd.DataFrame) -> None:
    st.header("Each in figures")
    shown = parts.columns_of(rows, {"Factor": "factor_label", **COLUMNS})
    alt = "Share failed for each band of each factor, with the difference to the reference band"
    chosen = parts.choose_row(shown, rows, "factor_label", key="factor-table", alt=alt)
    if chosen is None:
        st.markdown("Select a row to go to that factor's curves.")
    else:
        parts.link_to("risk", f"Curves by {chosen.lower()}", {"factor": chosen})


def _band(row: Any) -> str:
    return f"{row.band_label} (reference)" if row.reference else row.band_label


def _difference(row: Any) -> str:
    value, low, high = (getattr(row, name) for name in ("difference", "difference_lower", "difference_upper"))
    if row.reference:
        return "reference"
    if not row.shown or pd.isna(value):
        return "–"
    return f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


COLUMNS: parts.Columns = {
    "Band": _band,
    "Share failed (count; 95 % interval)": parts.rate_words,
    **parts.WORST_CASE,
    "Difference to reference, points": _difference,
    "Operations": "operations",
    "Failed": "failed",
    "To bear in mind": "note",
}


def _one(records: Records, rows: pd.DataFrame, factor: Factor, outcome: Outcome, days: int, when: str) -> None:
    """One factor: its bands, its curves, and what has been published."""
    st.header(f"{factor.label}: share failed {parts.said(when)}")
    parts.verdict(groups_verdict(records, outcome.name, factor.name, days))
    st.markdown(factor.note)
    if factor.timing == AFTER:
        st.warning(
            "This arises after surgery: it is described here and never used to adjust. Who fails early has had less "
            "time, so part of a difference may be made by the failure itself."
        )
    sentence = "The hollow dot is the reference band. An association, not adjusted for other factors, and not a cause."
    drawn = rows.assign(label=rows["band_label"])
    parts.show_shares(drawn, sentence, table=parts.columns_of(rows, COLUMNS), key="bands")
    if factor.adjust is not None:
        chosen = {"risk_view": VIEWS["ratios"], "exposure": factor.label}
        parts.link_to("risk", f"{factor.label}, adjusted for other factors", chosen)
    _curves(records, factor, outcome, days)
    _published(factor)


def _curves(records: Records, factor: Factor, outcome: Outcome, days: int) -> None:
    st.header("Curves by band")
    if outcome.kind != "time":
        st.markdown("This definition is asked at one visit, so it has no curve over time.")
        return
    curves = failure_curve(records, outcome.name, factor.name)
    sizes = curves.groupby("label", sort=False)["at_risk"].max().sort_values(ascending=False)
    shown = curves[curves["label"].isin(sizes.index[: style.MOST_SERIES])]
    left_out = [str(label) for label in sizes.index[style.MOST_SERIES :]]
    more = f"Not drawn, being the smallest: {', '.join(left_out)}." if left_out else ""
    parts.show_curves(shown, days, more, key="band-curves")


def _published(factor: Factor) -> None:
    if not factor.published:
        return
    st.header("Published")
    for ratio in factor.published:
        st.markdown(
            f"{ratio.measure.capitalize()} {ratio.value:g} ({ratio.low:g} to {ratio.high:g}) for {ratio.of}. "
            f"Source: {ratio.source}. Measured elsewhere, by another definition."
        )
