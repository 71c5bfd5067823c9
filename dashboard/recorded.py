"""One change of the published data on record: that it began, and what came of it.

That it begins stands there first, so that the manifest of a generation always names an end of the audit that an
emptied or deleted one lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from dashboard.access import Viewer
from dashboard.audit import Audit


@dataclass(frozen=True)
class Recorded:
    """A change (``import``, ``upgrade`` …) by one viewer."""

    audit: Audit
    viewer: Viewer
    change: str

    def begun(self, **words: Any) -> Self:
        """Before anything is done; words: what with, never a name."""
        self._write("begun", words)
        return self

    def published(self, number: int, added_to: int | None = None) -> None:
        """A new generation, or the one that is read now; added_to: the one that it is an addition to."""
        self.done(generation=number, **({} if added_to is None else {"added_to": added_to}))
        if gone := self.audit.let_go():
            self.done(audit_lines_let_go=gone)

    def done(self, **words: Any) -> None:
        """It is done; words: what came of it, never a name."""
        self._write("done", words)

    def refused(self) -> None:
        """It came to nothing."""
        self._write("nothing changed", {})

    def _write(self, step: str, words: dict[str, Any]) -> None:
        who = {"viewer": self.viewer.name, "role": self.viewer.role}
        self.audit.changed({**who, "change": self.change, "step": step, **words})
