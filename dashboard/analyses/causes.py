"""Why operations failed: which cause was found behind how many, and when failures of each cause show themselves."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.analyses.failure_curve import curves
from dashboard.analyses.groups import NOT_RECORDED, Group, check_days, groups_of, outcome_named
from dashboard.analyses.onset import category_labels
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import QUARTILES, share_of
from dashboard.definitions import load
from dashboard.records import UNIT, Records
from dashboard.stats import survival

MATRIX_COLUMNS = ["cause", "cause_label", "cause_group", "group", "label", "operations"]
CAUSE_COLUMNS = [
    "cause", "label", "group_label", "reading", "failed", "share", "lower", "upper", "also_found", "half", "quarter",
    "three_quarters",
]  # fmt: skip
ONSET_COLUMNS = ["cause", "label", "category", "category_label", "operations"]
TABLE_COLUMNS = ["cause", "cause_label", "group", "label", "failed", "of", "share", "lower", "upper"]
NO_CAUSE = "No cause recorded"


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
def causes(records: Records, outcome: str, by: str = "procedure", within_days: int = 1825) -> Causes:
    """The main cause behind each failure seen by a landmark, by group; several causes of one failure beside it."""
    check_days(within_days)
    outcome_named(outcome, kind="time")
    check_recorded(records, outcome)
    counts = records.read("causes", columns={"by": ()}, outcome=outcome).rename(columns={"left_follow_up": "left"})
    found = records.read("findings", columns={"by": ()})
    also = (found["operations"] - found["main_cause"]).groupby(found["cause"]).sum()
    seen = counts[counts["day"] <= within_days]
    failed = seen.groupby("cause")["failed"].sum()
    total = int(failed.sum())
    rows = [
        _cause(term.name, int(failed.get(term.name, 0)), total, int(also.get(term.name, 0)), counts, within_days)
        for term in load().vocabularies["cause"].values()
    ]
    return Causes(
        pd.DataFrame(rows, columns=CAUSE_COLUMNS), _matrix(records, outcome, by, within_days), total,
        int(failed.get(NOT_RECORDED, 0)),
    )  # fmt: skip


@remembered
def cause_curves(records: Records, outcome: str) -> pd.DataFrame:
    """Share failed from each cause by each day: death, and failure from another cause, compete with it.

    Columns as ``failure_curve`` has them, a group for each main cause that occurs; ``died``: dead or failed otherwise.
    """
    outcome_named(outcome, kind="time")
    counts = records.read("causes", columns={"by": ()}, outcome=outcome).rename(columns={"left_follow_up": "left"})
    names = [name for name in load().vocabularies["cause"] if (counts["cause"] == name).any()]
    return curves([Group(name, records.label("cause", name), _competing(counts, name)) for name in names])


def shown_after(records: Records, outcome: str, after_days: int = 274) -> pd.DataFrame:
    """Failures of each main cause that showed themselves up to a day, and after it: ``cause, label, up_to, after``."""
    counts = records.read("causes", columns={"by": ()}, outcome=outcome)
    early = counts[counts["day"] <= after_days].groupby("cause")["failed"].sum()
    late = counts[counts["day"] > after_days].groupby("cause")["failed"].sum()
    rows = [(name, label, int(early.get(name, 0)), int(late.get(name, 0))) for name, label in _every_cause().items()]
    frame = pd.DataFrame(rows, columns=["cause", "label", "up_to", "after"])
    frame = frame[(frame["up_to"] > 0) | (frame["after"] > 0)]
    return frame.sort_values("after", ascending=False, kind="stable").reset_index(drop=True)


def onset_by_cause(records: Records, outcome: str, within_days: int = 1825) -> pd.DataFrame:
    """Failures of each main cause by onset category, a row for each pair, as in ONSET_COLUMNS.

    Symptoms that the operation never relieved (persistent) are a category of their own.
    """
    check_days(within_days)
    outcome_named(outcome, kind="time")
    counts = records.read("onset", columns={"by": "cause"}, outcome=outcome, within_days=within_days)
    found = counts.set_index([UNIT, "onset"])["operations"]
    there = set(counts[UNIT])
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


def causes_table(records: Records, outcome: str, by: str | None = None, within_days: int = 1825) -> pd.DataFrame:
    """One row for each main cause and group: failures by the landmark, of the group's failures (Wilson interval)."""
    check_recorded(records, outcome)
    matrix = _matrix(records, outcome, by or "procedure", within_days)
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
    days = survival.failure_quantiles(_competing(counts, name), within_days) if failed else None
    reading = next((reading.name for reading in definitions.cause_readings if name in reading.causes), "")
    return {
        "cause": name, "label": term.label, "group_label": definitions.groups("cause").get(term.group or "", ""),
        "reading": reading, "failed": failed, "also_found": also,
        **share_of(failed, total), **dict(zip(QUARTILES, days or (None, None, None), strict=True)),
    }  # fmt: skip


def _competing(counts: pd.DataFrame, cause: str) -> pd.DataFrame:
    """Counts by day in which failure from any other cause stands with the deaths."""
    own = counts["cause"] == cause
    split = counts.assign(
        failed=counts["failed"].where(own, 0), died=counts["died"] + counts["failed"].where(~own, 0)
    )  # fmt: skip
    return split.groupby("day", as_index=False)[["failed", "died", "left"]].sum()


def _matrix(records: Records, outcome: str, by: str, within_days: int) -> pd.DataFrame:
    """Failures by main cause and group; a failure without a finding has the cause "not recorded"."""
    counted = groups_of(records, "causes", by, outcome=outcome)
    seen = [(group.name, group.counts[group.counts["day"] <= within_days]) for group in counted]
    return _in_words(records, by, [(name, counts.groupby("cause")["failed"].sum()) for name, counts in seen])


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
