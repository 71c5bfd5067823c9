"""The one door to patients: what a viewer asks of a cohort, within the viewer's scope, and on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

import pandas as pd

from dashboard import sql
from dashboard.access import Viewer
from dashboard.audit import Audit
from dashboard.cohort import TITLES, Cohort
from dashboard.engines.duck import Engine, Value
from dashboard.engines.notebook import Note, Notebook
from dashboard.errors import NoData, NotAllowed, WrongUsage

LISTS = frozenset({"operations_list", "overdue_visits", "red_flags", "timeline"})
"""The reads that show single operations: only `Records.listing` answers them."""

OF_THE_PRACTICE = frozenset({"case_mix", "landmark", "lost"})
"""The reads that may count the whole practice: what a model is made from, and what a viewer is compared with."""

UNIT = "unit"
"""A read's column for the group in its ``by`` slot; its codes are those of the column that was chosen."""

SAME_WORDS = {"other_symptom": "symptom"}
"""A read's column whose codes are those of another dimension."""

AS_COUNTED = frozenset({"state"})
"""Columns that stay codes: what a state means depends on the kind of outcome, which the analyses know."""


@dataclass(frozen=True)
class Facts:
    """What a generation holds; the data date is the day up to which it speaks."""

    data_date: date | None
    first_operation: date | None
    last_operation: date | None
    operations: int
    all_operations: int
    patients: int
    made_up: bool
    practice: str
    definitions_version: str


@dataclass(frozen=True)
class Codebook:
    """The codes of a generation and the words they stand for: the only place where one becomes the other."""

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


