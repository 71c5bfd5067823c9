"""How far a surgeon's or a site's figure may lie from the practice's by chance: funnel limits, never a ranking.

Everywhere: one entry per unit (a surgeon, a site); ``failed`` of ``n`` operations whose state is known, or ``observed``
failures where ``expected`` were.
Source: Spiegelhalter, Stat Med 2005;24:1185-1202; overdispersion also Spiegelhalter, Qual Saf Health Care 2005;14:347.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtr, ndtri, pdtrc

from dashboard.stats.by_day import Numbers
from dashboard.stats.standardisation import p_value

WITHIN, BEYOND_95, BEYOND_998 = "within", "beyond 95 %", "beyond 99.8 %"
TAILS = (0.025, 0.001)
"""Chance alone leaves so much beyond each side of the 95 % and the 99.8 % limits."""
WINSORISED = 0.10
"""The most extreme tenth on each side counts no more than where it begins: it must not hide itself in a wide limit."""
FEWEST_UNITS = 10
"""Fewer cannot tell whether units differ by more than chance: the limits stay as they are, and that is said."""
ALMOST = 1e-12
MOST_OPERATIONS, MOST_EXPECTED = 10_000, 1_000


class FunnelLimits(NamedTuple):
    """For each unit the ends of the range that chance allows, on the scale of the figure."""

    lower_95: Numbers
    upper_95: Numbers
    lower_998: Numbers
    upper_998: Numbers


Limits = Callable[[Numbers], FunnelLimits]
"""The limits of units of these sizes, as they are drawn."""


class Overdispersion(NamedTuple):
    """Whether units differ by more than chance: ``phi`` is near 1 when not. tau2: the variance between units, on the
    transformed scale; 0 unless ``overdispersed``. target: the figure of all units together. weight: of all of them."""

    phi: float
    tau2: float
    overdispersed: bool
    target: float
    weight: float = math.nan


def binomial_limits(n: npt.ArrayLike, target: float) -> FunnelLimits:
    """Limits of the share failed for units of n operations, exact and interpolated.

    With r = the binomial quantile of p and alpha = (P(R <= r) - p) / P(R = r): (r - alpha) / n, and for the upper side,
    counted from above, (r - alpha + 1) / n; within 0 to 1.

    n: operations, whole numbers from 1; target: the share of all units together, strictly between 0 and 1, else no
    limits are narrower than the target itself. A single operation is never beyond a limit: its limits are 0 and 1.
    Agrees with R's package funnel, which writes 0.00001 for a lower limit of 0.
    Raises ValueError when an n is below 1 or not whole, or the target is no share.
    """
    from scipy.stats import binom

    size = np.asarray(n, dtype=np.float64)
    if not ((size >= 1) & (size == np.floor(size))).all() or not 0 <= target <= 1:
        raise ValueError(
            f"Units of {size.min():g} or more operations with a target of {target:g}: "
            "needed are whole numbers from 1, and 0 to 1."
        )
    if target in (0.0, 1.0):
        same = np.full(size.shape, target)
        return FunnelLimits(same, same, same, same)

    def limit(p: float, step: int) -> Numbers:
        r = binom.ppf(p, size, target)
        alpha = (binom.cdf(r, size, target) - p) / binom.pmf(r, size, target)
        return np.where(size == 1, float(step), np.clip((r - alpha + step) / size, 0, 1))

    return FunnelLimits(*(limit(p if side == 0 else 1 - p, side) for p in TAILS for side in (0, 1)))


def poisson_limits(expected: npt.ArrayLike) -> FunnelLimits:
    """Limits of observed over expected failures, round 1, exact.

    Gamma quantiles: G(p; expected) / expected below, G(1 - p; expected + 1) / expected above.

    expected: failures, above 0. Agrees with R's package FunnelPlotR. Raises ValueError when one is not above 0.
    """
    size = np.asarray(expected, dtype=np.float64)
    if not (size > 0).all():
        raise ValueError("Expected failures must be above 0.")
    limits = ((gammaincinv(size, p) / size, gammaincinv(size + 1, 1 - p) / size) for p in TAILS)
    return FunnelLimits(*(np.asarray(limit, dtype=np.float64) for pair in limits for limit in pair))


def overdispersion_can_be_judged(units: int) -> bool:
    """Whether so many surgeons or sites can tell; where not, show the unadjusted limits and say that it cannot."""
    return units >= FEWEST_UNITS


def overdispersion(failed: npt.ArrayLike, n: npt.ArrayLike) -> Overdispersion:
    """Whether the shares of units differ by more than chance.

    On the scale y = arcsin(sqrt(share)), s = 1 / (2 sqrt(n)): z = (y - y of target) / s, winsorised by a tenth on each
    side; phi = sum z^2 / I; with I phi > I - 1, tau2 = (I phi - (I - 1)) / (sum w - sum w^2 / sum w), w = 1 / s^2.

    Agrees with R's package FunnelPlotR. Ask ``overdispersion_can_be_judged`` first.
    Raises ValueError with fewer than two units, no operations, or more failures than operations.
    """
    x, size = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if len(size) < 2 or not (size > 0).all():
        raise ValueError("Overdispersion is judged between at least two units, each with operations.")
    if not ((x >= 0) & (x <= size)).all():
        raise ValueError("A unit has fewer than no failures, or more failures than operations.")
    target = float(x.sum() / size.sum())
    spread = 1 / (2 * np.sqrt(size))
    return _between((np.arcsin(np.sqrt(x / size)) - np.arcsin(np.sqrt(target))) / spread, spread, target)


def overdispersion_of_ratios(observed: npt.ArrayLike, expected: npt.ArrayLike) -> Overdispersion:
    """The same for observed over expected: y = sqrt(observed / expected), s = 1 / (2 sqrt(expected)), target 1."""
    x, size = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if len(size) < 2 or not (size > 0).all():
        raise ValueError("Overdispersion is judged between at least two units, each with expected failures.")
    spread = 1 / (2 * np.sqrt(size))
    return _between((np.sqrt(x / size) - 1) / spread, spread, 1.0)


def judged(phi: float, units: int, weight: float, target: float) -> Overdispersion:
    """Whether so many units differ by more than chance, by their phi. weight: sum w - sum w^2 / sum w."""
    beyond = units * phi - (units - 1)
    return Overdispersion(phi, max(0.0, beyond / weight), beyond > 0, target, weight)


def overdispersed_limits(n: npt.ArrayLike, found: Overdispersion) -> FunnelLimits:
    """Limits of the share widened for the variance between units: sin^2(y of target -/+ z sqrt(s^2 + tau2)), 0 to 1.

    R's package takes z rounded to six decimals (1.959964, 3.090232): its limits differ from these by some 1e-6.
    """
    size = np.asarray(n, dtype=np.float64)
    middle, spread = float(np.arcsin(np.sqrt(found.target))), np.sqrt(1 / (4 * size) + found.tau2)
    return _on_scale(middle, spread, lambda y: np.sin(np.clip(y, 0, np.pi / 2)) ** 2)


def overdispersed_ratio_limits(expected: npt.ArrayLike, found: Overdispersion) -> FunnelLimits:
    """Limits of observed over expected widened likewise: (1 -/+ z sqrt(s^2 + tau2))^2, not below 0.

    With few expected failures 1 - z sqrt(..) is negative. Squared as it is, it would give a lower limit above 0 that
    rises as the unit becomes smaller; here it is 0.
    """
    size = np.asarray(expected, dtype=np.float64)
    return _on_scale(1.0, np.sqrt(1 / (4 * size) + found.tau2), lambda y: np.maximum(y, 0) ** 2)


def position(value: npt.ArrayLike, limits: FunnelLimits) -> list[str]:
    """Where each unit's figure lies: within, beyond 95 % or beyond 99.8 %; on a limit is within it."""
    x = np.asarray(value, dtype=np.float64)
    slack = ALMOST * np.maximum(np.abs(x), 1)
    beyond_95 = (x < limits.lower_95 - slack) | (x > limits.upper_95 + slack)
    beyond_998 = (x < limits.lower_998 - slack) | (x > limits.upper_998 + slack)
    return [BEYOND_998 if far else BEYOND_95 if out else WITHIN for far, out in zip(beyond_998, beyond_95, strict=True)]


