"""The red-flag queue: whom to call first, what signs point to, and a place to say who was called."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.contacts import mark_contacted
from dashboard.analyses.plans import Looked
from dashboard.analyses.red_flags import (
    MARKED,
    NONE,
    RECENT_DAYS,
    TRIAGE,
    Combined,
    Queue,
    queue,
)
from dashboard.analyses.verdicts.flags import RULES_NOTHING_OUT, queue_verdict
from dashboard.definitions import load
from dashboard.exports.offers import PATIENTS
from dashboard.pages import course, exporting, form, furniture, notes, parts, plans, short_list
from dashboard.pages.short_list import ShortList
from dashboard.records import Records

RECENT = RECENT_DAYS
FLAGGED = f"Red flag in the last {RECENT} days"
"""What the Patients page calls this choice; links choose it by these words."""
WHOM_TO_CALL = "Red flags: whom to call"
"""What the Patients page calls the view of the queue; links choose it by these words."""
PATH = "Decision support only. Follow your emergency path."
WIDTHS = {"Severity": 110, "Marked by": 250, "Contact": 170, "Worst of the same days": 190, "Points to": 300}
"""Pixels of the columns whose words may be longer than those of the first rows."""
HOW_TO_MATCH = (
    "The file names patients by P-…, as the screen does. Which of your own patient numbers that is, says "
    "`outcomes store pseudonyms FILE` on the machine of the store, from a CSV file of your numbers: no number of yours "
    "is kept."
)
MOST_ROWS = 25
"""So many red flags stand in a row each; the table has all."""
FEWEST_ALIKE = 2
"""After so many operations the same sign is a pattern about which something may be planned."""


def section(
    records: Records, top: furniture.AnswerPlace, within_days: int = RECENT, span: str = f"{RECENT} days"
) -> None:
    """The queue, for those who see patients: whom to call first. top: the answer's place; span: the days in words."""
    answer = queue(records, within_days)
    if answer.rows.empty:
        with top:
            _none(records, span)
        return
    with top:
        furniture.verdict(queue_verdict(answer, within_days))
    if answer.combined:
        st.warning("\n\n".join([*map(_combined_words, answer.combined), _together(answer), PATH]))
    else:
        parts.note(f"{_together(answer)} **{PATH}**")
    with furniture.card(f"Red flags of the last {span}", key="red-flags"), short_list.rows(form.QUEUE):
        for _, flag in answer.rows.head(MOST_ROWS).iterrows():
            if st.button(_card_label(flag), key=f"row queue {flag['subject']}", type="tertiary"):
                opened(records, flag)
    _plans(records, answer)
    chosen = _table(records, answer)
    if chosen is not None:
        with st.container(border=True):
            st.markdown(_card_label(chosen))
            _open(records, chosen, "row")
    pointing = " Signs that point to something only together count where they began close together."
    furniture.method(
        "Open one to see the patient's course and to say that the patient was contacted. Days count to "
        f"{parts.day_words(records.facts.data_date)}, the last day of the data; operations of the chosen filters, "
        "reoperations too. The worst of the same days is the symptom with the highest severity recorded as begun "
        f"within {load().red_flag_same_days} days of it.{pointing if answer.looked_for else ''}",
        HOW_TO_MATCH,
    )
    exporting.download(records, "Red flags", answer.rows[list(TRIAGE)].rename(columns=TRIAGE))


def _plans(records: Records, answer: Queue) -> None:
    """A sign that comes back after several operations may ask for more than a call: what to change, and who does it."""
    counted = answer.rows.groupby("symptom")["operation"].nunique()
    often = counted[counted >= FEWEST_ALIKE].sort_values(ascending=False, kind="stable")
    watched = load().monitoring
    labels = {
        str(name): f"{records.label('symptom', str(name))} after {wording.count(int(n), 'operation')}"
        for name, n in often.items()
    }
    plans.beside(records, labels, Looked(watched.outcome, watched.within_days, {}), "symptom", key="red-flags")


