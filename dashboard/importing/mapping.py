"""A site's mapping file: which of its columns and words are which of ours, and how its files are written."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.definitions import load
from dashboard.definitions.canonical import ANSWERS, DAYS_A_MONTH, PATIENT, PERSONS, TABLES, Column
from dashboard.definitions.codes import KINDS
from dashboard.errors import DefinitionsWrong
from dashboard.importing.result import Issue, refused
from dashboard.strict import known_words, made, toml

FLAT = "flat"
FLAT_COLUMNS = tuple(dict.fromkeys(name for table in ("patients", "operations") for name in TABLES[table].columns))
VISIT_COLUMNS = ANSWERS
MONTHS = TABLES["follow_ups"].columns["months_after_surgery"]
YES_OR_NO = ("true", "false", "yes", "no", "1", "0")
"""What a mapping may call a yes or a no of ours."""
DAYS_OF = {"days": 1.0, "weeks": 7.0, "months": DAYS_A_MONTH, "years": 365.25}
LISTS = ("missing", "required")
MOST_ABOVE = 100
"""So far down may the names of the columns stand."""
OF_THE_FILE = ("date_format", "delimiter", "decimal", "encoding", "sheet", "header_row", *LISTS)
OF_A_TABLE = ("columns", "values", "units", "known")
OF_A_FLAT_FILE = (*OF_A_TABLE, "follow_up", "failure", "visits", "visit")
SECTIONS = ("codes", "redcap", "fhir")
"""Parts that one format alone understands, and reads itself."""


@dataclass(frozen=True)
class TableMapping:
    """columns: ours -> theirs; values: our column -> their word -> our word; units: our column -> their unit.

    constants: our column -> what holds in every row of a file that does not say it; known: our column -> the only
    values that it may hold, such as the surgeons of the practice. identity: their columns that together say who a
    patient is; of one alone, that it says so everywhere.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)
    identity: Sequence[str] = ()


@dataclass(frozen=True)
class FollowUp:
    """How a flat file tells what became of an operation: time since surgery, and a status column with three codes.

    unit: what ``days`` is counted in there; failed, died: empty where the file does not tell failures, or deaths.
    """

    days: str
    status: str
    censored: str
    failed: str = ""
    died: str = ""
    unit: str = "days"


@dataclass(frozen=True)
class FlatVisit:
    """One visit of a flat file: its months after surgery (0: before it), our columns -> theirs, and its date if any."""

    months: int
    columns: Mapping[str, str]
    date: str | None = None


@dataclass(frozen=True)
class RowVisit:
    """The columns of a flat file in which a row is a visit: our columns -> theirs; and its date, its months, or both.

    months: after surgery, for a visit without a date; 0 or less: before it.
    """

    columns: Mapping[str, str]
    date: str | None = None
    months: str | None = None


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
    header_rows: the rows, counted as an editor shows them, that hold the names of the columns; the first if none.
    """

    tables: Mapping[str, TableMapping] = field(default_factory=dict)
    date_format: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    missing: Sequence[str] = ()
    sheet: str | None = None
    header_rows: Sequence[int] = ()
    required: Sequence[str] = ()
    follow_up: FollowUp | None = None
    failure: Failure | None = None
    visits: Sequence[FlatVisit] = ()
    visit: RowVisit | None = None
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
    with _in_words(path):
        words = toml(path)
    return understood(words, path)


def understood(words: Mapping[str, Any], path: Path) -> SiteMapping:
    """The mapping that these words are. Raises ImportRefused, naming the key, when they are none."""
    with _in_words(path):
        rest = dict(words)
        file = _of_the_file(rest.pop("file", {}))
        sections = {name: _held(name, rest.pop(name), None) for name in SECTIONS if name in rest}
        flat = {name: rest.pop(name) for name in OF_A_FLAT_FILE if name in rest}
        tables = {name: _table(name, entry) for name, entry in rest.items()}
        if flat:
            tables[FLAT] = _table(FLAT, {name: flat[name] for name in OF_A_TABLE if name in flat})
        _check_codes(sections.get("codes", {}))
        _check_identity(tables)
        return SiteMapping(
            tables=tables,
            follow_up=_follow_up(flat["follow_up"]) if "follow_up" in flat else None,
            failure=made(Failure, flat["failure"], "[failure]") if "failure" in flat else None,
            visits=[_visit(name, held) for name, held in _held("visits", flat.get("visits", {}), None).items()],
            visit=_row_visit(flat["visit"]) if "visit" in flat else None,
            sections=sections,
            **file,
        )


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Refuse the import, naming the file, for what the strict reader finds wrong in it."""
    try:
        yield
    except DefinitionsWrong as problem:
        what = problem.message.removeprefix(f"{path.name} ")
        raise refused([Issue("stop", "mapping", path.name, f"Mapping {path.name}: {what}")]) from None


