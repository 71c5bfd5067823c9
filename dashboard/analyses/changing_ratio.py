"""Whether one hazard ratio describes a factor all the time, and where it does not, the ratio of each period.

Periods end at the landmarks, which were fixed before any result; never where the data would have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.analyses import case_mix
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE
from dashboard.analyses.model_plan import FEWEST_EVENTS_PER_TERM, ModelPlan
from dashboard.analyses.ratio_models import LARGEST_BY_DAY, NO_RATIO, Counted, OverTime
from dashboard.definitions import load
from dashboard.records import Records

LEVEL = 0.05
TOGETHER = "together"
"""In place of a factor: all that the model holds."""
TESTS = ["factor", "factor_label", "chi_square", "df", "p"]
PERIODS = [
    "factor", "band", "band_label", "period", "from_day", "until_day", "operations", "failed", "ratio", "lower",
    "upper",
]  # fmt: skip


@dataclass(frozen=True)
class ChangeOverTime:
    """What is known of how ratios change with time.

    tests: a row for each factor of the model as in TESTS, the last one TOGETHER. periods: of each factor whose ratio
    changes (p under LEVEL) a row for each band and period as in PERIODS. untested: why nothing is tested, in a
    sentence; undivided: by factor whose ratio changes and is not shown by period, why.
    """

    tests: pd.DataFrame
    periods: pd.DataFrame
    untested: str
    undivided: Mapping[str, str]

    def p(self, factor: str) -> float | None:
        """Of a factor, or TOGETHER; None where it is not tested."""
        found = self.tests.loc[self.tests["factor"] == factor, "p"]
        return float(found.iloc[0]) if len(found) else None

    @property
    def changing(self) -> tuple[str, ...]:
        """The factors that one ratio does not describe."""
        failing = self.tests[(self.tests["p"] < LEVEL) & (self.tests["factor"] != TOGETHER)]
        return tuple(str(name) for name in failing["factor"])


def nothing_tested(why: str) -> ChangeOverTime:
    """Of a model whose ratios cannot be tested."""
    return ChangeOverTime(pd.DataFrame(columns=TESTS), pd.DataFrame(columns=PERIODS), why, {})


def change_of(
    records: Records, counted: Counted, plan: ModelPlan, reference: Mapping[str, int], within_days: int
) -> ChangeOverTime:
    """Test the ratios of an adjusted model, and cut into periods those of the factors that change.

    counted: as the model was fitted on, bands that stand together as one; reference: by factor its reference band.
    """
    if plan.reason or not isinstance(counted, OverTime):
        return nothing_tested("")
    if not counted.by_day:
        return nothing_tested(
            f"Whether a ratio stays the same all the time is not tested beyond {LARGEST_BY_DAY:,} operations, where "
            "hazards are modelled by intervals of follow-up."
        )
    tested = counted.proportional(plan.terms_from, reference)
    if tested is None:
        why = "one has no end, or without it two cannot be told apart"
        return nothing_tested(f"Whether a ratio stays the same all the time could not be tested: {why}.")
    found = [*tested.of.items(), (TOGETHER, tested.together)]
    tests = pd.DataFrame([(name, _label(name), *one) for name, one in found], columns=TESTS)
    change = ChangeOverTime(tests, pd.DataFrame(columns=PERIODS), "", {})
    rows, undivided = [], {}
    for factor in change.changing:
        ends = _ends(counted, plan, reference, factor, within_days)
        if len(ends) < 2:
            undivided[factor] = "failures are too few to show it by period"
        else:
            rows += _by_period(records, counted, plan, reference, factor, ends)
    return ChangeOverTime(tests, pd.DataFrame(rows, columns=PERIODS), "", undivided)


def period_words(from_day: int, until_day: int) -> str:
    """A period as it stands in a sentence: up to 90 days; from 90 days to 1 year."""
    return f"from {_day(from_day - 1)} to {_day(until_day)}" if from_day else f"up to {_day(until_day)}"


def _day(days: int) -> str:
    return next((mark.label for mark in load().landmarks if mark.days == days), f"day {days}")


def _label(factor: str) -> str:
    return "All together" if factor == TOGETHER else case_mix.factor_label(factor)


def _ends(
    counted: OverTime, plan: ModelPlan, reference: Mapping[str, int], factor: str, within_days: int
) -> Sequence[int]:
    """Where the periods end: at every landmark; at the first alone where failures are too few; else nowhere.

    Ten failures for each ratio of the whole model, and in each period for each band of the factor; and somebody of
    each band is followed into the last.
    """
    marks = [mark.days for mark in load().landmarks if mark.days < within_days]
    complete = case_mix.complete_patterns(counted.patterns, plan.terms_from)
    terms = case_mix.terms_of(complete, reference)
    own = sum(term.factor == factor for term in terms)
    for cuts in (marks, marks[:1]):
        ends = [*cuts, within_days]
        period = pd.cut(complete["until_day"], [-1, *ends], labels=False)
        failed = complete.groupby(period)["failed"].sum().reindex(range(len(ends)), fill_value=0)
        needed = FEWEST_EVENTS_PER_TERM * (len(terms) + (len(ends) - 1) * own)
        all_reach_the_last = complete.groupby(factor)["until_day"].max().min() > cuts[-1]
        if failed.sum() >= needed and failed.min() >= FEWEST_EVENTS_PER_TERM * own and all_reach_the_last:
            return ends
    return ()


def _by_period(
    records: Records,
    counted: OverTime,
    plan: ModelPlan,
    reference: Mapping[str, int],
    factor: str,
    ends: Sequence[int],
) -> list[tuple[object, ...]]:
    words = case_mix.bands_of(records, factor)
    found = counted.by_period(plan.terms_from, reference, factor, ends)
    starts = [0, *(end + 1 for end in ends[:-1])]
    return [
        (
            factor, *words[term.code], period_words(start, end), start, end, one.operations, one.failed,
            *(NO_RATIO if one.operations < FEWEST_FOR_A_SHARE else one.ratio)[:3],
        )
        for start, end, of in zip(starts, ends, found, strict=True)
        for term, one in of.items()
    ]  # fmt: skip
