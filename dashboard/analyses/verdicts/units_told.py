"""What is told of surgeons or sites in protected counts: the share of each, and of nobody whether it stands out."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from dashboard import wording
from dashboard.analyses.cells import rate_words
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import FAMILY, NOT_RECORDED, failed_words, outcome_named, rows_of, when_words
from dashboard.analyses.verdicts.claim import FEW, Claim, Verdict
from dashboard.errors import told_or
from dashboard.protecting import WIDEST
from dashboard.records import Records

NOT_HELD = (
    "What case mix leads one to expect of each is not told to your role: it rests on counts of very few. Ask whoever "
    "sees the practice's exact figures."
)
NOT_JUDGED = (
    f"Whether one stands out is not said: each count is moved by up to {WIDEST}, and nothing is adjusted for sicker "
    "patients."
)
MOST_NAMED = 3


class UnitsTold(NamedTuple):
    """units: rows as in ``failure_rate``, by label; families: those of procedures that are told of."""

    units: pd.DataFrame
    families: tuple[str, ...]

    @property
    def comparable(self) -> bool:
        """Whether a share of any can be shown, all of them of like procedures."""
        return len(self.families) < 2 and bool(self.units["shown"].any())


def units_told(records: Records, outcome: str, by: str, within_days: int) -> UnitsTold:
    """Of each unit the share that failed, so far as it is told."""
    families = failure_rate(records, outcome, FAMILY, within_days)["group"]
    # Of each of them there may be too few.
    none = failure_rate(records, outcome, None, within_days).head(0)
    units = told_or(lambda: failure_rate(records, outcome, by, within_days), none)
    units = units[units["group"] != NOT_RECORDED].sort_values("label", kind="stable", ignore_index=True)
    return UnitsTold(units, tuple(families))


def units_told_verdict(found: UnitsTold, outcome: str, by: str, within_days: int) -> Verdict:
    """The shares that are told, of few by name; where there is none, what is not told and why."""
    if not found.comparable:
        return Verdict(f"No {by} is held against what is expected here.", NOT_HELD)
    known = outcome_named(outcome)
    what = f"{known.short} {when_words(known, within_days)}"
    shown = [row for row in rows_of(found.units) if row.shown]
    claims = tuple(
        Claim(what, row.group, row.label, row.share, int(row.operations), int(row.failed), FEW, row.lower, row.upper)
        for row in shown
    )
    if len(shown) > MOST_NAMED:
        shares = wording.span(min(row.share for row in shown), max(row.share for row in shown))
        return Verdict(f"{shares} {failed_words(known)}, {by} by {by} ({len(shown)} of them).", NOT_JUDGED, claims)
    told = "; ".join(f"{row.label} {rate_words(row)}" for row in shown)
    return Verdict(f"{what}: {told}.", NOT_JUDGED, claims)
