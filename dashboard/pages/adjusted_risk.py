"""Each factor alone and adjusted for the others, side by side; and one factor of interest, kept in the model."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.adjusted_risk import AdjustedRisk, adjusted_risk
from dashboard.analyses.case_mix import factor_label
from dashboard.analyses.changing_ratio import TOGETHER
from dashboard.analyses.verdicts.exposure import answerable, exposure_verdict
from dashboard.analyses.verdicts.factors import factors_verdict
from dashboard.analyses.ways import ways
from dashboard.charts import forest_plot
from dashboard.definitions import Factor, Landmark, Outcome, load
from dashboard.pages import addresses, brief, furniture, model, parts
from dashboard.records import Records

NONE_CHOSEN = "None in particular"


def choose_exposure() -> Factor | None:
    """The reader's choice of the factor that stays in the adjusted model, whatever else fits in."""
    factors = {load().factors[name].label: load().factors[name] for name in load().adjusting}
    names = {factor.name: label for label, factor in factors.items()}
    addresses.left_out(addresses.understand(addresses.Word("exposure", {"": NONE_CHOSEN, **names})))
    chosen = st.selectbox("Factor of interest", [NONE_CHOSEN, *factors], key="exposure", bind="query-params")
    return factors.get(chosen)


def section(
    records: Records,
    outcome: Outcome,
    landmark: Landmark,
    exposure: Factor | None,
    view: str,
    top: furniture.AnswerPlace,
) -> None:
    """What is concluded, the forest plot, what was adjusted for, whether ratios change, and the ratios as a table.

    view: this view's own name in the address, kept by the ways to a wider choice; top: where on the page the verdict
    stands.
    """
    when = f"up to {landmark.label}" if outcome.kind == "time" else "at the 12-month visit"
    answer = adjusted_risk(records, outcome.name, landmark.days, exposure.name if exposure else None)
    of = f" of {wording.within_sentence(exposure.label)}" if exposure else ""
    _conclusion(records, outcome, landmark, exposure, view, top)
    st.header(f"{parts.said(answer.measure)}s{of} {when}: alone and adjusted")
    if answer.plan.reason:
        st.info(f"No adjusted model: {parts.said(answer.plan.reason)}. Each factor alone is shown.")
    else:
        st.markdown(parts.said(model.held_words(answer.plan)))
    rows = answer.rows.rename(columns={"factor_label": "section", "band_label": "label"})
    shown = not answer.plan.reason
    figure = forest_plot.forest_plot(rows, measure=answer.measure, adjusted_shown=shown, dark=parts.is_dark())
    alt = forest_plot.describe(rows, measure=answer.measure, adjusted_shown=shown)
    parts.show_figure(
        figure, alt=alt, sentence=_sentence(answer), table=_table(answer.rows), rows=answer.rows, key="forest"
    )
    _change(answer)
    parts.provenance(records, outcome)


def _conclusion(
    records: Records,
    outcome: Outcome,
    landmark: Landmark,
    exposure: Factor | None,
    view: str,
    top: furniture.AnswerPlace,
) -> None:
    """The verdict; where it cannot be given of these operations, the wider choices that would give it."""
    if exposure is None:
        brief.in_whole(top, factors_verdict(records, outcome.name, landmark.days))
        return
    brief.in_whole(top, exposure_verdict(records, outcome.name, exposure.name, landmark.days))

    def possible(of: Records) -> bool:
        return answerable(of, outcome.name, exposure.name, landmark.days)

    if not possible(records):
        also = {"risk_view": view, "exposure": exposure.label, "outcome": outcome.short, "within": landmark.label}
        parts.offer(ways(records, possible), key="exposure", path="risk", also=also)


def _sentence(answer: AdjustedRisk) -> str:
    method = f" Adjusted by {_method(answer.method)}." if answer.method else ""
    return (
        "Over 1: more failures than in the reference band; an interval across 1 may be chance. What is associated with "
        "failure need not cause it. Operations in which a factor is not recorded take no part in its ratio; two "
        f"operations of one patient count as independent. 95 % intervals: {answer.intervals}.{method}"
    )


def _method(method: str) -> str:
    named = {
        "maximum likelihood": "logistic regression",
        "Firth": "logistic regression by Firth's method, as a band had no failure or nothing else",
    }
    return named.get(method, method)


def _change(answer: AdjustedRisk) -> None:
    """Whether one ratio describes each factor all the time; the ratios by period of those that it does not."""
    change = answer.change
    if change.untested:
        parts.note(parts.said(change.untested))
    if change.tests.empty:
        return
    st.header("Does the ratio stay the same all the time?")
    st.markdown(_change_words(answer))
    if len(change.periods):
        table = parts.columns_of(
            change.periods,
            {
                "Factor": lambda row: factor_label(row.factor),
                "Band": "band_label",
                "Period after surgery": lambda row: wording.at_the_start(row.period),
                "Operations": "operations",
                "Failed": "failed",
                "Adjusted": lambda row: _ratio_words(row.ratio, row.lower, row.upper),
            },
        )
        parts.show_table(table, f"{answer.measure}s by period after surgery", whole=True)
    tested: parts.Columns = {
        "Factor": "factor_label",
        "Chi-square": lambda row: f"{row.chi_square:.2f}",
        "Degrees of freedom": "df",
        "p": lambda row: wording.p_words(row.p).removeprefix("p = "),
    }
    parts.show_as_table(parts.columns_of(change.tests, tested), "Tests of proportional hazards")


def _change_words(answer: AdjustedRisk) -> str:
    change = answer.change
    labels = [f"{wording.within_sentence(factor_label(name))} ({wording.p_words(change.p(name) or 0.0)})"
              for name in change.changing]  # fmt: skip
    together = wording.p_words(change.p(TOGETHER) or 0.0)
    first = (
        f"**Not of {parts.said(wording.joined(labels))}**: one ratio does not describe what changes with time, so "
        "that it is shown by period, which end at the fixed landmarks."
        if labels
        else "No factor shows a sign that its ratio changes with time."
    )
    undivided = [f"{wording.at_the_start(wording.within_sentence(factor_label(name)))}: {why}."
                 for name, why in change.undivided.items()]  # fmt: skip
    tested = (
        f"All factors together: {together}. Tested by scaled Schoenfeld residuals (Grambsch and Therneau 1994) of the "
        "adjusted model."
    )
    return " ".join([first, *map(parts.said, [*undivided, tested])])


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    return parts.columns_of(
        rows,
        {
            "Factor": "factor_label",
            "Band": "band_label",
            "Operations": "operations",
            "Failed": "failed",
            "Factor not recorded": "missing",
            "Alone": lambda row: _words(row, "crude"),
            "Adjusted": lambda row: _words(row, "adjusted"),
            "To bear in mind": "note",
        },
    )


def _words(row: Any, which: str) -> str:
    return "reference" if row.reference else _ratio_words(*(getattr(row, f"{which}{end}") for end in ENDS))


ENDS = ("", "_lower", "_upper")


def _ratio_words(ratio: float, lower: float, upper: float) -> str:
    return "–" if pd.isna(ratio) else f"{ratio:.2f} ({wording.ratio_interval(lower, upper)})"
