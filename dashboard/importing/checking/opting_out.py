"""Who opted out is left out of every import, before anything is said or judged of the rows."""

from __future__ import annotations

from dashboard.definitions.canonical import OPERATION, PATIENT, Table
from dashboard.engines.opted_out import OptedOut
from dashboard.engines.writer import Writer
from dashboard.importing.result import Issue, Issues


def prepare(writer: Writer) -> None:
    """The tables of the patients and the operations that are left out, empty."""
    writer.run("create or replace temp table gone_patient (patient_id varchar)")
    writer.run("create or replace temp table gone_operation (operation_id varchar)")


def leave_out(writer: Writer, table: Table, opted_out: OptedOut, issues: Issues) -> None:
    """Take the rows of those on the list out of a staged table, and of all that belongs to their operations."""
    if not opted_out.entries:
        return
    staged = f"staged_{table.name}"
    by = PATIENT if PATIENT in table.columns else OPERATION
    gone = "gone_patient" if by == PATIENT else "gone_operation"
    if by == PATIENT:
        there = writer.run(f"select distinct {PATIENT} from {staged} where {PATIENT} is not null")
        writer.put(gone, (PATIENT,), [(one,) for (one,) in there if opted_out.has(str(one))])
        if OPERATION in table.columns:
            writer.run(
                f"insert into gone_operation select {OPERATION} from {staged}"
                f" where {PATIENT} in (select {PATIENT} from gone_patient) and {OPERATION} is not null"
            )
    where = f"{by} in (select {by} from {gone})"
    rows = int(writer.run(f"select count(*) from {staged} where {where}")[0][0])
    if rows:
        writer.run(f"delete from {staged} where {where}")
        what = f"{rows:,} rows of {table.name} belong to people who opted out of these records, and were left out."
        issues.append(Issue("note", "opted_out", table.name, what))
