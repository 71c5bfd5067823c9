"""How many fail by when, from counts: one row per day with how many failed, died or left follow-up.

``counts`` is everywhere the frame that ``by_day`` describes: ``day``, ``failed``, ``died``, ``left``.
Every function raises ValueError, as ``by_day`` does, when a day appears twice or a number is negative or not whole.
Intervals are 95 %. The values equal those of R 4.2.2 (survival 3.5-3, cmprsk 2.2-11, prodlim).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.stats.by_day import Days, Numbers, by_day, kept, over
from dashboard.stats.proportions import Difference, Z, clopper_pearson

SAME = 1e-10
"""Two heights of a curve closer than this are one: what rounding leaves of an exact half must still be a half."""


@dataclass(frozen=True)
class ShareOnDay:
    """What is known about one group on one day after surgery; ``share`` and its limits lie between 0 and 1."""

    day: int
    operations: int
    failed: int
    died: int
    at_risk: int
    share: float | None
    lower: float | None
    upper: float | None
    variance: float | None
    estimable: bool
    reason: str


def cumulative_incidence(counts: pd.DataFrame) -> pd.DataFrame:
    """Share failed by each day, with death before failure as a competing event.

    The Aalen-Johansen estimate F(t) = sum of S(before) failed / at_risk, S over failure and death together.
    Variance by Gray's formula, as cmprsk prints it; limits F^exp(-/+ z se / (F log F)), the log(-log) scale.

    Returns one row per day, in order: ``day``, ``at_risk`` (just before that day's events), ``failed``, ``died``,
    ``left``, ``share``, ``variance``, ``lower``, ``upper`` (shares 0 to 1). Limits are NaN where share is 0 or 1.
    Source: Aalen and Johansen 1978; Gray, Ann Stat 1988;16:1141-1154.
    """
    days = by_day(counts)
    after = kept(days.failed + days.died, days.at_risk)
    before = np.concatenate((np.ones(1), after))[:-1]
    share = np.minimum(np.cumsum(before * over(days.failed, days.at_risk)), 1)
    share[(after == 0) & (np.cumsum(days.died) == 0)] = 1
    variance = _gray_variance(days, before, after, share)
    lower, upper = _log_minus_log(share, over(np.sqrt(variance), share))
    counted = {name: getattr(days, name).astype(np.int64) for name in ("day", "at_risk", "failed", "died", "left")}
    return pd.DataFrame({**counted, "share": share, "variance": variance, "lower": lower, "upper": upper})


def share_at(counts: pd.DataFrame, day: int) -> ShareOnDay:
    """Share failed by one day after surgery, or why it cannot be given.

    ``failed`` and ``died`` count up to and including ``day``; ``at_risk`` are those whose time is ``day`` or later.
    Not estimable when nobody is at risk on ``day``, unless by then everybody had failed or died.
    With no failure by ``day``: share 0, lower 0, upper 1 - 0.025^(1 / at_risk), the exact rule.
    With share 1 both limits are None: the log(-log) scale has none there.
    Raises ValueError when ``day`` is negative.
    """
    if day < 0:
        raise ValueError(f"{day} is not a day after surgery. Count days from 0, the day of surgery.")
    curve = cumulative_incidence(counts)
    so_far = curve[curve["day"] <= day]
    failed, died = int(so_far["failed"].sum()), int(so_far["died"].sum())
    operations, at_risk = int(curve["at_risk"].max()) if len(curve) else 0, number_at_risk(counts, [day])[0]
    nobody_remained = bool((so_far["at_risk"] == so_far["failed"] + so_far["died"])[so_far["at_risk"] > 0].any())
    if at_risk == 0 and not nobody_remained:
        reason = f"nobody followed to day {day}" if operations else "no operations"
        return ShareOnDay(day, operations, failed, died, at_risk, None, None, None, None, False, reason)
    share, variance, lower, upper = _estimate(so_far, at_risk)
    return ShareOnDay(day, operations, failed, died, at_risk, share, lower, upper, variance, True, "")


def difference(a: ShareOnDay, b: ShareOnDay) -> Difference | None:
    """How much more failed in the first group than in the second at the same landmark.

    Fa - Fb -/+ z sqrt(var_a + var_b). None when either is not estimable, or when neither saw a failure: a variance of
    nothing would give an interval without width.
    Raises ValueError when the landmarks are of different days.
    """
    if a.day != b.day:
        raise ValueError(f"Day {a.day} cannot be compared with day {b.day}. Take both groups at one landmark.")
    if a.share is None or b.share is None or a.variance is None or b.variance is None:
        return None
    reach = Z * float(np.sqrt(a.variance + b.variance))
    apart = a.share - b.share
    return Difference(apart, apart - reach, apart + reach) if reach > 0 else None


def number_at_risk(counts: pd.DataFrame, days: Sequence[int]) -> list[int]:
    """How many operations are still followed, without failure or death, just before each of ``days``.

    Those whose time is that day or later (R's n.risk); the row of numbers under a curve.
    """
    known = by_day(counts)
    return [int(n) for n in known.at_risk_on(np.asarray(days, dtype=np.float64))]


def known_share(counts: pd.DataFrame, day: int) -> float | None:
    """Share of operations whose state on ``day`` is known: failed or died by then, or followed to that day at least.

    The rest left follow-up before it. None when there are no operations.
    """
    days = by_day(counts)
    return float(1 - days.left[days.day < day].sum() / days.operations) if days.operations else None


def median_follow_up(counts: pd.DataFrame) -> float | None:
    """How many days half of the operations were followed; None where the curve of follow-up does not come down so far.

    Reverse Kaplan-Meier: the end of follow-up, a death too, is the event; on a tied day those who failed go first.
    The first day on which the curve lies below a half but above 0: both rules are prodlim's.
    Source: Schemper and Smith, Control Clin Trials 1996;17:343-346.
    """
    days = by_day(counts)
    followed = kept(days.left + days.died, days.at_risk - days.failed)
    below = days.day[(followed > 0) & (followed < 0.5 - SAME)]
    return float(below[0]) if len(below) else None


def failure_quantiles(
    counts: pd.DataFrame, within_days: int, shares: Sequence[float] = (0.25, 0.5, 0.75)
) -> list[int] | None:
    """Of the failures seen within a time, the day by which each share had come ("half of them by day 240").

    The smallest day with F(day) >= p F(within_days), F the cumulative incidence; one day for each of ``shares``.
    None when nobody failed by then.
    """
    curve = cumulative_incidence(counts)
    curve = curve[(curve["day"] <= within_days) & (curve["share"] > 0)]
    if curve.empty:
        return None
    day, share = curve["day"].to_numpy(), curve["share"].to_numpy()
    return [int(day[np.argmax(share >= p * share[-1] * (1 - SAME))]) for p in shares]


def _estimate(so_far: pd.DataFrame, at_risk: int) -> tuple[float, float, float | None, float | None]:
    """Share, variance and limits where the curve stands after the last of these days."""
    if not so_far["failed"].any():
        exact = clopper_pearson(0, at_risk)
        return 0.0, 0.0, 0.0, exact.upper if exact else None
    share, variance, lower, upper = (float(so_far[name].iloc[-1]) for name in ("share", "variance", "lower", "upper"))
    return share, variance, None if np.isnan(lower) else lower, None if np.isnan(upper) else upper


def _log_minus_log(share: Numbers, se_log: Numbers) -> tuple[Numbers, Numbers]:
    """Limits on the log(-log) scale, share^exp(+/- z se_log / log share); NaN where share is 0 or 1."""
    lower, upper = np.full(len(share), np.nan), np.full(len(share), np.nan)
    inside = (share > 0) & (share < 1)
    reach = Z * se_log[inside] / np.abs(np.log(share[inside]))
    lower[inside], upper[inside] = share[inside] ** np.exp(reach), share[inside] ** np.exp(-reach)
    return lower, upper


def _gray_variance(days: Days, before: Numbers, after: Numbers, share: Numbers) -> Numbers:
    """Variance of the cumulative incidence as cmprsk prints it; it changes only on days on which somebody failed.

    Once nobody remains (S = 0), 1 / S is read as 0, and so is what that day's deaths would add.
    """
    n = days.at_risk
    inverse = over(np.ones_like(after), after)
    ratio = share * inverse
    g1 = before**2 * _untied(days.failed, n) * over(days.failed, n**2)
    g2 = before**2 * _untied(days.died, n) * over(days.died, n**2)
    v1 = np.cumsum((1 + ratio) ** 2 * g1 + ratio**2 * g2)
    v2 = np.cumsum(((1 + ratio) * g1 + ratio * g2) * inverse)
    v3 = np.cumsum((g1 + g2) * inverse**2)
    return np.maximum(v1 + share**2 * v3 - 2 * share * v2, 0)


def _untied(events: Numbers, at_risk: Numbers) -> Numbers:
    """Gray's correction for several events of one kind on one day."""
    return np.where(events > 1, 1 - over(events - 1, at_risk - 1), 1)
