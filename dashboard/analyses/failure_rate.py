"""What share of the operations failed by a landmark, and whether enough is known to say so."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.analyses.groups import Group, check_days, groups_of, outcome_named
from dashboard.records import Records
from dashboard.stats import proportions, survival

FEWEST_FOR_A_SHARE = 10
KNOWN_TO_SHOW, KNOWN_TO_TRUST = 0.5, 0.8

COLUMNS = [
    "group", "label", "operations", "failed", "died", "at_risk", "share", "lower", "upper", "estimable", "reason",
    "known_share", "median_follow_up_days", "shown", "note",
]  # fmt: skip
LANDMARK_COLUMNS = [*COLUMNS, "due", "answered", "not_due", "best_case", "worst_case"]


def failure_rate(
    records: Records, outcome: str = "fbss", by: str | None = None, within_days: int = 730
) -> pd.DataFrame:
    """Share failed by a landmark, a row for each group.

    Columns as in COLUMNS; ``share`` and its limits 0 to 1, null when not estimable, with the ``reason``.
    For an outcome asked at a visit the share is of those who answered (Wilson) and ``within_days`` plays no part; there
    are also ``due``, ``answered``, ``not_due`` and the band from all unanswered well to all unanswered failed.
    shown: whether a screen may show the share; ``note``: why not, or what to bear in mind.
    """
    check_days(within_days)
    if outcome_named(outcome).kind == "landmark":
        groups = groups_of(records, "landmark", by, outcome=outcome)
        return pd.DataFrame([_at_visit(group) for group in groups], columns=LANDMARK_COLUMNS)
    groups = groups_of(records, "failure_curve", by, key="day", outcome=outcome)
    return pd.DataFrame([_over_time(group, within_days) for group in groups], columns=COLUMNS)


def whether_shown(operations: int, known_share: float | None) -> tuple[bool, str]:
    """Whether a share may be shown, and the words for why not or for what to bear in mind.

    known_share: of these operations, the share whose state at the landmark is known.
    """
    if operations < FEWEST_FOR_A_SHARE:
        return False, f"Fewer than {FEWEST_FOR_A_SHARE} operations: counts only."
    if known_share is None:
        return False, "Nobody's state is known yet."
    known = f"The state of {known_share * 100:.0f} % is known at this time"
    if known_share < KNOWN_TO_SHOW:
        return False, f"{known}: too few for a share."
    if known_share < KNOWN_TO_TRUST:
        return True, f"{known}; the others, lost or not yet due, could differ."
    return True, ""


def _over_time(group: Group, within_days: int) -> dict[str, Any]:
    counts = group.counts
    at = survival.share_at(counts, within_days)
    known = survival.known_share(counts, within_days)
    shown, note = whether_shown(at.operations, known)
    return {
        "group": group.name, "label": group.label, "operations": at.operations, "failed": at.failed, "died": at.died,
        "at_risk": at.at_risk, "share": at.share, "lower": at.lower, "upper": at.upper,
        "estimable": at.estimable, "reason": at.reason, "known_share": known,
        "median_follow_up_days": survival.reverse_kaplan_meier(counts).median,
        "shown": shown and at.estimable, "note": note or _sentence(at.reason),
    }  # fmt: skip


def _at_visit(group: Group) -> dict[str, Any]:
    names = ("operations", "failed", "died", "answered", "due", "not_due")
    n = {name: int(group.counts[name].sum()) for name in names}
    interval = proportions.wilson(n["failed"], n["answered"])
    band = proportions.non_response_band(n["failed"], n["answered"], n["due"])
    known = n["answered"] / n["due"] if n["due"] else None
    shown, note = whether_shown(n["answered"], known)
    return {
        "group": group.name, "label": group.label, **n, "at_risk": n["answered"],
        "share": interval.share if interval else None, "lower": interval.lower if interval else None,
        "upper": interval.upper if interval else None, "estimable": interval is not None,
        "reason": "" if interval else "nobody has answered at this visit", "known_share": known,
        "median_follow_up_days": None, "shown": shown, "note": note,
        "best_case": band.best if band else None, "worst_case": band.worst if band else None,
    }  # fmt: skip


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}." if reason else ""
