"""Survival estimates against sums done by hand, and against what must hold for any counts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stats import group_tests, survival
from dashboard.stats.by_day import as_it_stood
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


def daily(rows: list[tuple[int, int, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["day", "failed", "died", "left"])


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
    assert (landmark.share, landmark.upper) == (case["expect"]["failure"], 1)
    assert agrees(landmark.lower, 0.025 ** (1 / 2))


@pytest.mark.parametrize("operations", [3, 7, 11, 49, 98, 103])
def test_everybody_failed_is_a_share_of_exactly_one(operations: int) -> None:
    one_a_day = counts_of(range(operations), [1] * operations)
    assert survival.share_at(one_a_day, 365).share == 1


def test_a_landmark_after_everybody_died_has_the_exact_limit_of_all_of_them() -> None:
    # R: binom.test(0, 30)$conf.int[2]
    landmark = survival.share_at(counts_of(range(100, 130), [2] * 30), 365)
    assert (landmark.estimable, landmark.share, landmark.lower, landmark.known) == (True, 0, 0, 30)
    assert landmark.upper == pytest.approx(0.1157033, abs=5e-8)


def test_everybody_failed_on_the_day_of_surgery_has_an_exact_lower_limit() -> None:
    # R: binom.test(20, 20)$conf.int[1]
    counts = counts_of([0] * 20, [1] * 20)
    for day in (0, 730):
        landmark = survival.share_at(counts, day)
        assert (landmark.share, landmark.upper, landmark.known) == (1, 1, 20)
        assert landmark.lower == pytest.approx(0.8315665, abs=5e-8)
    assert survival.cumulative_incidence(counts)["lower"].tolist() == [landmark.lower]


def test_the_exact_limits_rest_on_those_whose_state_on_the_day_is_known() -> None:
    """Ten left on day 50, five died on day 60, the other fifteen are followed on: 30, then 20 are known."""
    counts = counts_of([50] * 10 + [60] * 5 + [700] * 15, [0] * 10 + [2] * 5 + [0] * 15)
    for day, known in ((0, 30), (50, 30), (51, 20), (60, 20), (700, 20)):
        landmark = survival.share_at(counts, day)
        assert (landmark.known, landmark.share, landmark.lower) == (known, 0, 0)
        assert landmark.upper == pytest.approx(1 - 0.025 ** (1 / known))


def test_of_those_who_left_none_is_counted_among_all_who_failed() -> None:
    landmark = survival.share_at(counts_of([5, 5, 20, 30, 40], [0, 0, 1, 1, 1]), 365)
    assert (landmark.share, landmark.known, landmark.upper) == (1, 3, 1)
    assert landmark.lower == pytest.approx(0.025 ** (1 / 3))


def test_a_drawn_curve_has_a_row_wherever_a_limit_changes() -> None:
    counts = counts_of([50] * 10 + [60] * 5 + [400] + [700] * 14, [0] * 10 + [2] * 5 + [1] + [0] * 14)
    curve = survival.drawn_curve(counts).set_index("day")
    assert curve.index.tolist() == [0, 50, 51, 60, 400, 700]
    assert curve["known"].tolist() == [30, 30, 20, 20, 20, 20]
    assert curve.loc[[0, 51], "upper"].tolist() == pytest.approx([1 - 0.025 ** (1 / n) for n in (30, 20)])
    assert survival.drawn_curve(counts_of([], [])).empty


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


def test_difference_is_none_where_a_group_cannot_be_estimated() -> None:
    followed, short = counts_of([400, 500], [0, 0]), counts_of([10], [0])
    at_a_year = [survival.share_at(counts, 365) for counts in (followed, short)]
    assert survival.difference(at_a_year[0], at_a_year[1]) is None
    with pytest.raises(ValueError, match="Day 365 cannot be compared with day 90"):
        survival.difference(at_a_year[0], survival.share_at(followed, 90))


def test_difference_to_a_group_without_failure_is_as_wide_as_the_limits_of_both_say() -> None:
    none, some = counts_of([400] * 30, [0] * 30), counts_of([10] * 4 + [400] * 16, [1] * 4 + [0] * 16)
    a, b = survival.share_at(none, 365), survival.share_at(some, 365)
    found, same = survival.difference(a, b), survival.difference(a, a)
    assert (a.upper, b.lower, b.upper) != (None, None, None)
    assert found == pytest.approx(
        (-0.2, -0.2 - (b.upper or 0) + 0.2, -0.2 + math.hypot(0.1157033, 0.2 - (b.lower or 0))), abs=1e-7
    )
    assert same == pytest.approx((0, -0.1157033, 0.1157033), abs=1e-7)


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


def test_a_share_rests_on_all_operations_where_nobody_left_before_the_day_and_on_fewer_where_some_did() -> None:
    assert survival.effective_number(counts_of([10, 20, 100, 100], [1, 2, 0, 1]), 50) == pytest.approx(4)
    # 3 of 4 remained after the failure, 2 were followed on: as many as remain of 2.67
    assert survival.effective_number(counts_of([10, 20, 100, 100], [1, 0, 0, 0]), 50) == pytest.approx(2 / 0.75)
    assert survival.effective_number(counts_of([10, 20], [1, 2]), 50) == 2
    assert survival.effective_number(counts_of([10, 20], [1, 0]), 50) == 0


def test_number_at_risk_counts_that_day_and_later() -> None:
    assert survival.number_at_risk(counts_of([5, 5, 8], [1, 0, 0]), [0, 5, 6, 8, 9]) == [3, 3, 1, 1, 0]


def test_half_were_followed_to_the_day_on_which_the_curve_of_follow_up_comes_below_a_half() -> None:
    assert survival.median_follow_up(counts_of([10, 20, 30, 40, 50, 60], [2, 2, 2, 2, 0, 0])) == 40
    # 1/2 exactly on day 20: not yet below
    assert survival.median_follow_up(counts_of([10, 20, 30, 40], [0, 0, 0, 0])) == 30
    assert survival.median_follow_up(counts_of([10, 20], [0, 1])) is None


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
    assert ((curve["lower"] <= curve["share"]) & (curve["share"] <= curve["upper"])).all()
    assert curve[["lower", "upper"]].stack().between(0, 1).all()  # type: ignore[operator]


@given(operations)
def test_no_share_stands_without_limits_or_with_limits_without_width(rows: list[tuple[int, int]]) -> None:
    counts = counted(rows)
    curve = survival.drawn_curve(counts)
    assert (curve["upper"] - curve["lower"] > 1e-9).all()
    # The days on which anything changes, and the ones after: between them nothing can.
    for day in sorted({0, 61, *counts["day"], *(counts["day"] + 1)}):
        landmark, standing = survival.share_at(counts, day), curve[curve["day"] <= day].iloc[-1]
        if landmark.estimable:
            assert (landmark.lower, landmark.upper) == pytest.approx((standing["lower"], standing["upper"]))


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


def test_counts_as_they_stood_on_a_day_are_censored_there() -> None:
    counts = daily([(10, 1, 0, 0), (20, 2, 1, 3), (30, 1, 1, 1)])
    stood = as_it_stood(counts, 20)
    assert stood.to_numpy().tolist() == [[10, 1, 0, 0], [20, 2, 1, 6]]
    assert survival.share_at(stood, 20).share == survival.share_at(counts, 20).share
    assert as_it_stood(counts, 15).to_numpy().tolist() == [[10, 1, 0, 0], [15, 0, 0, 9]]


def test_chance_of_a_difference_agrees_with_its_interval() -> None:
    a, b = (survival.share_at(daily([(10, n, 0, 0), (800, 0, 0, 100 - n)]), 730) for n in (20, 31))
    apart, p = survival.difference(a, b), survival.difference_p(a, b)
    assert apart is not None
    assert p is not None
    # 0.20 and 0.31 of a hundred: -0.11 with variance (0.16 + 0.2139) / 100, corrected for ties.
    assert 0.06 < p < 0.08
    assert (p < 0.05) == (apart.upper < 0)
    assert survival.difference_p(a, survival.share_at(daily([(800, 0, 0, 30)]), 730)) is None
