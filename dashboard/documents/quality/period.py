"""The figures that a report holds its own against: those of the period before, of the practice, or published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.peers import SURGEON, practice_beside
from dashboard.cohort import day_words
from dashboard.documents.wanted import PRACTICE, PREVIOUS, Wanted
from dashboard.records import Records
from dashboard.slots import UNITS

TOO_FEW = "The other surgeons are too few to hide one another: no figure of the practice stands beside."


@dataclass(frozen=True)
class HeldAgainst:
    """records: those whose figures stand beside; None where there are none, for the ``why`` in words.

    label: what they are called. apart: whether they share no operation with the report's own, so that a difference
    can be tested.
    """

    records: Records | None
    label: str
    why: str = ""
    apart: bool = False


def beside(records: Records, wanted: Wanted) -> HeldAgainst:
    """What the report's figures are held against."""
    if wanted.compare == PREVIOUS:
        return _before(records)
    if wanted.compare == PRACTICE:
        return _practice(records, wanted)
    return HeldAgainst(None, "published figures that count the same")


def period_before(first: date, last: date) -> tuple[date, date]:
    """The period of the same length that ends the day before; whole months stay whole months."""
    end = first - timedelta(days=1)
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        months = 12 * (last.year - first.year) + last.month - first.month + 1
        number = 12 * first.year + first.month - 1 - months
        return date(number // 12, number % 12 + 1, 1), end
    return first - (last - first) - timedelta(days=1), end


def _before(records: Records) -> HeldAgainst:
    cohort, facts = records.cohort, records.facts
    first, last = cohort.operated_from or facts.first_operation, cohort.operated_to or facts.last_operation
    if first is None or last is None or first > last:
        return HeldAgainst(None, "", "No operation is recorded: there is no period before.")
    start, end = period_before(first, last)
    label = f"{day_words(start)} to {day_words(end)}"
    before = records.of(replace(cohort, operated_from=start, operated_to=end))
    if not operations_chosen(before):
        return HeldAgainst(None, label, f"No operation of these is recorded in the period before, {label}.")
    return HeldAgainst(before, label, apart=True)


def _practice(records: Records, wanted: Wanted) -> HeldAgainst:
    cohort = records.cohort
    units = {kind: names for kind, names in cohort.chosen.items() if kind in UNITS}
    label = "the whole practice"
    if not records.viewer.sees_everything:
        return HeldAgainst(None, label, "Figures of the whole practice are not shown to your role.")
    if not units:
        return HeldAgainst(None, label, "These are the figures of the whole practice: nothing stands beside them.")
    if len(units.get(SURGEON, ())) == 1:
        whole = practice_beside(records, units[SURGEON][0], wanted.outcome)
        if whole is None:
            return HeldAgainst(None, label, TOO_FEW)
    chosen = {kind: names for kind, names in cohort.chosen.items() if kind not in UNITS}
    return HeldAgainst(records.of(replace(cohort, chosen=chosen)), label)
