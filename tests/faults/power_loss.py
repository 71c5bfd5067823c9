"""Power lost at any moment of publishing: every state that the disk may be in, read as the app reads it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.engines.generations import Store
from dashboard.errors import OutcomesError
from tests.faults.disk import Disk, Event, Journal, State, after_power_loss, as_it_was, lay_out, recorded
from tests.faults.small import answer, publish

MIXES = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
"""Names and contents all lost or all kept: the extremes, which half of the states take."""


Moment = tuple[Disk, set[int]]
"""The disk and its cache at one moment, and the generations that may be read after a power loss then; 0 is none."""


@dataclass
class Found:
    """What the states of a journal came to."""

    states: int = 0
    wrong: list[str] = field(default_factory=list)


def journal_of(top: Path) -> Journal:
    """A store's life from its making: five publishes, of which the last ones prune, and an import taken back."""
    store = Store(top / "store")
    with recorded(top) as journal:
        for number in range(1, 6):
            journal.events.append(Event("begun", number))
            publish(store, number)
            journal.events.append(Event("acknowledged", number))
        journal.events.append(Event("begun", 4))
        store.restore(4)
        journal.events.append(Event("acknowledged", 4))
        journal.events.append(Event("begun", 6))
        publish(store, 6)
        journal.events.append(Event("acknowledged", 6))
    return journal


def examine(events: Sequence[Event], most: int, folder: Path, seed: int = 0, *, since: int = 0) -> Found:
    """Lose the power after any event since this one, in so many different states; the published one must be read."""
    found = Found()
    for state, may in _states(list(_moments(events))[since:], most, random.Random(seed)):
        place = folder / "disk"
        place.mkdir(parents=True)
        lay_out(state, place)
        found.states += 1
        if wrong := _wrong(Store(place / "store"), may):
            found.wrong.append(wrong)
        shutil.rmtree(place)
    return found


def whole_disk(events: Sequence[Event], folder: Path) -> None:
    """The disk as it was at the end of a journal, without any loss."""
    disk = Disk()
    for event in events:
        disk.take(event)
    lay_out(as_it_was(disk), folder)


def without(events: Sequence[Event], lost: Callable[[Event], bool]) -> list[Event]:
    """The same journal with some syncs left out: what a store would do that did not wait for the disk."""
    return [event for event in events if event.kind != "sync" or not lost(event)]


def each_sync_left_out(events: Sequence[Event], most: int, folder: Path) -> list[bool]:
    """For each wait for the disk, whether a store that left out this one alone is found out before it tells anybody."""
    ends = [place for place, event in enumerate(events) if event.kind == "acknowledged"]
    found = []
    for place in [place for place, event in enumerate(events) if event.kind == "sync"]:
        end = min(one for one in ends if one > place)
        kept = [*events[:place], *events[place + 1 : end + 1]]
        found.append(bool(examine(kept, most, folder, since=place).wrong))
    return found


def _states(moments: Sequence[Moment], most: int, how: random.Random) -> Iterator[tuple[State, set[int]]]:
    """Different states, spread over all moments, each with the generations that may be read in it."""
    seen: set[object] = set()
    for _ in range(50):
        for disk, may in how.sample(moments, len(moments)):
            kept, lost = how.choice(MIXES) if how.random() < 0.5 else (how.random(), how.random())
            state = after_power_loss(disk, how, kept, lost)
            sign = _sign(state, may)
            if sign not in seen:
                seen.add(sign)
                yield state, may
            if len(seen) == most:
                return


def _moments(events: Sequence[Event]) -> Iterator[Moment]:
    """The moment after each event."""
    disk, may, last = Disk(), {0}, 0
    for event in events:
        if event.kind == "begun":
            may = {last, event.thing}
        elif event.kind == "acknowledged":
            last, may = event.thing, {event.thing}
        else:
            disk.take(event)
        yield _copy(disk), may


def _copy(disk: Disk) -> Disk:
    folders = {thing: dict(names) for thing, names in disk.folders.items()}
    return Disk({thing: list(versions) for thing, versions in disk.contents.items()}, folders, list(disk.pending))


def _sign(state: State, may: set[int]) -> object:
    folders, contents = state
    names = tuple((thing, tuple(sorted(held.items()))) for thing, held in sorted(folders.items()))
    return names, tuple((thing, hash(content)) for thing, content in sorted(contents.items())), tuple(sorted(may))


def _wrong(store: Store, may: set[int]) -> str:
    """What is wrong with what a reader sees; empty when it is one of the generations that it may see, and whole."""
    try:
        shown = store.last_whole()
        if shown is None:
            return "" if 0 in may else f"nothing is there, {may} was published"
        if shown.warning:
            return f"{may} was published, but: {shown.warning}"
        number = answer(shown.generation)
    except (OutcomesError, AssertionError) as problem:
        return f"{may} was published, but: {problem}"
    return "" if number in may and number == shown.generation.number else f"{number} is read, {may} was published"
