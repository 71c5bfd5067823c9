"""How failure goes along with each factor, alone and adjusted for the others: hazard ratios, or odds ratios at a visit.

Cause-specific hazards up to the landmark: death and leaving end follow-up. Procedure stands in every adjusted model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard import wording
from dashboard.analyses import case_mix
from dashboard.analyses.case_mix import ModelTerm
from dashboard.analyses.changing_ratio import ChangeOverTime, change_of
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE
from dashboard.analyses.groups import check_days, outcome_named
from dashboard.analyses.model_plan import (
    FEWEST_EVENTS_PER_TERM,
    ModelPlan,
    decided_by,
    joinable_bands,
    planned,
)
from dashboard.analyses.ratio_models import NO_RATIO, Counted, Ratio, Ratios, counted, of_one_factor
from dashboard.analyses.remembering import remembered
from dashboard.analyses.risk_factors import by_factor, risk_factors
from dashboard.definitions import BEFORE, load
from dashboard.records import Records

COLUMNS = [
    "factor", "factor_label", "band", "band_label", "reference", "modifiable", "operations", "failed", "missing",
    "crude", "crude_lower", "crude_upper", "adjusted", "adjusted_lower", "adjusted_upper", "note",
]  # fmt: skip


@dataclass(frozen=True)
class AdjustedRisk:
    """The answer: ``rows`` as in COLUMNS, a row for each band; what the ratios are, how they were reckoned.

    intervals: of which kind they are, in words.
    plan: which factors were adjusted for, and why others were not; ``plan.reason`` when there is no adjusted model.
    change: whether the adjusted ratios stay the same all the time.
    """

    rows: pd.DataFrame
    measure: str
    method: str
    intervals: str
    plan: ModelPlan
    change: ChangeOverTime


FEW = f"Fewer than {FEWEST_FOR_A_SHARE} operations: no ratio."
OPPOSITE = "Alone and adjusted point in opposite directions"


@remembered
def adjusted_risk(records: Records, outcome: str, within_days: int = 730, exposure: str | None = None) -> AdjustedRisk:
    """Ratio of each band to its factor's reference band, of each factor alone and of all together.

    For an outcome followed over time: hazard ratios up to ``within_days``; at a visit: odds ratios among the answered.
    exposure: the factor of interest, which stays in the model first, or there is none.
    Bands that stand together in the plan do so alone and adjusted, so that the two can be held against each other.
    """
    check_days(within_days)
    counts = counted(records, outcome, within_days)
    plan = plan_of(records, counts, outcome, within_days, exposure)
    counts = replace(counts, patterns=plan.together(counts.patterns))
    reference = {} if plan.reason else _references(records, counts, plan)
    adjusted = counts.ratios(plan.terms_from, reference) if reference else Ratios({}, "")
    rows = [
        row
        for factor in (plan.surgery, *load().adjusting)
        for row in _rows(records, factor, counts, adjusted.of, _why_left_out(plan, factor))
    ]
    change = change_of(records, counts, plan, reference, within_days)
    frame = _with_merged(pd.DataFrame(rows, columns=COLUMNS), plan)
    return AdjustedRisk(frame, counts.measure, adjusted.method, counts.intervals, plan, change)


def plan_of(
    records: Records, counts: Counted, outcome: str, within_days: int, exposure: str | None = None
) -> ModelPlan:
    """The plan of the adjusted model of these counts, decided on the failures by 1 year where the landmark is later."""
    days = decided_by(within_days)
    own = days == within_days or outcome_named(outcome).kind == "landmark"
    deciding = None if own else counted(records, outcome, days).patterns
    return planned(counts.patterns, deciding, exposure, joinable_bands(records))


def _with_merged(rows: pd.DataFrame, plan: ModelPlan) -> pd.DataFrame:
    """The rows with what stands together named at the reference band of its factor, and why."""
    for factor in plan.merged:
        own = (rows["factor"] == factor) & rows["reference"]
        rows.loc[own, "band_label"] = plan.merged_labels(factor)
        rows.loc[own, "note"] = f"{wording.at_the_start(plan.merged_words(factor))}."
    return rows


def _references(records: Records, counted: Counted, plan: ModelPlan) -> dict[str, int]:
    """The reference band of everything that the model takes."""
    complete = case_mix.complete_patterns(counted.patterns, plan.terms_from)
    return {factor: case_mix.reference_code(records, complete, factor) for factor in plan.terms_from}


def with_ratios(records: Records, outcome: str, within_days: int = 730, exposure: str | None = None) -> pd.DataFrame:
    """The breakdown by factor and band, with the ratios beside it: ``hazard_ratio`` (or ``odds_ratio``) and adjusted.

    Columns as in ``risk_factors``, and ``<measure>``, ``hr_lower``, ``hr_upper`` (``or_…``), ``adjusted_<measure>``,
    ``adjusted_lower``, ``adjusted_upper``, ``ratio_note``. Factors that no model takes have no ratio.
    """
    answer = adjusted_risk(records, outcome, within_days, exposure)
    measure = answer.measure.lower().replace(" ", "_")
    short = "".join(word[0] for word in measure.split("_"))
    names = {
        "crude": measure, "crude_lower": f"{short}_lower", "crude_upper": f"{short}_upper",
        "adjusted": f"adjusted_{measure}", "note": "ratio_note",
    }  # fmt: skip
    rows = [answer.rows, _of_others(records, outcome, within_days)]
    ratios = pd.concat([part for part in rows if len(part)] or rows[:1]).rename(columns=names)
    columns = ["factor", "band", *names.values(), "adjusted_lower", "adjusted_upper"]
    frame = risk_factors(records, outcome, within_days).merge(ratios[columns], on=["factor", "band"], how="left")
    for factor, merged in answer.plan.merged.items():
        joined = (frame["factor"] == factor) & frame["band"].isin(merged.bands)
        frame.loc[joined, "ratio_note"] = f"{wording.at_the_start(answer.plan.merged_words(factor))}."
    return frame.assign(ratio_note=frame["ratio_note"].fillna(""))


def _of_others(records: Records, outcome: str, within_days: int) -> pd.DataFrame:
    """The ratios, alone, of the factors that were known before surgery and that no model takes."""
    adjusting = load().adjusting
    rows = [
        row
        for factor, bands in by_factor(records, outcome, within_days)
        if factor.name not in adjusting and factor.timing == BEFORE
        for row in _rows(
            records, factor.name,
            of_one_factor(bands, factor.name, within_days, at_visit=outcome_named(outcome).kind == "landmark"), {}, "",
        )
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(
    records: Records, factor: str, counted: Counted, adjusted: Mapping[ModelTerm, Ratio], left_out: str
) -> list[dict[str, Any]]:
    """The rows of one factor, in the order of its bands; the reference band's ratio is 1 by definition."""
    sizes = counted.patterns.groupby(factor)[["operations", "failed"]].sum()
    bands = [code for code in sorted(sizes.index) if code != 0 and sizes.loc[code, "operations"]]
    if not bands:
        return []
    missing = int(sizes["operations"].get(0, 0))
    reference = case_mix.reference_code(records, counted.patterns, factor)
    crude, why = _alone(counted, factor, reference, sizes.loc[bands], len(bands) - 1)
    words = case_mix.bands_of(records, factor)
    known = load().factors.get(factor)
    rows = []
    for code in bands:
        few = sizes.loc[code, "operations"] < FEWEST_FOR_A_SHARE
        one, all_of_them = (
            NO_RATIO if few else found.get(ModelTerm(factor, code), NO_RATIO) for found in (crude, adjusted)
        )
        is_reference = code == reference
        rows.append({
            "factor": factor, "factor_label": case_mix.factor_label(factor), "band": words[code][0],
            "band_label": words[code][1], "reference": is_reference,
            "modifiable": known is not None and known.modifiable,
            "operations": int(sizes.loc[code, "operations"]), "failed": int(sizes.loc[code, "failed"]),
            "missing": missing, "crude": one.ratio, "crude_lower": one.lower, "crude_upper": one.upper,
            "adjusted": all_of_them.ratio, "adjusted_lower": all_of_them.lower,
            "adjusted_upper": all_of_them.upper,
            "note": ""
            if is_reference
            else FEW
            if few
            else _note(one, all_of_them, why, left_out, adjusted_at_all=bool(adjusted)),
        })  # fmt: skip
    return rows


def _alone(
    counted: Counted, factor: str, reference: int, sizes: pd.DataFrame, terms: int
) -> tuple[Mapping[ModelTerm, Ratio], str]:
    """The ratios of one factor by itself, or why there are none."""
    if terms == 0:
        return {}, "Only one band occurs."
    failed = int(sizes["failed"].sum())
    if failed < FEWEST_EVENTS_PER_TERM * terms:
        return {}, f"{failed} failures are too few for a ratio of {terms + 1} bands."
    return counted.ratios((factor,), {factor: reference}).of, ""


def _note(crude: Ratio, adjusted: Ratio, why: str, left_out: str, *, adjusted_at_all: bool) -> str:
    if why:
        return why
    if np.isnan(crude.ratio):
        return "No ratio: without a failure in this band there is nothing to compare."
    if adjusted_at_all and np.isnan(adjusted.ratio):
        return f"Not adjusted: {left_out or 'not estimated'}."
    if adjusted_at_all and (crude.ratio - 1) * (adjusted.ratio - 1) < 0:
        return f"{OPPOSITE}: read neither without the other."
    return crude.note or adjusted.note


def _why_left_out(plan: ModelPlan, factor: str) -> str:
    return next((one.why for one in plan.left_out if one.factor == factor), "")
