"""Whether a ratio stays the same all the time: against R, and what must always hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dashboard.stats import cox
from dashboard.stats.proportional_hazards import by_period, proportional_hazards
from tests.stats.reference import BESIDE_THE_CHECKOUT, KEPT_HERE, read
from tests.stats.test_cox import BESIDE, BORROWED, grouped, with_terms

R_NAMES = {"sexM": "sex", "nonmaintained": "x"}


def groups_of(terms: list[str]) -> dict[str, list[int]]:
    """The columns of each factor, by the name that R has for it."""
    found: dict[str, list[int]] = {}
    for place, term in enumerate(terms):
        name = "celltype" if term.startswith("celltype") else R_NAMES.get(term, term)
        found.setdefault(name, []).append(place)
    return found


def compare(counts: dict[str, Any], terms: list[str], expected: dict[str, Any]) -> None:
    fit = cox.fit(**counts, names=terms)
    tested = proportional_hazards(fit, **counts, groups=groups_of(terms))
    found = [*tested.of.values(), tested.together]
    assert [*tested.of, "GLOBAL"] == expected["terms"]
    assert [one.df for one in found] == expected["df"]
    assert np.allclose([one.chi_square for one in found], expected["chisq"], rtol=1e-7)
    assert np.allclose([one.p for one in found], expected["p"], rtol=1e-6)


def test_the_open_cohort_agrees_with_r() -> None:
    rows = with_terms(pd.read_csv(KEPT_HERE / "spine_cohort_open.csv"))
    terms = ["age", "sexM", "smoker", "diabetes", "prior_surgery", "levels"]
    compare(grouped(rows, terms, "followup_days", "status", 1), terms, read("cox_spine")["ph_test_zph_km"])


@BESIDE
@pytest.mark.parametrize(("name", "which", "time", "status", "failing", "terms"), BORROWED)
def test_borrowed_cohorts_agree_with_r(
    name: str, which: int, time: str, status: str, failing: int, terms: list[str]
) -> None:
    rows = with_terms(pd.read_csv(BESIDE_THE_CHECKOUT / f"{name}.csv"))
    expected = read(name, BESIDE_THE_CHECKOUT)["cox"][which]["ph_test_zph_km"]
    compare(grouped(rows, terms, time, status, failing), terms, expected)


def test_the_scale_of_a_column_changes_nothing() -> None:
    rows = with_terms(pd.read_csv(KEPT_HERE / "spine_cohort_open.csv"))
    counts = grouped(rows, ["age", "smoker"], "followup_days", "status", 1)
    by_year, by_day = (
        proportional_hazards(
            cox.fit(**(counts | {"design": counts["design"] * scale}), names=["age", "smoker"]),
            **(counts | {"design": counts["design"] * scale}), groups={"age": [0], "smoker": [1]},
        )
        for scale in (np.array([1.0, 1.0]), np.array([365.0, 1.0]))
    )  # fmt: skip
    assert by_year.of["age"].chi_square == pytest.approx(by_day.of["age"].chi_square, rel=1e-6)


def test_a_ratio_without_an_end_is_not_tested() -> None:
    counts = {"pattern": [0, 1, 0, 1], "day": [1, 1, 2, 2], "failed": [1, 0, 1, 0], "others": [1, 1, 1, 1]}
    fit = cox.fit([[0.0], [1.0]], **counts, names=["never fails"])
    with pytest.raises(ValueError, match="never fails: without a finite ratio"):
        proportional_hazards(fit, [[0.0], [1.0]], **counts, groups={"never fails": [0]})


def test_an_operation_stands_in_every_period_that_it_reaches() -> None:
    cut = by_period([0, 1, 1], [90, 91, 800], [2, 1, 3], [1, 0, 4], [90, 365, 730])
    rows = list(zip(*(column.tolist() for column in cut), strict=True))
    assert rows == [
        (0, 90, 2, 1, 0), (1, 90, 0, 1, 0), (1, 90, 0, 7, 0),
        (1, 91, 1, 0, 1), (1, 365, 0, 7, 1),
        (1, 730, 0, 7, 2),
    ]  # fmt: skip


@some.composite
def followed(draw: some.DrawFn) -> dict[str, Any]:
    """Counts of three patterns of two yes/no columns, on days 0 to 12, with failures enough in each."""
    whole = some.integers(0, 3)
    rows = [
        (pattern, day, draw(whole) + (day in (2, 5, 9)), draw(whole))
        for pattern in range(4)
        for day in sorted(draw(some.sets(some.integers(0, 12), max_size=5)) | {2, 5, 9})
    ]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    design = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return {"design": design, **dict(zip(("pattern", "day", "failed", "others"), columns, strict=True))}


@settings(max_examples=25, deadline=None)
@given(followed())
def test_cut_into_periods_one_ratio_for_all_of_them_is_the_ratio_of_the_whole(counts: dict[str, Any]) -> None:
    whole = cox.fit(**counts, names=["a", "b"])
    cut = by_period(*(counts[name] for name in ("pattern", "day", "failed", "others")), ends=[3, 7, 12])
    again = cox.fit(counts["design"], *cut[:4], names=["a", "b"], strata=cut.period)
    assert np.allclose(whole.coefficients, again.coefficients, rtol=1e-6, atol=1e-8)
    assert np.allclose(whole.standard_errors, again.standard_errors, rtol=1e-6)


@settings(max_examples=25, deadline=None)
@given(followed())
def test_a_ratio_of_a_period_is_that_of_the_operations_in_it_alone(counts: dict[str, Any]) -> None:
    """With a column of its own for each period, and none common to all, each is a model of its own."""
    cut = by_period(*(counts[name] for name in ("pattern", "day", "failed", "others")), ends=[3, 12])
    each = np.kron(np.eye(2), counts["design"][:, :1])
    place = cut.pattern + 4 * cut.period
    both = cox.fit(each, place, *cut[1:4], names=["early", "late"], strata=cut.period)
    for period, found in enumerate(both.coefficients):
        own = cut.period == period
        alone = cox.fit(counts["design"][:, :1], *(column[own] for column in cut[:4]), names=["a"])
        assert found == pytest.approx(alone.coefficients[0], rel=1e-6, abs=1e-8)
