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
from dashboard.errors import NotAllowed, StoreDamaged, WrongUsage
from dashboard.records import Records
from tests.text_tables import records

ONE = "operation\n1"
KIND = "acknowledgement"
SIGNAL = "monitor/complication/S01/fusion/more/2024-05-01"


def test_a_note_is_kept_with_who_and_when_and_is_read_by_all(tmp_path: Path) -> None:
    viewer = Viewer("Dr One", "surgeon", surgeon="S01")
    asked = replace(records(tmp_path, ONE, viewer=viewer), notebook=Notebook(tmp_path))
    asked.note(KIND, SIGNAL, "  Looked at all eight: two readmissions for pain.  ")
    (note,) = replace(asked, notebook=Notebook(tmp_path)).notes(KIND)
    assert (note.subject, note.text, note.who) == (
        SIGNAL,
        "Looked at all eight: two readmissions for pain.",
        "Dr One",
    )
    assert note.at.tzinfo is not None
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_note_is_on_record_without_its_text(tmp_path: Path) -> None:
    asked = replace(records(tmp_path, ONE), notebook=Notebook(tmp_path))
    asked.note(KIND, SIGNAL, "secret words")
    last = json.loads(asked.audit.path.read_text().splitlines()[-1])
    assert (last["change"], last["kind"], last["subject"]) == ("note", KIND, SIGNAL)
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


TWO = """
operation | surgeon | site  | patient
1         | S01     | North | 1
2         | S02     | South | 2
"""
ONE_SEES = Viewer("Dr One", "surgeon", surgeon="S01")
TWO_SEES = Viewer("Dr Two", "surgeon", surgeon="S02")
NORTH = Viewer("Manager of North", "operator", sites=("North",))
NOWHERE = Viewer("Manager of nothing", "operator", sites=())
COUNTS = Viewer("Manager", "manager")


def about(patient: int, kind: str = "contact") -> str:
    return f"{kind}/P-{patient:016X}/2024-01-01" + ("/fever/2024-01-05" if kind == "contact" else "")


def written(tmp_path: Path) -> Records:
    """The operator's door to two operations, with a note of every kind about the second."""
    asked = replace(records(tmp_path, TWO), notebook=Notebook(tmp_path))
    for kind in ("contact", "flag"):
        asked.note(kind, about(2, kind), f"{kind} of the second")
    asked.note(KIND, SIGNAL.replace("S01", "S02"), "acknowledgement of the second")
    replace(asked, viewer=TWO_SEES).note("annotation", "annotation/2024-01-01", "annotation of the second")
    return asked


@pytest.mark.parametrize("kind", ["acknowledgement", "annotation", "contact", "flag"])
def test_a_note_is_read_by_those_who_may_see_what_it_is_about(tmp_path: Path, kind: str) -> None:
    asked = written(tmp_path)
    for viewer, seen in ((ONE_SEES, 0), (TWO_SEES, 1), (NORTH, 0), (NOWHERE, 0)):
        assert len(replace(asked, viewer=viewer).notes(kind)) == seen
    (note,) = asked.notes(kind)
    assert (note.text, note.surgeons) == (f"{kind} of the second", ("S02",))


@pytest.mark.parametrize("kind", ["contact", "flag"])
@pytest.mark.parametrize("viewer", [ONE_SEES, NORTH, NOWHERE, COUNTS])
def test_nobody_writes_about_a_patient_of_others(tmp_path: Path, kind: str, viewer: Viewer) -> None:
    """Marked as contacted by another surgeon, a patient would be gone from the own surgeon's queue."""
    asked = replace(records(tmp_path, TWO, viewer=viewer), notebook=Notebook(tmp_path))
    with pytest.raises(NotAllowed):
        asked.note(kind, about(2, kind), "called")
    last = json.loads(asked.audit.path.read_text().splitlines()[-1])
    assert last["what"] == "refusal"
    assert replace(asked, viewer=TWO_SEES).notes(kind) == []


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (KIND, SIGNAL.replace("S01", "S02")),
        (KIND, SIGNAL.replace("S01", "S01/../S02")),
    ],
)
def test_nobody_acknowledges_what_lies_beyond_the_scope(tmp_path: Path, kind: str, subject: str) -> None:
    asked = replace(records(tmp_path, TWO, viewer=ONE_SEES), notebook=Notebook(tmp_path))
    with pytest.raises(NotAllowed, match="beyond what you may see"):
        asked.note(kind, subject, "seen")
    asked.note(KIND, SIGNAL, "seen")
    assert len(asked.notes(KIND)) == 1


@pytest.mark.parametrize("viewer", [COUNTS, Viewer("Manager of North", "manager", sites=("North",))])
@pytest.mark.parametrize("kind", [KIND, "plan"])
def test_who_sees_no_series_writes_about_none(tmp_path: Path, viewer: Viewer, kind: str) -> None:
    """Acknowledged by somebody who cannot have looked, a signal would wait no more."""
    asked = replace(records(tmp_path, TWO, viewer=viewer), notebook=Notebook(tmp_path))
    with pytest.raises(NotAllowed, match="shows counts"):
        asked.note(kind, SIGNAL, "nothing to see")
    assert Notebook(tmp_path).read(kind) == []


@pytest.mark.parametrize("subject", ["contact/P-0000000000000001", about(1, "flag"), "contact/S01", ""])
def test_a_contact_is_of_an_operation(tmp_path: Path, subject: str) -> None:
    asked = replace(records(tmp_path, TWO), notebook=Notebook(tmp_path))
    with pytest.raises(WrongUsage, match="about no operation"):
        asked.note("contact", subject, "called")


def test_who_sees_counts_alone_is_told_how_many_and_nothing_else(tmp_path: Path) -> None:
    asked = written(tmp_path)
    (flag,) = replace(asked, viewer=COUNTS).notes("flag")
    assert (flag.subject, flag.text, flag.who) == ("", "", "")


def test_a_note_of_an_earlier_version_is_kept_and_seen_by_those_who_see_everything(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute(
            "create table note (number integer primary key autoincrement, kind text not null, subject text not null,"
            " text text not null, who text not null, at text not null)"
        )
        line = "flag", about(1, "flag"), "earlier", "Dr One", "2024-02-01T00:00:00+00:00"
        connection.execute("insert into note (kind, subject, text, who, at) values (?, ?, ?, ?, ?)", line)
    asked = replace(records(tmp_path, TWO), notebook=Notebook(tmp_path))
    assert [note.text for note in asked.notes("flag")] == ["earlier"]
    assert replace(asked, viewer=ONE_SEES).notes("flag") == []
