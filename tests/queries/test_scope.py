"""No read and no list shows more than the viewer's scope, whatever it is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.access import Viewer
from dashboard.cohort import Cohort
from dashboard.records import Records
from dashboard.slots import LISTS
from tests.queries.every_read import CARE, LISTED, OPERATIONS, READS, SURGEON, SYMPTOMS
from tests.text_tables import records

EVERY = Cohort(every_operation=True)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """The practice of both surgeons, as its operator has it."""
    return records(tmp_path_factory.mktemp("whole"), OPERATIONS, SYMPTOMS, cohort=EVERY, **CARE)


@pytest.fixture(scope="module")
def without_others(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """The practice as it would be without the other surgeon."""
    own: Any = {mart: _own(rows) for mart, rows in CARE.items()}
    return records(tmp_path_factory.mktemp("own"), _own(OPERATIONS), _own(SYMPTOMS), cohort=EVERY, **own)


@pytest.mark.parametrize("name", sorted(READS))
@pytest.mark.parametrize("asks_for", [(), ("S02",), ("S01", "S02")])
def test_a_surgeon_is_never_counted_another_surgeons_operations(
    practice: Records, without_others: Records, name: str, asks_for: tuple[str, ...]
) -> None:
    """The same question of a practice without the other surgeons must have the same answer."""
    cohort = Cohort(chosen={"surgeon": asks_for}, every_operation=True)
    seen = replace(practice, viewer=SURGEON).of(cohort).read(name, **READS[name])
    alone = without_others.of(cohort).read(name, **READS[name])
    assert seen.to_csv() == alone.to_csv()


OF_ONE_PATIENT = ("noted_operation", "timeline")
"""Lists that are asked of one patient; that they keep to the scope is tried where notes and courses are."""


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_surgeon_never_sees_another_surgeons_rows(practice: Records, name: str) -> None:
    asked = replace(practice, viewer=SURGEON)
    assert set(asked.listing(name, **LISTED[name])["surgeon"]) == {"S01"}
    assert asked.of(Cohort(chosen={"surgeon": ("S02",)})).listing(name, **LISTED[name]).empty


@pytest.mark.parametrize("name", sorted(LISTED))
@pytest.mark.parametrize(
    ("sites", "seen"), [(("South",), {"South"}), ((), set()), (None, {"North", "South"}), (("Elsewhere",), set())]
)
def test_a_manager_sees_the_own_sites_only(
    practice: Records, name: str, sites: tuple[str, ...] | None, seen: set[str]
) -> None:
    asked = replace(practice, viewer=Viewer("Manager", "operator", sites=sites))
    assert set(asked.listing(name, **LISTED[name])["site"]) == seen


def test_every_read_is_held_to_the_scope_here_or_beside_the_importer() -> None:
    without_patients = {
        "cohort", "codes", "facts", "import_before", "issues", "late_entries", "missing_kinds", "profiles",
        "rows_read", "since_last_import",
    }  # fmt: skip
    folder = Path(__file__).parents[2] / "queries" / "reads"
    assert {path.stem for path in folder.glob("*.sql")} == {*READS, *LISTED, *OF_ONE_PATIENT} | without_patients
    assert {*LISTED, *OF_ONE_PATIENT} == set(LISTS)


def _own(table: str) -> str:
    return "\n".join(line for line in table.strip().splitlines() if "S02" not in line)
