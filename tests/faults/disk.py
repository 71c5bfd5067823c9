"""A journal of what a store's writing does to the disk, and the states in which a power loss may leave that disk.

The model is harder than any one file system. Until a file is synced, its new content may be missing, cut, zeroed, or
there only in some blocks. Until a folder is synced, each change of its names (a new file, a rename, a removal) may have
been lost or kept, whatever became of the others; only a rename within one folder is one change. Syncing a file does not
keep its name; syncing a folder does not keep the content of its files.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

BLOCK = 4096
TOP = 0
"""The folder in which the store lies."""

Names = dict[str, int]


@dataclass(frozen=True)
class Event:
    """One thing that reached the disk's cache, or was made sure of: the thing it concerns is told by its own number.

    ``write``: ``content`` is now in the file; ``folder``: a folder was made; ``names``: these names of a folder now
    mean these things (None: gone); ``sync``: file or folder was synced; ``acknowledged``: generation ``thing`` was
    published, and somebody was told; ``begun``: its publishing began.
    """

    kind: Literal["write", "folder", "names", "sync", "begun", "acknowledged"]
    thing: int
    content: bytes = b""
    names: tuple[tuple[str, int | None], ...] = ()


@dataclass
class Journal:
    """Looks at a folder before and after each call that changes it, and writes down what changed or was synced."""

    top: Path
    events: list[Event] = field(default_factory=list)
    _things: dict[int, int] = field(default_factory=dict)
    _contents: dict[int, bytes] = field(default_factory=dict)
    _folders: dict[int, Names] = field(default_factory=lambda: {TOP: {}})
    _touched: dict[int, tuple[int, int]] = field(default_factory=dict)
    _made: int = 0

    def look(self) -> None:
        """Write down every difference between the folder and what is known of it."""
        alive: set[int] = set()
        self._look_into(self.top, TOP, alive)
        for inode in [inode for inode in self._things if inode not in alive]:
            del self._things[inode]

    def synced(self, descriptor: int) -> None:
        """Write down that the file or folder behind this descriptor was synced."""
        inode = os.fstat(descriptor).st_ino
        thing = TOP if inode == self.top.stat().st_ino else self._things.get(inode)
        if thing is not None:
            self.events.append(Event("sync", thing))

    def _look_into(self, folder: Path, thing: int, alive: set[int]) -> None:
        found: Names = {}
        for entry in sorted(os.scandir(folder), key=lambda one: one.name):
            inode = entry.inode()
            alive.add(inode)
            child = found[entry.name] = self._known(inode, entry.is_dir())
            if entry.is_dir():
                self._look_into(Path(entry.path), child, alive)
            else:
                self._look_at(Path(entry.path), child)
        known = self._folders[thing]
        changed = [(name, found.get(name)) for name in {**known, **found} if known.get(name) != found.get(name)]
        if changed:
            self.events.append(Event("names", thing, names=tuple(changed)))
            self._folders[thing] = found

    def _known(self, inode: int, is_folder: bool) -> int:
        if inode not in self._things:
            self._made += 1
            self._things[inode] = self._made
            if is_folder:
                self._folders[self._made] = {}
                self.events.append(Event("folder", self._made))
        return self._things[inode]

    def _look_at(self, path: Path, thing: int) -> None:
        found = path.stat()
        touched = (found.st_size, found.st_mtime_ns)
        if self._touched.get(thing) != touched:
            self._touched[thing] = touched
            content = path.read_bytes()
            if self._contents.get(thing) != content:
                self._contents[thing] = content
                self.events.append(Event("write", thing, content))


CALLS = ("mkdir", "rename", "replace", "unlink", "rmdir", "fsync")


@contextmanager
def recorded(top: Path) -> Iterator[Journal]:
    """The journal of all that happens below a folder, as far as Python's own calls do it or come after it."""
    journal = Journal(top)
    with every_call(lambda name, call, given, named: _noted(journal, name, call, given, named)):
        journal.look()
        yield journal
        journal.look()


