"""What somebody names on the command line: files and folders, and nothing that never ends."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

from dashboard.errors import WrongUsage


def check(paths: Iterable[Path]) -> None:
    """Raises WrongUsage for a pipe, a socket or a device: to open one may wait, or read, for ever.

    What is not there is left to whoever opens it, who knows what it should have been.
    """
    for path in paths:
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise WrongUsage(f"{path} is a pipe or a device, not a file. Save what it gives as a file, and name that.")
