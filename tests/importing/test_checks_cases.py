"""The case that breaks each rule: one row, put after good ones; every rule of ``queries/checks`` has one."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboard.importing.checking.checks import STORE, all_checks
from tests.importing import test_checks_repeats as repeats
from tests.importing import test_checks_whole as whole
from tests.importing import test_identity as identity
from tests.importing import test_persons as persons

PATIENTS = """
    patient_id | birth_date | birth_year | sex    | death_date
    SECRET-P1  | 1960-05-01 |            | female | 2024-12-31
    SECRET-P2  |            | 1950       | male   |
"""
COLUMNS = [
    *("operation_id", "patient_id", "surgery_date", "procedure", "last_contact_date", "height_cm", "weight_kg", "bmi"),
    *("surgeon", "site", "levels", "level_count", "age", "planned_stage", "prior_spine_operations"),
    *("symptom_duration_months", "readmitted", "reoperated", "age_band"),
]
HEADERS = {
    "follow_ups": "operation_id | visit_date | odi | back_pain | leg_pain | eq5d_index | gpe",
    "symptoms": "operation_id | onset_date | symptom | course | severity | resolved_date | contacted_at",
    "diagnoses": "operation_id | diagnosis_date | cause | is_primary | code",
    "complications": "operation_id | complication_date | complication | severity",
    "treatments": "operation_id | start_date | treatment | outcome | outcome_date",
}


def operation(name: str = "SECRET-O3", patient: str = "SECRET-P2", day: str = "2024-03-01", **cells: object) -> str:
    """A row of operations; cells that are not given are empty."""
    row = {"operation_id": name, "patient_id": patient, "surgery_date": day, "procedure": "tlif", **cells}
    return " | ".join(str(row.get(column, "")) for column in COLUMNS)


OPERATIONS = "\n".join(
    [
        " | ".join(COLUMNS),
        operation("SECRET-O1", "SECRET-P1", "2024-01-01", surgeon="S01", site="North", levels="L4-L5", level_count=1),
        operation("SECRET-O2", "SECRET-P2", "2024-01-01", surgeon="S02", last_contact_date="2024-11-30", age=74),
    ]
)
GOOD = {
    "follow_ups": "SECRET-O1 | 2024-03-15 | 20 | 3 | 4 | 0.7 | 2",
    "symptoms": "SECRET-O1 | 2024-02-01 | fever | new | 4 | |",
    "diagnoses": "SECRET-O1 | 2024-02-01 | infection | true |",
    "complications": "SECRET-O1 | 2024-02-01 | dural_tear | minor",
    "treatments": "SECRET-O1 | 2024-02-01 | exercise | |",
}


@dataclass(frozen=True)
class Case:
    """A row that breaks one rule, put after the good rows of its table; value: what the message quotes, if anything."""

    table: str
    row: str
    column: str
    severity: str
    reason: str
    value: str | None = None
    also: tuple[str, ...] = field(default=())
    """Other rules that the same row cannot but break."""
    with_patient: str = ""
    """A patient whom the row needs, and who breaks no rule."""


LATE, EARLY, LAST = "2025-01-01", "2023-12-31", "2024-12-01"
AFTER, BEFORE = "lies after the patient's death", "lies before the operation"
NOBODY, HEARD = "there is no such operation", "after the last contact, on 2024-11-30"
FORMULA, UNKNOWN = "It is kept as text", "holds characters that are invisible"
OF_P3 = ("patient_without_operation",)
FOLLOWS = {
    "complication": ("complications", "complication_date", "{} | {} | dural_tear |"),
    "diagnosis": ("diagnoses", "diagnosis_date", "{} | {} | infection | |"),
    "symptom": ("symptoms", "onset_date", "{} | {} | fever | | | |"),
    "treatment": ("treatments", "start_date", "{} | {} | exercise | |"),
    "visit": ("follow_ups", "visit_date", "{} | {} | 20 | | | |"),
}
"""What follows an operation: its table, the column of its day, and a row of an operation and a day."""
CASES = {
    **{
        f"{record}_after_death": Case(table, row.format("SECRET-O1", LATE), day, "row", AFTER, LATE)
        for record, (table, day, row) in FOLLOWS.items()
    },
    **{
        f"{record}_after_last_contact": Case(
            table, row.format("SECRET-O2", LAST), day, "note", HEARD, LAST, ("treatment_without_failure",)
        )
        for record, (table, day, row) in FOLLOWS.items()
    },
    **{
        f"{record}_before_surgery": Case(table, row.format("SECRET-O1", EARLY), day, "row", BEFORE, EARLY)
        for record, (table, day, row) in FOLLOWS.items()
        if record not in ("symptom", "visit")
    },
    **{
        f"{record}_without_operation": Case(table, row.format("SECRET-O9", "2024-02-02"), "operation_id", "row", NOBODY)
        for record, (table, _, row) in FOLLOWS.items()
    },
    "complication_identifier_unreadable": Case(
        "complications", "SECRET-О1 | 2024-02-02 | dural_tear |", "operation_id", "row", UNKNOWN
    ),
    "diagnosis_code_of_no_form": Case(
        "diagnoses", "SECRET-O2 | 2024-02-01 | infection | | FBSS", "code", "cell", "such as M96.1", "FBSS"
    ),
    "diagnosis_identifier_unreadable": Case(
        "diagnoses", "SECRET-O1\u200b | 2024-02-02 | infection | |", "operation_id", "row", UNKNOWN
    ),
    "diagnosis_on_the_day": Case(
        "diagnoses",
        "SECRET-O2 | 2024-01-01 | infection | |",
        "diagnosis_date",
        "note",
        "on the day of surgery",
        "2024-01-01",
    ),
    "diagnosis_says_nothing": Case("diagnoses", "SECRET-O2 | 2024-02-01 | | |", "cause", "note", "neither a cause nor"),
    "operation_after_death": Case(
        "operations", operation(patient="SECRET-P1", day=LATE), "surgery_date", "row", AFTER, LATE
    ),
    "operation_age_contradicted": Case(
        "operations", operation(age=72), "age", "note", "the year of birth makes 74", "72"
    ),
    "operation_before_birth": Case(
        "operations",
        operation(patient="SECRET-P1", day="1960-04-30"),
        "surgery_date",
        "row",
        "before the patient's birth",
        "1960-04-30",
    ),
    "operation_bmi_contradicted": Case(
        "operations",
        operation(height_cm=180, weight_kg=180, bmi=25.2),
        "bmi",
        "cell",
        "bmi 25.2 does not match 180 cm and 180 kg (55.6). Is the weight in pounds?",
        "25.2",
    ),
    "operation_contact_after_death": Case(
        "operations",
        operation(patient="SECRET-P1", last_contact_date=LATE),
        "last_contact_date",
        "note",
        "Follow-up ends with the death",
        LATE,
    ),
    "operation_contact_before_surgery": Case(
        "operations",
        operation(last_contact_date=EARLY),
        "last_contact_date",
        "cell",
        f"{BEFORE}. It is set aside",
        EARLY,
    ),
    "operation_earlier_one_denied": Case(
        "operations",
        operation(prior_spine_operations=0),
        "prior_spine_operations",
        "note",
        "an earlier operation of this patient is recorded",
        "0",
    ),
    "operation_identifier_unreadable": Case("operations", operation("SECRET O3"), "operation_id", "row", UNKNOWN),
    "operation_levels_contradicted": Case(
        "operations",
        operation(levels="L4-L5;L5-S1", level_count=3),
        "level_count",
        "note",
        "2 are listed in levels",
        "3",
    ),
    "operation_of_a_child": Case(
        "operations",
        operation(day="1959-12-31"),
        "surgery_date",
        "note",
        "under 10 years old",
        "1959-12-31",
    ),
    "operation_over_100": Case(
        "operations",
        operation(patient="SECRET-P3"),
        "surgery_date",
        "note",
        "over 100 years old",
        "2024-03-01",
        with_patient="SECRET-P3 | | 1920 | male |",
    ),
    "operation_patient_unreadable": Case(
        "operations", operation(patient="SECRET-P1\u00ad"), "patient_id", "row", UNKNOWN
    ),
    "operation_another_within_days": Case(
        "operations",
        operation(patient="SECRET-P1", day="2024-01-05", procedure="laminectomy"),
        "surgery_date",
        "note",
        "another operation within 7 days",
        "2024-01-05",
    ),
    "operation_perhaps_registered_twice": Case(
        "operations",
        operation(patient="SECRET-P1", day="2024-01-01"),
        "surgery_date",
        "note",
        "Is it the same operation?",
        "2024-01-01",
    ),
    "operation_site_like_formula": Case(
        "operations", operation(site="@North"), "site", "note", FORMULA, "@North", ("operation_site_spelled_twice",)
    ),
    "operation_site_spelled_twice": Case(
        "operations", operation(site="north."), "site", "note", '"north." is written like "North"', "north."
    ),
    **{
        f"operation_{field}_without_time": Case(
            "operations", operation(**{field: "true"}), field, "cell", f"Fill in {field}_within_days", None
        )
        for field in ("readmitted", "reoperated")
    },
    "operation_age_band_between": Case(
        "operations", operation(age_band="60-69"), "age_band", "note", "not within one of ours", "60-69"
    ),
    "operation_age_band_contradicted": Case(
        "operations", operation(age=74, age_band="80+"), "age_band", "note", "the age given is 74", "80-120"
    ),
    "operation_stage_without_first": Case(
        "operations",
        operation(day="2024-07-15", planned_stage="true"),
        "planned_stage",
        "note",
        "half year before",
        "true",
    ),
    "operation_surgeon_like_formula": Case("operations", operation(surgeon="=1+1"), "surgeon", "note", FORMULA, "=1+1"),
    "operation_surgeon_spelled_twice": Case(
        "operations", operation(surgeon="s 01"), "surgeon", "note", '"s 01" is written like "S01"', "s 01"
    ),
    "operation_symptoms_longer_than_life": Case(
        "operations",
        operation(symptom_duration_months=901),
        "symptom_duration_months",
        "cell",
        "longer than the patient's life",
        "901",
    ),
    "operation_weight_in_pounds": Case(
        "operations",
        operation(height_cm=180, weight_kg=180),
        "weight_kg",
        "note",
        "180 kg at 180 cm make a body mass index of 55.6. Is the weight in pounds?",
        "180",
    ),
    "operation_without_patient": Case(
        "operations", operation(patient="SECRET-P9"), "patient_id", "row", "no such patient"
    ),
    "patient_birth_contradicted": Case(
        "patients", "SECRET-P3 | 1960-05-01 | 1961 | male |", "birth_year", "cell", "The date is taken", "1961", OF_P3
    ),
    "patient_born_in_the_future": Case(
        "patients", "SECRET-P3 | | 2099 | male |", "birth_year", "cell", "yet to come", "2099", OF_P3
    ),
    "patient_died_before_birth": Case(
        "patients",
        "SECRET-P3 | | 1960 | male | 1959-12-31",
        "death_date",
        "cell",
        "before the birth",
        "1959-12-31",
        OF_P3,
    ),
    "patient_identifier_unreadable": Case("patients", "SECRET-Р3 | | 1960 | male |", "patient_id", "row", UNKNOWN),
    "patient_over_110": Case(
        "patients", "SECRET-P3 | | 1905 | male |", "birth_year", "note", "over 110", "1905", OF_P3
    ),
    "patient_without_operation": Case(
        "patients", "SECRET-P3 | | 1970 | male |", "patient_id", "note", "no operation of this patient"
    ),
    "symptom_before_surgery": Case(
        "symptoms", f"SECRET-O1 | {EARLY} | fever | | | |", "onset_date", "note", "began before the operation", EARLY
    ),
    "symptom_contacted_before_onset": Case(
        "symptoms",
        "SECRET-O2 | 2024-02-01 | fever | | | | 2024-01-31",
        "contacted_at",
        "cell",
        "contact lies before",
        "2024-01-31",
    ),
    "symptom_identifier_unreadable": Case(
        "symptoms", "SECRET-O1? | 2024-02-02 | fever | | | |", "operation_id", "row", UNKNOWN
    ),
    "symptom_of_no_severity": Case(
        "symptoms", "SECRET-O2 | 2024-02-01 | fever | | 0 | |", "severity", "note", "severity 0 is no symptom", "0"
    ),
    "symptom_persistent_but_late": Case(
        "symptoms",
        "SECRET-O2 | 2024-02-13 | fever | persistent | | |",
        "onset_date",
        "note",
        "never relieved",
        "2024-02-13",
    ),
    "symptom_resolved_before_onset": Case(
        "symptoms",
        "SECRET-O2 | 2024-02-01 | fever | | | 2024-01-31 |",
        "resolved_date",
        "cell",
        "resolved before it began",
        "2024-01-31",
    ),
    "treatment_before_failure": Case(
        "treatments",
        "SECRET-O1 | 2024-01-31 | exercise | |",
        "start_date",
        "note",
        "was found, on 2024-02-01",
        "2024-01-31",
    ),
    "treatment_identifier_unreadable": Case(
        "treatments", "SECRET\u2060O1 | 2024-02-02 | exercise | |", "operation_id", "row", UNKNOWN
    ),
    "treatment_outcome_before_start": Case(
        "treatments",
        "SECRET-O1 | 2024-02-02 | exercise | improved | 2024-02-01",
        "outcome_date",
        "cell",
        "before the start",
        "2024-02-01",
    ),
    "treatment_outcome_undecided": Case(
        "treatments",
        "SECRET-O1 | 2024-02-02 | exercise | | 2024-03-01",
        "outcome",
        "note",
        "but not the outcome",
        "2024-03-01",
    ),
    "treatment_without_failure": Case(
        "treatments", "SECRET-O2 | 2024-02-01 | exercise | |", "start_date", "note", "no finding of a failure"
    ),
    "visit_answers_carried_on": Case(
        "follow_ups", "SECRET-O1 | 2024-03-20 | 20 | 3 | 4 | 0.7 |", "visit_date", "note", "carried on?", "2024-03-20"
    ),
    "visit_baseline_outdated": Case(
        "follow_ups",
        "SECRET-O1 | 2022-12-31 | 20 | | | |",
        "visit_date",
        "note",
        "366 days before the operation",
        "2022-12-31",
    ),
    "visit_between_windows": Case(
        "follow_ups", "SECRET-O1 | 2024-05-01 | 20 | | | |", "visit_date", "note", "day 121 after surgery", "2024-05-01"
    ),
    "visit_identifier_unreadable": Case(
        "follow_ups", "SECRET-O1\u00a0x | 2024-03-20 | 20 | | | |", "operation_id", "row", UNKNOWN
    ),
    "visit_says_nothing": Case("follow_ups", "SECRET-O2 | 2024-03-20 | | | | |", "odi", "note", "nothing was recorded"),
    "visit_scale_turned_round": Case(
        "follow_ups", "SECRET-O1 | 2024-03-20 | 60 | | | | 1", "gpe", "note", "does not go with an ODI of 60", "1"
    ),
    "visit_well_before_surgery": Case(
        "follow_ups", f"SECRET-O1 | {EARLY} | 0 | | | |", "odi", "note", "no disability at all", "0"
    ),
}


def test_every_rule_has_a_case_that_breaks_it_for_each_table() -> None:
    in_files_of_their_own = set(repeats.CASES) | set(whole.CASES) | identity.CASES | persons.CASES
    of_imports = [
        check.name for check in all_checks() if check.phase != STORE
    ]  # those of additions: test_delivered_again
    assert sorted(of_imports) == sorted(set(CASES) | in_files_of_their_own)
    assert len(all_checks()) >= 100
