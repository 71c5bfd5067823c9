"""Observed over expected against R, and what must hold for any numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stats import standardisation
from tests.stats.reference import BESIDE_THE_CHECKOUT, agrees, policy, read

RATIOS = read("oe_surgeon")
STRATUM = st.tuples(st.integers(0, 500), st.integers(500, 2000), st.integers(0, 300))


@pytest.mark.parametrize("place", range(len(RATIOS["surgeon"])), ids=RATIOS["surgeon"])
def test_ratio_and_exact_interval_of_each_surgeon_agree_with_r(place: int) -> None:
    found = standardisation.observed_over_expected(RATIOS["O"][place], RATIOS["E"][place])
    assert found is not None
    assert all(map(agrees, found, [RATIOS[key][place] for key in ("SMR", "smr_exact_lower", "smr_exact_upper")]))


@pytest.mark.skipif(
    not BESIDE_THE_CHECKOUT.is_dir(),
    reason="put indirect_standardisation.json into ../shared/references/statistics to run this",
)
def test_indirect_standardisation_agrees_with_r() -> None:
    answer = read("indirect_standardisation", BESIDE_THE_CHECKOUT)
    expected = standardisation.expected_by_stratum(answer["reference_events"], answer["reference_n"], answer["local_n"])
    found = standardisation.observed_over_expected(answer["local_events"], expected)
    assert found is not None
    assert agrees(expected, answer["expected"])
    assert all(map(agrees, found, [answer["smr"], *answer["exact_ci"]]))


def test_expected_failures_by_hand() -> None:
    # one in ten of 30 and one in five of 10: 3 + 2
    assert standardisation.expected_by_stratum([10, 40], [100, 200], [30, 10]) == pytest.approx(5)


def test_a_stratum_without_operations_here_expects_nothing_even_without_a_reference() -> None:
    assert standardisation.expected_by_stratum([10, 0], [100, 0], [30, 0]) == pytest.approx(3)


def test_operations_in_a_stratum_without_a_reference_are_refused() -> None:
    with pytest.raises(ValueError, match="none in the reference"):
        standardisation.expected_by_stratum([10, 0], [100, 0], [30, 1])


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


@given(st.lists(STRATUM, min_size=1, max_size=12))
def test_a_reference_expects_of_itself_what_it_saw(strata: list[tuple[int, int, int]]) -> None:
    events, n, _ = np.array(strata).T
    assert standardisation.expected_by_stratum(events, n, n) == pytest.approx(events.sum(), rel=1e-12)


@given(st.lists(STRATUM, min_size=1, max_size=12).flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))))
def test_the_order_of_strata_changes_nothing(
    drawn: tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]],
) -> None:
    one, other = (standardisation.expected_by_stratum(*np.array(strata).T) for strata in drawn)
    assert one == pytest.approx(other, rel=1e-12)
