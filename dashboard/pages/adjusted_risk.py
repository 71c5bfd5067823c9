"""Each factor alone and adjusted for the others, side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.adjusted_risk import AdjustedRisk, adjusted_risk
from dashboard.charts import forest_plot
from dashboard.definitions import Landmark, Outcome
from dashboard.pages import model, parts
from dashboard.records import Records


def section(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    """The forest plot, what was adjusted for, and the ratios as a table."""
    when = f"up to {landmark.label}" if outcome.kind == "time" else "at the 12-month visit"
    answer = adjusted_risk(records, outcome.name, landmark.days)
    st.header(f"{answer.measure}s {when}: alone and adjusted")
    if answer.plan.reason:
        st.info(f"No adjusted model: {answer.plan.reason}. Each factor alone is shown.")
    else:
        st.markdown(model.held_words(answer.plan))
    rows = answer.rows.rename(columns={"factor_label": "section", "band_label": "label"})
    shown = not answer.plan.reason
    figure = forest_plot.forest_plot(rows, measure=answer.measure, adjusted_shown=shown, dark=parts.is_dark())
    alt = forest_plot.describe(rows, measure=answer.measure, adjusted_shown=shown)
    parts.show_figure(figure, alt=alt, sentence=_sentence(answer), table=_table(answer.rows), key="forest")
    parts.provenance(records, outcome)


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
    if row.reference:
        return "reference"
    ratio, lower, upper = (getattr(row, f"{which}{end}") for end in ("", "_lower", "_upper"))
    return "–" if pd.isna(ratio) else f"{ratio:.2f} ({lower:.2f} to {upper:.2f})"
