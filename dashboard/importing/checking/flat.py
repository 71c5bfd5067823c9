"""A flat file, one row an operation with its follow-up in the row, as the canonical tables."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from dashboard.definitions.canonical import DAYS_A_MONTH, OPERATION, TABLES, Column, Table
from dashboard.engines.writer import Writer
from dashboard.importing.checking import conversion, visits
from dashboard.importing.checking.landing import UNUSED
from dashboard.importing.mapping import DAYS_OF, FLAT, FLAT_COLUMNS, MONTHS, FlatVisit, FollowUp, SiteMapping

DAYS, STATUS, FAILED_ON, CAUSE = "follow_up_days", "follow_up_status", visits.FAILED_ON, "cause"
UNFOLDED = ("patients", "operations", "diagnoses", "follow_ups")
NEEDED = ("patient_id", "surgery_date", "procedure")
IN_BATCHES_OF = 20_000
VISIT_NAME = re.compile(r"^visit_(\d+|row)_")


def table(mapping: SiteMapping) -> Table:
    """The columns of this site's flat file under our names, each with what it holds."""
    columns = {name: replace(_of_ours(name), required=name in NEEDED) for name in FLAT_COLUMNS}
    if mapping.follow_up:
        kind = "integer" if mapping.follow_up.unit == "days" else "number"
        columns |= {DAYS: Column(kind, low=0, high=40_000), STATUS: Column("text")}
    if mapping.failure:
        columns |= {FAILED_ON: Column("date"), CAUSE: replace(TABLES["diagnoses"].columns["cause"], required=False)}
    held = TABLES["follow_ups"].columns
    for visit in mapping.visits:
        columns |= {_name(visit, name): held[name] for name in visit.columns}
        if visit.date:
            columns[_name(visit, "date")] = Column("date")
    if mapping.visit:
        columns |= {visits.name(name): held[name] for name in mapping.visit.columns}
        columns |= {visits.name(visits.DAY): Column("date")} if mapping.visit.date else {}
        columns |= {visits.name(visits.MONTHS): MONTHS} if mapping.visit.months else {}
    # A failure whose day cannot be read would leave an operation that never failed: the row goes with it. Where an
    # operation has several rows, it goes once they are joined.
    day = FAILED_ON if mapping.failure and not mapping.visit else ""
    return Table(FLAT, FLAT, columns, key=(OPERATION,), day=day, required=True)


def columns(mapping: SiteMapping) -> dict[str, str]:
    """Ours -> theirs for every column that the mapping names, those of the follow-up among them."""
    named = dict(mapping.of(FLAT).columns)
    if mapping.follow_up:
        named |= {DAYS: mapping.follow_up.days, STATUS: mapping.follow_up.status}
    if mapping.failure:
        named |= {FAILED_ON: mapping.failure.date} | ({CAUSE: mapping.failure.cause} if mapping.failure.cause else {})
    for visit in mapping.visits:
        named |= {_name(visit, ours): theirs for ours, theirs in visit.columns.items()}
        named |= {_name(visit, "date"): visit.date} if visit.date else {}
    if mapping.visit:
        days = {visits.DAY: mapping.visit.date, visits.MONTHS: mapping.visit.months}
        given = {ours: theirs for ours, theirs in days.items() if theirs}
        named |= {visits.name(ours): theirs for ours, theirs in {**mapping.visit.columns, **given}.items()}
    return named


def of_ours(name: str) -> str:
    """The column of ours that one of a flat file is: ``odi`` for that of each visit."""
    return VISIT_NAME.sub("", name)


def spread(mapping: SiteMapping) -> SiteMapping:
    """The same mapping, in which the unit of an answer is that of the answer at each visit."""
    told = mapping.of(FLAT)
    units = {name: told.units[ours] for name in table(mapping).columns if (ours := of_ours(name)) in told.units}
    return replace(mapping, tables={**mapping.tables, FLAT: replace(told, units=units)})


def values(mapping: SiteMapping) -> dict[str, Mapping[str, str]]:
    """By the flat file's column their word -> ours: what the mapping says of an answer holds at every visit."""
    said = mapping.of(FLAT).values
    return {name: said[ours] for name in table(mapping).columns if (ours := of_ours(name)) in said}


