"""What is recorded without a day: how many were readmitted or operated on again within a stated time, if asked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import share_of
from dashboard.records import Records

COLUMNS = ["undated", "label", "within_days", "happened", "asked", "share", "lower", "upper", "not_asked", "not_due"]
ONLY_YES: dict[str, float | None] = dict.fromkeys(("share", "lower", "upper"))
"""Where yes stands or nothing, an empty cell may be a no: of how many it is a share cannot be told."""


@remembered
def undated(records: Records) -> pd.DataFrame:
    """A row for each thing and each time asked about, as in COLUMNS; none where nobody was asked.

    ``share`` (0 to 1, Wilson) is ``happened`` of ``asked``, and none where only a yes is ever recorded; ``not_asked``:
    operations without an answer for any time; ``not_due``: asked, but the time has not passed since surgery. Records
    with a day are not among these.
    """
    counts = records.read("undated")
    not_asked = counts.groupby("undated")["not_asked"].sum()
    rows: list[dict[str, Any]] = []
    for row in counts[counts["within_days"].notna()].to_dict("records"):
        happened, asked, without = int(row["happened"]), int(row["asked"]), int(not_asked[row["undated"]])
        share = ONLY_YES if happened == asked and without else share_of(happened, asked)
        told: dict[str, Any] = {str(name): cell for name, cell in row.items()}
        told |= {"label": records.label("undated", row["undated"]), "not_asked": without}
        rows.append(told | share)
    return pd.DataFrame(rows, columns=COLUMNS).astype({"within_days": int})
