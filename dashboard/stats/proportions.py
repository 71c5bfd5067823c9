"""Shares and rates where everybody's follow-up is complete, with the interval that belongs to each.

For outcomes with unequal follow-up use ``survival``: failures divided by operations would be wrong there.
All intervals are 95 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import sqrt
from typing import NamedTuple

from scipy.special import bdtr, betaincinv, gammaincinv, ndtri

Z = float(ndtri(0.975))
"""How many standard errors a 95 % interval reaches to each side."""


class Interval(NamedTuple):
    """A share and the range it could reasonably have (all 0 to 1)."""

    share: float
    lower: float
    upper: float


class Difference(NamedTuple):
    """How much larger the first share is than the second, and the range of that (all -1 to 1)."""

    difference: float
    lower: float
    upper: float


class Rate(NamedTuple):
    """Events for each unit of exposure, and the range that could reasonably be."""

    rate: float
    lower: float
    upper: float


class NonResponseBand(NamedTuple):
    """The share failed if all who did not answer are well, and if all of them failed (0 to 1)."""

    best: float
    worst: float


def wilson(x: int, n: int) -> Interval | None:
    """Share of operations, with the interval to show beside it.

    The score interval: the two roots p of (n + z^2) p^2 - (2 x + z^2) p + x^2 / n = 0.
    The lower root is taken as product over upper root, which loses no digits when x is small and n is large.

    x: operations with the outcome; n: all operations. None when n is 0: there is nothing to divide by.
    Source: Wilson 1927; recommended by Newcombe, Stat Med 1998;17:857-872.
    Raises ValueError unless 0 <= x <= n.
    """
    _check(x, n)
    if n == 0:
        return None
    scaled_upper = x + Z**2 / 2 + Z * sqrt(x * (n - x) / n + Z**2 / 4)
    return Interval(x / n, x / n * x / scaled_upper, 1.0 if x == n else scaled_upper / (n + Z**2))


def clopper_pearson(x: int, n: int) -> Interval | None:
    """Share of operations, with an interval that is guaranteed to be wide enough ("0 of 45, up to 7.9 %").

    Beta quantiles: B(0.025; x, n - x + 1) and B(0.975; x + 1, n - x); exactly 0 at x = 0 and exactly 1 at x = n.

    x: operations with the outcome; n: all operations. None when n is 0.
    Source: Clopper and Pearson 1934.
    Raises ValueError unless 0 <= x <= n.
    """
    _check(x, n)
    if n == 0:
        return None
    lower = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, 0.025))
    upper = 1.0 if x == n else float(betaincinv(x + 1, n - x, 0.975))
    return Interval(x / n, lower, upper)


def share_interval(x: int, n: int) -> Interval | None:
    """Share of operations as every screen shows it: Wilson's limits, and at 0 % and 100 % the exact ones.

    Of none (or all) there is one limit only, with 2.5 % in the one tail: 0 of 30, up to 11.6 %.
    x: operations with the outcome; n: all operations. None when n is 0. Raises ValueError unless 0 <= x <= n.
    """
    return clopper_pearson(x, n) if x in (0, n) else wilson(x, n)


def newcombe_difference(x1: int, n1: int, x2: int, n2: int) -> Difference | None:
    """How much more often the outcome was seen in the first group than in the second.

    Hybrid score, method 10: ``hybrid_difference`` of the Wilson limits of each share.

    x1 of n1 and x2 of n2 operations with the outcome. None when a group is empty.
    Source: Newcombe, Stat Med 1998;17:873-890.
    Raises ValueError unless 0 <= x <= n in both groups.
    """
    first, second = wilson(x1, n1), wilson(x2, n2)
    return None if first is None or second is None else hybrid_difference(first, second)


def hybrid_difference(first: Interval, second: Interval) -> Difference:
    """The difference of two shares with the limits that follow from the limits of each, whatever these are.

    d - sqrt((p1 - l1)^2 + (u2 - p2)^2) and d + sqrt((u1 - p1)^2 + (p2 - l2)^2).
    Source: Zou and Donner, Stat Med 2008;27:1693-1702.
    """
    difference = first.share - second.share
    down = sqrt((first.share - first.lower) ** 2 + (second.upper - second.share) ** 2)
    up = sqrt((first.upper - first.share) ** 2 + (second.share - second.lower) ** 2)
    return Difference(difference, difference - down, difference + up)


def median_interval(values: Sequence[float], counts: Sequence[int]) -> tuple[float, float] | None:
    """Between which two of the values the middle lies, whatever they are like: order statistics by the binomial.

    From the j-th smallest to the j-th largest, j the largest number with P(B < j) <= 0.025, B ~ Bin(n, 1/2): at least
    95 % sure. None of fewer than six, which no two of them could be.

    values: in any order, and ``counts`` how often each was seen.
    Source: Thompson 1936; as the sign test's interval in Conover, Practical Nonparametric Statistics, section 3.2.
    """
    ordered = sorted(zip(values, counts, strict=True))
    n = sum(count for _, count in ordered)
    j = next((j for j in range(n // 2, 0, -1) if bdtr(j - 1, n, 0.5) <= 0.025), 0)
    if not j:
        return None
    return _in_place(ordered, j), _in_place(ordered, n + 1 - j)


def _in_place(ordered: Sequence[tuple[float, int]], place: int) -> float:
    """The value that stands in this place, counted from 1."""
    so_far = accumulate(count for _, count in ordered)
    return next(value for (value, _), seen in zip(ordered, so_far, strict=True) if seen >= place)


def exact_poisson(events: int, exposure: float) -> Rate | None:
    """Events for each unit of exposure; with expected events as the exposure, observed over expected.

    Gamma quantiles: G(0.025; events) / exposure and G(0.975; events + 1) / exposure; lower is 0 when no event was seen.

    exposure: person-years, operations or expected events; the rate is per one of these. None when it is 0.
    Source: Garwood 1936.
    Raises ValueError when events or exposure is negative.
    """
    if events < 0 or exposure < 0:
        raise ValueError(f"{events} events in an exposure of {exposure}: neither can be negative.")
    if exposure == 0:
        return None
    lower = 0.0 if events == 0 else float(gammaincinv(events, 0.025))
    upper = float(gammaincinv(events + 1, 0.975))
    return Rate(events / exposure, lower / exposure, upper / exposure)


def non_response_band(failed: int, answered: int, due: int) -> NonResponseBand | None:
    """Between what the share failed would lie, whatever happened to those who did not answer.

    best: all unanswered are well, failed / due; worst: all unanswered failed, (failed + due - answered) / due.

    failed: among the answered; due: everybody whose visit was due. None when nobody was due.
    Raises ValueError unless 0 <= failed <= answered <= due.
    """
    if not 0 <= failed <= answered <= due:
        raise ValueError(f"{failed} failed of {answered} answered of {due} due: each must be within the next.")
    if due == 0:
        return None
    return NonResponseBand(failed / due, (failed + due - answered) / due)


def _check(x: int, n: int) -> None:
    if not 0 <= x <= n:
        raise ValueError(f"{x} of {n} is not a share: the part must be between 0 and the whole.")
