"""The questions that the attacker may ask of the sample practice, and what he is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from dashboard.access import Viewer
from dashboard.audit import Audit
from dashboard.cohort import FILTERS, Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import NotTold
from dashboard.protecting import WIDEST
from dashboard.records import Records
from tests.attacker.attacker import Bools, Heard

BY = ("family", "procedure", "surgeon", "site", "sex", "age", "prior_surgery", "smoking", "levels")
OUTCOME = "fbss"
MARKS = (365, 730, 100_000)
"""By which days failures are counted."""
MANAGER = Viewer("Manager", "manager", protected=True)
HALF, ASKED_BY = 0.5, 4
"""How many of the cohorts are of a part of the time, and by how many columns each is broken down."""
COUNTS = ["failed", "died", "left_follow_up"]

Question = tuple[Cohort, str]


class Practice:
    """The sample practice, as it is: what everybody knows of its operations, and what became of them."""

    def __init__(self, store: Path, audit: Path) -> None:
        shown = Store(store).last_whole()
        assert shown is not None
        path = shown.generation.path
        # A copy: one process opens a file in one way only, and a door stands open to it.
        copied = shutil.copy(path, audit / "known.duckdb")
        with duckdb.connect(str(copied), read_only=True) as held:
            self.known = held.execute(
                "select band.*, became.state, became.day from operation_band as band inner join operation_outcome as "
                "became on band.operation = became.operation inner join code on code.dimension = 'outcome' and "
                "code.code = became.outcome where code.name = $1 and band.index_operation order by band.operation",
                [OUTCOME],
            ).df()
        self.records = Records(DuckEngine(path, shown.generation.number), MANAGER, Cohort(), Audit(audit))

    def failed(self, by_day: int) -> Bools:
        """Whether each operation had failed by a day."""
        return np.asarray((self.known["state"] == 1) & (self.known["day"] <= by_day))

    def members(self, cohort: Cohort) -> Bools:
        """The operations of a cohort."""
        operated = pd.to_datetime(self.known["operated"]).dt.date
        start, end = cohort.operated_from or date.min, cohort.operated_to or date.max
        chosen = np.asarray((operated >= start) & (operated <= end))
        for dimension, names in cohort.chosen.items():
            chosen = chosen & np.asarray(self.known[dimension].isin([self._codes(dimension)[name] for name in names]))
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

    def told(self, question: Question) -> Iterator[tuple[Bools, Mapping[int, int]]]:
        """For each group of an answer its operations, and what is told to have failed by each of MARKS."""
        cohort, by = question
        records = self.records.of(cohort)
        try:
            curve = records.read("failure_curve", columns={"by": by or ()}, outcome=OUTCOME)
        except NotTold:
            return
        everybody = self.members(records.cohort)
        for unit, rows in curve.groupby("unit"):
            of = everybody & np.asarray(self.known[by] == self._codes(by)[str(unit)]) if by else everybody
            yield of, {mark: int(rows.loc[rows["day"] <= mark, "failed"].sum()) for mark in MARKS}

    def heard(self, count: int, seed: int = 1) -> tuple[dict[int, Heard], list[Bools]]:
        """By mark what is heard when so many questions are asked; and the sets that an answer was given of."""
        heard = {mark: Heard(len(self.known)) for mark in MARKS}
        sets = []
        for question in self.questions(count, seed):
            for of, failed in self.told(question):
                sets.append(of)
                for mark, told in failed.items():
                    heard[mark].hear(of, told - WIDEST, told + WIDEST)
        return heard, sets

    def _codes(self, dimension: str) -> Mapping[str, Any]:
        return self.records.order(dimension)


_PERIODS = [
    (date(first, quarter, 1), date(last, 12, 31))
    for first in range(2018, 2025) for quarter in (1, 4, 7, 10) for last in range(first + 1, 2027)
]  # fmt: skip
