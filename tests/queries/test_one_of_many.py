"""A read of one outcome is asked of that outcome's own select, and has the rows and types that its own text gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from dashboard import sql
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.one_of_many import OneOfMany
from tests.queries.every_read import LISTED, READS
from tests.queries.test_prepared_counts import cohorts

UNTIL = date(2026, 9, 30)
MANY = "operation_outcome"
VALUES = {**READS, **LISTED}
SLOTS = {name: sql.slots_of(f"reads/{name}") for name in VALUES}


def asked(name: str, by: str = "procedure") -> sql.Query:
    given = {"measure": "odi", "before": "odi_before", "factors": ["levels", "age"], "by": by or ()}
    return sql.load(name, {slot: VALUES[name].get("columns", {}).get(slot, given[slot]) for slot in SLOTS[name]})


OF_A_COHORT = sorted(name for name in VALUES if asked(name).mart)
OF_ONE = {name for name in OF_A_COHORT if asked(name).mart == MANY and "outcome" in VALUES[name]}


@pytest.fixture(scope="module")
def engines(sample_store: Path) -> Iterator[tuple[DuckEngine, DuckEngine]]:
    """The sample, asked as ever, and by each read's own text."""
    current = Store(sample_store).current()
    assert current is not None
    pair = DuckEngine(current.path, 1), DuckEngine(current.path, 2)
    pair[1].prepared.text_for = lambda query, bound: query.text  # type: ignore[method-assign]
    yield pair
    for engine in pair:
        engine.close()


def chosen() -> list[dict[str, Any]]:
    """Nothing chosen; a procedure in a period; one surgeon's scope; and nobody's."""
    nothing = cohorts(UNTIL)[0]
    some = {"procedure": [1, 2], "operated_from": date(2022, 1, 15), "index_only": False}
    return [nothing, nothing | some, nothing | {"scope_surgeons": [1]}, nothing | {"scope_surgeons": []}]


@pytest.mark.parametrize("name", OF_A_COHORT)
def test_every_read_has_the_rows_of_its_own_text(name: str, engines: tuple[DuckEngine, DuckEngine]) -> None:
    ours, written = engines
    query, outcomes = asked(name), range(1, 12) if name in OF_ONE else [1]
    for one, outcome in [(one, outcome) for one in chosen() for outcome in outcomes]:
        offered = {**one, **VALUES[name], "outcome": outcome}
        bound = {each: offered[each] for each in query.parameters}
        text = ours.prepared.text_for(query, bound)
        assert (f"from {MANY}\n" not in text) == (name in OF_ONE or query.mart != MANY)
        pd.testing.assert_frame_equal(ours.frame(query, bound), written.frame(query, bound))


def test_an_outcome_that_is_not_there_has_no_rows(engines: tuple[DuckEngine, DuckEngine]) -> None:
    query = asked("failure_curve", "")
    bound = {**chosen()[0], "outcome": 200}
    assert f"from {MANY}\n" in engines[0].prepared.text_for(query, bound)
    assert engines[0].frame(query, bound).empty


def test_what_is_not_set_is_not_spoken_of(engines: tuple[DuckEngine, DuckEngine]) -> None:
    query = asked("failure_curve", "")
    texts = [engines[0].prepared.text_for(query, {**one, "outcome": 1}) for one in chosen()]
    assert [sql.parameters_of(text) for text in texts] == [
        {"outcome", "index_only"},
        {"outcome", "index_only", "procedure", "operated_from"},
        {"outcome", "index_only", "scope_surgeons"},
        {"outcome", "index_only", "scope_surgeons"},
    ]


SELECTS = "select 1::utinyint as outcome, day from kept union all select 2::utinyint as outcome, other as day from kept"
OF_TWO = "select day from cohort_of_many where outcome = $outcome"


def source(view: str, asked: str, bound: dict[str, object]) -> str:
    with duckdb.connect() as connection:
        connection.execute("create table kept as select 1 as day, 2 as other")
        connection.execute(f"create view many as {view}")
        return OneOfMany(connection).source("many", asked, bound)


def test_a_read_of_one_code_is_asked_of_its_select() -> None:
    assert "other AS" in source(SELECTS, OF_TWO, {"outcome": 2})


@pytest.mark.parametrize(
    ("view", "asked", "outcome"),
    [
        (SELECTS, OF_TWO, None),
        (SELECTS, OF_TWO, 3),
        (SELECTS, "select day from cohort_of_many", 2),
        (SELECTS, "select day from cohort_of_many where list_contains($outcome, outcome)", 2),
        (SELECTS, f"{OF_TWO} or day = 1", 2),
        (SELECTS, f"{OF_TWO} union all select day from cohort_of_many", 2),
        (SELECTS, f"select count(*) filter (where outcome = $outcome) from cohort_of_many, ({OF_TWO})", 2),
        (SELECTS.replace("2::", "1::"), OF_TWO, 1),
        ("select 1::utinyint as outcome, day from kept", "select day from cohort_of_many where day = $outcome", 1),
        ("select day as outcome, day from kept", OF_TWO, 1),
    ],
)
def test_every_other_is_asked_of_the_whole(view: str, asked: str, outcome: int | None) -> None:
    assert source(view, asked, {"outcome": outcome}) == "many"
