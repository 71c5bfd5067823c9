"""How the hazard of failure goes along with what was known beforehand: Cox regression from counts, exact for ties.

Input everywhere: ``design``, a row for each covariate pattern and a column for each term, no intercept; then a row for
each pattern and day: ``pattern`` (which row of the design), ``day`` (whole days since surgery), ``failed`` (operations
whose outcome came that day) and ``others`` (operations that were last seen without it that day, the dead among them:
the hazard is cause-specific). On one day failure comes first, so that the others of that day are still at risk at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.stats.by_day import Numbers
from dashboard.stats.designs import gram, scaled
from dashboard.stats.hazard_fit import HazardFit, Place, climb, summary

METHOD = "Cox (Efron)"
SMALLEST = 1e-140
"""Its square is still a number."""


class _Counts(NamedTuple):
    """Scaled columns; by day of failure (rows) and pattern (columns) the failures; and all who leave from that day on.

    leaving: operations of each pattern whose follow-up ends on or after a day of failure and before the next one.
    tied: for each failure its day's place, and which share of that day's failures is already taken out of the risk set.
    """

    x: Numbers
    leaving: Any
    failed: Any
    of_pattern: Numbers
    day: npt.NDArray[np.int64]
    taken: Numbers


def fit(
    design: npt.ArrayLike,
    pattern: npt.ArrayLike,
    day: npt.ArrayLike,
    failed: npt.ArrayLike,
    others: npt.ArrayLike,
    names: Sequence[str],
) -> HazardFit:
    """Cox's partial likelihood with Efron's handling of ties, at its maximum.

    For a day with d failures, S0 = sum of exp(x b) over all at risk and D0 over those who fail:
    sum over failures of x b - sum over l = 0 .. d - 1 of log(S0 - l / d D0).

    Source: Efron, JASA 1977;72:557-565; as coxph in R's package survival.
    Raises ValueError when nobody failed, a count is negative, or a column tells nothing new (by name).
    """
    x, rows = np.asarray(design, dtype=np.float64), _rows(pattern, day, failed, others)
    events, operations = int(rows[2].sum()), int((rows[2] + rows[3]).sum())
    if not events:
        raise ValueError("No failures: there is no hazard to compare.")
    weights = np.bincount(rows[0], rows[2] + rows[3], len(x)).astype(np.float64)
    columns = scaled(x, weights, names)
    counts = _counted(columns.x, *rows)
    found = climb(lambda at: _look(counts, at), np.zeros(len(names)))
    return summary(found, columns.spread, tuple(names), events, operations, METHOD)


def _rows(*columns: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], ...]:
    pattern, day, failed, others = (np.asarray(column).astype(np.int64) for column in columns)
    if not len(pattern) == len(day) == len(failed) == len(others):
        raise ValueError("pattern, day, failed and others: needed are as many of each.")
    if (failed < 0).any() or (others < 0).any():
        raise ValueError("A number of operations is negative.")
    return pattern, day, failed, others


def _counted(
    x: Numbers,
    pattern: npt.NDArray[np.int64],
    day: npt.NDArray[np.int64],
    failed: npt.NDArray[np.int64],
    others: npt.NDArray[np.int64],
) -> _Counts:
    """Put the counts into two sparse tables of days by patterns: nothing larger is ever made."""
    from scipy.sparse import csr_array

    event_days = np.unique(day[failed > 0])
    # Whose follow-up ends before the first failure is never at risk with one.
    place = np.searchsorted(event_days, day, side="right") - 1
    seen = place >= 0
    shape = (len(event_days), len(x))

    def table(count: npt.NDArray[np.int64]) -> Any:
        held = seen & (count > 0)
        return csr_array((count[held].astype(np.float64), (place[held], pattern[held])), shape=shape)

    fails = table(failed)
    tied = np.asarray(fails.sum(axis=1)).ravel().astype(np.int64)
    which = np.repeat(np.arange(len(event_days)), tied)
    before = np.arange(len(which)) - np.repeat(np.cumsum(tied) - tied, tied)
    of_pattern = np.asarray(fails.sum(axis=0)).ravel()
    return _Counts(x, table(failed + others), fails, of_pattern, which, before / tied[which])


def _look(counts: _Counts, at: Numbers) -> Place:
    """Height, slope and curvature of the partial likelihood.

    The second moments of the risk sets are never formed: summed over all failures they are X'WX, with the weight of
    a pattern gathered from the days on which it was at risk.
    """
    score = counts.x @ at
    peak = float(score.max(initial=0))
    risk = np.exp(score - peak)
    weighted = counts.x * risk[:, None]
    s0, s1 = _from_then_on(counts.leaving @ risk), _from_then_on(counts.leaving @ weighted)
    d0, d1 = counts.failed @ risk, counts.failed @ weighted
    j, a = counts.day, counts.taken
    still = s0[j] - a * d0[j]
    if (still < SMALLEST).any():
        # So far off that whoever is at risk counts for nothing beside one who has left: no place to be.
        return Place(at, -np.inf, np.zeros_like(at), np.eye(len(at)))
    height = float(counts.of_pattern @ score - (np.log(still) + peak).sum())
    days = len(s0)
    first, second = np.bincount(j, 1 / still, days), np.bincount(j, a / still, days)
    slope = counts.of_pattern @ counts.x - (first @ s1 - second @ d1)
    # Weight of a pattern in the second moments: over its operations, of all days of failure up to the end of each.
    until = np.cumsum(first)
    moments = risk * (counts.leaving.T @ until - counts.failed.T @ second)
    squares = [np.bincount(j, a**power / still**2, days).astype(np.float64) for power in (0, 1, 2)]
    cross = (s1 * squares[1][:, None]).T @ d1
    means = gram(s1, squares[0]) - cross - cross.T + gram(d1, squares[2])
    return Place(at, height, slope, gram(counts.x, moments) - means)


def _from_then_on(by_day: Numbers) -> Numbers:
    """Sums over a day of failure and all later ones."""
    return np.cumsum(by_day[::-1], axis=0)[::-1]
