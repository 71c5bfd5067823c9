"""Letters, a view of the page Data quality: whom to write to in a month, and why."""

from __future__ import annotations

import streamlit as st

from dashboard.analyses.letters import COLUMNS, letters, month_named, month_words, months_offered, usual_month
from dashboard.analyses.recorded import kind_not_recorded
from dashboard.analyses.verdicts.letters import letters_verdict
from dashboard.exports.offers import PATIENTS
from dashboard.pages import exporting, furniture, parts
from dashboard.pages.furniture import Link
from dashboard.records import Records

MONTH = "month"
MOST_ROWS, LIST_TALL = 2_000, 430
TOLD = (
    "A letter goes out when the window of a visit opens, in the month in which it ends, and while it is overdue. "
    "Answered visits and patients recorded as dead are left out. Each opening of this list is kept in the audit file."
)


def choose(records: Records) -> tuple[str]:
    """The reader's choice of a month."""
    return (parts.choose_group(months_offered(records), MONTH, "Letters of", usual=f"{usual_month(records):%Y-%m}"),)


def section(records: Records, top: furniture.AnswerPlace, chosen: str) -> None:
    """The list, for a viewer who may correct rows; on record each time it is drawn."""
    if why := kind_not_recorded(records, "follow_up"):
        st.info(parts.said(why))
        return
    month = month_named(chosen)
    rows = letters(records, month)
    with top:
        furniture.verdict(letters_verdict(rows, month))
    title = f"Letters of {month_words(month)}"
    paper = Link("report", "As a list to tick off", {"document": "Follow-up letters", MONTH: month_words(month)})
    with furniture.card(title, key="letters", link=paper):
        if rows.empty:
            st.markdown("Nobody is to be written to in this month, among these operations.")
            return
        table = parts.columns_of(rows, COLUMNS)
        parts.show_table(table.head(MOST_ROWS), title, height=LIST_TALL, holds=PATIENTS)
        if len(table) > MOST_ROWS:
            parts.note(f"The first {MOST_ROWS:,} are shown; the file has all.")
        exporting.download(records, title, table)
    parts.note(TOLD)
