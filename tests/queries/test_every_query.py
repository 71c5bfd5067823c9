"""What holds for every query file, whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard import sql
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from tests.text_tables import generation

QUERIES = Path(__file__).parents[2] / "queries"
FILES = sorted(path.relative_to(QUERIES).with_suffix("").as_posix() for path in QUERIES.rglob("*.sql"))
READS = [name for name in FILES if name.startswith("reads/") and name != "reads/cohort"]
WITHOUT_PATIENTS = {
    "reads/codes",
    "reads/facts",
    "reads/import_before",
    "reads/issues",
    "reads/late_entries",
    "reads/missing_kinds",
    "reads/profiles",
    "reads/rows_read",
    "reads/since_last_import",
}
ON_KEPT_TABLES = {"reads/timeline"}
"""Binds against tables that only an import makes; tried where the importer is."""
OF_VISITS = {"reads/programme_pairs": {"measure": "odi"}}
"""The slots that hold a column of a table of visits, which has no factor."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DuckEngine:
    return generation(tmp_path_factory.mktemp("generation"), "operation\n1", "operation\n1")


@pytest.mark.parametrize("name", FILES)
def test_opens_with_what_one_row_is(name: str) -> None:
    first = sql.comment_of((QUERIES / f"{name}.sql").read_text(encoding="utf-8")).splitlines()[:1]
    assert first
    assert first[0].startswith(("One row", "No rows", "Rows")), first


@pytest.mark.parametrize("name", FILES)
def test_holds_one_statement_in_lower_case(name: str) -> None:
    text = sql.QUOTED.sub("''", sql.COMMENT.sub("", (QUERIES / f"{name}.sql").read_text(encoding="utf-8")))
    assert ";" not in text.strip().rstrip(";")
    assert not re.search(r"\b(SELECT|FROM|WHERE|GROUP|ORDER|JOIN)\b", text)


@pytest.mark.parametrize("name", READS)
def test_a_read_is_ordered_and_names_its_columns(name: str) -> None:
    text = sql.COMMENT.sub("", sql.source(name))
    last = text[text.rindex("\nselect") :]
    assert "order by" in last
    assert "group by all" not in text
    assert not re.search(r"select\s+\*", text)


@pytest.mark.parametrize("name", READS)
def test_a_read_binds_against_the_marts_with_exactly_its_parameters(name: str, engine: DuckEngine) -> None:
    query = sql.load(name, dict.fromkeys(sql.slots_of(name), "age") | OF_VISITS.get(name, {}))
    if name in ON_KEPT_TABLES:
        assert query.parameters == {"outcome", "operation", "scope_surgeons", "scope_sites"}
        return
    numbers = {"outcome": 1, "within_days": 90, "noted_patient": 1}
    bound = {parameter: numbers.get(parameter) for parameter in query.parameters}
    # DuckDB refuses a missing parameter as well as one too many.
    assert len(engine.frame(query, bound).columns) > 0


@pytest.mark.parametrize("name", [name for name in READS if "cohort_of_" not in sql.source(name)])
def test_a_read_without_the_cohort_shows_no_patient_or_names_the_scope(name: str) -> None:
    text = sql.source(name)
    assert ("$scope_surgeons" in text and "$scope_sites" in text) or name in WITHOUT_PATIENTS


def test_every_factor_is_a_column_that_a_read_may_break_down_by(engine: DuckEngine) -> None:
    for factor in load().factors:
        assert " as unit" in sql.load("failure_curve", {"by": factor}).text
