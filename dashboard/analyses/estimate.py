"""What the practice's own model expects for one patient before surgery: for discussion, not for decisions alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard import wording
from dashboard.access import PLANNING
from dashboard.analyses.asked import Asked
from dashboard.analyses.beside import PracticeTold, practice_of
from dashboard.analyses.case_mix import Model, bands_of, case_mix, design, factor_label
from dashboard.analyses.groups import FAMILY, families, outcome_named, when_words
from dashboard.analyses.model_plan import NEEDED, PROCEDURE
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.cohort import Cohort
from dashboard.definitions import Factor, load
from dashboard.definitions.canonical import Column, column_named
from dashboard.definitions.terms import BEFORE, FactorChange
from dashboard.errors import NotAllowed, WrongUsage
from dashboard.records import Records
from dashboard.stats import logistic
from dashboard.stats.by_day import Numbers
from dashboard.stats.proportions import Difference, Interval

HORIZONS = (365, 730)
FEWEST_LIKE_IT = 30
"""What was seen less often than this in the model's operations is no ground for an estimate: a procedure, a band, or an
expected share so high or so low. Such a share lies at the far end of the highest (lowest) tenth, or beyond it."""
AVERAGE = "the model's operations whose state is known"
NOT_TAKEN, TOO_FEW = "no model takes it", "too few failures"
COLUMNS = [
    "within_days", "of", "factor", "share", "lower", "upper", "difference", "difference_lower", "difference_upper",
    "average", "group", "group_operations", "reason", "not_used",
]  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What the model expects of patients like this in whom one factor is what it can be changed to; or why nothing.

    expected: their share; apart: how much lower (below 0) or higher it is than the patient's own, where that has one.
    """

    factor: str
    change: FactorChange
    expected: Interval | None = None
    apart: Difference | None = None
    reason: str = ""


@dataclass(frozen=True)
class Tenth:
    """The tenth of the model's operations at about a share: how many were expected to fail, and how many did.

    outermost: "highest" or "lowest" where the share lies beyond the mean of that tenth, else empty.
    """

    expected: float
    operations: int
    failed: int
    seen: Interval
    outermost: str


@dataclass(frozen=True)
class Estimate:
    """The expected share failed by one horizon; ``reason`` in words where there is none.

    average: of the model's own operations. group: as what the procedure stands in the model, group_operations: how many
    of the model's are of it. by_itself: whether that is the procedure, and not its family. changes: for the factors of
    the profile that the model holds and whose band is at risk. not_used: of the factors of the profile, the labels of
    those that the model does not hold, and why.
    """

    within_days: int
    model: Model
    reason: str
    group: str = ""
    group_operations: int = 0
    by_itself: bool = True
    average: float | None = None
    share: float | None = None
    lower: float | None = None
    upper: float | None = None
    tenth: Tenth | None = None
    changes: tuple[Change, ...] = ()
    not_used: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ProfileInput:
    """A factor that a profile may say: ``used`` by the models of which horizons; ``why`` not by all, in words.

    together: which of its bands stand together in a model, and why; empty where each stands by itself.
    """

    factor: Factor
    used: tuple[int, ...]
    why: str
    together: str = ""

    @property
    def number(self) -> Column | None:
        """The column that holds its number, with the ends allowed; None of a factor told in words."""
        return column_named(self.factor.trait) if self.factor.numeric else None


def horizons(outcome: str) -> tuple[int, ...]:
    """The days by which something is expected: an outcome asked at a visit has the one."""
    return HORIZONS if outcome_named(outcome).kind == "time" else HORIZONS[:1]


def inputs(records: Records, outcome: str) -> tuple[ProfileInput, ...]:
    """The factors that a model may take, in the order of the screens, and by which horizons it does take them.

    Raises NotAllowed for a viewer to whom nothing is told of one patient before surgery.
    """
    _check_right(records)
    models = [case_mix(records, outcome, days) for days in horizons(outcome)]
    taken = load().adjusting
    return tuple(_input(factor, models, outcome) for name, factor in load().factors.items() if name in taken)