@dataclass(frozen=True)
class Records:
    """Engine, viewer and cohort together; every question goes through ``read``, every list through ``listing``."""

    engine: Engine
    viewer: Viewer
    cohort: Cohort
    audit: Audit = field(repr=False, compare=False)
    notebook: Notebook | None = field(default=None, repr=False, compare=False)
    whole_practice: bool = False

    def of(self, cohort: Cohort) -> Records:
        """The same viewer's records of another cohort."""
        return replace(self, cohort=cohort)

    @property
    def of_practice(self) -> Records:
        """The counts of the whole practice, beyond the viewer's scope, with every other unit's name masked.

        For the few reads in OF_THE_PRACTICE; "Peer 3" is the same unit as long as generation and viewer last.
        """
        return replace(self, whole_practice=True)

    def read(
        self, name: str, *, columns: Mapping[str, str | Sequence[str]] = sql.NO_COLUMNS, **values: Value
    ) -> pd.DataFrame:
        """The counts that a read gives, with names in place of codes.

        columns: what stands in the read's slots; ``values``: what it binds besides the cohort. A value that is the
        name of a dimension (``outcome="reoperation"``) is bound as its code.
        """
        return self._counts(name, columns, values, named=True)

    def read_codes(
        self, name: str, *, columns: Mapping[str, str | Sequence[str]] = sql.NO_COLUMNS, **values: Value
    ) -> pd.DataFrame:
        """The same with the codes as they are, for a model, which reckons with them."""
        return self._counts(name, columns, values, named=False)

    def _counts(
        self, name: str, columns: Mapping[str, str | Sequence[str]], values: Mapping[str, Value], *, named: bool
    ) -> pd.DataFrame:
        if name in LISTS:
            raise NotAllowed("Single operations are shown as lists only, and every list is put on record.")
        if self.whole_practice and name not in OF_THE_PRACTICE:
            raise NotAllowed("Of the whole practice only comparisons are shown.")
        frame, bound = self._answer(name, columns, values, named=named)
        self.audit.asked(self._entry(name, bound) | {"columns": dict(columns)})
        return frame

    def note(self, kind: str, subject: str, text: str) -> None:
        """Keep what the viewer writes: in the audit first, then in the notebook beside the generations.

        Raises WrongUsage when the text is empty or too long, or this store keeps no notebook.
        """
        notebook = self._notebook()
        notebook.check(kind, subject, text)
        said = {"viewer": self.viewer.name, "role": self.viewer.role, "generation": self.engine.generation}
        self.audit.changed({**said, "change": "note", "kind": kind, "subject": subject})
        notebook.write(kind, subject, text, who=self.viewer.name)

    def notes(self, kind: str) -> list[Note]:
        """What was written of this kind, the oldest first; empty where no notebook is kept."""
        return self.notebook.read(kind) if self.notebook else []

    def listing(self, name: str, **values: Value) -> pd.DataFrame:
        """Single operations, for a viewer who sees patients; on record before it is returned.

        Raises NotAllowed for everybody else.
        """
        if not self.viewer.sees_patients:
            raise NotAllowed("Your role shows counts, not single operations.")
        if name not in LISTS:
            raise WrongUsage(f'"{name}" is not a list of operations.')
        frame, bound = self._answer(name, sql.NO_COLUMNS, values)
        self.audit.listed(self._entry(name, bound) | {"rows": len(frame)})
        return frame

    def leaves(self, title: str, rows: int) -> None:
        """Put on record that a list of single operations leaves the app as a file; before it does.

        Raises NotAllowed for a viewer who does not see patients.
        """
        if not self.viewer.sees_patients:
            raise NotAllowed("Your role shows counts, not single operations.")
        self.audit.listed(self._entry("export", {}) | {"title": title, "rows": rows})

    @cached_property
    def facts(self) -> Facts:
        """What the generation holds."""
        rows = self.engine.frame(sql.load("facts"), {})
        if rows.empty:
            raise NoData("This generation does not say what it holds. Run `outcomes store verify`.")
        row: Any = rows.iloc[0]
        return Facts(
            data_date=_day(row["data_date"]),
            first_operation=_day(row["first_operation"]),
            last_operation=_day(row["last_operation"]),
            operations=int(row["operations"]),
            all_operations=int(row["all_operations"]),
            patients=int(row["patients"]),
            made_up=bool(row["made_up"]),
            practice=str(row["practice"] or ""),
            definitions_version=str(row["definitions_version"]),
        )

    @cached_property
    def missing_kinds(self) -> frozenset[str]:
        """The kinds of record, kept tables and measures of visits, that nobody records in this generation."""
        return frozenset(map(str, self.engine.frame(sql.load("missing_kinds"), {})["kind"]))

    def choices(self, dimension: str) -> dict[str, str]:
        """The names that this viewer may choose from, with their labels, in order; "not recorded" is not one."""
        names = [name for code, name in self._codebook.names.get(dimension, {}).items() if code]
        scope = {"surgeon": self.viewer.surgeons, "site": self.viewer.sites}.get(dimension)
        labels = self._codebook.labels.get(dimension, {})
        return {name: labels[name] for name in names if scope is None or name in scope}

    def label(self, dimension: str, name: str) -> str:
        """The words for a name; the name itself where there are none."""
        return self._codebook.labels.get(dimension, {}).get(name, name)

    def order(self, dimension: str) -> dict[str, int]:
        """The names of a dimension with their place in it; "not recorded" has place 0."""
        return dict(self._codebook.codes.get(dimension, {}))

    @cached_property
    def described(self) -> str:
        """The cohort in words."""
        return self.cohort.described(self._codebook.labels)

    @property
    def _codebook(self) -> Codebook:
        return _codebook_of(self.engine)

    def _notebook(self) -> Notebook:
        if self.notebook is None:
            raise WrongUsage("This store keeps no notebook, so nothing can be written here.")
        return self.notebook

    def _answer(
        self, name: str, columns: Mapping[str, str | Sequence[str]], values: Mapping[str, Value], named: bool = True
    ) -> tuple[pd.DataFrame, dict[str, Value]]:
        query = sql.load(name, columns)
        said = {key: self._coded(key, value) for key, value in values.items()}
        if surplus := set(said) - query.parameters:
            raise WrongUsage(f'The query "{name}" does not ask for {", ".join(sorted(surplus))}.')
        # The scope comes last: neither the cohort nor a caller's value can take its place.
        offered = {**self._cohort_values(), **said, **self._scope_values()}
        if missing := query.parameters - set(offered):
            raise WrongUsage(f'The query "{name}" also wants {", ".join(sorted(missing))}.')
        bound = {key: offered[key] for key in query.parameters}
        frame = self.engine.frame(query, bound)
        return (self._named(frame, columns) if named else frame), bound

    def _coded(self, parameter: str, value: Value) -> Value:
        known = parameter in self._codebook.codes and isinstance(value, str)
        return self._codebook.code(parameter, str(value)) if known else value

    def _cohort_values(self) -> dict[str, Value]:
        cohort = self.cohort
        chosen = {
            dimension: self._codebook.known(dimension, cohort.chosen[dimension]) if dimension in cohort.chosen else None
            for dimension in TITLES
        }
        period = {"operated_from": cohort.operated_from, "operated_to": cohort.operated_to}
        return {**period, **chosen, "index_only": not cohort.every_operation}

    def _scope_values(self) -> dict[str, Value]:
        viewer = self.viewer
        if self.whole_practice:
            return {"scope_surgeons": None, "scope_sites": None}
        surgeons = None if viewer.surgeons is None else self._codebook.known("surgeon", viewer.surgeons)
        sites = None if viewer.sites is None else self._codebook.known("site", viewer.sites)
        return {"scope_surgeons": surgeons, "scope_sites": sites}

    def _named(self, frame: pd.DataFrame, columns: Mapping[str, str | Sequence[str]]) -> pd.DataFrame:
        """Names in place of codes, in every column that is a dimension."""
        by = columns.get("by")
        for column in frame.columns:
            dimension = by if column == UNIT and isinstance(by, str) else SAME_WORDS.get(str(column), column)
            names = self._codebook.names.get(str(dimension))
            if names is not None and column not in AS_COUNTED:
                frame[column] = frame[column].map({**names, **self._masks(str(dimension))})
        return frame

    def _masks(self, dimension: str) -> dict[int, str]:
        """For a comparison with the whole practice, the words for units outside the viewer's scope, by their code.

        Numbered by a digest and not by name or volume, which would give a unit away.
        """
        own = {"surgeon": self.viewer.surgeons, "site": self.viewer.sites}.get(dimension)
        if own is None or not self.whole_practice:
            return {}
        names = self._codebook.names.get(dimension, {})
        others = [(name, code) for code, name in names.items() if code and name not in own]
        salt = f"{self.engine.generation} {self.viewer.name} ".encode()
        others.sort(key=lambda other: sha256(salt + other[0].encode()).digest())
        return {code: f"Peer {place}" for place, (_, code) in enumerate(others, start=1)}

    def _entry(self, name: str, bound: Mapping[str, Value]) -> dict[str, Any]:
        period = {"from": self.cohort.operated_from, "to": self.cohort.operated_to}
        chosen = {**period, **self.cohort.chosen}
        own = {key: value for key, value in bound.items() if key not in _COHORT_PARAMETERS}
        return {
            "viewer": self.viewer.name,
            "role": self.viewer.role,
            "generation": self.engine.generation,
            "question": name,
            "cohort": {key: value for key, value in chosen.items() if value},
            "every_operation": self.cohort.every_operation,
            **({"whole_practice": True} if self.whole_practice else {}),
            "values": own,
        }


_COHORT_PARAMETERS = frozenset(TITLES) | {"operated_from", "operated_to", "index_only"}


@lru_cache(maxsize=4)
def _codebook_of(engine: Engine) -> Codebook:
    """Read once for each engine, which is once for each generation."""
    codes: dict[str, dict[str, int]] = {}
    names: dict[str, dict[int, str]] = {}
    labels: dict[str, dict[str, str]] = {}
    for row in engine.frame(sql.load("codes"), {}).itertuples(index=False):
        dimension, code, name = str(row.dimension), int(str(row.code)), str(row.name)
        codes.setdefault(dimension, {})[name] = code
        names.setdefault(dimension, {})[code] = name
        labels.setdefault(dimension, {})[name] = str(row.label)
    return Codebook(codes, names, labels)


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
