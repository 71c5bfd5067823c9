"""Curves as a table, for those who want the figures."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import curves as course
from dashboard.pages import parts


def by_month(curves: pd.DataFrame, until_days: int, of: str) -> pd.DataFrame:
    """Curves as a table: for each, of whatever kind, the last day of each month on which something happened."""
    seen = curves[curves["day"] <= until_days]
    seen = seen.assign(month=(seen["day"] // course.DAYS_A_MONTH).astype(int) + 1)
    last = seen.groupby(["label", "month"], sort=False, as_index=False).last()
    return parts.columns_of(
        last,
        {
            of: "label",
            "By day": "day",
            "Share failed": parts.share_of,
            "95 % interval": parts.interval_of,
            "At risk": "at_risk",
        },
    )


def every_day(curve: pd.DataFrame) -> pd.DataFrame:
    """One curve as a table: every day on which something happened."""
    return parts.columns_of(
        curve,
        {
            "Day": "day",
            "At risk": "at_risk",
            "Failed": "failed",
            "Died": "died",
            "Left follow-up": "left",
            "Share failed": parts.share_of,
            "Interval": parts.interval_of,
        },
    )
