"""How far the share of a course may lie from what it is, where its running totals were moved before they were told.

Of ``n`` operations ``f`` have failed by a day; before the j-th of these ``c_j`` had left, and when the i-th left
``e_i`` had failed or died. Then the Aalen-Johansen share is

    F = 1 / n * sum over j = 1..f of product over i = 1..c_j of (n - e_i - i + 1) / (n - e_i - i),

each failure weighed by the inverse of the Kaplan-Meier share still followed (Satten and Datta, Am Stat
2001;55:207-210), whose product is written out for one who leaves after the other. It rises with f, with each c_j and
each e_i, and falls with n, whatever the others are. So at the ends of all of them lie its bounds, and no course within
the bounds of the counts has a share outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.stats.by_day import Days, Numbers


@dataclass(frozen=True)
class Movement:
    """How far what is told of a course may lie from what it is.

    total: each running total, and all operations, by so many at most. last: those who left, on the last day that is
    told of them and after, since that is what the others leave over. days: who failed or died did so fewer than so many
    days before the day that is told, on which a month ends, and who left, fewer days after. parts: how many courses
    were added up, whose last days are not one.
    """

    total: int
    last: int
    days: int
    parts: int = 1

    @property
    def so_far(self) -> int:
        """By how much those who left before the last day are moved at most."""
        return self.total if self.parts == 1 else self.last

    def of(self, parts: int) -> Movement:
        """That of so many courses added up."""
        return Movement(parts * self.total, parts * self.last, self.days, parts)


@dataclass(frozen=True)
class Reach:
    """What a share on a day may be, an entry for each day asked about.

    low, high: the share. rests_on: the least number of operations, none of whom left, that tell as much; 0 where that
    cannot be said.
    """

    low: Numbers
    high: Numbers
    rests_on: Numbers


@dataclass(frozen=True)
class _Total:
    """A running total as it is told, on the days on which it rises."""

    day: Numbers
    told: Numbers
    reach: Numbers

    @classmethod
    def of(cls, day: Numbers, count: Numbers, reach: float, last: float) -> _Total:
        rises = count > 0
        reaches = np.full(int(rises.sum()), reach)
        reaches[-1:] = last
        return cls(day[rises], np.cumsum(count[rises]), reaches)

    def least(self, days: Numbers) -> Numbers:
        """At least so many by each of these days, were everybody told on the day itself."""
        return self._at(np.append(0.0, np.maximum.accumulate(np.maximum(self.told - self.reach, 0))), days)

    def most(self, days: Numbers, nobody: float) -> Numbers:
        """At most so many; nobody: where nobody is told of yet."""
        return self._at(np.append(nobody, self.told + self.reach), days)

    def surely(self, places: Numbers) -> Numbers:
        """The day by which the first, second, third has come for certain; never where that is not so."""
        known = np.maximum.accumulate(self.told - self.reach) if len(self.told) else self.told
        return np.append(self.day, np.inf)[np.searchsorted(known, places)]

    def perhaps(self, places: Numbers, nobody: float) -> Numbers:
        """The day by which the first, second, third can have come; -inf where that is before anybody is told of."""
        possible = np.append(nobody, self.told + self.reach)
        return np.append(np.append(-np.inf, self.day), np.inf)[np.searchsorted(possible, places)]

    def _at(self, values: Numbers, days: Numbers) -> Numbers:
        return np.asarray(values[np.searchsorted(self.day, days, side="right")], dtype=np.float64)


def bounds(told: Days, on: Numbers, by: Movement) -> Reach:
    """The bounds of the share failed on each of these days, on which a month ends."""
    failed, died = (_Total.of(told.day, count, by.total, by.total) for count in (told.failed, told.died))
    left = _Total.of(told.day, told.left, by.so_far, by.last)
    fewest, most = max(told.operations - by.total, 1), told.operations + by.total

    def happened_by(days: Numbers) -> Numbers:
        return failed.most(days, by.total) + died.most(days, by.total)

    def happened_for_certain(days: Numbers) -> Numbers:
        return failed.least(days) + died.least(days)

    gone = left.most(on - 1, by.so_far)
    leavers = _numbers(gone.max(initial=0))
    latest = np.minimum(left.surely(leavers) + 2 * (by.days - 1), on.max(initial=0))
    earliest = left.perhaps(leavers, by.so_far)
    heavy = _weights(fewest - happened_by(latest) - leavers)
    light = _weights(most - happened_for_certain(earliest) - leavers)

    sure, possible = failed.least(on), failed.most(on, by.total)
    failures = _numbers(sure.max(initial=0))
    after_most = np.minimum(left.most(failed.surely(failures) - 1, by.so_far), len(leavers)).astype(int)
    first_day = failed.perhaps(failures, by.total) - by.days + 1
    after_fewest = np.minimum(left.least(first_day - by.days), len(leavers)).astype(int)
    so_far = sure.astype(int)
    low = np.append(0.0, np.cumsum(light[after_fewest]))[so_far] / most
    certain = np.append(0.0, np.cumsum(heavy[after_most]))[so_far]
    at_last = heavy[np.minimum(gone, len(leavers)).astype(int)]
    high = (certain + (possible - sure) * at_last) / fewest
    followed = fewest - happened_by(on) - gone
    # A variance by Gray is at most share (1 - share) of so many, by as much more as one of those at risk is of them.
    rests_on = np.where(followed > 1, fewest / at_last * (1 - 1 / np.maximum(followed, 2)), 0.0)
    return Reach(np.minimum(low, 1.0), np.minimum(high, 1.0), rests_on)


def _numbers(count: float) -> Numbers:
    """One, two, three, up to so many."""
    return np.arange(1.0, count + 1)


def _weights(remain: Numbers) -> Numbers:
    """What one failure counts for when nobody, one, two have left; remain: who is still there after each of them."""
    with np.errstate(divide="ignore"):
        grows = np.where(remain > 0, (remain + 1) / np.maximum(remain, 1e-9), np.inf)
    return np.append(1.0, np.cumprod(np.where(remain > 0, grows, np.inf)))
