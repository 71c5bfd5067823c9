"""What the app's import page works on: the files given to it, and the one import under way.

The files lie in ``uploads/<digest>/`` of the store until they are imported or a day has passed.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from dashboard.importing.running import Published, Running, start

UPLOADS = "uploads"
KEPT_SECONDS = 86_400
UNSAFE = re.compile(r"[^A-Za-z0-9._ -]")

_under_way: dict[Path, Running] = {}
_one_at_a_time = threading.Lock()


def put_down(store: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write uploaded files where the import may read them; the same files lie in the same place."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    folder = store / UPLOADS / digest.hexdigest()[:32]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = []
    for name, content in files.items():
        path = folder / safe_name(name)
        if not path.exists():
            fresh = path.with_name(f".{path.name}.arriving")
            fresh.touch(mode=0o600)
            fresh.write_bytes(content)
            fresh.replace(path)
        paths.append(path)
    return paths


def safe_name(name: str) -> str:
    """The name of a file without a way to another folder; what is no plain sign becomes ``_``."""
    plain = UNSAFE.sub("_", Path(name.replace("\\", "/")).name).lstrip(".")
    return plain[-120:] or "file"


def clear_uploads(store: Path, *, older_than: float = 0.0) -> None:
    """Take away files that were given to the page, those older than so many seconds."""
    with suppress(OSError):
        for folder in (store / UPLOADS).iterdir():
            if time.time() - folder.stat().st_mtime >= older_than:
                shutil.rmtree(folder, ignore_errors=True)


def begin(
    store: Path,
    sources: list[Path],
    mapping: Path | None,
    form: str,
    *,
    check: bool,
    published: Published,
    upgrade: bool = False,
    clock_is_right: bool = False,
) -> Running:
    """Start an import of a store, or its upgrade, or give the one that is under way."""
    with _one_at_a_time:
        running = _under_way.get(store)
        if running is None or running.over.is_set():
            running = start(
                sources, store, mapping, form,
                check=check, upgrade=upgrade, clock_is_right=clock_is_right, published=published,
            )  # fmt: skip
            running.in_background()
            _under_way[store] = running
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
