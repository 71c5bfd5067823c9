"""Answers alone, no finding: what the pages say where nobody records the outcome that they count."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.records import Records
from tests.analyses.test_recorded import NO_FINDING, ODI, empty, held
from tests.pages.listed import BY_NAME, view_word, views_of
from tests.pages.test_what_stands_there import opened, said

COUNTING = [("overview", ""), ("onset", ""), ("procedures", ""), ("risk", ""), ("compare", ""), ("causes", ""),
            ("risk", "planning"), ("risk", "modifiable"), ("compare", "monitoring"), ("causes", "care"),
            ("onset", "delay")]  # fmt: skip
"""Pages that count failures, or what follows them, by the default outcome or the one that is monitored."""


@pytest.fixture(scope="module")
def answers_alone(tmp_path_factory: pytest.TempPathFactory) -> Records:
    return held(tmp_path_factory.mktemp("answers"), follow_ups=ODI)


def view_of(name: str, view: str) -> dict[str, str]:
    """The words by which a link chooses a view of the page."""
    module = __import__(f"dashboard.pages.{name}", fromlist=["VIEWS"])
    return {view_word(name): module.VIEWS[view]} if view else {}


@pytest.mark.parametrize(("name", "view"), COUNTING)
def test_a_page_says_so_and_shows_no_figure(answers_alone: Records, name: str, view: str) -> None:
    page = opened(name, answers_alone, **view_of(name, view))
    words = said(page)
    assert "nobody records it here" in words
    assert "0.0 %" not in words
    assert not [metric for metric in page.metric if "%" in str(metric.value)]
    assert not page.get("plotly_chart")


def test_nobody_is_written_to_where_nobody_records_visits(tmp_path: Path) -> None:
    page = opened("data", held(tmp_path), data_view="Letters")
    assert "rests on the table follow_ups, and nobody records it here" in said(page)
    assert "letters to" not in said(page)
    assert not page.dataframe


def test_overview_leads_to_what_is_recorded(answers_alone: Records) -> None:
    page = opened("overview", answers_alone)
    assert [button.label for button in page.button if "patients report" in button.label.lower()]
    assert "Nobody records symptoms here" in said(page)


def test_an_outcome_that_is_recorded_is_counted_beside_it(answers_alone: Records) -> None:
    words = said(opened("procedures", answers_alone, outcome="ODI not improved"))
    assert "nobody records" not in words
    assert "0.0 % (0 of 30" in words
    reoperation = said(opened("overview", answers_alone, outcome="Reoperation"))
    assert "No patient of these records has a second operation" in reoperation


def test_definitions_side_by_side_leave_out_those_that_nobody_records(answers_alone: Records) -> None:
    page = opened("definitions", answers_alone, definitions_view="Side by side")
    assert "FBSS is not known" in said(page)
    assert page.header[0].value == "The same operations, counted 4 ways, by 2 years"


def test_a_table_of_findings_without_a_row_is_a_finding_of_none(tmp_path: Path) -> None:
    page = opened("overview", empty(tmp_path, diagnoses=NO_FINDING))
    assert "FBSS is not known" not in said(page)
    assert page.get("plotly_chart")


def test_every_page_opens_where_nothing_but_answers_is_recorded(answers_alone: Records) -> None:
    for name, listed in BY_NAME.items():
        for view in [{}, *({view_word(name): label} for label in views_of(listed)[1:])]:
            opened(name, answers_alone, **view)
