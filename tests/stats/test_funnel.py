"""Funnel limits against R, overdispersion, ratios and their shrinkage, and what must always hold."""

from __future__ import annotations

from functools import partial
from math import exp, factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.special import ndtri

from dashboard.stats import funnel
from tests.stats.reference import BESIDE_THE_CHECKOUT, read

SPINE, RATIOS = read("funnel_spine_surgeon"), read("oe_surgeon")
R_LIMITS = {"lower_95": "lower95", "upper_95": "upper95", "lower_998": "lower998", "upper_998": "upper998"}
BESIDE = pytest.mark.skipif(
    not BESIDE_THE_CHECKOUT.is_dir(),
    reason="put funnel_cabg_ny.json, cabg_ny.csv, indirect_standardisation.json into ../shared/references/statistics",
)
UNITS = some.lists(some.tuples(some.integers(1, 400), some.floats(0, 1)), min_size=2, max_size=30)


def close(found: Any, wanted: Any, within: float = 1e-10) -> None:
    assert np.allclose(np.asarray(found, float), np.asarray(wanted, float), rtol=within, atol=1e-14)


def r_limits(answers: dict[str, Any], name: str) -> list[float]:
    """R's package writes 0.00001 where the limit is 0."""
    return [0.0 if value == 1e-05 else value for value in answers[name]]


@pytest.mark.parametrize("name", R_LIMITS)
def test_exact_limits_agree_with_r(name: str) -> None:
    limits = funnel.binomial_limits(SPINE["n"], SPINE["exact"]["target"])
    close(getattr(limits, name), r_limits(SPINE["exact"], R_LIMITS[name]))


@pytest.mark.parametrize("name", R_LIMITS)
def test_limits_of_ratios_agree_with_r(name: str) -> None:
    close(getattr(funnel.poisson_limits(RATIOS["E"]), name), RATIOS["funnel_exact_poisson"][R_LIMITS[name]])


def test_units_no_further_apart_than_chance_are_not_overdispersed_in_r_either() -> None:
    found = funnel.overdispersion(SPINE["failures_1y"], SPINE["n"])
    close(found.phi, SPINE["od"]["phi"])
    assert (found.tau2, found.overdispersed) == (SPINE["od"]["tau2"], SPINE["od"]["overdispersed"])
    close(found.target, SPINE["od"]["target"])
    limits = funnel.overdispersed_limits(SPINE["n"], found)
    # R's package rounds the normal quantiles to six decimals
    close(limits.upper_95, SPINE["od"]["od_upper95"], within=1e-6)
    close(limits.lower_95, SPINE["od"]["od_lower95"], within=1e-6)


@BESIDE
def test_overdispersion_of_new_york_agrees_with_r() -> None:
    answers = read("funnel_cabg_ny", BESIDE_THE_CHECKOUT)
    hospitals = pd.read_csv(BESIDE_THE_CHECKOUT / "cabg_ny.csv")
    exact = answers["exact_binomial_interpolated"]
    limits = funnel.binomial_limits(hospitals["Cases"], exact["target"])
    for name, theirs in R_LIMITS.items():
        close(getattr(limits, name), r_limits(exact, theirs))
    outside = np.flatnonzero(np.array(funnel.position(hospitals["Deaths"] / hospitals["Cases"], limits)) != "within")
    assert (outside + 1).tolist() == exact["outside95"]
    expected = hospitals["EMR"] * hospitals["Cases"] / 100
    for found, theirs in (
        (funnel.overdispersion(hospitals["Deaths"], hospitals["Cases"]), answers["od_proportion"]),
        (funnel.overdispersion_of_ratios(hospitals["Deaths"], expected), answers["od_sr_cqc"]),
    ):
        close([found.phi, found.tau2], [theirs["phi"], theirs["tau2"]])
        assert found.overdispersed
    shares = funnel.overdispersed_limits(
        hospitals["Cases"], funnel.overdispersion(hospitals["Deaths"], hospitals["Cases"])
    )
    close(shares.upper_998, answers["od_proportion"]["od_upper998"], within=1e-6)
    ratios = funnel.overdispersed_ratio_limits(expected, funnel.overdispersion_of_ratios(hospitals["Deaths"], expected))
    close(ratios.lower_95, answers["od_sr_cqc"]["od_lower95"], within=1e-6)


