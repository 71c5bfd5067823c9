"""One row of an export, whichever file it came from: whose it is, of which event and instrument, and its answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.importing.formats.sheets import Place
from dashboard.importing.result import Issue

ARM = re.compile(r"(.*) \(Arm (\d+):.*\)")
LONGEST_EVENT = 18
"""Letters of an event's own name that REDCap keeps in its unique name."""


class UnknownLabel(str):
    """What stands in a cell of an export with labels, and is the label of no choice."""

    __slots__ = ()


@dataclass(frozen=True)
class ExportEntry:
    """place: the row that it begins on; instrument: the one that repeats, if one does; instance: which repeat.

    cells: by column of a raw export, its code or text; empty ones are left out, identifiers never in it.
    """

    place: Place
    record: str
    event: str
    instrument: str
    instance: str
    cells: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stands once in an export."""
        return (self.record, self.event, self.instrument, self.instance)


Wanted = frozenset[str]


@dataclass(frozen=True)
class Export:
    """A file with records.

    columns: those of a raw export that it has; same: of an export with labels, the columns that share a label with
    another, and that label. entries: the rows with the columns asked for, or an issue in the place of one.
    """

    path: Path
    columns: frozenset[str]
    entries: Callable[[Wanted], Iterator[ExportEntry | Issue]]
    same: Mapping[str, str] = field(default_factory=dict)


def left_out(rule: str, place: Place, what: str, column: str | None = None, value: str | None = None) -> Issue:
    """The issue of a row that is left out."""
    where = f"{place.file}, column {column}, row {place.number}" if column else str(place)
    return Issue("row", rule, place.file, f"{where}: {what}", place.number, column, value)


def slug(words: str) -> str:
    """Words as REDCap makes a name of them: small letters, digits and single underscores."""
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def event_name(label: str) -> str:
    """The unique name of the event with this label, such as ``3_months_arm_1``."""
    found = ARM.fullmatch(label.strip())
    words, arm = (found[1], found[2]) if found else (label, "1")
    return f"{slug(words)[:LONGEST_EVENT].rstrip('_')}_arm_{arm}"
