"""An outcome that nobody records is not known, and never 0 %; one that is recorded and did not happen is 0 %."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.access import OPERATOR
from dashboard.analyses.definitions_compared import definitions_compared, overlap
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.questions import QUESTIONS, answer
from dashboard.analyses.recorded import not_recorded, reoperations_unseen, rests_on
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.digests import sha256
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import NoData
from dashboard.importing.publishing.upgrading import upgrade
from dashboard.importing.work import work
from dashboard.records import Records
from tests.importing.written import take, write

NUMBERS = range(30)
PATIENTS = "patient_id | birth_year | sex\n" + "\n".join(f"P{n} | 1960 | female" for n in NUMBERS)
OPERATIONS = "operation_id | patient_id | surgery_date | procedure | surgeon | last_contact_date\n" + "\n".join(
    f"O{n} | P{n} | 2021-01-01 | tlif | S{n % 2} | 2024-01-01" for n in NUMBERS
)
ODI = "operation_id | visit_date | odi\n" + "\n".join(
    f"O{n} | {day} | {odi}" for n in NUMBERS for day, odi in (("2020-12-30", 50), ("2022-01-01", 20))
)
NO_FINDING = "operation_id | diagnosis_date | cause"
"""The table of findings as it comes where none was made."""


def held(folder: Path, **tables: str) -> Records:
    """The door to a practice of thirty operations with these further tables."""
    take(write(folder / "records", PATIENTS, OPERATIONS, **tables), folder / "store")
    return door(folder)


def door(folder: Path) -> Records:
    current = Store(folder / "store").current()
    assert current is not None
    return Records(DuckEngine(current.path, current.number), OPERATOR, Cohort(), Audit(folder / "audit"))


def empty(folder: Path, **tables: str) -> Records:
    """The same with these tables as files that have their columns and no row."""
    written = write(folder / "records", PATIENTS, OPERATIONS)
    for name, header in tables.items():
        written.joinpath(f"{name}.csv").write_text(header.replace(" | ", ",") + "\n", encoding="utf-8")
    take(written, folder / "store")
    return door(folder)


def test_each_definition_rests_on_what_it_counts() -> None:
    found = {name: rests_on(outcome) for name, outcome in load().outcomes.items()}
    assert found == {
        "fbss": ["diagnosis"], "reoperation": ["operation"], "prom_failure": ["odi"], "not_better": ["gpe"],
        "any_failure": ["diagnosis", "operation"], "complication": ["complication"],
        "surgical_site_infection": ["complication", "diagnosis"], "acceptable_state": ["odi"], "odi_worse": ["odi"],
        "dissatisfied": ["satisfaction"], "readmission": ["complication"],
    }  # fmt: skip


def test_of_answers_alone_no_failure_is_known_that_a_clinician_finds(tmp_path: Path) -> None:
    records = held(tmp_path, follow_ups=ODI)
    known = {name: not not_recorded(records, name) for name in load().outcomes}
    assert known == {
        "fbss": False, "reoperation": True, "prom_failure": True, "not_better": False, "any_failure": False,
        "complication": False, "surgical_site_infection": False, "acceptable_state": True, "odi_worse": True,
        "dissatisfied": False, "readmission": False,
    }  # fmt: skip
    assert not_recorded(records, "fbss") == (
        "FBSS is not known: it rests on the table diagnoses, and nobody records it here (no file of it came, and no "
        "row). That is not 0 %."
    )
    assert "gpe" in not_recorded(records, "not_better")
    assert "second operation" in reoperations_unseen(records, "reoperation")
    assert reoperations_unseen(records, "prom_failure") == ""


def test_what_nobody_records_has_no_curve_no_share_and_no_range(tmp_path: Path) -> None:
    records = held(tmp_path, follow_ups=ODI)
    assert failure_curve(records, "fbss").empty
    for by in (None, "surgeon"):
        rate = failure_rate(records, "fbss", by)
        assert rate[["share", "lower", "upper", "known_of_due"]].isna().all(axis=None)
        assert not rate["shown"].any()
        assert rate["note"].eq(not_recorded(records, "fbss")).all()
    compared = definitions_compared(records).set_index("outcome")
    assert compared.loc["fbss", ["share", "best_case", "worst_case"]].isna().all()
    assert compared.loc["prom_failure", "share"] == 0
    assert set(overlap(records).outcomes) == {"reoperation", "prom_failure", "acceptable_state", "odi_worse"}


@pytest.mark.parametrize(
    "name",
    sorted(
        QUESTIONS.keys() - {"failure_rate", "definitions_compared", "completeness", "undated", "verdicts", "published"}
    ),
)
def test_every_other_question_that_counts_failures_says_so_in_words(tmp_path: Path, name: str) -> None:
    records = held(tmp_path, follow_ups=ODI)
    by = "surgeon" if name in ("failure_test", "compare") else None
    if name in ("follow_up", "programmes", "proms"):
        answer(records, name, "fbss", by, None)
    else:
        with pytest.raises(NoData, match="nobody records"):
            answer(records, name, "fbss", by, None)


def test_a_table_that_came_without_a_row_says_that_there_was_none(tmp_path: Path) -> None:
    records = empty(tmp_path, diagnoses=NO_FINDING)
    assert not_recorded(records, "fbss") == ""
    rate = failure_rate(records, "fbss").iloc[0]
    assert (rate["share"], rate["failed"], bool(rate["shown"])) == (0, 0, True)
    assert len(failure_curve(records, "fbss"))
    assert not_recorded(records, "complication") != ""


def test_one_kind_of_record_is_enough_where_either_tells_it(tmp_path: Path) -> None:
    records = empty(tmp_path, complications="operation_id | complication_date | complication")
    assert not_recorded(records, "surgical_site_infection") == not_recorded(records, "complication") == ""
    assert not_recorded(records, "any_failure") != ""


def test_one_finding_of_anybody_is_enough(tmp_path: Path) -> None:
    records = held(tmp_path, diagnoses=f"{NO_FINDING}\nO1 | 2021-06-01 | infection")
    assert not_recorded(records, "fbss") == ""
    assert failure_rate(records, "fbss").iloc[0]["failed"] == 1


def test_an_upgrade_remembers_which_tables_came(tmp_path: Path) -> None:
    empty(tmp_path, diagnoses=NO_FINDING)
    store = Store(tmp_path / "store")
    current = store.current()
    assert current is not None
    # A generation is brought up to date where it says that it is of an earlier version.
    manifest = current.manifest | {"definitions": "others"}
    current.manifest_path.chmod(0o600)
    current.manifest_path.write_text(json.dumps(manifest), encoding="utf-8")
    store.root.joinpath("CURRENT").write_text(f"{current.number:06} {sha256(current.manifest_path)}\n")
    upgrade(store, lambda step: None)
    assert door(tmp_path).missing_kinds >= {"complication", "follow_up"}
    assert "diagnosis" not in door(tmp_path).missing_kinds


@pytest.mark.parametrize(
    ("tells", "columns", "known"),
    [("", "", False), ('[failure]\ndate = "failed on"', ",failed on", True)],
)
def test_a_flat_file_records_failures_where_it_has_a_column_for_them(
    tmp_path: Path, tells: str, columns: str, known: bool
) -> None:
    flat = tmp_path / "list.csv"
    cells = "," if columns else ""
    flat.write_text(
        f"id,day,what{columns}\n" + "".join(f"P{n},2021-01-01,tlif{cells}\n" for n in NUMBERS), encoding="utf-8"
    )
    mapping = tmp_path / "mapping.toml"
    names = '[columns]\npatient_id = "id"\nsurgery_date = "day"\nprocedure = "what"\n'
    mapping.write_text(f"{names}{tells}\n", encoding="utf-8")
    work([flat], tmp_path / "store", mapping, False, lambda step: None)
    assert (not_recorded(door(tmp_path), "fbss") == "") is known
