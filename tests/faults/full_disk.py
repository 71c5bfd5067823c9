"""A disk with little room: a small one of its own where it may be mounted, else a limit on the size of any file."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SIZE = 64 << 20
NAME = "outcomes-small-disk"
"""How such a disk is called among what is mounted, before the number of the process that it is for."""
GUARDIAN = 'mount -t tmpfs -o "$1" "$2" "$3" && echo mounted && cat > /dev/null; umount -l "$3"'


@dataclass(frozen=True)
class SmallDisk:
    """A folder on a disk of its own, of which all but some bytes can be taken."""

    folder: Path

    def leave(self, room: int) -> None:
        """Take what is free but for so many bytes."""
        with suppress(FileNotFoundError):
            self._ballast.unlink()
        free = shutil.disk_usage(self.folder).free
        with self._ballast.open("wb") as file:
            for start in range(0, max(0, free - room), 1 << 20):
                file.write(b"\1" * min(1 << 20, free - room - start))

    def free(self) -> None:
        """Give everything back."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk | None]:
    """A disk of 64 MB in memory; None where this process may not mount one.

    A guardian holds it, who takes it away when this process ends, in whatever way: the guardian's standard input then
    ends too. Should the guardian have been killed as well, the next test that wants such a disk takes the old one away.
    """
    folder.mkdir()
    take_away_what_was_left()
    guardian = subprocess.Popen(
        ["sh", "-c", GUARDIAN, "sh", f"size={SIZE}", f"{NAME}-{os.getpid()}", str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert guardian.stdout is not None
    try:
        yield SmallDisk(folder) if guardian.stdout.readline() == b"mounted\n" else None
    finally:
        guardian.communicate()


def take_away_what_was_left() -> None:
    """Take away the disks of those who are no more."""
    for device, folder in mounted():
        name, _, owner = device.rpartition("-")
        if name == NAME and not _lives(int(owner)):
            subprocess.run(["umount", "-l", folder], capture_output=True, check=False)


def mounted() -> list[tuple[str, str]]:
    """What is mounted: the name of each device and its folder; nothing where the system does not tell."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [(device, folder) for device, folder, *_ in map(str.split, lines)]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """No process begun meanwhile can write a file longer than this: to it the disk is full. (Nor can this process.)"""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
