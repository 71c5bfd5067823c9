"""Prepared counts: the marts' rows counted once at publish by what readers filter by most.

What may be asked of them, and when, is known to ``engines.counted`` alone. A table that would not have far fewer rows
than its mart, as in a small practice, is left out: it would answer no sooner.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard import sql
from dashboard.cohort import FILTERS, PLACES
from dashboard.definitions import Definitions
from dashboard.engines.counted import HORIZON, STANDS_FOR, counts_name
from dashboard.engines.writer import Writer
from dashboard.importing.publishing.marts import marts

LEAST_ROWS = 500_000
"""A mart of fewer is gone through at once."""
MOST_SHARE = 1 / 3
"""So many of the mart's rows may a table of counts have at most."""
BY_OUTCOME = "operation_outcome"
PROCEDURE = ("procedure", "family")
"""They go together: the one says the other."""


@dataclass(frozen=True)
class CountedBy:
    """One table of counts: of which mart, called by what, and by which of its columns, the first one slowest."""

    mart: str
    what: str
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the table."""
        return counts_name(self.mart, self.what)


def prepared() -> Iterator[CountedBy]:
    """Every table of counts that an import tries to make: of the filters that stand above every page."""
    of, known = BY_OUTCOME, ("outcome", "index_operation")
    by_day, by_landmark = ("state", "onset", "day"), ("operated_class", "state", "day_class")
    others = tuple(each.dimension for each in FILTERS if each.in_bar and each.dimension not in PROCEDURE)
    places = tuple(other for other in others if other in PLACES)
    traits = tuple(other for other in others if other not in PLACES)
    for other in others:
        yield CountedBy(of, f"day_and_{other}", (*known, other, *PROCEDURE, *by_day))
    yield CountedBy(of, "day", (*known, *PROCEDURE, *by_day))
    yield CountedBy(of, "landmark_and_place", (*known, *places, *PROCEDURE, *by_landmark))
    yield CountedBy(of, "landmark_and_trait", (*known, *traits, *PROCEDURE, *by_landmark))
    yield CountedBy(of, "day_of_surgery", (*known, "family", "operated", "state", "day_class"))
    yield CountedBy(of, "month_of_surgery", (*known, "operated_month", *by_day))
    yield CountedBy("visit_state", "filter", ("visit", "index_operation", *others, *PROCEDURE, "state"))
    for what, columns in {"procedure": PROCEDURE, **{other: (other,) for other in others}}.items():
        yield CountedBy("symptom_event", what, (*columns, "index_operation", "first_onset", "symptom", "onset", "day"))
    yield CountedBy("operation_band", "filter", ("index_operation", *others, *PROCEDURE))


def prepare(
    writer: Writer, definitions: Definitions, least_rows: int = LEAST_ROWS, most_share: float = MOST_SHARE
) -> None:
    """Make every table of counts anew of the marts that stand, where it is worth it."""
    coarser, made = _held_against(writer, definitions), list[CountedBy]()
    for table in prepared():
        _make(writer, table, coarser, made, least_rows, most_share)


def note_change(writer: Writer, definitions: Definitions, operations: str, sign: int) -> None:
    """Take down what operations change in the counts: -1 while their rows are still there, 1 once new ones are.

    operations: the table with their numbers. For an addition to what is kept; ``carry_on`` comes after both.
    """
    coarser = _held_against(writer, definitions)
    for table in _carried(writer):
        of_them = f"operation in (select operation from {operations})"
        select = _select(table, coarser, table.mart, f"{sign} * count(*)", of_them)
        if writer.columns("temp", _change(table)):
            writer.run(f"insert into {_change(table)} {select}")
        else:
            writer.make(_change(table), select)


def carry_on(writer: Writer, definitions: Definitions) -> None:
    """Bring the counts up to what was noted; those that a new data date changes are made anew."""
    coarser, carried, made = _held_against(writer, definitions), _carried(writer), list[CountedBy]()
    for table in carried:
        names = ", ".join(table.columns)
        change = (
            # It is never null.
            f"(select {names}, cast(sum({STANDS_FOR}) as integer) as {STANDS_FOR} from {_change(table)}"
            f" group by {names} having sum({STANDS_FOR}) != 0)"
        )
        alike = " and ".join(f"{table.name}.{name} = change.{name}" for name in table.columns)
        writer.run(
            f"update {table.name} set {STANDS_FOR} = {table.name}.{STANDS_FOR} + change.{STANDS_FOR}"
            f" from {change} as change where {alike}"
        )
        writer.run(f"insert into {table.name} select * from {change} as change anti join {table.name} using ({names})")
        writer.run(f"delete from {table.name} where {STANDS_FOR} = 0")
        writer.run(f"drop table {_change(table)}")
    for table in prepared():
        if table not in carried and writer.columns("", table.name):
            _make(writer, table, coarser, made, least_rows=0, most_share=1)


def _held_against(writer: Writer, definitions: Definitions) -> dict[str, str]:
    """The expression of each coarser day; the landmarks that they come from are written down beside the counts."""
    days = sorted(landmark.days for landmark in definitions.landmarks)
    writer.run(sql.load("tables/horizon").text)
    data_date, operations = writer.run("select data_date, all_operations from facts")[0]
    writer.put(HORIZON, ("days", "data_date", "operations"), [(many, data_date, operations) for many in days])
    return _coarser(days, data_date)


def _carried(writer: Writer) -> list[CountedBy]:
    """The tables that are there and speak of nothing that is counted up to the data date."""
    return [
        table for table in prepared()
        if table.mart == BY_OUTCOME and "operated_class" not in table.columns and writer.columns("", table.name)
    ]  # fmt: skip


def _change(table: CountedBy) -> str:
    return f"change_of_{table.name}"


def _make(
    writer: Writer,
    table: CountedBy,
    coarser: Mapping[str, str],
    made: list[CountedBy],
    least_rows: int,
    most_share: float,
) -> None:
    """Make one, where it is worth it. made: those before it, which it is added to and may be counted from."""
    source, by, parts = _source(table, made), _by(table.mart), _parts(writer, table.mart)
    # It is never null.
    rows = "count(*)" if source == table.mart else f"sum({STANDS_FOR})"
    select = _select(table, coarser, source, rows, f"{by} = $part" if by else "$part is null")
    writer.run(f"drop table if exists {table.name}")
    if _is_worth_it(writer, table.mart, select, parts, least_rows, most_share):
        writer.keep_in_parts(table.name, select, parts)
        made.append(table)


def _source(table: CountedBy, made: Sequence[CountedBy]) -> str:
    """What its rows are counted from: a table of counts that has all its columns, else the mart."""
    finer = (other.name for other in made if other.mart == table.mart and set(other.columns) > set(table.columns))
    return next(finer, table.mart)


def _select(table: CountedBy, coarser: Mapping[str, str], source: str, rows: str, which: str) -> str:
    """rows: for how many rows of the mart one stands. which: those of the source that are counted."""
    of_mart = source == table.mart
    slots = {
        "kept": ", ".join(coarser.get(name, name) if of_mart else name for name in table.columns),
        "names": ", ".join(table.columns),
        "source": source,
        "rows": rows,
        "of_part": which,
    }
    return sql.load("marts/counted", made=slots).text


def _by(mart: str) -> str:
    """The dimension that parts the rows of a mart; empty for one that is made at once."""
    return next(one.by or one.of_each for one in marts() if one.name == mart)


def _parts(writer: Writer, mart: str) -> list[int | None]:
    """The codes of that dimension; none of one that is made at once."""
    by = _by(mart)
    return [part for (part,) in writer.run(f"select distinct {by} from {mart} order by {by}")] if by else [None]


def _is_worth_it(
    writer: Writer, mart: str, select: str, parts: Sequence[int | None], least_rows: int, most_share: float
) -> bool:
    """Whether counts are far fewer than the rows of the mart: the first part tells what all are like."""
    if not parts:
        return False
    rows = int(writer.run(f"select count(*) from {mart}")[0][0])
    if rows < least_rows:
        return False
    counted = int(writer.run(f"select count(*) from ({select})", {"part": parts[0]})[0][0])
    return counted * len(parts) <= most_share * rows


def _coarser(days: Sequence[int], data_date: date) -> dict[str, str]:
    """The expression of each coarser day. days: of the landmarks; no day of a mart is null."""
    of_day = " ".join(f"when day > {many} then {many + 1} when day = {many} then {many}" for many in reversed(days))
    dues = sorted(data_date - timedelta(days=many) for many in days)
    of_operated = " ".join(f"when operated <= date '{due}' then date '{due}'" for due in dues)
    return {
        "day_class": f"cast(case {of_day} else 0 end as smallint) as day_class",
        "operated_class": f"case {of_operated} else date '{date.max}' end as operated_class",
        "operated_month": "cast(date_trunc('month', operated) as date) as operated_month",
    }
