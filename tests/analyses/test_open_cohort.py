"""The whole road, from canonical CSV to the share on a screen, agrees with R on the open cohort of 800 operations."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.records import Records
from tests.analyses.conftest import published

REFERENCES = Path(__file__).parents[1] / "stats" / "references"
FROM_R = json.loads((REFERENCES / "spine_cohort_open.json").read_text())
PROCEDURES = sorted(FROM_R["by_group"])
SURGERY = date(2015, 1, 1)
CENSORED, FAILED, DIED = "0", "1", "2"


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Records:
    folder = tmp_path_factory.mktemp("open") / "records"
    folder.mkdir()
    with (REFERENCES / "spine_cohort_open.csv").open() as file:
        rows = list(csv.DictReader(file))
    patients, operations, diagnoses = [], [], []
    for number, row in enumerate(rows, start=1):
        last = SURGERY + timedelta(days=int(row["followup_days"]))
        patients.append((f"p{number}", 1960, last if row["status"] == DIED else ""))
        operations.append((f"o{number}", f"p{number}", SURGERY, row["procedure"], last))
        if row["status"] == FAILED:
            diagnoses.append((f"o{number}", last, "undetermined"))
    write(folder / "patients.csv", ("patient_id", "birth_year", "death_date"), patients)
    columns = ("operation_id", "patient_id", "surgery_date", "procedure", "last_contact_date")
    write(folder / "operations.csv", columns, operations)
    write(folder / "diagnoses.csv", ("operation_id", "diagnosis_date", "cause"), diagnoses)
    return published([folder], tmp_path_factory.mktemp("store"))


def write(path: Path, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


def assert_agrees(row: pd.Series, reference: dict[str, Any], place: int) -> None:
    if reference["beyond_followup"][place]:
        assert not row["estimable"]
        assert pd.isna(row["share"])
        return
    cause = reference["cause1"]
    assert row["share"] == pytest.approx(cause["cif"][place], rel=1e-10)
    if cause["cif"][place]:
        assert row["lower"] == pytest.approx(cause["lower_loglog_gray"][place], rel=1e-10)
        assert row["upper"] == pytest.approx(cause["upper_loglog_gray"][place], rel=1e-10)


@pytest.mark.parametrize("place", range(5))
def test_the_rate_of_everybody_agrees_with_r(cohort: Records, place: int) -> None:
    rate = failure_rate(cohort, within_days=FROM_R["cif"]["time"][place])
    assert rate.at[0, "operations"] == 800
    assert_agrees(rate.iloc[0], FROM_R["cif"], place)


@pytest.mark.parametrize("place", range(5))
def test_the_rate_of_each_procedure_agrees_with_r(cohort: Records, place: int) -> None:
    day = FROM_R["by_group"][PROCEDURES[0]]["cif"]["time"][place]
    rates = failure_rate(cohort, by="procedure", within_days=day).set_index("label")
    assert sorted(rates.index) == PROCEDURES
    for procedure in PROCEDURES:
        assert_agrees(rates.loc[procedure], FROM_R["by_group"][procedure]["cif"], place)


def test_the_curve_agrees_with_r_on_every_day_of_a_failure(cohort: Records) -> None:
    curve = failure_curve(cohort).set_index("day")
    from_r = FROM_R["cif"]["curve"]
    for day, share in zip(from_r["time"], from_r["cif1"], strict=True):
        before = curve.loc[:day, "share"]
        assert (before.iloc[-1] if len(before) else 0) == pytest.approx(share, rel=1e-10, abs=1e-14)


def test_follow_up_is_the_median_that_r_gives(cohort: Records) -> None:
    expected = FROM_R["km_cause1"]["reverse_km"]["median_prodlim"]
    assert failure_rate(cohort).at[0, "median_follow_up_days"] == expected
