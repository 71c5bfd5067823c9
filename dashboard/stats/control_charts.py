"""Whether a practice's figures changed over time: control charts, and the four NHS rules for what is a signal.

Rules and the chart of single values as in the NHS programme Making Data Count; the values and the labels of every
point equal those of NHSRplotthedots 0.2.2 (single values) and qicharts2 0.8.1 (shares) in R.
A signal is a question to look into, not a verdict; points that break a rule together are one signal, not one each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import numpy.typing as npt

from dashboard.stats.by_day import Numbers

Marks = npt.NDArray[np.bool_]

FEWEST_IN_PERIOD = 10
"""A period with fewer operations has no share: one failure more or less would move it by over ten percent."""

FEWEST_POINTS, FEWEST_FOR_TRIAL = 12, 7
"""With fewer points than the first the limits are trial limits, which the next points will still move; with fewer than
the second, which is a run, there are none to show, and nothing is a signal."""
FIRM, TRIAL, NONE = "firm", "trial", "none"
"""What a chart's limits are."""

FEWEST_EXPECTED = 5.0
"""With fewer failures expected in a period, its share is too coarse and too skewed for limits of three standard errors,
and more than half of all points lie below the mean, so that runs mean nothing: the rule that n p be 5 at least. Hart
and Hart, Statistical Process Control for Health Care, 2002, ask for 4; Emura and Lin, Qual Reliab Eng Int
2015;31:411-429, compare such rules."""

RUN, CLOSE = 7, 3
"""Points in a row that make a run; points in a row of which two near a limit are a signal."""

RANGE_TO_LIMIT, OUTLYING_RANGE = 2.66, 3.267
"""3 / 1.128: from the mean moving range to three standard deviations. And the largest range that chance explains, in
mean ranges."""

ROUNDING = 1e-12
"""A point closer than this (of its own size) to a line lies on it: the mean of equal numbers is not exactly theirs."""


class Signal(Enum):
    """What is unusual about one point, in the words of the screen. In order: the first that holds is the label."""

    OUTSIDE_ABOVE = "Outside the limits (above)"
    OUTSIDE_BELOW = "Outside the limits (below)"
    RISING = "7 rising in a row"
    FALLING = "7 falling in a row"
    NEAR_UPPER = "2 of 3 near the upper limit"
    NEAR_LOWER = "2 of 3 near the lower limit"
    SEVEN_ABOVE = "7 in a row above the centre"
    SEVEN_BELOW = "7 in a row below the centre"


UPWARDS = (Signal.OUTSIDE_ABOVE, Signal.NEAR_UPPER, Signal.SEVEN_ABOVE)
DOWNWARDS = (Signal.OUTSIDE_BELOW, Signal.NEAR_LOWER, Signal.SEVEN_BELOW)
KINDS = (UPWARDS, DOWNWARDS, (Signal.RISING,), (Signal.FALLING,))
"""Rules that one and the same high (low) stretch of points breaks together: that is one signal."""


@dataclass(frozen=True)
class Run:
    """One signal: the places of its first and its last point, and every rule that it breaks, in the order of Signal."""

    first: int
    last: int
    rules: tuple[Signal, ...]

    @property
    def words(self) -> str:
        """What is unusual, with how many points the run has: "9 in a row below the centre"."""
        told = [rule.value.replace(str(RUN), str(self.last - self.first + 1)) for rule in self.rules]
        return "; ".join([told[0], *(words[0].lower() + words[1:] for words in told[1:])])


