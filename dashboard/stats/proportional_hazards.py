"""Whether a hazard ratio stays the same all the time: the score test of scaled Schoenfeld residuals, from counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from dashboard.stats import cox
from dashboard.stats.by_day import Numbers, kept
from dashboard.stats.hazard_fit import HazardFit


class ScoreTest(NamedTuple):
    """A score test: its chi-square, degrees of freedom and p."""

    chi_square: float
    df: int
    p: float


class ProportionalHazards(NamedTuple):
    """The test of each group of columns, and of all of them together."""

    of: Mapping[str, ScoreTest]
    together: ScoreTest


def proportional_hazards(
    fit: HazardFit,
    design: npt.ArrayLike,
    pattern: npt.ArrayLike,
    day: npt.ArrayLike,
    failed: npt.ArrayLike,
    others: npt.ArrayLike,
    groups: Mapping[str, Sequence[int]],
) -> ProportionalHazards:
    """Test whether the ratios of a Cox model change with time, from the counts that it was fitted on.

    The model is held against one in which each column x has a second one beside it, x g(t), where g is 1 less
    Kaplan-Meier of all operations just before t. With r_k the sum over the failures of day k of x less its mean in the
    risk set, and V_k its variance (Efron's, for ties), the score is U = sum of g_k r_k and the information
    [[sum V, sum g V], [sum g V, sum g^2 V]]; a group of columns is tested with all first columns and its own second
    ones, so that (0, U) information^-1 (0, U) is chi-square with as many degrees of freedom as it has columns.
    groups: by name, the columns that are tested together, as the bands of a factor.
    Source: Grambsch and Therneau, Biometrika 1994;81:515-526; as cox.zph(transform = "km") in R's package survival 3.
    Raises ValueError where the fit has a ratio without a finite estimate.
    """
    if fit.diverged:
        raise ValueError(f"{fit.diverged[0]}: without a finite ratio there is nothing to test. Leave it out.")
    counts = design, pattern, day, failed, others
    slope, (plain, once, twice) = cox.weighted_score(
        *counts, fit.coefficients, lambda days: _failed_before(days, day, failed, others)
    )
    whole = np.block([[plain, once], [once, twice]])
    terms = len(slope)
    found = {name: _score(slope, whole, terms, list(columns)) for name, columns in groups.items()}
    return ProportionalHazards(found, _score(slope, whole, terms, list(range(terms))))


def _score(slope: Numbers, whole: Numbers, terms: int, columns: list[int]) -> ScoreTest:
    places = [*range(terms), *(terms + column for column in columns)]
    own, information = np.concatenate([np.zeros(terms), slope[columns]]), whole[np.ix_(places, places)]
    # on one scale: a column in years beside one of yes and no would be lost in the rounding
    scale = np.sqrt(np.where(np.diag(information) > 0, np.diag(information), 1.0))
    own, information = own / scale, information / np.outer(scale, scale)
    chi_square = float(own @ np.linalg.lstsq(information, own, rcond=1e-13)[0])
    return ScoreTest(chi_square, len(columns), float(chdtrc(len(columns), chi_square)))


def _failed_before(days: Numbers, day: npt.ArrayLike, failed: npt.ArrayLike, others: npt.ArrayLike) -> Numbers:
    """One less Kaplan-Meier of everybody just before each of these days of failure, which are all there are."""
    when, gone = np.asarray(day, dtype=np.float64), np.asarray(failed, dtype=np.float64)
    everybody = gone + np.asarray(others, dtype=np.float64)
    order = np.argsort(when, kind="stable")
    so_far = np.append(0.0, np.cumsum(everybody[order]))
    at_risk = so_far[-1] - so_far[np.searchsorted(when[order], days, side="left")]
    place = np.searchsorted(days, when[gone > 0])
    fails = np.bincount(place, gone[gone > 0], len(days)).astype(np.float64)
    return 1 - np.append(1.0, kept(fails, at_risk)[:-1])


class ByPeriod(NamedTuple):
    """Counts cut into periods of follow-up, as ``cox.fit`` takes them; ``period`` of each row, from 0: its stratum."""

    pattern: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    failed: npt.NDArray[np.int64]
    others: npt.NDArray[np.int64]
    period: npt.NDArray[np.int64]


def by_period(
    pattern: npt.ArrayLike, day: npt.ArrayLike, failed: npt.ArrayLike, others: npt.ArrayLike, ends: Sequence[int]
) -> ByPeriod:
    """Cut follow-up into periods, each with those who are still at risk when it begins.

    ends: the last day of each period, rising; the first begins on day 0, and what comes after the last is not looked
    at. An operation stands in every period that it reaches: at its end among the others, but in the one in which its
    follow-up ends. A period's failures are those of its days, and in it everybody is at risk from its first day on, so
    that with the periods as strata the partial likelihood is that of the whole follow-up.
    """
    rows = [np.asarray(column, dtype=np.int64) for column in (pattern, day, failed, others)]
    parts = []
    for period, (end, before) in enumerate(zip(ends, (-1, *ends[:-1]), strict=True)):
        of, when, gone, stay = (column[rows[1] > before] for column in rows)
        fails = np.where(when <= end, gone, 0)
        parts.append((of, np.minimum(when, end), fails, gone + stay - fails, np.full(len(of), period)))
    return ByPeriod(*(np.concatenate(column) for column in zip(*parts, strict=True)))
