"""How many fail by when, from counts: one row per day with how many failed, died or left follow-up.

``counts`` is everywhere the frame that ``by_day`` describes: ``day``, ``failed``, ``died``, ``left``.
Every function raises ValueError, as ``by_day`` does, when a day appears twice or a number is negative or not whole.
Intervals are 95 %. The values equal those of R 4.2.2 (survival 3.5-3, cmprsk 2.2-11, prodlim).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtr

from dashboard.stats.by_day import Days, Numbers, by_day, kept, over, with_days
from dashboard.stats.moved import Movement, Reach, bounds
from dashboard.stats.proportions import Difference, Interval, Z, clopper_pearson, hybrid_difference

SAME = 1e-10
"""Two heights of a curve closer than this are one: what rounding leaves of an exact half must still be a half."""


@dataclass(frozen=True)
class ShareOnDay:
    """What is known about one group on one day after surgery; ``share`` and its limits lie between 0 and 1.

    known: of the operations, those whose state on that day is known, on which the exact limits of 0 % and 100 % rest.
    low, high: of counts that were moved before they were told, between which the share of the exact ones lies; the
    variance is then the largest, and the limits the farthest, that any of these has.
    """

    day: int
    operations: int
    known: int
    failed: int
    died: int
    at_risk: int
    share: float | None
    lower: float | None
    upper: float | None
    variance: float | None
    estimable: bool
    reason: str
    low: float | None = None
    high: float | None = None


def cumulative_incidence(counts: pd.DataFrame) -> pd.DataFrame:
    """Share failed by each day, with death before failure as a competing event.

    The Aalen-Johansen estimate F(t) = sum of S(before) failed / at_risk, S over failure and death together.
    Variance by Gray's formula, as cmprsk prints it; limits F^exp(-/+ z se / (F log F)), the log(-log) scale.
    A share of 0 or 1 has no limits there: it carries the exact ones of none (or all) of the ``known``, Clopper-Pearson
    with 2.5 % in the one tail.

    Returns one row per day, in order: ``day``, ``at_risk`` (just before that day's events), ``known`` (those at risk,
    and who failed or died by that day), ``failed``, ``died``, ``left``, ``share``, ``variance``, ``lower``, ``upper``
    (shares 0 to 1).
    Source: Aalen and Johansen 1978; Gray, Ann Stat 1988;16:1141-1154.
    """
    return _incidence(by_day(counts))


def drawn_curve(counts: pd.DataFrame, by: Movement | None = None) -> pd.DataFrame:
    """The cumulative incidence with a row for every day on which the share or a limit of it changes.

    Beside the days on which something happened: day 0, and until the first failure the day after each on which
    somebody left follow-up, from which the upper limit of 0 % rests on fewer. Where a row has been, its values hold
    until the next. Columns as ``cumulative_incidence`` has them.
    by: how far the counts were moved before they were told, which widens the limits. What comes within a month is then
    told on its last day, of who left on its first: the last has the limits of its own share, and the days before it,
    which have a row too, those between which the limits of each of them lie.
    """
    days = by_day(counts)
    if by is not None and days.operations:
        return _drawn_by_month(days, counts, by)
    first = days.day[days.failed > 0].min(initial=np.inf)
    after = days.day[(days.left > 0) & (days.day < first)] + 1
    quiet = after[days.at_risk_on(after) > 0]
    return cumulative_incidence(with_days(counts, {0, *map(int, quiet)} if days.operations else ()))


def _drawn_by_month(days: Days, counts: pd.DataFrame, by: Movement) -> pd.DataFrame:
    """The curve of counts told by month: what the next month tells may have come on any day of it."""
    curve = cumulative_incidence(with_days(counts, {0, *map(int, days.day + 1)}))
    on = curve["day"].to_numpy(float)
    last = np.append(days.day[days.failed + days.died > 0], np.inf)
    until = np.minimum(last[np.searchsorted(last, on)], on.max())
    so_far, by_then = bounds(days, on, by), bounds(days, until, by)
    lower, upper, _ = _farthest(replace(by_then, low=so_far.low))
    return curve.assign(lower=lower, upper=upper)


def share_at(counts: pd.DataFrame, day: int, by: Movement | None = None) -> ShareOnDay:
    """Share failed by one day after surgery, or why it cannot be given.

    ``failed`` and ``died`` count up to and including ``day``; ``at_risk`` are those whose time is ``day`` or later.
    Not estimable when nobody is at risk on ``day``, unless by then everybody had failed or died.
    With no failure by ``day``: share 0, lower 0, upper 1 - 0.025^(1 / known), the exact rule; with share 1 likewise,
    lower 0.025^(1 / known) and upper 1.
    by: how far the counts were moved before they were told. Raises ValueError when ``day`` is negative.
    """
    if day < 0:
        raise ValueError(f"{day} is not a day after surgery. Count days from 0, the day of surgery.")
    days, on_day = by_day(counts), np.array([float(day)])
    curve = _incidence(days)
    so_far = curve[curve["day"] <= day]
    failed, died = int(so_far["failed"].sum()), int(so_far["died"].sum())
    operations, known, at_risk = days.operations, int(days.known_on(on_day)[0]), int(days.at_risk_on(on_day)[0])
    nobody_remained = bool((so_far["at_risk"] == so_far["failed"] + so_far["died"])[so_far["at_risk"] > 0].any())
    if at_risk == 0 and not nobody_remained:
        reason = f"nobody followed to day {day}" if operations else "no operations"
        return ShareOnDay(day, operations, known, failed, died, at_risk, None, None, None, None, False, reason)
    share, variance, lower, upper = _estimate(so_far, known)
    found = ShareOnDay(day, operations, known, failed, died, at_risk, share, lower, upper, variance, True, "")
    return found if by is None else _widened(found, bounds(days, on_day, by))


def difference(a: ShareOnDay, b: ShareOnDay) -> Difference | None:
    """How much more failed in the first group than in the second at the same landmark.

    Fa - Fb -/+ z sqrt(var_a + var_b). A share of 0 or 1 has no variance, which would make the interval too narrow, or
    one without width: then from the limits l and u of each share, as the hybrid score interval has it,
    down by sqrt((Fa - la)^2 + (ub - Fb)^2) and up by sqrt((ua - Fa)^2 + (Fb - lb)^2).
    Of shares with bounds it reaches from the smallest difference within them to the largest.
    None when either is not estimable.
    Source of the hybrid for any two intervals: Zou and Donner, Stat Med 2008;27:1693-1702.
    Raises ValueError when the landmarks are of different days.
    """
    if a.day != b.day:
        raise ValueError(f"Day {a.day} cannot be compared with day {b.day}. Take both groups at one landmark.")
    if a.share is None or b.share is None or a.variance is None or b.variance is None:
        return None
    apart = a.share - b.share
    if a.low is not None and b.high is not None and a.high is not None and b.low is not None:
        reach = Z * float(np.sqrt(a.variance + b.variance))
        return Difference(apart, max(a.low - b.high - reach, -1.0), min(a.high - b.low + reach, 1.0))
    if {a.share, b.share}.isdisjoint((0.0, 1.0)):
        reach = Z * float(np.sqrt(a.variance + b.variance))
        return Difference(apart, apart - reach, apart + reach)
    if a.lower is None or a.upper is None or b.lower is None or b.upper is None:
        return None
    return hybrid_difference(Interval(a.share, a.lower, a.upper), Interval(b.share, b.lower, b.upper))


def difference_p(a: ShareOnDay, b: ShareOnDay) -> float | None:
    """How often chance alone would set two shares at least so far apart: two-sided, of (Fa - Fb) / sqrt(var_a + var_b).

    None when either is not estimable, or is 0 or 1 and so has no variance.
    """
    if a.share is None or b.share is None or not {a.share, b.share}.isdisjoint((0.0, 1.0)):
        return None
    variance = (a.variance or 0.0) + (b.variance or 0.0)
    return float(2 * ndtr(-abs(a.share - b.share) / np.sqrt(variance))) if variance > 0 else None


def effective_number(counts: pd.DataFrame, day: int) -> float:
    """On how many operations a share by a day rests: as many as would give it, were all of them followed so long.

    At risk on the day divided by the share free of failure and death just before it; all operations where nobody left
    before the day, or where nobody remained.
    Source: Peto et al., Br J Cancer 1977;35:1-39 (statistical note 6); conservative, as Dorey and Korn find, Stat Med
    1987;6:679-687.
    """
    days = by_day(counts)
    earlier = days.day < day
    free = np.prod(1 - over((days.failed + days.died)[earlier], days.at_risk[earlier]))
    return float(days.at_risk_on(np.array([float(day)]))[0] / free) if free > 0 else float(days.operations)


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
    return float(days.known_on(np.array([float(day)]))[0] / days.operations) if days.operations else None


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


def _incidence(days: Days) -> pd.DataFrame:
    """The curve of ``cumulative_incidence`` from counts in order."""
    after = kept(days.failed + days.died, days.at_risk)
    before = np.concatenate((np.ones(1), after))[:-1]
    share = np.minimum(np.cumsum(before * over(days.failed, days.at_risk)), 1)
    share[(after == 0) & (np.cumsum(days.died) == 0)] = 1
    variance, known = _gray_variance(days, before, after, share), days.known_on(days.day)
    lower, upper = _limits(share, over(np.sqrt(variance), share), known)
    counted = {"day": days.day, "at_risk": days.at_risk, "known": known} | {
        name: getattr(days, name) for name in ("failed", "died", "left")
    }
    whole = {name: values.astype(np.int64) for name, values in counted.items()}
    return pd.DataFrame({**whole, "share": share, "variance": variance, "lower": lower, "upper": upper})


def _estimate(so_far: pd.DataFrame, known: int) -> tuple[float, float, float | None, float | None]:
    """Share, variance and limits where the curve stands after the last of these days.

    known: on the day that is asked about; some may have left since the last of these.
    """
    names = ("share", "variance", "lower", "upper")
    share, variance, lower, upper = (float(so_far[name].iloc[-1]) for name in names) if len(so_far) else (0.0,) * 4
    if share in (0, 1) and (exact := clopper_pearson(known * int(share), known)):
        return exact.share, variance, exact.lower, exact.upper
    return share, variance, None if np.isnan(lower) else lower, None if np.isnan(upper) else upper


def _limits(share: Numbers, se_log: Numbers, known: Numbers) -> tuple[Numbers, Numbers]:
    """Limits on the log(-log) scale, share^exp(+/- z se_log / log share); exact ones where share is 0 or 1."""
    lower, upper = np.full(len(share), np.nan), np.full(len(share), np.nan)
    inside = (share > 0) & (share < 1)
    reach = Z * se_log[inside] / np.abs(np.log(share[inside]))
    lower[inside], upper[inside] = share[inside] ** np.exp(reach), share[inside] ** np.exp(-reach)
    for place in np.flatnonzero(~inside):
        n = int(known[place])
        if exact := clopper_pearson(n * int(share[place]), n):
            lower[place], upper[place] = exact.lower, exact.upper
    return lower, upper


def _widened(found: ShareOnDay, within: Reach) -> ShareOnDay:
    lower, upper, variance = (float(values[0]) for values in _farthest(within))
    low, high = float(within.low[0]), float(within.high[0])
    return replace(found, lower=lower, upper=upper, variance=variance, low=low, high=high)


def _farthest(within: Reach) -> tuple[Numbers, Numbers, Numbers]:
    """The lower limit of the lowest share, the upper one of the highest, and the largest variance of any between them.

    As Peto's variance has it, which is no smaller than Gray's, of as few operations as there may be; where these are
    not known, anything may be. Either limit rises with its share as long as a failure or more is expected of these.
    """
    known = within.rests_on > 0
    n = np.where(known, within.rests_on, 1.0)
    ends = [_limits(share, np.sqrt(over(1 - share, share * n)), n) for share in (within.low, within.high)]
    lower = np.where(known & (within.low > 0), ends[0][0], 0.0)
    upper = np.where(known & (within.high < 1), ends[1][1], 1.0)
    middle = np.clip(0.5, within.low, within.high)
    return lower, upper, np.where(known, middle * (1 - middle) / n, np.inf)


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
