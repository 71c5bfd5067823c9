"""Logistic regression against R, and against what must hold for any counts.

The open cohort is counted by covariate pattern first, so that each agreement also says: counts give what R finds from
single operations.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from dashboard.stats import calibration, logistic
from dashboard.stats.by_day import Numbers
from tests.stats.reference import BESIDE_THE_CHECKOUT, agrees, read

SPINE = read("logistic_spine")
ITERATED = 1e-7
borrowed = pytest.mark.skipif(
    not BESIDE_THE_CHECKOUT.is_dir(),
    reason="put logistic_birthwt.json, birthwt.csv, logistic_separation.json and .csv into "
    "../shared/references/statistics to run this; their licences keep them out of this repository",
)


class Counted(NamedTuple):
    """Operations counted by covariate pattern; ``pattern``: of each operation taken, and ``rows``: which these were."""

    design: Numbers
    failed: Numbers
    total: Numbers
    names: tuple[str, ...]
    pattern: npt.NDArray[np.intp]
    rows: pd.DataFrame


def counted(rows: pd.DataFrame, formula: str) -> Counted:
    """What R's model frame would hold, counted: complete rows, an indicator for each level but the first."""
    outcome, terms = formula.split(" ~ ")
    names = terms.split(" + ")
    rows = rows.dropna(subset=names)
    columns: dict[str, Any] = {"(Intercept)": np.ones(len(rows))}
    for name in names:
        if pd.api.types.is_numeric_dtype(rows[name]):
            columns[name] = rows[name].to_numpy(float)
        else:
            levels = sorted(rows[name].unique())[1:]
            columns |= {name + level: (rows[name] == level).to_numpy(float) for level in levels}
    design, pattern = np.unique(np.column_stack(list(columns.values())), axis=0, return_inverse=True)
    failed, total = np.zeros(len(design)), np.zeros(len(design))
    np.add.at(failed, pattern, rows[outcome].to_numpy())
    np.add.at(total, pattern, 1)
    return Counted(design, failed, total, tuple(columns), pattern, rows)


def spine() -> pd.DataFrame:
    """The open cohort, those with complete follow-up to one year."""
    rows = pd.DataFrame(SPINE["operations"])
    for column, names in (("surgeon", SPINE["surgeons"]), ("procedure", SPINE["procedures"])):
        rows[column] = [names[place] for place in rows[column]]
    return rows.assign(age10=rows["age"] / 10)


def compare_with_r(rows: pd.DataFrame, answer: dict[str, Any]) -> None:
    data = counted(rows, answer["formula"])
    fitted = logistic.fit(*data[:4])
    assert fitted.method == "maximum likelihood"
    assert (list(fitted.names), fitted.operations, fitted.events) == (answer["terms"], answer["n"], answer["events"])
    for found, key in ((fitted.coefficients, "coef"), (fitted.standard_errors, "se")):
        assert all(agrees(*pair, ITERATED) for pair in zip(found, answer[key], strict=True)), key
    assert agrees(fitted.log_likelihood, answer["loglik"])
    risk = logistic.predict(fitted, data.design).risk
    assert agrees(logistic.c_statistic(risk, data.failed, data.total), answer["c_statistic"])
    assert agrees(hosmer_lemeshow(risk, data.failed, data.total), answer["hosmer_lemeshow"], ITERATED)


def hosmer_lemeshow(risk: Numbers, failed: Numbers, total: Numbers) -> float | None:
    """From the groups of calibration, so that R can say whether they are its own; None where there are not ten."""
    groups = calibration.calibration(risk, failed, total)
    expected = groups["operations"] * groups["expected"]
    distance = (groups["failed"] - expected) ** 2 / (expected * (1 - groups["expected"]))
    return float(distance.sum()) if len(groups) == 10 else None


def compare_profiles_with_r(rows: pd.DataFrame, answer: dict[str, Any]) -> None:
    """R interpolates its profile by a spline; here that costs it less than 1e-10, so it is held like other fits."""
    data = counted(rows, answer["formula"])
    fitted = logistic.fit(*data[:4])
    for place, name in enumerate(fitted.names):
        lower, upper = logistic.profile_interval(*data[:3], fitted, name)
        assert agrees(lower, answer["or_lower_profile"][place], ITERATED), name
        assert agrees(upper, answer["or_upper_profile"][place], ITERATED), name


