"""The pack for a morbidity and mortality meeting: the period's failures, a page each, and the plans that stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.case_review import ReviewedCase, failures_seen, reviewed, told, whenever_operated
from dashboard.analyses.groups import outcome_named
from dashboard.analyses.plans import STATES_TOLD, plan_words, standing
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.timeline import answers, rule_sentence
from dashboard.analyses.trajectories import trajectories
from dashboard.analyses.verdicts.flags import flags_verdict
from dashboard.analyses.verdicts.meeting import asking, meeting_verdict
from dashboard.analyses.verdicts.plans import plans_verdict
from dashboard.charts import trajectory
from dashboard.cohort import day_words
from dashboard.definitions import load
from dashboard.documents.cover import facts_of, foot_of, whose_of
from dashboard.documents.document import Beside, Block, Document, Lines, Paragraph, Picture, Points, Section, WordTable
from dashboard.documents.quality.summary import answer_of
from dashboard.documents.tables import said, word_table
from dashboard.documents.wanted import Wanted
from dashboard.errors import NoData
from dashboard.records import Records

TITLE, FRONT = "Meeting pack", "What is before the meeting"
MOST_CASES, MOST_LINES = 60, 14
"""Cases that have a page of their own, and records of a course that stand on it."""
USUAL_DAYS = 365
"""So far back from the last day of the data, where no period is chosen."""
SINGLE = "single patients under a pseudonym: for the meeting, and not to be handed on"


def meeting(records: Records, wanted: Wanted) -> Document:
    """The failures that showed themselves in the period chosen, whenever was operated.

    Days count from surgery, and no date, name, file, surgeon or site stands on a page. Where nobody records what the
    outcome rests on, it says so and nothing else. Raises NotAllowed for a viewer who does not see patients.
    """
    try:
        check_recorded(records, wanted.outcome)
        first, last = period(records)
    except NoData as problem:
        sections = [Section(FRONT, [Paragraph("", strong=problem.message)], own_page=True)]
        facts = facts_of(records, wanted)
        return Document(TITLE, whose_of(records), facts, sections, wanted.made, foot_of(records, wanted, TITLE))
    return _of_period(records, wanted, first, last)


def _of_period(records: Records, wanted: Wanted, first: date, last: date) -> Document:
    wanted.on_step("Failures of the period")
    rows = failures_seen(records, wanted.outcome, first, last)
    shown = rows.tail(MOST_CASES).reset_index(drop=True)
    cases = reviewed(records, shown, wanted.outcome, lambda place: wanted.on_step(f"Case {place} of {len(shown)}"))
    known = outcome_named(wanted.outcome)
    when = f"{day_words(first)} to {day_words(last)}"
    facts = [
        (("Failures seen", when) if what == "Operated" else (what, words)) for what, words in facts_of(records, wanted)
    ]
    return Document(
        TITLE, f"{whose_of(records)} · {known.short} seen {when}", facts,
        [
            Section(FRONT, _front(records, rows, cases, wanted), own_page=True),
            *_cases(records, cases),
            Section("Plans that stand", open_plans(records, wanted.made.date()), own_page=True),
            Section("How to read this pack", [Points(_method(wanted.outcome))]),
        ],
        wanted.made, f"{foot_of(records, wanted, TITLE)} · {SINGLE}",
    )  # fmt: skip


def period(records: Records) -> tuple[date, date]:
    """The days chosen; where none are, the last year of the data. Raises NoData where no day is recorded."""
    cohort, facts = records.cohort, records.facts
    last = cohort.operated_to or facts.data_date
    if last is None:
        raise NoData("No day is recorded, so that there is no period to go through.")
    return cohort.operated_from or last - timedelta(days=USUAL_DAYS - 1), last


def _front(records: Records, rows: pd.DataFrame, cases: Sequence[ReviewedCase], wanted: Wanted) -> list[Block]:
    outcome = outcome_named(wanted.outcome)
    blocks: list[Block] = [said(meeting_verdict(rows, cases, outcome))]
    if len(rows) > len(cases):
        more = wording.count(len(rows) - len(cases), "failure")
        blocks.append(
            Paragraph(
                f"A page each for the latest {len(cases)}; the {more} before them are counted here and stand on the "
                "page Patients. Choose a shorter period to go through them."
            )
        )  # fmt: skip
    if cases:
        blocks.append(
            WordTable(
                "The cases, in the order in which they showed themselves",
                ("Case", "Procedure", "Failed on day", "Main cause", "Asks for a talk"),
                [
                    (str(place), case.procedure, f"{case.day:,}", case.facts.cause or "not recorded",
                     "; ".join(asking(case)))
                    for place, case in enumerate(cases, start=1)
                ],
                numbers=(2,), wide=4,
            )
        )  # fmt: skip
    return [*blocks, Paragraph(answer_of(flags_verdict, whenever_operated(records)))]


def _cases(records: Records, cases: Sequence[ReviewedCase]) -> list[Section]:
    courses = _courses(whenever_operated(records)) if cases else {}
    return [
        Section(f"Case {place}: {case.procedure}", case_page(case, courses), own_page=True, level=2)
        for place, case in enumerate(cases, start=1)
    ]


def case_page(case: ReviewedCase, courses: dict[str, pd.DataFrame]) -> list[Block]:
    """What is recorded of one case, what was done, what to ask, and room for what is decided.

    courses: by measure those of all operations chosen, behind the patient's own answers.
    """
    cause = case.facts.cause or "none recorded"
    facts: Block = Points([
        f"Patient {case.patient}: {wording.within_sentence(case.sex)}, {wording.within_sentence(case.age)} years",
        f"Operated in {case.operated}",
        f"Failed on day {case.day:,}; onset: {wording.within_sentence(case.onset)}",
        f"Main cause: {wording.within_sentence(cause)}",
    ])  # fmt: skip
    picture = _picture(case, courses)
    done = "; ".join(told(case.facts.treated)) or "no treatment after surgery is recorded"
    return [
        Beside(facts, picture) if picture else facts,
        _course(case),
        Paragraph(f"{done}.", strong="What was done:"),
        Paragraph("", strong="Questions for discussion"), Points(case.questions),
        Beside(Lines("Discussed", 3), Lines("Decided: what, who, until when", 3)),
    ]  # fmt: skip


def _course(case: ReviewedCase) -> WordTable:
    rows, more = case.course, max(0, len(case.course) - MOST_LINES)
    if more:
        # What made it a failure stays; then what is nearest to it in time.
        near = (rows["day"] - case.day).abs().where(rows["counts_as"] == "", -1)
        rows = rows.loc[near.sort_values(kind="stable").index[:MOST_LINES]].sort_index()
    note = f"{wording.count(more, 'further record')}, farther from the failure, in the app." if more else ""
    return word_table(
        "Course, by day after this operation", rows,
        {
            "Day": "day",
            "Record": lambda row: f"{_kind(row.kind)}{row.what}",
            "Detail": lambda row: " → ".join(filter(None, (row.detail, row.counts_as))),
        },
        note=note, wide=2,
    )  # fmt: skip


def _kind(kind: str) -> str:
    return "" if kind in ("unanswered", "visit", "death") else f"{kind.capitalize()}: "


def _courses(records: Records) -> dict[str, pd.DataFrame]:
    found = {}
    for measure in load().patient_reported.measures:
        try:
            found[measure.name] = trajectories(records, measure.name)
        except NoData:
            continue
    return found


def _picture(case: ReviewedCase, courses: dict[str, pd.DataFrame]) -> Picture | None:
    """The patient's answers to the first measure that was answered, over those of all operations chosen."""
    for measure in load().patient_reported.measures:
        own = answers(case.timeline, case.operation, measure.score)
        if len(own) < 2 or measure.name not in courses:
            continue
        others = courses[measure.name]
        figure = trajectory.trajectory(others, unit=measure.unit, own=own, own_label="This patient")
        values = "; ".join(f"day {int(day)} {value:.3g}" for day, value in zip(own["day"], own["value"], strict=True))
        return Picture(
            figure, f"{measure.label} of this patient: {values}.",
            f"{measure.label}, over the middle half of all operations, whenever done; "
            f"{measure.better} is better.", share=0.85,
        )  # fmt: skip
    return None


