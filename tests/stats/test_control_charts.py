"""Control charts and the four NHS rules: against R, on series small enough to check by hand, and for any numbers."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stats.control_charts import (
    FIRM,
    NONE,
    TRIAL,
    ControlChart,
    Run,
    Signal,
    g_chart,
    p_chart,
    share_chart,
    signals,
    xmr_chart,
)
from tests.stats.reference import BESIDE_THE_CHECKOUT, agrees, read

BY_LABEL_IN_R = {
    "Common Cause": None,
    "Above UCL": Signal.OUTSIDE_ABOVE,
    "Below LCL": Signal.OUTSIDE_BELOW,
    "7 Point Trend (Increasing)": Signal.RISING,
    "7 Point Trend (Decreasing)": Signal.FALLING,
    "2 in 3 Above CL": Signal.NEAR_UPPER,
    "2 in 3 Below CL": Signal.NEAR_LOWER,
    "7 Points Above CL": Signal.SEVEN_ABOVE,
    "7 Points Below CL": Signal.SEVEN_BELOW,
}
OPPOSITE = {
    None: None,
    Signal.OUTSIDE_ABOVE: Signal.OUTSIDE_BELOW,
    Signal.RISING: Signal.FALLING,
    Signal.NEAR_UPPER: Signal.NEAR_LOWER,
    Signal.SEVEN_ABOVE: Signal.SEVEN_BELOW,
}
OPPOSITE |= {there: back for back, there in OPPOSITE.items()}
BACKWARDS = {Signal.RISING: Signal.FALLING, Signal.FALLING: Signal.RISING}

periods = st.lists(st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=40)
series = st.lists(st.integers(-12, 12) | st.just(math.nan), max_size=40)
LIMITS = (0, -9, 9)


def labels(values: list[float]) -> list[Signal | None]:
    """Signals of a series around 0 with limits at -9 and 9, so that two thirds of the way are 6."""
    return signals(values, *LIMITS)


# ---- the four rules


def test_a_point_beyond_a_limit_is_outside_and_one_on_it_is_not() -> None:
    assert labels([9, 9.1, -9, -9.1]) == [None, Signal.OUTSIDE_ABOVE, None, Signal.OUTSIDE_BELOW]


def test_each_point_is_held_against_its_own_limits() -> None:
    assert signals([5, 5], 0, [-9, -4], [9, 4]) == [None, Signal.OUTSIDE_ABOVE]


def test_seven_in_a_row_on_one_side_are_marked_from_the_first_to_the_last() -> None:
    assert labels([-1, 1, 2, 1, 2, 1, 2, 1, -1]) == [None, *[Signal.SEVEN_ABOVE] * 7, None]
    assert labels([1, -1, -2, -1, -2, -1, -2, -1, 1]) == [None, *[Signal.SEVEN_BELOW] * 7, None]
    assert labels([-1, 1, 2, 1, 2, 1, 2, -1]) == [None] * 8


def test_a_point_on_the_centre_ends_a_run_on_one_side() -> None:
    assert labels([1, 2, 1, 0, 2, 1, 2, 1]) == [None] * 8


def test_seven_rising_or_falling_are_six_steps_one_way() -> None:
    assert labels([0, -3, -2, -1, 0, 1, 2, 3, 2]) == [None, *[Signal.RISING] * 7, None]
    assert labels([0, 3, 2, 1, 0, -1, -2, -3, -2]) == [None, *[Signal.FALLING] * 7, None]
    assert labels([0, -3, -2, -1, 0, 1, 2, 1]) == [None] * 8


def test_two_equal_neighbours_end_a_rise() -> None:
    assert labels([-3, -2, -1, 0, 0, 1, 2, 3]) == [None] * 8


def test_where_a_rise_turns_into_a_fall_the_turning_point_belongs_to_the_fall() -> None:
    up, down = [-3, -2, -1, 0, 1, 2, 3], [2, 1, 0, -1, -2, -3]
    assert labels([*up, *down]) == [*[Signal.RISING] * 6, *[Signal.FALLING] * 7]
    assert labels([*down, -4, *up]) == [*[Signal.FALLING] * 6, *[Signal.RISING] * 8]


def test_two_of_three_near_a_limit_need_the_third_on_the_same_side() -> None:
    near = Signal.NEAR_UPPER
    assert labels([7, 1, 8]) == [near, None, near]
    assert labels([-1, 7, 8, -1]) == [None] * 4
    assert labels([6, 6, 6]) == [None] * 3
    assert labels([-7, -1, -8]) == [Signal.NEAR_LOWER, None, Signal.NEAR_LOWER]


def test_a_point_outside_is_not_one_of_two_near_the_limit_but_keeps_their_side() -> None:
    assert labels([-1, 7, 10, -1]) == [None, None, Signal.OUTSIDE_ABOVE, None]
    assert labels([-1, 7, 8, 10, -1]) == [None, Signal.NEAR_UPPER, Signal.NEAR_UPPER, Signal.OUTSIDE_ABOVE, None]


def test_of_several_signals_a_point_has_outside_then_trend_then_two_of_three_then_one_side() -> None:
    trend, near = Signal.RISING, Signal.NEAR_UPPER
    assert labels([1, 2, 3, 4, 7, 8, 10]) == [*[trend] * 6, Signal.OUTSIDE_ABOVE]
    assert labels([1, 2, 1, 8, 7, 1, 2]) == [*[Signal.SEVEN_ABOVE] * 3, near, near, *[Signal.SEVEN_ABOVE] * 2]


@pytest.mark.parametrize("row", [[1, 2, 1, 2, 1, 2, 1], [-3, -2, -1, 0, 1, 2, 3], [7, 1, 8]])
def test_a_gap_ends_every_run(row: list[float]) -> None:
    assert any(labels(row))
    assert not any(labels([*row[:2], math.nan, *row[2:]]))


def test_without_limits_runs_are_still_seen() -> None:
    assert signals([1, 2, 1, 2, 1, 2, 1], 0, math.nan, math.nan) == [Signal.SEVEN_ABOVE] * 7


def test_signals_say_what_they_are_in_words() -> None:
    assert Signal.OUTSIDE_BELOW.value == "Outside the limits (below)"
    assert len({signal.value for signal in Signal}) == 8


# ---- the charts


def test_shares_have_limits_by_the_number_of_operations() -> None:
    # 30 of 150 is 0.2; 3 sqrt(0.2 0.8 / 100) = 0.12 and 3 sqrt(0.2 0.8 / 50) = 0.16971
    chart = p_chart([25, 5], [100, 50])
    assert chart.value.tolist() == [0.25, 0.1]
    assert chart.centre.tolist() == [0.2, 0.2]
    assert chart.upper == pytest.approx([0.32, 0.36971], abs=5e-6)
    assert chart.lower == pytest.approx([0.08, 0.03029], abs=5e-6)


def test_a_month_with_too_few_operations_is_a_gap_and_has_no_part_in_the_centre() -> None:
    chart = p_chart([2, 9, 0, 4], [20, 9, 0, 20])
    assert np.isnan(chart.value).tolist() == np.isnan(chart.upper).tolist() == [False, True, True, False]
    assert chart.centre[0] == 6 / 40
    assert p_chart([2, 9, 0, 4], [20, 9, 0, 20], fewest=9).centre[0] == 15 / 49


def test_a_limit_cut_at_nought_does_not_bring_nought_near_it() -> None:
    # 3 standard deviations below 0.1 of 20 is -0.1: no failures at all is not even half the way
    assert p_chart([0, 0, 0, 8], [20] * 4).signal[:3] == [None] * 3


def test_no_failure_at_all_is_no_signal() -> None:
    chart = p_chart([0] * 12, [20] * 12)
    assert chart.upper.tolist() == chart.centre.tolist() == chart.lower.tolist() == [0.0] * 12
    assert chart.signal == [None] * 12


@pytest.mark.parametrize("chart", [p_chart([], []), p_chart([1], [5]), xmr_chart([]), g_chart([])])
def test_nothing_to_draw_gives_no_centre_no_limits_and_no_signal(chart: ControlChart) -> None:
    assert np.isnan(chart.centre).all()
    assert np.isnan(chart.upper).all()
    assert not any(chart.signal)
    assert chart.limits == NONE


@pytest.mark.parametrize(("failed", "n"), [([3], [2]), ([-1], [2]), ([math.nan], [20])])
def test_more_failures_than_operations_are_refused(failed: list[float], n: list[int]) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        p_chart(failed, n)


def test_failures_and_operations_of_different_numbers_of_months_are_refused() -> None:
    with pytest.raises(ValueError, match="2 numbers of failures for 1 of operations"):
        p_chart([1, 2], [20])


def test_single_values_have_limits_by_their_mean_moving_range() -> None:
    # mean 11; ranges 2, 4, 2: mean 8/3
    chart = xmr_chart([11, 13, 9, 11])
    assert chart.centre[0] == 11
    assert chart.upper[0] == pytest.approx(11 + 2.66 * 8 / 3)
    assert chart.lower[0] == pytest.approx(11 - 2.66 * 8 / 3)


def test_one_wild_month_does_not_widen_the_limits_that_show_it() -> None:
    # ranges 1 (ten of them) and 20 twice: mean 50/12, of which 3.267 are 13.6, so that only the ones remain
    months = [10, 11, 10, 11, 10, 11, 31, 11, 10, 11, 10, 11, 10]
    assert xmr_chart(months).upper[0] == pytest.approx(np.mean(months) + 2.66)
    assert xmr_chart(months).signal[6] == Signal.OUTSIDE_ABOVE
    assert xmr_chart(months, without_outlying_ranges=False).upper[0] == pytest.approx(np.mean(months) + 2.66 * 50 / 12)


def test_the_range_across_a_missing_month_is_not_counted() -> None:
    chart = xmr_chart([10, 12, math.nan, 30, 32])
    assert chart.centre[0] == 21
    assert chart.upper[0] == pytest.approx(21 + 2.66 * 2)


def test_values_that_are_all_the_same_have_no_limits_and_no_signal() -> None:
    chart = xmr_chart([0.1] * 10)
    assert np.isnan(chart.upper).all()
    assert chart.signal == [None] * 10


def test_limits_from_fewer_than_twelve_points_are_trial_limits() -> None:
    assert xmr_chart(range(11)).limits == TRIAL
    assert xmr_chart(range(12)).limits == FIRM
    # a period with too few operations is no point
    assert p_chart([1] * 12, [*[20] * 11, 5]).limits == TRIAL


def test_fewer_than_seven_points_are_shown_without_limits_and_never_as_a_signal() -> None:
    six, seven = p_chart([0, 1, 0, 1, 0, 20], [20] * 6), p_chart([0, 1, 0, 1, 0, 1, 20], [20] * 7)
    assert (six.limits, seven.limits) == (NONE, TRIAL)
    assert six.signal[-1] == seven.signal[-1] == Signal.OUTSIDE_ABOVE
    assert six.shown().signal == [None] * 6
    assert np.isnan([six.shown().lower, six.shown().upper]).all()
    assert six.shown().centre[0] == pytest.approx(22 / 120)
    assert seven.shown() is seven


def test_limits_without_width_are_none() -> None:
    nobody_failed, always_three = p_chart([0] * 12, [20] * 12), xmr_chart([3] * 12)
    assert nobody_failed.limits == always_three.limits == NONE
    assert np.isnan(nobody_failed.shown().upper).all()


def test_operations_between_rare_events_have_the_median_as_centre() -> None:
    # mean 20, median 12; 3 sqrt(20 21) = 61.48
    chart = g_chart([5, 12, 43])
    assert chart.centre.tolist() == [12, 12, 12]
    assert chart.upper == pytest.approx([81.4817] * 3, abs=5e-5)
    assert chart.lower.tolist() == [0, 0, 0]


def test_a_long_time_without_the_event_is_outside_above() -> None:
    assert g_chart([10] * 12 + [200]).signal[-1] == Signal.OUTSIDE_ABOVE
    with pytest.raises(ValueError, match="-1 operations between two events"):
        g_chart([3, -1])


# ---- against R


def borrowed(name: str) -> Any:
    return read(name, BESIDE_THE_CHECKOUT) if BESIDE_THE_CHECKOUT.is_dir() else {}


lies_beside = pytest.mark.skipif(
    not BESIDE_THE_CHECKOUT.is_dir(),
    reason="put spc_attribute.json and spc_xmr_nhs.json into ../shared/references/statistics to run this; "
    "their licences keep them out of this repository",
)


def single_values() -> dict[str, Any]:
    answers = borrowed("spc_xmr_nhs")
    named = {name: answer for name, answer in answers.items() if isinstance(answer, dict) and "y" in answer}
    return {**named, **answers.get("synthetic", {})}


@lies_beside
@pytest.mark.parametrize("name", single_values())
def test_limits_and_every_label_of_single_values_agree_with_r(name: str) -> None:
    answer = single_values()[name]
    chart = xmr_chart(answer["y"], without_outlying_ranges=not name.endswith("no_screen"))
    for value, key in ((chart.centre, "mean"), (chart.lower, "lpl"), (chart.upper, "upl")):
        assert agrees(float(value[0]), answer[key]), key
    assert chart.signal == [BY_LABEL_IN_R[label] for label in answer["special_cause"]]
    assert sum(signal is not None for signal in chart.signal) == answer["n_special"]


@lies_beside
@pytest.mark.parametrize("name", [name for name in borrowed("spc_attribute") if name.startswith("p_")])
def test_centre_limits_and_points_outside_of_shares_agree_with_r(name: str) -> None:
    answer = borrowed("spc_attribute")[name]
    failed = np.rint(np.multiply(answer["y"], answer["n"]))
    chart = p_chart(failed, answer["n"])
    for value, key in ((chart.value, "y"), (chart.lower, "lcl"), (chart.upper, "ucl")):
        assert all(map(agrees, value.tolist(), answer[key])), key
    assert agrees(float(chart.centre[0]), answer["cl"][0])
    outside = (Signal.OUTSIDE_ABOVE, Signal.OUTSIDE_BELOW)
    assert [i + 1 for i, signal in enumerate(chart.signal) if signal in outside] == answer["sigma_signal"]


# ---- each signal once


def runs(values: list[float]) -> tuple[Run, ...]:
    """The signals of a series around 0.5 of 100 operations each: limits at 0.35 and 0.65, two thirds of them at 0.1."""
    return share_chart(0.5 + np.array(values) / 100, np.full(len(values), 100), 0.5).runs


def test_a_run_of_nine_is_one_signal_from_its_first_point_to_its_last() -> None:
    assert runs([1, *[-1, -2] * 5, 1]) == (Run(1, 10, (Signal.SEVEN_BELOW,)),)


def test_one_low_stretch_that_breaks_three_rules_is_one_signal() -> None:
    low = [-1, -11, -2, -12, -16, -1, -1]
    assert runs([1, *low, 1]) == (Run(1, 7, (Signal.OUTSIDE_BELOW, Signal.NEAR_LOWER, Signal.SEVEN_BELOW)),)


def test_a_high_stretch_and_a_low_one_are_two_signals() -> None:
    assert runs([16, 1, -1, -16]) == (Run(0, 0, (Signal.OUTSIDE_ABOVE,)), Run(3, 3, (Signal.OUTSIDE_BELOW,)))


def test_two_near_a_limit_are_one_signal_with_the_third_between_them_and_not_with_one_on_the_other_side() -> None:
    near = (Signal.NEAR_UPPER,)
    assert runs([-1, 11, 1, 12, -1]) == (Run(1, 3, near),)
    assert runs([11, 12, 1, -1, 1, 12, 11]) == (Run(0, 1, near), Run(5, 6, near))
    assert runs([1, 11, 12, -1, 11, 12, 1]) == (Run(1, 2, near), Run(4, 5, near))


def test_a_rise_is_a_signal_beside_the_point_outside_at_its_end() -> None:
    assert runs([-9, -8, -7, -6, -5, 1, 16]) == (Run(0, 6, (Signal.RISING,)), Run(6, 6, (Signal.OUTSIDE_ABOVE,)))


def test_points_outside_alone_leave_the_runs_out() -> None:
    values = 0.5 + np.array([-1, -2, -16, -1, -2, -1, -1, 16, 16, 1]) / 100
    chart = share_chart(values, np.full(10, 100), 0.5)
    assert [(run.first, run.last) for run in chart.runs] == [(0, 6), (7, 8)]
    assert [(run.first, run.last) for run in chart.outside_alone().runs] == [(2, 2), (7, 8)]
    assert chart.without_limits().runs == ()


def test_a_chart_about_its_own_mean_is_the_chart_about_a_given_share() -> None:
    own = p_chart([25, 5], [100, 50])
    given = share_chart([0.25, 0.1], [100, 50], 0.2)
    assert given.upper.tolist() == own.upper.tolist()
    assert given.lower.tolist() == own.lower.tolist()


# ---- for any numbers


@given(periods)
def test_every_point_with_a_signal_lies_in_a_run_and_every_run_begins_and_ends_with_one(
    months: list[tuple[int, int]],
) -> None:
    chart = p_chart([failed for failed, _ in months], [n for _, n in months])
    inside = {place for run in chart.runs for place in range(run.first, run.last + 1)}
    assert {place for place, signal in enumerate(chart.signal) if signal} <= inside
    assert all(chart.signal[run.first] and chart.signal[run.last] for run in chart.runs)
    upwards = [run for run in chart.runs if run.rules[0] in (Signal.OUTSIDE_ABOVE, Signal.SEVEN_ABOVE)]
    assert all(one.last < other.first for one, other in pairwise(upwards))


@given(periods)
def test_limits_of_shares_lie_around_the_centre_between_nought_and_one(months: list[tuple[int, int]]) -> None:
    chart = p_chart([failed for failed, _ in months], [n for _, n in months])
    drawn = ~np.isnan(chart.value)
    assert drawn.tolist() == [n >= 10 for _, n in months]
    assert (chart.lower[drawn] >= 0).all()
    assert (chart.lower[drawn] <= chart.centre[drawn]).all()
    assert (chart.centre[drawn] <= chart.upper[drawn]).all()
    assert (chart.upper[drawn] <= 1).all()


@given(series)
def test_a_series_turned_upside_down_has_the_opposite_signals(values: list[float]) -> None:
    assert labels([-value for value in values]) == [OPPOSITE[signal] for signal in labels(values)]


@given(series)
def test_a_series_read_backwards_rises_where_it_fell(values: list[float]) -> None:
    forwards, backwards = labels(values), labels(values[::-1])[::-1]
    for i, (there, back) in enumerate(zip(forwards, backwards, strict=True)):
        turning = 0 < i < len(values) - 1 and (values[i] - values[i - 1]) * (values[i + 1] - values[i]) < 0
        assert turning or back == (BACKWARDS.get(there, there) if there else None)


@given(series)
def test_a_gap_and_a_point_on_the_centre_outside_a_trend_have_no_signal(values: list[float]) -> None:
    for value, signal in zip(values, labels(values), strict=True):
        assert not math.isnan(value) or signal is None
        assert value != 0 or signal in (None, Signal.RISING, Signal.FALLING)
