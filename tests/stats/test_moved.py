"""No course that may stand behind a told one has a share, limit or variance outside what is said of the told one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.leeway import of_course
from dashboard.protecting import COUNTED, ProtectedForm
from dashboard.stats import survival

KEYS = 12
DAYS = (90, 365, 730)
STATES = {"failed": 1, "died": 2, "left_follow_up": 0}


def operations(n: int, failing: float, followed: int, seed: int) -> pd.DataFrame:
    """What became of so many; followed: who is well left by so many days, each on a day of his own."""
    random = np.random.default_rng(seed)
    state = random.choice([0, 1, 2], n, p=[0.97 - failing, failing, 0.03])
    well, other = random.integers(1, followed, n), random.exponential(300, n).astype(int) % 1400 + 1
    day = np.where(state == 0, well, np.minimum(other, well))
    return pd.DataFrame({"operated": random.integers(6000, 9000, n), "state": state, "day": day})


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    of = {name: rows["state"] == state for name, state in STATES.items()}
    return rows[["day"]].assign(unit=0, **of).groupby(["unit", "day"], as_index=False)[list(COUNTED)].sum()


def told(rows: pd.DataFrame, key: int) -> pd.DataFrame:
    """The same in protected form."""

    def signature(name: str, by: str, values: Mapping[str, Any]) -> pd.DataFrame:
        of = rows[rows["state"].isin((1, 2))] if name == "event_signature" else rows
        return pd.DataFrame([{"unit": 0, "operations": len(of), "days": of["day"].sum(), "more": of["operated"].sum()}])

    form = ProtectedForm(signature, lambda words: sha256(f"{key} {words}".encode()).digest())
    return form.told("failure_curve", {"by": ()}, {"outcome": 1}, counts(rows))


def at(frame: pd.DataFrame, day: int, parts: int = 0) -> Any:
    return survival.share_at(course(frame), day, of_course(parts))


def course(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"left_follow_up": "left"})


@pytest.mark.parametrize(
    ("n", "failing", "followed"), [(60, 0.4, 1500), (150, 0.2, 1500), (600, 0.15, 1100), (3000, 0.1, 2500)]
)
def test_share_limits_and_variance_hold_for_the_course_behind_the_told_one(
    n: int, failing: float, followed: int
) -> None:
    for key in range(KEYS):
        rows = operations(n, failing, followed, key)
        for day in DAYS:
            said, known = at(told(rows, key), day, 1), at(counts(rows), day)
            assert said.low <= known.share <= said.high
            assert said.lower <= known.lower
            assert said.upper >= known.upper
            assert said.variance >= known.variance


def test_limits_that_do_not_allow_for_the_movement_would_not_hold() -> None:
    rows = [operations(150, 0.2, 1500, key) for key in range(KEYS)]
    pairs = [[at(frame, 365) for frame in (told(each, key), counts(each))] for key, each in enumerate(rows)]
    assert any(said.lower > known.lower for said, known in pairs)
    assert any(said.upper < known.upper for said, known in pairs)


def test_so_do_those_of_two_courses_added_up_and_of_their_difference() -> None:
    for key in range(KEYS):
        one, other = operations(400, 0.3, 2000, key), operations(700, 0.1, 2000, key + 100)
        parts, exact = [told(rows, key) for rows in (one, other)], [counts(rows) for rows in (one, other)]
        said, known = at(_together(parts), 365, 2), at(_together(exact), 365)
        assert said.low <= known.share <= said.high
        assert said.lower <= known.lower
        assert said.upper >= known.upper
        apart: Any = survival.difference(*(at(each, 365, 1) for each in parts))
        truly: Any = survival.difference(*(at(each, 365) for each in exact))
        assert apart.lower <= truly.lower
        assert apart.upper >= truly.upper


def _together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames).groupby("day", as_index=False)[list(COUNTED)].sum()


def test_a_curve_has_the_limits_of_its_shares_at_each_landmark() -> None:
    moved = told(operations(600, 0.15, 2000, 1), 1)
    curve, share = survival.drawn_curve(course(moved), of_course(1)), at(moved, 365, 1)
    row = curve[curve["day"] <= 365].iloc[-1]
    assert row["share"] == pytest.approx(share.share)
    assert row["upper"] == pytest.approx(share.upper, abs=0.03)
    assert row["lower"] == pytest.approx(share.lower, abs=0.01)
    assert (curve["lower"] <= curve["share"]).all()
    assert (curve["share"] <= curve["upper"]).all()
    assert (curve["upper"] - curve["lower"] >= 0).all()


@pytest.mark.parametrize(("n", "failing", "followed"), [(150, 0.2, 1500), (600, 0.15, 400), (3000, 0.1, 2500)])
def test_on_every_day_a_curve_has_limits_between_which_those_of_the_course_behind_it_lie(
    n: int, failing: float, followed: int
) -> None:
    for key in range(KEYS):
        rows = operations(n, failing, followed, key)
        rows.loc[::60, ["state", "day"]] = 1, 0  # found on the day of surgery
        rows.loc[1::60, ["state", "day"]] = 1, 32  # and on the first of the second month
        curve, exact = survival.drawn_curve(course(told(rows, key)), of_course(1)), course(counts(rows))
        for day in range(370):
            row, known = curve[curve["day"] <= day].iloc[-1], survival.share_at(exact, day)
            assert known.lower is not None
            assert known.upper is not None
            assert row["lower"] <= known.lower, (key, day)
            assert row["upper"] >= known.upper, (key, day)


def test_exact_counts_have_no_bounds_and_the_limits_that_they_had() -> None:
    true = counts(operations(300, 0.2, 1500, 1))
    share = survival.share_at(course(true), 365)
    assert at(true, 365) == share
    assert (share.low, share.high) == (None, None)