def _input(factor: Factor, models: list[Model], outcome: str) -> ProfileInput:
    known = outcome_named(outcome)
    held = [model.within_days for model in models if factor.name in model.plan.factors]
    absent = {
        when_words(known, model.within_days): why_not_used(model, factor.name)
        for model in models
        if model.within_days not in held
    }
    together = next((words for model in models if (words := model.plan.merged_words(factor.name))), "")
    return ProfileInput(factor, tuple(held), _why([when_words(known, days) for days in held], absent), together)


def _why(held: Sequence[str], absent: Mapping[str, str]) -> str:
    """Why a factor is not used, by the horizons that do not use it; empty where all do."""
    if not absent:
        return ""
    reasons = list(dict.fromkeys(absent.values()))
    if held:
        return f"used {wording.joined(held)} only; {wording.joined(list(absent))} not: {reasons[0]}"
    each = reasons[0] if len(reasons) == 1 else "; ".join(f"{when} {why}" for when, why in absent.items())
    return f"not used: {each}"


def never_taken() -> tuple[str, ...]:
    """What is known before surgery and no model takes, as it is called: it plays no part, whatever it is."""
    known = load()
    return tuple(
        factor.label for name, factor in known.factors.items()
        if factor.timing == BEFORE and name not in known.adjusting
    )  # fmt: skip


def why_not_used(model: Model, factor: str) -> str:
    """Why a model does not hold a factor, in the words of a conversation."""
    if model.plan.reason:
        return "there is no model"
    why = next((one.why for one in model.plan.left_out if one.factor == factor), NOT_TAKEN)
    return TOO_FEW if why.endswith(NEEDED) else why


def estimate(records: Records, procedure: str, profile: Mapping[str, str], outcome: str) -> list[Estimate]:
    """The expected share failed by each horizon for a procedure and a band of each factor.

    profile: by factor the name of its band, or its number where it is told by numbers; a factor that the model holds
    and the profile does not name is taken at its reference band. Raises WrongUsage for a procedure, factor or band that
    this data does not know; NotAllowed as ``inputs`` does.
    """
    _check_right(records)
    check_recorded(records, outcome)
    codes = {PROCEDURE: _code(records, PROCEDURE, procedure)}
    codes[FAMILY] = _code(records, FAMILY, families()[procedure])
    codes |= {factor: _code(records, factor, _band(factor, said)) for factor, said in profile.items()}
    return [_estimate(records, case_mix(records, outcome, days), codes) for days in horizons(outcome)]


def _check_right(records: Records) -> None:
    if not records.viewer.may(PLANNING):
        off = PLANNING in records.viewer.without
        raise NotAllowed(
            "The practice has switched off what is to be expected for one patient."
            if off else "Your role is told nothing of single patients before surgery."
        )  # fmt: skip


def estimate_table(records: Records, asked: Asked) -> pd.DataFrame:
    """The estimates as rows, as in COLUMNS: for each horizon the patient, then each change with how far it lies apart.

    With days, of that horizon alone. Raises WrongUsage without a procedure.
    """
    check_recorded(records, asked.outcome)
    if not asked.procedure:
        raise WrongUsage("Say what is planned: --procedure NAME, and --profile FACTOR=BAND for each factor known.")
    check_horizon(asked.outcome, asked.days)
    found = estimate(records, asked.procedure, asked.profile, asked.outcome)
    rows = [row for one in found if asked.days in (0, one.within_days) for row in _rows(one)]
    return pd.DataFrame(rows, columns=COLUMNS)


def check_horizon(outcome: str, days: int) -> None:
    """Raises WrongUsage when nothing is expected by so many days; 0 is every horizon."""
    if days and outcome_named(outcome).kind == "time" and days not in HORIZONS:
        raise WrongUsage(f"Nothing is estimated by {days} days. Give {' or '.join(map(str, HORIZONS))}.")


