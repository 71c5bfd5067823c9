"""What the practice's own model expects for one patient before surgery: for discussion, not for decisions alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.analyses.case_mix import Model, bands_of, case_mix, design, factor_label
from dashboard.analyses.groups import FAMILY, families
from dashboard.analyses.model_plan import PROCEDURE
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import logistic

HORIZONS = (365, 730)
FEWEST_LIKE_IT = 30
"""A procedure or band seen less often than this in the model's operations is no ground for an estimate."""


@dataclass(frozen=True)
class Change:
    """What the model would expect if one modifiable factor were at its reference band instead."""

    factor: str
    label: str
    band_label: str
    share: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Estimate:
    """The expected share failed by one horizon; ``reason`` in words where there is none.

    average: of the model's own operations. changes: for the modifiable factors of the profile that the model holds
    and that are not at their reference; not_in_model: labels of modifiable factors that it could not take.
    """

    within_days: int
    model: Model
    reason: str
    average: float | None = None
    share: float | None = None
    lower: float | None = None
    upper: float | None = None
    changes: tuple[Change, ...] = ()
    not_in_model: tuple[str, ...] = ()


def entries(records: Records, outcome: str) -> tuple[str, ...]:
    """The factors that a profile needs: those that the model of any horizon holds, in the order of the screens."""
    held = {factor for days in HORIZONS for factor in case_mix(records, outcome, days).plan.factors}
    return tuple(name for name in load().factors if name in held)


def estimate(records: Records, procedure: str, profile: Mapping[str, str], outcome: str) -> list[Estimate]:
    """The expected share failed by one and by two years for a procedure and a band of each factor.

    profile: by factor the name of its band; a factor that the model holds and the profile does not name is taken at
    its reference band. Raises WrongUsage for a procedure or band that this data does not know.
    """
    codes = {PROCEDURE: _code(records, PROCEDURE, procedure)}
    codes[FAMILY] = _code(records, FAMILY, families()[procedure])
    codes |= {factor: _code(records, factor, band) for factor, band in profile.items()}
    return [_estimate(records, case_mix(records, outcome, days), codes) for days in HORIZONS]


def _estimate(records: Records, model: Model, codes: Mapping[str, int]) -> Estimate:
    if model.fit is None:
        return Estimate(model.within_days, model, f"No estimate: {model.plan.reason}.")
    asked = {factor: codes.get(factor, normal) for factor, normal in model.reference}
    if reason := _seldom(records, model, asked):
        return Estimate(model.within_days, model, reason)
    share, lower, upper = _expected(model, asked)
    factors = load().factors
    held = dict(model.reference)
    changes = tuple(
        Change(
            name,
            factors[name].label,
            _band_label(records, name, held[name]),
            *_expected(model, asked | {name: held[name]}),
        )
        for name in model.plan.factors
        if factors[name].modifiable and asked[name] != held[name]
    )
    missing = tuple(factors[one.factor].label for one in model.plan.left_out if factors[one.factor].modifiable)
    average = model.plan.failed / model.plan.operations
    return Estimate(model.within_days, model, "", average, share, lower, upper, changes, missing)


def _expected(model: Model, asked: Mapping[str, int]) -> tuple[float, float, float]:
    if model.fit is None:
        raise ValueError("There is no model to ask.")
    row = pd.DataFrame({name: [code] for name, code in asked.items()})
    found = logistic.predict(model.fit, design(row, model.terms))
    return tuple(float(np.asarray(values)[0]) for values in (found.risk, found.lower, found.upper))  # type: ignore[return-value]


def _seldom(records: Records, model: Model, asked: Mapping[str, int]) -> str:
    """Why there is no estimate: something asked for is not, or hardly, among the operations that the model knows."""
    for factor, code in asked.items():
        seen = model.sizes.get((factor, code), 0)
        if seen < FEWEST_LIKE_IT:
            label = _band_label(records, factor, code)
            return f"No estimate: {label} was seen in {seen} of the model's operations; {FEWEST_LIKE_IT} are needed."
    return ""


def _band_label(records: Records, factor: str, code: int) -> str:
    return f"{factor_label(factor)}: {bands_of(records, factor)[code][1]}"


def _code(records: Records, factor: str, band: str) -> int:
    known = records.order(factor)
    if band not in known or not known[band]:
        raise WrongUsage(f'"{band}" is no {factor.replace("_", " ")} in this data.')
    return known[band]
