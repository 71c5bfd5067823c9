"""The course of coded records: the same patient gets the same rows, whether FHIR or OMOP tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from dashboard.importing.formats import fhir, omop
from dashboard.importing.formats.sheets import Reading
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import Issue
from tests.importing import fhir_written as written
from tests.importing.fhir_written import CM, LOINC, PCS, PLIF, POSTERIOR, RXNORM, SNOMED, TODAY, Resource

STENOSIS, HERNIATION, SLIP = "M48.061", "M51.26", "M43.16"
WEIGHT, HEIGHT, ODI, SMOKING = "29463-7", "8302-2", "97909-6", "72166-2"
RADICULOPATHY, FAILED, DURAL_TEAR, DIABETES = "M54.16", "M96.1", "G97.41", "E11.9"
PREGABALIN, OXYCODONE = "25480", "7804"
VOCABULARY = {PCS: "ICD10PCS", CM: "ICD10CM", LOINC: "LOINC", RXNORM: "RxNorm", SNOMED: "SNOMED"}
UNIT_CONCEPTS = {"kg": "9529", "[lb_av]": "8739", "cm": "8582", "[in_i]": "9327", "%": "8554", "": ""}


class Written:
    """One patient's records, as FHIR and as OMOP write them."""

    def __init__(self) -> None:
        self.procedures: list[tuple[str, str]] = []
        self.conditions: list[tuple[str, str, str, bool]] = []
        self.measured: list[tuple[str, str, float, str]] = []
        self.answered: list[tuple[str, str, str]] = []
        self.medicines: list[tuple[str, str]] = []
        self.death = ""

    def operated(self, code: str, day: str) -> Written:
        self.procedures.append((code, day))
        return self

    def has(self, code: str, day: str, until: str = "", primary: bool = False) -> Written:
        self.conditions.append((code, day, until, primary))
        return self

    def measures(self, code: str, day: str, value: float, unit: str) -> Written:
        self.measured.append((code, day, value, unit))
        return self

    def answers(self, code: str, day: str, answer: str) -> Written:
        self.answered.append((code, day, answer))
        return self

    def takes(self, code: str, day: str) -> Written:
        self.medicines.append((code, day))
        return self

    def died(self, day: str) -> Written:
        self.death = day
        return self


def as_fhir(told: Written, folder: Path) -> Reading:
    resources: list[Resource] = [written.patient("1", **({"deceasedDateTime": told.death} if told.death else {}))]
    subject = {"subject": {"reference": "Patient/1"}}
    for number, (code, day) in enumerate(told.procedures, 1):
        resources.append(written.procedure(str(number), code, day, **subject))
    for number, (code, day, until, primary) in enumerate(told.conditions, 1):
        ended = {"abatementDateTime": until} if until else {}
        resources.append({**written.condition(code, day, f"c{number}"), **subject, **ended})
        if primary:
            diagnosis = [{"condition": {"reference": f"Condition/c{number}"}, "rank": 1}]
            stay = {"resourceType": "Encounter", "id": f"e{number}", "status": "finished", "period": {"start": day}}
            resources.append({**stay, **subject, "diagnosis": diagnosis})
    for number, (code, day, value, unit) in enumerate(told.measured, 1):
        measured = written.quantity(value, unit or "{score}")
        resources.append({**written.observation(code, day, f"m{number}"), **subject, **measured})
    for number, (code, day, answer) in enumerate(told.answered, 1):
        coded = {"valueCodeableConcept": written.concept(SNOMED, answer)}
        resources.append({**written.observation(code, day, f"a{number}"), **subject, **coded})
    for number, (code, day) in enumerate(told.medicines, 1):
        medicine = {"resourceType": "MedicationRequest", "id": f"d{number}", "status": "active", "intent": "order"}
        coded = {"medicationCodeableConcept": written.concept(RXNORM, code)}
        resources.append({**medicine, **subject, **coded, "authoredOn": day})
    return fhir.read([written.bundle(folder, *resources)], SiteMapping(), TODAY)


