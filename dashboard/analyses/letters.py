"""Whom a practice writes to in a month: whose visit is overdue, falls due or opens, and has not been answered."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

import pandas as pd

from dashboard.analyses.cells import Columns, day_words
from dashboard.analyses.patients import shown_patient
from dashboard.analyses.recorded import check_kind
from dashboard.definitions import load
from dashboard.errors import NoData, WrongUsage
from dashboard.records import Records

OVERDUE, FALLS_DUE, OPENS = "overdue", "falls due", "opens"
REASONS = {1: OVERDUE, 2: FALLS_DUE, 3: OPENS}
"""Why a letter goes out, as the read ``letters`` numbers it: the most pressing reason of several."""
BEFORE, AFTER = 1, 4
"""How many months before and after that of the data date are offered."""
MONTH = re.compile(r"(\d{4})-(\d{2})")
COLUMNS: Columns = {
    "Patient": lambda row: shown_patient(row.patient),
    "Operated": lambda row: day_words(row.operated),
    "Procedure": "procedure_label",
    "Visit": "visit_label",
    "Letter": "letter",
    "Surgeon": "surgeon",
    "Site": "site",
}
"""The table of letters, on a screen and on paper."""


def letters(records: Records, month: date) -> pd.DataFrame:
    """A row for each visit that a letter is to ask for in the month of this day. On record before it is shown.

    Columns as the read ``letters`` gives them, ``reason`` in words, with ``visit_label``, ``procedure_label``, and
    ``letter``: what it says, "falls due on 20 Oct 2026". Raises NotAllowed when the viewer does not see patients, and
    NoData where nobody records visits: silence is no missing answer there.
    """
    check_kind(records, "follow_up")
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    rows = records.listing("letters", month_from=first, month_to=last)
    reasons = [REASONS[int(code)] for code in rows["reason"]]
    days = [
        f"{reason} {'since' if reason == OVERDUE else 'on'} "
        f"{day_words(opens if reason == OPENS else ends + timedelta(days=reason == OVERDUE))}"
        for reason, opens, ends in zip(reasons, rows["opens"], rows["ends"], strict=True)
    ]
    visits = {str(visit.months): visit.label for visit in load().visits.values()}
    return rows.assign(
        reason=reasons,
        letter=days,
        visit_label=[visits[name] for name in rows["visit"]],
        procedure_label=[records.label("procedure", name) for name in rows["procedure"]],
    )


def month_named(text: str) -> date:
    """The first day of a month that is written as 2026-10. Raises WrongUsage for anything else."""
    found = MONTH.fullmatch(text.strip())
    if not found or not 1 <= int(found[2]) <= 12 or not 1900 <= int(found[1]) <= 2200:
        raise WrongUsage(f'"{text}" is not a month. Write months as 2026-10.')
    return date(int(found[1]), int(found[2]), 1)


def months_offered(records: Records) -> dict[str, str]:
    """The months round that in which the data end, as 2026-10, with their words; the usual one is ``usual_month``."""
    usual = usual_month(records)
    place = 12 * usual.year + usual.month - 1
    months = [date(each // 12, each % 12 + 1, 1) for each in range(place - BEFORE, place + AFTER + 1)]
    return {f"{each:%Y-%m}": month_words(each) for each in months}


def usual_month(records: Records) -> date:
    """The month of the day after the data date: what lies before it is recorded already."""
    if records.facts.data_date is None:
        raise NoData("No day is recorded in this generation: there is nobody to write to.")
    return (records.facts.data_date + timedelta(days=1)).replace(day=1)


def month_words(month: date) -> str:
    """A month as it stands in a sentence: October 2026."""
    return f"{month:%B %Y}"
