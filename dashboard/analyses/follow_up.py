"""Whether patients were asked and answered at each planned visit, and what the share would be if those overdue did."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.groups import EVERYBODY, groups_of
from dashboard.analyses.remembering import remembered
from dashboard.definitions import load
from dashboard.records import Records
from dashboard.stats import proportions

ANSWERED, DIED, OVERDUE, LOST, OPEN, NOT_DUE = 1, 2, 3, 4, 5, 6
STATES = {"answered": ANSWERED, "died": DIED, "overdue": OVERDUE, "lost": LOST, "open": OPEN, "not_due": NOT_DUE}
"""The states of a visit, as mart ``visit_state`` numbers them."""

COLUMNS = [
    "group", "label", "visit", "visit_label", "due", "answered", "overdue", "lost", "open", "not_due", "died", "share",
    "lower", "upper", "share_if_worked_off", "shown",
]  # fmt: skip
FEWEST = 10


@remembered
def follow_up(records: Records, by: str | None = None) -> pd.DataFrame:
    """A row for each group and planned visit, as in COLUMNS.

    due: its window has ended by the data date, and the patient lived; ``share`` answered of due (Wilson);
    share_if_worked_off: if every visit that is overdue were answered. Answered ahead of the end counts as due.
    shown: whether ten or more were due.
    """
    visits = load().visits
    rows = []
    for group in groups_of(records, "follow_up", by, key=("visit", "visit_state")):
        for visit in visits.values():
            states = group.counts[group.counts["visit"] == str(visit.months)].set_index("visit_state")["operations"]
            n = {name: int(states.get(code, 0)) for name, code in STATES.items()}
            due = n["answered"] + n["overdue"] + n["lost"]
            interval = proportions.wilson(n["answered"], due) or (None, None, None)
            rows.append({
                "group": group.name, "label": group.label, "visit": visit.months, "visit_label": visit.label,
                "due": due, **n, **dict(zip(("share", "lower", "upper"), interval, strict=True)),
                "share_if_worked_off": (n["answered"] + n["overdue"]) / due if due else None, "shown": due >= FEWEST,
            })  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def everybody(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of all operations together."""
    return frame[frame["group"] == EVERYBODY]


def overdue_visits(records: Records) -> pd.DataFrame:
    """The work list: visits overdue or open now, the longest overdue first. On record before it is shown.

    Columns as the read ``overdue_visits`` gives them; raises NotAllowed when the viewer does not see patients.
    """
    return records.listing("overdue_visits")
