"""Symptoms in detail: what a person reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.records import Records
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import drawn, opened, said, table_with
from tests.patience import SECONDS
from tests.text_tables import records

__all__ = ["practice"]
DELAY = {"onset_view": "From symptom to diagnosis"}
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


@pytest.mark.parametrize("by", ["Time of onset", "Cause found", "Family", "Procedure"])
def test_the_wait_for_a_diagnosis_stands_in_figures_for_each_group(practice: Records, by: str) -> None:
    page = opened("onset", practice, delay_by=by, **DELAY)
    table = table_with(page, "Visits in between").set_index("Group")
    assert table.loc["All together", "Half of these by"] == "50 days"
    assert table.loc["All together", "Visits in between"] == "53 of 298"
    assert table["Operations with a symptom"].iloc[:-1].sum() == (298 if by == "Cause found" else 608)
    assert not [button for button in page.button if "operations that failed" in button.label]
    assert len(page.get("plotly_chart")) == 2


def test_the_row_of_a_wait_leads_to_its_patients(practice: Records) -> None:
    app = AppTest.from_function(drawn, args=("onset", practice), default_timeout=SECONDS)
    app.query_params["onset_view"] = "From symptom to diagnosis"
    app.query_params["delay_by"] = "Family"
    app.session_state["delay rows family 7"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    app.run()
    (button,) = [one for one in app.button if "operations that failed" in one.label]
    assert button.label == "Fusion: operations that failed (127 found within 1 year of the first symptom) →"
    button.click().run()
    assert app.session_state["family"] == ["fusion"]
