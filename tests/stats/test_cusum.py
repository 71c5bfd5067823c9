"""Risk-adjusted CUSUM and VLAD: against R and Steiner's paper, a plain loop and simulation, and for any numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.stats.cusum import limit_for, ra_cusum, run_length, vlad, weights
from tests.stats.reference import BESIDE_THE_CHECKOUT, agrees, read

Numbers = npt.NDArray[np.float64]

SPINE_RISKS, SPINE_WEIGHTS = [0.02, 0.05, 0.1, 0.2], [40, 30, 20, 10]

operations = st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), max_size=300)
odds_ratios = st.sampled_from([2.0, 0.5, 1.5, 4.0])
mixes = st.lists(st.tuples(st.floats(0.01, 0.4), st.integers(1, 50)), min_size=1, max_size=6)


PAPER = (-3.68, 0.077)
"""Intercept and slope of the model in Steiner's paper: logit p = -3.68 + 0.077 Parsonnet."""


def risk_of(parsonnet: npt.ArrayLike, model: Sequence[float] = PAPER) -> Numbers:
    """Risk of death by Parsonnet score."""
    intercept, slope = model
    return np.asarray(1 / (1 + np.exp(-(intercept + slope * np.asarray(parsonnet)))), dtype=np.float64)


def step_by_step(weight: Numbers, limit: float) -> tuple[list[float], list[int]]:
    """The definition, an operation at a time: what the fast way must equal."""
    standing, values, found = 0.0, [], []
    for i, w in enumerate(weight.tolist()):
        standing = max(0.0, standing + w)
        values.append(standing)
        if standing > limit:
            found.append(i)
            standing = 0.0
    return values, found


def simulated_run_length(odds_ratio: float, limit: float, failure_odds: float, runs: int, seed: int) -> float:
    """Mean operations to a signal among many practices that operate on the spine mix side by side."""
    chance = np.random.default_rng(seed)
    risks, share = np.array(SPINE_RISKS), np.array(SPINE_WEIGHTS) / 100
    standing, seen = np.zeros(runs), 0
    while len(standing):
        seen += len(standing)
        risk = chance.choice(risks, len(standing), p=share)
        failed = chance.random(len(standing)) < failure_odds * risk / (1 - risk + failure_odds * risk)
        standing = np.maximum(standing + weights(failed, risk, odds_ratio), 0)
        standing = standing[standing <= limit]
    return seen / runs


# ---- weights, CUSUM and VLAD


@pytest.mark.parametrize(
    ("odds_ratio", "parsonnet", "failed", "printed"),
    [
        (2, 0, 0, -0.024),
        (2, 0, 1, 0.669),
        (2, 50, 0, -0.433),
        (2, 50, 1, 0.26),
        (0.5, 0, 0, 0.012),
        (0.5, 0, 1, -0.681),
        (0.5, 50, 0, 0.316),
        (0.5, 50, 1, -0.377),
    ],
)
def test_weights_are_those_in_steiners_paper(odds_ratio: float, parsonnet: int, failed: int, printed: float) -> None:
    assert weights([failed], risk_of([parsonnet]), odds_ratio)[0] == pytest.approx(printed, abs=6e-4)


def test_failures_add_up_and_good_results_take_off_until_nought() -> None:
    # at even odds a failure weighs log(4/3), any other result log(2/3)
    up, down = math.log(4 / 3), math.log(3 / 2)
    chart = ra_cusum([1, 1, 0, 0, 1], [0.5] * 5, 2, 1)
    assert chart.value == pytest.approx([up, 2 * up, 2 * up - down, 0, up])
    assert chart.signals.tolist() == []


def test_a_signal_keeps_the_value_it_was_seen_at_and_starts_again_from_nought() -> None:
    up = math.log(4 / 3)
    chart = ra_cusum([1] * 5, [0.5] * 5, 2, 0.5)
    assert chart.value == pytest.approx([up, 2 * up, up, 2 * up, up])
    assert chart.signals.tolist() == [1, 3]


