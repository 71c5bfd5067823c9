"""The marts in the order of what they read, and what each says of itself in its opening comment.

::

    -- One row per operation and outcome: what became of it ...
    -- made: kept, by outcome
    -- ${cohort}: as in operation_band
    -- day: smallint, days from surgery to its state

made: ``kept`` stays in the generation for the reads; ``passing`` ends with the import; a ``view`` is worked out where
it is read, and so is what is ``shown``, which stays; ``first`` is made before the tables, which read it; ``counted``
is made of other marts, when those stand. by: made for one code of this dimension after the other; of each: the same
select of each recorded ``day`` or kind of ``event`` that the tables declare, or of each ``outcome``, one under the
other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from dashboard import sql
from dashboard.cohort import FILTERS
from dashboard.definitions import Definitions
from dashboard.definitions.canonical import ANSWERS, AS_RECORDED, TABLES
from dashboard.errors import DefinitionsWrong
from dashboard.importing.publishing.bands import numbers
from dashboard.importing.publishing.states import columns_of
from dashboard.shipped import shipped

MADE = re.compile(
    r"^made: (kept|passing|view|shown|first|counted)(?:, by ([a-z_]+)|, of each ([a-z]+))?$", re.MULTILINE
)
STATED = re.compile(r"^(?!made:)([a-z0-9_${}, ]+): (?:as in ([a-z_]+)|([a-z]+(?:\([0-9,]+\))?), .+)$", re.MULTILINE)
CODE = "code"
"""The column that may say by itself that an operation failed."""
READS = re.compile(r"\b(?:from|join) ([a-z_]+)")


@dataclass(frozen=True)
class Mart:
    """One mart: whether it stays, by which dimension it is made in parts, and the names after its from and join."""

    name: str
    made: str
    by: str
    of_each: str
    reads: frozenset[str]


@cache
def marts() -> tuple[Mart, ...]:
    """Every mart that is made of the tables, each after those that it reads."""
    found = [_mart(path.stem) for path in sorted(shipped("queries", "marts").glob("*.sql"))]
    made = {mart.name: mart for mart in found if mart.made not in ("first", "counted")}
    order = TopologicalSorter({name: sorted(mart.reads & made.keys()) for name, mart in made.items()})
    return tuple(made[name] for name in order.static_order())


def slots(definitions: Definitions) -> dict[str, list[str]]:
    """The columns that stand in each slot of a mart."""
    filters = [each.dimension for each in FILTERS]
    return {
        "cohort": ["operation", "patient", "operated", "index_operation", *filters],
        "factors": list(definitions.factors),
        "other_factors": [name for name in definitions.factors if name not in filters],
        "adjusting": list(definitions.adjusting),
        "traits": list(AS_RECORDED),
        "numbers": numbers(definitions),
        "measures": list(ANSWERS),
        **{f"{what}s": [columns_of(name)[what] for name in definitions.outcomes] for what in columns_of("")},
    }


def each(what: str, definitions: Definitions) -> list[dict[str, str]]:
    """What stands in the slots of a mart of each ``day`` or ``event`` of the declared tables, or ``outcome``."""
    if what == "outcome":
        named = list(enumerate(map(columns_of, definitions.outcomes), start=1))
        return [{"code": str(code), **{f"its_{what}": column for what, column in of.items()}} for code, of in named]
    if what == "day":
        return [
            {"kept": table.kept, "dated": dated}
            for table in TABLES.values() if table.day for dated in table.of_kind("date")
        ]  # fmt: skip
    return [
        {"kept": table.kept, "dated": table.day, "word": table.word, "code": CODE if CODE in table.columns else "null"}
        for table in TABLES.values() if table.word
    ]  # fmt: skip


def columns(name: str, definitions: Definitions) -> dict[str, str]:
    """The columns that a mart states, each with its type."""
    stated: dict[str, str] = {}
    for names, other, kind in STATED.findall(sql.comment_of(sql.source(f"marts/{name}"))):
        types = columns(other, definitions) if other else {}
        stated |= {column: types[column] if other else kind for column in _named(names, definitions)}
    return stated


def _named(names: str, definitions: Definitions) -> Iterator[str]:
    """The columns on the left of a statement, with those of each slot in its place."""
    for word in names.split(", "):
        slot = sql.SLOT.fullmatch(word)
        yield from slots(definitions)[slot[2]] if slot else [word]


def _mart(name: str) -> Mart:
    written = sql.source(f"marts/{name}")
    said = MADE.search(sql.comment_of(written))
    if said is None:
        raise DefinitionsWrong(
            f"Mart {name} does not say how it is made: kept, passing, view, shown, first or counted."
        )
    reads = READS.findall(sql.COMMENT.sub("", written))
    return Mart(name, said[1], said[2] or "", said[3] or "", frozenset(reads) - {name})
