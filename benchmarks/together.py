"""``python -m benchmarks.together``: what twelve people wait for who open the app at once, and one who is in a hurry.

By the app's own protocol, without browsers, which would need more of the processors than the app: on a fresh server
each time, as it is just after a publish. First Overview for one alone, then for so many together; then one change of a
filter, and ten within a second, of which only the last is waited for; then the memory of the server for each window
that stays open. Only the ratios mean anything on a shared machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Barrier

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.serving import FILTERS, errors, fresh, megabytes_of
from dashboard.importing.work import work
from dashboard.shipped import shipped
from tests.protocol.client import AGAIN, Session, Told, opened, rerun

CHANGES = 10
SECONDS_BETWEEN_CHANGES = 0.1
SECONDS_OF_SILENCE = 3.0


@dataclass(frozen=True)
class Figures:
    """One round, in seconds and megabytes. errors: how many pages showed one."""

    alone: float
    again: float
    last_of_all: float
    median_of_all: float
    one_change: float
    ten_changes: float
    memory_a_window: float
    errors: int


def main() -> None:
    """Read the words, measure, and print."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.together", description=__doc__)
    words.add_argument("--store", type=Path, help="a store that is published already; else the sample is, anew")
    words.add_argument("--people", type=int, default=12)
    words.add_argument("--repeats", type=int, default=3)
    words.add_argument("--json", type=Path, help="where the figures are kept as well")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        store = asked.store or _sample(Path(passing) / "store")
        rounds = [a_round(store, Path(passing), asked.people) for _ in range(asked.repeats)]
    _print(rounds, asked.people)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(each) for each in rounds], indent=1))


def _sample(store: Path) -> Path:
    work([shipped("sample_data")], store, None, False, lambda step: None)
    return store


def a_round(store: Path, passing: Path, people: int) -> Figures:
    """All of it once, on fresh servers."""
    with fresh(store, passing) as (server, cookie), opened(server.port, cookie) as window:
        told, alone = timed(window)
        _, again = timed(window)
        wrong = errors(told)
        _, one_change = timed(window, FILTERS[0])
        ten_changes = _in_a_hurry(window)
    with fresh(store, passing) as (server, cookie), ExitStack() as stack:
        windows, others = ([stack.enter_context(opened(server.port, cookie)) for _ in range(people)] for _ in range(2))
        came = all_at_once(windows)
        # Of windows that come later: the first ones bring in what the server needs once, however many there are.
        before = megabytes_of(server)
        for window in others:
            window.run()
        memory = (megabytes_of(server) - before) / people
    each = [seconds for _, seconds in came]
    wrong += sum(errors(told) for told, _ in came)
    return Figures(alone, again, max(each), statistics.median(each), one_change, ten_changes, memory, wrong)


def timed(window: Session, query: str = "") -> tuple[Told, float]:
    """What came of one run of Overview, and in how many seconds."""
    began = time.monotonic()
    return window.run("", query), time.monotonic() - began


def all_at_once(windows: Sequence[Session]) -> list[tuple[Told, float]]:
    """The same of each of these, asked for in the same moment."""
    starting = Barrier(len(windows))

    def ask(window: Session) -> tuple[Told, float]:
        starting.wait()
        return timed(window)

    with ThreadPoolExecutor(len(windows)) as threads:
        return list(threads.map(ask, windows))


def _in_a_hurry(window: Session) -> float:
    """From the last of ten quick changes to its answer."""
    for query in FILTERS[1:CHANGES]:
        window.say(rerun("", query))
        time.sleep(SECONDS_BETWEEN_CHANGES)
    began = ended = time.monotonic()
    window.say(rerun("", FILTERS[CHANGES]))
    with suppress(TimeoutError):  # as long as anything comes: runs that were begun before end too
        while True:
            content = window.line.recv(timeout=SECONDS_OF_SILENCE)
            assert isinstance(content, bytes)
            told = ForwardMsg.FromString(content)
            if told.WhichOneof("type") == "script_finished" and told.script_finished != AGAIN:
                ended = time.monotonic()
    return ended - began


def _print(rounds: Sequence[Figures], people: int) -> None:
    """Each figure's median with its least and most, and the ratios that mean anything."""
    told: dict[str, Sequence[float]] = {
        "Overview for one alone, s": [each.alone for each in rounds],
        "the same again, s": [each.again for each in rounds],
        f"the last of {people} together, s": [each.last_of_all for each in rounds],
        f"the last of {people} ÷ one alone": [each.last_of_all / each.alone for each in rounds],
        f"the median of {people} ÷ one alone": [each.median_of_all / each.alone for each in rounds],
        "one change of a filter, s": [each.one_change for each in rounds],
        f"the last of {CHANGES} quick changes ÷ one change": [each.ten_changes / each.one_change for each in rounds],
        "memory of a window, MiB": [each.memory_a_window for each in rounds],
        "errors": [each.errors for each in rounds],
    }
    for name, figures in told.items():
        print(f"{name:45} {statistics.median(figures):8.2f}  ({min(figures):.2f} to {max(figures):.2f})")


if __name__ == "__main__":
    main()
