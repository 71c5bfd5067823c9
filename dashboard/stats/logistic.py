"""How the odds of failure go along with what was known beforehand: logistic regression from counts.

For outcomes with complete follow-up. Everywhere the same input, a row for each covariate pattern that occurs:

* ``design``: patterns by terms, the intercept (ones) first; ``names``: a name for each column.
* ``failed`` and ``total``: failures among the operations of each pattern; a pattern without operations takes no part.

The patterns hold all that single operations would: coefficients, standard errors and likelihood are the same.
Columns are centred and scaled before the fit and the answers turned back, so that a year such as 2024 costs no digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import expit, logit

from dashboard.stats.by_day import Numbers
from dashboard.stats.designs import Fit, gram, scaled
from dashboard.stats.proportions import Difference, Z

Method = Literal["maximum likelihood", "Firth"]

SETTLED = 1e-10
"""A fit is done when no coefficient, per standard deviation of its column, moves by more than this."""
MOST_STEPS = 1000
"""A fit by maximum likelihood needs about 6, Firth's some dozens when few operations failed."""
HALVINGS = 30
SHORT = 0.1
FLAT = 1e-6
"""A step that gains the log-likelihood less than this is nearly at the summit, if there is one …"""
RUNNING = 0.1
"""… and there is none if some log odds still move by more (their standard error above 100) and gains do not shrink."""
DOUBLINGS = 20
"""A profile limit that is not met within 2**20 times the Wald interval does not exist."""
MET = 1e-6
"""A profile limit is met when the log-likelihood is within this of where it should be."""


@dataclass(frozen=True)
class LogisticFit(Fit):
    """A fitted model of odds.

    log_likelihood: of single operations (no binomial coefficients), also of Firth's fit without its penalty.
    """

    method: Method


class Predicted(NamedTuple):
    """Risk of each pattern, and the range it could reasonably have by this model (0 to 1)."""

    risk: Numbers
    lower: Numbers
    upper: Numbers


class Limits(NamedTuple):
    """The range an odds ratio could reasonably have; None for an end that does not exist."""

    lower: float | None
    upper: float | None


class _Patterns(NamedTuple):
    """Patterns with operations; columns centred and scaled: the given design @ back is ``x``."""

    x: Numbers
    failed: Numbers
    total: Numbers
    back: Numbers


class _Place(NamedTuple):
    """What is known at some coefficients: the likelihood's height (penalised for Firth), slope, information X'WX.

    curvature: what a step divides by; for Firth, with h / 2 failures and h / 2 successes added to each pattern,
    which is where his score comes from; by the information alone, steps overshoot for ever where patterns are small.
    """

    at: Numbers
    height: float
    score: Numbers
    information: Numbers
    curvature: Numbers


def fit(
    design: Numbers, failed: Numbers, total: Numbers, names: Sequence[str], method: Method = "maximum likelihood"
) -> LogisticFit:
    """How the log odds of failure go along with each column of the design.

    Newton steps b + (X'WX)^-1 X'(failed - total p), W = total p (1 - p), halved where one leads down.
    Where patterns separate the failures from the others, no maximum exists: some coefficient grows without end.
    Then, and when asked for, the fit is Firth's, marked by ``method``: it maximises log L + log |X'WX| / 2, is always
    finite, and its score is X'(failed - total p + h (1/2 - p)), h the leverages.

    Source: McCullagh and Nelder 1989; Firth, Biometrika 1993;80:27-38; Heinze, Stat Med 2002;21:2409-19.
    Raises ValueError when the input does not fit together, nobody was operated, or a column repeats others.
    """
    patterns = _patterns(design, failed, total, names)
    peak = _climb(patterns, _start(patterns, method == "Firth"), method == "Firth")
    if peak is None and method != "Firth":
        method = "Firth"
        peak = _climb(patterns, _start(patterns, True), True)
    if peak is None:
        raise ValueError(f"No fit was found for {', '.join(names)}. Leave out a column, or join small groups.")
    return LogisticFit(
        names=tuple(names),
        coefficients=patterns.back @ peak.at,
        covariance=patterns.back @ np.linalg.inv(peak.information) @ patterns.back.T,
        log_likelihood=_log_likelihood(patterns, patterns.x @ peak.at),
        events=round(float(patterns.failed.sum())),
        operations=round(float(patterns.total.sum())),
        method=method,
    )