def test_a_limit_by_hand() -> None:
    # n = 2, target 1/2: P(0) = 1/4. 2.5 %: r = 0, alpha = (1/4 - 1/40) / (1/4) = 0.9; below (0 - 0.9) / 2 is 0;
    # 97.5 %: r = 2, alpha = (1 - 39/40) / (1/4) = 0.1; (2 - 0.1 + 1) / 2 is over 1.
    limits = funnel.binomial_limits([2], 0.5)
    assert (limits.lower_95[0], limits.upper_95[0]) == (0, 1)


@pytest.mark.parametrize(
    ("share", "words"), [(0.14, "within"), (0.25, "beyond 95 %"), (0.30, "beyond 99.8 %"), (0.0, "beyond 99.8 %")]
)
def test_where_a_share_lies_is_said_in_words(share: float, words: str) -> None:
    assert funnel.position([share], funnel.binomial_limits([100], 0.14)) == [words]


def test_what_a_funnel_can_see_is_its_chance_beyond_the_limit() -> None:
    # counted by hand on the binomial: the limit for 20 of 0.1 lies between 4 and 5 failures
    from scipy.stats import binom

    limit = float(funnel.binomial_limits([20], 0.1).upper_95[0]) * 20
    assert 4 < limit < 6
    assert funnel.detection(20, 0.1) == pytest.approx(float(binom.sf(int(limit), 20, 0.2)))
    assert funnel.detection(2000, 0.1) > 0.99
    needed = funnel.n_needed(0.1)
    assert needed is not None
    assert funnel.detection(needed, 0.1) >= 0.8 > funnel.detection(needed - 1, 0.1)
    assert min(funnel.detection(n, 0.1) for n in range(needed, needed + 100)) >= 0.8


@pytest.mark.parametrize(("n", "target"), [([0], 0.1), ([10], 1.2)])
def test_an_impossible_funnel_is_refused(n: list[int], target: float) -> None:
    with pytest.raises(ValueError, match="needed"):
        funnel.binomial_limits(n, target)


@given(some.lists(some.integers(1, 3000), min_size=1, max_size=20), some.floats(0.001, 0.999))
def test_limits_lie_round_the_target_and_within_one_another(n: list[int], target: float) -> None:
    limits = funnel.binomial_limits(n, target)
    ordered = np.vstack(
        [np.zeros(len(n)), limits.lower_998, limits.lower_95, limits.upper_95, limits.upper_998, np.ones(len(n))]
    )
    assert (np.diff(ordered, axis=0) >= -1e-12).all()
    assert (limits.lower_95 <= target + 1e-12).all()
    assert (limits.upper_95 >= target - 1e-12).all()


@given(UNITS, some.randoms(use_true_random=False))
def test_the_order_of_units_changes_nothing(units: list[tuple[int, float]], shuffle: Any) -> None:
    n = np.array([size for size, _ in units])
    failed = np.array([round(size * share) for size, share in units])
    order = list(range(len(units)))
    shuffle.shuffle(order)
    one, other = funnel.overdispersion(failed, n), funnel.overdispersion(failed[order], n[order])
    close(one, other, within=1e-9)


# ---- the limits to the last digit, where R's rounded normal quantiles are allowed for

R_QUANTILES = {"lower_95": -1.959964, "upper_95": 1.959964, "lower_998": -3.090232, "upper_998": 3.090232}


def as_r_rounds(limits: funnel.FunnelLimits, name: str, to_scale: Any, middle: float) -> Any:
    """A limit carried over from the exact normal quantile to the one that R's package writes, on the scale of y."""
    exact = float(ndtri(0.975 if name.endswith("95") else 0.999)) * (1 if R_QUANTILES[name] > 0 else -1)
    return middle + (to_scale(getattr(limits, name)) - middle) * R_QUANTILES[name] / exact


