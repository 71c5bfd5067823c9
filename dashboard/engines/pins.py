"""What a generation is kept for beyond its time: a report or a frozen view that was made from it, by a name.

::

    store/pins/<name>    the number of the generation, six digits; replaced by rename only

A pin that cannot be read means that nobody knows what is pinned: then nothing is swept.
"""

from __future__ import annotations

import re
from pathlib import Path

from dashboard.engines.disk import replace, sync, why
from dashboard.errors import StoreDamaged, WrongUsage
from dashboard.private import make_folder

FOLDER = "pins"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
NUMBER = re.compile(rb"([0-9]{6,9})\n")


def pins(root: Path) -> dict[str, int]:
    """By name the number of the generation that is kept for it. Raises StoreDamaged when that cannot be told."""
    found = {}
    try:
        for path in sorted((root / FOLDER).iterdir()):
            if path.name.startswith("."):  # the half of one
                continue
            read = NUMBER.fullmatch(path.read_bytes())
            if read is None or not NAME.fullmatch(path.name):
                raise StoreDamaged(
                    f"{FOLDER}/{path.name} does not say which generation is kept for it. Take the file away, or write "
                    "the number into it, in six digits: until then no generation is swept."
                )
            found[path.name] = int(read[1])
    except FileNotFoundError:
        return found
    except OSError as problem:
        raise StoreDamaged(f"What is pinned cannot be read: {why(problem)}.") from None
    return found


def put(root: Path, name: str, number: int) -> None:
    """Write down, on disk when this returns, that a generation is kept for this; in the place of what it was before."""
    if not NAME.fullmatch(name):
        raise WrongUsage(f'"{name}" is no name for a pin: small letters, digits and hyphens, at most 64 of them.')
    folder = root / FOLDER
    make_folder(folder)
    replace(folder / name, f"{number:06d}\n".encode("ascii"))
    sync(root)


def take(root: Path, name: str) -> None:
    """Take a pin away, on disk when this returns; one that is not there is as good as taken."""
    path = root / FOLDER / name
    if NAME.fullmatch(name) and path.exists():
        path.unlink()
        sync(path.parent)


def clear(root: Path) -> None:
    """Take away the halves of pins that a crash has left."""
    for half in (root / FOLDER).glob(".*"):
        half.unlink(missing_ok=True)