def _rows(one: Estimate) -> list[dict[str, Any]]:
    shared = {"within_days": one.within_days, "average": one.average, "group": one.group}
    shared |= {"group_operations": one.group_operations or None}
    silent = "; ".join(f"{label}: {why}" for label, why in one.not_used)
    own = {"of": "patients like this", "share": one.share, "lower": one.lower, "upper": one.upper}
    return [
        shared | own | {"factor": "", "reason": one.reason, "not_used": silent},
        *(shared | _changed_row(change) for change in one.changes),
    ]


def _changed_row(change: Change) -> dict[str, Any]:
    ends = dict(zip(("share", "lower", "upper"), change.expected or (None,) * 3, strict=True))
    apart = dict(zip(("difference", "difference_lower", "difference_upper"), change.apart or (None,) * 3, strict=True))
    return {
        "of": change.change.words,
        "factor": change.factor,
        "reason": change.reason,
        "not_used": "",
        **ends,
        **apart,
    }


def _estimate(records: Records, model: Model, codes: Mapping[str, int]) -> Estimate:
    if model.fit is None:
        return Estimate(model.within_days, model, f"No estimate: {model.plan.reason}.")
    asked = {factor: codes.get(factor, normal) for factor, normal in model.reference}
    surgery = model.plan.surgery
    about = Estimate(
        model.within_days, model, "",
        group=bands_of(records, surgery)[asked[surgery]][1],
        group_operations=model.sizes.get((surgery, asked[surgery]), 0),
        by_itself=surgery == PROCEDURE,
        average=model.plan.failed / model.plan.operations,
        not_used=tuple(
            (load().factors[name].label, why_not_used(model, name))
            for name in codes if name in load().factors and name not in model.plan.factors
        ),
    )  # fmt: skip
    if reason := _seldom(records, model, asked):
        return replace(about, reason=reason)
    own, changes = _expected(model, asked), tuple(_changes(records, model, asked))
    if reason := untried(records, model, own.share):
        # What is expected of those who changed can be within what was tried: how far apart they lie cannot be said.
        return replace(about, reason=reason, changes=tuple(replace(change, apart=None) for change in changes))
    return replace(about, **own._asdict(), tenth=_tenth(records, model, own.share), changes=changes)


def _changes(records: Records, model: Model, asked: Mapping[str, int]) -> list[Change]:
    """What each band at risk of the profile could be changed to, of the factors that the model holds."""
    found = []
    for name in load().factors:
        if name not in model.plan.factors:
            continue
        names = {code: band for band, code in records.order(name).items()}
        if change := load().factors[name].change_of(names[asked[name]]):
            found.append(_change(records, model, asked, name, change))
    return found


def _change(records: Records, model: Model, asked: Mapping[str, int], name: str, change: FactorChange) -> Change:
    other = {**asked, name: records.order(name)[change.to]}
    if reason := _together(model, name, other[name]):
        return Change(name, change, reason=reason)
    if reason := _seldom(records, model, other):
        return Change(name, change, reason=reason)
    expected = _expected(model, other)
    if reason := untried(records, model, expected.share):
        return Change(name, change, reason=reason)
    return Change(name, change, expected, _apart(model, other, asked))


def _together(model: Model, factor: str, code: int) -> str:
    """Why there is no figure for a change: the band that it leads to stands together with others in this model."""
    merged = model.plan.merged.get(factor)
    if merged is None or code not in (merged.into, *merged.codes):
        return ""
    return f"No figure: this model holds {model.plan.merged_words(factor)}."


def _expected(model: Model, asked: Mapping[str, int]) -> Interval:
    found = logistic.predict(_fit(model), _row(model, asked))
    return Interval(*(float(np.asarray(values)[0]) for values in (found.risk, found.lower, found.upper)))


def _apart(model: Model, first: Mapping[str, int], second: Mapping[str, int]) -> Difference:
    return logistic.risk_difference(_fit(model), _row(model, first)[0], _row(model, second)[0])


def _fit(model: Model) -> logistic.LogisticFit:
    if model.fit is None:
        raise ValueError("There is no model to ask.")
    return model.fit


def _row(model: Model, asked: Mapping[str, int]) -> Numbers:
    profile = pd.DataFrame({name: [code] for name, code in asked.items()})
    return design(model.plan.together(profile), model.terms)


