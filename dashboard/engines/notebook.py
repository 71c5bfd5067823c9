"""What people write in the app, kept in its own small database beside the generations.

An import changes nothing in it; it only writes a note again under the new key of an operation that is keyed anew.

SQLite and not DuckDB, because several processes write here while others read. Lines are added and never changed.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dashboard import wording
from dashboard.access import CORRECTION, FIGURES, PATIENTS, VIEWS, Right, Viewer
from dashboard.engines import small_database
from dashboard.engines.people import People, named, shown
from dashboard.errors import WrongUsage

FILE = "notebook.sqlite"
PLAN, VIEW = "plan", "view"
KINDS = ("acknowledgement", "annotation", "contact", "flag", PLAN, VIEW)
OF_A_PATIENT = ("contact", "flag")
READ_BY: Mapping[str, Right] = {
    "acknowledgement": PATIENTS, "annotation": FIGURES, "contact": PATIENTS, "flag": CORRECTION, PLAN: FIGURES,
    VIEW: VIEWS,
}  # fmt: skip
"""By kind what whoever reads a note must be allowed; a flag asks for a correction, an acknowledgement is of a series of
single operations."""
SUBJECT = re.compile(
    r"(?P<kind>contact|flag)/P-(?P<patient>[0-9A-F]{16})/(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?P<rest>/.*|)"
)
"""What a note of a patient is about: an operation, and perhaps something in its course."""
SERIES = re.compile(
    r"monitor/(?P<outcome>[^/]+)/(?P<surgeon>.+)/(?P<family>[^/]+)/(more|fewer)/[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
"""What the acknowledgement of a signal, or a plan after it, is about: a surgeon's operations of one family."""
GROUP = re.compile(r"group/(?P<outcome>[^/]+)/(?P<within>[0-9]+)/(?P<by>[a-z_]+)/(?P<name>.+)")
"""What a plan is about that no signal asked for: one group of a comparison, of which outcome and by when."""
A_COLLEAGUE = "a colleague"
"""Whoever else wrote, to a viewer to whom surgeons are numbers: it may have been one."""
GONE = "[somebody who was forgotten]"
LONGEST_TEXT, LONGEST_SUBJECT = 2_000, 300

NOTE_TABLE = """
    create table if not exists note (
        number integer primary key autoincrement,
        kind text not null,
        subject text not null,
        text text not null,
        who text not null,
        at text not null
    )
"""
CARRIED = ("surgeon", "site")
"""Columns of a later version: whom a note is about, by which it is seen; a line for each name."""


@dataclass(frozen=True)
class Note:
    """One thing that somebody wrote: about what (``subject``, a key and never a name), by whom and when (UTC).

    surgeons, sites: whose operations it is about, and where; empty for the whole practice.
    """

    number: int
    kind: str
    subject: str
    text: str
    who: str
    at: datetime
    surgeons: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()

    def counted(self) -> Note:
        """That it was written, and when; nothing of what it says."""
        return replace(self, subject="", text="", who="", surgeons=(), sites=())

    def is_seen_by(self, viewer: Viewer) -> bool:
        """Whether all that it is about lies within the viewer's scope; a view is an address and holds nothing."""
        scopes = ((self.surgeons, viewer.surgeons), (self.sites, viewer.sites))
        return all(own is None or ((about or self.kind == VIEW) and set(about) <= set(own)) for about, own in scopes)

    def is_masked_for(self, viewer: Viewer) -> bool:
        """Whether it names a surgeon to somebody to whom surgeons are numbers, and who did not write it."""
        names_one = self.kind not in OF_A_PATIENT and bool(self.surgeons or surgeon_in(self.subject))
        return viewer.masked and names_one and self.who != viewer.name

    def with_surgeons(self, names: Mapping[str, str]) -> Note:
        """The same about the same surgeons under other names, where there are any."""
        surgeons = tuple(names.get(one, one) for one in self.surgeons)
        return replace(self, subject=renamed(self.subject, names), surgeons=surgeons)