def compare_firth_with_r(rows: pd.DataFrame, answer: dict[str, Any], method: logistic.Method) -> None:
    fitted = logistic.fit(*counted(rows, answer["formula"])[:4], method)
    assert fitted.method == "Firth"
    assert list(fitted.names) == answer["terms"]
    assert all(agrees(*pair, ITERATED) for pair in zip(fitted.coefficients, answer["coef"], strict=True))
    assert all(agrees(*pair, ITERATED) for pair in zip(fitted.standard_errors, answer["se"], strict=True))


# ---- agreement with R


@pytest.mark.parametrize("answer", [*SPINE["univariable"], SPINE["adjusted"]], ids=lambda a: a["formula"])
def test_fits_agree_with_r_on_the_open_cohort(answer: dict[str, Any]) -> None:
    compare_with_r(spine(), answer)


@pytest.mark.parametrize("answer", [*SPINE["univariable"], SPINE["adjusted"]], ids=lambda a: a["formula"])
def test_profile_intervals_agree_with_r_on_the_open_cohort(answer: dict[str, Any]) -> None:
    compare_profiles_with_r(spine(), answer)


def test_expected_failures_of_each_surgeon_agree_with_r() -> None:
    answer = read("oe_surgeon")
    data = counted(spine(), SPINE["adjusted"]["formula"])
    fitted = logistic.fit(*data[:4])
    assert all(agrees(*pair, ITERATED) for pair in zip(fitted.coefficients, answer["coef"], strict=True))
    risk = pd.Series(logistic.predict(fitted, data.design).risk[data.pattern])
    expected = risk.groupby(data.rows["surgeon"].to_numpy()).sum()
    assert list(expected.index) == answer["surgeon"]
    assert all(agrees(*pair, ITERATED) for pair in zip(expected, answer["E"], strict=True))


@borrowed
def test_everything_agrees_with_r_on_low_birth_weight() -> None:
    rows, answers = pd.read_csv(BESIDE_THE_CHECKOUT / "birthwt.csv"), read("logistic_birthwt", BESIDE_THE_CHECKOUT)
    for answer in [*answers["univariable"], answers["adjusted"]]:
        compare_with_r(rows, answer)
        compare_profiles_with_r(rows, answer)
    compare_firth_with_r(rows, answers["firth"], "Firth")


@borrowed
def test_firth_agrees_with_r_where_a_column_separates_and_where_it_is_asked_for() -> None:
    rows = pd.read_csv(BESIDE_THE_CHECKOUT / "logistic_separation.csv")
    answers = read("logistic_separation", BESIDE_THE_CHECKOUT)
    compare_firth_with_r(rows, answers["firth_z"], "maximum likelihood")
    compare_firth_with_r(rows, answers["firth_x"], "Firth")


# ---- by hand

TWO_GROUPS = np.array([[1.0, 0.0], [1.0, 1.0]])
NAMES = ("(Intercept)", "smoker")


def of(*values: float) -> Numbers:
    return np.array(values, dtype=np.float64)


def limits(
    design: Numbers, failed: Numbers, total: Numbers, fitted: logistic.LogisticFit, name: str
) -> tuple[float, float]:
    """A profile interval both ends of which must exist."""
    lower, upper = logistic.profile_interval(design, failed, total, fitted, name)
    assert lower is not None
    assert upper is not None
    return lower, upper


def test_two_groups_give_the_odds_ratio_of_their_table() -> None:
    found = logistic.fit(TWO_GROUPS, of(10, 20), of(100, 80), NAMES)
    ratio = (20 / 60) / (10 / 90)
    assert found.names == NAMES
    assert np.exp(found.coefficients) == pytest.approx([10 / 90, ratio], rel=1e-9)
    assert found.standard_errors[1] == pytest.approx(np.sqrt(1 / 20 + 1 / 60 + 1 / 10 + 1 / 90), rel=1e-9)


def test_a_group_without_failures_has_firths_ratio_marked_as_such() -> None:
    counts = of(5, 0), of(15, 12)
    fitted = logistic.fit(TWO_GROUPS, *counts, NAMES)
    assert fitted.method == "Firth"
    # with one column of two groups Firth's ratio is Haldane's: a half added to each cell
    ratio = float(np.exp(fitted.coefficients[1]))
    assert ratio == pytest.approx((0.5 / 12.5) / (5.5 / 10.5), rel=1e-9)
    lower, upper = limits(TWO_GROUPS, *counts, fitted, "smoker")
    assert 0 < lower < ratio < upper < 1


