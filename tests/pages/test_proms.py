"""What patients report: what a person reads."""

from __future__ import annotations

from pathlib import Path

from dashboard.records import Records
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import opened, said, table_with
from tests.text_tables import records

__all__ = ["practice"]
REPORTED = {"procedures_view": "What patients report"}


def test_changes_stand_with_answered_of_due_and_their_threshold(practice: Records) -> None:
    page = opened("procedures", practice, **REPORTED)
    words = said(page)
    assert "1,036 of 1,815 due answered both before surgery and at 12 months; 1,2" in words
    assert "A plus is an improvement, whichever way the score itself runs." in words
    assert "12.8 points of 100, the smallest change that matters." in words
    assert "Of those due, the state of 57 % is known" in words
    assert "Copay et al., Spine J 2008" in words
    assert "**Global perceived effect**: 1,188 of 1,815 due." in words
    assert "Change that matters" in table_with(page, "Substantial").columns
    over_time = table_with(page, "Median (middle half)").set_index("Visit")
    assert over_time.loc["before", "Median (middle half)"] == "44 (34 to 56)"
    assert over_time.loc["12 months", "Answered"] == 1204


def test_each_measure_and_visit_can_be_chosen(practice: Records) -> None:
    page = opened("procedures", practice, measure="Leg pain (NRS)", prom_visit="24 months", **REPORTED)
    assert "Leg pain (NRS): change from before surgery to 24 months" in [header.value for header in page.header]


def test_nobody_who_answered_is_said(tmp_path: Path) -> None:
    page = opened("procedures", records(tmp_path, "operation\n1", visit_state="operation | state\n1 | 6"), **REPORTED)
    assert "0 of 0 due answered" in said(page)
