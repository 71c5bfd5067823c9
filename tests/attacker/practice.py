"""The questions that the attacker may ask of the sample practice, and what he is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd

from dashboard.access import Viewer
from dashboard.analyses.groups import due_from
from dashboard.audit import Audit
from dashboard.audit_keys import DISCLOSURE
from dashboard.cohort import FILTERS, PLACES, TITLES, Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import NotTold
from dashboard.private import SECRET_BYTES
from dashboard.protecting import FORMS, WIDEST, Cells
from dashboard.records import Records
from tests.attacker.attacker import Bools, Heard

BY = ("family", "procedure", "surgeon", "site", "sex", "age", "prior_surgery", "smoking", "levels")
OUTCOME, AT_VISIT, WITHIN = "fbss", "not_better", 730
MARKS = (365, WITHIN, 100_000)
"""By which days failures are counted."""
MANAGER = Viewer("Manager", "manager", protected=True)
HALF, ASKED_BY = 0.5, 4
"""How many of the cohorts are of a part of the time, and by how many columns each is broken down."""

READS: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "failure_curve": {"outcome": OUTCOME},
    "follow_up": {},
    "landmark": {"outcome": AT_VISIT},
    "lost": {"outcome": OUTCOME, "within_days": WITHIN},
    "operations": {},
    "risk_factors": {"outcome": OUTCOME, "within_days": WITHIN},
    "risk_factors_landmark": {"outcome": AT_VISIT},
})  # fmt: skip
"""The forms that are read, each with what it is asked with."""
BY_FACTOR = "factors"
KNOWN = frozenset({"operations", "patients", "due", "not_due"})
"""Counts of what the attacker knows of every operation: when it was done."""

Question = tuple[Cohort, str]


class Said(NamedTuple):
    """One count of an answer: what it counts, of which operations, and between which bounds it lies."""

    what: str
    of: Bools
    low: int
    high: int


class Found(NamedTuple):
    """How many patients were found, all of them rightly, and by how many counts and pairs of sets."""

    patients: int
    counts: int
    pairs: int


class Practice:
    """The sample practice, as it is: what everybody knows of its operations, and what became of them."""

    def __init__(self, store: Path, audit: Path, viewer: Viewer = MANAGER, key: int = 3) -> None:
        """key: by which counts are moved, so that it is the same whenever it is tried."""
        (audit / DISCLOSURE).write_bytes(bytes([key]) * SECRET_BYTES)
        shown = Store(store).last_whole()
        assert shown is not None
        path = shown.generation.path
        # A copy: one process opens a file in one way only, and a door stands open to it.
        copied = shutil.copy(path, audit / "known.duckdb")
        with duckdb.connect(str(copied), read_only=True) as held:
            self.known = held.execute("from operation_band where index_operation order by operation").df()
            became = held.execute(
                "select became.*, code.name from operation_outcome as became inner join code on code.dimension = "
                "'outcome' and code.code = became.outcome where became.index_operation order by operation"
            ).df()
            visits = held.execute("from visit_state where index_operation order by operation").df()
            codes = held.execute("select dimension, name, code from code").df()
        self.codes = {of: dict(zip(rows["name"], rows["code"], strict=True)) for of, rows in codes.groupby("dimension")}
        self.became = {name: rows.reset_index(drop=True) for name, rows in became.groupby("name")}
        self.visits = visits.pivot(index="operation", columns="visit", values="state").reset_index(drop=True)
        self.records = Records(DuckEngine(path, shown.generation.number), viewer, Cohort(), Audit(audit))
        self.due_from = due_from(self.records, WITHIN)

    @cache  # noqa: B019 - there are two of these at most
    def truth(self, what: str) -> Bools:
        """Of each operation whether it is counted, by the words of what is said."""
        of, name, *more = what.split()
        if of in TITLES:
            return np.asarray(self.known[of] == self.codes[of][name])
        if of == "visit":
            return np.asarray(self.visits[int(name)] == int(more[0]))
        state, day = (np.asarray(self.became[of][column]) for column in ("state", "day"))
        if of == AT_VISIT:
            counted = {"answered": (0, 1), "failed": (1,), "died": (2,)}[name]
            return np.isin(state, counted)
        due = np.asarray(pd.to_datetime(self.known["operated"]).dt.date <= self.due_from)
        if name == "failed":
            return np.asarray((state == 1) & (day <= int(more[0])))
        by_then = {"due_failed": (state == 1) & (day <= WITHIN), "lost": ~np.isin(state, (1, 2)) & (day < WITHIN)}
        return np.asarray(due & by_then[name])

    def failed(self, by_day: int) -> Bools:
        """Whether each operation had failed by a day."""
        return self.truth(f"{OUTCOME} failed {by_day}")

    def members(self, cohort: Cohort) -> Bools:
        """The operations of a cohort."""
        operated = pd.to_datetime(self.known["operated"]).dt.date
        start, end = cohort.operated_from or date.min, cohort.operated_to or date.max
        chosen = np.asarray((operated >= start) & (operated <= end))
        for dimension, names in cohort.chosen.items():
            chosen = chosen & np.asarray(self.known[dimension].isin([self.codes[dimension][name] for name in names]))
        return chosen

    def questions(self, count: int, seed: int = 1) -> Iterator[Question]:
        """Of so many cohorts those that may be asked: whole quarters, up to two filters, some breakdowns of each."""
        random = Random(seed)
        names = {each.dimension: sorted(self.records.choices(each.dimension)) for each in FILTERS}
        for _ in range(count):
            filters = random.sample([each for each in FILTERS if len(names[each.dimension]) > 1], random.randint(0, 2))
            chosen = {
                each.dimension: tuple(random.sample(of, random.randint(max(1, len(of) - 2), len(of))))
                for each, of in ((each, names[each.dimension]) for each in filters)
            }
            first, last = random.choice(_PERIODS) if random.random() < HALF else (None, None)
            for by in random.sample(BY, ASKED_BY):
                yield Cohort(first, last, chosen), by

    def said(self, read: str, question: Question) -> Iterator[Said]:
        """All that the answer to a question says by one read; nothing where it is not told."""
        cohort, by = question
        try:
            if read == "operations":
                yield from self._of_operations(cohort, by)
            elif by in self._columns(read):
                yield from self._of_groups(read, cohort, by)
        except NotTold:
            return

    def answers(self, read: str, cohorts: int, seed: int = 1) -> list[Said]:
        """What one read says of so many cohorts, each by several columns."""
        return [one for question in self.questions(cohorts, seed) for one in self.said(read, question)]

    def found(self, answers: Sequence[Said]) -> Found:
        """Who is found in these answers. Raises AssertionError where a count or the attacker is wrong."""
        heard: dict[str, Heard] = {}
        for what, of, low, high in answers:
            assert low <= self.truth(what)[of].sum() <= high
            heard.setdefault(what, Heard(len(self.known))).hear(of, low, high)
        patients, pairs = 0, 0
        for what, one in heard.items():
            named, truth = one.inferred(), self.truth(what)
            assert truth[list(named.failed)].all()
            assert not truth[list(named.well)].any()
            patients, pairs = patients + len(named.failed | named.well), pairs + named.pairs
        return Found(patients, len(answers), pairs)

    def exactly(self, answers: Sequence[Said]) -> list[Said]:
        """The same answers, had they been told as they are."""
        known = [(one, int(self.truth(one.what)[one.of].sum())) for one in answers]
        return [one._replace(low=count, high=count) for one, count in known]

    def _columns(self, read: str) -> tuple[str, ...]:
        if read.startswith("risk_factors"):
            return tuple(load().factors)
        return (*TITLES, "smoking") if read == "follow_up" else BY

    def _of_operations(self, cohort: Cohort, by: str) -> Iterator[Said]:
        """How many are of one band, who of the operations in a place and time are of it being what is not known."""
        if by in PLACES or by not in TITLES:
            return
        everybody = self.records.of(Cohort(cohort.operated_from, cohort.operated_to, {
            kind: names for kind, names in cohort.chosen.items() if kind in PLACES
        })).cohort  # fmt: skip
        of = self.members(everybody)
        for name in self.records.choices(by):
            chosen = Cohort(everybody.operated_from, everybody.operated_to, {**everybody.chosen, by: (name,)})
            told = int(self.records.of(chosen).read("operations")["operations"].iloc[0])
            # None are told of too few as well.
            yield Said(f"{by} {name}", of, max(0, told - WIDEST), told + WIDEST if told else int(of.sum()))

    def _of_groups(self, read: str, cohort: Cohort, by: str) -> Iterator[Said]:
        records, values = self.records.of(cohort), dict(READS[read])
        if "within_days" in values:
            values["due_from"] = self.due_from
        columns: Any = {BY_FACTOR: (by,)} if read.startswith("risk_factors") else {"by": by}
        frame, everybody = records.read(read, columns=columns, **values), self.members(records.cohort)
        key = "band" if "band" in frame else "unit"
        for group, rows in frame.groupby(key):
            code = int(str(group)) if key == "band" else self.codes[by][str(group)]
            of = everybody & np.asarray(self.known[by] == code)
            told = self._of_cells if isinstance(FORMS[read], Cells) else self._of_course
            yield from (Said(what, of, low, high) for what, low, high in told(read, rows, int(of.sum())))

    def _of_course(self, read: str, rows: pd.DataFrame, size: int) -> Iterator[tuple[str, int, int]]:
        for mark in MARKS[:2] if read == "risk_factors" else MARKS:
            day = "until_day" if "until_day" in rows else "day"
            told = int(rows.loc[rows[day] <= mark, "failed"].sum())
            yield f"{OUTCOME} failed {mark}", told - WIDEST, told + WIDEST
        if read == "risk_factors":
            beside = {name: int(rows[name].sum()) for name in ("not_due", "lost", "due_failed")}
            left = int(rows[["failed", "died", "left_follow_up"]].to_numpy().sum())
            for name, told in beside.items():
                if name not in KNOWN:
                    yield f"{OUTCOME} {name}", told - WIDEST, size if told == left else told + WIDEST
                left -= told

    def _of_cells(self, read: str, rows: pd.DataFrame, size: int) -> Iterator[tuple[str, int, int]]:
        """The bounds of each count; where it was cut to what is left of its whole, there is none above."""
        form = FORMS[read]
        assert isinstance(form, Cells)
        for row in rows.to_dict("records"):
            told: dict[str, int] = {}
            of = str(READS[read].get("outcome", f"visit {self.codes['visit'].get(str(row.get('visit')), 0)}"))
            for name, whole in form.of.items():
                left = told[whole] - sum(told[one] for one in told if form.of[one] == whole) if whole else None
                told[name] = int(row[name])
                if name not in KNOWN or form.cells:
                    what = f"{of} {row['visit_state']}" if form.cells else f"{of} {name}"
                    yield what, told[name] - WIDEST, size if told[name] == left else told[name] + WIDEST


_PERIODS = [
    (date(first, quarter, 1), date(last, 12, 31))
    for first in range(2018, 2025) for quarter in (1, 4, 7, 10) for last in range(first + 1, 2027)
]  # fmt: skip
