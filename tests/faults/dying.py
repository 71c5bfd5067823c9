"""Publishes a file and dies before its n-th call to the disk: ``python -m tests.faults.dying STORE FILE N``."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.engines.generations import Store
from tests.faults.disk import every_call


def main() -> None:
    """Publish as an import does; the number of the new generation is printed when it is acknowledged."""
    store, built, left = Store(Path(sys.argv[1])), Path(sys.argv[2]), [int(sys.argv[3])]

    def dying(name: str, call: Callable[..., Any], given: Any, named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*given, **named)

    with every_call(dying), store.writing():
        scratch = store.scratch()
        copy = scratch / "generation.duckdb"
        shutil.copyfile(built, copy)
        print(store.publish(copy, {}).number, flush=True)
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
