"""No figure depends on the order of rows or of files: every format is shuffled, and gives the same tables again.

The records below also hold what an order could decide: rows that repeat and contradict one another, two deaths, ages
that give no one year of birth, treatments and answers of one day.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from dashboard.importing.work import work
from tests.importing import fhir_written as fhir
from tests.importing import test_redcap_written as redcap
from tests.importing import workbook
from tests.importing.omop_extract import CLEAN
from tests.importing.written import opened

SHUFFLES = 4
OF_THE_FILE = ("source", "line", "operation_key")
"""Where a record stands is of the file; every other column is of the record."""
BY_PLACE = re.compile(r"'[a-z0-9]+\.(nd)?json:\d+'")
"""What an operation is called whose resource has no identifier: by the place where it stands."""
NO_FIGURES = ("source", "issue_count", "late_entry", "import_before", "import_change")
OURS = {
    "patients": """patient_id,birth_year,sex,death_date
P1,1960,female,
P2,1950,male,2024-12-01
P2,1950,male,2025-02-01
P3,1970,,
P4,1945,male,2024-01-01
P5,1945,male,
P5,1946,male,""",
    "operations": """operation_id,patient_id,surgery_date,procedure,surgeon,site,last_contact_date,planned_stage
O1,P1,2022-01-10,plif,S2,North,2025-01-01,
O2,P1,2022-01-10,microdiscectomy,S1,South,2025-01-01,
O3,P1,2022-09-10,plif,S1,North,2025-01-01,
O4,P2,2023-01-10,tlif,S1,North,,
O5,P3,2023-01-10,tlif,S3,North,2025-02-01,
O5,P3,2023-01-10,tlif,S3,North,2025-02-01,
O6,P4,2023-05-10,tlif,S3,North,2025-02-01,
O7,P5,2023-05-10,tlif,S3,North,2025-02-01,
O8,P3,2023-05-11,tlif,S3,North,2025-02-01,
O8,P3,2023-05-12,tlif,S3,North,2025-02-01,""",
    "follow_ups": """operation_id,visit_date,odi,back_pain
O1,2022-01-01,50,7
O1,2022-01-05,,6
O1,2023-01-10,20,
O1,2023-01-08,22,3
O4,2024-01-10,20,3
O4,2024-01-10,21,3
O6,2024-05-10,10,1""",
    "symptoms": """operation_id,onset_date,symptom,course,severity,resolved_date
O1,2022-02-01,fever,new,4,
O1,2022-02-01,fever,new,7,
O1,2022-02-01,fever,,7,2022-03-01
O4,2023-02-01,back_pain,persistent,,
O4,2023-02-01,back_pain,worsened,,""",
    "diagnoses": """operation_id,diagnosis_date,cause,is_primary,code
O1,2022-05-01,infection,true,
O1,2022-05-01,infection,false,
O1,2022-05-01,instability,true,
O4,2023-05-01,,true,M96.1""",
    "treatments": """operation_id,start_date,treatment,outcome,outcome_date
O1,2022-06-01,exercise,improved,2022-08-01
O1,2022-06-01,opioid,worse,2022-08-01
O1,2022-06-01,exercise,unchanged,2022-08-01
O3,2022-10-01,opioid,improved,
O3,2022-10-01,gabapentinoid,worse,
O4,2023-06-01,opioid,,""",
}
FLAT = """no,site,day,what,age,sex,years,state,odi0,odi12,found,why
1,North,2021-01-10,plif,60,f,2,0,40,20,,
1,North,2021-06-10,plif,61,f,1,0,,30,,
2,South,2021-01-10,tlif,50,,1,2,50,,,
2,South,2021-05-10,tlif,51,m,0.5,2,50,,,
3,South,2021-01-10,tlif,50,m,1,0,50,,2021-03-01,infection
4,South,2021-01-10,tlif,50,m,1,0,50,,,
4,South,2021-01-10,tlif,50,m,1,0,50,,,
5,South,2021-01-10,tlif,50,m,1,0,50,,,
5,South,2021-02-10,alif,50,f,1,0,50,,,"""
SITE = """[columns]
patient_id = "no"
site = "site"
surgery_date = "day"
procedure = "what"
age = "age"
sex = "sex"
[values.sex]
f = "female"
m = "male"
[follow_up]
days = "years"
unit = "years"
status = "state"
censored = "0"
failed = "1"
died = "2"
[failure]
date = "found"
cause = "why"
[visits.baseline]
odi = "odi0"
[visits.12]
odi = "odi12"
"""
REDCAP = """
    record_id | repeats    | nr | sex | surgery_date | procedure | visit_date       | odi
    7         |            |    | 0   |              |           |                  |
    7         | operations | 1  |     | 2023-01-01   | 1         |                  |
    7         | operations | 2  |     | 2024-01-01   | 2         |                  |
    7         | follow_ups | 1  |     |              |           | 2023-03-01 09:30 | 20
    7         | follow_ups | 2  |     |              |           | 2024-03-01 09:30 | 30
    7         | follow_ups | 3  |     |              |           | 2024-03-01 09:30 | 31
    8         |            |    | 1   |              |           |                  |
    8         | operations | 1  |     | 2024-05-05   | alif      |                  |
    8         | follow_ups | 1  |     |              |           | 2024-05-01       | 60
    9         |            |    | 1   |              |           |                  |
    9         |            |    | 0   |              |           |                  |
    9         | operations | 1  |     | 2024-05-05   | 1         |                  |