def test_a_value_exactly_at_the_limit_is_no_signal() -> None:
    limit = float(weights([1], [0.5], 2)[0])
    assert ra_cusum([1], [0.5], 2, limit).signals.tolist() == []


def test_a_chart_for_halved_odds_rises_with_good_results() -> None:
    assert (np.diff(ra_cusum([0] * 9, [0.2] * 9, 0.5, 4).value) > 0).all()


def test_no_operations_give_an_empty_chart() -> None:
    chart = ra_cusum([], [], 2, 4.5)
    assert chart.value.tolist() == chart.signals.tolist() == vlad([], []).tolist() == []


def test_vlad_rises_by_the_risk_and_falls_by_what_was_not_expected() -> None:
    assert vlad([0, 1, 0], [0.1, 0.2, 0.3]) == pytest.approx([0.1, -0.7, -0.4])


def test_a_million_operations_are_drawn_as_one_after_the_other() -> None:
    chance = np.random.default_rng(2000)
    risk = chance.beta(1, 20, 10**6)
    failed = chance.random(10**6) < risk
    chart = ra_cusum(failed, risk, 2, 4.5)
    values, found = step_by_step(weights(failed, risk, 2), 4.5)
    assert chart.signals.tolist() == found
    assert np.abs(chart.value - values).max() < 1e-10


