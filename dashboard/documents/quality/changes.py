"""What changed since the last report, figure by figure, and why."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.groups import outcome_named, rows_of, when_words
from dashboard.analyses.headline import SHARE, headline
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.verdicts.since import EACH_STEP, said_since, step_cells
from dashboard.documents.document import Block, Paragraph, WordTable
from dashboard.documents.tables import said
from dashboard.documents.wanted import Wanted
from dashboard.records import Records

OF_THESE = "Of the operations of this report, on either side as they stood there."

MADE_ANEW = (
    "The records of then were made anew without somebody who was forgotten. A report that was made before that counted "
    "them too, so that its figures can differ from those given here as before."
)


def changes(records: Records, wanted: Wanted) -> list[Block]:
    """Each headline share then and now, with what each step between did to it."""
    last = wanted.last
    rows = [
        (str(row.label), found)
        for row in rows_of(headline(records, wanted.outcome, wanted.within_days))
        if row.kind == SHARE and row.outcome and not not_recorded(records, row.outcome)
        and (found := last.steps(row.outcome, int(row.within_days)))
    ]  # fmt: skip
    if not rows:
        return [Paragraph(last.why or "No headline figure is counted in both.")]
    table = pd.DataFrame([{"Figure": label, **step_cells(found)} for label, found in rows])
    first = said_since(rows[0][1], wanted.outcome, wanted.within_days, last.when, OF_THESE)
    cells = [[str(cell) for cell in row] for row in table.itertuples(index=False)]
    return [
        said(first),
        *([Paragraph(MADE_ANEW)] if last.anew else []),
        WordTable("Headline figures then and now, step by step", list(table.columns), cells, EACH_STEP),
    ]


def known_as(outcome: str, within_days: int) -> str:
    """FBSS by 2 years."""
    known = outcome_named(outcome)
    return f"{known.short} {when_words(known, within_days)}"


def headline_outcomes(records: Records, wanted: Wanted) -> list[tuple[str, int]]:
    """The outcomes whose shares are headline figures, each with its time."""
    rows = rows_of(headline(records, wanted.outcome, wanted.within_days))
    return [(str(row.outcome), int(row.within_days)) for row in rows if row.kind == SHARE and row.outcome]


def outcomes_of(records: Records, wanted: Wanted) -> list[str]:
    """The same by name alone."""
    return list(dict.fromkeys(name for name, _ in headline_outcomes(records, wanted)))
