"""The key of a store's pseudonyms: made once, kept beside the generations, and never replaced in silence.

Another key would make another person of every patient: no reoperation would be seen across two imports, and no note or
contact would find its patient again. So a manifest names the fingerprint of the key that its generation was made with.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from dashboard.engines.disk import sync
from dashboard.engines.generations import Store
from dashboard.errors import Refused, StoreDamaged
from dashboard.private import SECRET_BYTES, make_secret

FILE = "pseudonym.key"
FINGERPRINT = "key"
"""What a manifest calls the fingerprint."""
BRING_BACK = (
    "Bring it back from a copy of the store. If it is lost for good, import into a new store (--store DIR): there "
    "every patient has a new pseudonym, so notes and contacts written so far stay behind."
)


def key_of(store: Store) -> bytes:
    """The key of this store's pseudonyms, readable by its owner only; made where nothing is published yet.

    Raises Refused when the generations that are there were made with a key that is gone, damaged or replaced.
    """
    path = store.root / FILE
    if not path.exists() and not _of_patients(_manifests(store)):
        # A half of it would silently make other pseudonyms: whole before it has its name.
        make_secret(path)
        sync(path.parent)
    if wrong := complaint(store):
        raise Refused(f"{wrong} Nothing was changed.")
    return path.read_bytes()


def key_if_there(store: Store) -> bytes | None:
    """The key, where it is that of the generations; None where it is gone or damaged, and nothing is made."""
    path = store.root / FILE
    return None if complaint(store) or not path.exists() else path.read_bytes()


def pseudonym(key: bytes, patient_id: str) -> int:
    """The pseudonym of a practice's own number: what ``marts/pseudonym.sql`` makes of it at an import."""
    return int.from_bytes(hmac.digest(key, patient_id.encode(), "sha256")[:8], "big")


def key_of_operations(key: bytes) -> bytes:
    """What the pseudonyms of operations are made with: one number of a patient and of an operation is not one key."""
    return hmac.digest(key, b"pseudonyms of operations", "sha256")


def fingerprint(key: bytes) -> str:
    """What tells two keys apart and gives neither away."""
    return hmac.digest(key, b"fingerprint of the key of the pseudonyms", "sha256").hex()[:32]


def complaint(store: Store) -> str:
    """What is wrong with the key for the generations, and what to do; empty when it is theirs, or there are none."""
    path, manifests = store.root / FILE, _manifests(store)
    if not path.exists():
        gone = f"{FILE} in the store is gone, and with it every patient's pseudonym. {BRING_BACK}"
        return gone if _of_patients(manifests) else ""
    try:
        key = path.read_bytes()
    except OSError:
        return f"{FILE} in the store cannot be read. May this program open it?"
    if len(key) != SECRET_BYTES:
        return f"{FILE} in the store is damaged: it has {len(key)} bytes, not {SECRET_BYTES}. {BRING_BACK}"
    others = [one["number"] for one in manifests if one.get(FINGERPRINT, fingerprint(key)) != fingerprint(key)]
    if others:
        return (
            f"{FILE} in the store is not the key that generation {others[-1]} was published with: it was replaced. "
            f"{BRING_BACK}"
        )
    return ""


def _manifests(store: Store) -> list[Mapping[str, Any]]:
    """Those that can be read, the oldest first."""
    found: list[Mapping[str, Any]] = []
    for generation in store.generations():
        with suppress(StoreDamaged):
            found.append(generation.manifest)
    return found


def _of_patients(manifests: Sequence[Mapping[str, Any]]) -> bool:
    """Whether records were read into any of them; a manifest of an earlier version names no fingerprint."""
    return any(FINGERPRINT in one or "sources" in one for one in manifests)
