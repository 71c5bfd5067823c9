"""Who is signed in: `sessions.sqlite` in the store, one row for each browser, which is the whole of a session.

A cookie that has no row here is nothing. A row holds no cookie, only what can be worked out from one with the store's
secret, and of the person no more than the claims by which they are known.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
COLUMNS = "provider, claims, began, used"


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

    def begin(self, key: str, session: Session) -> None:
        """Keep a new session."""
        with self._opened() as table:
            row = (key, session.provider, json.dumps(dict(session.claims)), session.began, session.used)
            table.execute("insert into session values (?, ?, ?, ?, ?)", row)

    def let_go(self, began: float, used: float) -> list[Session]:
        """Those that began, or were used last, by these moments: nobody can use them any more, and they are gone.

        Each is told once.
        """
        with self._opened() as table:
            rows = table.execute(
                f"delete from session where began <= ? or used <= ? returning {COLUMNS}", (began, used)
            ).fetchall()
        return list(map(_session, rows))

    def found(self, key: str) -> Session | None:
        """The session of a cookie; None where it was ended, or never was one."""
        with self._opened() as table:
            row = table.execute(f"select {COLUMNS} from session where key = ?", (key,)).fetchone()
        return _session(row) if row else None

    def used(self, key: str, now: float) -> None:
        """Somebody was there."""
        with self._opened() as table:
            table.execute("update session set used = ? where key = ?", (now, key))

    def end(self, key: str) -> bool:
        """Nobody comes in with this cookie any more, in whichever window; whether anybody could until now."""
        with self._opened() as table:
            return bool(table.execute("delete from session where key = ?", (key,)).rowcount)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with opened(self._path, CALLED, PATIENCE_SECONDS) as table, table:
            table.execute(TABLE)
            yield table


def _session(row: Sequence[Any]) -> Session:
    provider, claims, began, used = row
    return Session(provider, json.loads(claims), began, used)
