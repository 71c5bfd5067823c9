"""The eight typical reads as one would write them by hand for pandas, and for polars: the same counts of the same rows.

Each filters by the day of surgery, as the app's reads do. The frames are prepared (see ``frames``).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.definitions import load


def by_pandas(frames: dict[str, pd.DataFrame], begin: int, due: int, days: int) -> dict[str, Any]:
    """All eight by pandas: filtered once for all of them, whole numbers grouped, flags summed."""
    operations, symptoms, visits = (frame[frame["operated"] >= begin] for frame in frames.values())
    state, day, is_due = operations["state"], operations["day"], operations["operated"] <= due
    known, failed = (state == 1) | (day >= days), (state == 1) & (day <= days)
    until = day.clip(upper=days + 1)
    told = symptoms[symptoms["day"] <= days]
    earliest = (told["day"].astype("int32") * 256 + told["onset"]).groupby([told["operation"], told["symptom"]]).min()
    answered = visits[(visits["state"] == 1) & visits["odi_change"].notna()]
    flags = pd.DataFrame({"due": is_due, "known": is_due & known, "failed": is_due & failed})
    return {
        "rate": flags.groupby(operations["procedure"]).sum(),
        "curve": operations.groupby(["procedure", "day", "state"]).size(),
        "onset": earliest.reset_index(name="first").groupby(["symptom", "first"]).size(),
        "factors": [
            pd.DataFrame({"band": operations[factor], "until": until, "state": state, "due": is_due})
            .groupby(["band", "until", "state", "due"]).size() for factor in load().factors
        ],
        "funnel": flags[is_due].groupby([operations["surgeon"], operations["profile"]]).sum(),
        "month": pd.DataFrame({"month": operations["month"], "day": day.clip(upper=days), "state": state})
        .groupby(["month", "day", "state"]).size(),
        "follow_up": visits.groupby(["visit", "state"]).size(),
        "change": answered.groupby(["procedure", "visit", "odi_before", "odi_change"], dropna=False).size(),
    }  # fmt: skip


def by_polars(pl: Any, frames: dict[str, Any], begin: int, due: int, days: int) -> list[Any]:
    """All eight by polars, planned and run together so that it shares what they have in common."""
    operations, symptoms, visits = (frame.lazy().filter(pl.col("operated") >= begin) for frame in frames.values())
    state, day, is_due = pl.col("state"), pl.col("day"), pl.col("operated") <= due
    known, failed = (state == 1) | (day >= days), (state == 1) & (day <= days)
    flags = [is_due.sum(), (is_due & known).sum().alias("known"), (is_due & failed).sum().alias("failed")]
    until, first = day.clip(upper_bound=days + 1), (day.cast(pl.Int32) * 256 + pl.col("onset")).min().alias("first")
    told = symptoms.filter(day <= days).group_by("operation", "symptom").agg(first)
    answered = visits.filter((state == 1) & pl.col("odi_change").is_not_null())
    return pl.collect_all([  # type: ignore[no-any-return]
        operations.group_by("procedure").agg(flags),
        operations.group_by("procedure", "day", "state").len(),
        told.group_by("symptom", "first").len(),
        *(operations.group_by(factor, until, "state", is_due.alias("due")).len() for factor in load().factors),
        operations.filter(is_due).group_by("surgeon", "profile").agg(flags),
        operations.group_by("month", day.clip(upper_bound=days), "state").len(),
        visits.group_by("visit", "state").len(),
        answered.group_by("procedure", "visit", "odi_before", "odi_change").len(),
    ])  # fmt: skip
