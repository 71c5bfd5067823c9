"""A flat file in which a row is a visit: the rows of one operation as one, and the answers of one day as one visit.

Where rows of one operation differ, an empty cell joins a filled one; filled ones that contradict each other are named
and not recorded. Nothing depends on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dashboard.definitions.canonical import DAYS_A_MONTH, OPERATION, TABLES
from dashboard.engines.writer import Writer
from dashboard.importing.checking.conversion import agreed_in_sql
from dashboard.importing.mapping import FLAT, VISIT_COLUMNS, RowVisit
from dashboard.importing.result import MOST_KEPT, SHOWN, Issue, Issues

KNOWN_BY = (OPERATION, "patient_id", "surgery_date", "procedure")
"""Rows that agree in these are of one operation; where only the identifier agrees, a rule leaves them out."""
OF_A_PERSON = frozenset(TABLES["patients"].columns)
"""What a message does not quote: it may be a patient's."""
DAY, MONTHS = "date", "months"
FAILED_ON = "failure_date"


Words = Callable[[Sequence[Any], str], str]


def name(column: str) -> str:
    """What the flat file's column of a row's visit is called among ours."""
    return f"visit_row_{column}"


@dataclass(frozen=True)
class Telling:
    """Where notes go, and how they name a place.

    files: the file's name by its number; theirs: ours -> the column name that a message gives.
    """

    writer: Writer
    files: Mapping[int, str]
    theirs: Mapping[str, str]
    issues: Issues

    def each(self, rule: str, column: str, select: str, words: Words, severity: str = "note") -> None:
        """An issue for each row of a select of source, line, other source, other line, and what ``words`` tell of it.

        words: given the rest of the row and the words for the other one.
        """
        self.writer.make("told", select)
        name = self.theirs.get(column, column)
        for source, times in self.writer.run("select source, count(*) from told group by source order by source"):
            rows = self.writer.run(f"select * from told where source = {source} order by line limit {MOST_KEPT}")
            for _, line, of, there, *rest in rows:
                other = f"row {there}" + (f" of {self.files[of]}" if of != source else "")
                message = f"{self.files[source]}, column {name}, row {line}: {words(rest, other)}"
                self.issues.append(Issue(severity, rule, self.files[source], message, line, name))
            self.issues.beyond(severity, rule, self.files[source], name, times - len(rows))


def join(telling: Telling, visit: RowVisit) -> int:
    """Put the visits of ``staged_flat`` into ``row_visit``, and make one row there of the rows of an operation.

    Returns how many rows went into another.
    """
    writer = telling.writer
    rows = _count(writer)
    _tell_without_a_day(telling, visit)
    writer.make("row_visit", _visits(visit))
    of_the_row = {
        "source",
        "line",
        "wrong",
        "content",
        *KNOWN_BY,
        *(name(column) for column in (*VISIT_COLUMNS, DAY, MONTHS)),
    }
    own = [column for column in writer.columns("temp", f"staged_{FLAT}") if column not in of_the_row]
    _keep_deaths(writer)
    writer.make("flat_row", f"select * from staged_{FLAT}")
    writer.make(f"staged_{FLAT}", _joined("flat_row", KNOWN_BY, [*own, "content"]))
    _carry_over(writer, own)
    _tell_contradictions(telling, "flat_row", f"staged_{FLAT}", KNOWN_BY, own, "operation")
    _leave_out_of_no_known_failure(telling)
    return rows - _count(writer)


def unfold(writer: Writer, visit: RowVisit) -> None:
    """Append the visits of the operations that were not left out to ``staged_follow_ups``."""
    writer.run(
        f"insert into staged_follow_ups by name select source, line, operation_id, visit_date,"
        f" {', '.join(visit.columns)} from row_visit where visit_date is not null"
        f" and operation_id in (select operation_id from staged_{FLAT})"
    )
    writer.run("insert into planned_day select source, line, visit_date from row_visit where not is_dated")


