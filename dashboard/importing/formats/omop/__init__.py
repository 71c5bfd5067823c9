"""OMOP common data model 5.4: patients, operations and what followed, from CSV files or from one DuckDB file.

Only a procedure that means one of ours becomes an operation, and only its patients' rows are looked at further: the
database leaves the others where they are. What was not mapped is counted and named by its code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from dashboard.engines.writer import UnreadableFile
from dashboard.importing.dates import day_in_sql
from dashboard.importing.formats.course import Event, Procedure, tell
from dashboard.importing.formats.meanings import understood
from dashboard.importing.formats.omop.concepts import Dictionary, Told, commonest, notes, understand
from dashboard.importing.formats.omop.events import Raw, Reader, place_of
from dashboard.importing.formats.omop.model import EVENT, EVENTS, PROCEDURES
from dashboard.importing.formats.omop.patients import persons
from dashboard.importing.formats.omop.source import Source, opened
from dashboard.importing.formats.omop.source import recognise as _recognise
from dashboard.importing.formats.sheets import Reading, Written
from dashboard.importing.formats.text_files import stop
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import Issue, refused

OPERATED = "operated"
"""The table in memory that holds who had an operation."""


def recognise(paths: Sequence[Path]) -> str:
    """A sentence that says by what these files are OMOP; empty when they are not. Looks at names alone."""
    return _recognise(paths)


def read(paths: Sequence[Path], mapping: SiteMapping, today: date) -> Reading:
    """The canonical tables in these files, which are never changed.

    Raises ImportRefused when they cannot be read, when a table or column is missing, or no procedure is one of ours.
    """
    if mapping.date_format and "%Y" not in mapping.date_format:
        raise stop(paths[0], "is OMOP, whose dates have a year of four digits: use %Y in date_format of the mapping.")
    dictionary_of_site = understood(mapping.sections.get("codes", {}))
    source = opened(paths, mapping)
    try:
        return _read(source, Dictionary(dictionary_of_site, source), mapping, today)
    except UnreadableFile:
        raise stop(paths[0], "cannot be read to its end: it is damaged. Export it again.") from None
    finally:
        source.desk.close()


def _read(source: Source, dictionary: Dictionary, mapping: SiteMapping, today: date) -> Reading:
    formats = [mapping.date_format] if mapping.date_format else []
    days = day_in_sql("day", today, *formats, "%Y%m%d")
    source.desk.run("create or replace table dated (person varchar, day date)")
    source.load(PROCEDURES.name)
    _remember_days(source, PROCEDURES.name, days)
    told = _operated(source, dictionary)
    for event in EVENTS:
        if event is not PROCEDURES:
            source.load(event.name, OPERATED)
            _remember_days(source, event.name, days)
            told[event.name] = understand(dictionary, event.name)
    source.load("visit_occurrence", OPERATED)
    _remember_days(source, "visit_occurrence", days)
    dictionary.learn("select answer as id from told_observation union all select answer from told_measurement")
    said = {name: held.said for name, held in told.items()}
    written = Written()
    reader = Reader(dictionary, source.tables, said, today, mapping.date_format, *_sites(source), written)
    known = persons(source, reader, OPERATED)
    for person, rows in groupby(_rows(source), key=lambda raw: raw.person):
        if person not in known:
            for raw in rows:
                reader.orphan(raw)
            continue
        all_told = [one for raw in rows for one in reader.told(raw)]
        procedures = [one for one in all_told if isinstance(one, Procedure)]
        tell(written, known[person], procedures, [one for one in all_told if isinstance(one, Event)])
    return _reading(source, written, told)


def _operated(source: Source, dictionary: Dictionary) -> dict[str, Told]:
    """Who had an operation, as a table in memory, and what the rows of procedures say."""
    told = understand(dictionary, PROCEDURES.name)
    operations = [number for number, said in told.said.items() if said.of("procedure")]
    if not operations:
        raise _nothing(source, told)
    source.desk.run("create or replace table operation_said (said bigint)")
    source.desk.put("operation_said", ["said"], [(number,) for number in operations])
    source.desk.make(
        OPERATED,
        f"select distinct person as id from told_{PROCEDURES.name} semi join operation_said using (said)"
        " where person is not null",
    )
    return {PROCEDURES.name: told}


def _nothing(source: Source, told: Told) -> Exception:
    found = source.tables[PROCEDURES.name]
    if not told.rows:
        return stop(found.path, "has no procedures in PROCEDURE_OCCURRENCE. Are they exported?")
    concepts = "" if "concept" in source.tables else " The table CONCEPT, which says the codes, is missing."
    message = (
        f"{found.label}: none of {told.rows:,} procedures means a spine operation.{concepts} The commonest: "
        f"{commonest(told)}. Name the concepts of operations in a mapping, below [codes.omop.procedure]."
    )
    return refused([Issue("stop", "no_operation", found.label, message)])


def _remember_days(source: Source, table: str, day: str) -> None:
    """For the last contact alone: what is no day plays no part."""
    source.desk.run(f"insert into dated select person, max({day}) from rows_{table} group by person")


def _rows(source: Source) -> Iterator[Raw]:
    """Every row that says something of a patient with an operation, or an operation of nobody; by patient."""
    parts = ", ".join(f"coalesce({part}, '') as {part}" for part in EVENT)
    selects = [f"select '{event.name}' as origin, line, said, {parts} from told_{event.name}" for event in EVENTS]
    selects[0] += f" where person is null or person in (select id from {OPERATED})"
    return map(Raw._make, source.desk.stream(f"{' union all '.join(selects)} order by person, origin, line"))


def _sites(source: Source) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The place of care by visit and by provider: its name, or its number where names do not tell it apart."""
    desk = source.desk
    source.load("care_site")
    source.load("provider")
    named = dict(desk.run("select place, any_value(name) from rows_care_site group by place"))
    known = list(named.values())
    names = {place: name if name and known.count(name) == 1 else place for place, name in named.items()}
    one = "place is not null and place <> '0' group by 1 having count(distinct place) = 1"
    visits = desk.run(
        "select visit, any_value(place) from rows_visit_occurrence"
        f" where visit in (select visit from told_{PROCEDURES.name}) and {one}"
    )
    providers = desk.run(f"select provider, any_value(place) from rows_provider where {one}")
    return {key: names.get(place, place) for key, place in visits}, {
        key: names.get(place, place) for key, place in providers
    }


def _reading(source: Source, written: Written, told: Mapping[str, Told]) -> Reading:
    issues = list(notes(source, told))
    for held in source.issues.values():
        issues += held
    first = {"patients": "person", "operations": PROCEDURES.name}
    places = {table: place_of(source.tables[origin], 1) for table, origin in first.items()}
    return written.reading(places, issues)
