"""Ages as others write them, 60.84 or 60y: read as completed years, and said."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.definitions.canonical import Table
from dashboard.engines.writer import Writer
from dashboard.importing.result import Issue, Issues

AGE = "age"
YEARS = r"([0-9]{1,3})(?:\.[0-9]{1,12})? ?(?:y|yr|yrs|yo|y/o|year|years|years? old|a|j|jahre|ans|anos|años)?\.?"
"""The completed years, whatever part of another follows, and at most a word for years."""


def read_completed_years(
    writer: Writer, table: Table, files: Mapping[int, str], theirs: Mapping[str, str], issues: Issues
) -> None:
    """Take the completed years of every landed age that is no whole number, with a note for each file.

    To be done before anything is left out. theirs: ours -> the column name that a message gives.
    """
    if AGE not in table.columns:
        return
    held, place = table.columns[AGE], list(table.columns).index(AGE)
    years = f"try_cast(regexp_extract(lower(landed.{AGE}), '^{YEARS}$', 1) as integer)"
    writer.make(
        "completed_years",
        f"select source, line, landed.{AGE} as written, {years} as years"
        f" from landed_{table.name} as landed inner join staged_{table.name} as staged using (source, line)"
        f" where staged.{AGE} is null and {years} between {held.low} and {held.high}",
    )
    found = writer.run(
        # Each row was completed: none of it is null.
        "select source, count(*), min_by(written, line), min_by(years, line), min(line)"
        " from completed_years group by source order by source"
    )
    if not found:
        return
    writer.run(
        f"update staged_{table.name} as staged set {AGE} = taken.years,"
        f" wrong = nullif(list_filter(staged.wrong, lambda one: one != {place}), [])"
        " from completed_years as taken where staged.source = taken.source and staged.line = taken.line"
    )
    name = theirs.get(AGE, AGE)
    for source, times, written, completed, line in found:
        told = f'an age is read as completed years: "{written}" as {completed}.'
        message = f"{files[source]}, column {name}, row {line}: {told}"
        issues.append(Issue("note", "age_in_completed_years", files[source], message, line, name, written))
        issues.beyond("note", "age_in_completed_years", files[source], name, times - 1)
