"""Since the last import: the line on the screen, and what it opens to."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.records import Records
from tests.importing.test_since_last_import import FIRST, SECOND, door, practice
from tests.importing.written import take


def drawn(records: Records) -> AppTest:
    def script(records: object) -> None:
        from dashboard.definitions import load
        from dashboard.pages.since_last_import import line

        two_years = next(one for one in load().landmarks if one.days == 730)
        line(records, load().outcomes["reoperation"], two_years)  # type: ignore[arg-type]

    page = AppTest.from_function(script, args=(records,)).run()
    assert not page.exception
    return page


def test_one_line_says_now_and_before_and_opens_to_each_step(tmp_path: Path) -> None:
    take(practice(tmp_path / "first", FIRST), tmp_path / "store")
    first = drawn(door(tmp_path / "store"))
    first.button[0].click().run()
    assert "No earlier import is kept" in first.markdown[0].value

    take(practice(tmp_path / "second", SECOND), tmp_path / "store")
    page = drawn(door(tmp_path / "store"))
    (line,) = page.button
    assert line.label.startswith("Since the last import: 22.7 % failed by 2 years, 16.7 % before the import of ")
    line.click().run()
    row = page.dataframe[0].value.iloc[0]
    assert row.to_dict() == {
        "Figure": "Reoperation by 2 years", "Before": "16.7 %", "Definitions": "unchanged",
        "Corrected": "+0.9 (2 operations)", "Followed further": "+3.5 (2 operations)",
        "New operations": "+1.6 (3 operations)", "Now": "22.7 %",
    }  # fmt: skip
