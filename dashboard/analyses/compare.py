"""Surgeons or sites beside what chance and case mix lead one to expect: a funnel, never a ranking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from dashboard.analyses.case_mix import Model, case_mix, known_patterns
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE, NOBODY_DUE, whether_shown
from dashboard.analyses.groups import FAMILY, NOT_RECORDED, check_days, due_from, outcome_named, rows_of
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import share_of, worst_case
from dashboard.errors import WrongUsage
from dashboard.records import UNIT, Records
from dashboard.slots import UNITS
from dashboard.stats import funnel, proportions, shrinkage, standardisation
from dashboard.stats.multiplicity import benjamini_hochberg

FEWEST_EXPECTED = 5.0
DRAWN_SIZES = 80
MOST_TO_DOUBLE = 0.5
LIMITS = ["limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high"]
SHARE = ["share", "share_lower", "share_upper"]
RATIO_LIMITS = [f"ratio_{name}" for name in LIMITS]

UNLIKE = "Shares of unlike procedures are not pooled without adjustment. Choose one procedure family"
NOBODY = "No operation counts at this time: it has not come yet, or the patients were lost or had died before it."
ALL_SMALL = f"None has {FEWEST_FOR_A_SHARE} operations whose state is known at this time: counts only."

COLUMNS = [
    "unit", "label", "own", "all_operations", "operations", "failed", "share", "share_lower", "share_upper", *LIMITS,
    "position", "share_p", "share_q", "due", "known_of_due", "best_case", "worst_case", "shown", "note", "cases",
    "observed", "dropped", "dropped_failed", "expected", "ratio", "lower", "upper", "shrunken", *RATIO_LIMITS,
    "ratio_position", "ratio_p", "ratio_q", "ratio_shown", "ratio_note", "overdispersion",
]  # fmt: skip


@dataclass(frozen=True)
class Funnel:
    """How the limits stand: the target, and whether they were widened for overdispersion.

    phi: None with fewer than ten units, when it cannot be judged. lines: ``size`` and the four limits, to be drawn;
    limits: those of units of any size.
    """

    target: float
    phi: float | None
    widened: bool
    lines: pd.DataFrame
    limits: funnel.Limits


@dataclass(frozen=True)
class Detection:
    """What a funnel can see: how likely it is that a unit of the middle size with a doubled rate lies beyond the limit.

    size: the median of those shown, or of all where none is: expected failures, or operations. probability: to lie
    beyond the upper 95 % limit as it is drawn; needed: the size from which on it is 0.8 or more (None: out of reach).
    """

    size: float
    probability: float
    needed: float | None


@dataclass(frozen=True)
class Comparison:
    """The answer: ``units`` as in COLUMNS, by name; the two funnels (None where there is nothing to draw); the model.

    no_shares: in words, why there is no funnel of shares, or empty.
    families: the procedure families among the operations compared. ratios_see, shares_see: what could be detected, of
    whatever sizes there are; None where nothing is expected, nobody failed or more than half did.
    others: whether units of others, beyond the viewer's scope, stand behind the limits; none of them is in ``units``.
    """

    by: str
    units: pd.DataFrame
    shares: Funnel | None
    no_shares: str
    ratios: Funnel | None
    model: Model
    families: tuple[str, ...]
    ratios_see: Detection | None
    shares_see: Detection | None
    others: bool = False


@remembered
def compare(records: Records, outcome: str, by: str = "surgeon", within_days: int = 730) -> Comparison:
    """Each unit's share failed by the landmark among those with known status, and observed over expected failures.

    Every unit that operated is there: ``all_operations``, and of these the ``operations`` whose state is known and
    counts (the landmark had come, and it failed by then or was followed so long; the dead do not count).
    Counts only, no share, below ten of them, and no ratio below five expected failures: what is not shown is held
    against no limit, and takes no part in how far units differ. No shares of unlike procedures, which only the ratio
    allows for.
    best_case, worst_case: of the ``due`` (known, or lost before the landmark; not the dead, as in the share), had all
    the lost been well or failed. Expected: the sum of the risks that the practice's model gives to each operation;
    operations in which something that the model needs is not recorded take no part: ``dropped``, with
    ``dropped_failed`` failures; ``cases`` are the others. share_p, ratio_p: how often chance sets one so far apart,
    share_q and ratio_q the same once it is allowed for how many were compared (Benjamini-Hochberg). Of units beyond
    the viewer's scope there is only what stands behind the limits: their number of operations would name them.
    """
    check_days(within_days)
    check_recorded(records, outcome)
    if by not in UNITS:
        raise WrongUsage(f'"{by}" is no unit to compare. Choose {" or ".join(UNITS)}.')
    everybody = records.beside_others(by)
    patterns, present, units = _counted(everybody, outcome, by, within_days)
    units, shares, no_shares = with_shares(units, pooled=len(present) < 2)
    model = case_mix(records, outcome, within_days)
    units, ratios = with_ratios(_expecting(units, patterns, model))
    units["own"] = _own(records, by, units["unit"])
    place = records.order(by)
    # Named units in their order, masked ones after them in the order of their numbers.
    later = len(place)
    units["place"] = [place[name] if name in place else later + int(name.split()[-1]) for name in units["unit"]]
    units = units.sort_values("place", kind="stable")[COLUMNS].reset_index(drop=True)
    failed = float(units["failed"].sum() / units["operations"].sum()) if units["operations"].sum() else 0.0
    others = everybody.whole_practice and not records.viewer.sees_everything
    if others:
        units = units[units["own"]].reset_index(drop=True)
        shares, ratios = _round(shares, units["operations"]), _round(ratios, units["expected"])
        no_shares = no_shares or (NOBODY if shares is None else "")
    see = ratios_see(units, ratios), shares_see(units, shares, failed)
    return Comparison(by, units, shares, no_shares, ratios, model, present, *see, others)


def _round(drawn: Funnel | None, sizes: pd.Series) -> Funnel | None:
    """The funnel round units of these sizes alone: as it was drawn, it would tell how large the largest is."""
    known = sizes[sizes > 0]
    if drawn is None or known.empty:
        return None
    around = np.geomspace(max(1.0, known.min() / 2), known.max() * 2, DRAWN_SIZES)
    # Operations are whole, failures expected are not.
    whole = pd.api.types.is_integer_dtype(sizes)
    return replace(drawn, lines=_lines(drawn.limits, np.unique(np.round(around)) if whole else around))


@remembered
def shares_possible(records: Records, outcome: str, by: str, within_days: int) -> bool:
    """Whether there is a funnel of shares: the rule that refuses it, without the model that is fitted besides."""
    _, present, units = _counted(records.beside_others(by), outcome, by, within_days)
    return with_shares(units, pooled=len(present) < 2)[1] is not None


def _counted(
    everybody: Records, outcome: str, by: str, within_days: int
) -> tuple[pd.DataFrame, tuple[str, ...], pd.DataFrame]:
    """The patterns of the operations of known state, the procedure families among them, and the units with notes."""
    patterns = known_patterns(everybody, outcome, within_days, by)
    patterns = patterns[patterns[UNIT] != NOT_RECORDED]
    present = _families(everybody, patterns)
    return patterns, present, with_notes(_units(everybody, patterns, outcome, by, within_days), pooled=len(present) < 2)


def _own(records: Records, by: str, names: pd.Series) -> pd.Series:
    """Whether a unit is the viewer's own: only for a viewer whose scope is narrower than the practice."""
    own = {"surgeon": records.viewer.surgeons, "site": records.viewer.sites}[by]
    return names.isin(own or ())


