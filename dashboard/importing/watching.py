"""One look at a folder that is watched: each delivery that is whole is imported, and moved to where it belongs.

What was seen of each delivery, that its import began, and what came of it stand in ``watched/`` of the store, each
before the next step is done. So whoever is killed loses no delivery and imports none a second time: the next look goes
on where this one stopped. What the machine is at fault for (no room, another import) leaves a delivery where it lies.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from dashboard.engines.digests import sha256
from dashboard.engines.disk import lock, replace, sync, why
from dashboard.engines.generations import Generation, Store
from dashboard.errors import OutcomesError, Refused, StoreBusy, StoreDamaged, WrongUsage
from dashboard.importing import kept_report, report
from dashboard.importing.arrivals import DONE, QUIET_SECONDS, REFUSED, Arrival, arrival, arrivals, files_of
from dashboard.importing.result import ImportRefused, ImportResult, Issue, refused
from dashboard.private import make_folder

WATCHED = "watched"
WAITS, STUCK = "waits", "stuck"
"""States beside done and refused: not whole yet; imported or refused, but it cannot be moved."""
TO_BE_SEEN_TO = (REFUSED, STUCK)
"""What somebody has to look after."""
LONGEST_NAME = 255
"""Bytes of a name that a disk takes."""
JSON_END, TEXT_END = ".report.json", ".report.txt"

Take = Callable[[Path], ImportResult]


@dataclass(frozen=True)
class Taken:
    """What one look came to for one delivery: its name, DONE, REFUSED, WAITS or STUCK, and why in words.

    generation: the one it was published as; moved_to: where it lies now, within the folder.
    """

    name: str
    state: str
    words: str
    generation: int | None = None
    moved_to: str = ""


@dataclass
class _Seen:
    """What is known of one delivery.

    state: as it was; since: from when on. begun: the generation that was current when its import began; came: what
    came of that, once it is over: the folder it belongs to, where it is moved to, and its report.
    """

    state: str
    since: float
    begun: int | None = None
    came: dict[str, Any] = field(default_factory=dict)


@dataclass
class Watched:
    """What is known of one folder from one look to the next.

    refused: by name the day since which a delivery lies refused there. problem: why the last look was not ended, and
    failing_since: since which day none was; both empty where it was.
    """

    folder: str
    looked: str = ""
    problem: str = ""
    failing_since: str = ""
    refused: dict[str, str] = field(default_factory=dict)
    seen: dict[str, _Seen] = field(default_factory=dict)

    @property
    def stuck(self) -> list[str]:
        """The deliveries that were imported or refused, and lie where they lay."""
        return sorted(name for name, one in self.seen.items() if one.came)

    @property
    def looked_on(self) -> date:
        """The day of the last look."""
        return date.fromisoformat(self.looked[:10])


def look(
    folder: Path,
    store: Store,
    take: Take,
    *,
    quiet: float = QUIET_SECONDS,
    marker: str = "",
    now: datetime | None = None,
) -> Iterator[Taken]:
    """Look once, and take each delivery that is whole, one after the other; what came of each, as it comes.

    take: imports one. quiet: for so many seconds nothing of a delivery has changed, as far as looks have seen; with a
    marker, one is whole when the file of that name lies beside it, and never else.
    Raises StoreBusy while another look or an import runs, Refused where the folder or the machine fails; what was
    told before stands.
    """
    folder = folder.expanduser().absolute()
    if store.root.resolve().is_relative_to(folder.resolve()) or folder.resolve().is_relative_to(store.root.resolve()):
        raise WrongUsage("The folder that is watched and the store cannot lie in one another.")
    at = now or datetime.now(UTC)
    with _alone(store.root):
        known = _Look(folder, store, at, _read(store.root, folder) or Watched(str(folder)))
        with _problem_kept(known):
            _can_be_used(folder)
            with store.writing():
                pass  # whoever held it for writing is over, so that what it published can be seen
            yield from known.finished()
            for one in arrivals(folder, marker):
                if not known.is_over(one.path.name):
                    yield known.taken(one, take, quiet, marker)
            known.looked()


def watched(root: Path) -> list[Watched]:
    """The folders that are watched for a store, as the last look at each has left them."""
    found = (_from(path) for path in sorted((root / WATCHED).glob("*.json")))
    return [one for one in found if one is not None and one.looked]


class _Look:
    """One look: what is known is on disk before each step that rests on it."""

    def __init__(self, folder: Path, store: Store, at: datetime, known: Watched) -> None:
        self.folder, self.store, self.at, self.known = folder, store, at, known

    def keep(self) -> None:
        path = _file(self.store.root, self.folder)
        make_folder(path.parent)
        replace(path, json.dumps(asdict(self.known)).encode())

    def looked(self) -> None:
        """The look is over: forget what is no longer there."""
        there, lying = ({path.name for path in where.iterdir()} for where in (self.folder, self.folder / REFUSED))
        self.known.seen = {name: one for name, one in self.known.seen.items() if name in there or one.came}
        self.known.refused = {name: day for name, day in self.known.refused.items() if name in lying}
        self.known.looked, self.known.problem = self.at.isoformat(timespec="seconds"), ""
        self.known.failing_since = ""
        self.keep()

    def failed(self, words: str) -> None:
        """Keep why this look was not ended, and since when none was, of a folder that was looked at before."""
        self.known.problem = words
        self.known.failing_since = self.known.failing_since or self.at.date().isoformat()
        if self.known.looked:
            with suppress(OSError):
                self.keep()

    def is_over(self, name: str) -> bool:
        """Whether this delivery was imported or refused, and waits to be moved alone."""
        return bool((one := self.known.seen.get(name)) and one.came)

    def finished(self) -> Iterator[Taken]:
        """What an earlier look has imported and not moved, or moved and not told of."""
        for name, one in list(self.known.seen.items()):
            if one.came:
                there = arrival(self.folder / name)
                yield self._moved(name, one, still_there=there is not None and there.state == one.state)

    def taken(self, found: Arrival, take: Take, quiet: float, marker: str) -> Taken:
        """One delivery: that it waits, or what its import came to."""
        name = found.path.name
        one = self.known.seen.get(name)
        if one is None or one.state != found.state:
            one = self.known.seen[name] = _Seen(found.state, self.at.timestamp())
            self.keep()
        if waits := _waits(found, one, quiet, marker, self.at):
            return Taken(name, WAITS, waits)
        one.came = self._imported(found, one, take)
        there = arrival(found.path)
        if there is None or there.state != found.state:
            number = one.came["report"]["generation"]
            self.known.seen.pop(name)
            self.keep()
            told = f"generation {number} was made of it as it was" if number else "as it was it was refused"
            return Taken(name, WAITS, f"it changed while it was read: {told}", number)
        if found.marked:
            with suppress(OSError):
                found.path.with_name(name + marker).unlink()
        return self._moved(name, one, still_there=True)

    def _imported(self, found: Arrival, one: _Seen, take: Take) -> dict[str, Any]:
        """What comes of a delivery: by an import, unless it was published before whoever did it was killed."""
        published = None if one.begun is None else _published(self.store, one.begun, found.path)
        if published is not None:
            told = kept_report.read(published.report_path) or ImportResult(published.number, {}, [])
            return _came(DONE, told)
        current = self.store.current_or_none()
        one.begun = current.number if current else 0
        self.keep()
        try:
            if found.wrong:
                raise refused([Issue("stop", "not_a_delivery", found.path.name, f"{found.path.name}: {found.wrong}.")])
            return _came(DONE, take(found.path))
        except ImportRefused as refusal:
            if not any(issue.severity == "stop" for issue in refusal.result.issues):
                raise  # nothing is wrong with the delivery: it stays, and is taken when the machine is well again
            return _came(REFUSED, refusal.result)

    def _moved(self, name: str, one: _Seen, *, still_there: bool) -> Taken:
        """Move a delivery, and put its report beside it; then forget it."""
        came, where = one.came, self.folder / one.came["where"]
        result = ImportResult.from_json(came["report"])
        # Why it was refused may quote a cell, and what is told here may be mailed on: the report says it.
        words = "nothing was imported" if came["where"] == REFUSED else f"published as generation {result.generation}"
        try:
            if still_there or not came["moved_to"]:
                came["moved_to"] = _free(where, name)
                self.keep()
                if still_there:
                    (self.folder / name).rename(where / came["moved_to"])
                    for each in (where, self.folder):
                        with suppress(OSError):  # a network's folders are not synced
                            sync(each)
            moved, on = came["moved_to"], self.at.date()
            about = f"{moved}: {came['where']}, {words}."
            _write(where / _fitting(moved, JSON_END), json.dumps(came["report"], indent=1, ensure_ascii=False))
            _write(where / _fitting(moved, TEXT_END), report.text(result, about, on))
        except OSError as problem:
            told = f"{words}; it cannot be moved to {came['where']}, or its report not be written: {why(problem)}"
            return Taken(name, STUCK, told, result.generation)
        if came["where"] == REFUSED:
            self.known.refused[moved] = on.isoformat()
        self.known.seen.pop(name)
        self.keep()
        return Taken(name, came["where"], words, result.generation, f"{came['where']}/{moved}")


def _came(where: str, result: ImportResult) -> dict[str, Any]:
    return {"where": where, "moved_to": "", "report": result.as_json()}


def _waits(found: Arrival, one: _Seen, quiet: float, marker: str, at: datetime) -> str:
    """Why a delivery is not taken yet; empty where it is whole."""
    if found.unfinished:
        return found.unfinished
    if marker:
        return "" if found.marked else f"{found.path.name}{marker} is not there yet"
    seen_for = at.timestamp() - one.since
    return "" if seen_for >= quiet else f"it is taken when it has stayed as it is for {quiet:g} seconds"


def _published(store: Store, since: int, path: Path) -> Generation | None:
    """The generation after this one that was made of exactly these files; None where there is none."""
    digests = {sha256(each) for each in files_of(path)}
    for generation in reversed(store.generations()):
        with suppress(StoreDamaged):
            made_of = {str(source["sha256"]) for source in generation.manifest.get("sources", ())}
            if generation.number > since and made_of and made_of <= digests:
                return generation
    return None


def _can_be_used(folder: Path) -> None:
    """Raises Refused, before anything is imported, where deliveries could not be read or moved."""
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder that can be watched: it is not there, or not to be reached.")
    try:
        for name in (DONE, REFUSED):
            make_folder(folder / name)
        missing = [name for name in ("", DONE, REFUSED) if not os.access(folder / name, os.R_OK | os.W_OK | os.X_OK)]
    except OSError as problem:
        raise Refused(f"{folder} cannot be watched: {why(problem)}. Nothing was imported.") from None
    if missing:
        raise Refused(f"{folder / missing[0]} may not be read and written by whoever runs this. Nothing was imported.")


@contextmanager
def _problem_kept(of: _Look) -> Iterator[None]:
    """Keep why a look was not ended, of a folder that was looked at before, for whoever reads what needs review."""
    try:
        yield
    except StoreBusy:
        raise
    except OutcomesError as problem:
        of.failed(problem.message)
        raise
    except OSError as problem:
        of.failed(why(problem))
        raise Refused(f"The look at {of.folder} was not ended: {why(problem)}. What was told stands.") from None


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the looks of a store alone; raises StoreBusy when another look runs."""
    make_folder(root / WATCHED)
    with (root / WATCHED / "lock").open("a+b") as held:
        lock(held)
        yield