def test_the_profile_of_a_coefficient_without_end_has_no_lower_limit() -> None:
    counts = of(5, 0), of(15, 12)
    finite = logistic.fit(TWO_GROUPS, *counts, NAMES)
    endless = replace(finite, coefficients=of(np.log(0.5), -30), method="maximum likelihood")
    lower, upper = logistic.profile_interval(TWO_GROUPS, *counts, endless, "smoker")
    assert lower is None
    assert upper is not None
    assert 0 < upper < 1


def test_nobody_failed_is_answered_by_firth() -> None:
    fitted = logistic.fit(np.ones((1, 1)), of(0), of(20), ("(Intercept)",))
    assert fitted.method == "Firth"
    assert float(logistic.predict(fitted, np.ones((1, 1))).risk[0]) == pytest.approx(0.5 / 21, rel=1e-9)


def test_one_mistyped_value_far_out_is_not_taken_for_separation() -> None:
    bmi = of(20, 25, 30, 35, 3_000_000)
    design = np.column_stack([np.ones(5), bmi])
    assert logistic.fit(design, of(5, 6, 9, 12, 1), of(40, 40, 40, 40, 1), NAMES).method == "maximum likelihood"


def test_a_column_of_years_costs_no_digits() -> None:
    year = np.arange(2015.0, 2025.0)
    counts = np.arange(10.0, 20.0), np.full(10, 200.0)
    plain = logistic.fit(np.column_stack([np.ones(10), year - 2015]), *counts, NAMES)
    dated = logistic.fit(np.column_stack([np.ones(10), year]), *counts, NAMES)
    assert dated.coefficients[1] == pytest.approx(plain.coefficients[1], rel=1e-10)
    assert dated.standard_errors[1] == pytest.approx(plain.standard_errors[1], rel=1e-10)


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (of(1, 1, 1, 1), '"levels" is the same for all'),
        (of(3, 7, 3, 7), '"levels" repeats "smoker"'),
        (of(0, 0, 1, 9), ""),
    ],
)
def test_columns_that_tell_nothing_new_are_refused_by_name(column: Numbers, says: str) -> None:
    design = np.column_stack([np.ones(4), of(0, 1, 0, 1), column])
    # the last pattern has no operations: what only it tells is not told
    counts = of(2, 3, 4, 0), of(9, 9, 9, 0 if says else 9)
    if not says:
        assert len(logistic.fit(design, *counts, (*NAMES, "levels")).coefficients) == 3
        return
    with pytest.raises(ValueError, match=says):
        logistic.fit(design, *counts, (*NAMES, "levels"))


@pytest.mark.parametrize(
    ("design", "failed", "total", "names", "says"),
    [
        (TWO_GROUPS, of(1, 2), of(5, 5), ("a",), "a column for each name"),
        (TWO_GROUPS, of(1), of(5, 5), NAMES, "needed are as many"),
        (TWO_GROUPS, of(1, 6), of(5, 5), NAMES, "6 failed of 5"),
        (TWO_GROUPS, of(0, 0), of(0, 0), NAMES, "No operations"),
        (TWO_GROUPS[:, ::-1], of(1, 2), of(5, 5), NAMES, "must be the intercept"),
        (TWO_GROUPS * [1, np.nan], of(1, 2), of(5, 5), NAMES, '"smoker": not all are numbers'),
    ],
)
def test_input_that_does_not_fit_together_is_refused(
    design: Numbers, failed: Numbers, total: Numbers, names: tuple[str, ...], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        logistic.fit(design, failed, total, names)


def test_unknown_columns_are_refused() -> None:
    fitted = logistic.fit(TWO_GROUPS, of(1, 2), of(5, 5), NAMES)
    with pytest.raises(ValueError, match='"bmi" is not a column'):
        logistic.profile_interval(TWO_GROUPS, of(1, 2), of(5, 5), fitted, "bmi")
    with pytest.raises(ValueError, match="needed are 2 columns"):
        logistic.predict(fitted, np.ones((3, 3)))


def test_c_statistic_counts_pairs_and_half_of_ties() -> None:
    # one failed at 0.1, one at 0.3; well: one at 0.1, two at 0.2. Of 6 pairs: 1 tie, 0 right; then 3 right
    assert logistic.c_statistic(of(0.1, 0.2, 0.3), of(1, 0, 1), of(2, 2, 1)) == pytest.approx(3.5 / 6)
    assert logistic.c_statistic(of(0.1, 0.2), of(0, 0), of(2, 2)) is None


# ---- what must always hold


def eight(elements: st.SearchStrategy[float], columns: int = 1) -> st.SearchStrategy[Numbers]:
    """A number, or a row of them, for each of eight patterns; ``fill`` so that hypothesis draws each one."""
    shape = 8 if columns == 1 else (8, columns)
    return arrays(np.float64, shape, elements=elements, fill=st.nothing())


@st.composite
def any_patterns(draw: st.DrawFn) -> Counted:
    """Some patterns that say different things, with a few operations each."""
    columns = draw(st.integers(1, 3))
    design = np.column_stack([np.ones(8), draw(eight(st.integers(0, 3), columns))])
    total = draw(eight(st.integers(0, 20)))
    failed = np.floor(total * draw(eight(st.floats(0, 1))))
    names = ("(Intercept)", *(f"x{column}" for column in range(columns)))
    return Counted(design, failed, total, names, np.zeros(0, dtype=np.intp), pd.DataFrame())


def fitted_to(data: Counted) -> logistic.LogisticFit:
    """Not where columns repeat one another or nobody was operated: these are refused, as tested above."""
    try:
        return logistic.fit(*data[:4])
    except ValueError as error:
        assume("nothing new" not in str(error) and "No operations" not in str(error))
        raise


def same_fit(one: logistic.LogisticFit, other: logistic.LogisticFit) -> None:
    assert one.method == other.method
    assert one.coefficients == pytest.approx(other.coefficients, rel=1e-7, abs=1e-7)
    assert one.standard_errors == pytest.approx(other.standard_errors, rel=1e-7)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-9, abs=1e-9)