def profile_interval(design: Numbers, failed: Numbers, total: Numbers, fit: LogisticFit, column: str) -> Limits:
    """The odds ratios of one column that the counts do not speak against: the profile likelihood interval.

    Its ends are where twice the log-likelihood (penalised for Firth's fit), maximised over all other coefficients,
    is 3.84 below its maximum. Better than Wald's when failures are few.

    design, failed, total: those that ``fit`` was made from; column: one of its names.
    Source: Venzon and Moolgavkar, Appl Stat 1988;37:87-94; for Firth's, Heinze and Schemper, Stat Med 2002.
    Raises ValueError as ``fit`` does, and for an unknown column.
    """
    if column not in fit.names:
        raise ValueError(f'"{column}" is not a column of this fit. Its columns are {", ".join(fit.names)}.')
    patterns = _patterns(design, failed, total, fit.names)
    firth = fit.method == "Firth"
    peak = _look(patterns, np.linalg.solve(patterns.back, fit.coefficients).astype(np.float64), firth)
    held = patterns.back[fit.names.index(column)]
    with np.errstate(over="ignore"):
        ends = [np.exp(_profile_end(patterns, peak, held, side, firth)) for side in (-1, 1)]
    return Limits(*(None if np.isnan(end) else float(end) for end in ends))


def predict(fit: LogisticFit, design: Numbers) -> Predicted:
    """Risk of failure by the model, with an interval that is symmetric in the log odds.

    expit(x'b +/- z sqrt(x'Vx)), V the covariance.

    Raises ValueError when there are not as many columns as coefficients.
    """
    x = np.asarray(design, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] != len(fit.names):
        raise ValueError(f"design of shape {x.shape}: needed are {len(fit.names)} columns, {', '.join(fit.names)}.")
    log_odds = x @ fit.coefficients
    reach = Z * np.sqrt(np.maximum(((x @ fit.covariance) * x).sum(axis=1), 0))
    return Predicted(expit(log_odds), expit(log_odds - reach), expit(log_odds + reach))


def risk_difference(fit: LogisticFit, first: Numbers, second: Numbers) -> Difference:
    """How much higher the risk of one pattern is than that of another by the same model, with its interval.

    Both risks come from the same coefficients, so that what is unsure of them goes along together: with the gradient
    g = p1 (1 - p1) x1 - p2 (1 - p2) x2, the variance of the difference is g'Vg, V the covariance (delta method).

    first, second: one row of a design each. Raises ValueError when one has not as many columns as coefficients.
    """
    rows = np.vstack([first, second]).astype(np.float64)
    risk = predict(fit, rows).risk
    slopes = (risk * (1 - risk))[:, None] * rows
    gradient = slopes[0] - slopes[1]
    difference, reach = float(risk[0] - risk[1]), Z * float(np.sqrt(max(gradient @ fit.covariance @ gradient, 0)))
    return Difference(difference, max(difference - reach, -1.0), min(difference + reach, 1.0))


def c_statistic(risk: Numbers, failed: Numbers, total: Numbers) -> float | None:
    """How often, of one who failed and one who did not, the one who failed had the higher risk; equal risks count half.

    The area under the ROC curve: 0.5 tells nothing, 1 tells everybody apart.

    risk: of each pattern. None when all failed or none did: there are no pairs.
    Source: Hanley and McNeil, Radiology 1982;143:29-36.
    """
    _, place = np.unique(np.asarray(risk, dtype=np.float64), return_inverse=True)
    failures = np.bincount(place, weights=failed)
    well = np.bincount(place, weights=np.asarray(total, dtype=np.float64) - failed)
    pairs = failures.sum() * well.sum()
    if pairs == 0:
        return None
    return float((failures * (np.cumsum(well) - well / 2)).sum() / pairs)


