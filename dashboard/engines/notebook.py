"""What people write in the app, kept in its own small database beside the generations.

An import changes nothing in it; it only writes a note again under the new key of an operation that is keyed anew.

SQLite and not DuckDB, because several processes write here while others read. Lines are added and never changed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dashboard.errors import StoreDamaged, WrongUsage
from dashboard.private import make_folder

FILE = "notebook.sqlite"
KINDS = ("acknowledgement", "annotation", "contact", "flag")
LONGEST_TEXT, LONGEST_SUBJECT = 2_000, 300
PATIENCE_SECONDS = 10.0

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


@dataclass(frozen=True)
class Note:
    """One thing that somebody wrote: about what (``subject``, a key and never a name), by whom and when (UTC)."""

    number: int
    kind: str
    subject: str
    text: str
    who: str
    at: datetime


class Notebook:
    """The notes of one store."""

    def __init__(self, store: Path) -> None:
        """store: the folder of the generations; the file is made, for its owner only, at the first note."""
        self.path = store / FILE

    def check(self, kind: str, subject: str, text: str) -> None:
        """Raises WrongUsage, in words for whoever writes, unless this can be kept."""
        if kind not in KINDS:
            raise WrongUsage(f'"{kind}" is no kind of note.')
        if not text.strip():
            raise WrongUsage("Write a few words first: what was looked at, and what came of it.")
        if len(text) > LONGEST_TEXT or len(subject) > LONGEST_SUBJECT:
            raise WrongUsage(f"This is longer than {LONGEST_TEXT:,} signs. Shorten it.")

    def write(self, kind: str, subject: str, text: str, *, who: str) -> None:
        """Add a note; it is on disk when this returns."""
        self.check(kind, subject, text)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._opened() as connection, connection:
            connection.execute(
                "insert into note (kind, subject, text, who, at) values (?, ?, ?, ?, ?)",
                (kind, subject, text.strip(), who, now),
            )

    def copy(self, note: Note, subject: str) -> None:
        """Add the same note about another subject: the words, who wrote them and when stay."""
        with self._opened() as connection, connection:
            connection.execute(
                "insert into note (kind, subject, text, who, at) values (?, ?, ?, ?, ?)",
                (note.kind, subject, note.text, note.who, note.at.isoformat(timespec="seconds")),
            )

    def read(self, kind: str) -> list[Note]:
        """The notes of a kind, the oldest first."""
        if not self.path.is_file():
            return []
        with self._opened() as connection:
            rows = connection.execute(
                "select number, kind, subject, text, who, at from note where kind = ? order by number", (kind,)
            ).fetchall()
        return [
            Note(number, kind, subject, text, who, datetime.fromisoformat(at))
            for number, kind, subject, text, who, at in rows
        ]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            if not self.path.exists():
                make_folder(self.path.parent)
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
            with closing(sqlite3.connect(self.path, timeout=PATIENCE_SECONDS)) as connection:
                connection.execute("pragma synchronous = full")
                connection.execute(NOTE_TABLE)
                yield connection
        except sqlite3.Error:
            raise StoreDamaged(
                f"The notebook ({FILE} in the store) cannot be used. Nothing was written; the published data is whole."
            ) from None
