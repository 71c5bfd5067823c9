"""FHIR R4: what a Bundle or a folder of NDJSON becomes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from dashboard.importing.formats import fhir
from dashboard.importing.mapping import SiteMapping
from tests.importing.fhir_written import (
    CAGE_IN_FRONT,
    LOCAL,
    LOINC,
    PCS,
    PLIF,
    POSTERIOR,
    RXNORM,
    SNOMED,
    TODAY,
    Resource,
    bundle,
    concept,
    condition,
    left_out,
    lines,
    mapping,
    notes,
    observation,
    only,
    patient,
    prescription,
    procedure,
    quantity,
    read,
    unfolded,
)

SYNTHEA = Path(__file__).parents[2].parent / "shared" / "real_data" / "fhir"


# What is read


def test_reads_a_patient_an_operation_and_what_followed(tmp_path: Path) -> None:
    path = bundle(
        tmp_path,
        {"resourceType": "Practitioner", "id": "S01"},
        patient(deceasedDateTime="2026-02-03T04:05:06Z"),
        procedure(performer=[{"actor": {"reference": "Practitioner/S01"}}]),
        condition("M48.061", "2023-11-01"),
        condition("M96.1", "2025-02-01"),
        observation("97909-6", "2023-12-20", **quantity(52, "%")),
        observation("97909-6", "2025-01-12", **quantity(38)),
    )
    rows, issues = read(path)
    assert rows["patients"] == [
        {"patient_id": "p1", "birth_date": "1960-05-01", "sex": "female", "death_date": "2026-02-03"}
    ]
    assert rows["operations"] == [
        {
            "operation_id": "o1",
            "patient_id": "p1",
            "surgery_date": "2024-01-10",
            "procedure": "plif",
            "surgeon": "S01",
            "indication": "stenosis",
            "implant_used": "true",
            "last_contact_date": "2025-02-01",
        }
    ]
    assert rows["diagnoses"] == [
        {"operation_id": "o1", "diagnosis_date": "2025-02-01", "cause": "undetermined", "code": "M96.1"}
    ]
    assert rows["follow_ups"] == [
        {"operation_id": "o1", "visit_date": "2023-12-20", "odi": "52"},
        {"operation_id": "o1", "visit_date": "2025-01-12", "odi": "38"},
    ]
    assert issues == []


def test_reads_the_same_from_bulk_files_in_whatever_order(tmp_path: Path) -> None:
    later = condition("M96.0", "2025-02-01")
    lines(tmp_path, "Condition.ndjson", later)
    lines(tmp_path, "Patient.000.ndjson", patient())
    with gzip.open(tmp_path / "Procedure.ndjson.gz", "wt") as file:
        file.write(json.dumps(procedure()) + "\n")
    (tmp_path / "readme.txt").write_text("not read")
    rows, issues = read(tmp_path)
    again, _ = read(bundle(tmp_path / "..", later, procedure(), patient()))
    assert rows == again
    assert only(rows, "diagnoses")["cause"] == "pseudarthrosis"
    assert issues == []


def test_follows_references_by_address_by_url_and_by_identifier(tmp_path: Path) -> None:
    someone = {
        "resource": {**patient(), "identifier": [{"system": "urn:mrn", "value": "77"}]},
        "fullUrl": "urn:uuid:ab",
    }
    by_url = procedure("o1", day="2024-01-01", subject={"reference": "urn:uuid:ab"})
    by_identifier = procedure("o2", day="2024-02-01", subject={"identifier": {"system": "urn:mrn", "value": "77"}})
    by_search = procedure("o3", day="2024-03-01", subject={"reference": "Patient?identifier=urn:mrn|77"})
    by_version = procedure("o4", day="2024-04-01", subject={"reference": "Patient/p1/_history/3"})
    entries = [someone, *({"resource": one} for one in (by_url, by_identifier, by_search, by_version))]
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    rows, issues = read(path)
    assert [row["operation_id"] for row in rows["operations"]] == ["o1", "o2", "o3", "o4"]
    assert issues == []


def test_a_patient_of_another_server_is_never_the_one_in_the_files(tmp_path: Path) -> None:
    there = procedure(subject={"reference": "http://other.example/fhir/Patient/p1"})
    path = bundle(tmp_path, patient(), there)
    rows, issues = read(path)
    assert (rows, left_out(issues)) == ({}, [("reference", 2)])
    assert 'servers = ["http://other.example/fhir"]' in issues[0].message
    own = SiteMapping(sections={"fhir": {"servers": ["http://other.example/fhir/"]}})
    assert len(read(path, own)[0]["operations"]) == 1


def test_the_same_name_on_another_server_is_another_patient(tmp_path: Path) -> None:
    here = {"resource": patient(), "fullUrl": "https://here.example/fhir/Patient/p1"}
    there = {"resource": procedure(subject={"reference": "https://there.example/fhir/Patient/p1"})}
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": [here, there]}))
    assert left_out(read(path)[1]) == [("reference", 2)]


def test_procedures_of_one_day_are_one_operation(tmp_path: Path) -> None:
    path = bundle(
        tmp_path, patient(), procedure("a", POSTERIOR), procedure("b", "0SB20ZZ"), procedure("c", CAGE_IN_FRONT)
    )
    rows, issues = read(path)
    assert [(row["operation_id"], row["procedure"]) for row in rows["operations"]] == [("c", "alif")]
    assert "2 procedures on the day of another one" in notes(issues, "joined")[0]


def test_what_is_found_on_the_day_of_a_revision_belongs_to_the_operation_before(tmp_path: Path) -> None:
    path = bundle(
        tmp_path, patient(), procedure("o1"), procedure("o2", day="2025-03-01"), condition("M96.0", "2025-03-01")
    )
    assert only(read(path)[0], "diagnoses")["operation_id"] == "o1"


def test_what_was_known_before_the_first_operation_is_no_failure_of_it(tmp_path: Path) -> None:
    path = bundle(tmp_path, patient(), procedure(), condition("M96.1", "2024-01-10"), condition("M54.16", "2023-01-01"))
    rows, issues = read(path)
    assert set(rows) == {"patients", "operations"}
    assert len(notes(issues, "not_used")) == 2


def test_a_herniation_recorded_again_after_surgery_is_no_recurrence(tmp_path: Path) -> None:
    path = bundle(
        tmp_path, patient(), procedure(), condition("M51.26", "2023-12-01"), condition("M51.26", "2024-06-01")
    )
    rows, _ = read(path)
    assert "diagnoses" not in rows
    assert only(rows, "operations")["indication"] == "disc_herniation"


def test_traits_are_those_of_the_day_of_surgery(tmp_path: Path) -> None:
    path = bundle(
        tmp_path,
        patient(),
        procedure(),
        condition("E11.9", "2015-01-01"),
        condition("F32.9", "2015-01-01", abatementDateTime="2016-01-01"),
        condition("M81.0", "2025-01-01"),
        observation("29463-7", "2022-01-01", **quantity(99, "kg")),
        observation("29463-7", "2023-12-01", **quantity(200, "[lb_av]")),
        observation("8302-2", "2023-12-01", **quantity(70, "[in_i]")),
        observation("72166-2", "2023-06-01", valueCodeableConcept=concept(SNOMED, "449868002")),
        observation("72166-2", "2023-12-01", valueCodeableConcept=concept(LOINC, "LA15920-4")),
        observation("44261-6", "2023-12-01", **quantity(11)),
    )
    operation = only(read(path)[0], "operations")
    assert operation["diabetes"] == "true"
    assert operation["weight_kg"] == "90.718474"
    assert operation["height_cm"] == "177.8"
    assert operation["smoking"] == "former"
    assert operation["phq9"] == "11"
    assert not {"depression", "osteoporosis"} & set(operation)


def test_a_treatment_is_one_only_after_a_failure_was_found(tmp_path: Path) -> None:
    def prescribed(day: str) -> Resource:
        return {
            "resourceType": "MedicationRequest",
            "id": f"m{day}",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
            "medicationCodeableConcept": concept(RXNORM, "25480"),
            "authoredOn": day,
        }

    days = ("2024-02-01", "2025-03-01", "2025-04-01")
    path = bundle(tmp_path, patient(), procedure(), condition("M96.1", "2025-02-01"), *map(prescribed, days))
    assert read(path)[0]["treatments"] == [
        {"operation_id": "o1", "start_date": "2025-03-01", "treatment": "neuropathic_medication"}
    ]


def test_answers_of_a_questionnaire_come_through_the_codes_of_the_site(tmp_path: Path) -> None:
    answers = {
        "resourceType": "QuestionnaireResponse",
        "id": "q1",
        "status": "completed",
        "questionnaire": f"{LOCAL}|2",
        "subject": {"reference": "Patient/p1"},
        "authored": "2025-01-12T10:00:00Z",
        "item": [
            {
                "linkId": "scores",
                "item": [
                    {"linkId": "odi-total", "answer": [{"valueDecimal": 24.5}]},
                    {"linkId": "better", "answer": [{"valueCoding": {"system": LOCAL, "code": "much"}}]},
                    {"linkId": "unheard-of", "answer": [{"valueInteger": 1}]},
                ],
            }
        ],
    }
    site = mapping(measure={"odi-total": "odi", "better": "gpe"}, trait={"gpe": {"much": 2}})
    rows, issues = read(bundle(tmp_path, patient(), procedure(), answers), site)
    assert rows["follow_ups"] == [{"operation_id": "o1", "visit_date": "2025-01-12", "odi": "24.5", "gpe": "2"}]
    assert [issue.rule for issue in issues] == ["scale_asked"]


def test_the_site_is_called_by_its_name_and_the_surgeon_by_a_key(tmp_path: Path) -> None:
    path = bundle(
        tmp_path,
        patient(),
        {"resourceType": "Organization", "id": "h", "name": "North hospital"},
        {"resourceType": "Practitioner", "id": "S1", "name": [{"family": "Secret"}]},
        {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/S1"}},
        {
            "resourceType": "Encounter",
            "id": "e",
            "status": "finished",
            "subject": {"reference": "Patient/p1"},
            "serviceProvider": {"reference": "Organization/h"},
            "period": {"start": "2024-01-10", "end": "2024-01-15"},
        },
        procedure(
            performedDateTime=None,
            encounter={"reference": "Encounter/e"},
            performer=[{"actor": {"reference": "PractitionerRole/r", "display": "Dr Secret"}}],
        ),
    )
    operation = only(read(path)[0], "operations")
    assert (operation["site"], operation["surgeon"]) == ("North hospital", "S1")
    assert (operation["surgery_date"], operation["last_contact_date"]) == ("2024-01-10", "2024-01-15")


def test_a_code_of_the_site_stands_before_a_shipped_one(tmp_path: Path) -> None:
    coded = {"coding": [{"system": PCS, "code": PLIF}, {"system": LOCAL, "code": "T1"}]}
    path = bundle(tmp_path, patient(), procedure(code=coded))
    assert only(read(path, mapping(procedure={"T1": "tlif"}))[0], "operations")["procedure"] == "tlif"


def test_what_a_code_says_is_over_holds_although_the_record_calls_it_resolved(tmp_path: Path) -> None:
    status: Resource = {"clinicalStatus": concept("urn:status", "remission")}
    path = bundle(
        tmp_path,
        patient(),
        procedure(),
        condition("F32.1", "2015-01-01"),
        condition("F32.5", "2016-05-01", abatementDateTime="2017-01-01", **status),
        condition("F17.211", "2001-05-01", **status),
        condition("F10.21", "2019-05-01"),
    )
    operation = only(read(path)[0], "operations")
    assert (operation["depression"], operation["smoking"], operation["excessive_alcohol"]) == (
        "false",
        "former",
        "false",
    )


def test_before_its_remission_a_condition_still_held(tmp_path: Path) -> None:
    over = condition("F17.211", "2001-05-01", abatementDateTime="2024-06-01")
    path = bundle(tmp_path, patient(), procedure(), condition("F17.210", "2001-05-01"), over)
    assert only(read(path)[0], "operations")["smoking"] == "current"


def test_of_one_infection_coded_twice_in_a_day_the_severity_is_kept(tmp_path: Path) -> None:
    codes = ("T81.49XA", "T81.44XA")
    path = bundle(tmp_path, patient(), procedure(), *(condition(code, "2024-01-20") for code in codes))
    infection = only(read(path)[0], "complications")
    assert (infection["complication"], infection["severity"]) == ("surgical_site_infection", "major")


@pytest.mark.parametrize(
    ("codes", "used"), [(("1819",), "true"), (("787390",), "true"), (("351267",), None), (("1819", "351267"), None)]
)
def test_buprenorphine_for_dependence_alone_says_nothing_of_opioids(
    tmp_path: Path, codes: tuple[str, ...], used: str | None
) -> None:
    coded = {"coding": [{"system": RXNORM, "code": code} for code in codes]}
    path = bundle(tmp_path, patient(), procedure(), prescription(medicationCodeableConcept=coded))
    assert only(read(path)[0], "operations").get("opioid_use") == used


def test_counts_what_was_not_mapped_by_its_code(tmp_path: Path) -> None:
    others = [procedure(f"x{place}", code=concept(SNOMED, "430193006")) for place in range(12)]
    rows, issues = read(bundle(tmp_path, patient(), *others))
    assert rows == {}
    said = notes(issues, "not_mapped")
    assert said[0] == "12 procedures with the code 430193006 (SNOMED) were not mapped to a spine procedure: not read."
    assert notes(issues, "no_operation")[0].startswith("No procedure in these files is a spine operation")


# What is recognised


def test_recognises_fhir_by_its_first_bytes_and_says_how(tmp_path: Path) -> None:
    for name in ("Condition", "Patient", "Procedure"):
        lines(tmp_path, f"{name}.ndjson", patient())
    assert fhir.recognise([tmp_path]) == "Condition.ndjson and 2 more files hold FHIR resources."
    assert fhir.recognise([tmp_path / "Patient.ndjson"]) == "Patient.ndjson holds FHIR resources."


@pytest.mark.parametrize("name", ["operations.csv", "book.xlsx", "data.parquet"])
def test_does_not_claim_the_files_of_others(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("a,b\n")
    assert fhir.recognise([tmp_path / name]) == ""
    assert fhir.recognise([tmp_path]) == ""
    assert fhir.recognise([]) == ""
    lines(tmp_path, "stray.ndjson", patient())
    (tmp_path / "operations.csv").write_text("operation_id\n")
    assert fhir.recognise([tmp_path]) == ""


# A file that this project did not write


@pytest.mark.skipif(
    not SYNTHEA.is_dir(), reason="put the FHIR export of Synthea into ../shared/real_data/fhir to run this"
)
def test_agrees_with_the_export_counted_by_hand() -> None:
    """No spine surgery in it: its six colonoscopies stand for one, stress for a cause."""
    site = SiteMapping(
        sections={"codes": {"SNOMED": {"procedure": {"73761001": "other"}, "cause": {"73595000": "psychosocial"}}}}
    )
    rows, issues = unfolded(fhir.read([SYNTHEA], site, TODAY))
    counted = {table: len(found) for table, found in rows.items()}
    assert counted == {"patients": 3, "operations": 6, "diagnoses": 6}
    contacts = {row["last_contact_date"] for row in rows["operations"]}
    assert contacts == {"1989-05-09", "2022-04-11", "1994-11-11"}
    assert "2,050 procedures with 109 codes in all were not mapped to a spine procedure" in " ".join(
        notes(issues, "not_mapped")
    )
    assert left_out(issues) == []
