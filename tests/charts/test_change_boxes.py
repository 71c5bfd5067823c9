"""The middle half, the range of most and the median of each group, and where change begins to matter."""

from __future__ import annotations

import pandas as pd

from dashboard.charts.change_boxes import change_boxes, describe
from tests.charts.drawn import texts

ROWS = pd.DataFrame(
    [
        {"label": "Fusion", "operations": 40, "tenth": -2.0, "lower_quartile": 5.0, "median": 12.0,
         "upper_quartile": 20.0, "ninetieth": 30.0, "shown": True},
        {"label": "Other", "operations": 3, "tenth": 0.0, "lower_quartile": 1.0, "median": 2.0, "upper_quartile": 3.0,
         "ninetieth": 4.0, "shown": False},
    ]
)  # fmt: skip


def test_a_group_has_its_range_its_middle_half_and_its_median() -> None:
    figure = change_boxes(ROWS, unit="points", important=12.8)
    drawn = [(trace.mode, list(trace.x)) for trace in figure.data]
    assert drawn == [("lines", [-2, 30]), ("lines", [5, 20]), ("markers", [12])]
    assert [shape.x0 for shape in figure.layout.shapes] == [0, 12.8]
    assert "Other 3" in texts(figure)


def test_it_is_told_in_words_too() -> None:
    assert "Fusion: median +12 (+5 to +20) points, n = 40" in describe(ROWS, unit="points")


def test_nobody_is_a_sentence() -> None:
    nobody = ROWS.assign(operations=0)
    assert "Nobody answered" in change_boxes(nobody, unit="points").layout.annotations[0].text
    assert describe(nobody, unit="points").startswith("Nobody answered")
