"""One generation: its files, and whether they are as they were published."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.engines.digests import sha256
from dashboard.engines.disk import why
from dashboard.errors import StoreDamaged

REPORTS, ANSWERS = "reports", "answers"
"""The folders of what imports found, and of answers that were worked out once, beside that of the generations."""


@dataclass(frozen=True)
class Generation:
    """One published state of the data."""

    number: int
    path: Path
    manifest_path: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """What was written down when it was published. Raises StoreDamaged when it cannot be read."""
        read = None
        with suppress(OSError, ValueError, RecursionError):
            read = json.loads(self.manifest_path.read_bytes())
        if not isinstance(read, dict):
            raise StoreDamaged(f"Generation {self.number}: its manifest cannot be read. Restore another generation.")
        return read

    @property
    def log_path(self) -> Path:
        """Where a log of unfinished changes would lie: the database would read it into the data."""
        return self.path.with_name(f"{self.path.name}.wal")

    @property
    def report_path(self) -> Path:
        """Where the report of its import lies, as long as it is kept."""
        return self.path.parent.parent / REPORTS / f"{self.path.stem}.json"

    @property
    def answers_path(self) -> Path:
        """Where answers lie that were worked out of it once, as long as it is kept."""
        return self.path.parent.parent / ANSWERS / f"{self.path.stem}.json"


def stands(generation: Generation, digest: str) -> bool:
    """Whether a generation looks whole from outside: the manifest to the letter, the data file by its size."""
    with suppress(OSError, StoreDamaged):
        whole = generation.manifest.get("size") == generation.path.stat().st_size and not generation.log_path.exists()
        return whole and sha256(generation.manifest_path) == digest
    return False


def complaints(generation: Generation, digest: Callable[[Path], str]) -> list[str]:
    """A sentence for what is not as its manifest says; empty when it is whole. digest: of a file."""
    who, instead = f"Generation {generation.number}:", "Restore another generation."
    try:
        manifest = generation.manifest
    except StoreDamaged as damage:
        return [damage.message]
    try:
        found = digest(generation.path) if generation.path.exists() else None
    except OSError as problem:
        return [f"{who} its data file cannot be read: {why(problem)}. {instead}"]
    if found is None:
        return [f"{who} its data file is missing. {instead}"]
    if found != manifest.get("sha256") or generation.number != manifest.get("number"):
        return [f"{who} its data file was changed or damaged. {instead}"]
    if generation.log_path.exists():
        return [f"{who} a log of changes lies beside its data file. Import again, or take the log away."]
    return []