def _of_the_file(entry: Any) -> dict[str, Any]:
    file = _held("file", entry, OF_THE_FILE)
    listed = (*LISTS, "header_row")
    texts = {name: _text(f"file.{name}", value) for name, value in file.items() if name not in listed}
    if len(texts.get("delimiter", ",")) != 1:
        raise DefinitionsWrong("file.delimiter is one character, such as ; or a tab.")
    if texts.get("decimal", ".") not in (".", ","):
        raise DefinitionsWrong('file.decimal is "." or ",".')
    try:
        codecs.lookup(texts.get("encoding", "utf-8"))
    except LookupError:
        known = "Usual ones are utf-8, latin-1, cp1252."
        raise DefinitionsWrong(f'"{texts["encoding"]}" is not an encoding. {known}') from None
    lists = {name: _texts(f"file.{name}", file.get(name, [])) for name in LISTS}
    _check_known(lists["required"], {name for table in TABLES.values() for name in table.columns})
    return {**texts, **lists, "header_rows": _header_rows(file.get("header_row", []))}


def _header_rows(entry: Any) -> list[int]:
    """One row, or two of which the upper groups the names in the lower."""
    rows = entry if isinstance(entry, list) else [entry]
    whole = all(type(row) is int and 0 < row <= MOST_ABOVE for row in rows)
    if not whole or len(rows) > 2 or (len(rows) == 2 and rows[1] != rows[0] + 1):
        raise DefinitionsWrong(
            f"file.header_row is the row that the names of the columns stand in, up to {MOST_ABOVE}, "
            "or two that follow one another, such as [3, 4]."
        )
    return rows


def _table(name: str, entry: Any) -> TableMapping:
    if name != FLAT and name not in TABLES:
        raise DefinitionsWrong(f'"{name}" is not a table. Tables are {known_words(name, TABLES)}')
    held = _held(name, entry, OF_A_TABLE)
    parts = {part: _held(f"{name}.{part}", held.get(part, {}), None) for part in OF_A_TABLE}
    known = {*FLAT_COLUMNS, "cause"} if name == FLAT else set(TABLES[name].columns)
    answered = {"values": {*VISIT_COLUMNS, "months"}, "units": set(VISIT_COLUMNS)} if name == FLAT else {}
    for part, columns in parts.items():
        _check_known(columns, known | answered.get(part, set()))
    values = {column: _renamed(name, column, pairs) for column, pairs in parts["values"].items()}
    units = {column: _text(f"units.{column}", unit) for column, unit in parts["units"].items()}
    for column, unit in units.items():
        _check_unit(name, column, unit)
    constant = {ours: entry for ours, entry in parts["columns"].items() if isinstance(entry, Mapping)}
    identity = _identity(parts["columns"].get(PATIENT))
    # Of several columns the last holds the number; the others say where it is one.
    named = {**parts["columns"], **({PATIENT: identity[-1]} if identity else {})}
    return TableMapping(
        {ours: _text(f"columns.{ours}", theirs) for ours, theirs in named.items() if ours not in constant},
        {ours: _constant(name, ours, entry, values.get(ours, {}), units) for ours, entry in constant.items()},
        values,
        units,
        {column: _texts(f"known.{column}", values) for column, values in parts["known"].items()},
        identity,
    )


