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
    assert len(table) == 16
    assert (table["Reported"] > 0).sum() == 14
    assert table.set_index("Symptom").loc["Numbness", "Resolved"] == "36.4 % (32 of 88; 27.1 to 46.8)"
    assert "Most often localized back pain with shooting leg pain" in said(page)


def test_treated_and_untreated_stand_folded_away_under_their_caveat(practice: Records) -> None:
    page = opened("onset", practice, **DETAIL)
    (folded,) = [part for part in page.expander if part.label == "Resolved, with and without a treatment recorded"]
    assert folded.markdown[0].value.startswith("**This does not compare treatments.**")
    assert "No treatment recorded" in folded.dataframe[0].value.columns


def test_pairs_stand_with_how_many_had_each(practice: Records) -> None:
    pairs = table_with(opened("onset", practice, **DETAIL), "Operations with both").iloc[0]
    assert pairs.tolist() == ["Localized back pain", "Shooting leg pain", 75, "223", "190"]


def test_no_symptom_is_said(tmp_path: Path) -> None:
    page = opened("onset", records(tmp_path, "operation\n1"), **DETAIL)
    assert "No symptom was recorded" in page.info[0].value
