"""Rows of an analysis as a table of words: numbers to the right, everything as it stands on a screen."""

from __future__ import annotations

from numbers import Real
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.cells import Columns, columns_of
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.documents.document import Paragraph, WordTable


def word_table(caption: str, rows: pd.DataFrame, columns: Columns, *, note: str = "", wide: int = 0) -> WordTable:
    """A table with these columns, as ``columns_of`` takes them.

    A column of numbers alone is set to the right; one in which nothing stands is left out.
    """
    found = columns_of(rows, columns)
    found = found[[head for head in found if not len(found) or any(str(value) for value in found[head])]]
    cells = [[_words(value) for value in row] for row in found.itertuples(index=False)]
    numbers = [place for place, head in enumerate(found) if len(found) and all(map(_is_number, found[head]))]
    return WordTable(caption, list(found.columns), cells, note, numbers, wide)


def to_bear_in_mind(rows: pd.DataFrame, name: str = "label") -> str:
    """What to bear in mind of each row that has a note, those with the same note together; for the note of a table."""
    told = rows[rows["note"].astype(bool)].groupby("note", sort=False)[name].agg(list)
    notes = {wording.within_sentence(str(note)): ", ".join(map(str, names)) for note, names in told.items()}
    return " ".join(f"{names}: {note}" for note, names in notes.items())


def said(answer: Verdict) -> Paragraph:
    """A verdict: its answer in bold, then what is doubtful."""
    return Paragraph(answer.doubt, strong=answer.answer)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, Real) and not isinstance(value, bool))


def _words(value: Any) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)) or value is pd.NA:
        return "–"
    if _is_number(value):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"
    return str(value)
