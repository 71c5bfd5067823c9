"""From the first symptom to the finding: what the mart makes of records and what the read counts, by hand."""

from __future__ import annotations

from pathlib import Path

from dashboard.cohort import Cohort
from tests.importing.written import rows
from tests.queries.every_read import CARE, OPERATIONS
from tests.queries.test_marts import one_each, practice
from tests.text_tables import assert_rows, records

LEFT, FOUND, DIED = 0, 1, 2


def test_the_wait_runs_from_the_first_symptom_to_the_first_finding_after_surgery(tmp_path: Path) -> None:
    """Surgery on 1 January 2024 and followed to 31 December, day 365; 31 January is day 30."""
    store = practice(
        tmp_path,
        one_each(10),
        {"P6": "2024-03-31", "P7": "2024-03-31"},
        symptoms="""operation_id | onset_date | symptom | course | resolved_date
                    O1 | 2024-02-10 | limp     |            |
                    O1 | 2024-01-31 | tingling |            | 2024-02-20
                    O2 | 2024-01-31 | limp     |            | 2024-02-20
                    O3 | 2024-01-31 | limp     |            |
                    O4 | 2024-01-31 | limp     |            |
                    O5 | 2024-01-31 | limp     | persistent |
                    O6 | 2024-01-31 | limp     |            |
                    O7 | 2024-01-31 | limp     |            |
                    O8 |            | limp     |            |
                    O9 | 2024-01-31 | limp     |            |""",
        diagnoses="""operation_id | diagnosis_date | cause | code
                    O1 | 2024-04-30 | infection   |
                    O1 | 2024-03-01 | scar_tissue |
                    O3 | 2024-01-31 | infection   |
                    O4 | 2024-01-21 | infection   |
                    O5 | 2024-02-20 |             | M96.1
                    O6 | 2024-03-01 | infection   |
                    O7 | 2024-04-30 | infection   |
                    O8 | 2024-04-30 | infection   |
                    O9 | 2023-12-01 | infection   |
                    O9 | 2024-03-01 |             | M54.5
                    O10 | 2024-04-30 | infection  |""",
    )
    found = rows(
        store,
        "select operation_id, onset.name, state, day, resolved from diagnosis_delay join operation using (operation)"
        " join code as onset on onset.dimension = 'onset' and onset.code = onset order by operation",
    )
    assert found == [
        # the first finding, of whatever cause; from the first of two symptoms
        ("O1", "early_recovery", FOUND, 30, False),
        # no finding: to the last contact
        ("O2", "early_recovery", LEFT, 335, True),
        # on the same day, and before the symptom: nobody waited
        ("O3", "early_recovery", FOUND, 0, False),
        ("O4", "early_recovery", FOUND, 0, False),
        # the code alone is a finding
        ("O5", "persistent", FOUND, 20, False),
        # death after the finding, and before it
        ("O6", "early_recovery", FOUND, 30, False),
        ("O7", "early_recovery", DIED, 60, False),
        # a finding before surgery, and a code that says nothing of failure, find none of it
        ("O9", "early_recovery", LEFT, 335, False),
    ]


def test_a_finding_without_a_symptom_whose_day_is_known_has_no_wait(tmp_path: Path) -> None:
    """A symptom without a day is left out by the import; there is no beginning to count from."""
    store = practice(
        tmp_path,
        one_each(2),
        symptoms="operation_id | onset_date | symptom\nO1 | | limp",
        diagnoses="operation_id | diagnosis_date | cause\nO1 | 2024-04-30 | infection\nO2 | 2024-04-30 | infection",
    )
    assert rows(store, "select count(*) from diagnosis_delay") == [(0,)]


def test_visits_lie_between_from_the_symptom_to_the_day_before_the_finding_or_the_end(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(2),
        symptoms="operation_id | onset_date | symptom\nO1 | 2024-02-10 | limp\nO2 | 2024-02-10 | limp",
        diagnoses="operation_id | diagnosis_date | cause\nO1 | 2024-04-30 | infection",
        follow_ups="""operation_id | visit_date | odi
                      O1 | 2024-02-09 | 20
                      O1 | 2024-02-10 | 20
                      O1 | 2024-03-10 | 20
                      O1 | 2024-04-30 | 20
                      O1 | 2024-06-30 | 20
                      O2 | 2024-06-30 | 20""",
    )
    found = rows(store, "select operation_id, visits from diagnosis_delay join operation using (operation)")
    assert sorted(found) == [("O1", 2), ("O2", 1)]


def test_the_wait_is_counted_by_group_day_and_visits(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, cohort=Cohort(every_operation=True), **CARE)
    assert_rows(
        asked.read("diagnosis_delay", columns={"by": "onset"}),
        """
        unit           | day | visits | failed | died | left_follow_up | resolved
        early_recovery | 38  | 1      | 1      | 0    | 1              | 1
        months         | 38  | 1      | 0      | 0    | 1              | 0
        months         | 50  | 0      | 0      | 1    | 0              | 0
        late           | 0   | 0      | 1      | 0    | 0              | 0
        """,
    )


def test_answers_are_counted_as_given_before_surgery_and_at_visits_that_are_due(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, cohort=Cohort(every_operation=True), **CARE)
    assert_rows(
        asked.read("trajectories", columns={"by": (), "measure": "odi", "before": "odi_before"}),
        """
        visit        | answer | answers
        not recorded | 50     | 1
        3            | 53     | 1
        12           | 20     | 1
        """,
    )


def test_an_answer_stands_as_given_beside_the_last_reading_before_surgery(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(1, "2024-01-01", "2025-12-31"),
        follow_ups="""operation_id | visit_date | odi | back_pain | leg_pain | eq5d_index
                      O1 | 2023-12-01 | 40 | 6 | 7 | 0.5
                      O1 | 2024-12-31 | 20 | 3 |   | 0.8""",
    )
    found = rows(
        store,
        "select odi_before, back_pain_before, leg_pain_before, eq5d_index_before, odi, back_pain, leg_pain, eq5d_index"
        " from visit_state join code on code.dimension = 'visit' and code.code = visit where name = '12'",
    )
    assert [[None if value is None else float(value) for value in row] for row in found] == [
        [40, 6, 7, 0.5, 20, 3, None, 0.8]
    ]
