"""A site's mapping file: which of its columns and words are which of ours, and how its files are written."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.definitions.canonical import TABLES
from dashboard.definitions.codes import KINDS
from dashboard.importing.result import Issue, refused
from dashboard.importing.units import DAYS_A_MONTH, INCH, POUND
from dashboard.strict import known_words

FLAT = "flat"
FLAT_COLUMNS = tuple(dict.fromkeys(name for table in ("patients", "operations") for name in TABLES[table].columns))
VISIT_COLUMNS = tuple(name for name in TABLES["follow_ups"].columns if name not in ("operation_id", "visit_date"))
UNITS = {
    "cm": 1.0,
    "in": INCH,
    "m": 100.0,
    "kg": 1.0,
    "lb": POUND,
    "months": 1.0,
    "weeks": 7 / DAYS_A_MONTH,
    "years": 12.0,
}
"""What one of theirs is of ours."""
DAYS_OF = {"days": 1.0, "weeks": 7.0, "months": DAYS_A_MONTH, "years": 365.25}
OF_THE_FILE = ("date_format", "delimiter", "decimal", "encoding", "missing", "sheet", "required")
OF_A_TABLE = ("columns", "values", "units", "known")
OF_A_FLAT_FILE = (*OF_A_TABLE, "follow_up", "failure", "visits")
SECTIONS = ("codes", "redcap")
"""Parts that one format alone understands, and reads itself."""


@dataclass(frozen=True)
class TableMapping:
    """columns: ours -> theirs; values: our column -> their word -> our word; units: our column -> their unit.

    known: our column -> the only values that it may hold, such as the surgeons of the practice.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class FollowUp:
    """How a flat file tells what became of an operation: time since surgery, and a status column with three codes.

    unit: what ``days`` is counted in there; died: empty where the file does not tell deaths.
    """

    days: str
    status: str
    censored: str
    failed: str
    died: str = ""
    unit: str = "days"


@dataclass(frozen=True)
class FlatVisit:
    """One visit of a flat file: its months after surgery (0: before it), our columns -> theirs, and its date if any."""

    months: int
    columns: Mapping[str, str]
    date: str | None = None


@dataclass(frozen=True)
class Failure:
    """The columns of a flat file that hold the day on which a failure was found, and its cause if any."""

    date: str
    cause: str | None = None


@dataclass(frozen=True)
class SiteMapping:
    """How a site writes its records.

    tables: by canonical table (or ``flat``), its mapping; date_format as in strptime, None when the file does not say.
    required: our columns that this site never leaves empty; sections: what one format alone understands.
    """

    tables: Mapping[str, TableMapping] = field(default_factory=dict)
    date_format: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    missing: Sequence[str] = ()
    sheet: str | None = None
    required: Sequence[str] = ()
    follow_up: FollowUp | None = None
    failure: Failure | None = None
    visits: Sequence[FlatVisit] = ()
    sections: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_flat(self) -> bool:
        """Whether one file holds an operation and its follow-up in each row."""
        return FLAT in self.tables

    def of(self, table: str) -> TableMapping:
        """The mapping of one table; an empty one when the file says nothing of it."""
        return self.tables.get(table, TableMapping())


def read(path: Path | None) -> SiteMapping:
    """Read a mapping file. Raises ImportRefused, naming the key, when it cannot be understood."""
    if path is None:
        return SiteMapping()
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as problem:
        raise _wrong(path, f"it cannot be read ({problem}).") from None
    return understood(words, path)


def understood(words: Mapping[str, Any], path: Path) -> SiteMapping:
    """The mapping that these words are. Raises ImportRefused, naming the key, when they are none."""
    rest = dict(words)
    file = _held(path, "file", rest.pop("file", {}), OF_THE_FILE)
    sections = {name: rest.pop(name) for name in SECTIONS if name in rest}
    if not all(isinstance(held, Mapping) for held in sections.values()):
        raise _wrong(path, f"[{next(iter(sections))}] is a part of its own, with keys below it.")
    flat = {name: rest.pop(name) for name in OF_A_FLAT_FILE if name in rest}
    tables = {name: _table(path, name, entry) for name, entry in rest.items()}
    if flat:
        tables[FLAT] = _table(path, FLAT, {name: flat[name] for name in OF_A_TABLE if name in flat})
    _check_codes(path, sections.get("codes", {}))
    return SiteMapping(
        tables=tables,
        follow_up=_follow_up(path, flat.get("follow_up")),
        failure=_failure(path, flat.get("failure")),
        visits=_visits(path, flat.get("visits", {})),
        sections=sections,
        **_of_the_file(path, file),
    )


