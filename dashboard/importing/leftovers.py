"""What an import leaves while it works, and what was given to the page: taken away as soon as nobody needs it.

Both hold records in clear: ``incoming/`` what an import builds, ``uploads/`` the files themselves. A kill may leave
either, so they are cleared when the app starts, at the next import, and after each.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from dashboard.engines.generations import Store
from dashboard.errors import Refused, StoreBusy

UPLOADS = "uploads"


def clear(store: Path) -> None:
    """Take away whatever no import is using: nothing while one runs, which clears behind itself."""
    if not store.is_dir():
        return
    # Whoever holds the store for writing clears ``incoming`` first.
    with suppress(StoreBusy, Refused), Store(store).writing():
        clear_uploads(store)


def clear_uploads(store: Path, *, but: Collection[Path] = (), older_than: float = 0.0) -> int:
    """Take away files that were given to the page, those older than so many seconds; returns how many times.

    but: files that are needed still; what was given together with them stays too.
    """
    kept, gone = {path.absolute().parent for path in but}, 0
    with suppress(OSError):
        for folder in (store.absolute() / UPLOADS).iterdir():
            if folder not in kept and time.time() - folder.stat().st_mtime >= older_than:
                shutil.rmtree(folder, ignore_errors=True) if folder.is_dir() else folder.unlink(missing_ok=True)
                gone += 1
    return gone