@pytest.mark.parametrize(
    ("failed", "risk", "odds_ratio", "limit", "message"),
    [
        ([2], [0.1], 2, 4, "An outcome of 2"),
        ([math.nan], [0.1], 2, 4, "An outcome of nan"),
        ([1], [1.1], 2, 4, "A risk of 1.1"),
        ([1], [math.nan], 2, 4, "A risk of nan"),
        ([1, 0], [0.1], 2, 4, "2 outcomes for 1 risks"),
        ([1], [0.1], 1, 4, "An odds ratio of 1:"),
        ([1], [0.1], -2, 4, "An odds ratio of -2"),
        ([1], [0.1], 2, 0, "A limit of 0"),
    ],
)
def test_what_cannot_be_charted_is_refused(
    failed: list[float], risk: list[float], odds_ratio: float, limit: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ra_cusum(failed, risk, odds_ratio, limit)


# ---- run lengths and limits


def test_a_limit_that_one_failure_passes_is_run_over_at_the_first_failure() -> None:
    # every failure weighs more than 0.6, so that the mean wait is one over the share who fail
    assert run_length([0.05], [1], 2, 0.6) == pytest.approx(20, rel=1e-9)
    assert run_length([0.02, 0.08], [1, 1], 2, 0.6) == pytest.approx(20, rel=1e-9)
    assert run_length([0, 0.05], [1, 1], 2, 0.6) == pytest.approx(40, rel=1e-9)


def test_a_limit_that_two_failures_running_pass_is_found_by_hand() -> None:
    # even odds: up log(4/3) = 0.2877, down more than that; the limit asks for two failures running: (1 + p) / p^2
    assert run_length([0.5], [1], 2, 0.5) == pytest.approx(6, rel=1e-9)
    # failures three times as likely by odds: p = 0.75
    assert run_length([0.5], [1], 2, 0.5, failure_odds=3) == pytest.approx(1.75 / 0.75**2, rel=1e-9)


@pytest.mark.parametrize(("odds_ratio", "limit", "failure_odds"), [(2, 2.5, 1), (0.5, 2, 1), (2, 2.5, 2)])
def test_run_lengths_agree_with_a_plain_simulation(odds_ratio: float, limit: float, failure_odds: float) -> None:
    found = run_length(SPINE_RISKS, SPINE_WEIGHTS, odds_ratio, limit, failure_odds)
    # a run's length spreads about as much as its mean: 2,000 runs leave 2.2 % of chance, of which three are allowed
    assert found == pytest.approx(simulated_run_length(odds_ratio, limit, failure_odds, 2000, seed=7), rel=0.067)


@pytest.mark.parametrize("odds_ratio", [2, 0.5])
def test_a_limit_has_the_wanted_run_length_in_a_plain_simulation_and_the_next_lower_has_not(odds_ratio: float) -> None:
    limit, reached = limit_for(SPINE_RISKS, SPINE_WEIGHTS, odds_ratio, 800)
    assert reached == run_length(SPINE_RISKS, SPINE_WEIGHTS, odds_ratio, limit) >= 800
    assert run_length(SPINE_RISKS, SPINE_WEIGHTS, odds_ratio, limit - 0.01) < 800
    assert simulated_run_length(odds_ratio, limit, 1, 2000, seed=11) == pytest.approx(reached, rel=0.067)


def test_doubled_odds_are_found_sooner_than_chance_gives_a_signal() -> None:
    by_chance, doubled = (run_length(SPINE_RISKS, SPINE_WEIGHTS, 2, 4, odds) for odds in (1, 2))
    assert doubled < by_chance / 10


def test_ever_more_risks_than_are_kept_apart_change_the_run_length_little() -> None:
    risks = np.random.default_rng(3).beta(1, 20, 5000)
    fewer = np.sort(risks).reshape(100, 50).mean(axis=1)
    assert run_length(risks, np.ones(5000), 2, 3) == pytest.approx(run_length(fewer, np.ones(100), 2, 3), rel=1e-6)


def test_weights_are_shares_of_operations_whatever_they_add_up_to() -> None:
    as_counts = run_length([0.02, 0.1, 0.1], [300, 50, 50], 2, 3)
    assert run_length([0.1, 0.02], [0.25, 0.75], 2, 3) == pytest.approx(as_counts, rel=1e-9)


def test_a_limit_is_found_for_ten_thousand_different_risks() -> None:
    risks, share = np.random.default_rng(5).beta(1, 20, 10_000), np.ones(10_000)
    found = limit_for(risks, share, 2, 10_000)
    assert run_length(risks, share, 2, found.limit) == pytest.approx(found.run_length)
    assert run_length(risks, share, 2, found.limit - 0.01) < 10_000 <= found.run_length


@pytest.mark.parametrize(
    ("risks", "share", "wanted", "message"),
    [
        ([0.0, 1.0], [1, 1], 100, "No risk lies between 0 and 1"),
        ([0.1], [0], 100, "No risk lies between 0 and 1"),
        ([], [], 100, "No risk lies between 0 and 1"),
        ([0.1], [-1], 100, "A weight of -1"),
        ([0.1, 0.2], [1], 100, "2 risks with 1 weights"),
        ([1.5], [1], 100, "A risk of 1.5"),
        ([0.1], [1], 1, "it must be more than 1"),
        ([0.1], [1], 1e12, "out of reach"),
    ],
)
def test_a_limit_that_cannot_be_found_is_refused(
    risks: list[float], share: list[float], wanted: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        limit_for(risks, share, 2, wanted)


def test_odds_of_failure_of_nought_are_refused() -> None:
    with pytest.raises(ValueError, match="Odds of failure of 0"):
        run_length([0.1], [1], 2, 3, failure_odds=0)


# ---- against R


lies_beside = pytest.mark.skipif(
    not BESIDE_THE_CHECKOUT.is_dir(),
    reason="put cardiacsurgery.csv and racusum_cardiacsurgery.json into ../shared/references/statistics to run this; "
    "their licences keep them out of this repository",
)


def heart_surgery() -> tuple[pd.DataFrame, dict[str, Any]]:
    """Operations with ``Parsonnet`` and ``y`` (died within 30 days) in order, and R's answers by surgeon."""
    rows = pd.read_csv(BESIDE_THE_CHECKOUT / "cardiacsurgery.csv", dtype={"surgeon": str})
    return rows, read("racusum_cardiacsurgery", BESIDE_THE_CHECKOUT)


@lies_beside
@pytest.mark.parametrize("surgeon", ["all", "1", "2", "3", "4", "5", "6", "7"])
def test_charts_of_heart_surgery_agree_with_r(surgeon: str) -> None:
    rows, answers = heart_surgery()
    expected = answers["all"] if surgeon == "all" else answers["by_surgeon"][surgeon]
    rows = rows if surgeon == "all" else rows[rows["surgeon"] == surgeon]
    risk = risk_of(rows["Parsonnet"])
    up, down = ra_cusum(rows["y"], risk, 2, expected["h_up"]), ra_cusum(rows["y"], risk, 0.5, expected["h_down"])
    display = vlad(rows["y"], risk)
    assert (len(rows), rows["y"].sum()) == (expected["n"], expected["events"])
    assert (up.signals + 1).tolist() == expected["signals_up"]
    assert (down.signals + 1).tolist() == expected["signals_down"]
    for chart, key in ((up.value, "up"), (down.value, "down"), (display, "vlad")):
        assert chart[:20] == pytest.approx(expected[f"first20_{key}"], rel=1e-10, abs=1e-12), key
    single = {"expected": risk.sum(), "sum_cusum_up": up.value.sum(), "sum_vlad": display.sum()}
    single |= {"max_up": up.value.max(), "final_up": up.value[-1]}
    single |= {"max_down": down.value.max(), "final_down": down.value[-1]}
    single |= {"vlad_final": display[-1], "vlad_min": display.min(), "vlad_max": display.max()}
    for key, value in single.items():
        assert agrees(float(value), expected[key]), key


@lies_beside
def test_weights_agree_with_r() -> None:
    answers = read("racusum_cardiacsurgery", BESIDE_THE_CHECKOUT)
    for odds_ratio, key in ((2.0, "RA2"), (0.5, "RA05")):
        printed = answers["published_steiner_2000"][f"weights_{key}"]
        found = weights(printed["y"], risk_of(printed["parsonnet"]), odds_ratio)
        assert all(map(agrees, found.tolist(), answers[f"computed_weights_{key}"]))


@lies_beside
@pytest.mark.parametrize(("odds_ratio", "simulated"), [(2, 1.8481), (0.5, 1.6383)])
def test_limits_for_heart_surgery_lie_where_the_r_package_vlad_finds_them(odds_ratio: float, simulated: float) -> None:
    # vlad searches for a run length of 370 by simulation, on the operations of the first two years
    rows, answers = heart_surgery()
    risks = risk_of(rows.loc[rows["date"] < 2 * 365, "Parsonnet"], answers["phase1_glm_coef"])
    assert limit_for(risks, np.ones(len(risks)), odds_ratio, 370).limit == pytest.approx(simulated, abs=0.02)


# ---- for any numbers


@given(operations, odds_ratios, st.floats(0.05, 5))
def test_the_fast_way_equals_the_plain_loop_and_never_goes_below_nought(
    rows: list[tuple[int, float]], odds_ratio: float, limit: float
) -> None:
    failed, risk = [y for y, _ in rows], [p for _, p in rows]
    chart = ra_cusum(failed, risk, odds_ratio, limit)
    values, found = step_by_step(weights(failed, risk, odds_ratio), limit)
    assert chart.signals.tolist() == found
    assert chart.value == pytest.approx(values, abs=1e-12)
    assert (chart.value >= 0).all()


@given(operations)
def test_vlad_ends_at_expected_less_observed_failures(rows: list[tuple[int, float]]) -> None:
    if rows:
        expected, observed = math.fsum(p for _, p in rows), sum(y for y, _ in rows)
        assert vlad([y for y, _ in rows], [p for _, p in rows])[-1] == pytest.approx(expected - observed, abs=1e-10)


@settings(max_examples=15)
@given(mixes, st.sampled_from([2.0, 0.5]), st.floats(0.2, 3))
def test_run_lengths_grow_with_the_limit(mix: list[tuple[float, int]], odds_ratio: float, limit: float) -> None:
    risks, share = [p for p, _ in mix], [n for _, n in mix]
    lengths = [run_length(risks, share, odds_ratio, limit + more) for more in (0, 1, 2)]
    assert lengths[0] >= 1
    assert all(shorter < longer for shorter, longer in pairwise(lengths))
