"""Turn landed text into typed values, each column by its own explicit format; what cannot be read becomes an issue.

Nothing is guessed. A cell that is not what its column holds is left out, and the message says why; where it is one
that says which row it is, when, or of what, the whole row is. What was left out alone is kept in mind, cell by cell: it
counts as not readable, which is not the same as not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.definitions import Definitions
from dashboard.definitions.canonical import PERSONS, TABLES, TYPES, Column, Table
from dashboard.engines.writer import Writer
from dashboard.importing.checking.ranges import range_in_sql
from dashboard.importing.dates import day_in_sql
from dashboard.importing.formats.sheets import UNREAD
from dashboard.importing.levels import segments
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.reasons import EXCEL_ERRORS, FORMULA_WITHOUT_RESULT, NO_VALUES, reason
from dashboard.importing.result import MOST_KEPT, SHOWN, Issue, Issues

YES, NO = ("true", "yes", "y", "1", "t"), ("false", "no", "n", "0", "f")
RULES = {
    "text": "unreadable_text", "levels": "levels_unreadable", "word": "unknown_word", "date": "not_a_date",
    "integer": "not_a_whole_number", "number": "not_a_number", "boolean": "neither_true_nor_false",
    "range": "not_a_range",
}  # fmt: skip
"""By kind of column, the rule that a cell breaks which cannot be read as that."""
NOT_REGISTERED = "is not registered in the mapping. Correct it, or add it."
ROWS_AT_ONCE = 100_000


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


def rename_values(
    writer: Writer, table: str, values: Mapping[str, Mapping[str, str]], others: str | None = None
) -> None:
    """Put our words in place of the site's, column by column; others: what becomes of a word that is not named.

    An empty word of ours stands for what is not recorded.
    """
    for column, pairs in values.items():
        cases = " ".join(f"when $theirs_{place} then $ours_{place}" for place in range(len(pairs)))
        words: dict[str, str | None] = {f"theirs_{place}": theirs.strip() for place, theirs in enumerate(pairs)}
        words |= {f"ours_{place}": ours or None for place, ours in enumerate(pairs.values())}
        if pairs:
            writer.run(
                # An empty cell is null, no word of theirs, and stays so: not recorded.
                f"update landed_{table} set {column} = nullif(case {column} {cases} else {others or column} end, '')",
                words,
            )


def make_unread(writer: Writer) -> None:
    """The table ``unread``, empty: each cell that was left out alone.

    By the staged table and the place of its row; field: the kept table and the column, ``operation.bmi``.
    """
    writer.run("create or replace temp table unread (staged varchar, source integer, line integer, field varchar)")


def make_staged(writer: Writer, table: Table) -> None:
    """The table ``staged_<table>``, empty: its columns typed, and where each row came from."""
    columns = ", ".join(f"{name} {TYPES[column.kind]}" for name, column in table.columns.items())
    writer.run(f"create or replace temp table staged_{table.name} (source integer, line integer, {columns})")


def make_readable(writer: Writer, table: Table) -> None:
    """The same, with the places of the columns whose cell is wrong: not what it holds, or not one this site knows."""
    make_staged(writer, table)
    writer.run(f"alter table staged_{table.name} add column wrong usmallint[]")


def convert(writer: Writer, table: Table, mapping: SiteMapping, today: date) -> None:
    """Append every landed row to the staged ones, each cell its type, or empty if unreadable."""
    # Null where nothing has landed: minus one, and so no part is read.
    last = writer.run(f"select coalesce(max(rowid), -1) from landed_{table.name}")[0][0]
    # A part at a time: all at once takes memory by the number of rows.
    for start in range(0, last + 1, ROWS_AT_ONCE):
        part = f"(select * from landed_{table.name} where rowid >= {start} and rowid < {start + ROWS_AT_ONCE})"
        select, values = _typed(table, mapping, today, part)
        writer.run(f"insert into staged_{table.name} select {select}", values)


def convert_directly(
    writer: Writer,
    table: Table,
    mapping: SiteMapping,
    today: date,
    source: int,
    rows: tuple[str, dict[str, object]],
    expected: int,
) -> None:
    """The same from the rows of a plain file that has not landed: much quicker, and the text is not kept.

    expected: how many there are. Raises UnreadableFile when the file is not as plain as it seemed.
    """
    select, values = _typed(table, mapping, today, rows[0], landed=False)
    staged, names = f"staged_{table.name}", ", ".join([*table.columns, "wrong"])
    typed = f"(source, {names}) select {source}, {names} from (select {select})"
    writer.append(staged, typed, {**rows[1], **values}, expected)
    # Numbered where they lie, as they came: rows that first lie elsewhere need twice the memory.
    writer.run(
        # Every row has its place: never null.
        f"update {staged} set line = cast(2 + rowid - (select min(rowid) from {staged} where source = {source})"
        f" as integer) where source = {source}"
    )


def _typed(
    table: Table, mapping: SiteMapping, today: date, relation: str, *, landed: bool = True
) -> tuple[str, dict[str, object]]:
    """What stands between ``select`` and the end, and its values: each cell typed, and the places of those wrong."""
    of_site = mapping.of(table.name)
    where = ["source", "line"] if landed else []
    values = ", ".join(
        [f"landed.{name}" for name in where]
        + [
            f"{_value(name, column, mapping.date_format, of_site.units.get(name), today)} as {name},"
            f" landed.{name} as raw_{name}"
            for name, column in table.columns.items()
        ]
    )
    joins = " ".join(
        f"left join word as word_{name} on word_{name}.dimension = '{column.words}'"
        f" and word_{name}.spelling = {_spelling(f'landed.{name}')}"
        for name, column in table.columns.items()
        if column.kind == "word"
    )
    conditions = [_is_wrong(name, column, mapping, table.name) for name, column in table.columns.items()]
    # Null is not wrong: it is not recorded.
    places = ", ".join(f"case when {wrong} then {place} end" for place, wrong in enumerate(conditions))
    wrong = f"case when {' or '.join(conditions)} then list_distinct([{places}]) end"
    known: dict[str, object] = {
        f"known_{name}": list(held) for name, held in of_site.known.items() if name in table.columns
    }
    chosen = ", ".join([*where, *table.columns, f"cast({wrong} as usmallint[]) as wrong"])
    return f"{chosen} from (select {values} from {relation} as landed {joins})", known


def _spelling(cell: str) -> str:
    """A word as the table ``word`` spells it; the slow way only where there may be more than one blank."""
    quick = f"replace(replace(lower({cell}), '_', ' '), '-', ' ')"
    # Null stays null: not recorded.
    return f"case when contains({quick}, '  ') then regexp_replace({quick}, ' +', ' ', 'g') else {quick} end"


def _is_wrong(name: str, column: Column, mapping: SiteMapping, table: str) -> str:
    empty = f"{name} is null"
    if not (column.required or name in mapping.required):
        empty += f" and raw_{name} is not null"
    elif column.instead:
        empty += f" and (raw_{name} is not null or {column.instead} is null)"
    strange = f" or not list_contains($known_{name}, {name})" if name in mapping.of(table).known else ""
    return f"({empty}){strange}"


def read_levels(writer: Writer, table: Table) -> None:
    """Put the segments that a text names in its place, as we spell them; what names none is wrong.

    Each spelling is read once, however many operations have it.
    """
    places = {name: place for place, name in enumerate(table.columns)}
    for name in table.of_kind("levels"):
        staged = f"staged_{table.name}"
        spelled = [text for (text,) in writer.run(f"select distinct {name} from {staged} where {name} is not null")]
        read = [(text, named) for text in spelled if (named := segments(text)) != text]
        writer.run("create or replace temp table spelling (spelled varchar, named varchar)")
        writer.put("spelling", ("spelled", "named"), read)
        wrong = f"case when spelling.named = '' then list_append(coalesce(wrong, []), {places[name]}) else wrong end"
        writer.run(
            f"update {staged} set {name} = nullif(spelling.named, ''), wrong = {wrong}"
            f" from spelling where {staged}.{name} = spelling.spelled"
        )


def leave_cells_out(writer: Writer, table: str, name: str, where: str) -> None:
    """Empty the cells of one column where something holds, and keep in mind that they could not be read."""
    field = f"{TABLES[table].kept if table in TABLES else table}.{name}"
    writer.run(f"insert into unread select '{table}', source, line, '{field}' from staged_{table} where {where}")
    writer.run(f"update staged_{table} set {name} = null where {where}")


def agreed_in_sql(name: str) -> str:
    """The expression of what all rows of a group have recorded in a column; null where they differ, or none has it.

    Null is skipped on purpose: an empty cell says nothing against a filled one.
    """
    return f"case when min({name}) = max({name}) then min({name}) end"


def anything_wrong(writer: Writer, table: Table, source: int) -> bool:
    """Whether a cell of this file is not what its column holds."""
    # Null is a cell that is not wrong.
    found = writer.run(f"select count(wrong) from staged_{table.name} where source = {source}")
    return bool(found[0][0])


def unreadable(
    writer: Writer,
    table: Table,
    files: dict[int, str],
    theirs: Mapping[str, str],
    issues: Issues,
    required: Sequence[str] = (),
) -> None:
    """Leave out what is wrong: the row of a cell that is needed, else the cell alone.

    Every one is named, at most so many of a column in words. theirs: ours -> the column name that a message gives;
    required: our columns that this site never leaves empty.
    """
    staged = f"staged_{table.name}"
    wrong = {place for (place,) in writer.run(f"select distinct unnest(wrong) from {staged}")}
    needed = []
    for place, (name, column) in enumerate(table.columns.items()):
        if place not in wrong:
            continue
        severity = "row" if table.is_needed(name) or name in required else "cell"
        _name_wrong(writer, table, place, _Telling(severity, name, theirs.get(name, name), column), files, issues)
        if severity == "row":
            needed.append(place)
        else:
            leave_cells_out(writer, table.name, name, f"list_contains(wrong, {place})")
    if needed:
        writer.run(f"delete from {staged} where list_has_any(wrong, {needed})")
    writer.run(f"alter table {staged} drop column wrong")


@dataclass(frozen=True)
class _Telling:
    """How the wrong cells of one column are told of; theirs: the name that a message gives it."""

    severity: str
    name: str
    theirs: str
    column: Column


def _name_wrong(
    writer: Writer, table: Table, place: int, telling: _Telling, files: dict[int, str], issues: Issues
) -> None:
    """An issue for each wrong cell of a column; those that their reader has named already are named once."""
    name = telling.name
    named = f" and landed.{name} is distinct from '{UNREAD}'" if telling.severity == "cell" else ""
    where = (
        f"from staged_{table.name} as staged inner join landed_{table.name} as landed using (source, line)"
        f" where list_contains(staged.wrong, {place}){named}"
    )
    for source, times in writer.run(f"select source, count(*) {where} group by source order by source"):
        rows = writer.run(
            f"select staged.line, landed.{name}, staged.{name} is null {where} and source = {source}"
            f" order by staged.line limit {MOST_KEPT}"
        )
        last = None
        for line, value, unread in rows:
            words = reason(telling.column, value) if unread else NOT_REGISTERED
            last = _issue(files[source], telling, line, value, words)
            issues.append(last)
        if last is not None:
            issues.beyond(last.severity, last.rule, last.file, last.column, times - len(rows))


def _issue(file: str, telling: _Telling, line: int, value: Any, words: str) -> Issue:
    severity, theirs = telling.severity, telling.theirs
    where = f"{file}, column {theirs}, row {line}: "
    if value is None:
        return Issue(severity, "missing", file, f"{where}empty, but needed. Fill it in.", line, theirs)
    if value == UNREAD:
        words = "cannot be read, but is needed."
    shown = None if telling.name in PERSONS or value in (FORMULA_WITHOUT_RESULT, UNREAD) else str(value).strip()[:SHOWN]
    quoted = "this value" if shown is None else f'"{shown}"'
    return Issue(severity, _rule(telling, value, words), file, f"{where}{quoted} {words}", line, theirs, shown)


def _rule(telling: _Telling, value: str, words: str) -> str:
    if value in EXCEL_ERRORS:
        return "spreadsheet_error"
    if value == FORMULA_WITHOUT_RESULT:
        return "formula_without_value"
    return "not_known" if words == NOT_REGISTERED else RULES[telling.column.kind]


def _value(name: str, column: Column, date_format: str | None, unit: str | None, today: date) -> str:
    cell = f"landed.{name}"
    if column.kind == "word":
        return f"word_{name}.name"
    if column.kind == "date":
        return day_in_sql(cell, today, *([date_format] if date_format else []))
    if column.kind == "boolean":
        yes, no = (", ".join(f"'{word}'" for word in words) for words in (YES, NO))
        return f"case when lower({cell}) in ({yes}) then true when lower({cell}) in ({no}) then false end"
    if column.kind in ("integer", "number"):
        return _number(cell, column, unit)
    if column.kind == "range":
        return range_in_sql(cell, column)
    nothing = ", ".join(f"'{sign}'" for sign in (UNREAD, *NO_VALUES))
    # Null stays null: not recorded.
    read = f"case when {cell} not in ({nothing}) then {cell} end"
    if name in PERSONS:
        return read  # an identifier with an invisible sign is not the same one: a check names it
    return f"nfc_normalize(regexp_replace({read}, '[\\x{{202A}}-\\x{{202E}}\\x{{2066}}-\\x{{2069}}]', '', 'g'))"


def _number(cell: str, column: Column, unit: str | None) -> str:
    """A number in our unit; unit: theirs, where the mapping says it. A cell with its own sign for per cent is that."""
    pattern, kind = (
        (r"-?[0-9]{1,9}(\.0{1,6})?", "integer")
        if column.kind == "integer"
        else (r"-?[0-9]{1,12}(\.[0-9]{1,12})?", "double")
    )
    read = _in_range(cell, pattern, kind, column, column.each(unit or ""))
    if (of_percent := percent(column)) is None:
        return read
    bare = f"rtrim(replace({cell}, '%', ''))"
    in_percent = _in_range(bare, pattern, kind, column, of_percent)
    # Null stays null: not recorded.
    return f"case when ends_with({cell}, '%') then {in_percent} else {read} end"


def percent(column: Column) -> float | None:
    """What one per cent is of the column's unit; None where its numbers are not written in per cent."""
    return next((scale.each for scale in column.scales if "%" in scale.codes), None)


def _in_range(cell: str, pattern: str, kind: str, column: Column, each: float) -> str:
    number = f"try_cast({cell} as double)" + (f" * {each!r}" if each != 1.0 else "")
    return (
        # Null stays null: not recorded.
        f"case when regexp_full_match({cell}, '{pattern}') and {number} between {column.low} and {column.high}"
        # Nothing below nothing: -0 is 0.
        f" then cast(case when {number} = 0 then 0 else {number} end as {kind}) end"
    )
