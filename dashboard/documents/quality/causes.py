"""Why operations failed, what was done, and how that ended."""

from __future__ import annotations

from dashboard import wording
from dashboard.analyses.causes import NO_LATER, causes, drawn_causes, share_of_failures
from dashboard.analyses.cells import share_words
from dashboard.analyses.groups import outcome_named, when_words
from dashboard.analyses.treatments import care
from dashboard.analyses.verdicts.care import revisions_verdict
from dashboard.analyses.verdicts.causes import preventable_verdict
from dashboard.analyses.verdicts.late import late_verdict
from dashboard.charts import dot_interval
from dashboard.definitions import load
from dashboard.documents.document import Block, Paragraph, Picture
from dashboard.documents.tables import said, word_table
from dashboard.documents.wanted import Wanted
from dashboard.records import Records


def reasons(records: Records, wanted: Wanted) -> list[Block]:
    """The main cause behind each failure, and how much of it could perhaps have been prevented."""
    outcome, days = wanted.outcome, wanted.within_days
    blocks: list[Block] = [said(preventable_verdict(records, outcome, days))]
    answer = causes(records, outcome, "family", days)
    if not answer.failed:
        return blocks
    drawn = drawn_causes(answer)
    when = when_words(outcome_named(outcome), days)
    reading = load().preventable
    return [
        *blocks,
        said(late_verdict(records, outcome, days, NO_LATER)),
        Picture(
            dot_interval.dot_interval(drawn), _told(answer.failed, drawn),
            f"Of {wording.count(answer.failed, 'failure')} seen {when}, the share with each main cause. A failure has "
            "one main cause: the first recorded as primary, else the first found. † "
            f"{reading.label}: {reading.source}.",
        ),
        word_table(
            f"Main cause of the failures seen {when}", drawn,
            {
                "Cause": "label",
                "Share of failures (count; 95 % interval)": lambda row: share_of_failures(row, answer.failed),
                "Half of these by day": "half", "Also found beside another": "also_found",
            },
            note=f"No cause recorded: {wording.out_of(answer.without_cause, answer.failed)}. A cause found beside "
            "another main cause is counted over all follow-up.",
        ),
    ]  # fmt: skip


def _told(failed: int, drawn: object) -> str:
    rows = getattr(drawn, "head")(5)  # noqa: B009
    named = "; ".join(f"{label} {count}" for label, count in zip(rows["label"], rows["failed"], strict=True))
    return f"Main cause of {wording.count(failed, 'failure')}. Most often: {named}."


def care_given(records: Records, wanted: Wanted) -> list[Block]:
    """The steps of care after failure, and how often a revision helped."""
    answer = care(records)
    if not answer.failed:
        return [Paragraph("No operation has failed by a clinician's finding, so that there is no care after failure.")]
    steps = answer.steps
    attempts = answer.attempts[answer.attempts["treatments"] > 0]
    return [
        said(revisions_verdict(records)),
        word_table(
            f"Steps of care, of the {wording.count(answer.failed, 'operation')} that failed", steps,
            {
                "Step": "label",
                "Reached it (count; 95 % interval)": lambda row: share_words(
                    row.share, row.operations, answer.failed, row.lower, row.upper
                ),
                "Median days from the failure": "half", "Days known for": "timed",
            },
            note="Over all follow-up, in whatever order. Each step is reached by other patients: this compares no "
            "treatment.",
        ),
        *(
            [
                word_table(
                    "How revisions ended, by attempt (urgent ones apart)", attempts,
                    {
                        "Revision": "label", "Done": "treatments",
                        "Improved, of those with a recorded outcome": lambda row: share_words(
                            row.share if row.shown else None, row.improved, row.recorded, row.lower, row.upper
                        ),
                    },
                )
            ]
            if len(attempts) else []
        ),
    ]  # fmt: skip
