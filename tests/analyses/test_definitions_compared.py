"""The same operations under every definition; what can be changed; by hand and on the sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboard.analyses.definitions_compared import definitions_compared, overlap
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.modifiable import modifiable
from dashboard.definitions import load
from dashboard.records import Records
from tests.text_tables import records

FIVE = """
operation | outcome    | state      | day | operated
1         | fbss       | failed     | 30  | 2024-01-10
2         | fbss       | left       | 20  | 2024-01-10
3         | fbss       | left       | 300 | 2024-01-10
4         | fbss       | died       | 10  | 2024-01-10
5         | fbss       | failed     | 5   | 2024-12-20
1         | not_better | failed     | 360 | 2024-01-10
2         | not_better | unanswered | 450 | 2024-01-10
3         | not_better | failed     | 360 | 2024-01-10
4         | not_better | died       | 10  | 2024-01-10
5         | not_better | not due    | 10  | 2024-12-20
"""


def test_the_band_is_of_the_operations_due(tmp_path: Path) -> None:
    rows: Any = definitions_compared(records(tmp_path, FIVE), 90).set_index("outcome")
    # four were due: one failed, one lost
    assert rows.loc["fbss", ["best_case", "worst_case"]].tolist() == [0.25, 0.5]
    assert rows.loc["fbss", "denominator"] == 5
    # three were due at the visit, two of them answered, both failed
    assert rows.loc["not_better", ["denominator", "failed"]].tolist() == [2, 2]
    assert rows.loc["not_better", ["best_case", "worst_case"]].tolist() == pytest.approx([2 / 3, 1])


def test_every_definition_of_failure_is_a_row_and_is_the_rate(sample: Records) -> None:
    rows = definitions_compared(sample)
    assert rows["outcome"].tolist() == list(load().failures)
    each: Any = rows.itertuples()
    for row in each:
        assert row.share == failure_rate(sample, str(row.outcome), None, 730)["share"].iloc[0]
    assert (rows["best_case"] <= rows["worst_case"]).all()


def test_an_operation_is_in_one_set(tmp_path: Path) -> None:
    answer = overlap(records(tmp_path, FIVE), 90)
    sets: Any = answer.sets.set_index(["fbss", "not_better"])["operations"]
    assert sets.to_dict() == {(True, True): 1, (True, False): 1, (False, True): 1}
    assert (answer.operations, answer.none, answer.others) == (5, 2, 0)


def test_sets_and_none_are_all_operations(sample: Records) -> None:
    answer = overlap(sample)
    assert answer.sets["operations"].sum() + answer.none + answer.others == answer.operations
    assert answer.sets["operations"].is_monotonic_decreasing
    # whatever fails by FBSS fails by any failure too
    assert (~answer.sets["fbss"] | answer.sets["any_failure"]).all()


def test_exposed_and_others_are_those_of_whom_it_is_recorded(sample: Records) -> None:
    answer = modifiable(sample, "fbss")
    rows: Any = answer.rows.set_index("factor")
    assert (rows["exposed"] + rows["others"] == rows["recorded"]).all()
    assert rows.loc["smoking", "at_risk"] == "Current"
    assert rows.loc["smoking", "share"] > rows.loc["smoking", "others_share"]
    assert rows.loc["smoking", "ratio"] > 1
    assert not rows.loc["recovery_adherence", "before"]
    assert rows["ratio"].isna().loc["recovery_adherence"]
    assert 0 < answer.recent_two < answer.recent
