"""What a table says of some counts: a share with its interval and worst case, and by which value so many had come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.alike import made_once
from dashboard.analyses.groups import NOT_RECORDED
from dashboard.leeway import Ends
from dashboard.stats import proportions

QUARTILES = {"quarter": 0.25, "half": 0.5, "three_quarters": 0.75}


def share_of(
    part: int, whole: int, prefix: str = "", ends: tuple[tuple[int, int], tuple[int, int]] | None = None
) -> dict[str, float | None]:
    """The columns ``share``, ``lower`` and ``upper`` (0 to 1), each after the prefix; None of nobody.

    Wilson's limits; exact ones at 0 % and 100 %. ends: of counts that were moved, part and whole at which the
    share is least, and most: both limits rise with the part and fall with the others of the whole, so no counts between
    these have a limit farther out.
    """
    found: tuple[float | None, ...] = proportions.share_interval(part, whole) or (None, None, None)
    if ends and whole:
        lowest, highest = (proportions.share_interval(some, max(some, everybody)) for some, everybody in ends)
        found = found[0], lowest and lowest.lower, highest and highest.upper
    return dict(zip((f"{prefix}share", f"{prefix}lower", f"{prefix}upper"), found, strict=True))


def share_ends(part: Ends, whole: Ends) -> tuple[tuple[int, int], tuple[int, int]]:
    """Part and whole at which a share is least, and most."""
    return (part.least, whole.most), (part.most, whole.least)


def worst_case(failed: Ends, lost: Ends, due: Ends, prefix: str = "") -> dict[str, float | None]:
    """The columns ``best_case`` and ``worst_case`` (0 to 1), each after the prefix; None where nobody was due.

    Of those ``due`` by the data date, had all ``lost`` been well, and had all of them failed: whoever was lost, is
    overdue or left the question out alike. Those not yet due take no part; ``failed``: known to have, of those due.
    Each with the ends between which it may lie, which are one and the same where it is exact.
    """
    found = (None, None) if not due.most else (failed.least / due.most, _at_most(failed.most + lost.most, due.least))
    return dict(zip((f"{prefix}best_case", f"{prefix}worst_case"), found, strict=True))


def limits_apart(first: Any, second: Any) -> proportions.Difference:
    """Two shares of counts that were moved: apart by no less and no more than their limits are.

    As surely as each limit holds for all that may stand behind its counts, so does this: the interval of Newcombe
    reaches no further than both of them together.
    """
    by = float(first.share - second.share)
    return proportions.Difference(by, float(first.lower - second.upper), float(first.upper - second.lower))


def _at_most(part: int, whole: int) -> float:
    return min(part / whole, 1.0) if whole else 1.0


def reached(values: pd.Series, counts: pd.Series, shares: Sequence[float]) -> list[Any]:
    """By each share the smallest value that so many of those counted have or are below; None of nobody."""
    so_far = counts.groupby(values).sum().sort_index().cumsum()
    if so_far.empty or not so_far.iloc[-1]:
        return [None] * len(shares)
    enough = [int(np.argmax(so_far.to_numpy() >= share * so_far.iloc[-1])) for share in shares]
    return [so_far.index[place].item() for place in enough]


def quartiles(days: pd.Series, counts: pd.Series) -> dict[str, int | None]:
    """The days by which a quarter, half and three quarters of those counted had come, as columns."""
    return dict(zip(QUARTILES, reached(days, counts, tuple(QUARTILES.values())), strict=True))


def seen_by(counts: pd.DataFrame, within_days: int) -> dict[str, int | None]:
    """Of the failures seen within some days, the days by which a quarter, half and three quarters had come, as columns.

    counts: ``day, failed``. A count of those seen, as its words say: a share of the curve would add those that the
    operations no longer followed are expected to have.
    """
    within = counts[counts["day"] <= within_days]
    return quartiles(within["day"], within["failed"])


@made_once
def largest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of groups by the share, the largest first; those without one after them, "not recorded" last of all.

    rows: ``group, label, operations, share, shown``. Of equal shares the one of more operations stands first, then the
    one whose label does: no order hangs on that of the rows. Never of surgeons and sites, which are not ranked.
    """
    known = pd.to_numeric(rows["share"]).where(rows["shown"].astype(bool))
    keys = pd.DataFrame({
        "last": rows["group"] == NOT_RECORDED, "share": -known, "operations": -rows["operations"],
        "label": rows["label"],
    })  # fmt: skip
    return rows.loc[keys.sort_values(["last", "share", "operations", "label"], na_position="last").index]