class Notebook:
    """The notes of one store."""

    def __init__(self, store: Path, *, closed: str = "") -> None:
        """store: the folder of the generations; the file is made, for its owner only, at the first note.

        closed: why nothing can be written for now, where that is so.
        """
        self.path = store / FILE
        self.people = People(store)
        self.closed = closed

    def check(self, kind: str, subject: str, text: str) -> None:
        """Raises WrongUsage, in words for whoever writes, unless this can be kept."""
        if kind not in KINDS:
            raise WrongUsage(f'"{kind}" is no kind of note.')
        if self.closed and kind != VIEW:
            raise WrongUsage(self.closed)
        if not wording.readable(text):
            raise WrongUsage("Write a few words first: what was looked at, and what came of it.")
        if len(text) > LONGEST_TEXT or len(subject) > LONGEST_SUBJECT:
            raise WrongUsage(f"This is longer than {LONGEST_TEXT:,} signs. Shorten it.")

    def write(
        self,
        kind: str,
        subject: str,
        text: str,
        *,
        who: str,
        surgeons: tuple[str, ...] = (),
        sites: tuple[str, ...] = (),
    ) -> None:
        """Add a note; it is on disk when this returns. surgeons, sites: as in ``Note``."""
        self.check(kind, subject, text)
        self._add(Note(0, kind, subject, wording.readable(text), who, datetime.now(UTC), surgeons, sites))

    def copy(self, note: Note, subject: str) -> None:
        """Add the same note about another subject: the words, who wrote them and when stay."""
        self._add(replace(note, subject=subject))

    def _add(self, note: Note) -> None:
        subject, text = self.people.hidden(note.subject), self.people.hidden(note.text)
        at, carried = note.at.isoformat(timespec="seconds"), map("\n".join, (note.surgeons, note.sites))
        with self._opened() as connection, connection:
            connection.execute(
                "insert into note (kind, subject, text, who, at, surgeon, site) values (?, ?, ?, ?, ?, ?, ?)",
                (note.kind, subject, text, note.who, at, *carried),
            )

    def read(self, kind: str) -> list[Note]:
        """The notes of a kind, the oldest first."""
        if not self.path.is_file():
            return []
        with self._opened() as connection:
            rows = connection.execute(
                "select number, kind, subject, text, who, at, surgeon, site from note where kind = ? order by number",
                (kind,),
            ).fetchall()
        links = self.people.links()
        return [_shown(_note(*row), links) for row in rows]

    def seen_by(self, viewer: Viewer, kind: str) -> list[Note]:
        """Of these what lies within somebody's scope, and names no surgeon to whom surgeons are numbers."""
        written = open_views(self.read(kind), viewer) if kind == VIEW else self.read(kind)
        seen = [note for note in written if note.is_seen_by(viewer) and not note.is_masked_for(viewer)]
        if not viewer.masked:
            return seen
        return [note if note.who == viewer.name else replace(note, who=A_COLLEAGUE) for note in seen]

    def authors(self) -> set[str]:
        """The names of all who wrote."""
        if not self.path.is_file():
            return set()
        with self._opened() as connection:
            return {who for (who,) in connection.execute("select distinct who from note")}

    def patients(self) -> set[int]:
        """The pseudonym of everybody whom a note or a link names, as they are kept."""
        texts = list(self.people.links().values())
        if self.path.is_file():
            with self._opened() as connection:
                texts += (text for row in connection.execute("select subject, text from note") for text in row)
        return {patient for text in texts for patient in named(text)}

    def forget(self, patient: int) -> None:
        """Take away what was written of a pseudonym, and the link between it and its numbers in the audit."""
        marks = [f"P-{patient:016X}", *(n for n, person in self.people.links().items() if f"{patient:016X}" in person)]
        if self.path.is_file():
            with self._opened() as connection:
                with connection:
                    for mark in marks:
                        connection.execute("delete from note where instr(subject, ?) > 0", (mark,))
                        connection.execute(
                            "update note set text = replace(text, ?, ?) where instr(text, ?) > 0", (mark, GONE, mark)
                        )
                connection.execute("vacuum")
        # The link goes last: without it nobody would know which notes were meant.
        self.people.forget(patient)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with small_database.opened(self.path, "The notebook") as connection:
            connection.execute(NOTE_TABLE)
            _bring_up_to_date(connection)
            yield connection


def open_views(lines: Sequence[Note], viewer: Viewer) -> list[Note]:
    """Of the lines of views, the oldest first, those of somebody's own views, and of those that others share.

    None of others to whom surgeons are numbers: what somebody calls a view may be a surgeon's name.
    """
    first: dict[str, Note] = {}
    for line in lines:
        first.setdefault(line.subject, line)
    shared = {subject for subject, line in first.items() if not viewer.masked and said_of_view(line).get("shared")}
    return [line for line in lines if line.subject in shared or first[line.subject].who == viewer.name]


def said_of_view(line: Note) -> dict[str, Any]:
    """What a line of a view says, by its words; nothing where it is not as it was written."""
    try:
        said = json.loads(line.text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def surgeon_in(subject: str) -> str:
    """The surgeon whom the subject of a note names; nothing where it names none."""
    start, end = _surgeon_at(subject)
    return subject[start:end]


def renamed(subject: str, names: Mapping[str, str]) -> str:
    """The subject with another name, where there is one, in the place of the surgeon whom it names."""
    start, end = _surgeon_at(subject)
    return f"{subject[:start]}{names.get(subject[start:end], subject[start:end])}{subject[end:]}"


def _surgeon_at(subject: str) -> tuple[int, int]:
    series, group = SERIES.fullmatch(subject), GROUP.fullmatch(subject)
    if series:
        return series.span("surgeon")
    return group.span("name") if group and group["by"] == "surgeon" else (0, 0)


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Add what the table of an earlier version lacks: whom its notes are about is not known, and none is lost."""
    if {*CARRIED} <= {name for _, name, *_ in connection.execute("pragma table_info(note)")}:
        return
    with connection:
        connection.execute("begin immediate")
        there = {name for _, name, *_ in connection.execute("pragma table_info(note)")}
        for name in [name for name in CARRIED if name not in there]:
            connection.execute(f"alter table note add column {name} text not null default ''")


def _shown(note: Note, links: Mapping[str, str]) -> Note:
    """The note with whom it is about in the place of that person's number."""
    return replace(note, subject=shown(note.subject, links), text=shown(note.text, links))


def _note(number: int, kind: str, subject: str, text: str, who: str, at: str, surgeons: str, sites: str) -> Note:
    about = tuple(surgeons.splitlines()), tuple(sites.splitlines())
    return Note(number, kind, subject, text, who, datetime.fromisoformat(at), *about)
