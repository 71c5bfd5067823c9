"""What every regression does with its columns: scale them, refuse those that tell nothing new, and multiply them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.stats.by_day import Numbers

BLOCK = 50_000
COMBINED = 1e-10
"""A column of whose variance less than this is its own is a combination of others."""


class NothingNew(ValueError):
    """Columns that are the same for all, or combinations of others: no method can tell them apart."""


@dataclass(frozen=True)
class Fit:
    """A fitted model: coefficients (log ratios) and their covariance, in the order of ``names``.

    events: failures; operations: all that took part; method: how it was fitted, in words.
    """

    names: tuple[str, ...]
    coefficients: Numbers
    covariance: Numbers
    log_likelihood: float
    events: int
    operations: int
    method: str

    @property
    def standard_errors(self) -> Numbers:
        """Standard error of each coefficient."""
        return np.sqrt(np.diag(self.covariance))


class Scaled(NamedTuple):
    """Columns with mean 0 and variance 1 (by the weights), and what their spread was."""

    x: Numbers
    mean: Numbers
    spread: Numbers


def scaled(design: Numbers, weights: Numbers, names: Sequence[str], told: int = 0) -> Scaled:
    """The columns centred and scaled, so that a year such as 2024 costs no digits.

    told: how many columns at the beginning are an intercept, and stay the ones that they are.
    Raises NothingNew, with their names, when columns are the same for all or combinations of others.
    """
    x = np.asarray(design, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] != len(names):
        raise ValueError(f"design of shape {x.shape} for {len(names)} names: needed is a column for each name.")
    if not np.isfinite(x).all():
        raise ValueError(f'design, column "{names[int((~np.isfinite(x)).any(axis=0).argmax())]}": not all are numbers.')
    total = weights.sum()
    mean, largest = weights @ x / total, np.abs(x).max(axis=0, initial=0)
    x = x - mean
    spread = np.sqrt(np.einsum("i,ij,ij->j", weights, x, x) / total)
    # What is left of a column without variation is the rounding of its mean.
    varies = spread > 1e-12 * np.maximum(largest, 1e-300)
    scale = np.where(varies, spread, 1.0)
    x /= scale
    x[:, :told] = 1.0
    check_rank(gram(x, weights / total), varies, names, told)
    return Scaled(x, mean, scale)


def check_rank(correlation: Numbers, varies: npt.NDArray[np.bool_], names: Sequence[str], told: int = 0) -> None:
    """Refuse columns that tell nothing new: each is regressed on those before it.

    told: how many columns at the beginning (an intercept) stand as they are. Raises NothingNew with the names.
    """
    known, repeated = list(range(told)), []
    for column in range(told, len(names)):
        if not varies[column]:
            repeated.append(f'"{names[column]}" is the same for all')
            continue
        weights = np.linalg.solve(correlation[np.ix_(known, known)], correlation[known, column])
        if 1 - correlation[column, known] @ weights > COMBINED:
            known.append(column)
            continue
        parts = [f'"{names[k]}"' for k, weight in zip(known, weights, strict=True) if k >= told and abs(weight) > 1e-6]
        repeated.append(f'"{names[column]}" repeats {" and ".join(parts)}')
    if repeated:
        raise NothingNew(f"These columns tell nothing new: {'; '.join(repeated)}. Leave them out.")


def gram(x: Numbers, weights: Numbers) -> Numbers:
    """X'WX, some ten thousand rows at a time, so that the weighted copy stays small."""
    result = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, len(x), BLOCK):
        block = x[start : start + BLOCK]
        result += (block * weights[start : start + BLOCK, None]).T @ block
    return result
