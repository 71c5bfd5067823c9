"""The same operations under every definition of failure, and which operations fail under which."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import check_days
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.remembering import remembered
from dashboard.definitions import load
from dashboard.records import Records

COLUMNS = [
    "outcome", "label", "denominator", "known", "failed", "share", "lower", "upper", "due", "best_case",
    "worst_case", "known_of_due", "shown", "note",
]  # fmt: skip
MOST_SETS = 12


@dataclass(frozen=True)
class Overlap:
    """Which operations fail under which definitions, the largest set first.

    sets: a row for each set of definitions, a column True or False for each definition (by name), ``operations`` and
    ``share`` of all; those after the twelfth are added up in ``others``. none: operations that fail under none.
    """

    sets: pd.DataFrame
    outcomes: tuple[str, ...]
    operations: int
    none: int
    others: int


@remembered
def definitions_compared(records: Records, within_days: int = 730) -> pd.DataFrame:
    """A row for each definition of failure, of the same operations; columns as in COLUMNS.

    denominator: operations followed, for an outcome over time; those who answered, for one asked at a visit.
    known: of the operations followed, those whose state is known; due, best_case and worst_case as in
    ``failure_rate``: if all whose state is unknown although it was due were well, or had all failed.
    """
    check_days(within_days)
    rows = []
    for outcome in load().failures.values():
        rate = failure_rate(records, outcome.name, None, within_days).iloc[0]
        followed = rate["answered" if outcome.kind == "landmark" else "operations"]
        rows.append((
            outcome.name, outcome.short, int(followed), int(rate["known"]), int(rate["failed"]), rate["share"],
            rate["lower"], rate["upper"], int(rate["due"]), rate["best_case"], rate["worst_case"],
            rate["known_of_due"], bool(rate["shown"]), rate["note"],
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


@remembered
def overlap(records: Records, within_days: int = 730) -> Overlap:
    """How many operations fail under each set of definitions: up to the landmark, or by the answer at the visit.

    A definition that rests on what nobody records is none of them.
    """
    check_days(within_days)
    failures, codes = load().failures, records.order("outcome")
    failures = {name: outcome for name, outcome in failures.items() if not not_recorded(records, name)}
    known = {name: codes[name] for name in failures if name in codes}
    at_visit = [codes[name] for name in known if failures[name].kind == "landmark"]
    counts = records.read("overlap", outcomes=list(known.values()), at_visit=at_visit, within_days=within_days)
    total = int(counts["operations"].sum())
    under = counts.assign(**{name: (counts["fails_under"] // 2**code) % 2 == 1 for name, code in known.items()})
    some = under[under["fails_under"] > 0].sort_values(["operations", "fails_under"], ascending=[False, True])
    shown = some.head(MOST_SETS)
    sets = shown.assign(share=shown["operations"] / max(1, total))[[*known, "operations", "share"]]
    none = int(under.loc[under["fails_under"] == 0, "operations"].sum())
    others = int(some["operations"].iloc[MOST_SETS:].sum())
    return Overlap(sets.reset_index(drop=True), tuple(known), total, none, others)
