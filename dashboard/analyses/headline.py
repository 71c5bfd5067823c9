"""The figures that are looked at first, each with its interval and what it is held against."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.failure_rate import KNOWN_TO_TRUST, failure_rate
from dashboard.analyses.follow_up import everybody, follow_up, follow_up_goal
from dashboard.analyses.groups import outcome_named, rows_of, when_words
from dashboard.analyses.onset import onset
from dashboard.analyses.proms import proms
from dashboard.analyses.published import published
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.remembering import remembered
from dashboard.definitions import Measure, load
from dashboard.definitions.headline import HeadlineOutcome
from dashboard.errors import told_or
from dashboard.protecting import is_told
from dashboard.records import Records

SHARE, CHANGE, DAY = "share", "change", "day"
"""What a figure is: a share (0 to 1), a change in the units of a measure, or a day after surgery."""
COLUMNS = [
    "figure", "label", "kind", "value", "lower", "upper", "events", "operations", "shown", "note", "outcome",
    "within_days", "comparator",
]  # fmt: skip
NUMBERS = ("value", "lower", "upper")
MOST_OPEN = 1 - KNOWN_TO_TRUST
"""Of operations whose first year is not over: with more, failures seen are the early ones."""


@remembered
def headline(records: Records, outcome: str, within_days: int = 730) -> pd.DataFrame:
    """A row for each figure, as in COLUMNS, in the order of the definitions: first that of the chosen outcome.

    lower, upper: of a share its 95 % interval; of a change and a day the quartiles. events of operations: failed of
    all, answered of due, with a change of due, failures seen. shown: whether the value may be shown; ``note``: why not.
    outcome, within_days: of a share failed and of the day, so that more of them can be asked; else empty and 0.
    comparator: what it is held against, in words; empty where nothing counts the same. What is not told to the viewer
    has no row.
    """
    listed = load().headline
    chosen = HeadlineOutcome(outcome, within_days)
    beside = [each for each in listed.outcomes if each.name != outcome]
    asked = [partial(_share, records, each, within_days) for each in (chosen, *beside)]
    measure = _main_measure(records)
    change = measure if is_told(records.viewer, "proms") else None
    asked += [*([partial(_change, records, change)] if change else []), partial(_answered, records)]
    if outcome_named(outcome).kind == "time" and is_told(records.viewer, "onset"):
        asked.append(partial(_half, records, outcome))
    rows = [row for ask in asked if (row := told_or(ask, ()))]
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(NUMBERS, float))


def value_words(row: Any) -> str:
    """The value of a row of ``headline``; the counts of one that may not be shown."""
    if not row.shown:
        return "–" if row.kind == DAY else wording.out_of(row.events, row.operations)
    if row.kind == SHARE:
        return wording.percent(row.value)
    return (
        f"{abs(row.value):g} points {'better' if row.value >= 0 else 'worse'}"
        if row.kind == CHANGE
        else f"day {row.value:.0f}"
    )


def limits_words(row: Any) -> str:
    """Between which limits it lies, and of how many; of one that may not be shown, why not."""
    if not row.shown:
        return str(row.note) or "too few for a share"
    if row.kind == SHARE:
        counts = wording.counts_behind(row.value, row.events, row.operations)
        return f"{wording.interval(row.lower, row.upper)} · {counts}"
    return f"middle half {row.lower:g} to {row.upper:g} · n = {row.operations if row.kind != CHANGE else row.events:,}"


def _share(records: Records, each: HeadlineOutcome, chosen_days: int) -> tuple[object, ...]:
    days = each.within_days or chosen_days
    known = outcome_named(each.name)
    (row,) = rows_of(failure_rate(records, each.name, None, days))
    n = int(row.known if known.kind == "landmark" else row.operations)
    label = f"{known.short} {when_words(known, days)}"
    limits = (row.share, row.lower, row.upper) if row.shown else (None, None, None)
    told = (int(row.failed), n, bool(row.shown), not_recorded(records, each.name) or row.note)
    return (each.name, label, SHARE, *limits, *told, each.name, days, _elsewhere(records, each.name, days))


def _elsewhere(records: Records, outcome: str, days: int) -> str:
    """What has been published of all operations together, where it counts the same."""
    for row in rows_of(published(records, outcome, None, days)):
        if row.groups:
            ends = [None if pd.isna(end) else float(end) for end in (row.value, row.low, row.high)]
            return f"published: {wording.published_words(*ends)}"
    return ""


def _main_measure(records: Records) -> Measure | None:
    """The first measure that anybody reports: its column is what a visit is asked for."""
    measures = load().patient_reported.measures
    return next((one for one in measures if one.score not in records.missing_kinds), None)


def _change(records: Records, measure: Measure) -> tuple[object, ...]:
    rows: Any = proms(records, measure.name)
    (row,) = rows_of(rows[rows["visit"] == load().headline.visit])
    label = f"{measure.label}, {row.visit_label}"
    limits = (row.median, row.lower_quartile, row.upper_quartile) if row.shown else (None, None, None)
    important = f"important from {row.important_change:g}: {wording.percent(row.mcid_share, 0)}" if row.shown else ""
    told = (int(row.with_change), int(row.due), bool(row.shown), row.note)
    return (measure.name, label, CHANGE, *limits, *told, "", 0, important)


def _answered(records: Records) -> tuple[object, ...]:
    months = load().headline.visit
    rows = everybody(follow_up(records))
    (row,) = rows_of(rows[rows["visit"] == months])
    limits = (row.share, row.lower, row.upper) if row.shown else (None, None, None)
    note = "" if row.shown else "Fewer than 10 visits due: counts only."
    goal = f"goal {wording.percent(follow_up_goal().figures[0].value or 0.0, 0)}"
    told = (int(row.answered), int(row.due), bool(row.shown), note)
    return ("answered", f"Answered at {row.visit_label}", SHARE, *limits, *told, "", 0, goal)


def _half(records: Records, outcome: str) -> tuple[object, ...]:
    days = load().headline.onset_within_days
    (row,) = rows_of(onset(records, outcome, None, days).quantiles)
    seen = int(row.failures)
    note = first_year_open(records, outcome) if seen else "No failure seen."
    limits = (None, None, None) if note else (row.half, row.quarter, row.three_quarters)
    return ("onset", "Half of first-year failures by", DAY, *limits, seen, seen, not note, note, outcome, days, "")


def first_year_open(records: Records, outcome: str) -> str:
    """Why the days of first-year failures mislead, in words: too many operations have not had that year yet."""
    (row,) = rows_of(failure_rate(records, outcome, None, load().headline.onset_within_days))
    if row.not_due <= MOST_OPEN * row.operations:
        return ""
    open_ = wording.percent(row.not_due / row.operations, 0)
    return f"The first year is not over for {open_} of these operations: late failures cannot be seen yet."
