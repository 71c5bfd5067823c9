"""The attacker finds nobody in protected form; and finds patients in every form that is a little less than it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard import protecting
from dashboard.cohort import Cohort
from dashboard.protecting import FORMS, WIDEST, ProtectedForm, month_ends
from tests.attacker.attacker import Bools, Heard
from tests.attacker.practice import OUTCOME, READS, Practice
from tests.attacker.table import DIED, FAILED, OF_NO_OUTCOME, UNANSWERED, WELL, generation, keyed, told

COHORTS = {"failure_curve": 30, "operations": 60, "risk_factors_landmark": 60}
"""So many are asked about, each by several columns; as many as it takes to find somebody in exact counts."""
FEWER = 10
CHANGES = 30
HALF_A_STEP = 2
"""So far at most a count is told from what it is by a rounding to the nearest 5."""

Rounding = Callable[[int, str], int]


@pytest.fixture(scope="module")
def practice(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return Practice(sample_store, tmp_path_factory.mktemp("audit"))


def to_five(count: int, _: str = "") -> int:
    """The nearest multiple of 5: what a fixed rounding tells."""
    return (count + HALF_A_STEP) // 5 * 5


@pytest.mark.parametrize("read", READS)
def test_nobody_is_found_by_pairs_of_what_may_be_asked(
    practice: Practice, capsys: pytest.CaptureFixture[str], read: str
) -> None:
    cohorts = COHORTS.get(read, FEWER)
    answers = practice.answers(read, cohorts)
    seen = practice.found(answers)
    with capsys.disabled():
        print(f"\n{read}: {cohorts} cohorts, {seen.counts} counts, {seen.pairs} pairs: {seen.patients} found")
    assert seen.patients == 0
    assert seen.pairs >= 40
    exact = practice.found(practice.exactly(answers))
    assert exact.patients, "The attacker finds nobody in exact counts either: he does not work."


def test_every_form_is_read_but_the_one_that_is_the_curve_by_years() -> None:
    assert FORMS.keys() - READS.keys() == {"failure_by_month"}


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
        (to_five, (HALF_A_STEP, HALF_A_STEP)),
        (lambda count, _: (count + 4) // 5 * 5, (4, 0)),
    ):
        found = by_day(practice, rounded, reach).inferred()
        assert len(found.failed) >= 20
        assert truth[list(found.failed)].all()
        assert not truth[list(found.well)].any()
    assert not any(by_day(practice, form.rounded, (WIDEST, WIDEST)).inferred()[:2])


def days_known(practice: Practice, by: str) -> list[tuple[Bools, int]]:
    """Of which operations somebody failed for certain on which day, as the curve rises on it and not on the one before.

    The attacker knows on which days it may rise: a rise says that somebody failed since the last of them. What happened
    on the day of surgery stands on the first.
    """
    found = []
    curve = practice.records.read("failure_curve", columns={"by": by}, outcome=OUTCOME)
    ends = [-1, *protecting.month_ends(int(curve["day"].max()), None)]
    before = dict(zip(ends[1:], ends, strict=False))
    codes = practice.codes[by]
    for unit, rows in curve[curve["failed"] > 0].groupby("unit"):
        of = np.asarray(practice.known[by] == codes[str(unit)])
        found += [(of, int(day)) for day in rows["day"] if day - before[int(day)] == 1]
    return found


def test_a_curve_in_steps_of_a_day_would_tell_on_which_day_somebody_failed(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever knows on which day a patient was operated again then knows that it was a failure."""
    assert not days_known(practice, "family")
    assert min(np.diff([0, *month_ends(4000, None)])) > 14
    monkeypatch.setattr(protecting, "month_ends", lambda last, _: list(range(1, last + 2)))
    caught = days_known(practice, "family")
    assert len(caught) >= 10
    state, day = (np.asarray(practice.became[OUTCOME][column]) for column in ("state", "day"))
    assert all(((state == FAILED) & (day == on))[of].any() for of, on in caught)


