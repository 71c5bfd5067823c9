"""Ratios drawn towards the practice's own, as far as they rest on few failures: empirical Bayes, gamma-Poisson."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaincinv, gammaln

from dashboard.stats.by_day import Numbers

FEWEST_UNITS = 5
"""Between fewer units a spread cannot be estimated."""
LARGEST_SHAPE = 1e6
FLAT = 1e-6
"""A spread that makes the observed no likelier than this is none: units differ by nothing but chance."""


@dataclass(frozen=True)
class Shrinkage:
    """For each unit the posterior mean ratio with its 95 % interval; shape and rate of the gamma between units.

    no_spread: the likelihood is highest where units do not differ at all, and every ratio is the overall one.
    """

    ratio: Numbers
    lower: Numbers
    upper: Numbers
    shape: float
    rate: float
    no_spread: bool


def shrunken_ratios(observed: npt.ArrayLike, expected: npt.ArrayLike) -> Shrinkage | None:
    """Observed over expected of each unit, drawn towards the ratio of all; None with fewer than five units.

    True ratios ~ gamma(a, b), observed ~ Poisson(ratio x expected): a and b maximise the marginal (negative binomial)
    likelihood; posterior gamma(a + observed, b + expected), its mean and its 2.5 % and 97.5 % quantiles.

    Source: Clayton and Kaldor, Biometrics 1987;43:671-681. Raises ValueError unless every expected is above 0.
    """
    o, e = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if not (e > 0).all() or (o < 0).any():
        raise ValueError("Expected failures must be above 0, and observed ones not negative.")
    if len(o) < FEWEST_UNITS or not o.any():
        return None
    shape, rate = _most_likely(o, e)
    together = float(o.sum() / e.sum())
    if log_likelihood(o, e, shape, rate) <= _without_spread(o, e, together) + FLAT:
        overall = np.full(len(o), together)
        return Shrinkage(overall, overall, overall, np.inf, np.inf, no_spread=True)
    a, b = shape + o, rate + e
    return Shrinkage(a / b, gammaincinv(a, 0.025) / b, gammaincinv(a, 0.975) / b, shape, rate, no_spread=False)


def log_likelihood(observed: Numbers, expected: Numbers, shape: float, rate: float) -> float:
    """The marginal log-likelihood of the observed failures, for a gamma of this shape and rate between units."""
    o, e = observed, expected
    terms = gammaln(shape + o) - gammaln(shape) - gammaln(o + 1)
    terms += shape * (np.log(rate) - np.log(rate + e)) + o * (np.log(e) - np.log(rate + e))
    return float(terms.sum())


def _without_spread(o: Numbers, e: Numbers, ratio: float) -> float:
    """The log-likelihood when every unit has the same ratio: Poisson."""
    return float((o * np.log(e * ratio) - e * ratio - gammaln(o + 1)).sum())


def _most_likely(o: Numbers, e: Numbers) -> tuple[float, float]:
    """Shape and rate at the maximum: the mean ratio is solved for at each shape, the shape where the slope is 0."""
    from scipy.optimize import brentq

    overall = o.sum() / e.sum()

    def rate_of(shape: float) -> float:
        """Where the derivative by the rate is 0: shape units / rate = sum (shape + o) / (rate + e)."""
        return float(
            brentq(
                lambda log_rate: (len(o) * shape / np.exp(log_rate) - ((shape + o) / (np.exp(log_rate) + e)).sum())
                * np.exp(log_rate),
                np.log(shape / overall) - 20, np.log(shape / overall) + 20, xtol=1e-14, rtol=1e-14,
            )
        )  # fmt: skip

    def loss(log_shape: float) -> float:
        shape = float(np.exp(log_shape))
        return -log_likelihood(o, e, shape, float(np.exp(rate_of(shape))))

    def slope(log_shape: float) -> float:
        """The derivative by the shape, at the rate that is best for it."""
        shape = float(np.exp(log_shape))
        rate = float(np.exp(rate_of(shape)))
        return float((digamma(shape + o) - digamma(shape) + np.log(rate / (rate + e))).sum())

    grid = np.linspace(np.log(1e-3), np.log(LARGEST_SHAPE), 60)
    best = int(np.argmin([loss(point) for point in grid]))
    if best == len(grid) - 1:
        return LARGEST_SHAPE, float(np.exp(rate_of(LARGEST_SHAPE)))
    ends = grid[max(0, best - 1)], grid[best + 1]
    # The likelihood is flat at its top: its slope tells the place to more digits than its height does.
    highest = float(brentq(slope, *ends, xtol=1e-14, rtol=1e-14)) if slope(ends[0]) > 0 > slope(ends[1]) else grid[best]
    shape = float(np.exp(highest))
    return shape, float(np.exp(rate_of(shape)))
