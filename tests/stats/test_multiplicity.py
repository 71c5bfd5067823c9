"""The adjustment for many comparisons against R, and what must hold for any p-values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stats.multiplicity import benjamini_hochberg
from tests.stats.reference import agrees, read

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=40)
ROUNDING = 1e-15


def test_adjusted_values_agree_with_r() -> None:
    answer = read("multiple_comparisons")
    assert all(map(agrees, benjamini_hochberg(answer["p"]), answer["bh"]))


def test_adjusted_by_hand() -> None:
    # 0.03 is third of three, 0.03 x 3 / 3; 0.02 is second, 0.02 x 3 / 2 = 0.03; 0.01 is first, 0.01 x 3 = 0.03
    assert benjamini_hochberg([0.03, 0.01, 0.02]).tolist() == pytest.approx([0.03, 0.03, 0.03])
    # 0.001 x 2 = 0.002 stands for itself; 0.9 is last
    assert benjamini_hochberg([0.9, 0.001]).tolist() == pytest.approx([0.9, 0.002])


def test_one_comparison_is_left_as_it_is() -> None:
    assert benjamini_hochberg([0.04]).tolist() == [0.04]


def test_no_comparison_has_nothing_to_adjust() -> None:
    assert benjamini_hochberg([]).tolist() == []


@pytest.mark.parametrize("p", [[-0.1, 0.5], [0.5, 1.1], [float("nan")]])
def test_what_is_no_probability_is_refused(p: list[float]) -> None:
    with pytest.raises(ValueError, match="outside 0 to 1"):
        benjamini_hochberg(p)


@given(p_values)
def test_adjusted_values_are_no_smaller_and_at_most_one(p: list[float]) -> None:
    adjusted = benjamini_hochberg(p)
    assert (adjusted >= np.array(p) - ROUNDING).all()
    assert (adjusted <= 1).all()


@given(p_values)
def test_adjusted_values_keep_the_order(p: list[float]) -> None:
    in_order = benjamini_hochberg(p)[np.argsort(p, kind="stable")]
    assert (np.diff(in_order) >= 0).all()


@given(p_values.flatmap(lambda p: st.tuples(st.just(p), st.permutations(range(len(p))))))
def test_the_order_of_comparisons_changes_nothing(drawn: tuple[list[float], list[int]]) -> None:
    p, order = drawn
    assert np.array_equal(benjamini_hochberg(p)[order], benjamini_hochberg(np.array(p)[order]))
