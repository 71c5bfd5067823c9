"""One patient's course, record by record, over every operation: what a failure rests on, and where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard.analyses.follow_up import LOST, NOT_DUE, OPEN, OVERDUE
from dashboard.analyses.groups import outcome_named
from dashboard.definitions import EventRule, Outcome, load
from dashboard.definitions.terms import Opinion, Visit
from dashboard.records import Records

COLUMNS = [
    "operation", "operated", "failed", "outcome_day", "day", "own_day", "date", "kind", "what", "detail", "value",
    "file", "line", "counts_as",
]  # fmt: skip

DIMENSIONS = {"operation": "procedure", "symptom": "symptom", "cause": "cause", "complication": "complication",
              "treatment": "treatment"}  # fmt: skip
"""The vocabulary that each kind of record takes its words from."""

OTHER_WORDS = {"follow_up": "Follow-up visit", "death": "Death"}
UNANSWERED = "unanswered"
"""The kind of a row that is no record: a planned visit without an answer."""
BEFORE_SURGERY = "Visit before surgery"

RECORDED_AS = {"diagnosis": "cause", "reoperation": "operation"}
"""The kind of record that holds an event of a definition, where the two have different words."""
MADE_BY = {"diagnosis": "the finding", "reoperation": "the later operation"}
CLOCK = "the first symptom, which sets the clock"
ANSWER, BASELINE = "the visit that answers", "the state before surgery"


@dataclass(frozen=True)
class Reason:
    """Why one operation counts as failed: on which day, by the rule of which definition, and from which records.

    records: what each one is ("the finding"), its words, its day, and where it was written; empty when whatever made
    it so lies outside what the viewer may see.
    """

    operation: int
    sentence: str
    records: tuple[str, ...]


def timeline(records: Records, operation: int, outcome: str = "fbss") -> pd.DataFrame:
    """The records of a patient over all operations inside the viewer's scope, in order of time: as in COLUMNS.

    operation: any one of the patient; ``day`` counts from it, ``own_day`` from the operation that the record is of.
    ``counts_as``: what the record is to the rule by which its operation failed under this outcome, or "".
    A planned visit without an answer has a row of kind UNANSWERED, without file and line, on the last day of its window
    (not yet due: on the first), its state as ``value``, so that silence does not read as well-being.
    Empty when the operation is not there, or outside the viewer's scope. On record before it is shown.
    Raises NotAllowed when the viewer does not see patients.
    """
    definition = outcome_named(outcome)
    rows = records.listing("timeline", operation=int(operation), outcome=outcome)
    rows = rows.rename(columns={"happened": "date"}).assign(counts_as="")
    for _, failed in rows[rows["failed"]].sort_values("operated").groupby("operation", sort=False):
        for place, role in _roles(rows, failed.iloc[0], definition):
            words = f"{definition.short}: {role}"
            if rows.at[place, "operation"] != failed["operation"].iloc[0]:
                words += f" after that of {_day_words(failed['operated'].iloc[0])}"
            before = str(rows.at[place, "counts_as"])
            rows.at[place, "counts_as"] = f"{before}; {words}" if before else words
    named = [_words(records, row) for row in _each(rows)]
    return rows.assign(what=named, detail=[_detail(row) for row in _each(rows)], line=rows["line"].astype("Int64"))[
        COLUMNS
    ]


def reasons(course: pd.DataFrame, outcome: str = "fbss") -> list[Reason]:
    """Why each of the patient's operations that failed by this outcome counts as failed, the earliest first.

    course: a timeline of the same outcome.
    """
    definition = outcome_named(outcome)
    operations = course[course["failed"] & (course["kind"] == "operation")]
    return [_reason(course, row, definition) for row in _each(operations)]


def rule_sentence(outcome: str) -> str:
    """The rule by which this outcome counts an operation as failed, with its version."""
    definition = outcome_named(outcome)
    return f"{definition.short}: {definition.description} (definition version {definition.version})"


def _reason(course: pd.DataFrame, operation: Any, definition: Outcome) -> Reason:
    of_operation = course[course["operation"] == operation.operation]
    roles = _roles(course, of_operation.iloc[0], definition)
    found = tuple(_record_words(course.loc[place], role) for place, role in roles)
    sentence = (
        f"{operation.what} of {_day_words(operation.date)}: counts as failed by {definition.short} (definition version "
        f"{definition.version}), day {int(operation.outcome_day)}."
    )
    return Reason(int(operation.operation), sentence, found)


def _record_words(record: pd.Series, role: str) -> str:
    return (
        f"{role[0].upper()}{role[1:]}: {record['what']}, {_day_words(record['date'])} "
        f"({record['file']}, row {int(record['line'])})"
    )


def _roles(rows: pd.DataFrame, operation: pd.Series, definition: Outcome) -> list[tuple[Any, str]]:
    """Where in the rows stand the records that made an operation a failure, and what each is to the rule.

    operation: any row of it, with the day on which it failed; the marts have decided that it did.
    """
    if definition.kind == "landmark":
        return list(_of_visit(rows, operation, definition))
    found: dict[Any, str] = {}
    for event in definition.events:
        found |= dict(_of_event(rows, operation, event))
    return sorted(found.items(), key=lambda one: str(one[1]) == CLOCK)


def _of_event(rows: pd.DataFrame, operation: pd.Series, event: EventRule) -> Iterator[tuple[Any, str]]:
    """The records of one kind of event that made it a failure on that day; with the symptom that set its clock."""
    candidates = _candidates(rows, operation, event)
    own = rows[rows["operation"] == operation["operation"]]
    symptoms = own[(own["kind"] == "symptom") & (own["own_day"] >= 0)]
    by_symptom = event.clock == "first_symptom" and len(symptoms) > 0
    day = symptoms["own_day"].min() if by_symptom else None
    made = candidates[candidates["since"] == candidates["since"].min()]
    counted = made["since"] if day is None else pd.Series(day, index=made.index)
    if made.empty or int(counted.iloc[0]) != int(operation["outcome_day"]):
        return
    yield from ((place, MADE_BY.get(event.source, f"the {event.source}")) for place in made.index)
    if by_symptom:
        yield from ((place, CLOCK) for place in symptoms.index[symptoms["own_day"] == day])


def _candidates(rows: pd.DataFrame, operation: pd.Series, event: EventRule) -> pd.DataFrame:
    """The records that could be such an event of an operation, with the days ``since`` its surgery."""
    since = (pd.to_datetime(rows["date"]) - pd.Timestamp(operation["operated"])).dt.days
    is_kind = (rows["kind"] == RECORDED_AS.get(event.source, event.source)) & rows["value"].notna()
    if event.values:
        is_kind &= rows["value"].isin(event.values)
    if event.source == "reoperation":
        whose = (since > 0) & (since <= load().reoperation_window_days)
    else:
        whose = rows["operation"] == operation["operation"]
    if event.source == "symptom":
        whose &= since >= 0
    if event.within_days is not None:
        whose &= since.between(0, event.within_days)
    return rows.assign(since=since)[is_kind & whose]


def _of_visit(rows: pd.DataFrame, operation: pd.Series, definition: Outcome) -> Iterator[tuple[Any, str]]:
    """The visit that answered, and for an improvement the last one up to surgery."""
    own = rows[(rows["operation"] == operation["operation"]) & (rows["kind"] == "visit")]
    measured = own[[definition.measure in str(value).split() for value in own["value"]]]
    yield from ((place, ANSWER) for place in measured.index[measured["own_day"] == operation["outcome_day"]])
    before = measured[measured["own_day"] <= 0]
    if definition.reading == "improvement" and len(before):
        yield before["own_day"].idxmax(), BASELINE


def _words(records: Records, row: Any) -> str:
    if row.kind == UNANSWERED:
        return f"Visit at {_visit(row).label}: {_unanswered()[int(row.value)][0]}"
    dimension = DIMENSIONS.get(row.kind)
    if dimension is None:
        return BEFORE_SURGERY if row.kind == "visit" and row.own_day <= 0 else OTHER_WORDS.get(row.what, str(row.what))
    return "No cause recorded" if pd.isna(row.what) else records.label(dimension, row.what)


def _detail(row: Any) -> str:
    """What else the record says, codes in the words that the definitions give them."""
    if row.kind == UNANSWERED:
        window = _visit(row)
        return _unanswered()[int(row.value)][1].format(low=window.low, high=window.high, day=_day_words(row.date))
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


def _each(rows: pd.DataFrame) -> Iterator[Any]:
    yield from rows.itertuples()


def _day_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
