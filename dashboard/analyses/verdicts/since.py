"""What the last import has changed, in a sentence: the figure now and before, and what each step between did to it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.groups import failed_words, outcome_named, rows_of, when_words
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.since_last_import import BEFORE, STEPS, SinceImport, since_last_import
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.cohort import day_words
from dashboard.records import Records

NOTHING_BEFORE = "No earlier import is kept that this one could be held against."
A_PART = "What the last import changed is counted of the whole practice, and your role shows a part of it."
HEADS = {
    "definition": "Definitions", "corrected": "Corrected", "followed": "Followed further", "new": "New operations",
}  # fmt: skip
"""What each step is called over its column."""
EACH_STEP = (
    "Each step starts from the figure that the one to its left has made, in points. Corrected: what was recorded "
    "before is contradicted now, or gone. Followed further: more is known of an operation that was there."
)
OF_EVERYBODY = "Of the whole practice, whatever is chosen above."


@remembered
def since_verdict(records: Records, outcome: str, within_days: int = 730) -> Verdict:
    """The share failed now and before the last import, and by how much each step between has moved it.

    The steps are told of shares as they are told, so that they add up on the screen too. Counts alone where no share
    may be shown.
    """
    check_recorded(records, outcome)
    if not records.viewer.sees_everything_exactly:
        return Verdict(A_PART)
    found = since_last_import(records, outcome, within_days)
    if found is None:
        return Verdict(NOTHING_BEFORE)
    return said_since(found, outcome, within_days, f"before the import of {day_words(found.imported)}", OF_EVERYBODY)


def said_since(found: SinceImport, outcome: str, within_days: int, earlier: str, of: str) -> Verdict:
    """The verdict on two generations held together. earlier: when the first of them was; of: whom it is of."""
    known = outcome_named(outcome)
    before, *steps, now = rows_of(found.levels)
    failed, when = failed_words(known), when_words(known, within_days)
    what = f"{known.short} {when}"
    told = wording.joined([words for row in (*steps, now) if (words := _step_words(row, found))])
    claims = [_claim(what, row) for row in (before, *steps, now)]
    if figure_words(now) == figure_words(before):
        answer = f"{figure_words(now)} {failed} {when}, as {earlier}."
    else:
        answer = f"{figure_words(now)} {failed} {when}, {figure_words(before)} {earlier}."
    doubt = f"{wording.at_the_start(told)}. {of}" if told else f"Nothing has changed. {of}"
    return Verdict(answer, doubt, tuple(claims))


def figure_words(row: Any) -> str:
    """The figure of a level, to a tenth of a percent; its counts where no share may be shown."""
    return wording.out_of(row.failed, row.operations) if pd.isna(row.share) else wording.percent(round(row.share, 3))


def _step_words(row: Any, found: SinceImport) -> str:
    """One step: "12 new operations −0.1"; empty where nothing was touched, but of the definitions."""
    if row.step == "definition":
        return (
            f"definitions changed {moved_words(row)}".rstrip() if found.definitions_changed else "definitions unchanged"
        )
    if not row.touched:
        return ""
    n = wording.count(int(row.touched), "operation")
    said = {"corrected": f"{n} corrected", "followed": f"{n} followed further",
            "new": wording.count(int(row.touched), "new operation")}  # fmt: skip
    return f"{said[row.step]} {moved_words(row)}".rstrip()


def step_cells(found: SinceImport) -> dict[str, str]:
    """A row of a table: the figure before, what each step did to it, and the figure now."""
    before, *steps = rows_of(found.levels)
    told = {HEADS[row.step]: _step_cell(row, found) for row in steps if row.step in STEPS}
    return {"Before": figure_words(before), **told, "Now": figure_words(steps[-1])}


def _step_cell(row: Any, found: SinceImport) -> str:
    if row.step == "definition":
        return moved_words(row) if found.definitions_changed else "unchanged"
    return f"{moved_words(row)} ({wording.count(int(row.touched), 'operation')})" if row.touched else "none"


def moved_words(row: Any) -> str:
    """By how many points, with a true sign; nothing where no share is shown."""
    return "" if pd.isna(row.points) else f"{100 * row.points:+.1f}".replace("-", "\N{MINUS SIGN}")


def _claim(what: str, row: Any) -> Claim:
    name = "before the last import" if row.step == BEFORE else f"after: {row.step}"
    share, points = (None if pd.isna(value) else float(value) for value in (row.share, row.points))
    return Claim(what, row.step, name, share, int(row.operations), int(row.failed), difference=points)
