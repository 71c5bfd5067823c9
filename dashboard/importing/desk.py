"""What the app's import page works on: the files given to it, and the one import under way.

The files lie in ``uploads/<digest>/`` of the store until they are accepted or refused, an hour at most.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from dashboard.engines.disk import replace
from dashboard.importing.leftovers import UPLOADS, clear_uploads
from dashboard.importing.running import Running, start
from dashboard.private import make_folder
from dashboard.recorded import Recorded

KEPT_SECONDS = 3_600
UNSAFE = re.compile(r"[^A-Za-z0-9._ -]")

_under_way: dict[Path, Running] = {}
_taken_away: Counter[Path] = Counter()
_one_at_a_time = threading.Lock()


def put_down(store: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write uploaded files where the import may read them; the same files lie in the same place."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    folder = store / UPLOADS / digest.hexdigest()[:32]
    if not folder.is_dir():
        make_folder(folder.parent)
        make_folder(folder)
        _when_the_hour_is_over(store)
    paths = []
    for name, content in files.items():
        path = folder / safe_name(name)
        if not path.exists():
            replace(path, content)
        paths.append(path)
    return paths


def safe_name(name: str) -> str:
    """The name of a file without a way to another folder; what is no plain sign becomes ``_``."""
    plain = UNSAFE.sub("_", Path(name.replace("\\", "/")).name).lstrip(".")
    return plain[-120:] or "file"


def _when_the_hour_is_over(store: Path) -> None:
    # A moment later, so that these files are an hour old by then whatever the clock of the disk rounds to.
    timer = threading.Timer(KEPT_SECONDS + 1, take_away_old, (store,))
    timer.daemon = True
    timer.start()


def take_away_old(store: Path) -> None:
    """Take away what has lain here for an hour; what an import is reading goes when that is over."""
    with _one_at_a_time:
        running = _under_way.get(store)
        if (running is None or running.over.is_set()) and clear_uploads(store, older_than=KEPT_SECONDS):
            _taken_away[store] += 1


def times_taken_away(store: Path) -> int:
    """How often files given to the page have gone from here: a page that asks under this number asks anew each time."""
    return _taken_away[store]


def holds_uploads(store: Path) -> bool:
    """Whether files that were given to the page lie here."""
    with suppress(OSError):
        return any((store / UPLOADS).iterdir())
    return False


def begin(
    store: Path,
    sources: list[Path],
    mapping: Path | None,
    form: str,
    *,
    check: bool,
    recorded: Recorded | None,
    upgrade: bool = False,
    clock_is_right: bool = False,
    add: bool = False,
) -> Running:
    """Start an import of a store, or its upgrade, or give the one that is under way.

    What was given to the page goes with an import, whatever comes of it; after a check it stays for the import.
    """
    with _one_at_a_time:
        running = _under_way.get(store)
        if running is None or running.over.is_set():
            running = start(
                sources, store, mapping, form,
                check=check, upgrade=upgrade, clock_is_right=clock_is_right, add=add, recorded=recorded,
            )  # fmt: skip
            running.in_background()
            _under_way[store] = running
            _taken_away[store] += not (check or upgrade)
        return running


def under_way(store: Path) -> Running | None:
    """The last import that the app started on this store, running or over."""
    return _under_way.get(store)


def forget(store: Path) -> None:
    """Put the result of an import aside."""
    with _one_at_a_time:
        running = _under_way.get(store)
        if running is not None and running.over.is_set():
            del _under_way[store]
