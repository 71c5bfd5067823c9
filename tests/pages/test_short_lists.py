"""The short lists of what waits: a row each in a card, and a click that opens the whole of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import Viewer
from dashboard.engines.notebook import Notebook
from dashboard.records import Records
from tests.patience import SECONDS
from tests.text_tables import records

TWO = """
operation | patient | operated   | procedure       | surgeon
1         | 11      | 2024-11-01 | microdiscectomy | S01
2         | 12      | 2024-11-01 | laminectomy     | S02
"""
FLAGS = """
operation | patient | symptom         | operated   | day | days_ago | contacted | procedure       | surgeon
1         | 11      | severe_pain     | 2024-11-01 | 20  | 41       | no        | microdiscectomy | S01
1         | 11      | fever           | 2024-11-01 | 31  | 30       | no        | microdiscectomy | S01
2         | 12      | wound_discharge | 2024-11-01 | 41  | 20       | yes       | laminectomy     | S02
"""
COUNTS = Viewer("Manager", "manager")


@pytest.fixture
def asked(tmp_path: Path) -> Records:
    return replace(records(tmp_path / "data", TWO, FLAGS), notebook=Notebook(tmp_path))


def drawn(name: str, door: object) -> None:
    import importlib

    import streamlit as st

    found = importlib.import_module(f"dashboard.pages.{name}").compact(door)
    st.header(f"{found.title}; {found.more}")
    found.draw()


def shown(name: str, door: Records) -> AppTest:
    return AppTest.from_function(drawn, args=(name, door), default_timeout=SECONDS).run()


def test_whoever_waits_stands_in_a_row_that_says_how_long_what_and_whose(asked: Records) -> None:
    seen = shown("red_flags", asked)
    assert not seen.exception
    assert seen.header[0].value == "Red flags: 1 without contact; All 3"
    points = "points to an infection of the wound or the spine: act at once"
    assert [row.label.replace("\u2060", "") for row in seen.button] == [
        f"**41 days** · Severe pain: {points} · :gray[Microdiscectomy, S01]",
        f"**30 days** · Fever: {points} · :gray[Microdiscectomy, S01]",
    ]


def test_who_sees_counts_alone_reads_counts_and_has_no_row_to_click(asked: Records) -> None:
    seen = shown("red_flags", replace(asked, viewer=COUNTS))
    assert not seen.button
    assert "**1** · Fever · :gray[1 without contact, the latest 30 days ago]" in [part.value for part in seen.markdown]


def test_what_nobody_records_is_not_none(tmp_path: Path) -> None:
    seen = shown("red_flags", records(tmp_path, TWO))
    assert not seen.exception
    assert "Follow your emergency path." in "\n".join(part.value for part in seen.markdown)