def _first(rows: pd.DataFrame, state: int) -> Bools:
    return np.asarray(rows.index == rows.index[rows["state"] == state][0])


def _changed(rows: pd.DataFrame, state: int, into: int) -> pd.DataFrame:
    return rows.assign(
        state=rows["state"].mask(_first(rows, state), into), day=rows["day"].mask(_first(rows, state), 50)
    )


def _one_more(rows: pd.DataFrame, state: int) -> pd.DataFrame:
    more = pd.DataFrame([{"operated": 9001, "state": state, "day": 50}])
    return pd.concat([rows, more], ignore_index=True)


CHANGED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "an outcome": lambda rows: _changed(rows, WELL, FAILED),
    "a failure that is none by the next definition": lambda rows: _changed(rows, FAILED, WELL),
    "a patient more, who failed": lambda rows: _one_more(rows, FAILED),
    "a patient more, who is well": lambda rows: _one_more(rows, WELL),
    "an answer": lambda rows: _changed(rows, UNANSWERED, WELL),
}
"""What the next generation, or the next version of a definition, has otherwise."""
OF_EVENTS = tuple(CHANGED)[:4]
OTHER_CHANGES = {"follow_up": tuple(CHANGED)[2:], "operations": tuple(CHANGED)[2:4]}
"""The changes that touch what a form counts, where it counts no outcome."""
ONE_MORE = {"follow_up": "an answer", "operations": OF_EVENTS[2]}
PAIRS = [(read, change) for read in READS for change in OTHER_CHANGES.get(read, OF_EVENTS)]


def differences(read: str, change: str) -> list[int]:
    """By how much a count is told otherwise once one thing has changed, of many practices."""
    found = []
    for number in range(CHANGES):
        before = generation(number)
        earlier, later = told(before, read), told(CHANGED[change](before), read)
        if earlier is not None and later is not None:
            found.append(later - earlier)
    return found


def certain(moves: Sequence[int], reach: int) -> int:
    """In how many of these one more is counted for certain, or one fewer, or none: the others are left open."""
    return sum(not move - 2 * reach < 0 < move + 2 * reach for move in moves)


@pytest.mark.parametrize(("read", "change"), PAIRS)
def test_a_generation_or_definition_less_the_one_before_never_tells_what_became_of_one_patient(
    read: str, change: str
) -> None:
    moves = differences(read, change)
    assert certain(moves, WIDEST) == 0
    assert {*np.sign(moves)} == {-1, 0, 1}


@pytest.mark.parametrize("read", READS)
def test_a_fixed_rounding_would_tell_it_in_every_form(read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protecting, "shift", lambda *_: HALF_A_STEP)
    moves = differences(read, ONE_MORE.get(read, OF_EVENTS[0]))
    assert {*moves} == {0, 5}
    assert certain(moves, HALF_A_STEP) == moves.count(5)


@pytest.mark.parametrize("read", READS)
def test_a_generation_in_which_nothing_changed_tells_the_same_so_that_no_average_can_be_taken(read: str) -> None:
    for number in range(CHANGES // 5):
        shuffled = generation(number).sample(frac=1, random_state=number).reset_index(drop=True)
        assert told(generation(number), read) == told(shuffled, read)


def test_what_is_counted_of_no_outcome_is_told_the_same_whatever_becomes_of_anybody() -> None:
    for number in range(CHANGES // 5):
        before = generation(number)
        after = before.assign(state=before["state"].replace({DIED: DIED, WELL: FAILED}))
        assert all(told(before, read) == told(after, read) for read in OF_NO_OUTCOME)


def test_only_whole_quarters_and_few_filters_are_asked_about(practice: Practice) -> None:
    for cohort, _ in practice.questions(FEWER):
        asked: Cohort = practice.records.of(cohort).cohort
        assert asked == asked.in_quarters()
        assert asked.operated_to is None or (asked.operated_to + timedelta(days=1)).day == 1
        assert asked.operated_from is None or asked.operated_from >= date(2018, 1, 1)
