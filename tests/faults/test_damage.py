"""Damaged files: the last good generation is shown, or a plain sentence says why none is; never a wrong answer."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from dashboard.engines.generations import Shown, Store
from dashboard.errors import OutcomesError, Refused, StoreDamaged
from tests.faults.damage import DATA, Damage, damages
from tests.faults.small import answer, publish

EVERY = list(damages())
NOBODY = 65_534


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three generations, each of which answers with its number; only ever copied."""
    store = Store(tmp_path_factory.mktemp("whole") / "store")
    for number in (1, 2, 3):
        publish(store, number)
    return store.root


def damaged(whole: Path, folder: Path, damage: Damage) -> Store:
    """A copy of the store to which this has happened; what is not touched is the same file."""
    shutil.copytree(whole, folder, copy_function=os.link)
    damage.happen(folder)
    return Store(folder)


def shown_or_told(store: Store) -> Shown | str:
    """What is shown, after asking it and finding that it is what it says; else the sentence that is said instead."""
    try:
        shown = store.last_whole()
    except StoreDamaged as damage:
        return damage.message
    assert shown is not None, "a store with three generations was said to be empty"
    assert answer(shown.generation) == shown.generation.number
    return shown


def test_there_are_more_than_a_hundred_damages() -> None:
    assert len({damage.words for damage in EVERY}) == len(EVERY) >= 100


def test_every_damage_gives_the_last_good_generation_or_a_plain_sentence(whole: Path, tmp_path: Path) -> None:
    outcome: dict[str, list[str]] = {"as before": [], "earlier": [], "sentence": []}
    for number, damage in enumerate(EVERY):
        shown = shown_or_told(damaged(whole, tmp_path / str(number), damage))
        if isinstance(shown, str):
            assert plain(shown), (damage.words, shown)
            outcome["sentence"].append(damage.words)
        elif shown.generation.number == 3:
            assert shown.warning == "" or plain(shown.warning), damage.words
            outcome["as before"].append(damage.words)
        else:
            assert plain(shown.warning), (damage.words, shown.warning)
            assert f"generation {shown.generation.number}, of 2026-01-0" in shown.warning
            outcome["earlier"].append(damage.words)
    assert outcome["sentence"] == [
        "all three damaged",
        "every manifest missing",
        "every data file missing",
        "the folder of generations missing",
        "the folder of generations a file",
    ]
    assert [words for words in outcome["as before"] if words.startswith("gen/")] == []
    assert len(outcome["earlier"]) > 60


def test_verify_finds_every_damage(whole: Path, tmp_path: Path) -> None:
    missed = []
    for number, damage in enumerate(EVERY):
        complaints = damaged(whole, tmp_path / str(number), damage).verify()
        assert all(plain(complaint) for complaint in complaints), (damage.words, complaints)
        if not complaints:
            missed.append(damage.words)
    assert missed == []


def test_the_next_import_repairs_every_damage_or_says_in_words_why_it_cannot(whole: Path, tmp_path: Path) -> None:
    refused: dict[str, str] = {}
    for number, damage in list(enumerate(EVERY))[::4]:
        store = damaged(whole, tmp_path / str(number), damage)
        try:
            fresh = publish(store, 9)
        except OutcomesError as problem:
            refused[damage.words] = problem.message
            continue
        shown = store.last_whole()
        assert shown == Shown(fresh)
        assert fresh.number > 3 or not (whole / fresh.path.relative_to(store.root)).exists()
        assert answer(fresh) == 9
    assert all(map(plain, refused.values())), refused
    assert set(refused) <= {"CURRENT: a folder", "the folder of generations a file"}


def test_a_file_that_is_damaged_while_the_app_runs_is_found_at_the_next_look(whole: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    shutil.copytree(whole, store.root)
    assert store.last_whole() == Shown(store.generations()[-1])
    with (store.root / DATA).open("r+b") as file:
        file.seek(100_000)
        file.write(b"damage")
    shown = store.last_whole()
    assert shown is not None
    assert shown.generation.number == 2
    assert shown.warning == (
        "Generation 3: its data file was changed or damaged. Restore another generation. Until then generation 2, "
        "of 2026-01-02, is shown."
    )


def test_a_generation_that_was_taken_back_is_not_shown_for_a_damaged_one(whole: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    shutil.copytree(whole, store.root)
    store.restore(2)
    (store.root / "gen/000002.json").unlink()
    shown = store.last_whole()
    assert shown is not None
    assert shown.generation.number == 1


def test_a_log_beside_a_generation_would_change_its_answer_if_it_were_opened(whole: Path, tmp_path: Path) -> None:
    (log,) = [damage for damage in EVERY if damage.words == "a stale log: of changes to this very file"]
    store = damaged(whole, tmp_path / "store", log)
    with duckdb.connect(str(store.root / DATA), read_only=True) as connection:
        assert connection.execute("select max(number) from fact").fetchall() == [(999,)]
    shown = store.last_whole()
    assert shown is not None
    assert (shown.generation.number, answer(shown.generation)) == (2, 2)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions in another way")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CURRENT", "The store's pointer cannot be read: permission denied."),
        ("gen", "The store's generations cannot be listed: permission denied."),
        ("gen/000003.json", 2),
        ("gen/000003.duckdb", 2),
        ("gen/000002.duckdb", 3),
        (".", "The store's generations cannot be listed: permission denied."),
    ],
)
def test_what_may_not_be_read_is_said_in_words(whole: Path, name: str, expected: int | str) -> None:
    with as_somebody_else(whole) as store:
        (store.root / name).chmod(0)
        shown = shown_or_told(store)
        (store.root / name).chmod(0o700)
    if isinstance(shown, Shown) and isinstance(expected, int):
        assert shown.generation.number == expected
    else:
        told = shown if isinstance(shown, str) else shown.warning
        assert told.startswith(str(expected))


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions in another way")
def test_an_import_into_a_store_that_may_not_be_written_is_refused_in_words(whole: Path) -> None:
    with as_somebody_else(whole) as store:
        (store.root / "incoming").chmod(0o500)
        with pytest.raises(Refused, match=r"^The store cannot be written: permission denied\. Nothing was changed\.$"):
            publish(store, 4)
        (store.root / "incoming").chmod(0o700)


@contextmanager
def as_somebody_else(whole: Path) -> Iterator[Store]:
    """A copy of the store, and this process as its owner without the powers of root, to whom nothing is forbidden."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "store"
        shutil.copytree(whole, root)
        if os.geteuid() != 0:
            yield Store(root)
            return
        for path in (Path(folder), root, *root.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield Store(root)
        finally:
            os.seteuid(0)


def plain(sentence: str) -> bool:
    """Whether this can be shown to anybody: sentences, no path, no name of a Python error."""
    return (
        sentence.endswith(".") and sentence[0].isupper() and not any(s in sentence for s in ("Error", "/", "\n", "["))
    )
