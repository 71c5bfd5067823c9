"""Symptoms in detail: how they ran, how severe they were, whether they resolved, and which come together."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.symptom_detail import COURSES, FEWEST, SEVERITY, SymptomDetail, symptom_detail
from dashboard.charts import symptom_heat
from dashboard.definitions import load
from dashboard.pages import parts
from dashboard.records import Records

WITHIN, YEARS = 1825, "5 years"
MOST_PAIRED = 8
"""So many of the most frequent symptoms stand in the picture of pairs; the table has all."""


def section(records: Records) -> None:
    """What resolved of each symptom; then how each ran; then pairs."""
    answer = symptom_detail(records, WITHIN)
    total = int(answer.rows["symptoms"].sum())
    st.header(f"Symptoms reported within {YEARS} of surgery, and how many resolved")
    if not total:
        parts.refused(
            records, "No symptom was recorded after these operations.",
            lambda wider: symptom_detail(wider, WITHIN).rows["symptoms"].sum() > 0, key="symptoms",
        )  # fmt: skip
        return
    _resolved(answer, total)
    parts.note(parts.counted_on(records))
    st.header("How each symptom ran, and how severe it was")
    parts.show_table(_table(answer), "Every symptom with how many resolved, course and severity", whole=True)
    parts.note(
        "Severity from 0 to 10: mild 0 to 3, moderate 4 to 6, severe 7 to 10. Persistent: never relieved by the "
        "operation."
    )
    _pairs(answer)


def _table(answer: SymptomDetail) -> pd.DataFrame:
    known = load().vocabularies["course"]
    courses = {known[name].label.split(":")[0] if name in known else "Course not recorded": name for name in COURSES}
    return parts.columns_of(
        answer.rows,
        {
            "Symptom": "label",
            "Resolved": _all_resolved,
            "Reported": "symptoms",
            **courses,
            **{name.capitalize(): name for name in SEVERITY},
            "Severity not recorded": "severity_not_recorded",
            "Median severity": "median",
            "Group": "group_label",
        },
    )


def _resolved(answer: SymptomDetail, total: int) -> None:
    rows = answer.rows[answer.rows["symptoms"] > 0]
    rows = rows.sort_values("symptoms", ascending=False, kind="stable")
    drawn = rows.assign(operations=rows["symptoms"], failed=rows["resolved"], shown=rows["symptoms"] >= FEWEST)
    sentence = (
        f"{parts.count_words(total)} symptoms in all; a patient may report several, and one more than once. Drawn is "
        "the share of which it is recorded that they resolved; the others last, or nobody recorded their end."
    )
    told = "; ".join(f"{row.label} {row.resolved} of {row.symptoms}" for row in parts.rows_of(rows))
    parts.show_shares(drawn, sentence, alt=f"Symptoms resolved, of those reported: {told}.", key="resolved")
    with st.expander("Resolved, with and without a treatment recorded"):
        st.markdown(
            "**This does not compare treatments.** What is mild passes by itself and is seldom treated; what lasts is "
            "treated because it lasts."
        )
        columns: parts.Columns = {
            "Symptom": "label",
            "A treatment began while it lasted": lambda row: _words(row, "treated"),
            "No treatment recorded": lambda row: _words(row, "untreated"),
        }
        parts.show_table(parts.columns_of(rows, columns), "Resolved, by whether a treatment is recorded")


def _all_resolved(row: Any) -> str:
    share = row.share if row.symptoms >= FEWEST else None
    return parts.share_words(share, row.resolved, row.symptoms, row.lower, row.upper)


def _words(row: Any, name: str) -> str:
    total, resolved = getattr(row, name), getattr(row, f"{name}_resolved")
    share = getattr(row, f"{name}_share") if total >= FEWEST else None
    return parts.share_words(share, resolved, total, getattr(row, f"{name}_lower"), getattr(row, f"{name}_upper"))


def _pairs(answer: SymptomDetail) -> None:
    st.header("Which symptoms come together")
    if answer.pairs.empty:
        st.markdown("No operation has two different symptoms recorded.")
        return
    both = pd.concat([answer.pairs, answer.pairs.rename(columns={"label": "other_label", "other_label": "label"})])
    frequent = both.groupby("label")["operations"].sum().sort_values(ascending=False, kind="stable").head(MOST_PAIRED)
    sums = both.groupby(["label", "other_label"])["operations"].sum()
    drawn = parts.every_pair(sums, frequent.index, frequent.index)
    # A symptom does not come together with itself: that field stays empty, and its name says how many had it.
    drawn["operations"] = drawn["operations"].mask(drawn["label"] == drawn["category_label"])
    drawn["label"] = [f"{label}:\N{NO-BREAK SPACE}{_had(answer, label)}" for label in drawn["label"]]
    figure = symptom_heat.symptom_heat(drawn, dark=parts.is_dark())
    first = answer.pairs.iloc[0]
    two = [wording.within_sentence(str(first[name])) for name in ("label", "other_label")]
    sentence = (
        "Operations that had both symptoms, whenever they came; behind each name, how many had that one at all. Most "
        f"often {two[0]} with {two[1]}: {first['operations']}."
    )
    columns: parts.Columns = {
        "Symptom": "label",
        "With": "other_label",
        "Operations with both": "operations",
        "With the first": lambda row: _had(answer, row.label),
        "With the second": lambda row: _had(answer, row.other_label),
    }
    table = parts.columns_of(answer.pairs, columns)
    parts.show_figure(figure, alt=sentence, sentence=sentence, table=table, key="pairs")


def _had(answer: SymptomDetail, label: str) -> str:
    return parts.count_words(answer.had.get(label, 0))
