"""What a generation holds, and its codes and the words they stand for: the only place where one becomes the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard.errors import WrongUsage

NOBODY = 0
"""The code of "not recorded", in every dimension."""


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


def _may_be_seen(code: int, seen: frozenset[int] | None) -> bool:
    return seen is None or code == NOBODY or code in seen
