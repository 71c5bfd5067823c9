"""Whether the figures can be trusted: from the rows read to the operations known, who answered, what is missing."""

from __future__ import annotations

from dashboard import wording
from dashboard.analyses.cells import Columns, count_words, interval_words, percent
from dashboard.analyses.completeness import told_of_all_years
from dashboard.analyses.flow import Step, flow
from dashboard.analyses.follow_up import everybody, follow_up, follow_up_goal
from dashboard.analyses.recorded import kind_not_recorded
from dashboard.analyses.verdicts.answered import answered_verdict
from dashboard.analyses.verdicts.data_quality import followed_verdict, issues_verdict, recorded_verdict
from dashboard.definitions import load
from dashboard.documents.document import Block, Paragraph, Steps
from dashboard.documents.tables import said, word_table
from dashboard.documents.wanted import Wanted
from dashboard.records import Records

MOST_REASONS, MOST_MISSING = 6, 8


def way_here(records: Records, wanted: Wanted) -> list[Block]:
    """The flow diagram."""
    steps = flow(records, wanted.outcome, wanted.within_days)
    return [
        Steps([(f"{count_words(step.count)} {step.what}", _left(step)) for step in steps]),
        Paragraph(
            "Those not yet due, and those lost, are in the curves for as long as they were followed.", quiet=True
        ),
    ]


def _left(step: Step) -> list[str]:
    told = [f"{count_words(left.count)} {left.why}" for left in step.left[:MOST_REASONS]]
    more = sum(left.count for left in step.left[MOST_REASONS:])
    return [*told, f"{count_words(more)} for other reasons"] if more else told


def followed(records: Records, wanted: Wanted) -> list[Block]:
    """Visits due, answered, overdue and lost, against the goal."""
    if why := kind_not_recorded(records, "follow_up"):
        return [Paragraph(why)]
    goal = follow_up_goal()
    return [
        said(followed_verdict(records)),
        Paragraph(answered_verdict(records).doubt),
        word_table(
            "Visits", everybody(follow_up(records)),
            {
                "Visit": "visit_label", "Due": "due", "Answered": "answered",
                "Share answered (95 % interval)": lambda row: (
                    f"{percent(row.share)} ({interval_words(row.lower, row.upper)})" if row.shown else "counts only"
                ),
                "Overdue": "overdue", "Lost": "lost", "Not yet due": "not_due", "Died before": "died",
            },
            note="A visit is due when its window has ended; overdue up to "
            f"{load().overdue_days} days later; after that it is lost. Goal: {percent(goal.figures[0].value)} "
            f"({goal.source}).",
        ),
    ]  # fmt: skip


def recorded(records: Records, wanted: Wanted) -> list[Block]:
    """What is most often not recorded, and what the last import left out."""
    rows = told_of_all_years(records)
    unreadable: Columns = {} if records.viewer.is_protected else {"Not readable": "unreadable"}
    missing = rows[rows["missing_share"] > 0].head(MOST_MISSING)
    table = word_table(
        "Factors most often not recorded", missing,
        {
            "Factor": "label", "Operations": "operations", "Recorded": "recorded", **unreadable,
            "Not recorded": lambda row: f"{count_words(row.missing)} ({wording.percent(row.missing_share)})",
        },
    )  # fmt: skip
    return [said(recorded_verdict(records)), *([table] if len(missing) else []), said(issues_verdict(records))]
