"""A disk with little room: a small one of its own where it may be mounted, else a limit on the size of any file."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SIZE = 64 << 20


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
    """A disk of 64 MB in memory; None where this process may not mount one."""
    folder.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if mount is None or subprocess.run([mount, *options], capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


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
