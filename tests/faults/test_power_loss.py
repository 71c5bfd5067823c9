"""Power lost while a generation is published: the acknowledged one is read afterwards, never a half of any."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.engines.generations import Store
from tests.faults.disk import Journal
from tests.faults.power_loss import examine, journal_of, whole_disk, without
from tests.faults.small import publish
from tests.importing.written import contents

STATES = 120


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """What six publishes and a restore do to the disk, with the folder in which they did it."""
    return journal_of(tmp_path_factory.mktemp("recorded"))


def test_the_journal_gives_the_very_store_that_it_recorded(journal: Journal, tmp_path: Path) -> None:
    whole_disk(journal.events, tmp_path)
    assert contents(tmp_path) == contents(journal.top)


def test_after_a_power_loss_the_acknowledged_generation_is_read_or_before_it_the_old_or_the_new(
    journal: Journal, tmp_path: Path
) -> None:
    found = examine(journal.events, STATES, tmp_path)
    assert found.wrong == []
    assert found.states == STATES


@pytest.mark.parametrize("kind", ["nothing", "files", "folders"])
def test_a_store_that_did_not_sync_would_be_found_out(journal: Journal, tmp_path: Path, kind: str) -> None:
    folders = {event.thing for event in journal.events if event.kind in ("folder", "names")}
    lost = {
        "nothing": lambda event: True,
        "files": lambda event: event.thing not in folders,
        "folders": lambda event: event.thing in folders,
    }[kind]
    assert examine(without(journal.events, lost), STATES, tmp_path).wrong != []


def test_the_next_publish_works_on_what_a_power_loss_left(journal: Journal, tmp_path: Path) -> None:
    ends = [place for place, event in enumerate(journal.events) if event.kind == "sync"]
    for place in ends[:: max(1, len(ends) // 8)]:
        folder = tmp_path / str(place)
        folder.mkdir()
        whole_disk(journal.events[:place], folder)
        store = Store(folder / "store")
        number = publish(store, 9).number
        current = store.current()
        assert current is not None
        assert current.number == number
        assert store.verify() == []
        assert list((store.root / "incoming").iterdir()) == []