def _noted(journal: Journal, name: str, call: Callable[..., Any], given: Any, named: Any) -> Any:
    journal.look()
    answer = call(*given, **named)
    journal.look()
    if name == "fsync":
        journal.synced(given[0])
    return answer


@contextmanager
def every_call(wrapped: Callable[[str, Callable[..., Any], Any, Any], Any]) -> Iterator[None]:
    """Have every call that changes names or syncs go through a function of (name, call, arguments, named arguments)."""
    originals = {name: getattr(os, name) for name in CALLS}

    def through(name: str) -> Callable[..., Any]:
        return lambda *given, **named: wrapped(name, originals[name], given, named)

    for name in CALLS:
        setattr(os, name, through(name))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(os, name, original)


@dataclass
class Disk:
    """What is surely on the disk, and what is only in its cache, after some events of a journal."""

    contents: dict[int, list[bytes]] = field(default_factory=dict)
    folders: dict[int, Names] = field(default_factory=lambda: {TOP: {}})
    pending: list[tuple[int, tuple[tuple[str, int | None], ...]]] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Let one event happen."""
        if event.kind == "write":
            self.contents.setdefault(event.thing, [b""]).append(event.content)
        elif event.kind == "folder":
            self.folders[event.thing] = {}
        elif event.kind == "names":
            self.pending.append((event.thing, event.names))
        elif event.kind == "sync":
            self._settle(event.thing)

    def _settle(self, thing: int) -> None:
        if thing in self.contents:
            self.contents[thing] = self.contents[thing][-1:]
        for folder, names in self.pending:
            if folder == thing:
                _rename(self.folders[folder], names)
        self.pending = [change for change in self.pending if change[0] != thing]


State = tuple[Mapping[int, Names], Mapping[int, bytes]]
"""The names in each folder, and the content of each file, by their numbers."""


def after_power_loss(disk: Disk, how: random.Random, kept: float, lost: float) -> State:
    """One state that the disk may be in.

    kept: how likely a change of names is there; lost: how likely new content is not, or not all of it.
    """
    folders = {thing: dict(names) for thing, names in disk.folders.items()}
    for folder, names in disk.pending:
        if how.random() < kept:
            _rename(folders[folder], names)
    contents = {
        thing: versions[-1] if len(versions) == 1 or how.random() >= lost else _spoiled(versions, how)
        for thing, versions in disk.contents.items()
    }
    return folders, contents


def as_it_was(disk: Disk) -> State:
    """The state without a power loss: everything in the cache counts."""
    return after_power_loss(disk, random.Random(0), kept=2.0, lost=-1.0)


def _rename(folder: Names, names: tuple[tuple[str, int | None], ...]) -> None:
    for name, thing in names:
        if thing is None:
            folder.pop(name, None)
        else:
            folder[name] = thing


def _spoiled(versions: list[bytes], how: random.Random) -> bytes:
    """What may be left of a file that was not synced."""
    old, new = how.choice(versions[:-1]), versions[-1]
    kind = how.choice(("missing", "cut", "zeroed", "mixed"))
    if kind == "missing":
        return old
    if kind == "cut":
        return new[: how.randrange(len(new) + 1)]
    blocks = []
    for start in range(0, len(new), BLOCK):
        block = new[start : start + BLOCK]
        other = old[start : start + BLOCK] if kind == "mixed" else b""
        blocks.append(block if how.random() < 0.5 else other.ljust(len(block), b"\0"))
    return b"".join(blocks)


def lay_out(state: State, folder: Path) -> None:
    """Write a state of the disk into an empty folder."""
    folders, contents = state

    def lay(thing: int, path: Path) -> None:
        for name, child in folders[thing].items():
            if child in folders:
                (path / name).mkdir()
                lay(child, path / name)
            else:
                (path / name).write_bytes(contents.get(child, b""))

    lay(TOP, folder)