def date_by_months(writer: Writer) -> None:
    """Put a visit that names no day so many months after its operation; the operations are there."""
    undated = "where visit.operation_id = operated.operation_id and visit.visit_date is null"
    planned = f"operated.surgery_date + {_days('visit.months_after_surgery')}"
    writer.run(
        f"insert into planned_day select visit.source, visit.line, {planned}"
        f" from staged_follow_ups as visit, staged_operations as operated {undated}"
    )
    writer.run(
        f"update staged_follow_ups as visit set visit_date = {planned} from staged_operations as operated {undated}"
    )


def _days(months: str) -> str:
    return f"cast(round({months} * {DAYS_A_MONTH!r}) as integer)"


def of_one_day(telling: Telling) -> None:
    """Make one visit in ``staged_follow_ups`` of those of one operation on one day; where they differ is named."""
    writer, key, theirs = telling.writer, TABLES["follow_ups"].key, telling.theirs
    known_by = ", ".join(key)
    twice = f"select {known_by} from staged_follow_ups group by {known_by} having count(*) > 1"
    writer.make("same_day", f"select * from staged_follow_ups where ({known_by}) in ({twice})")
    if not writer.run("select count(*) from same_day")[0][0]:
        return
    writer.make("day_visit", _joined("same_day", key, VISIT_COLUMNS))
    named = {column: theirs.get(name(column), column) for column in VISIT_COLUMNS}
    named["visit_date"] = theirs.get(name(DAY), theirs.get(name(MONTHS), "visit_date"))
    telling = replace(telling, theirs=named)
    select = f"select source, line, {_of_first(key)} from same_day qualify (source, line) != (of, there)"
    words = "tells of the same visit. It is counted once."
    telling.each("visit_told_again", "visit_date", select, lambda _, other: f"{other} {words}")
    _tell_contradictions(telling, "same_day", "day_visit", key, VISIT_COLUMNS, "visit")
    writer.run(f"delete from staged_follow_ups where ({known_by}) in (select ({known_by}) from day_visit)")
    writer.run("insert into staged_follow_ups by name select * from day_visit")


def _keep_deaths(writer: Writer) -> None:
    """Of the deaths that rows of a patient tell the latest stands in every row; a rule names those that differ.

    Null is skipped on purpose: who is not said to have died contradicts nobody.
    """
    latest = "max(death_date) over (partition by patient_id)"
    writer.make("death_of_row", f"select *, {latest} as latest from staged_{FLAT}")
    writer.run(
        "insert into death_told select patient_id, death_date, source, line from death_of_row where death_date < latest"
    )
    writer.make(f"staged_{FLAT}", "select * exclude (latest) replace (latest as death_date) from death_of_row")


def _carry_over(writer: Writer, own: Sequence[str]) -> None:
    """What could not be read in a row of an operation could not be read of it, unless another row tells it."""
    fields = ", ".join(f"'{FLAT}.{column}'" for column in own)
    untold = " or ".join(f"(field = '{FLAT}.{column}' and joined.{column} is null)" for column in own)
    writer.make(
        "unread_of_rows",
        f"select distinct unread.staged, joined.source, joined.line, unread.field from unread"
        f" inner join flat_row using (source, line) inner join staged_{FLAT} as joined using ({', '.join(KNOWN_BY)})"
        f" where unread.staged = '{FLAT}' and ({untold})",
    )
    writer.run(f"delete from unread where staged = '{FLAT}' and field in ({fields})")
    writer.run("insert into unread by name select * from unread_of_rows")


def _leave_out_of_no_known_failure(telling: Telling) -> None:
    """An operation that failed on a day that its rows do not tell is left out: it is none that never failed."""
    select = (
        f"select distinct joined.source, joined.line, joined.source, joined.line from staged_{FLAT} as joined"
        " inner join unread using (source, line)"
        f" where unread.staged = '{FLAT}' and unread.field = '{FLAT}.{FAILED_ON}'"
    )
    words = "the rows of this operation tell no one day of failure. None of them was imported: correct the file."
    telling.each("failure_rows_contradict", FAILED_ON, select, lambda _, other: words, severity="row")
    telling.writer.run(f"delete from staged_{FLAT} where (source, line) in (select (source, line) from told)")


def _count(writer: Writer) -> int:
    return int(writer.run(f"select count(*) from staged_{FLAT}")[0][0])


