"""Causes and care: what a person reads in each view."""

from __future__ import annotations

from pathlib import Path

from dashboard.records import Records
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import opened, said, table_with
from tests.text_tables import records

__all__ = ["practice"]
WHEN = {"causes_view": "When each cause shows itself"}
CARE = {"causes_view": "Care after failure"}
ONE = "operation | state | day\n1 | left | 30"


def test_preventable_causes_stand_apart_from_the_course_of_the_disease(practice: Records) -> None:
    words = said(opened("causes", practice))
    assert "**Could perhaps have been prevented: 41 of 267** (wrong diagnosis, wrong level" in words
    assert "**Course of the disease or of healing: 48 of 267** (scar tissue, adjacent segment disease)" in words
    assert "Looked for and not found: 22. No cause recorded: 0." in words


def test_every_cause_stands_in_figures(practice: Records) -> None:
    table = table_with(opened("causes", practice), "Also found beside another")
    assert len(table) == 17
    assert table["Main cause of"].sum() == 267


def test_late_causes_of_one_procedure_are_named(practice: Records) -> None:
    words = said(opened("causes", practice, **WHEN))
    assert "After month 9: Adjacent segment disease (62), Pseudarthrosis (24), Instability (15)." in words


def test_care_stands_with_days_outcomes_and_attempts(practice: Records) -> None:
    page = opened("causes", practice, **CARE)
    words = said(page)
    assert "328 operations failed; this is what is recorded of their care." in words
    assert "conservative after a median of 71 days" in words
    assert "so this compares no method" in words
    revisions = table_with(page, "Revisions").set_index("Revision")
    assert revisions.loc["Second revision", "Share improved"] == "2 of 9"


def test_without_failures_each_view_says_so(tmp_path: Path) -> None:
    asked = records(tmp_path, ONE)
    assert "No failure was seen" in opened("causes", asked).info[0].value
    assert "No failure with a recorded cause" in opened("causes", asked, **WHEN).info[0].value
    assert "no care after failure to show" in opened("causes", asked, **CARE).info[0].value
