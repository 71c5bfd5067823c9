"""The ratio of each band to its reference, from counts: fitted one way over time, another at a visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.analyses import case_mix, profiles
from dashboard.analyses.case_mix import ModelTerm
from dashboard.analyses.groups import outcome_named
from dashboard.engines.duck import Value
from dashboard.records import Records
from dashboard.sql import NO_COLUMNS
from dashboard.stats import cox, logistic, piecewise
from dashboard.stats.by_day import Numbers
from dashboard.stats.designs import NothingNew
from dashboard.stats.hazard_fit import HazardFit
from dashboard.stats.proportional_hazards import ProportionalHazards, by_period, proportional_hazards
from dashboard.stats.proportions import Z

LARGEST_BY_DAY = 200_000
"""Operations up to which hazards are modelled day by day; above, by intervals of follow-up."""
STARTS = (0, 31, 91, 181, 366, 731)
"""First days of the intervals in which the hazard is taken as even: where onset categories and landmarks change."""


class Ratio(NamedTuple):
    """A ratio with its 95 % interval; ``note`` where the interval is not of the kind that the others are."""

    ratio: float
    lower: float
    upper: float
    note: str = ""


NO_RATIO = Ratio(np.nan, np.nan, np.nan)
NO_PROFILE = "Wald interval: the profile likelihood sets no limit"


class Ratios(NamedTuple):
    """The ratio of each term to the reference of its factor, and by which method they were fitted, in words."""

    of: Mapping[ModelTerm, Ratio]
    method: str


class PeriodRatio(NamedTuple):
    """The ratio of a band in one period of follow-up; the band's operations that reached it, and failures in it."""

    ratio: Ratio
    operations: int
    failed: int


class _Held(NamedTuple):
    """What a model of hazards is fitted on: its terms, their columns, which bands each row of them is of, and counts.

    counts: ``pattern, day, failed, others`` as ``cox.fit`` takes them; none of a cohort that is counted by intervals.
    """

    terms: tuple[ModelTerm, ...]
    names: list[str]
    design: Numbers
    levels: pd.DataFrame
    counts: tuple[Any, Any, Any, Any]

    def fit(self) -> HazardFit:
        return cox.fit(self.design, *self.counts, names=self.names)


@dataclass(frozen=True)
class AtVisit:
    """Answers at a visit: logistic. patterns: a row for each profile or band, with ``operations`` and ``failed``."""

    patterns: pd.DataFrame
    measure: str = "Odds ratio"
    intervals: str = "profile likelihood"

    def ratios(self, factors: Sequence[str], reference: Mapping[str, int]) -> Ratios:
        complete = case_mix.complete_patterns(self.patterns, factors)
        grouped = complete.groupby(list(factors), as_index=False)[["operations", "failed"]].sum()
        terms = case_mix.terms_of(grouped, reference)
        names = ["(intercept)", *case_mix.term_names(terms)]
        failed, total = grouped["failed"].to_numpy(float), grouped["operations"].to_numpy(float)
        counts = case_mix.design(grouped, terms), failed, total
        fit = logistic.fit(*counts, names)
        found = {}
        for term, name, wald in zip(terms, names[1:], _wald(fit.coefficients, fit.standard_errors)[1:], strict=True):
            lower, upper = logistic.profile_interval(*counts, fit, name)
            if lower is None or upper is None:
                found[term] = wald._replace(note=NO_PROFILE)
            else:
                found[term] = Ratio(wald.ratio, lower, upper)
        return Ratios(found, fit.method)


