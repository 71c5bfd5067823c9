"""Whether risks agree with what happened: by hand, and what must hold for any counts. R's values: test_logistic."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboard.stats import calibration, logistic
from dashboard.stats.by_day import Numbers
from dashboard.stats.proportions import wilson

risks = arrays(np.float64, 12, elements=st.floats(0, 1), fill=st.nothing())
totals = arrays(np.float64, 12, elements=st.integers(0, 50), fill=st.nothing())
shares = arrays(np.float64, 12, elements=st.floats(0, 1), fill=st.nothing())


def of(*values: float) -> Numbers:
    return np.array(values, dtype=np.float64)


def test_each_group_has_its_expected_and_observed_share_with_limits() -> None:
    found = calibration.calibration(of(0.3, 0.1, 0.2, 0.4), of(2, 1, 3, 6), of(10, 10, 10, 10), groups=2)
    assert found.columns.tolist() == ["operations", "expected", "observed", "failed", "lower", "upper"]
    assert found["operations"].tolist() == [20, 20]
    assert found["expected"].tolist() == pytest.approx([0.15, 0.35])
    assert found["failed"].tolist() == [4, 8]
    shown = found[["observed", "lower", "upper"]].itertuples(index=False, name=None)
    assert list(shown) == [wilson(4, 20), wilson(8, 20)]


def test_equal_risks_stay_in_one_group() -> None:
    found = calibration.calibration(of(0.1, 0.2), of(1, 2), of(90, 10), groups=10)
    assert found["operations"].tolist() == [90, 10]


def test_no_operations_have_no_groups() -> None:
    assert calibration.calibration(of(0.1), of(0), of(0)).empty


def test_risks_of_a_model_on_its_own_operations_lie_on_the_line() -> None:
    design, counts = np.column_stack([np.ones(3), of(0, 1, 3)]), (of(2, 5, 6), of(30, 30, 30))
    risk = logistic.predict(logistic.fit(design, *counts, ("(Intercept)", "levels")), design).risk
    assert calibration.calibration_slope(risk, *counts).slope == pytest.approx(1, abs=1e-9)


def test_risks_spread_twice_too_far_have_a_slope_of_one_half() -> None:
    true = of(0.1, 0.5, 0.8)
    odds = (true / (1 - true)) ** 2
    found = calibration.calibration_slope(odds / (1 + odds), true * 100, of(100, 100, 100))
    assert found.slope == pytest.approx(0.5, abs=1e-9)


def test_a_slope_of_two_risks_has_the_interval_of_their_table() -> None:
    # log odds 0 and log 9: the slope is the log odds ratio of 5 of 10 and 8 of 10 over log 9
    slope, lower, upper = calibration.calibration_slope(of(0.5, 0.9), of(5, 8), of(10, 10))
    assert slope == pytest.approx(log(4) / log(9))
    spread = 1.959963984540054 * sqrt(1 / 5 + 1 / 5 + 1 / 8 + 1 / 2) / log(9)
    assert (lower, upper) == pytest.approx((slope - spread, slope + spread))


@pytest.mark.parametrize(
    ("risk", "failed", "total", "says"),
    [
        (of(1.2), of(1), of(2), "1.2 is not a risk"),
        (of(0.2), of(3), of(2), "3 failed of 2"),
        (of(0.2, 0.3), of(1), of(2), "needed are as many"),
    ],
)
def test_counts_and_risks_that_cannot_be_are_refused(risk: Numbers, failed: Numbers, total: Numbers, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        calibration.calibration(risk, failed, total)


def test_what_has_no_line_is_refused() -> None:
    with pytest.raises(ValueError, match="has no log odds"):
        calibration.calibration_slope(of(0, 0.5), of(1, 1), of(2, 2))
    with pytest.raises(ValueError, match="is the same for all"):
        calibration.calibration_slope(of(0.5, 0.5), of(1, 1), of(2, 2))
    with pytest.raises(ValueError, match="0 groups"):
        calibration.calibration(of(0.5), of(1), of(2), groups=0)


@given(risks, totals, shares, st.integers(1, 12))
def test_groups_hold_every_operation_once_in_order_of_risk(
    risk: Numbers, total: Numbers, share: Numbers, groups: int
) -> None:
    failed = np.floor(total * share)
    found = calibration.calibration(risk, failed, total, groups)
    assert len(found) <= groups
    assert found["operations"].sum() == total.sum()
    assert found["failed"].sum() == failed.sum()
    assert (found["operations"] * found["expected"]).sum() == pytest.approx(float(risk @ total), abs=1e-9)
    assert (found["expected"].diff().dropna() > -1e-12).all()
    assert ((found["lower"] <= found["observed"]) & (found["observed"] <= found["upper"])).all()


@given(st.integers(2, 10), st.integers(1, 30))
def test_groups_are_of_one_size_when_all_risks_differ(groups: int, size: int) -> None:
    risk = np.linspace(0.01, 0.99, groups * size)
    found = calibration.calibration(risk, np.zeros_like(risk), np.ones_like(risk), groups)
    assert found["operations"].tolist() == [size] * groups
