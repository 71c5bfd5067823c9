"""The two secrets of an audit's folder: one for its lines, one for what is told of the records and must not be guessed.

Numbers in place of names, the order of peers, and by how much a count is moved are made with the second: whoever has
the first can forge lines, and learns nothing of anybody.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from dashboard.audit_asked import mark
from dashboard.private import make_secret, secret

KEY, DISCLOSURE = "audit.key", "disclosure.key"


class AuditKeys:
    """The secrets of one folder, as they lie there now: a restore puts others in their place."""

    def __init__(self, folder: Path) -> None:
        """folder: the store's audit folder; what is missing is made."""
        self._folder = folder
        self._kept: dict[str, tuple[object, bytes]] = {}
        made(folder)

    @property
    def lines(self) -> bytes:
        """What lines are signed with; whoever can read it can write lines."""
        return self._now(KEY)

    @property
    def disclosure(self) -> bytes:
        """What makes unguessable what is told."""
        return self._now(DISCLOSURE)

    def _now(self, name: str) -> bytes:
        there, (known, key) = mark(self._folder / name), self._kept.get(name, (None, b""))
        if there is None or there != known:
            made(self._folder)
            key = (self._folder / name).read_bytes()
            self._kept[name] = there, key
        return key


def made(folder: Path) -> None:
    """Make the secrets that are missing.

    A store of an earlier version had the first alone, and told with it what the second is for now: there the second is
    the same, so that numbers stay whose they were, and no count is told a second time otherwise.
    """
    # In this order: whoever is killed between the two has left no first without a second.
    secret(folder / DISCLOSURE, key_there(folder))
    if not (folder / KEY).exists():
        make_secret(folder / KEY)


def key_there(folder: Path) -> bytes | None:
    """What lines are signed with, without making it; None when there is none that could be ours."""
    with suppress(OSError):
        return (folder / KEY).read_bytes() or None
    return None
