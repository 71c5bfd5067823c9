"""Whether a share rises or falls over groups that stand in an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dashboard.stats.proportions import Z


class LinearTrend(NamedTuple):
    """How much the share changes from one step of the order to the next, its 95 % limits, and the p of none at all."""

    slope: float
    lower: float
    upper: float
    p: float


def slope_over(scores: Sequence[float], x: Sequence[int], n: Sequence[int]) -> LinearTrend | None:
    """The straight line through the shares x / n of groups at these scores, each weighed by its n (Cochran-Armitage).

    The standard error is that of no slope, sqrt(p (1 - p) / sum(n (score - mean)^2)), so that interval and p agree; its
    square is the test that R's ``prop.trend.test`` gives. None where all scores, or all outcomes, are alike.
    Source: Armitage, Biometrics 1955;11:375-386.
    """
    from scipy.special import ndtr

    score, hits, size = (np.asarray(one, dtype=float) for one in (scores, x, n))
    total = size.sum()
    if not total:
        return None
    share, middle = hits.sum() / total, (size * score).sum() / total
    spread = (size * (score - middle) ** 2).sum()
    variance = share * (1 - share)
    if spread <= 0 or variance <= 0:
        return None
    slope = float((hits * (score - middle)).sum() / spread)
    error = float(np.sqrt(variance / spread))
    return LinearTrend(slope, slope - Z * error, slope + Z * error, float(2 * ndtr(-abs(slope) / error)))
