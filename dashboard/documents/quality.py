"""The quality report."""

from __future__ import annotations

from dashboard.analyses.verdicts.overview import overview_verdict
from dashboard.documents.cover import facts_of, foot_of, period_of, practice_of
from dashboard.documents.document import Document, Paragraph, Section
from dashboard.documents.wanted import Wanted
from dashboard.records import Records

TITLE = "Quality report"


def quality(records: Records, wanted: Wanted) -> Document:
    """The report of the operations chosen."""
    said = overview_verdict(records, wanted.outcome, wanted.within_days)
    return Document(
        TITLE,
        f"{practice_of(records)} · {period_of(records)}",
        facts_of(records, wanted),
        [Section("Summary", [Paragraph(said.doubt, strong=said.answer)], own_page=True)],
        wanted.made,
        foot_of(records, wanted, TITLE),
    )
