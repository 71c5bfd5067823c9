"""The made-up practice, imported once for all tests of this folder."""

from __future__ import annotations

import csv
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard import importing
from dashboard.access import OPERATOR
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.records import Records

REFERENCES = Path(__file__).parents[1] / "stats" / "references"
SURGERY = date(2015, 1, 1)
FAILED, DIED = "1", "2"


@pytest.fixture(scope="session")
def sample(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Records:
    """The operator's records of the whole made-up practice."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    return opened(folder)


def published(sources: list[Path], store: Path) -> Records:
    importing.run(sources, store)
    return opened(store)


def opened(store: Path) -> Records:
    current = Store(store).current()
    assert current is not None
    return Records(DuckEngine(current.path, current.number), OPERATOR, Cohort(), Audit(store / "audit"))


@pytest.fixture(scope="session")
def open_cohort(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """The 800 operations of the open cohort, as canonical tables through the importer."""
    folder = tmp_path_factory.mktemp("open") / "records"
    folder.mkdir()
    with (REFERENCES / "spine_cohort_open.csv").open() as file:
        rows = list(csv.DictReader(file))
    patients, operations, diagnoses = [], [], []
    for number, row in enumerate(rows, start=1):
        last = SURGERY + timedelta(days=int(row["followup_days"]))
        patients.append((f"p{number}", 1960, last if row["status"] == DIED else ""))
        operations.append((f"o{number}", f"p{number}", SURGERY, row["procedure"], row["surgeon"], last))
        if row["status"] == FAILED:
            diagnoses.append((f"o{number}", last, "undetermined"))
    write(folder / "patients.csv", ("patient_id", "birth_year", "death_date"), patients)
    columns = ("operation_id", "patient_id", "surgery_date", "procedure", "surgeon", "last_contact_date")
    write(folder / "operations.csv", columns, operations)
    write(folder / "diagnoses.csv", ("operation_id", "diagnosis_date", "cause"), diagnoses)
    return published([folder], tmp_path_factory.mktemp("store"))


def write(path: Path, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
