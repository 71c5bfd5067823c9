"""Whether risks said beforehand agree with what happened: by groups of risk, as a line, as one test.

``risk`` (0 to 1), ``failed`` and ``total`` everywhere: of each pattern, its risk and the failures among its operations.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc, logit

from dashboard.stats import logistic
from dashboard.stats.by_day import Numbers
from dashboard.stats.proportions import wilson


class CalibrationLine(NamedTuple):
    """Log odds of failure = intercept + slope x log odds of the risk; 0 and 1 when the risks are right."""

    intercept: float
    slope: float


class HosmerLemeshow(NamedTuple):
    """Distance of failures from risks over the groups, ~ chi-squared if the risks are right."""

    statistic: float
    degrees_of_freedom: int
    p: float


class _Groups(NamedTuple):
    """A group for each pattern, numbered by risk, and whether ties in risk joined some."""

    number: npt.NDArray[np.intp]
    joined: bool


def calibration(risk: Numbers, failed: Numbers, total: Numbers, groups: int = 10) -> pd.DataFrame:
    """Failures expected and observed, in groups of about equal size from the lowest risks to the highest.

    The groups end at the quantiles of risk over operations (linear between neighbours); equal risks stay in one group,
    so that groups may differ in size, or be fewer than asked for.

    Returns one row per group: ``operations``, ``expected`` (mean risk), ``observed`` (share failed), ``failed``,
    ``lower``, ``upper`` (Wilson). No rows without operations. Raises ValueError for counts or risks that cannot be.
    """
    p, y, n = _read(risk, failed, total)
    number = _groups(p, n, groups).number
    operations, expected, failures = (np.bincount(number, weights=w) for w in (n, n * p, y))
    rows = []
    for size, sum_of_risks, failing in zip(operations, expected, failures, strict=True):
        if interval := wilson(round(failing), round(size)):
            rows.append((round(size), sum_of_risks / size, interval.share, round(failing), *interval[1:]))
    return pd.DataFrame(rows, columns=["operations", "expected", "observed", "failed", "lower", "upper"])


def calibration_slope(risk: Numbers, failed: Numbers, total: Numbers) -> CalibrationLine:
    """The line through what happened against what was said: logistic regression on the log odds of the risk.

    On the operations that a model was fitted to, the answer is 0 and 1; on others, a slope under 1 says that high risks
    were said too high and low ones too low. Source: Cox, Biometrika 1958;45:562-565.
    Raises ValueError when a risk is 0 or 1 (its log odds are endless) or all are the same.
    """
    p, y, n = _read(risk, failed, total)
    if ((p == 0) | (p == 1)).any():
        raise ValueError("A risk of 0 or 1 has no log odds. Leave these operations out, or say how sure the model is.")
    design = np.column_stack([np.ones_like(p), logit(p)])
    fitted = logistic.fit(design, y, n, ("(intercept)", "log odds of the risk"))
    return CalibrationLine(float(fitted.coefficients[0]), float(fitted.coefficients[1]))


def hosmer_lemeshow(risk: Numbers, failed: Numbers, total: Numbers, groups: int = 10) -> HosmerLemeshow | None:
    """One test of agreement over groups of risk. With many operations every model fails it: look at the groups.

    Sum over groups of (observed - expected)^2 / (expected (1 - expected / operations)); groups - 2 degrees of freedom.

    None when equal risks leave fewer groups than asked for, or a group's risks are all 0 or all 1.
    Source: Hosmer and Lemeshow 1980. Raises ValueError for counts or risks that cannot be.
    """
    p, y, n = _read(risk, failed, total)
    found = _groups(p, n, groups)
    if found.joined or groups < 3:
        return None
    operations, expected, failures = (np.bincount(found.number, weights=w, minlength=groups) for w in (n, n * p, y))
    if (operations == 0).any() or ((expected == 0) | (expected == operations)).any():
        return None
    statistic = float(((failures - expected) ** 2 / (expected * (1 - expected / operations))).sum())
    return HosmerLemeshow(statistic, groups - 2, float(chdtrc(groups - 2, statistic)))


def _groups(p: Numbers, n: Numbers, groups: int) -> _Groups:
    """R's cut at quantile(risk, 0:groups / groups), equal limits joined, as in its package ResourceSelection."""
    if groups < 1:
        raise ValueError(f"{groups} groups: needed is one or more.")
    if not len(p):
        return _Groups(np.zeros(0, dtype=np.intp), False)
    order = np.argsort(p, kind="stable")
    sorted_risk, up_to = p[order], np.cumsum(n[order])
    place = np.arange(1, groups) / groups * (up_to[-1] - 1)
    below, above = (sorted_risk[np.searchsorted(up_to, at, side="right")] for at in (np.floor(place), np.ceil(place)))
    limits = np.concatenate([sorted_risk[:1], below + (place - np.floor(place)) * (above - below), sorted_risk[-1:]])
    distinct = np.unique(limits)
    return _Groups(np.searchsorted(distinct[1:-1], p, side="left"), len(distinct) <= groups)


def _read(risk: Numbers, failed: Numbers, total: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    p, y, n = (np.asarray(given, dtype=np.float64) for given in (risk, failed, total))
    if not p.shape == y.shape == n.shape or p.ndim != 1:
        raise ValueError(f"risk of {p.size} patterns, failed of {y.size}, total of {n.size}: needed are as many.")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"{p[~((p >= 0) & (p <= 1))][0]:g} is not a risk: it must be between 0 and 1.")
    if (wrong := ~((y >= 0) & (y <= n) & np.isfinite(n))).any():
        raise ValueError(f"{y[wrong][0]:g} failed of {n[wrong][0]:g}: the part must be between 0 and the whole.")
    return p[n > 0], y[n > 0], n[n > 0]