@dataclass(frozen=True)
class ControlChart:
    """One entry per period (or per event) in each array; NaN where there is no point, or no limit.

    signal: what is unusual about each point. runs: each signal once, with the points that make it, in order of time.
    """

    value: Numbers
    centre: Numbers
    lower: Numbers
    upper: Numbers
    signal: list[Signal | None]
    runs: tuple[Run, ...] = ()

    @property
    def limits(self) -> str:
        """Firm from 12 points on, trial limits from 7; of fewer, or of points that all are alike, none."""
        points = int((~np.isnan(self.value)).sum())
        if points < FEWEST_FOR_TRIAL or not (self.upper > self.lower).any():
            return NONE
        return FIRM if points >= FEWEST_POINTS else TRIAL

    def shown(self) -> ControlChart:
        """The chart as a screen may show it: without limits and signals where there are none to rely on."""
        if self.limits != NONE:
            return self
        return self.without_limits()

    def without_limits(self) -> ControlChart:
        """The points and the centre alone, as a picture: nothing in it is a signal."""
        nothing = np.full(self.value.shape, np.nan)
        return replace(self, lower=nothing, upper=nothing, signal=[None] * len(self.value), runs=())

    def outside_alone(self) -> ControlChart:
        """The chart with only those signals that are points outside the limits: no runs, no rise, nothing near."""
        outside = (Signal.OUTSIDE_ABOVE, Signal.OUTSIDE_BELOW)
        kept = [signal if signal in outside else None for signal in self.signal]
        marks = {rule: np.array([signal is rule for signal in kept], dtype=np.bool_) for rule in outside}
        return replace(self, signal=kept, runs=_runs(marks))


def p_chart(failed: npt.ArrayLike, n: npt.ArrayLike, fewest: int = FEWEST_IN_PERIOD) -> ControlChart:
    """Share failed in each period, with the limits of chance for that many operations.

    Centre p = failed / operations over all periods that are drawn; limits p +/- 3 sqrt(p (1 - p) / n), within 0 to 1.
    A period with fewer than ``fewest`` operations (or none) is a gap: no share, no limits, no part in p, end of a run.
    Two thirds of the way to a limit is measured before the limit is cut at 0 or 1.

    failed, n: operations of each period, in order of time, all of them followed for the whole window of the outcome.
    Source: Montgomery, Introduction to Statistical Quality Control, 7.3.
    Raises ValueError unless 0 <= failed <= n in every period.
    """
    x, operations = _counts(failed, n)
    drawn = operations >= max(fewest, 1)
    of = np.where(drawn, operations, np.nan)
    centre = float(x[drawn].sum() / operations[drawn].sum()) if drawn.any() else np.nan
    return share_chart(x / of, of, centre)


def share_chart(share: npt.ArrayLike, n: npt.ArrayLike, centre: float) -> ControlChart:
    """Shares of periods about a share that was given beforehand: centre +/- 3 sqrt(centre (1 - centre) / n).

    A p chart with a standard given, of which ``p_chart`` is the one about its own mean. n: the operations on which each
    share rests; with follow-up that ends early the effective number (``survival.effective_number``), a whole one where
    nobody was lost. NaN in either is a gap.
    Two thirds of the way to a limit is measured before the limit is cut at 0 or 1.
    Source: Montgomery, Introduction to Statistical Quality Control, 7.3.
    """
    value = np.asarray(share, dtype=np.float64)
    reach = 3 * np.sqrt(centre * (1 - centre) / np.asarray(n, dtype=np.float64))
    return _chart(value, centre, centre - reach, centre + reach, least=0, most=1)


def xmr_chart(values: npt.ArrayLike, without_outlying_ranges: bool = True) -> ControlChart:
    """Single values, such as operations a month, with limits from how much neighbours differ.

    Mean +/- 2.66 mean moving range. A range of 3.267 mean ranges or more is left out of that mean, once: one wild
    month must not widen the limits that should show it. The mean of the values itself keeps every value.
    No limits where no range is left: a single value, or values that are all the same.
    NaN is a gap: the ranges to both sides of it are not known.

    values: one per period, in order of time. without_outlying_ranges: False keeps every range.
    Source: Making Data Count (NHS England), as NHSRplotthedots has it.
    """
    x = np.asarray(values, dtype=np.float64)
    ranges = np.abs(np.diff(x))
    ranges = ranges[~np.isnan(ranges)]
    if without_outlying_ranges and len(ranges):
        ranges = ranges[ranges < OUTLYING_RANGE * ranges.mean()]
    reach = RANGE_TO_LIMIT * float(ranges.mean()) if len(ranges) else np.nan
    centre = float(np.nanmean(x)) if (~np.isnan(x)).any() else np.nan
    return _chart(x, centre, centre - reach, centre + reach)


