"""The red-flag queue: whom to call first, what signs point to, and a place to say who was called."""

from __future__ import annotations

from hashlib import sha256

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.contacts import mark_contacted
from dashboard.analyses.red_flags import NONE, Combined, Queue, RedFlagsSeen, queue, red_flags
from dashboard.definitions import load
from dashboard.pages import course, notes, parts
from dashboard.records import Records

RECENT = 90
FLAGGED = f"Red flag in the last {RECENT} days"
"""What the Patients page calls this choice; links choose it by these words."""
WHOM_TO_CALL = "Red flags: whom to call"
"""What the Patients page calls the view of the queue; links choose it by these words."""
PATH = "Decision support only. Follow your emergency path."
RULES_NOTHING_OUT = "What is not recorded is not a no: this rules nothing out."
WIDTHS = {"Severity": 110, "Marked by": 250, "Points to": 300}
"""Pixels of the columns whose words may be longer than those of the first rows."""
ON_PATIENTS = "patients"
"""The place of the queue from which no link to the Patients page is needed."""
CARDS = {ON_PATIENTS: 10}
FEW_CARDS = 5
"""So many red flags stand one by one where they are the page's own matter, and elsewhere; the table has all."""


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
    st.warning("\n\n".join([*map(_combined_words, answer.combined), _summary_of(answer), _together(answer), PATH]))
    _cards(records, answer, key)
    chosen = _table(records, answer, key)
    if chosen is not None:
        with st.container(border=True):
            st.markdown(_card_label(chosen))
            _open(records, chosen, f"{key} row")
    parts.note(
        "Open one to see the patient's course and to say that the patient was contacted. Days count to "
        f"{parts.day_words(records.facts.data_date)}, the last day of the data. Signs that point to something only "
        "together count where they began close together."
    )
    if key != ON_PATIENTS:
        parts.link_to("patients", "Open these patients", {"patients_view": WHOM_TO_CALL, "flag_span": span})


def _none(records: Records, span: str) -> None:
    if "symptom" in records.missing_kinds:
        st.markdown(f"Nobody records symptoms here, so that no red flag could be seen. {RULES_NOTHING_OUT} {PATH}")
        return
    st.markdown(
        f"None was recorded in the {span} up to {parts.day_words(records.facts.data_date)} after the "
        f"operations chosen. {PATH} {RULES_NOTHING_OUT}"
    )


def _summary_of(found: Queue | RedFlagsSeen) -> str:
    """7 operations with a red flag; 4 without a recorded contact (3 not marked resolved), the longest for 84 days."""
    count = found.operations if isinstance(found, Queue) else found.count
    without = "contact recorded for all"
    if found.uncontacted:
        without = (
            f"**{found.uncontacted} without a recorded contact** ({found.unresolved} not marked resolved), "
            f"the longest for {_days(found.longest or 0)}"
        )
    return f"{wording.count(count, 'operation')} with a red flag; {without}."


def _together(answer: Queue) -> str:
    """What was looked for and how often it was found: that nothing was is said too."""
    found = [
        f"Signs of {one.name.replace('_', ' ')} recorded: {wording.count(count, 'operation')} "
        f"({wording.within_sentence(one.label)})."
        for one, count in answer.together.items()
    ]
    return " ".join([*found, RULES_NOTHING_OUT])


def _combined_words(one: Combined) -> str:
    """**Points to …: act at once.** Fever with wound discharge: P-…, TLIF of 3 Jan 2026, 3 days since the last."""
    signs = " with ".join([one.signs[0], *map(wording.within_sentence, one.signs[1:])])
    if one.beside:
        signs = f"{signs} (also recorded: {', '.join(map(wording.within_sentence, one.beside))})"
    advice = one.combination.advice
    whom = (
        f"{one.shown_patient}, {one.procedure_label} of {parts.day_words(one.operated)}, {_days(one.days_ago)} since "
        "the last report"
    )
    if one.uncontacted:
        return f"**{advice[:1].upper()}{advice[1:]}.** {signs}: {whom}."
    return f"Contacted already: {whom}. {signs} {advice}."


def _days(days: int) -> str:
    return wording.count(days, "day")


