"""The same question for cohorts too large to model day by day: hazards taken as even within intervals of follow-up.

Poisson regression of failures on person-days, one baseline rate for each interval. With an interval for each day of
failure it is Cox regression with Breslow's handling of ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.stats.by_day import Numbers
from dashboard.stats.designs import gram, scaled
from dashboard.stats.hazard_fit import HazardFit, Place, climb, summary

METHOD = "piecewise exponential"
SMALLEST = 1e-140
"""Person-days, weighted, below which a rate would be no number."""
HALF_A_DAY = 0.5
"""Follow-up that ends on a day ends, on average, half way through it: so a failure on day 0 has had time to come."""


class _Counts(NamedTuple):
    """Scaled columns; failures and person-days by interval (rows) and pattern (columns); failures by pattern."""

    x: Numbers
    failed: Numbers
    exposure: Any
    of_pattern: Numbers


class Exposures(NamedTuple):
    """A row for each pattern and interval: failures, and the person-days of all who were followed in it."""

    pattern: npt.NDArray[np.int64]
    interval: npt.NDArray[np.int64]
    failed: Numbers
    exposure: Numbers


def exposures(
    pattern: npt.ArrayLike,
    interval: npt.ArrayLike,
    operations: npt.ArrayLike,
    failed: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    starts: Sequence[int],
) -> Exposures:
    """Person-days in each interval, from where follow-up ended.

    A row for each pattern and interval in which follow-up ended: operations, failures among them, and the sum of their
    days since surgery. Each has spent the whole of every earlier interval, and day - start + 1/2 in its last.

    starts: the first day of each interval, from 0.
    """
    which, last, n, x, total = (np.asarray(column) for column in (pattern, interval, operations, failed, days))
    start = np.asarray(starts, dtype=np.float64)
    spent = total.astype(np.float64) - n * start[last] + HALF_A_DAY * n
    rows = [(which, last, x.astype(np.float64), spent)]
    for place in range(len(start) - 1):
        passed = last > place
        length = start[place + 1] - start[place]
        rows.append((which[passed], np.full(int(passed.sum()), place), np.zeros(int(passed.sum())), length * n[passed]))
    columns = [np.concatenate(column) for column in zip(*rows, strict=True)]
    return Exposures(columns[0].astype(np.int64), columns[1].astype(np.int64), columns[2], columns[3])


def fit(
    design: npt.ArrayLike,
    pattern: npt.ArrayLike,
    interval: npt.ArrayLike,
    failed: npt.ArrayLike,
    exposure: npt.ArrayLike,
    names: Sequence[str],
) -> HazardFit:
    """Poisson likelihood with log rate = baseline of the interval + x b, the baselines at their best for each b.

    With E = sum of exposure exp(x b) and d failures in an interval, its best baseline is d / E; what is left is
    sum over failures of x b - sum over intervals of d log(E). Up to a constant that does not depend on b.

    design as for Cox; the rows may repeat a pattern and interval. operations of the result: the design's rows with
    person-days. Source: Holford, Biometrics 1980;36:299-305.
    Raises ValueError when nobody failed, or a column tells nothing new (by name).
    """
    from scipy.sparse import csr_array

    x, which, place = np.asarray(design, dtype=np.float64), np.asarray(pattern), np.asarray(interval)
    count, spent = np.asarray(failed, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    if not count.sum():
        raise ValueError("No failures: there is no hazard to compare.")
    intervals = int(place.max()) + 1
    columns = scaled(x, np.bincount(which, spent, len(x)).astype(np.float64), names)
    counts = _Counts(
        columns.x,
        np.bincount(place, count, intervals).astype(np.float64),
        csr_array((spent, (place, which)), shape=(intervals, len(x))),
        np.bincount(which, count, len(x)).astype(np.float64),
    )
    found = climb(lambda at: _look(counts, at), np.zeros(len(names)))
    return summary(found, columns.spread, tuple(names), int(count.sum()), len(np.unique(which)), METHOD)


def _look(counts: _Counts, at: Numbers) -> Place:
    score = counts.x @ at
    peak = float(score.max(initial=0))
    risk = np.exp(score - peak)
    e0, e1 = counts.exposure @ risk, counts.exposure @ (counts.x * risk[:, None])
    held = counts.failed > 0
    d, e0, e1 = counts.failed[held], e0[held], e1[held]
    if (e0 < SMALLEST).any():
        return Place(at, -np.inf, np.zeros_like(at), np.eye(len(at)))
    height = float(counts.of_pattern @ score - (d * (np.log(e0) + peak)).sum())
    slope = counts.of_pattern @ counts.x - (d / e0) @ e1
    moments = risk * (counts.exposure[held].T @ (d / e0))
    return Place(at, height, slope, gram(counts.x, moments) - gram(e1, d / e0**2))
