"""A copy of the store's generation, in which the patients whom an addition concerns are those that were made anew."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from dashboard.definitions import Definitions
from dashboard.engines.generations import Generation
from dashboard.engines.writer import Writer
from dashboard.importing.adding.stored import CONCERNED
from dashboard.importing.publishing import building, prepared, since
from dashboard.importing.publishing.bands import at_visit
from dashboard.importing.publishing.marts import marts

ADDED = "added"
"""What the database of those who were made anew is called."""
APPENDED = ("source", "issue_count")
"""What every import has written down of itself, one after the other."""
OF_THE_WHOLE = ("facts", "late_entry", *since.TABLES, *building.LISTS)
"""What the addition says of everything, in the place of what was said before."""


def carry_on(built: Path, before: Generation, added: Path, definitions: Definitions, memory: int) -> None:
    """Make the new generation of the one before and of those made anew.

    What the days since then have changed of the others is changed; nothing else of theirs is read or written.
    """
    shutil.copyfile(before.path, built)
    with closing(Writer(built, [added.parent], memory)) as writer:
        writer.attach(added, ADDED)
        writer.begin()
        writer.make("gone_operation", f"select operation from operation semi join {ADDED}.{CONCERNED} using (patient)")
        _number_profiles(writer)
        prepared.note_change(writer, definitions, "gone_operation", -1)
        writer.make("asked_before", "select distinct undated from undated_answer")
        for table in _of_operations(writer):
            writer.run(f"delete from {table} where operation in (select operation from gone_operation)")
        writer.run(f"delete from patient where patient in (select patient from {ADDED}.{CONCERNED})")
        _grow_older(writer)
        _ask_of_all(writer)
        for table in ("patient", *_of_operations(writer), *APPENDED):
            writer.run(f"insert into {table} by name {_rows(writer, table)}")
        for table in OF_THE_WHOLE:
            writer.run(f"delete from {table}")
            writer.run(f"insert into {table} by name select * from {ADDED}.{table}")
        for mart in marts():
            if mart.made == "kept" and mart.name not in (*_of_operations(writer), *OF_THE_WHOLE):
                writer.run(f"drop table {mart.name}")
                building.make(writer, mart, definitions)
        writer.make("come_operation", f"select operation from {ADDED}.operation")
        prepared.note_change(writer, definitions, "come_operation", 1)
        prepared.carry_on(writer, definitions)
        writer.finish()


def _of_operations(writer: Writer) -> list[str]:
    """The tables of which a row is of one operation."""
    rows = writer.run(
        "select table_name from duckdb_columns() semi join duckdb_tables() using (database_name, table_name)"
        " where database_name = $added and column_name = 'operation' order by table_name",
        {"added": ADDED},
    )
    return [str(name) for (name,) in rows]


def _number_profiles(writer: Writer) -> None:
    """The table ``profile_here``: by the number of a combination among those made anew, its number here."""
    codes = ", ".join(name for name in writer.columns("", "profile") if name != "profile")
    writer.make(
        "profile_here",
        # Null is a combination that was not here: it has a number after the last one.
        "select made.profile as there, coalesce(here.profile, cast((select coalesce(max(profile), 0) from profile)"
        " + row_number() over (partition by here.profile is null order by made.profile) as integer)) as here"
        f" from {ADDED}.profile as made left join profile as here using ({codes})",
    )


def _rows(writer: Writer, table: str) -> str:
    """Those made anew, with the numbers of profiles that they have here."""
    if "profile" not in writer.columns("", table):
        return f"select * from {ADDED}.{table}"
    return (
        f"select made.* replace (profile_here.here as profile) from {ADDED}.{table} as made"
        " inner join profile_here on made.profile = profile_here.there"
    )


def _grow_older(writer: Writer) -> None:
    """Bring what is counted up to the data date to the new one: visits that were not settled, and how long ago."""
    (days,) = writer.run(f"select date_diff('day', facts.data_date, now.data_date) from facts, {ADDED}.facts as now")[0]
    if not days:
        return
    writer.run(f"update symptom_event set days_ago = days_ago + {int(days)}")
    age = f"date_diff('day', operated, (select data_date from {ADDED}.facts))"
    state = at_visit("false", age, "state = 7", "visit_window")
    writer.run(
        f"update visit_state set state = {state},"
        # A state is never null.
        f" days_since_surgery = case when {state} in (3, 5) then {age} end"
        " from visit_window where visit_state.visit = visit_window.visit and state in (3, 5, 6, 7)"
        f" and (state in (3, 5) or state <> {state})"
    )


def _ask_of_all(writer: Writer) -> None:
    """Of what was asked of nobody before, a row for each of the others, who were not asked."""
    here = ", ".join(
        name for name in writer.columns("", "undated_answer") if name in writer.columns("", "operation_band")
    )
    writer.run(
        # What was asked has its code: never null.
        f"insert into undated_answer by name select {here}, asked.undated, 0 as answer from operation_band"
        f" cross join (select distinct undated from {ADDED}.undated_answer) as asked"
        " where asked.undated not in (select undated from asked_before)"
    )
