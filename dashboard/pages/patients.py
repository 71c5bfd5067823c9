"""Patients: who stands behind a number, and whether each record is right."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.contacts import about_patient, contacts
from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.patients import STATES, flag_problem, flags_of, found, overdue_operations, patients
from dashboard.analyses.red_flags import of_every_operation, red_flag_list
from dashboard.analyses.timeline import UNANSWERED
from dashboard.definitions import Outcome
from dashboard.pages import course, notes, parts, red_flags
from dashboard.pages.red_flags import FLAGGED, RECENT, WHOM_TO_CALL
from dashboard.records import Records

VIEWS = {"operations": "Operations", "red_flags": WHOM_TO_CALL}
"""The page's views; a link chooses one by its words, under the word ``patients_view``."""
SPANS = {"90": "90 days", "365": "1 year", "1095": "3 years"}
ANY = "Any"
OVERDUE = "Overdue visit"
MOST_ROWS = 2_000
WHOLE = "The operation as a whole"


def page(records: Records) -> None:
    """The list of operations with the course of the patient selected, or whom to call; every opening is on record."""
    if not records.viewer.sees_patients:
        st.info("Your role shows counts, not single patients. Ask whoever keeps the accounts if you need to see them.")
        return
    if parts.nothing_to_show(records):
        return
    with st.container(horizontal=True):
        view = parts.choose_group(VIEWS, key="patients_view", label="Shown", width=230)
        span = parts.choose_group(SPANS, key="flag_span", label="Within", width=150) if view == "red_flags" else ""
        outcome = parts.choose_outcome() if view == "operations" else None
    if outcome is None:
        red_flags.section(records, int(span), SPANS[span], key=red_flags.ON_PATIENTS)
    else:
        _operations(records, outcome)


def _operations(records: Records, outcome: Outcome) -> None:
    words = {state.capitalize(): state for state in STATES[outcome.kind].values()}
    causes = {label: name for name, label in records.choices("cause").items()}
    with st.container(horizontal=True):
        chosen = {
            "state": _choose("What became of them", list(words), "state"),
            "cause": _choose("Main cause found", list(causes), "cause"),
            "flag": _choose("Red flags", [FLAGGED], "flag"),
            "visit": _choose("Visits", [OVERDUE], "visit"),
        }
        # Never in the address: a pseudonym may be typed here.
        search = st.text_input(
            "Search procedure, surgeon, site or patient", key="search", placeholder="such as TLIF S03, or P-14E6",
            width=300,
        )  # fmt: skip
    flagged = chosen["flag"] == FLAGGED
    rows = _rows(records, outcome, words.get(chosen["state"]), causes.get(chosen["cause"]), flagged)
    if chosen["visit"] == OVERDUE:
        rows = rows[rows["operation"].isin(overdue_operations(records))]
    rows = found(rows, search)
    st.header(wording.count(len(rows), "operation"))
    _clear_these(chosen, search)
    if rows.empty:
        st.markdown("None of the operations chosen is like this. Choose less above, or search for fewer words.")
        return
    parts.note(
        "Each opening of this list is kept in the audit file. Select a row to see the patient's course; a column's "
        "head sorts."
    )
    row = _list(rows.head(MOST_ROWS), records.label("cause", NOT_RECORDED))
    if len(rows) > MOST_ROWS:
        parts.note(f"The latest {MOST_ROWS:,} are listed. Filter above to see others.")
    parts.provenance(records, outcome)
    parts.download(records, "Operations", _shown(rows, records.label("cause", NOT_RECORDED)))
    parts.note(red_flags.HOW_TO_MATCH)
    if row is not None:
        _course(records, outcome, rows[rows["operation"] == int(row)].iloc[0])


def _choose(label: str, options: list[str], key: str) -> str:
    return st.selectbox(parts.said(label), [ANY, *options], key=key, bind="query-params", width=170)


def _clear_these(chosen: Mapping[str, str], search: str) -> None:
    """What narrows this list, named, and one way out: a link may have chosen it some pages ago."""
    active = [parts.said(choice) for choice in chosen.values() if choice != ANY]
    if search.strip():
        active.append(f"search for “{parts.said(search)}”")
    if not active:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Only: **{' · '.join(active)}**", width="content")
        st.button("Clear these", key="clear these", on_click=_clear, args=(tuple(chosen),), type="tertiary")


def _clear(keys: tuple[str, ...]) -> None:
    """Every choice of this page back to its default, which takes it out of the address."""
    for key in keys:
        st.session_state[key] = ANY
    st.session_state["search"] = ""


