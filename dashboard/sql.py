"""Load a query: its name, what its comment says, its text and the names of the values that it wants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from dashboard.cohort import FILTERS
from dashboard.errors import WrongUsage
from dashboard.shipped import shipped

NAME = re.compile(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)?")
COLUMN = re.compile(r"[a-z][a-z0-9_]*")
BOUND = re.compile(r"\$([a-z][a-z0-9_]*)")
SLOT = re.compile(r"(?:\b([a-z][a-z0-9_]*)\.)?\$\{([a-z][a-z0-9_]*)\}")
"""A slot, and the table that its columns are taken from where one stands before it: ``band.${cohort}``."""
IN_THREES = "_in_threes"
"""Behind the name of a slot: its columns three by three, each three in brackets, as grouping sets are written."""
COHORT = re.compile(r"\bcohort_of_([a-z][a-z0-9_]*)")
QUOTED = re.compile(r"'(?:[^']|'')*'")
COMMENT = re.compile(r"--[^\n]*")

NO_COLUMNS: Mapping[str, str | Sequence[str]] = MappingProxyType({})
NOTHING_MADE: Mapping[str, str] = MappingProxyType({})

AND = "\n    and "
"""What stands between the conditions of the shared cohort."""
ONE_GROUP = "0"
"""What stands in a slot for which no column was chosen: one group, code 0."""


@dataclass(frozen=True)
class Query:
    """One ``.sql`` file, ready to run: every value in it is a bound ``$parameter``.

    mart, asked: of a read that goes through the cohort of one mart, which one, and the text behind that cohort.
    """

    name: str
    comment: str
    text: str
    parameters: frozenset[str]
    mart: str = ""
    asked: str = ""


def load(
    name: str, columns: Mapping[str, str | Sequence[str]] = NO_COLUMNS, made: Mapping[str, str] = NOTHING_MADE
) -> Query:
    """The query of this name, with the chosen columns in its slots.

    name: "reads/onset", or "onset" for a read; likewise "checks/…", "marts/…", "tables/…".
    columns: for each ``${slot}`` the column or columns that stand there, from the definitions and never from a link;
        an empty sequence is one group. A slot of the comment is filled like one of the text.
    made: for each further slot the expressions that stand there, made from the definitions.
    A read that says ``from cohort_of_<mart>`` gets the shared cohort of that mart in front of it.
    Raises WrongUsage when there is no such query, when a slot is left open or not there, or when a column is no name.
    """
    name = name if "/" in name else f"reads/{name}"
    chosen = {slot: _checked(slot, names) for slot, names in columns.items()}
    return _load(name, tuple(sorted((chosen | {slot: (text,) for slot, text in made.items()}).items())))


@cache
def source(name: str) -> str:
    """The file as it is written."""
    path = shipped("queries", f"{name}.sql") if NAME.fullmatch(name) else None
    if path is None or not path.is_file():
        raise WrongUsage(f'There is no query "{name}".')
    return path.read_text(encoding="utf-8")


@cache
def _load(name: str, filled: tuple[tuple[str, tuple[str, ...]], ...]) -> Query:
    written, chosen, slots = source(name), dict(filled), slots_of(name)
    open_slots, surplus = slots - set(chosen), set(chosen) - slots
    if open_slots or surplus:
        what = f"needs a column for {', '.join(sorted(open_slots))}" if open_slots else "takes no such columns"
        raise WrongUsage(f'The query "{name}" {what}.')
    written = SLOT.sub(lambda found: _filled(chosen, found[2], found[1]), written)
    asked = COMMENT.sub("", written).strip().rstrip(";")
    marts = sorted(set(COHORT.findall(asked)))
    text = _with_cohorts({mart: cohort(mart, conditions()) for mart in marts}, asked)
    mart = marts[0] if len(marts) == 1 else ""
    return Query(name, comment_of(written), text, parameters_of(text), mart, asked if mart else "")


def parameters_of(text: str) -> frozenset[str]:
    """The names of the values that a text binds."""
    return frozenset(BOUND.findall(QUOTED.sub("''", text)))


def slots_of(name: str) -> set[str]:
    """The slots of a query that are to be filled."""
    return {slot.removesuffix(IN_THREES) for _, slot in SLOT.findall(source(name))}


def comment_of(written: str) -> str:
    """The opening comment: its first line says what one row is."""
    lines = []
    for line in written.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return "\n".join(lines)


def behind_cohort(mart: str, narrowed: str, asked: str) -> str:
    """A read behind another cohort of its mart than the shared one."""
    return _with_cohorts({mart: narrowed}, asked)


@cache
def conditions() -> tuple[str, ...]:
    """What keeps a mart's row in the cohort: each condition of the shared cohort by itself, the scope last."""
    written = _shared_cohort()[1].replace("${filters}", AND.join(each.condition for each in FILTERS))
    return tuple(written.split(AND))


def cohort(table: str, kept_by: Sequence[str]) -> str:
    """The rows of a table that fulfil each of these conditions."""
    return _shared_cohort()[0].replace("${mart}", table) + AND.join(kept_by)


@cache
def _shared_cohort() -> tuple[str, str]:
    """The shared cohort up to its first condition, and the conditions."""
    written = COMMENT.sub("", source("reads/cohort")).strip().rstrip(";")
    first = written.index("(")
    return written[:first], written[first:]


def _with_cohorts(cohorts: Mapping[str, str], asked: str) -> str:
    """The text behind the cohort of each mart that it reads from; a read's own ``with`` becomes a further part."""
    if not cohorts:
        return asked
    parts = ",\n".join(f"cohort_of_{mart} as (\n{narrowed}\n)" for mart, narrowed in cohorts.items())
    own = re.match(r"with\b", asked)
    return f"with {parts},\n{asked[own.end() :].lstrip()}" if own else f"with {parts}\n{asked}"


def _checked(slot: str, chosen: str | Sequence[str]) -> tuple[str, ...]:
    names = (chosen,) if isinstance(chosen, str) else tuple(chosen)
    for name in names:
        if not COLUMN.fullmatch(name):
            raise WrongUsage(f'"{name}" cannot stand for {slot}: it is not the name of a column.')
    return names


def _filled(chosen: Mapping[str, tuple[str, ...]], slot: str, table: str | None) -> str:
    of = chosen[slot.removesuffix(IN_THREES)]
    if not slot.endswith(IN_THREES):
        return _listed(of, table)
    return ", ".join(f"({_listed(of[start : start + 3], table)})" for start in range(0, len(of), 3))


def _listed(expressions: tuple[str, ...], table: str | None) -> str:
    return ", ".join(f"{table}.{name}" if table else name for name in expressions) or ONE_GROUP