@dataclass(frozen=True)
class OverTime:
    """Follow-up up to the landmark: Cox day by day; piecewise exponential where there are too many operations.

    patterns: as of the reads ``hazards`` (by_day) or ``hazards_by_interval``, with the codes and ``operations``.
    """

    patterns: pd.DataFrame
    by_day: bool = True
    measure: str = "Hazard ratio"
    intervals: str = "Wald"

    def ratios(self, factors: Sequence[str], reference: Mapping[str, int]) -> Ratios:
        held = self._held(factors, reference)
        fit = held.fit() if self.by_day else self._by_interval(factors, held)
        return Ratios(dict(zip(held.terms, _wald(fit.coefficients, fit.standard_errors), strict=True)), fit.method)

    def proportional(self, factors: Sequence[str], reference: Mapping[str, int]) -> ProportionalHazards | None:
        """Whether the ratios stay the same, of each factor and of all together; None where one has no end.

        A band without a failure has no part in it: its operations are left out. None as well where, without them,
        factors are no longer told apart.
        """
        held = self._held(factors, reference)
        fit = held.fit()
        if fit.diverged:
            endless = [held.terms[held.names.index(name)] for name in fit.diverged]
            without = np.any([self.patterns[term.factor] == term.code for term in endless], axis=0)
            complete = case_mix.complete_patterns(self.patterns[without], factors)
            if complete["failed"].sum():
                # not that nobody fails in it: nobody fails in what it is compared with
                return None
            held = replace(self, patterns=self.patterns[~without])._held(factors, reference)
            try:
                fit = held.fit()
            except NothingNew:
                return None
        if fit.diverged:
            return None
        groups = {
            factor: own
            for factor in factors
            if (own := [place for place, term in enumerate(held.terms) if term.factor == factor])
        }
        return proportional_hazards(fit, held.design, *held.counts, groups=groups)

    def by_period(
        self, factors: Sequence[str], reference: Mapping[str, int], changing: str, ends: Sequence[int]
    ) -> list[dict[ModelTerm, PeriodRatio]]:
        """The ratios of one factor's bands in each period of follow-up, those of the others being the same in all.

        ends: the last day of each period; each has a baseline of its own.
        """
        held = self._held(factors, reference)
        cut = by_period(*held.counts, ends=ends)
        own = [place for place, term in enumerate(held.terms) if term.factor == changing]
        others = [place for place in range(len(held.terms)) if place not in own]
        design = np.hstack([
            np.tile(held.design[:, others], (len(ends), 1)), np.kron(np.eye(len(ends)), held.design[:, own]),
        ])  # fmt: skip
        names = [*(held.names[place] for place in others),
                 *(f"{held.names[place]} to {end}" for end in ends for place in own)]  # fmt: skip
        fit = cox.fit(
            design, cut.pattern + len(held.design) * cut.period, *cut[1:4], names=names, strata=cut.period
        )  # fmt: skip
        ratios = iter(_wald(fit.coefficients, fit.standard_errors)[len(others) :])
        sizes = [
            pd.DataFrame({"failed": cut.failed[of_it], "operations": (cut.failed + cut.others)[of_it]})
            .groupby(held.levels[changing].to_numpy()[cut.pattern[of_it]]).sum()
            for of_it in (cut.period == period for period in range(len(ends)))
        ]  # fmt: skip
        return [
            {
                held.terms[place]: PeriodRatio(
                    next(ratios), *(int(size[name].get(held.terms[place].code, 0)) for name in ("operations", "failed"))
                )
                for place in own
            }
            for size in sizes
        ]

    def _held(self, factors: Sequence[str], reference: Mapping[str, int]) -> _Held:
        complete = case_mix.complete_patterns(self.patterns, factors)
        pattern, levels = _numbered(complete, factors)
        terms = case_mix.terms_of(complete, reference)
        counts = (np.zeros(0),) * 4
        if self.by_day:
            rows = _summed(complete, pattern, ["until_day"], ["failed", "others"])
            counts = tuple(rows[name].to_numpy() for name in ("pattern", "until_day", "failed", "others"))  # type: ignore[assignment]
        design = case_mix.design(levels, terms, intercept=False)
        return _Held(terms, case_mix.term_names(terms), design, levels, counts)

    def _by_interval(self, factors: Sequence[str], held: _Held) -> HazardFit:
        complete = case_mix.complete_patterns(self.patterns, factors)
        pattern, _ = _numbered(complete, factors)
        rows = _summed(complete, pattern, ["interval_number"], ["operations", "failed", "days"])
        place, count, failed, days = (rows[name].to_numpy() for name in list(rows)[1:])
        spent = piecewise.exposures(rows["pattern"].to_numpy(), place, count, failed, days, starts=STARTS)
        return piecewise.fit(held.design, *spent, held.names)


Counted = AtVisit | OverTime
"""The counts of a cohort by profile, and how ratios are fitted to them."""


def counted(records: Records, outcome: str, within_days: int) -> Counted:
    """The counts by profile, in the form that the outcome and the number of operations call for."""
    if outcome_named(outcome).kind == "landmark":
        return AtVisit(profiles.known_patterns(records, outcome, within_days))
    chosen = int(records.read("operations")["operations"].iloc[0])
    if chosen <= LARGEST_BY_DAY:
        counts = records.read("hazards", outcome=outcome, within_days=within_days)
        counts["operations"] = counts["failed"] + counts["others"]
        return OverTime(profiles.with_codes(records, counts))
    asked: dict[str, Value] = {f"start_{place}": start for place, start in enumerate(STARTS) if place}
    asked |= {"outcome": outcome, "within_days": within_days}
    counts = records.read("hazards_by_interval", columns=NO_COLUMNS, **asked)
    return OverTime(profiles.with_codes(records, counts), by_day=False)


def of_one_factor(bands: pd.DataFrame, factor: str, within_days: int, *, at_visit: bool) -> Counted:
    """The counts of a factor that no model takes, from its breakdown."""
    if at_visit:
        return AtVisit(bands.assign(**{factor: bands["band"], "operations": bands["answered"]}))
    in_time = bands["until_day"] <= within_days
    everybody = bands[["failed", "died", "left_follow_up"]].sum(axis=1)
    failed = bands["failed"].where(in_time, 0)
    return OverTime(
        bands.assign(
            **{factor: bands["band"]}, operations=everybody, failed=failed, others=everybody - failed,
            until_day=bands["until_day"].clip(upper=within_days),
        )
    )  # fmt: skip


def _wald(coefficients: Numbers, standard_errors: Numbers) -> list[Ratio]:
    """Each coefficient as a ratio, with the interval b +/- 1.96 standard errors on the log scale."""
    ends = coefficients - Z * standard_errors, coefficients + Z * standard_errors
    return [Ratio(*row) for row in np.exp(np.column_stack([coefficients, *ends])).tolist()]


def _numbered(patterns: pd.DataFrame, factors: Sequence[str]) -> tuple[pd.Series, pd.DataFrame]:
    """A number from 0 for each combination of the factors, row by row; and the combinations, in that order."""
    grouped = patterns.groupby(list(factors), sort=True)
    return grouped.ngroup(), grouped["operations"].sum().reset_index()


def _summed(patterns: pd.DataFrame, pattern: pd.Series, keys: list[str], values: list[str]) -> pd.DataFrame:
    return patterns.assign(pattern=pattern).groupby(["pattern", *keys], as_index=False)[values].sum()