def _of_the_file(path: Path, file: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: _text(path, f"file.{name}", file[name]) for name in OF_THE_FILE[:4] if name in file}
    if "sheet" in file:
        texts["sheet"] = _text(path, "file.sheet", file["sheet"])
    if len(texts.get("delimiter", ",")) != 1:
        raise _wrong(path, "file.delimiter is one character, such as ; or a tab.")
    if texts.get("decimal", ".") not in (".", ","):
        raise _wrong(path, 'file.decimal is "." or ",".')
    try:
        codecs.lookup(texts.get("encoding", "utf-8"))
    except LookupError:
        raise _wrong(
            path, f'"{texts["encoding"]}" is not an encoding. Usual ones are utf-8, latin-1, cp1252.'
        ) from None
    required = _texts(path, "file.required", file.get("required", []))
    _check_known(path, required, {name for table in TABLES.values() for name in table.columns})
    return {**texts, "missing": _texts(path, "file.missing", file.get("missing", [])), "required": required}


def _table(path: Path, name: str, entry: Any) -> TableMapping:
    known = set(FLAT_COLUMNS) | {"cause"} if name == FLAT else set(TABLES[name].columns) if name in TABLES else None
    if known is None:
        raise _wrong(path, f'"{name}" is not a table. Tables are {known_words(name, TABLES)}')
    held = _held(path, name, entry, OF_A_TABLE)
    parts = {part: _held(path, f"{name}.{part}", held.get(part, {}), None) for part in OF_A_TABLE}
    _check_known(path, [column for part in parts.values() for column in part], known)
    values = {
        column: {str(theirs): str(ours) for theirs, ours in _held(path, f"values.{column}", pairs, None).items()}
        for column, pairs in parts["values"].items()
    }
    units = {column: _text(path, f"units.{column}", unit) for column, unit in parts["units"].items()}
    for column, unit in units.items():
        if unit not in UNITS:
            raise _wrong(
                path, f'units.{column}: "{unit}" is not a unit that is known. Known are {known_words(unit, UNITS)}'
            )
    return TableMapping(
        {ours: _text(path, f"columns.{ours}", theirs) for ours, theirs in parts["columns"].items()},
        values,
        units,
        {column: _texts(path, f"known.{column}", held) for column, held in parts["known"].items()},
    )


def _follow_up(path: Path, entry: Any) -> FollowUp | None:
    if entry is None:
        return None
    wanted = ("days", "status", "censored", "failed")
    held = _held(path, "follow_up", entry, (*wanted, "died", "unit"))
    if missing := [key for key in wanted if key not in held]:
        raise _wrong(path, f'[follow_up] does not say "{missing[0]}". It needs {", ".join(wanted)}, and died if told.')
    if held.get("unit", "days") not in DAYS_OF:
        raise _wrong(path, f"follow_up.unit is one of {', '.join(DAYS_OF)}.")
    return FollowUp(**{key: str(value) for key, value in held.items()})


def _failure(path: Path, entry: Any) -> Failure | None:
    if entry is None:
        return None
    held = _held(path, "failure", entry, ("date", "cause"))
    if "date" not in held:
        raise _wrong(path, '[failure] does not say "date": the column with the day on which the failure was found.')
    return Failure(**{key: _text(path, f"failure.{key}", column) for key, column in held.items()})


def _visits(path: Path, entry: Any) -> list[FlatVisit]:
    visits = []
    for name, held in _held(path, "visits", entry, None).items():
        if name != "baseline" and not (name.isascii() and name.isdigit() and 0 < int(name[:4]) <= 600):
            raise _wrong(
                path, f'[visits.{name}]: a visit is "baseline" or its months after surgery, such as [visits.12].'
            )
        columns = dict(_held(path, f"visits.{name}", held, (*VISIT_COLUMNS, "date")))
        columns = {ours: _text(path, f"visits.{name}.{ours}", theirs) for ours, theirs in columns.items()}
        day = columns.pop("date", None)
        visits.append(FlatVisit(0 if name == "baseline" else int(name), columns, day))
    return visits


def _check_codes(path: Path, codes: Mapping[str, Any]) -> None:
    for system, held in codes.items():
        for kind, entries in _held(path, f"codes.{system}", held, KINDS).items():
            _held(path, f"codes.{system}.{kind}", entries, None)


def _check_known(path: Path, columns: Iterable[str], known: set[str]) -> None:
    for column in columns:
        if column not in known:
            raise _wrong(path, f'"{column}" is not one of our columns. They are {known_words(column, sorted(known))}')


def _held(path: Path, name: str, entry: Any, allowed: Sequence[str] | None) -> Mapping[str, Any]:
    """A part of the file with the keys that it may have; None: any."""
    if not isinstance(entry, Mapping):
        raise _wrong(path, f'"{name}" is a part of its own: write [{name}] and its keys below it.')
    if allowed is not None and (surplus := sorted(set(entry) - set(allowed))):
        raise _wrong(
            path, f'[{name}]: "{surplus[0]}" is not understood. It may hold {known_words(surplus[0], allowed)}'
        )
    return entry


def _text(path: Path, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _wrong(path, f'"{name}" is a text: write it between quotation marks.')
    return value


def _texts(path: Path, name: str, values: Any) -> list[str]:
    if not isinstance(values, list):
        raise _wrong(path, f'"{name}" is a list, such as ["N/A", "unknown"].')
    return [str(value) for value in values]


def _wrong(path: Path, what: str) -> Exception:
    return refused([Issue("stop", "mapping", path.name, f"Mapping {path.name}: {what}")])
