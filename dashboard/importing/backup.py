"""A store as one sealed file, and back: on another machine, and without whoever has opted out since.

In it are the generations and what pins them, the key of the pseudonyms, the notes, the persons that the audit speaks
of, the list of those who opted out, the audit with its keys, and the site's mapping; not the reports of imports, which
quote cells and pass.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from dashboard import audit, audit_head, audit_keys
from dashboard.engines import notebook, opted_out, people, pins, pseudonym_key
from dashboard.engines.disk import in_words, sync, write
from dashboard.engines.generations import POINTER, RESTORING, Generation, Store
from dashboard.engines.sealing import Sealing, opened
from dashboard.errors import NoData, Refused, StoreDamaged
from dashboard.importing import site_mapping
from dashboard.importing.publishing import forgetting
from dashboard.importing.publishing.forgetting import Say

DATABASES = (notebook.FILE, people.FILE)
PLAIN = (POINTER, pseudonym_key.FILE, opted_out.FILE, site_mapping.MAPPING)
AUDIT = (audit.FILE, audit_keys.KEY, audit_keys.DISCLOSURE)
HEAD = audit_head.beside(Path(audit.FOLDER)).name
NAMES = re.compile(
    rf"gen/[0-9]{{6,9}}\.(duckdb|json)|{pins.FOLDER}/{pins.NAME.pattern}|"
    + "|".join(map(re.escape, (*DATABASES, *PLAIN, HEAD, *(f"{audit.FOLDER}/{name}" for name in AUDIT))))
)
"""What may be in a backup, and where it is put back."""
FIRST = (pseudonym_key.FILE, opted_out.FILE)
NOT_EMPTY = "There are records in this store already. Restore into a new one, with --store DIR. Nothing was changed."


def back_up(store: Store, file: Path, secret: bytes) -> int:
    """Write the store into a sealed file that is its owner's alone; how many bytes it has.

    Raises Refused when the file is there already or cannot be written, NoData when nothing is published.
    """
    if file.exists():
        raise Refused(f"{file.name} is there already. Name another file. Nothing was changed.")
    with store.writing():
        if store.current() is None:
            raise NoData("Nothing is published, so there is nothing to back up.")
        if wrong := store.verify():
            raise StoreDamaged(" ".join(wrong))
        if missing := pseudonym_key.complaint(store):
            raise Refused(f"{missing} Nothing was written.")
        forgetting.finish(store, lambda step: None)
        _refuse_other_than_files(store)
        scratch = store.scratch()
        fresh = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
        try:
            with in_words(file.name):
                _sealed(fresh, secret, [*_files(store), *_copies(store, scratch)])
                fresh.replace(file)
                sync(file.parent)
        finally:
            fresh.unlink(missing_ok=True)
            shutil.rmtree(scratch, ignore_errors=True)
    return file.stat().st_size


@dataclass(frozen=True)
class PutBack:
    """What was put back: the generation that is read from then on, and how the list that was named took part.

    named, meant: how many entries it has, and how many of them meant somebody in the backup.
    """

    generation: Generation
    named: int
    meant: int


def put_back(store: Store, file: Path, secret: bytes, listed: Path | None, say: Say) -> PutBack:
    """Put a backup into a store where nothing is published.

    listed: a list of those who opted out that was kept elsewhere. Whoever is on it, on the list of this store or on
    that of the backup is left out before anything can be read.
    """
    if not file.is_file():
        raise Refused(f"{file.name} is not there.")
    named = opted_out.named(listed) if listed else frozenset()
    with store.writing():
        if not _is_empty(store):
            raise Refused(NOT_EMPTY)
        scratch = store.scratch()
        try:
            say("open")
            inner = Store(scratch / "store")
            _unpack(file, secret, inner.root)
            if audit_keys.key_there(inner.root / audit.FOLDER):  # a backup of an earlier version has no second secret
                audit_keys.made(inner.root / audit.FOLDER)
            with inner.writing():
                if inner.verify() or inner.current() is None:
                    raise StoreDamaged(f"{file.name} holds no whole generation. Nothing was changed.")
                opted_out.add(inner.root, named | opted_out.read(store.root / opted_out.FILE))
                left_out = forgetting.apply_list(inner, say).entries
            say("place")
            with in_words("The store"):
                _place(inner.root, store.root, say)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    current = store.current()
    if current is None:
        raise StoreDamaged("The store could not be put back.")
    return PutBack(current, len(named), len(named & left_out))


def pending(store: Store) -> str:
    """What is to be said of a store that a backup is only half put back into; empty for every other."""
    if not _is_under_way(store):
        return ""
    return "A backup is only half put back. `outcomes store restore FILE` starts again."


def _is_under_way(store: Store) -> bool:
    return (store.root / RESTORING).exists() and not store.is_pointed()


def _is_empty(store: Store) -> bool:
    """Whether nothing would be lost: a store without records, or one that was half put back and not used since."""
    there = {path.name for path in (store.root / "gen").iterdir()}
    if _is_under_way(store):
        return there <= set((store.root / RESTORING).read_text("ascii", errors="replace").split())
    return not there and not (store.root / audit.FOLDER / audit.FILE).exists()


def _refuse_other_than_files(store: Store) -> None:
    """Raises Refused for a link, a pipe or a folder in the place of a file: nobody could put that back."""
    audited = (HEAD, *(f"{audit.FOLDER}/{name}" for name in AUDIT))
    for path in (*(store.root / name for name in (*DATABASES, *audited)), *(path for path, _ in _files(store))):
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(path.lstat().st_mode):
                raise Refused(
                    f"{path.relative_to(store.root)} in the store is a link or a folder, not a file: a backup with it "
                    "could not be restored. Put the file itself in its place. Nothing was written."
                )


def _files(store: Store) -> Iterator[tuple[Path, str]]:
    """What is never changed in place, or is replaced as a whole, each with its name in the backup."""
    yield from (
        (store.root / name, name) for name in (*PLAIN, *(f"{pins.FOLDER}/{one}" for one in pins.pins(store.root)))
    )
    for generation in store.generations():
        yield from ((path, f"gen/{path.name}") for path in (generation.path, generation.manifest_path))


def _copies(store: Store, scratch: Path) -> Iterator[tuple[Path, str]]:
    """Copies of what may be written to meanwhile: whole notes, and whole lines of the audit."""
    for name in DATABASES:
        if (store.root / name).is_file():
            with closing(sqlite3.connect(store.root / name)) as read, closing(sqlite3.connect(scratch / name)) as made:
                read.backup(made)
            yield scratch / name, name
    # The end of the chain first: the lines that are read after it are at least those.
    for path, name in (
        (store.root / HEAD, HEAD),
        *((store.root / audit.FOLDER / one, f"{audit.FOLDER}/{one}") for one in AUDIT),
    ):
        if path.is_file():
            content = path.read_bytes()
            copy = scratch / path.name
            copy.write_bytes(content[: content.rfind(b"\n") + 1] if path.name == audit.FILE else content)
            yield copy, name


def _sealed(path: Path, secret: bytes, files: list[tuple[Path, str]]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        sealing = Sealing(out, secret)
        with tarfile.open(fileobj=sealing, mode="w|", dereference=True) as packed:
            for file, name in files:
                if file.is_file():
                    packed.add(file, name, recursive=False)
        sealing.finish()
        out.flush()
        os.fsync(out.fileno())


def _unpack(file: Path, secret: bytes, root: Path) -> None:
    """Every file of a backup where it belongs; what has another name is not of ours."""
    with opened(file, secret) as content, tarfile.open(fileobj=content, mode="r|") as packed:
        for member in packed:
            read = packed.extractfile(member) if member.isfile() and NAMES.fullmatch(member.name) else None
            if read is None:
                raise Refused(f"{file.name} holds something that belongs into no store. Nothing was changed.")
            path = root / member.name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            mode = 0o440 if member.name.startswith("gen/") else 0o600
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
                shutil.copyfileobj(read, out)
                out.flush()
                os.fsync(out.fileno())


def _place(inner: Path, root: Path, say: Say) -> None:
    """Every file into the store, the pointer last: until it is there, nothing can be read.

    First the key and the list, so that what an import meets halfway is theirs; of the generations the newest first, as
    a half of the oldest is taken for one that has passed.
    """
    for left in (root / "gen").iterdir():  # of a restore that was killed, perhaps of another backup
        left.unlink()
    (root / POINTER).unlink(missing_ok=True)
    generations = sorted((path for path in (inner / "gen").iterdir() if NAMES.fullmatch(f"gen/{path.name}")), key=_age)
    # Only what is named here is ever taken away again. Whole under another name first: no half of it is believed.
    write(inner / RESTORING, "".join(f"{path.name}\n" for path in generations).encode("ascii"), mode=0o600)
    (inner / RESTORING).replace(root / RESTORING)
    sync(root)
    others = [path for path in inner.rglob("*") if path.is_file() and path not in generations]
    named = sorted(path.relative_to(inner).as_posix() for path in others)
    for name in (*sorted(named, key=FIRST.__contains__, reverse=True), *(f"gen/{path.name}" for path in generations)):
        if NAMES.fullmatch(name) and name != POINTER:
            (root / name).parent.mkdir(mode=0o700, exist_ok=True)
            (inner / name).replace(root / name)
            say(name)
    for folder in (root / "gen", root / pins.FOLDER, root / audit.FOLDER):
        if folder.is_dir():
            sync(folder)
    say("pointer")
    (inner / POINTER).replace(root / POINTER)
    sync(root)
    say("done")
    (root / RESTORING).unlink()


def _age(path: Path) -> tuple[int, str]:
    """The newest generation first, its data before its manifest."""
    return -int(path.stem), path.suffix
