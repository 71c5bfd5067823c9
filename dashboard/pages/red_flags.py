"""The red-flag queue: whom to call first, what some signs point to together, and a place to say who was called."""

from __future__ import annotations

from hashlib import sha256

import pandas as pd
import streamlit as st

from dashboard.analyses.contacts import mark_contacted
from dashboard.analyses.red_flags import NONE, Combined, Queue, queue, red_flags
from dashboard.pages import notes, parts
from dashboard.records import Records

RECENT = 90
FLAGGED = f"Red flag in the last {RECENT} days"
"""What the Patients page calls this choice; links choose it by these words."""
PATH = "Decision support only. Follow your emergency path."
WIDTHS = {"Severity": 110, "Marked by": 250, "Points to": 300}
"""Pixels of the columns whose words may be longer than those of the first rows."""
ON_PATIENTS = "patients"
"""The place of the queue from which no link to the Patients page is needed."""


def section(records: Records, within_days: int = RECENT, span: str = f"{RECENT} days", *, key: str) -> None:
    """The queue for those who see patients, counts by sign for the others; the emergency path stands in any case.

    span: the days in words; key: tells the places apart where this stands.
    """
    st.header(f"Red flags of the last {span}")
    if records.viewer.sees_patients:
        _for_those_who_call(records, within_days, span, key)
    else:
        _counts(records, within_days, span)


def rows_key(name: str, keys: pd.Series) -> str:
    """The key of a table whose rows may be chosen: it changes with the rows, so that a choice never means another."""
    return f"{name} {sha256('|'.join(map(str, keys)).encode()).hexdigest()[:12]}"


def _for_those_who_call(records: Records, within_days: int, span: str, key: str) -> None:
    answer = queue(records, within_days)
    if answer.rows.empty:
        _none(records, span)
        return
    st.warning("\n\n".join([*map(_combined_words, answer.combined), _summary(answer.operations, answer.uncontacted)]))
    chosen = _table(records, answer, key)
    if chosen is not None:
        _mark(records, chosen, key)
    parts.note(
        "Select a row to say that the patient was contacted. Days count to "
        f"{parts.day_words(records.facts.data_date)}, the last day of the data. Combinations are named where their "
        "signs began close together; that none is named rules nothing out."
    )
    if key != ON_PATIENTS:
        parts.link_to("patients", "Open these patients", {"flag": FLAGGED})


def _none(records: Records, span: str) -> None:
    st.markdown(
        f"None was recorded in the {span} up to {parts.day_words(records.facts.data_date)} after the "
        f"operations chosen. {PATH}"
    )


def _summary(count: int, uncontacted: int, where: str = "") -> str:
    without = f"**{uncontacted} without a recorded contact**" if uncontacted else "contact recorded for all"
    return f"{count} {'operation' if count == 1 else 'operations'} with a red flag; {without}{where}. {PATH}"


def _combined_words(one: Combined) -> str:
    """**Points to …: act at once.** Fever with wound discharge: P-…, TLIF of 3 Jan 2026, 3 days since the last."""
    signs = " with ".join([one.signs[0], *map(parts.within_sentence, one.signs[1:])])
    advice = one.combination.advice
    whom = (
        f"{one.shown_patient}, {one.procedure_label} of {parts.day_words(one.operated)}, {_days(one.days_ago)} since "
        "the last report"
    )
    if one.uncontacted:
        return f"**{advice[:1].upper()}{advice[1:]}.** {signs}: {whom}."
    return f"Contacted already: {whom}. {signs} {advice}."


def _days(days: int) -> str:
    return f"{days} {'day' if days == 1 else 'days'}"


def _table(records: Records, answer: Queue, key: str) -> pd.Series | None:
    """The queue; the red flag in the row that was chosen."""
    rows = answer.rows
    shown = pd.DataFrame(
        {
            "Red flag": rows["label"],
            "Contact": rows["contact"],
            "Days since report": rows["days_ago"],
            "Severity": [_severity(severity) for severity in rows["severity"]],
            "Points to": [words[:1].upper() + words[1:] for words in rows["points_to"]],
            "Days since surgery": rows["days_since_surgery"],
            "Procedure": rows["procedure_label"],
            "Patient": rows["shown_patient"],
            "Marked by": [
                f"{who}, {parts.day_words(at)}: {note}" if who else ""
                for who, at, note in zip(rows["who"], rows["at"], rows["note"], strict=True)
            ],
            "Surgeon": rows["surgeon"],
            "Site": rows["site"],
            "Resolved": ["yes" if resolved else "not recorded" for resolved in rows["resolved"]],
        }
    )
    if not answer.combined:
        shown = shown.drop(columns="Points to")
    if not any(shown["Marked by"]):
        shown = shown.drop(columns="Marked by")
    event = st.dataframe(
        shown, hide_index=True, width="stretch", on_select="rerun", selection_mode="single-row",
        key=rows_key(f"queue {key}", rows["subject"] + rows["contact"]),
        column_config={name: st.column_config.TextColumn(width=wide) for name, wide in WIDTHS.items()},
        alt="Red flags, those without any contact first",
    )  # fmt: skip
    subject = parts.selected_row(event, rows, "subject")
    return None if subject is None else rows[rows["subject"] == subject].iloc[0]


def _severity(severity: float | None) -> str:
    return "not recorded" if severity is None or pd.isna(severity) else f"{int(severity)} of 10"


def _mark(records: Records, flag: pd.Series, key: str) -> None:
    with st.container(border=True):
        st.markdown(
            f"**{flag['label']}**, {_days(flag['days_ago'])} since report · {flag['shown_patient']} · "
            f"{flag['procedure_label']} of {parts.day_words(flag['operated'])}"
        )
        if flag["contact"] != NONE:
            by = f" by {notes.as_written(flag['who'])}: {notes.as_written(flag['note'])}" if flag["who"] else ""
            parts.note(f"Contact is {flag['contact']}{by}. What you write now is added.")
        notes.form(
            "Mark as contacted: what was done (no patient names)",
            lambda text: mark_contacted(records, str(flag["subject"]), text),
            key=f"{key} {flag['subject']}",
        )


def _counts(records: Records, within_days: int, span: str) -> None:
    """For a role that sees no patients: by sign, and nobody's row."""
    flags = red_flags(records, within_days)
    if not flags.count:
        _none(records, span)
        return
    st.warning(_summary(flags.count, flags.uncontacted))
    shown = flags.symptoms[["label", "operations", "uncontacted", "latest_days_ago"]]
    shown.columns = pd.Index(["Red flag", "Operations", "Without contact", "Latest, days before the data date"])
    st.dataframe(shown, hide_index=True, width="stretch", alt="Red flags by sign")
    parts.note(
        "Contacts as the records have them: one marked in the app counts here once it is recorded. Combinations that "
        "point to something together are named to those who see patients."
    )
