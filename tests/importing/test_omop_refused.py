"""OMOP extracts that are not as they should be: which row is left out, what is refused, and in which words."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import duckdb
import pytest

from dashboard.importing.formats import omop
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import ImportRefused
from tests.importing.omop_extract import CLEAN, SITE, TODAY, cells, database, folder, left_out, read, refusal

BAD_ROWS = {
    "a day that is none": (
        "PROCEDURE_OCCURRENCE",
        "2024-03-01,8,,local",
        "2024-02-31,8,,local",
        'column procedure_date, row 4: "2024-02-31" is not a date',
    ),
    "a day to come": (
        "CONDITION_OCCURRENCE",
        "2024-12-01",
        "2031-12-01",
        'column condition_start_date, row 6: "2031-12-01" is not a date',
    ),
    "a year of two digits": (
        "CONDITION_OCCURRENCE",
        "2024-12-01",
        "01/12/24",
        'column condition_start_date, row 6: "01/12/24" has a year of two digits',
    ),
    "no day": ("MEASUREMENT", "2023-12-01", "", "column measurement_date, row 2: empty, but needed"),
    "a word": ("MEASUREMENT", "31.5", "high", 'column value_as_number, row 2: "high" is not a number'),
    "no number": ("MEASUREMENT", ",48,", ",NaN,", 'column value_as_number, row 7: "NaN" is not a number'),
    "other digits": ("MEASUREMENT", ",48,", ",٤٨,", 'column value_as_number, row 7: "٤٨" is not a number'),
    "a concept that is a word": (
        "CONDITION_OCCURRENCE",
        "35,1,0,",
        "35,1,M961,",
        'column condition_concept_id, row 6: "M961" is not a whole number',
    ),
    "an orphan": ("PERSON", "2,8507", "4,8507", "column person_id, row 4: the person is not in the table PERSON"),
    "nobody's operation": ("PROCEDURE_OCCURRENCE", "13,2,", "13,,", "column person_id, row 4: no person is named"),
    "an operation without a number": (
        "PROCEDURE_OCCURRENCE",
        "13,2,",
        ",2,",
        "column procedure_occurrence_id, row 4: empty",
    ),
    "a year of birth that is none": ("PERSON", "1950", "19x0", 'PERSON.csv, column year_of_birth, row 3: "19x0"'),
    "a day of birth that is none": ("PERSON", "1960-05-06", "1960-13-06", 'column birth_datetime, row 2: "1960-13-06'),
    "a day of death that is none": ("DEATH", "2025-06-30", "30.06.2025", 'column death_date, row 2: "30.06.2025"'),
    "a period that ends before it begins": (
        "OBSERVATION_PERIOD",
        "2026-01-31",
        "2018-01-31",
        'column observation_period_end_date, row 2: "2018-01-31"',
    ),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_row_that_cannot_be_read_is_left_out_and_named(tmp_path: Path, case: str) -> None:
    table, good, bad, said = BAD_ROWS[case]
    assert good in CLEAN[table]
    reading = read(folder(tmp_path, {table: CLEAN[table].replace(good, bad, 1)}))
    messages = left_out(reading)
    assert any(said in message for message in messages), messages
    assert len(messages) == (5 if case == "an orphan" else 1), messages


def test_operations_without_the_column_of_their_numbers_are_left_out_and_named(tmp_path: Path) -> None:
    procedures = CLEAN["PROCEDURE_OCCURRENCE"].replace("procedure_occurrence_id", "number", 1)
    said = left_out(read(folder(tmp_path, {"PROCEDURE_OCCURRENCE": procedures})))
    assert len(said) == 3
    assert said[0] == "PROCEDURE_OCCURRENCE.csv, column procedure_occurrence_id, row 2: empty, but needed. Fill it in."


def test_two_answers_of_a_day_that_differ_are_both_left_out(tmp_path: Path) -> None:
    more = CLEAN["MEASUREMENT"] + "48,1,524,2025-01-05,50,0,\n"
    reading = read(folder(tmp_path, {"MEASUREMENT": more}))
    assert cells(reading, "follow_ups", "visit_date") == [("2024-01-05",)]
    assert len(left_out(reading)) == 2


def test_an_uneven_row_is_left_out_and_named(tmp_path: Path) -> None:
    made = folder(tmp_path)
    path = made / "CONDITION_OCCURRENCE.csv"
    path.write_text(path.read_text().replace("35,1,0,", "35,1,"), encoding="utf-8")
    reading = read(made)
    assert cells(reading, "diagnoses", "cause") == []
    assert [message.split(":")[0] for message in left_out(reading)] == ["CONDITION_OCCURRENCE.csv, row 6"]


@pytest.mark.parametrize("name", ["PERSON", "PROCEDURE_OCCURRENCE"])
def test_a_table_that_is_needed_is_asked_for(tmp_path: Path, name: str) -> None:
    assert f"has no table {name}" in refusal(folder(tmp_path, {name: None}))
    assert f"has no table {name}" in refusal(database(tmp_path, {name: None}))


def test_a_column_that_is_needed_is_asked_for(tmp_path: Path) -> None:
    for table, column in (
        ("MEASUREMENT", "person_id"),
        ("PERSON", "gender_concept_id"),
        ("PROCEDURE_OCCURRENCE", "procedure_concept_id"),
        ("CONCEPT", "vocabulary_id"),
    ):
        made = folder(tmp_path, {table: CLEAN[table].replace(column, f"{column}x", 1)}, table)
        assert refusal(made).startswith(f"{table}.csv has no column {column} in {table}")


def test_no_spine_operation_is_refused_with_the_codes_that_there_are(tmp_path: Path) -> None:
    procedures = "procedure_occurrence_id,person_id,procedure_concept_id,procedure_date\n14,3,700,2024-03-01\n"
    said = refusal(folder(tmp_path, {"PROCEDURE_OCCURRENCE": procedures}))
    assert "none of 1 procedures means a spine operation" in said
    assert "168537006 (SNOMED, Plain radiography) 1" in said


def test_a_mapping_with_a_word_that_is_none_is_refused(tmp_path: Path) -> None:
    made = folder(tmp_path)
    for codes, said in (
        ({"omop": {"procedure": {"600": "tliff"}}}, '"tliff" is no procedure'),
        ({"omop": {"trait": {"diabetis": {"600": "true"}}}}, '"diabetis" is no trait'),
    ):
        assert said in refusal(made, SiteMapping(sections={"codes": codes}))


def test_a_year_of_two_digits_in_the_mapping_is_refused(tmp_path: Path) -> None:
    assert "four digits" in refusal(folder(tmp_path), SiteMapping(date_format="%d.%m.%y"))


def test_the_same_table_twice_is_refused(tmp_path: Path) -> None:
    made = folder(tmp_path)
    (made / "person.csv.gz").write_bytes(gzip.compress((made / "PERSON.csv").read_bytes()))
    assert "are the same table" in refusal(made)


def test_an_archive_is_not_read(tmp_path: Path) -> None:
    packed = tmp_path / "cdm.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder(tmp_path).iterdir():
            archive.write(path, f"cdm/{path.name}")
    assert omop.recognise([packed]) != ""
    assert "Unpack it" in refusal(packed)


@pytest.mark.parametrize("how", ["empty", "text", "cut", "header alone", "SQLite", "flipped header"])
def test_a_file_that_is_no_whole_database_is_refused(tmp_path: Path, how: str) -> None:
    path = database(tmp_path)
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[20] ^= 0xFF
    path.write_bytes(
        {
            "empty": b"",
            "text": b"person_id,gender_concept_id\n1,8507\n",
            "cut": whole[: len(whole) // 2],
            "header alone": whole[:4096],
            "SQLite": b"SQLite format 3\0" + bytes(4096),
            "flipped header": bytes(flipped),
        }[how]
    )
    assert path.name in refusal(path)


def test_a_view_in_the_place_of_a_table_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path)
    secret = tmp_path / "secret.csv"
    secret.write_text("person_id,gender_concept_id,year_of_birth\n1,8507,1999\n")
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop table cdm.person")
        connection.execute(f"create view cdm.person as select * from read_csv('{secret}')")
    assert "has a view in the place of the table PERSON" in refusal(path)


def test_a_database_that_was_not_closed_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path)
    path.with_name(f"{path.name}.wal").write_bytes(b"something")
    assert "was not closed" in refusal(path)


def test_tables_in_two_schemas_are_refused(tmp_path: Path) -> None:
    path = database(tmp_path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table main.person as from cdm.person")
    assert "more than one schema (cdm, main)" in refusal(path)


def test_a_database_is_given_alone(tmp_path: Path) -> None:
    paths = [database(tmp_path), folder(tmp_path)]
    with pytest.raises(ImportRefused, match="give it alone"):
        omop.read(paths, SITE, TODAY)
