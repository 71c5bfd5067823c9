"""What is recorded without a day: how many were readmitted or operated on again within a stated time, if asked."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import share_of
from dashboard.records import Records

COLUMNS = ["undated", "label", "within_days", "happened", "asked", "share", "lower", "upper", "not_asked", "not_due"]


@remembered
def undated(records: Records) -> pd.DataFrame:
    """A row for each thing and each time asked about, as in COLUMNS; none where nobody was asked.

    ``share`` (0 to 1, Wilson) is ``happened`` of ``asked``; ``not_asked``: operations without an answer for any time;
    ``not_due``: asked, but the time has not passed since surgery. Records with a day are not among these.
    """
    counts = records.read("undated")
    not_asked = counts.groupby("undated")["not_asked"].sum()
    rows = [
        {
            "label": records.label("undated", row["undated"]), **row,
            **share_of(int(row["happened"]), int(row["asked"])), "not_asked": int(not_asked[row["undated"]]),
        }
        for row in counts[counts["within_days"].notna()].to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS).astype({"within_days": int})