# ---- reading the counts


def _patterns(design: Numbers, failed: Numbers, total: Numbers, names: Sequence[str]) -> _Patterns:
    """Check the counts, leave out patterns without operations, and scale the columns (mean 0, variance 1)."""
    x, y, n = (np.asarray(given, dtype=np.float64) for given in (design, failed, total))
    _check(x, y, n, names)
    x, y, n = (x, y, n) if (n > 0).all() else (x[n > 0], y[n > 0], n[n > 0])
    if not len(n):
        raise ValueError("No operations: there is nothing to fit.")
    if (x[:, 0] != 1).any():
        raise ValueError(f'design, column "{names[0]}": the first column must be the intercept, all ones.')
    x, mean, spread = scaled(x, n, names, told=1)
    back = np.diag(1 / spread)
    back[0, 1:] = -mean[1:] / spread[1:]
    return _Patterns(x, y, n, back)


def _check(x: Numbers, y: Numbers, n: Numbers, names: Sequence[str]) -> None:
    if x.ndim != 2 or x.shape[1] != len(names) or not names:
        raise ValueError(f"design of shape {x.shape} for {len(names)} names: needed is a column for each name.")
    if y.shape != (len(x),) or n.shape != (len(x),):
        raise ValueError(f"design of {len(x)} patterns, failed of {y.size}, total of {n.size}: needed are as many.")
    if not np.isfinite(x).all():
        raise ValueError(f'design, column "{names[int((~np.isfinite(x)).any(axis=0).argmax())]}": not all are numbers.')
    if (wrong := ~((y >= 0) & (y <= n) & np.isfinite(n))).any():
        raise ValueError(f"{y[wrong][0]:g} failed of {n[wrong][0]:g}: the part must be between 0 and the whole.")


# ---- climbing the likelihood


def _look(patterns: _Patterns, at: Numbers, firth: bool) -> _Place:
    """What is known here; a height of minus infinity where Firth's penalty is endless."""
    log_odds = patterns.x @ at
    risk, well = expit(log_odds), expit(-log_odds)
    information = curvature = gram(patterns.x, patterns.total * risk * well)
    height, residual = _log_likelihood(patterns, log_odds), patterns.failed - patterns.total * risk
    if firth:
        sign, log_determinant = np.linalg.slogdet(information)
        if sign <= 0 or not np.isfinite(log_determinant):
            return _Place(at, -np.inf, np.zeros_like(at), information, information)
        variance = ((patterns.x @ np.linalg.inv(information)) * patterns.x).sum(axis=1)
        leverage = patterns.total * risk * well * variance
        height, residual = height + log_determinant / 2, residual + leverage * (well - risk) / 2
        curvature = information + gram(patterns.x, leverage * risk * well)
    return _Place(at, height, patterns.x.T @ residual, information, curvature)


def _log_likelihood(patterns: _Patterns, log_odds: Numbers) -> float:
    """Of single operations: failed log p + (total - failed) log(1 - p), exact also where p is nearly 0 or 1."""
    against = patterns.failed * np.maximum(-log_odds, 0) + (patterns.total - patterns.failed) * np.maximum(log_odds, 0)
    return -float((against + patterns.total * np.log1p(np.exp(-np.abs(log_odds)))).sum())


def _start(patterns: _Patterns, firth: bool) -> _Place:
    """Everybody at the overall risk, drawn a little to one half so that it is never 0 or 1."""
    at = np.zeros(patterns.x.shape[1])
    at[0] = logit((patterns.failed.sum() + 0.5) / (patterns.total.sum() + 1))
    return _look(patterns, at, firth)


