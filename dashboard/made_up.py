"""Which records may be shown to whoever asks: those that are shipped with the app, told by what is in their files.

A file that says of itself that it is made up may say so beside real records: the label is believed, the door is not
opened for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from dashboard.shipped import shipped

SAMPLE = "sample_data"
GUARDED = (
    "about.toml: these records are marked as made up, but they are not the sample data that comes with the app. They "
    "are guarded like real ones."
)


@cache
def shipped_digests() -> frozenset[str]:
    """The SHA-256 of each table of the sample data, as hexadecimal digits."""
    return frozenset(sha256(path.read_bytes()).hexdigest() for path in shipped(SAMPLE).glob("*.csv"))


def is_shipped(manifest: Mapping[str, Any]) -> bool:
    """Whether a generation says that it is made up, and every file that it was imported from is one of ours."""
    sources = manifest.get("sources")
    if manifest.get("made_up") is not True or not isinstance(sources, list) or not sources:
        return False
    return all(isinstance(one, dict) and str(one.get("sha256")) in shipped_digests() for one in sources)
