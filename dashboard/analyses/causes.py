"""Why operations failed: which cause was found behind how many, and when failures of each cause show themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.analyses.cells import share_words
from dashboard.analyses.failure_curve import curves
from dashboard.analyses.groups import LONGEST_DAY, NOT_RECORDED, Group, check_days, groups_of, outcome_named, rows_of
from dashboard.analyses.onset import category_labels
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import seen_by, share_of
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import UNIT, Records

MATRIX_COLUMNS = ["cause", "cause_label", "cause_group", "group", "label", "operations"]
CAUSE_COLUMNS = [
    "cause", "label", "group_label", "reading", "failed", "share", "lower", "upper", "also_found", "half", "quarter",
    "three_quarters",
]  # fmt: skip
ONSET_COLUMNS = ["cause", "label", "category", "category_label", "operations"]
TABLE_COLUMNS = ["cause", "cause_label", "group", "label", "failed", "of", "share", "lower", "upper"]
NO_CAUSE = "No cause recorded"
COUNTS_ONLY_BELOW = 10
PREVENTABLE = "\N{DAGGER}"
"""Stands behind a cause that could perhaps have been prevented."""
NO_LATER, LATE_DAYS = -1, 274
"""Failures of any day, as none is before day 0; and the day that ends month 9, after which a failure is late."""
EARLIER = "earlier"
"""The cause, which no definition has, of those who failed before the failures that are asked for."""


@dataclass(frozen=True)
class Causes:
    """The answer of one cohort.

    causes: a row for each cause of the vocabulary, as in CAUSE_COLUMNS: ``failed`` with it as their main cause by the
    landmark, of all failures by then (``share``, Wilson); ``also_found``: operations with it beside another main
    cause, in all follow-up; the days by which a quarter, half and three quarters of them had shown themselves.
    matrix: main cause by group, as in MATRIX_COLUMNS. failed: failures by the landmark; without_cause: of those.
    """

    causes: pd.DataFrame
    matrix: pd.DataFrame
    failed: int
    without_cause: int


@remembered
def causes(
    records: Records, outcome: str, by: str = "procedure", within_days: int = 1825, after_days: int = NO_LATER
) -> Causes:
    """The main cause behind each failure seen by a landmark, by group; several causes of one failure beside it.

    after_days: only failures later than this day; ``also_found`` is of all follow-up in any case.
    """
    check_days(within_days)
    counts = read_counts(records, outcome)
    found = records.read("findings", columns={"by": ()})
    also = (found["operations"] - found["main_cause"]).groupby(found["cause"]).sum()
    counts = later(counts, after_days)
    failed = _failed_by_cause(counts, after_days, within_days)
    total = int(failed.sum())
    rows = [
        _cause(term.name, int(failed.get(term.name, 0)), total, int(also.get(term.name, 0)), counts, within_days)
        for term in load().vocabularies["cause"].values()
    ]
    return Causes(
        pd.DataFrame(rows, columns=CAUSE_COLUMNS), _matrix(records, outcome, by, within_days, after_days), total,
        int(failed.get(NOT_RECORDED, 0)),
    )  # fmt: skip


@remembered
def cause_curves(records: Records, outcome: str, after_days: int = NO_LATER) -> pd.DataFrame:
    """Share failed from each cause by each day: death, and failure from another cause, compete with it.

    after_days: only failures later than this day, of all operations; an earlier one competes as well.
    Columns as ``failure_curve`` has them, a group for each main cause that occurs; ``died``: dead or failed otherwise.
    """
    counts = later(read_counts(records, outcome), after_days)
    names = [name for name in load().vocabularies["cause"] if (counts["cause"] == name).any()]
    return curves([Group(name, records.label("cause", name), competing_with(counts, [name])) for name in names])


def shown_after(
    records: Records, outcome: str, after_days: int = LATE_DAYS, within_days: int = LONGEST_DAY
) -> pd.DataFrame:
    """Failures of each main cause that showed themselves up to a day, and after it: ``cause, label, up_to, after``.

    within_days: those after it up to this day.
    """
    counts = records.read("causes", columns={"by": ()}, outcome=outcome)
    early = _failed_by_cause(counts, NO_LATER, after_days)
    late = _failed_by_cause(counts, after_days, within_days)
    rows = [(name, label, int(early.get(name, 0)), int(late.get(name, 0))) for name, label in _every_cause().items()]
    frame = pd.DataFrame(rows, columns=["cause", "label", "up_to", "after"])
    frame = frame[(frame["up_to"] > 0) | (frame["after"] > 0)]
    return frame.sort_values("after", ascending=False, kind="stable").reset_index(drop=True)


def onset_by_cause(records: Records, outcome: str, within_days: int = 1825, after_days: int = NO_LATER) -> pd.DataFrame:
    """Failures of each main cause by onset category, a row for each pair, as in ONSET_COLUMNS.

    Symptoms that the operation never relieved (persistent) are a category of their own. after_days: only failures
    later than this day: those by the landmark less those by that day.
    """
    check_days(within_days)
    outcome_named(outcome, kind="time")
    counts = records.read("onset", columns={"by": "cause"}, outcome=outcome, within_days=within_days)
    found = counts.set_index([UNIT, "onset"])["operations"]
    if after_days > NO_LATER:
        early = records.read("onset", columns={"by": "cause"}, outcome=outcome, within_days=after_days)
        found = found.sub(early.set_index([UNIT, "onset"])["operations"], fill_value=0)
        found = found[found > 0]
    there = set(found.index.get_level_values(0))
    rows = [
        (name, label, category, words, int(found.get((name, category), 0)))
        for name, label in _every_cause().items() if name in there
        for category, words in category_labels().items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=ONSET_COLUMNS)


def found_matrix(records: Records, by: str = "procedure") -> pd.DataFrame:
    """Operations behind whose failure each cause was found, main cause or not, by group, as in MATRIX_COLUMNS.

    An operation counts once for each of its causes; in all follow-up so far.
    """
    counted = groups_of(records, "findings", by)
    found = [(group.name, group.counts.set_index("cause")["operations"]) for group in counted]
    return _in_words(records, by, found)


def causes_table(
    records: Records, outcome: str, by: str | None = None, within_days: int = 1825, after_days: int = NO_LATER
) -> pd.DataFrame:
    """One row for each main cause and group: failures by the landmark, of the group's failures (Wilson interval).

    after_days: only failures later than this day, of the group's failures later than it.
    """
    check_recorded(records, outcome)
    matrix = _matrix(records, outcome, by or "procedure", within_days, after_days)
    of = matrix.groupby("group")["operations"].sum()
    rows = []
    for row in matrix.itertuples():
        total = int(of.loc[str(row.group)])
        words = (row.cause, row.cause_label, row.group, row.label, row.operations, total)
        rows.append((*words, *share_of(int(str(row.operations)), total).values()))
    return pd.DataFrame(rows, columns=TABLE_COLUMNS)


def _cause(name: str, failed: int, total: int, also: int, counts: pd.DataFrame, within_days: int) -> dict[str, object]:
    definitions = load()
    term = definitions.vocabularies["cause"][name]
    reading = definitions.reading_of(name)
    return {
        "cause": name, "label": term.label, "group_label": definitions.groups("cause").get(term.group or "", ""),
        "reading": reading.name if reading else "", "failed": failed, "also_found": also,
        **share_of(failed, total), **seen_by(counts[counts["cause"] == name], within_days),
    }  # fmt: skip


def _failed_by_cause(counts: pd.DataFrame, after_days: int, within_days: int) -> pd.Series:
    """Failures of each main cause later than one day, and by another."""
    window = counts[(counts["day"] > after_days) & (counts["day"] <= within_days)]
    return window.groupby("cause")["failed"].sum()


def read_counts(records: Records, outcome: str) -> pd.DataFrame:
    """By main cause and day, who failed, died and left. Raises as ``check_recorded`` does."""
    outcome_named(outcome, kind="time")
    check_recorded(records, outcome)
    return records.read("causes", columns={"by": ()}, outcome=outcome).rename(columns={"left_follow_up": "left"})


def later(counts: pd.DataFrame, after_days: int) -> pd.DataFrame:
    """Counts in which those who failed by a day did so from a cause of its own, with which every later one competes."""
    early = (counts["day"] <= after_days) & (counts["failed"] > 0)
    return counts.assign(cause=counts["cause"].mask(early, EARLIER)) if after_days > NO_LATER else counts


def competing_with(counts: pd.DataFrame, causes: list[str]) -> pd.DataFrame:
    """Counts by day in which failure from any but these causes stands with the deaths."""
    own = counts["cause"].isin(causes)
    split = counts.assign(
        failed=counts["failed"].where(own, 0), died=counts["died"] + counts["failed"].where(~own, 0)
    )  # fmt: skip
    return split.groupby("day", as_index=False)[["failed", "died", "left"]].sum()


def _matrix(records: Records, outcome: str, by: str, within_days: int, after_days: int = NO_LATER) -> pd.DataFrame:
    """Failures by main cause and group; a failure without a finding has the cause "not recorded"."""
    counted = groups_of(records, "causes", by, outcome=outcome)
    found = [(group.name, _failed_by_cause(group.counts, after_days, within_days)) for group in counted]
    return _in_words(records, by, found)


def _in_words(records: Records, by: str, counted: list[tuple[str, pd.Series]]) -> pd.DataFrame:
    """Operations by cause (index) for each group, as rows with their words, in the order of the causes."""
    vocabulary, labels, words = load().vocabularies["cause"], load().groups("cause"), _every_cause()
    rows = []
    for group, found in counted:
        for cause, operations in found[found > 0].items():
            term = vocabulary.get(str(cause))
            family = labels.get(term.group or "", "") if term else NO_CAUSE
            rows.append((cause, words[str(cause)], family, group, records.label(by, group), int(operations)))
    frame = pd.DataFrame(rows, columns=MATRIX_COLUMNS)
    place = {name: order for order, name in enumerate(words)}
    return frame.sort_values("cause", key=lambda names: names.map(place), kind="stable").reset_index(drop=True)


def _every_cause() -> dict[str, str]:
    """Each cause with its words, in the order of the vocabulary, and what stands where none is recorded."""
    return {term.name: term.label for term in load().vocabularies["cause"].values()} | {NOT_RECORDED: NO_CAUSE}


def check_window(within_days: int, after_days: int | None) -> None:
    """Raises WrongUsage for a window of time that holds no day."""
    if after_days is None:
        return
    check_days(after_days)
    if after_days >= within_days:
        raise WrongUsage(f"No day is after day {after_days} and by day {within_days}: choose --days above --after.")


def drawn_causes(answer: Causes) -> pd.DataFrame:
    """The causes that occur, the most frequent first, each with its count; a sign at those that could be prevented."""
    found = answer.causes[answer.causes["failed"] > 0].sort_values("failed", ascending=False, kind="stable")
    return found.assign(
        group=found["cause"],
        label=[f"{row.label} {PREVENTABLE}" if _is_preventable(row) else row.label for row in rows_of(found)],
        n=found["failed"], operations=answer.failed, shown=answer.failed >= COUNTS_ONLY_BELOW,
    )  # fmt: skip


def _is_preventable(row: Any) -> bool:
    return bool(row.reading == load().preventable.name)


def share_of_failures(row: Any, of: int) -> str:
    """A cause's share of all failures in words; its counts where there are few."""
    share = row.share if of >= COUNTS_ONLY_BELOW else None
    return share_words(share, row.failed, of, row.lower, row.upper)
