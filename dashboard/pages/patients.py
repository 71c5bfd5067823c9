"""Patients: who stands behind a number, and whether each record is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.contacts import about_patient, contacts
from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.patients import STATES, flag_problem, flags_of, found, overdue_operations, patients
from dashboard.analyses.red_flags import of_every_operation, red_flag_list
from dashboard.analyses.timeline import UNANSWERED
from dashboard.analyses.verdicts.listed import list_verdict
from dashboard.definitions import Outcome, load
from dashboard.exports.offers import PATIENTS
from dashboard.pages import addresses, course, exporting, furniture, notes, parts, red_flags, segments
from dashboard.pages.chosen import FAILED_BY
from dashboard.pages.red_flags import FLAGGED, RECENT, WHOM_TO_CALL
from dashboard.records import Records

VIEWS = {"operations": "Operations", "red_flags": WHOM_TO_CALL}
"""The page's views; a link chooses one by its words, under the word ``patients_view``."""
SPANS = {"90": "90 days", "365": "1 year", "1095": "3 years"}
ANY = "Any"
OVERDUE, FAILED = "Overdue visit", STATES["time"][1]
MOST_ROWS = 2_000
TALL = 456
"""Pixels of the list, which scrolls by itself: the course of the patient selected stands below it."""
WHOLE = "The operation as a whole"


def page(records: Records) -> None:
    """The list of operations with the course of the patient selected, or whom to call; every opening is on record."""
    if not records.viewer.sees_patients:
        st.info("Your role shows counts, not single patients. Ask whoever keeps the accounts if you need to see them.")
        return
    if parts.nothing_to_show(records):
        return
    top = furniture.place_of_the_answer()
    with furniture.choices():
        view = segments.choose(VIEWS, key="patients_view", label="Shown")
        if view == "red_flags":
            span = parts.choose_group(SPANS, key="flag_span", label="Within")
        else:
            outcome = parts.choose_outcome()
            asked = _choices(records, outcome)
    if view == "red_flags":
        red_flags.section(records, top, int(span), SPANS[span])
    else:
        _operations(records, outcome, asked, top)


@dataclass(frozen=True)
class _Asked:
    """What narrows the list: by the word in the address the choice in words; and what was typed."""

    chosen: Mapping[str, str]
    search: str


def _choices(records: Records, outcome: Outcome) -> _Asked:
    words, timed = {state: state.capitalize() for state in STATES[outcome.kind].values()}, outcome.kind == "time"
    chosen = {
        "state": _choose("What became of them", words, "state"),
        **({FAILED_BY: _choose("Failed by", _times(), FAILED_BY)} if timed else {}),
        "cause": _choose("Main cause", records.choices("cause"), "cause"),
        "flag": _choose("Red flags", {"flagged": FLAGGED}, "flag"),
        "visit": _choose("Visits", {"overdue": OVERDUE}, "visit"),
    }
    # Never in the address: a pseudonym may be typed here.
    search = st.text_input(
        "Search procedure, surgeon, site or patient", key="search", placeholder="Search, such as TLIF, or P-14E6",
        width=300, label_visibility="collapsed",
    )  # fmt: skip
    return _Asked(chosen, search)


def _operations(records: Records, outcome: Outcome, asked: _Asked, top: furniture.AnswerPlace) -> None:
    nothing = records.label("cause", NOT_RECORDED)
    rows = _narrowed(records, outcome, asked)
    with top:
        furniture.verdict(list_verdict(rows, outcome))
    _clear_these(asked.chosen, asked.search)
    if rows.empty:
        st.markdown("None of the operations chosen is like this. Choose less above, or search for fewer words.")
        return
    with furniture.card(wording.count(len(rows), "operation"), key="operations"):
        row = _list(rows.head(MOST_ROWS), nothing)
    if row is not None:
        _course(records, outcome, rows[rows["operation"] == int(row)].iloc[0])
    latest = f"The latest {MOST_ROWS:,} are listed. Filter above to see others." if len(rows) > MOST_ROWS else ""
    furniture.method(
        "Each opening of this list is kept in the audit file. Select a row to see the patient's course; a column's "
        "head sorts.",
        latest,
        red_flags.HOW_TO_MATCH,
    )
    parts.provenance(records, outcome, over_time=False)
    exporting.download(records, "Operations", _shown(rows, nothing))


def _narrowed(records: Records, outcome: Outcome, asked: _Asked) -> pd.DataFrame:
    words = {state.capitalize(): state for state in STATES[outcome.kind].values()}
    causes = {label: name for name, label in records.choices("cause").items()}
    chosen = asked.chosen
    flagged = chosen["flag"] == FLAGGED
    rows = _rows(records, outcome, words.get(chosen["state"]), causes.get(chosen["cause"]), flagged)
    days = {landmark.label: landmark.days for landmark in load().landmarks}.get(chosen.get(FAILED_BY, ANY))
    if days is not None:
        rows = rows[(rows["state"] == FAILED) & (rows["day"] <= days)]
    if chosen["visit"] == OVERDUE:
        rows = rows[rows["operation"].isin(overdue_operations(records))]
    return found(rows, asked.search)


def _times() -> dict[str, str]:
    return {str(landmark.days): landmark.label for landmark in load().landmarks}


def _choose(label: str, options: Mapping[str, str], key: str) -> str:
    addresses.left_out(addresses.understand(addresses.Word(key, {"": ANY, **options})))
    return st.selectbox(parts.said(label), [ANY, *options.values()], key=key, bind="query-params")


def _clear_these(chosen: Mapping[str, str], search: str) -> None:
    """What narrows this list, named, and one way out: a link may have chosen it some pages ago."""
    active = [
        f"{'failed by ' if key == FAILED_BY else ''}{parts.said(choice)}"
        for key, choice in chosen.items() if choice != ANY
    ]  # fmt: skip
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
        alt="Operations with what became of each, the latest first", row_height=28, height=TALL, holds=PATIENTS,
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
            "What looks wrong, and what it should be (no patient names or numbers)",
            lambda text: flag_problem(records, patient, of["operated"].date(), chosen, text),
            key=f"flag {patient} {operation}",
        )


def _record_words(row: object) -> str:
    """Symptom, Fever, 5 Jan 2024 (symptoms.csv, row 3)."""
    kind, what, day, file, line = (getattr(row, name) for name in ("kind", "what", "date", "file", "line"))
    return f"{kind.capitalize()}, {what}, {parts.day_words(day)} ({file}, row {line})"
