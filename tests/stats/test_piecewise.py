"""Hazards taken as even within intervals: person-days by hand, rates by hand, and what must always hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dashboard.stats import piecewise
from dashboard.stats.hazard_fit import HazardFit

STARTS = (0, 31, 91, 366)
GROUPS = [[0.0], [1.0]]


def test_one_interval_compares_two_rates() -> None:
    """10 failures in 1,000 days against 6 in 300: ratio 2, standard error of its logarithm sqrt(1/10 + 1/6)."""
    fit = piecewise.fit(GROUPS, [0, 1], [0, 0], [10, 6], [1000.0, 300.0], ["group"])
    assert np.exp(fit.coefficients[0]) == pytest.approx(2)
    assert fit.standard_errors[0] == pytest.approx(np.sqrt(1 / 10 + 1 / 6), rel=1e-7)
    assert (fit.events, fit.operations, fit.method) == (16, 2, "piecewise exponential")


def test_an_interval_without_failures_changes_nothing() -> None:
    short = piecewise.fit(GROUPS, [0, 1], [0, 0], [10, 6], [1000.0, 300.0], ["group"])
    longer = piecewise.fit(GROUPS, [0, 1, 0, 1], [0, 0, 2, 2], [10, 6, 0, 0], [1000.0, 300, 70, 900], ["group"])
    assert longer.log_likelihood == pytest.approx(short.log_likelihood)
    assert longer.standard_errors == pytest.approx(short.standard_errors)


def test_a_band_without_a_failure_has_no_ratio() -> None:
    fit = piecewise.fit(GROUPS, [0, 1] * 2, [0, 0, 1, 1], [3, 0, 4, 0], [90.0, 80, 70, 60], ["never fails"])
    assert fit.diverged == ("never fails",)
    assert np.isnan(fit.coefficients[0])


def test_a_failure_on_the_day_of_surgery_has_person_days() -> None:
    found = piecewise.exposures([0], [0], [1], [1], [0], starts=STARTS)
    assert found.exposure.tolist() == [0.5]


def test_no_operations_have_no_person_days() -> None:
    assert len(piecewise.exposures([], [], [], [], [], starts=STARTS).exposure) == 0


@pytest.mark.parametrize(
    ("interval", "days", "starts", "said"),
    [
        (2, 12, STARTS, "some of interval 2 end before it begins, on day 91"),
        (4, 400, STARTS, "4 is none of 4 intervals"),
        (-1, 400, STARTS, "-1 is none of 4 intervals"),
        (1, 50, (0, 31, 20), r"\[0, 31, 20\] do not rise"),
    ],
)
def test_intervals_that_cannot_be_are_refused(interval: int, days: int, starts: tuple[int, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        piecewise.exposures([0], [interval], [1], [1], [days], starts=starts)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"failed": [-1, 2]}, "failed: -1 is not a number from 0 up"),
        ({"exposure": [10.0, np.nan]}, "exposure: nan is not a number from 0 up"),
        ({"exposure": [10.0, 0.0]}, "somebody failed in an interval in which nobody of that pattern has person-days"),
        ({"pattern": [0, 2]}, "pattern: 2 is no row of a design of 2 rows"),
        ({"interval": [0]}, "as many of each"),
        ({"failed": [0, 0]}, "No failures"),
        ({"failed": [], "exposure": [], "pattern": [], "interval": []}, "No failures"),
    ],
)
def test_counts_that_cannot_be_are_refused(changed: dict[str, Any], said: str) -> None:
    good: dict[str, Any] = {"pattern": [0, 1], "interval": [0, 0], "failed": [1, 2], "exposure": [10.0, 20.0]}
    with pytest.raises(ValueError, match=said):
        piecewise.fit(GROUPS, **(good | changed), names=["group"])


ENDS = some.lists(
    some.tuples(some.integers(0, 2), some.integers(0, 1), some.integers(0, 700), some.booleans()),
    min_size=8, max_size=60,
)  # fmt: skip


def fitted(ends: list[tuple[int, int, int, bool]], scale: float = 1, shift: float = 0) -> HazardFit | None:
    """From an operation a row: two covariates, the day on which follow-up ended, and whether by failure."""
    rows = pd.DataFrame(ends, columns=["a", "b", "day", "failed"])
    return grouped(rows.assign(operations=1, pattern=np.arange(len(rows))), rows[["a", "b"]].to_numpy() * scale + shift)


def grouped(rows: pd.DataFrame, design: Any) -> HazardFit | None:
    interval = np.searchsorted(STARTS, rows["day"], side="right") - 1
    counted = rows.assign(interval=interval, days=rows["day"] * rows["operations"], failed=rows["failed"].astype(int))
    counts = counted.groupby(["pattern", "interval"], as_index=False)[["operations", "failed", "days"]].sum()
    spent = piecewise.exposures(*(counts[name] for name in counts), starts=STARTS)
    try:
        return piecewise.fit(design, *spent, names=["a", "b"])
    except ValueError:
        return None


@settings(max_examples=60)
@given(ENDS)
def test_everybody_spends_each_day_of_follow_up_once(ends: list[tuple[int, int, int, bool]]) -> None:
    day = np.array([end[2] for end in ends])
    interval = np.searchsorted(STARTS, day, side="right") - 1
    one = np.ones(len(day), dtype=int)
    found = piecewise.exposures(np.arange(len(day)), interval, one, one, day, starts=STARTS)
    assert np.bincount(found.pattern, found.exposure) == pytest.approx(day + 0.5)
    assert np.bincount(found.interval, found.failed).sum() == len(day)


@settings(max_examples=60)
@given(ENDS, some.randoms(use_true_random=False))
def test_counts_give_what_rows_give_in_any_order(ends: list[tuple[int, int, int, bool]], order: Any) -> None:
    one = fitted(ends)
    if one is None or one.diverged:
        return
    order.shuffle(ends)
    rows = pd.DataFrame(ends, columns=["a", "b", "day", "failed"]).assign(operations=1)
    design, pattern = np.unique(rows[["a", "b"]].to_numpy(float), axis=0, return_inverse=True)
    for other in (fitted(ends), grouped(rows.assign(pattern=pattern.ravel()), design)):
        assert other is not None
        assert np.allclose(other.coefficients, one.coefficients, rtol=1e-6, atol=1e-6)
        assert other.log_likelihood == pytest.approx(one.log_likelihood)


@settings(max_examples=60)
@given(ENDS)
def test_a_column_on_another_scale_has_the_same_meaning(ends: list[tuple[int, int, int, bool]]) -> None:
    one, other = fitted(ends), fitted(ends, scale=2, shift=7)
    if one is None or other is None or one.diverged:
        return
    assert np.allclose(one.coefficients, 2 * other.coefficients, rtol=1e-6, atol=1e-6)
    assert np.allclose(one.standard_errors, 2 * other.standard_errors, rtol=1e-6)
