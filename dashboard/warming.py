"""The first page's answers, worked out before anybody comes: as the server starts, and whenever records are published.

Whoever comes first would wait for them, and after a publish that is a whole department. Nobody waits for this: who
comes while it is under way shares what it works out, and what it has not asked yet is asked as ever. Nobody looks at
the answers here, so that no question goes on record; it does in the name of each who is shown them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from dashboard import access, accounts, settings
from dashboard.access import OPERATOR, Viewer
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.generations import POINTER, Store
from dashboard.engines.notebook import Notebook
from dashboard.engines.versions import lacks_tables, refuse_newer
from dashboard.errors import OutcomesError
from dashboard.once import looking
from dashboard.pages import overview
from dashboard.records import Records
from dashboard.shell import engine_of

SECONDS_BETWEEN_LOOKS = 1.0


class _Ended(Exception):
    """The server ends: nothing more is waited for."""


class Warming:
    """Works out the first page's answers of a store in the background, as long as it is entered."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="warming", daemon=True)

    def __enter__(self) -> Warming:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        seen: object = None
        while not self._ended.is_set():
            pointed = _written(self._store / POINTER)
            if pointed != seen:
                seen = pointed
                self._warm()
            self._ended.wait(SECONDS_BETWEEN_LOOKS)

    def _warm(self) -> None:
        try:
            with looking(self._look):
                warm(self._store)
        except (_Ended, OutcomesError):
            return  # what cannot be shown is said to whoever comes
        except Exception as problem:  # noqa: BLE001 (nothing unforeseen is written: its text may hold a record)
            logging.getLogger(__name__).warning("The first page is not made ready: %s", type(problem).__name__)

    def _look(self) -> None:
        if self._ended.is_set():
            raise _Ended


def warm(store: Path) -> None:
    """Open the newest generation of a store and ask what the first page asks, for each who is told the whole of it.

    Raises what reading the store raises.
    """
    held = settings.read(store=store)
    shown = Store.of(held).last_whole()
    if shown is None or lacks_tables(shown.generation.manifest):
        return
    refuse_newer(shown.generation.manifest)
    engine = engine_of(shown.generation.path, shown.generation.number)
    with TemporaryDirectory() as nowhere:
        for viewer in _told_everything(held):
            overview.answers(
                Records(
                    engine, viewer, Cohort(), Audit(Path(nowhere)), Notebook(held.store),
                    import_report=shown.generation.report_path, answers=shown.generation.answers_path,
                )
            )  # fmt: skip


def _told_everything(held: settings.Settings) -> Iterator[Viewer]:
    """The operator, and of those who may sign in one of each kind who is told exact figures of the whole practice.

    What is told of a part or in protected form is another answer for each part.
    """
    known = accounts.read(held.store)
    people = [OPERATOR, *(known.viewer(person.identity) for person in known.people)]
    switched = [access.switched(each, held.switched_off) for each in people if each is not None]
    told = {each.told_as: each for each in reversed(switched) if each.sees_everything_exactly and not each.masked}
    return (each for each in told.values() if each.may(access.FIGURES))


def _written(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
