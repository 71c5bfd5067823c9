"""The list behind a count: search, main cause, overdue visits, and what was said of a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.access import Viewer
from dashboard.analyses.patients import flag_problem, flag_subject, flags_of, found, overdue_operations, patients
from dashboard.engines.notebook import Notebook
from dashboard.errors import NotAllowed, WrongUsage
from dashboard.records import Records
from tests.text_tables import records

FOUR = """
operation | patient | procedure       | surgeon | site  | state  | cause
1         | 171     | microdiscectomy | S01     | North | failed | infection
2         | 12      | tlif            | S01     | South | failed | scar_tissue
3         | 13      | tlif            | S02     | South | left   | infection
4         | 14      | tlif            | S02     | North | left   | not recorded
"""
VISITS = """
operation | visit | state
1         | 12    | 3
2         | 12    | 5
3         | 12    | 1
"""
DAY = date(2024, 1, 1)
MANAGER = Viewer("Manager", "manager")


@pytest.mark.parametrize(
    ("words", "operations"),
    [
        ("", [1, 2, 3, 4]),
        ("TLIF", [2, 3, 4]),
        ("south s01", [2]),
        ("p-00000000000000ab", [1]),
        ("(", []),
        ("tl s9", []),
    ],
)
def test_every_word_is_looked_for_in_any_letters(tmp_path: Path, words: str, operations: list[int]) -> None:
    assert list(found(patients(records(tmp_path, FOUR), "fbss"), words)["operation"]) == operations


def test_nobody_is_found_among_nobody(tmp_path: Path) -> None:
    rows = patients(records(tmp_path, FOUR), "fbss", only="died before failing")
    assert found(rows, "tlif").empty


def test_the_main_cause_narrows_the_list(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR)
    assert list(patients(asked, "fbss", cause="infection")["operation"]) == [1, 3]
    assert list(patients(asked, "fbss", only="failed", cause="infection")["cause"]) == ["Infection"]
    with pytest.raises(WrongUsage, match='"gout" is no cause'):
        patients(asked, "fbss", cause="gout")


def test_a_visit_that_is_open_is_not_overdue(tmp_path: Path) -> None:
    assert overdue_operations(records(tmp_path, FOUR, visit_state=VISITS)) == {1}


@pytest.fixture
def written(tmp_path: Path) -> Records:
    return replace(records(tmp_path, FOUR), notebook=Notebook(tmp_path))


def test_a_flag_is_kept_with_its_record_and_shown_at_that_operation_only(written: Records) -> None:
    flag_problem(written, "P-00000000000000AB", DAY, "Symptom, Fever (symptoms.csv, row 3)", " The year is wrong. ")
    (note,) = flags_of(written, "P-00000000000000AB", DAY)
    assert (note.subject, note.text) == (
        "flag/P-00000000000000AB/2024-01-01", "Symptom, Fever (symptoms.csv, row 3): The year is wrong."
    )  # fmt: skip
    assert (
        flags_of(written, "P-00000000000000AB", date(2024, 1, 2)) == flags_of(written, "P-00000000000000AC", DAY) == []
    )
    assert note.subject == flag_subject("P-00000000000000AB", DAY)


def test_an_empty_flag_is_refused_and_so_is_who_sees_no_patients(written: Records) -> None:
    with pytest.raises(WrongUsage, match="Write a few words"):
        flag_problem(written, "P-00000000000000AB", DAY, "Symptom", " ")
    with pytest.raises(NotAllowed):
        flag_problem(replace(written, viewer=MANAGER), "P-00000000000000AB", DAY, "Symptom", "Wrong")
    assert written.notes("flag") == []
