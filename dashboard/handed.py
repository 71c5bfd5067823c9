"""What the app has handed to whom by name: links to files, places to put one, and the name of a session itself.

Streamlit gives each of these to whoever knows its name, so that a pasted link or a proxy's log would be enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MOST = 20_000
"""Names that are remembered of one person; the oldest are forgotten first."""


class Handed:
    """By person, what went out on a stream of theirs; gone with the process, as are the files and sessions."""

    def __init__(self) -> None:
        """Nobody has been handed anything."""
        self._names: dict[Any, dict[str, None]] = {}

    def note(self, who: Any, names: Iterable[str]) -> None:
        """These go out to somebody. who: as the `Door` says; what somebody may see is part of it."""
        kept = self._names.setdefault(who, {})
        for name in names:
            kept.pop(name, None)
            kept[name] = None
            if len(kept) > MOST:
                del kept[next(iter(kept))]

    def has(self, who: Any, name: str) -> bool:
        """Whether this went out to whoever asks for it now."""
        return name in self._names.get(who, ())
