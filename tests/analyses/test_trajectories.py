"""Answers as they were given, from before surgery over each visit, counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.analyses.timeline import answers
from dashboard.analyses.trajectories import trajectories
from tests.analyses.test_timeline import VISITS, asked, course
from tests.text_tables import assert_rows, records


def visits(count: int) -> str:
    """Of so many patients disability before surgery is 41, 42, …, and at 12 months 11, 12, …; nobody came at 3."""
    rows = [
        line
        for n in range(1, count + 1)
        for line in (f"{n} | 3 | 3 | {40 + n} |", f"{n} | 12 | 1 | {40 + n} | {10 + n}")
    ]
    return "\n".join(["operation | visit | state | odi_before | odi", *rows])


def test_the_middle_and_the_middle_half_of_the_answers_of_each_visit(tmp_path: Path) -> None:
    """Of 12 the third, sixth and ninth smallest; the change that matters is 12.8 points below the median before."""
    asked = records(tmp_path, "operation\n1", visit_state=visits(12))
    assert_rows(
        trajectories(asked, "odi_change"),
        """
        months | visit_label | answers | quarter | half | three_quarters | shown | matters
        0      | before      | 12      | 43      | 46   | 49             | True  | 33.2
        3      | 3 months    | 0       |         |      |                | False | 33.2
        12     | 12 months   | 12      | 13      | 16   | 19             | True  | 33.2
        24     | 24 months   | 0       |         |      |                | False | 33.2
        """,
    )
    assert list(trajectories(asked, "odi_change", None, "registries")["matters"]) == [28.0] * 4


def test_fewer_than_ten_answers_are_not_shown_and_a_rise_of_health_is_better(tmp_path: Path) -> None:
    few = records(tmp_path, "operation\n1", visit_state=visits(9))
    assert not trajectories(few, "odi_change")["shown"].any()
    rows = "operation | visit | state | eq5d_index_before\n1 | 3 | 3 | 0.5"
    health = records(tmp_path / "health", "operation\n1", visit_state=rows)
    assert trajectories(health, "eq5d_change")["matters"].iloc[0] == pytest.approx(0.6)


def test_a_patients_answers_are_those_of_one_operation_in_order_of_time(tmp_path: Path) -> None:
    rows = course(asked(tmp_path), "TLIF", "fbss")
    operation = int(rows.loc[rows["kind"] == "operation", "operation"].iloc[0])
    assert "2023-12-30" in VISITS  # a visit with nothing answered but the patient's opinion, which is no number
    assert_rows(
        answers(rows, operation, "odi"),
        """
        day | value
        -61 | 50
        -12 | 40
        364 | 35
        416 | 10
        """,
    )