def compare_widened_shares(failed: Any, n: Any, answers: dict[str, Any]) -> None:
    found = funnel.overdispersion(failed, n)
    limits = funnel.overdispersed_limits(n, found)
    for name, theirs in R_LIMITS.items():
        wanted = np.array(answers[f"od_{theirs}"])
        y = as_r_rounds(limits, name, lambda share: np.arcsin(np.sqrt(share)), np.arcsin(np.sqrt(found.target)))
        clipped = wanted == 0
        close((np.sin(y) ** 2)[~clipped], wanted[~clipped])
        assert (getattr(limits, name)[clipped] == 0).all()


def test_limits_round_units_no_further_apart_than_chance_are_those_of_r() -> None:
    compare_widened_shares(SPINE["failures_1y"], SPINE["n"], SPINE["od"])


@BESIDE
def test_widened_limits_of_new_york_are_those_of_r() -> None:
    answers = read("funnel_cabg_ny", BESIDE_THE_CHECKOUT)
    hospitals = pd.read_csv(BESIDE_THE_CHECKOUT / "cabg_ny.csv")
    compare_widened_shares(hospitals["Deaths"], hospitals["Cases"], answers["od_proportion"])
    expected = hospitals["EMR"] * hospitals["Cases"] / 100
    limits = funnel.overdispersed_ratio_limits(expected, funnel.overdispersion_of_ratios(hospitals["Deaths"], expected))
    for name, theirs in R_LIMITS.items():
        # where 1 - z s is negative, R squares it to a limit above 0; that is an accident, and ours is 0
        above = getattr(limits, name) > 0
        wanted = np.array(answers["od_sr_cqc"][f"od_{theirs}"])
        close((as_r_rounds(limits, name, np.sqrt, 1.0) ** 2)[above], wanted[above])
        assert above.all() or name == "lower_998"


@BESIDE
def test_limits_of_ratios_agree_with_those_printed_for_the_package() -> None:
    answers = read("funnel_poisson_limits", BESIDE_THE_CHECKOUT)
    limits = funnel.poisson_limits(answers["expected"])
    for name in R_LIMITS:
        place = name.replace("lower_", "ll").replace("upper_", "ul")
        close(getattr(limits, name), answers["computed"][place])
        close(getattr(limits, name), answers["published"][place], within=2e-7)


# ---- what cannot be judged, and what is refused


@pytest.mark.parametrize("target", [0.001, 0.14, 0.99])
def test_one_operation_is_never_beyond_a_limit(target: float) -> None:
    limits = funnel.binomial_limits([1, 1], target)
    assert [limit.tolist() for limit in limits] == [[0, 0], [1, 1], [0, 0], [1, 1]]
    assert funnel.position([0, 1], limits) == [funnel.WITHIN, funnel.WITHIN]


@pytest.mark.parametrize(("units", "judged"), [(0, False), (9, False), (10, True), (37, True)])
def test_fewer_than_ten_units_cannot_tell_whether_they_differ_beyond_chance(units: int, judged: bool) -> None:
    assert funnel.overdispersion_can_be_judged(units) is judged


def test_operations_come_in_whole_numbers() -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        funnel.binomial_limits([10, 10.5], 0.1)


@pytest.mark.parametrize(("failed", "n"), [([1], [10]), ([1, 2], [10, 0]), ([1, 11], [10, 10]), ([-1, 1], [10, 10])])
def test_overdispersion_of_one_unit_or_of_impossible_counts_is_refused(failed: list[int], n: list[int]) -> None:
    with pytest.raises(ValueError, match="unit"):
        funnel.overdispersion(failed, n)


