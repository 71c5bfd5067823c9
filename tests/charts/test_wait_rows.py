"""Waits in rows: the middle half, the median in words, and what lies beyond chance by shape, colour and word."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import style
from dashboard.charts.wait_rows import describe, wait_rows
from tests.charts.drawn import texts

ROWS = pd.DataFrame(
    [
        ("scar", "Scar tissue", 23, 45, 112, 226, "higher"),
        ("late", "Late (after day 365)", 119, 26, 61, 108, "no more than chance"),
        ("bleed", "Haematoma", 2, 1, 1, 5, "too few to say"),
    ],
    columns=["group", "label", "operations", "quarter", "half", "three_quarters", "word"],
)


def test_each_row_says_its_median_and_the_one_beyond_chance_its_word() -> None:
    figure = wait_rows(ROWS)
    assert {"<b>3.7 months, longer</b>", "61 days", "too few"} <= set(texts(figure))
    medians = [trace for trace in figure.data if trace.name == "Median"]
    assert [(trace.x[0], trace.marker.symbol, trace.customdata[0]) for trace in medians] == [
        (112, "diamond", "scar"), (61, "circle", "late"),
    ]  # fmt: skip
    assert medians[0].marker.color == style.LIGHT[1]
    assert [list(trace.x) for trace in figure.data if trace.name == "Middle half"] == [[45, 226], [26, 108]]


def test_what_is_drawn_is_said_and_few_are_counted() -> None:
    assert describe(ROWS) == (
        "Median wait and middle half: Scar tissue 3.7 months (45 days to 7.4 months; 23 found); Late (after day "
        "365) 61 days (26 days to 3.5 months; 119 found). 1 with fewer than 5 found."
    )
    assert describe(ROWS.tail(1)) == "Too few were found. 1 with fewer than 5 found."
    assert len(wait_rows(ROWS.head(0)).data) == 0
