"""One patient's course: every record in order of time, what made an operation a failure, and what nobody answered."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.access import FIGURES
from dashboard.analyses.follow_up import NOT_DUE
from dashboard.analyses.timeline import UNANSWERED, answers, reasons, rule_sentence, timeline
from dashboard.analyses.trajectories import trajectories
from dashboard.charts import trajectory
from dashboard.definitions import Outcome, load
from dashboard.exports.offers import PATIENTS
from dashboard.pages import furniture, parts
from dashboard.records import Records


def course(records: Records, operation: int, outcome: Outcome) -> pd.DataFrame:
    """The course of the patient of this operation, on the page line by line; its opening is on record.

    What made it a failure, and how others did, is for whoever is told outcomes.
    """
    rows = timeline(records, operation, outcome.name)
    if records.viewer.may(FIGURES):
        _why(rows, outcome)
        reported(records, rows, operation)
    lines(rows)
    return rows


def reported(records: Records, rows: pd.DataFrame, operation: int) -> None:
    """What the patient answered after this operation, over the middle half of the operations chosen."""
    measures = [one for one in load().patient_reported.measures if len(answers(rows, operation, one.score))]
    if not measures:
        return
    with st.expander("What the patient reported, over that of the operations chosen", expanded=True):
        names = {one.name: one for one in measures}
        labels = {name: one.label for name, one in names.items()}
        measure = names[parts.choose_group(labels, key="course_measure", label="Measure", width=250)]
        own, others = answers(rows, operation, measure.score), trajectories(records, measure.name)
        figure = trajectory.trajectory(
            others, unit=measure.unit, own=own, own_label="This patient", dark=parts.is_dark()
        )
        told = "; ".join(f"day {int(row.day)} {row.value:.3g}" for row in parts.rows_of(own))
        alt = f"{trajectory.describe(others, label=measure.label, unit=measure.unit)} This patient: {told}."
        furniture.picture(figure, alt=alt, key=f"course {operation}", holds=PATIENTS)
        parts.note(
            f"{parts.said(measure.label)}, {parts.said(measure.unit)}: this patient {told}; {measure.better} is "
            f"better. Ribbon and median: {parts.counted_on(records)}."
        )


def _why(rows: pd.DataFrame, outcome: Outcome) -> None:
    """The records that made each operation a failure, above the course that holds them."""
    found = reasons(rows, outcome.name)
    if not found:
        st.markdown(f"No operation of this patient counts as failed by this definition: {outcome.short}.")
    for reason in found:
        behind = reason.records or ("The record behind it lies outside what you may see.",)
        st.markdown(
            "\n".join([f"**{parts.said(reason.sentence)}**", "", *(f"* {parts.said(line)}" for line in behind)])
        )
    parts.note(f"**The rule.** {parts.said(rule_sentence(outcome.name))}")


def lines(rows: pd.DataFrame) -> None:
    """A line for each record, which a narrow screen breaks where a table would run off it; what is to come in one."""
    places = places_of(rows)
    to_come = (rows["kind"] == UNANSWERED) & (rows["state"] == NOT_DUE)
    told = [_line(row, places) for row in parts.rows_of(rows[~to_come])]
    later = [f"{parts.said(row.what)}, from {parts.day_words(row.date)}" for row in parts.rows_of(rows[to_come])]
    st.markdown("\n".join(f"* {words}" for words in [*told, *(["; ".join(later)] if later else [])]))


def table(rows: pd.DataFrame) -> None:
    """The same as a table; which operation a record is of, where there are several."""
    places = places_of(rows)
    shown = parts.columns_of(
        rows,
        {
            "Date": lambda row: parts.day_words(row.date),
            "What": "what",
            "Detail": "detail",
            "Counts as": "counts_as",
            "Day after surgery": "own_day",
            "Operation": lambda row: f"{places.get(row.operation, 1)} of {len(places)}",
            "Record": lambda row: row.kind.capitalize(),
            "Source": source,
        },
    )
    if len(places) < 2:
        shown = shown.drop(columns="Operation")
    if not any(shown["Counts as"]):
        shown = shown.drop(columns="Counts as")
    looks = {
        "Date": st.column_config.TextColumn(pinned=True),
        "Detail": st.column_config.TextColumn(width=330),
        "Counts as": st.column_config.TextColumn(width=270),
    }
    parts.show_as_table(shown, "The course of this patient, record by record", column_config=looks, holds=PATIENTS)


def places_of(rows: pd.DataFrame) -> dict[int, int]:
    """The patient's operations in order of time, numbered from 1."""
    operations = rows.loc[rows["kind"] == "operation", "operation"]
    return {int(number): place for place, number in enumerate(operations, start=1)}


def source(row: Any) -> str:
    """The file and row that a record came from."""
    return "no record" if pd.isna(row.file) else f"{row.file}, row {row.line}"


def _line(row: Any, places: dict[int, int]) -> str:
    """**5 Jan 2024**, day 12 · Symptom: **Fever** · new, severity 4 of 10 · symptoms.csv, row 3."""
    of = f" after operation {places.get(row.operation, 1):d}" if len(places) > 1 and row.kind != "operation" else ""
    kind = "" if row.kind == UNANSWERED else f"{parts.said(row.kind.capitalize())}: "
    words = [
        f"**{parts.day_words(row.date)}**, day {int(row.own_day)}{of}",
        f"{kind}**{parts.said(row.what)}**",
        *([parts.said(row.detail)] if row.detail else []),
        *([f"**→ {parts.said(row.counts_as)}**"] if row.counts_as else []),
        *([] if row.kind == UNANSWERED else [f":small[:gray[{parts.said(source(row))}]]"]),
    ]
    return " · ".join(words)
