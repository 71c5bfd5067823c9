"""Findings, care, symptoms, visits: what the marts make of records, and what the reads count of them, by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dashboard.cohort import Cohort
from tests.importing.written import rows
from tests.queries.every_read import CARE, OPERATIONS, SYMPTOMS
from tests.queries.test_marts import one_each, practice
from tests.text_tables import assert_rows, records

EVERY = Cohort(every_operation=True)
CAUSES = """operation_id | diagnosis_date | cause | is_primary | code
            O1 | 2024-04-10 | infection   |      |
            O1 | 2024-05-10 | scar_tissue | true |
            O1 | 2024-06-10 | scar_tissue |      |
            O2 | 2024-04-11 | instability |      |
            O2 | 2024-04-10 | infection   |      |
            O3 | 2024-04-10 |             |      | m96.1
            O4 | 2024-04-10 |             |      | X99"""
TREATED = """operation_id | start_date | treatment | outcome | outcome_date
             O1 | 2024-05-01 | exercise         | unchanged | 2024-06-01
             O1 | 2024-05-20 | epidural_injection |         |
             O1 | 2024-07-01 | revision_surgery | unchanged | 2024-08-01
             O1 | 2024-09-01 | urgent_revision  | improved  | 2024-10-01
             O1 | 2024-06-01 | medication       | worse     | 2024-07-01
             O2 | 2024-02-01 | exercise         | improved  | 2024-03-01"""


def test_the_main_cause_is_the_first_primary_else_the_first_found(tmp_path: Path) -> None:
    store = practice(tmp_path, one_each(4), diagnoses=CAUSES)
    found = rows(
        store,
        "select operation_id, name, main, day from finding_event join operation using (operation) join code"
        " on dimension = 'cause' and code = cause order by operation_id, name",
    )
    assert found == [
        ("O1", "infection", False, 100),
        ("O1", "scar_tissue", True, 130),
        ("O2", "infection", True, 100),
        ("O2", "instability", False, 101),
        ("O3", "undetermined", True, 100),
    ]


def test_every_outcome_of_an_operation_knows_its_main_cause(tmp_path: Path) -> None:
    store = practice(tmp_path, one_each(4), diagnoses=CAUSES)
    found = rows(
        store,
        "select distinct operation_id, name from operation_outcome join operation using (operation) join code"
        " on dimension = 'cause' and code = cause order by operation_id",
    )
    assert found == [("O1", "scar_tissue"), ("O2", "infection"), ("O3", "undetermined"), ("O4", "not recorded")]


def test_treatments_are_numbered_within_their_step_and_dated_from_the_failure(tmp_path: Path) -> None:
    store = practice(tmp_path, one_each(4), diagnoses=CAUSES, treatments=TREATED)
    found = rows(
        store,
        "select operation_id, t.name, s.name, attempt, day from treatment_event join operation using (operation)"
        " join code t on t.dimension = 'treatment' and t.code = treatment"
        " join code s on s.dimension = 'step' and s.code = step order by operation_id, s.name, attempt",
    )
    assert found == [
        ("O1", "exercise", "conservative", 1, 21),
        ("O1", "medication", "conservative", 2, 52),
        ("O1", "epidural_injection", "interventional", 1, 40),
        ("O1", "revision_surgery", "surgery", 1, 82),
        ("O1", "urgent_revision", "surgery", 2, 144),
        # before its failure was found: no answer to it
        ("O2", "exercise", "conservative", 1, None),
    ]


def test_a_path_is_the_steps_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    store = practice(tmp_path, one_each(4), diagnoses=CAUSES, treatments=TREATED)
    found = rows(
        store,
        "select operation_id, path, name from care_path join operation using (operation) join code"
        " on dimension = 'treatment_outcome' and code = treatment_outcome order by operation_id",
    )
    # the steps' codes: conservative 1, interventional 2, neuromodulation 3, surgery 4
    assert found == [("O1", 124, "improved"), ("O2", 1, "improved"), ("O3", 0, "not recorded")]


def test_a_symptom_is_treated_if_a_treatment_began_while_it_lasted(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(3),
        symptoms="""operation_id | onset_date | symptom | resolved_date
                    O1 | 2024-04-30 | limp     | 2024-05-10
                    O1 | 2024-04-01 | tingling | 2024-04-15
                    O1 | 2024-12-01 | numbness |
                    O2 | 2024-01-15 | limp     | 2024-02-01""",
        diagnoses=CAUSES,
        treatments=TREATED,
    )
    found = rows(
        store,
        "select operation_id, name, resolved, treated from symptom_event join operation using (operation) join code"
        " on dimension = 'symptom' and code = symptom order by operation_id, name",
    )
    assert found == [
        ("O1", "limp", 1, True),
        ("O1", "numbness", 0, False),
        ("O1", "tingling", 1, False),
        ("O2", "limp", 1, True),
    ]
    assert rows(store, "select count(*) from symptom_pair") == [(3,)]


def test_a_visit_is_answered_open_overdue_lost_or_not_yet_due(tmp_path: Path) -> None:
    operations = """operation_id | patient_id | surgery_date | procedure | last_contact_date
    O1 | P1 | 2023-12-31 | tlif | 2024-12-31
    O2 | P2 | 2024-09-15 | tlif | 2024-12-31
    O3 | P3 | 2024-08-01 | tlif | 2024-12-31
    O4 | P4 | 2024-01-01 | tlif | 2024-12-31
    O5 | P5 | 2024-12-01 | tlif | 2024-12-31
    O6 | P6 | 2024-08-01 | tlif | 2024-08-20"""
    store = practice(
        tmp_path,
        operations,
        deaths={"P6": "2024-08-20"},
        follow_ups="""operation_id | visit_date | odi | back_pain | eq5d_index
                      O1 | 2023-12-30 | 50 | 8 | 0.30
                      O1 | 2024-03-30 | 30 |   | 0.71
                      O1 | 2024-04-20 | 10 | 6 |""",
    )
    found = rows(
        store,
        "select operation_id, state from visit_state join operation using (operation) where visit = 1"
        " order by operation_id",
    )
    # three months: days 60 to 120; worth asking for until day 300
    assert found == [("O1", 1), ("O2", 5), ("O3", 3), ("O4", 4), ("O5", 6), ("O6", 2)]
    change = "select odi_before, odi_change, back_change, leg_change, eq5d_change from visit_state"
    # the visit nearest the middle answers, for each measure by itself
    assert rows(store, f"{change} where visit = 1 and state = 1") == [(50, 20, 2, None, 0.41)]


def test_modifiable_risks_and_the_quarter_are_counted_at_import(tmp_path: Path) -> None:
    operations = """operation_id | patient_id | surgery_date | procedure | smoking | depression | bmi | phq9
    O1 | P1 | 2024-03-31 | tlif | current | true | 31 |
    O2 | P2 | 2024-04-01 | tlif | former  |      | 29 | 12
    O3 | P3 | 2024-12-31 | tlif |         |      |    |"""
    found = rows(
        practice(tmp_path, operations),
        "select distinct operation_id, modifiable, modifiable_unknown, quarter - 4 * 2024 from operation_outcome"
        " join operation using (operation) order by operation_id",
    )
    assert found == [("O1", 3, 2, 0), ("O2", 1, 2, 1), ("O3", 0, 5, 3)]


def test_causes_are_counted_with_those_who_did_not_fail(tmp_path: Path) -> None:
    operations = """
    operation | state  | day | cause
    1         | failed | 30  | infection
    2         | failed | 30  | not recorded
    3         | left   | 30  | infection
    4         | died   | 40  | not recorded
    """
    assert_rows(
        records(tmp_path, operations).read("causes", columns={"by": ()}, outcome="fbss"),
        """
        unit | cause        | day | failed | died | left_follow_up
        0    | not recorded | 30  | 1      | 0    | 1
        0    | not recorded | 40  | 0      | 1    | 0
        0    | infection    | 30  | 1      | 0    | 0
        """,
    )


def test_care_is_counted_by_treatment_attempt_and_path(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, SYMPTOMS, cohort=EVERY, **CARE)
    assert_rows(
        asked.read("treatments"),
        """
        treatment        | step         | attempt | treatment_outcome | treatments | operations
        urgent_revision  | surgery      | 2       | improved          | 1          | 1
        revision_surgery | surgery      | 1       | unchanged         | 1          | 1
        exercise         | conservative | 1       | worse             | 1          | 1
        """,
    )
    assert_rows(asked.read("steps"), "step | day | operations\nconservative | 7 | 1\nsurgery | 5 | 1")
    assert_rows(
        asked.read("first_treatments"),
        """
        treatment        | step         | day | treatment_outcome | first_of_all | operations
        urgent_revision  | surgery      | 25  | improved          | False        | 1
        revision_surgery | surgery      | 5   | unchanged         | True         | 1
        exercise         | conservative | 7   | worse             | True         | 1
        """,
    )
    assert_rows(
        asked.read("care_paths"),
        """
        path | treatment_outcome | operations
        0    | not recorded      | 1
        1    | improved          | 1
        2    | worse             | 1
        """,
    )


def test_findings_tell_main_causes_from_all(tmp_path: Path) -> None:
    assert_rows(
        records(tmp_path, OPERATIONS, cohort=EVERY, **CARE).read("findings", columns={"by": ()}),
        """
        unit | cause       | operations | main_cause
        0    | scar_tissue | 2          | 1
        0    | infection   | 1          | 1
        """,
    )


def test_definitions_overlap_by_operation(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, cohort=EVERY)
    codes = asked.order("outcome")
    fbss, visit = codes["fbss"], codes["not_better"]
    frame = asked.read("overlap", outcomes=[fbss, visit], at_visit=[visit], within_days=730)
    # 1 fails under both, 2 by fbss alone; 5 fails on day 900
    assert_rows(frame, f"fails_under | operations\n0 | 3\n{2**fbss} | 1\n{2**fbss + 2**visit} | 1")


def test_visits_are_counted_by_state_and_by_answer(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, cohort=EVERY, **CARE)
    assert_rows(
        asked.read("follow_up", columns={"by": ()}),
        """
        unit | visit | visit_state | operations
        0    | 3     | 1           | 1
        0    | 12    | 1           | 1
        0    | 12    | 3           | 1
        0    | 12    | 5           | 1
        """,
    )
    assert_rows(
        asked.read("proms", columns={"by": (), "measure": "odi_change"}),
        """
        unit | visit | odi_before | answer | answers
        0    | 3     | 50         | -3     | 1
        0    | 12    | 40         | 20     | 1
        """,
    )
    assert asked.listing("overdue_visits")["operation"].tolist() == [2, 3]


def test_modifiable_risks_are_counted_and_the_recent_apart(tmp_path: Path) -> None:
    operations = """
    operation | state  | day | modifiable | modifiable_unknown | operated
    1         | failed | 30  | 2          | 0                  | 2024-01-01
    2         | left   | 30  | 2          | 0                  | 2024-06-01
    3         | failed | 800 | 0          | 3                  | 2024-06-01
    """
    assert_rows(
        records(tmp_path, operations).read("modifiable", outcome="fbss", within_days=730, since=date(2024, 3, 1)),
        """
        modifiable | modifiable_unknown | operations | failed | recent_operations
        0          | 3                  | 1          | 0      | 1
        2          | 0                  | 2          | 1      | 1
        """,
    )


def test_completeness_is_counted_by_quarter_for_each_factor(tmp_path: Path) -> None:
    operations = """
    operation | smoking | sex          | quarter
    1         | never   | female       | 8096
    2         | current | not recorded | 8096
    """
    frame = records(tmp_path, operations).read("completeness", columns={"by": (), "factors": ["smoking", "sex"]})
    assert_rows(
        frame,
        """
        quarter | grouping_bits | band | operations
        8096    | 1             | 1    | 1
        8096    | 1             | 3    | 1
        8096    | 2             | 0    | 1
        8096    | 2             | 1    | 1
        """,
    )


def test_what_could_not_be_read_is_counted_for_each_factor_and_for_each_field_once_an_operation(tmp_path: Path) -> None:
    operations = """
    operation
    1
    2
    3
    """
    unreadable = """
    operation | field                | factor       | quarter
    1         | operation.height_cm  | bmi          | 8096
    1         | operation.weight_kg  | bmi          | 8096
    2         | operation.weight_kg  | not recorded | 8096
    3         | follow_up.odi        | not recorded | 8097
    """
    frame = records(tmp_path, operations, unreadable=unreadable).read("unreadable")
    assert_rows(
        frame,
        """
        grouping_bits | quarter | factor       | field               | operations
        1             | 8096    | not recorded | not recorded        | 1
        1             | 8096    | bmi          | not recorded        | 1
        1             | 8097    | not recorded | not recorded        | 1
        6             | 0       | not recorded | operation.height_cm | 1
        6             | 0       | not recorded | operation.weight_kg | 2
        6             | 0       | not recorded | follow_up.odi       | 1
        """,
    )
