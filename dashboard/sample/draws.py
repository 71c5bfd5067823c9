"""Chance: the same numbers on every machine, every Python and every version of numpy.

Only PCG64's plain ``random()`` is used, whose stream numpy keeps; numpy may change the other distributions, so that
they are made here from tables of quantiles.
"""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

QUARTERS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
NORMAL_SHARES = np.linspace(0.0005, 0.9995, 1000)
NORMAL_QUANTILES = np.array([NormalDist().inv_cdf(float(share)) for share in NORMAL_SHARES])


class Draws:
    """One stream of chance; each chunk of the sample, and the faults in it, have their own."""

    def __init__(self, *words: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))

    def uniform(self, count: int) -> Floats:
        return self._generator.random(count)

    def grid(self, rows: int, columns: int) -> Floats:
        drawn: Floats = self._generator.random((rows, columns))
        return drawn

    def happens(self, chance: float | Floats, count: int) -> Flags:
        return self.uniform(count) < chance

    def normal(self, count: int) -> Floats:
        """Standard normal, cut at about 3.3 standard deviations."""
        values: Floats = np.interp(self.uniform(count), NORMAL_SHARES, NORMAL_QUANTILES)
        return values

    def waiting(self, count: int) -> Floats:
        """Exponential waiting time with mean 1."""
        waits: Floats = -np.log1p(-self.uniform(count))
        return waits

    def between(self, quartiles: Sequence[float], count: int) -> Floats:
        """Values with these five quartiles (least, lower, median, upper, most), straight in between."""
        values: Floats = np.interp(self.uniform(count), QUARTERS, np.asarray(quartiles, dtype=np.float64))
        return values

    def days(self, quartiles: Sequence[float], count: int) -> Ints:
        return np.floor(self.between(quartiles, count) + 0.5).astype(np.int64)

    def pick(self, weights: Sequence[float] | Floats, count: int) -> Ints:
        """Positions in a list, as often as their weights."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
        place: Ints = np.searchsorted(cumulative, self.uniform(count) * cumulative[-1], side="right").astype(np.int64)
        return place

    def pick_by(self, weights: Floats, rows: Ints) -> Ints:
        """Positions in a list whose weights differ: ``weights[rows[i]]`` are those of the i-th draw."""
        cumulative = np.cumsum(weights, axis=1)
        target = self.uniform(len(rows)) * cumulative[rows, -1]
        place: Ints = (cumulative[rows] <= target[:, None]).sum(axis=1).astype(np.int64)
        return place

    def days_by(self, quartiles: Floats, rows: Ints) -> Ints:
        """Whole days with ``quartiles[rows[i]]`` for the i-th draw."""
        place = self.uniform(len(rows)) * 4
        quarter = np.minimum(place.astype(np.int64), 3)
        below, above = quartiles[rows, quarter], quartiles[rows, quarter + 1]
        days: Ints = np.floor(below + (above - below) * (place - quarter) + 0.5).astype(np.int64)
        return days

    def some_of(self, weights: Floats, number: Ints, most: int) -> tuple[Ints, Ints, Ints]:
        """From each row so many of its columns without putting back, at most ``most``: the row, the place in the order
        drawn (from 0) and the column of each."""
        ranked = self.ranking(weights)[:, :most]
        row, rank = np.nonzero(np.arange(ranked.shape[1]) < number[:, None])
        return row, rank, ranked[row, rank]

    def ranking(self, weights: Floats) -> Ints:
        """Per row the columns in the order drawn, without putting back; columns of weight 0 come last."""
        with np.errstate(divide="ignore"):
            keys = -np.log1p(-self.grid(*weights.shape)) / weights
        return np.argsort(keys, axis=1, kind="stable").astype(np.int64)
