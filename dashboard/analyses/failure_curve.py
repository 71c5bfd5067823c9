"""When failures come: the share failed by each day after surgery."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.groups import Group, groups_of, outcome_named
from dashboard.analyses.remembering import remembered
from dashboard.records import Records
from dashboard.stats import survival

COLUMNS = ["group", "label", "day", "at_risk", "failed", "died", "left", "share", "lower", "upper"]


@remembered
def failure_curve(records: Records, outcome: str, by: str | None = None) -> pd.DataFrame:
    """Share failed by each day, with death before failure as a competing event; a row for each group and day.

    Columns as in COLUMNS; ``at_risk`` just before the day, shares 0 to 1; limits are null where the share is 0 or 1.
    Raises WrongUsage for an outcome that is asked at one visit.
    """
    outcome_named(outcome, kind="time")
    groups = groups_of(records, "failure_curve", by, key="day", outcome=outcome)
    return pd.concat([_curve(group) for group in groups] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)


def _curve(group: Group) -> pd.DataFrame:
    curve = survival.cumulative_incidence(group.counts)
    return curve.assign(group=group.name, label=group.label)[COLUMNS]
