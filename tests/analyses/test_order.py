"""In which order groups stand: by what is asked, and by nothing that hangs on the order of the rows."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.shares import largest_first

ROWS = pd.DataFrame(
    [
        ("few", 8, 0.9, False), (NOT_RECORDED, 99, 0.8, True), ("b", 50, 0.1, True), ("a", 50, 0.1, True),
        ("large", 90, 0.1, True), ("most", 40, 0.3, True), ("fewer", 3, None, False),
    ],
    columns=["group", "operations", "share", "shown"],
).assign(label=lambda rows: rows["group"])  # fmt: skip


def test_the_largest_share_stands_first_then_those_without_one_and_what_is_not_recorded_last() -> None:
    expected = ["most", "large", "a", "b", "few", "fewer", NOT_RECORDED]
    assert largest_first(ROWS)["group"].tolist() == expected
    assert largest_first(ROWS.iloc[::-1])["group"].tolist() == expected
    assert largest_first(ROWS.iloc[:0]).empty
