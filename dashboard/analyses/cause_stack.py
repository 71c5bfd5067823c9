"""Causes over time after surgery: how much of the share failed by each day came from each cause."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.causes import NO_LATER, competing_with, later, read_counts
from dashboard.analyses.groups import LONGEST_DAY, NOT_RECORDED
from dashboard.analyses.remembering import remembered
from dashboard.definitions import load
from dashboard.records import Records
from dashboard.stats import survival

MOST_NAMED = 6
"""So many of the most frequent causes have a part of their own."""
OTHERS, UNKNOWN = "others", "unknown"
LABELS = {OTHERS: "All further causes", UNKNOWN: "Cause not known"}
COLUMNS = ["part", "label", "causes", "day", "at_risk", "failed", "share", "low", "high"]


@remembered
def cause_stack(
    records: Records, outcome: str, within_days: int = LONGEST_DAY, after_days: int = NO_LATER
) -> pd.DataFrame:
    """The share failed by each day, in parts by main cause that add up to all of it; a row for each part and day.

    Aalen-Johansen with each part as an event of its own and death as another. The MOST_NAMED causes with the most
    failures ``within_days``, the most frequent first; then all other named causes together; then failures of which no
    cause is recorded or could be named. after_days: only failures later than this day; an earlier one competes.
    Columns as in COLUMNS: ``at_risk`` just before the day; ``failed`` so far; ``share`` (0 to 1); the part lies
    from ``low`` to ``high``; ``causes``: the names of those in it.
    """
    counts = read_counts(records, outcome)
    late = counts[(counts["day"] > after_days) & (counts["failed"] > 0)]
    # A cause that comes only after the time asked about has no part of its own, and is in the whole all the same.
    totals = late["failed"].where(late["day"] <= within_days, 0).groupby(late["cause"]).sum()
    competing = later(counts, after_days)
    parts, low = [], pd.Series(0.0, index=range(competing["day"].nunique()))
    for part, label, causes in _parts(records, totals):
        curve = survival.cumulative_incidence(competing_with(competing, causes))
        high = low + curve["share"]
        parts.append(
            pd.DataFrame({
                "part": part, "label": label, "causes": ";".join(causes), "day": curve["day"],
                "at_risk": curve["at_risk"], "failed": curve["failed"].cumsum(), "share": curve["share"], "low": low,
                "high": high,
            })
        )  # fmt: skip
        low = high
    return pd.concat(parts or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)[COLUMNS]


def _parts(records: Records, totals: pd.Series) -> list[tuple[str, str, list[str]]]:
    """The name, the words and the causes of each part that has a failure, from the axis up."""
    order = records.order("cause")
    nameless = {NOT_RECORDED, *(cause for read in load().cause_readings if not read.named for cause in read.causes)}
    named = sorted(set(totals.index) - nameless, key=lambda name: (-int(totals[name]), order.get(name, 0)))
    own = [name for name in named[:MOST_NAMED] if totals[name]]
    found = [(name, records.label("cause", name), [name]) for name in own]
    rest = {OTHERS: named[len(own) :], UNKNOWN: sorted(nameless & set(totals.index))}
    return [*found, *((part, LABELS[part], causes) for part, causes in rest.items() if causes)]
