"""What a click on a picture means: a group that is there, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.pages.chosen import group_of

OF = {"tlif": "TLIF", "plif": "PLIF"}


@pytest.mark.parametrize(
    ("points", "group"),
    [
        ([], None), ([{"customdata": "tlif"}], "tlif"), ([{"customdata": ["plif"]}], "plif"),
        ([{"customdata": "of another cohort"}], None), ([{"x": 1}], None), ([{"customdata": []}], None),
        ([{"customdata": "tlif"}, {"customdata": "plif"}], "plif"),
    ],
)  # fmt: skip
def test_a_click_is_the_group_of_its_mark_and_one_of_another_cohort_is_none(
    points: list[dict[str, Any]], group: str | None
) -> None:
    assert group_of(points, OF) == group
