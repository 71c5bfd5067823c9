"""Beside every share failed, on every page, what it would be if all others were well and if all had failed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest

from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.pages.overview import IN_FULL
from dashboard.pages.parts import WORST_CASE
from dashboard.records import Records
from tests.pages.listed import BY_NAME, view_word, views_of
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import opened, said

__all__ = ["practice"]
(BAND,) = WORST_CASE
SHARES = ("Share failed", "Failed with it", "Share (count; ")
OVER_TIME = {"Day", "By day", "Operated in"}
"""Tables of a curve or of periods: a share for each day or period, not of a group."""
AT_VISIT = next(outcome.short for outcome in load().failures.values() if outcome.kind == "landmark")


def asked() -> Iterator[tuple[str, str]]:
    """Every page and view, and those that speak of a definition under one that is asked at a visit."""
    for name, listed in BY_NAME.items():
        for view in ["", *(f"{view_word(name)}={view}" for view in views_of(listed)[1:])]:
            yield name, view
    for name in ("procedures", "risk", "compare"):
        yield name, f"outcome={AT_VISIT}"


@pytest.mark.parametrize(("name", "chosen"), list(asked()))
def test_a_table_of_shares_failed_has_the_worst_case_beside_them(practice: Records, name: str, chosen: str) -> None:
    cohort = Cohort(chosen={"family": ("fusion",)}) if name == "compare" else Cohort()
    page = opened(name, practice.of(cohort), **dict(parse_qsl(chosen)))
    for table in page.dataframe:
        columns = list(table.value.columns)
        if any(column.startswith(SHARES) for column in columns) and OVER_TIME.isdisjoint(columns):
            assert BAND in columns, columns
            assert table.value[BAND].str.fullmatch(r"[\d.]+ to [\d.]+ %|counts only").all()


def test_where_tables_of_shares_are_known_to_stand_they_are_found(practice: Records) -> None:
    for name, view in (("procedures", {}), ("risk", {"risk_view": "What can be changed"})):
        assert any(BAND in table.value.columns for table in opened(name, practice, **view).dataframe)


def test_the_headline_figures_say_what_they_could_be(practice: Records) -> None:
    overview = opened("overview", practice)
    next(button for button in overview.button if button.label == IN_FULL).click().run()
    for page in (overview, opened("procedures", practice)):
        assert "Of the 1,633 due, 13.9 to 24.1 %: from the 166 others all well to all failed." in said(page)


def test_what_the_share_could_become_says_both_of_the_overdue_and_of_the_lost(practice: Records) -> None:
    assert (
        "If the 61 overdue were all answered: **20.1 to 25.0 %** of 1,249. If the 566 who are lost or left the "
        "question out were too: **13.8 to 48.4 %** of all 1,815 due."
    ) in said(opened("data", practice))
