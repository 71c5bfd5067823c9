"""The attacker finds nobody in protected form; and finds patients in every form that is a little less than it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.errors import NotTold
from dashboard.protecting import WIDEST, ProtectedForm
from tests.attacker.attacker import Bools, Heard
from tests.attacker.practice import COUNTS, MARKS, Practice

QUESTIONS = 40
"""Cohorts, each by several columns."""
CHANGES = 150

Rounding = Callable[[int, str], int]


@pytest.fixture(scope="module")
def practice(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return Practice(sample_store, tmp_path_factory.mktemp("audit"))


def keyed(words: str) -> bytes:
    return sha256(f"a secret {words}".encode()).digest()


def to_five(count: int, _: str = "") -> int:
    """The nearest multiple of 5: what a fixed rounding tells."""
    return (count + 2) // 5 * 5


def test_nobody_is_found_by_thousands_of_pairs_of_what_may_be_asked(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    heard, sets = practice.heard(QUESTIONS)
    pairs = 0
    for mark in MARKS:
        truth = practice.failed(mark)
        for of, low, high in zip(heard[mark].members, heard[mark].low, heard[mark].high, strict=True):
            assert low <= truth[of].sum() <= high
        found = heard[mark].inferred()
        assert not found.failed | found.well
        pairs += found.pairs
    with capsys.disabled():
        print(f"\n{QUESTIONS} cohorts, {len(sets)} answers, {pairs} pairs of one within the other: 0 patients found")
    assert pairs >= 1000
    exact = Heard(len(practice.known))
    for of in sets:
        exact.hear(of, int(practice.failed(730)[of].sum()), int(practice.failed(730)[of].sum()))
    told = exact.inferred()
    assert told.failed | told.well, "The attacker finds nobody in exact counts either: he does not work."
    assert practice.failed(730)[list(told.failed)].all()
    assert not practice.failed(730)[list(told.well)].any()


def by_day(practice: Practice, rounded: Rounding, reach: tuple[int, int]) -> Heard:
    """What is heard when the period may end on any day, under a rounding that reaches so far down and up."""
    order, truth = np.argsort(practice.known["operated"].to_numpy(), kind="stable"), practice.failed(730)
    heard = Heard(len(order))
    for last in range(11, len(order)):
        of: Bools = np.zeros(len(order), dtype=bool)
        of[order[:last]] = True
        failed = int(truth[of].sum())
        if failed >= 6 and last - failed >= 6:
            told = rounded(failed, f"{last} operations")
            heard.hear(of, told - reach[0], told + reach[1])
    return heard


def test_fixed_thresholds_and_fixed_rounding_give_patients_away_by_days_and_so_does_a_shift_that_is_one_for_all(
    practice: Practice,
) -> None:
    truth, form = practice.failed(730), ProtectedForm(lambda *_: pd.DataFrame(), keyed)
    for rounded, reach in (
        (lambda count, _: count, (0, 0)),
        (to_five, (2, 2)),
        (lambda count, _: (count + 4) // 5 * 5, (4, 0)),
    ):
        found = by_day(practice, rounded, reach).inferred()
        assert len(found.failed) >= 20
        assert truth[list(found.failed)].all()
        assert not truth[list(found.well)].any()
    assert not any(by_day(practice, form.rounded, (WIDEST, WIDEST)).inferred()[:2])


class _Table:
    """Operations of a generation: the day of surgery, the state and its day; told of without a database."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows = rows

    def told(self) -> int | None:
        """How many are told to have failed; None where nothing is told."""
        form = ProtectedForm(self._signature, keyed)
        states = {"failed": 1, "died": 2, "left_follow_up": 0}
        counted = {name: self.rows["state"] == state for name, state in states.items()}
        frame = self.rows[["day"]].assign(unit=0, **counted).groupby(["unit", "day"], as_index=False)[COUNTS].sum()
        try:
            return int(form.told("failure_curve", {"by": ()}, {"outcome": 1}, frame)["failed"].sum())
        except NotTold:
            return None

    def _signature(self, name: str, by: str, values: Mapping[str, Any]) -> pd.DataFrame:
        rows, of_events = self.rows, name == "event_signature"
        rows = rows[rows["state"].isin((1, 2))] if of_events else rows
        days = rows["day"] + 100_000 * rows["state"] if of_events else rows["operated"]
        return pd.DataFrame(
            [{"unit": 0, "operations": len(rows), "days": days.sum(), "more": (days * rows["operated"]).sum()}]
        )


def _generation(number: int) -> pd.DataFrame:
    random = np.random.default_rng(number)
    size = int(random.integers(40, 120))
    state = random.choice([0, 1, 2], size, p=[0.65, 0.3, 0.05])
    return pd.DataFrame(
        {"operated": random.integers(6000, 9000, size), "state": state, "day": random.integers(1, 1500, size)}
    )


def _well(rows: pd.DataFrame) -> int:
    return int(rows.index[rows["state"] == 0][0])


def _one_more(state: int) -> pd.DataFrame:
    return pd.DataFrame([{"operated": 9001, "state": state, "day": 50}])


CHANGED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "an outcome": lambda rows: rows.assign(state=rows["state"].mask(rows.index == _well(rows), 1)),
    "a failure that is none by the next definition": lambda rows: rows.assign(
        state=rows["state"].mask(rows.index == rows.index[rows["state"] == 1][0], 0)
    ),
    "a patient more, who failed": lambda rows: pd.concat([rows, _one_more(1)], ignore_index=True),
    "a patient more, who is well": lambda rows: pd.concat([rows, _one_more(0)], ignore_index=True),
}
"""What the next generation, or the next version of a definition, has otherwise."""


@pytest.mark.parametrize("change", CHANGED)
def test_a_generation_or_definition_less_the_one_before_never_tells_what_became_of_one_patient(change: str) -> None:
    moves = set()
    for number in range(CHANGES):
        before = _generation(number)
        after = CHANGED[change](before)
        earlier, later = _Table(before).told(), _Table(after).told()
        if earlier is not None and later is not None:
            moves.add(np.sign(later - earlier))
            # The bounds of both leave open that one more failed, that none did, and that one fewer did.
            assert (later - WIDEST) - (earlier + WIDEST) < 0 < (later + WIDEST) - (earlier - WIDEST)
    assert moves == {-1, 0, 1}


def test_a_fixed_rounding_would_tell_it_between_two_generations() -> None:
    risen = [
        number
        for number in range(CHANGES)
        if to_five(n := int((_generation(number)["state"] == 1).sum())) < to_five(n + 1)
    ]
    assert risen


def test_a_generation_in_which_nothing_changed_tells_the_same_so_that_no_average_can_be_taken() -> None:
    for number in range(CHANGES // 10):
        shuffled = _generation(number).sample(frac=1, random_state=number).reset_index(drop=True)
        assert _Table(_generation(number)).told() == _Table(shuffled).told()


def test_only_whole_quarters_and_few_filters_are_asked_about(practice: Practice) -> None:
    for cohort, _ in practice.questions(QUESTIONS):
        asked = practice.records.of(cohort).cohort
        assert asked == asked.in_quarters()
        assert asked.operated_to is None or (asked.operated_to + timedelta(days=1)).day == 1
        assert asked.operated_from is None or asked.operated_from >= date(2018, 1, 1)
