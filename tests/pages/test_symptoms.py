"""Symptoms in detail: what a person reads."""

from __future__ import annotations

from pathlib import Path

from dashboard.records import Records
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import opened, said, table_with
from tests.text_tables import records

__all__ = ["practice"]
DETAIL = {"onset_view": "Symptoms in detail"}


def test_every_symptom_stands_with_course_and_severity(practice: Records) -> None:
    page = opened("onset", practice, **DETAIL)
    table = table_with(page, "Median severity")
    assert len(table) == 14
    assert (table["Reported"] > 0).all()
    assert "so the two do not compare treatments" in said(page)
    assert "Most often localized back pain with shooting leg pain" in said(page)


def test_no_symptom_is_said(tmp_path: Path) -> None:
    page = opened("onset", records(tmp_path, "operation\n1"), **DETAIL)
    assert "No symptom was recorded" in page.info[0].value
