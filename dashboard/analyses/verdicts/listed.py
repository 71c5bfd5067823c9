"""What became of the operations in a list, in one sentence: the same rows that stand below it."""

from __future__ import annotations

import pandas as pd

from dashboard import wording
from dashboard.analyses.patients import STATES
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.definitions import Outcome


def list_verdict(rows: pd.DataFrame, outcome: Outcome) -> Verdict:
    """How many are listed, and how many of them came to each state, the most frequent first.

    rows: as ``patients`` gives them. Plain counts of a list that may be narrowed in any way: no share, no comparison.
    """
    counted = rows["state"].value_counts().reindex(list(STATES[outcome.kind].values()), fill_value=0)
    counted = counted[counted > 0].sort_values(ascending=False, kind="stable")
    what = f"{outcome.short}, operations listed"
    claims = tuple(Claim(what, str(state), str(state), None, len(rows), int(n)) for state, n in counted.items())
    if rows.empty:
        return Verdict("No operation is listed.", "", claims)
    listed = wording.count(len(rows), "operation")
    if len(counted) == 1:
        each = "all of them " if len(rows) > 1 else ""
        return Verdict(f"{listed}: {each}{counted.index[0]} ({outcome.short}).", "", claims)
    states = wording.joined([f"{n:,} {state}" for state, n in counted.items()])
    return Verdict(f"{listed}: {states} ({outcome.short}).", "Counts of this list, not shares.", claims)