def _renamed(table: str, column: str, pairs: Any) -> dict[str, str]:
    """Their word -> ours, or "" for what is not recorded. Ours is one that the column may hold."""
    named = {theirs: _plainly(ours) for theirs, ours in _held(f"values.{column}", pairs, None).items()}
    held = _column(table, column)
    for ours in named.values():
        if ours and (wrong := _no_value(held, ours)):
            raise DefinitionsWrong(f'values.{column}: "{ours}" {wrong}')
    return named


def _constant(table: str, column: str, entry: Any, renamed: Mapping[str, str], units: Mapping[str, str]) -> str:
    """What a column holds in every row, as a cell would."""
    value = _plainly(_held(f"columns.{column}", entry, ("constant",)).get("constant", ""))
    if column in PERSONS:
        raise DefinitionsWrong(f"columns.{column}: every row would be of one and the same. Name the column that tells.")
    if not value:
        raise DefinitionsWrong(f'columns.{column}: say what holds in every row, as {{ constant = "..." }}.')
    held = _column(table, column)
    if wrong := _no_value(held, renamed.get(value, value), held.each(units.get(column, ""))):
        raise DefinitionsWrong(f'columns.{column}: the constant "{value}" {wrong}')
    return value


def _column(table: str, name: str) -> Column:
    """The column of ours that a key of the mapping speaks of."""
    if name == "months":
        return MONTHS
    held = [TABLES[table]] if table in TABLES else TABLES.values()
    return next(one.columns[name] for one in held if name in one.columns)


def _no_value(column: Column, value: str, each: float = 1.0) -> str:
    """Why a column cannot hold this, as the end of a sentence; empty when it can. each: what one of it is of ours."""
    if column.kind == "word":
        terms = load().vocabularies[column.words].values()
        if spelled(value) not in {spelled(word) for term in terms for word in (term.name, *term.synonyms)}:
            return f"is none of our words. They are {known_words(value, [term.name for term in terms])}"
    if column.kind == "boolean" and value.lower() not in YES_OR_NO:
        return "is neither true nor false."
    if column.kind == "range" and not re.fullmatch(r"\d{1,3}(-\d{1,3}|\+)|<\d{1,3}", value, re.ASCII):
        return "is no range such as 65-79, 80+ or <50."
    if column.kind == "date" and not _is_day(value):
        return "is not a date such as 2024-02-28."
    if column.kind in ("integer", "number"):
        whole = r"-?\d{1,9}" if column.kind == "integer" else r"-?\d{1,12}(\.\d{1,12})?"
        low, high = column.low or 0.0, column.high or 0.0
        if not re.fullmatch(whole, value, re.ASCII) or not low <= float(value) * each <= high:
            return f"is not a {'whole ' * (column.kind == 'integer')}number from {low:g} to {high:g}."
    return ""


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _plainly(value: Any) -> str:
    """A value of the file as a cell would hold it: ``true``, a number or a day may be written without quotation."""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _identity(theirs: Any) -> Sequence[str]:
    """The columns that say who a patient is, where the mapping lists them; none where it names one and leaves it open.

    A list of one answers the question of the import: this number is one person everywhere.
    """
    if not isinstance(theirs, list):
        return ()
    columns = [_text(f"columns.{PATIENT}", one) for one in theirs]
    if not columns or len(set(columns)) < len(columns):
        raise DefinitionsWrong(f'columns.{PATIENT}: list each column once, such as ["site", "{PATIENT}"].')
    return columns


def _check_identity(tables: Mapping[str, TableMapping]) -> None:
    """Patients and operations must say in the same way who a patient is, or no operation would find its patient."""
    parts = {name: len(tables.get(name, TableMapping()).identity) or 1 for name in ("patients", "operations")}
    if FLAT not in tables and len(set(parts.values())) > 1:
        few, many = sorted(parts, key=lambda name: parts[name])
        raise DefinitionsWrong(
            f"[{many}.columns] says by {parts[many]} columns together who a patient is, and [{few}.columns] by "
            f"{parts[few]}. Both must list as many, in the same order: where a number is another person at each site, "
            f"{few} without the site cannot say whose row is whose. Add the site to {few}, and list it there too: "
            f'{PATIENT} = ["site", "{PATIENT}"].'
        )


