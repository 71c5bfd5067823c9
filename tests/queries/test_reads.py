"""What each read counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.access import Viewer
from dashboard.cohort import Cohort
from tests.text_tables import assert_rows, records

OPERATIONS = """
operation | patient | procedure       | surgeon | site  | operated   | index | state  | day | onset          | smoking | outcome
1         | 1       | microdiscectomy | S01     | North | 2024-01-10 | yes   | failed | 30  | early_recovery | current | fbss
2         | 2       | microdiscectomy | S01     | North | 2024-02-10 | yes   | failed | 30  | early_recovery | never   | fbss
3         | 3       | microdiscectomy | S02     | South | 2024-03-10 | yes   | died   | 40  | not recorded   | never   | fbss
4         | 4       | tlif            | S02     | South | 2024-04-10 | yes   | left   | 30  | not recorded   | current | fbss
5         | 1       | tlif            | S02     | South | 2024-05-10 | no    | failed | 900 | late           | current | fbss
1         | 1       | microdiscectomy | S01     | North | 2024-01-10 | yes   | failed | 360 | not recorded   | current | not_better
2         | 2       | microdiscectomy | S01     | North | 2024-02-10 | yes   | well   | 360 | not recorded   | never   | not_better
3         | 3       | microdiscectomy | S02     | South | 2024-03-10 | yes   | died   | 40  | not recorded   | never   | not_better
4         | 4       | tlif            | S02     | South | 2024-04-10 | yes   | unanswered | 360 | not recorded | current | not_better
5         | 1       | tlif            | S02     | South | 2024-05-10 | no    | not due | 360 | not recorded  | current | not_better
"""  # noqa: E501 (a table is read across)
SYMPTOMS = """
operation | surgeon | site  | index | symptom | day | onset          | red_flag | contacted | days_ago
1         | S01     | North | yes   | fever   | 10  | early_recovery | yes      | yes       | 20
1         | S01     | North | yes   | chills  | 11  | early_recovery | yes      | no        | 19
2         | S01     | North | yes   | fever   | 100 | months         | yes      | no        | 91
4         | S02     | South | yes   | fever   | 2   | immediate      | yes      | no        | 5
4         | S02     | South | yes   | fever   | 50  | weeks          | yes      | no        | 1
4         | S02     | South | yes   | limp    | 5   | early_recovery | no       | no        | 3
"""

CARE: Any = {
    "finding_event": """
        operation | surgeon | site  | cause           | main | day
        1         | S01     | North | infection       | yes  | 40
        1         | S01     | North | scar_tissue     | no   | 90
        5         | S02     | South | scar_tissue     | yes  | 900
        """,
    "diagnosis_delay": """
        operation | surgeon | site  | cause           | onset          | state | day | visits | resolved
        1         | S01     | North | infection       | early_recovery | 1     | 38  | 1      | no
        2         | S01     | North | not recorded    | early_recovery | 0     | 38  | 1      | yes
        3         | S02     | South | not recorded    | months         | 2     | 50  | 0      | no
        4         | S02     | South | not recorded    | months         | 0     | 38  | 1      | no
        5         | S02     | South | scar_tissue     | late           | 1     | 0   | 0      | no
        """,
    "treatment_event": """
        operation | surgeon | site  | treatment        | step         | attempt | treatment_outcome | day
        1         | S01     | North | revision_surgery | surgery      | 1       | unchanged         | 5
        1         | S01     | North | urgent_revision  | surgery      | 2       | improved          | 25
        5         | S02     | South | exercise         | conservative | 1       | worse             | 7
        """,
    "care_path": """
        operation | surgeon | site  | cause       | path | treatment_outcome
        1         | S01     | North | infection   | 1    | improved
        2         | S01     | North | infection   | 0    | not recorded
        5         | S02     | South | scar_tissue | 2    | worse
        """,
    "undated_answer": """
        operation | surgeon | site  | undated    | within_days | answer
        1         | S01     | North | readmitted | 30          | 2
        2         | S01     | North | readmitted | 30          | 1
        3         | S01     | North | readmitted |             | 0
        4         | S02     | South | readmitted | 90          | 2
        5         | S02     | South | reoperated | 365         | 3
        """,
    "symptom_pair": """
        operation | surgeon | site  | symptom | other_symptom
        1         | S01     | North | fever   | chills
        4         | S02     | South | limp    | fever
        """,
    "visit_state": """
        operation | surgeon | site  | visit | state | odi_before | odi_change | days_since_surgery | odi
        1         | S01     | North | 12    | 1     | 40         | 20         | 700                | 20
        2         | S01     | North | 12    | 3     |            |            | 500                |
        3         | S02     | South | 12    | 5     |            |            | 400                |
        4         | S02     | South | 3     | 1     | 50         | -3         | 300                | 53
        """,
}
"""Rows of the other marts, by the mart's name."""

