"""The counts that every survival estimate starts from, checked and in order of days.

``counts`` is everywhere the same frame: columns ``day`` (days since surgery, from 0), ``failed`` (the outcome came),
``died`` (before the outcome) and ``left`` (last seen well on that day); whole numbers, a row per day, in any order.
On one day failure comes before death before leaving. Those at risk on a day are all whose time is that day or later.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]

COLUMNS = ("day", "failed", "died", "left")


class Days(NamedTuple):
    """One entry per day, in order: the day, who was at risk just before it, and what happened on it."""

    day: Numbers
    at_risk: Numbers
    failed: Numbers
    died: Numbers
    left: Numbers

    @property
    def operations(self) -> int:
        """All operations counted."""
        return int(self.at_risk[0]) if len(self.at_risk) else 0

    def known_on(self, days: Numbers) -> Numbers:
        """How many have a known state on each of ``days``: failed or died by then, or followed to that day at least.

        The others left follow-up before it.
        """
        gone = np.append(0.0, np.cumsum(self.left))[np.searchsorted(self.day, days, side="left")]
        return np.asarray(self.operations - gone, dtype=np.float64)

    def at_risk_on(self, days: Numbers) -> Numbers:
        """How many have a time of each of ``days`` or later; the days need not be among those counted."""
        return np.append(self.at_risk, 0.0)[np.searchsorted(self.day, days, side="left")]


def by_day(counts: pd.DataFrame) -> Days:
    """Check the counts and put them in order of days.

    Raises ValueError when a column is missing, a day appears twice, or a number is negative or not whole.
    """
    missing = [name for name in COLUMNS if name not in counts.columns]
    if missing:
        raise ValueError(f"counts: no column {', '.join(missing)}. Needed are {', '.join(COLUMNS)}.")
    # All four at once: this stands in front of every estimate, and a column at a time takes four times as long.
    values = counts[list(COLUMNS)].to_numpy(dtype=np.float64, na_value=np.nan).T
    for name, column in zip(COLUMNS, values, strict=True):
        check_whole(f"counts, column {name}", column)
    day, failed, died, left = values[:, np.argsort(values[0], kind="stable")]
    if (twice := np.diff(day) == 0).any():
        raise ValueError(f"counts: day {day[1:][twice][0]:g} appears twice. Add the groups up first, with pooled().")
    return Days(day, np.cumsum((failed + died + left)[::-1])[::-1], failed, died, left)


def with_days(counts: pd.DataFrame, days: Iterable[int]) -> pd.DataFrame:
    """The counts with a row of nothing for each of ``days`` that has none."""
    new = sorted(set(days) - set(counts["day"]))
    quiet = pd.DataFrame({"day": new, **{name: [0] * len(new) for name in COLUMNS[1:]}}, dtype="int64")
    return pd.concat([counts[list(COLUMNS)], quiet], ignore_index=True) if new else counts


def as_it_stood(counts: pd.DataFrame, day: int) -> pd.DataFrame:
    """The counts as they stood at the end of a day: whoever was still followed then, left on it.

    One row a day, columns as ``by_day`` wants them.
    """
    later = counts["day"] > day
    followed = counts["left"] + (counts["failed"] + counts["died"]).where(later, 0)
    stood = counts.assign(day=counts["day"].clip(upper=day), left=followed)
    stood[["failed", "died"]] = stood[["failed", "died"]].mask(later, 0)
    return stood.groupby("day", as_index=False)[["failed", "died", "left"]].sum()


def check_whole(name: str, values: Numbers) -> None:
    """Raises ValueError unless all are whole numbers from 0 up: half an operation is refused rather than cut."""
    wrong = ~((values >= 0) & (values == np.floor(values)) & np.isfinite(values))
    if wrong.any():
        raise ValueError(f"{name}: {values[wrong][0]:g} is not a whole number from 0 up.")


def over(part: Numbers, whole: Numbers) -> Numbers:
    """Part divided by whole, and 0 where the whole is 0."""
    shape = np.broadcast_shapes(part.shape, whole.shape)
    return np.divide(part, whole, out=np.zeros(shape), where=whole != 0)


def kept(gone: Numbers, at_risk: Numbers) -> Numbers:
    """Share remaining after each day: the product of 1 - gone / at_risk so far."""
    return np.cumprod(1 - over(gone, at_risk), dtype=np.float64)
