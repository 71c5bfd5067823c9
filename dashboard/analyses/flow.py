"""From the rows that were read to the operations whose state is known: how many are left at each step, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.cohort_line import cohort_line
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import failed_words, outcome_named, rows_of, when_words
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.remembering import remembered
from dashboard.records import Records

LOST = {"time": "last seen before that", "landmark": "did not answer"}
"""Of those due, why the state is not known; by kind of outcome."""
WHOLE_STORE = "of the whole store, whatever is chosen"


@dataclass(frozen=True)
class Left:
    """Those who do not go on to the next step: how many, and why."""

    count: int
    why: str


@dataclass(frozen=True)
class Step:
    """How many there are, of what; ``left``: who does not go on from here, by reason; none where all do."""

    count: int
    what: str
    left: tuple[Left, ...] = ()


@remembered
def flow(records: Records, outcome: str, within_days: int = 730) -> tuple[Step, ...]:
    """The steps from the rows read to the operations known at a time; who is left at one is those of the next and left.

    The rows that were read are those of the files that operations came from, of the whole store, and told to a viewer
    who sees all of it; a row may have been left out for several reasons, which then count it more than once. All other
    figures are those of ``cohort_line`` and ``failure_rate``, which every screen shows.
    """
    line, facts = cohort_line(records), records.facts
    steps = _read(records) if records.viewer.sees_everything_exactly else []
    unchosen = _if_any(line.of - line.operations, "not chosen by the filters")
    if records.cohort.every_operation:
        # Planned stages and reoperations are chosen too: nobody is left at a step to index operations.
        steps.append(Step(line.of, "operations, planned stages and reoperations too", unchosen))
    else:
        others = facts.all_operations - facts.operations
        steps.append(Step(facts.all_operations, "operations", _if_any(others, "planned stages and reoperations")))
        steps.append(Step(line.of, "index operations, from which follow-up starts", unchosen))
    return (*steps, *_followed(records, outcome, within_days))


def _read(records: Records) -> list[Step]:
    found = records.read("rows_read")
    files = found.drop_duplicates("file")
    if files.empty:
        return []
    rows, kept = int(files["rows_read"].sum()), int(files["operations"].sum())
    left = [Left(int(row.times), str(row.rule).replace("_", " ")) for row in rows_of(_by_rule(found))]
    others = rows - kept - sum(each.count for each in left)
    besides = [Left(others, "other records, or read a second time")] if others > 0 else []
    return [Step(rows, f"rows read from {wording.joined(list(files['file']))}, {WHOLE_STORE}", (*left, *besides))]


def _by_rule(found: pd.DataFrame) -> pd.DataFrame:
    times: pd.Series = found[found["times"] > 0].groupby("rule")["times"].sum().sort_index()
    return times.sort_values(ascending=False, kind="stable").reset_index()


def _followed(records: Records, outcome: str, within_days: int) -> list[Step]:
    """Those chosen, those who are eligible, due, and known."""
    known = outcome_named(outcome)
    row: Any = next(rows_of(failure_rate(records, outcome, None, within_days)))
    operations, not_due, lost = int(row.operations), int(row.not_due), int(row.lost)
    died = int(row.died) if known.kind == "landmark" else 0
    when = when_words(known, within_days)
    steps = [Step(operations, "chosen", _if_any(died, f"died before the visit, {when}"))]
    if not_recorded(records, outcome):
        return steps
    due = int(row.due)
    steps.append(Step(operations - died, "eligible", _if_any(not_due, f"not yet due {when}")))
    steps.append(Step(due, f"due {when}", _if_any(lost, LOST[known.kind])))
    told = f"whose state is known; {int(row.due_failed):,} {failed_words(known)}"
    return [*steps, Step(due - lost, told)]


def _if_any(count: int, why: str) -> tuple[Left, ...]:
    return (Left(count, why),) if count > 0 else ()
