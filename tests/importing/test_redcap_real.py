"""Three exports that this project did not write, counted against their source by a few lines of their own."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.importing.test_redcap_written import Read, read

BESIDE_THE_CHECKOUT = Path(__file__).parents[2].parent / "shared" / "real_data" / "redcap"

pytestmark = pytest.mark.skipif(
    not BESIDE_THE_CHECKOUT.is_dir(), reason="the exports lie beside the project, and are not part of it"
)

TRIAL = """
    [[redcap.rows]]
    table = "patients"
    columns = { sex = "gender" }
    [[redcap.rows]]
    table = "operations"
    columns = { surgery_date = "ethnicity", procedure = "race", height_cm = "height", weight_kg = "weight" }
    values.procedure = { "1" = "tlif", "White" = "plif", "6" = "" }
"""
"""Nothing of these exports is about the spine: what stands for a day and a procedure only shows the road."""
COMMAS = """
    [[redcap.rows]]
    table = "operations"
    columns.surgery_date = "weight_dot"
    columns.procedure = "height_dot"
    columns.height_cm = "height_comma"
    columns.weight_kg = "weight_comma"
    columns.bmi = "bmi_comma"
    [operations.units]
    height_cm = "m"
"""
BOXES = """
    [[redcap.rows]]
    table = "operations"
    columns = { surgery_date = "record_id", procedure = "record_id", diabetes = "check_two___a" }
    [[redcap.rows]]
    table = "symptoms"
    columns = { onset_date = "record_id" }
    each = { symptom = "check_one" }
    [[redcap.rows]]
    table = "treatments"
    columns = { start_date = "record_id" }
    each = { treatment = "check_two" }
"""


def both(name: str, mapping: str) -> tuple[Read, list[dict[str, str]]]:
    """What the CSV files and the XML alike give, and the source read by nothing but the standard library."""
    folder = BESIDE_THE_CHECKOUT / name
    of_csv = read([folder / "data.csv", folder / "dictionary.csv"], mapping)
    of_xml = read(folder / "project.xml", mapping)
    assert of_csv.tables == of_xml.tables
    with (folder / "data.csv").open(encoding="utf-8", newline="") as file:
        return of_csv, list(csv.DictReader(file))


def test_a_trial_of_500_people_is_read_whole_and_without_its_identifiers() -> None:
    found, source = both("clinical-trial-1", TRIAL)
    assert len(source) == len(found.tables["patients"]) == len(found.tables["operations"]) == 500
    words = {"1": "tlif", "3": "Black", "4": "plif", "5": "Other/Mixed", "2": "(Not Used)"}
    for row, patient, operation in zip(source, found.tables["patients"], found.tables["operations"], strict=True):
        assert patient == {"patient_id": row["record_id"], "sex": {"0": "Female", "1": "Male"}[row["gender"]]}
        given = (operation.get("procedure"), operation.get("height_cm"), operation.get("weight_kg"))
        assert given == (words.get(row["race"]), row["height"] or None, row["weight"] or None)
    text = repr(found)
    for row in source:
        assert not any(row[name] in text for name in ("name_last", "address", "phone", "email") if len(row[name]) > 7)
    assert found.of("identifiers_not_read")[0].message.endswith("address, dob, name_first, name_last, phone.")


def test_decimal_commas_are_turned_where_the_dictionary_says_so() -> None:
    found, source = both("decimal-comma-and-dot", COMMAS)
    assert [(row["height_cm"], row["weight_kg"], row["bmi"]) for row in found.tables["operations"]] == [
        (row["height_dot"], row["weight_dot"], row["bmi"]) for row in source
    ]


def test_every_ticked_box_is_a_row_and_no_other() -> None:
    found, source = both("checkboxes-1", BOXES)
    for table, start, labels in (
        ("symptoms", "check_one___", "one two three four"),
        ("treatments", "check_two___", "ABCDE"),
    ):
        named = labels.split() if " " in labels else list(labels)
        boxes = [name for name in source[0] if name.startswith(start)]
        ticked = Counter(
            (row["record_id"], label)
            for row in source
            for box, label in zip(boxes, named, strict=True)
            if row[box] == "1"
        )
        word = table.removesuffix("s")
        assert Counter((row["operation_id"], row[word]) for row in found.tables[table]) == ticked
    assert [row.get("diabetes") for row in found.tables["operations"]] == ["true", "false", "false", None]
