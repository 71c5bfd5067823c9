"""The adjusted model as a reader may judge it: what it holds, how well it tells patients apart, whether it is right."""

from __future__ import annotations

import streamlit as st

from dashboard import wording
from dashboard.analyses.case_mix import Model, factor_label, tried
from dashboard.analyses.groups import FAMILY
from dashboard.analyses.model_plan import NEEDED, RULE, ModelPlan
from dashboard.charts import calibration_plot
from dashboard.definitions import load
from dashboard.pages import parts
from dashboard.records import Records

POOR_C = 0.6
"""Below this the model hardly tells patients apart, and the reader is told."""

BESIDE = (
    "Your own counts are exact. What you are held against, and what is expected of a patient, is made of counts of the "
    "others that are rounded, so that none of their patients can be made out: it may lie some percent off what the "
    "whole practice's figures say."
)
"""Stands with whatever a model is behind that was made so."""
NOT_SEEN = (
    "How well the model fits is for whoever sees the whole practice: it is told by counts of other surgeons' patients."
)


def held_words(plan: ModelPlan) -> str:
    """What was adjusted for, and what not and why, in sentences."""
    factors = load().factors
    held = ", ".join(wording.within_sentence(factor_label(name)) for name in plan.terms_from)
    sentences = [f"Adjusted for {held}."]
    if plan.surgery == FAMILY:
        sentences.append("The procedure stands by its family: failures are too few for each procedure by itself.")
    sentences += [f"{wording.at_the_start(factor_label(name))}: {plan.merged_words(name)}." for name in plan.merged]
    few = [wording.within_sentence(factors[one.factor].label) for one in plan.left_out if one.why.endswith(NEEDED)]
    others = [f"{wording.within_sentence(factors[one.factor].label)} ({one.why})" for one in plan.left_out
              if not one.why.endswith(NEEDED)]  # fmt: skip
    sentences += [f"Not for {', '.join(few)}: failures are too few to carry more factors."] if few else []
    sentences += [f"Nor for {', '.join(others)}."] if others else []
    if plan.missing_share > 0:
        sentences.append(
            f"Fitted on {parts.count_words(plan.operations)} operations with everything recorded, "
            f"{plan.failed} of them failed; {parts.percent(plan.missing_share)} were left out for want of a record."
        )
    return " ".join([*sentences, RULE])


def show(records: Records, model: Model, *, key: str) -> None:
    """The model's card: what it holds, version, date, c-statistic, calibration, and how it did on later operations."""
    if model.is_told:
        st.markdown(parts.said(f"{held_words(model.plan)} {NOT_SEEN}"))
        return
    if model.fit is None or model.calibration is None:
        st.info(
            f"There is no adjusted model: {parts.said(model.plan.reason)}. Figures that would need one are not shown."
        )
        return
    st.markdown(parts.said(held_words(model.plan)))
    frozen = f"frozen on operations up to {parts.day_words(model.until)}, " if model.until else ""
    c = model.c_statistic or 0.5
    poor = " It hardly tells patients apart: expected numbers lie close to the average." if c < POOR_C else ""
    firth = (
        " Some bands had no failure or nothing else: fitted by Firth's method." if model.fit.method == "Firth" else ""
    )
    st.markdown(
        f"c-statistic {c:.2f} (0.5 is chance, 1 is perfect).{poor}{firth} Logistic regression, {frozen}data to "
        f"{parts.day_words(model.data_date)}; version {parts.told(f'`{model.version}`')}."
    )
    groups = model.calibration.rename(columns={"observed": "share"})
    alt = calibration_plot.describe(groups)
    columns: parts.Columns = {"Expected": lambda row: parts.percent(row.expected), "Failed": parts.rate_words}
    table = parts.columns_of(groups.assign(shown=True), columns)
    sentence = (
        "Each dot is a tenth of the operations, from low to high expected risk. On the line, as many failed as were "
        "expected. The same operations made the model, so this is its best case."
    )
    figure = calibration_plot.calibration_plot(groups, dark=parts.is_dark())
    parts.show_figure(figure, alt=alt, sentence=sentence, table=table, key=key)
    st.markdown(_tried_words(records, model))


def _tried_words(records: Records, model: Model) -> str:
    """What the model is worth for operations that it has not seen."""
    trial = tried(records, model.outcome, model.within_days, model.until)
    if trial is None:
        return "Not tried on operations that it had not seen: failures are too few."
    made = "The model" if model.until else f"A model of the operations up to {parts.day_words(trial.until)}"
    slope, lower, upper = trial.slope
    return (
        f"{made}, tried on the {parts.count_words(trial.operations)} later ones that it had not seen: "
        f"{parts.count_words(trial.failed)} failed, {trial.expected:.1f} expected; "
        f"**calibration slope {slope:.2f}** ({lower:.2f} to {upper:.2f}). 1 is "
        "right; under 1, high risks were said too high and low ones too low; over 1, too close together."
    )
