"""A measure over time: the ribbon is the middle half, and a patient's own answers lie where they were given."""

from __future__ import annotations

import pandas as pd

from dashboard.charts.curves import DAYS_A_MONTH
from dashboard.charts.trajectory import BEFORE, describe, trajectory

ROWS = pd.DataFrame(
    [
        (0, "before", 40, 30.0, 44.0, 56.0, True, 31.2),
        (3, "3 months", 30, 12.0, 22.0, 34.0, True, 31.2),
        (12, "12 months", 4, 10.0, 20.0, 32.0, False, 31.2),
    ],
    columns=["months", "visit_label", "answers", "quarter", "half", "three_quarters", "shown", "matters"],
)
OWN = pd.DataFrame({"day": [-60, -5, 90, 400], "value": [70.0, 50.0, 20.0, 44.0]})


def test_the_ribbon_is_the_middle_half_where_enough_answered() -> None:
    low, high, middle = trajectory(ROWS, unit="points").data
    assert (list(low.y), list(high.y), list(middle.y)) == ([30, 12], [56, 34], [44, 22])
    assert list(middle.x) == [BEFORE, 3]


def test_each_visit_says_how_many_answered_and_the_change_that_matters_has_its_line() -> None:
    layout = trajectory(ROWS, unit="points").layout
    assert list(layout.xaxis.ticktext) == ["before<br>40", "3 m<br>30", "12 m<br>4"]
    (line,) = [shape for shape in layout.shapes if shape.name == "Change that matters"]
    assert (line.y0, line.y1) == (31.2, 31.2)


def test_a_patients_own_line_begins_with_the_last_answer_before_surgery() -> None:
    own = trajectory(ROWS, unit="points", own=OWN, own_label="This patient").data[-1]
    assert list(own.y) == [50, 20, 44]
    assert list(own.x) == [BEFORE, 90 / DAYS_A_MONTH, 400 / DAYS_A_MONTH]


def test_few_answers_are_said_and_not_drawn() -> None:
    assert describe(ROWS, label="Disability", unit="points") == (
        "Disability, points, median and middle half: before 44 (30 to 56; 40 answers); 3 months 22 (12 to 34; 30 "
        "answers); 12 months 4 answers, too few."
    )
    assert len(trajectory(ROWS.assign(shown=False), unit="points").data) == 0
    (own,) = [
        trace
        for trace in trajectory(ROWS.assign(shown=False), unit="points", own=OWN, own_label="This patient").data
        if trace.name == "This patient"
    ]
    assert len(own.y) == 3
