"""A difference of two risks by one model: against a numeric gradient, drawn models, and two groups by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboard.stats import logistic
from dashboard.stats.by_day import Numbers


@settings(max_examples=25, deadline=None)
@given(
    arrays(np.float64, 8, elements=st.integers(1, 9)), arrays(np.float64, 8, elements=st.integers(2, 30)),
    st.integers(0, 7), st.integers(0, 7),
)  # fmt: skip
def test_a_difference_of_risks_has_the_standard_error_of_its_gradient(
    failed: Numbers, more: Numbers, first: int, second: int
) -> None:
    """Against a numeric gradient over all coefficients, which knows nothing of the formula."""
    design = np.column_stack([np.ones(8), *np.array(np.meshgrid([0, 1], [0, 1], [0, 1])).reshape(3, 8)])
    fitted = logistic.fit(design, failed, failed + more, ("one", "a", "b", "c"))

    def apart(coefficients: Numbers) -> float:
        risk = logistic.predict(replace(fitted, coefficients=coefficients), design[[first, second]]).risk
        return float(risk[0] - risk[1])

    step = 1e-5
    gradient = np.array([
        (apart(fitted.coefficients + step * one) - apart(fitted.coefficients - step * one)) / (2 * step)
        for one in np.eye(4)
    ])  # fmt: skip
    reach = 1.959963984540054 * np.sqrt(gradient @ fitted.covariance @ gradient)
    found = logistic.risk_difference(fitted, design[first], design[second])
    assert found.difference == pytest.approx(apart(fitted.coefficients))
    assert (found.lower, found.upper) == pytest.approx(
        (max(found.difference - reach, -1), min(found.difference + reach, 1)), abs=1e-6
    )


def test_a_difference_of_risks_lies_where_drawn_models_lie() -> None:
    """Of 20,000 models drawn from the fit's covariance, 95 % have their difference within the interval."""
    rows = np.array([[1.0, 0.0], [1.0, 1.0]])
    fitted = logistic.fit(rows, np.array([60.0, 110.0]), np.array([500.0, 500.0]), ("one", "a"))
    found = logistic.risk_difference(fitted, rows[1], rows[0])
    drawn = np.random.default_rng(1).multivariate_normal(fitted.coefficients, fitted.covariance, 20_000)
    risk = 1 / (1 + np.exp(-drawn @ rows.T))
    ends = np.quantile(risk[:, 1] - risk[:, 0], [0.025, 0.975])
    assert found.difference == pytest.approx(0.1)
    assert (found.lower, found.upper) == pytest.approx(tuple(ends), abs=0.002)
    # Two groups alone: the variances of the shares add up.
    assert found.upper - found.difference == pytest.approx(1.959964 * np.sqrt(0.12 * 0.88 / 500 + 0.22 * 0.78 / 500))