def as_omop(told: Written, folder: Path) -> Reading:
    concepts: dict[tuple[str, str], int] = {}

    def concept(system: str, code: str) -> int:
        return concepts.setdefault((VOCABULARY[system], code), 100 + len(concepts))

    tables: dict[str, tuple[str, Sequence[Sequence[object]]]] = {
        "PERSON": ("person_id,gender_concept_id,birth_datetime", [(1, 8532, "1960-05-01")]),
        "DEATH": ("person_id,death_date", [(1, told.death)] if told.death else []),
        "PROCEDURE_OCCURRENCE": (
            "procedure_occurrence_id,person_id,procedure_date,procedure_concept_id",
            [(number, 1, day, concept(PCS, code)) for number, (code, day) in enumerate(told.procedures, 1)],
        ),
        "CONDITION_OCCURRENCE": (
            "person_id,condition_start_date,condition_end_date,condition_concept_id,condition_status_concept_id",
            [
                (1, day, until, concept(CM, code), 32902 if primary else "")
                for code, day, until, primary in told.conditions
            ],
        ),
        "MEASUREMENT": (
            "person_id,measurement_date,value_as_number,unit_concept_id,measurement_concept_id",
            [(1, day, value, UNIT_CONCEPTS[unit], concept(LOINC, code)) for code, day, value, unit in told.measured],
        ),
        "OBSERVATION": (
            "person_id,observation_date,value_as_concept_id,observation_concept_id",
            [(1, day, concept(SNOMED, answer), concept(LOINC, code)) for code, day, answer in told.answered],
        ),
        "DRUG_EXPOSURE": (
            "person_id,drug_exposure_start_date,drug_concept_id",
            [(1, day, concept(RXNORM, code)) for code, day in told.medicines],
        ),
    }
    known = [(number, system, code, "a name") for (system, code), number in concepts.items()]
    tables["CONCEPT"] = ("concept_id,vocabulary_id,concept_code,concept_name", known)
    folder.mkdir()
    for name, (header, rows) in tables.items():
        lines = [header, *(",".join(map(str, row)) for row in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return omop.read([folder], SiteMapping(), TODAY)


Rows = Mapping[str, Sequence[Mapping[str, str]]]


def rows_of(reading: Reading) -> tuple[Rows, list[tuple[str, str]]]:
    """The rows by table, in an order of their own; and what is noted or left out, by rule, without the codes."""
    rows, issues = written.unfolded(reading)
    said = sorted((issue.rule, _sentence(issue)) for issue in issues if issue.rule not in ("not_mapped",))
    return {table: sorted(found, key=str) for table, found in rows.items()}, said


def _sentence(issue: Issue) -> str:
    """The words after the place, which each format names in its way."""
    return issue.message.partition(": ")[2]


def both(told: Written, tmp_path: Path) -> tuple[Rows, list[tuple[str, str]]]:
    """What came of the records, after it was seen to be the same by either road."""
    one, other = rows_of(as_fhir(told, tmp_path)), rows_of(as_omop(told, tmp_path / "cdm"))
    assert one == other
    return one


def operated(code: str = PLIF, day: str = "2024-01-10") -> Written:
    return Written().operated(code, day)


def test_a_patient_gets_the_same_rows_by_either_format(tmp_path: Path) -> None:
    told = (
        operated()
        .operated(POSTERIOR, "2024-01-10")
        .operated(PLIF, "2025-06-01")
        .has(STENOSIS, "2024-01-10", primary=True)
        .has(SLIP, "2023-05-05")
        .has(DIABETES, "2015-01-01")
        .has(RADICULOPATHY, "2024-08-01")
        .has(DURAL_TEAR, "2024-01-12")
        .has(FAILED, "2025-02-01")
        .measures(WEIGHT, "2023-12-01", 200, "[lb_av]")
        .measures(HEIGHT, "2023-12-01", 70, "[in_i]")
        .measures(ODI, "2023-12-20", 52, "%")
        .measures(ODI, "2025-01-12", 38, "")
        .answers(SMOKING, "2023-11-11", "77176002")
        .takes(OXYCODONE, "2023-12-20")
        .takes(PREGABALIN, "2025-03-01")
        .died("2025-12-24")
    )
    rows, said = both(told, tmp_path)
    assert rows["patients"] == [
        {"patient_id": "1", "birth_date": "1960-05-01", "sex": "female", "death_date": "2025-12-24"}
    ]
    assert [(row["operation_id"], row["procedure"]) for row in rows["operations"]] == [("1", "plif"), ("3", "plif")]
    first = rows["operations"][0]
    assert first["indication"] == "stenosis"
    assert (first["weight_kg"], first["height_cm"]) == ("90.718474", "177.8")
    assert (first["diabetes"], first["smoking"], first["opioid_use"]) == ("true", "current", "true")
    assert rows["symptoms"] == [{"operation_id": "1", "onset_date": "2024-08-01", "symptom": "shooting_leg_pain"}]
    assert [row["cause"] for row in rows["diagnoses"]] == ["undetermined"]
    assert [row["complication"] for row in rows["complications"]] == ["dural_tear"]
    assert [row["treatment"] for row in rows["treatments"]] == ["neuropathic_medication"]
    assert [(row["visit_date"], row["odi"]) for row in rows["follow_ups"]] == [
        ("2023-12-20", "52"),
        ("2025-01-12", "38"),
        ("2025-01-12", "38"),
    ]
    assert "indication" not in rows["operations"][1]
    assert [rule for rule, _ in said] == ["joined", "not_used", "several_values"]


INDICATIONS: Mapping[str, tuple[Written, Sequence[str], bool]] = {
    "the primary one of two": (
        operated().has(STENOSIS, "2023-01-01").has(HERNIATION, "2023-06-01", primary=True),
        ["disc_herniation"],
        False,
    ),
    "an older one that still holds": (operated().has(SLIP, "2012-01-01"), ["spondylolisthesis"], False),
    "one recorded again": (
        operated().has(STENOSIS, "2022-01-01").has(STENOSIS, "2023-01-01"),
        ["stenosis"],
        False,
    ),
    "none of two that hold": (operated().has(STENOSIS, "2022-01-01").has(SLIP, "2023-01-01"), [""], True),
    "none of two primary ones": (
        operated().has(STENOSIS, "2022-01-01", primary=True).has(SLIP, "2023-01-01", primary=True),
        [""],
        True,
    ),
    "not one of the day after": (operated().has(STENOSIS, "2024-01-11"), [""], False),
    "the primary one since the operation before": (
        operated(day="2022-01-01")
        .operated(PLIF, "2024-01-10")
        .has(HERNIATION, "2021-12-01", primary=True)
        .has(STENOSIS, "2023-12-01", primary=True),
        ["disc_herniation", "stenosis"],
        False,
    ),
}


@pytest.mark.parametrize("case", INDICATIONS)
def test_the_indication_is_told_by_one_rule(tmp_path: Path, case: str) -> None:
    told, expected, torn = INDICATIONS[case]
    rows, said = both(told, tmp_path)
    assert [row.get("indication", "") for row in rows["operations"]] == expected
    assert [sentence.endswith("for an indication: left empty.") for _, sentence in said] == ([True] if torn else [])


def test_the_reason_that_a_procedure_gives_stands_before_every_condition(tmp_path: Path) -> None:
    path = written.bundle(
        tmp_path,
        written.patient(),
        written.procedure(reasonCode=[written.concept(CM, SLIP)]),
        written.condition(STENOSIS, "2024-01-10", "c1"),
        {
            "resourceType": "Encounter",
            "id": "e1",
            "status": "finished",
            "subject": {"reference": "Patient/p1"},
            "period": {"start": "2024-01-10"},
            "diagnosis": [{"condition": {"reference": "Condition/c1"}, "rank": 1}],
        },
    )
    assert written.only(written.read(path)[0], "operations")["indication"] == "spondylolisthesis"


HELD: Mapping[str, tuple[Written, str, str]] = {
    "a number of a year ago": (operated().measures(WEIGHT, "2023-01-10", 80, "kg"), "weight_kg", "80"),
    "not an older one": (operated().measures(WEIGHT, "2023-01-09", 80, "kg"), "weight_kg", ""),
    "not one of the day after": (operated().measures(WEIGHT, "2024-01-11", 80, "kg"), "weight_kg", ""),
    "the last of two": (
        operated().measures(WEIGHT, "2023-12-01", 90, "kg").measures(WEIGHT, "2023-06-01", 80, "kg"),
        "weight_kg",
        "90",
    ),
    "an answer of a year ago": (operated().answers(SMOKING, "2023-01-10", "8517006"), "smoking", "former"),
    "not an older answer": (operated().answers(SMOKING, "2023-01-09", "8517006"), "smoking", ""),
    "a medicine of the day before": (operated().takes(OXYCODONE, "2024-01-09"), "opioid_use", "true"),
    "a medicine of 180 days ago": (operated().takes(OXYCODONE, "2023-07-14"), "opioid_use", "true"),
    "not an older medicine": (operated().takes(OXYCODONE, "2023-07-13"), "opioid_use", ""),
    "not what the operation itself needs": (operated().takes(OXYCODONE, "2024-01-10"), "opioid_use", ""),
}


@pytest.mark.parametrize("case", HELD)
def test_what_held_at_surgery_is_told_by_one_rule(tmp_path: Path, case: str) -> None:
    told, name, expected = HELD[case]
    rows, _ = both(told, tmp_path)
    assert [row.get(name, "") for row in rows["operations"]] == [expected]


ENDED: Mapping[str, tuple[Written, str, str, str, str]] = {
    "a comorbidity": (operated().has(DIABETES, "2010-01-01", until="2024-01-09"), "operations", "diabetes", "", "true"),
    "one that ends on the day of surgery": (
        operated().has(DIABETES, "2010-01-01", until="2024-01-10"),
        "operations",
        "diabetes",
        "true",
        "true",
    ),
    "an indication": (
        operated().has(SLIP, "2012-01-01", until="2013-01-01"),
        "operations",
        "indication",
        "",
        "spondylolisthesis",
    ),
    "one of two indications": (
        operated().has(SLIP, "2012-01-01", until="2013-01-01").has(STENOSIS, "2023-01-01"),
        "operations",
        "indication",
        "stenosis",
        "",
    ),
    "a symptom": (
        operated().has(RADICULOPATHY, "2024-08-01", until="2024-10-01"),
        "symptoms",
        "resolved_date",
        "2024-10-01",
        "",
    ),
}


@pytest.mark.parametrize("case", ENDED)
def test_a_condition_ends_with_its_abatement_in_fhir_and_with_nothing_in_omop(tmp_path: Path, case: str) -> None:
    """FHIR's abatement is the end of the disease; OMOP's condition_end_date mostly that of the stay it was coded in."""
    told, table, column, in_fhir, in_omop = ENDED[case]
    for reading, expected in ((as_fhir(told, tmp_path), in_fhir), (as_omop(told, tmp_path / "cdm"), in_omop)):
        (row,) = rows_of(reading)[0][table]
        assert row.get(column, "") == expected


def test_one_symptom_by_two_codes_is_one_and_a_code_has_its_dot(tmp_path: Path) -> None:
    told = operated().has(RADICULOPATHY, "2024-08-01").has("M54.17", "2024-08-01").has("M961", "2024-09-01")
    rows, _ = both(told, tmp_path)
    assert [row["symptom"] for row in rows["symptoms"]] == ["shooting_leg_pain"]
    assert [row["code"] for row in rows["diagnoses"]] == ["M96.1"]


def test_two_numbers_of_one_moment_that_differ_are_none(tmp_path: Path) -> None:
    told = operated().measures(WEIGHT, "2023-12-01", 80, "kg").measures(WEIGHT, "2023-12-01", 90, "kg")
    rows, said = both(told, tmp_path)
    assert "weight_kg" not in rows["operations"][0]
    assert said == [
        ("several_values", "1 operations have more than one value recorded together for weight_kg: left empty.")
    ]


def test_two_answers_of_one_day_that_differ_are_both_left_out(tmp_path: Path) -> None:
    told = operated().measures(ODI, "2025-01-12", 20, "%").measures(ODI, "2025-01-12", 60, "%")
    rows, said = both(told, tmp_path)
    assert "follow_ups" not in rows
    assert [rule for rule, _ in said] == ["contradicted", "contradicted"]


@pytest.mark.parametrize(("code", "table"), [(FAILED, "diagnoses"), (DIABETES, "")])
def test_a_record_without_a_day_is_left_out_of_the_table_it_would_be_a_row_of(
    tmp_path: Path, code: str, table: str
) -> None:
    """A comorbidity is a column of its operation, so that no row is missing."""
    told = operated().has(code, "2024-02-31")
    for reading in (as_fhir(told, tmp_path), as_omop(told, tmp_path / "cdm")):
        left_out = [sheet.table for sheet in reading.sheets for row in sheet.rows if isinstance(row, Issue)]
        left_out += ["" for issue in reading.issues if issue.severity == "row"]
        assert left_out == [table]


def test_a_number_that_no_column_holds_is_handed_over_where_it_is_used_to_be_judged_with_all_others(
    tmp_path: Path,
) -> None:
    told = operated().measures(WEIGHT, "2023-12-01", 900, "kg").measures(WEIGHT, "2025-12-01", 901, "kg")
    for reading in (as_fhir(told, tmp_path), as_omop(told, tmp_path / "cdm")):
        rows, issues = written.unfolded(reading)
        assert [row["weight_kg"] for row in rows["operations"]] == ["900"]
        assert issues == []
