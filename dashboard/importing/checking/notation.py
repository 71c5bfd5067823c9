"""How a file writes its numbers and dates: told by the mapping, by the file itself, or asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dashboard.definitions.canonical import Table
from dashboard.engines.writer import Writer
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.reasons import WITH_POINT
from dashboard.importing.result import Issue, refused

DECIMAL_COMMA = r"-?[0-9]{1,12},[0-9]{1,12}( ?%)?"
OTHER_ORDER = r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}"
"""Days and months in whichever order: only the site can say."""


def read_decimal_commas(
    writer: Writer, table: Table, source: int, file: str, told: str | None, *, typed: bool = False
) -> Iterator[Issue]:
    """Turn the decimal commas of one file to points.

    told: the decimal sign that the mapping says. A cell with the other sign is then marked, to be named and left out:
    what a mapping says is never overruled. typed: numbers of the file are no texts, and stand with a point. Untold, the
    commas are read in a column without points, and that is said; where both occur the sign is asked for.
    Raises ImportRefused, which asks.
    """
    of_file = f"from landed_{table.name} where source = {source}"
    for name in table.of_kind("number", "integer") if told != "." else ():
        comma = f"regexp_full_match({name}, '{DECIMAL_COMMA}')"
        commas, points = writer.run(
            # Of the cells that are recorded.
            f"select count(*) filter (where {comma}), count(*) filter (where contains({name}, '.')) {of_file}"
        )[0]
        if told is None and points:
            if commas > points:
                raise refused([_which_sign(file, name, commas, points)])
            continue
        if told and points and not typed:
            marked = f"set {name} = {name} || '{WITH_POINT}' where source = {source} and contains({name}, '.')"
            writer.run(f"update landed_{table.name} {marked}")
        if commas:
            turned = f"set {name} = replace({name}, ',', '.') where source = {source} and {comma}"
            writer.run(f"update landed_{table.name} {turned}")
            if told is None:
                message = f"{file}, column {name}: the comma is read as the decimal sign. Look whether that is right."
                yield Issue("note", "decimal_comma", file, message, column=name)


def _which_sign(file: str, name: str, commas: int, points: int) -> Issue:
    message = (
        f"{file}, column {name}: {commas:,} numbers have a comma and {points:,} a point. Say which is the decimal "
        'sign, in a mapping: decimal = "," or "." below [file]. Numbers with the other one are then named and left out.'
    )
    return Issue("stop", "decimal_sign", file, message, column=name)


def refuse_other_orders(writer: Writer, table: Table, mapping: SiteMapping, theirs: Mapping[str, str]) -> None:
    """Refuse a column of dates in which none could be read and all might be days or months first.

    Raises ImportRefused, which asks for the order.
    """
    if mapping.date_format is not None:
        return
    for name, column in table.columns.items():
        if column.kind != "date":
            continue
        # Of the cells that are recorded.
        if writer.run(f"select count({name}) from staged_{table.name}")[0][0]:
            continue
        dates, others, days, months = writer.run(
            # Of the cells that are recorded.
            f"select count({name}), count(*) filter (where regexp_full_match({name}, '{OTHER_ORDER}')),"
            f" count(*) filter (where try_cast(regexp_extract({name}, '^[0-9]+') as integer) > 12),"
            f" count(*) filter (where try_cast(regexp_extract({name}, '[./-]([0-9]+)', 1) as integer) > 12)"
            f" from landed_{table.name}"
        )[0]
        if not dates or others < dates:
            continue
        file = str(writer.run(f"select any_value(source) from landed_{table.name} where {name} is not null")[0][0])
        told = (
            "could be day/month or month/day in every row"
            if not (days or months)
            else f"seems to be written with the {'day' if days else 'month'} first"
        )
        message = (
            f"The column {theirs.get(name, name)} {told}. Say which it is in a mapping: "
            'date_format = "%d/%m/%Y" or "%m/%d/%Y" below [file], with the signs that stand between.'
        )
        raise refused([Issue("stop", "date_order", table.name, message, column=theirs.get(name, name), value=file)])
