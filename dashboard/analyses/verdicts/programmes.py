"""What a registry or a payer would be told, in two sentences: the figures asked for, or how complete a set is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.groups import rows_of
from dashboard.analyses.programmes import (
    COMPLETE,
    INCOMPLETE,
    NO_OPERATIONS,
    NOBODY,
    NOT_DUE,
    NOT_HERE,
    OTHERWISE,
    doubt_words,
    field_words,
    figure_words,
    programme,
    programme_named,
    whole_of,
)
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.records import Records

SAID = {
    COMPLETE: "recorded of all", INCOMPLETE: "recorded in part", OTHERWISE: "in another form",
    NOBODY: "that nobody records", NOT_HERE: "without a place here", NOT_DUE: "not yet due", NO_OPERATIONS: "of nobody",
}  # fmt: skip
LEAST = 2


def programme_verdict(records: Records, name: str) -> Verdict:
    """The first figure under each heading; of a set, most of whose fields have none, how much of it is recorded."""
    rows = list(rows_of(programme(records, name)))
    if not any(row.operations for row in rows if pd.notna(row.operations)):
        return Verdict(f"No operation is one that this asks about ({programme_named(name).short}).")
    claims = tuple(map(_claim, rows))
    figures = [row for row in rows if row.shown and pd.notna(row.share)]
    if 2 * len(figures) < len(rows):
        return _of_a_set(rows, claims)
    first = list({row.part: row for row in reversed(figures)}.values())[::-1]
    told = "; ".join(f"{row.label}: {figure_words(row)}" for row in first)
    could = wording.joined([words for row in first if (words := doubt_words(row))])
    return Verdict(f"{told}.", f"Seen otherwise: {could}." if could else "", claims)


def _of_a_set(rows: list[Any], claims: tuple[Claim, ...]) -> Verdict:
    counts = {state: sum(row.state == state for row in rows) for state in SAID}
    each = wording.joined([f"{n} {SAID[state]}" for state, n in counts.items() if n])
    some = sorted((row for row in rows if row.state == INCOMPLETE), key=lambda row: (row.recorded_share, row.label))
    least = wording.joined([
        f"{wording.within_sentence(field_words(row))} ({wording.percent(row.recorded_share)} of {int(row.due):,})"
        for row in some[:LEAST]
    ])  # fmt: skip
    answer = f"Of {wording.count(len(rows), 'field')}: {each}."
    return Verdict(answer, f"Least often recorded of those due: {least}." if least else "", claims)


def _claim(row: Any) -> Claim:
    """A figure, or where a field has none how often it is recorded."""
    if pd.notna(row.counted):
        share = row.share if row.shown else None
        limits = {"lower": row.lower, "upper": row.upper} if row.shown else {}
        return Claim(field_words(row), row.field, row.label, share, whole_of(row), int(row.counted), **limits)
    known = pd.notna(row.recorded)
    due, recorded = (int(row.due), int(row.recorded)) if known else (0, 0)
    share = row.recorded_share if known else None
    return Claim(f"recorded: {field_words(row)}", row.field, row.label, share, due, recorded)
