"""One generation, opened for reading with DuckDB, and nothing else opened with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import duckdb
import pandas as pd

from dashboard.engines.counted import PreparedCounts
from dashboard.engines.expected import TOLD_FROM, Expected, Kind, limit, too_much
from dashboard.engines.generations import Generation
from dashboard.engines.machine import allowed
from dashboard.engines.versions import lacks_tables
from dashboard.errors import NoData, OurFault, OutcomesError, QueryFailed, StoreDamaged
from dashboard.once import Once, Stop
from dashboard.sql import Query, parameters_of

Value = bool | int | float | str | date | list[int] | list[str] | None
Parameters = Mapping[str, Value]

CLOSED: Mapping[str, str] = MappingProxyType(
    {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",
        "enable_external_access": "false",
    }
)
"""Read-only protects nothing but the tables; these close files, network, extensions and Python objects."""

MOST_SPILLED = "4GB"
MOST_MILLISECONDS = 3_600_000
"""What nobody could wait for; each question has a shorter limit of its own."""
REMEMBERED = 512
"""Answers kept for one generation: most are some hundreds of rows."""
MOST_KEPT = 128 << 20
"""And so many bytes of them: by profile and day of surgery ten million operations have millions of rows."""
AT_ONCE = 4 * allowed().threads
"""Questions under way together; each has every processor, so that more would only wait for one another."""

_WORKERS = ThreadPoolExecutor(AT_ONCE, "question")

Asked = tuple[Query, tuple[tuple[str, object], ...]]


@dataclass(frozen=True)
class Asking:
    """A question as it is put to the database. rows, seconds: what it goes through, and how long that should take."""

    query: Query
    text: str
    bound: Mapping[str, object]
    kind: Kind
    rows: int
    seconds: float


def whatever_it_takes(generation: int) -> bool:
    """Whoever gives a command waits for its answer, or stops it."""
    return True


class Engine(Protocol):
    """Where queries run; one engine is one generation, and is told from others by identity."""

    def __hash__(self) -> int: ...

    @property
    def generation(self) -> int:
        """The number of the published state that answers."""

    def frame(self, query: Query, parameters: Parameters) -> pd.DataFrame:
        """The rows of a query, the caller's own to change."""


