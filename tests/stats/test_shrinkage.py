"""Ratios drawn together: against R, against the equations that the maximum must solve, and what always holds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root
from scipy.special import digamma, gammaincinv

from dashboard.stats import shrinkage
from dashboard.stats.by_day import Numbers
from tests.stats.reference import agrees, read

SURGEONS = read("oe_surgeon")
OBSERVED, EXPECTED = np.array(SURGEONS["O"], dtype=np.float64), np.array(SURGEONS["E"])
R = SURGEONS["eb_gamma_poisson"]
ITERATED = 1e-7
R_STOPPED_SHORT = 3e-5
"""How far from the maximum R's search ended; its likelihood there is 1.4e-10 below the highest."""
units = st.lists(st.tuples(st.integers(0, 60), st.floats(0.5, 60)), min_size=5, max_size=12)


def derivatives(shape: float, rate: float, o: Numbers, e: Numbers) -> list[float]:
    """Of the log-likelihood by shape and by rate: both are 0 at its maximum."""
    by_shape = digamma(shape + o) - digamma(shape) + np.log(rate / (rate + e))
    return [float(by_shape.sum()), float((shape / rate - (shape + o) / (rate + e)).sum())]


def columns(drawn: list[tuple[int, float]]) -> tuple[Numbers, Numbers]:
    observed, expected = np.array(drawn, dtype=np.float64).T
    return observed, expected


def test_shrunken_ratios_stand_where_the_likelihood_is_highest() -> None:
    """Solved here from R's own start, by a method that has nothing in common with the one tested."""
    highest = root(lambda at: derivatives(at[0], at[1], OBSERVED, EXPECTED), [R["a"], R["b"]], tol=1e-14)
    a, b = highest.x[0] + OBSERVED, highest.x[1] + EXPECTED
    found = shrinkage.shrunken_ratios(OBSERVED, EXPECTED)
    assert found is not None
    assert np.allclose(found.ratio, a / b, rtol=ITERATED, atol=0)
    assert np.allclose(found.lower, gammaincinv(a, 0.025) / b, rtol=ITERATED, atol=0)
    assert np.allclose(found.upper, gammaincinv(a, 0.975) / b, rtol=ITERATED, atol=0)


def test_shrunken_ratios_agree_with_r_as_far_as_its_search_went() -> None:
    found = shrinkage.shrunken_ratios(OBSERVED, EXPECTED)
    assert found is not None
    assert found.no_spread is R["degenerate_no_between_variation"]
    assert agrees(found.shape, R["a"], R_STOPPED_SHORT)
    assert agrees(found.rate, R["b"], R_STOPPED_SHORT)
    for ours, theirs in ((found.ratio, "post_mean"), (found.lower, "lower"), (found.upper, "upper")):
        assert all(agrees(one, other, R_STOPPED_SHORT) for one, other in zip(ours, R[theirs], strict=True)), theirs


def test_the_likelihood_is_that_of_r_and_ours_is_no_lower() -> None:
    assert agrees(shrinkage.log_likelihood(OBSERVED, EXPECTED, R["a"], R["b"]), R["loglik"])
    found = shrinkage.shrunken_ratios(OBSERVED, EXPECTED)
    assert found is not None
    assert shrinkage.log_likelihood(OBSERVED, EXPECTED, found.shape, found.rate) > R["loglik"]


def test_from_the_shape_and_rate_of_r_its_posterior_follows() -> None:
    a, b = R["a"] + OBSERVED, R["b"] + EXPECTED
    for ours, theirs in (
        (a / b, "post_mean"),
        (gammaincinv(a, 0.025) / b, "lower"),
        (gammaincinv(a, 0.975) / b, "upper"),
    ):
        assert all(map(agrees, ours, R[theirs])), theirs


def test_a_ratio_on_few_failures_is_drawn_further_than_the_same_ratio_on_many() -> None:
    found = shrinkage.shrunken_ratios([4, 400, 60, 140, 80, 120], [2, 200, 100, 100, 100, 100])
    assert found is not None
    few, many = found.ratio[:2]
    assert found.shape / found.rate < few < many < 2


def test_fewer_than_five_units_are_not_drawn_together() -> None:
    assert shrinkage.shrunken_ratios([1, 2, 9, 4], [2, 2, 2, 2]) is None


def test_units_that_saw_no_failure_at_all_are_not_drawn_together() -> None:
    assert shrinkage.shrunken_ratios([0] * 6, [2] * 6) is None


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ([10] * 5, [10] * 5),
        ([11, 22, 33, 44, 55], [10, 20, 30, 40, 50]),
        ([1000, 2000, 3000, 4000, 5000, 6000], [999, 2001, 2999, 4001, 4999, 6001]),
        ([1] * 20, [1.3] * 20),
    ],
)
def test_units_less_apart_than_chance_all_have_the_overall_ratio_and_it_says_so(
    observed: list[int], expected: list[float]
) -> None:
    found = shrinkage.shrunken_ratios(observed, expected)
    assert found is not None
    assert found.no_spread
    assert np.allclose(found.ratio, sum(observed) / sum(expected), rtol=1e-12)
    assert math.isinf(found.shape)


@pytest.mark.parametrize(("observed", "expected"), [([1] * 5, [1, 1, 0, 1, 1]), ([1, 1, -1, 1, 1], [1] * 5)])
def test_nothing_expected_and_negative_failures_are_refused(observed: list[int], expected: list[float]) -> None:
    with pytest.raises(ValueError, match="Expected failures must be above 0"):
        shrinkage.shrunken_ratios(observed, expected)


@settings(max_examples=60)
@given(units)
def test_a_shrunken_ratio_lies_between_its_own_and_the_mean_of_all_within_its_interval(
    drawn: list[tuple[int, float]],
) -> None:
    observed, expected = columns(drawn)
    found = shrinkage.shrunken_ratios(observed, expected)
    if found is None:
        assert not observed.any()
        return
    raw = observed / expected
    middle = observed.sum() / expected.sum() if found.no_spread else found.shape / found.rate
    if not found.no_spread:
        assert (np.minimum(raw, middle) <= found.ratio * (1 + 1e-9)).all()
        assert (found.ratio <= np.maximum(raw, middle) * (1 + 1e-9)).all()
    assert raw.min() <= middle * (1 + 1e-9)
    assert middle <= raw.max() * (1 + 1e-9)
    assert (found.lower <= found.ratio).all()
    assert (found.ratio <= found.upper).all()


@settings(max_examples=40)
@given(units.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(range(len(drawn))))))
def test_the_order_of_units_changes_nothing(drawn: tuple[list[tuple[int, float]], list[int]]) -> None:
    (observed, expected), order = columns(drawn[0]), drawn[1]
    one = shrinkage.shrunken_ratios(observed, expected)
    other = shrinkage.shrunken_ratios(observed[order], expected[order])
    if one is None or other is None:
        assert one is other
    elif one.no_spread == other.no_spread:
        assert np.allclose(one.ratio[order], other.ratio, rtol=1e-5)
    else:
        # on the very border between spread and none, the sum's last digit decides: then the spread is next to nothing
        assert np.allclose(one.ratio[order], other.ratio, rtol=1e-2)