def g_chart(between: npt.ArrayLike) -> ControlChart:
    """Operations between one rare event and the next: a point high up is a long time without the event.

    Limits mean +/- 3 sqrt(mean (mean + 1)), the lower cut at 0; the centre line is the median, because so skewed a
    count lies below its mean most of the time, and runs on one side would mean nothing.

    between: operations without the event since the last one, per event, in order of time (0: two in a row).
    Source: Benneyan 2001; Montgomery 7.3; the median as in qicharts2.
    Raises ValueError when a number is negative.
    """
    x = np.asarray(between, dtype=np.float64)
    if (wrong := x < 0).any():
        raise ValueError(f"{x[wrong][0]:g} operations between two events: there cannot be fewer than 0.")
    known = x[~np.isnan(x)]
    mean, centre = (float(known.mean()), float(np.median(known))) if len(known) else (np.nan, np.nan)
    reach = 3 * np.sqrt(mean * (mean + 1))
    return _chart(x, centre, mean - reach, mean + reach, least=0)


def signals(
    values: npt.ArrayLike, centre: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike
) -> list[Signal | None]:
    """What is unusual about each point by the four NHS rules; None where nothing is.

    Outside: beyond a limit. Rising, falling: 7 points, each higher (lower) than the one before; where a rise turns
    into a fall, the turning point belongs to what follows. Near a limit: within it but beyond two thirds of the way
    from the centre, as one of two among 3 points in a row that are all on that side. Side: 7 in a row above (below).
    All points of a run are marked; a point with several signals has the first in the order of ``Signal``.
    A gap (NaN) ends a run, a point on the centre ends a run on one side, two equal neighbours end a rise or a fall.

    values: in order of time. centre, lower, upper: one for all, or one per value; a limit that is NaN is never crossed.
    Raises ValueError when the numbers of values and limits differ.
    """
    marks = _marks(*_lines(values, centre, lower, upper))
    points = range(len(next(iter(marks.values()))))
    return [next((signal for signal in Signal if marks[signal][i]), None) for i in points]


def _lines(
    values: npt.ArrayLike, centre: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """The values, and the centre and limits as one for each of them."""
    x = np.asarray(values, dtype=np.float64)
    middle, low, high = (
        np.broadcast_to(np.asarray(line, dtype=np.float64), x.shape) for line in (centre, lower, upper)
    )
    return x, middle, low, high


def _marks(x: Numbers, middle: Numbers, low: Numbers, high: Numbers) -> dict[Signal, Marks]:
    """Which points break each rule, whatever others they break."""
    rising, falling = _rises_and_falls(x)
    above, outside_above, near_upper = _above(x, middle, high)
    below, outside_below, near_lower = _above(-x, -middle, -low)
    return {
        Signal.OUTSIDE_ABOVE: outside_above,
        Signal.OUTSIDE_BELOW: outside_below,
        Signal.RISING: rising,
        Signal.FALLING: falling,
        Signal.NEAR_UPPER: near_upper & _two_of_three(near_upper, above),
        Signal.NEAR_LOWER: near_lower & _two_of_three(near_lower, below),
        Signal.SEVEN_ABOVE: _within(_how_many(above, RUN) == RUN, RUN, len(x)),
        Signal.SEVEN_BELOW: _within(_how_many(below, RUN) == RUN, RUN, len(x)),
    }


def _runs(marks: Mapping[Signal, Marks], between: Marks | None = None) -> tuple[Run, ...]:
    """Every stretch of neighbours that break rules of one of the KINDS, once, in order of time.

    between: points that lie between two near a limit, on their side: one stretch with them.
    """
    found = [
        run
        for kind in KINDS
        if any(rule in marks for rule in kind)
        for run in _stretches({rule: marks[rule] for rule in kind if rule in marks}, between)
    ]
    return tuple(sorted(found, key=lambda run: (run.first, run.last)))


def _between(marks: Mapping[Signal, Marks], x: Numbers, centre: Numbers) -> Marks:
    """The third of three of which the outer two are near a limit, and which is on their side without being near."""
    found = np.zeros(x.shape, dtype=np.bool_)
    sides = ((Signal.NEAR_UPPER, _exceeds(x, centre)), (Signal.NEAR_LOWER, _exceeds(-x, -centre)))
    for rule, on_side in sides:
        found[1:-1] |= marks[rule][:-2] & on_side[1:-1] & marks[rule][2:]
    return found


def _stretches(marks: Mapping[Signal, Marks], between: Marks | None) -> Iterator[Run]:
    marked = np.any(list(marks.values()), axis=0)
    if between is not None:
        # One that stands between two of this kind alone: of another kind its neighbours are not marked here.
        marked[1:-1] |= between[1:-1] & marked[:-2] & marked[2:]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marked, [False])).astype(np.int8)))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield Run(first, end - 1, tuple(rule for rule in Signal if rule in marks and marks[rule][first:end].any()))


