"""Many comparisons at once: how many of those that stand out would do so by chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dashboard.stats.by_day import Numbers


def benjamini_hochberg(p: npt.ArrayLike) -> Numbers:
    """The p-values adjusted for their number, so that of all below q a share of at most q is chance.

    In order of size: the least of m p_(j) / j over all j from this rank up, at most 1.

    Source: Benjamini and Hochberg, J R Stat Soc B 1995;57:289-300. Raises ValueError when one is not within 0 to 1.
    """
    values = np.asarray(p, dtype=np.float64)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("A p-value lies outside 0 to 1.")
    order = np.argsort(values, kind="stable")[::-1]
    ranks = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1, np.minimum.accumulate(values[order] * len(values) / ranks))
    return adjusted