"""
OF_OLD: fhir.Resource = {"subject": {"reference": "Patient/old"}}
OF_NEW: fhir.Resource = {"subject": {"reference": "Patient/p1"}}
BY_NUMBER: fhir.Resource = {"subject": {"identifier": {"system": "urn:mrn", "value": "1"}}}
NUMBER: fhir.Resource = {"identifier": [{"system": "urn:mrn", "value": "1"}]}


def died(day: str, *keys: str) -> fhir.Resource:
    return {
        "deceasedDateTime": day,
        "link": [{"other": {"reference": f"Patient/{key}"}, "type": "replaced-by"} for key in keys],
    }


RESOURCES: Sequence[fhir.Resource] = [
    fhir.patient(**NUMBER),
    fhir.patient("old", **died("2023-01-01", "p1")),
    fhir.patient("p2", gender="male", **died("2025-01-01"), **NUMBER),
    fhir.patient("p3"),
    fhir.patient("p3", gender="male"),
    {"resourceType": "Practitioner", "id": "S1"},
    {"resourceType": "Practitioner", "id": "S2"},
    {"resourceType": "Location", "id": "L1", "name": "North"},
    {"resourceType": "Location", "id": "L1", "name": "South"},
    fhir.procedure("o1", day="2022-01-10", **OF_OLD, performer=[{"actor": {"reference": "Practitioner/S1"}}]),
    fhir.procedure("o2", day="2022-01-10", **OF_NEW, performer=[{"actor": {"reference": "Practitioner/S2"}}]),
    fhir.procedure("o3", day="2023-01-10", **OF_NEW, location={"reference": "Location/L1"}),
    fhir.procedure("", day="2023-03-10", subject={"reference": "Patient/p2"}),
    fhir.procedure("", code=fhir.POSTERIOR, day="2023-03-10", subject={"reference": "Patient/p2"}),
    fhir.procedure("o5", day="2023-03-10", subject={"reference": "Patient/p3"}),
    fhir.condition("M96.1", "2022-09-01", **OF_NEW),
    fhir.condition("M96.1", "2022-09-02", "c2", **BY_NUMBER),
    fhir.condition("M54.16", "2022-09-01", "c3", **OF_NEW),
    fhir.condition("M54.16", "2022-09-01", "c4", **OF_NEW, abatementDateTime="2022-12-01"),
    fhir.observation("97909-6", "2022-01-01", "m1", **OF_NEW, **fhir.quantity(52)),
    fhir.observation("97909-6", "2023-01-01", "m2", **OF_NEW, **fhir.quantity(20)),
    fhir.observation("97909-6", "2023-01-01", "m3", **OF_NEW, **fhir.quantity(22)),
    fhir.observation("39156-5", "2022-01-01", "m4", **OF_NEW, **fhir.quantity(30, "kg/m2")),
    fhir.observation("39156-5", "2022-01-01", "m5", **OF_NEW, **fhir.quantity(31, "kg/m2")),
]  # fmt: skip


def published(sources: Sequence[Path], store: Path, mapping: Path | None = None) -> Mapping[str, list[str]]:
    """By table every row that is of the records, in an order of its own."""
    work(sources, store, mapping, False, lambda step: None)
    found = {}
    with opened(store) as database:
        tables = database.execute("select table_name from duckdb_tables() where not temporary order by 1").fetchall()
        for (table,) in tables:
            if table in NO_FIGURES:
                continue
            of_records = f"select columns(lambda name: name not in {OF_THE_FILE}) from {table}"
            every_row = database.execute(of_records).fetchall()
            found[table] = sorted(BY_PLACE.sub("'by its place'", repr(row)) for row in every_row)
    return found


def split(folder: Path, name: str, text: str, chance: random.Random | None) -> Path:
    """A file of these lines, in a chance order behind its header."""
    header, *lines = text.strip().splitlines()
    if chance:
        chance.shuffle(lines)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def tables(folder: Path, chance: random.Random | None) -> list[Path]:
    """Our own tables, the operations in two files."""
    paths = [split(folder, f"{name}.csv", text, chance) for name, text in OURS.items()]
    header, *lines = paths[1].read_text().splitlines()
    half = chance.randrange(1, len(lines)) if chance else 4
    for number, part in enumerate((lines[:half], lines[half:])):
        (folder / str(number)).mkdir()
        paths.append(split(folder / str(number), "operations.csv", "\n".join([header, *part]), None))
    del paths[1]
    if chance:
        chance.shuffle(paths)
    return paths


def flat(folder: Path, chance: random.Random | None) -> list[Path]:
    """A list of somebody's own in two files; the mapping lies beside them."""
    path = split(folder, "all.csv", FLAT, chance)
    header, *lines = path.read_text().splitlines()
    half = chance.randrange(1, len(lines)) if chance else 5
    parts = [lines[:half], lines[half:]]
    paths = [split(folder, f"{n}.csv", "\n".join([header, *part]), None) for n, part in enumerate(parts)]
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    return paths