class DuckEngine:
    """Answers queries from one generation file, and remembers the answers while that generation lasts.

    A path replaced under a running process still reads as the old file there: a new generation is a new engine.
    """

    goes_on: Callable[[int], bool] = staticmethod(whatever_it_takes)
    """Whether who asks in this thread goes on with what takes long. The app puts its own in this place."""

    def __init__(self, path: Path, generation: int, *, scratch: Path | None = None) -> None:
        """path: the generation's file; scratch: a folder inside the store for what does not fit into memory."""
        self.path = path
        self._generation = generation
        self._connection = _open(path, scratch or path.parent / "spill")
        self.prepared = PreparedCounts(self._connection)
        self.expected = Expected()
        self._opened = threading.Lock()
        self._answers: Once[Asked, pd.DataFrame] = Once(REMEMBERED, self._begin, _weight, MOST_KEPT)

    @property
    def generation(self) -> int:
        """The number of the generation that this engine reads."""
        return self._generation

    def frame(self, query: Query, parameters: Parameters) -> pd.DataFrame:
        """The rows of a query: remembered by query and sorted parameters, and asked once by all who ask together.

        Each has a copy on write.

        Raises TooMuch where it would take long and who asks has not said to go on; QueryFailed or OurFault, without
        the engine's words: they may quote a record.
        """
        return self._answers.ask((query, _sorted(parameters))).copy(deep=False)

    def close(self) -> None:
        """Give the file back; a pruned generation stays readable until then."""
        self._connection.close()

    def _begin(self, asked: Asked, future: Future[pd.DataFrame]) -> Stop:
        """Ask on a cursor of its own, which can be stopped without any other."""
        asking = self._asking(*asked)
        if asking.seconds > TOLD_FROM and not self.goes_on(self.generation):
            # Raised here, to whoever asks: others who ask the same may have said to go on.
            raise too_much(asking.rows, asking.seconds, self.generation)
        # One connection shared by threads without cursors failed 310 times for 100 answers.
        with self._opened:
            cursor = self._connection.cursor()

        def work() -> None:
            try:
                if future.set_running_or_notify_cancel():
                    future.set_result(self._frame(cursor, *asked))
            except Exception as problem:  # noqa: BLE001 (raised again in the thread of everybody who waits)
                future.set_exception(problem)
            finally:
                cursor.close()

        def stop() -> None:
            if not future.cancel():
                _interrupt(cursor)

        _WORKERS.submit(work)
        return stop

    def _asking(self, query: Query, parameters: tuple[tuple[str, object], ...]) -> Asking:
        bound = {name: list(value) if isinstance(value, tuple) else value for name, value in parameters}
        text = self.prepared.text_for(query, bound)
        kind = query.name, frozenset(name for name, value in parameters if value is not None)
        # What goes through no cohort is of one patient, or a few lines about the whole.
        rows = self.prepared.rows_of(text) if query.mart else 0
        if text != query.text:
            bound = {name: bound[name] for name in parameters_of(text)}
        return Asking(query, text, bound, kind, rows, self.expected.seconds(kind, rows))

    def _frame(
        self, cursor: duckdb.DuckDBPyConnection, query: Query, parameters: tuple[tuple[str, object], ...]
    ) -> pd.DataFrame:
        """Its rows, unless it takes far longer than it should; and how long such a one takes is known from then on."""
        asking = self._asking(query, parameters)
        begun, most = time.monotonic(), limit(asking.seconds)
        watch = threading.Timer(most, _interrupt, (cursor,))
        watch.daemon = True
        watch.start()
        try:
            frame = self._answered(cursor, asking)
            self.expected.took(asking.kind, asking.rows, time.monotonic() - begun)
        except QueryFailed:
            if (waited := time.monotonic() - begun) >= most:
                self.expected.took(asking.kind, asking.rows, waited)
            raise
        finally:
            watch.cancel()
        return frame

    def _answered(self, cursor: duckdb.DuckDBPyConnection, asking: Asking) -> pd.DataFrame:
        try:
            return cursor.execute(asking.text, asking.bound).df()
        except duckdb.InterruptException:
            raise QueryFailed("This took too long and was stopped. Choose fewer operations, or ask again.") from None
        except duckdb.OutOfMemoryException:
            raise QueryFailed("There is not enough memory for this. Choose fewer operations, or ask again.") from None
        except duckdb.IOException:
            raise StoreDamaged("The published data cannot be read. Run `outcomes store verify`.") from None
        except (duckdb.BinderException, duckdb.CatalogException) as problem:
            raise self._not_held(asking.query, problem) from None
        except duckdb.Error as problem:
            raise OurFault(f'question "{asking.query.name}": {type(problem).__name__}') from None

    def _not_held(self, query: Query, problem: duckdb.Error) -> OutcomesError:
        """A question for what is not there: the generation is of another version, or the question is our fault."""
        with suppress(StoreDamaged):
            if lacks_tables(Generation(self._generation, self.path, self.path.with_suffix(".json")).manifest):
                return QueryFailed(
                    f'The question "{query.name}" asks for what this generation does not hold: it was imported by an '
                    "earlier version of this app. Run `outcomes store upgrade`, or press the button in the app."
                )
        # These words name tables and columns, and quote no record.
        return OurFault(f'question "{query.name}": {problem}')


def _open(path: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        **CLOSED,
        "memory_limit": f"{allowed().memory >> 20}MiB",
        "threads": str(allowed().threads),
        "temp_directory": str(scratch),
        "max_temp_directory_size": MOST_SPILLED,
        # Both here and not by `set` afterwards: a cursor does not inherit a limit that was set on its connection,
        # and a second engine on the same file could set nothing once the first had locked the configuration.
        "max_execution_time": str(MOST_MILLISECONDS),
        "lock_configuration": "true",
    }
    if not path.is_file():
        raise NoData("The published data is not where the store says it is. Run `outcomes store verify`.")
    try:
        return duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.Error:
        raise NoData("The published data cannot be opened. Run `outcomes store verify`.") from None


def _interrupt(cursor: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # it has just ended by itself
        cursor.interrupt()


def _weight(answer: pd.DataFrame) -> int:
    """How many bytes an answer takes, its texts apart."""
    return int(answer.memory_usage().sum())


def _sorted(parameters: Parameters) -> tuple[tuple[str, object], ...]:
    """Parameters as a key: scalars, and lists in order; a list is a set here, so its order asks nothing new."""
    return tuple(
        (name, tuple(sorted(value)) if isinstance(value, list) else value) for name, value in sorted(parameters.items())
    )
