"""A site's mapping file: which of its columns is which of ours, and which of its words is which of ours."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.importing.canonical import TABLES
from dashboard.importing.result import Issue, refused

FLAT = "flat"
FLAT_COLUMNS = tuple(dict.fromkeys(name for table in ("patients", "operations") for name in TABLES[table].columns))
ISO = "%Y-%m-%d"


@dataclass(frozen=True)
class TableMapping:
    """columns: ours -> theirs; values: our column -> their word -> our word."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class FollowUp:
    """How a flat file tells what became of an operation: days since surgery, and a status column with three codes."""

    days: str
    status: str
    censored: str
    failed: str
    died: str


@dataclass(frozen=True)
class SiteMapping:
    """tables: by canonical table (or ``flat``), its mapping; date_format as in strptime; delimiter of CSV files."""

    tables: Mapping[str, TableMapping] = field(default_factory=dict)
    date_format: str = ISO
    delimiter: str | None = None
    follow_up: FollowUp | None = None

    @property
    def is_flat(self) -> bool:
        """Whether one file holds an operation and its follow-up in each row."""
        return self.follow_up is not None

    def of(self, table: str) -> TableMapping:
        """The mapping of one table; an empty one when the file says nothing of it."""
        return self.tables.get(table, TableMapping())


def read(path: Path | None) -> SiteMapping:
    """Read a mapping file. Raises ImportRefused, naming the key, when it cannot be understood."""
    if path is None:
        return SiteMapping()
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise _wrong(path, f"it cannot be read ({problem}).") from None
    file = words.pop("file", {})
    follow_up = words.pop("follow_up", None)
    if follow_up is not None:
        words = {FLAT: words}
    tables = {name: _table(path, name, entry) for name, entry in words.items()}
    return SiteMapping(tables, file.get("date_format", ISO), file.get("delimiter"), _follow_up(path, follow_up))


def _table(path: Path, name: str, entry: Any) -> TableMapping:
    known = set(FLAT_COLUMNS) if name == FLAT else set(TABLES[name].columns) if name in TABLES else None
    if known is None or not isinstance(entry, dict):
        raise _wrong(path, f'"{name}" is not a table. Tables are {", ".join(TABLES)}.')
    if surplus := set(entry) - {"columns", "values"}:
        raise _wrong(path, f'"{sorted(surplus)[0]}" is not understood. A table has [columns] and [values.<column>].')
    for column in [*entry.get("columns", {}), *entry.get("values", {})]:
        if column not in known:
            raise _wrong(path, f'"{column}" is not one of our columns. They are {", ".join(sorted(known))}.')
    values = {column: {str(k): str(v) for k, v in pairs.items()} for column, pairs in entry.get("values", {}).items()}
    return TableMapping({ours: str(theirs) for ours, theirs in entry.get("columns", {}).items()}, values)


def _follow_up(path: Path, entry: Mapping[str, Any] | None) -> FollowUp | None:
    if entry is None:
        return None
    wanted = ("days", "status", "censored", "failed", "died")
    if missing := [key for key in wanted if key not in entry]:
        raise _wrong(path, f'[follow_up] does not say "{missing[0]}". It needs {", ".join(wanted)}.')
    return FollowUp(**{key: str(entry[key]) for key in wanted})


def _wrong(path: Path, what: str) -> Exception:
    return refused([Issue("stop", "mapping", path.name, f"Mapping {path.name}: {what}")])