def name_states(writer: Writer, follow_up: FollowUp | None) -> None:
    """Our words in place of the file's status codes; another code stays as it is, for the check to find."""
    if follow_up is None:
        return
    codes = {follow_up.censored: "censored", follow_up.failed: "failed", follow_up.died: "died"}
    named = {code: state for code, state in codes.items() if code}
    conversion.rename_values(writer, FLAT, {STATUS: named}, f"'not understood: ' || {STATUS}")


def name_operations(writer: Writer, mapping: SiteMapping, key: bytes) -> None:
    """Add to ``staged_flat`` who each operation is and what its row says beside, so that repeats can be found.

    Without an identifier of its own, an operation is its patient, day and procedure, by a keyed digest: the same in
    whatever order the rows come, and not to be turned back into the patient's number.
    """
    for name, kind in ((DAYS, "integer"), (STATUS, "varchar"), (FAILED_ON, "date"), (CAUSE, "varchar")):
        writer.run(f"alter table staged_flat add column if not exists {name} {kind}")
    writer.run("create or replace temp table digest (source integer, line integer, digest varchar)")
    for rows in _identities(writer):
        digests = [(source, line, hmac.digest(key, who.encode(), "sha256").hex()[:16]) for source, line, who in rows]
        writer.put("digest", ("source", "line", "digest"), digests)
    tells = str(mapping.follow_up is not None).lower()
    writer.make(
        "named_flat",
        f"select staged.* replace (coalesce(staged.operation_id, digest.digest) as operation_id),"
        f" {tells} as tells_follow_up, landed.{UNUSED} as content"
        " from staged_flat as staged inner join landed_flat as landed using (source, line)"
        " inner join digest using (source, line)",
    )
    writer.make("staged_flat", "select * from named_flat")


def _identities(writer: Writer) -> Iterator[list[tuple[int, int, str]]]:
    who = "patient_id || chr(31) || surgery_date || chr(31) || procedure"
    # Null in an empty table alone, which has no last row.
    last = writer.run("select coalesce(max(rowid), -1) from staged_flat")[0][0]
    for start in range(0, last + 1, IN_BATCHES_OF):
        where = f"rowid >= {start} and rowid < {start + IN_BATCHES_OF}"
        yield [
            (source, line, text)
            for source, line, text in writer.run(f"select source, line, {who} from staged_flat where {where}")
        ]


def unfold(writer: Writer, mapping: SiteMapping) -> None:
    """Make ``staged_patients``, ``staged_operations``, ``staged_diagnoses`` and ``staged_follow_ups``."""
    each = DAYS_OF[mapping.follow_up.unit] if mapping.follow_up else 1.0
    end = f"(surgery_date + cast(round({DAYS} * {each!r}) as integer))"
    death = f"case {STATUS} when 'died' then {end} end"
    failed_on = f"coalesce({FAILED_ON}, case {STATUS} when 'failed' then {end} end)"
    last = f"coalesce(last_contact_date, {end})"
    if mapping.follow_up:
        # Without a status it is not known whether it failed: it is followed on no day, not without failure for long.
        last = f"case when {STATUS} is null and {FAILED_ON} is null then surgery_date else {last} end"
    operation = [name for name in TABLES["operations"].columns if name != "last_contact_date"]
    selects = {
        "patients": _patients(death),
        "operations": f"line, source, {', '.join(operation)}, {last} as last_contact_date from staged_{FLAT}",
        # A failure whose cause is not recorded is one of an undetermined cause.
        "diagnoses": f"line, source, operation_id, {failed_on} as diagnosis_date,"
        f" coalesce({CAUSE}, 'undetermined') as cause, true as is_primary"
        f" from staged_{FLAT} where {failed_on} is not null",
    }
    for name in UNFOLDED:
        conversion.make_staged(writer, TABLES[name])
    for name, select in selects.items():
        writer.run(f"insert into staged_{name} by name select {select}")
    for visit in mapping.visits:
        writer.run(f"insert into staged_follow_ups by name select {_of_visit(visit)}")
        undated = f"{_name(visit, 'date')} is null" if visit.date else "true"
        writer.run(f"insert into planned_day select source, line, {_nominal(visit)} from staged_{FLAT} where {undated}")
    if mapping.visit:
        visits.unfold(writer, mapping.visit)
    # Months and weeks are counted out to the day, and so differ by a few days without a contradiction.
    apart = 0 if each == 1.0 else 31
    writer.run(
        # Of the deaths that are recorded.
        "insert into death_told select patient_id, death_date, source, line from ("
        f"select patient_id, source, line, coalesce(death_date, {death}) as death_date,"
        f" death_date is null as reckoned from staged_{FLAT})"
        " where death_date is not null qualify not reckoned"
        f" or max(death_date) over (partition by patient_id) - death_date not between 1 and {apart}"
    )
    for name, field in _fields(mapping).items():
        staged = "follow_ups" if name.startswith(visits.name("")) else FLAT
        writer.run(f"update unread set field = '{field}', staged = '{staged}' where field = '{FLAT}.{name}'")


