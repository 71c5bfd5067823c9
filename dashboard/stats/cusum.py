"""Whether failures run ahead of the patients' own risk, operation by operation: risk-adjusted CUSUM and VLAD.

Everywhere: ``failed`` (0 or 1) and ``risk`` (probability of failure by the frozen model, 0 to 1), one entry per
operation in order of surgery; ``odds_ratio`` is the change looked for: 2 for doubled odds of failure, 1/2 for halved.
A signal is a question to look into, not a verdict.
Source: Steiner, Cook, Farewell and Treasure, Biostatistics 2000;1:441-452.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.stats.by_day import Numbers

SHORTEST_STRETCH, LONGEST_STRETCH = 256, 65_536
"""Operations added up at a time: short after a signal, since the next may come soon, then ever longer."""

STATES = 600
"""Steps from 0 to the limit. Four times as many change a run length by under 0.5 %; by 3 % if all risks are 0.3 %."""

FEW_STATES = 100
"""Steps of the coarse chain that a limit is first looked for with."""

RISKS = 100
"""At most so many different risks make up the mix from which run lengths are computed."""

ROUNDING = 1e-9
"""A move that ends closer than this (in states) to a state ends on it."""

LIMIT_STEPS = 100
"""Limits are sought in hundredths: finer ones would claim more than a risk model knows."""

HIGHEST_LIMIT = 16
MOST_STEPS = HIGHEST_LIMIT * LIMIT_STEPS
"""Run lengths grow about as exp(limit): here chance gives a signal once in hundreds of millions of operations."""


@dataclass(frozen=True)
class Cusum:
    """The chart after each operation, and which operations gave a signal (their positions, from 0).

    value: never below 0; at a signal, what it was before the restart at 0.
    """

    value: Numbers
    signals: npt.NDArray[np.int64]


class Limit(NamedTuple):
    """Where a CUSUM signals, and after how many operations it does so on average by chance alone."""

    limit: float
    run_length: float


def weights(failed: npt.ArrayLike, risk: npt.ArrayLike, odds_ratio: float) -> Numbers:
    """How far each operation moves the CUSUM: up where it speaks for the changed odds, down where against.

    W = failed log(R) - log(1 - risk + R risk), the logarithm of the ratio of likelihoods with and without the change.

    Raises ValueError when failed is not 0 or 1, a risk not within 0 to 1, or the odds ratio not above 0 or exactly 1.
    """
    y, p = _operations(failed, risk)
    _check_odds_ratio(odds_ratio)
    return np.asarray(y * np.log(odds_ratio) - np.log1p((odds_ratio - 1) * p), dtype=np.float64)


def ra_cusum(failed: npt.ArrayLike, risk: npt.ArrayLike, odds_ratio: float, limit: float) -> Cusum:
    """The risk-adjusted CUSUM: C = max(0, C before + W), a signal when C > limit, then a restart at 0.

    Between restarts C is the running sum less its lowest value so far (0 included), which needs no step-by-step loop.

    Raises ValueError when the limit is not above 0, or as ``weights`` does.
    """
    _check_limit(limit)
    weight = weights(failed, risk, odds_ratio)
    value, found = np.empty_like(weight), []
    at, standing, stretch = 0, 0.0, SHORTEST_STRETCH
    while at < len(weight):
        total = standing + np.cumsum(weight[at : at + stretch])
        part = total - np.minimum(np.minimum.accumulate(total), 0)
        beyond = part > limit
        first = int(beyond.argmax())
        signal = bool(beyond[first])
        taken = first + 1 if signal else len(part)
        value[at : at + taken] = part[:taken]
        at += taken
        standing, stretch = (0.0, SHORTEST_STRETCH) if signal else (float(part[-1]), min(2 * stretch, LONGEST_STRETCH))
        if signal:
            found.append(at - 1)
    return Cusum(value, np.array(found, dtype=np.int64))


def vlad(failed: npt.ArrayLike, risk: npt.ArrayLike) -> Numbers:
    """Failures fewer than expected so far (variable life-adjusted display): the running sum of risk - failed.

    Rises while results are better than the risk foretold, falls by up to 1 at each failure.
    Source: Lovegrove et al, Lancet 1997;350:1128-1130. Raises ValueError as ``weights`` does.
    """
    y, p = _operations(failed, risk)
    return np.cumsum(p - y)


def run_length(
    risk_values: npt.ArrayLike,
    risk_weights: npt.ArrayLike,
    odds_ratio: float,
    limit: float,
    failure_odds: float = 1.0,
) -> float:
    """After how many operations a CUSUM signals on average, starting at 0.

    A Markov chain on 0, limit / m, 2 limit / m, …, limit (m = 600). An operation of each risk moves it by the weight
    of a failure or of none; a move that ends between two states goes to both, in such shares that its mean is kept;
    one below 0 ends at 0, one beyond the limit is the signal. The mean number of moves L solves (I - Q) L = 1.
    Plain rounding to the nearest state (Brook and Evans) would lose the small steps of low risks altogether.

    risk_values, risk_weights: the different risks of the practice's patients and how many (or what share) have each;
    more than 100 risks are put into 100 groups of equal weight, each with its mean risk.
    failure_odds: what the odds of failure really are, as a multiple of the model's: 1 for chance alone.
    Source: Brook and Evans, Biometrika 1972;59:539-549; the sharing between states: Webster and Pettitt, Commun Stat
    Simul Comput 2007;36:471-482.
    Raises ValueError when no risk lies between 0 and 1, or an argument is not what it says.
    """
    _check_limit(limit)
    _check_odds_ratio(odds_ratio)
    if not failure_odds > 0:
        raise ValueError(f"Odds of failure of {failure_odds:g} times the model's: they must be above 0.")
    return _run_length(*_moves(*_mix(risk_values, risk_weights), odds_ratio, failure_odds), limit)


def limit_for(
    risk_values: npt.ArrayLike, risk_weights: npt.ArrayLike, odds_ratio: float, wanted_run_length: float
) -> Limit:
    """The lowest limit, in hundredths, that chance alone crosses no sooner than after so many operations on average.

    ``run_length`` grows with the limit: found first on a coarser chain, then step by step on the fine one.

    wanted_run_length: operations, such as ten years of the practice's work. The others as for ``run_length``.
    Raises ValueError when the wanted run length is not above 1 or out of reach, or as ``run_length`` does.
    """
    if not wanted_run_length > 1:
        raise ValueError(f"A run length of {wanted_run_length:g} operations: it must be more than 1.")
    _check_odds_ratio(odds_ratio)
    jump, chance = _moves(*_mix(risk_values, risk_weights), odds_ratio, 1.0)

    @cache
    def length(step: int, states: int = STATES) -> float:
        return _run_length(jump, chance, step / LIMIT_STEPS, states)

    step = bisect_left(range(MOST_STEPS), wanted_run_length, lo=1, key=lambda step: length(step, FEW_STATES))
    while step <= MOST_STEPS and length(step) < wanted_run_length:
        step += 1
    while step > 1 and length(step - 1) >= wanted_run_length:
        step -= 1
    if step > MOST_STEPS:
        raise ValueError(f"A run length of {wanted_run_length:g} operations is out of reach: ask for a shorter one.")
    return Limit(step / LIMIT_STEPS, length(step))


def _run_length(jump: Numbers, chance: Numbers, limit: float, states: int = STATES) -> float:
    """Mean number of moves before the limit is passed, for moves by ``jump`` that come with these chances."""
    stay = _stay_chances(np.clip(jump * states / limit, -states, states + 1), chance, states)
    return float(np.linalg.solve(np.eye(states + 1) - stay, np.ones(states + 1))[0])


def _stay_chances(move: Numbers, chance: Numbers, states: int) -> Numbers:
    """Chance to be in each state (column) after one operation from each (row), for moves counted in states.

    The same move leads from every state equally far, so that the moves are added up once, by how far they lead.
    """
    far = np.floor(move).astype(np.int64)
    beyond = move - far
    full = beyond < ROUNDING
    near_end, far_end, exact = (
        np.bincount(whole + states, part, 2 * states + 3)
        for whole, part in ((far, chance * (1 - beyond)), (far + 1, chance * beyond), (far, chance * full))
    )
    state = np.arange(states + 1)
    way = states + state - state[:, None]
    stay = np.asarray((near_end + far_end)[way], dtype=np.float64)
    # what ends below 0 ends at 0
    stay[:, 0] = np.cumsum(near_end + far_end)[way[:, 0]]
    # of what ends between the limit and the state that would come after it, nothing stays
    stay[:, states] = (exact + far_end)[way[:, states]]
    return stay


def _moves(risk: Numbers, share: Numbers, odds_ratio: float, failure_odds: float) -> tuple[Numbers, Numbers]:
    """Every way one operation can move the CUSUM, and its chance: no failure at each risk, then failure at each."""
    fails = failure_odds * risk / (1 - risk + failure_odds * risk)
    nobody, everybody = np.zeros_like(risk), np.ones_like(risk)
    jump = np.concatenate((weights(nobody, risk, odds_ratio), weights(everybody, risk, odds_ratio)))
    return jump, np.concatenate((share * (1 - fails), share * fails))


def _mix(risk_values: npt.ArrayLike, risk_weights: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """At most 100 risks in order, and the share of operations at each. Grouping keeps the expected failures."""
    risk, weight = np.asarray(risk_values, dtype=np.float64), np.asarray(risk_weights, dtype=np.float64)
    if risk.shape != weight.shape:
        raise ValueError(f"{risk.size} risks with {weight.size} weights: give each risk one weight.")
    if (wrong := ~((weight >= 0) & np.isfinite(weight))).any():
        raise ValueError(f"A weight of {weight[wrong][0]:g}: weights are numbers of operations or shares, from 0 up.")
    _check_risk(risk)
    if not ((risk > 0) & (risk < 1) & (weight > 0)).any():
        raise ValueError("No risk lies between 0 and 1: such a CUSUM would never move. See that the model has risks.")
    risk, which = np.unique(risk, return_inverse=True)
    share = np.asarray(np.bincount(which, weight) / weight.sum(), dtype=np.float64)
    if len(risk) <= RISKS:
        return risk, share
    group = np.minimum((np.cumsum(share) - share / 2) * RISKS, RISKS - 1).astype(np.int64)
    together = np.bincount(group, share, RISKS).astype(np.float64)
    held = together > 0
    return np.bincount(group, share * risk, RISKS)[held] / together[held], together[held]


def _operations(failed: npt.ArrayLike, risk: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    y, p = np.asarray(failed, dtype=np.float64), np.asarray(risk, dtype=np.float64)
    if y.shape != p.shape:
        raise ValueError(f"{y.size} outcomes for {p.size} risks: give each operation one of both.")
    if (wrong := (y != 0) & (y != 1)).any():
        raise ValueError(f"An outcome of {y[wrong][0]:g}: write 1 for failed, 0 for not.")
    _check_risk(p)
    return y, p


def _check_risk(risk: Numbers) -> None:
    if (wrong := ~((risk >= 0) & (risk <= 1))).any():
        raise ValueError(f"A risk of {risk[wrong][0]:g}: a probability is needed, 0 to 1.")


def _check_odds_ratio(odds_ratio: float) -> None:
    if not odds_ratio > 0 or odds_ratio == 1:
        raise ValueError(
            f"An odds ratio of {odds_ratio:g}: take 2 to look for doubled odds of failure, 0.5 for halved."
        )


def _check_limit(limit: float) -> None:
    if not limit > 0:
        raise ValueError(f"A limit of {limit:g}: it must be above 0.")
