"""The operations behind a count, those overdue, and what was said of a record: for those whose role includes them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashboard.analyses.groups import outcome_named
from dashboard.cohort import Cohort
from dashboard.engines.notebook import SUBJECT, Note
from dashboard.errors import NotAllowed, WrongUsage
from dashboard.records import Records

FLAG = "flag"

STATES = {
    "time": {1: "failed", 2: "died before failing", 0: "no failure seen"},
    "landmark": {1: "failed", 0: "answered, well", 3: "not answered", 4: "not yet due", 2: "died before the visit"},
}
"""What the codes of a state mean, by the kind of outcome, in the order of a screen."""

LABELLED = ("procedure", "surgeon", "site", "age", "sex", "onset", "cause")
SEARCHED = ("procedure", "surgeon", "site", "patient")
OVERDUE = 3
"""The code of a visit that was not answered, and is still worth asking for."""


def patients(records: Records, outcome: str, only: str | None = None, cause: str | None = None) -> pd.DataFrame:
    """The chosen operations with what became of each, the latest first. On record before it is shown.

    only: the words of one state (``failed``, …); None for every one. cause: only those with this main cause, by name.
    Columns: operation, patient (shown as P-…), the words for procedure, surgeon, site, age, sex, operated (date),
    state (words), day (days since surgery), onset (words), cause (the main one, in words), cause_name (its name).
    Raises NotAllowed when the viewer does not see patients.
    """
    words = STATES[outcome_named(outcome).kind]
    causes = None if cause is None else [_code_of_cause(records, cause)]
    frame = records.listing("operations_list", outcome=outcome, states=_codes(words, only), causes=causes)
    frame["cause_name"] = frame["cause"]
    for dimension in LABELLED:
        labels = {name: records.label(dimension, name) for name in frame[dimension].unique()}
        frame[dimension] = frame[dimension].map(labels)
    return frame.assign(patient=frame["patient"].map(shown_patient), state=frame["state"].map(words))


def found(rows: pd.DataFrame, words: str) -> pd.DataFrame:
    """The operations in whose procedure, surgeon, site or patient each of these words stands, in any letters."""
    text = rows[list(SEARCHED)].astype(str).agg(" ".join, axis=1).str.casefold() if len(rows) else pd.Series(dtype=str)
    for word in words.casefold().split():
        text = text[text.str.contains(word, regex=False)]
    return rows.loc[text.index].reset_index(drop=True)


def overdue_operations(records: Records) -> set[int]:
    """The chosen operations with a visit that is overdue. On record before it is shown."""
    visits = records.listing("overdue_visits")
    return set(visits.loc[visits["visit_state"] == OVERDUE, "operation"])


def flag_subject(patient: str, operated: date) -> str:
    """The key of what was said of an operation's records, the same in every import; patient: as shown, P-…"""
    return f"{FLAG}/{patient}/{operated:%Y-%m-%d}"


def flag_problem(records: Records, patient: str, operated: date, record: str, text: str) -> None:
    """Keep that a record looks wrong: which one (its words, file and line), and what is wrong with it.

    Raises WrongUsage when nothing was written.
    """
    if not records.viewer.sees_patients:
        raise NotAllowed("Your role shows counts, so that it has no record to flag.")
    said = text.strip()
    records.note(FLAG, flag_subject(patient, operated), f"{record}: {said}" if said else "")


def flagged_operation(records: Records, subject: str) -> int | None:
    """The operation that a flag is about; None where these records have it no more. On record before it is shown.

    Raises NotAllowed for a viewer who may not correct rows.
    """
    found = SUBJECT.fullmatch(subject)
    if found is None:
        return None
    every = records.of(Cohort(every_operation=True))
    patient, day = int(found["patient"], 16), date.fromisoformat(found["day"])
    rows = every.listing("noted_operation", noted_patient=patient, noted_day=day)
    return None if rows.empty else int(rows["operation"].iloc[0])


def flags_of(records: Records, patient: str, operated: date) -> list[Note]:
    """What was said of the records of one operation, the oldest first."""
    subject = flag_subject(patient, operated)
    return [note for note in records.notes(FLAG) if note.subject == subject]


def shown_patient(pseudonym: int) -> str:
    """A patient's pseudonym as it stands on a screen."""
    return f"P-{int(pseudonym):016X}"


def _code_of_cause(records: Records, cause: str) -> int:
    causes = records.order("cause")
    if cause not in causes:
        raise WrongUsage(f'"{cause}" is no cause. Causes are {", ".join(causes)}.')
    return causes[cause]


def _codes(words: dict[int, str], only: str | None) -> list[int] | None:
    if only is None:
        return None
    codes = [code for code, state in words.items() if state == only]
    if not codes:
        raise WrongUsage(f'"{only}" is no state of this outcome. States are {", ".join(words.values())}.')
    return codes
