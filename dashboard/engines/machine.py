"""What reading may take of the machine that it runs on: memory and processors."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import duckdb

SHARE = 1 / 40
"""Of the machine's memory. The system keeps what was read of a file in memory besides, for whoever reads it next: of
ten million operations no read was slower with 384 MiB than with 1 GiB."""
LEAST_MEMORY, MOST_MEMORY = 384 << 20, 4 << 30
OF_ITS_OWN = 0.8
"""So much of the machine's memory the database would take if it were not told."""
UNITS = {"bytes": 1, **{f"{prefix}iB": 1 << 10 * place for place, prefix in enumerate("KMGT", start=1)}}
SIZE = re.compile(rf"([0-9.]+) ({'|'.join(UNITS)})")


class ForReading(NamedTuple):
    """memory: in bytes, of the database's own; what does not fit is spilled to the disk. threads: of one question."""

    memory: int
    threads: int


@cache
def allowed() -> ForReading:
    """By what the database finds here: it knows what a container is given as well as what is built in."""
    with duckdb.connect(":memory:") as asked:
        memory, threads = asked.execute(
            "select current_setting('memory_limit'), current_setting('threads')"
        ).fetchall()[0]
    return ForReading(share_of(size(memory) / OF_ITS_OWN), int(threads))


def share_of(memory: float) -> int:
    """What is allowed of so much memory, in bytes."""
    return round(min(max(memory * SHARE, LEAST_MEMORY), MOST_MEMORY))


def size(words: str) -> float:
    """A size as the database writes it, in bytes."""
    found = SIZE.fullmatch(words)
    return float(found[1]) * UNITS[found[2]] if found else 0.0
