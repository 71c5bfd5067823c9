"""The red-flag queue: whom to call first, what some mean together, and a contact that outlives an import."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.contacts import contact_subject, contacts, mark_contacted
from dashboard.analyses.red_flags import (
    MARKED,
    NONE,
    RECORDED,
    TRIAGE,
    fulfils,
    queue,
    red_flag_list,
    red_flags_answer,
    red_flags_table,
)
from dashboard.analyses.verdicts.flags import flags_verdict
from dashboard.definitions import load
from dashboard.engines.notebook import Notebook
from dashboard.errors import NotAllowed, WrongUsage
from dashboard.records import Records
from tests.text_tables import assert_rows, records

FOUR = """
operation | patient | operated
1         | 11      | 2024-11-01
2         | 12      | 2024-11-01
3         | 13      | 2024-11-01
4         | 14      | 2024-01-01
"""
FLAGS = """
operation | patient | symptom         | operated   | day | days_ago | contacted | severity | course
1         | 11      | severe_pain     | 2024-11-01 | 20  | 41       | yes       | 8        | new
2         | 12      | fever           | 2024-11-01 | 31  | 30       | no        |          | new
2         | 12      | wound_discharge | 2024-11-01 | 41  | 20       | yes       | 4        | new
3         | 13      | nausea          | 2024-11-01 | 51  | 10       | no        | 2        | new
4         | 14      | saddle_numbness | 2024-01-01 | 270 | 96       | no        | 6        | new
4         | 14      | bladder_bowel_change | 2024-01-01 | 280 | 86  | no        | 6        | new
"""
OF_NAUSEA = contact_subject(13, date(2024, 11, 1), "nausea", date(2024, 12, 22))


@pytest.fixture
def asked(tmp_path: Path) -> Records:
    return replace(records(tmp_path / "data", FOUR, FLAGS), notebook=Notebook(tmp_path))


def test_those_without_contact_come_first_and_of_them_what_means_more_together(asked: Records) -> None:
    assert_rows(
        queue(asked).rows,
        """
        operation | symptom              | contact  | days_ago | days_since_surgery | began
        4         | bladder_bowel_change | none     | 86       | 366                | 2024-10-07
        2         | fever                | none     | 30       | 61                 | 2024-12-02
        3         | nausea               | none     | 10       | 61                 | 2024-12-22
        2         | wound_discharge      | recorded | 20       | 61                 | 2024-12-12
        1         | severe_pain          | recorded | 41       | 61                 | 2024-11-21
        """,
    )


WAITING = """
operation | patient | symptom         | operated   | day | days_ago | contacted | resolved
1         | 11      | severe_pain     | 2024-11-01 | 20  | 41       | no        | 1
2         | 12      | nausea          | 2024-11-01 | 51  | 10       | no        | 0
3         | 13      | nausea          | 2024-11-01 | 31  | 30       | no        | 0
4         | 14      | fever           | 2024-11-01 | 31  | 30       | no        | 1
4         | 14      | wound_discharge | 2024-11-01 | 32  | 29       | yes       | 1
"""


def test_of_equals_the_longest_wait_is_first_and_what_is_resolved_behind_unless_it_means_more(tmp_path: Path) -> None:
    found = queue(records(tmp_path, FOUR, WAITING))
    assert list(found.rows["operation"]) == [4, 3, 2, 1, 4]
    assert (found.operations, found.uncontacted, found.unresolved, found.longest) == (4, 4, 2, 41)


def test_a_combination_that_nobody_has_is_counted_as_none(asked: Records, tmp_path: Path) -> None:
    assert [(one.name, n) for one, n in queue(asked).together.items()] == [("infection", 1), ("cauda_equina", 1)]
    nobody = queue(records(tmp_path / "nobody", FOUR))
    assert [(one.name, n) for one, n in nobody.together.items()] == [("infection", 0), ("cauda_equina", 0)]
    assert (nobody.unresolved, nobody.longest) == (0, None)


def test_a_combination_is_named_also_where_one_of_its_signs_is_older_than_the_queue(asked: Records) -> None:
    answer = queue(asked)
    assert [(one.combination.name, one.signs, one.days_ago, one.uncontacted) for one in answer.combined] == [
        ("infection", ("Fever", "Wound discharge"), 20, True),
        ("cauda_equina", ("Saddle numbness", "Bladder bowel change"), 86, True),
    ]
    points = dict(zip(answer.rows["symptom"], answer.rows["points_to"], strict=True))
    assert (
        points["fever"] == points["wound_discharge"] == "points to an infection of the wound or the spine: act at once"
    )
    assert points["nausea"] == points["severe_pain"] == ""
    assert (answer.operations, answer.uncontacted) == (4, 3)


PAIN = """
operation | patient | symptom                 | operated   | day | days_ago | red_flag | pain
1         | 11      | loss_of_sexual_function | 2024-11-01 | 41  | 20       | yes      | no
1         | 11      | shooting_leg_pain       | 2024-11-01 | 31  | 30       | no       | yes
1         | 11      | severe_pain             | 2024-11-01 | 41  | 20       | yes      | no
1         | 11      | localized_back_pain     | 2024-11-01 | 1   | 60       | no       | yes
2         | 12      | bilateral_leg_symptoms  | 2024-11-01 | 41  | 20       | yes      | no
3         | 13      | shooting_leg_pain       | 2024-11-01 | 41  | 20       | no       | yes
"""


def test_pain_is_shown_beside_a_sign_where_it_was_recorded_and_never_asked_for(tmp_path: Path) -> None:
    answer = queue(records(tmp_path, FOUR, PAIN))
    assert [(one.operation, one.signs, one.beside) for one in answer.combined] == [
        (1, ("Loss of sexual function",), ("Shooting leg pain", "Severe pain")),
        (2, ("Bilateral leg symptoms",), ()),
    ]
    assert sorted(answer.rows["symptom"]) == ["bilateral_leg_symptoms", "loss_of_sexual_function", "severe_pain"]
    assert set(red_flag_list(records(tmp_path / "list", FOUR, PAIN))["operation"]) == {1, 2}


def test_signs_far_apart_in_time_are_no_combination(tmp_path: Path) -> None:
    apart = FLAGS.replace("| 31  | 30       | no", "| 10  | 51       | no")
    names = [one.combination.name for one in queue(records(tmp_path, FOUR, apart)).combined]
    assert names == ["cauda_equina"]


@pytest.mark.parametrize(
    ("symptoms", "named"),
    [
        ({"fever", "severe_pain"}, {"infection"}),
        ({"chills", "wound_discharge"}, {"infection"}),
        ({"fever", "chills"}, set()),
        ({"severe_pain", "wound_discharge"}, set()),
        ({"saddle_numbness"}, {"cauda_equina"}),
        ({"bladder_bowel_change"}, {"cauda_equina"}),
        ({"loss_of_sexual_function"}, {"cauda_equina"}),
        ({"bilateral_leg_symptoms"}, {"cauda_equina"}),
        ({"progressive_weakness", "severe_pain"}, set()),
        ({"saddle_numbness", "progressive_weakness", "fever", "severe_pain"}, {"infection", "cauda_equina"}),
    ],
)
def test_what_signs_point_to(symptoms: set[str], named: set[str]) -> None:
    assert {one.name for one in load().red_flag_combinations if fulfils(one, sorted(symptoms))} == named


def test_a_mark_says_who_when_and_what_and_puts_the_row_behind(asked: Records) -> None:
    mark_contacted(asked, OF_NAUSEA, "Phoned: well since Monday.")
    rows = queue(asked).rows.set_index("symptom")
    marked = rows.loc["nausea"]
    assert (marked["contact"], marked["note"], marked["who"]) == (
        MARKED, "Phoned: well since Monday.", "operator of this machine"
    )  # fmt: skip
    assert list(rows["contact"]) == [NONE, NONE, RECORDED, RECORDED, MARKED]
    assert queue(asked).uncontacted == 2


def test_a_mark_outlives_an_import_that_numbers_operations_anew(asked: Records, tmp_path: Path) -> None:
    mark_contacted(asked, OF_NAUSEA, "Phoned.")
    renumbered = FLAGS.replace("\n3         | 13", "\n1         | 13").replace("\n1         | 11", "\n3         | 11")
    later = replace(records(tmp_path / "later", FOUR, renumbered), notebook=asked.notebook)
    rows = queue(later).rows.set_index("symptom")
    assert (rows.at["nausea", "operation"], rows.at["nausea", "contact"]) == (1, MARKED)


def test_of_several_marks_the_last_one_stands(asked: Records) -> None:
    mark_contacted(asked, OF_NAUSEA, "No answer.")
    mark_contacted(asked, OF_NAUSEA, "Reached.")
    assert contacts(asked)[OF_NAUSEA].text == "Reached."
    with pytest.raises(WrongUsage, match="Write a few words"):
        mark_contacted(asked, OF_NAUSEA, " ")


def test_counts_by_sign_take_a_mark_as_a_contact(asked: Records) -> None:
    mark_contacted(asked, OF_NAUSEA, "Phoned.")
    assert_rows(
        red_flags_table(asked),
        """
        symptom              | label                | operations | contacted | uncontacted | latest_days_ago
        fever                | Fever                | 1          | 0         | 1           | 30
        nausea               | Nausea               | 1          | 1         | 0           | 10
        severe_pain          | Severe pain          | 1          | 1         | 0           | 41
        bladder_bowel_change | Bladder bowel change | 1          | 0         | 1           | 86
        wound_discharge      | Wound discharge      | 1          | 1         | 0           | 20
        """,
    )


def test_who_sees_no_patients_is_told_of_none_who_waits_and_marks_nobody(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, FLAGS, viewer=Viewer("Manager", "manager"))
    for ask in (queue, red_flags_table, flags_verdict):
        with pytest.raises(NotAllowed):
            ask(asked)
    with pytest.raises(NotAllowed):
        mark_contacted(asked, OF_NAUSEA, "Phoned.")


BESIDE = """
operation | patient | symptom             | operated   | day | days_ago | red_flag | pain | severity | contacted | contacted_after
1         | 11      | fever               | 2024-11-01 | 31  | 30       | yes      | no   |          | no        |
1         | 11      | localized_back_pain | 2024-11-01 | 38  | 23       | no       | yes  | 8        | no        |
1         | 11      | muscle_weakness     | 2024-11-01 | 23  | 38       | no       | no   | 9        | no        |
2         | 12      | nausea              | 2024-11-01 | 20  | 41       | yes      | no   | 3        | yes       | 2
2         | 12      | limp                | 2024-11-01 | 21  | 40       | no       | no   | 3        | no        |
3         | 13      | fever               | 2024-11-01 | 20  | 41       | yes      | no   |          | no        |
"""  # noqa: E501 (a table is read across)


def test_beside_a_red_flag_stands_the_worst_of_the_same_days_and_when_somebody_was_contacted(tmp_path: Path) -> None:
    asked = replace(records(tmp_path, FOUR, BESIDE), notebook=Notebook(tmp_path))
    assert_rows(
        queue(asked).rows,
        """
        operation | symptom | day | days_since_surgery | worst               | worst_severity | contacted_on | contacted_after
        3         | fever   | 20  | 61                 |                     |                |              |
        1         | fever   | 31  | 61                 | Localized back pain | 8              |              |
        2         | nausea  | 20  | 61                 | Nausea              | 3              | 2024-11-23   | 2
        """,  # noqa: E501
    )
    subject = contact_subject(13, date(2024, 11, 1), "fever", date(2024, 11, 21))
    mark_contacted(asked, subject, "Phoned.")
    marked: Any = queue(asked).rows.set_index("operation").loc[3]
    assert (marked["contact"], marked["who"]) == (MARKED, OPERATOR.name)
    assert marked["contacted_after"] == (marked["contacted_on"] - date(2024, 11, 21)).days


def test_the_command_lists_what_triage_needs_or_counts_by_sign(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, BESIDE)
    assert list(red_flags_answer(asked, None)) == list(red_flags_answer(asked, "patient")) == list(TRIAGE.values())
    assert red_flags_answer(asked, "symptom").equals(red_flags_table(asked))
    with pytest.raises(WrongUsage, match="by patient"):
        red_flags_answer(asked, "surgeon")


def test_an_empty_queue_is_empty(tmp_path: Path) -> None:
    answer = queue(records(tmp_path, FOUR))
    assert (len(answer.rows), answer.combined, answer.operations, answer.uncontacted) == (0, (), 0, 0)
    assert red_flags_table(records(tmp_path / "table", FOUR)).empty
