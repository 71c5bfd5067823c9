"""Whether a share changes over ordered groups: by hand, and as the correlation that the test is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.stats.ordered import slope_over


def test_agrees_with_r_on_the_smokers() -> None:
    """R's help of ``prop.trend.test``: smokers 83, 90, 129, 70 of 86, 93, 136, 82: X-squared = 8.2249, p = 0.004132."""
    found = slope_over((1, 2, 3, 4), (83, 90, 129, 70), (86, 93, 136, 82))
    assert found is not None
    assert found.p == pytest.approx(0.004132, abs=5e-7)
    error = (found.upper - found.lower) / (2 * 1.959963984540054)
    assert (found.slope / error) ** 2 == pytest.approx(8.2249, abs=5e-5)
    assert found.slope < 0


def test_two_groups_are_apart_by_the_slope() -> None:
    found = slope_over((0, 1), (40, 10), (100, 50))
    assert found is not None
    assert found.slope == pytest.approx(10 / 50 - 40 / 100)


@pytest.mark.parametrize(
    ("x", "n"), [((), ()), ((0, 0), (5, 5)), ((5, 5), (5, 5)), ((3, 0), (10, 0)), ((0, 0), (0, 0))]
)
def test_where_nothing_varies_there_is_no_slope(x: tuple[int, ...], n: tuple[int, ...]) -> None:
    assert slope_over(range(len(n)), x, n) is None


@settings(max_examples=25)
@given(st.lists(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=2, max_size=5))
def test_it_is_the_correlation_of_score_and_outcome(groups: list[tuple[int, int]]) -> None:
    found = slope_over(range(len(groups)), [x for _, x in groups], [n for n, _ in groups])
    score = np.repeat(np.arange(len(groups)), [n for n, _ in groups])
    outcome = np.concatenate([np.r_[np.ones(x), np.zeros(n - x)] for n, x in groups])
    if outcome.min() == outcome.max():
        assert found is None
        return
    assert found is not None
    r = np.corrcoef(score, outcome)[0, 1]
    error = (found.upper - found.lower) / (2 * 1.959963984540054)
    assert (found.slope / error) ** 2 == pytest.approx(len(score) * r**2)
    assert (found.p < 0.05) == (found.lower > 0 or found.upper < 0)
