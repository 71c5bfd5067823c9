"""The store: numbered, immutable generations and the pointer to the one that is read.

::

    store/
      gen/000123.duckdb    never written again
      gen/000123.json      manifest: sha256, size, parent, rows per table, what was imported, versions
      CURRENT              "000123 <sha256 of the manifest>", replaced by rename only; 000000 before the first
      incoming/<uuid>/     scratch of one import; whatever lies here when no import runs is rubbish of a crash
        publishing         the number about to be published, so that the next import can clear a half of it
      pins/<name>          the number of a generation that stays for what was made from it (see ``pins``)
      answers/000123.json  what was worked out of a generation once, and only read from then on; goes with it
      reports/000123.json  what the import of a generation found, cell by cell, for its steward; goes with it
      writer.lock          held by the one importer
      pseudonym.key        what patients' pseudonyms are made with; without it no import knows a patient again
"""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from dashboard.audit import FOLDER as AUDIT_FOLDER
from dashboard.audit import head_of
from dashboard.audit_head import IN_MANIFEST as AUDIT_HEAD
from dashboard.engines import pins
from dashboard.engines.digests import OF_NOTHING, remembered, sha256
from dashboard.engines.disk import in_words, lock, sync, why, write
from dashboard.engines.generation import REPORTS as REPORTS
from dashboard.engines.generation import Generation as Generation
from dashboard.engines.generation import complaints, stands
from dashboard.errors import NoData, OutcomesError, Refused, StoreDamaged
from dashboard.keeping import Keeping
from dashboard.private import make_folder
from dashboard.settings import Settings

KEPT = Keeping.generations
POINTER = "CURRENT"
PUBLISHING = "publishing"
POINTED = re.compile(r"([0-9]{6,9}) ([0-9a-f]{64})\n?")
NUMBERED = re.compile(r"([0-9]{6,9})\.(duckdb|json)")
MADE_FROM = "made_from"
"""What a manifest calls the generation that it stands for, without somebody who was forgotten."""
ADDED_TO = "added_to"
"""What a manifest calls the generation that its records were an addition to."""
RESTORING = "restoring"
"""Marks a store that a backup is being put back into, until a generation is pointed to; the files that may be ours."""
NOWHERE = (0, OF_NOTHING)
LOOK_AT_IT = "Run `outcomes store verify`, then `outcomes store restore`."


@dataclass(frozen=True)
class Shown:
    """The generation to read, and what a reader must be told when it is not the one published last."""

    generation: Generation
    warning: str = ""


