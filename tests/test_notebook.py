"""What people write: kept with who and when, on record, whole beside the generations."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.access import Viewer
from dashboard.engines.notebook import FILE, LONGEST_TEXT, Notebook
from dashboard.errors import StoreDamaged, WrongUsage
from tests.text_tables import records

ONE = "operation\n1"
KIND = "acknowledgement"


def test_a_note_is_kept_with_who_and_when_and_is_read_by_all(tmp_path: Path) -> None:
    viewer = Viewer("Dr One", "surgeon", surgeon="S01")
    asked = replace(records(tmp_path, ONE, viewer=viewer), notebook=Notebook(tmp_path))
    asked.note(KIND, "monitor/1", "  Looked at all eight: two readmissions for pain.  ")
    (note,) = replace(asked, notebook=Notebook(tmp_path)).notes(KIND)
    assert (note.subject, note.text, note.who) == (
        "monitor/1",
        "Looked at all eight: two readmissions for pain.",
        "Dr One",
    )
    assert note.at.tzinfo is not None
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_note_is_on_record_without_its_text(tmp_path: Path) -> None:
    asked = replace(records(tmp_path, ONE), notebook=Notebook(tmp_path))
    asked.note(KIND, "monitor/1", "secret words")
    last = json.loads(asked.audit.path.read_text().splitlines()[-1])
    assert (last["change"], last["kind"], last["subject"]) == ("note", KIND, "monitor/1")
    assert "secret words" not in asked.audit.path.read_text()


@pytest.mark.parametrize(
    ("kind", "subject", "text"),
    [(KIND, "s", " \n "), (KIND, "s", "x" * (LONGEST_TEXT + 1)), (KIND, "s" * 400, "words"), ("gossip", "s", "words")],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(tmp_path: Path, kind: str, subject: str, text: str) -> None:
    asked = replace(records(tmp_path, ONE), notebook=Notebook(tmp_path / "store"))
    with pytest.raises(WrongUsage):
        asked.note(kind, subject, text)
    assert not (tmp_path / "store").exists()
    assert not asked.audit.path.exists()


def test_without_a_notebook_nothing_is_read_and_writing_says_so(tmp_path: Path) -> None:
    asked = records(tmp_path, ONE)
    assert asked.notes(KIND) == []
    with pytest.raises(WrongUsage, match="keeps no notebook"):
        asked.note(KIND, "s", "words")


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    def write(number: int) -> None:
        Notebook(tmp_path).write(KIND, f"s/{number}", "words", who="operator")

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(write, range(40)))
    assert sorted(note.subject for note in Notebook(tmp_path).read(KIND)) == sorted(f"s/{n}" for n in range(40))


def test_a_damaged_notebook_is_said_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database, and long enough to be read as one" * 20)
    with pytest.raises(StoreDamaged, match="notebook"):
        Notebook(tmp_path).write(KIND, "s", "words", who="operator")
    assert (tmp_path / FILE).read_bytes().startswith(b"this is no database")


def test_notes_are_only_ever_added(tmp_path: Path) -> None:
    Notebook(tmp_path).write(KIND, "s", "first", who="a")
    Notebook(tmp_path).write(KIND, "s", "second", who="b")
    assert [note.text for note in Notebook(tmp_path).read(KIND)] == ["first", "second"]
    with sqlite3.connect(tmp_path / FILE) as kept:
        assert kept.execute("pragma integrity_check").fetchone() == ("ok",)