@settings(max_examples=60)
@given(any_patterns())
def test_counts_give_what_single_operations_give(data: Counted) -> None:
    fitted = fitted_to(data)
    failures = np.repeat(data.design, data.failed.astype(int), axis=0)
    well = np.repeat(data.design, (data.total - data.failed).astype(int), axis=0)
    outcome = np.repeat([1.0, 0.0], [len(failures), len(well)])
    same_fit(fitted, logistic.fit(np.vstack([failures, well]), outcome, np.ones_like(outcome), data.names))


@settings(max_examples=60)
@given(any_patterns(), st.permutations(range(8)))
def test_the_order_of_patterns_changes_nothing(data: Counted, order: list[int]) -> None:
    fitted = fitted_to(data)
    again = logistic.fit(data.design[order], data.failed[order], data.total[order], data.names)
    same_fit(fitted, again)


@settings(max_examples=60)
@given(any_patterns())
def test_risks_lie_within_their_intervals_and_add_up_to_the_failures(data: Counted) -> None:
    fitted = fitted_to(data)
    risk, lower, upper = logistic.predict(fitted, data.design)
    assert ((lower >= 0) & (lower <= risk) & (risk <= upper) & (upper <= 1)).all()
    if fitted.method == "maximum likelihood":
        assert float(risk @ data.total) == pytest.approx(fitted.events, rel=1e-8)


@settings(max_examples=25)
@given(any_patterns())
def test_profile_intervals_contain_the_estimate(data: Counted) -> None:
    fitted = fitted_to(data)
    for name, ratio in zip(fitted.names, np.exp(fitted.coefficients), strict=True):
        lower, upper = limits(*data[:3], fitted, name)
        assert lower < ratio < upper


@settings(max_examples=60)
@given(any_patterns())
def test_firth_steps_in_exactly_where_groups_are_separated(data: Counted) -> None:
    """A linear programme decides it exactly: is there a direction in which no operation's likelihood falls?"""
    fitted = fitted_to(data)
    x = data.design[data.total > 0]
    failed, total = data.failed[data.total > 0], data.total[data.total > 0]
    rising = np.vstack([x[failed > 0], -x[failed < total]])
    found = linprog(-rising.sum(axis=0), A_ub=-rising, b_ub=np.zeros(len(rising)), bounds=[(-1, 1)] * x.shape[1])
    assert found.fun is not None
    assert (fitted.method == "Firth") is (found.fun < -1e-7)


@given(any_patterns(), eight(st.floats(0, 1)))
def test_c_statistics_lie_between_nought_and_one_and_turn_round_with_the_risks(data: Counted, risk: Numbers) -> None:
    there = logistic.c_statistic(risk, data.failed, data.total)
    back = logistic.c_statistic(-risk, data.failed, data.total)
    assert (there is None) is (data.failed.sum() in (0, data.total.sum()))
    if there is not None and back is not None:
        assert 0 <= there <= 1
        assert there == pytest.approx(1 - back)
