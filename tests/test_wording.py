"""How numbers stand in a sentence."""

from __future__ import annotations

import pytest

from dashboard import wording


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "0 days"), (1, "1 day"), (90, "90 days"), (91, "3 months"), (106, "3.5 months"), (730, "24 months"),
     (913, "2.5 years"), (3652, "10 years")],
)  # fmt: skip
def test_a_time_is_in_days_up_to_90_in_months_to_24_and_then_in_years(days: int, words: str) -> None:
    assert wording.duration(days) == words


def test_the_ends_of_a_time_have_one_unit_where_they_can() -> None:
    assert wording.durations(44, 59) == "44 to 59 days"
    assert wording.durations(26, 106) == "26 days to 3.5 months"
    assert wording.durations(122, 183) == "4 to 6 months"
    assert wording.durations(5, 5) == "5 days"


@pytest.mark.parametrize(
    ("written", "read"),
    [(" Drains\tout\r\nearly\x07 ", "Drains out\nearly"), ("\u200b\u2060\ufeff", ""), ("\x01" * 9, ""),
     ("می\u200cروم", "می\u200cروم"), ("👩\u200d⚕️", "👩\u200d⚕️"), ("\u00a0?", "?"),
     ("a\u202egnp\u2066b\u061c", "agnpb")],
)  # fmt: skip
def test_what_is_written_is_kept_without_control_signs_and_what_cannot_be_seen_is_nothing(
    written: str, read: str
) -> None:
    assert wording.readable(written) == read
