"""A server that nobody has asked anything yet: the app's own, or the same app by Streamlit's own means alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from streamlit.proto.Alert_pb2 import Alert

from benchmarks.figures import memory_of
from tests import raw
from tests.protocol.client import Told

OURS = raw.OUR_OWN
PLAIN = ("-m", "benchmarks.plain")
KEEPING = (*PLAIN, "--keeping")
"""See there for what each leaves out."""
FILTERS = tuple(f"operated={year}-01-01,2026-06-30" for year in range(2015, 2027))
"""Filters that nobody has chosen before, each of other operations."""


@contextmanager
def fresh(store: Path, passing: Path, command: Sequence[str] = OURS) -> Iterator[tuple[raw.Served, str]]:
    """A server as it is just after a publish, and who is let in."""
    with raw.served(store, passing / f"log-{os.urandom(4).hex()}.txt", command=command) as server:
        yield server, raw.cookie_for(server)


def errors(told: Told) -> int:
    """How many errors came: tracebacks, and those that the app says in words."""
    shown = [message.delta.new_element for message in told.messages]
    return sum(one.WhichOneof("type") == "exception" or one.alert.format == Alert.ERROR for one in shown)


def seconds_of(server: raw.Served) -> float:
    """What the processors have given the server so far."""
    told = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def megabytes_of(server: raw.Served) -> float:
    """What the server has in memory."""
    return memory_of(server.pid)
