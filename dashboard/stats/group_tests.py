"""Whether groups of operations differ by more than chance: log-rank, and Gray's test where death competes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc

from dashboard.stats.by_day import Numbers, by_day, over

NOTHING = 1e-10
"""A direction of a variance matrix (scaled to ones on its diagonal) with less than this holds only rounding."""


TOO_FEW_GROUPS = "needs two groups"


@dataclass(frozen=True)
class GroupTest:
    """Whether groups differ by more than chance: ``statistic`` ~ chi-squared; None with a ``message`` when undefined.

    ``observed``, ``expected``: failures of each group that has operations, by name (expected by log-rank only).
    """

    statistic: float | None
    p: float | None
    degrees_of_freedom: int
    message: str
    observed: dict[str, int]
    expected: dict[str, float]


class _SideBySide(NamedTuple):
    """Groups by days: one row per group that has operations, one column per day on which anything happened."""

    names: list[str]
    at_risk: Numbers
    failed: Numbers
    died: Numbers


def log_rank(groups: Mapping[str, pd.DataFrame]) -> GroupTest:
    """Whether failure comes sooner in some groups than in others, if nobody died.

    U_r = observed - expected failures; expected = sum over days of d N_r / N (d failures, N at risk);
    V = sum of d (N - d) / (N - 1) (diag(N_r / N) - (N_r / N)(N_s / N)); U' V^-1 U ~ chi-squared.

    groups: counts by the group's name. Groups without operations take no part.
    Source: Mantel 1966; Harrington and Fleming 1982. Raises ValueError as ``by_day`` does.
    """
    side = _side_by_side(groups)
    together, d = side.at_risk.sum(axis=0), side.failed.sum(axis=0)
    part = over(side.at_risk, together)
    weight = d * over(together - d, together - 1)
    expected = part @ d
    variance = np.diag(part @ weight) - (part * weight) @ part.T
    result = _chi_squared(side, side.failed.sum(axis=1) - expected, variance)
    return GroupTest(*result, _observed(side), dict(zip(side.names, expected.tolist(), strict=True)))


def gray_test(groups: Mapping[str, pd.DataFrame]) -> GroupTest:
    """Whether the share failed differs between groups by more than chance, with death as a competing event.

    Gray's test with rho = 0. With h_r = N_r / S_r(before) and R_r = h_r (1 - F_r(before)),
    U_r = sum over days of D_r - d R_r / sum(R); the variance as in the source.

    groups: counts by the group's name. Groups without operations take no part; one without failures may.
    Source: Gray, Ann Stat 1988;16:1141-1154, as in cmprsk. Raises ValueError as ``by_day`` does.
    """
    side = _side_by_side(groups)
    score, variance = _gray_score(side)
    return GroupTest(*_chi_squared(side, score, variance), _observed(side), {})


def shares_test(failed: npt.ArrayLike, n: npt.ArrayLike) -> GroupTest:
    """Whether shares of groups whose state is known differ: Pearson's chi-squared, without a correction.

    sum over groups of (failed - n p)^2 / (n p (1 - p)), p of all together, ~ chi-squared with one less than the groups.
    A group of nobody takes no part. Source: Pearson 1900; as prop.test(correct = FALSE) in R.
    """
    x, size = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    x, size = x[size > 0], size[size > 0]
    observed = {str(place): int(count) for place, count in enumerate(x)}
    if len(size) < 2:
        return GroupTest(None, None, 0, TOO_FEW_GROUPS, observed, {})
    share = x.sum() / size.sum()
    if share in (0, 1):
        return GroupTest(None, None, 0, "all are alike", observed, {})
    statistic = float(((x - size * share) ** 2 / (size * share * (1 - share))).sum())
    return GroupTest(statistic, float(chdtrc(len(size) - 1, statistic)), len(size) - 1, "", observed, {})


def _gray_score(side: _SideBySide) -> tuple[Numbers, Numbers]:
    """Gray's score of each group and its variance, gathered day by day. Letters as in Gray 1988, section 3."""
    size = len(side.names)
    survival, share, pooled = np.ones(size), np.zeros(size), 0.0
    score, v3 = np.zeros(size), np.zeros(size)
    c, v, v2 = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, size))
    for n, d1, d2 in zip(side.at_risk.T, side.failed.T, side.died.T, strict=True):
        h = over(n, survival)
        failures, total = d1.sum(), h.sum()
        after = survival * (1 - over(d1 + d2, n))
        pooled_after = pooled + failures / total
        still = over(np.full(size, 1 - pooled_after), after)
        if failures:
            weight = h * (1 - share)
            score += d1 - failures * over(weight, weight.sum())
            a = np.diag(h) - np.outer(h, h) / total
            # pooled reaches 1 only after whole groups were used up; with one group left, a is 0 and nothing is added
            c = c + (a * failures / (total * (1 - pooled)) if pooled < 1 else 0)
            tied = 1 - over(np.full(size, failures - 1), total * survival - 1) if failures > 1 else np.ones(size)
            q = tied * over(survival * failures, total * n)
            jump = 1 - still
            b = a - jump * c
            v, v2, v3 = v + (b * q) @ b.T, v2 + b * jump * q, v3 + jump**2 * q
        tied = np.where(d2 > 1, 1 - over(d2 - 1, n - 1), 1)
        q = tied * over(survival**2 * d2, n**2)
        v, v2, v3 = v + (c * still**2 * q) @ c.T, v2 - c * still**2 * q, v3 + still**2 * q
        share, survival, pooled = share + over(survival * d1, n), after, pooled_after
    return score, v + (c * v3) @ c.T + c @ v2.T + v2 @ c.T


def _side_by_side(groups: Mapping[str, pd.DataFrame]) -> _SideBySide:
    read = {name: by_day(counts) for name, counts in groups.items()}
    taking_part = {name: days for name, days in read.items() if days.operations}
    happened = [days.day[days.failed + days.died > 0] for days in taking_part.values()]
    day = np.unique(np.concatenate([np.zeros(0), *happened]))
    shape = (len(taking_part), len(day))
    at_risk, failed, died = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for row, days in enumerate(taking_part.values()):
        at_risk[row] = days.at_risk_on(day)
        something = days.failed + days.died > 0
        column = np.searchsorted(day, days.day[something])
        failed[row, column], died[row, column] = days.failed[something], days.died[something]
    return _SideBySide(list(taking_part), at_risk, failed, died)


def _chi_squared(side: _SideBySide, score: Numbers, variance: Numbers) -> tuple[float | None, float | None, int, str]:
    """Statistic, p, degrees of freedom, message. A group that was never at risk with another adds no freedom."""
    if len(side.names) < 2:
        return None, None, 0, TOO_FEW_GROUPS
    if not side.failed.any():
        return None, None, len(side.names) - 1, "no events"
    spread = np.sqrt(np.maximum(np.diag(variance), 0))
    size, direction = np.linalg.eigh(over(variance, np.outer(spread, spread)))
    counts = size > NOTHING
    freedom = int(counts.sum())
    if freedom == 0:
        return None, None, 0, "no failure while two groups were at risk"
    along = direction.T[counts] @ over(score, spread)
    statistic = float((along**2 / size[counts]).sum())
    return statistic, float(chdtrc(freedom, statistic)), freedom, ""


def _observed(side: _SideBySide) -> dict[str, int]:
    return {name: int(n) for name, n in zip(side.names, side.failed.sum(axis=1), strict=True)}
