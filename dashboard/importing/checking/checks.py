"""Rules that hold between records: each is a file of ``queries/checks``, returning the rows that break it.

The comment of a file says the rest: ``severity``; ``table`` and ``column``; ``judged``, the condition of the rows that
the rule has something to judge in (without it, every row); ``clears``, the cells that a rule of severity ``cell``
leaves out; ``leaves_out``, when the row of a note goes all the same; ``phase``; and the message, in which {names} stand
for columns of the select.

A rule leaves the row out where what says which row it is, when, or of what contradicts something; where it is about
other cells, it leaves out those alone.

A rule that holds for several ``tables``, or columns of them (``operations.site``), stands once: what differs is a
``${slot}``, filled in the comment as in the select, and ``name`` says what the rule of each is called. ``events`` are
all the tables of what happens after an operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dashboard import sql
from dashboard.definitions import Definitions
from dashboard.definitions.canonical import OF_OPERATIONS, OPERATION, PATIENT, RANGED, TABLES, Table
from dashboard.definitions.forms import FORMS
from dashboard.engines.writer import Writer
from dashboard.importing.checking.conversion import agreed_in_sql, leave_cells_out
from dashboard.importing.mapping import FLAT
from dashboard.importing.publishing.late import DATES
from dashboard.importing.result import MOST_KEPT, SHOWN, Issue, Issues
from dashboard.shipped import shipped

SAYS = re.compile(r"^(tables?|name|severity|phase|column|judged|clears|leaves_out|message): (.+)$", re.MULTILINE)
NAMED = re.compile(r"\{([a-z_]+)\}")
PHASES = ("identity", "belonging", "content")
"""What a row is, whom it belongs to, and whether it can be: each is asked of the rows that the one before left."""
TOGETHER = "together"
"""The phase of what can only be asked when every table is in."""
STORE = "store"
"""The phase of what is asked of an addition before all else: whether it contradicts what is there already."""
GENERATION = "generation"
"""In the place of a table: the rule judges the import as a whole, against the one before."""
VISIT = "visit_date"
"""What tells apart the visits that stand on one line of a flat file."""
JUDGED: Mapping[str, Table] = {
    **TABLES,
    FLAT: Table(FLAT, FLAT, {}, key=(OPERATION,), noun="operation", record="flat_row"),
    GENERATION: Table(GENERATION, GENERATION, {}),
}
MACROS = (
    r"bare_number(identifier) as regexp_replace(identifier, '(^|[^0-9])0+([0-9])', '\1\2', 'g')",
    f"has_form_of_code(code) as regexp_full_match(upper(code), '{FORMS['diagnosis.code']}')",
    "is_rounded(identifier) as regexp_full_match(identifier, '[0-9]([.,][0-9]+)?[eE][+][0-9]+')",
)
"""What rules ask of an identifier, and of a code."""
EVENTS = ", ".join(table.name for table in TABLES.values() if table.word)


@dataclass(frozen=True)
class Check:
    """One rule.

    severity ``row``: the rows are left out; ``cell``: what it ``clears`` of them is; ``note``: they stay as they are;
    ``stop``: nothing is imported.
    """

    name: str
    table: str
    severity: str
    column: str
    message: str
    phase: str
    judged: str
    clears: tuple[str, ...]
    leaves_out: bool
    text: str


@cache
def all_checks() -> tuple[Check, ...]:
    """Every rule: within a phase those that stop the import come first, since they judge what was given as it came.

    Then those that leave rows or cells out, so that no note is made on what goes.
    """
    files = [f"checks/{path.stem}" for path in shipped("queries", "checks").glob("*.sql")]
    found = [check for file in files if "-- severity: " in sql.source(file) for check in load(file)]
    return tuple(sorted(found, key=lambda one: (one.severity != "stop", not one.leaves_out, not one.clears, one.name)))


def checks_of(table: str, *phases: str) -> list[Check]:
    """The rules of one table, in the order in which they are asked; of these phases only, where any are named."""
    order = {phase: place for place, phase in enumerate((STORE, *PHASES, TOGETHER))}
    found = [check for check in all_checks() if check.table == table and (not phases or check.phase in phases)]
    return sorted(found, key=lambda check: order[check.phase])


def load(file: str) -> Iterator[Check]:
    """The rule of one file, for each table or column that its comment names."""
    source = sql.source(file)
    named = _said(sql.comment_of(source))
    for subject in (named.get("tables") or named["table"]).replace("events", EVENTS).split(", "):
        table, _, column = subject.partition(".")
        slots = _slots(JUDGED[table], column)
        query = sql.load(file, {slot: slots[slot] for slot in sql.slots_of(file)})
        says = _said(query.comment)
        yield Check(
            name=says.get("name", file.removeprefix("checks/")),
            table=table,
            severity=says["severity"],
            column=says["column"],
            message=says["message"],
            phase=says.get("phase", "content"),
            judged=says.get("judged", "true"),
            clears=tuple(says["clears"].split(", ")) if "clears" in says else (),
            leaves_out=says["severity"] == "row" or says.get("leaves_out") == "yes",
            text=query.text,
        )


def _slots(table: Table, column: str) -> dict[str, str | Sequence[str]]:
    """What stands for each ``${slot}``; field: the column named, else the one that says what the row is."""
    return {
        "record": table.record or table.kept,
        "noun": table.noun or table.kept,
        "staged": _staged(table.name),
        "identifier": table.key[:1],
        "field": column or table.word or table.key[-1:],
        "day": table.day,
        **_owner(table),
    }


def _owner(table: Table) -> dict[str, str]:
    """Whom or what a row belongs to: what it is called, where it stands, and the column that names it."""
    name, identifier = ("patients", PATIENT) if table.name == "operations" else ("operations", OPERATION)
    return {"owner": TABLES[name].kept, "owners": _staged(name), "owner_id": identifier}


def _said(comment: str) -> dict[str, str]:
    """What a comment says, by key; a key that stands on several lines says them one after the other."""
    says: dict[str, str] = {}
    for key, words in SAYS.findall(comment):
        says[key] = f"{says[key]} {words}" if key in says else words
    return says


def prepare(
    writer: Writer, definitions: Definitions, before: Mapping[str, Any] | None, *, replaces: bool = True
) -> None:
    """What some rules read besides the records: the windows of the planned visits, and how many records there were.

    ``range_band`` holds our bands of what may be recorded as a band.

    ``bare_number`` gives an identifier without zeros before a number, which spreadsheets take away; ``is_rounded`` says
    whether it is a number that one rounded, such as 2.0231E+11.

    ``planned_day`` holds the visits that have no date of their own, and stand on the day that they were planned for;
    ``death_told`` the deaths of those of whom more than one row tells it.

    before: the manifest of the last import of the same practice; None at the first. replaces: whether these records
    stand in the place of those: of what is added to them no month is asked for.
    """
    for macro in MACROS:
        writer.run(f"create or replace temp macro {macro}")
    writer.run(
        "create or replace temp table death_told (patient_id varchar, death_date date, source integer, line integer)"
    )
    writer.run("create or replace temp table planned_day (source integer, line integer, visit_date date)")
    writer.run("create or replace temp table range_band (trait varchar, low double, high double)")
    bands = [(factor.trait, band.low, band.high) for factor in definitions.factors.values() for band in factor.bands]
    writer.put("range_band", ("trait", "low", "high"), [band for band in bands if band[0] in RANGED])
    writer.run("create or replace temp table planned_visit (low integer, high integer)")
    writer.put("planned_visit", ("low", "high"), [(visit.low, visit.high) for visit in definitions.visits.values()])
    writer.run("create or replace temp table last_generation (name varchar, records bigint)")
    writer.run("create or replace temp table last_month (month varchar, operations bigint)")
    months = (before or {}).get("months") or {}
    patients = (before or {}).get("rows", {}).get("patient")
    rows = [(kind, sum(by_month.values())) for kind, by_month in months.items() if kind in DATES]
    rows += [("patient", patients)] if patients is not None else []
    writer.put("last_generation", ("name", "records"), rows)
    if replaces:
        writer.put("last_month", ("month", "operations"), sorted(months.get("operation", {}).items()))


def gather_days(writer: Writer) -> None:
    """The view ``staged_day``, once every table is there: each dated record of an operation, by its kept table."""
    days = " union all ".join(
        f"select '{table.kept}' as kept, source, line, operation_id, {table.day} as day from {_staged(table.name)}"
        for table in OF_OPERATIONS
    )
    writer.run(f"create or replace temp view staged_day as {days}")


def settle_deaths(writer: Writer) -> None:
    """Give every row of a patient the latest death that any row of the patient tells; a rule names those that differ.

    Nobody dies twice, and who is thought dead may have lived on: so that rows which tell no other thing are repeats.
    """
    several = "select patient_id from staged_patients group by patient_id having count(*) > 1"
    writer.run(
        "insert into death_told select patient_id, death_date, source, line from staged_patients"
        f" where death_date is not null and patient_id in ({several})"
    )
    writer.run(
        # Only days that are recorded are told.
        "update staged_patients set death_date = told.death_date from ("
        "select patient_id, max(death_date) as death_date from death_told group by patient_id) as told"
        " where staged_patients.patient_id = told.patient_id"
    )


def judge(writer: Writer, table: str, files: Mapping[int, str], issues: Issues) -> None:
    """Ask every rule of one table; rows that cannot stay, and cells that are set aside, are taken out of it."""
    slots = {"staged": _staged(table), "key": JUDGED[table].key}
    writer.make("standing_twice", sql.load("checks/standing_twice", slots).text)
    if JUDGED[table].word:
        _settle_details(writer, JUDGED[table])
    for phase in PHASES:
        _ask(writer, checks_of(table, phase), files, issues)


def _settle_details(writer: Writer, table: Table) -> None:
    """Leave in rows of one event only the details that they agree on; one that a single row gives is agreed on.

    That it happened is in no doubt, and which row comes first says nothing of which is right.
    """
    details = [name for name in table.columns if name not in table.key]
    agreed = ", ".join(f"{agreed_in_sql(name)} as {name}" for name in details)
    same = " and ".join(f"staged.{name} is not distinct from agreed.{name}" for name in table.key)
    torn = "select source, line from standing_twice where is_first and differs is not null"
    keys = ", ".join(table.key)
    writer.run(
        f"update {_staged(table.name)} as staged set {', '.join(f'{name} = agreed.{name}' for name in details)} from ("
        f"select {keys}, {agreed} from {_staged(table.name)} where hash({keys}) in (select hash({keys})"
        f" from {_staged(table.name)} where (source, line) in ({torn})) group by {keys}) as agreed where {same}"
    )


def judge_against_store(writer: Writer, table: str, files: Mapping[int, str], issues: Issues) -> None:
    """Leave out the rows of an addition that contradict the store; ``told_again`` says what they tell of it."""
    _ask(writer, checks_of(table, STORE), files, issues)


def judge_together(writer: Writer, files: Mapping[int, str], issues: Issues, beside: Mapping[str, int]) -> None:
    """Ask what can only be asked when every table is in: what belongs to nothing, and what has gone since last time.

    beside: by kind, records that stay in the store and are not among the staged ones.
    """
    counts = [
        (table.kept, writer.run(f"select count(*) from {_staged(table.name)}")[0][0] + beside.get(table.kept, 0))
        for table in TABLES.values()
    ]
    writer.run("create or replace temp table this_generation (name varchar, records bigint)")
    writer.put("this_generation", ("name", "records"), counts)
    for table in (*TABLES, GENERATION):
        _ask(writer, checks_of(table, TOGETHER), files, issues)


def _ask(writer: Writer, checks: Sequence[Check], files: Mapping[int, str], issues: Issues) -> None:
    _count_judged(writer, checks, files, issues)
    for check in checks:
        issues += _broken(writer, check, files, issues)


def _count_judged(writer: Writer, checks: Sequence[Check], files: Mapping[int, str], issues: Issues) -> None:
    """How many rows of each file these rules of one table have something to judge in: one scan for all of them."""
    judging = [check for check in checks if check.table != GENERATION]
    if not judging:
        return
    conditions = list(dict.fromkeys(check.judged for check in judging))
    # A condition that is null judges nothing: the rule says what has to be recorded.
    counts = ", ".join(f"count(*) filter (where {condition})" for condition in conditions)
    for source, *found in writer.run(f"select source, {counts} from {_staged(judging[0].table)} group by source"):
        by_condition = dict(zip(conditions, found, strict=True))
        for check in judging:
            issues.judged(check.severity, check.name, files[source], check.column, by_condition[check.judged])


def _broken(writer: Writer, check: Check, files: Mapping[int, str], issues: Issues) -> Iterator[Issue]:
    """An issue for each row that breaks the rule, up to what is kept of one rule; those beyond are counted only."""
    if not writer.make("breaking", check.text):
        return
    counts = writer.run("select source, count(*) from breaking group by source order by source")
    names = [str(row[0]) for row in writer.run("describe breaking")]
    place = ", ".join(["source", "line", *(name for name in names if name == VISIT)])
    where = f"({place}) in (select {place} from breaking)"
    if check.leaves_out:
        writer.run(f"delete from {_staged(check.table)} where {where}")
    for column in check.clears:
        leave_cells_out(writer, check.table, column, f"{where} and {column} is not null")
    for source, count in counts:
        of_source = "source is null" if source is None else f"source = {int(source)}"
        rows = writer.run(f"select * from breaking where {of_source} order by line limit {MOST_KEPT}")
        for row in rows:
            yield _issue(check, dict(zip(names, row, strict=True)), files)
        file = check.table if source is None else files[source]
        issues.beyond(check.severity, check.name, file, check.column, count - len(rows))
        if source is None and check.table != GENERATION:
            held = writer.run(f"select count(*) from {_staged(check.table)} where {check.judged}")[0][0]
            issues.judged(check.severity, check.name, file, check.column, held)


def _issue(check: Check, row: Mapping[str, Any], files: Mapping[int, str]) -> Issue:
    file = check.table if row["source"] is None else files[row["source"]]
    value = None if row["value"] is None else _text(row["value"])
    named = {name: _text(cell) for name, cell in row.items()} | {"other": _other(row, files)}
    message = NAMED.sub(lambda found: named[found[1]], check.message)
    quoted = "" if value is None or "{value}" in check.message else f'"{value}": '
    place = f"{file}, column {check.column}" + ("" if row["line"] is None else f", row {row['line']}")
    return Issue(check.severity, check.name, file, f"{place}: {quoted}{message}", row["line"], check.column, value)


def _other(row: Mapping[str, Any], files: Mapping[int, str]) -> str:
    """The other row that a row is held against, and its file where that is another one."""
    if row.get("other_line") is None:
        return "another row"
    there = "" if row["other_source"] == row["source"] else f" of {files[row['other_source']]}"
    return f"row {row['other_line']}{there}"


def _text(cell: object) -> str:
    """A value as a message quotes it: cut, and 180 rather than 180.0."""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)[:SHOWN]


def _staged(table: str) -> str:
    return f"staged_{table}"
