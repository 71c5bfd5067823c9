"""Who is signed in: `sessions.sqlite` in the store, one row for each browser, which is the whole of a session.

A cookie that has no row here is nothing. A row holds no cookie, only what can be worked out from one with the store's
secret, and of the person no more than the claims by which they are known.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboard.engines.small_database import opened

FILE = "sessions.sqlite"
CALLED = "Who is signed in"
PATIENCE_SECONDS = 0.1
"""Whoever asks answers everybody: while one waits here, nobody is served."""
TABLE = """
create table if not exists session (
    key text primary key, provider text not null, claims text not null, began real not null, used real not null
)
"""


@dataclass(frozen=True)
class Session:
    """One browser that signed in. claims: as the provider said them; began, used: in seconds since 1970."""

    provider: str
    claims: Mapping[str, str]
    began: float
    used: float


class Sessions:
    """The table of one store. Each method raises StoreDamaged, in words, where it cannot be used."""

    def __init__(self, store: Path) -> None:
        """store: the folder of the generations."""
        self._path = store / FILE

    def begin(self, key: str, session: Session, over: float) -> None:
        """Keep a new session, and let go of those that began before ``over``, which nobody can use any more."""
        with self._opened() as table:
            table.execute("delete from session where began < ?", (over,))
            row = (key, session.provider, json.dumps(dict(session.claims)), session.began, session.used)
            table.execute("insert into session values (?, ?, ?, ?, ?)", row)

    def found(self, key: str) -> Session | None:
        """The session of a cookie; None where it was ended, or never was one."""
        with self._opened() as table:
            row = table.execute("select provider, claims, began, used from session where key = ?", (key,)).fetchone()
        return Session(row[0], json.loads(row[1]), row[2], row[3]) if row else None

    def used(self, key: str, now: float) -> None:
        """Somebody was there."""
        with self._opened() as table:
            table.execute("update session set used = ? where key = ?", (now, key))

    def end(self, key: str) -> None:
        """Nobody comes in with this cookie any more, in whichever window."""
        with self._opened() as table:
            table.execute("delete from session where key = ?", (key,))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with opened(self._path, CALLED, PATIENCE_SECONDS) as table, table:
            table.execute(TABLE)
            yield table
