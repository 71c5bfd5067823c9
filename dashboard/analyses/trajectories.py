"""What patients report over time: from before surgery over each planned visit, as it was answered."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.groups import NOT_RECORDED, groups_of
from dashboard.analyses.proms import FEWEST, measure_named, set_named
from dashboard.analyses.recorded import check_kind
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import QUARTILES, reached
from dashboard.definitions import load
from dashboard.records import Records
from dashboard.slots import BEFORE

BEFORE_SURGERY = "before"
COLUMNS = ["group", "label", "months", "visit_label", "answers", *QUARTILES, "shown", "matters"]


@remembered
def trajectories(records: Records, measure: str, by: str | None = None, thresholds: str | None = None) -> pd.DataFrame:
    """The middle answer and the middle half of them, a row for each group and visit; visit 0 is before surgery.

    At each visit of whoever answered it, so that not all are the same patients. Columns as in COLUMNS: ``answers``,
    how many; ``quarter, half, three_quarters``: the answers that so many have or are below, in units of the measure;
    ``shown``: whether FEWEST or more answered; ``matters``: the answer that would be better than the middle one before
    surgery by the smallest change that matters, by the set of ``thresholds``; null where nobody answered before.
    Raises NoData where nobody records the measure.
    """
    known = measure_named(measure)
    check_kind(records, known.score)
    slots = {"measure": known.score, "before": f"{known.score}{BEFORE}"}
    important = known.thresholds[set_named(thresholds)].important
    visits = {NOT_RECORDED: (0, BEFORE_SURGERY)} | {str(v.months): (v.months, v.label) for v in load().visits.values()}
    rows = []
    for group in groups_of(records, "trajectories", by, slots=slots):
        before = None
        for name, (months, label) in visits.items():
            part = group.counts[group.counts["visit"] == name]
            quartiles = [None if found is None else float(found)
                         for found in reached(part["answer"], part["answers"], tuple(QUARTILES.values()))]  # fmt: skip
            before = quartiles[1] if not months else before
            answers = int(part["answers"].sum())
            matters = None if before is None else known.changed(before, important)
            rows.append((group.name, group.label, months, label, answers, *quartiles, answers >= FEWEST, matters))
    return pd.DataFrame(rows, columns=COLUMNS)
