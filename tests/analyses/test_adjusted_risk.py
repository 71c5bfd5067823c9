"""Ratios of each factor, alone and adjusted: what they are fitted on, and when there are none."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.analyses import ratio_models
from dashboard.analyses.adjusted_risk import adjusted_risk, with_ratios
from dashboard.analyses.case_mix import ModelTerm
from dashboard.cohort import Cohort
from dashboard.records import Records
from dashboard.stats import logistic
from tests.text_tables import records


def crude_of(rows: pd.DataFrame, factor: str, band: str) -> pd.Series:
    return rows[(rows["factor"] == factor) & (rows["band"] == band)].iloc[0]


def twenty(state_of: dict[str, str], outcome: str) -> str:
    """Operations of two bands of smoking: ``state_of`` says how many of the twenty in each failed."""
    lines = ["operation | outcome | smoking | state | day"]
    for band, failed in state_of.items():
        for place in range(20):
            state = "failed" if place < int(failed) else "well"
            lines.append(f"{len(lines)} | {outcome} | {band} | {state} | 360")
    return "\n".join(lines)


def best_likelihood(ratio: float) -> float:
    """Log-likelihood of 5 of 20 and 10 of 20 whose odds differ by this ratio, the odds of the first at their best."""
    odds = np.exp(np.linspace(-6, 6, 1_200_001))
    both = [x * np.log(o) - 20 * np.log1p(o) for x, o in ((5, odds), (10, ratio * odds))]
    return float(np.sum(both, axis=0).max())


def test_a_ratio_whose_likelihood_sets_no_limit_keeps_walds_interval_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = records(tmp_path, twenty({"never": "5", "current": "10"}, "not_better"))
    monkeypatch.setattr(logistic, "DOUBLINGS", -1)
    row = crude_of(adjusted_risk(asked, "not_better").rows, "smoking", "current")
    spread = 1.959963984540054 * np.sqrt(1 / 10 + 1 / 10 + 1 / 5 + 1 / 15)
    assert row[["crude_lower", "crude_upper"]].tolist() == pytest.approx([3 * np.exp(-spread), 3 * np.exp(spread)])
    assert row["note"] == "Wald interval: the profile likelihood sets no limit"


def test_the_odds_ratio_of_two_bands_is_that_of_their_table(tmp_path: Path) -> None:
    asked = records(tmp_path, twenty({"never": "5", "current": "10"}, "not_better"))
    answer = adjusted_risk(asked, "not_better")
    row = crude_of(answer.rows, "smoking", "current")
    # (10 / 10) / (5 / 15)
    assert (answer.measure, answer.intervals) == ("Odds ratio", "profile likelihood")
    assert row["crude"] == pytest.approx(3.0)
    # Twice the log-likelihood is 3.84 lower at each end than at the top, whatever the risk in the reference band.
    for end in ("crude_lower", "crude_upper"):
        assert 2 * (best_likelihood(3) - best_likelihood(row[end])) == pytest.approx(3.841459, abs=1e-5)
    # with nothing else recorded, adjusting for smoking alone changes nothing
    assert row["adjusted"] == pytest.approx(row["crude"])


def test_the_reference_band_stands_without_a_ratio(tmp_path: Path) -> None:
    rows = adjusted_risk(records(tmp_path, twenty({"never": "5", "current": "10"}, "not_better")), "not_better").rows
    reference = crude_of(rows, "smoking", "never")
    assert bool(reference["reference"])
    assert np.isnan(reference["crude"])
    assert reference["note"] == ""


def test_too_few_failures_are_said_in_words_and_not_in_a_ratio(tmp_path: Path) -> None:
    answer = adjusted_risk(records(tmp_path, twenty({"never": "2", "current": "5"}, "not_better")), "not_better")
    row = crude_of(answer.rows, "smoking", "current")
    assert np.isnan(row["crude"])
    assert row["note"] == "7 failures are too few for a ratio of 2 bands."
    assert answer.plan.reason == "7 failures, and 10 would be needed"
    assert answer.method == ""


def test_a_band_of_fewer_than_ten_operations_has_no_ratio(sample: Records) -> None:
    row = crude_of(adjusted_risk(sample, "fbss").rows, "sex", "other")
    assert row["operations"] < 10
    assert np.isnan([row["crude"], row["adjusted"]]).all()
    assert row["note"] == "Fewer than 10 operations: no ratio."


def test_hazard_ratios_look_no_further_than_the_landmark(sample: Records) -> None:
    short, long = (crude_of(adjusted_risk(sample, "fbss", days).rows, "smoking", "current") for days in (365, 1825))
    assert short["failed"] < long["failed"]
    assert short["crude"] != long["crude"]


def test_the_sample_has_the_ratios_that_its_rules_put_in(sample: Records) -> None:
    rows = adjusted_risk(sample, "fbss").rows
    for factor, band in (("smoking", "current"), ("prior_surgery", "redo"), ("depression", "yes")):
        row = crude_of(rows, factor, band)
        assert row["adjusted_lower"] > 1, factor


def test_not_recorded_is_counted_apart_and_never_a_band(sample: Records) -> None:
    rows = adjusted_risk(sample, "fbss").rows
    assert "not recorded" not in set(rows["band"])
    smoking = rows[rows["factor"] == "smoking"]
    assert smoking["operations"].sum() + smoking["missing"].iloc[0] == sample.facts.operations


def test_a_narrow_cohort_is_refused_a_model_and_keeps_each_factor_alone(sample: Records) -> None:
    answer = adjusted_risk(sample.of(Cohort(chosen={"procedure": ("microdiscectomy",)})), "reoperation", 90)
    assert answer.plan.reason
    assert answer.rows["adjusted"].isna().all()


def test_a_large_cohort_by_intervals_gives_nearly_the_same(sample: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    by_day = adjusted_risk(sample, "fbss").rows
    monkeypatch.setattr(ratio_models, "LARGEST_BY_DAY", 10)
    answer = inspect.unwrap(adjusted_risk)(sample, "fbss")
    assert answer.method == "piecewise exponential"
    assert np.allclose(np.log(answer.rows["adjusted"]), np.log(by_day["adjusted"]), atol=0.02, equal_nan=True)


def test_the_table_has_ratios_of_every_factor_known_before_surgery(sample: Records) -> None:
    table = with_ratios(sample, "fbss")
    assert crude_of(table, "osteoporosis", "yes")["hazard_ratio"] > 1
    assert np.isnan(crude_of(table, "osteoporosis", "yes")["adjusted_hazard_ratio"])
    assert table.loc[table["factor"] == "recovery_adherence", "hazard_ratio"].isna().all()
    assert {"hr_lower", "hr_upper", "adjusted_lower", "adjusted_upper", "ratio_note"} <= set(table)


def test_a_factor_alone_is_the_same_from_its_profiles_and_from_its_bands(sample: Records) -> None:
    """The breakdown's counts and the model's counts of one factor must give one ratio."""
    from dashboard.analyses.risk_factors import by_factor

    smoking = next(bands for factor, bands in by_factor(sample, "fbss", 730) if factor.name == "smoking")
    counts = ratio_models.of_one_factor(smoking, "smoking", 730, at_visit=False)
    found = counts.ratios(("smoking",), {"smoking": 1}).of
    row = crude_of(adjusted_risk(sample, "fbss").rows, "smoking", "current")
    assert found[ModelTerm("smoking", 3)].ratio == pytest.approx(row["crude"], rel=1e-9)
