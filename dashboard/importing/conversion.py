"""Turn landed text into typed values, each column by its own explicit format; what cannot be read becomes an issue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from dashboard.definitions import Definitions
from dashboard.engines.writer import Writer
from dashboard.importing.canonical import Column, Table
from dashboard.importing.landing import SHOWN
from dashboard.importing.mapping import TableMapping
from dashboard.importing.result import Issue

YES, NO = ("true", "yes", "y", "1", "t"), ("false", "no", "n", "0", "f")
NAMES_SOMEBODY = ("patient_id", "operation_id")
"""Columns whose values a message never quotes."""
MOST_LISTED = 8


def put_words(writer: Writer, definitions: Definitions) -> None:
    """The table ``word``: for each vocabulary, every accepted spelling and the name that it stands for."""
    writer.run("create or replace temp table word (dimension varchar, spelling varchar, name varchar)")
    rows = {
        (dimension, spelling.lower().replace("_", " ").replace("-", " "), term.name)
        for dimension, terms in definitions.vocabularies.items()
        for term in terms.values()
        for spelling in (term.name, *term.synonyms)
    }
    writer.put("word", ("dimension", "spelling", "name"), sorted(rows))


def rename_values(writer: Writer, table: str, mapping: TableMapping) -> None:
    """Put our words in place of the site's, where its mapping says so."""
    for column, pairs in mapping.values.items():
        for theirs, ours in pairs.items():
            writer.run(
                f"update landed_{table} set {column} = $ours where {column} = $theirs",
                {"ours": ours, "theirs": theirs.strip()},
            )


def convert(writer: Writer, table: Table, date_format: str, today: date) -> None:
    """Make ``staged_<table>`` from ``landed_<table>``: the same rows, each cell its type, or empty if unreadable."""
    columns = ", ".join(
        f"{_value(name, column, date_format, today)} as {name}" for name, column in table.columns.items()
    )
    joins = " ".join(
        f"left join word as word_{name} on word_{name}.dimension = '{column.words}'"
        f" and word_{name}.spelling = trim(regexp_replace(lower(landed.{name}), '[\\s_-]+', ' ', 'g'))"
        for name, column in table.columns.items()
        if column.kind == "word"
    )
    writer.make(
        f"staged_{table.name}",
        f"select landed.source, landed.line, {columns} from landed_{table.name} as landed {joins}",
    )


def unreadable(writer: Writer, table: Table, files: dict[int, str]) -> Iterator[Issue]:
    """An issue for each cell that is not what its column holds; a row that needs the cell is left out."""
    for name, column in table.columns.items():
        if column.kind == "text" and not column.required:
            continue
        missing = f"staged.{name} is null" + ("" if column.required else f" and landed.{name} is not null")
        rows = writer.run(
            f"select staged.source, staged.line, landed.{name}"
            f" from staged_{table.name} as staged inner join landed_{table.name} as landed using (source, line)"
            f" where {missing} order by source, line"
        )
        for source, line, value in rows:
            yield _issue(files[source], name, column, line, value)
        if column.required and rows:
            writer.run(f"delete from staged_{table.name} where {name} is null")


def _issue(file: str, name: str, column: Column, line: int, value: Any) -> Issue:
    where = f"{file}, column {name}, row {line}: "
    severity = "row" if column.required else "note"
    if value is None:
        return Issue(severity, "missing", file, f"{where}empty, but needed. Fill it in.", line, name)
    shown = None if name in NAMES_SOMEBODY else str(value)[:SHOWN]
    quoted = "this value" if shown is None else f'"{shown}"'
    return Issue(severity, f"not_a_{column.kind}", file, f"{where}{quoted} {_reason(column)}", line, name, shown)


def _reason(column: Column) -> str:
    if column.kind == "date":
        return "is not a date from 1900 to today. Write dates as 2024-02-28."
    if column.kind == "boolean":
        return "is neither true nor false."
    if column.kind == "word":
        return f"is not a known {column.words.replace('_', ' ')}. Correct it, or name it in a mapping."
    number = "a whole number" if column.kind == "integer" else "a number"
    return f"is not {number} from {column.low:g} to {column.high:g}."


def _value(name: str, column: Column, date_format: str, today: date) -> str:
    cell = f"landed.{name}"
    if column.kind == "word":
        return f"word_{name}.name"
    if column.kind == "date":
        quoted = date_format.replace("'", "''")
        day = f"cast(try_strptime({cell}, '{quoted}') as date)"
        return f"case when {day} between date '1900-01-01' and date '{today.isoformat()}' then {day} end"
    if column.kind == "boolean":
        yes, no = (", ".join(f"'{word}'" for word in words) for words in (YES, NO))
        return f"case when lower({cell}) in ({yes}) then true when lower({cell}) in ({no}) then false end"
    if column.kind in ("integer", "number"):
        pattern, kind = (
            (r"-?[0-9]{1,9}(\.0{1,6})?", "integer")
            if column.kind == "integer"
            else (
                r"-?[0-9]{1,12}(\.[0-9]{1,12})?",
                "double",
            )
        )
        number = f"try_cast({cell} as double)"
        return (
            f"case when regexp_full_match({cell}, '{pattern}') and {number} between {column.low} and {column.high}"
            f" then cast({number} as {kind}) end"
        )
    return cell
