"""Remarks on the charts over time: kept by day, and placed as far along a chart as their day is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.analyses.annotations import Annotation, add, annotations_of, placed
from dashboard.engines.notebook import Notebook
from dashboard.errors import WrongUsage
from dashboard.records import Records
from tests.text_tables import records

QUARTERS = [date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1)]


@pytest.fixture
def asked(tmp_path: Path) -> Records:
    return replace(records(tmp_path, "operation\n1"), notebook=Notebook(tmp_path))


def remark(day: date) -> Annotation:
    return Annotation(day, "words", "Dr One", day)


def test_remarks_stand_in_the_order_of_their_days(asked: Records) -> None:
    add(asked, date(2024, 6, 1), "New ward")
    add(asked, date(2024, 3, 1), "New technique from March")
    first, second = annotations_of(asked)
    assert (first.day, first.text, first.who) == (date(2024, 3, 1), "New technique from March", asked.viewer.name)
    assert second.text == "New ward"
    assert [note.subject for note in asked.notes("annotation")] == ["annotation/2024-06-01", "annotation/2024-03-01"]


@pytest.mark.parametrize("day", [None, date(2023, 12, 31), date(2025, 1, 2)])
def test_a_day_that_stands_on_no_chart_is_refused(asked: Records, day: date | None) -> None:
    with pytest.raises(WrongUsage, match="from 2024-01-01 to 2025-01-01"):
        add(asked, day, "words")
    assert annotations_of(asked) == []


def test_a_remark_stands_as_far_along_as_its_day() -> None:
    days = [date(2024, 1, 1), date(2024, 2, 15), date(2024, 7, 1)]
    assert [place for place, _ in placed([remark(day) for day in days], QUARTERS, -0.5)] == [
        -0.5,
        pytest.approx(-0.0055, abs=1e-4),
        1.5,
    ]


def test_a_remark_outside_the_chart_has_no_place() -> None:
    assert placed([remark(date(2023, 12, 31)), remark(date(2024, 7, 2))], QUARTERS, 0) == []
    assert placed([remark(date(2024, 1, 1))], [], 0) == []
