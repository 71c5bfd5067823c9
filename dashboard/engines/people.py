"""The one file that says of whom a note or a line of the audit is: everywhere else a person is a random number.

So whoever is forgotten is forgotten by taking the link away: the audit stays whole, line by line, and its numbers mean
nobody any more.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dashboard.engines import small_database

FILE = "persons.sqlite"
NAMED = re.compile(r"\bP-([0-9A-F]{16})(?:/[0-9]{4}-[0-9]{2}-[0-9]{2})?")
"""A pseudonym as it is shown, with the day of surgery where that stands behind it."""
NUMBER = re.compile(r"\bN-[0-9a-f]{20}\b")

LINK_TABLE = "create table if not exists link (number text primary key, person text not null unique)"


class People:
    """The links of one store."""

    def __init__(self, store: Path) -> None:
        """store: the folder of the generations; the file is made, for its owner only, at the first link."""
        self.path = store / FILE

    def hidden(self, text: str) -> str:
        """The text with a random number in the place of each person, always the same one; made where there is none."""
        if not NAMED.search(text):
            return text
        with self._opened() as connection, connection:
            return NAMED.sub(lambda found: _number(connection, found[0]), text)

    def links(self) -> Mapping[str, str]:
        """By number, whom it means; those who were forgotten are not among them."""
        if not self.path.is_file():
            return {}
        with self._opened() as connection:
            return dict(connection.execute("select number, person from link").fetchall())

    def forget(self, patient: int) -> list[str]:
        """Take away every link of a pseudonym, and all that is left of it in the file; the numbers that it had."""
        if not self.path.is_file():
            return []
        like = f"P-{patient:016X}%"
        with self._opened() as connection:
            with connection:
                gone = [n for (n,) in connection.execute("select number from link where person like ?", (like,))]
                connection.execute("delete from link where person like ?", (like,))
            connection.execute("vacuum")
        return gone

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with small_database.opened(self.path, "The list of persons") as connection:
            connection.execute(LINK_TABLE)
            yield connection


def named(text: str) -> set[int]:
    """The pseudonyms that stand in a text."""
    return {int(found, 16) for found in NAMED.findall(text)}


def shown(text: str, links: Mapping[str, str]) -> str:
    """The text with whom each number means in its place; one that means nobody any more stays a number."""
    return NUMBER.sub(lambda found: links.get(found[0], found[0]), text)


def _number(connection: sqlite3.Connection, person: str) -> str:
    fresh = f"N-{secrets.token_hex(10)}"
    connection.execute("insert or ignore into link (number, person) values (?, ?)", (fresh, person))
    found = connection.execute("select number from link where person = ?", (person,)).fetchone()
    return str(found[0])
