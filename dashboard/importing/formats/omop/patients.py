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
    # Of the days that are recorded.
    select = f"select person, max(day) from dated semi join {OPERATED} on person = id group by person"
    last = dict(source.desk.run(select))
    rows: dict[str, list[tuple[Place, Mapping[str, str]]]] = {}
    for person, line, gender, year, born in source.desk.run(
        "select person, line, coalesce(gender, ''), coalesce(year, ''), coalesce(born, '')"
        " from rows_person order by line"
    ):
        place, held = reader.table("person").place(line), rows.setdefault(person, [])
        day = reader.day(born)
        wrong = dict(_wrong_birth(reader, line, year, born))
        for issue in wrong.values():
            reader.written.leave_cell_out(place, issue)
        cells = {
            "birth_date": day.isoformat() if day else "",
            "birth_year": year,
            "sex": SEXES.get(gender, ""),
            **dict.fromkeys(wrong, UNREAD),
        }
        held.append((place, cells))
    return {
        person: Patient(person, held, deaths.get(person, ()), last.get(person), periods.get(person, ()))
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


def _deaths(source: Source, reader: RowReader) -> dict[str, list[date]]:
    """The days of death by person; every row with another one than the latest is named."""
    if "death" not in source.tables:
        return {}
    told: dict[str, list[tuple[int, date]]] = defaultdict(list)
    table = reader.table("death")
    for person, line, text in source.desk.run("select person, line, coalesce(day, '') from rows_death order by line"):
        if day := reader.day(text):
            told[person].append((line, day))
        else:
            reader.written.leave_out("patients", table.place(line), table.wrong(line, "death_date", DATE, text))
    for rows in told.values():
        latest = max(day for _, day in rows)
        for line in (line for line, day in rows if day != latest):
            message = (
                f"{table.label}, column death_date, row {line}: another row gives this person a later day of death, "
                f"{latest}, which is held to be the right one. Correct one of the two."
            )
            issue = Issue("row", "deaths_differ", table.label, message, line, "death_date")
            reader.written.leave_out("patients", table.place(line), issue)
    return {person: [day for _, day in rows] for person, rows in told.items()}


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
