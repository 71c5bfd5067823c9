"""A store changes whole or not at all: refusals, repeats, a flipped byte, a reader who stays; see also ``faults``."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dashboard.engines.generations import Store
from dashboard.importing import ImportRefused
from tests.importing.written import contents, opened, take, write

MARTS = ("operation_outcome", "symptom_event", "facts")
MORE = {
    "patients": "patient_id | birth_year | sex\nP1 | 1960 | female\nP2 | 1950 | male",
    "operations": (
        "operation_id | patient_id | surgery_date | procedure | surgeon\n"
        "O1 | P1 | 2024-01-01 | tlif | S01\nO2 | P2 | 2024-01-01 | tlif | S02\nO3 | P1 | 2024-05-01 | plif | S01"
    ),
    "symptoms": (
        "operation_id | onset_date | symptom\nO1 | 2024-01-10 | fever\nO1 | 2024-01-10 | chills\nO2 | 2024-02-01 | limp"
    ),
    "diagnoses": "operation_id | diagnosis_date | cause\nO1 | 2024-03-01 | infection\nO2 | 2024-03-01 | instability",
}


def marts(store: Path) -> list[list[tuple[object, ...]]]:
    """Every row that a read can see, in an order of its own."""
    with opened(store) as current:
        return [sorted(current.table(mart).fetchall(), key=repr) for mart in MARTS]


def twice_published(tmp_path: Path) -> tuple[Path, Path]:
    """Records and a store with two generations of them."""
    records, store = write(tmp_path / "records", **MORE), tmp_path / "store"
    take(records, store)
    take(records, store)
    return records, store


@pytest.mark.parametrize(
    "operations",
    [
        "operation_id | patient_id | procedure\nO1 | P1 | tlif",
        "operation_id | patient_id | surgery_date | procedure\nO1 | P9 | 2024-01-01 | tlif",
    ],
    ids=["a column is missing", "no operation is accepted"],
)
def test_a_refused_import_leaves_the_store_byte_for_byte_as_it_was(tmp_path: Path, operations: str) -> None:
    _, store = twice_published(tmp_path)
    before = contents(store)
    with pytest.raises(ImportRefused, match=r"^Nothing was imported\."):
        take(write(tmp_path / "bad", operations=operations), store)
    assert contents(store) == before


def test_a_check_publishes_nothing_and_says_what_an_import_would(tmp_path: Path) -> None:
    records, store = twice_published(tmp_path)
    before = contents(store)
    checked = take(records, store, check=True)
    assert checked.generation is None
    assert contents(store) == before
    assert take(records, store).tables == checked.tables


def test_a_check_on_no_store_leaves_no_generation(tmp_path: Path) -> None:
    take(write(tmp_path / "records"), tmp_path / "store", check=True)
    assert Store(tmp_path / "store").current() is None


def test_the_same_folder_twice_gives_the_same_rows_under_a_new_number(tmp_path: Path) -> None:
    records, store = write(tmp_path / "records", **MORE), tmp_path / "store"
    assert take(records, store).generation == 1
    first = marts(store)
    assert take(records, store).generation == 2
    assert marts(store) == first


def test_the_order_of_rows_in_the_files_changes_no_row_of_a_mart(tmp_path: Path) -> None:
    records, store = write(tmp_path / "records", **MORE), tmp_path / "store"
    take(records, store)
    first = marts(store)
    for path in records.iterdir():
        header, *lines = path.read_text().splitlines()
        path.write_text("\n".join([header, *reversed(lines)]) + "\n")
    take(records, store)
    assert marts(store) == first


def test_the_last_three_generations_are_kept(tmp_path: Path) -> None:
    records, store = write(tmp_path / "records"), tmp_path / "store"
    for _ in range(5):
        take(records, store)
    assert [generation.number for generation in Store(store).generations()] == [3, 4, 5]
    assert sorted(path.name for path in (store / "gen").glob("*.duckdb")) == [f"00000{n}.duckdb" for n in (3, 4, 5)]
    assert list((store / "incoming").iterdir()) == []


@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_verify_finds_a_flipped_byte_and_restore_sets_the_store_back(tmp_path: Path, place: float) -> None:
    _, store = twice_published(tmp_path)
    assert Store(store).verify() == []
    damaged = store / "gen" / "000002.duckdb"
    content = bytearray(damaged.read_bytes())
    content[int(place * len(content))] ^= 1
    damaged.chmod(0o640)
    damaged.write_bytes(content)
    assert Store(store).verify() == ["Generation 2: its data file was changed or damaged. Restore another generation."]
    Store(store).restore(1)
    current = Store(store).current()
    assert current is not None
    assert current.number == 1
    assert len(marts(store)[0]) > 0


def test_an_import_after_a_restore_takes_a_number_never_used(tmp_path: Path) -> None:
    records, store = twice_published(tmp_path)
    Store(store).restore(1)
    assert take(records, store).generation == 3


def test_a_reader_of_an_older_generation_goes_on_when_it_is_pruned(tmp_path: Path) -> None:
    records, store = write(tmp_path / "records", **MORE), tmp_path / "store"
    take(records, store)
    current = Store(store).current()
    assert current is not None
    with duckdb.connect(str(current.path), read_only=True) as reader:
        wanted = reader.execute("select * from operation_outcome").fetchall()
        for _ in range(4):
            take(records, store)
        assert not current.path.exists()
        assert reader.execute("select * from operation_outcome").fetchall() == wanted
