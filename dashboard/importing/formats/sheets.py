"""What every reader of a format hands over: canonical tables, or a site's own, with every cell still text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from dashboard.definitions.canonical import TABLES
from dashboard.importing.result import MOST_KEPT, Issue

UNREAD = "\ue000 not readable \ue000"
"""In the place of a cell that a reader could not read and has named: the import leaves it empty, and counts it so."""

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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: the file, and its row, its line or, in a Bundle, its entry, as the word says.

    label: what messages call the file, when it is not its name alone.
    """

    path: Path
    number: int
    word: str
    label: str = ""

    @property
    def file(self) -> str:
        """What messages call the file."""
        return self.label or self.path.name

    def __str__(self) -> str:
        return f"{self.file}, {self.word} {self.number}"


Origin = tuple[str, Path, str]
"""A canonical table, and the file and its name that rows of it came from."""


@dataclass
class Written:
    """Rows of our tables by where they came from, with what was left out of them; and what is noted, by how often.

    Of rows left out for one reason only the first thousand are kept, and the last of them again for every other one:
    all are counted, and none takes memory.
    """

    rows: dict[Origin, list[Row]] = field(default_factory=lambda: defaultdict(list))
    left_out: dict[Origin, dict[tuple[str, str | None], list[Issue]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    noted: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def put(self, table: str, place: Place, cells: Mapping[str, str]) -> None:
        """One row; a column that is not named is empty."""
        values = [cells.get(column) or None for column in TABLES[table].columns]
        self.rows[table, place.path, place.file].append((place.number, values))

    def leave_out(self, table: str, place: Place, issue: Issue) -> None:
        """Say why there is no row of a table; without a table, of a record that would have been no row of its own."""
        alike = self.left_out[table, place.path, place.file][issue.rule, issue.column]
        alike.append(issue if len(alike) < MOST_KEPT else alike[-1])

    def leave_cell_out(self, place: Place, issue: Issue) -> None:
        """Say why one cell, or what would have been one, cannot be read; its row says UNREAD there, if it has one."""
        self.leave_out("", place, replace(issue, severity="cell"))

    def note(self, rule: str, place: Place, sentence: str, times: int = 1) -> None:
        """Count what holds of so many records of a file; the sentence goes on after their number."""
        self.noted[rule, place.file, sentence] += times

    def reading(self, first: Mapping[str, Place], said: Sequence[Issue]) -> Reading:
        """All of it; first: the tables that must be there, and the place that an empty one is said to come from."""
        for table, place in first.items():
            if not any(origin[0] == table for origin in [*self.rows, *self.left_out]):
                self.rows[table, place.path, place.file] = []
        beside = [issue for origin in self.left_out if not origin[0] for issue in self._left_out(origin)]
        notes = [
            Issue("note", rule, file, f"{file}: {times:,} {sentence}.")
            for (rule, file, sentence), times in sorted(self.noted.items())
            if times
        ]
        order = list(TABLES)
        origins = sorted(
            (origin for origin in {**self.rows, **self.left_out} if origin[0]),
            key=lambda origin: (order.index(origin[0]), str(origin[1]), origin[2]),
        )
        return Reading([self._sheet(origin) for origin in origins], [*said, *notes, *beside])

    def _left_out(self, origin: Origin) -> Iterator[Issue]:
        return chain.from_iterable(self.left_out.get(origin, {}).values())

    def _sheet(self, origin: Origin) -> Sheet:
        table, path, name = origin
        rows = sorted(self.rows.get(origin, []), key=lambda row: row[0])
        return Sheet(table, path, name, list(TABLES[table].columns), chain(self._left_out(origin), rows))