def _families(records: Records, patterns: pd.DataFrame) -> tuple[str, ...]:
    names = {code: name for name, code in records.order(FAMILY).items()}
    return tuple(sorted(names[code] for code in patterns[FAMILY].unique()))


def _units(everybody: Records, patterns: pd.DataFrame, outcome: str, by: str, within_days: int) -> pd.DataFrame:
    """Of every unit all operations, the known ones and their failures, and the share known of those due."""
    seen = everybody.read("landmark", columns={"by": by}, outcome=outcome)
    seen = seen[seen[UNIT] != NOT_RECORDED]
    counted = patterns.groupby(UNIT)[["operations", "failed"]].sum().reindex(seen[UNIT], fill_value=0)
    units = counted.reset_index(names="unit").assign(all_operations=seen["operations"].to_numpy(int))
    units["label"] = [everybody.label(by, name) for name in units["unit"]]
    if outcome_named(outcome).kind == "landmark":
        due, not_due = seen["due"].to_numpy(float), seen["not_due"].to_numpy(float)
    else:
        lost = everybody.read(
            "lost", columns={"by": by}, outcome=outcome, within_days=within_days,
            due_from=due_from(everybody, within_days),
        )  # fmt: skip
        gone, not_due = lost.set_index(UNIT)[["lost", "not_due"]].reindex(seen[UNIT]).fillna(0).to_numpy(float).T
        due = units["operations"].to_numpy(float) + gone
    units["due"], units["not_due"] = due.astype(int), not_due.astype(int)
    units["known_of_due"] = units["operations"] / np.where(due > 0, due, np.nan)
    bands = [worst_case(row.failed, row.due - row.operations, row.due) for row in rows_of(units)]
    return units.join(pd.DataFrame(bands, columns=["best_case", "worst_case"], dtype=float))


def with_notes(units: pd.DataFrame, *, pooled: bool) -> pd.DataFrame:
    """Which units' shares may be shown, and why the others may not."""
    notes = [_note(row, pooled) for row in rows_of(units)]
    return units.assign(shown=[shown for shown, _ in notes], note=[note for _, note in notes])