@pytest.mark.parametrize("expected", [[0.0], [-1.0], [float("nan")]])
def test_ratios_to_nothing_expected_have_no_limits(expected: list[float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        funnel.poisson_limits(expected)


def test_detection_is_a_sawtooth_ten_operations_more_can_see_less() -> None:
    assert funnel.detection(110, 0.1) < 0.8 < funnel.detection(100, 0.1)


def test_no_number_of_operations_may_be_enough() -> None:
    assert funnel.n_needed(0.0001) is None


@given(some.floats(0.05, 1000), some.floats(0.05, 1000))
def test_limits_of_ratios_lie_round_one_and_are_narrower_where_more_is_expected(one: float, other: float) -> None:
    few, many = sorted((one, other))
    limits = np.array(funnel.poisson_limits([few, many]))
    lower_95, upper_95, lower_998, upper_998 = limits
    assert (np.diff(np.vstack([lower_998, lower_95, np.ones(2), upper_95, upper_998]), axis=0) >= 0).all()
    assert (lower_998 >= 0).all()
    assert limits[0, 0] <= limits[0, 1] * (1 + 1e-9)
    assert limits[1, 0] >= limits[1, 1] * (1 - 1e-9)


@given(UNITS)
def test_widened_limits_are_no_narrower_than_those_of_chance_alone(units: list[tuple[int, float]]) -> None:
    n = np.array([size for size, _ in units])
    found = funnel.overdispersion([round(size * share) for size, share in units], n)
    wide = funnel.overdispersed_limits(n, found)
    narrow = funnel.overdispersed_limits(n, found._replace(tau2=0.0))
    assert (wide.lower_998 <= wide.lower_95).all()
    assert (wide.upper_95 <= wide.upper_998).all()
    assert (wide.lower_95 <= narrow.lower_95 + 1e-12).all()
    assert (wide.upper_95 >= narrow.upper_95 - 1e-12).all()
    assert (np.array(wide) >= 0).all()
    assert (np.array(wide) <= 1).all()


@given(
    some.lists(some.integers(1, 500), min_size=1, max_size=12).flatmap(
        lambda n: some.permutations(range(len(n))).map(lambda order: (n, order))
    )
)
def test_each_unit_has_its_own_limits_whatever_the_order(drawn: tuple[list[int], list[int]]) -> None:
    n, order = np.array(drawn[0]), drawn[1]
    assert np.array_equal(
        np.array(funnel.binomial_limits(n, 0.14))[:, order], np.array(funnel.binomial_limits(n[order], 0.14))
    )


def test_what_ratios_could_show_is_counted_out_in_full() -> None:
    """Every number of failures up to the limit, one by one, at ten expected and twenty coming."""
    (limit,) = funnel.poisson_limits([10.0]).upper_95
    within = sum(exp(-20) * 20**x / factorial(x) for x in range(int(limit * 10) + 1))
    assert funnel.ratio_detection(10.0) == pytest.approx(1 - within, rel=1e-12)
    # nineteen or more where twenty come
    assert funnel.ratio_detection(10.0) == pytest.approx(0.6185781, abs=5e-8)
    with pytest.raises(ValueError, match="above 0"):
        funnel.ratio_detection(0.0)


def test_from_the_expected_failures_that_are_needed_on_a_doubled_rate_is_seen() -> None:
    needed = funnel.expected_needed()
    assert needed is not None
    assert funnel.ratio_detection(needed - 0.1) < 0.8
    assert min(funnel.ratio_detection(needed + step / 10) for step in range(300)) >= 0.8
    assert funnel.expected_needed(probability=1.1) is None


def test_wide_limits_let_less_be_seen() -> None:
    found = funnel.Overdispersion(3.0, 0.02, True, 0.1)
    shares, ratios = (
        partial(funnel.overdispersed_limits, found=found),
        partial(funnel.overdispersed_ratio_limits, found=found),
    )
    assert funnel.detection(200, 0.1, limits=shares) < funnel.detection(200, 0.1)
    assert funnel.ratio_detection(20.0, limits=ratios) < funnel.ratio_detection(20.0)
    assert funnel.share_p(40, 200, 0.1, found) > funnel.share_p(40, 200, 0.1)
    assert funnel.ratio_p(40, 20.0, found) > funnel.ratio_p(40, 20.0)


@given(some.integers(2, 400), some.floats(0.02, 0.98), some.data())
def test_a_share_lies_beyond_its_exact_limits_where_chance_sets_it_so_far_once_in_twenty(
    n: int, target: float, drawn: some.DataObject
) -> None:
    failed = drawn.draw(some.integers(0, n))
    (place,) = funnel.position([failed / n], funnel.binomial_limits([n], target))
    p = funnel.share_p(failed, n, target)
    assert abs(p - 0.05) < 1e-9 or (place != funnel.WITHIN) == (p < 0.05)
