"""FHIR: which of several versions of a resource counts, the names of R5, and forms whose questions are coded apart."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from dashboard.importing.formats import fhir
from dashboard.importing.mapping import SiteMapping, TableMapping
from tests.importing.fhir_written import (
    CM,
    LOINC,
    PCS,
    PLIF,
    TODAY,
    Resource,
    bundle,
    concept,
    condition,
    left_out,
    lines,
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


def version(number: str, updated: str = "") -> Resource:
    return {"meta": {"versionId": number, **({"lastUpdated": updated} if updated else {})}}


OLD, NEW = version("1", "2024-01-11T00:00:00Z"), version("2", "2024-02-11T00:00:00Z")


# Versions


@pytest.mark.parametrize("first", [OLD, NEW], ids=["the old one first", "the new one first"])
def test_the_newest_version_counts_whichever_file_comes_first(tmp_path: Path, first: Resource) -> None:
    second = NEW if first is OLD else OLD
    days = {id(OLD): "2024-01-10", id(NEW): "2024-01-12"}
    for name, meta in (("a.ndjson", first), ("b.ndjson", second)):
        lines(tmp_path, name, {**patient(), **meta}, procedure(day=days[id(meta)], **meta))
    rows, issues = read(tmp_path)
    assert only(rows, "operations")["surgery_date"] == "2024-01-12"
    assert only(rows, "operations")["last_contact_date"] == "2024-01-12"
    assert notes(issues, "older_version") == ["1 resource stands in the files in a newer version too, which counts."]
    assert left_out(issues) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_three_versions_the_newest_counts_in_any_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    days = {"1": "2024-01-11", "2": "2024-01-12", "10": "2024-01-11"}
    versions = [procedure(day=day, **version(number)) for number, day in days.items()]
    rows, issues = read(bundle(tmp_path, patient(), *(versions[place] for place in order)))
    assert only(rows, "operations")["surgery_date"] == "2024-01-11"
    assert left_out(issues) == []


TELLS: dict[str, tuple[Resource, Resource]] = {
    "a number": (version("9"), version("10")),
    "a time alone": ({"meta": {"lastUpdated": "2024-01-01T23:30:00-02:00"}},
                     {"meta": {"lastUpdated": "2024-01-02T02:00:00+00:00"}}),
    "a time where the number is none": (version("a", "2024-01-01T00:00:00Z"), version("b", "2024-01-02T00:00:00Z")),
}  # fmt: skip


@pytest.mark.parametrize("name", TELLS)
def test_what_tells_which_is_newer(tmp_path: Path, name: str) -> None:
    old, new = TELLS[name]
    for pair in (("2024-01-12", new), ("2024-01-10", old)), (("2024-01-10", old), ("2024-01-12", new)):
        rows, _ = read(bundle(tmp_path, patient(), *(procedure(day=day, **meta) for day, meta in pair)))
        assert only(rows, "operations")["surgery_date"] == "2024-01-12"


UNTOLD: dict[str, tuple[Resource, Resource]] = {
    "nothing": ({}, {}),
    "the same": (OLD, OLD),
    "only one has any": (OLD, {}),
    "one against the other": (version("1", "2024-02-01T00:00:00Z"), version("2", "2024-01-01T00:00:00Z")),
    "a time without its zone": ({"meta": {"lastUpdated": "2024-01-01T00:00:00"}},
                                {"meta": {"lastUpdated": "2024-01-02T00:00:00"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", UNTOLD)
def test_where_nothing_tells_both_are_left_out_and_named(tmp_path: Path, name: str) -> None:
    one, other = UNTOLD[name]
    path = bundle(tmp_path, patient(), procedure(**one), procedure(day="2024-01-12", **other))
    rows, issues = read(path)
    assert "operations" not in rows
    assert left_out(issues) == [("twice", 2), ("twice", 3)]


def test_a_version_that_takes_the_older_one_back_counts(tmp_path: Path) -> None:
    for status in ("entered-in-error", "not-done"):
        pair = (procedure(**OLD), procedure(status=status, **NEW))
        for order in (pair, pair[::-1]):
            assert "operations" not in read(bundle(tmp_path, patient(), *order))[0]
    pair = (condition("M96.1", "2024-05-01", "c1", **OLD), condition("M96.0", "2024-05-01", "c1", **NEW))
    for order in (pair, pair[::-1]):
        rows, _ = read(bundle(tmp_path, patient(), procedure(), *order))
        assert only(rows, "diagnoses")["cause"] == "pseudarthrosis"


def test_the_newest_name_of_a_place_is_its_name_in_any_order(tmp_path: Path) -> None:
    where = procedure(location={"reference": "Location/l1"})
    places = [{"resourceType": "Location", "id": "l1", "name": name, **meta} for name, meta in (("A", OLD), ("B", NEW))]
    for order in (places, places[::-1]):
        assert only(read(bundle(tmp_path, patient(), where, *order))[0], "operations")["site"] == "B"


# R5


def test_reads_the_names_of_r5_and_says_so(tmp_path: Path) -> None:
    fifth = {
        "resourceType": "Procedure",
        "id": "o1",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "code": concept(PCS, PLIF),
        "occurrenceDateTime": "2024-01-10",
        "reason": [{"concept": concept(CM, "M48.061")}],
        "encounter": {"reference": "Encounter/e1"},
    }
    stay = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "actualPeriod": {"start": "2024-01-09", "end": "2024-01-14"},
    }
    given = prescription(medication={"concept": concept("http://www.nlm.nih.gov/research/umls/rxnorm", "7804")})
    rows, issues = read(bundle(tmp_path, patient(), fifth, stay, given))
    operation = only(rows, "operations")
    assert operation["surgery_date"] == "2024-01-10"
    assert (operation["indication"], operation["opioid_use"]) == ("stenosis", "true")
    assert operation["last_contact_date"] == "2024-01-14"
    assert notes(issues, "fhir_r5") == [
        "These are records of FHIR R5, by the names in them: actualPeriod (1), medication (1), occurrenceDateTime (1), "
        "reason (1). They were read as such."
    ]


def test_a_reason_of_r5_may_be_a_condition(tmp_path: Path) -> None:
    why = [{"reference": {"reference": "Condition/c1"}}]
    fifth = procedure(performedDateTime=None, occurrencePeriod={"start": "2024-01-10"}, reason=why)
    rows, _ = read(bundle(tmp_path, patient(), fifth, condition("M43.16", "2026-01-01", "c1")))
    assert only(rows, "operations")["indication"] == "spondylolisthesis"


# Forms


FORM = "http://example.org/Questionnaire/back"


def answers(*items: Resource, form: str = FORM) -> Resource:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "q1",
        "status": "completed",
        "questionnaire": form,
        "subject": {"reference": "Patient/p1"},
        "authored": "2025-01-12T10:00:00Z",
        "item": list(items),
    }


def weighted(link: str, weight: float, name: str = "itemWeight", code: str = "97909-6") -> Resource:
    url = f"http://hl7.org/fhir/StructureDefinition/{name}"
    coding = {"extension": [{"url": url, "valueDecimal": weight}], "system": LOINC, "code": code}
    return {"linkId": link, "answer": [{"valueCoding": coding}]}


def single(number: int) -> Resource:
    return {"linkId": f"item-{number}", "text": "Walking", "answer": [{"valueDecimal": number % 6}]}


def odi(tmp_path: Path, *resources: Any) -> str | None:
    rows, _ = read(bundle(tmp_path, patient(), procedure(), *resources))
    return only(rows, "follow_ups")["odi"] if "follow_ups" in rows else None


TEN = [single(number) for number in range(1, 11)]


@pytest.mark.parametrize("name", ["itemWeight", "ordinalValue"])
def test_reads_a_total_that_is_the_weight_of_a_coded_answer(tmp_path: Path, name: str) -> None:
    assert odi(tmp_path, answers(*TEN, weighted("result", 62, name))) == "62"


def test_reads_a_total_whose_question_only_the_form_codes_wherever_the_form_stands(tmp_path: Path) -> None:
    item = {"linkId": "result", "type": "decimal", "code": [{"system": LOINC, "code": "97909-6"}]}
    form = {"resourceType": "Questionnaire", "id": "x", "url": FORM, "status": "active", "item": [{"item": [item]}]}
    said = answers(*TEN, {"linkId": "result", "answer": [{"valueDecimal": 62}]}, form=f"{FORM}|1.0")
    assert odi(tmp_path, form, said) == odi(tmp_path, said, form) == "62"


def test_reads_the_total_of_a_form_that_is_coded_as_a_whole(tmp_path: Path) -> None:
    form = {"resourceType": "Questionnaire", "id": "x", "url": FORM, "code": [{"system": LOINC, "code": "97909-6"}]}
    total = {"linkId": "11", "text": "Total score", "answer": [{"valueInteger": 62}]}
    assert odi(tmp_path, answers(*TEN, total), form) == "62"
    assert odi(tmp_path, answers({"linkId": "11", "answer": [{"valueInteger": 62}]}), form) == "62"
    assert odi(tmp_path, answers(*TEN, total, form="http://loinc.org/q/97909-6")) == "62"


def test_a_form_whose_total_cannot_be_told_is_named(tmp_path: Path) -> None:
    rows, issues = read(bundle(tmp_path, patient(), procedure(), answers(*TEN, form="http://loinc.org/q/97909-6")))
    assert "follow_ups" not in rows
    assert "which of its answers is the total is not said" in notes(issues, "not_used")[0]


def asked(tmp_path: Path, *resources: Resource, units: dict[str, str] | None = None) -> list[str]:
    site = SiteMapping(tables={"follow_ups": TableMapping(units=units or {})})
    path = bundle(tmp_path, patient(), procedure(), *resources)
    return notes(unfolded(fhir.read([path], site, TODAY))[1], "scale_asked")


def test_totals_up_to_50_are_asked_until_the_mapping_says_what_they_are(tmp_path: Path) -> None:
    low = answers(*TEN, weighted("result", 36))
    assert odi(tmp_path, low) == "36"
    (question,) = asked(tmp_path, low)
    assert question.startswith("Are the values of odi per cent, or points of 50? 1 came without a unit")
    assert asked(tmp_path, low, units={"odi": "percent"}) == []
    assert asked(tmp_path, low, observation("97909-6", "2023-12-20", **quantity(52, "%"))) == []
    assert asked(tmp_path, observation("97909-6", "2023-12-20", **quantity(38, "%"))) == []
