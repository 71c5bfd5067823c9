"""How many fail by when, from counts: one row per day with how many failed, died or left follow-up.

``counts`` is everywhere the frame that ``by_day`` describes: ``day``, ``failed``, ``died``, ``left``.
Every function raises ValueError, as ``by_day`` does, when a day appears twice or a number is negative or not whole.
Intervals are 95 %. The values equal those of R 4.2.2 (survival 3.5-3, cmprsk 2.2-11, prodlim).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.stats.by_day import Days, Numbers, by_day, kept, over
from dashboard.stats.group_tests import GroupTest, gray_test, log_rank
from dashboard.stats.proportions import Difference, Z, clopper_pearson

__all__ = [
    "FollowUpTime",
    "GroupTest",
    "Quantile",
    "RestrictedMean",
    "ShareOnDay",
    "cumulative_incidence",
    "difference",
    "failure_quantiles",
    "gray_test",
    "kaplan_meier",
    "known_share",
    "log_rank",
    "median",
    "number_at_risk",
    "pooled",
    "quantile",
    "reliable_until",
    "restricted_mean",
    "reverse_kaplan_meier",
    "share_at",
]

SAME = 1e-10
"""Two heights of a curve closer than this are one: what rounding leaves of an exact half must still be a half."""

FEWEST_FIRM, SHARE_FIRM, FEWEST_DRAWN = 10, 0.1, 5
"""A curve is firm while so many operations, and this share of all, are at risk; below the last it is not drawn."""


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


@dataclass(frozen=True)
class FollowUpTime:
    """How long operations were followed, in days; None where the curve of follow-up does not come down that far."""

    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None


class Quantile(NamedTuple):
    """The day by which a share has failed, and the range of that day; None where the curve does not reach it."""

    value: float | None
    lower: float | None
    upper: float | None


class RestrictedMean(NamedTuple):
    """Mean days without failure up to a horizon, with its standard error (days)."""

    mean: float
    se: float


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
    return _frame(days, ("failed", "died", "left"), share=share, variance=variance, lower=lower, upper=upper)


def kaplan_meier(counts: pd.DataFrame) -> pd.DataFrame:
    """Share still without failure on each day, if nobody died: for a labelled second line, never the headline.

    S = product of (1 - failed / at_risk); the dead count as having left. Greenwood:
    var(log S) = sum of failed / (at_risk (at_risk - failed)); limits S^exp(+/- z se / log S), the log-log scale.

    Returns one row per day, in order: ``day``, ``at_risk``, ``failed``, ``left``, ``survival`` (0 to 1), ``se_log``,
    ``lower``, ``upper``. Limits are NaN where survival is 0 or 1, ``se_log`` where it is 0.
    Source: Kaplan and Meier 1958; Kalbfleisch and Prentice 1980.
    """
    days = by_day(counts).death_as_leaving
    survival = kept(days.failed, days.at_risk)
    se_log = np.where(survival > 0, np.sqrt(np.cumsum(_greenwood(days))), np.nan)
    lower, upper = _log_minus_log(survival, se_log)
    return _frame(days, ("failed", "left"), survival=survival, se_log=se_log, lower=lower, upper=upper)


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


def reverse_kaplan_meier(counts: pd.DataFrame, death_ends_follow_up: bool = True) -> FollowUpTime:
    """How long operations were followed: median and quartiles of follow-up, in days.

    Kaplan-Meier with the end of follow-up as the event; on a tied day those who failed go first (prodlim's rule).
    A quantile is the first day on which the curve lies below it but above 0, again as in prodlim.

    death_ends_follow_up: a death is where follow-up ended, as in the values made with R. If False, the dead are taken
    out like those who failed: the follow-up there would have been, had nobody died.
    Source: Schemper and Smith, Control Clin Trials 1996;17:343-346.
    """
    days = by_day(counts)
    first, ended = (
        (days.failed, days.left + days.died) if death_ends_follow_up else (days.failed + days.died, days.left)
    )
    followed = kept(ended, days.at_risk - first)

    def day_below(height: float) -> float | None:
        return _first(days.day[(followed > 0) & (followed < height - SAME)])

    return FollowUpTime(day_below(0.5), day_below(0.75), day_below(0.25))


def quantile(counts: pd.DataFrame, p: float) -> Quantile:
    """The day by which a share ``p`` has failed if nobody died, and its range.

    Where the Kaplan-Meier curve, or a limit of it, first comes down to 1 - p. If it runs flat at that very height, the
    middle between that day and the next step down or, without one, the last day: the rule of R's quantile.survfit.
    Raises ValueError unless 0 < p < 1.
    """
    if not 0 < p < 1:
        raise ValueError(f"{p} is not a share that can be reached. Give a number between 0 and 1.")
    curve = kaplan_meier(counts)
    last = curve["day"][curve["at_risk"] > 0].max()
    return Quantile(*(_comes_down_to(1 - p, curve, height, last) for height in ("survival", "lower", "upper")))


def median(counts: pd.DataFrame) -> Quantile:
    """The day by which half have failed if nobody died, and its range: as R prints it.

    As ``quantile(counts, 0.5)``, except on a curve that ends flat at exactly one half: there it is the first such day.
    """
    curve = kaplan_meier(counts)
    return Quantile(*(_comes_down_to(0.5, curve, height, None) for height in ("survival", "lower", "upper")))


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


def restricted_mean(counts: pd.DataFrame, tau: float) -> RestrictedMean | None:
    """Mean days without failure up to day ``tau``, if nobody died, with its standard error.

    The area under Kaplan-Meier up to tau; variance: sum of (area after day)^2 failed / (at_risk (at_risk - failed)).
    None when nobody was followed to ``tau`` and the curve had not come down to 0.
    """
    days = by_day(counts).death_as_leaving
    survival = kept(days.failed, days.at_risk)
    if not len(survival) or (days.at_risk_on(np.array([tau]))[0] == 0 and survival[-1] > 0):
        return None
    inside = days.day < tau
    edges = np.concatenate(([0.0], days.day[inside], [tau]))
    areas = np.diff(edges) * np.concatenate(([1.0], survival[inside]))
    after_each = np.cumsum(areas[::-1])[::-1][1:]
    return RestrictedMean(float(areas.sum()), float(np.sqrt((after_each**2 * _greenwood(days)[inside]).sum())))


def pooled(counts: pd.DataFrame) -> pd.DataFrame:
    """Several groups as one: their counts added day by day.

    counts: the usual columns, with any others beside them; a day may appear once in each group.
    """
    return counts.groupby("day", as_index=False, sort=True)[["failed", "died", "left"]].sum()


def reliable_until(curve: pd.DataFrame) -> tuple[int, int]:
    """Up to which day a curve may be drawn firmly, and up to which at all.

    Firm while 10 operations and a tenth of all are at risk, grey after that, cut off where fewer than 5 are.
    curve: what ``cumulative_incidence`` or ``kaplan_meier`` gave. Returns two days; 0 where nothing may be drawn so.
    """
    at_risk = curve["at_risk"]
    firm = curve["day"][at_risk >= max(FEWEST_FIRM, SHARE_FIRM * at_risk.max())]
    drawn = curve["day"][at_risk >= FEWEST_DRAWN]
    return int(firm.max()) if len(firm) else 0, int(drawn.max()) if len(drawn) else 0


def _estimate(so_far: pd.DataFrame, at_risk: int) -> tuple[float, float, float | None, float | None]:
    """Share, variance and limits where the curve stands after the last of these days."""
    if not so_far["failed"].any():
        exact = clopper_pearson(0, at_risk)
        return 0.0, 0.0, 0.0, exact.upper if exact else None
    share, variance, lower, upper = (float(so_far[name].iloc[-1]) for name in ("share", "variance", "lower", "upper"))
    return share, variance, None if np.isnan(lower) else lower, None if np.isnan(upper) else upper


def _comes_down_to(target: float, curve: pd.DataFrame, height: str, last: float | None) -> float | None:
    """First day with a height of target or less; the middle of a flat piece at target, up to ``last`` if it never ends.

    Without ``last`` a flat piece that never ends counts from its first day.
    """
    defined = curve[curve[height].notna()]
    day, value = defined["day"].to_numpy(dtype=np.float64), defined[height].to_numpy()
    arrived = _first(day[value <= target + SAME])
    if arrived is None or not (np.abs(value[day == arrived] - target) <= SAME).all():
        return arrived
    left_again = _first(day[value < target - SAME])
    until = last if left_again is None else left_again
    return arrived if until is None else (arrived + until) / 2


def _first(days: Numbers) -> float | None:
    return float(days[0]) if len(days) else None


def _log_minus_log(share: Numbers, se_log: Numbers) -> tuple[Numbers, Numbers]:
    """Limits on the log(-log) scale, share^exp(+/- z se_log / log share); NaN where share is 0 or 1."""
    lower, upper = np.full(len(share), np.nan), np.full(len(share), np.nan)
    inside = (share > 0) & (share < 1)
    reach = Z * se_log[inside] / np.abs(np.log(share[inside]))
    lower[inside], upper[inside] = share[inside] ** np.exp(reach), share[inside] ** np.exp(-reach)
    return lower, upper


def _greenwood(days: Days) -> Numbers:
    """What each day adds to the variance of log S; 0 on the day the curve reaches 0, as in R."""
    return over(days.failed, days.at_risk * (days.at_risk - days.failed))


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


def _frame(days: Days, counted: Sequence[str], **estimates: Numbers) -> pd.DataFrame:
    whole = {name: getattr(days, name).astype(np.int64) for name in ("day", "at_risk", *counted)}
    return pd.DataFrame({**whole, **estimates})
