"""Whom to write to in a month: by the window of each visit, counted by hand, and never to the dead."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from dashboard.access import Viewer
from dashboard.analyses.letters import letters, month_named, months_offered, usual_month
from dashboard.analyses.verdicts.letters import letters_verdict
from dashboard.errors import NoData, NotAllowed, WrongUsage
from dashboard.records import Records
from tests.text_tables import assert_rows, records

FOUR = "operation | surgeon\n1 | S01\n2 | S01\n3 | S02\n4 | S02"
VISITS = """
operation | patient | surgeon | operated   | visit | state
1         | 40      | S01     | 2024-01-01 | 3     | 3
1         | 40      | S01     | 2024-01-01 | 12    | 5
2         | 30      | S01     | 2023-12-02 | 12    | 5
2         | 30      | S01     | 2023-12-02 | 3     | 4
3         | 20      | S02     | 2024-05-01 | 12    | 6
3         | 20      | S02     | 2024-05-01 | 3     | 1
4         | 10      | S02     | 2024-01-01 | 12    | 5
4         | 10      | S02     | 2023-05-01 | 24    | 6
"""
"""3 months are days 60 to 120, 12 months 300 to 450; overdue for 180 days. The data end on 1 January 2025."""
MARCH = date(2025, 3, 31)


def test_a_letter_goes_out_when_a_window_opens_when_it_ends_and_while_it_is_overdue(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, visit_state=VISITS, patient="patient | death_date\n10 | 2025-01-01")
    assert_rows(
        letters(asked, date(2025, 2, 10)),
        """
        patient | visit_label | letter                  | reason
        20      | 12 months   | opens on 25 Feb 2025    | opens
        30      | 12 months   | falls due on 24 Feb 2025 | falls due
        """,
    )
    assert_rows(
        letters(asked, MARCH),
        """
        patient | visit_label | letter                    | reason
        30      | 12 months   | overdue since 25 Feb 2025 | overdue
        40      | 12 months   | falls due on 26 Mar 2025  | falls due
        """,
    )
    # The 3-month visit of patient 40 ended on 30 April and was worth asking for until 27 October.
    assert "40" in letters(asked, date(2024, 10, 1))["patient"].astype(str).tolist()
    assert letters(asked, date(2024, 11, 1)).query("reason == 'overdue'").empty


def test_the_verdict_counts_letters_and_patients(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, visit_state=VISITS)
    found = letters_verdict(letters(asked, MARCH), MARCH)
    assert found.answer == "3 letters to 3 patients in March 2025."
    assert found.doubt == "Visits 1 overdue and 2 falling due in it; none of them is answered."
    nobody = letters(asked, date(2030, 1, 1))
    assert letters_verdict(nobody, date(2030, 1, 1)).answer == (
        "No letter is due in January 2030 among these operations."
    )


def test_a_list_of_letters_is_on_record_and_for_who_sees_patients(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, visit_state=VISITS)
    letters(asked, MARCH)
    last = json.loads(asked.audit.path.read_text().splitlines()[-1])
    assert (last["what"], last["question"], last["rows"]) == ("listing", "letters", 3)
    with pytest.raises(NotAllowed):
        letters(Records(asked.engine, Viewer("Manager", "manager"), asked.cohort, asked.audit), MARCH)


def test_where_nobody_records_visits_silence_is_no_missing_answer(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, visit_state=VISITS, missing_kind="kind\nfollow_up")
    with pytest.raises(NoData, match="rests on the table follow_ups, and nobody records it here"):
        letters(asked, MARCH)


def test_months_are_written_one_way_and_the_usual_one_is_after_the_data(tmp_path: Path, sample: Records) -> None:
    assert month_named(" 2026-10") == date(2026, 10, 1)
    for wrong in ("2026-13", "2026-1", "October", "2026-10-01", "", "0026-10"):
        with pytest.raises(WrongUsage, match="Write months as 2026-10"):
            month_named(wrong)
    assert usual_month(sample) == date(2026, 10, 1)
    offered = months_offered(sample)
    assert (min(offered), max(offered), offered["2026-10"]) == ("2026-09", "2027-02", "October 2026")
    assert list(months_offered(records(tmp_path, FOUR)))[:2] == ["2024-12", "2025-01"]
