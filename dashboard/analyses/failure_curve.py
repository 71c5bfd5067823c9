"""When failures come: the share failed by each day after surgery."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import leeway
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import Group, groups_of, outcome_named
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.remembering import remembered
from dashboard.records import Records
from dashboard.stats import survival

COLUMNS = ["group", "label", "day", "at_risk", "known", "failed", "died", "left", "share", "lower", "upper"]


@remembered
def failure_curve(records: Records, outcome: str, by: str | None = None) -> pd.DataFrame:
    """Share failed by each day, with death before failure as a competing event; a row for each group and day.

    Columns as in COLUMNS; ``at_risk`` just before the day; ``known``: operations whose state on that day is known, on
    which the exact limits of 0 % and 100 % rest; shares 0 to 1. A row holds until the next: there is one for day 0, and
    before the first failure one for each day on which a limit changes as somebody had left. No rows where nobody
    records what the outcome rests on: a line at 0 % would be a firm figure.
    Raises WrongUsage for an outcome that is asked at one visit.
    """
    outcome_named(outcome, kind="time")
    if not_recorded(records, outcome):
        return curves([])
    return curves(groups_of(records, "failure_curve", by, outcome=outcome))


def curves_told(records: Records, outcome: str, by: str | None, within_days: int) -> pd.DataFrame:
    """The same, with ``told``: False for a group whose share by that day is refused, as too few of those due are known.

    Its line stands all the same, and no value at it.
    """
    rates, found = failure_rate(records, outcome, by, within_days), failure_curve(records, outcome, by)
    refused = rates["estimable"].astype(bool) & ~rates["shown"].astype(bool)
    return found.assign(told=~found["group"].isin(rates["group"][refused]))


def curves(groups: Sequence[Group]) -> pd.DataFrame:
    """The curve of each group, one under the other, as in COLUMNS."""
    parts = [
        survival.drawn_curve(one.counts, leeway.of_course(one.parts)).assign(group=one.name, label=one.label)
        for one in groups
    ]
    return pd.concat(parts or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)[COLUMNS]