def _note(row: Any, pooled: bool) -> tuple[bool, str]:
    if row.not_due == row.all_operations >= FEWEST_FOR_A_SHARE:
        return False, NOBODY_DUE
    if row.operations < FEWEST_FOR_A_SHARE <= row.all_operations:
        return False, (
            f"{row.operations} of {row.all_operations} operations count at this time; of the others the patient had "
            "died before it, was lost, or has not come to it yet. Counts only."
        )
    shown, note = whether_shown(row.operations, row.known_of_due)
    return (False, f"{UNLIKE}.") if shown and not pooled else (shown, note)


def with_shares(units: pd.DataFrame, *, pooled: bool) -> tuple[pd.DataFrame, Funnel | None, str]:
    """The units with their share, limits and position; the funnel round the share of all of them, or why none."""
    empty = ["overdispersion", *SHARE, *LIMITS, "share_p", "share_q"]
    units = units.assign(position="", **dict.fromkeys(empty, np.nan))
    failed, n = int(units["failed"].sum()), int(units["operations"].sum())
    shown = units["shown"].to_numpy(bool)
    found = [list(share_of(row.failed, row.operations).values()) for row in rows_of(units[shown])]
    units.loc[shown, SHARE] = np.reshape(np.array(found, dtype=float), (-1, len(SHARE)))
    if not n:
        return units, None, NOBODY
    if not pooled:
        return units, None, f"{UNLIKE}."
    if not shown.any():
        return units, None, ALL_SMALL
    if failed in (0, n):
        return units, None, _no_chance(failed, n)
    return _in_share_funnel(units, shown, failed / n)


def _no_chance(failed: int, n: int) -> str:
    """Where none failed, or all, chance would allow nothing else, which is no limit to hold anybody against."""
    exact = proportions.clopper_pearson(failed, n)
    if exact is None:
        return NOBODY
    told = f"None of the {n} operations whose state is known failed (95 % interval up to {100 * exact.upper:.1f} %)"
    if failed:
        told = f"All {n} operations whose state is known failed (95 % interval from {100 * exact.lower:.1f} %)"
    return f"{told}: nobody differs, and there is no limit of chance to draw."


def _in_share_funnel(units: pd.DataFrame, shown: np.ndarray, target: float) -> tuple[pd.DataFrame, Funnel, str]:
    failed, n = (units.loc[shown, name].to_numpy(float) for name in ("failed", "operations"))
    judged = funnel.overdispersion_can_be_judged(len(n))
    spread = funnel.overdispersion(failed, n) if judged and 0 < failed.sum() < n.sum() else None
    limits = _share_limits(target, spread)
    units.loc[shown, LIMITS] = np.column_stack(limits(n))
    units.loc[shown, "position"] = funnel.position(failed / n, limits(n))
    units.loc[shown, "overdispersion"] = spread.phi if spread else np.nan
    p = [funnel.share_p(int(x), int(size), target, spread) for x, size in zip(failed, n, strict=True)]
    units.loc[shown, ["share_p", "share_q"]] = np.column_stack([p, benjamini_hochberg(p)])
    sizes = np.unique(np.round(np.geomspace(FEWEST_FOR_A_SHARE, n.max() * 1.05, DRAWN_SIZES)))
    return units, _funnel(target, spread, sizes, limits), ""


