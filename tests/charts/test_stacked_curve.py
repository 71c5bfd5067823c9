"""Parts on one another: as tall as they are, each named once, and no name over another."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from dashboard.charts import style
from dashboard.charts.stacked_curve import describe, stacked_curve


def parts(*shares: float, until: int = 400) -> pd.DataFrame:
    """A part for each share: half of it by day 100 and all by day 300, of 90 operations."""
    rows, low = [], 0.0
    for place, share in enumerate(shares):
        for day, at_risk, grown in ((0, 90, 0.0), (100, 80, 0.5), (300, 40, 1.0), (until, 4, 1.0)):
            below = low * grown
            own = share * grown
            rows.append((f"part{place}", f"A cause with a long name, {place}", day, at_risk, own, below, below + own))
        low += share
    return pd.DataFrame(rows, columns=["part", "label", "day", "at_risk", "share", "low", "high"])


def test_the_heights_of_the_parts_are_their_shares_and_end_where_few_remain() -> None:
    first, second = stacked_curve(parts(0.1, 0.05), until_days=730).data
    assert list(first.y) == pytest.approx([0, 0.05, 0.1])
    assert list(second.y) == pytest.approx([0, 0.025, 0.05])
    assert (first.line.shape, first.stackgroup, second.customdata[0]) == ("hv", "causes", "part1")


@pytest.mark.parametrize("shares", [(0.001,) * 8, (0.3, *(0.0,) * 7), (0.04, 0.02, 0.01)])
def test_no_name_stands_over_another_or_outside(shares: tuple[float, ...]) -> None:
    layout = stacked_curve(parts(*shares), until_days=730).layout
    tall = layout.height - layout.margin.t - layout.margin.b
    names = [word for word in layout.annotations if "long name" in word.text.replace("<br>", " ")]
    assert len(names) == len(shares)
    boxes = sorted((word.y * tall, style.LINE * (word.text.count("<br>") + 1)) for word in names)
    assert all(low + size / 2 <= high - other / 2 + 0.5 for (low, size), (high, other) in pairwise(boxes))
    assert boxes[0][0] >= 0
    assert boxes[-1][0] <= tall + style.LINE
    assert "…" not in "".join(word.text for word in names)
    widest = max(style.wide(line) for word in names for line in word.text.split("<br>"))
    assert layout.margin.r >= 16 + widest


def test_says_the_largest_first_and_that_nothing_is_there() -> None:
    told = describe(parts(0.01, 0.1), until_days=730)
    assert told == (
        "11.0 % failed by 24 months: A cause with a long name, 1 10.0 %; A cause with a long name, 0 1.0 %."
    )
    assert describe(parts(), until_days=730) == "No failure was seen."
    assert len(stacked_curve(parts(), until_days=730).data) == 0


def test_more_parts_than_colours_are_refused() -> None:
    with pytest.raises(ValueError, match="9 parts"):
        stacked_curve(parts(*(0.01,) * 9), until_days=730)
