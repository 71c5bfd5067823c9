"""A flat file, one row an operation with its follow-up in the row, as the canonical tables."""

from __future__ import annotations

from dashboard.engines.writer import Writer
from dashboard.importing.canonical import TABLES
from dashboard.importing.mapping import FLAT, FLAT_COLUMNS, ISO, FollowUp, SiteMapping

DAYS, STATUS = "follow_up_days", "follow_up_status"
OURS = [*FLAT_COLUMNS, DAYS, STATUS]


def columns(mapping: SiteMapping) -> dict[str, str]:
    """Ours -> theirs for every column of the flat file, those of the follow-up among them."""
    follow_up = _follow_up(mapping)
    return {**mapping.of(FLAT).columns, DAYS: follow_up.days, STATUS: follow_up.status}


def name_states(writer: Writer, mapping: SiteMapping) -> None:
    """Our words in place of the file's status codes; another code stays as it is, for the check to find."""
    follow_up = _follow_up(mapping)
    theirs = {"censored": follow_up.censored, "failed": follow_up.failed, "died": follow_up.died}
    cases = " ".join(f"when $theirs_{ours} then '{ours}'" for ours in theirs)
    writer.run(
        f"update landed_{FLAT} set {STATUS} = case {STATUS} {cases} else 'not understood: ' || {STATUS} end",
        {f"theirs_{ours}": code for ours, code in theirs.items()},
    )


def unfold(writer: Writer, mapping: SiteMapping) -> None:
    """Make ``landed_patients``, ``landed_operations`` and ``landed_diagnoses`` from ``landed_flat``, still as text.

    A patient's rows are one patient: the first known sex and birth, the death of whichever row records it.
    """
    quoted = mapping.date_format.replace("'", "''")
    date_columns = [name for name in FLAT_COLUMNS if _kind(name) == "date"]
    # Dates are turned to one format here; what is no date stays as it was written, for the conversion to name.
    dates = ", ".join(f"coalesce(strftime(try_strptime({c}, '{quoted}'), '{ISO}'), {c}) as {c}" for c in date_columns)
    writer.make(
        "unfolding",
        f"select * replace ({dates}, coalesce(operation_id, 'row ' || line) as operation_id) from landed_{FLAT}",
    )
    end = f"strftime(try_strptime(surgery_date, '{ISO}') + to_days(try_cast({DAYS} as integer)), '{ISO}')"
    year = "cast(extract(year from try_strptime(surgery_date, '%Y-%m-%d')) - try_cast(age as integer) as varchar)"
    death = f"case {STATUS} when 'died' then {end} end"
    _land(
        writer,
        "patients",
        "patient_id, min(line) as line, min(source) as source, any_value(birth_date) as birth_date,"
        f" any_value(coalesce(birth_year, {year})) as birth_year, any_value(sex) as sex,"
        f" min(coalesce(death_date, {death})) as death_date",
        "unfolding group by patient_id",
    )
    operation = [name for name in TABLES["operations"].columns if name != "last_contact_date"]
    _land(
        writer,
        "operations",
        f"line, source, {', '.join(operation)}, coalesce(last_contact_date, {end}) as last_contact_date",
        "unfolding",
    )
    _land(
        writer,
        "diagnoses",
        f"line, source, operation_id, {end} as diagnosis_date, 'undetermined' as cause, 'true' as is_primary,"
        " cast(null as varchar) as code",
        f"unfolding where {STATUS} = 'failed'",
    )


def _land(writer: Writer, table: str, chosen: str, of: str) -> None:
    names = ", ".join(["line", "source", *TABLES[table].columns])
    missing = [name for name in TABLES[table].columns if f" {name}" not in f" {chosen}".replace(",", " ")]
    filled = "".join(f", cast(null as varchar) as {name}" for name in missing)
    writer.make(f"landed_{table}", f"select {names} from (select {chosen}{filled} from {of})")


def _kind(name: str) -> str:
    return next(table.columns[name].kind for table in TABLES.values() if name in table.columns)


def _follow_up(mapping: SiteMapping) -> FollowUp:
    if mapping.follow_up is None:
        raise ValueError("a flat file needs [follow_up] in its mapping")
    return mapping.follow_up
