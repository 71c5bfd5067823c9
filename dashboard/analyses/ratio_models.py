"""The ratio of each band to its reference, from counts: fitted one way over time, another at a visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from dashboard.analyses import case_mix
from dashboard.analyses.case_mix import Term
from dashboard.analyses.groups import outcome_named
from dashboard.engines.duck import Value
from dashboard.records import Records
from dashboard.sql import NO_COLUMNS
from dashboard.stats import cox, logistic, piecewise
from dashboard.stats.proportions import Z

LARGEST_BY_DAY = 200_000
"""Operations up to which hazards are modelled day by day; above, by intervals of follow-up."""
STARTS = (0, 31, 91, 181, 366, 731)
"""First days of the intervals in which the hazard is taken as even: where onset categories and landmarks change."""


class Ratio(NamedTuple):
    """A ratio with its 95 % interval."""

    ratio: float
    lower: float
    upper: float


NO_RATIO = Ratio(np.nan, np.nan, np.nan)


class Fit(Protocol):
    """What every method of fitting gives: a coefficient and its standard error for each name."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def coefficients(self) -> Any: ...
    @property
    def standard_errors(self) -> Any: ...
    @property
    def method(self) -> str: ...


class Counted(Protocol):
    """The counts of a cohort by profile, and how a model is fitted to them."""

    @property
    def measure(self) -> str: ...
    @property
    def patterns(self) -> pd.DataFrame: ...
    def fit(self, factors: Sequence[str], reference: Mapping[str, int]) -> tuple[tuple[Term, ...], Fit]: ...


@dataclass(frozen=True)
class AtVisit:
    """Answers at a visit: logistic. patterns: a row for each profile or band, with ``operations`` and ``failed``."""

    patterns: pd.DataFrame
    measure: str = "Odds ratio"

    def fit(self, factors: Sequence[str], reference: Mapping[str, int]) -> tuple[tuple[Term, ...], Fit]:
        complete = case_mix.complete_patterns(self.patterns, factors)
        grouped = complete.groupby(list(factors), as_index=False)[["operations", "failed"]].sum()
        terms = case_mix.terms_of(grouped, reference)
        names = ["(intercept)", *case_mix.term_names(terms)]
        design = case_mix.design(grouped, terms)
        return terms, logistic.fit(
            design, grouped["failed"].to_numpy(float), grouped["operations"].to_numpy(float), names
        )


@dataclass(frozen=True)
class OverTime:
    """Follow-up up to the landmark: Cox day by day; piecewise exponential where there are too many operations.

    patterns: as of the reads ``hazards`` (by_day) or ``hazards_by_interval``, with the codes and ``operations``.
    """

    patterns: pd.DataFrame
    by_day: bool = True
    measure: str = "Hazard ratio"

    def fit(self, factors: Sequence[str], reference: Mapping[str, int]) -> tuple[tuple[Term, ...], Fit]:
        complete = case_mix.complete_patterns(self.patterns, factors)
        pattern, levels = _numbered(complete, factors)
        terms = case_mix.terms_of(complete, reference)
        design, names = case_mix.design(levels, terms, intercept=False), case_mix.term_names(terms)
        if self.by_day:
            rows = _summed(complete, pattern, ["until_day"], ["failed", "others"])
            when, failed, others = (rows[name].to_numpy() for name in ("until_day", "failed", "others"))
            return terms, cox.fit(design, rows["pattern"].to_numpy(), when, failed, others, names)
        rows = _summed(complete, pattern, ["interval_number"], ["operations", "failed", "days"])
        place, count, failed, days = (rows[name].to_numpy() for name in list(rows)[1:])
        spent = piecewise.exposures(rows["pattern"].to_numpy(), place, count, failed, days, starts=STARTS)
        return terms, piecewise.fit(design, *spent, names)


def counted(records: Records, outcome: str, within_days: int) -> Counted:
    """The counts by profile, in the form that the outcome and the number of operations call for."""
    if outcome_named(outcome).kind == "landmark":
        return AtVisit(case_mix.known_patterns(records, outcome, within_days))
    chosen = int(records.read("operations", outcome=outcome)["operations"].iloc[0])
    if chosen <= LARGEST_BY_DAY:
        counts = records.read("hazards", outcome=outcome, within_days=within_days)
        counts["operations"] = counts["failed"] + counts["others"]
        return OverTime(case_mix.with_codes(records, counts))
    asked: dict[str, Value] = {f"start_{place}": start for place, start in enumerate(STARTS) if place}
    asked |= {"outcome": outcome, "within_days": within_days}
    counts = records.read("hazards_by_interval", columns=NO_COLUMNS, **asked)
    return OverTime(case_mix.with_codes(records, counts), by_day=False)


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


def ratios(terms: Sequence[Term], fit: Fit) -> dict[Term, Ratio]:
    coefficient = dict(zip(fit.names, fit.coefficients, strict=True))
    spread = dict(zip(fit.names, fit.standard_errors, strict=True))
    found = {}
    for term, name in zip(terms, case_mix.term_names(terms), strict=True):
        b, se = float(coefficient[name]), float(spread[name])
        found[term] = Ratio(*(float(np.exp(value)) for value in (b, b - Z * se, b + Z * se)))
    return found


def _numbered(patterns: pd.DataFrame, factors: Sequence[str]) -> tuple[pd.Series, pd.DataFrame]:
    """A number from 0 for each combination of the factors, row by row; and the combinations, in that order."""
    grouped = patterns.groupby(list(factors), sort=True)
    return grouped.ngroup(), grouped["operations"].sum().reset_index()


def _summed(patterns: pd.DataFrame, pattern: pd.Series, keys: list[str], values: list[str]) -> pd.DataFrame:
    return patterns.assign(pattern=pattern).groupby(["pattern", *keys], as_index=False)[values].sum()