def opened(records: Records, flag: pd.Series) -> None:
    """One red flag over the page: what is known of it, a place to say who was called, and the patient's course."""

    def draw() -> None:
        st.markdown(_card_label(flag))
        _open(records, flag, "opened")

    short_list.opened(flag["label"], draw)


def compact(records: Records) -> ShortList:
    """Who waits for a contact, those who are to be called first first."""
    answer = queue(records)
    waiting = answer.rows[answer.rows["contact"] == NONE]

    def draw() -> None:
        if answer.rows.empty:
            _none(records, f"{RECENT} days")
            return
        with short_list.rows("red-flags"):
            for _, flag in waiting.head(short_list.MOST_ROWS).iterrows():
                if short_list.row(*_row_words(flag), key=str(flag["subject"])):
                    opened(records, flag)
            if waiting.empty:
                st.markdown(parts.said(queue_verdict(answer, RECENT).answer))
            parts.note(PATH)

    more = f"All {len(answer.rows)}" if len(answer.rows) else ""
    return ShortList(_title(records, answer.uncontacted), draw, more, "patients", {"patients_view": WHOM_TO_CALL})


def _title(records: Records, uncontacted: int) -> str:
    return f"Red flags: {'not recorded' if 'symptom' in records.missing_kinds else f'{uncontacted} without contact'}"


def _row_words(flag: pd.Series) -> tuple[str, str, str]:
    """84 days; Severe pain; Microdiscectomy, S01, marked resolved. What a sign points to stands behind it."""
    sign = f"{flag['label']}: {flag['points_to']}" if flag["points_to"] else str(flag["label"])
    resolved = ", marked resolved" if flag["resolved"] else ""
    return _days(flag["days_ago"]), sign, f"{flag['procedure_label']}, {flag['surgeon']}{resolved}"


def rows_key(name: str, keys: pd.Series) -> str:
    """The key of a table whose rows may be chosen: it changes with the rows, so that a choice never means another."""
    return f"{name} {sha256('|'.join(map(str, keys)).encode()).hexdigest()[:12]}"


def _none(records: Records, span: str) -> None:
    if "symptom" in records.missing_kinds:
        st.markdown(f"Nobody records symptoms here, so that no red flag could be seen. {RULES_NOTHING_OUT} {PATH}")
        return
    st.markdown(
        f"None was recorded in the {parts.said(span)} up to {parts.day_words(records.facts.data_date)} after the "
        f"operations chosen. {PATH} {RULES_NOTHING_OUT}"
    )


def _together(answer: Queue) -> str:
    """What was looked for and how often it was found: that nothing was is said too."""
    found = [
        f"Signs of {parts.said(one.name.replace('_', ' '))} recorded: {wording.count(int(count), 'operation')} "
        f"({parts.said(wording.within_sentence(one.label))})."
        for one, count in answer.together.items()
    ]
    return " ".join([*found, RULES_NOTHING_OUT])


def _combined_words(one: Combined) -> str:
    """**Points to …: act at once.** Fever with wound discharge: P-…, TLIF of 3 Jan 2026, 3 days since the last."""
    signs = parts.said(" with ".join([one.signs[0], *map(wording.within_sentence, one.signs[1:])]))
    if one.beside:
        signs = f"{signs} (also recorded: {parts.said(', '.join(map(wording.within_sentence, one.beside)))})"
    advice = parts.said(one.combination.advice)
    whom = (
        f"{parts.said(one.shown_patient)}, {parts.said(one.procedure_label)} of "
        f"{parts.day_words(one.operated)}, {_days(one.days_ago)} since the last report"
    )
    if one.uncontacted:
        return f"**{advice[:1].upper()}{advice[1:]}.** {signs}: {whom}."
    return f"Contacted already: {whom}. {signs} {advice}."


def _days(days: int) -> str:
    return wording.count(int(days), "day")


