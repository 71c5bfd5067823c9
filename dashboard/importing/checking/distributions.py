"""Ask of each column of numbers as a whole what they are measured in, before any single cell is judged.

Else, of a column on another scale, only those numbers would be kept that happen to lie within our range.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dashboard.definitions.canonical import Column, Table, column_named
from dashboard.engines.writer import Writer
from dashboard.importing.checking import flat
from dashboard.importing.checking.conversion import percent
from dashboard.importing.mapping import FLAT, TableMapping
from dashboard.importing.result import Issue
from dashboard.importing.scales import OtherScale, StandsOut, standing_out, suggested_scale

MOST_VALUES = 100_000
"""Different numbers of one column that are looked at, the most frequent first."""


def ask(
    writer: Writer, table: Table, mapping: TableMapping, files: Mapping[int, str], theirs: Mapping[str, str]
) -> Iterator[Issue]:
    """What a person must say, or should know, of the numbers of each column: a stop where nothing else explains them.

    Of a flat file the same answer at all visits is one column, and the time of follow-up is none of ours.
    theirs: ours -> the column name that a message gives.
    """
    columns: dict[str, list[str]] = {}
    for name, column in table.columns.items():
        if column.kind in ("integer", "number") and column_named(flat.of_ours(name)):
            columns.setdefault(flat.of_ours(name), []).append(name)
    file = _place(writer, table, files)
    filled = _filled(writer, table, [name for names in columns.values() for name in names])
    for ours, names in columns.items():
        if filled.isdisjoint(names):
            continue
        column, unit = table.columns[names[0]], mapping.units.get(names[0], "")
        counts: Counter[float] = Counter()
        for name in names:
            counts.update(_found(writer, table, name, column.each(unit)))
        place = file, " and ".join(theirs.get(name, name) for name in names)
        other = None if unit else suggested_scale(column, counts)
        if other:
            yield _of_scale(table, ours, column, other, place)
        told = mapping.values.get(ours, {})
        apart = standing_out(column, counts, column.each(unit))
        if apart and not (other and other.sure) and not all(f"{value:g}" in told for value in apart.values):
            yield _of_value(table, ours, apart, place)


def _filled(writer: Writer, table: Table, names: Sequence[str]) -> set[str]:
    """The columns in which anything stands: most files have few of ours, and each is a question of its own."""
    if not names:
        return set()
    # A cell that is null is none.
    counts = ", ".join(f"count({name})" for name in names)
    typed, written = (writer.run(f"select {counts} from {kind}_{table.name}")[0] for kind in ("staged", "landed"))
    return {name for name, *times in zip(names, typed, written, strict=True) if any(times)}


def _found(writer: Writer, table: Table, name: str, each: float) -> dict[float, int]:
    """How often each number stands in a column, as it is written; a cell with its own sign for per cent is left out."""
    landed = f"from landed_{table.name} as landed where landed.{name} is not null"
    signed = ""
    if percent(table.columns[name]) is not None:
        # A row has its place: never null.
        signed = f" and (source, line) not in (select (source, line) {landed} and ends_with(landed.{name}, '%'))"
    rows = writer.run(
        "select number, count(*) as times from ("
        f"select round({name} / {each!r}, 3) as number from staged_{table.name} where {name} is not null{signed}"
        f" union all select round(try_cast(landed.{name} as double), 3) from staged_{table.name} as staged"
        f" inner join landed_{table.name} as landed using (source, line)"
        f" where staged.{name} is null and landed.{name} is not null"
        f") where isfinite(number) group by number order by times desc, number limit {MOST_VALUES}"
    )
    return {float(number): int(times) for number, times in rows}


def _place(writer: Writer, table: Table, files: Mapping[int, str]) -> str:
    """The file that the rows come from; the table where there are several."""
    sources = writer.run(f"select distinct source from staged_{table.name}")
    return files[sources[0][0]] if len(sources) == 1 else table.name


def _of_scale(table: Table, ours: str, column: Column, other: OtherScale, place: tuple[str, str]) -> Issue:
    own, where = column.scales[0], _part(table, "units")
    if other.scales:
        asked = f"Are they {_or(scale.said for scale in other.scales)}? Then write"
        lines = _or(f'{ours} = "{scale.name}"' for scale in other.scales)
        answer = f"{asked} {lines} below {where} in the mapping"
    else:
        answer = "That is another measure, and nothing of it is kept: take the column out of the file or of the mapping"
    as_it_is = f'or {ours} = "{own.name}"' + ("" if other.scales else f" below {where} in the mapping")
    kept = f"{as_it_is} if they are right as they are: then each that is not from {column.low:g} to {column.high:g}"
    left = f"{kept} is left out."
    return _issue("other_scale", other.sure, place, f"{other.why} {answer}; {left}")


def _of_value(table: Table, ours: str, apart: StandsOut, place: tuple[str, str]) -> Issue:
    where = _part(table, f"values.{ours}")
    unknown = ", ".join(f'"{value:g}" = ""' for value in apart.values)
    real = ", ".join(f'"{value:g}" = "{value:g}"' for value in apart.values)
    asked = f'Does it mean "not known"? Then write {unknown} below {where} in the mapping'
    return _issue("stands_out", apart.sure, place, f"{apart.why} {asked}; or {real} if it is a value like any other.")


def _issue(rule: str, sure: bool, place: tuple[str, str], told: str) -> Issue:
    file, column = place
    return Issue("stop" if sure else "note", rule, file, f"{file}, column {column}: {told}", column=column)


def _part(table: Table, part: str) -> str:
    return f"[{part}]" if table.name == FLAT else f"[{table.name}.{part}]"


def _or(words: Iterator[str] | Sequence[str]) -> str:
    return " or ".join(words)
