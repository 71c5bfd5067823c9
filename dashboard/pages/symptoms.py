"""Symptoms: which come when, how they ran, how severe they were, whether they resolved, and which come together."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.onset import category_labels, symptoms
from dashboard.analyses.symptom_detail import COURSES, FEWEST, SEVERITY, SymptomDetail, symptom_detail
from dashboard.analyses.verdicts.symptoms import WITHIN, YEARS, resolved_verdict, symptoms_verdict
from dashboard.charts import dot_interval, symptom_heat
from dashboard.definitions import load
from dashboard.pages import furniture, parts
from dashboard.records import Records

WIDE = {"Symptom": st.column_config.TextColumn(width=200)}
"""The longest symptom whole."""
MOST_PAIRED = 8
"""So many of the most frequent symptoms stand in the picture of pairs; the table has all."""


def when(records: Records, top: furniture.AnswerPlace) -> None:
    """Which symptoms come when: as numbers on a scale of one colour, and by which days."""
    rows = symptoms(records, WITHIN)
    with top:
        furniture.verdict(symptoms_verdict(records))
    if rows.empty:
        _nothing(records)
        return
    by_count = rows.sort_values("with_symptom", ascending=False, kind="stable")
    drawn = parts.every_pair(
        rows.set_index(["label", "category_label"])["operations"], by_count["label"].drop_duplicates(),
        [words for words in category_labels().values() if words in set(rows["category_label"])],
    )  # fmt: skip
    figure = symptom_heat.symptom_heat(drawn, dark=parts.is_dark())
    with furniture.side_by_side(2, key="when"):
        with furniture.card("Operations with each symptom, by when it first came", key="symptoms"):
            furniture.picture(figure, alt=symptom_heat.describe(rows), key="symptoms")
        with furniture.card("By which day, of those with it", key="symptom-days"):
            parts.show_table(
                _when_table(by_count), "Each symptom with the days by which it came", whole=True, column_config=WIDE
            )
    furniture.method(
        f"Operations of any course with that symptom within {YEARS} of surgery; an operation may have several. A "
        "symptom that comes back is counted once, at its first onset.",
        parts.counted_on(records),
    )


def _when_table(by_count: pd.DataFrame) -> pd.DataFrame:
    return parts.columns_of(
        by_count.drop_duplicates("label"),
        {
            "Symptom": "label",
            "Operations": "with_symptom",
            "A quarter by day": "first_quarter",
            "Half by day": "median_day",
            "Three quarters by day": "third_quarter",
        },
    )


def _nothing(records: Records) -> None:
    parts.refused(
        records, "No symptom was recorded after these operations.",
        lambda wider: symptom_detail(wider, WITHIN).rows["symptoms"].sum() > 0, key="symptoms",
    )  # fmt: skip


def section(records: Records, top: furniture.AnswerPlace) -> None:
    """What resolved of each symptom beside which come together; then how each ran."""
    answer = symptom_detail(records, WITHIN)
    total = int(answer.rows["symptoms"].sum())
    if not total:
        _nothing(records)
        return
    with top:
        furniture.verdict(resolved_verdict(records))
    with furniture.side_by_side(2, key="symptom-detail", room=True):
        with furniture.card("Recorded as resolved, of those reported", key="resolved"):
            _resolved(answer)
        with furniture.card("Which symptoms come together", key="pairs"):
            _pairs(answer)
    with st.expander("How each symptom ran, and how severe it was", expanded=False):
        parts.show_table(
            _table(answer), "Every symptom with how many resolved, course and severity", whole=True, rows=answer.rows
        )
        parts.note(
            "Severity from 0 to 10: mild 0 to 3, moderate 4 to 6, severe 7 to 10. Persistent: never relieved by the "
            "operation."
        )
    _treated(answer)
    with furniture.explained():
        parts.note(
            f"{parts.count_words(total)} symptoms in all; a patient may report several, and one more than once. Drawn "
            "is the share of which it is recorded that they resolved; the others last, or nobody recorded their end."
        )
        parts.note(parts.counted_on(records))
        if not answer.pairs.empty:
            parts.show_table(_pair_table(answer), "Pairs of symptoms, with how many had each", rows=answer.pairs)


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


def _resolved(answer: SymptomDetail) -> None:
    rows = answer.rows[answer.rows["symptoms"] > 0]
    rows = rows.assign(operations=rows["symptoms"], failed=rows["resolved"], shown=rows["symptoms"] >= FEWEST)
    drawn = rows.sort_values(["shown", "share"], ascending=False, kind="stable")
    figure = dot_interval.dot_interval(drawn, dark=parts.is_dark())
    told = "; ".join(f"{row.label} {row.resolved} of {row.symptoms}" for row in parts.rows_of(drawn))
    furniture.picture(figure, alt=f"Symptoms resolved, of those reported: {told}.", key="resolved")


def _treated(answer: SymptomDetail) -> None:
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
        rows = answer.rows[answer.rows["symptoms"] > 0].sort_values("symptoms", ascending=False, kind="stable")
        parts.show_table(parts.columns_of(rows, columns), "Resolved, by whether a treatment is recorded", rows=rows)


def _all_resolved(row: Any) -> str:
    share = row.share if row.symptoms >= FEWEST else None
    return parts.share_words(share, row.resolved, row.symptoms, row.lower, row.upper)


def _words(row: Any, name: str) -> str:
    total, resolved = getattr(row, name), getattr(row, f"{name}_resolved")
    share = getattr(row, f"{name}_share") if total >= FEWEST else None
    return parts.share_words(share, resolved, total, getattr(row, f"{name}_lower"), getattr(row, f"{name}_upper"))


def _pairs(answer: SymptomDetail) -> None:
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
    furniture.picture(figure, alt=sentence, key="pairs")
    parts.note(parts.said(sentence))


def _pair_table(answer: SymptomDetail) -> pd.DataFrame:
    columns: parts.Columns = {
        "Symptom": "label",
        "With": "other_label",
        "Operations with both": "operations",
        "With the first": lambda row: _had(answer, row.label),
        "With the second": lambda row: _had(answer, row.other_label),
    }
    return parts.columns_of(answer.pairs, columns)


def _had(answer: SymptomDetail, label: str) -> str:
    return parts.count_words(answer.had.get(label, 0))
