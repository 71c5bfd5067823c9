"""The short lists of what waits: a row each in a card, and a click that opens the whole of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import Viewer
from dashboard.analyses.digest import FOLLOW_UP, IMPORTS, digest
from dashboard.audit import Audit
from dashboard.engines.notebook import Notebook
from dashboard.errors import NotAllowed
from dashboard.importing.watching import Watched
from dashboard.pages import red_flags
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


def test_who_sees_counts_alone_is_told_of_no_red_flag(asked: Records) -> None:
    with pytest.raises(NotAllowed, match="Your role shows counts"):
        red_flags.compact(replace(asked, viewer=COUNTS))


def test_what_nobody_records_is_not_none(tmp_path: Path) -> None:
    seen = shown("red_flags", records(tmp_path, TWO))
    assert not seen.exception
    assert "Follow your emergency path." in "\n".join(part.value for part in seen.markdown)


def test_what_needs_review_says_what_the_digest_says_of_imports_and_follow_up(tmp_path: Path) -> None:
    states = [1] * 60 + [3] * 25 + [4] * 15
    visits = "\n".join(["operation | visit | state", *(f"{n} | 12 | {state}" for n, state in enumerate(states, 1))])
    asked = replace(records(tmp_path / "data", TWO, visit_state=visits), audit=Audit(tmp_path / "store" / "audit"))
    asked.audit.changed({"change": "import", "step": "nothing changed"})
    told = {row.kind: row for row in digest(asked)}
    rows = [row.label.replace("\u2060", "") for row in shown("monitor", asked).button]
    assert rows == [
        f"**Import** · {told[IMPORTS].words}",
        "**25 visits** · overdue that can still be answered · :gray[25 of them at 12 months; under the goal of 80 % "
        "answered at 12 months]",
    ]
    assert (told[IMPORTS].count, told[FOLLOW_UP].count) == (1, 25)
    other = shown("monitor", replace(asked, viewer=COUNTS))
    assert not [row.label for row in other.button if "Import" in row.label], "for who may import alone"


def watched_folder(folder: object) -> None:
    from dashboard.pages import imports

    imports._watched(folder)  # type: ignore[arg-type]


def test_a_folder_that_is_watched_says_what_lies_refused_there_and_what_stopped_the_last_look() -> None:
    refused = {"a *b* <i>.csv": "2026-03-02", "c.csv": "2026-03-01", **{f"{n}.csv": "2026-03-03" for n in range(20)}}
    folder = Watched("/srv/deliveries", "2026-03-04T06:00:00+00:00", "There is no room.", "2026-03-05", refused)
    seen = AppTest.from_function(watched_folder, args=(folder,), default_timeout=SECONDS).run()
    assert not seen.exception
    first, problem, names = "".join(part.value for part in seen.markdown).replace("\u2060", "").split("\n\n")
    assert first == "/srv/deliveries, looked at to the end on 4 Mar 2026."
    assert problem == "**Since 5 Mar 2026 that could not be done.** There is no room."
    assert names.startswith(r"**Refused, 22:** c.csv (1 Mar 2026); a \*b\* \<i>.csv (2 Mar 2026); 0.csv (3 Mar 2026); ")
    assert " and 12 more. Each lies in `refused` there" in names