def _above(x: Numbers, centre: Numbers, limit: Numbers) -> tuple[Marks, Marks, Marks]:
    """Which points lie above the centre, which of them outside the limit, and which within it but near."""
    above, outside = _exceeds(x, centre), _exceeds(x, limit)
    return above, outside, ~outside & _exceeds(x, centre + 2 / 3 * (limit - centre))


def _exceeds(x: Numbers, line: Numbers) -> Marks:
    return np.asarray(x - line > ROUNDING * np.maximum(np.abs(x), np.abs(line)), dtype=np.bool_)


def _two_of_three(near: Marks, on_side: Marks) -> Marks:
    """Points of any three in a row that are all on one side and two of them near its limit."""
    together = (_how_many(on_side, CLOSE) == CLOSE) & (_how_many(near, CLOSE) >= 2)
    return _within(together, CLOSE, len(near))


def _rises_and_falls(x: Numbers) -> tuple[Marks, Marks]:
    """Points of each rise and each fall of 7 points or more."""
    step = np.diff(x)
    rising, falling = (_within(_how_many(way, RUN - 1) == RUN - 1, RUN, len(x)) for way in (step > 0, step < 0))
    turning, follows = rising & falling, np.append(step, 0.0)[: len(x)]
    return rising & ~(turning & (follows < 0)), falling & ~(turning & (follows > 0))


def _how_many(marks: Marks, length: int) -> npt.NDArray[np.int64]:
    """How many are marked in each stretch of ``length`` neighbours, by the first of it; empty when all are fewer."""
    total = np.append(np.int64(0), np.cumsum(marks, dtype=np.int64))
    return total[length:] - total[: max(len(total) - length, 0)]


def _within(stretches: Marks, length: int, points: int) -> Marks:
    """Which of all points lie in a marked stretch of ``length`` neighbours."""
    if not len(stretches):
        return np.zeros(points, dtype=np.bool_)
    return np.asarray(np.convolve(stretches, np.ones(length)) > 0, dtype=np.bool_)


def _chart(
    value: Numbers,
    centre: float,
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    *,
    least: float = -np.inf,
    most: float = np.inf,
) -> ControlChart:
    """The chart with its signals, found before the limits are cut at the least and the most that a value can be."""
    x, line, low, high = _lines(value, centre, lower, upper)
    marks = _marks(x, line, low, high)
    signal = signals(x, line, low, high)
    return ControlChart(
        x, line, np.maximum(low, least), np.minimum(high, most), signal, _runs(marks, _between(marks, x, line))
    )


def _counts(failed: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    x, operations = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if x.shape != operations.shape:
        raise ValueError(
            f"{len(x)} numbers of failures for {len(operations)} of operations: give one of each a period."
        )
    if (wrong := ~((x >= 0) & (x <= operations))).any():
        raise ValueError(f"{x[wrong][0]:g} of {operations[wrong][0]:g} is not a share: see that 0 <= failed <= n.")
    return x, operations
