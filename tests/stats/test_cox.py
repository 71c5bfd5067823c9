"""Models of hazards: Cox and piecewise exponential against R, and what must always hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dashboard.stats import cox, piecewise
from dashboard.stats.designs import scaled
from dashboard.stats.hazard_fit import HazardFit
from tests.stats.reference import BESIDE_THE_CHECKOUT, KEPT_HERE, read

BESIDE = pytest.mark.skipif(
    not BESIDE_THE_CHECKOUT.is_dir(),
    reason="put lung, aml, veteran and mgus2 (.json and .csv) into ../shared/references/statistics",
)
CELLS = {kind: f"celltype{kind}" for kind in ("large", "smallcell", "squamous")}
BORROWED: list[tuple[str, int, str, str, int, list[str]]] = [
    ("lung", 0, "time", "event", 1, ["age", "sex", "ph_ecog"]),
    ("lung", 1, "time", "event", 1, ["sex"]),
    ("aml", 0, "time", "status", 1, ["nonmaintained"]),
    ("veteran", 0, "time", "status", 1, ["trt", *CELLS.values(), "karno", "diagtime", "age", "prior"]),
    ("mgus2", 0, "etime", "status", 1, ["age", "sexM", "mspike"]),
    ("mgus2", 1, "etime", "status", 2, ["age", "sexM", "mspike"]),
]
"""Case, which of its models, its columns of time and status, the status that fails, and the terms."""


def with_terms(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns that R makes of factors."""
    rows = rows.copy()
    if "celltype" in rows:
        rows = rows.assign(**{name: (rows["celltype"] == kind).astype(float) for kind, name in CELLS.items()})
    if rows.get("sex", pd.Series([0])).dtype == object or str(rows.get("sex", pd.Series([0])).dtype) == "str":
        rows["sexM"] = (rows["sex"] == "M").astype(float)
    if "x" in rows:
        rows["nonmaintained"] = (rows["x"] != "Maintained").astype(float)
    return rows


def grouped(rows: pd.DataFrame, terms: list[str], time: str, status: str, failing: int) -> dict[str, Any]:
    """Counts by covariate pattern and day, as a database would give them, of complete rows."""
    rows = rows.dropna(subset=[*terms, time, status])
    design, pattern = np.unique(rows[terms].to_numpy(float), axis=0, return_inverse=True)
    failed = (rows[status] == failing).astype(int)
    counts = pd.DataFrame({"pattern": pattern.ravel(), "day": rows[time].to_numpy(), "failed": failed.to_numpy()})
    counts["others"] = 1 - counts["failed"]
    counts = counts.groupby(["pattern", "day"], as_index=False).sum()
    return {"design": design, **{name: counts[name].to_numpy() for name in counts}}


def breslow(counts: dict[str, Any], terms: list[str]) -> HazardFit:
    """Piecewise exponential with an interval for each day of failure, everybody at risk exposed for one unit of it."""
    days = np.unique(counts["day"][counts["failed"] > 0])
    rows = [
        (pattern, place, failed if day == at else 0, failed + others)
        for pattern, day, failed, others in zip(
            *(counts[n] for n in ("pattern", "day", "failed", "others")), strict=True
        )
        for place, at in enumerate(days)
        if day >= at
    ]
    pattern, interval, failed, exposure = (np.array(column) for column in zip(*rows, strict=True))
    return piecewise.fit(counts["design"], pattern, interval, failed, exposure.astype(float), terms)


def compare(fit: HazardFit, expected: dict[str, Any]) -> None:
    assert np.allclose(fit.coefficients, expected["coef"], rtol=1e-7, atol=1e-11)
    assert np.allclose(fit.standard_errors, expected["se"], rtol=1e-7)


def compare_cox(counts: dict[str, Any], terms: list[str], expected: dict[str, Any]) -> None:
    fit = cox.fit(**counts, names=terms)
    compare(fit, expected["efron"])
    assert fit.log_likelihood == pytest.approx(expected["efron"]["loglik"][1], rel=1e-10)
    assert fit.diverged == ()
    compare(breslow(counts, terms), expected["breslow"])