SURGEON = Viewer("Dr One", "surgeon", surgeon="S01", sees_patients=True)
DUE = date(2024, 6, 1)
STARTS: Any = {"start_1": 31, "start_2": 91, "start_3": 181, "start_4": 366, "start_5": 731}
READS: dict[str, dict[str, Any]] = {
    "failure_curve": {"columns": {"by": "surgeon"}, "outcome": "fbss"},
    "landmark": {"columns": {"by": "surgeon"}, "outcome": "not_better"},
    "onset": {"columns": {"by": "surgeon"}, "outcome": "fbss", "within_days": 1000},
    "symptoms": {"within_days": 1000},
    "risk_factors": {
        "columns": {"factors": ["smoking", "sex"]},
        "outcome": "fbss",
        "within_days": 730,
        "due_from": DUE,
    },
    "lost": {"columns": {"by": "surgeon"}, "outcome": "fbss", "within_days": 730, "due_from": DUE},
    "risk_factors_landmark": {"columns": {"factors": ["smoking", "sex"]}, "outcome": "not_better"},
    "red_flags_count": {"within_days": 90},
    **{name: {} for name in ("operations", "units")},
    "noted_operation": {"noted_patient": 1, "noted_day": date(2024, 1, 1)},
    "case_mix": {
        "columns": {"by": "surgeon"},
        "outcome": "fbss",
        "within_days": 30,
        "due_from": DUE,
        "at_visit": False,
    },
    "hazards": {"outcome": "fbss", "within_days": 730},
    "hazards_by_interval": {"outcome": "fbss", "within_days": 730, **STARTS},
    "failure_by_month": {"outcome": "fbss", "within_days": 30},
    "trend": {"outcome": "fbss", "within_days": 30, "due_from": DUE, "at_visit": False},
    "monitor": {"outcome": "fbss", "within_days": 30, "due_from": DUE},
    "causes": {"columns": {"by": "surgeon"}, "outcome": "fbss"},
    "findings": {"columns": {"by": "surgeon"}},
    "diagnosis_delay": {"columns": {"by": "surgeon"}},
    "trajectories": {"columns": {"by": "surgeon", "measure": "odi", "before": "odi_before"}},
    "treatments": {},
    "steps": {},
    "first_treatments": {},
    "care_paths": {},
    "symptom_detail": {"within_days": 1000},
    "symptom_pairs": {},
    "overlap": {"outcomes": [1, 4], "at_visit": [4], "within_days": 730},
    "proms": {"columns": {"by": "surgeon", "measure": "odi_change"}},
    "follow_up": {"columns": {"by": "surgeon"}},
    "unreadable": {},
    "undated": {},
    "completeness": {"columns": {"factors": ["smoking", "sex"]}},
    "modifiable": {"outcome": "fbss", "within_days": 730, "since": date(2024, 3, 1)},
}
LISTED: dict[str, dict[str, Any]] = {
    "operations_list": {"outcome": "fbss", "states": None, "causes": None},
    "red_flags": {"within_days": 90},
    "overdue_visits": {},
}


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
        unit | profile | operations | failed
        S01  | 1       | 2          | 1
        S02  | 1       | 1          | 0
        S02  | 2       | 1          | 0
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


def test_an_operation_with_two_red_flags_is_one_operation_in_the_total(tmp_path: Path) -> None:
    frame = records(tmp_path, OPERATIONS, SYMPTOMS).read("red_flags_count", within_days=90)
    assert_rows(
        frame,
        """
        symptom | operations | uncontacted | latest_days_ago
        fever   | 2          | 1           | 1
        chills  | 1          | 1           | 19
                | 2          | 2           | 1
        """,
    )


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
