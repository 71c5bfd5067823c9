"""A small SQLite file beside the generations, its owner's alone: several processes write there while others read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dashboard.errors import StoreDamaged
from dashboard.private import make_folder

PATIENCE_SECONDS = 10.0


@contextmanager
def opened(path: Path, called: str, patience: float = PATIENCE_SECONDS) -> Iterator[sqlite3.Connection]:
    """A connection to this file, made where there is none; what is deleted is written over.

    called: what a reader knows it as; patience: seconds to wait for another who writes.
    Raises StoreDamaged, in words, for whatever fails until it is closed.
    """
    try:
        if not path.exists():
            make_folder(path.parent)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(path, timeout=patience)) as connection:
            connection.execute("pragma synchronous = full")
            connection.execute("pragma secure_delete = on")
            yield connection
    except sqlite3.Error:
        raise StoreDamaged(
            f"{called} ({path.name} in the store) cannot be used. Nothing was written; the published data is whole."
        ) from None
