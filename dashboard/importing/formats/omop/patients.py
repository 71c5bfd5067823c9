"""The patients of an OMOP extract who had an operation: birth, sex, death, and how long they were observed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from dashboard.definitions.canonical import TABLES
from dashboard.importing.dates import day_of
from dashboard.importing.formats.course import Patient
from dashboard.importing.formats.omop.events import DATE, Reader, place_of, unreadable
from dashboard.importing.formats.omop.model import SEXES
from dashboard.importing.formats.omop.source import Source
from dashboard.importing.formats.sheets import Place
from dashboard.importing.result import Issue
from dashboard.importing.units import in_range

YEAR = TABLES["patients"].columns["birth_year"]


def persons(source: Source, reader: Reader, operated: str) -> dict[str, Patient]:
    """Those of PERSON whose identifier is in the table ``operated``, each with the last day in ``dated``."""
    for table in ("person", "death", "observation_period"):
        source.load(table, operated)
    deaths, periods = _deaths(source, reader), _periods(source, reader)
    last = dict(
        source.desk.run(
            f"select person, max(day) from dated where person in (select id from {operated}) group by person"
        )
    )
    rows: dict[str, list[tuple[Place, Mapping[str, str]]]] = {}
    for person, line, gender, year, born in source.desk.run(
        "select person, line, coalesce(gender, ''), coalesce(year, ''), coalesce(born, '')"
        " from rows_person order by line"
    ):
        place, held = place_of(reader.found["person"], line), rows.setdefault(person, [])
        if issue := _wrong_birth(reader, line, year, born):
            reader.written.leave_out("patients", place, issue)
            continue
        day, death = reader.day(born), deaths.get(person)
        cells = {
            "birth_date": day.isoformat() if day else "",
            "birth_year": year,
            "sex": SEXES.get(gender, ""),
            "death_date": death.isoformat() if death else "",
        }
        held.append((place, cells))
    return {
        person: Patient(person, held, deaths.get(person), last.get(person), periods.get(person, ()))
        for person, held in rows.items()
    }


def _wrong_birth(reader: Reader, line: int, year: str, born: str) -> Issue | None:
    found = reader.found["person"]
    if born and reader.day(born) is None:
        return unreadable(found, "birth_datetime", line, DATE, born)
    is_year = year.isascii() and year.isdigit() and in_range(YEAR, float(year[:9]))
    return None if not year or is_year else unreadable(found, "year_of_birth", line, YEAR, year)


def _deaths(source: Source, reader: Reader) -> dict[str, date]:
    """The day of death by person, the first of several rows."""
    deaths: dict[str, date] = {}
    for person, line, text in source.desk.run("select person, line, coalesce(day, '') from rows_death order by line"):
        found, day = reader.found["death"], reader.day(text)
        issue = None
        if day is None:
            issue = unreadable(found, "death_date", line, DATE, text)
        elif deaths.setdefault(person, day) != day:
            where = f"{found.column('death_date')}, row {line}"
            message = f"{where}: an earlier row gives this person another day of death, which was kept."
            issue = Issue("row", "contradicted", found.label, message, line, "death_date")
        if issue:
            reader.written.leave_out("patients", place_of(found, line), issue)
    return deaths


def _periods(source: Source, reader: Reader) -> dict[str, list[tuple[date, date]]]:
    """The periods of observation by person, each ending today at the latest."""
    periods: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for person, line, first, last in source.desk.run(
        "select person, line, coalesce(first, ''), coalesce(last, '') from rows_observation_period order by line"
    ):
        begin, end = reader.day(first), day_of(last, date.max, reader.date_format)
        if begin and end and begin <= end:
            periods[person].append((begin, min(end, reader.today)))
            continue
        found = reader.found["observation_period"]
        name, text = ("end", last) if begin else ("start", first)
        issue = unreadable(found, f"observation_period_{name}_date", line, DATE, text)
        reader.written.leave_out("patients", place_of(found, line), issue)
    return periods
