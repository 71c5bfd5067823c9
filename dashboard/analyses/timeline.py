"""One patient's course, record by record, over every operation: what a failure rests on, and where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.analyses.follow_up import LOST, NOT_DUE, OPEN, OVERDUE
from dashboard.analyses.groups import outcome_named, rows_of
from dashboard.cohort import day_words
from dashboard.definitions import Outcome, load
from dashboard.definitions.terms import Opinion, Visit
from dashboard.records import Records

COLUMNS = [
    "operation", "operated", "failed", "outcome_day", "day", "own_day", "date", "kind", "what", "detail", "state",
    "file", "line", "counts_as", "roles",
]  # fmt: skip

SAME_RECORD = ["kind", "operation", "date", "what", "source", "line"]
"""What tells records apart: one that made several operations failures has a row for each."""

DIMENSIONS = {"operation": "procedure", "symptom": "symptom", "diagnosis": "cause", "complication": "complication",
              "treatment": "treatment"}  # fmt: skip
"""The vocabulary that each kind of record takes its words from."""

CALLED = {"diagnosis": "cause", "follow_up": "visit"}
"""What a kind of record is called on a screen, where that is not the name of its table."""

OTHER_WORDS = {"follow_up": "Follow-up visit", "death": "Death"}
UNANSWERED = "unanswered"
"""The kind of a row that is no record: a planned visit without an answer."""
BEFORE_SURGERY = "Visit before surgery"

MADE_BY = {"diagnosis": "the finding", "operation": "the later operation"}
ROLES = {
    "clock": "the first symptom, which sets the clock",
    "answer": "the visit that answers",
    "baseline": "the state before surgery",
}
"""What a record may be to the rule beside the event itself, which is called by its kind."""
BESIDE = (ROLES["clock"], ROLES["baseline"])
"""What a failure is counted from, told after what made it one."""


@dataclass(frozen=True)
class Reason:
    """Why one operation counts as failed: on which day, by the rule of which definition, and from which records.

    records: what each one is ("the finding"), its words, its day, and where it was written; empty when whatever made
    it so lies outside what the viewer may see.
    """

    operation: int
    sentence: str
    records: tuple[str, ...]


def timeline(records: Records, operation: int, outcome: str) -> pd.DataFrame:
    """The records of a patient over all operations inside the viewer's scope, in order of time: as in COLUMNS, and
    ``scores``.

    operation: any one of the patient; ``day`` counts from it, ``own_day`` from the operation that the record is of.
    ``counts_as``: what the record is to the rule by which an operation failed under this outcome, or "";
    ``roles``: the same as pairs of that operation and the role.
    A planned visit without an answer has a row of kind UNANSWERED, without file and line, on the last day of its window
    (not yet due: on the first), and its ``state``, so that silence does not read as well-being.
    To a viewer who is told no outcomes ``failed`` and ``outcome_day`` are null, and nothing counts as anything.
    Empty when the operation is not there, or outside the viewer's scope. On record before it is shown.
    Raises NotAllowed for a viewer who neither sees patients nor corrects rows.
    """
    definition = outcome_named(outcome)
    rows = records.listing("timeline", operation=int(operation), outcome=outcome).rename(columns={"happened": "date"})
    record = rows.groupby(SAME_RECORD, dropna=False, sort=False).ngroup()
    once = rows[~record.duplicated()].copy()
    because, reasons_of = rows[rows["role"].notna()], dict[int, list[Any]]()
    for number, row in zip(record[because.index], rows_of(because), strict=True):
        reasons_of.setdefault(number, []).append(row)
    of_record = [reasons_of.get(number, []) for number in record[once.index]]
    once["roles"] = pd.Series([_roles(found) for found in of_record], index=once.index, dtype=object)
    once["counts_as"] = ["; ".join(_counted(found, definition)) for found in of_record]
    once["detail"] = [_detail(row) for row in rows_of(once)]
    once["what"] = [_words(records, row) for row in rows_of(once)]
    once["kind"] = once["kind"].replace(CALLED)
    return once.assign(line=once["line"].astype("Int64")).reset_index(drop=True)[[*COLUMNS, *scores()]]


def scores() -> list[str]:
    """What is answered as a number at a visit, each a column of a timeline; null beside every other record."""
    return [measure.score for measure in load().patient_reported.measures]


def answers(course: pd.DataFrame, operation: int, score: str) -> pd.DataFrame:
    """What one operation's patient answered to one measure, in order of time: ``day`` after surgery, ``value``."""
    own = course[(course["operation"] == operation) & course[score].notna()]
    found = own[["own_day", score]].rename(columns={"own_day": "day", score: "value"})
    return found.astype({"value": float}).reset_index(drop=True)


