"""The report for others: what has passed the rules for small counts, and nothing that has not.

A conclusion stands in it in words alone, because verdicts quote counts as they are; and one breakdown of a kind alone,
so that no hidden count is the rest between two tables.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.causes import NO_CAUSE, causes
from dashboard.analyses.cells import Columns, interval_words, percent
from dashboard.analyses.failure_curve import curves_told
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.follow_up import everybody, follow_up
from dashboard.analyses.groups import FAMILY, outcome_named
from dashboard.analyses.onset import onset
from dashboard.analyses.recorded import check_recorded, kind_not_recorded
from dashboard.analyses.verdicts.groups import groups_verdict
from dashboard.analyses.verdicts.overview import overview_verdict
from dashboard.analyses.verdicts.shared import without_numbers
from dashboard.charts import dot_interval, step_curve
from dashboard.disclosure import NOT_SHOWN, Sharing, protected, protected_curve, wholly_shown
from dashboard.documents.document import Block, Paragraph, Picture, Points
from dashboard.documents.quality.changes import headline_outcomes, known_as
from dashboard.documents.tables import said, word_table
from dashboard.documents.wanted import Wanted
from dashboard.protecting import modes
from dashboard.records import Records

LEFT_OUT = (
    "The numbers in conclusions, which quote counts as they are", "Procedures one by one, beside their families",
    "Risk factors", "Care after failure", "Surgeons and sites", "Signals and plans",
    "From the rows read to the operations known", "What changed since the last report",
)  # fmt: skip


def figures(records: Records, wanted: Wanted) -> list[Block]:
    """The headline shares, the course of the first, and what was left out."""
    mode = modes(records.viewer)[wanted.share]
    check_recorded(records, wanted.outcome)
    rows = pd.concat(
        [protected(_rate(records, *each), mode) for each in headline_outcomes(records, wanted)], ignore_index=True
    )
    concluded = overview_verdict(records, wanted.outcome, wanted.within_days)
    return [
        said(without_numbers(concluded, mode.rule, _hidden(_families(records, wanted)))),
        Paragraph(mode.sentence, strong="What is shown here."),
        word_table("Shares failed", rows, _columns("Figure", "figure")),
        *_course(records, wanted, mode),
        Paragraph("", strong="Left out, because it cannot be shown by these rules:"),
        Points(LEFT_OUT),
    ]


def _rate(records: Records, outcome: str, within_days: int) -> pd.DataFrame:
    return failure_rate(records, outcome, None, within_days).assign(figure=known_as(outcome, within_days))


def _columns(head: str, column: str) -> Columns:
    return {
        head: column,
        "Share failed": lambda row: percent(row.share) if row.shown else NOT_SHOWN,
        "95 % interval": lambda row: interval_words(row.lower, row.upper) if row.shown else "",
        "Failed": "failed_words", "Of whom it is known": _known, "Operations": "operations_words",
        "All others well to all failed": _best_to_worst,
    }  # fmt: skip


def _known(row: Any) -> str:
    """Of whom the share is, for an outcome asked at a visit; of any other it is of the operations."""
    words = getattr(row, "answered_words", None)
    return "" if pd.isna(words) else str(words)


def _best_to_worst(row: Any) -> str:
    told = row.shown and not pd.isna(row.best_case)
    return wording.span(row.best_case, row.worst_case) if told else NOT_SHOWN


def _course(records: Records, wanted: Wanted, mode: Sharing) -> list[Block]:
    if outcome_named(wanted.outcome).kind != "time":
        return []
    curve = protected_curve(curves_told(records, wanted.outcome, None, wanted.within_days), mode)
    drawn = step_curve.step_curve(curve, until_days=wanted.within_days)
    words = f"{outcome_named(wanted.outcome).short} by each month after surgery, in steps."
    return [Picture(drawn, words, words)]


def families(records: Records, wanted: Wanted) -> list[Block]:
    """The share failed of each family of procedures."""
    rows = _families(records, wanted)
    drawn = rows[rows["shown"]].drop(columns=["best_case", "worst_case"])
    title = f"{known_as(wanted.outcome, wanted.within_days)}, by family of procedures"
    picture = [Picture(dot_interval.dot_interval(drawn), dot_interval.describe(drawn), title)] if len(drawn) else []
    concluded = groups_verdict(records, wanted.outcome, FAMILY, wanted.within_days)
    told = said(without_numbers(concluded, modes(records.viewer)[wanted.share].rule, _hidden(rows)))
    return [told, *picture, word_table(title, rows, _columns("Family", "label"))]


def _families(records: Records, wanted: Wanted) -> pd.DataFrame:
    return protected(
        failure_rate(records, wanted.outcome, FAMILY, wanted.within_days), modes(records.viewer)[wanted.share]
    )


def _hidden(rows: pd.DataFrame) -> set[str]:
    return set(rows["group"][~wholly_shown(rows)])


def onsets(records: Records, wanted: Wanted) -> list[Block]:
    """When the failures seen by the same time first showed themselves."""
    if outcome_named(wanted.outcome).kind != "time":
        return [Paragraph("This definition is asked at one visit, so it has no course over time.")]
    rows = protected(
        onset(records, wanted.outcome, None, wanted.within_days).categories, modes(records.viewer)[wanted.share]
    )
    title = f"When each failure first showed itself: {known_as(wanted.outcome, wanted.within_days)}"
    columns: Columns = {"First shown": "category_label", "Failures": "operations_words", "Of": "of_words"}
    return [word_table(title, rows, columns)]


def reasons(records: Records, wanted: Wanted) -> list[Block]:
    """The main cause behind each failure."""
    answer = causes(records, wanted.outcome, FAMILY, wanted.within_days)
    counted = answer.causes[["label", "failed"]].rename(columns={"failed": "operations"})
    none = pd.DataFrame([{"label": NO_CAUSE, "operations": answer.without_cause}])
    rows = pd.concat([counted, none], ignore_index=True).assign(of=answer.failed)
    found = protected(rows, modes(records.viewer)[wanted.share])
    return [word_table("Main cause", found, {"Cause": "label", "Failures": "operations_words", "Of": "of_words"})]


def followed(records: Records, wanted: Wanted) -> list[Block]:
    """How many answered at each visit."""
    if why := kind_not_recorded(records, "follow_up"):
        return [Paragraph(why)]
    rows = protected(
        everybody(follow_up(records)), modes(records.viewer)[wanted.share], parts={"answered": "due"}, within=["visit"]
    )
    columns: Columns = {
        "Visit": "visit_label", "Due": "due_words", "Answered": "answered_words",
        "Share answered": lambda row: percent(row.share),
    }  # fmt: skip
    return [word_table("Visits", rows, columns)]
