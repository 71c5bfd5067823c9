"""What a generation holds, and its codes and the words they stand for: the only place where one becomes the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard.errors import WrongUsage

NOBODY = 0
"""The code of "not recorded", in every dimension."""
LOWEST_NUMBER, NUMBERS = 10_000, 90_000
"""Of the numbers that stand for names: enough that one who comes later seldom takes the number of another."""


@dataclass(frozen=True)
class Facts:
    """What a generation holds of what the viewer may see; the data date is the day up to which it speaks.

    reoperations_seen: whether any patient of the practice has more than one operation.
    """

    data_date: date | None
    first_operation: date | None
    last_operation: date | None
    operations: int
    all_operations: int
    patients: int
    reoperations_seen: bool
    made_up: bool
    practice: str
    definitions_version: str


@dataclass(frozen=True)
class Codebook:
    """By dimension: the code of each name, the name of each code, the label of each name."""

    codes: Mapping[str, Mapping[str, int]]
    names: Mapping[str, Mapping[int, str]]
    labels: Mapping[str, Mapping[str, str]]

    def known(self, dimension: str, names: Iterable[str]) -> list[int]:
        """The codes of those names that this generation knows."""
        codes = self.codes.get(dimension, {})
        return sorted(codes[name] for name in names if name in codes)

    def code(self, dimension: str, name: str) -> int:
        """The code of one name, which must be known."""
        try:
            return self.codes[dimension][name]
        except KeyError:
            raise WrongUsage(f'"{name}" is no {dimension} in this data.') from None

    def masked(self, dimension: str, keyed: Callable[[str], bytes]) -> Codebook:
        """The same with numbers in place of the names of a dimension, which then stand in the order of the numbers.

        keyed: a digest with a secret of the store. A number stays with a name, and only whoever has the secret can
        work it out; it says nothing of the name's place among the others, nor of how much was done.
        """
        names = self.names.get(dimension, {})
        given = numbered(dimension, (name for code, name in names.items() if code), keyed)
        hidden = {code: given.get(name, name) for code, name in names.items()}
        by_number = dict(sorted(hidden.items(), key=lambda item: (item[0] != NOBODY, item[1])))
        codes = {name: code for code, name in by_number.items()}
        labels = {given.get(name, name): given.get(name, label) for name, label in self.labels[dimension].items()}
        return Codebook(
            {**self.codes, dimension: codes}, {**self.names, dimension: by_number}, {**self.labels, dimension: labels}
        )

    def within(self, seen: Mapping[str, frozenset[int]]) -> Codebook:
        """The same with only those codes of a dimension that may be seen, and "not recorded"."""
        names = {
            dimension: {code: name for code, name in words.items() if _may_be_seen(code, seen.get(dimension))}
            for dimension, words in self.names.items()
        }
        codes = {dimension: {name: code for code, name in words.items()} for dimension, words in names.items()}
        labels = {
            dimension: {name: self.labels[dimension][name] for name in words} for dimension, words in codes.items()
        }
        return Codebook(codes, names, labels)


def numbered(dimension: str, names: Iterable[str], keyed: Callable[[str], bytes]) -> dict[str, str]:
    """By name the number that stands for it: "Surgeon 48213". keyed: as in ``Codebook.masked``."""
    given: dict[str, str] = {}
    for digest, name in sorted((keyed(f"the number of {dimension} {name}"), name) for name in names):
        number = int.from_bytes(digest, "big") % NUMBERS
        while (said := f"{dimension.capitalize()} {LOWEST_NUMBER + number}") in given.values():
            number = (number + 1) % NUMBERS
        given[name] = said
    return given


def facts_of(row: Any, own: Mapping[str, Any]) -> Facts:
    """The facts in the row of a generation, but for what of it the viewer may see: that is counted in ``own``."""
    return Facts(
        data_date=_day(row["data_date"]),
        first_operation=_day(own["first_operation"]),
        last_operation=_day(own["last_operation"]),
        operations=int(own["operations"]),
        all_operations=int(own["all_operations"]),
        patients=int(own["patients"]),
        reoperations_seen=int(row["all_operations"]) > int(row["patients"]),
        made_up=bool(row["made_up"]),
        practice=str(row["practice"] or ""),
        definitions_version=str(row["definitions_version"]),
    )


def codebook_of(rows: pd.DataFrame) -> Codebook:
    """The codebook in the rows ``dimension, code, name, label``."""
    codes: dict[str, dict[str, int]] = {}
    names: dict[str, dict[int, str]] = {}
    labels: dict[str, dict[str, str]] = {}
    for row in rows.itertuples(index=False):
        dimension, code, name = str(row.dimension), int(str(row.code)), str(row.name)
        codes.setdefault(dimension, {})[name] = code
        names.setdefault(dimension, {})[code] = name
        labels.setdefault(dimension, {})[name] = str(row.label)
    return Codebook(codes, names, labels)


def in_order(frame: pd.DataFrame, column: str, names: Mapping[int, str]) -> pd.DataFrame:
    """The rows in the order in which the names of one column are listed."""
    place = {name: place for place, name in enumerate(names.values())}
    return frame.sort_values(column, key=lambda cells: cells.map(place), kind="stable", ignore_index=True)


def _may_be_seen(code: int, seen: frozenset[int] | None) -> bool:
    return seen is None or code == NOBODY or code in seen


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
