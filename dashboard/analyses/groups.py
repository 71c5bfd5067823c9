"""Counts by group: by nothing, or by a column of the mart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from dashboard import slots, wording
from dashboard.definitions import Definitions, Outcome, load
from dashboard.errors import WrongUsage
from dashboard.records import UNIT, Records

EVERYBODY = "all"
LONGEST_DAY = 36_500
NO_SLOTS: Mapping[str, str | Sequence[str]] = MappingProxyType({})
NOT_RECORDED = "not recorded"
FAMILY = "family"


class Group(NamedTuple):
    """One group's name, the words for it, and its counts.

    parts: of how many groups told in protected form the counts are the sum, for `dashboard.leeway`; 0: exact.
    """

    name: str
    label: str
    counts: pd.DataFrame
    parts: int = 0


def breakdowns(definitions: Definitions | None = None) -> tuple[str, ...]:
    """What a reader may break down by."""
    return slots.breakdowns(definitions or load())


def outcome_named(name: str, kind: str | None = None) -> Outcome:
    """The definition of an outcome; ``kind``: the only kind that this question can be asked of.

    Raises WrongUsage with the names there are.
    """
    outcomes = load().outcomes
    if name not in outcomes:
        raise WrongUsage(f'"{name}" is no outcome. Outcomes are {", ".join(outcomes)}.')
    outcome = outcomes[name]
    if kind is not None and outcome.kind != kind:
        fitting = ", ".join(other.name for other in outcomes.values() if other.kind == kind)
        raise WrongUsage(f"{outcome.short} is asked at one visit and has no course over time. Choose {fitting}.")
    return outcome


def groups_of(
    records: Records,
    read: str,
    by: str | None,
    *,
    slots: Mapping[str, str | Sequence[str]] = NO_SLOTS,
    **values: int | str | date | list[int] | list[str] | None,
) -> list[Group]:
    """The counts that a read gives for each group, groups in the order of their words, "not recorded" last.

    slots: what stands in the read's slots beside ``by``. Everybody together is one group, there even when nobody is
    chosen.
    """
    check_breakdown(by)
    counts = records.read(read, columns={"by": by or (), **slots}, **values)
    counts, moved = counts.rename(columns={"left_follow_up": "left"}), records.viewer.is_protected
    if by is None:
        return [Group(EVERYBODY, "All operations", _without_unit(counts), int(moved))]
    place = _places(records, by)
    parts = {str(name): _without_unit(part) for name, part in counts.groupby(UNIT, sort=False)}
    names = sorted(parts, key=place.__getitem__)
    return [Group(name, records.label(by, name), parts[name], int(moved)) for name in names]


def untold(records: Records, by: str, rows: pd.DataFrame) -> list[str]:
    """The labels of the groups that have no row here, to a viewer of protected counts: too few to be told of, or none.

    rows: with the names in ``group``. Empty for whoever is told exact counts: there they are none, which is no news.
    """
    if not records.viewer.is_protected:
        return []
    chosen, told = records.cohort.chosen.get(by, ()), set(rows["group"])
    labels = records.choices(by)
    return [label for name, label in labels.items() if name not in told and (not chosen or name in chosen)]


def untold_years(records: Records, rows: pd.DataFrame) -> list[str]:
    """The same of years of surgery. rows: with a day of each in ``period``."""
    first, last = records.cohort.operated_from, records.cohort.operated_to
    first, last = first or records.facts.first_operation, last or records.facts.last_operation
    if not records.viewer.is_protected or not first or not last:
        return []
    told = {day.year for day in rows["period"]}
    return [str(year) for year in range(first.year, last.year + 1) if year not in told]


def due_from(records: Records, within_days: int) -> date:
    """The last day of surgery from which the landmark had come by the data date."""
    return (records.facts.data_date or date.max) - timedelta(days=within_days)


def settled_after(outcome: str, within_days: int) -> int:
    """Days after surgery by which the outcome is settled: the landmark, or the end of the window of its visit."""
    known = outcome_named(outcome)
    return load().visits[known.visit or 0].high if known.kind == "landmark" else within_days


def when_words(outcome: Outcome, within_days: int) -> str:
    """At which time an outcome is looked at, as it stands in a sentence: by 2 years, at the 12-month visit."""
    if outcome.kind == "landmark":
        return f"at the {outcome.visit}-month visit"
    return f"by {next((mark.label for mark in load().landmarks if mark.days == within_days), f'day {within_days}')}"


def failed_words(outcome: Outcome) -> str:
    """What became of an operation that counts, as a verb: failed; of what is no failure, had a complication."""
    return "failed" if outcome.is_failure else f"had this ({wording.within_sentence(outcome.short)})"


def event_words(outcome: Outcome, count: int | None = None) -> str:
    """What counts, and how many of it: failures, 1 failure; of what is no failure, 3 cases of readmission."""
    noun, of = ("failure", "") if outcome.is_failure else ("case", f" of {wording.within_sentence(outcome.short)}")
    return (f"{noun}s" if count is None else wording.count(count, noun)) + of


def known_of_due(operations: int, lost: int, not_due: int) -> float | None:
    """Of the operations whose landmark had come, the share whose state is known; None when it came for nobody."""
    due = operations - not_due
    return (due - lost) / due if due else None


def families() -> dict[str, str]:
    """The family of each procedure."""
    terms = load().vocabularies["procedure"].values()
    return {NOT_RECORDED: NOT_RECORDED} | {term.name: term.group or NOT_RECORDED for term in terms}


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Each row, its columns as attributes, which no type checker can know."""
    yield from frame.itertuples()


def check_breakdown(by: str | None) -> None:
    """Raises WrongUsage when this is nothing to break down by."""
    if by is not None and by not in breakdowns():
        raise WrongUsage(f'"{by}" is nothing to break down by. Choose one of {", ".join(breakdowns())}.')


def check_days(within_days: int) -> None:
    """Raises WrongUsage when this is no day after surgery that the counts can hold."""
    if not 0 <= within_days <= LONGEST_DAY:
        raise WrongUsage(f"{within_days} is not a number of days after surgery. Give 0 to {LONGEST_DAY}.")


def _places(records: Records, by: str) -> dict[str, int]:
    order = records.order(by)
    return order | {NOT_RECORDED: len(order) + 1_000_000}


def _without_unit(counts: pd.DataFrame) -> pd.DataFrame:
    return counts.drop(columns=UNIT).reset_index(drop=True)
