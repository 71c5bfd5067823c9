"""The list of letters of a month, with boxes to tick: pseudonyms alone, for the practice to match its own names."""

from __future__ import annotations

from dashboard.analyses.letters import COLUMNS, letters, month_words, usual_month
from dashboard.analyses.verdicts.letters import letters_verdict
from dashboard.documents.cover import facts_of, foot_of, whose_of
from dashboard.documents.document import Block, Document, Paragraph, Section
from dashboard.documents.tables import said, word_table
from dashboard.documents.wanted import Wanted
from dashboard.errors import NoData
from dashboard.records import Records

TITLE = "Follow-up letters"
BOX = "\N{WHITE SQUARE}"
MOST_ROWS = 2_000
MATCHED = (
    "Patients stand here by their pseudonym, in its order. The command outcomes store pseudonyms writes it beside each "
    "of the practice's own numbers, for its own system to add names and addresses. A letter goes out when the window "
    "of a visit opens, once more in the month in which it ends (falls due), and while it is overdue, as long as asking "
    "is of use. Answered visits and patients recorded as dead are left out."
)


def letters_document(records: Records, wanted: Wanted) -> Document:
    """The letters of the month that is wanted; of the month after the data date where none is said.

    Where nobody records visits, or no day is recorded, it says so and nothing else.
    """
    try:
        month = wanted.month or usual_month(records)
        rows = letters(records, month)
    except NoData as problem:
        return _document(records, wanted, TITLE, [Paragraph("", strong=problem.message)])
    blocks: list[Block] = [said(letters_verdict(rows, month)), Paragraph(MATCHED, quiet=True)]
    if len(rows):
        shown = rows.head(MOST_ROWS)
        told = f"The first {MOST_ROWS:,} of {len(rows):,}: choose a site or a surgeon for the others. "
        columns = {"Sent": lambda row: BOX, **COLUMNS}
        note = told if len(rows) > MOST_ROWS else ""
        blocks.append(word_table(f"Letters of {month_words(month)}", shown, columns, note=note, wide=3))
    return _document(records, wanted, f"{TITLE}, {month_words(month)}", blocks)


def _document(records: Records, wanted: Wanted, title: str, blocks: list[Block]) -> Document:
    return Document(
        title, whose_of(records), facts_of(records, wanted), [Section("Whom to write to", blocks)], wanted.made,
        foot_of(records, wanted, title), cover=False, landscape=True,
    )  # fmt: skip
