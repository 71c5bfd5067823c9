"""The motion segments that a text names, in the spellings that registries and people use."""

from __future__ import annotations

import pytest

from dashboard.importing.levels import problem, segments

ONE, TWO, THREE = "L4-L5", "L4-L5;L5-S1", "L3-L4;L4-L5;L5-S1"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("L4-L5", ONE), ("l4-l5", ONE), ("L4/L5", ONE), ("L4/5", ONE), ("L4-5", ONE), ("L45", ONE), ("L4L5", ONE),
        ("L4–L5", ONE), ("L4 - L5", ONE), ("L4 to L5", ONE), ("L5-L4", ONE), ("L5/4", ONE), ("L 4/5", ONE),
        ("L4-L5;", ONE), ("L4-L5;L4-L5", ONE), (" L4\u00a0-\u200bL5 ", ONE), ("LWK 4/5", ONE), ("L4/5 L4/5", ONE),
        ("L5-S1", "L5-S1"), ("L5S1", "L5-S1"), ("L5/S1", "L5-S1"), ("S1-L5", "L5-S1"),
        ("L4-S1", TWO), ("L4-L5, L5-S1", TWO), ("L5-S1;L4-L5", TWO), ("L4/5 + L5/S1", TWO), ("L4-L5 and L5-S1", TWO),
        ("L4-L5 & L5-S1", TWO), ("L4-L5\nL5-S1", TWO), ("L4/5/S1", TWO), ("L4-5-S1", TWO), ("L4/5, 5/S1", TWO),
        ("L4-5/L5-S1", TWO), ("L4-L5/S1", TWO), ("L4-L5 L5-S1", TWO), ("L45S1", TWO),
        ("L3-S1", THREE), ("L3/4/5/S1", THREE), ("L3/4, 4/5, L5/S1", THREE),
        ("L3/4/5", "L3-L4;L4-L5"), ("L3-L5", "L3-L4;L4-L5"), ("L3-L4, L4-L5", "L3-L4;L4-L5"),
        ("L2-3/L4-5", "L2-L3;L4-L5"), ("L2-S1", "L2-L3;L3-L4;L4-L5;L5-S1"),
        ("T12-L1", "T12-L1"), ("Th11/12", "T11-T12"), ("D12-L2", "T12-L1;L1-L2"), ("C5-C7", "C5-C6;C6-C7"),
        ("C7-T1", "C7-T1"), ("L5-L6", "L5-L6"), ("L6-S1", "L6-S1"), ("L4-L6", "L4-L5;L5-L6"), ("T9-10", "T9-T10"),
    ],
)  # fmt: skip
def test_segments_are_read_in_whatever_way_they_are_spelled(text: str, named: str) -> None:
    assert segments(text) == named


@pytest.mark.parametrize(
    "text",
    ["L4", "L4, L5", "L4 L5", "4/5", "4-5", "L5/1", "T12/1", "L4-L9", "L4-X5", "lumbar", "?", ";", "", "L3-L4-L3",
     "L4-L5 left", "L4-L4", "2", "=L4-L5"],
)  # fmt: skip
def test_what_may_mean_two_things_or_none_is_not_read(text: str) -> None:
    assert segments(text) == ""


@pytest.mark.parametrize(
    "text", ["5-Apr", "Apr-05", "4. Mai", "2021-04-05", "2021-04-05 00:00:00", "04.05.2024", "4/5/2024", "45387"]
)
def test_what_a_spreadsheet_made_of_a_level_is_called_a_date(text: str) -> None:
    assert segments(text) == ""
    assert "a spreadsheet made it of a level" in problem(text)


@pytest.mark.parametrize(
    ("text", "told"), [("2", "level_count"), ("L4", "names vertebrae"), ("L4, L5", "names vertebrae"), ("x", "L4-L5")]
)
def test_what_to_do_about_another_is_said(text: str, told: str) -> None:
    assert told in problem(text)
