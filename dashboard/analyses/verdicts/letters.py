"""How many letters a month asks for, and why."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashboard import wording
from dashboard.analyses.letters import FALLS_DUE, OPENS, OVERDUE, month_words
from dashboard.analyses.verdicts.claim import Claim, Verdict

SAID = {OVERDUE: "overdue", FALLS_DUE: "falling due in it", OPENS: "opening in it"}


def letters_verdict(rows: pd.DataFrame, month: date) -> Verdict:
    """Of the rows of ``letters``: how many, for how many patients, and for which of the reasons."""
    if rows.empty:
        return Verdict(f"No letter is due in {month_words(month)} among these operations.")
    counts = {reason: int((rows["reason"] == reason).sum()) for reason in SAID}
    patients = wording.count(int(rows["patient"].nunique()), "patient")
    each = wording.joined([f"{n:,} {SAID[reason]}" for reason, n in counts.items() if n])
    claims = tuple(Claim("letters", reason, reason, None, len(rows), n) for reason, n in counts.items())
    answer = f"{wording.count(len(rows), 'letter')} to {patients} in {month_words(month)}."
    return Verdict(answer, f"Visits {each}; none of them is answered.", claims)
