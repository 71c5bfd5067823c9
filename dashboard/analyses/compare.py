"""Surgeons or sites beside what chance and case mix lead one to expect: a funnel, never a ranking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard.analyses.beside import figures, is_own
from dashboard.analyses.case_mix import Model, case_mix
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE, KNOWN_TO_SHOW, NOBODY_DUE, whether_shown
from dashboard.analyses.groups import FAMILY, NOT_RECORDED, check_days, due_from, outcome_named, rows_of
from dashboard.analyses.profiles import case_mix_values, known_patterns, profiles_of
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import worst_case
from dashboard.analyses.unit_funnels import (
    LIMITS,
    NOBODY,
    RATIO_LIMITS,
    UNLIKE,
    Detection,
    Funnel,
    drawn_round,
    ratios_see,
    shares_see,
    with_ratios,
    with_shares,
)
from dashboard.errors import WrongUsage
from dashboard.leeway import Ends
from dashboard.others import AllUnits, Worth
from dashboard.records import UNIT, Records
from dashboard.slots import UNITS

FEWEST_EXPECTED = 5.0

COLUMNS = [
    "unit", "label", "own", "all_operations", "operations", "failed", "share", "share_lower", "share_upper", *LIMITS,
    "position", "share_p", "share_q", "due", "known_of_due", "best_case", "worst_case", "shown", "note", "cases",
    "observed", "dropped", "dropped_failed", "expected", "ratio", "lower", "upper", "shrunken", *RATIO_LIMITS,
    "ratio_position", "ratio_p", "ratio_q", "ratio_shown", "ratio_note", "overdispersion",
]  # fmt: skip


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
    the viewer's scope there is only what stands behind the limits, made of counts in protected form (``beside``); no
    ratio is then drawn towards 1, and q allows for all who operated (Bonferroni), not for how each of them did.
    """
    check_days(within_days)
    check_recorded(records, outcome)
    if by not in UNITS:
        raise WrongUsage(f'"{by}" is no unit to compare. Choose {" or ".join(UNITS)}.')
    if _beyond_scope(records, by):
        return _beside_others(records, outcome, by, within_days)
    patterns, present, units = _counted(records.beside_others(by), outcome, by, within_days)
    pooled = len(present) < 2
    units, shares, no_shares = with_shares(with_notes(units, pooled=pooled), pooled=pooled)
    model = case_mix(records, outcome, within_days)
    units, ratios = with_ratios(_expecting(units, patterns, model))
    units["own"] = is_own(records, by, units["unit"])
    place = records.order(by)
    units["place"] = units["unit"].map(place)
    units = units.sort_values("place", kind="stable")[COLUMNS].reset_index(drop=True)
    see = ratios_see(units, ratios), shares_see(units, shares)
    return Comparison(by, units, shares, no_shares, ratios, model, present, *see)


def _beyond_scope(records: Records, by: str) -> bool:
    """Whether units of others, beyond the viewer's scope, stand behind the limits."""
    return not records.viewer.sees_everything and records.beside_others(by).whole_practice


def _beside_others(records: Records, outcome: str, by: str, within_days: int) -> Comparison:
    """The viewer's own units by limits of the whole practice, of whose other patients only protected counts are told.

    Where these operations are chosen in more detail than the practice may be told of, there is no share of all of it,
    and whether units differ is not judged; what is expected is of the whole practice whatever is chosen.
    """
    model = case_mix(records, outcome, within_days)
    own = replace(records.beside_others(by), whole_practice=False)
    why = own.cohort.complaint("")
    patterns, present, units = _counted(own, outcome, by, within_days)
    together = AllUnits(0, 0, why, len(units))
    if not why:
        together, present = _together(records, outcome, by, within_days, model, patterns)
    pooled = len(present) < 2
    units, shares, no_shares = with_shares(with_notes(units, pooled=pooled), pooled=pooled, together=together)
    units, ratios = with_ratios(_expecting(units, patterns, model, told=figures), together)
    units = units.assign(own=True)[COLUMNS].reset_index(drop=True)
    shares, ratios = drawn_round(shares, units["operations"]), drawn_round(ratios, units["expected"])
    no_shares = no_shares or (NOBODY if shares is None else "")
    target = together.failed / together.operations if together.operations and not why else None
    see = ratios_see(units, ratios), shares_see(units, shares, target)
    return Comparison(by, units, shares, no_shares, ratios, model, present, *see, others=True)