def _card_label(flag: pd.Series) -> str:
    """**Fever, 22 days without contact** · day 12 after surgery, now day 34 · worst of the same days: … · TLIF, …"""
    severity = [] if pd.isna(flag["severity"]) else [f"severity {_severity(flag['severity'])}"]
    words = [
        f"**{parts.said(flag['label'])}, {_waited(flag)}**",
        f"day {int(flag['day']):,} after surgery, now day {int(flag['days_since_surgery']):,}",
        f"worst of the same days: {parts.said(_worst(flag))}",
        ", ".join(parts.said(flag[name]) for name in ("procedure_label", "surgeon", "site")),
        parts.said(flag["shown_patient"]),
        *severity,
        "marked resolved" if flag["resolved"] else "not marked resolved",
    ]
    return " · ".join(words)


def _waited(flag: Any) -> str:
    """How long nobody was contacted; or when somebody was, and by whom where that is known."""
    if flag.contact == NONE:
        return f"{_days(flag.days_ago)} without contact"
    on = "" if pd.isna(flag.contacted_on) else f" on {parts.day_words(flag.contacted_on)}"
    after = "" if pd.isna(flag.contacted_after) else f", {_days(int(flag.contacted_after))} after it began"
    by = f" by {parts.said(flag.who)}" if flag.contact == MARKED else ""
    return f"contacted{on}{by}{after}" if on else f"contact {parts.said(flag.contact)}"


def _worst(flag: Any) -> str:
    """Leg pain, 7 of 10: of the symptoms recorded about then."""
    return f"{flag.worst}, {_severity(flag.worst_severity)}" if flag.worst else "no severity recorded"


def _table(records: Records, answer: Queue) -> pd.Series | None:
    """The whole queue; the red flag in the row that was chosen."""
    rows = answer.rows
    shown = parts.columns_of(
        rows,
        {
            "Red flag": "label",
            "Days since report": "days_ago",
            "Patient": "shown_patient",
            "Contact": _contact,
            "Worst of the same days": _worst,
            "Days since surgery": "days_since_surgery",
            "Began on day": "day",
            "Resolved": lambda row: "yes" if row.resolved else "not recorded",
            "Severity": lambda row: _severity(row.severity),
            "Points to": lambda row: row.points_to[:1].upper() + row.points_to[1:],
            "Procedure": "procedure_label",
            "Marked by": lambda row: f"{row.who}: {row.note}" if row.who else "",
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
            shown, rows, "subject", key=rows_key("queue patients", rows["subject"] + rows["contact"]),
            column_config={**columns, "Red flag": st.column_config.TextColumn(pinned=True)},
            alt="Red flags, those without any contact first; a row selected opens below", holds=PATIENTS,
        )  # fmt: skip
    return None if subject is None else rows[rows["subject"] == subject].iloc[0]


def _contact(row: Any) -> str:
    """None, or when and how it is known."""
    return NONE if row.contact == NONE else f"{parts.day_words(row.contacted_on)}, {row.contact}"


def _severity(severity: float | None) -> str:
    return "not recorded" if severity is None or pd.isna(severity) else f"{int(severity)} of 10"


def _open(records: Records, flag: pd.Series, key: str) -> None:
    """A place to say that the patient was contacted, and the patient's course."""
    st.markdown(
        f"{parts.said(flag['procedure_label'])} of {parts.day_words(flag['operated'])}, "
        f"{_days(flag['days_since_surgery'])} before the last day of the data"
    )
    if flag["contact"] != NONE:
        by = f" by {parts.said(flag['who'])}: {parts.said(flag['note'])}" if flag["who"] else ""
        parts.note(f"Contact is {parts.said(flag['contact'])}{by}. What you write now is added.")
    notes.form(
        "Mark as contacted: what was done (no patient names or numbers)",
        lambda text: mark_contacted(records, str(flag["subject"]), text),
        key=f"{key} {flag['subject']}",
    )
    st.markdown("**The course of this patient**")
    course.course(records, int(flag["operation"]), load().default_outcome)
