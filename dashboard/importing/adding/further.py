"""Rows of an addition that tell of what is in the store already: they carry it further, repeat it, or contradict it.

What the store has stays, and its empty cells are filled; an empty cell of a new row says nothing against a filled one.
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.definitions.canonical import OPERATION, STAND_IN, TABLES, Column, Table
from dashboard.engines.writer import Writer
from dashboard.importing.checking import checks
from dashboard.importing.checking.accepting import Import
from dashboard.importing.mapping import FLAT

DEATH = "death_date"
"""Any row of a patient may tell it, and the latest counts: see ``settle_deaths``."""


def carry_further(job: Import) -> None:
    """Leave out the new rows that contradict the store; those that tell more stand in the place of what it has."""
    writer = job.writer
    for table in TABLES.values():
        writer.make("told_again", _told_again(table, job.first))
        checks.judge_against_store(writer, table.name, job.files, job.issues)
        if table.key == (OPERATION,) and FLAT in job.theirs:
            _leave_out_whole_rows(writer, job.first)
        if DEATH in table.columns:
            checks.settle_deaths(writer)
        _join(writer, table)


def _told(table: Table) -> Mapping[str, Column]:
    """The columns that say something of a row, besides which one it is."""
    return {name: column for name, column in table.columns.items() if name not in {*table.key, *STAND_IN}}


def _told_again(table: Table, first: int) -> str:
    """Each new row of what is in the store, with the row there: ``differs`` names what contradicts it, else null.

    is_more: whether it tells what was not known there. Of new rows that contradict each other none is taken.
    """
    told = _told(table)
    key = " and ".join(f"new.{name} is not distinct from held.{name}" for name in table.key)
    contradicts = {name: _contradicts(name, column) for name, column in told.items() if name != DEATH}
    apart = {name: f"min({name}) over same_thing != max({name}) over same_thing" for name in contradicts}
    more = " or ".join(_is_more(name, column) for name, column in told.items())
    # Nothing that a comparison has left unsaid contradicts anything: null is passed over.
    return (
        f"with paired as (select new.*, held.source as held_source, held.line as held_line,"
        f" {_named(contradicts)} as against, coalesce({more}, false) as is_more"
        f" from staged_{table.name} as new inner join staged_{table.name} as held on {key}"
        f" where new.source >= {first} and held.source < {first}),"
        f" held_together as (select *, case when against is null then {_named(apart)} end as apart,"
        " first_value(row(source, line)) over in_order as first_place,"
        " last_value(row(source, line)) over in_order as last_place from paired"
        " window same_thing as (partition by held_source, held_line, against is null),"
        " in_order as (partition by held_source, held_line, against is null order by source, line"
        " rows between unbounded preceding and unbounded following))"
        f" select {', '.join(table.key)}, source, line, held_source, held_line, is_more,"
        " coalesce(against, apart) as differs,"
        " case when apart is null then row(held_source, held_line)"
        " when row(source, line) = first_place then last_place else first_place end as other,"
        " other[1] as other_source, other[2] as other_line from held_together"
    )


def _contradicts(name: str, column: Column) -> str:
    return f"new.{name} {'<' if column.later else '!='} held.{name}"


def _is_more(name: str, column: Column) -> str:
    later = f" or new.{name} > held.{name}" if column.later or name == DEATH else ""
    return f"(new.{name} is not null and (held.{name} is null{later}))"


def _named(conditions: Mapping[str, str]) -> str:
    """The names of those that hold, with a comma between them; null where none does."""
    # Null is no contradiction, and not named.
    cases = ", ".join(f"case when {condition} then '{name}' end" for name, condition in conditions.items())
    return f"nullif(concat_ws(', ', {cases}), '')" if cases else "null"


def _leave_out_whole_rows(writer: Writer, first: int) -> None:
    """Of a row of a flat file that is left out, nothing else that it tells of the operation is taken."""
    for table in TABLES.values():
        if len(table.key) > 1:
            writer.run(
                f"delete from staged_{table.name} where source >= {first} and {OPERATION} in"
                f" (select {OPERATION} from told_again where differs is not null)"
            )


def _join(writer: Writer, table: Table) -> None:
    """Of each thing one row says all that is known: the store's, or the new one where that tells more."""
    staged, names = f"staged_{table.name}", list(_told(table))
    known = "".join(f", coalesce(new.{name}, held.{name}) as {name}" for name in names)
    writer.make(
        "joined",
        f"select told.held_source, told.held_line, told.source, told.line, told.is_more{known}"
        " from (select * from told_again where differs is null"
        " qualify row_number() over (partition by held_source, held_line order by source, line) = 1) as told"
        f" inner join {staged} as new on told.source = new.source and told.line = new.line"
        f" inner join {staged} as held on told.held_source = held.source and told.held_line = held.line",
    )
    places = (
        "(select source, line, held_source, held_line from told_again where differs is null"
        " union select held_source, held_line, held_source, held_line from joined)"
    )
    if names:
        writer.run(
            f"update {staged} as staged set {', '.join(f'{name} = joined.{name}' for name in names)}"
            f" from {places} as place inner join joined using (held_source, held_line)"
            " where staged.source = place.source and staged.line = place.line"
        )
    if writer.run("select count(*) from joined where is_more")[0][0]:
        writer.run(
            f"delete from {staged} where (source, line) in (select (held_source, held_line) from joined where is_more)"
        )
        _carry_unread_over(writer, table, names)


def _carry_unread_over(writer: Writer, table: Table, names: list[str]) -> None:
    """What could not be read in a row of the store could not be read of what takes its place, unless that tells it."""
    filled = " or ".join(f"(field = '{table.kept}.{name}' and joined.{name} is not null)" for name in names)
    writer.make(
        "unread_now",
        # A table has its name: never null.
        "select min(placed.staged) as staged, placed.source, placed.line, placed.field from ("
        "select unread.staged, coalesce(joined.source, unread.source) as source,"
        " coalesce(joined.line, unread.line) as line, unread.field from unread"
        " left join (select * from joined where is_more) as joined on"
        f" (unread.staged = '{table.name}' and unread.source = joined.held_source and unread.line = joined.held_line)"
        f" or (starts_with(unread.field, '{table.kept}.') and unread.source = joined.source"
        " and unread.line = joined.line)"
        # Null is a cell of another row, which stays as it is.
        f" where ({filled}) is not true) as placed group by placed.source, placed.line, placed.field",
    )
    writer.run("delete from unread")
    writer.run("insert into unread by name select * from unread_now")