def _cards(records: Records, answer: Queue, key: str) -> None:
    """The first of the queue one by one: words that break on a narrow screen, where a table would run off it."""
    rows = answer.rows
    if key != ON_PATIENTS and answer.uncontacted:
        rows = rows[rows["contact"] == NONE]
    for _, flag in rows.head(CARDS.get(key, FEW_CARDS)).iterrows():
        card = st.expander(_card_label(flag), key=f"card {key} {flag['subject']}", on_change="rerun")
        if card.open:
            with card:
                _open(records, flag, key)


def _card_label(flag: pd.Series) -> str:
    """**Fever**, 22 days, no contact · TLIF, S03, North · P-… · severity 3 of 10 · not marked resolved."""
    contact = "no contact" if flag["contact"] == NONE else f"contact {flag['contact']}"
    severity = [] if pd.isna(flag["severity"]) else [f"severity {_severity(flag['severity'])}"]
    words = [
        f"**{flag['label']}, {_days(flag['days_ago'])}, {contact}**",
        ", ".join(notes.as_written(str(flag[name])) for name in ("procedure_label", "surgeon", "site")),
        str(flag["shown_patient"]),
        *severity,
        "marked resolved" if flag["resolved"] else "not marked resolved",
    ]
    return " · ".join(words)


def _table(records: Records, answer: Queue, key: str) -> pd.Series | None:
    """The whole queue; the red flag in the row that was chosen."""
    rows = answer.rows
    shown = parts.columns_of(
        rows,
        {
            "Red flag": "label",
            "Days since report": "days_ago",
            "Patient": "shown_patient",
            "Contact": "contact",
            "Resolved": lambda row: "yes" if row.resolved else "not recorded",
            "Severity": lambda row: _severity(row.severity),
            "Points to": lambda row: row.points_to[:1].upper() + row.points_to[1:],
            "Days since surgery": "days_since_surgery",
            "Procedure": "procedure_label",
            "Marked by": lambda row: f"{row.who}, {parts.day_words(row.at)}: {row.note}" if row.who else "",
            "Surgeon": "surgeon",
            "Site": "site",
        },
    )
    if not answer.combined:
        shown = shown.drop(columns="Points to")
    if not any(shown["Marked by"]):
        shown = shown.drop(columns="Marked by")
    columns = {name: st.column_config.TextColumn(width=wide) for name, wide in WIDTHS.items()}
    with st.expander(f"All {len(rows)} as a table" if len(rows) > 1 else "The same as a table"):
        subject = parts.choose_row(
            shown, rows, "subject", key=rows_key(f"queue {key}", rows["subject"] + rows["contact"]),
            column_config={**columns, "Red flag": st.column_config.TextColumn(pinned=True)},
            alt="Red flags, those without any contact first; a row selected opens below",
        )  # fmt: skip
    return None if subject is None else rows[rows["subject"] == subject].iloc[0]


def _severity(severity: float | None) -> str:
    return "not recorded" if severity is None or pd.isna(severity) else f"{int(severity)} of 10"


def _open(records: Records, flag: pd.Series, key: str) -> None:
    """A place to say that the patient was contacted, and the patient's course."""
    st.markdown(
        f"{flag['procedure_label']} of {parts.day_words(flag['operated'])}, {_days(flag['days_since_surgery'])} before "
        "the last day of the data"
    )
    if flag["contact"] != NONE:
        by = f" by {notes.as_written(flag['who'])}: {notes.as_written(flag['note'])}" if flag["who"] else ""
        parts.note(f"Contact is {flag['contact']}{by}. What you write now is added.")
    notes.form(
        "Mark as contacted: what was done (no patient names)",
        lambda text: mark_contacted(records, str(flag["subject"]), text),
        key=f"{key} {flag['subject']}",
    )
    st.markdown("**The course of this patient**")
    course.course(records, int(flag["operation"]), load().default_outcome)


def _counts(records: Records, within_days: int, span: str) -> None:
    """For a role that sees no patients: by sign, and nobody's row."""
    flags = red_flags(records, within_days)
    if not flags.count:
        _none(records, span)
        return
    st.warning("\n\n".join([_summary_of(flags), PATH]))
    shown = flags.symptoms[["label", "operations", "uncontacted", "latest_days_ago"]]
    shown.columns = pd.Index(["Red flag", "Operations", "Without contact", "Latest, days before the data date"])
    parts.show_table(shown, "Red flags by sign")
    parts.note(
        "Contacts as the records have them: one marked in the app counts here once it is recorded. What "
        "signs point to is named to those who see patients."
    )
