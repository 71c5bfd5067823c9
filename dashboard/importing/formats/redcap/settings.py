"""The part [redcap] of a site's mapping: which instruments and events hold which of our tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.definitions.canonical import PATIENT, TABLES
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import wrong_mapping
from dashboard.strict import known_words

KEYS = ("record", "missing", "rows")
KEYS_OF_ROWS = ("table", "instrument", "event", "columns", "values", "each")


@dataclass(frozen=True)
class Rows:
    """Where the rows of one of our tables stand.

    columns: ours -> the field; values: our column -> their code or label -> our word; each: our column -> the checkbox
    field of which each ticked choice is a row. place: its number in the mapping, to name it; 0 when nobody wrote it.
    """

    table: str
    instruments: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    each: Mapping[str, str] = field(default_factory=dict)
    place: int = 0

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"redcap.rows, entry {self.place}" if self.place else f"instrument {', '.join(self.instruments)}"


@dataclass(frozen=True)
class ProjectSettings:
    """record: the field that names the record, if not the first; missing: words for what is not known."""

    record: str | None = None
    missing: tuple[str, ...] = ()
    rows: tuple[Rows, ...] = ()


def settings_of(mapping: SiteMapping) -> ProjectSettings:
    """What the mapping says of REDCap. Raises ImportRefused, naming the key, when it cannot be understood."""
    for name, table in mapping.tables.items():
        if table.columns:
            raise wrong_mapping(f"[{name}.columns] is for other files. Here the fields stand in [[redcap.rows]].")
    held = _part("redcap", mapping.sections.get("redcap", {}), KEYS)
    rows = held.get("rows", [])
    if not isinstance(rows, list):
        raise wrong_mapping("redcap.rows is a list: write [[redcap.rows]], with two brackets.")
    record = _text("redcap.record", held["record"]) if "record" in held else None
    missing = (*_texts("redcap.missing", held.get("missing", [])), *mapping.missing)
    return ProjectSettings(record, missing, tuple(_rows(place, entry) for place, entry in enumerate(rows, start=1)))


def _rows(place: int, entry: Any) -> Rows:
    name = f"redcap.rows, entry {place}"
    held = _part(name, entry, KEYS_OF_ROWS)
    table = _text(f"{name}: table", held.get("table", ""))
    if table not in TABLES:
        raise wrong_mapping(f'{name}: "{table}" is not a table. Tables are {known_words(table, TABLES)}')
    columns, each = (
        {ours: _text(f"{name}: {ours}", theirs) for ours, theirs in _words(name, key, held).items()}
        for key in ("columns", "each")
    )
    values = {ours: _pairs(f"{name}: values.{ours}", pairs) for ours, pairs in _words(name, "values", held).items()}
    _check_columns(name, table, (*columns, *each, *values))
    if len(each) > 1 or set(each) & set(columns):
        raise wrong_mapping(f"{name}: each names one column of ours that no field of columns gives already.")
    instruments = _one_or_more(f"{name}: instrument", held.get("instrument", []))
    events = _one_or_more(f"{name}: event", held.get("event", []))
    if not (instruments or columns or each):
        raise wrong_mapping(f"{name} says neither an instrument nor columns.")
    return Rows(table, instruments, events, columns, values, each, place)


def _check_columns(name: str, table: str, columns: Sequence[str]) -> None:
    known = [column for column in TABLES[table].columns if column != PATIENT]
    for column in columns:
        if column == PATIENT and column in TABLES[table].columns:
            raise wrong_mapping(f"{name}: {column} is always the record. Name its field with record = below [redcap].")
        if column not in known:
            raise wrong_mapping(f'{name}: "{column}" is not a column of {table}. It has {known_words(column, known)}')


def _part(name: str, entry: Any, allowed: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping):
        raise wrong_mapping(f"{name} is a part of its own, with keys below it.")
    if surplus := sorted(set(map(str, entry)) - set(allowed)):
        raise wrong_mapping(f'{name}: "{surplus[0]}" is not understood. It may hold {known_words(surplus[0], allowed)}')
    return entry


def _words(name: str, key: str, held: Mapping[str, Any]) -> Mapping[str, Any]:
    words = held.get(key, {})
    if not isinstance(words, Mapping):
        raise wrong_mapping(f'{name}: {key} is written as {key} = {{ ours = "theirs" }}.')
    return words


def _pairs(name: str, pairs: Any) -> dict[str, str]:
    if not isinstance(pairs, Mapping) or not all(isinstance(ours, (str, int, float, bool)) for ours in pairs.values()):
        raise wrong_mapping(f'{name} is written as {{ "their code or label" = "our word" }}.')
    return {str(theirs).strip(): str(ours).lower() if isinstance(ours, bool) else str(ours)
            for theirs, ours in pairs.items()}  # fmt: skip


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise wrong_mapping(f"{name} is a text: write it between quotation marks.")
    return value.strip()


def _texts(name: str, values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, (str, int, float)) for value in values):
        raise wrong_mapping(f'{name} is a list, such as ["-99", "NA"].')
    return tuple(str(value) for value in values)


def _one_or_more(name: str, value: Any) -> tuple[str, ...]:
    return (value.strip(),) if isinstance(value, str) and value.strip() else _texts(name, value)
