"""What would spoil every figure to come stops an import: a key that is gone or another, and a clock that is wrong."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dashboard import cli
from dashboard.engines.generations import Store
from dashboard.engines.pseudonym_key import complaint
from dashboard.errors import Refused
from dashboard.importing.clock import LONGEST_PAUSE, clock_doubt
from dashboard.importing.publishing.upgrading import upgrade
from dashboard.importing.work import work
from tests.faults.small import build
from tests.importing.test_upgrading import earlier, silent
from tests.importing.written import contents, take, write

KEY = "pseudonym.key"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one generation."""
    take(write(tmp_path / "records"), tmp_path / "store")
    return tmp_path / "store"


def spoil(store: Path, how: str) -> None:
    """The key gone, cut short, or put in the place of another store's."""
    key = store / KEY
    if how == "gone":
        key.unlink()
    else:
        key.chmod(0o600)
        key.write_bytes(b"x" * (31 if how == "damaged" else 32))


SPOILED = {"gone": "is gone", "damaged": "has 31 bytes, not 32", "replaced": "is not the key that generation 1"}


@pytest.mark.parametrize("how", SPOILED)
@pytest.mark.parametrize("check", [False, True])
def test_a_key_that_is_not_that_of_the_generations_stops_an_import(store: Path, how: str, check: bool) -> None:
    spoil(store, how)
    before = contents(store)
    with pytest.raises(Refused, match=SPOILED[how]) as refused:
        take(store.parent / "records", store, check=check)
    assert "Bring it back from a copy of the store." in refused.value.message
    assert "import into a new store" in refused.value.message
    assert refused.value.message.endswith("Nothing was changed.")
    assert contents(store) == before


@pytest.mark.parametrize("how", SPOILED)
def test_verify_notices_it(store: Path, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["store", "verify", "--store", str(store)]) == 0
    spoil(store, how)
    assert cli.main(["store", "verify", "--store", str(store)]) == 1
    assert SPOILED[how] in capsys.readouterr().err


def test_the_key_brought_back_is_the_key_again(store: Path) -> None:
    shutil.copy(store / KEY, store.parent / "copy")
    spoil(store, "gone")
    shutil.copy(store.parent / "copy", store / KEY)
    assert take(store.parent / "records", store).generation == 2


def test_an_empty_store_makes_its_key_and_an_import_that_failed_before_leaves_it(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        take(
            write(tmp_path / "bad", operations="operation_id | patient_id | procedure\nO1 | P1 | tlif"), tmp_path / "s"
        )
    assert complaint(Store(tmp_path / "s")) == ""
    assert take(write(tmp_path / "records"), tmp_path / "s").generation == 1


def test_a_generation_without_a_fingerprint_asks_for_a_key_and_keeps_what_it_knows(tmp_path: Path, store: Path) -> None:
    old = earlier(tmp_path / "earlier")
    (old.root / KEY).unlink()
    with pytest.raises(Refused, match="is gone"):
        take(tmp_path / "records", old.root)
    shutil.copy(store / KEY, old.root / KEY)
    assert complaint(old) == ""
    held = Store(store).current()
    assert held is not None
    assert len(held.manifest["key"]) == 32
    assert "key" not in upgrade(old, silent).manifest


def published(folder: Path, data_date: date | None, on: date) -> Store:
    """A store whose newest generation has this data date, and was published on that day."""
    store = Store(folder / "clock")
    with store.writing():
        copy = store.scratch() / "generation.duckdb"
        shutil.copyfile(build(folder / "built.duckdb", 1), copy)
        store.publish(copy, {"data_date": str(data_date), "published": f"{on}T12:00:00+00:00"})
    return store


DATA, ON = date(2024, 2, 1), date(2024, 3, 1)


@pytest.mark.parametrize(
    ("today", "doubted"),
    [
        (DATA - timedelta(days=1), "is of 2024-03-01: records since then would be left out"),
        (ON - timedelta(days=2), "would be left out"),
        (ON - timedelta(days=1), ""),  # elsewhere the day has begun
        (ON, ""),
        (ON + LONGEST_PAUSE, ""),
        (ON + LONGEST_PAUSE + timedelta(days=1), "more than two years after generation 1, of 2024-03-01"),
    ],
)
def test_a_clock_before_the_newest_generation_or_long_after_it_is_doubted(
    tmp_path: Path, today: date, doubted: str
) -> None:
    found = clock_doubt(published(tmp_path, DATA, ON), today)
    assert doubted in found
    assert bool(found) == bool(doubted)


def test_no_clock_is_doubted_before_the_first_generation_nor_for_old_records_imported_lately(tmp_path: Path) -> None:
    assert clock_doubt(Store(tmp_path / "none"), date(1980, 1, 1)) == ""
    assert clock_doubt(published(tmp_path, date(1996, 1, 1), ON), ON + timedelta(days=30)) == ""


def test_an_import_under_a_doubted_clock_is_refused_until_somebody_says_that_it_is_right(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    store = published(tmp_path, today + timedelta(days=300), today)
    records = write(tmp_path / "records")
    with pytest.raises(Refused, match="--clock-is-right"):
        take(records, store.root)
    assert work([records], store.root, None, True, silent, clock_is_right=True).tables["operations"].accepted == 1


def test_the_command_takes_the_word_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    today = datetime.now(UTC).date()
    store = published(tmp_path, today - timedelta(days=2000), today - timedelta(days=1000))
    words = ["import", str(write(tmp_path / "records")), "--store", str(store.root)]
    assert cli.main(words) == 1
    assert "more than two years after generation 1" in capsys.readouterr().err
    assert cli.main([*words, "--clock-is-right"]) == 0
