"""Data quality: what a person reads in each view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dashboard.access import Viewer
from dashboard.engines.notebook import Notebook
from dashboard.records import Records
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import opened, said, table_with

__all__ = ["practice"]
WORK = {"data_view": "Work list"}
FIELDS = {"data_view": "Completeness"}
ISSUES = {"data_view": "Issues and flags"}


def test_each_visit_stands_with_answered_of_due_and_the_goal(practice: Records) -> None:
    page = opened("data", practice)
    assert [metric.value for metric in page.metric] == ["74.4 %", "68.7 %", "58.8 %"]
    assert page.metric[1].delta.startswith("1,")
    assert "Goal at 12 months: 80.0 % (QOD: a goal of a registry with paid coordinators.)" in said(page)
    assert page.dataframe[0].value["Overdue"].tolist() == [60, 61, 61]


def test_the_work_list_is_counted_and_can_be_taken_away(practice: Records) -> None:
    page = opened("data", practice, **WORK)
    assert "**182 overdue** and 261 open now." in said(page)
    first = table_with(page, "Days overdue").iloc[0]
    assert (first["State"], first["Patient"][:2]) == ("overdue", "P-")


def test_a_manager_has_no_work_list(practice: Records) -> None:
    page = opened("data", replace(practice, viewer=Viewer("Manager", "manager")), **WORK)
    assert "Your role shows counts" in page.info[0].value
    assert not page.dataframe


def test_the_least_recorded_fields_are_named(practice: Records) -> None:
    assert "Least recorded: tendency to scar (85.6 %)" in said(opened("data", practice, **FIELDS))


def test_flags_of_people_stand_beside_the_issues(practice: Records, tmp_path: Path) -> None:
    asked = replace(practice, notebook=Notebook(tmp_path))
    assert "Nobody has flagged a data problem." in said(opened("data", asked, **ISSUES))
    asked.note("flag", "flag/1/2024-01-05", "Operated on the other side.")
    page = opened("data", asked, **ISSUES)
    assert "The last import found nothing wrong." in said(page)
    assert table_with(page, "Flagged")["What"].tolist() == ["Operated on the other side."]
