"""What an import did, in words that a person and a program can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from dashboard.errors import Refused

SEVERITIES = ("stop", "row", "cell", "note")
SHOWN = 60
"""Characters of a value that a message quotes."""
MOST_KEPT = 1_000
"""Of the issues of one rule in one column of one file so many are kept; all of them are counted."""
MOST_KEPT_IN_ALL = 20_000
"""Of notes and of rows and cells left out, whatever their rules; what refuses the whole is always kept."""

Case = tuple[str, str, str, str | None]
"""Severity, rule, file and column: what issues are counted by."""


@dataclass(frozen=True)
class Issue:
    """One thing wrong with the records.

    severity: ``stop`` refuses the whole, ``row`` leaves the row out, ``cell`` leaves one cell of it empty, ``note``
    keeps the row as it is.
    line: the line of the file, the header being line 1; None when it concerns the whole file.
    """

    severity: str
    rule: str
    file: str
    message: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    @property
    def case(self) -> Case:
        """What it is counted by."""
        return self.severity, self.rule, self.file, self.column


@dataclass(frozen=True)
class RuleCount:
    """How often one rule was broken in one column of one file, also where not every case is listed.

    judged: the rows that the rule had something to judge in; None where that is not known.
    """

    severity: str
    rule: str
    file: str
    column: str | None
    broken: int
    judged: int | None = None

    @property
    def case(self) -> Case:
        """What it is counted by."""
        return self.severity, self.rule, self.file, self.column


class Issues(list[Issue]):
    """The issues of one import as they are found: of one kind at most so many are kept, but every one is counted.

    stored: the names of what is in the store already, where records are added to it: a note on that was made when it
    came, and is not made again; what is left out of it only now is told.
    """

    def __init__(self, issues: Iterable[Issue] = (), stored: Collection[str] = ()) -> None:
        super().__init__()
        self._stored = frozenset(stored)
        self._broken: Counter[Case] = Counter()
        self._kept: Counter[Case] = Counter()
        self._judged: Counter[Case] = Counter()
        self._rows: Counter[str] = Counter()
        self.extend(issues)

    def append(self, issue: Issue) -> None:
        """Count one, and keep it unless there are many like it."""
        if self._told_before(issue.severity, issue.file):
            return
        self._broken[issue.case] += 1
        if issue.severity == "stop" or (self._kept[issue.case] < MOST_KEPT and len(self) < MOST_KEPT_IN_ALL):
            self._kept[issue.case] += 1
            super().append(issue)

    def extend(self, issues: Iterable[Issue]) -> None:
        """Count and keep several, one by one."""
        for issue in issues:
            self.append(issue)

    def __iadd__(self, issues: Iterable[Issue]) -> Self:  # type: ignore[override,misc]  # a list takes only its own kind
        self.extend(issues)
        return self

    def beyond(self, severity: str, rule: str, file: str, column: str | None, more: int) -> None:
        """Count so many more of a kind, of which no issue was made."""
        if more > 0 and not self._told_before(severity, file):
            self._broken[severity, rule, file, column] += more

    def take(self, other: Issues) -> None:
        """All that another list has kept or counted."""
        self.extend(other)
        for case, broken in other._broken.items():
            self.beyond(*case, broken - other._kept[case])

    def judged(self, severity: str, rule: str, file: str, column: str | None, rows: int) -> None:
        """In so many rows of a file the rule had something to judge, whether or not any of them broke it."""
        if file not in self._stored:
            self._judged[severity, rule, file, column] += rows

    def read(self, file: str, rows: int) -> None:
        """So many rows a file has: those that a rule was tried on when it does not say otherwise."""
        self._rows[file] += rows

    def _told_before(self, severity: str, file: str) -> bool:
        return severity == "note" and file in self._stored

    @property
    def total(self) -> int:
        """How many were found, kept or not."""
        return self._broken.total()

    @property
    def rows_left_out(self) -> int:
        """How many of them stand for a row that was left out."""
        return sum(broken for case, broken in self._broken.items() if case[0] == "row")

    @property
    def counts(self) -> list[RuleCount]:
        """Every rule that was judged or broken, with how often."""
        return [
            RuleCount(*case, self._broken[case], self._judged.get(case, self._rows.get(case[2])))
            for case in {**self._broken, **self._judged}
        ]


@dataclass(frozen=True)
class TableCount:
    """How many rows of a table were read, accepted and left out."""

    read: int
    accepted: int
    left_out: int


@dataclass(frozen=True)
class ImportResult:
    """generation: the number of what was published; None when nothing was, because of ``--check``.

    issues: what was found, at most so many of a kind; counts: by kind, all that was found, and of how many rows.
    read_as: the format, and by what it was recognised. added_to: the generation that it was an addition to.
    """

    generation: int | None
    tables: Mapping[str, TableCount]
    issues: Sequence[Issue]
    counts: Sequence[RuleCount] = ()
    read_as: str = ""
    added_to: int | None = None

    @property
    def published_words(self) -> str:
        """Which generation it made, and of which where it was an addition."""
        added = "" if self.added_to is None else f"Added to generation {self.added_to}. "
        return f"{added}Published as generation {self.generation}."

    @property
    def left_out(self) -> int:
        """Rows of all tables that were read and not accepted."""
        return sum(count.left_out for count in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        """One document: what ``outcomes import --json`` prints."""
        return {
            "generation": self.generation,
            "tables": {name: asdict(count) for name, count in self.tables.items()},
            "issues": [asdict(issue) for issue in self.issues],
            "counts": [asdict(count) for count in self.counts],
            "read_as": self.read_as,
            "added_to": self.added_to,
        }

    @classmethod
    def from_json(cls, words: Mapping[str, Any]) -> ImportResult:
        """The same from such a document."""
        tables = {name: TableCount(**count) for name, count in words["tables"].items()}
        counts = [RuleCount(**count) for count in words.get("counts", ())]
        issues = [Issue(**issue) for issue in words["issues"]]
        return cls(words["generation"], tables, issues, counts, words.get("read_as", ""), words.get("added_to"))


class ImportRefused(Refused):
    """Nothing was changed; ``result`` lists why."""

    def __init__(self, message: str, result: ImportResult | None = None) -> None:
        super().__init__(message)
        self.result = result or ImportResult(None, {}, [])


def refused(issues: Sequence[Issue], tables: Mapping[str, TableCount] | None = None) -> ImportRefused:
    """The refusal that these issues of severity ``stop`` amount to."""
    stops = list(dict.fromkeys(issue.message for issue in issues if issue.severity == "stop"))
    more = f" (and {len(stops) - 3} more)" if len(stops) > 3 else ""
    message = f"Nothing was imported. {' '.join(stops[:3])}{more}"
    counts = issues.counts if isinstance(issues, Issues) else ()
    return ImportRefused(message, ImportResult(None, tables or {}, list(issues), counts))


def wrong_mapping(what: str) -> Exception:
    """The refusal of a mapping by the format that reads a section of it."""
    return refused([Issue("stop", "mapping", "mapping", f"Mapping: {what}")])
