"""The store: numbered, immutable generations and the pointer to the one that is read.

::

    store/
      gen/000123.duckdb    never written again
      gen/000123.json      manifest: sha256, size, parent, rows per table, what was imported, versions
      CURRENT              "000123 <sha256 of the manifest>", replaced by rename only
      incoming/<uuid>/     scratch of one import; whatever lies here when no import runs is rubbish of a crash
      writer.lock          held by the one importer
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dashboard.errors import NoData, StoreBusy, StoreDamaged

KEPT = 3
POINTER = "CURRENT"


@dataclass(frozen=True)
class Generation:
    """One published state of the data."""

    number: int
    path: Path
    manifest_path: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """What was written down when it was published."""
        read: dict[str, Any] = json.loads(self.manifest_path.read_text(encoding="utf-8"))
        return read


@dataclass(frozen=True)
class Store:
    """The folder of generations. Reading never writes; the pointer is read anew at each call."""

    root: Path

    def current(self) -> Generation | None:
        """The generation that readers see; None when nothing has been published.

        Raises StoreDamaged when the pointer names what is not there.
        """
        pointer = self.root / POINTER
        if not pointer.exists():
            return None
        number, _, digest = pointer.read_text(encoding="ascii", errors="replace").strip().partition(" ")
        if not number.isdigit():
            raise StoreDamaged("The store's pointer cannot be read. Run `outcomes store verify`.")
        generation = self._generation(int(number))
        if not generation.path.exists() or sha256(generation.manifest_path) != digest:
            raise StoreDamaged(
                f"Generation {int(number)} is not whole. Run `outcomes store verify`, then `outcomes store restore`."
            )
        return generation

    def generations(self) -> list[Generation]:
        """Every generation kept, oldest first."""
        numbers = sorted(int(path.stem) for path in (self.root / "gen").glob("*.json") if path.stem.isdigit())
        return [self._generation(number) for number in numbers]

    def verify(self) -> list[str]:
        """A sentence for each thing that is not as its manifest says; empty when the store is whole."""
        complaints = [complaint for generation in self.generations() for complaint in _complaints(generation)]
        try:
            self.current()
        except StoreDamaged as problem:
            complaints.append(problem.message)
        return complaints

    def restore(self, number: int) -> Generation:
        """Set the pointer back to a kept generation, after checking that it is whole.

        Raises NoData when it is not kept, StoreDamaged when it is not whole, StoreBusy during an import.
        """
        kept = {generation.number: generation for generation in self.generations()}
        if number not in kept:
            there = ", ".join(map(str, kept)) or "none"
            raise NoData(f"Generation {number} is not kept. Kept: {there}.")
        with self.writing():
            if complaints := _complaints(kept[number]):
                raise StoreDamaged(" ".join(complaints))
            _point(self.root, kept[number])
        return kept[number]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store for one import; raises StoreBusy when another holds it. Clears what a crash left."""
        for folder in (self.root, self.root / "gen", self.root / "incoming"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.root / "writer.lock").open("a+b") as held:
            _lock(held)
            for rubbish in (self.root / "incoming").iterdir():
                shutil.rmtree(rubbish, ignore_errors=True)
            yield

    def scratch(self) -> Path:
        """A fresh folder for one import; call while ``writing``."""
        folder = self.root / "incoming" / uuid.uuid4().hex
        folder.mkdir(mode=0o700)
        return folder

    def publish(self, built: Path, manifest: Mapping[str, Any]) -> Generation:
        """Make a closed and verified database file the next generation; call while ``writing``.

        Everything is on disk before the pointer names it: a kill or a power loss leaves the last whole generation.
        """
        parent = self.current_or_none()
        number = max((generation.number for generation in self.generations()), default=0) + 1
        generation = self._generation(number)
        _sync(built)
        words = {
            "number": number,
            "parent": parent.number if parent else None,
            "sha256": sha256(built),
            "size": built.stat().st_size,
            **manifest,
        }
        written = built.with_name("manifest.json")
        _write(written, json.dumps(words, indent=1, sort_keys=True).encode())
        built.chmod(0o440)
        built.replace(generation.path)
        written.replace(generation.manifest_path)
        _sync(self.root / "gen")
        _point(self.root, generation)
        self._prune(number)
        return generation

    def current_or_none(self) -> Generation | None:
        """The current generation, or None also when it is damaged: a new import must be able to repair the store."""
        with suppress(StoreDamaged):
            return self.current()
        return None

    def _prune(self, newest: int) -> None:
        for generation in self.generations()[:-KEPT]:
            if generation.number != newest:
                generation.manifest_path.unlink(missing_ok=True)
                generation.path.unlink(missing_ok=True)

    def _generation(self, number: int) -> Generation:
        stem = self.root / "gen" / f"{number:06d}"
        return Generation(number, stem.with_suffix(".duckdb"), stem.with_suffix(".json"))


def sha256(path: Path) -> str:
    """The digest of a file, as hexadecimal digits; of nothing when it is not there."""
    digest = hashlib.sha256()
    with suppress(FileNotFoundError), path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _complaints(generation: Generation) -> list[str]:
    try:
        manifest = generation.manifest
    except (OSError, ValueError):
        return [f"Generation {generation.number}: its manifest cannot be read. Restore another generation."]
    if not generation.path.exists():
        return [f"Generation {generation.number}: its data file is missing. Restore another generation."]
    if sha256(generation.path) != manifest.get("sha256"):
        return [f"Generation {generation.number}: its data file was changed or damaged. Restore another generation."]
    return []


def _point(root: Path, generation: Generation) -> None:
    fresh = root / f"{POINTER}.{uuid.uuid4().hex}"
    _write(fresh, f"{generation.number:06d} {sha256(generation.manifest_path)}\n".encode())
    fresh.replace(root / POINTER)
    _sync(root)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on disk."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(held: IO[bytes]) -> None:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(held.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StoreBusy("Another import is running. Wait until it is done, then start again.") from None