def efron(rows: pd.DataFrame, b: list[float]) -> float:
    """The partial likelihood, word for word, from a row for each operation: ``a, b, day, failed, stratum``."""
    risk, total = np.exp(rows["a"] * b[0] + rows["b"] * b[1]), 0.0
    for (stratum, day), failing in rows[rows["failed"]].groupby(["stratum", "day"]):
        at_risk = risk[(rows["stratum"] == stratum) & (rows["day"] >= day)].sum()
        fails, d = risk[failing.index], len(failing)
        total += np.log(fails).sum() - sum(np.log(at_risk - taken / d * fails.sum()) for taken in range(d))
    return float(total)


def test_the_open_cohort_agrees_with_r() -> None:
    rows = with_terms(pd.read_csv(KEPT_HERE / "spine_cohort_open.csv"))
    terms = ["age", "sexM", "smoker", "diabetes", "prior_surgery", "levels"]
    compare_cox(grouped(rows, terms, "followup_days", "status", 1), terms, read("cox_spine"))


@BESIDE
@pytest.mark.parametrize(("name", "which", "time", "status", "failing", "terms"), BORROWED)
def test_borrowed_cohorts_agree_with_r(
    name: str, which: int, time: str, status: str, failing: int, terms: list[str]
) -> None:
    rows = with_terms(pd.read_csv(BESIDE_THE_CHECKOUT / f"{name}.csv"))
    expected = read(name, BESIDE_THE_CHECKOUT)["cox"][which]
    compare_cox(grouped(rows, terms, time, status, failing), terms, expected)


def test_two_groups_by_hand() -> None:
    """Days 1 and 2, one of each group: day 1 group 1 fails of {1, 0}, day 2 group 0 fails of {0}: L = r / (1 + r)."""
    with pytest.raises(ValueError, match="tell nothing new"):
        cox.fit([[1.0], [1.0]], [0, 1], [1, 2], [1, 1], [0, 0], ["same"])
    # one failure in each, times 1 (group 1), 2 (group 0), and one of each left on day 3: maximum where
    # r / (2 + 2 r) * 1 / (2 + r) is highest: 2 - r^2 = 0
    fit = cox.fit([[0.0], [1.0]], [1, 0, 0, 1], [1, 2, 3, 3], [1, 1, 0, 0], [0, 0, 1, 1], ["group"])
    assert np.exp(fit.coefficients[0]) == pytest.approx(np.sqrt(2), rel=1e-9)
    assert fit.log_likelihood == pytest.approx(np.log(np.sqrt(2) / ((2 + 2 * np.sqrt(2)) * (2 + np.sqrt(2)))))


def test_a_band_without_a_failure_has_no_ratio_and_spoils_no_other() -> None:
    design = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    counts: dict[str, Any] = {
        "pattern": [0, 1, 2, 3] * 3, "day": [10] * 4 + [20] * 4 + [30] * 4,
        "failed": [3, 0, 2, 0, 1, 0, 2, 0, 2, 0, 3, 0], "others": [2] * 12,
    }  # fmt: skip
    fit = cox.fit(design, **counts, names=["never fails", "b"])
    assert fit.diverged == ("never fails",)
    assert np.isnan([fit.coefficients[0], fit.standard_errors[0]]).all()
    alone = cox.fit(
        [[0.0], [1.0]], [0, 1] * 3, [10, 10, 20, 20, 30, 30], np.array(counts["failed"])[[0, 2, 4, 6, 8, 10]], [2] * 6,
        ["b"],
    )  # fmt: skip
    assert fit.coefficients[1] == pytest.approx(alone.coefficients[0], abs=1e-5)


def test_the_older_the_sooner_without_exception_has_no_ratio() -> None:
    """However high the ratio, a higher one fits better: also where risks differ by more than a number can hold."""
    age = np.repeat(np.arange(30.0, 90.0), 2)
    one = np.ones(len(age), dtype=int)
    fit = cox.fit(age[:, None], np.arange(len(age)), 1000 - 8 * age, one, 0 * one, ["age"])
    assert fit.diverged == ("age",)
    assert np.isnan(fit.coefficients[0])
    assert np.isnan(fit.standard_errors[0])