def _expecting(units: pd.DataFrame, patterns: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The units with what the model expects of their operations, and what it leaves out."""
    counts = dict.fromkeys(("cases", "observed", "dropped", "dropped_failed"), 0)
    if model.fit is None:
        return units.assign(**counts, expected=np.nan, ratio_note=f"No adjusted model: {model.plan.reason}.")
    risk = model.risks(patterns)
    covered = patterns.assign(expected=risk * patterns["operations"])[~np.isnan(risk)]
    sums = covered.groupby(UNIT)[["operations", "failed", "expected"]].sum().reindex(units["unit"], fill_value=0)
    cases, observed = sums["operations"].to_numpy(int), sums["failed"].to_numpy(int)
    units = units.assign(
        cases=cases, observed=observed, expected=sums["expected"].to_numpy(),
        dropped=units["operations"] - cases, dropped_failed=units["failed"] - observed,
    )  # fmt: skip
    return units.assign(ratio_note=[_ratio_note(row) for row in rows_of(units)])


def with_ratios(units: pd.DataFrame) -> tuple[pd.DataFrame, Funnel | None]:
    """The units with observed over expected, and the funnel round 1; of those without a note why there is none."""
    empty = ["ratio", "lower", "upper", "shrunken", "ratio_p", "ratio_q", *RATIO_LIMITS]
    some = (units["ratio_note"] == "").to_numpy()
    units = units.assign(ratio_shown=some, ratio_position="", **dict.fromkeys(empty, np.nan))
    observed, expected = units.loc[some, "observed"].to_numpy(float), units.loc[some, "expected"].to_numpy(float)
    if not len(observed):
        return units, None
    intervals = [standardisation.observed_over_expected(int(o), e) for o, e in zip(observed, expected, strict=True)]
    units.loc[some, ["ratio", "lower", "upper"]] = [list(one) for one in intervals if one is not None]
    units.loc[some, "shrunken"] = _shrunken(observed, expected)
    return _in_funnel(units, some, observed, expected)


def _in_funnel(
    units: pd.DataFrame, some: np.ndarray, observed: np.ndarray, expected: np.ndarray
) -> tuple[pd.DataFrame, Funnel]:
    judged = funnel.overdispersion_can_be_judged(len(observed))
    spread = funnel.overdispersion_of_ratios(observed, expected) if judged else None
    limits = _ratio_limits(spread)
    units.loc[some, RATIO_LIMITS] = np.column_stack(limits(expected))
    units.loc[some, "ratio_position"] = funnel.position(observed / expected, limits(expected))
    sizes = np.geomspace(max(1.0, expected.min() * 0.9), expected.max() * 1.05, DRAWN_SIZES)
    p = [funnel.ratio_p(int(o), e, spread) for o, e in zip(observed, expected, strict=True)]
    units.loc[some, ["ratio_p", "ratio_q"]] = np.column_stack([p, benjamini_hochberg(p)])
    return units, _funnel(1.0, spread, sizes, limits)


def _share_limits(target: float, spread: funnel.Overdispersion | None) -> funnel.Limits:
    """The limits as they are drawn: exact, or widened where the units differ by more than chance."""
    if spread is not None and spread.overdispersed:
        return partial(funnel.overdispersed_limits, found=spread)
    return partial(funnel.binomial_limits, target=target)


def _ratio_limits(spread: funnel.Overdispersion | None) -> funnel.Limits:
    if spread is not None and spread.overdispersed:
        return partial(funnel.overdispersed_ratio_limits, found=spread)
    return funnel.poisson_limits


def _funnel(target: float, spread: funnel.Overdispersion | None, sizes: np.ndarray, limits: funnel.Limits) -> Funnel:
    """The funnel round a target, and its lines at some sizes."""
    phi, widened = (spread.phi, spread.overdispersed) if spread else (None, False)
    return Funnel(target, phi, widened, _lines(limits, sizes), limits)


def _lines(limits: funnel.Limits, sizes: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(np.column_stack(limits(sizes)), columns=LIMITS).assign(size=sizes)


def ratios_see(units: pd.DataFrame, drawn: Funnel | None) -> Detection | None:
    """What the ratios of units of these sizes could show."""
    sizes = units.loc[units["ratio_shown"] if drawn else units["expected"] > 0, "expected"]
    everybody, cases = float(units["expected"].sum()), int(units["cases"].sum())
    # Of more than half there is no double.
    if sizes.empty or not cases or everybody / cases > MOST_TO_DOUBLE:
        return None
    size, limits = float(sizes.median()), drawn.limits if drawn else None
    needed = funnel.expected_needed(limits=limits)
    return Detection(size, funnel.ratio_detection(size, limits=limits), needed)


def shares_see(units: pd.DataFrame, drawn: Funnel | None, failed: float | None = None) -> Detection | None:
    """What their shares could show; nothing where none failed, and of more than half there is no double.

    failed: the share of all that they are held against, where those are more than these units.
    """
    sizes = units.loc[units["shown"] if drawn else units["operations"] > 0, "operations"]
    target = float(units["failed"].sum() / max(units["operations"].sum(), 1)) if failed is None else failed
    if sizes.empty or not 0 < target <= MOST_TO_DOUBLE:
        return None
    size, limits = int(sizes.median()), drawn.limits if drawn else None
    seen = funnel.detection(size, target, limits=limits)
    return Detection(size, seen, funnel.n_needed(target, limits=limits))


def _shrunken(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The ratio drawn towards the practice's own as far as it rests on few failures; NaN with too few units."""
    found = shrinkage.shrunken_ratios(observed, expected)
    return np.full(len(observed), np.nan) if found is None else np.asarray(found.ratio)


def _ratio_note(row: Any) -> str:
    if row.operations < FEWEST_FOR_A_SHARE:
        return str(row.note)
    if row.cases < FEWEST_FOR_A_SHARE:
        return f"Fewer than {FEWEST_FOR_A_SHARE} operations with everything recorded: counts only."
    if row.expected < FEWEST_EXPECTED:
        return f"Fewer than {FEWEST_EXPECTED:.0f} failures expected ({row.expected:.1f}): too few for a ratio."
    return ""
