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
from dashboard.stats.hazard_fit import HazardFit, Likelihood, climb, summary

METHOD = "piecewise exponential"
HALF_A_DAY = 0.5
"""Follow-up that ends on a day ends, on average, half way through it: so a failure on day 0 has had time to come."""


class _Counts(NamedTuple):
    """Scaled columns; for each interval with failures these, and person-days by pattern; failures by pattern."""

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
    Raises ValueError when the starts do not rise, there is no such interval, or days end before their interval begins.
    """
    which, last = np.asarray(pattern).astype(np.int64), np.asarray(interval).astype(np.int64)
    n, x, total = (np.asarray(column, dtype=np.float64) for column in (operations, failed, days))
    start = np.asarray(starts, dtype=np.float64)
    if (np.diff(start) <= 0).any():
        raise ValueError(f"starts: {list(starts)} do not rise.")
    if (wrong := (last < 0) | (last >= len(start))).any():
        raise ValueError(f"interval: {last[wrong][0]} is none of {len(start)} intervals, counted from 0.")
    if (early := total < n * start[last]).any():
        raise ValueError(
            f"days: some of interval {last[early][0]} end before it begins, on day {start[last[early][0]]:g}."
        )
    spent = total - n * start[last] + HALF_A_DAY * n
    rows = [(which, last, x, spent)]
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
    Raises ValueError when nobody failed, a number is negative, somebody failed where nobody was followed, or a column
    tells nothing new (by name).
    """
    x, which, place = np.asarray(design, dtype=np.float64), np.asarray(pattern), np.asarray(interval)
    count, spent = np.asarray(failed, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    if not count.sum():
        raise ValueError("No failures: there is no hazard to compare.")
    _check(len(x), pattern=which, interval=place, failed=count, exposure=spent)
    counts = _counted(x, which, place, count, spent)
    columns = scaled(x, np.bincount(which, spent, len(x)).astype(np.float64), names)
    counts = counts._replace(x=columns.x)
    found = climb(lambda at: _look(counts, at), np.zeros(len(names)))
    return summary(found, columns.spread, tuple(names), int(count.sum()), len(np.unique(which)), METHOD)


def _check(patterns: int, **columns: npt.NDArray[Any]) -> None:
    for name, values in columns.items():
        wrong = ~((values >= 0) & np.isfinite(values))
        if wrong.any():
            raise ValueError(f"{name}: {values[wrong][0]:g} is not a number from 0 up.")
    if len({len(values) for values in columns.values()}) > 1:
        raise ValueError("pattern, interval, failed and exposure: needed are as many of each.")
    if (last := int(columns["pattern"].max())) >= patterns:
        raise ValueError(f"pattern: {last} is no row of a design of {patterns} rows, counted from 0.")


def _counted(
    x: Numbers, pattern: npt.NDArray[Any], interval: npt.NDArray[Any], failed: Numbers, exposure: Numbers
) -> _Counts:
    """Sparse tables of intervals by patterns; an interval without failures tells nothing of the ratios."""
    from scipy.sparse import csr_array

    shape = (int(interval.max()) + 1, len(x))

    def table(value: Numbers) -> Any:
        held = value > 0
        return csr_array((value[held], (interval[held], pattern[held])), shape=shape)

    fails, spent = table(failed), table(exposure)
    if fails.multiply(spent).count_nonzero() < fails.count_nonzero():
        raise ValueError("exposure: somebody failed in an interval in which nobody of that pattern has person-days.")
    of_interval, of_pattern = np.asarray(fails.sum(axis=1)).ravel(), np.asarray(fails.sum(axis=0)).ravel()
    return _Counts(x, of_interval[of_interval > 0], spent[of_interval > 0], of_pattern)


def _look(counts: _Counts, at: Numbers) -> Likelihood:
    """Height, slope and curvature; each interval is measured by the highest risk in it, as in Cox regression."""
    score, table, d = counts.x @ at, counts.exposure, counts.failed
    peak = np.maximum.reduceat(score[table.indices], table.indptr[:-1])
    risk = np.exp(score[table.indices] - np.repeat(peak, np.diff(table.indptr)))
    weighted = type(table)((table.data * risk, table.indices, table.indptr), shape=table.shape)
    e0, e1 = weighted.sum(axis=1), weighted @ counts.x
    height = float(counts.of_pattern @ score - (d * (np.log(e0) + peak)).sum())
    slope = counts.of_pattern @ counts.x - (d / e0) @ e1
    return Likelihood(at, height, slope, gram(counts.x, weighted.T @ (d / e0)) - gram(e1, d / e0**2))