def _together(
    records: Records, outcome: str, by: str, within_days: int, model: Model, patterns: pd.DataFrame
) -> tuple[AllUnits, tuple[str, ...]]:
    """The practice as it is told beside the viewer's own patterns, and the procedure families in it."""
    everybody = records.beside_others(by)
    others = everybody.others(by, **case_mix_values(records, outcome, within_days))
    risks = None
    if model.fit is not None:
        profiles = profiles_of(replace(everybody, whole_practice=False))
        risks = pd.Series(model.risks(profiles), index=profiles.index)
    worth = Worth(FEWEST_FOR_A_SHARE, KNOWN_TO_SHOW, FEWEST_EXPECTED)
    present = _families(records, others.families() | set(patterns[FAMILY]))
    return others.in_units(patterns, risks, worth), present


@remembered
def shares_possible(records: Records, outcome: str, by: str, within_days: int) -> bool:
    """Whether there is a funnel of shares: the rule that refuses it, without the model that is fitted besides."""
    if _beyond_scope(records, by):
        return compare(records, outcome, by, within_days).shares is not None
    _, present, units = _counted(records.beside_others(by), outcome, by, within_days)
    pooled = len(present) < 2
    return with_shares(with_notes(units, pooled=pooled), pooled=pooled)[1] is not None


def _counted(
    everybody: Records, outcome: str, by: str, within_days: int
) -> tuple[pd.DataFrame, tuple[str, ...], pd.DataFrame]:
    """The patterns of the operations of known state, the procedure families among them, and the units."""
    patterns = known_patterns(everybody, outcome, within_days, by)
    patterns = patterns[patterns[UNIT] != NOT_RECORDED]
    present = _families(everybody, patterns[FAMILY].unique())
    return patterns, present, _units(everybody, patterns, outcome, by, within_days)


def _families(records: Records, codes: Iterable[int]) -> tuple[str, ...]:
    names = {code: name for name, code in records.order(FAMILY).items()}
    return tuple(sorted(names[code] for code in codes))


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
    bands = [
        worst_case(Ends.about(row.failed, 0), Ends.about(row.due - row.operations, 0), Ends.about(row.due, 0))
        for row in rows_of(units)
    ]
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


def _expecting(
    units: pd.DataFrame, patterns: pd.DataFrame, model: Model, told: Callable[[Sequence[float]], list[float]] = list
) -> pd.DataFrame:
    """The units with what the model expects of their operations, as it is told, and what it leaves out."""
    counts = dict.fromkeys(("cases", "observed", "dropped", "dropped_failed"), 0)
    if model.fit is None:
        return units.assign(**counts, expected=np.nan, ratio_note=f"No adjusted model: {model.plan.reason}.")
    risk = model.risks(patterns)
    covered = patterns.assign(expected=risk * patterns["operations"])[~np.isnan(risk)]
    sums = covered.groupby(UNIT)[["operations", "failed", "expected"]].sum().reindex(units["unit"], fill_value=0)
    cases, observed = sums["operations"].to_numpy(int), sums["failed"].to_numpy(int)
    units = units.assign(
        cases=cases, observed=observed, expected=np.array(told(sums["expected"].tolist()), dtype=float),
        dropped=units["operations"] - cases, dropped_failed=units["failed"] - observed,
    )  # fmt: skip
    return units.assign(ratio_note=[_ratio_note(row) for row in rows_of(units)])


def _ratio_note(row: Any) -> str:
    if row.operations < FEWEST_FOR_A_SHARE:
        return str(row.note)
    if row.cases < FEWEST_FOR_A_SHARE:
        return f"Fewer than {FEWEST_FOR_A_SHARE} operations with everything recorded: counts only."
    if row.expected < FEWEST_EXPECTED:
        return f"Fewer than {FEWEST_EXPECTED:.0f} failures expected ({row.expected:.1f}): too few for a ratio."
    return ""
