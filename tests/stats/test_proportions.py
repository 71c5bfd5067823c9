"""Proportions and rates against R, against Newcombe's printed tables, and against what must hold for any counts."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stats import proportions
from dashboard.stats.group_tests import shares_test
from tests.stats.reference import agrees, policy, read

SHARES = read("proportion_newcombe")
INTERVALS = {
    "wilson": proportions.wilson,
    "clopper_pearson": proportions.clopper_pearson,
}
part_of_whole = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("method", INTERVALS)
@pytest.mark.parametrize("example", SHARES["examples"], ids=lambda e: f"{e['x']} of {e['n']}")
def test_intervals_agree_with_r(method: str, example: dict[str, Any]) -> None:
    found = INTERVALS[method](example["x"], example["n"])
    assert found is not None
    assert all(map(agrees, found[1:], example[method]))
    assert found.share == example["x"] / example["n"]


@pytest.mark.parametrize("method", ["wilson", "clopper_pearson"])
def test_intervals_agree_with_newcombes_printed_table(method: str) -> None:
    for example, printed in zip(SHARES["examples"], SHARES[f"published_{method}"], strict=True):
        found = INTERVALS[method](example["x"], example["n"])
        # Newcombe prints four decimals, the last of them not always rounded alike
        assert printed is None or found[1:] == pytest.approx(printed, abs=1e-4)


@pytest.mark.parametrize("interval", INTERVALS.values(), ids=INTERVALS)
def test_no_operations_have_no_share(interval: Any) -> None:
    case = policy("proportion_n0")
    assert interval(case["x"], case["n"]) is case["expect"]["p"]


@pytest.mark.parametrize("interval", INTERVALS.values(), ids=INTERVALS)
def test_limits_are_exactly_nought_for_none_and_exactly_one_for_all(interval: Any) -> None:
    assert interval(0, 45).lower == 0
    assert interval(45, 45).upper == 1


def test_none_of_45_could_be_up_to_7_9_percent() -> None:
    assert round(proportions.clopper_pearson(0, 45).upper, 3) == 0.079


@pytest.mark.parametrize("interval", INTERVALS.values(), ids=INTERVALS)
@pytest.mark.parametrize(("x", "n"), [(3, 2), (-1, 2), (0, -1)])
def test_a_part_larger_than_the_whole_or_negative_is_refused(interval: Any, x: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{x} of {n} is not a share"):
        interval(x, n)


@pytest.mark.parametrize("example", read("two_proportions")["examples"], ids=lambda e: f"{e['x1']} against {e['x2']}")
def test_differences_agree_with_r(example: dict[str, Any]) -> None:
    found = proportions.newcombe_difference(example["x1"], example["n1"], example["x2"], example["n2"])
    assert found is not None
    assert all(map(agrees, found, [example["diff"], *example["newcombe10"]]))


def test_differences_agree_with_newcombes_printed_table() -> None:
    table = read("two_proportions")
    for example, printed in zip(table["examples"], table["published_method10"], strict=True):
        found = proportions.newcombe_difference(example["x1"], example["n1"], example["x2"], example["n2"])
        assert found[1:] == pytest.approx(printed, abs=5e-5)


def test_a_difference_from_an_empty_group_is_none() -> None:
    assert proportions.newcombe_difference(1, 5, 0, 0) is None
    assert proportions.newcombe_difference(0, 0, 1, 5) is None


@pytest.mark.parametrize("example", read("rates_poisson")["examples"], ids=lambda e: f"{e['events']} events")
def test_rates_agree_with_r(example: dict[str, Any]) -> None:
    found = proportions.exact_poisson(example["events"], example["person_years"] / 100)
    assert found is not None
    assert all(map(agrees, found, [example["rate_per_100"], *example["exact_per_100"]]))


def test_no_event_observed_has_a_ratio_of_nought_and_an_exact_upper_limit() -> None:
    case = policy("smr_zero_observed")
    found = proportions.exact_poisson(case["O"], case["E"])
    # the 97.5 % point of an exponential, qgamma(.975, 1)
    assert found == pytest.approx((0, 0, -math.log(0.025) / case["E"]), rel=1e-12)


def test_nothing_expected_has_no_ratio() -> None:
    case = policy("smr_zero_expected")
    assert proportions.exact_poisson(case["O"], case["E"]) is case["expect"]["smr"]


@pytest.mark.parametrize(("events", "exposure"), [(-1, 2), (1, -2)])
def test_negative_events_or_exposure_are_refused(events: int, exposure: float) -> None:
    with pytest.raises(ValueError, match="neither can be negative"):
        proportions.exact_poisson(events, exposure)


def test_unanswered_visits_widen_the_share_from_all_well_to_all_failed() -> None:
    assert proportions.non_response_band(failed=6, answered=30, due=40) == (0.15, 0.4)
    assert proportions.non_response_band(failed=6, answered=40, due=40) == (0.15, 0.15)
    assert proportions.non_response_band(0, 0, 0) is None


@pytest.mark.parametrize("band", [(3, 2, 5), (1, 6, 5), (-1, 2, 5)])
def test_more_answers_than_visits_due_are_refused(band: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="each must be within the next"):
        proportions.non_response_band(*band)


@given(part_of_whole)
def test_shares_lie_within_their_limits_between_nought_and_one(observed: tuple[int, int]) -> None:
    for interval in INTERVALS.values():
        share, lower, upper = interval(*observed)
        assert 0 <= lower <= share <= upper <= 1


@given(part_of_whole)
def test_well_and_failed_have_mirrored_limits(observed: tuple[int, int]) -> None:
    x, n = observed
    for interval in INTERVALS.values():
        failed, well = interval(x, n), interval(n - x, n)
        assert failed.lower == pytest.approx(1 - well.upper, rel=1e-9, abs=1e-12)


@given(part_of_whole, part_of_whole)
def test_a_difference_turns_round_with_its_groups(one: tuple[int, int], other: tuple[int, int]) -> None:
    there, back = proportions.newcombe_difference(*one, *other), proportions.newcombe_difference(*other, *one)
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower))
    assert -1 <= there.lower <= there.difference <= there.upper <= 1


@given(st.integers(0, 10**5), st.floats(0.1, 10**6))
def test_a_rate_lies_within_its_limits(events: int, exposure: float) -> None:
    rate, lower, upper = proportions.exact_poisson(events, exposure)
    assert 0 <= lower <= rate <= upper


def test_none_and_all_carry_the_exact_limit_and_others_wilsons() -> None:
    # R: binom.test(0, 30), binom.test(20, 20)
    none, everybody = proportions.share_interval(0, 30), proportions.share_interval(20, 20)
    assert none == pytest.approx((0, 0, 0.1157033), abs=5e-8)
    assert everybody == pytest.approx((1, 0.8315665, 1), abs=5e-8)
    assert proportions.share_interval(12, 162) == proportions.wilson(12, 162)
    assert proportions.share_interval(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2"):
        proportions.share_interval(3, 2)


TESTED_BY_R = [example for example in read("two_proportions")["examples"] if "chisq_uncorrected" in example]


@pytest.mark.parametrize("example", TESTED_BY_R, ids=lambda e: f"{e['x1']} of {e['n1']}")
def test_shares_of_two_groups_are_tested_as_r_does_without_correction(example: dict[str, Any]) -> None:
    found = shares_test([example["x1"], example["x2"]], [example["n1"], example["n2"]])
    assert agrees(found.statistic, example["chisq_uncorrected"])


def test_shares_that_are_all_alike_or_alone_are_not_tested() -> None:
    assert [shares_test([0, 0], [5, 7]).p, shares_test([3], [7]).p, shares_test([3, 0], [7, 0]).p] == [None] * 3


@pytest.mark.parametrize(("n", "low", "high"), [(6, 1, 6), (10, 2, 9), (15, 4, 12), (20, 6, 15)])
def test_the_interval_of_the_middle_agrees_with_the_printed_table(n: int, low: int, high: int) -> None:
    """Ranks of the smallest and largest of n values: Altman et al., Statistics with Confidence, table 18.4."""
    values = list(range(n, 0, -1))
    assert proportions.median_interval(values, [1] * n) == (low, high)


def test_the_interval_of_the_middle_counts_ties_and_needs_six() -> None:
    assert proportions.median_interval([7, 3], [5, 5]) == (3, 7)
    assert proportions.median_interval([1, 2, 3, 4, 5], [1] * 5) is None
    assert proportions.median_interval([], []) is None
