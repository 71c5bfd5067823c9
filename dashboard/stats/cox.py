"""How the hazard of failure goes along with what was known beforehand: Cox regression from counts, exact for ties.

Input everywhere: ``design``, a row for each covariate pattern and a column for each term, no intercept; then a row for
each pattern and day: ``pattern`` (which row of the design), ``day`` (whole days since surgery), ``failed`` (operations
whose outcome came that day) and ``others`` (operations that were last seen without it that day, the dead among them:
the hazard is cause-specific). On one day failure comes first, so that the others of that day are still at risk at it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.stats.by_day import Numbers, check_whole
from dashboard.stats.designs import check_rank, gram, scaled
from dashboard.stats.hazard_fit import HazardFit, Likelihood, climb, summary

METHOD = "Cox (Efron)"

Whole = npt.NDArray[np.int64]


class _Rows(NamedTuple):
    """What was counted, in whole numbers."""

    pattern: Whole
    day: Whole
    failed: Whole
    others: Whole


class _Counts(NamedTuple):
    """Scaled columns; by day of failure (rows) and pattern (columns) the failures; and all who leave from that day on.

    leaving: operations of each pattern whose follow-up ends on or after a day of failure and before the next one.
    of_pattern: failures of each pattern. stratum: of each day of failure; those of a stratum follow each other.
    day, taken: for each failure its day's place, and which share of that day's failures is already taken out of the
    risk set.
    """

    x: Numbers
    leaving: Any
    failed: Any
    of_pattern: Numbers
    stratum: Whole
    day: Whole
    taken: Numbers


def fit(
    design: npt.ArrayLike,
    pattern: npt.ArrayLike,
    day: npt.ArrayLike,
    failed: npt.ArrayLike,
    others: npt.ArrayLike,
    names: Sequence[str],
    *,
    strata: npt.ArrayLike | None = None,
) -> HazardFit:
    """Cox's partial likelihood with Efron's handling of ties, at its maximum.

    For a day with d failures, S0 = sum of exp(x b) over all at risk and D0 over those who fail:
    sum over failures of x b - sum over l = 0 .. d - 1 of log(S0 - l / d D0).

    strata: a label for each row; each stratum has a baseline hazard of its own, the ratios are common to all.
    Source: Efron, JASA 1977;72:557-565; as coxph in R's package survival.
    Raises ValueError when nobody failed, a day or count is negative or not whole, or a column tells nothing new (by
    name).
    """
    x, rows = np.asarray(design, dtype=np.float64), _rows(pattern, day, failed, others)
    last = int(rows.pattern.max(initial=-1))
    if last >= len(x):
        raise ValueError(f"pattern: {last} is no row of a design of {len(x)} rows, counted from 0.")
    everybody = rows.failed + rows.others
    events, operations = int(rows.failed.sum()), int(everybody.sum())
    if not events:
        raise ValueError("No failures: there is no hazard to compare.")
    columns = scaled(x, np.bincount(rows.pattern, everybody, len(x)).astype(np.float64), names)
    counts = _counted(columns.x, rows, _numbered(strata, len(rows.pattern)))
    if strata is not None:
        _check_within(counts, names)
    found = climb(lambda at: _look(counts, at), np.zeros(len(names)))
    return summary(found, columns.spread, tuple(names), events, operations, METHOD)


def _rows(pattern: npt.ArrayLike, day: npt.ArrayLike, failed: npt.ArrayLike, others: npt.ArrayLike) -> _Rows:
    """The columns as whole numbers; half a day or half an operation is refused rather than cut."""
    columns = {"pattern": pattern, "day": day, "failed": failed, "others": others}
    whole = []
    for name, column in columns.items():
        values = np.asarray(column, dtype=np.float64)
        check_whole(name, values)
        whole.append(values.astype(np.int64))
    if len({len(column) for column in whole}) > 1:
        raise ValueError("pattern, day, failed and others: needed are as many of each.")
    return _Rows(*whole)


def _numbered(strata: npt.ArrayLike | None, rows: int) -> Whole:
    """A number from 0 for each stratum, row by row; one stratum where none is named."""
    if strata is None:
        return np.zeros(rows, dtype=np.int64)
    labels = np.asarray(strata)
    if len(labels) != rows:
        raise ValueError(f"strata: {len(labels)} labels for {rows} rows. Needed is one for each.")
    return np.unique(labels, return_inverse=True)[1].ravel().astype(np.int64)


def _counted(x: Numbers, rows: _Rows, stratum: Whole) -> _Counts:
    """Put the counts into two sparse tables of days by patterns: nothing larger is ever made."""
    from scipy.sparse import csr_array

    pattern, day, failed, others = rows
    span = int(day.max()) + 1
    when = stratum * span + day
    event_days = np.unique(when[failed > 0])
    # Whose follow-up ends before the first failure of the stratum is never at risk with one.
    place = np.searchsorted(event_days, when, side="right") - 1
    seen = (place >= 0) & (event_days[place] // span == stratum)
    shape = (len(event_days), len(x))

    def table(count: Whole) -> Any:
        held = seen & (count > 0)
        return csr_array((count[held].astype(np.float64), (place[held], pattern[held])), shape=shape)

    fails = table(failed)
    tied = np.asarray(fails.sum(axis=1)).ravel().astype(np.int64)
    which = np.repeat(np.arange(len(event_days)), tied)
    before = np.arange(len(which)) - np.repeat(np.cumsum(tied) - tied, tied)
    of_pattern = np.asarray(fails.sum(axis=0)).ravel()
    return _Counts(x, table(failed + others), fails, of_pattern, event_days // span, which, before / tied[which])


def _check_within(counts: _Counts, names: Sequence[str]) -> None:
    """Refuse columns that tell nothing new once strata are told apart: by their information where all ratios are 1."""
    information = _look(counts, np.zeros(len(names))).information
    own = np.diag(information)
    varies = own > 1e-12 * len(counts.day)
    scale = np.sqrt(np.where(varies, own, 1.0))
    check_rank(information / np.outer(scale, scale), varies, names)


def weighted_score(
    design: npt.ArrayLike,
    pattern: npt.ArrayLike,
    day: npt.ArrayLike,
    failed: npt.ArrayLike,
    others: npt.ArrayLike,
    at: Numbers,
    weight: Callable[[Numbers], Numbers],
) -> tuple[Numbers, tuple[Numbers, Numbers, Numbers]]:
    """The slope of the partial likelihood at some coefficients, each day's part of it times the weight of that day.

    weight: of each day of failure. The second answer is the information, each day's part times its weight to the power
    of 0, 1 and 2: what a score test of a ratio that changes with the weight is made of.
    """
    rows = _rows(pattern, day, failed, others)
    counts = _counted(np.asarray(design, dtype=np.float64), rows, _numbered(None, len(rows.pattern)))
    of_day = weight(np.unique(rows.day[rows.failed > 0]).astype(np.float64))
    sets = _risk_sets(counts, at)
    information = tuple(_information(counts, sets, of_day**power) for power in (0, 1, 2))
    return _slope(counts, sets, of_day), information  # type: ignore[return-value]


def _look(counts: _Counts, at: Numbers) -> Likelihood:
    """Height, slope and curvature of the partial likelihood."""
    sets = _risk_sets(counts, at)
    height = float(counts.of_pattern @ sets.score - (np.log(sets.still) + sets.peak[counts.day]).sum())
    even = np.ones(len(sets.peak))
    return Likelihood(at, height, _slope(counts, sets, even), _information(counts, sets, even))


class _RiskSets(NamedTuple):
    """Of each day of failure the sums of risks, as parts of the highest in its risk set, and of risks times columns.

    s1: of all at risk; d0, d1: of those who fail; leaving, failed: the same by pattern; still: for each failure, what
    is left of the risk set when it is its turn. lower: what the next day's sum counts for on each day.
    """

    score: Numbers
    peak: Numbers
    lower: Numbers
    leaving: Any
    failed: Any
    s1: Numbers
    d1: Numbers
    still: Numbers


def _risk_sets(counts: _Counts, at: Numbers) -> _RiskSets:
    """Every risk set is measured by the highest risk in it.

    With one measure for all, the last risk sets of a ratio that runs to infinity would underflow, and the climb would
    rest there as if it had found a top.
    """
    score = counts.x @ at
    peak = _highest(counts, score)
    lower = np.exp(np.diff(peak)) * (np.diff(counts.stratum) == 0)
    leaving, failed = _weighted(counts.leaving, score, peak), _weighted(counts.failed, score, peak)
    s0, s1 = _from_then_on(leaving.sum(axis=1), lower), _from_then_on(leaving @ counts.x, lower)
    d0, d1 = failed.sum(axis=1), failed @ counts.x
    still = s0[counts.day] - counts.taken * d0[counts.day]
    return _RiskSets(score, peak, lower, leaving, failed, s1, d1, still)


def _parts(counts: _Counts, sets: _RiskSets, weight: Numbers) -> tuple[Numbers, Numbers]:
    """By day, the sums over its failures of weight / still, and of the share taken times that."""
    return tuple(  # type: ignore[return-value]
        weight * np.bincount(counts.day, counts.taken**power / sets.still, len(sets.peak)) for power in (0, 1)
    )


def _slope(counts: _Counts, sets: _RiskSets, weight: Numbers) -> Numbers:
    first, second = _parts(counts, sets, weight)
    failures = np.asarray(counts.failed.T @ weight).ravel()
    return np.asarray(failures @ counts.x - (first @ sets.s1 - second @ sets.d1), dtype=np.float64)


def _information(counts: _Counts, sets: _RiskSets, weight: Numbers) -> Numbers:
    """The second moments of the risk sets are never formed: summed over all failures they are X'WX.

    The weight of a pattern is gathered from the days on which it was at risk.
    """
    first, second = _parts(counts, sets, weight)
    # Weight of a pattern in the second moments: over its operations, of all days of failure up to the end of each.
    until = _from_then_on(first[::-1], sets.lower[::-1])[::-1]
    moments = sets.leaving.T @ until - sets.failed.T @ second
    squares = [
        weight * np.bincount(counts.day, counts.taken**power / sets.still**2, len(sets.peak)) for power in (0, 1, 2)
    ]
    cross = (sets.s1 * squares[1][:, None]).T @ sets.d1
    means = gram(sets.s1, squares[0]) - cross - cross.T + gram(sets.d1, squares[2])
    return np.asarray(gram(counts.x, moments) - means, dtype=np.float64)


def _highest(counts: _Counts, score: Numbers) -> Numbers:
    """The highest score in each risk set: of all who leave from that day on, in its stratum."""
    peak = np.maximum.reduceat(score[counts.leaving.indices], counts.leaving.indptr[:-1])
    for of_one in np.split(peak, np.flatnonzero(np.diff(counts.stratum)) + 1):
        of_one[:] = np.maximum.accumulate(of_one[::-1])[::-1]
    return peak


def _weighted(table: Any, score: Numbers, peak: Numbers) -> Any:
    """The table with each operation counted by its risk, as a part of the highest in the risk set."""
    risk = np.exp(score[table.indices] - np.repeat(peak, np.diff(table.indptr)))
    return type(table)((table.data * risk, table.indices, table.indptr), shape=table.shape)


def _from_then_on(by_day: Numbers, lower: Numbers) -> Numbers:
    """Sums over a day of failure and all later ones; ``lower``: what the next day's sum counts for on each day."""
    sums = by_day.copy()
    for day in range(len(sums) - 1, 0, -1):
        sums[day - 1] += lower[day - 1] * sums[day]
    return sums
