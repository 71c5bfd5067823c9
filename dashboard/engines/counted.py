"""Counts that were prepared at publish answer in the mart's place wherever they give the very same rows.

A table of counts is named ``<mart>_counted_by_<what>``. It has some of the mart's columns, under their own names, and
``stands_for``: of how many rows of the mart each of its rows is. A read that does nothing with rows but count them is
asked of the smallest such table that has every column which the read and the filters that are set speak of; each
``count(*)`` becomes a sum. Every other goes to the mart. Nobody above the engine knows of it.

Instead of a day a table may have a coarser one, where all days that the read tells apart differ in it too:

day_class: the least day of those that no landmark tells apart. For reads that hold the day against a landmark alone.
operated_class: likewise of days of surgery, which are held against the data date less a landmark.
operated_month: the first of the month. For reads that know months, in periods of whole months.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import duckdb

from dashboard.engines.one_of_many import OneOfMany
from dashboard.sql import QUOTED, Query, behind_cohort, cohort, conditions

NAME = re.compile(r"([a-z_]+)_counted_by_[a-z_]+")
STANDS_FOR = "stands_for"
HORIZON = "horizon"
OF_THIS_STATE = (
    f"select days, facts.data_date from {HORIZON} inner join facts"
    " on horizon.data_date = facts.data_date and horizon.operations = facts.all_operations"
)
"""The landmarks that the counts know; none where they are not of the records that stand beside them."""
WORD = re.compile(r"(?<!\$)\b[a-z][a-z0-9_]*\b")
COUNT = re.compile(r"\bcount\(\*\)(\s+filter\s+\()?")
CALL = re.compile(r"\b([a-z][a-z0-9_]*)\s*\(")
OF_ONE_ROW = {
    "grouping", "sets", "coalesce", "least", "greatest", "list_contains", "extract", "cast", "and", "or", "not", "in",
    "where", "when", "then", "else", "case", "by",
}  # fmt: skip
"""What may stand before a bracket in a read that does nothing with rows but count them."""
MORE_THAN_COUNTS = {
    "with", "distinct", "over", "having", "qualify", "limit", "union", "join", "except", "intersect",
}  # fmt: skip
READ_FROM = re.compile(r"\b(?:from|join)\s+([a-z_]+)", re.IGNORECASE)
UNSET = re.compile(r"\(\$([a-z][a-z0-9_]*) is null or ")
HELD = {
    "day_class": re.compile(r"\bday (?:<=|<|>=|>) \$within_days\b"),
    "operated_class": re.compile(r"\boperated (?:<=|>) \$due_from\b"),
    "operated_month": re.compile(r"\bextract\((?:year|month) from operated\)"),
}
"""By coarser day the only ways in which a read may speak of the finer one."""

Bound = Mapping[str, object]


@dataclass(frozen=True)
class Counts:
    """One table of counts: its columns, and how many rows it has."""

    table: str
    columns: frozenset[str]
    rows: int


class PreparedCounts:
    """The tables of counts in one generation, and which of them answers what."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._one_of_many = OneOfMany(connection)
        self._of_mart: dict[str, list[Counts]] = {}
        self._columns: dict[str, frozenset[str]] = {}
        ours = "where database_name = current_database()"
        found = connection.execute(
            # A column has its name: none is null.
            f"select table_name, list(column_name) from duckdb_columns() {ours} group by table_name"
        ).fetchall()
        columns = {str(table): frozenset(map(str, names)) for table, names in found}
        sizes = connection.execute(f"select estimated_size, table_name from duckdb_tables() {ours}").fetchall()
        self._sizes = {str(table): int(rows) for rows, table in sizes}
        self._sizes |= {view: self.rows_of(text) for view, text in self._one_of_many.written.items()}
        for rows, table in sorted(sizes):
            if (named := NAME.fullmatch(table)) and named[1] in columns:
                self._columns[named[1]] = columns[named[1]]
                self._of_mart.setdefault(named[1], []).append(Counts(table, columns[table], rows))
        days: list[tuple[int, date]] = []
        # Counts of another version, which do not say of what they are, are none.
        with suppress(duckdb.CatalogException, duckdb.BinderException):
            days = connection.execute(OF_THIS_STATE).fetchall() if self._of_mart else []
        self._horizons = frozenset(many for many, _ in days)
        self._dues = frozenset(until - timedelta(days=many) for many, until in days)
        if not days:
            self._of_mart.clear()

    @property
    def tables(self) -> list[str]:
        """The names of all of them."""
        return sorted(counts.table for of_mart in self._of_mart.values() for counts in of_mart)

    def rows_of(self, text: str) -> int:
        """How many rows the tables have that a text goes through behind its cohort, as nearly as the database knows.

        A view has those of its table: so many operations it is about.
        """
        return sum(self._sizes.get(table.lower(), 0) for table in set(READ_FROM.findall(text)))

    def text_for(self, query: Query, bound: Bound) -> str:
        """The text that gives the rows of this query soonest: its own, or one of a table of counts.

        Of either the conditions that are not set are left out: each costs a tenth of a millisecond to plan.
        """
        if not query.mart:
            return query.text
        kept_by = [each for each in conditions() if not ((of := UNSET.match(each)) and bound[of[1]] is None)]
        return self._as_counts(query, bound, kept_by) or behind_cohort(
            query.mart, cohort(self._one_of_many.source(query.mart, query.asked, bound), kept_by), query.asked
        )

    def _as_counts(self, query: Query, bound: Bound, kept_by: list[str]) -> str:
        """The text that asks a table of counts; empty where none knows as much."""
        counts, summed = self._of_mart.get(query.mart), as_sums(query.asked)
        if not counts or not summed:
            return ""
        touched = set(WORD.findall(" ".join([QUOTED.sub("''", query.asked), *kept_by]))) & self._columns[query.mart]
        for table in counts:
            coarser = {
                name: held for name, held in HELD.items()
                if name in table.columns and finer(name) in touched and self._is_told_apart(name, query.asked, bound)
            }  # fmt: skip
            if touched <= table.columns | set(map(finer, coarser)):
                narrowed, asked = cohort(table.table, kept_by), summed
                for name in coarser:
                    narrowed, asked = (re.sub(rf"\b{finer(name)}\b", name, text) for text in (narrowed, asked))
                return behind_cohort(query.mart, narrowed, asked)
        return ""

    def _is_told_apart(self, coarser: str, asked: str, bound: Bound) -> bool:
        """Whether rows that are alike in a coarser day are alike to this read and to its period."""
        if set(re.findall(rf"\b{finer(coarser)}\b", HELD[coarser].sub("", asked))):
            return False
        start, end = bound["operated_from"], bound["operated_to"]
        of_whole_months = (start is None or _is_first(start)) and (end is None or _is_first(_after(end)))
        told: Mapping[str, Callable[[], bool]] = {
            "day_class": lambda: bound.get("within_days") in self._horizons,
            "operated_class": lambda: start is None and end is None and bound.get("due_from") in self._dues,
            "operated_month": lambda: of_whole_months,
        }
        return told[coarser]()