def reasons(course: pd.DataFrame, outcome: str) -> list[Reason]:
    """Why each of the patient's operations that failed by this outcome counts as failed, the earliest first.

    course: a timeline of the same outcome.
    """
    definition = outcome_named(outcome)
    operations = course[course["failed"] & (course["kind"] == "operation")]
    return [_reason(course, row, definition) for row in rows_of(operations)]


def rule_sentence(outcome: str) -> str:
    """The rule by which this outcome counts an operation as failed, with its version."""
    definition = outcome_named(outcome)
    return f"{definition.short}: {definition.description} (definition version {definition.version})"


def _reason(course: pd.DataFrame, operation: Any, definition: Outcome) -> Reason:
    found = [
        (role, _record_words(record, role))
        for _, record in course.iterrows() for of, role in record["roles"] if of == operation.operation
    ]  # fmt: skip
    sentence = (
        f"{operation.what} of {day_words(operation.date)}: counts as failed by {definition.short} (definition version "
        f"{definition.version}), day {int(operation.outcome_day)}."
    )
    found.sort(key=lambda one: one[0] in BESIDE)
    return Reason(int(operation.operation), sentence, tuple(words for _, words in found))


def _record_words(record: pd.Series, role: str) -> str:
    return (
        f"{role[0].upper()}{role[1:]}: {record['what']}, {day_words(record['date'])} "
        f"({record['file']}, row {int(record['line'])})"
    )


def _roles(reasons_of: list[Any]) -> list[tuple[int, str]]:
    """What a record is to the rule, by the operation that it made a failure; the marts have decided it."""
    return [(int(row.reason_of), ROLES.get(row.role) or MADE_BY.get(row.kind, f"the {row.kind}")) for row in reasons_of]


def _counted(reasons_of: list[Any], definition: Outcome) -> Iterator[str]:
    """The same in words, with the operation where it is another than the record's own."""
    for row, (of, role) in zip(reasons_of, _roles(reasons_of), strict=True):
        after = "" if of == row.operation else f" after that of {day_words(row.reason_since)}"
        yield f"{definition.short}: {role}{after}"


def _words(records: Records, row: Any) -> str:
    if row.kind == UNANSWERED:
        return f"Visit at {_visit(row).label}: {_unanswered()[int(row.state)][0]}"
    dimension = DIMENSIONS.get(row.kind)
    if dimension is None:
        return (
            BEFORE_SURGERY if row.kind == "follow_up" and row.own_day <= 0 else OTHER_WORDS.get(row.what, str(row.what))
        )
    return "No cause recorded" if pd.isna(row.what) else records.label(dimension, row.what)


def _detail(row: Any) -> str:
    """What else the record says, codes in the words that the definitions give them."""
    if row.kind == UNANSWERED:
        window = _visit(row)
        return _unanswered()[int(row.state)][1].format(low=window.low, high=window.high, day=day_words(row.date))
    given = ((opinion, getattr(row, opinion.name)) for opinion in load().patient_reported.opinions)
    opinions = [f"{one.label.lower()}: {_answer(one, int(code))}" for one, code in given if not pd.isna(code)]
    return ", ".join([*([str(row.detail)] if row.detail else []), *opinions])


def _answer(opinion: Opinion, code: int) -> str:
    """much better (2 of 7); a code beyond the answers stands as it is."""
    if not 1 <= code <= len(opinion.answers):
        return str(code)
    return f"{opinion.answers[code - 1].lower()} ({code} of {len(opinion.answers)})"


def _visit(row: Any) -> Visit:
    return next(visit for visit in load().visits.values() if str(visit.months) == str(row.what))


def _unanswered() -> dict[int, tuple[str, str]]:
    """By the state of a visit without an answer: its word, and what that means."""
    return {
        OVERDUE: ("overdue", "no answer in days {low} to {high}, which ended {day}; still worth asking for"),
        LOST: (
            "lost to follow-up",
            f"no answer in days {{low}} to {{high}}, which ended {{day}}, more than {load().overdue_days} days ago",
        ),
        OPEN: ("open now", "no answer yet; days {low} to {high}, which end {day}"),
        NOT_DUE: ("not yet due", "days {low} to {high}, which begin {day}"),
    }
