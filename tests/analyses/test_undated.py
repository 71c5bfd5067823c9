"""What is recorded without a day is a share of those asked, each time asked about by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.access import Viewer
from dashboard.analyses.undated import undated
from dashboard.cohort import Cohort
from dashboard.pages.undated import sentence
from tests.importing.written import issues, rows, take, write
from tests.text_tables import assert_rows, records

NOBODY = "operation | state | day\n1 | left | 10"
ANSWERS = """
    operation | surgeon | undated    | within_days | answer
    1         | S01     | readmitted | 30          | 2
    2         | S01     | readmitted | 30          | 1
    3         | S02     | readmitted | 30          | 1
    4         | S02     | readmitted | 30          | 3
    5         | S02     | readmitted |             | 0
    6         | S02     | readmitted | 90          | 2
    1         | S01     | reoperated | 365         | 1
"""


def test_each_time_is_counted_by_itself_of_those_asked(tmp_path: Path) -> None:
    assert_rows(
        undated(records(tmp_path, NOBODY, undated_answer=ANSWERS)),
        """
        undated    | label      | within_days | happened | asked | not_asked | not_due
        readmitted | Readmitted | 30          | 1        | 3     | 1         | 1
        readmitted | Readmitted | 90          | 1        | 1     | 1         | 0
        reoperated | Reoperated | 365         | 0        | 1     | 0         | 0
        """,
    )


def test_where_only_a_yes_is_recorded_there_is_no_share(tmp_path: Path) -> None:
    answers = "operation | undated | within_days | answer\n1 | readmitted | 30 | 2\n2 | readmitted | | 0"
    (row,) = undated(records(tmp_path, NOBODY, undated_answer=answers)).itertuples()
    assert (row.happened, row.asked, row.not_asked) == (1, 1, 1)
    assert undated(records(tmp_path / "again", NOBODY, undated_answer=answers))["share"].isna().all()
    assert sentence(row).endswith("1 recorded, and nobody's no: an empty answer may be one, so no share is told.")


def test_a_viewer_sees_the_answers_of_their_own_operations(tmp_path: Path) -> None:
    asked = records(tmp_path, NOBODY, undated_answer=ANSWERS, viewer=Viewer("A", "surgeon", surgeon="S01"))
    assert undated(asked)[["undated", "happened", "asked"]].to_numpy().tolist() == [
        ["readmitted", 1, 2], ["reoperated", 0, 1],
    ]  # fmt: skip


def test_where_nobody_was_asked_there_is_no_row(tmp_path: Path) -> None:
    assert undated(records(tmp_path, NOBODY)).empty


def test_the_sentence_tells_the_time_the_share_and_who_was_not_asked(tmp_path: Path) -> None:
    yes = "\n".join(f"{at} | readmitted | 30 | {2 if at <= 12 else 1}" for at in range(1, 241))
    none = "\n".join(f"{at} | readmitted | | 0" for at in range(241, 301))
    answers = f"operation | undated | within_days | answer\n{yes}\n{none}"
    (row,) = undated(records(tmp_path, NOBODY, undated_answer=answers)).itertuples()
    assert sentence(row) == (
        "Readmitted within 30 days, as recorded without a day: 12 of 240 asked, 5.0 % (2.9 to 8.5); 60 not asked."
    )


OPERATIONS = """
    operation_id | patient_id | surgery_date | procedure | readmitted | readmitted_within_days | last_contact_date
    O1           | P1         | 2022-01-01   | tlif      | yes        | 30                     | 2022-06-01
    O2           | P1         | 2023-01-01   | tlif      | no         | 30                     | 2023-06-01
    O3           | P1         | 2024-01-01   | tlif      |            | 30                     | 2024-06-01
    O4           | P1         | 2024-05-20   | tlif      | yes        | 30                     | 2024-06-01
    O5           | P1         | 2021-01-01   | tlif      | yes        |                        | 2021-06-01
"""


def test_an_import_keeps_them_and_the_time_that_has_not_passed_counts_for_neither(tmp_path: Path) -> None:
    result = take(write(tmp_path / "in", operations=OPERATIONS), tmp_path / "store")
    (found,) = issues(result)
    assert (found.rule, found.line) == ("operation_readmitted_without_time", 6)
    assert "Fill in readmitted_within_days" in found.message
    assert rows(tmp_path / "store", "select within_days, answer from undated_answer order by operated") == [
        (None, 0), (30, 2), (30, 1), (None, 0), (30, 3),
    ]  # fmt: skip


def test_the_stated_time_may_be_a_constant_of_the_mapping(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "Case,Day,Back in 90 d\nC1,2022-01-01,1\nC2,2022-02-01,0\nC3,2023-02-01,\n", encoding="utf-8"
    )
    (tmp_path / "mapping.toml").write_text(
        """
        [columns]
        patient_id = "Case"
        surgery_date = "Day"
        procedure = { constant = "tlif" }
        reoperated = "Back in 90 d"
        reoperated_within_days = { constant = 90 }
        """,
        encoding="utf-8",
    )
    assert issues(take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "mapping.toml")) == []
    assert rows(tmp_path / "store", "select within_days, answer from undated_answer order by operated") == [
        (90, 2), (90, 1), (None, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("procedure", ["tlif", "laminectomy"])
def test_the_chosen_operations_alone_are_counted(tmp_path: Path, procedure: str) -> None:
    answers = ANSWERS.replace("S01     |", "S01     | tlif |").replace("S02     |", "S02     | laminectomy |")
    answers = answers.replace("surgeon |", "surgeon | procedure |")
    cohort = Cohort(chosen={"procedure": (procedure,)})
    found = undated(records(tmp_path, NOBODY, cohort=cohort, undated_answer=answers))
    assert found["asked"].tolist() == ([2, 1] if procedure == "tlif" else [1, 1])
