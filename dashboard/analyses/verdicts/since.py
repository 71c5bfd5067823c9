"""What the last import has changed, in a sentence: the figure now and before, and what each step between did to it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.groups import failed_words, outcome_named, rows_of, when_words
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.since_last_import import BEFORE, SinceImport, since_last_import
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.cohort import day_words
from dashboard.definitions import Outcome
from dashboard.records import Records

NOTHING_BEFORE = "No earlier import is kept that this one could be held against."
A_PART = "What the last import changed is counted of the whole practice, and your role shows a part of it."
OF_EVERYBODY = "Of the whole practice, whatever is chosen above."


@remembered
def since_verdict(records: Records, outcome: str, within_days: int = 730) -> Verdict:
    """The share failed now and before the last import, and by how much each step between has moved it.

    The steps are told of shares as they are told, so that they add up on the screen too. Counts alone where no share
    may be shown.
    """
    check_recorded(records, outcome)
    if not records.viewer.sees_everything:
        return Verdict(A_PART)
    found = since_last_import(records, outcome, within_days)
    return Verdict(NOTHING_BEFORE) if found is None else _said(found, outcome_named(outcome), within_days)


def _said(found: SinceImport, known: Outcome, within_days: int) -> Verdict:
    before, *steps, now = rows_of(found.levels)
    failed, when, day = failed_words(known), when_words(known, within_days), day_words(found.imported)
    what = f"{known.short} {when}"
    told = wording.joined([words for row in (*steps, now) if (words := _step_words(row, found))])
    claims = [_claim(what, row) for row in (before, *steps, now)]
    if figure_words(now) == figure_words(before):
        answer = f"{figure_words(now)} {failed} {when}, as before the import of {day}."
    else:
        answer = f"{figure_words(now)} {failed} {when}, {figure_words(before)} before the import of {day}."
    doubt = f"{wording.at_the_start(told)}. {OF_EVERYBODY}" if told else f"Nothing has changed. {OF_EVERYBODY}"
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


def moved_words(row: Any) -> str:
    """By how many points, with a true sign; nothing where no share is shown."""
    return "" if pd.isna(row.points) else f"{100 * row.points:+.1f}".replace("-", "\N{MINUS SIGN}")


def _claim(what: str, row: Any) -> Claim:
    name = "before the last import" if row.step == BEFORE else f"after: {row.step}"
    share, points = (None if pd.isna(value) else float(value) for value in (row.share, row.points))
    return Claim(what, row.step, name, share, int(row.operations), int(row.failed), difference=points)
