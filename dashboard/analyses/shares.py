"""What a table says of some counts: a share with its interval and worst case, and by which value so many had come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.analyses.groups import NOT_RECORDED
from dashboard.stats import proportions

QUARTILES = {"quarter": 0.25, "half": 0.5, "three_quarters": 0.75}


def share_of(part: int, whole: int, prefix: str = "") -> dict[str, float | None]:
    """The columns ``share``, ``lower`` and ``upper`` (0 to 1), each after the prefix; None of nobody.

    Wilson's limits; exact ones at 0 % and 100 %.
    """
    found = proportions.share_interval(part, whole) or (None, None, None)
    return dict(zip((f"{prefix}share", f"{prefix}lower", f"{prefix}upper"), found, strict=True))


def worst_case(failed: int, lost: int, due: int, prefix: str = "") -> dict[str, float | None]:
    """The columns ``best_case`` and ``worst_case`` (0 to 1), each after the prefix; None where nobody was due.

    Of those ``due`` by the data date, had all ``lost`` been well, and had all of them failed: whoever was lost, is
    overdue or left the question out alike. Those not yet due take no part; ``failed``: known to have, of those due.
    """
    found = proportions.non_response_band(failed, due - lost, due) or (None, None)
    return dict(zip((f"{prefix}best_case", f"{prefix}worst_case"), found, strict=True))


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
