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
from dashboard.importing.canonical import TABLES
from dashboard.importing.formats.meanings import understood
from dashboard.importing.formats.omop.concepts import Dictionary, Told, commonest, notes, understand
from dashboard.importing.formats.omop.events import DATE, Raw, Reader, unreadable
from dashboard.importing.formats.omop.model import EVENT, EVENTS, PROCEDURES
from dashboard.importing.formats.omop.patients import Person, Story, Written, period
from dashboard.importing.formats.omop.source import Source, opened
from dashboard.importing.formats.omop.source import recognise as _recognise
from dashboard.importing.formats.sheets import Reading, Row, Sheet
from dashboard.importing.formats.text_files import stop
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import MOST_KEPT, Issue, refused

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
    told = _operated(source, dictionary)
    dates = _dates(mapping)
    source.desk.run("create or replace table dated (person varchar, day date)")
    for event in EVENTS:
        if event is not PROCEDURES:
            source.load(event.name, OPERATED)
            _remember_days(source, event.name, dates, today)
            told[event.name] = understand(dictionary, event.name)
    source.load("visit_occurrence", OPERATED)
    _remember_days(source, "visit_occurrence", dates, today)
    dictionary.learn("select answer as id from told_observation union all select answer from told_measurement")
    reader = Reader(
        dictionary, source.tables, {name: held.said for name, held in told.items()}, today, mapping.date_format
    )
    written = Written()
    story = Story(reader, written, *_sites(source))
    persons = _persons(source, reader, written)
    for person, rows in groupby(_rows(source), key=lambda raw: raw.person):
        story.tell(persons.get(person, Person(person, [])), rows)
    return _reading(source, reader, written, told)


def _operated(source: Source, dictionary: Dictionary) -> dict[str, Told]:
    """Who had an operation, as a table in memory, and what the rows of procedures say."""
    source.load(PROCEDURES.name)
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


def _dates(mapping: SiteMapping) -> str:
    """How the database reads a day for the last contact alone; what it cannot read plays no part."""
    formats = [mapping.date_format] if mapping.date_format else []
    tried = [f"try_strptime(day, '{form.replace(chr(39), chr(39) * 2)}')" for form in formats]
    tried += ["try_strptime(left(day, 10), '%Y-%m-%d')", "try_strptime(day, '%Y%m%d')"]
    return f"cast(coalesce({', '.join(tried)}) as date)"


def _remember_days(source: Source, table: str, dates: str, today: date) -> None:
    source.desk.run(
        f"insert into dated select person, max(day) from (select person, {dates} as day from rows_{table})"
        f" where day between date '1900-01-01' and date '{today.isoformat()}' group by person"
    )


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


def _persons(source: Source, reader: Reader, written: Written) -> dict[str, Person]:
    """Those of PERSON who had an operation, each with death, observation and the last day of any row."""
    desk = source.desk
    for table in ("person", "death", "observation_period"):
        source.load(table, OPERATED)
    rows: dict[str, list[tuple[int, str, str, str]]] = {}
    for person, line, gender, year, born in desk.run(
        "select person, line, coalesce(gender, ''), coalesce(year, ''), coalesce(born, '')"
        " from rows_person order by line"
    ):
        rows.setdefault(person, []).append((line, gender, year, born))
    deaths = _deaths(source, reader, written)
    periods = _periods(source, reader, written)
    last = dict(desk.run("select person, max(day) from dated group by person"))
    return {
        person: Person(person, held, deaths.get(person), periods.get(person, []), last.get(person))
        for person, held in rows.items()
    }


def _deaths(source: Source, reader: Reader, written: Written) -> dict[str, date]:
    deaths: dict[str, date] = {}
    for person, line, text in source.desk.run("select person, line, coalesce(day, '') from rows_death order by line"):
        found, day = source.tables["death"], reader.day(text)
        if day is None:
            written.leave_out("patients", "death", unreadable(found, "death_date", line, DATE, text))
        elif deaths.setdefault(person, day) != day:
            where = f"{found.column('death_date')}, row {line}"
            message = f"{where}: an earlier row gives this person another day of death, which was kept."
            written.leave_out(
                "patients", "death", Issue("row", "contradicted", found.label, message, line, "death_date")
            )
    return deaths


def _periods(source: Source, reader: Reader, written: Written) -> dict[str, list[tuple[date, date]]]:
    periods: dict[str, list[tuple[date, date]]] = {}
    for person, line, first, last in source.desk.run(
        "select person, line, coalesce(first, ''), coalesce(last, '') from rows_observation_period order by line"
    ):
        held = period(first, last, reader.date_format, reader.today)
        if held:
            periods.setdefault(person, []).append(held)
        else:
            name = "observation_period_end_date" if reader.day(first) else "observation_period_start_date"
            text, found = last if reader.day(first) else first, source.tables["observation_period"]
            written.leave_out("patients", "observation_period", unreadable(found, name, line, DATE, text))
    return periods


def _reading(source: Source, reader: Reader, written: Written, told: Mapping[str, Told]) -> Reading:
    issues = list(notes(source, told))
    for held in source.issues.values():
        issues += held
    for (label, why), count in sorted(reader.unused.items()):
        issues.append(Issue("note", "not_used", label, f"{label}: {count:,} rows {why}: not read."))
    issues += [*_of_the_whole(source, written), *written.issues]
    return Reading(_sheets(source, written, issues), issues)


def _of_the_whole(source: Source, written: Written) -> Iterator[Issue]:
    label = source.tables[PROCEDURES.name].label
    if written.joined:
        message = (
            f"{label}: {written.joined:,} procedures on the day of another one of the same patient were joined to it: "
            "one operation, named by the larger, a fusion before a decompression."
        )
        yield Issue("note", "joined", label, message)
    for what, count in sorted(written.several.items()):
        message = f"{label}: {count:,} operations have more than one value recorded together for {what}: left empty."
        yield Issue("note", "several_values", label, message)
    for (place, rule), count in sorted(written.named.items()):
        if count > MOST_KEPT:
            message = f"{place}: {count - MOST_KEPT:,} more rows were left out for the same reason."
            yield Issue("note", rule, place, message)


def _sheets(source: Source, written: Written, issues: list[Issue]) -> list[Sheet]:
    """A sheet for each canonical table and table of origin; what has no rows of its own is said beside them."""
    order = list(TABLES)
    for table, origin in (("patients", "person"), ("operations", PROCEDURES.name)):
        written.rows.setdefault((table, origin), [])
    sheets = []
    for table, origin in sorted(written.rows, key=lambda key: (order.index(key[0]), key[1])):
        found = source.tables[origin]
        rows = sorted(written.rows[table, origin], key=_line)
        sheets.append(Sheet(table, found.path, found.label, list(TABLES[table].columns), iter(rows)))
    return sheets


def _line(row: Row | Issue) -> int:
    return (row.line or 0) if isinstance(row, Issue) else row[0]