def test_a_steep_ratio_that_has_an_end_is_found() -> None:
    """Those of 30.0 and 30.1 fail on one day: beyond some ratio the younger of the two speaks against a higher one."""
    age = np.arange(30.0, 90.0)[:, None] + [0.0, 0.1]
    rows = pd.DataFrame({"a": age.ravel(), "b": 0.0, "failed": True, "stratum": 0})
    rows["day"] = 1000 - 8 * rows["a"].astype(int)
    fit = cox.fit(rows[["a"]].to_numpy(), np.arange(120), rows["day"], [1] * 120, [0] * 120, ["age"])
    assert fit.diverged == ()
    b = fit.coefficients[0]
    centred = rows.assign(a=rows["a"] - 60)
    assert fit.log_likelihood == pytest.approx(efron(centred, [b, 0]), rel=1e-10)
    assert fit.log_likelihood > max(efron(centred, [b * 1.01, 0]), efron(centred, [b * 0.99, 0]))


def test_days_and_operations_that_are_no_whole_numbers_are_refused() -> None:
    good: dict[str, Any] = {"pattern": [0, 1], "day": [1, 2], "failed": [1, 1], "others": [0, 0]}
    for name, wrong, said in (
        ("day", [1.9, 2], "day: 1.9 is not"), ("day", [-1, 2], "day: -1 is not"),
        ("failed", [0.5, 1], "failed: 0.5 is not"), ("others", [np.nan, 0], "others: nan is not"),
        ("pattern", [0, 2], "pattern: 2 is no row of a design of 2 rows"), ("day", [1], "as many of each"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            cox.fit([[0.0], [1.0]], **(good | {name: wrong}), names=["a"])


def test_the_same_operations_in_two_strata_give_the_same_ratio_twice_as_surely() -> None:
    counts: dict[str, Any] = {
        "pattern": [1, 0, 0, 1, 1], "day": [1, 2, 3, 3, 5], "failed": [1, 1, 1, 0, 1], "others": [0, 0, 1, 1, 0]
    }  # fmt: skip
    once = cox.fit([[0.0], [1.0]], **counts, names=["group"])
    doubled = {name: np.tile(values, 2) for name, values in counts.items()}
    twice = cox.fit([[0.0], [1.0]], **doubled, names=["group"], strata=["PLIF"] * 5 + ["TLIF"] * 5)
    assert twice.coefficients == pytest.approx(once.coefficients, rel=1e-7)
    assert twice.covariance == pytest.approx(once.covariance / 2, rel=1e-7)
    assert twice.log_likelihood == pytest.approx(2 * once.log_likelihood)
    assert (twice.events, twice.operations) == (2 * once.events, 2 * once.operations)


def test_a_column_that_only_tells_strata_apart_is_refused() -> None:
    design, days = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]]), [1, 2, 1, 2, 3, 4, 3, 4]
    pattern, one = [0, 1, 2, 3] * 2, [1] * 8
    with pytest.raises(ValueError, match='"TLIF" is the same for all'):
        cox.fit(design, pattern, days, one, one, ["a", "TLIF"], strata=["PLIF", "PLIF", "TLIF", "TLIF"] * 2)
    with pytest.raises(ValueError, match="3 labels for 8 rows"):
        cox.fit(design, pattern, days, one, one, ["a", "TLIF"], strata=["PLIF"] * 3)


def test_without_failures_there_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="No failures"):
        cox.fit([[0.0], [1.0]], [0, 1], [1, 2], [0, 0], [1, 1], ["a"])
    with pytest.raises(ValueError, match="No failures"):
        piecewise.fit([[0.0], [1.0]], [0, 1], [0, 0], [0, 0], [1.0, 1.0], ["a"])


def test_columns_that_repeat_each_other_are_named() -> None:
    with pytest.raises(ValueError, match='"c" repeats "a" and "b"'):
        scaled(np.array([[1.0, 0, 1], [0, 1, 1], [0, 0, 0], [1, 1, 2]]), np.ones(4), ["a", "b", "c"])
    with pytest.raises(ValueError, match='"b" is the same for all'):
        scaled(np.array([[1.0, 5], [0, 5]]), np.ones(2), ["a", "b"])


