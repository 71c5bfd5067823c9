"""OMOP common data model 5.4: patients, operations and what followed, from CSV files or from one DuckDB file.

Only a procedure that means one of ours becomes an operation, and only its patients' rows are looked at further: the
database leaves the others where they are. What was not mapped is counted and named by its code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, groupby
from pathlib import Path

from dashboard.engines.writer import UnreadableFile
from dashboard.importing.dates import day_in_sql
from dashboard.importing.formats.course import Event, Procedure, tell
from dashboard.importing.formats.meanings import understood
from dashboard.importing.formats.omop.concepts import Dictionary, Told, notes, understand
from dashboard.importing.formats.omop.events import RowReader
from dashboard.importing.formats.omop.model import EVENT, EVENTS, OPERATED, PROCEDURES, Raw
from dashboard.importing.formats.omop.patients import persons
from dashboard.importing.formats.omop.source import Source, opened, recognise
from dashboard.importing.formats.sheets import Reading, Written
from dashboard.importing.formats.text_files import stop
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import Issue, refused

__all__ = ["read", "recognise"]


def read(paths: Sequence[Path], mapping: SiteMapping, today: date) -> Reading:
    """The canonical tables in these files, which are never changed.

    Raises ImportRefused when they cannot be read, when a table or column is missing, or no procedure is one of ours.
    """
    if mapping.date_format and "%Y" not in mapping.date_format:
        raise stop(paths[0], "is OMOP, whose dates have a year of four digits: use %Y in date_format of the mapping.")
    meanings = understood(mapping.sections.get("codes", {}))
    source = opened(paths, mapping)
    try:
        return _read(Dictionary(meanings, source), mapping, today)
    except UnreadableFile:
        raise stop(paths[0], "cannot be read to its end: it is damaged. Export it again.") from None
    finally:
        source.desk.close()


def _read(dictionary: Dictionary, mapping: SiteMapping, today: date) -> Reading:
    source = dictionary.source
    formats = [mapping.date_format] if mapping.date_format else []
    days = day_in_sql("day", today, *formats, "%Y%m%d")
    source.desk.run("create or replace table dated (person varchar, day date)")
    _load(source, PROCEDURES.name, days)
    understand(dictionary, PROCEDURES.name)
    _find_operated(dictionary)
    for event in EVENTS[1:]:
        _load(source, event.name, days, OPERATED)
        understand(dictionary, event.name)
    _load(source, "visit_occurrence", days, OPERATED)
    dictionary.learn("select answer as id from told_observation union all select answer from told_measurement")
    written = Written()
    reader = RowReader(dictionary, today, mapping.date_format, _sites(source), written)
    known = persons(source, reader)
    for person, rows in groupby(_rows(source), key=lambda raw: raw.person):
        if person not in known:
            for raw in rows:
                reader.orphan(raw)
            continue
        told = [one for raw in rows for one in reader.told(raw)]
        procedures = [one for one in told if isinstance(one, Procedure)]
        tell(written, known[person], procedures, [one for one in told if isinstance(one, Event)])
    first = {"patients": source.tables["person"], "operations": source.tables[PROCEDURES.name]}
    said = [*notes(dictionary), *chain.from_iterable(source.issues.values())]
    return written.reading({name: table.place(1) for name, table in first.items()}, said)


def _find_operated(dictionary: Dictionary) -> None:
    """Who had an operation, as a table in memory. Raises ImportRefused when nobody had one."""
    desk, told = dictionary.source.desk, dictionary.told[PROCEDURES.name]
    operations = [
        (number,) for number, said in told.said.items() if any(meaning.kind == "procedure" for meaning in said.meanings)
    ]
    if not operations:
        raise _nothing(dictionary.source, told)
    desk.run("create or replace table operation_said (said bigint)")
    desk.put("operation_said", ["said"], operations)
    desk.make(
        OPERATED,
        f"select distinct person as id from told_{PROCEDURES.name} semi join operation_said using (said)"
        " where person is not null",
    )


def _nothing(source: Source, told: Told) -> Exception:
    found = source.tables[PROCEDURES.name]
    if not told.rows:
        return stop(found.path, "has no procedures in PROCEDURE_OCCURRENCE. Are they exported?")
    concepts = "" if "concept" in source.tables else " The table CONCEPT, which says the codes, is missing."
    message = (
        f"{found.label}: none of {told.rows:,} procedures means a spine operation.{concepts} The commonest: "
        f"{told.commonest}. Name the concepts of operations in a mapping, below [codes.omop.procedure]."
    )
    return refused([Issue("stop", "no_operation", found.label, message)])


def _load(source: Source, table: str, day: str, only: str = "") -> None:
    """The rows of a table; their days are remembered for the last contact, where what is no day plays no part."""
    source.load(table, only)
    # The last of the days that are recorded; null for a person without any, who was last seen on no day.
    source.desk.run(f"insert into dated select person, max({day}) from rows_{table} group by person")


def _rows(source: Source) -> Iterator[Raw]:
    """Every row that says something of a patient with an operation, or an operation of nobody; by patient."""
    parts = ", ".join(f"coalesce({part}, '') as {part}" for part in EVENT)
    selects = [f"select '{event.name}' as origin, line, said, {parts} from told_{event.name}" for event in EVENTS]
    selects[0] += f" where person is null or person in (select id from {OPERATED})"
    return map(Raw._make, source.desk.stream(f"{' union all '.join(selects)} order by person, origin, line"))


def _sites(source: Source) -> Mapping[str, Mapping[str, str]]:
    """The place of care by visit and by provider: its name, or its number where names do not tell it apart."""
    desk = source.desk
    source.load("care_site")
    source.load("provider")
    desk.make(
        "called",
        # A name that is recorded, whichever row has it.
        "select place, case when name is not null and count(*) over (partition by name) = 1 then name else place end"
        " as called from (select place, case when count(distinct name) = 1 then min(name) end as name"
        " from rows_care_site group by place)",
    )
    return {
        part: dict(
            desk.run(
                # A place that is not recorded is not another one.
                f"select {part}, min(coalesce(called, place)) from rows_{table} left join called using (place)"
                f" where place <> '0' and {part} in (select {part} from told_{PROCEDURES.name}) group by {part}"
                " having count(distinct place) = 1"
            )
        )
        for part, table in {"visit": "visit_occurrence", "provider": "provider"}.items()
    }
