"""What an import did, in words that a person and a program can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dashboard.errors import Refused

SEVERITIES = ("stop", "row", "note")


@dataclass(frozen=True)
class Issue:
    """One thing wrong with the records.

    severity: ``stop`` refuses the whole, ``row`` leaves the row out, ``note`` keeps the row.
    line: the line of the file, the header being line 1; None when it concerns the whole file.
    """

    severity: str
    rule: str
    file: str
    message: str
    line: int | None = None
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class TableCount:
    """How many rows of a table were read, accepted and left out."""

    read: int
    accepted: int
    left_out: int


@dataclass(frozen=True)
class ImportResult:
    """generation: the number of what was published; None when nothing was, because of ``--check``."""

    generation: int | None
    tables: Mapping[str, TableCount]
    issues: Sequence[Issue]

    def as_json(self) -> dict[str, Any]:
        """One document: what ``outcomes import --json`` prints."""
        return {
            "generation": self.generation,
            "tables": {name: asdict(count) for name, count in self.tables.items()},
            "issues": [asdict(issue) for issue in self.issues],
        }

    @classmethod
    def from_json(cls, words: Mapping[str, Any]) -> ImportResult:
        """The same from such a document."""
        tables = {name: TableCount(**count) for name, count in words["tables"].items()}
        return cls(words["generation"], tables, [Issue(**issue) for issue in words["issues"]])


class ImportRefused(Refused):
    """Nothing was changed; ``result`` lists why."""

    def __init__(self, message: str, result: ImportResult | None = None) -> None:
        super().__init__(message)
        self.result = result or ImportResult(None, {}, [])


def refused(issues: Sequence[Issue], tables: Mapping[str, TableCount] | None = None) -> ImportRefused:
    """The refusal that these issues of severity ``stop`` amount to."""
    stops = [issue.message for issue in issues if issue.severity == "stop"]
    more = f" (and {len(stops) - 3} more)" if len(stops) > 3 else ""
    message = f"Nothing was imported. {' '.join(stops[:3])}{more}"
    return ImportRefused(message, ImportResult(None, tables or {}, list(issues)))
