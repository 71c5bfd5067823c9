"""OMOP: the same operations from CSV files and from a DuckDB file, and how each thing in them is understood."""

from __future__ import annotations

import csv
import gzip
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pytest

from dashboard.importing.formats import omop
from dashboard.importing.formats.sheets import Reading
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.mapping import read as read_mapping
from tests.importing.omop_extract import (
    CLEAN,
    SITE,
    TODAY,
    cells,
    database,
    drained,
    folder,
    left_out,
    notes,
    read,
    values,
)
from tests.importing.written import rows, take

BESIDE_THE_CHECKOUT = Path(__file__).parents[2].parent / "shared" / "real_data" / "omop" / "Synthea27Nj_5.4.zip"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return read(folder(tmp_path_factory.mktemp("clean")))


def test_says_by_what_it_recognised_the_files(tmp_path: Path) -> None:
    made = folder(tmp_path)
    both = "PERSON.csv and PROCEDURE_OCCURRENCE.csv are tables of the OMOP common data model."
    assert omop.recognise([made]) == both
    assert omop.recognise(sorted(made.iterdir())) == both
    assert "extract.duckdb" in omop.recognise([database(tmp_path)])


def test_other_files_are_not_omop(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text("patient_id\nP1\n")
    assert omop.recognise([tmp_path]) == ""
    assert omop.recognise([tmp_path / "patients.csv"]) == ""


def test_reads_only_patients_with_an_operation_and_never_their_record_number(clean: Reading) -> None:
    assert cells(clean, "patients", "patient_id", "birth_date", "birth_year", "sex", "death_date") == [
        ("1", "1960-05-06", "1960", "female", None),
        ("2", None, "1950", "male", "2025-06-30"),
    ]
    assert "MRN" not in str(drained(clean)) + notes(clean)


def test_a_day_of_surgery_is_one_operation_named_by_the_larger_procedure(clean: Reading) -> None:
    assert cells(clean, "operations", "operation_id", "patient_id", "surgery_date", "procedure", "surgeon", "site") == [
        ("11", "1", "2024-01-10", "plif", "7", "North"),
        ("13", "2", "2024-03-01", "microdiscectomy", "8", "South"),
    ]
    assert "1 procedures on the day of another one" in notes(clean)


def test_traits_are_the_last_before_surgery_in_our_units(clean: Reading) -> None:
    wanted = ("operation_id", "bmi", "height_cm", "weight_kg", "smoking", "diabetes", "opioid_use", "indication")
    assert cells(clean, "operations", *wanted) == [
        ("11", "31.5", None, None, "current", "true", "true", "stenosis"),
        ("13", None, "177.8", "90.718474", "never", None, None, None),
    ]


def test_the_last_contact_is_the_end_of_observation_but_not_after_death(clean: Reading) -> None:
    assert cells(clean, "operations", "operation_id", "last_contact_date") == [
        ("11", "2026-01-31"),
        ("13", "2025-06-30"),
    ]


def test_without_a_period_the_last_contact_is_the_last_dated_row(tmp_path: Path) -> None:
    reading = read(folder(tmp_path, {"OBSERVATION_PERIOD": None}))
    assert cells(reading, "operations", "operation_id", "last_contact_date")[0] == ("11", "2025-03-02")


def test_what_came_after_surgery(clean: Reading) -> None:
    assert cells(clean, "diagnoses", "operation_id", "diagnosis_date", "cause", "code") == [
        ("11", "2024-12-01", "undetermined", "M96.1")
    ]
    assert cells(clean, "symptoms", "operation_id", "onset_date", "symptom") == [
        ("11", "2024-08-01", "shooting_leg_pain")
    ]
    assert cells(clean, "complications", "operation_id", "complication_date", "complication") == [
        ("11", "2024-01-12", "dural_tear")
    ]
    assert cells(clean, "follow_ups", "operation_id", "visit_date", "odi") == [
        ("11", "2024-01-05", "52"),
        ("11", "2025-01-05", "48"),
    ]


def test_a_treatment_counts_once_the_failure_was_found(clean: Reading) -> None:
    assert sorted(cells(clean, "treatments", "operation_id", "start_date", "treatment")) == [
        ("11", "2025-01-02", "opioid"),
        ("11", "2025-02-01", "spinal_cord_stimulation"),
    ]


def test_a_cause_on_the_day_of_a_second_operation_belongs_to_the_first(tmp_path: Path) -> None:
    procedures = CLEAN["PROCEDURE_OCCURRENCE"].replace("2025-02-01,9,,00HU3MZ,503", "2024-12-01,9,,0SG30AJ,504")
    reading = read(folder(tmp_path, {"PROCEDURE_OCCURRENCE": procedures}))
    assert cells(reading, "operations", "operation_id") == [("11",), ("13",), ("15",)]
    assert cells(reading, "diagnoses", "operation_id", "diagnosis_date") == [("11", "2024-12-01")]


def test_what_was_not_mapped_is_counted_by_code_and_name(clean: Reading) -> None:
    said = notes(clean)
    assert "PROCEDURE_OCCURRENCE.csv: 1 of 5 rows" in said
    assert "168537006 (SNOMED, Plain radiography) 1" in said
    assert "J06.9 (ICD10CM, Upper respiratory infection) 1" in said
    assert "MEASUREMENT.csv: 1 rows have weight_kg in a unit that is not converted (unit concept 9999)" in said
    assert left_out(clean) == []


def test_a_row_names_the_line_of_its_file(clean: Reading) -> None:
    sheets = {name: (sheet.name, held[0][0]) for name, sheet, held in drained(clean)}
    assert sheets["operations"] == ("PROCEDURE_OCCURRENCE.csv", 2)
    assert sheets["diagnoses"] == ("CONDITION_OCCURRENCE.csv", 6)


@pytest.mark.parametrize("schema", ["main", "cdm"])
def test_a_duckdb_file_gives_the_same_rows(clean: Reading, tmp_path: Path, schema: str) -> None:
    path = database(tmp_path, schema=schema)
    before = path.read_bytes()
    reading = read(path)
    assert values(reading) == values(clean)
    assert left_out(reading) == []
    assert path.read_bytes() == before
    assert not path.with_name("extract.duckdb.wal").exists()


WRITTEN: Mapping[str, Callable[[str], bytes]] = {
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "capitals": lambda text: text.replace("person_id", "PERSON_ID").encode(),
    "quotes": lambda text: "\n".join(
        ",".join(f'"{cell}"' for cell in row) for row in csv.reader(text.splitlines())
    ).encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR and LF": lambda text: text.replace("\n", "\r\n", 1).encode(),
    "Windows": lambda text: text.replace("Oswestry", "Oswéstry").encode("cp1252"),
    "decimals": lambda text: text.replace("\n1,8532", "\n1.0,8532.0").encode(),
    "blank lines": lambda text: text.replace("\n", "\n\n").encode(),
    "a mark at the start": lambda text: text.encode("utf-8-sig"),
    "days without dashes": lambda text: re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\1\2\3", text).encode(),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_files_written_otherwise_give_the_same_rows(clean: Reading, tmp_path: Path, how: str) -> None:
    made = folder(tmp_path)
    for path in made.iterdir():
        path.write_bytes(WRITTEN[how](path.read_text(encoding="utf-8")))
    encoding = "cp1252" if how == "Windows" else None
    assert values(read(made, SiteMapping(sections=SITE.sections, encoding=encoding))) == values(clean)


@pytest.mark.parametrize("named", [str.lower, str.upper])
def test_packed_files_give_the_same_rows_however_their_names_are_written(
    clean: Reading, tmp_path: Path, named: Callable[[str], str]
) -> None:
    made = folder(tmp_path)
    for path in sorted(made.iterdir()):
        path.with_name(named(f"{path.name}.gz")).write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert values(read(made)) == values(clean)


def test_a_vocabulary_with_quotation_marks_and_tabs_is_read(clean: Reading, tmp_path: Path) -> None:
    concepts = CLEAN["CONCEPT"].replace(",", "\t").replace("Oswestry", 'The "Oswestry" 6" scale')
    made = folder(tmp_path, {"CONCEPT": concepts})
    assert values(read(made)) == values(clean)


def test_a_source_value_alone_is_understood_by_its_form_and_said(tmp_path: Path) -> None:
    reading = read(folder(tmp_path, {"CONCEPT": None}))
    assert cells(reading, "diagnoses", "cause", "code") == [("undetermined", "M96.1")]
    assert cells(reading, "operations", "procedure") == [("plif",), ("microdiscectomy",)]
    assert (
        "CONDITION_OCCURRENCE.csv: 6 rows name no known concept, and were understood by their source value."
        in notes(reading)
    )


def test_a_site_names_its_own_sourcevalues(tmp_path: Path) -> None:
    mapping = SiteMapping(sections={"codes": {"omop_source": {"procedure": {"local": "tlif"}}}})
    assert cells(read(folder(tmp_path), mapping), "operations", "procedure") == [("plif",), ("tlif",)]


def test_a_sites_word_for_a_concept_stands_before_the_shipped_one(tmp_path: Path) -> None:
    mapping = SiteMapping(sections={"codes": {"omop": {"procedure": {"501": "tlif"}}}})
    assert cells(read(folder(tmp_path), mapping), "operations", "procedure") == [("tlif",)]


def test_an_answer_of_no_is_no_finding(tmp_path: Path) -> None:
    observations = """observation_id,person_id,observation_concept_id,observation_date,value_as_concept_id
51,1,900,2024-05-05,4188540
52,1,900,2024-06-06,4188539
53,1,900,2024-04-04,123
54,1,901,2023-06-06,45878245
"""
    site = {"omop": {"symptom": {"900": "fever"}, "trait": {"osteoporosis": {"901": "true"}}}}
    reading = read(folder(tmp_path, {"OBSERVATION": observations}), SiteMapping(sections={"codes": site}))
    assert cells(reading, "symptoms", "onset_date", "symptom") == [
        ("2024-08-01", "shooting_leg_pain"),
        ("2024-06-06", "fever"),
    ]
    assert cells(reading, "operations", "osteoporosis") == [("false",)]
    assert "OBSERVATION.csv: 2 rows were answered with no, or not clearly (fever): not read." in notes(reading)


@pytest.mark.parametrize("answer", ["0", ""])
def test_concept_0_is_no_answer(tmp_path: Path, answer: str) -> None:
    header = "observation_id,person_id,observation_concept_id,observation_date,value_as_concept_id"
    observations = f"{header}\n51,1,901,2023-06-06,{answer}\n"
    site = {"omop": {"trait": {"osteoporosis": {"901": ""}}}}
    reading = read(folder(tmp_path, {"OBSERVATION": observations}), SiteMapping(sections={"codes": site}))
    assert cells(reading, "operations", "osteoporosis") == [(None,)]
    assert "1 rows have an answer for osteoporosis that is not known here" in notes(reading)


def test_twovalues_recorded_together_are_none(tmp_path: Path) -> None:
    more = CLEAN["CONDITION_OCCURRENCE"].replace("32902", "")
    reading = read(folder(tmp_path, {"CONDITION_OCCURRENCE": more}))
    assert cells(reading, "operations", "indication") == [(None,), (None,)]
    assert "1 operations have more than one value recorded together for an indication: left empty." in notes(reading)


def test_dates_as_the_mapping_writes_them(clean: Reading, tmp_path: Path) -> None:
    made = folder(tmp_path)
    for path in made.iterdir():
        text = path.read_text(encoding="utf-8").replace(" 00:00:00", "")
        path.write_text(re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1", text), encoding="utf-8")
    reading = read(made, SiteMapping(sections=SITE.sections, date_format="%d.%m.%Y"))
    assert values(reading) == values(clean)


def test_functions_that_the_file_brings_along_are_not_asked(clean: Reading, tmp_path: Path) -> None:
    path = database(tmp_path, schema="main")
    with duckdb.connect(str(path)) as connection:
        for name in ("trim", "coalesce_", "regexp_replace", "list_contains", "left"):
            connection.execute(f"create macro main.{name}(a, b := 1, c := 2) as 'spoilt'")
    assert values(read(path)) == values(clean)


@pytest.mark.parametrize("as_database", [False, True], ids=["CSV", "DuckDB"])
def test_an_extract_becomes_a_generation(tmp_path: Path, as_database: bool) -> None:
    mapping = tmp_path / "site.toml"
    mapping.write_text('[codes.omop.procedure]\n"600" = "microdiscectomy"\n')
    result = take(database(tmp_path) if as_database else folder(tmp_path), tmp_path / "store", mapping)
    assert [(count.read, count.accepted) for count in result.tables.values()] == [
        (2, 2),
        (2, 2),
        (2, 2),
        (1, 1),
        (1, 1),
        (1, 1),
        (2, 2),
    ]
    assert rows(tmp_path / "store", "select operation_id, procedure, surgeon, site from operation order by 1") == [
        ("11", "plif", "7", "North"),
        ("13", "microdiscectomy", "8", "South"),
    ]
    assert rows(tmp_path / "store", "select cause, code from diagnosis") == [("undetermined", "M96.1")]


@pytest.mark.skipif(
    not BESIDE_THE_CHECKOUT.is_file(),
    reason="put Synthea27Nj_5.4.zip of OHDSI's EunomiaDatasets into ../shared/real_data/omop",
)
def test_agrees_with_a_count_by_hand_on_a_public_extract(tmp_path: Path) -> None:
    """No spine operation is in it: one of its procedures is called one, so that the whole road is gone."""
    with zipfile.ZipFile(BESIDE_THE_CHECKOUT) as archive:
        archive.extractall(tmp_path / "cdm")
    mapping = tmp_path / "site.toml"
    mapping.write_text('[codes.omop.procedure]\n"4326177" = "tlif"\n')
    reading = omop.read([tmp_path / "cdm"], read_mapping(mapping), TODAY)
    with (tmp_path / "cdm" / "PROCEDURE_OCCURRENCE.csv").open(encoding="utf-8") as file:
        done = [row for row in csv.DictReader(file) if row["procedure_concept_id"] == "4326177"]
    days = {(row["person_id"], row["procedure_date"]) for row in done}
    assert len(done) == 202
    assert set(cells(reading, "operations", "patient_id", "surgery_date")) == days
    assert len(cells(reading, "patients", "patient_id")) == len({person for person, _ in days}) == 28
    values = [float(value) for (value,) in cells(reading, "operations", "bmi") if value]
    assert (len(values), round(sum(values), 1)) == (179, 4715.6)


TWO_DEATHS = ("2,2025-06-30", "2,2025-03-01")


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_deaths_the_latest_is_taken_in_whatever_order_and_the_other_named(tmp_path: Path, turned: bool) -> None:
    deaths = reversed(TWO_DEATHS) if turned else TWO_DEATHS
    reading = read(folder(tmp_path, {"DEATH": "\n".join(["person_id,death_date", *deaths])}))
    assert cells(reading, "patients", "patient_id", "death_date") == [("1", None), ("2", "2025-06-30")]
    (message,) = left_out(reading)
    assert f"row {2 if turned else 3}: another row gives this person a later day of death, 2025-06-30" in message
    assert "1 patients have deaths on different days" in notes(reading)


def test_the_same_death_twice_is_one_death(tmp_path: Path) -> None:
    reading = read(folder(tmp_path, {"DEATH": "person_id,death_date\n2,2025-06-30\n2,2025-06-30\n"}))
    assert cells(reading, "patients", "patient_id", "death_date") == [("1", None), ("2", "2025-06-30")]
    assert left_out(reading) == []


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("seen", "death"), [("2025-08-28", "2025-06-30"), ("2025-08-29", None)])
def test_no_death_is_taken_that_was_followed_by_records_of_sixty_days_or_more(
    tmp_path: Path, seen: str, death: str | None, turned: bool
) -> None:
    deaths = reversed(TWO_DEATHS) if turned else TWO_DEATHS
    changed = {
        "DEATH": "\n".join(["person_id,death_date", *deaths]),
        "CONDITION_OCCURRENCE": f"{CLEAN['CONDITION_OCCURRENCE']}39,2,0,{seen},J06.9,517,\n",
    }
    reading = read(folder(tmp_path, changed))
    assert cells(reading, "patients", "patient_id", "death_date") == [("1", None), ("2", death)]
    assert ("60 days or more after their last recorded death: no death is taken" in notes(reading)) == (death is None)