def _patients(death: str) -> str:
    """A patient's rows are one patient: what they agree in, whatever their order, and of several deaths the latest.

    A year of birth is reckoned from the age only where no birth is given; of such years, those one apart are of one
    birthday, and the earlier is the year.
    Null is skipped on purpose: an empty cell says nothing against a filled one.
    """
    year = "cast(extract(year from surgery_date) - age as integer)"
    birth_date, birth_year, sex = map(conversion.agreed_in_sql, ("birth_date", "birth_year", "sex"))
    reckoned = f"case when max({year}) - min({year}) <= 1 then min({year}) end"
    return (
        f"patient_id, arg_min(line, row(source, line)) as line, min(source) as source,"
        f" {birth_date} as birth_date,"
        f" case when count(birth_year) > 0 then {birth_year} when count(birth_date) = 0 then {reckoned} end"
        " as birth_year,"
        f" {sex} as sex, max(coalesce(death_date, {death})) as death_date"
        f" from staged_{FLAT} group by patient_id"
    )


def _fields(mapping: SiteMapping) -> dict[str, str]:
    """By column of the flat file, the kept table and the column that hold what it tells."""
    fields = {
        name: next(f"{table.kept}.{name}" for table in TABLES.values() if name in table.columns)
        for name in FLAT_COLUMNS
    }  # fmt: skip
    fields |= dict.fromkeys((DAYS, STATUS), "operation.last_contact_date") | {CAUSE: f"diagnosis.{CAUSE}"}
    for visit in mapping.visits:
        fields |= {_name(visit, ours): f"follow_up.{ours}" for ours in visit.columns}
        fields[_name(visit, "date")] = "follow_up.visit_date"
    if mapping.visit:
        fields |= {visits.name(ours): f"follow_up.{ours}" for ours in mapping.visit.columns}
        fields |= dict.fromkeys((visits.name(visits.DAY), visits.name(visits.MONTHS)), "follow_up.visit_date")
    return fields


def _of_visit(visit: FlatVisit) -> str:
    """The visit on its own date where the file has one, else on the day that its months are after surgery.

    A visit whose date cannot be read is left out: it was on no day that anybody knows.
    """
    nominal = _nominal(visit)
    day = f"coalesce({_name(visit, 'date')}, {nominal})" if visit.date else nominal
    answers = "".join(f", {_name(visit, name)} as {name}" for name in visit.columns)
    given = " or ".join(f"{_name(visit, name)} is not null" for name in visit.columns) or "false"
    undated = f"select source, line from unread where field = '{FLAT}.{_name(visit, 'date')}'"
    return (
        f"line, source, operation_id, {day} as visit_date{answers} from staged_{FLAT}"
        f" where ({given}) and (source, line) not in ({undated})"
    )


def _nominal(visit: FlatVisit) -> str:
    """The day that a visit was planned for."""
    return f"surgery_date + {round(visit.months * DAYS_A_MONTH)}"


def _name(visit: FlatVisit, column: str) -> str:
    return f"visit_{visit.months}_{column}"


def _of_ours(name: str) -> Column:
    return next(table.columns[name] for table in TABLES.values() if name in table.columns)