def excel(folder: Path, chance: random.Random | None) -> list[Path]:
    """The same tables as the sheets of a workbook."""
    sheets = {}
    for name, text in OURS.items():
        header, *lines = [line.split(",") for line in text.splitlines()]
        if chance:
            chance.shuffle(lines)
        sheets[name] = [[cell or None for cell in line] for line in (header, *lines)]
    folder.mkdir()
    order = list(sheets)
    if chance:
        chance.shuffle(order)
    return [workbook.write(folder / "book.xlsx", {name: sheets[name] for name in order})]


def redcap_export(folder: Path, chance: random.Random | None) -> list[Path]:
    redcap.dictionary(folder)
    header, *lines = REDCAP.strip().splitlines()
    if chance:
        chance.shuffle(lines)
    redcap.export(folder, "\n".join([header, *lines]))
    return [folder]


def shuffled(chance: random.Random | None) -> list[fhir.Resource]:
    resources = list(RESOURCES)
    if chance:
        chance.shuffle(resources)
    return resources


def fhir_bundle(folder: Path, chance: random.Random | None) -> list[Path]:
    folder.mkdir()
    return [fhir.bundle(folder, *shuffled(chance))]


def fhir_lines(folder: Path, chance: random.Random | None) -> list[Path]:
    """The same as two files of lines, each resource in either."""
    folder.mkdir()
    resources = shuffled(chance)
    paths = [fhir.lines(folder, f"{place}.ndjson", *map(json.dumps, resources[place::2])) for place in (0, 1)]
    if chance:
        chance.shuffle(paths)
    return paths


def omop(folder: Path, chance: random.Random | None) -> list[Path]:
    more = {
        "DEATH": "2,2025-03-01\n",
        "CARE_SITE": "5,Northern\n",
        "CONDITION_OCCURRENCE": "71,1,0,2024-08-01,M54.16,514,\n72,1,0,2024-12-01,M96.1,515,\n",
        "MEASUREMENT": "81,1,521,2023-12-01,32.5,9531,\n82,1,524,2025-01-05,47,,\n",
    }
    for name, text in CLEAN.items():
        split(folder, f"{name}.csv", text + more.get(name, ""), chance)
    (folder / "site.toml").write_text('[codes.omop.procedure]\n"600" = "microdiscectomy"\n', encoding="utf-8")
    return [folder]


FORMATS: Mapping[str, Callable[[Path, random.Random | None], list[Path]]] = {
    "tables": tables, "flat": flat, "excel": excel, "redcap": redcap_export,
    "fhir bundle": fhir_bundle, "fhir lines": fhir_lines, "omop": omop,
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_rows_and_files_in_any_order_give_the_same_tables(tmp_path: Path, name: str) -> None:
    store = tmp_path / "store"
    sources, site = FORMATS[name](tmp_path / "0", None), tmp_path / "0" / "site.toml"
    mapping = site if site.exists() else None
    first = published(sources, store, mapping)
    assert len(first["operation"]) >= 2
    assert first["operation_band"]
    for number in range(1, SHUFFLES + 1):
        again = published(FORMATS[name](tmp_path / str(number), random.Random(number)), store, mapping)
        for table, held in first.items():
            assert again[table] == held, table
