"""Patients: who stands behind a number, and whether each record is right."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.patients import STATES, patients
from dashboard.analyses.red_flags import red_flag_list
from dashboard.analyses.timeline import rule_sentence, timeline
from dashboard.definitions import Outcome
from dashboard.pages import parts
from dashboard.records import Records

ANY = "Any"
RECENT = 90
FLAGGED = f"Red flag in the last {RECENT} days"
MOST_ROWS = 2_000


def page(records: Records) -> None:
    """The list of operations and the course of the one selected; every opening is on record."""
    st.title("Patients")
    if not records.viewer.sees_patients:
        st.info("Your role shows counts, not single patients. Ask whoever keeps the accounts if you need to see them.")
        return
    if parts.nothing_to_show(records):
        return
    with st.container(horizontal=True):
        outcome = parts.choose_outcome()
        words = {state.capitalize(): state for state in STATES[outcome.kind].values()}
        state = st.selectbox("What became of them", [ANY, *words], key="state", bind="query-params")
        flag = st.selectbox("Red flags", [ANY, FLAGGED], key="flag", bind="query-params")
    rows = _rows(records, outcome, words.get(state), flag == FLAGGED)
    st.header(f"{parts.count_words(len(rows))} operations")
    parts.note("Each opening of this list is kept in the audit file. Select a row to see its course.")
    chosen = _list(rows.head(MOST_ROWS))
    if len(rows) > MOST_ROWS:
        parts.note(f"The latest {MOST_ROWS:,} are listed. Filter above to see others.")
    parts.provenance(records, outcome)
    if chosen is not None:
        _course(records, outcome, rows[rows["operation"] == int(chosen)].iloc[0])


def _rows(records: Records, outcome: Outcome, state: str | None, flagged: bool) -> pd.DataFrame:
    if not flagged:
        return patients(records, outcome.name, state)
    # A red flag after a reoperation is as urgent as one after the first operation, so the list has every operation.
    from dashboard.analyses.red_flags import of_every_operation

    rows = patients(of_every_operation(records), outcome.name, state)
    return rows[rows["operation"].isin(set(red_flag_list(records, RECENT)["operation"]))].reset_index(drop=True)


def _list(rows: pd.DataFrame) -> str | None:
    """The table; the operation in the row that was selected."""
    shown = pd.DataFrame(
        {
            "Operated": pd.to_datetime(rows["operated"]).dt.date,
            "Procedure": rows["procedure"],
            "What became of it": rows["state"].str.capitalize(),
            "Day": rows["day"],
            "Onset": rows["onset"].where(rows["state"] == "failed", ""),
            "Surgeon": rows["surgeon"],
            "Site": rows["site"],
            "Age": rows["age"],
            "Sex": rows["sex"],
            "Patient": rows["patient"],
        }
    )
    event = st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        key=f"patients-{len(shown)}",
        column_config={"Operated": st.column_config.DateColumn(format="D MMM YYYY")},
        alt="Operations with what became of each, the latest first",
    )
    return parts.selected_row(event, rows, "operation")


def _course(records: Records, outcome: Outcome, row: pd.Series) -> None:
    """One operation, record by record."""
    st.header(f"{row['procedure']}, {parts.day_words(row['operated'])}")
    st.markdown(f"{row['patient']} · {row['state']}, day {int(row['day'])} · age {row['age']} · {row['sex'].lower()}")
    records_of = timeline(records, int(row["operation"]))
    shown = pd.DataFrame(
        {
            "Day": records_of["day"],
            "Date": [parts.day_words(day) for day in records_of["date"]],
            "Record": records_of["kind"].str.replace("_", " ").str.capitalize(),
            "What": records_of["what"],
            "Detail": records_of["detail"],
            "Source": [
                f"{file}, row {line}" for file, line in zip(records_of["file"], records_of["line"], strict=True)
            ],
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch", alt="The course of this operation, record by record")
    st.markdown(f"**The rule.** {rule_sentence(outcome.name)}")