def _visits(visit: RowVisit) -> str:
    """The rows at which something was asked: on the day that they name, else so many months after surgery."""
    days = [name(DAY)] if visit.date else []
    days += [f"surgery_date + {_days(name(MONTHS))}"] if visit.months else []
    answers = ", ".join(f"{name(column)} as {column}" for column in visit.columns)
    dated = f"{name(DAY)} is not null" if visit.date else "false"
    asked = " or ".join([*([f"{name(DAY)} is not null"] if visit.date else []), _answered(visit)])
    return (
        f"select source, line, operation_id, coalesce({', '.join(days)}) as visit_date, {dated} as is_dated, {answers}"
        f" from staged_{FLAT} where {asked}"
    )


def _answered(visit: RowVisit) -> str:
    return " or ".join(f"{name(column)} is not null" for column in visit.columns)


def _joined(rows: str, key: Sequence[str], columns: Sequence[str]) -> str:
    """One row for those that agree in the key, where the first of them stands; a column in which they differ is empty.

    A row has its place: never null.
    """
    place = "min(cast(source as bigint) * 4294967296 + line)"
    agreed = ", ".join(f"{agreed_in_sql(name)} as {name}" for name in columns)
    return (
        f"select cast({place} // 4294967296 as integer) as source, cast({place} % 4294967296 as integer) as line,"
        f" {', '.join(key)}, {agreed} from {rows} group by {', '.join(key)}"
    )


def _of_first(key: Sequence[str], of: str = "") -> str:
    """Where the first of the rows with one key stands."""
    over = f"over (partition by {', '.join(key)} order by {of}source, {of}line)"
    # A row has its place: never null.
    return f"first_value({of}source) {over} as of, first_value({of}line) {over} as there"


def _tell_without_a_day(telling: Telling, visit: RowVisit) -> None:
    days = {name(column): theirs for column, theirs in ((DAY, visit.date), (MONTHS, visit.months)) if theirs}
    gone = " and ".join(f"{day} is null" for day in days)
    select = f"select source, line, source, line from staged_{FLAT} where ({_answered(visit)}) and {gone}"
    words = f"what was answered has no day, so it is not recorded. Fill in {' or '.join(days.values())}."
    telling.each("visit_without_day", next(iter(days)), select, lambda _, other: words)


def _tell_contradictions(
    telling: Telling, rows: str, joined: str, key: Sequence[str], columns: Sequence[str], noun: str
) -> None:
    """A note for each filled cell that says otherwise than the first of its operation or visit: none is recorded."""
    both = f"from {rows} as told inner join {joined} as joined using ({', '.join(key)})"
    lost = {column: f"told.{column} is not null and joined.{column} is null" for column in columns}
    # A condition asks whether something is null, and is never null itself.
    counts = ", ".join(f"count(*) filter (where {condition})" for condition in lost.values())
    times = dict(zip(columns, telling.writer.run(f"select {counts} {both}")[0], strict=True))
    for column in [column for column in columns if times[column]]:
        over = f"over (partition by {', '.join(key)} order by told.source, told.line)"
        select = (
            # The first row with the key may say nothing: null differs from no value, and names none.
            f"select told.source, told.line, {_of_first(key, 'told.')}, told.{column} as value,"
            f" first_value(told.{column}) {over} as other {both} where {lost[column]} qualify value != other"
        )
        telling.each(f"{noun}_rows_contradict", column, select, partial(_says_otherwise, column, noun))
        staged, field = ("follow_ups", f"follow_up.{column}") if noun == "visit" else (FLAT, f"{FLAT}.{column}")
        telling.writer.run(
            f"insert into unread select distinct '{staged}', joined.source, joined.line, '{field}' {both}"
            f" where {lost[column]}"
        )


def _says_otherwise(column: str, noun: str, found: Sequence[Any], other: str) -> str:
    value, there = (
        ("another value", "") if column in OF_A_PERSON else (f'"{_shown(found[0])}"', f' "{_shown(found[1])}"')
    )
    return (
        f"{value}, where {other} says{there or ' otherwise'} of the same {noun}. Neither is recorded: correct the file."
    )


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)[:SHOWN]
