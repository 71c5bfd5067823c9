"""What share of the operations failed by a landmark, and whether enough is known to say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard import leeway
from dashboard.analyses.groups import Group, check_days, due_from, groups_of, known_of_due, outcome_named
from dashboard.analyses.recorded import check_recorded, not_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import share_ends, share_of, worst_case
from dashboard.errors import NotTold
from dashboard.protecting import TOO_FEW, WIDEST
from dashboard.records import Records
from dashboard.stats import survival

FEWEST_FOR_A_SHARE = 10
KNOWN_TO_SHOW, KNOWN_TO_TRUST = 0.5, 0.8
NOBODY_DUE = "Not yet due for anybody."

COLUMNS = [
    "group", "label", "operations", "known", "failed", "died", "at_risk", "share", "lower", "upper", "estimable",
    "reason", "known_share", "lost", "not_due", "due", "known_of_due", "best_case", "worst_case",
    "median_follow_up_days", "shown", "note", "due_failed", "moved",
]  # fmt: skip
LANDMARK_COLUMNS = [*COLUMNS, "answered"]


@remembered
def failure_rate(records: Records, outcome: str, by: str | None = None, within_days: int = 730) -> pd.DataFrame:
    """Share failed by a landmark, a row for each group.

    Columns as in COLUMNS; ``share`` and its limits 0 to 1, null when not estimable, with the ``reason``.
    ``known``: operations whose state on the landmark's day is known (still at risk, or failed or died by then), on
    which the exact limits of 0 % and 100 % rest; ``known_share``: of all operations. ``due``: those whose landmark had
    come by the data date; ``lost``: of these, last seen before it; ``known_of_due``: the share of the others, which
    decides what is shown; ``not_due``: those for whom it had not come.
    best_case, worst_case: of those due, the share failed had all the lost been well, and had all of them failed; the
    dead stay dead. ``share`` may lie outside, as it rests on those not yet due as well, as far as they were followed;
    where nobody is not yet due it lies within.
    For an outcome asked at a visit the share is of those who answered (Wilson; exact at 0 % and 100 %), who are the
    ``known``, and ``within_days`` plays no part; there is also ``answered``. Due are those whose window had ended in
    their lifetime, lost all of them who did not answer it, and ``share`` always lies within the band.
    due_failed: of those due, who are known to have failed. moved: by so many at most a count may lie from what it is, 0
    for exact ones; then the limits and the worst case hold for all that may stand behind it.
    shown: whether a screen may show the share; ``note``: why not, or what to bear in mind. No share at all where nobody
    records what the outcome rests on.
    """
    check_days(within_days)
    why = not_recorded(records, outcome)
    if outcome_named(outcome).kind == "landmark":
        groups = groups_of(records, "landmark", by, outcome=outcome)
        rows = [_at_visit(group) for group in groups]
        return pd.DataFrame(_unknown(rows, why) if why else rows, columns=LANDMARK_COLUMNS)
    groups = groups_of(records, "failure_curve", by, outcome=outcome)
    unknown = {group.name: group for group in lost(records, outcome, by, within_days)}
    rows = [over_time(group, within_days, unknown.get(group.name)) for group in groups]
    return pd.DataFrame(_unknown(rows, why) if why else rows, columns=COLUMNS)


def pooled(
    records: Records, outcome: str, by: str, names: Sequence[str], within_days: int
) -> tuple[dict[str, Any], Group]:
    """A row as ``failure_rate`` has them of several groups taken together, and their counts by day, or of the visit."""
    check_days(within_days)
    check_recorded(records, outcome)
    read = "landmark" if outcome_named(outcome).kind == "landmark" else "failure_curve"

    def together(groups: Sequence[Group]) -> Group:
        some = [group for group in groups if group.name in names]
        if any(group.parts for group in groups) and len(some) < len(names):
            raise NotTold(TOO_FEW)  # one of them is not told of, and would be missing without a word
        parts = [group.counts for group in some]
        counts = pd.concat(parts) if parts else groups[0].counts.head(0)
        return Group("together", "", counts, sum(group.parts for group in some))

    found = together(groups_of(records, read, by, outcome=outcome))
    if read == "landmark":
        return _at_visit(found), found
    counts = found.counts.groupby("day", as_index=False)[["failed", "died", "left"]].sum()
    found = found._replace(counts=counts)
    return over_time(found, within_days, together(lost(records, outcome, by, within_days))), found


def lost(records: Records, outcome: str, by: str | None, within_days: int) -> list[Group]:
    """Of each group those ``due``; of them ``due_failed`` by the landmark and ``lost`` before it; apart ``not_due``."""
    due = due_from(records, within_days)
    return groups_of(records, "lost", by, outcome=outcome, within_days=within_days, due_from=due)


def whether_shown(operations: int, known_share: float | None) -> tuple[bool, str]:
    """Whether a share may be shown, and the words for why not or for what to bear in mind.

    known_share: of the operations whose landmark had come, the share whose state there is known.
    """
    if operations < FEWEST_FOR_A_SHARE:
        return False, f"Fewer than {FEWEST_FOR_A_SHARE} operations: counts only."
    if known_share is None:
        return False, NOBODY_DUE
    known = f"Of those due, the state of {known_share * 100:.0f} % is known"
    if known_share < KNOWN_TO_SHOW:
        return False, f"{known}: too few for a share."
    if known_share < KNOWN_TO_TRUST:
        return True, f"{known}; those lost to follow-up could differ."
    return True, ""


def over_time(group: Group, within_days: int, unknown: Group | None) -> dict[str, Any]:
    """A row as ``failure_rate`` has them, of counts by day and of ``lost``."""
    counts = group.counts
    at = survival.share_at(counts, within_days, leeway.of_course(group.parts))
    names = ["not_due", "due", "due_failed", "lost"]
    told = pd.DataFrame([dict.fromkeys(names, 0)]) if unknown is None else unknown.counts[names]
    not_due, due, due_failed, gone = map(int, told.sum())
    ends = leeway.ends("lost", told, group.parts)
    known = known_of_due(at.operations, gone, not_due)
    # Who has failed or died before the landmark comes is known on it, and where that is everybody nothing is open.
    all_known = at.known == at.operations > 0
    shown, note = whether_shown(at.operations, 1.0 if all_known else known)
    return {
        "group": group.name, "label": group.label, "operations": at.operations, "known": at.known,
        "failed": at.failed, "died": at.died, "at_risk": at.at_risk,
        "share": at.share, "lower": at.lower, "upper": at.upper,
        "estimable": at.estimable, "reason": at.reason, "known_share": survival.known_share(counts, within_days),
        "lost": gone, "not_due": not_due, "due": due, "known_of_due": known,
        **worst_case(ends["due_failed"], ends["lost"], ends["due"]),
        "median_follow_up_days": survival.median_follow_up(counts),
        "shown": shown and at.estimable, "note": note or _sentence(at.reason), "due_failed": due_failed,
        "moved": WIDEST * group.parts,
    }  # fmt: skip


def _at_visit(group: Group) -> dict[str, Any]:
    names = ["operations", "due", "answered", "failed", "died", "not_due"]
    n = {name: int(group.counts[name].sum()) for name in names}
    ends = leeway.ends("landmark", group.counts[names], group.parts)
    limits = share_ends(ends["failed"], ends["answered"]) if group.parts else None
    unanswered = n["due"] - n["answered"]
    known = n["answered"] / n["due"] if n["due"] else None
    shown, note = whether_shown(n["answered"], known)
    return {
        "group": group.name, "label": group.label, **n, "known": n["answered"], "at_risk": n["answered"],
        **share_of(n["failed"], n["answered"], ends=limits), "estimable": n["answered"] > 0,
        "reason": "" if n["answered"] else "nobody has answered at this visit", "known_share": known,
        "lost": unanswered, "known_of_due": known,
        **worst_case(ends["failed"], ends["due"].less(ends["answered"]), ends["due"]),
        "median_follow_up_days": None, "shown": shown, "note": note, "due_failed": n["failed"],
        "moved": WIDEST * group.parts,
    }  # fmt: skip


def _unknown(rows: list[dict[str, Any]], why: str) -> list[dict[str, Any]]:
    """The same rows without anything that could be taken for an estimate, each with the words for why."""
    blank = dict.fromkeys(("share", "lower", "upper", "known_share", "known_of_due", "best_case", "worst_case"))
    return [row | blank | {"estimable": False, "reason": why, "shown": False, "note": why} for row in rows]


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}." if reason else ""
