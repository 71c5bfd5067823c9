"""Whether risks said beforehand agree with what happened: by groups of risk, and as the slope of a line.

``risk`` (0 to 1), ``failed`` and ``total`` everywhere: of each pattern, its risk and the failures among its operations.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

from dashboard.stats import logistic
from dashboard.stats.by_day import Numbers
from dashboard.stats.proportions import Z, share_interval


class Slope(NamedTuple):
    """How far apart the risks were against how far apart they should have been; 1 when they are right."""

    slope: float
    lower: float
    upper: float


def calibration(risk: Numbers, failed: Numbers, total: Numbers, groups: int = 10) -> pd.DataFrame:
    """Failures expected and observed, in groups of about equal size from the lowest risks to the highest.

    The groups end at the quantiles of risk over operations (linear between neighbours); equal risks stay in one group,
    so that groups may differ in size, or be fewer than asked for.

    Returns one row per group: ``operations``, ``expected`` (mean risk), ``observed`` (share failed), ``failed``,
    ``lower``, ``upper`` (Wilson; exact where none or all failed). No rows without operations.
    Raises ValueError for counts or risks that cannot be.
    """
    p, y, n = _read(risk, failed, total)
    number = _groups(p, n, groups)
    operations, expected, failures = (np.bincount(number, weights=w) for w in (n, n * p, y))
    rows = []
    for size, sum_of_risks, failing in zip(operations, expected, failures, strict=True):
        if interval := share_interval(round(failing), round(size)):
            rows.append((round(size), sum_of_risks / size, interval.share, round(failing), *interval[1:]))
    return pd.DataFrame(rows, columns=["operations", "expected", "observed", "failed", "lower", "upper"])


def calibration_slope(risk: Numbers, failed: Numbers, total: Numbers) -> Slope:
    """The slope of what happened against what was said, with its Wald interval.

    Logistic regression of failure on the log odds of the risk, and an intercept. On the operations that a model was
    fitted to, the answer is 1; on others, a slope under 1 says that high risks were said too high and low ones too low.
    Source: Cox, Biometrika 1958;45:562-565.
    Raises ValueError when a risk is 0 or 1 (its log odds are endless) or all are the same.
    """
    p, y, n = _read(risk, failed, total)
    if ((p == 0) | (p == 1)).any():
        raise ValueError("A risk of 0 or 1 has no log odds. Leave these operations out, or say how sure the model is.")
    design = np.column_stack([np.ones_like(p), logit(p)])
    fitted = logistic.fit(design, y, n, ("(intercept)", "log odds of the risk"))
    slope, reach = float(fitted.coefficients[1]), Z * float(fitted.standard_errors[1])
    return Slope(slope, slope - reach, slope + reach)


def _groups(p: Numbers, n: Numbers, groups: int) -> npt.NDArray[np.intp]:
    """A group for each pattern, by risk: R's cut at quantile(risk, 0:groups / groups), equal limits joined."""
    if groups < 1:
        raise ValueError(f"{groups} groups: needed is one or more.")
    if not len(p):
        return np.zeros(0, dtype=np.intp)
    order = np.argsort(p, kind="stable")
    sorted_risk, up_to = p[order], np.cumsum(n[order])
    place = np.arange(1, groups) / groups * (up_to[-1] - 1)
    below, above = (sorted_risk[np.searchsorted(up_to, at, side="right")] for at in (np.floor(place), np.ceil(place)))
    limits = np.concatenate([sorted_risk[:1], below + (place - np.floor(place)) * (above - below), sorted_risk[-1:]])
    return np.searchsorted(np.unique(limits)[1:-1], p, side="left")


def _read(risk: Numbers, failed: Numbers, total: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    p, y, n = (np.asarray(given, dtype=np.float64) for given in (risk, failed, total))
    if not p.shape == y.shape == n.shape or p.ndim != 1:
        raise ValueError(f"risk of {p.size} patterns, failed of {y.size}, total of {n.size}: needed are as many.")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"{p[~((p >= 0) & (p <= 1))][0]:g} is not a risk: it must be between 0 and 1.")
    if (wrong := ~((y >= 0) & (y <= n) & np.isfinite(n))).any():
        raise ValueError(f"{y[wrong][0]:g} failed of {n[wrong][0]:g}: the part must be between 0 and the whole.")
    return p[n > 0], y[n > 0], n[n > 0]
