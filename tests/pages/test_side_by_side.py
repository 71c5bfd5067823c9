"""Definitions side by side and what can be changed: what a person reads."""

from __future__ import annotations

from dashboard.records import Records
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import opened, said, table_with

__all__ = ["practice"]
SIDE = {"definitions_view": "Side by side"}
CHANGED = {"risk_view": "What can be changed"}


def test_all_definitions_stand_beside_one_another(practice: Records) -> None:
    page = opened("definitions", practice, **SIDE)
    assert page.header[0].value == "The same operations, counted 8 ways, by 2 years"
    table = table_with(page, "All others well to all failed").set_index("Definition")
    assert table.loc["FBSS", "Failed"] == 267
    assert "783 of 2,218 operations fail under at least one definition" in said(page)
    assert "**Reoperation.** The failure that registries count everywhere" in said(page)


def test_what_can_be_changed_is_associated_and_no_cause(practice: Records) -> None:
    page = opened("risk", practice, **CHANGED)
    words = said(page).replace("**", "")
    assert (
        "operations of the last 12 months were in patients with two or more of the risks that were there before"
        in words
    )
    assert "Most often present in failures: " in words
    assert "Associated with failure is not its cause" in words
    assert "Followed the recovery instructions arises after surgery" in words
    assert "Smoking: Current" in table_with(page, "How common")["Risk"].tolist()


def test_what_can_be_changed_wants_a_course_over_time(practice: Records) -> None:
    page = opened("risk", practice, outcome="Not better", **CHANGED)
    assert "follows operations over time" in page.info[0].value
