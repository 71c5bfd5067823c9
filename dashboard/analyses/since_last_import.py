"""What the last import has changed in a headline figure: by its definition, by corrections, by what is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import check_days, outcome_named
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import share_of
from dashboard.cohort import Cohort
from dashboard.records import Records
from dashboard.stats import survival

BEFORE = "before"
STEPS = ("definition", "corrected", "followed", "new")
"""In this order, each from the figure that the one before has left; the last one leads to the figure of now."""
COLUMNS = ["step", "operations", "failed", "share", "points", "touched"]
NONE, CORRECTED, FOLLOWED, NEW, GONE, ONLY_NOW = range(6)
"""What became of an operation in between, as the import counted it."""
PUBLISHED, BY_TODAY, IMPORTED = range(3)
"""The sides that are counted: as published before, the same by the definitions of today, and now."""
PERCENT = 3
"""Digits to which a share is rounded: steps between figures as they are told add up as they are told."""


@dataclass(frozen=True)
class SinceImport:
    """A figure before the last import and now, and each step between.

    levels: a row for before, then for each of STEPS, as in COLUMNS: index operations, failures and ``share`` (0 to 1,
    null where none is shown) as they stand after the step; ``points``: by how much it moved the share, of shares as
    they are told, so that all together lead from the first to the last; ``touched``: how many operations.
    imported, before: the days of the last import and of the one before; definitions_changed: whether the definitions
    are others than those that the figure before was published by.
    """

    levels: pd.DataFrame
    imported: date
    before: date
    definitions_changed: bool


@remembered
def since_last_import(records: Records, outcome: str, within_days: int = 730) -> SinceImport | None:
    """The share failed before the last import and now, of all index operations of the practice, whatever is chosen.

    Corrected: of an operation that was known, what is now recorded contradicts what was, or it is gone. Followed: more
    has been recorded since of one that was followed no further. New: operations. The last level is the figure of
    ``failure_rate``. None where there is nothing to compare: no import before that is known, or somebody sees a part.
    """
    return between_two(records.of(Cohort()), outcome, within_days)


@remembered
def between_two(everybody: Records, outcome: str, within_days: int = 730) -> SinceImport | None:
    """The same of records whose engine holds two generations together; of the cohort for which it does."""
    check_days(within_days)
    if not everybody.viewer.sees_everything_exactly:
        return None
    days = everybody.read("import_before")
    counts = everybody.read("since_last_import", outcome=outcome)
    if days.empty or counts.empty:
        return None
    now = failure_rate(everybody, outcome, None, within_days).iloc[0]
    before = counts[counts["side"] == (PUBLISHED if (counts["side"] == PUBLISHED).any() else BY_TODAY)]
    by_today = counts[counts["side"] == BY_TODAY]
    is_now = counts[counts["side"] == IMPORTED]
    corrected = [CORRECTED, GONE, ONLY_NOW]
    after_corrections = _either(by_today, is_now, corrected)
    after_following = _either(by_today, is_now, [*corrected, FOLLOWED])
    each = [before, by_today, after_corrections, after_following, is_now]
    sizes = counts.groupby(["side", "change"])["operations"].sum()
    touched = [0, 0, _sum(sizes, IMPORTED, [CORRECTED, ONLY_NOW]) + _sum(sizes, BY_TODAY, [GONE]),
               _sum(sizes, IMPORTED, [FOLLOWED]), _sum(sizes, IMPORTED, [NEW])]  # fmt: skip
    levels = [_level(part, outcome, within_days, shown=bool(now["shown"])) for part in each]
    frame = pd.DataFrame(levels).assign(step=[BEFORE, *STEPS], touched=touched)
    frame["share"] = frame["share"].astype(float)
    frame["points"] = frame["share"].round(PERCENT).diff().round(PERCENT)
    row: Any = days.iloc[0]
    told = pd.Timestamp(row["imported"]).date(), pd.Timestamp(row["published"]).date()
    return SinceImport(frame[COLUMNS], *told, bool(row["definitions_changed"]))


def _either(by_today: pd.DataFrame, is_now: pd.DataFrame, changes: list[int]) -> pd.DataFrame:
    """The operations as before, but those of these changes as they are now."""
    return pd.concat([by_today[~by_today["change"].isin(changes)], is_now[is_now["change"].isin(changes)]])


def _sum(sizes: pd.Series, side: int, changes: list[int]) -> int:
    return sum(int(sizes.get((side, change), 0)) for change in changes)


def _level(part: pd.DataFrame, outcome: str, within_days: int, *, shown: bool) -> dict[str, Any]:
    """Operations, failures and share, as ``failure_rate`` gives them."""
    n, state = part["operations"], part["state"]
    if outcome_named(outcome).kind == "landmark":
        failed, well = (int(n[state == code].sum()) for code in (1, 0))
        share = share_of(failed, failed + well)["share"]
        return {"operations": failed + well, "failed": failed, "share": share if shown else None}
    by_state = {
        "failed": n.where(state == 1, 0),
        "died": n.where(state == 2, 0),
        "left": n.where(~state.isin((1, 2)), 0),
    }
    counts = pd.DataFrame({"day": part["day"], **by_state}).groupby("day", as_index=False).sum()
    at = survival.share_at(counts, within_days)
    return {"operations": at.operations, "failed": at.failed, "share": at.share if shown else None}