def detection(n: int, target: float, factor: float = 2.0, limits: Limits | None = None) -> float:
    """The probability that a unit of n operations with ``factor`` times the target lies beyond the upper 95 % limit.

    P(X / n > limit), X binomial with share factor x target (1 at most). Not quite rising with n: whole numbers of
    failures meet the limit in steps. limits: those that are drawn, where they are not ``binomial_limits``.

    Raises ValueError unless n is at least 1 and the target strictly between 0 and 1.
    """
    if n < 1 or not 0 < target < 1:
        raise ValueError(f"n = {n} with a target of {target:g}: nothing could be detected.")
    return float(_beyond(np.array([n]), target, factor, limits)[0])


def n_needed(target: float, probability: float = 0.8, factor: float = 2.0, limits: Limits | None = None) -> int | None:
    """The fewest operations from which on ``detection`` reaches this and falls below it no more; None over 10,000.

    Detection is a sawtooth: at a target of 0.1 it first reaches 0.8 at 94 operations and is below it once more at 110.
    So the search is for the end of the last gap.

    Raises ValueError as ``detection`` does.
    """
    if not 0 < target < 1:
        raise ValueError(f"A target of {target:g}: nothing could be detected.")
    n = np.arange(1, MOST_OPERATIONS + 1)
    short = _beyond(n, target, factor, limits) < probability
    fewest = int(n[short][-1]) + 1 if short.any() else 1
    return fewest if fewest <= MOST_OPERATIONS else None