def _file(root: Path, folder: Path) -> Path:
    return root / WATCHED / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]}.json"


def _read(root: Path, folder: Path) -> Watched | None:
    return _from(_file(root, folder))


def _from(path: Path) -> Watched | None:
    """What was kept in this file; None where there is none that can be read."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        told = json.loads(path.read_bytes())
        told["seen"] = {name: _Seen(**one) for name, one in told["seen"].items()}
        return Watched(**{each.name: told[each.name] for each in fields(Watched)})
    return None


def _free(where: Path, name: str) -> str:
    """A name under which nothing lies there, nor a report of it: a second of the same name is numbered."""
    base, dot, rest = name.partition(".")
    for number in range(1, 1_000_000):
        tried = name if number == 1 else _fitting(base, f" ({number}){dot}{rest}")
        if not any(
            os.path.lexists(where / each) for each in (tried, *(_fitting(tried, end) for end in (JSON_END, TEXT_END)))
        ):
            return tried
    raise Refused(f"{where} is full of deliveries named {name}. Take them away.")


def _fitting(name: str, end: str) -> str:
    """The name with this end, shortened so far that a disk takes it."""
    raw, room = os.fsencode(name), LONGEST_NAME - len(os.fsencode(end))
    return (name if len(raw) <= room else raw[:room].decode(errors="ignore")) + end


def _write(path: Path, text: str) -> None:
    """A file of its owner's alone: a report quotes cells of records."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode(errors="backslashreplace"))
        file.flush()
        os.fsync(file.fileno())