def test_person_days_are_the_whole_of_earlier_intervals_and_half_a_day_of_the_last() -> None:
    # three operations end on days 0, 12 and 40 of intervals from 0, 10 and 30
    found = piecewise.exposures([0, 0, 0], [0, 1, 2], [1, 1, 1], [1, 0, 1], [0, 12, 40], starts=(0, 10, 30))
    spent = pd.DataFrame(found._asdict()).groupby("interval")[["failed", "exposure"]].sum()
    assert spent["exposure"].tolist() == [0.5 + 10 + 10, 2.5 + 20, 10.5]
    assert spent["failed"].tolist() == [1, 0, 1]


def test_intervals_come_near_to_cox() -> None:
    rows = with_terms(pd.read_csv(KEPT_HERE / "spine_cohort_open.csv"))
    terms = ["sexM", "prior_surgery"]
    counts = grouped(rows, terms, "followup_days", "status", 1)
    starts = np.array([0, 91, 366, 731, 1826])
    interval = np.searchsorted(starts, counts["day"], side="right") - 1
    n = counts["failed"] + counts["others"]
    spent = piecewise.exposures(
        counts["pattern"], interval, n, counts["failed"], counts["day"] * n, starts=starts.tolist()
    )
    near = piecewise.fit(counts["design"], *spent, names=terms)
    exact = cox.fit(**counts, names=terms)
    assert np.allclose(near.coefficients, exact.coefficients, atol=0.02)
    assert near.method == "piecewise exponential"


ROWS = some.lists(
    some.tuples(some.integers(0, 2), some.integers(0, 1), some.integers(1, 8), some.booleans()), min_size=8, max_size=60
)


def fitted(rows: list[tuple[int, int, int, bool]], scale: float = 1.0, shift: float = 0.0) -> HazardFit | None:
    frame = pd.DataFrame(rows, columns=["a", "b", "day", "failed"])
    design = frame[["a", "b"]].to_numpy(float) * scale + shift
    failed = frame["failed"].astype(int)
    try:
        return cox.fit(design, np.arange(len(frame)), frame["day"], failed, 1 - failed, ["a", "b"])
    except ValueError:
        return None


@given(ROWS, some.randoms(use_true_random=False))
def test_counts_give_what_rows_give_in_any_order(rows: list[tuple[int, int, int, bool]], shuffle: Any) -> None:
    one = fitted(rows)
    shuffle.shuffle(rows)
    other = fitted(rows)
    frame = pd.DataFrame(rows, columns=["a", "b", "day", "failed"])
    if one is None or one.diverged:
        return
    counts = grouped(frame.assign(failed=frame["failed"].astype(int)), ["a", "b"], "day", "failed", 1)
    by_counts = cox.fit(**counts, names=["a", "b"])
    assert other is not None
    for fit in (other, by_counts):
        assert np.allclose(fit.coefficients, one.coefficients, rtol=1e-6, atol=1e-6)
        assert fit.log_likelihood == pytest.approx(one.log_likelihood)


@given(ROWS)
def test_a_column_on_another_scale_has_the_same_meaning(rows: list[tuple[int, int, int, bool]]) -> None:
    one, other = fitted(rows), fitted(rows, scale=2.0, shift=7.0)
    if one is None or other is None or one.diverged:
        return
    assert np.allclose(one.coefficients, 2 * other.coefficients, rtol=1e-6, atol=1e-6)


@settings(max_examples=40)
@given(ROWS)
def test_the_likelihood_is_efrons_and_lower_on_either_side(rows: list[tuple[int, int, int, bool]]) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b", "day", "failed"])
    frame["stratum"] = np.arange(len(frame)) % 2
    failed = frame["failed"].astype(int)
    try:
        fit = cox.fit(
            frame[["a", "b"]], np.arange(len(frame)), frame["day"], failed, 1 - failed, ["a", "b"],
            strata=frame["stratum"],
        )  # fmt: skip
    except ValueError:
        return
    if fit.diverged:
        return
    a, b = fit.coefficients
    assert fit.log_likelihood == pytest.approx(efron(frame, [a, b]))
    for beside in ([a + 0.1, b], [a - 0.1, b], [a, b + 0.1], [a, b - 0.1]):
        assert efron(frame, beside) < fit.log_likelihood
