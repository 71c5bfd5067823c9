"""The patients of an OMOP extract who had an operation: birth, sex, death, and how long they were observed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from dashboard.definitions.canonical import TABLES
from dashboard.importing.dates import day_of
from dashboard.importing.formats.course import Patient
from dashboard.importing.formats.omop.events import DATE, RowReader
from dashboard.importing.formats.omop.model import OPERATED, SEXES
from dashboard.importing.formats.omop.source import Source
from dashboard.importing.formats.sheets import UNREAD, Place
from dashboard.importing.result import Issue
from dashboard.importing.units import in_range

YEAR = TABLES["patients"].columns["birth_year"]


def persons(source: Source, reader: RowReader) -> dict[str, Patient]:
    """Those of PERSON who had an operation, each with the last day in ``dated``."""
    for table in ("person", "death", "observation_period"):
        source.load(table, OPERATED)
    deaths, periods = _deaths(source, reader), _periods(source, reader)
    select = f"select person, max(day) from dated semi join {OPERATED} on person = id group by person"
    last = dict(source.desk.run(select))
    rows: dict[str, list[tuple[Place, Mapping[str, str]]]] = {}
    for person, line, gender, year, born in source.desk.run(
        "select person, line, coalesce(gender, ''), coalesce(year, ''), coalesce(born, '')"
        " from rows_person order by line"
    ):
        place, held = reader.table("person").place(line), rows.setdefault(person, [])
        day, death = reader.day(born), deaths.get(person)
        wrong = dict(_wrong_birth(reader, line, year, born))
        for issue in wrong.values():
            reader.written.leave_cell_out(place, issue)
        cells = {
            "birth_date": day.isoformat() if day else "",
            "birth_year": year,
            "sex": SEXES.get(gender, ""),
            "death_date": death.isoformat() if death else "",
            **dict.fromkeys(wrong, UNREAD),
        }
        held.append((place, cells))
    return {
        person: Patient(person, held, deaths.get(person), last.get(person), periods.get(person, ()))
        for person, held in rows.items()
    }


def _wrong_birth(reader: RowReader, line: int, year: str, born: str) -> Iterator[tuple[str, Issue]]:
    """What cannot be read of a birth, by our column."""
    person = reader.table("person")
    if born and reader.day(born) is None:
        yield "birth_date", person.wrong(line, "birth_datetime", DATE, born)
    is_year = year.isascii() and year.isdigit() and in_range(YEAR, float(year[:9]))
    if year and not is_year:
        yield "birth_year", person.wrong(line, "year_of_birth", YEAR, year)


def _deaths(source: Source, reader: RowReader) -> dict[str, date]:
    """The day of death by person, the first of several rows."""
    deaths: dict[str, date] = {}
    for person, line, text in source.desk.run("select person, line, coalesce(day, '') from rows_death order by line"):
        table, day = reader.table("death"), reader.day(text)
        if day is None:
            issue = table.wrong(line, "death_date", DATE, text)
        elif deaths.setdefault(person, day) == day:
            continue
        else:
            where = f"{table.label}, column death_date, row {line}"
            message = f"{where}: an earlier row gives this person another day of death, which was kept."
            issue = Issue("row", "contradicted", table.label, message, line, "death_date")
        reader.written.leave_out("patients", table.place(line), issue)
    return deaths


def _periods(source: Source, reader: RowReader) -> dict[str, list[tuple[date, date]]]:
    """The periods of observation by person, each ending today at the latest."""
    periods: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for person, line, first, last in source.desk.run(
        "select person, line, coalesce(first, ''), coalesce(last, '') from rows_observation_period order by line"
    ):
        begin, end = reader.day(first), day_of(last, date.max, reader.date_format)
        if begin and end and begin <= end:
            periods[person].append((begin, min(end, reader.today)))
            continue
        table, (name, text) = reader.table("observation_period"), ("end", last) if begin else ("start", first)
        issue = table.wrong(line, f"observation_period_{name}_date", DATE, text)
        reader.written.leave_out("patients", table.place(line), issue)
    return periods