@dataclass(frozen=True)
class Store:
    """The folder of generations. Reading never writes; the pointer is read anew at each call.

    kept: how many generations stay when a new one is published.
    """

    root: Path
    kept: int = KEPT

    @classmethod
    def of(cls, held: Settings) -> Self:
        """The store of a process with these settings, which keeps as many as they say, whatever lets one go."""
        return cls(held.store, held.keeping.generations)

    def current(self) -> Generation | None:
        """The generation that the pointer names; None when nothing has been published.

        Quick: of the data file only the size is looked at; ``last_whole`` reads it through.
        Raises StoreDamaged when the pointer cannot be read or names what is not there.
        """
        pointed = self._pointed()
        while pointed not in (None, NOWHERE):
            generation = self._generation(pointed[0])
            if stands(generation, pointed[1]):
                return generation
            # Three imports may have come and gone since the pointer was read: then it names another by now.
            before, pointed = pointed, self._pointed()
            if pointed == before:
                raise StoreDamaged(f"Generation {generation.number} is not whole. {LOOK_AT_IT}")
        return None

    def last_whole(self) -> Shown | None:
        """The current generation if every byte of it is as published, else the last one before it that is, and why.

        None when nothing has been published; raises StoreDamaged when no generation can be shown. A file is read
        through once in a process, and again when it was touched, so a screen may ask at every interaction.
        """
        try:
            current = self.current()
        except StoreDamaged as damage:
            return self._shown_instead(damage.message)
        if current is None:
            return None
        wrong = complaints(current, remembered)
        # Complaints of a generation that was pruned meanwhile are of no interest: there is a newer one.
        if wrong and self.current() == current:
            return self._shown_instead(" ".join(wrong))
        return Shown(current) if not wrong else self.last_whole()

    def generations(self) -> list[Generation]:
        """Every generation kept, oldest first."""
        return [self._generation(number) for number, kind in self._files() if kind == "json"]

    def verify(self) -> list[str]:
        """A sentence for each thing that is not as its manifest says; empty when the store is whole."""
        wrong: list[str] = []
        try:
            wrong += (one for kept in self._published() for one in complaints(self._generation(kept), sha256))
            self.current()
        except StoreDamaged as damage:
            wrong.append(damage.message)
        return wrong

    def restore(self, number: int) -> Generation:
        """Set the pointer back to a kept generation, after checking that it is whole.

        Raises NoData when it is not kept, StoreDamaged when it is not whole, StoreBusy during an import.
        """
        kept = {generation.number: generation for generation in self.generations()}
        anew = {one.manifest.get(MADE_FROM): one.number for one in kept.values()}
        if number in anew:
            raise NoData(
                f"Generation {number} is gone: it was made anew as {anew[number]}, without somebody who was forgotten."
            )
        if number not in kept:
            raise NoData(f"Generation {number} is not kept. Kept: {', '.join(map(str, kept)) or 'none'}.")
        with self.writing():
            self.restore_held(kept[number])
        return kept[number]

    def restore_held(self, generation: Generation) -> None:
        """Set the pointer to a kept generation that is whole; call while ``writing``."""
        if wrong := complaints(generation, sha256):
            raise StoreDamaged(" ".join(wrong))
        with in_words("The pointer"):
            _point(self.root, generation.number, sha256(generation.manifest_path))

    def pin(self, name: str, number: int) -> Generation:
        """Keep a generation for something that was made from it, beyond its time, until ``unpin``; it is whole.

        What the name was given to before is let go. Raises NoData when it is not kept, StoreBusy during an import.
        """
        with self.writing():
            kept = {generation.number: generation for generation in self.generations()}
            if number not in kept:
                raise NoData(f"Generation {number} is not kept. Kept: {', '.join(map(str, kept)) or 'none'}.")
            if wrong := complaints(kept[number], sha256):
                raise StoreDamaged(" ".join(wrong))
            with in_words("The pin"):
                pins.put(self.root, name, number)
            return kept[number]

    def unpin(self, name: str) -> None:
        """Let a generation go: it is swept when its time has come. Nothing is done where there is no such pin."""
        with self.writing(), in_words("The pin"):
            pins.take(self.root, name)
            self._prune()

    def delete(self, generation: Generation) -> None:
        """Take a generation away for good; call while ``writing``, and when the pointer names another."""
        _remove(generation)
        sync(self.root / "gen")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store for one import; raises StoreBusy when another holds it. Clears what a crash left."""
        with ExitStack() as held:
            with in_words("The store"):
                for folder in (*reversed(self.root.parents), self.root, self.root / "gen", self.root / "incoming"):
                    if not folder.is_dir():
                        make_folder(folder)
                        sync(folder.parent)
                lock(held.enter_context((self.root / "writer.lock").open("a+b")))
                self._clear()
            yield

    def scratch(self) -> Path:
        """A fresh folder for one import; call while ``writing``."""
        folder = self.root / "incoming" / uuid.uuid4().hex
        with in_words("The store"):
            folder.mkdir(mode=0o700)
        return folder

    def publish(self, built: Path, manifest: Mapping[str, Any], *, pointed: bool = True) -> Generation:
        """Make a closed and verified database file, alone in its folder, the next generation; call while ``writing``.

        pointed: whether it is what readers see from now on.
        Everything is on disk before the pointer names it: a kill or a power loss leaves the last whole generation.
        Raises Refused, with nothing changed, when the disk is full or fails.
        """
        parent, generation = self.current_or_none(), self._generation(self._unused())
        try:
            words: dict[str, Any] = {"number": generation.number, "parent": parent.number if parent else None}
            words |= {"sha256": sha256(built), "size": built.stat().st_size, **manifest}
            words |= {AUDIT_HEAD: str(head_of(self.root / AUDIT_FOLDER))}
            self._place(built, json.dumps(words, indent=1, sort_keys=True).encode(), generation)
            if pointed:
                _point(self.root, generation.number, sha256(generation.manifest_path))
        except OSError as problem:
            raise self._taken_back(generation, problem) from None
        if pointed:
            self._prune()
        return generation

    def current_or_none(self) -> Generation | None:
        """The generation that a new import follows: the last whole one; None when there is none."""
        with suppress(StoreDamaged):
            shown = self.last_whole()
            return shown.generation if shown else None
        return None

    def _place(self, built: Path, manifest: bytes, generation: Generation) -> None:
        """Both files, synced, under their names, and the names synced; no reader looks at them yet."""
        if not self._files() and not (self.root / POINTER).exists():
            # From here on a pointer that is missing was lost: it is not that nothing was published.
            _point(self.root, *NOWHERE)
        built.with_name(PUBLISHING).write_text(f"{generation.number}\n", encoding="ascii")
        built.chmod(0o440)
        sync(built)
        written = built.with_name("manifest.json")
        write(written, manifest, mode=0o440)
        built.replace(generation.path)
        written.replace(generation.manifest_path)
        sync(self.root / "gen")

    def _taken_back(self, generation: Generation, problem: OSError) -> OutcomesError:
        """What to say of a publish that failed, after taking away what it had put down."""
        with suppress(StoreDamaged):
            if (self._pointed() or NOWHERE)[0] == generation.number:
                what = f"Generation {generation.number} is in place, but not safely"
                return StoreDamaged(f"{what}: {why(problem)}. {LOOK_AT_IT}")
            _remove(generation)
        return Refused(f"The new generation cannot be written: {why(problem)}. Nothing was changed.")

    def _published(self) -> list[int]:
        """The numbers that are kept, a lost manifest or not; not what a publish or a pruning left half done."""
        kept = [generation.number for generation in self.generations()]
        newest, first, pinned = max(kept, default=0), self._first(), self.pinned()
        with suppress(StoreDamaged):
            newest = (self._pointed() or NOWHERE)[0]
        there = {number for number, _ in self._files() if first < number <= newest or number in pinned}
        return sorted({*kept, *there})

    def _first(self) -> int:
        """The oldest generation that is kept for its own sake: what is pinned outlives others that came after it."""
        own = {generation.number for generation in self.generations()} - self.pinned()
        with suppress(StoreDamaged):
            own.add((self._pointed() or NOWHERE)[0])
        return min(own - {0}, default=0)

    def pinned(self) -> frozenset[int]:
        """The numbers of the generations that stay for something. Raises StoreDamaged when that cannot be told."""
        return frozenset(pins.pins(self.root).values())

    def _prune(self) -> None:
        with suppress(StoreDamaged):  # the new generation is published, whatever becomes of the old ones
            pinned, pointed = self.pinned(), (self._pointed() or NOWHERE)[0]
            free = [one for one in self.generations() if one.number not in pinned]
            for generation in free[: -self.kept]:
                if generation.number != pointed:
                    _remove(generation)

    def _clear(self) -> None:
        """Take away what imports that were killed have left; call while the lock is held."""
        with suppress(StoreDamaged):  # where the pointer cannot be read, nobody knows what is a half: all stays
            pointed = (self._pointed() or NOWHERE)[0]
            for mark in (self.root / "incoming").glob(f"*/{PUBLISHING}"):
                told = mark.read_text(encoding="ascii", errors="replace").strip()
                if told.isdecimal() and int(told) > pointed:
                    _remove(self._generation(int(told)))
            first, pinned = self._first(), self.pinned()
            for number, _ in self._files():
                if number < first and number not in pinned:  # pruned by half: the manifest went first
                    _remove(self._generation(number))
            pins.clear(self.root)
        if self.is_pointed():  # the restore is done, or an import has taken its place
            (self.root / RESTORING).unlink(missing_ok=True)
        for rubbish in (*(self.root / "gen").glob("*.wal"), *self.root.glob(f"{POINTER}.*")):
            rubbish.unlink(missing_ok=True)
        for rubbish in (self.root / "incoming").iterdir():
            shutil.rmtree(rubbish, ignore_errors=True) if rubbish.is_dir() else rubbish.unlink(missing_ok=True)
        # A mark that came back with the power could speak of a generation that was published since.
        sync(self.root / "incoming")

    def is_pointed(self) -> bool:
        """Whether the pointer names a generation, be it whole or not; one that cannot be read may."""
        try:
            return (self._pointed() or NOWHERE)[0] > 0
        except StoreDamaged:
            return (self.root / POINTER).exists()

    def _pointed(self) -> tuple[int, str] | None:
        """The number and the manifest's digest in the pointer; None in a store where nothing was published yet."""
        for _ in range(2):  # the first generation may come between the two looks
            try:
                read = POINTED.fullmatch((self.root / POINTER).read_bytes().decode("ascii", errors="replace"))
            except FileNotFoundError:
                if self._files():
                    continue
                return None
            except OSError as problem:
                raise StoreDamaged(f"The store's pointer cannot be read: {why(problem)}.") from None
            if read is None:
                raise StoreDamaged(f"The store's pointer cannot be read. {LOOK_AT_IT}")
            return int(read[1]), read[2]
        raise StoreDamaged(f"The store's pointer is missing. {LOOK_AT_IT}")

    def _files(self) -> list[tuple[int, str]]:
        """The number and kind of every file of a generation, in order."""
        try:
            found = [NUMBERED.fullmatch(path.name) for path in (self.root / "gen").iterdir()]
        except FileNotFoundError:
            return []
        except OSError as problem:
            raise StoreDamaged(f"The store's generations cannot be listed: {why(problem)}.") from None
        return sorted((int(name[1]), name[2]) for name in found if name)

    def _unused(self) -> int:
        """A number that no generation has had, not even a lost one."""
        numbers = [number for number, _ in self._files()]
        with suppress(StoreDamaged):
            numbers += [pointed[0] for pointed in [self._pointed()] if pointed]
        return max(numbers, default=0) + 1

    def _shown_instead(self, problem: str) -> Shown:
        """The newest whole generation published before the damaged one: a later one was taken back by a restore."""
        pointed: tuple[int, str] | None = None
        with suppress(StoreDamaged):
            pointed = self._pointed()
        for generation in (one for one in reversed(self.generations()) if not complaints(one, remembered)):
            # Where only the pointer's number is damaged, its digest still says which generation it meant.
            if pointed is None or generation.number < pointed[0] or sha256(generation.manifest_path) == pointed[1]:
                day = str(generation.manifest.get("published", "a day unknown"))[:13].partition("T")[0]
                return Shown(generation, f"{problem} Until then generation {generation.number}, of {day}, is shown.")
        raise StoreDamaged(f"{problem} No earlier generation is whole: import the records again.")

    def _generation(self, number: int) -> Generation:
        stem = self.root / "gen" / f"{number:06d}"
        return Generation(number, stem.with_suffix(".duckdb"), stem.with_suffix(".json"))


def _remove(generation: Generation) -> None:
    """Take a generation away, manifest first; those who have it open read on. What will not go stays till next time.

    The data last: as long as they lie there, whoever comes after somebody who was killed knows that the rest may too.
    """
    own = (generation.manifest_path, generation.report_path, generation.answers_path, generation.path)
    for path in own:
        with suppress(OSError):
            if os.name == "nt":  # where a file that may not be written may not be removed either
                path.chmod(0o600)
            path.unlink(missing_ok=True)


def _point(root: Path, number: int, digest: str) -> None:
    fresh = root / f"{POINTER}.{uuid.uuid4().hex}"
    write(fresh, f"{number:06d} {digest}\n".encode())
    if number:  # what is pointed to from here on is no half of a restore
        (root / RESTORING).unlink(missing_ok=True)
    fresh.replace(root / POINTER)
    sync(root)