def ratio_detection(expected: float, factor: float = 2.0, limits: Limits | None = None) -> float:
    """The probability that a unit with ``factor`` times its expected failures lies beyond the upper 95 % limit.

    P(X / expected > limit), X Poisson with mean factor x expected, as ``detection`` for shares.
    limits: those that are drawn, where they are not ``poisson_limits``.

    Raises ValueError when expected is not above 0.
    """
    return float(_ratio_beyond(np.array([expected], dtype=np.float64), factor, limits)[0])


def expected_needed(probability: float = 0.8, factor: float = 2.0, limits: Limits | None = None) -> float | None:
    """The fewest expected failures, in tenths, from which on ``ratio_detection`` falls below this no more.

    A sawtooth too; None over 1,000 expected failures.
    """
    expected = np.arange(1, 10 * MOST_EXPECTED + 1) / 10
    short = _ratio_beyond(expected, factor, limits) < probability
    fewest = int(np.flatnonzero(short)[-1]) + 1 if short.any() else 0
    return float(expected[fewest]) if fewest < len(expected) else None


def share_p(failed: int, n: int, target: float, found: Overdispersion | None = None) -> float:
    """How often chance alone sets the share of a unit as far from the target: twice the exact binomial tail.

    Below 0.05 where the share lies beyond the 95 % limits. found: where units differ by more than chance, for which the
    limits are widened: then two-sided of (y - y of target) / sqrt(s^2 + tau2), the scale of these limits.
    """
    from scipy.stats import binom

    if found is not None and found.overdispersed:
        return _spread_p(np.arcsin(np.sqrt(failed / n)) - np.arcsin(np.sqrt(found.target)), n, found)
    return min(1.0, 2 * float(min(binom.cdf(failed, n, target), binom.sf(failed - 1, n, target))))


def ratio_p(observed: int, expected: float, found: Overdispersion | None = None) -> float:
    """The same for observed over expected: twice the exact Poisson tail, or on the square-root scale of wide limits."""
    if found is not None and found.overdispersed:
        return _spread_p(np.sqrt(observed / expected) - 1, expected, found)
    return p_value(observed, expected)


def _spread_p(apart: float, size: float, found: Overdispersion) -> float:
    return float(2 * ndtr(-abs(apart) / np.sqrt(1 / (4 * size) + found.tau2)))


def _beyond(n: npt.NDArray[np.int_], target: float, factor: float, limits: Limits | None) -> Numbers:
    """For units of n operations the probability to lie beyond the upper 95 % limit with so many times the target."""
    from scipy.stats import binom

    limit = (limits(n.astype(np.float64)) if limits else binomial_limits(n, target)).upper_95
    return np.asarray(binom.sf(np.floor(limit * n + ALMOST), n, min(1.0, factor * target)), dtype=np.float64)


def _ratio_beyond(expected: Numbers, factor: float, limits: Limits | None) -> Numbers:
    limit = (limits or poisson_limits)(expected).upper_95
    return np.asarray(pdtrc(np.floor(limit * expected + ALMOST), factor * expected), dtype=np.float64)


def _between(z: Numbers, spread: Numbers, target: float) -> Overdispersion:
    z = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    units, weight = len(z), 1 / spread**2
    phi = float((z**2).sum() / units)
    return judged(phi, units, float(weight.sum() - (weight**2).sum() / weight.sum()), target)


def _on_scale(middle: float, spread: Numbers, back: Callable[[Numbers], Numbers]) -> FunnelLimits:
    return FunnelLimits(
        *(np.asarray(back(middle + sign * float(ndtri(1 - p)) * spread)) for p in TAILS for sign in (-1, 1))
    )
