"""Audit: is the log of who asked what whole, who was refused, and who asked for more than people do?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.audit_trail import (
    KINDS,
    MOST_IN_A_DAY,
    AuditTrail,
    audit_trail,
    by_person,
    narrowed_to,
    since_when,
)
from dashboard.analyses.verdicts.audit_trail import audit_verdict
from dashboard.errors import NotAllowed
from dashboard.exports.offers import WORDS
from dashboard.pages import chosen, furniture, parts
from dashboard.records import Records

EVERYBODY, EVERY_KIND = "everybody", "all"
DAYS = {"1": "Today", "7": "7 days", "30": "30 days", "all": "All"}
USUAL = "7"
MOST_ROWS, LIST_TALL, REFUSALS = 2_000, 430, 20
HEAD_TOLD = (
    "Write it down where nobody who can change this store can. Later `outcomes store verify --head NUMBER:CODE` tells "
    "whether every line up to it is still there."
)
HOW_TOLD = (
    "Each line is bound to the one before it by a code, and is held against what the generations, and wherever the end "
    "of the log is sent, say of it. Whoever runs this machine can write the whole file anew: only a head that was "
    "written down elsewhere shows that."
)
NOT_SHOWN = (
    "Pseudonyms, subjects and titles stand in the file, not here: what is shown names no patient. That this page was "
    "opened is in the log too. Times are UTC."
)
MANY_TOLD = (
    f"Most in a day: the most different answers that a person had in one day. More than {MOST_IN_A_DAY} are marked: "
    "put together, many counts can tell of one patient."
)


def page(records: Records) -> None:
    """The verdict, who asked, what was refused, and line by line what was asked; with the head to write down."""
    top = furniture.place_of_the_answer()
    now = datetime.now(UTC)
    try:
        trail = audit_trail(records)
    except NotAllowed as problem:
        st.info(parts.said(problem.message))
        return
    with top:
        furniture.verdict(audit_verdict(trail, now))
    _wrong(trail)
    with furniture.choices():
        days = parts.choose_group(DAYS, key="audit_days", label="Shown", usual=USUAL)
        kind = parts.choose_group({EVERY_KIND: "Every kind", **KINDS}, key="audit_kind", label="Kind")
        person = chosen.one_of(_people(trail), key="audit_person", label="Person", nobody=EVERYBODY)
    since = None if days == "all" else since_when(int(days), now)
    shown = narrowed_to(trail.lines, person, None if kind == EVERY_KIND else kind, since)
    with furniture.side_by_side(2, key="audit"):
        with furniture.card("Who asked", key="audit-people"):
            _who(narrowed_to(trail.lines, person, None, since))
        with furniture.card("Refused", key="audit-refused"):
            _refused(narrowed_to(trail.lines, person, "refusal", since))
    with furniture.card("Line by line", key="audit-lines"):
        _lines(shown)
    with furniture.card("The head, to write down", key="audit-head"):
        st.code(str(trail.head), language=None, wrap_lines=True)
        parts.note(HEAD_TOLD)
    furniture.method(HOW_TOLD, MANY_TOLD, NOT_SHOWN, heading="How this is checked, and what is not shown")


def _people(trail: AuditTrail) -> dict[str, str]:
    return {name: name for name in sorted(set(trail.lines["person"]) - {""})}


def _wrong(trail: AuditTrail) -> None:
    """Every place at which the chain is broken, the first of which the verdict has said."""
    for complaint in trail.complaints[1:]:
        st.warning(parts.said(complaint))


def _who(lines: pd.DataFrame) -> None:
    rows = by_person(lines)
    if rows.empty:
        st.markdown("Nobody, in this time.")
        return
    columns: parts.Columns = {
        "Person": "person", "Role": "role", **{label: kind for kind, label in KINDS.items()},
        "Most in a day": _most, "Last": lambda row: _when(row.last),
    }  # fmt: skip
    parts.show_table(parts.columns_of(rows, columns), "Lines of the log by person and kind", holds=WORDS)


def _refused(lines: pd.DataFrame) -> None:
    if lines.empty:
        st.markdown("Nobody was refused anything, in this time.")
        return
    columns: parts.Columns = {
        "When": lambda row: _when(row.at), "Person": "person", "What": "words", "Why": "why",
    }  # fmt: skip
    parts.show_table(parts.columns_of(lines.head(REFUSALS), columns), "What was refused, the newest first", holds=WORDS)
    if len(lines) > REFUSALS:
        parts.note(f"The newest {REFUSALS} of {parts.count_words(len(lines))}; all of them are below, as their kind.")


def _lines(lines: pd.DataFrame) -> None:
    if lines.empty:
        st.markdown("No line of this person and kind, in this time.")
        return
    columns: parts.Columns = {
        "Number": "number", "When": lambda row: _when(row.at), "Person": "person", "Role": "role",
        "Kind": lambda row: KINDS.get(row.kind, "The chain itself"), "What": "words", "Chosen": "chosen",
        "Rows": lambda row: "" if pd.isna(row.rows) else parts.count_words(row.rows), "Why refused": "why",
    }  # fmt: skip
    table = parts.columns_of(lines.head(MOST_ROWS), columns)
    parts.show_table(table, "The log, the newest first", height=LIST_TALL, holds=WORDS)
    if len(lines) > MOST_ROWS:
        parts.note(
            f"The newest {MOST_ROWS:,} of {parts.count_words(len(lines))} lines. `outcomes audit --json` has all."
        )


def _most(row: Any) -> str:
    """The most different answers in one day, and where they are many on which."""
    return f"{row.most:,}, on {parts.day_words(row.on)} (many)" if row.most > MOST_IN_A_DAY else f"{row.most:,}"


def _when(at: Any) -> str:
    return "" if pd.isna(at) else f"{parts.day_words(at.date())}, {at:%H:%M}"