def _check_unit(table: str, column: str, unit: str) -> None:
    """A unit in a mapping is one that the numbers of the column may be written in."""
    held = _column(table, column)
    scales = [scale.name for scale in held.scales] if held.kind in ("integer", "number") else []
    if unit not in scales:
        known = f"Known are {known_words(unit, scales)}" if scales else "The column holds no numbers."
        raise DefinitionsWrong(f'units.{column}: "{unit}" is not a unit that is known. {known}')


def spelled(word: str) -> str:
    """In small letters, with single blanks for hyphens and the like: the only freedom that an import gives a word."""
    return re.sub(" +", " ", word.strip().lower().replace("_", " ").replace("-", " "))


def _follow_up(entry: Any) -> FollowUp:
    held = _held("follow_up", entry, tuple(one.name for one in fields(FollowUp)))
    if held.get("unit", "days") not in DAYS_OF:
        raise DefinitionsWrong(f"follow_up.unit is one of {', '.join(DAYS_OF)}.")
    if not held.get("failed") and not held.get("died"):
        raise DefinitionsWrong("[follow_up]: say which value of the status means failed, or died.")
    # A code may be written as a number.
    return made(FollowUp, {key: str(value) for key, value in held.items()}, "[follow_up]")


def _visit(name: str, entry: Any) -> FlatVisit:
    if name != "baseline" and not (name.isascii() and name.isdigit() and 0 < int(name[:4]) <= 600):
        told = 'a visit is "baseline" or its months after surgery, such as [visits.12].'
        raise DefinitionsWrong(f"[visits.{name}]: {told}")
    held = _held(f"visits.{name}", entry, (*VISIT_COLUMNS, "date"))
    columns = {ours: _text(f"visits.{name}.{ours}", theirs) for ours, theirs in held.items()}
    day = columns.pop("date", None)
    return FlatVisit(0 if name == "baseline" else int(name), columns, day)


def _row_visit(entry: Any) -> RowVisit:
    held = _held("visit", entry, (*VISIT_COLUMNS, "date", "months"))
    columns = {ours: _text(f"visit.{ours}", theirs) for ours, theirs in held.items()}
    day, months = columns.pop("date", None), columns.pop("months", None)
    if day is None and months is None:
        raise DefinitionsWrong("[visit]: name the column of its date, or of its months after surgery.")
    if not columns:
        raise DefinitionsWrong(f"[visit]: name a column of what was answered. It may hold {', '.join(VISIT_COLUMNS)}.")
    return RowVisit(columns, day, months)


def _check_codes(codes: Mapping[str, Any]) -> None:
    for system, held in codes.items():
        for kind, entries in _held(f"codes.{system}", held, KINDS).items():
            _held(f"codes.{system}.{kind}", entries, None)


def _check_known(columns: Iterable[str], known: set[str]) -> None:
    for column in columns:
        if column not in known:
            listed = known_words(column, sorted(known))
            raise DefinitionsWrong(f'"{column}" is not one of our columns. They are {listed}')


def _held(name: str, entry: Any, allowed: Sequence[str] | None) -> Mapping[str, Any]:
    """A part of the file with the keys that it may have; None: any."""
    if not isinstance(entry, Mapping):
        raise DefinitionsWrong(f'"{name}" is a part of its own: write [{name}] and its keys below it.')
    if allowed is not None and (surplus := sorted(set(entry) - set(allowed))):
        known = known_words(surplus[0], allowed)
        raise DefinitionsWrong(f'[{name}]: "{surplus[0]}" is not understood. It may hold {known}')
    return entry


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise DefinitionsWrong(f'"{name}" is a text: write it between quotation marks.')
    return value


def _texts(name: str, values: Any) -> list[str]:
    if not isinstance(values, list):
        raise DefinitionsWrong(f'"{name}" is a list, such as ["N/A", "unknown"].')
    return [str(value) for value in values]
