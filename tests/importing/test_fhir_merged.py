"""FHIR patients who were merged: records under an old number and under the new one are of one person."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.importing.fhir_written import bundle, condition, left_out, lines, notes, patient, procedure, read
from tests.importing.written import rows as kept
from tests.importing.written import take


def of(key: str) -> dict[str, Any]:
    return {"subject": {"reference": f"Patient/{key}"}}


def link(kind: str, *keys: str) -> dict[str, Any]:
    return {"link": [{"other": {"reference": f"Patient/{key}"}, "type": kind} for key in keys]}


def records(*patients: Any) -> list[Any]:
    """An operation under the old number; the failure and a second operation under the new one."""
    return [
        *patients,
        procedure("o1", day="2022-01-10", **of("old")),
        condition("M96.1", "2022-09-01", **of("new")),
        procedure("o2", day="2022-11-10", **of("new")),
    ]


OLD = patient("old", birthDate="1961-05-01", active=False, deceasedDateTime="2022-01-11", **link("replaced-by", "new"))
NEW = patient("new", birthDate="1960-05-01")


@pytest.mark.parametrize(
    "patients",
    [
        (OLD, NEW),
        (NEW, OLD),
        (patient("old"), patient("new", birthDate="1960-05-01", **link("replaces", "old"))),
        (OLD, patient("new", birthDate="1960-05-01", **link("replaces", "old"))),
        (patient("new", birthDate="1960-05-01", **link("replaces", "old")),),
    ],
)
def test_a_merged_patient_is_one_patient_as_the_surviving_record_says(tmp_path: Path, patients: Any) -> None:
    rows, issues = read(bundle(tmp_path, *records(*patients)))
    assert rows["patients"] == [{"patient_id": "new", "birth_date": "1960-05-01", "sex": "female"}]
    assert {row["patient_id"] for row in rows["operations"]} == {"new"}
    assert [row["operation_id"] for row in rows["diagnoses"]] == ["o1"]
    assert left_out(issues) == []
    said = " ".join(notes(issues, "not_used"))
    assert ("replaced by another one" in said) == (len(patients) == 2)
    assert ("has another sex, birth or death" in said) == (OLD in patients)


def test_it_is_one_first_operation_that_failed(tmp_path: Path) -> None:
    lines(tmp_path, "all.ndjson", *records(OLD, NEW))
    take(tmp_path / "all.ndjson", tmp_path / "store")
    select = (
        "select count(distinct patient), count(*) filter (where index_operation),"
        " count(*) filter (where index_operation and state = 1) from operation_outcome"
        " inner join code on dimension = 'outcome' and outcome = code and name = 'fbss'"
    )
    assert kept(tmp_path / "store", select) == [(1, 1, 1)]


def test_a_chain_is_followed_to_its_end_in_whatever_order(tmp_path: Path) -> None:
    chain = [
        patient("old", **link("replaced-by", "middle")), patient("middle", **link("replaced-by", "new")), NEW,
    ]  # fmt: skip
    for number, order in enumerate(permutations(chain)):
        folder = tmp_path / str(number)
        folder.mkdir()
        rows, _ = read(bundle(folder, *records(*order)))
        assert [row["patient_id"] for row in rows["patients"]] == ["new"]
        assert len(rows["operations"]) == 2


@pytest.mark.parametrize("kind", ["refer", "seealso", "", "REPLACED-BY"])
def test_other_links_merge_nobody(tmp_path: Path, kind: str) -> None:
    rows, _ = read(bundle(tmp_path, *records(patient("old", **link(kind, "new")), NEW)))
    assert sorted(row["patient_id"] for row in rows["patients"]) == ["new", "old"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_ring_is_one_patient_and_is_named(tmp_path: Path, turned: bool) -> None:
    ring = [patient("old", **link("replaced-by", "new")), patient("new", **link("replaced-by", "old"))]
    rows, issues = read(bundle(tmp_path, *records(*(reversed(ring) if turned else ring))))
    assert [row["patient_id"] for row in rows["patients"]] == ["new"]
    assert len(rows["operations"]) == 2
    (note,) = notes(issues, "merged_in_a_ring")
    assert "replaced by this one again" in note


def test_one_who_names_itself_is_not_merged(tmp_path: Path) -> None:
    rows, issues = read(bundle(tmp_path, *records(patient("old", **link("replaced-by", "old")), NEW)))
    assert len(rows["patients"]) == 2
    assert notes(issues, "merged_in_a_ring") == []


def test_one_replaced_by_two_others_is_left_out_and_named(tmp_path: Path) -> None:
    torn = patient("old", **link("replaced-by", "new", "other"))
    rows, issues = read(bundle(tmp_path, *records(torn, NEW, patient("other"))))
    assert [row["operation_id"] for row in rows["operations"]] == ["o2"]
    assert sorted(rule for rule, _ in left_out(issues)) == ["merged_twice", "merged_twice"]


def test_two_who_were_replaced_by_one_that_is_not_in_the_files_are_one(tmp_path: Path) -> None:
    both = [patient("new", **link("replaced-by", "gone")), patient("old", **link("replaced-by", "gone"))]
    rows, _ = read(bundle(tmp_path, *records(*both)))
    assert [row["patient_id"] for row in rows["patients"]] == ["new"]
    assert len(rows["operations"]) == 2
