"""Who is not to be in these records: an entry for each, made with the store's key, that names nobody without it.

An entry is made of a pseudonym, so that it is known again both in a file that is imported and in a generation that
comes back from a backup. The list may be kept outside the store, and should be: a restore takes it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dashboard import named_files
from dashboard.audit import FOLDER as AUDIT
from dashboard.audit import lines_of
from dashboard.engines.disk import replace
from dashboard.engines.generations import MADE_FROM, Store
from dashboard.engines.pseudonym_key import pseudonym
from dashboard.errors import StoreDamaged, WrongUsage

FILE = "opted_out"
BRING_BACK = (
    "Without it an import would bring them back. Put a copy of it in its place. If it is lost for good, take a damaged "
    "one away, and forget each of them once more: `outcomes store forget NUMBER`."
)
ENTRY = re.compile(r"[0-9a-f]{64}")


def entry(key: bytes, patient: int) -> str:
    """What stands in the list for a pseudonym."""
    return hmac.digest(key, b"opted out of these records " + patient.to_bytes(8, "big"), "sha256").hex()


def read(path: Path) -> frozenset[str]:
    """The entries of a list; none where there is no file. Raises WrongUsage for a file that is no such list."""
    named_files.check([path])
    if not path.exists():
        return frozenset()
    lines = path.read_text(encoding="ascii", errors="replace").split()
    if not all(ENTRY.fullmatch(line) for line in lines):
        raise WrongUsage(f"{path.name} is not a list of those who opted out.")
    return frozenset(lines)


def named(path: Path) -> frozenset[str]:
    """The entries of a list that somebody names. Raises WrongUsage where it is not there, or names nobody."""
    if not path.is_file():
        named_files.check([path])
        raise WrongUsage(f"{path} is not there. Name the list of those who opted out. Nothing was changed.")
    if not (entries := read(path)):
        raise WrongUsage(f"{path} is empty: it is no list of those who opted out. Nothing was changed.")
    return entries


def complaint(store: Store) -> str:
    """What is to be said where somebody was forgotten and the list is gone, and what to do; else empty."""
    try:
        if read(store.root / FILE):
            return ""
    except WrongUsage as problem:
        return f"{problem.message} {BRING_BACK}"
    made_anew = False
    for generation in store.generations():
        with suppress(StoreDamaged):
            made_anew |= MADE_FROM in generation.manifest
    if not made_anew and not any(
        line.get("change") == "forget" and "deleted" in line for line in lines_of(store.root / AUDIT)
    ):
        return ""
    return f"Somebody was forgotten, and the list of those who opted out ({FILE} in the store) is gone. {BRING_BACK}"


def add(root: Path, entries: Iterable[str]) -> None:
    """Add to the list of a store; on disk when this returns."""
    path = root / FILE
    now = read(path) | frozenset(entries)
    replace(path, "".join(f"{one}\n" for one in sorted(now)).encode("ascii"))


@dataclass(frozen=True)
class OptedOut:
    """The list of a store, with the key that its entries are made with."""

    key: bytes
    entries: frozenset[str]

    def has(self, patient_id: str) -> bool:
        """Whether whoever bears this number of the practice is on the list."""
        return self.has_pseudonym(pseudonym(self.key, patient_id))

    def has_pseudonym(self, patient: int) -> bool:
        """Whether this pseudonym is on the list."""
        return entry(self.key, patient) in self.entries


NOBODY = OptedOut(b"", frozenset())
