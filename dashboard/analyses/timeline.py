"""One operation's course, record by record: what a failure rests on."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.groups import outcome_named
from dashboard.definitions import load
from dashboard.records import Records

DIMENSIONS = {"operation": "procedure", "symptom": "symptom", "cause": "cause", "complication": "complication",
              "treatment": "treatment"}  # fmt: skip
"""The vocabulary that each kind of record takes its words from."""

OTHER_WORDS = {"follow_up": "Follow-up visit", "death": "Death"}


def timeline(records: Records, operation: int) -> pd.DataFrame:
    """The records of one operation, in order of time: day, date, kind, what (words), detail, file, line.

    Empty when the operation is not there, or outside the viewer's scope. On record before it is shown.
    Raises NotAllowed when the viewer does not see patients.
    """
    rows = records.listing("timeline", operation=int(operation), outcome=next(iter(load().outcomes)))
    rows = rows.rename(columns={"happened": "date"})
    words = [_words(records, kind, what) for kind, what in zip(rows["kind"], rows["what"], strict=True)]
    return rows.assign(what=words)[["day", "date", "kind", "what", "detail", "file", "line"]]


def rule_sentence(outcome: str) -> str:
    """The rule by which this outcome counts an operation as failed, with its version."""
    definition = outcome_named(outcome)
    return f"{definition.short}: {definition.description} (definition version {definition.version})"


def _words(records: Records, kind: str, what: str) -> str:
    dimension = DIMENSIONS.get(kind)
    return records.label(dimension, what) if dimension else OTHER_WORDS.get(what, what)