def _seldom(records: Records, model: Model, asked: Mapping[str, int]) -> str:
    """Why there is no estimate: something asked for is not, or hardly, among the operations that the model knows."""
    for factor, code in asked.items():
        seen = model.sizes.get((factor, code), 0)
        if seen < FEWEST_LIKE_IT:
            label = f"{factor_label(factor)}: {bands_of(records, factor)[code][1]}"
            return f"No estimate: {label} was seen in {seen} of the model's operations; {FEWEST_LIKE_IT} are needed."
    return ""


@remembered
def _expected_of_each(records: Records, outcome: str, within_days: int) -> tuple[PracticeTold, Numbers]:
    """The patterns that a model was made of, and the share that it expects of each."""
    practice = practice_of(records.of(Cohort()).of_practice, outcome, within_days)
    return practice, case_mix(records, outcome, within_days).risks(practice.patterns)


def spread(records: Records, outcome: str, within_days: int) -> pd.DataFrame:
    """The shares that a model expects of its own operations, from the lowest: ``expected``, ``operations``."""
    practice, risks = _expected_of_each(records, outcome, within_days)
    found = pd.DataFrame({"expected": risks, "operations": practice.patterns["operations"]}).dropna()
    return found.sort_values("expected", kind="stable", ignore_index=True)


def untried(records: Records, model: Model, share: float) -> str:
    """Why there is no figure: fewer than 30 of the model's operations had an expected share so high, or so low."""
    practice, risks = _expected_of_each(records, model.outcome, model.within_days)
    rounding = 1e-9
    as_high = practice.told("operations", risks >= share - rounding)
    as_low = practice.told("operations", risks <= share + rounding)
    if min(as_high, as_low) >= FEWEST_LIKE_IT:
        return ""
    seen, how, end, place = (as_high, "high", "highest", -1) if as_high <= as_low else (as_low, "low", "lowest", 0)
    said = (
        f"No figure: this model has not been tried on enough patients at so {how} a risk. {seen} of its "
        f"{model.plan.operations:,} operations had so {how} a share expected, and {FEWEST_LIKE_IT} are needed"
    )
    if model.calibration is None:
        return f"{said}."
    tenth = wording.percent(float(model.calibration["expected"].iloc[place]))
    return f"{said}; the {end} tenth had {tenth} on average."


def _tenth(records: Records, model: Model, share: float) -> Tenth | None:
    """The tenth of the model's operations in whose range a share lies: by how many had a lower one."""
    if model.calibration is None:
        return None
    found = spread(records, model.outcome, model.within_days)
    below = int(found.loc[found["expected"] < share - 1e-9, "operations"].sum())
    up_to = model.calibration["operations"].cumsum().to_numpy()
    row: Any = model.calibration.iloc[min(int(np.searchsorted(up_to, below, side="right")), len(up_to) - 1)]
    seen = Interval(float(row["observed"]), float(row["lower"]), float(row["upper"]))
    lowest, highest = (float(model.calibration["expected"].iloc[place]) for place in (0, -1))
    outermost = "highest" if share > highest else "lowest" if share < lowest else ""
    return Tenth(float(row["expected"]), int(row["operations"]), int(row["failed"]), seen, outermost)


def _band(factor: str, said: str) -> str:
    """The band that is said: by its name, or by a number that lies in it."""
    known = load().factors
    if factor not in known:
        raise WrongUsage(f'"{factor}" is no factor. Factors are {", ".join(load().adjusting)}.')
    try:
        number = float(said)
    except ValueError:
        return said
    band, column = known[factor].holding(number), column_named(known[factor].trait)
    lowest, highest = (column.low, column.high) if column else (None, None)
    if band is None or not (lowest is None or lowest <= number) or not (highest is None or number <= highest):
        raise WrongUsage(f'"{said}" is no {factor.replace("_", " ")} in this data.')
    return band.name


def _code(records: Records, factor: str, band: str) -> int:
    known = records.order(factor)
    if band not in known or not known[band]:
        raise WrongUsage(f'"{band}" is no {factor.replace("_", " ")} in this data.')
    return known[band]
