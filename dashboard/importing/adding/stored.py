"""What the store has of the patients whom an addition concerns, brought back beside it as if delivered with it.

So every rule between records is asked of whole patients, by the same road as in an import of everything. The store has
no identifier: a record is known by its pseudonym, and one that nothing new names gets an identifier that nobody has.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from dashboard.definitions.canonical import ANSWERS, OPERATION, PATIENT, STAND_IN, TABLES
from dashboard.engines.generations import Generation
from dashboard.engines.writer import Writer
from dashboard.importing.adding.further import carry_further
from dashboard.importing.checking import visits
from dashboard.importing.checking.accepting import Import
from dashboard.importing.mapping import FLAT
from dashboard.importing.publishing import building
from dashboard.importing.publishing.since import BEFORE, OUTCOMES, READ
from dashboard.importing.result import Issues

WHOLE = "whole"
"""What the generation is called that is added to; of those concerned it is BEFORE."""
IN_STORE = " (in the store)"
"""What a message calls a file that was imported before, after its name."""
CONCERNED = "concerned"
"""The table of the patients who are made anew."""
NUMBERED = ("patient", "operation", building.OPERATION_KEY)
"""Columns of kept tables that stand for an identifier."""


def prepare(job: Import, before: Generation) -> None:
    """Attach what is added to; its files have the first numbers, and what was said of them is not said again."""
    job.writer.attach(before.path, WHOLE)
    for source, file in job.writer.run(f"select source, file from {WHOLE}.source order by source"):
        job.files[int(source)] = f"{file}{IN_STORE}"
    job.first = max(job.files, default=-1) + 1
    job.files |= {number: "the store" for number in range(job.first) if number not in job.files}
    job.issues = Issues(stored=job.files.values())


def bring_back(job: Import, key: bytes) -> None:
    """Put beside the new rows those of the patients whom they concern, or whom only time has brought further."""
    writer = job.writer
    _recognise(writer, key)
    writer.keep(CONCERNED, " union ".join(_concerned()))
    _set_apart(writer)
    _name(writer)
    _as_kept(writer)
    for table in TABLES.values():
        held = set(building.kept_columns(table)) - set(NUMBERED)
        named = f"held_{'patient' if table.kept == 'patient' else 'operation'}"
        who = ", ".join(f"{named}.{column}" for column in (PATIENT, OPERATION) if column in table.columns)
        writer.run(
            f"insert into staged_{table.name} by name select {who}, {', '.join(f'kept.{name}' for name in held)}"
            f" from {BEFORE}.{table.kept} as kept inner join {named} using ({named.removeprefix('held_')})"
        )
        left = f"(select count(*) from {BEFORE}.{table.kept})"
        job.beside[table.kept] = writer.run(f"select count(*) - {left} from {WHOLE}.{table.kept}")[0][0]
    _unread(writer)
    visits.date_by_months(writer)
    # What stood in for a day has become one, here as in the store.
    for name in STAND_IN:
        writer.run(f"update staged_follow_ups set {name} = null where visit_date is not null")
    _agree_on_births(job)
    carry_further(job)


def known(writer: Writer) -> None:
    """Give those who are in the store the pseudonym and the number that they have there; numbers go on from there."""
    writer.run(
        "update pseudonym set patient = held.patient from held_patient as held"
        " where pseudonym.patient_id = held.patient_id"
    )
    writer.make(
        "operation_number",
        # Null is one that is not in the store: it has its own pseudonym, and a number after the last one there.
        "select numbered.place, numbered.operation_id, coalesce(held.patient, numbered.patient) as patient,"
        " coalesce(held.operation_key, numbered.operation_key) as operation_key,"
        f" coalesce(held.operation, cast((select coalesce(max(operation), 0) from {WHOLE}.operation)"
        " + row_number() over (partition by held.operation is null order by numbered.operation) as integer))"
        " as operation"
        " from operation_number as numbered"
        " left join held_operation as held on numbered.operation_id = held.operation_id",
    )


def beside(writer: Writer) -> building.AlreadyThere:
    """The words and the facts of the store, which those concerned are made beside."""
    units = {
        column: [
            str(name)
            for (name,) in writer.run(
                f"select name from {WHOLE}.code where dimension = $dimension and code > 0 order by code",
                {"dimension": column},
            )
        ]
        for column in building.UNITS
    }
    missing = {kind for (kind,) in writer.run(f"select kind from {WHOLE}.missing_kind")}
    kinds = {*(table.kept for table in TABLES.values()), *ANSWERS}
    asked = (
        f"{building.OWN} union select code.name from {WHOLE}.undated_answer as mart"
        f" inner join {WHOLE}.code as code on code.dimension = 'undated' and mart.undated = code.code"
    )
    return building.AlreadyThere(units, kinds - missing, {"undated_asked": asked, "facts": _facts()})


def count_unchanged(writer: Writer) -> None:
    """Add to the counts of what changed all the others, of whom nothing has."""
    columns = "side, change, outcome, state, day"
    counted = " union all ".join(
        f"select outcome, state, day, {sign} * count(*) as operations from {database}.{OUTCOMES}"
        " where index_operation group by outcome, state, day"
        for database, sign in ((WHOLE, 1), (BEFORE, -1))
    )
    others = (
        f"select side, 0 as change, outcome, state, day, operations from ({counted})"
        " cross join (values (1), (2)) as of(side)"
    )
    writer.make(
        "every_change",
        # A count is never null.
        f"select {columns}, cast(sum(operations) as integer) as operations"
        f" from (select * from import_change union all by name {others}) group by {columns} having sum(operations) > 0",
    )
    writer.run("delete from import_change")
    writer.run("insert into import_change by name select * from every_change")


def _recognise(writer: Writer, key: bytes) -> None:
    """Who of those named is in the store: ``known_patient`` and ``known_operation``, by the identifiers of today."""
    for identifier, named in ((PATIENT, "named_patient"), (OPERATION, "named_operation")):
        tables = [table for table in TABLES.values() if identifier in table.columns]
        writer.make(named, " union ".join(f"select {identifier} from staged_{table.name}" for table in tables))
        building.pseudonyms(writer, key, identifier, named)
    writer.make("known_patient", f"select * from pseudonym semi join {WHOLE}.patient using (patient)")
    writer.make(
        "known_operation",
        "select named.operation_id, held.operation, held.patient from operation_pseudonym as named"
        f" inner join {WHOLE}.operation as held using (operation_key)",
    )


def _concerned() -> Iterator[str]:
    """Whoever is named, or whose operation is; and whose answers the time since then has made due."""
    yield "select patient from known_patient"
    yield "select patient from known_operation"
    # Null where nothing new has a day: then no time has passed.
    until = f"(select max(day) from ({' union all '.join(_days())}))"
    yield (
        f"select mart.patient from {WHOLE}.operation_outcome as mart inner join {WHOLE}.outcome_landmark as landmark"
        f" on mart.outcome = landmark.outcome where mart.state = 4 and mart.operated + landmark.high <= {until}"
    )
    yield f"select patient from {WHOLE}.undated_answer where answer = 3 and operated + within_days <= {until}"


def _days() -> Iterator[str]:
    """Each column of days of what is new; a birth is none."""
    for table in TABLES.values():
        for dated in table.of_kind("date") if table.day else ("death_date",):
            yield f"select {dated} as day from staged_{table.name}"


def _set_apart(writer: Writer) -> None:
    """The store as if it held those concerned alone, under the name that a generation before has."""
    writer.run(f"attach ':memory:' as {BEFORE}")
    of_them = f"semi join {CONCERNED} using (patient)"
    of_theirs = f"semi join {BEFORE}.operation using (operation)"
    for table in TABLES.values():
        whose = of_them if table.kept in ("patient", "operation") else of_theirs
        writer.run(f"create table {BEFORE}.{table.kept} as select * from {WHOLE}.{table.kept} {whose}")
    columns = ", ".join(sorted(READ[OUTCOMES]))
    writer.run(f"create table {BEFORE}.{OUTCOMES} as select {columns} from {WHOLE}.{OUTCOMES} {of_theirs}")
    writer.run(f"create table {BEFORE}.unreadable_cell as select * from {WHOLE}.unreadable_cell {of_theirs}")
    writer.run(f"create table {BEFORE}.code as select * from {WHOLE}.code")


def _name(writer: Writer) -> None:
    """Identifiers for those in the store: that by which something new names them, else one that nobody can have."""
    nobody = secrets.token_hex(16)
    writer.make(
        "held_patient",
        f"select held.patient, coalesce(known.patient_id, '{nobody}-' || held.patient) as patient_id"
        f" from {BEFORE}.patient as held left join known_patient as known on held.patient = known.patient",
    )
    writer.make(
        "held_operation",
        "select held.operation, held.operation_key, held.patient, held_patient.patient_id,"
        f" coalesce(known.operation_id, '{nobody}-' || held.operation) as operation_id"
        f" from {BEFORE}.operation as held inner join held_patient on held.patient = held_patient.patient"
        " left join known_operation as known on held.operation = known.operation",
    )


def _as_kept(writer: Writer) -> None:
    """Of a patient who is in the store, the day of birth is left behind here as it was there."""
    writer.run(
        # Who has no day of birth keeps the year; null in both is not recorded.
        "update staged_patients set birth_date = null,"
        " birth_year = coalesce(cast(extract(year from birth_date) as integer), birth_year)"
        " where patient_id in (select patient_id from known_patient)"
    )


def _unread(writer: Writer) -> None:
    """The cells of theirs that could not be read; of a patient where it is so of every operation."""
    of_patient = (
        f"select cell.field, held.patient, count(*) as cells from {BEFORE}.unreadable_cell as cell"
        f" inner join {BEFORE}.operation as held using (operation) where starts_with(cell.field, 'patient.')"
        " group by cell.field, held.patient"
    )
    writer.make(
        "unread_of_patient",
        f"select told.patient, told.field from ({of_patient}) as told"
        f" inner join (select patient, count(*) as operations from {BEFORE}.operation group by patient) as held"
        " on told.patient = held.patient and told.cells = held.operations",
    )
    writer.run(
        "insert into unread (staged, source, line, field)"
        f" select 'patients', held.source, held.line, told.field from unread_of_patient as told"
        f" inner join {BEFORE}.patient as held using (patient)"
    )
    writer.run(
        "insert into unread (staged, source, line, field)"
        f" select 'operations', held.source, held.line, cell.field from {BEFORE}.unreadable_cell as cell"
        f" inner join {BEFORE}.operation as held using (operation)"
        " anti join unread_of_patient as told on held.patient = told.patient and cell.field = told.field"
    )


def _agree_on_births(job: Import) -> None:
    """Rows of a flat file tell of a patient together, in whatever delivery they came: years of birth one apart are
    reckoned from ages.
    """
    if FLAT not in job.theirs:
        return
    job.writer.run(
        # Null is passed over: an empty cell says nothing against a filled one.
        "update staged_patients set birth_year = told.birth_year from (select patient_id, min(birth_year) as birth_year"
        " from staged_patients group by patient_id having max(birth_year) - min(birth_year) <= 1) as told"
        " where staged_patients.patient_id = told.patient_id"
    )


def _facts() -> str:
    """What all of them come to: the store's, less those concerned, and those as they are now."""
    counted = (
        # It is never null.
        "select count(*) filter (where index_operation) as operations, count(*) as all_operations,"
        f" count(distinct patient) as patients from {WHOLE}.operation_band semi join {CONCERNED} using (patient)"
    )
    counts = ", ".join(
        f"cast(held.{name} - replaced.{name} + own.{name} as integer) as {name}"
        for name in ("operations", "all_operations", "patients")
    )
    days = ", ".join(
        # Null where one side has no such day: passed over.
        f"{which}(own.{name}, held.{name}) as {name}"
        for name, which in (("data_date", "greatest"), ("first_operation", "least"), ("last_operation", "greatest"))
    )
    return (
        f"select own.* replace ({days}, {counts}) from ({building.OWN}) as own"
        f" cross join {WHOLE}.facts as held cross join ({counted}) as replaced"
    )
