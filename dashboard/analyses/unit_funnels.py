"""Units by the limits of chance: the funnel of their shares and that of their ratios, and what these could show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE
from dashboard.analyses.groups import rows_of
from dashboard.analyses.shares import share_of
from dashboard.others import AllUnits
from dashboard.stats import funnel, proportions, shrinkage, standardisation
from dashboard.stats.multiplicity import benjamini_hochberg

DRAWN_SIZES = 80
MOST_TO_DOUBLE = 0.5
LIMITS = ["limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high"]
SHARE = ["share", "share_lower", "share_upper"]
RATIO_LIMITS = [f"ratio_{name}" for name in LIMITS]
UNLIKE = "Shares of unlike procedures are not pooled without adjustment. Choose one procedure family"
NOBODY = "No operation counts at this time: it has not come yet, or the patients were lost or had died before it."
ALL_SMALL = f"None has {FEWEST_FOR_A_SHARE} operations whose state is known at this time: counts only."


@dataclass(frozen=True)
class Funnel:
    """How the limits stand: the target, and whether they were widened for overdispersion.

    phi: None with fewer than ten units, when it cannot be judged. lines: ``size`` and the four limits, to be drawn;
    limits: those of units of any size.
    """

    target: float
    phi: float | None
    widened: bool
    lines: pd.DataFrame
    limits: funnel.Limits


@dataclass(frozen=True)
class Detection:
    """What a funnel can see: how likely it is that a unit of the middle size with a doubled rate lies beyond the limit.

    size: the median of those shown, or of all where none is: expected failures, or operations. probability: to lie
    beyond the upper 95 % limit as it is drawn; needed: the size from which on it is 0.8 or more (None: out of reach).
    """

    size: float
    probability: float
    needed: float | None


def drawn_round(drawn: Funnel | None, sizes: pd.Series) -> Funnel | None:
    """The funnel round units of these sizes alone: as it was drawn, it would tell how large the largest is."""
    known = sizes[sizes > 0]
    if drawn is None or known.empty:
        return None
    around = np.geomspace(max(1.0, known.min() / 2), known.max() * 2, DRAWN_SIZES)
    # Operations are whole, failures expected are not.
    whole = pd.api.types.is_integer_dtype(sizes)
    return replace(drawn, lines=_lines(drawn.limits, np.unique(np.round(around)) if whole else around))


def with_shares(
    units: pd.DataFrame, *, pooled: bool, together: AllUnits | None = None
) -> tuple[pd.DataFrame, Funnel | None, str]:
    """The units with their share, limits and position; the funnel round the share of all of them, or why none.

    together: what is told of all of them, where these units are not all.
    """
    empty = ["overdispersion", *SHARE, *LIMITS, "share_p", "share_q"]
    units = units.assign(position="", **dict.fromkeys(empty, np.nan))
    failed, n = (together.failed, together.operations) if together else map(int, units[["failed", "operations"]].sum())
    shown = units["shown"].to_numpy(bool)
    found = [list(share_of(row.failed, row.operations).values()) for row in rows_of(units[shown])]
    units.loc[shown, SHARE] = np.reshape(np.array(found, dtype=float), (-1, len(SHARE)))
    if together and together.why:
        return units, None, together.why
    if not n:
        return units, None, NOBODY
    if not pooled:
        return units, None, f"{UNLIKE}."
    if not shown.any():
        return units, None, ALL_SMALL
    if failed in (0, n):
        return units, None, _no_chance(failed, n)
    return _in_share_funnel(units, shown, failed / n, together)


def _no_chance(failed: int, n: int) -> str:
    """Where none failed, or all, chance would allow nothing else, which is no limit to hold anybody against."""
    exact = proportions.clopper_pearson(failed, n)
    if exact is None:
        return NOBODY
    told = f"None of the {n} operations whose state is known failed (95 % interval up to {100 * exact.upper:.1f} %)"
    if failed:
        told = f"All {n} operations whose state is known failed (95 % interval from {100 * exact.lower:.1f} %)"
    return f"{told}: nobody differs, and there is no limit of chance to draw."


def share_spread(some: pd.DataFrame) -> funnel.Overdispersion | None:
    failed, n = (some[name].to_numpy(float) for name in ("failed", "operations"))
    return funnel.overdispersion(failed, n) if 0 < failed.sum() < n.sum() else None


def ratio_spread(some: pd.DataFrame) -> funnel.Overdispersion:
    return funnel.overdispersion_of_ratios(some["observed"].to_numpy(float), some["expected"].to_numpy(float))


def _allowing(p: list[float], together: AllUnits | None) -> np.ndarray:
    """Each with what it is once it is allowed for how many were compared."""
    found = np.array(p)
    q = np.minimum(1, found * together.compared) if together else benjamini_hochberg(p)
    return np.column_stack([found, q])


def _in_share_funnel(
    units: pd.DataFrame, shown: np.ndarray, target: float, together: AllUnits | None
) -> tuple[pd.DataFrame, Funnel, str]:
    failed, n = (units.loc[shown, name].to_numpy(float) for name in ("failed", "operations"))
    judged = funnel.overdispersion_can_be_judged(len(n))
    spread = together.shares if together else share_spread(units[shown]) if judged else None
    spread = spread and spread._replace(target=target)
    limits = _share_limits(target, spread)
    units.loc[shown, LIMITS] = np.column_stack(limits(n))
    units.loc[shown, "position"] = funnel.position(failed / n, limits(n))
    units.loc[shown, "overdispersion"] = spread.phi if spread else np.nan
    p = [funnel.share_p(int(x), int(size), target, spread) for x, size in zip(failed, n, strict=True)]
    units.loc[shown, ["share_p", "share_q"]] = _allowing(p, together)
    sizes = np.unique(np.round(np.geomspace(FEWEST_FOR_A_SHARE, n.max() * 1.05, DRAWN_SIZES)))
    return units, _funnel(target, spread, sizes, limits), ""


def with_ratios(units: pd.DataFrame, together: AllUnits | None = None) -> tuple[pd.DataFrame, Funnel | None]:
    """The units with observed over expected, and the funnel round 1; of those without a note why there is none.

    together: what is told of all of them, where these units are not all.
    """
    empty = ["ratio", "lower", "upper", "shrunken", "ratio_p", "ratio_q", *RATIO_LIMITS]
    some = (units["ratio_note"] == "").to_numpy()
    units = units.assign(ratio_shown=some, ratio_position="", **dict.fromkeys(empty, np.nan))
    observed, expected = units.loc[some, "observed"].to_numpy(float), units.loc[some, "expected"].to_numpy(float)
    if not len(observed):
        return units, None
    intervals = [standardisation.observed_over_expected(int(o), e) for o, e in zip(observed, expected, strict=True)]
    units.loc[some, ["ratio", "lower", "upper"]] = [list(one) for one in intervals if one is not None]
    units.loc[some, "shrunken"] = np.nan if together else _shrunken(observed, expected)
    return _in_funnel(units, some, observed, expected, together)


def _in_funnel(
    units: pd.DataFrame, some: np.ndarray, observed: np.ndarray, expected: np.ndarray, together: AllUnits | None
) -> tuple[pd.DataFrame, Funnel]:
    judged = funnel.overdispersion_can_be_judged(len(observed))
    spread = together.ratios if together else ratio_spread(units[some]) if judged else None
    limits = _ratio_limits(spread)
    units.loc[some, RATIO_LIMITS] = np.column_stack(limits(expected))
    units.loc[some, "ratio_position"] = funnel.position(observed / expected, limits(expected))
    sizes = np.geomspace(max(1.0, expected.min() * 0.9), expected.max() * 1.05, DRAWN_SIZES)
    p = [funnel.ratio_p(int(o), e, spread) for o, e in zip(observed, expected, strict=True)]
    units.loc[some, ["ratio_p", "ratio_q"]] = _allowing(p, together)
    return units, _funnel(1.0, spread, sizes, limits)


def _share_limits(target: float, spread: funnel.Overdispersion | None) -> funnel.Limits:
    """The limits as they are drawn: exact, or widened where the units differ by more than chance."""
    if spread is not None and spread.overdispersed:
        return partial(funnel.overdispersed_limits, found=spread)
    return partial(funnel.binomial_limits, target=target)


def _ratio_limits(spread: funnel.Overdispersion | None) -> funnel.Limits:
    if spread is not None and spread.overdispersed:
        return partial(funnel.overdispersed_ratio_limits, found=spread)
    return funnel.poisson_limits


def _funnel(target: float, spread: funnel.Overdispersion | None, sizes: np.ndarray, limits: funnel.Limits) -> Funnel:
    """The funnel round a target, and its lines at some sizes."""
    phi, widened = (spread.phi, spread.overdispersed) if spread else (None, False)
    return Funnel(target, phi, widened, _lines(limits, sizes), limits)


def _lines(limits: funnel.Limits, sizes: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(np.column_stack(limits(sizes)), columns=LIMITS).assign(size=sizes)


def ratios_see(units: pd.DataFrame, drawn: Funnel | None) -> Detection | None:
    """What the ratios of units of these sizes could show."""
    sizes = units.loc[units["ratio_shown"] if drawn else units["expected"] > 0, "expected"]
    everybody, cases = float(units["expected"].sum()), int(units["cases"].sum())
    # Of more than half there is no double.
    if sizes.empty or not cases or everybody / cases > MOST_TO_DOUBLE:
        return None
    size, limits = float(sizes.median()), drawn.limits if drawn else None
    needed = funnel.expected_needed(limits=limits)
    return Detection(size, funnel.ratio_detection(size, limits=limits), needed)


def shares_see(units: pd.DataFrame, drawn: Funnel | None, failed: float | None = None) -> Detection | None:
    """What their shares could show; nothing where none failed, and of more than half there is no double.

    failed: the share of all that they are held against, where those are more than these units.
    """
    sizes = units.loc[units["shown"] if drawn else units["operations"] > 0, "operations"]
    target = float(units["failed"].sum() / max(units["operations"].sum(), 1)) if failed is None else failed
    if sizes.empty or not 0 < target <= MOST_TO_DOUBLE:
        return None
    size, limits = int(sizes.median()), drawn.limits if drawn else None
    seen = funnel.detection(size, target, limits=limits)
    return Detection(size, seen, funnel.n_needed(target, limits=limits))


def _shrunken(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The ratio drawn towards the practice's own as far as it rests on few failures; NaN with too few units."""
    found = shrinkage.shrunken_ratios(observed, expected)
    return np.full(len(observed), np.nan) if found is None else np.asarray(found.ratio)