def _rows(records: Records, outcome: Outcome, state: str | None, cause: str | None, flagged: bool) -> pd.DataFrame:
    if not flagged:
        return patients(records, outcome.name, state, cause)
    # A red flag after a reoperation is as urgent as one after the first operation, so the list has every operation.
    rows = patients(of_every_operation(records), outcome.name, state, cause)
    return rows[rows["operation"].isin(set(red_flag_list(records, RECENT)["operation"]))].reset_index(drop=True)


def _list(rows: pd.DataFrame, nothing: str) -> str | None:
    """The table; the operation in the row that was selected. nothing: the words for no cause at all."""
    return parts.choose_row(
        _shown(rows, nothing), rows, "operation", key=red_flags.rows_key("patients", rows["operation"]),
        column_config={"Operated": st.column_config.DateColumn(format="D MMM YYYY")},
        alt="Operations with what became of each, the latest first",
    )  # fmt: skip


def _shown(rows: pd.DataFrame, nothing: str) -> pd.DataFrame:
    """The operations as a table for people."""
    return pd.DataFrame(
        {
            "Operated": pd.to_datetime(rows["operated"]).dt.date,
            "Procedure": rows["procedure"],
            "What became of it": rows["state"].str.capitalize(),
            "Day": rows["day"],
            "Onset": rows["onset"].where(rows["state"] == "failed", ""),
            "Main cause": rows["cause"].where(rows["cause"] != nothing, ""),
            "Surgeon": rows["surgeon"],
            "Site": rows["site"],
            "Age": rows["age"],
            "Sex": rows["sex"],
            "Patient": rows["patient"],
        }
    )


def _course(records: Records, outcome: Outcome, row: pd.Series) -> None:
    """One patient, record by record, over every operation that the viewer may see."""
    st.header(f"{parts.said(row['procedure'])}, {parts.day_words(row['operated'])}")
    words = st.empty()
    rows = course.course(records, int(row["operation"]), outcome)
    operations = len(course.places_of(rows))
    many = f"one of {operations} operations of this patient" if operations > 1 else "the only operation here"
    words.markdown(
        f"{parts.said(row['patient'])} · {parts.said(row['state'])}, day {int(row['day'])} · age "
        f"{parts.said(row['age'])} · {parts.said(row['sex'].lower())} · {many}"
    )
    course.table(rows)
    _written(records, str(row["patient"]), rows)
    _flag(records, str(row["patient"]), rows[rows["kind"] != UNANSWERED], int(row["operation"]))


def _written(records: Records, patient: str, rows: pd.DataFrame) -> None:
    """What was written in the app about this patient's operations."""
    days = [day.date() for day in pd.to_datetime(rows["operated"].drop_duplicates())]
    lines = [
        f"Data problem, operation of {parts.day_words(day)}: {notes.signed(note)}"
        for day in days
        for note in flags_of(records, patient, day)
    ]
    pseudonym = int(patient.removeprefix("P-"), 16)
    lines += [
        f"Contact, operation of {parts.day_words(day)}: {notes.signed(note)}"
        for day in days
        for subject, note in contacts(records).items()
        if subject.startswith(about_patient(pseudonym, day))
    ]
    if lines:
        st.subheader("Written in the app")
        st.markdown("\n".join(f"* {line}" for line in lines))


def _flag(records: Records, patient: str, rows: pd.DataFrame, operation: int) -> None:
    """A place to say that a record looks wrong; it is kept over imports, and listed on the Data quality page."""
    with st.expander("Flag a data problem"):
        options = {WHOLE: 0, **{_record_words(row): row.Index for row in parts.rows_of(rows)}}
        chosen = st.selectbox("Which record", list(options), key=f"flagged {patient} {operation}")
        of = rows.loc[rows["operation"] == operation].iloc[0] if chosen == WHOLE else rows.loc[options[chosen]]
        notes.form(
            "What looks wrong, and what it should be (no patient names)",
            lambda text: flag_problem(records, patient, of["operated"].date(), chosen, text),
            key=f"flag {patient} {operation}",
        )


def _record_words(row: object) -> str:
    """Symptom, Fever, 5 Jan 2024 (symptoms.csv, row 3)."""
    kind, what, day, file, line = (getattr(row, name) for name in ("kind", "what", "date", "file", "line"))
    return f"{kind.capitalize()}, {what}, {parts.day_words(day)} ({file}, row {line})"
