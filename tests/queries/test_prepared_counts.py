"""Prepared counts give every read the rows that the mart gives it, and are asked wherever they can be."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from dashboard import sql
from dashboard.cohort import FILTERS
from dashboard.definitions import load
from dashboard.engines.counted import as_sums
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.writer import Writer
from dashboard.importing.publishing.prepared import carry_on, note_change, prepare, prepared
from tests.queries.every_read import READS

BY = ["", "procedure", "family", "surgeon", "site", "levels", "prior_surgery", "sex", "smoking"]
SLOTS = {name: sql.slots_of(f"reads/{name}") for name in READS}
PREPARED = sorted({table.mart for table in prepared()})
OF_THEM = sorted(
    name for name in READS if sql.load(name, dict.fromkeys(SLOTS[name], "age")).mart in PREPARED
)  # fmt: skip
"""The reads of a mart of which counts are prepared."""


ANSWERED = {
    "failure_by_month", "failure_curve", "follow_up", "landmark", "lost", "onset", "symptoms", "trend",
    "units",
}  # fmt: skip
"""Those that a table of counts answers for some choice; a further one is a line here."""


@pytest.fixture(scope="module")
def engines(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DuckEngine, DuckEngine]]:
    """The sample without prepared counts, and with every one of them, worth it or not."""
    current = Store(sample_store).current()
    assert current is not None
    path = tmp_path_factory.mktemp("prepared") / current.path.name
    shutil.copy(current.path, path)
    path.chmod(0o600)
    writer = Writer(path, [])
    writer.begin()
    prepare(writer, load(), least_rows=0, most_share=1)
    writer.finish()
    pair = DuckEngine(current.path, 1), DuckEngine(path, 2)
    yield pair
    for engine in pair:
        engine.close()


def facts(engine: DuckEngine) -> Any:
    return engine.frame(sql.load("facts"), {}).iloc[0]


def periods(until: date) -> list[dict[str, Any]]:
    """No period, one of whole months, one of days, one open at an end, and one of nobody."""
    whole = (date(2021, 1, 1), date(2023, 12, 31))
    ends = [(None, None), whole, (date(2021, 1, 2), date(2023, 12, 30)), (date(2022, 1, 1), None)]
    return [{"operated_from": start, "operated_to": end} for start, end in [*ends, (until + timedelta(days=9), None)]]


def choices() -> list[dict[str, Any]]:
    """Nothing chosen; each filter by itself, with one code, with several and with none; and two together."""
    each: list[dict[str, Any]] = [{one.dimension: codes} for one in FILTERS for codes in ([1], [0, 2, 3], [])]
    return [{}, *each, {"surgeon": [1, 2], "site": [1]}, {"levels": [1], "procedure": [1, 2]}]


def scopes() -> list[dict[str, Any]]:
    """Everything; one surgeon; one site; nobody."""
    return [
        {"scope_surgeons": surgeons, "scope_sites": sites}
        for surgeons, sites in [(None, None), ([1], None), (None, [2]), ([], None)]
    ]


def cohorts(until: date) -> list[dict[str, Any]]:
    """Every choice, period and scope, and of those together some."""
    nothing: dict[str, Any] = {one.dimension: None for one in FILTERS} | {"operated_from": None, "operated_to": None}
    nothing |= {"index_only": True, "scope_surgeons": None, "scope_sites": None}
    single = [*choices(), *periods(until), *scopes(), {"index_only": False}]
    both = [a | b | c for a, b, c in product(choices()[1:12:3], periods(until)[1:3], scopes()[:2])]
    return [nothing | one for one in [*single, *both, {"index_only": False, "family": [1]}]]


def values(name: str, until: date) -> list[dict[str, Any]]:
    """What the read binds besides the cohort: on a landmark, and beside one."""
    wanted = sql.load(name, dict.fromkeys(SLOTS[name], "age")).parameters
    found = []
    for outcome, days, off in ((1, 730, 0), (2, 365, 0), (1, 731, 0), (6, 90, 1), (4, 730, 0)):
        offered = {"outcome": outcome, "within_days": days, "due_from": until - timedelta(days=days + off)}
        offered |= {"at_visit": outcome == 4, "since": until - timedelta(days=365)}
        one = {key: value for key, value in {**READS[name], **offered}.items() if key in wanted}
        found += [one] if one not in found else []
    return found


def asked(name: str, by: str) -> sql.Query:
    columns: dict[str, Any] = {
        slot: "odi_before" if slot in ("measure", "before") else by or () for slot in SLOTS[name]
    }
    return sql.load(
        name, {slot: ["levels", "prior_surgery"] if slot == "factors" else one for slot, one in columns.items()}
    )


@pytest.mark.parametrize("name", OF_THEM)
def test_every_read_has_the_same_rows_with_and_without_prepared_counts(
    name: str, engines: tuple[DuckEngine, DuckEngine]
) -> None:
    without, counted = engines
    until = pd.Timestamp(facts(without)["data_date"]).date()
    instead = 0
    for by in BY if "by" in SLOTS[name] else [""]:
        query = asked(name, by)
        for bound in (cohort | more for cohort in cohorts(until) for more in values(name, until)):
            bound = {key: bound[key] for key in query.parameters}
            assert "_counted_by_" not in without.prepared.text_for(query, bound)
            if "_counted_by_" in counted.prepared.text_for(query, bound):
                instead += 1
                pd.testing.assert_frame_equal(counted.frame(query, bound), without.frame(query, bound))
    assert (instead > 0) == (name in ANSWERED), f"{name}: {instead} times"


ITS_OWN = "(SELECT CAST(1 AS utinyint) AS outcome, "
"""The select of one outcome, in the place of the mart that is many of them."""
SMALLEST = {
    "nothing chosen": ({}, "operation_outcome_counted_by_day"),
    "one surgeon": ({"surgeon": [1]}, "operation_outcome_counted_by_day_and_surgeon"),
    "several levels of a procedure": (
        {"levels": [1, 2], "procedure": [3]},
        "operation_outcome_counted_by_day_and_levels",
    ),
    "whole months": ({"operated_from": date(2022, 1, 1)}, "operation_outcome_counted_by_month_of_surgery"),
    "half a month": ({"operated_from": date(2022, 1, 15)}, ITS_OWN),
    "a surgeon at a site": ({"surgeon": [1], "site": [1]}, ITS_OWN),
    "the scope of a surgeon": ({"scope_surgeons": [1]}, "operation_outcome_counted_by_day_and_surgeon"),
    "a surgeon in the scope of a site": ({"surgeon": [1], "scope_sites": [1]}, ITS_OWN),
}


@pytest.mark.parametrize(("chosen", "table"), SMALLEST.values(), ids=SMALLEST)
def test_the_smallest_table_that_has_what_is_spoken_of_answers(
    chosen: dict[str, Any], table: str, engines: tuple[DuckEngine, DuckEngine]
) -> None:
    query, until = asked("failure_curve", ""), date(2026, 9, 30)
    bound = {**cohorts(until)[0], "outcome": 1, **chosen}
    text = engines[1].prepared.text_for(query, bound)
    assert f"from {table}" in text
    assert ("_counted_by_" in text) == (table != ITS_OWN)


def test_a_landmark_of_no_definition_goes_to_the_mart(engines: tuple[DuckEngine, DuckEngine]) -> None:
    query, until = asked("lost", ""), pd.Timestamp(facts(engines[0])["data_date"]).date()
    bound = {**cohorts(until)[0], "outcome": 1, "within_days": 730, "due_from": until - timedelta(days=730)}
    counted = engines[1].prepared
    assert "landmark_and_trait" in counted.text_for(query, bound)
    assert "day_of_surgery" in counted.text_for(query, bound | {"due_from": until})
    assert "_counted_by_" not in counted.text_for(query, bound | {"within_days": 729})


@pytest.mark.parametrize(
    "asked",
    [
        "select sum(day) as days, count(*) as rows from cohort_of_some",
        "select count(distinct patient) as patients from cohort_of_some",
        "select max(day) as last_day, count(*) as rows from cohort_of_some",
        "select day, row_number() over (order by day) as place, count(*) as rows from cohort_of_some group by day",
        "select day from cohort_of_some group by day",
        "select count(*) as rows from (select day from cohort_of_some group by day)",
        "with one as (select day from cohort_of_some) select count(*) as rows from one",
        "select day, count(*) as rows from cohort_of_some group by day having count(*) > 5",
        "select count(*) filter (where word = ')') as rows from cohort_of_some",
        "select count(day) as days, count(*) as rows from cohort_of_some",
    ],
)
def test_a_read_that_does_more_than_count_rows_goes_to_the_mart(asked: str) -> None:
    assert as_sums(asked) == ""


def test_a_count_becomes_a_sum_with_its_condition() -> None:
    text = "select day, count(*) as rows, count(*) filter (where state in (0, 1)) as known from some group by day"
    assert as_sums(text) == (
        "select day, cast(coalesce(sum(stands_for), 0) as bigint) as rows, "
        "cast(coalesce(sum(stands_for) filter (where state in (0, 1)), 0) as bigint) as known from some group by day"
    )


@pytest.mark.parametrize("seed", range(3))
def test_carried_on_they_are_as_made_anew(seed: int, engines: tuple[DuckEngine, DuckEngine], tmp_path: Path) -> None:
    """Some operations go, some come back with another course, some come anew, and the data date moves."""
    path, some = tmp_path / "carried.duckdb", random.Random(seed)
    shutil.copy(engines[1].path, path)
    path.chmod(0o600)
    writer = Writer(path, [])
    writer.begin()
    gone, come = (some.sample(range(1, 2401), 40) for _ in range(2))
    writer.make("gone", f"select unnest({gone}) as operation")
    writer.make("came", f"select * from operation_band where operation in {tuple(come)}")
    note_change(writer, load(), "gone", -1)
    writer.run("delete from operation_band where operation in (select operation from gone)")
    writer.run("update came set operation = operation + 10000, fbss_day = fbss_day + 30, fbss_state = 2 where sex = 1")
    writer.run("update came set operation = operation + 10000, operated = operated + 31 where sex != 1")
    writer.run("insert into operation_band select * from came")
    writer.run("update facts set data_date = data_date + 31")
    note_change(writer, load(), "came", 1)
    carry_on(writer, load())
    carried = {table.name: _rows(writer, table.name) for table in prepared()}
    prepare(writer, load(), least_rows=0, most_share=1)
    for table in prepared():
        assert carried[table.name] == _rows(writer, table.name), table.name
    writer.close()


def _rows(writer: Writer, table: str) -> list[tuple[Any, ...]]:
    return sorted(writer.run(f"select * from {table}"))


def test_a_small_practice_has_none(sample_store: Path, engines: tuple[DuckEngine, DuckEngine]) -> None:
    assert [engine.prepared.tables for engine in engines] == [[], sorted(table.name for table in prepared())]


@pytest.mark.parametrize(
    "change", ["update facts set all_operations = all_operations + 1", "alter table horizon drop column data_date"]
)
def test_counts_of_other_records_are_not_asked(
    engines: tuple[DuckEngine, DuckEngine], tmp_path: Path, change: str
) -> None:
    path = tmp_path / "older.duckdb"
    shutil.copy(engines[1].path, path)
    path.chmod(0o600)
    with duckdb.connect(str(path)) as changed:
        changed.execute(change)
    engine = DuckEngine(path, 3)
    assert engine.prepared.tables == []
    engine.close()