def open_plans(records: Records, today: date) -> list[Block]:
    """What was decided before, and stands."""
    waiting = standing(records, today)
    blocks: list[Block] = [said(plans_verdict(records, today))]
    if not waiting:
        return blocks
    rows = pd.DataFrame([{"plan": plan} for plan in waiting])
    return [
        *blocks,
        word_table(
            "Plans that stand, those overdue first", rows,
            {
                "About": lambda row: plan_words(records, row.plan),
                "What": lambda row: row.plan.what, "Who": lambda row: row.plan.who,
                "State": lambda row: STATES_TOLD[row.plan.state], "Next day": lambda row: _next(row.plan, today),
            },
            wide=1,
        ),
    ]  # fmt: skip


def _next(plan: Any, today: date) -> str:
    late = plan.overdue(today)
    overdue = f" ({wording.count(late, 'day')} overdue)" if late else ""
    return f"{day_words(plan.next_day)}{overdue}"


def _method(outcome: str) -> list[str]:
    return [
        rule_sentence(outcome),
        "A case is here because the failure showed itself in the period; the operation may lie years before it.",
        "Days count from the operation that failed; a negative day lies before it. Of a case no date, name, surgeon or "
        "site stands here. A pseudonym (P-…) finds the record in the app, for those who may see it.",
        "Questions are made from what is recorded, by fixed rules: they accuse nobody, and what is not recorded is "
        "asked about too. Associated, not caused.",
    ]
