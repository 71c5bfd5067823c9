"""Survival estimates against sums done by hand, and against what must hold for any counts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stats import group_tests, survival
from tests.stats.reference import (
    agrees,
    cohort,
    counts_of,
    death_as_leaving,
    exchange_causes,
    grouped_counts,
    policy,
)


def table(text: str) -> pd.DataFrame:
    """Counts from a text table, a row a line."""
    header, *rows = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame([[int(n) for n in row] for row in rows], columns=header)


# ---- by hand


def test_counts_each_way_of_leaving_on_its_day() -> None:
    curve = survival.cumulative_incidence(
        table("""
        day failed died left
         20      1    0    1
         10      1    1    0
        """)
    )
    assert curve[["day", "at_risk", "failed", "died", "left"]].to_numpy().tolist() == [
        [10, 4, 1, 1, 0],
        [20, 2, 1, 0, 1],
    ]
    assert curve["share"].tolist() == [0.25, 0.5]


def test_the_dead_lower_the_share_failed_below_one_minus_kaplan_meier() -> None:
    counts = counts_of([10, 20, 30], [2, 1, 0])
    assert survival.cumulative_incidence(counts)["share"].iloc[-1] == pytest.approx(1 / 3)
    assert survival.cumulative_incidence(death_as_leaving(counts))["share"].iloc[-1] == pytest.approx(1 / 2)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (table("day failed died left\n7 1 0 0\n7 0 0 1"), "day 7 appears twice"),
        (table("day failed died left\n-3 1 0 0"), "column day: -3"),
        (table("day failed died left\n3 1 -2 0"), "column died: -2"),
        (table("day failed died left\n3 1 0 0").astype(float).replace(1, 0.5), "column failed: 0.5"),
        (table("day failed died left\n3 1 0 0").astype(float).replace(3, math.inf), "column day: inf"),
        (table("day failed died left\n3 1 0 0").astype(float).replace(3, math.nan), "column day: nan"),
        (table("day failed left\n3 1 0"), "no column died"),
    ],
)
def test_refuses_counts_that_cannot_be_and_quotes_them(counts: pd.DataFrame, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        survival.cumulative_incidence(counts)


def test_no_operations_give_empty_curves_and_no_estimate() -> None:
    nothing = counts_of([], [])
    landmark = survival.share_at(nothing, 365)
    assert policy("group_of_size_0")["expect"]["message"] == landmark.reason
    assert (landmark.operations, landmark.share, landmark.lower, landmark.upper) == (0, None, None, None)
    assert not landmark.estimable
    assert survival.cumulative_incidence(nothing).empty
    assert survival.median_follow_up(nothing) is None
    assert survival.known_share(nothing, 365) is None
    assert survival.number_at_risk(nothing, [0, 365]) == [0, 0]


def test_no_failure_by_the_landmark_is_a_share_of_nought_with_an_exact_upper_limit() -> None:
    case = policy("no_events_by_landmark")
    landmark = survival.share_at(counts_of(case["time"], case["status"]), case["landmark"])
    assert (landmark.share, landmark.lower) == (case["expect"]["failure"], case["expect"]["lower"])
    assert agrees(landmark.upper, case["expect"]["upper"])


def test_a_landmark_that_nobody_was_followed_to_is_not_estimable_and_says_so() -> None:
    case = policy("landmark_beyond_followup")
    landmark = survival.share_at(counts_of(case["time"], case["status"]), case["landmark"])
    assert not landmark.estimable
    assert landmark.share is None
    assert landmark.variance is None
    assert landmark.reason == case["expect"]["reason"]
    assert (landmark.operations, landmark.failed, landmark.at_risk) == (3, 1, 0)


def test_a_landmark_after_everybody_failed_is_estimable() -> None:
    case = policy("landmark_after_curve_reached_zero")
    landmark = survival.share_at(counts_of(case["time"], case["status"]), case["landmark"])
    assert landmark.estimable
    assert (landmark.share, landmark.lower, landmark.upper) == (case["expect"]["failure"], None, None)


@pytest.mark.parametrize("operations", [3, 7, 11, 49, 98, 103])
def test_everybody_failed_is_a_share_of_exactly_one(operations: int) -> None:
    one_a_day = counts_of(range(operations), [1] * operations)
    assert survival.share_at(one_a_day, 365).share == 1


def test_a_landmark_after_everybody_died_is_estimable_though_nobody_is_left_for_an_upper_limit() -> None:
    landmark = survival.share_at(counts_of([10, 20], [2, 2]), 365)
    assert landmark.estimable
    assert (landmark.share, landmark.lower, landmark.upper) == (0, 0, None)


def test_one_operation_still_followed_has_no_failure() -> None:
    case = policy("one_patient_censored")
    counts = counts_of(case["time"], case["status"])
    assert survival.share_at(counts, 5).share == case["expect"]["failure_at_5"]


def test_a_failure_on_the_day_of_surgery_counts() -> None:
    case = policy("event_on_day_0")
    landmark = survival.share_at(counts_of(case["time"], case["status"]), 0)
    assert agrees(landmark.share, case["expect"]["failure_at_0"])
    assert landmark.at_risk == 3


def test_an_event_before_the_operation_is_refused() -> None:
    case = policy("negative_time")
    with pytest.raises(ValueError, match="-3"):
        survival.share_at(counts_of(case["time"], case["status"]), 30)
    with pytest.raises(ValueError, match="-1 is not a day"):
        survival.share_at(counts_of([1], [1]), -1)


def test_difference_is_none_where_a_group_cannot_be_estimated_or_neither_failed() -> None:
    followed, short, other = counts_of([400, 500], [0, 0]), counts_of([10], [0]), counts_of([400, 900], [0, 0])
    at_a_year = [survival.share_at(counts, 365) for counts in (followed, short, other)]
    assert survival.difference(at_a_year[0], at_a_year[1]) is None
    assert survival.difference(at_a_year[0], at_a_year[2]) is None
    with pytest.raises(ValueError, match="Day 365 cannot be compared with day 90"):
        survival.difference(at_a_year[0], survival.share_at(followed, 90))


def test_difference_has_the_width_of_both_variances() -> None:
    one, two = counts_of([10, 400, 400, 400], [1, 0, 0, 0]), counts_of([10, 10, 400, 400], [1, 1, 0, 0])
    found = survival.difference(survival.share_at(two, 365), survival.share_at(one, 365))
    assert found is not None
    # Gray's variance on one day: d / n^2, times 1 - (d - 1) / (n - 1) when several failed
    reach = 1.959963984540054 * math.sqrt(2 / 16 * 2 / 3 + 1 / 16)
    assert found == pytest.approx((0.25, 0.25 - reach, 0.25 + reach))


def test_state_is_known_of_who_failed_died_or_was_followed_to_the_day() -> None:
    counts = counts_of([50, 60, 70, 100, 200], [1, 2, 0, 0, 0])
    assert survival.known_share(counts, 100) == pytest.approx(4 / 5)
    assert survival.known_share(counts, 101) == pytest.approx(3 / 5)


def test_number_at_risk_counts_that_day_and_later() -> None:
    assert survival.number_at_risk(counts_of([5, 5, 8], [1, 0, 0]), [0, 5, 6, 8, 9]) == [3, 3, 1, 1, 0]


def test_half_were_followed_to_the_day_on_which_the_curve_of_follow_up_comes_below_a_half() -> None:
    assert survival.median_follow_up(counts_of([10, 20, 30, 40, 50, 60], [2, 2, 2, 2, 0, 0])) == 40
    # 1/2 exactly on day 20: not yet below
    assert survival.median_follow_up(counts_of([10, 20, 30, 40], [0, 0, 0, 0])) == 30
    assert survival.median_follow_up(counts_of([10, 20], [0, 1])) is None


def test_half_of_the_failures_seen_within_a_year_had_come_by_a_day() -> None:
    counts = counts_of([10, 20, 30, 40, 400, 500], [1, 1, 1, 1, 1, 0])
    assert survival.failure_quantiles(counts, 365) == [10, 20, 30]
    assert survival.failure_quantiles(counts, 365, shares=[1.0]) == [40]
    assert survival.failure_quantiles(counts, 9) is None


def test_one_group_or_no_failure_gives_no_test_and_a_reason() -> None:
    one = {"a": counts_of([5, 9], [1, 0]), "empty": counts_of([], [])}
    quiet = policy("logrank_no_events")
    none_failed = grouped_counts(quiet["time"], quiet["status"], quiet["group"])
    for compare in (group_tests.log_rank, group_tests.gray_test):
        assert (compare(one).p, compare(one).message) == (None, policy("logrank_one_group")["expect"]["message"])
        assert (compare(none_failed).p, compare(none_failed).message) == (None, quiet["expect"]["message"])
        assert compare({}).p is None


def test_a_group_without_operations_costs_no_degree_of_freedom() -> None:
    _, groups, _ = cohort("spine_cohort_open")
    assert group_tests.log_rank({**groups, "empty": counts_of([], [])}) == group_tests.log_rank(groups)
    assert group_tests.gray_test({**groups, "empty": counts_of([], [])}) == group_tests.gray_test(groups)


def test_groups_never_at_risk_together_give_no_test() -> None:
    apart = {"early": counts_of([1, 2], [0, 0]), "late": counts_of([9, 9], [1, 0])}
    assert group_tests.log_rank(apart).p is None
    assert group_tests.log_rank(apart).message == "no failure while two groups were at risk"


def test_what_happens_once_one_group_is_left_alone_does_not_move_grays_test() -> None:
    used_up = counts_of([1, 1], [1, 1])
    fails = group_tests.gray_test({"a": used_up, "b": counts_of([2, 3], [1, 1])})
    stays = group_tests.gray_test({"a": used_up, "b": counts_of([2, 3], [1, 0])})
    assert fails.statistic == pytest.approx(stays.statistic)
    assert fails.p == pytest.approx(stays.p)


# ---- whatever the counts

operations = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([0, 1, 2])), min_size=1, max_size=60)


def counted(rows: list[tuple[int, int]]) -> pd.DataFrame:
    return counts_of([day for day, _ in rows], [status for _, status in rows])


@given(operations)
def test_shares_rise_within_their_limits_between_nought_and_one(rows: list[tuple[int, int]]) -> None:
    curve = survival.cumulative_incidence(counted(rows))
    assert curve["share"].between(0, 1).all()
    assert (np.diff(curve["share"]) >= 0).all()
    assert (curve["variance"] >= 0).all()
    limited = curve.dropna()
    assert ((limited["lower"] <= limited["share"]) & (limited["share"] <= limited["upper"])).all()
    assert limited[["lower", "upper"]].stack().between(0, 1).all()  # type: ignore[operator]


@given(operations)
def test_failed_dead_and_well_together_are_everybody(rows: list[tuple[int, int]]) -> None:
    counts = counted(rows)
    failed = survival.cumulative_incidence(counts)["share"]
    died = survival.cumulative_incidence(exchange_causes(counts))["share"]
    either = counts.assign(failed=counts["failed"] + counts["died"], died=0)
    assert np.allclose(failed + died, survival.cumulative_incidence(either)["share"], rtol=0, atol=1e-12)


@given(operations)
def test_with_everybody_followed_the_share_is_failures_over_operations(rows: list[tuple[int, int]]) -> None:
    counts = counted([(day, status) if status else (99, 0) for day, status in rows])
    landmark = survival.share_at(counts, 60)
    assert landmark.share == pytest.approx(sum(status == 1 for _, status in rows) / len(rows), abs=1e-12)


@given(operations, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: list[tuple[int, int]], random: object) -> None:
    counts = counted(rows)
    shuffled = counts.sample(frac=1, random_state=random.randint(0, 999))  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(survival.cumulative_incidence(shuffled), survival.cumulative_incidence(counts))
    assert survival.share_at(shuffled, 30) == survival.share_at(counts, 30)
    assert survival.median_follow_up(shuffled) == survival.median_follow_up(counts)


@given(operations, operations)
def test_two_groups_differ_as_much_whichever_comes_first(
    some: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    a, b = counted(some), counted(others)
    for compare in (group_tests.log_rank, group_tests.gray_test):
        there, back = compare({"a": a, "b": b}), compare({"b": b, "a": a})
        assert (there.statistic is None) == (back.statistic is None)
        if there.statistic is not None:
            assert there.statistic == pytest.approx(back.statistic, rel=1e-6, abs=1e-9)
            assert there.p is not None
            assert 0 <= there.p <= 1


@given(operations)
def test_days_on_which_nothing_happened_change_no_answer(rows: list[tuple[int, int]]) -> None:
    counts = counted(rows)
    idle = sorted(set(range(80)) - set(counts["day"]))
    padded = pd.concat([counts, pd.DataFrame({"day": idle, "failed": 0, "died": 0, "left": 0})])
    for day in (0, 30, 61):
        assert survival.share_at(padded, day) == survival.share_at(counts, day)
    assert survival.median_follow_up(padded) == survival.median_follow_up(counts)
