"""What lies in a folder that is watched, and whether it is there as a whole.

A delivery is one file, or one folder with its files, directly in the folder that is watched. A copy over a network
shows half of itself for a while, often with the size and the time of the whole: nothing tells it from a whole one but
that it no longer changes, or a file beside it whose name says so.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DONE, REFUSED = "done", "refused"
"""Where deliveries are moved to, within the folder that is watched."""
QUIET_SECONDS = 60
"""For so long nothing of a delivery has changed when it counts as whole, unless somebody says otherwise."""
UNFINISHED = (
    ".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".aria2", ".tmp", ".temp", ".swp", "~",
)  # fmt: skip
"""How the names of files end while a browser, a copy or an editor still writes them."""
OPENED = (("~$", ""), (".~lock.", "#"))
"""What Excel and LibreOffice put before and behind the name of a file that somebody has open."""
NOT_MEANT = ("thumbs.db", "desktop.ini", ".ds_store")
MOST_FILES = 10_000


@dataclass(frozen=True)
class Arrival:
    """One delivery as it lies there.

    state: a digest of every name, size and time in it, by which a change is seen; changed: when any of it last did.
    unfinished: why it cannot be whole, and wrong: why it is none that can be taken, in words; else empty.
    marked: whether the file lies beside it that says that it is whole.
    """

    path: Path
    state: str
    changed: float
    unfinished: str = ""
    wrong: str = ""
    marked: bool = False


def arrivals(folder: Path, marker: str = "") -> list[Arrival]:
    """Every delivery there, the one that has not changed for longest first. Raises OSError when it cannot be read.

    marker: how the name of the file ends that says that the delivery beside it is whole; none where empty.
    """
    names = {entry.name for entry in os.scandir(folder)}
    meant = [name for name in names if not _passed_over(name) and not (marker and name.endswith(marker))]
    found = [arrival(folder / name, marker) for name in meant]
    return sorted((one for one in found if one is not None), key=lambda one: (one.changed, one.path.name))


def arrival(path: Path, marker: str = "") -> Arrival | None:
    """The delivery of this name; None where it is gone."""
    rows, unfinished, wrong, changed = [], "", "", 0.0
    try:
        for place, each in enumerate(_each(path)):
            found = each.lstat()
            changed = max(changed, found.st_mtime)
            name = each.relative_to(path.parent)
            if stat.S_ISDIR(found.st_mode):
                rows.append(f"{os.fsencode(name)!r}/")
                continue
            rows.append(f"{os.fsencode(name)!r} {found.st_size} {found.st_mtime_ns} {stat.S_IFMT(found.st_mode)}")
            strange = _not_a_file(found.st_mode, each)
            wrong = wrong or strange
            unfinished = unfinished or ("" if strange else _still_written(each, found.st_size))
            if place >= MOST_FILES:
                wrong = f"holds more than {MOST_FILES:,} files"
                break
    except FileNotFoundError:
        return None
    except PermissionError as problem:
        unfinished = f"{Path(problem.filename or path).name} may not be read by whoever runs this"
    if path.is_dir() and not path.is_symlink() and not unfinished and all(row.endswith("/") for row in rows):
        unfinished = "there is nothing in it"
    state = hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
    marked = bool(marker) and os.path.isfile(f"{path}{marker}")  # noqa: PTH113 (a name may be too long for one more)
    return Arrival(path, state, changed, unfinished, wrong, marked)


def files_of(path: Path) -> list[Path]:
    """The files of a delivery."""
    return [each for each in _each(path) if each.is_file() and not each.is_symlink()]


def _each(path: Path) -> Iterator[Path]:
    """The delivery itself and all that is in it, no link followed."""
    yield path
    if path.is_dir() and not path.is_symlink():
        for inside in sorted(path.iterdir()):
            if inside.name.lower() not in NOT_MEANT and not inside.name.startswith("._"):
                yield from _each(inside)


def _passed_over(name: str) -> bool:
    """Whether a name directly in the folder means no delivery: ours, hidden, or put there by the system."""
    return name in (DONE, REFUSED) or name.startswith((".", "~$")) or name.lower() in NOT_MEANT


def _still_written(path: Path, size: int) -> str:
    """Why a file is not whole yet, by its name or by what lies beside it; empty where nothing says so."""
    if path.name.lower().endswith(UNFINISHED) or path.name.startswith(tuple(before for before, _ in OPENED)):
        return f"{path.name} is still being written"
    if not size:
        return f"{path.name} is empty"
    beside = [path.with_name(f"{before}{path.name}{behind}") for before, behind in OPENED]
    opened = next((lock.name for lock in beside if os.path.lexists(lock)), "")
    if opened:
        return f"somebody has {path.name} open, or {opened} was left behind"
    return "" if os.access(path, os.R_OK) else f"{path.name} may not be read by whoever runs this"


def _not_a_file(mode: int, path: Path) -> str:
    """What a thing is that nothing is read from: what it leads to was not delivered, or may never end."""
    if stat.S_ISLNK(mode):
        return f"{path.name} is a link: put the file itself there"
    return "" if stat.S_ISREG(mode) else f"{path.name} is a pipe or a device, not a file"
