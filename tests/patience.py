"""How long a test waits: so long that only what hangs reaches it, on however slow and busy a machine.

No test asks how long something took. What must be there later is waited for, by what shows that it is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 300


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, f"it was not so within {SECONDS} seconds"
        time.sleep(0.02)
