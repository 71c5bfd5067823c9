"""What a model of hazards gives, whichever way it was fitted; and the climb to the top of its likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dashboard.stats.by_day import Numbers
from dashboard.stats.designs import Fit

SETTLED = 1e-11
"""A fit is done when the log-likelihood gains less than this part of itself …"""
STILL = 1e-9
"""… and no coefficient, per standard deviation of its column, moves by more than this, …"""
MOST_STEPS = 60
HALVINGS = 30
RUNAWAY = 50.0
"""… or a direction is left whose standard error is beyond this, as only bands without any failure have, …"""
PART = 1e-3
"""… and the coefficients with at least this part in it."""


@dataclass(frozen=True)
class HazardFit(Fit):
    """A fitted model of hazards, by "Cox (Efron)" or "piecewise exponential".

    diverged: names whose ratio has no finite estimate, as their band
    has no failure (or nothing else); their coefficient and standard error are NaN, the others stand.
    """

    diverged: tuple[str, ...]


class Likelihood(NamedTuple):
    """The likelihood at some coefficients: its height, slope and curvature (the information)."""

    at: Numbers
    height: float
    slope: Numbers
    information: Numbers


def climb(look: Callable[[Numbers], Likelihood], start: Numbers) -> Likelihood:
    """Newton's steps to the top of a concave likelihood, halved where one would lead down.

    Ends as well when the likelihood gains nothing more although coefficients run on: then there is no top, and
    ``summary`` says whose coefficient it is. Raises ValueError when sixty steps do not suffice.
    """
    place = look(start)
    for _ in range(MOST_STEPS):
        # least squares: a direction that has become flat gets no step, where a solution would fail
        step = np.asarray(np.linalg.lstsq(place.information, place.slope, rcond=1e-14)[0], dtype=np.float64)
        after = _uphill(look, place, step)
        if after is None:
            return place
        gained, moved = after.height - place.height, float(np.abs(after.at - place.at).max(initial=0))
        place = after
        if gained <= SETTLED * abs(place.height) and (moved < STILL or _runs(place).any()):
            return place
    raise ValueError("The fit does not settle. Leave out factors that go along with each other.")


def summary(
    top: Likelihood, scale: Numbers, names: tuple[str, ...], events: int, operations: int, method: str
) -> HazardFit:
    """The fit on the columns' own scale, from the climb on scaled ones; the coefficients come first at every place."""
    k = len(names)
    runs = _runs(top)[:k]
    covariance = _inverse(top.information)[:k, :k] / np.outer(scale, scale)
    coefficients = top.at[:k] / scale
    covariance[runs, :] = covariance[:, runs] = np.nan
    return HazardFit(
        names, np.where(runs, np.nan, coefficients), covariance, top.height, events, operations, method,
        tuple(name for name, run in zip(names, runs, strict=True) if run),
    )  # fmt: skip


def _uphill(look: Callable[[Numbers], Likelihood], place: Likelihood, step: Numbers) -> Likelihood | None:
    for halving in range(HALVINGS):
        after = look(place.at + step / 2**halving)
        # The likelihood of a million operations is known to thirteen digits: less than that is no step down.
        if after.height >= place.height - 1e-13 * abs(place.height):
            return after
    return None


def _runs(place: Likelihood) -> np.ndarray:
    """Which coefficients have nothing to hold them: alone, or together with others along one direction."""
    size, direction = np.linalg.eigh(place.information)
    loose = direction[:, size < 1 / RUNAWAY**2]
    return np.asarray((np.abs(loose) > PART).any(axis=1))


def _inverse(information: Numbers) -> Numbers:
    return np.asarray(np.linalg.pinv(information, rcond=1e-15, hermitian=True), dtype=np.float64)
