"""What each read counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.cohort import Cohort
from tests.queries.every_read import DUE, OPERATIONS, STARTS, SURGEON, SYMPTOMS
from tests.text_tables import assert_rows, records

OF_FACTORS = """
operation | outcome    | surgeon | operated   | state      | day | smoking | sex    | diabetes | anxiety | osteoporosis
1         | fbss       | S01     | 2024-01-01 | failed     | 30  | never   | female | yes      | no      | yes
2         | fbss       | S01     | 2024-01-10 | left       | 30  | never   | male   | no       | no      | no
3         | fbss       | S02     | 2024-02-01 | died       | 40  | current | female | no       | yes     | no
4         | fbss       | S02     | 2024-01-05 | failed     | 20  | former  | female | yes      | yes     | yes
5         | fbss       | S02     | 2024-01-05 | left       | 900 | former  | male   | yes      | no      | yes
1         | not_better | S01     | 2024-01-01 | failed     | 365 | never   | female | yes      | no      | yes
2         | not_better | S01     | 2024-01-10 | well       | 365 | never   | male   | no       | no      | no
3         | not_better | S02     | 2024-02-01 | died       | 40  | current | female | no       | yes     | no
4         | not_better | S02     | 2024-01-05 | unanswered | 365 | former  | female | yes      | yes     | yes
5         | not_better | S02     | 2024-01-05 | not due    | 365 | former  | male   | yes      | no      | yes
"""


def test_curve_counts_each_way_of_leaving_on_its_day(tmp_path: Path) -> None:
    frame = records(tmp_path, OPERATIONS).read("failure_curve", columns={"by": ()}, outcome="fbss")
    assert_rows(
        frame,
        """
        unit | day | failed | died | left_follow_up
        0    | 30  | 2      | 0    | 1
        0    | 40  | 0      | 1    | 0
        """,
    )


def test_curve_by_procedure_names_the_procedure(tmp_path: Path) -> None:
    frame = records(tmp_path, OPERATIONS).read("failure_curve", columns={"by": "procedure"}, outcome="fbss")
    assert_rows(
        frame,
        """
        unit            | day | failed | died | left_follow_up
        microdiscectomy | 30  | 2      | 0    | 0
        microdiscectomy | 40  | 0      | 1    | 0
        tlif            | 30  | 0      | 0    | 1
        """,
    )


def test_every_operation_counts_reoperations_too(tmp_path: Path) -> None:
    every = records(tmp_path, OPERATIONS, cohort=Cohort(every_operation=True))
    assert every.read("operations")["operations"].item() == 5
    assert every.read("operations")["patients"].item() == 4
    assert every.of(Cohort()).read("operations")["operations"].item() == 4


def test_a_patient_with_several_operations_is_one_whichever_of_them_are_chosen(tmp_path: Path) -> None:
    operations = """
    operation | patient | operated   | surgeon
    1         | 7       | 2023-01-01 | S01
    2         | 7       | 2024-02-01 | S02
    3         | 8       | 2024-03-01 | S01
    4         | 9       | 2023-04-01 | S01
    5         | 9       | 2024-05-01 | S01
    6         | 9       | 2024-06-01 | S02
    """
    every = records(tmp_path, operations)
    later, of_one = Cohort(operated_from=date(2024, 1, 1)), Cohort(chosen={"surgeon": ("S02",)})
    found = [every.of(chosen).read("operations")["patients"].item() for chosen in (Cohort(), later, of_one)]
    assert found == [3, 3, 2]


def test_landmark_keeps_unanswered_apart_from_not_yet_due(tmp_path: Path) -> None:
    every = records(tmp_path, OPERATIONS, cohort=Cohort(every_operation=True))
    assert_rows(
        every.read("landmark", columns={"by": ()}, outcome="not_better"),
        """
        unit | operations | failed | died | answered | due | not_due
        0    | 5          | 1      | 1    | 2        | 3   | 1
        """,
    )


def test_onset_counts_failures_within_the_days_asked_for(tmp_path: Path) -> None:
    every = records(tmp_path, OPERATIONS, cohort=Cohort(every_operation=True))
    frame = every.read("onset", columns={"by": ()}, outcome="fbss", within_days=899)
    assert_rows(frame, "unit | onset | operations\n0 | early_recovery | 2")


def test_a_symptom_that_comes_back_is_counted_once_at_its_first_onset(tmp_path: Path) -> None:
    frame = records(tmp_path, OPERATIONS, SYMPTOMS).read("symptoms", within_days=365)
    assert_rows(
        frame,
        """
        symptom | onset          | first_day | operations
        limp    | early_recovery | 5         | 1
        fever   | immediate      | 2         | 1
        fever   | early_recovery | 10        | 1
        fever   | months         | 100       | 1
        chills  | early_recovery | 11        | 1
        """,
    )


def test_factors_are_counted_band_by_band_and_not_recorded_is_one(tmp_path: Path) -> None:
    frame = records(tmp_path, OPERATIONS).read(
        "risk_factors",
        columns={"factors": ["smoking", "sex"]},
        outcome="fbss",
        within_days=35,
        due_from=date(2023, 1, 1),
    )
    assert_rows(
        frame,
        """
        grouping_bits | band | until_day | failed | died | left_follow_up | due_failed | lost | not_due
        1             | 1    | 30        | 1      | 0    | 0              | 0          | 0    | 1
        1             | 1    | 36        | 0      | 1    | 0              | 0          | 0    | 1
        1             | 3    | 30        | 1      | 0    | 1              | 0          | 0    | 2
        2             | 0    | 30        | 2      | 0    | 1              | 0          | 0    | 3
        2             | 0    | 36        | 0      | 1    | 0              | 0          | 0    | 1
        """,
    )


FIVE = ("smoking", "sex", "diabetes", "anxiety", "osteoporosis")


@pytest.mark.parametrize(
    ("read", "values"),
    [
        ("risk_factors", {"outcome": "fbss", "within_days": 35, "due_from": date(2024, 1, 15)}),
        ("risk_factors_landmark", {"outcome": "not_better"}),
        ("completeness", {"columns": {"by": "surgeon"}}),
    ],
)
def test_each_of_many_factors_is_counted_as_if_it_were_asked_alone(
    tmp_path: Path, read: str, values: dict[str, Any]
) -> None:
    every, columns = records(tmp_path, OF_FACTORS), values.get("columns", {})
    values = {name: value for name, value in values.items() if name != "columns"}
    together = every.read_codes(read, columns=columns | {"factors": FIVE}, **values)
    assert together["grouping_bits"].nunique() == len(FIVE)
    for place, factor in enumerate(reversed(FIVE)):
        own = together[together["grouping_bits"] == 2 ** len(FIVE) - 1 - 2**place].assign(grouping_bits=0)
        alone = every.read_codes(read, columns=columns | {"factors": [factor]}, **values)
        pd.testing.assert_frame_equal(own.reset_index(drop=True), alone)


def test_known_at_the_landmark_are_those_due_who_failed_or_were_followed_so_far(tmp_path: Path) -> None:
    operations = """
    operation | surgeon | state  | day | operated   | smoking
    1         | S01     | failed | 20  | 2024-01-15 | never
    2         | S01     | left   | 90  | 2024-01-15 | never
    3         | S01     | left   | 89  | 2024-01-15 | never
    4         | S01     | died   | 20  | 2024-01-15 | never
    5         | S01     | failed | 20  | 2024-12-01 | never
    6         | S02     | failed | 91  | 2024-01-15 | never
    7         | S02     | died   | 95  | 2024-01-16 | current
    """
    asked = records(tmp_path, operations)
    landmark: Any = {"outcome": "fbss", "within_days": 90, "due_from": date(2024, 10, 3)}
    frame = asked.read("case_mix", columns={"by": "surgeon"}, at_visit=False, **landmark)
    assert_rows(
        frame,
        """
        unit | profile | due | operations | failed
        S01  | 1       | 4   | 2          | 1
        S02  | 1       | 1   | 1          | 0
        S02  | 2       | 1   | 1          | 0
        """,
    )
    assert_rows(
        asked.read("trend", at_visit=False, **landmark),
        """
        operated   | operations | known | failed
        2024-01-15 | 5          | 3     | 1
        2024-01-16 | 1          | 1     | 0
        2024-12-01 | 1          | 0     | 0
        """,
    )
    assert_rows(
        asked.read("monitor", **landmark),
        """
        surgeon | family        | operated   | profile | operations | failed
        S01     | decompression | 2024-01-15 | 1       | 2          | 1
        S02     | decompression | 2024-01-15 | 1       | 1          | 0
        S02     | decompression | 2024-01-16 | 2       | 1          | 0
        """,
    )


def test_by_month_of_surgery_whoever_was_followed_beyond_the_landmark_ends_on_it(tmp_path: Path) -> None:
    operations = """
    operation | operated   | state  | day
    1         | 2024-01-15 | failed | 20
    2         | 2024-01-16 | failed | 91
    3         | 2024-01-17 | left   | 400
    4         | 2024-01-18 | died   | 90
    5         | 2024-12-01 | left   | 20
    """
    assert_rows(
        records(tmp_path, operations).read("failure_by_month", outcome="fbss", within_days=90),
        """
        month | day | failed | died | left_follow_up
        24288 | 20  | 1      | 0    | 0
        24288 | 90  | 0      | 1    | 2
        24299 | 20  | 0      | 0    | 1
        """,
    )


def test_operations_are_counted_by_month_of_surgery_whatever_became_of_them(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS)
    assert_rows(
        asked.read("operations_by_month"),
        """
        month | operations
        24288 | 1
        24289 | 1
        24290 | 1
        24291 | 1
        """,
    )
    own = replace(asked, viewer=SURGEON).read("operations_by_month")
    assert own["month"].tolist() == [24288, 24289]


def test_known_at_a_visit_are_those_who_answered(tmp_path: Path) -> None:
    every = records(tmp_path, OPERATIONS, cohort=Cohort(every_operation=True))
    visit: Any = {"outcome": "not_better", "within_days": 0, "due_from": DUE, "at_visit": True}
    frame = every.read("case_mix", columns={"by": ()}, **visit)
    assert (frame["operations"].sum(), frame["failed"].sum()) == (2, 1)
    assert every.read("trend", **visit)[["operations", "known", "failed"]].sum().tolist() == [5, 2, 1]


def test_a_profile_is_a_combination_of_procedure_and_adjusting_factors(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS)
    profiles = asked.read("profiles", columns={"adjusting": ["smoking"]})
    assert_rows(
        profiles,
        """
        profile | procedure       | smoking
        1       | microdiscectomy | never
        2       | microdiscectomy | current
        3       | tlif            | current
        """,
    )
    codes = asked.read_codes("profiles", columns={"adjusting": ["smoking"]})
    assert codes["smoking"].tolist() == [1, 3, 3]


def test_hazards_end_at_the_landmark_and_add_up_by_interval(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS)
    assert_rows(
        asked.read("hazards", outcome="fbss", within_days=35),
        """
        profile | until_day | failed | others
        1       | 30        | 1      | 0
        1       | 35        | 0      | 1
        2       | 30        | 1      | 0
        3       | 30        | 0      | 1
        """,
    )
    assert_rows(
        asked.read("hazards_by_interval", outcome="fbss", within_days=35, **STARTS),
        """
        profile | interval_number | operations | failed | days
        1       | 0               | 1          | 1      | 30
        1       | 1               | 1          | 0      | 35
        2       | 0               | 1          | 1      | 30
        3       | 0               | 1          | 0      | 30
        """,
    )


def test_lost_is_told_from_not_yet_due_by_the_day_of_surgery(tmp_path: Path) -> None:
    operations = """
    operation | surgeon | state  | day | operated
    1         | S01     | left   | 50  | 2024-01-15
    2         | S01     | left   | 50  | 2024-12-01
    3         | S01     | left   | 90  | 2024-01-15
    4         | S01     | failed | 20  | 2024-12-01
    5         | S01     | died   | 20  | 2024-12-01
    6         | S01     | failed | 90  | 2024-01-15
    7         | S01     | failed | 91  | 2024-01-15
    8         | S01     | died   | 20  | 2024-01-15
    """
    asked = records(tmp_path, operations)
    frame = asked.read("lost", columns={"by": "surgeon"}, outcome="fbss", within_days=90, due_from=date(2024, 10, 3))
    assert_rows(frame, "unit | due | due_failed | lost | not_due\nS01 | 5 | 1 | 1 | 3")


def test_red_flags_without_contact_come_first(tmp_path: Path) -> None:
    frame = records(tmp_path, OPERATIONS, SYMPTOMS).listing("red_flags", within_days=90)
    assert_rows(
        frame,
        """
        operation | symptom | contacted | days_ago
        4         | fever   | False     | 1
        4         | limp    | False     | 3
        4         | fever   | False     | 5
        1         | chills  | False     | 19
        1         | fever   | True      | 20
        """,
    )


@pytest.mark.parametrize(
    ("cohort", "operations"),
    [
        (Cohort(operated_from=date(2024, 2, 10), operated_to=date(2024, 3, 10)), 2),
        (Cohort(chosen={"procedure": ("tlif",)}), 1),
        (Cohort(chosen={"surgeon": ("S01",), "site": ("South",)}), 0),
        (Cohort(chosen={"procedure": ("tlif", "microdiscectomy")}), 4),
        (Cohort(chosen={"sex": ("not recorded",)}), 4),
        (Cohort(chosen={"family": ("fusion",)}), 1),
        (Cohort(chosen={"family": ("fusion",), "procedure": ("microdiscectomy",)}), 0),
        (Cohort(chosen={"levels": ("two",)}), 0),
    ],
)
def test_each_filter_narrows_the_cohort(tmp_path: Path, cohort: Cohort, operations: int) -> None:
    chosen = records(tmp_path, OPERATIONS, cohort=cohort)
    assert chosen.read("operations")["operations"].item() == operations
