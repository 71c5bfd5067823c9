"""Digests of files: by which a file is known to be what it was."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

OF_NOTHING = hashlib.sha256().hexdigest()
REMEMBERED = 16
"""Files whose digest a process remembers: some more than generations are kept."""


def sha256(path: Path) -> str:
    """The digest of a file, as hexadecimal digits; of nothing when it is not there."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return OF_NOTHING


def remembered(path: Path) -> str:
    """The digest of a file that this process may have read before, and that nobody has touched since."""
    found = path.stat()
    return _digest(path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@lru_cache(maxsize=REMEMBERED)
def _digest(path: Path, *_touched: int) -> str:
    return sha256(path)