def counts_name(mart: str, what: str) -> str:
    """What a table of counts is called."""
    return f"{mart}_counted_by_{what}"


def finer(coarser: str) -> str:
    """The column of the mart in whose place a coarser day stands."""
    return coarser.partition("_")[0]


@cache
def as_sums(asked: str) -> str:
    """The same with sums in the place of counts; empty where rows are not only counted, once each.

    A sum without a row is null, where a count is 0.
    """
    calls = set(CALL.findall(COUNT.sub("", asked)))
    if asked.count("select") != 1 or not COUNT.search(asked) or calls - OF_ONE_ROW or QUOTED.search(asked):
        return ""
    if set(WORD.findall(asked)) & MORE_THAN_COUNTS:
        return ""
    text, place = [], 0
    while found := COUNT.search(asked, place):
        end = closing(asked, found.end()) if found[1] else found.end()
        which = f" filter ({asked[found.end() : end]}" if found[1] else ""
        text.append(f"{asked[place : found.start()]}cast(coalesce(sum({STANDS_FOR}){which}, 0) as bigint)")
        place = end
    return "".join([*text, asked[place:]])


def closing(text: str, start: int) -> int:
    """The place behind the bracket that closes the one which ends at ``start``."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place + 1
    return len(text)


def _is_first(day: object) -> bool:
    return isinstance(day, date) and day.day == 1


def _after(day: object) -> object:
    return day + timedelta(days=1) if isinstance(day, date) and day < date.max else day
