"""The whole road, from canonical CSV to the share on a screen, agrees with R on the open cohort of 800 operations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.analyses.compare import compare
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.records import Records
from dashboard.stats.funnel import binomial_limits

REFERENCES = Path(__file__).parents[1] / "stats" / "references"
FROM_R = json.loads((REFERENCES / "spine_cohort_open.json").read_text())
PROCEDURES = sorted(FROM_R["by_group"])


def assert_agrees(row: pd.Series, reference: dict[str, Any], place: int) -> None:
    if reference["beyond_followup"][place]:
        assert not row["estimable"]
        assert pd.isna(row["share"])
        return
    cause = reference["cause1"]
    assert row["share"] == pytest.approx(cause["cif"][place], rel=1e-10)
    if cause["cif"][place]:
        assert row["lower"] == pytest.approx(cause["lower_loglog_gray"][place], rel=1e-10)
        assert row["upper"] == pytest.approx(cause["upper_loglog_gray"][place], rel=1e-10)


@pytest.mark.parametrize("place", range(5))
def test_the_rate_of_everybody_agrees_with_r(open_cohort: Records, place: int) -> None:
    rate = failure_rate(open_cohort, "fbss", within_days=FROM_R["cif"]["time"][place])
    assert rate.at[0, "operations"] == 800
    assert_agrees(rate.iloc[0], FROM_R["cif"], place)


@pytest.mark.parametrize("place", range(5))
def test_the_rate_of_each_procedure_agrees_with_r(open_cohort: Records, place: int) -> None:
    day = FROM_R["by_group"][PROCEDURES[0]]["cif"]["time"][place]
    rates = failure_rate(open_cohort, "fbss", by="procedure", within_days=day).set_index("label")
    assert sorted(rates.index) == PROCEDURES
    for procedure in PROCEDURES:
        assert_agrees(rates.loc[procedure], FROM_R["by_group"][procedure]["cif"], place)


def test_the_curve_agrees_with_r_on_every_day_of_a_failure(open_cohort: Records) -> None:
    curve = failure_curve(open_cohort, "fbss").set_index("day")
    from_r = FROM_R["cif"]["curve"]
    for day, share in zip(from_r["time"], from_r["cif1"], strict=True):
        before = curve.loc[:day, "share"]
        assert (before.iloc[-1] if len(before) else 0) == pytest.approx(share, rel=1e-10, abs=1e-14)


def test_follow_up_is_the_median_that_r_gives(open_cohort: Records) -> None:
    expected = FROM_R["km_cause1"]["reverse_km"]["median_prodlim"]
    assert failure_rate(open_cohort, "fbss").at[0, "median_follow_up_days"] == expected


def test_the_funnel_by_surgeon_is_that_of_r(open_cohort: Records) -> None:
    expected = json.loads((REFERENCES / "funnel_spine_surgeon.json").read_text())
    answer = compare(open_cohort, "fbss", "surgeon", 365)
    assert answer.units["unit"].tolist() == expected["surgeon"]
    assert answer.units["failed"].tolist() == expected["failures_1y"]
    assert answer.units["operations"].tolist() == expected["n"]
    # The cohort holds unlike procedures, so that the comparison itself draws no funnel round all of them.
    assert answer.shares is None
    units = answer.units
    limits = binomial_limits(units["operations"], units["failed"].sum() / units["operations"].sum())
    for ours, theirs in (
        ("lower_95", "lower95"),
        ("upper_95", "upper95"),
        ("lower_998", "lower998"),
        ("upper_998", "upper998"),
    ):
        # R's package writes 0.00001 where the limit is 0
        wanted = [0.0 if value == 1e-05 else value for value in expected["exact"][theirs]]
        assert getattr(limits, ours).tolist() == pytest.approx(wanted, rel=1e-10)
