"""Observed over expected against R, and what must hold for any numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stats import standardisation
from tests.stats.reference import agrees, policy, read

RATIOS = read("oe_surgeon")


@pytest.mark.parametrize("place", range(len(RATIOS["surgeon"])), ids=RATIOS["surgeon"])
def test_ratio_and_exact_interval_of_each_surgeon_agree_with_r(place: int) -> None:
    found = standardisation.observed_over_expected(RATIOS["O"][place], RATIOS["E"][place])
    assert found is not None
    assert all(map(agrees, found, [RATIOS[key][place] for key in ("SMR", "smr_exact_lower", "smr_exact_upper")]))


def test_no_failure_seen_has_a_ratio_of_nought_and_an_exact_upper_limit() -> None:
    case = policy("smr_zero_observed")
    found = standardisation.observed_over_expected(case["O"], case["E"])
    # the 97.5 % point of an exponential, qgamma(.975, 1)
    assert found == pytest.approx((0, 0, -math.log(0.025) / case["E"]), rel=1e-12)


def test_nothing_expected_has_no_ratio() -> None:
    case = policy("smr_zero_expected")
    assert standardisation.observed_over_expected(case["O"], case["E"]) is case["expect"]["smr"]


@pytest.mark.parametrize(("observed", "expected"), [(-1, 2.0), (1, -2.0)])
def test_negative_failures_are_refused(observed: int, expected: float) -> None:
    with pytest.raises(ValueError, match="neither can be negative"):
        standardisation.observed_over_expected(observed, expected)


@pytest.mark.parametrize(("observed", "expected"), [(-1, 2.0), (1, 0.0)])
def test_a_p_value_of_nothing_expected_is_refused(observed: int, expected: float) -> None:
    with pytest.raises(ValueError, match="needed are"):
        standardisation.p_value(observed, expected)


@given(st.integers(0, 10**5), st.floats(0.01, 10**5))
def test_a_ratio_lies_within_its_interval(observed: int, expected: float) -> None:
    found = standardisation.observed_over_expected(observed, expected)
    assert found is not None
    ratio, lower, upper = found
    assert 0 <= lower <= ratio <= upper


@given(st.integers(0, 2000), st.floats(0.01, 2000))
def test_p_is_below_one_in_twenty_just_where_the_interval_leaves_out_one(observed: int, expected: float) -> None:
    found = standardisation.observed_over_expected(observed, expected)
    assert found is not None
    p = standardisation.p_value(observed, expected)
    if abs(p - 0.05) > 1e-9:
        assert (p < 0.05) == (not found.lower <= 1 <= found.upper)
