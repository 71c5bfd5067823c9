"""What each mart says of itself in its comment, held against what an import makes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.cohort import FILTERS
from dashboard.definitions import load
from dashboard.engines.generations import Store
from dashboard.engines.writer import Writer
from dashboard.importing.publishing.building import make
from dashboard.importing.publishing.marts import columns, marts
from tests.importing.written import rows, take, write

MADE = {mart.name: mart for mart in marts()}
TABLES = [mart.name for mart in marts() if mart.made != "view"]
STAYING = ("kept", "shown")
KEPT = [mart.name for mart in marts() if mart.made in STAYING]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One operation, imported."""
    folder = tmp_path_factory.mktemp("practice")
    take(write(folder / "records"), folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def made(store: Path) -> Iterator[Writer]:
    """A copy of the generation with the marts that end with an import made again beside those that stay."""
    current = Store(store).current()
    assert current is not None
    copy = store / "copy" / current.path.name
    copy.parent.mkdir()
    shutil.copy(current.path, copy)
    writer = Writer(copy, [])
    for mart in marts():
        if mart.made not in STAYING:
            make(writer, mart, load())
    yield writer
    writer.close()


@pytest.mark.parametrize("name", TABLES)
def test_a_mart_has_the_columns_and_types_that_it_states(name: str, made: Writer) -> None:
    found = {str(column): str(kind).lower() for column, kind, *_ in made.run(f"describe {name}")}
    assert found == columns(name, load())


def test_those_that_stay_are_in_the_generation_and_the_others_are_not(store: Path) -> None:
    there = {
        name
        for (name,) in rows(store, "select table_name from duckdb_tables() union select view_name from duckdb_views()")
    }
    assert there & set(MADE) == set(KEPT)


@pytest.mark.parametrize("name", [name for name in KEPT if "operated" in columns(name, load())])
def test_every_mart_of_operations_has_the_column_of_every_filter(name: str) -> None:
    assert {each.dimension for each in FILTERS} < columns(name, load()).keys()


def test_each_mart_comes_after_those_that_it_reads() -> None:
    order = [mart.name for mart in marts()]
    for mart in marts():
        assert all(order.index(read) < order.index(mart.name) for read in mart.reads & MADE.keys())
    assert MADE["operation_band"].reads >= {"operation_trait", "index_operation", "finding"}
    assert MADE["symptom_pair"].reads & MADE.keys() == {"symptom_event", "operation_band"}
