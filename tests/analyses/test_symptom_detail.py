"""Symptoms in detail: course, severity, what resolved, what comes together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dashboard.analyses.symptom_detail import symptom_detail
from dashboard.definitions import load
from dashboard.records import Records
from tests.text_tables import records

SYMPTOMS = """
operation | symptom | day | course       | severity | resolved | treated
1         | limp    | 10  | new          | 2        | 1        | yes
1         | limp    | 20  | worsened     | 7        | 0        | yes
2         | limp    | 30  | not recorded |          | 1        | no
2         | fever   | 30  | persistent   | 10       | 0        | no
3         | limp    | 900 | new          | 4        | 0        | no
"""
PAIRS = """
operation | symptom | other_symptom
2         | limp    | fever
3         | limp    | fever
3         | limp    | chills
"""


def test_each_symptom_is_counted_by_course_severity_and_end(tmp_path: Path) -> None:
    asked = records(tmp_path, "operation\n1\n2\n3", SYMPTOMS, symptom_pair=PAIRS)
    rows: Any = symptom_detail(asked, 365).rows.set_index("symptom")
    limp = rows.loc["limp"]
    assert limp[["symptoms", "new", "worsened", "persistent", "not recorded"]].tolist() == [3, 1, 1, 0, 1]
    assert limp[["mild", "moderate", "severe", "severity_not_recorded", "median"]].tolist() == [1, 0, 1, 1, 2]
    assert limp[["treated", "treated_resolved", "untreated", "untreated_resolved"]].tolist() == [2, 1, 1, 1]
    assert limp[["resolved", "share"]].tolist() == [2, 2 / 3]
    assert rows.loc["fever", "severe"] == 1
    assert rows.loc["nausea", "symptoms"] == 0


def test_pairs_stand_the_most_frequent_first(tmp_path: Path) -> None:
    pairs = symptom_detail(records(tmp_path, "operation\n1\n2\n3", SYMPTOMS, symptom_pair=PAIRS)).pairs
    assert pairs[["symptom", "other", "operations"]].to_numpy().tolist() == [
        ["limp", "fever", 2],
        ["limp", "chills", 1],
    ]


def test_operations_that_had_a_symptom_are_counted_whenever_it_came(tmp_path: Path) -> None:
    had = symptom_detail(records(tmp_path, "operation\n1\n2\n3", SYMPTOMS, symptom_pair=PAIRS), 365).had
    assert had.to_dict() == {"Limp": 3, "Fever": 1}


def test_every_symptom_of_the_vocabulary_is_a_row_and_those_that_the_sample_draws_occur(sample: Records) -> None:
    rows = symptom_detail(sample).rows
    assert rows["symptom"].tolist() == list(load().vocabularies["symptom"])
    assert set(rows["symptom"][rows["symptoms"] == 0]) == {"loss_of_sexual_function", "bilateral_leg_symptoms"}
    assert (rows["treated"] + rows["untreated"] == rows["symptoms"]).all()
