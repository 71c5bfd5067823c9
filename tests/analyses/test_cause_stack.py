"""Causes over time: the parts add up to the whole, whatever the causes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.analyses.cause_stack import MOST_NAMED, cause_stack
from dashboard.analyses.failure_curve import failure_curve
from dashboard.records import Records
from tests.text_tables import assert_rows, records

SMALL = """operation | state  | day | cause
           1         | failed | 10  | infection
           2         | died   | 20  | not recorded
           3         | failed | 30  | scar_tissue
           4         | failed | 30  | undetermined
           5         | left   | 40  | not recorded"""


def test_each_cause_is_an_event_with_which_the_others_and_death_compete(tmp_path: Path) -> None:
    """Day 10: 1 of 5. Day 20 one dies: 3/5 remain. Day 30: 1/3 of 3/5 each.

    Of as many the first of the vocabulary lies lowest.
    """
    assert_rows(
        cause_stack(records(tmp_path, SMALL), "fbss"),
        """
        part        | label           | day | at_risk | failed | share | low | high
        scar_tissue | Scar tissue     | 10  | 5       | 0      | 0     | 0   | 0
        scar_tissue | Scar tissue     | 20  | 4       | 0      | 0     | 0   | 0
        scar_tissue | Scar tissue     | 30  | 3       | 1      | 0.2   | 0   | 0.2
        scar_tissue | Scar tissue     | 40  | 1       | 1      | 0.2   | 0   | 0.2
        infection   | Infection       | 10  | 5       | 1      | 0.2   | 0   | 0.2
        infection   | Infection       | 20  | 4       | 1      | 0.2   | 0   | 0.2
        infection   | Infection       | 30  | 3       | 1      | 0.2   | 0.2 | 0.4
        infection   | Infection       | 40  | 1       | 1      | 0.2   | 0.2 | 0.4
        unknown     | Cause not known | 10  | 5       | 0      | 0     | 0.2 | 0.2
        unknown     | Cause not known | 20  | 4       | 0      | 0     | 0.2 | 0.2
        unknown     | Cause not known | 30  | 3       | 1      | 0.2   | 0.4 | 0.6
        unknown     | Cause not known | 40  | 1       | 1      | 0.2   | 0.4 | 0.6
        """,
    )


@pytest.mark.parametrize("within_days", [365, 1825])
def test_the_parts_add_up_to_the_whole_curve_day_by_day(sample: Records, within_days: int) -> None:
    found = cause_stack(sample, "fbss", within_days)
    whole = failure_curve(sample, "fbss").set_index("day")["share"]
    added = found.groupby("day")["share"].sum()
    assert abs(added - whole.reindex(added.index)).max() < 1e-12
    tops = found[found["part"] == found["part"].iloc[-1]].set_index("day")["high"]
    assert abs(tops - whole.reindex(tops.index)).max() < 1e-12
    named = list(dict.fromkeys(found["part"]))
    assert named[MOST_NAMED:] == ["others", "unknown"]


def test_an_earlier_failure_competes_and_is_no_part(sample: Records) -> None:
    found = cause_stack(sample, "fbss", 1825, after_days=274)
    assert found.loc[found["day"] <= 274, "share"].max() == 0


def test_nobody_failed_has_no_parts(tmp_path: Path) -> None:
    rows = "operation | state | day\n1 | left | 40"
    assert cause_stack(records(tmp_path, rows), "fbss").empty
