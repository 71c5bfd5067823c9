"""What every reader of a format hands over: canonical tables, or a site's own, with every cell still text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.importing.result import Issue

Lines = Callable[[], Sequence[Sequence[str]]]
Cells = Sequence[str | None]
Row = tuple[int, Cells]
"""The line that a message names (of the file, the header being line 1; of a worksheet, its row), and the cells."""


@dataclass(frozen=True)
class Sheet:
    """One table as it came.

    table: which canonical table it is, or ``flat``; path: the file that it was read from; name: what messages call it.
    header: the column names, ours or those that a mapping turns into ours.
    rows: each row as wide as the header, a cell empty when None or blank; or, in the place of a row that cannot be
    taken, the issue that says why. Dates are written as YYYY-MM-DD, or as the mapping's date format says.
    first_lines: the first lines as cells, to see whether the column names stand further down; None where they cannot.
    """

    table: str
    path: Path
    name: str
    header: Sequence[str]
    rows: Iterator[Row | Issue]
    first_lines: Lines | None = None


@dataclass(frozen=True)
class Reading:
    """All that one format found in the files it was given.

    issues: what is to be said of a file as a whole, such as codes that were not mapped; filled, like the rows of the
    sheets, while the sheets are read, and complete once they are.
    """

    sheets: Sequence[Sheet]
    issues: list[Issue] = field(default_factory=list)
