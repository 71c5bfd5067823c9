"""A small OMOP extract, whole and clean, as CSV files or as a DuckDB file, and what the reader makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.importing.formats import omop
from dashboard.importing.formats.sheets import Reading
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import ImportRefused, Issue
from tests.importing.written import contents

TODAY = date(2026, 11, 1)

CLEAN: Mapping[str, str] = {
    "PERSON": """person_id,gender_concept_id,year_of_birth,birth_datetime,person_source_value
1,8532,1960,1960-05-06 00:00:00,MRN-77
2,8507,1950,,MRN-78
3,8507,1940,,MRN-79
""",
    "DEATH": "person_id,death_date\n2,2025-06-30\n",
    "PROCEDURE_OCCURRENCE": "procedure_occurrence_id,person_id,procedure_concept_id,procedure_date,provider_id,"
    """visit_occurrence_id,procedure_source_value,procedure_source_concept_id
11,1,0,2024-01-10,7,21,0SG00AJ,501
12,1,0,2024-01-10,7,21,01NB0ZZ,502
13,2,600,2024-03-01,8,,local,0
14,3,700,2024-03-01,8,,X-ray,0
15,1,0,2025-02-01,9,,00HU3MZ,503
""",
    "CONDITION_OCCURRENCE": "condition_occurrence_id,person_id,condition_concept_id,condition_start_date,"
    """condition_source_value,condition_source_concept_id,condition_status_concept_id
31,1,0,2020-02-02,E11.9,511,
32,1,0,2024-01-10,M48.061,512,32902
33,1,0,2024-01-10,M43.16,513,
34,1,0,2024-08-01,M54.16,514,
35,1,0,2024-12-01,M96.1,515,
36,1,0,2024-01-12,G97.41,516,
37,1,0,2024-02-12,J06.9,517,
38,3,0,2024-02-12,M96.1,515,
""",
    "MEASUREMENT": "measurement_id,person_id,measurement_concept_id,measurement_date,"
    """value_as_number,unit_concept_id,operator_concept_id
41,1,521,2023-12-01,31.5,9531,
42,1,521,2021-12-01,28.0,9531,
43,2,522,2024-02-01,200,8739,4172703
44,2,523,2024-02-01,70,9330,
45,1,524,2024-01-05,52,0,
46,1,524,2025-01-05,48,,
47,2,522,2024-02-20,14,9999,
""",
    "OBSERVATION": "observation_id,person_id,observation_concept_id,observation_date,"
    """value_as_concept_id,value_as_string
51,1,531,2023-11-11,532,
52,2,531,2023-11-11,0,never
""",
    "DRUG_EXPOSURE": """drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date
61,1,541,2023-12-20
62,1,541,2025-01-02
63,1,541,2025-03-02
""",
    "OBSERVATION_PERIOD": """person_id,observation_period_start_date,observation_period_end_date
1,2019-01-01,2026-01-31
2,2019-01-01,2025-12-31
""",
    "VISIT_OCCURRENCE": """visit_occurrence_id,person_id,visit_start_date,visit_end_date,care_site_id
21,1,2024-01-10,2024-01-14,5
""",
    "PROVIDER": "provider_id,provider_name,care_site_id\n8,Jane Doe,6\n",
    "CARE_SITE": "care_site_id,care_site_name\n5,North\n6,South\n",
    "CONCEPT": """concept_id,concept_name,vocabulary_id,concept_code
501,Fusion from behind with a cage,ICD10PCS,0SG00AJ
502,Release lumbar nerve,ICD10PCS,01NB0ZZ
503,Neurostimulator lead,ICD10PCS,00HU3MZ
504,Fusion from behind with a cage,ICD10PCS,0SG30AJ
700,Plain radiography,SNOMED,168537006
511,Type 2 diabetes,ICD10CM,E11.9
512,Spinal stenosis,ICD10CM,M48.061
513,Spondylolisthesis,ICD10CM,M43.16
514,Radiculopathy,ICD10CM,M54.16
515,Postlaminectomy syndrome,ICD10CM,M96.1
516,Accidental puncture,ICD10CM,G97.41
517,Upper respiratory infection,ICD10CM,J06.9
521,BMI,LOINC,39156-5
522,Weight,LOINC,29463-7
523,Height,LOINC,8302-2
524,Oswestry,LOINC,97909-6
531,Smoking status,LOINC,72166-2
532,Current smoker,SNOMED,77176002
541,Oxycodone,RxNorm,7804
""",
}
NOTHING: Mapping[str, str | None] = {}
SITE = SiteMapping(sections={"codes": {"omop": {"procedure": {"600": "microdiscectomy"}}}})


def folder(tmp_path: Path, changed: Mapping[str, str | None] = NOTHING, name: str = "cdm") -> Path:
    """The clean extract as CSV files, with these tables in place of its own, or without those that are None."""
    made = tmp_path / name
    made.mkdir()
    for table, text in {**CLEAN, **changed}.items():
        if text is not None:
            (made / f"{table}.csv").write_text(text, encoding="utf-8")
    return made


def database(tmp_path: Path, changed: Mapping[str, str | None] = NOTHING, schema: str = "cdm") -> Path:
    """The same as a DuckDB file, each column of the type that its values are."""
    path = tmp_path / "extract.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create schema if not exists {schema}")
        for file in sorted(folder(tmp_path, changed, "for_the_database").iterdir()):
            connection.execute(f"create table {schema}.{file.stem} as select * from read_csv('{file}', header = true)")
    return path


def read(path: Path, mapping: SiteMapping = SITE) -> Reading:
    return omop.read([path], mapping, TODAY)


def cells(reading: Reading, table: str, *wanted: str) -> list[tuple[str | None, ...]]:
    """The rows of a table that were not left out, these columns of them."""
    return [
        tuple(row[1][list(sheet.header).index(name)] for name in wanted)
        for name_of_sheet, sheet, held in drained(reading)
        for row in held
        if name_of_sheet == table and not isinstance(row, Issue)
    ]


def left_out(reading: Reading) -> list[str]:
    """The messages of all rows and cells that were left out."""
    named = [row for _, _, held in drained(reading) for row in held if isinstance(row, Issue)]
    return [issue.message for issue in [*named, *reading.issues] if issue.severity in ("row", "cell")]


def notes(reading: Reading) -> str:
    drained(reading)
    return "\n".join(issue.message for issue in reading.issues if issue.severity == "note")


_held: dict[int, tuple[Reading, list[tuple[str, Any, list[Any]]]]] = {}


def drained(reading: Reading) -> list[tuple[str, Any, list[Any]]]:
    """Rows can be taken once only: kept with the reading that they came from."""
    if id(reading) not in _held:
        _held[id(reading)] = (reading, [(sheet.table, sheet, list(sheet.rows)) for sheet in reading.sheets])
    return _held[id(reading)][1]


def refusal(path: Path, mapping: SiteMapping = SITE) -> str:
    before = contents(path) if path.is_dir() else path.read_bytes()
    with pytest.raises(ImportRefused) as refused:
        read(path, mapping)
    assert (contents(path) if path.is_dir() else path.read_bytes()) == before
    return refused.value.message.removeprefix("Nothing was imported. ")


def values(reading: Reading) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for table, _, held in drained(reading):
        found.setdefault(table, []).extend([list(row[1]) for row in held])
    return {table: sorted(held, key=str) for table, held in found.items()}