def _climb(patterns: _Patterns, place: _Place, firth: bool, held: Numbers | None = None) -> _Place | None:
    """Newton's steps to the summit, ``held @ coefficients`` kept as it is; None where there is no summit."""
    last, gain_before = np.zeros_like(place.at), np.inf
    for _ in range(MOST_STEPS):
        if (step := _step(place, held)) is None:
            return None
        gain = float(step @ place.score)
        if np.abs(step).max() < SETTLED or 0 <= gain < SETTLED**2:
            return place
        # Where groups are separated, some risks run on to 0 or 1 for next to nothing.
        if not firth and gain_before / 10 < gain < FLAT and np.abs(patterns.x @ step).max() > RUNNING:
            return None
        last, step = _lengthened(step, last) if firth else (step, step)
        if (found := _uphill(patterns, place, step, firth)) is None:
            return None
        place, gain_before = found, gain
    return None


def _lengthened(step: Numbers, last: Numbers) -> tuple[Numbers, Numbers]:
    """What to compare the next step with, and this one: where short steps shrink evenly, to their end (Aitken)."""
    shrinks = float(step @ last) / (float(last @ last) or 1)
    evenly = 0.2 < shrinks < 1 and np.linalg.norm(step - shrinks * last) < np.linalg.norm(step) / 10
    return (np.zeros_like(step), step / (1 - shrinks)) if evenly and np.abs(step).max() < SHORT else (step, step)


def _step(place: _Place, held: Numbers | None) -> Numbers | None:
    """Newton's step, across the direction held; None where the likelihood is too flat to tell the way."""
    try:
        step: Numbers = np.linalg.solve(place.curvature, place.score).astype(np.float64)
        if held is not None:
            step -= _ridge(place.curvature, held) * (held @ step)
    except np.linalg.LinAlgError:
        return None
    return step if np.isfinite(step).all() else None


def _ridge(curvature: Numbers, held: Numbers) -> Numbers:
    """How the coefficients move best when ``held @ coefficients`` is to grow by one."""
    direction = np.linalg.solve(curvature, held)
    return np.asarray(direction / (held @ direction), dtype=np.float64)


def _uphill(patterns: _Patterns, place: _Place, step: Numbers, firth: bool) -> _Place | None:
    """The place a step leads to, or half of it, or a quarter … ; None when all lead down."""
    rounding = 1e-12 * (1 + abs(place.height))
    for halving in range(HALVINGS):
        with np.errstate(over="ignore", invalid="ignore"):
            found = _look(patterns, place.at + step / 2**halving, firth)
        if found.height >= place.height - rounding:
            return found
    return None


# ---- profile


def _profile_end(patterns: _Patterns, peak: _Place, held: Numbers, side: int, firth: bool) -> float:
    """Where the profile of ``held @ coefficients``, below (-1) or above (1) its summit, falls by half of 3.84, or NaN.

    Newton's steps along the profile, kept between a place known to be too near and one known to be too far.
    """
    ridge = _ridge(peak.information, held)
    reach = Z / float(np.sqrt(ridge @ peak.information @ ridge))
    near, far, away, place, left = 0.0, np.inf, reach, peak, np.inf
    while away <= reach * 2**DOUBLINGS and far - near > SETTLED * reach:
        moved = held @ (peak.at - place.at) + side * away
        found = _climb(patterns, _look(patterns, place.at + moved * ridge, firth), firth, held)
        onward = np.inf
        if found is not None:
            place = found
            left = place.height - (peak.height - Z**2 / 2)
            slope = side * float(place.score @ ridge)
            onward = away - left / slope if slope < 0 else np.inf
            if abs(onward - away) < SETTLED * reach:
                return float(held @ place.at)
        near, far = (away, far) if found is not None and left > 0 else (near, away)
        if not near < onward < far or onward > 2 * away:
            onward = 2 * away if np.isinf(far) else (near + far) / 2
        away = onward
    return float(held @ place.at) if abs(left) < MET else np.nan
