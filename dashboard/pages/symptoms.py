"""Symptoms in detail: how they ran, how severe they were, whether they resolved, and which come together."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.symptom_detail import COURSES, FEWEST, SEVERITY, SymptomDetail, symptom_detail
from dashboard.charts import dot_interval, symptom_heat
from dashboard.definitions import load
from dashboard.pages import parts
from dashboard.records import Records

WITHIN, YEARS = 1825, "5 years"
MOST_PAIRED = 8
"""So many of the most frequent symptoms stand in the picture of pairs; the table has all."""


def section(records: Records) -> None:
    """One row a symptom, by group; then what resolved; then pairs."""
    answer = symptom_detail(records, WITHIN)
    total = int(answer.rows["symptoms"].sum())
    st.header(f"Symptoms reported within {YEARS} of surgery")
    if not total:
        st.info("No symptom was recorded after these operations.")
        return
    st.markdown(f"{parts.count_words(total)} symptoms in all. A patient may report several, and one more than once.")
    st.dataframe(_table(answer), hide_index=True, width="stretch", alt="Every symptom with course and severity")
    parts.note(
        "Severity from 0 to 10: mild 0 to 3, moderate 4 to 6, severe 7 to 10. Persistent: never relieved by the "
        "operation."
    )
    _provenance(records)
    _resolved(answer)
    _pairs(answer)


def _table(answer: SymptomDetail) -> pd.DataFrame:
    rows = answer.rows
    courses = load().vocabularies["course"]
    return pd.DataFrame(
        {
            "Symptom": rows["label"],
            "Group": rows["group_label"],
            "Reported": rows["symptoms"],
            **{courses[name].label.split(":")[0] if name in courses else "Course not recorded": rows[name]
               for name in COURSES},
            **{name.capitalize(): rows[name] for name in SEVERITY},
            "Severity not recorded": rows["severity_not_recorded"],
            "Median severity": rows["median"],
        }
    )  # fmt: skip


def _resolved(answer: SymptomDetail) -> None:
    st.header("Resolved, with and without treatment")
    rows = answer.rows[answer.rows["symptoms"] > 0]
    pieces = [
        pd.DataFrame(
            {
                "section": title, "label": rows["label"], "operations": rows[name], "failed": rows[f"{name}_resolved"],
                "share": rows[f"{name}_share"], "lower": rows[f"{name}_lower"], "upper": rows[f"{name}_upper"],
                "shown": rows[name] >= FEWEST,
            }
        )
        for title, name in (("A treatment began while it lasted", "treated"), ("No treatment recorded", "untreated"))
    ]  # fmt: skip
    drawn = pd.concat(pieces, ignore_index=True)
    drawn = drawn[drawn["operations"] > 0]
    figure = dot_interval.dot_interval(drawn, dark=parts.is_dark())
    table = pd.DataFrame(
        {
            "Symptom": rows["label"],
            "Resolved, treated": [_words(row, "treated") for row in parts.rows_of(rows)],
            "Resolved, untreated": [_words(row, "untreated") for row in parts.rows_of(rows)],
        }
    )
    sentence = (
        "Share of the symptoms of which it is recorded that they resolved. Mild symptoms pass by themselves and are "
        "seldom treated, so the two do not compare treatments."
    )
    parts.show_figure(figure, alt=f"Symptoms resolved. {sentence}", sentence=sentence, table=table, key="resolved")


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
    grid = pd.MultiIndex.from_product([frequent.index, frequent.index], names=["label", "category_label"])
    sums = both.groupby(["label", "other_label"])["operations"].sum()
    drawn = sums.reindex(grid.set_names(["label", "other_label"]), fill_value=0).reset_index()
    drawn = drawn.rename(columns={"other_label": "category_label"})
    figure = symptom_heat.symptom_heat(drawn, dark=parts.is_dark())
    first = answer.pairs.iloc[0]
    two = [parts.within_sentence(str(first[name])) for name in ("label", "other_label")]
    sentence = (
        "Operations that had both symptoms, whenever they came. Most often "
        f"{two[0]} with {two[1]}: {first['operations']}."
    )
    table = pd.DataFrame(
        {
            "Symptom": answer.pairs["label"],
            "With": answer.pairs["other_label"],
            "Operations": answer.pairs["operations"],
        }
    )
    parts.show_figure(figure, alt=sentence, sentence=sentence, table=table, key="pairs")


def _provenance(records: Records) -> None:
    parts.note(f"{records.described} · data to {parts.day_words(records.facts.data_date)} · 95 % intervals")
