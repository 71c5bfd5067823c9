"""The operations behind a count, and one operation's course: lists, for those whose role includes them."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.groups import outcome_named
from dashboard.errors import WrongUsage
from dashboard.records import Records

STATES = {
    "time": {1: "failed", 2: "died before failing", 0: "no failure seen"},
    "landmark": {1: "failed", 0: "answered, well", 3: "not answered", 4: "not yet due", 2: "died before the visit"},
}
"""What the codes of a state mean, by the kind of outcome, in the order of a screen."""

LABELLED = ("procedure", "surgeon", "site", "age", "sex", "onset")


def patients(records: Records, outcome: str = "fbss", only: str | None = None) -> pd.DataFrame:
    """The chosen operations with what became of each, the latest first. On record before it is shown.

    only: the words of one state (``failed``, …); None for every one.
    Columns: operation, patient (shown as P-…), the words for procedure, surgeon, site, age, sex, operated (date),
    state (words), day (days since surgery), onset (words).
    Raises NotAllowed when the viewer does not see patients.
    """
    words = STATES[outcome_named(outcome).kind]
    frame = records.listing("operations_list", outcome=outcome, states=_codes(words, only))
    for dimension in LABELLED:
        labels = {name: records.label(dimension, name) for name in frame[dimension].unique()}
        frame[dimension] = frame[dimension].map(labels)
    return frame.assign(patient=frame["patient"].map(shown_patient), state=frame["state"].map(words))


def shown_patient(pseudonym: int) -> str:
    """A patient's pseudonym as it stands on a screen."""
    return f"P-{int(pseudonym):016X}"


def _codes(words: dict[int, str], only: str | None) -> list[int] | None:
    if only is None:
        return None
    codes = [code for code, state in words.items() if state == only]
    if not codes:
        raise WrongUsage(f'"{only}" is no state of this outcome. States are {", ".join(words.values())}.')
    return codes
