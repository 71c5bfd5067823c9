"""Failures seen beside those expected of the same patients: indirect standardisation."""

from __future__ import annotations

from scipy.special import pdtr, pdtrc

from dashboard.stats.proportions import Rate, exact_poisson


def observed_over_expected(observed: int, expected: float) -> Rate | None:
    """Observed over expected failures with its exact Poisson interval; None when none were expected.

    qgamma(0.025, observed) / expected and qgamma(0.975, observed + 1) / expected.

    Two such ratios rest on different patients and are not comparable with each other.
    Source: Garwood 1936; Breslow and Day 1987. Raises ValueError when a number is negative.
    """
    return exact_poisson(observed, expected)


def p_value(observed: int, expected: float) -> float:
    """How often chance alone gives a number of failures as far from the expected as this: twice the exact Poisson tail.

    Raises ValueError when observed is negative or expected is not above 0.
    """
    if observed < 0 or not expected > 0:
        raise ValueError(f"{observed} observed, {expected:g} expected: needed are 0 or more and above 0.")
    above = float(pdtrc(observed - 1, expected)) if observed else 1.0
    return min(1.0, 2 * min(float(pdtr(observed, expected)), above))
