"""What the case mix leads one to expect: the adjusted model of failure by a landmark, and when there may be none.

One model for an outcome and landmark, of the whole practice: procedure and patients as they were before surgery; no
surgeon, no site, nothing that came after the incision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analyses.beside import PracticeTold, practice_of
from dashboard.analyses.groups import FAMILY, due_from, outcome_named, settled_after
from dashboard.analyses.model_plan import (
    FEWEST_EVENTS_PER_TERM,
    PROCEDURE,
    ModelPlan,
    decided_by,
    joinable_bands,
    planned,
)
from dashboard.analyses.remembering import remembered
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.records import Records
from dashboard.stats import calibration, logistic
from dashboard.stats.by_day import Numbers

TESTED_ON_DAYS = 730
"""A model is tried on the operations of the last two years whose landmark has come."""


OWN = "-own"
"""So ends the version of a model that was made of the viewer's own part alone."""


class ModelTerm(NamedTuple):
    """One column of a model: a band of a factor (or a procedure), against that factor's reference."""

    factor: str
    code: int


@dataclass(frozen=True)
class Model:
    """An adjusted model as fitted; ``fit`` is None where the plan says why.

    version: changes with the definitions, the generation, the outcome and the landmark. until: the last day of surgery
    that the model knows, for one that is frozen; None for all. sizes: by factor and band, the operations that it was
    fitted on; bands that stand together in the model have each their own.
    """

    plan: ModelPlan
    outcome: str
    within_days: int
    version: str
    data_date: date | None
    until: date | None
    terms: tuple[ModelTerm, ...] = ()
    reference: tuple[tuple[str, int], ...] = ()
    fit: logistic.LogisticFit | None = None
    c_statistic: float | None = None
    calibration: pd.DataFrame | None = None
    sizes: Mapping[tuple[str, int], int] = field(default_factory=dict)

    def risks(self, patterns: pd.DataFrame) -> Numbers:
        """The modelled share failed of each pattern; NaN where something is not recorded or not known to the model."""
        risk = np.full(len(patterns), np.nan)
        if self.fit is not None:
            patterns = self.plan.together(patterns)
            known = self.covers(patterns)
            matrix = design(patterns[known], self.terms)
            risk[known] = logistic.predict(self.fit, matrix).risk
        return risk

    def covers(self, patterns: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which patterns the model can speak of: everything recorded, and every band among those it was fitted on."""
        covered, patterns = np.ones(len(patterns), dtype=bool), self.plan.together(patterns)
        for factor, code in self.reference:
            bands = [code, *(term.code for term in self.terms if term.factor == factor)]
            covered &= patterns[factor].isin(bands).to_numpy()
        return covered

    @property
    def is_told(self) -> bool:
        """Whether it was made of counts of others as they are told, and so has none that it could be judged by."""
        return self.fit is not None and self.calibration is None


class Trial(NamedTuple):
    """A model of the operations up to ``until``, on later ones: failures seen and expected, and calibration slope."""

    until: date
    operations: int
    failed: int
    expected: float
    slope: calibration.Slope


def case_mix(records: Records, outcome: str, within_days: int, until: date | None = None) -> Model:
    """The practice's own model of failure by a landmark, among operations whose state there is known.

    until: only operations up to this day, for a model that is frozen while what came after is watched.
    Of the whole recorded practice whatever the viewer has chosen, so that every screen has the same model: for a viewer
    of a part, from failures of the others as they are told (``beside``), and without what it could be judged by, which
    would be counts of them. Of that part alone where the others are too few to hide one another.
    """
    return _made_of(records.of(Cohort(operated_to=until)).of_practice, outcome, within_days, until)


@remembered
def _made_of(everybody: Records, outcome: str, within_days: int, until: date | None) -> Model:
    practice, deciding = practice_of(everybody, outcome, within_days), deciding_days(outcome, within_days)
    decided = None if deciding is None else practice_of(everybody, outcome, deciding).patterns
    known, facts = outcome_named(outcome), everybody.facts
    plan = planned(practice.patterns, decided, joinable=joinable_bands(everybody))
    version = f"{known.name}-{within_days}-v{known.version}-{facts.definitions_version}-g{everybody.engine.generation}"
    version += "" if everybody.whole_practice else OWN
    model = Model(plan, outcome, within_days, version, facts.data_date, until)
    model = model if plan.reason else _fitted(everybody, model, practice.patterns)
    return model if practice.others is None else _as_told(model, practice)


def deciding_days(outcome: str, within_days: int) -> int | None:
    """The landmark on whose failures the plan is decided; None where it is the same one."""
    days = decided_by(within_days)
    return None if days == within_days or outcome_named(outcome).kind == "landmark" else days


@remembered
def tried(records: Records, outcome: str, within_days: int, until: date | None = None) -> Trial | None:
    """How a model did on later operations than those it was made from; None where failures or records are too few.

    until: of a model that is frozen, which is itself tried; else one is made for the trial, of all but the last two
    years of operations whose landmark has come.
    """
    until = until or due_from(records, settled_after(outcome, within_days)) - timedelta(days=TESTED_ON_DAYS)
    later = records.of(Cohort(operated_from=until + timedelta(days=1))).of_practice
    patterns = practice_of(later, outcome, within_days).patterns
    patterns = patterns.assign(risk=case_mix(records, outcome, within_days, until).risks(patterns)).dropna(
        subset="risk"
    )
    risk, failed, total = (patterns[name].to_numpy(float) for name in ("risk", "failed", "operations"))
    if failed.sum() < FEWEST_EVENTS_PER_TERM or patterns["risk"].nunique() < 2:
        return None
    slope = calibration.calibration_slope(risk, failed, total)
    return Trial(until, int(total.sum()), int(failed.sum()), float(risk @ total), slope)


def bands_of(records: Records, factor: str) -> dict[int, tuple[str, str]]:
    """By code, the name of each band (or procedure, or family) and the words for it."""
    return {code: (name, records.label(factor, name)) for name, code in records.order(factor).items() if code}


def factor_label(factor: str) -> str:
    """The words for a factor, or for how the surgery stands in a model."""
    named = {PROCEDURE: "Procedure", FAMILY: "Procedure family"}
    return named.get(factor) or load().factors[factor].label


def design(patterns: pd.DataFrame, terms: Sequence[ModelTerm], *, intercept: bool = True) -> Numbers:
    """A row for each pattern: 1 (with an intercept), then 1 or 0 for each term."""
    columns = [np.ones(len(patterns))] if intercept else []
    columns += [(patterns[term.factor].to_numpy() == term.code).astype(np.float64) for term in terms]
    return np.column_stack(columns) if columns else np.zeros((len(patterns), 0))


def terms_of(patterns: pd.DataFrame, reference: Mapping[str, int]) -> tuple[ModelTerm, ...]:
    """A term for each band that occurs, except the reference of its factor."""
    return tuple(
        ModelTerm(factor, int(code))
        for factor, normal in reference.items()
        for code in sorted(patterns.loc[patterns["operations"] > 0, factor].unique())
        if code not in (0, normal)
    )


def reference_code(records: Records, patterns: pd.DataFrame, factor: str) -> int:
    """The clinical normal band; for the procedure, or where the normal band does not occur, the most frequent one."""
    sizes = patterns.groupby(factor)["operations"].sum()
    sizes = sizes[(sizes.index != 0) & (sizes > 0)]
    factors = load().factors
    if factor in factors:
        wanted = records.order(factor).get(factors[factor].reference)
        if wanted in sizes.index:
            return int(wanted)  # type: ignore[arg-type]
    return max(((int(size), int(code)) for code, size in zip(sizes.index, sizes, strict=True)), default=(0, 0))[1]


def term_names(terms: Sequence[ModelTerm]) -> list[str]:
    """A name for each column of a design, as the methods that fit it want them."""
    return [f"{term.factor} {term.code}" for term in terms]


def complete_patterns(patterns: pd.DataFrame, factors: Sequence[str]) -> pd.DataFrame:
    """The patterns in which every factor is recorded."""
    recorded = (patterns[list(factors)] != 0).all(axis=1) & (patterns["operations"] > 0)
    return patterns[recorded]


def _fitted(records: Records, model: Model, patterns: pd.DataFrame) -> Model:
    factors = list(model.plan.terms_from)
    each = complete_patterns(patterns, factors)
    columns = [*factors, "operations", "failed"]
    # Coarser than what was read: the factors that the model does not take no longer tell patterns apart.
    complete = model.plan.together(each)[columns].groupby(factors, as_index=False).sum()
    reference = {factor: reference_code(records, complete, factor) for factor in factors}
    terms = terms_of(complete, reference)
    failed, total = complete["failed"].to_numpy(float), complete["operations"].to_numpy(float)
    fit = logistic.fit(design(complete, terms), failed, total, ["(intercept)", *term_names(terms)])
    risk = logistic.predict(fit, design(complete, terms)).risk
    return replace(
        model,
        terms=terms,
        reference=tuple(reference.items()),
        fit=fit,
        c_statistic=logistic.c_statistic(risk, failed, total),
        calibration=calibration.calibration(risk, failed, total),
        sizes={
            (factor, int(code)): int(size)
            for factor in factors
            for code, size in each.groupby(factor, as_index=False)["operations"].sum().to_numpy()
        },
    )


def _as_told(model: Model, practice: PracticeTold) -> Model:
    """The same with its sizes in protected form, and without what it could be judged by: all counts of others."""
    codes = practice.patterns[list(model.plan.terms_from)]
    complete = (codes != 0).all(axis=1).to_numpy()
    sizes = {
        (factor, code): practice.told("operations", complete & (codes[factor] == code).to_numpy())
        for factor, code in model.sizes
    }
    n, failed = (practice.told(name, complete) for name in ("operations", "failed"))
    plan = replace(model.plan, operations=n, failed=min(failed, n), missing_share=0.0)
    return replace(model, plan=plan, sizes=sizes, c_statistic=None, calibration=None)
