"""One group of operations against another: before and after a day of surgery, or two cohorts beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from dashboard import leeway, wording
from dashboard.analyses.cohort_line import cohort_line, operations_chosen
from dashboard.analyses.failure_curve import curves
from dashboard.analyses.failure_rate import failure_rate, pooled
from dashboard.analyses.groups import Group, check_days, groups_of, outcome_named, rows_of, when_words
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import limits_apart
from dashboard.analyses.verdicts.claim import FEW, few, judged
from dashboard.cohort import TITLES, Cohort, day_words
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.slots import UNITS
from dashboard.stats import proportions, survival
from dashboard.stats.group_tests import shares_test

SIDES = ("first", "second")
MOST_NAMED = 4
BY_QUARTERS = (
    "These two groups can have operations in common: your role shows whole quarters of a year. Choose two groups that "
    "share no quarter."
)
COLUMNS = [
    "side", "label", "operations", "known", "failed", "died", "share", "lower", "upper", "due", "best_case",
    "worst_case", "lost", "not_due", "known_of_due", "shown", "note", "difference", "difference_lower",
    "difference_upper", "p", "word",
]  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """Two groups and what lies between them.

    sides: two rows as in COLUMNS, the difference (first less second, 0 to 1) on the first of them; null with no word
    where a side may not be shown, for the ``reason`` in words. counts: of each side by day; None at a visit. in_both:
    patients who have operations on both sides, which count as independent; None where that cannot be counted.
    """

    what: str
    sides: pd.DataFrame
    counts: tuple[Group, Group] | None
    reason: str
    in_both: int | None

    @property
    def possible(self) -> bool:
        """Whether there is a difference to speak of."""
        return not self.reason


def before_and_after(records: Records, outcome: str, within_days: int, since: date) -> Compared:
    """Operations from a day on against those before it, both at the same landmark."""
    cohort, since = records.cohort, told_since(records, since)
    if not parts_period(records, since):
        raise WrongUsage(f"{day_words(since)} does not part the operations chosen: there are none on one side of it.")
    after = replace(cohort, operated_from=since)
    before = replace(cohort, operated_to=since - timedelta(days=1))
    labels = f"Operated from {day_words(since)}", f"Operated before {day_words(since)}"
    return difference(records.of(after), outcome, within_days, before, labels, cohort)


def told_since(records: Records, since: date) -> date:
    """The day that parts the operations: in protected form the first of its quarter, as counts are of whole ones."""
    return records.of(Cohort(operated_from=since)).cohort.operated_from or since


def parts_period(records: Records, since: date) -> bool:
    """Whether there are operations on both sides of a day."""
    line = cohort_line(records)
    return bool(line.first_operation and line.last_operation and line.first_operation < since <= line.last_operation)


@remembered
def difference(
    records: Records,
    outcome: str,
    within_days: int,
    against: Cohort,
    labels: tuple[str, str] | None = None,
    together: Cohort | None = None,
) -> Compared:
    """The records' cohort against another: both shares failed at one landmark, their difference, and its interval.

    Over time: the difference of the cumulative incidences (``survival.difference``); at a visit that of the shares of
    those who answered (Newcombe). Each share is as ``failure_rate`` gives it: operations whose landmark has not come
    count as long as they were followed. word: ``judged`` of the interval, and too few without 50 operations and 5
    failures on both sides. Not adjusted for who was operated.
    labels: of the sides; else what they differ in. together: the cohort that both make up, where there is one.
    In protected form both are of whole quarters, and their labels too; patients on both sides are not told, as a
    difference of rounded counts says nothing of so few.
    Raises WrongUsage where an operation would count on both sides, or where a unit is held against another.
    """
    records, against = records.of(records.cohort), records.of(against).cohort
    check_days(within_days)
    check_recorded(records, outcome)
    _refuse_units(records.cohort, against)
    _refuse_overlap(records, against)
    both, names = (records, records.of(against)), labels or _labels(records, against)
    known = outcome_named(outcome)
    rates = [failure_rate(side, outcome, None, within_days).iloc[0] for side in both]
    counts = None if known.kind == "landmark" else (_counts(both[0], outcome), _counts(both[1], outcome))
    sides, reason = sides_of(rates, names, counts, within_days)
    in_both = None if together is None or records.viewer.is_protected else _patients_in_both(both, records.of(together))
    what = f"{known.short} {when_words(known, within_days)}"
    return Compared(what, sides, counts, reason, in_both)


def sides_of(
    rates: Sequence[pd.Series], names: tuple[str, str], counts: Sequence[Group] | None, within_days: int
) -> tuple[pd.DataFrame, str]:
    """Two rows of ``failure_rate`` as COLUMNS has them, with what lies between them; and why nothing does, in words.

    counts: of each side by day, for an outcome over time; None at a visit, where a share is of those known. Of counts
    that were moved a word is said only if all that may stand behind them say so.
    """
    sides = pd.DataFrame([
        {**rate, "side": side, "label": name} for rate, side, name in zip(rates, SIDES, names, strict=True)
    ])  # fmt: skip
    reason = " ".join(
        f"{row.label}: {wording.within_sentence(row.note or row.reason)}" for row in rows_of(sides) if not row.shown
    )
    sizes = sides["known" if counts is None else "operations"]
    apart, p = (None, None) if reason else _apart(sides, counts, within_days)
    by, lower, upper = apart or (None, None, None)
    word = "" if reason else _word(sides.assign(n=sizes), lower, upper)
    found = {"difference": by, "difference_lower": lower, "difference_upper": upper, "p": p, "word": word}
    between = pd.DataFrame({name: [value, None] for name, value in found.items()})
    return sides.join(between).reindex(columns=COLUMNS), reason


def _word(sides: pd.DataFrame, lower: float | None, upper: float | None) -> str:
    """What is said of a difference; of counts that were moved none where the least that they may be are too few."""
    told = sides[["n", "failed"]].astype(int)
    if few(*told.to_numpy().ravel()):
        return FEW
    if few(*told.sub(sides["moved"].astype(int), axis="index").to_numpy().ravel()):
        return leeway.UNSAID
    return judged(lower, upper, moved=bool(sides["moved"].any()))


@remembered
def bands_apart(
    records: Records, outcome: str, within_days: int, by: str, first: tuple[str, ...], second: tuple[str, ...]
) -> Compared:
    """Operations of some bands of a factor against those of others, as ``difference`` holds two cohorts.

    in_both is None: whoever was operated on twice may have been in either.
    Raises WrongUsage where a band stands on both sides, or a side has none.
    """
    if set(first) & set(second) or not first or not second:
        raise WrongUsage("Choose two groups that share no band, and at least one band of each.")
    known = outcome_named(outcome)
    sides = [pooled(records, outcome, by, names, within_days) for names in (first, second)]
    counts = None if known.kind == "landmark" else (sides[0][1], sides[1][1])
    labels = _bands_words(by, first), _bands_words(by, second)
    rows, reason = sides_of([pd.Series(rate) for rate, _ in sides], labels, counts, within_days)
    return Compared(f"{known.short} {when_words(known, within_days)}", rows, counts, reason, None)


def _bands_words(by: str, names: Sequence[str]) -> str:
    """What the operations of some bands are called: "Former or current smoking"."""
    factor = load().factors[by]
    phrases = [factor.phrase(band.name) for band in factor.bands if band.name in names]
    return wording.at_the_start(" or ".join(phrases))


def side_curves(compared: Compared) -> pd.DataFrame:
    """The curve of each side of a difference over time, columns as ``curves_told`` has them; of a visit none."""
    sides = zip(SIDES, compared.sides["label"], compared.counts or (), strict=False)
    found = curves([group._replace(name=side, label=label) for side, label, group in sides])
    return found.assign(told=found["group"].map(dict(zip(SIDES, compared.sides["shown"].astype(bool), strict=True))))


def _counts(records: Records, outcome: str) -> Group:
    return groups_of(records, "failure_curve", None, outcome=outcome)[0]


def _apart(
    sides: pd.DataFrame, counts: Sequence[Group] | None, within_days: int
) -> tuple[proportions.Difference | None, float | None]:
    """The difference with its interval, and p, which is not told of counts that were moved."""
    moved = bool(sides["moved"].any())
    if counts is None:
        n, failed = sides["known"].astype(int).tolist(), sides["failed"].astype(int).tolist()
        if moved:
            return limits_apart(*rows_of(sides)), None
        return proportions.newcombe_difference(failed[0], n[0], failed[1], n[1]), shares_test(failed, n).p
    here, there = (survival.share_at(one.counts, within_days, leeway.of_course(one.parts)) for one in counts)
    return survival.difference(here, there), None if moved else survival.difference_p(here, there)


def _refuse_units(first: Cohort, second: Cohort) -> None:
    for unit in UNITS:
        if first.chosen.get(unit) != second.chosen.get(unit):
            raise WrongUsage(f"A {unit} is held against the limits of a funnel, and against nobody else: ask compare.")


def _refuse_overlap(records: Records, against: Cohort) -> None:
    shared = _in_common(records.cohort, against)
    if shared and records.viewer.is_protected:
        # Rounded counts do not say that none is there.
        raise WrongUsage(BY_QUARTERS)
    n = 0 if shared is None else operations_chosen(records.of(shared))
    if n:
        raise WrongUsage(
            f"{wording.count(n, 'operation')} would stand in both groups and count twice: choose two groups that "
            "share none."
        )


def _in_common(one: Cohort, other: Cohort) -> Cohort | None:
    """The cohort of what is in both; None where their choices exclude each other."""
    chosen: dict[str, tuple[str, ...]] = {}
    for dimension in {**one.chosen, **other.chosen}:
        lists = [set(cohort.chosen[dimension]) for cohort in (one, other) if dimension in cohort.chosen]
        chosen[dimension] = tuple(set.intersection(*lists))
        if not chosen[dimension]:
            return None
    start = max((day for day in (one.operated_from, other.operated_from) if day), default=None)
    end = min((day for day in (one.operated_to, other.operated_to) if day), default=None)
    if start and end and start > end:
        return None
    return Cohort(start, end, chosen, one.every_operation and other.every_operation)


def _labels(records: Records, against: Cohort) -> tuple[str, str]:
    """What each side is called: what the two differ in, in words."""
    both = records.cohort, against
    different = [name for name in TITLES if both[0].chosen.get(name) != both[1].chosen.get(name)]
    periods = [cohort.period_words() for cohort in both]
    first, second = (
        ", ".join([
            *(_names(records, name, cohort) for name in different),
            *([period or "the whole period"] if periods[0] != periods[1] else []),
        ])
        for cohort, period in zip(both, periods, strict=True)
    )  # fmt: skip
    return wording.at_the_start(first) or "The first", wording.at_the_start(second) or "The second"


def _names(records: Records, dimension: str, cohort: Cohort) -> str:
    names = cohort.chosen.get(dimension)
    if not names:
        return f"any {TITLES[dimension].lower()}"
    if len(names) > MOST_NAMED:
        return f"{TITLES[dimension].lower()} one of {len(names)}"
    return " or ".join(records.label(dimension, name) for name in names)


def _patients_in_both(both: tuple[Records, Records], together: Records) -> int:
    """Patients with operations on both sides: of each side's patients, those whom all together count once."""
    return sum(cohort_line(side).patients for side in both) - cohort_line(together).patients
