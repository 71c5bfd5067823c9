"""What a surgeon is told of everybody together, from which he or she takes the own patients, of whom all is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from dashboard.access import Viewer
from dashboard.analyses.beside import practice_of
from dashboard.analyses.case_mix import Model, ModelTerm
from dashboard.analyses.compare import compare
from dashboard.analyses.groups import due_from
from dashboard.analyses.model_plan import PROCEDURE
from dashboard.analyses.profiles import due_patterns
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.protecting import STEP, WIDEST
from tests.attacker.attacker import Bools
from tests.attacker.practice import OUTCOME, Practice, Said

NAME = "S06"
DAYS = (365, 730)
FAMILIES = ("decompression", "fusion")
YEARS = range(2020, 2025)
WHOLE = 1e-3
"""So near to a whole number is what follows from a model that was made of counts as they are."""


class Surgeon(Practice):
    """One surgeon, who knows of every patient all but the outcome, and of the own that too."""

    def __init__(self, store: Path, audit: Path, key: int = 3) -> None:
        super().__init__(store, audit, Viewer("Dr Six", "surgeon", surgeon=NAME), key)
        self.others = np.asarray(self.known["surgeon"] != self.codes["surgeon"][NAME])
        self.named = np.asarray(self.known["surgeon"] != 0)

    def of_known_state(self, outcome: str, days: int) -> Bools:
        """The operations that count at a landmark."""
        state, day = (np.asarray(self.became[outcome][column]) for column in ("state", "day"))
        due = np.asarray(pd.to_datetime(self.known["operated"]).dt.date <= due_from(self.records, days))
        return np.asarray(due & ((state == 1) | (day >= days)))

    def totals(self, days: int, cohorts: int, reach: int = WIDEST, step: int = STEP, seed: int = 1) -> Iterator[Said]:
        """What follows of the others from the share of all surgeons together, in cohort after cohort."""
        for asked in self._asked(cohorts, seed):
            chosen = asked.chosen
            answer = compare(self.records.of(asked), OUTCOME, "surgeon", days)
            if answer.shares is None:
                continue
            everybody = replace(asked, chosen={of: names for of, names in chosen.items() if of != "site"})
            of = self.members(everybody) & self.others & self.named & self.of_known_state(OUTCOME, days)
            sums = answer.units[["operations", "failed"]].sum()
            failed = self._solved(
                answer.shares.target, int(sums["operations"]), int(sums["failed"]), int(of.sum()), step
            )
            yield Said(f"{OUTCOME} failed {days}", of, min(failed) - reach, max(failed) + reach)

    def _asked(self, cohorts: int, seed: int) -> Iterator[Cohort]:
        """Like procedures up to the end of one year after the other, and so many others."""
        for family in FAMILIES:
            yield from (Cohort(None, date(year, 12, 31), {"family": (family,)}) for year in YEARS)
        for number, (cohort, _) in enumerate(self.questions(cohorts, seed)):
            chosen = {**cohort.chosen, "family": (FAMILIES[number % len(FAMILIES)],)}
            yield Cohort(cohort.operated_from, cohort.operated_to, chosen)

    def _solved(self, share: float, own: int, own_failed: int, others: int, step: int) -> list[int]:
        """How many of the others are told to have failed, by however many of them are told to be there."""
        found = []
        for n in range(max(0, others - 2 * WIDEST), others + 2 * WIDEST + 1):
            failed = share * (own + n) - own_failed
            if n % step == 0 and abs(failed - round(failed)) < WHOLE and round(failed) % step == 0:
                found.append(round(failed))
        return found

    def bands(self, days: int, reach: int = WIDEST) -> Iterator[Said]:
        """What is told of each band, of which the model in Compare, Planning and Monitoring is made."""
        practice = practice_of(self.records.of_practice, OUTCOME, days)
        assert practice.others is not None
        counted = self.others & self.of_known_state(OUTCOME, days)
        for factor in (PROCEDURE, *load().adjusting):
            codes = practice.others.patterns[factor].to_numpy()
            for band in np.unique(codes):
                told = practice.others.told("failed", codes == band)
                of = counted & np.asarray(self.known[factor] == band)
                yield Said(f"{OUTCOME} failed {days}", of, told - reach, told + reach)

    def solved(self, model: Model, everybody: pd.DataFrame) -> dict[str, float]:
        """How many of the others failed by band, as it follows from a model's risks: they add up to the failures.

        The risks are what Planning says of each profile; how many are of each is known, and so are the own failures.
        """
        own = due_patterns(self.records, model.outcome, model.within_days)
        found = {}
        for term in model.terms:
            some, mine = _within(model, everybody, term), _within(model, own, term)
            expected = (model.risks(some) * some["operations"]).sum()
            found[f"{term.factor} {term.code}"] = float(expected - mine["failed"].sum())
        return found


def _within(model: Model, patterns: pd.DataFrame, term: ModelTerm) -> pd.DataFrame:
    """The patterns of a band that the model speaks of."""
    there = model.covers(patterns) & (model.plan.together(patterns)[term.factor] == term.code).to_numpy()
    return patterns[there]
