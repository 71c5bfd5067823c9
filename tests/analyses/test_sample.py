"""The analyses on the made-up practice, read through the importer: parts add up, and scope holds."""

from __future__ import annotations

import pytest

from dashboard.access import Viewer
from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.patients import patients
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.timeline import rule_sentence, timeline
from dashboard.definitions import load
from dashboard.records import Records


@pytest.mark.parametrize("outcome", list(load().outcomes))
@pytest.mark.parametrize("by", ["procedure", "family", "surgeon", "site", "age", "smoking"])
def test_the_groups_add_up_to_everybody(sample: Records, outcome: str, by: str) -> None:
    whole, parts = failure_rate(sample, outcome), failure_rate(sample, outcome, by)
    for column in ("operations", "failed", "died"):
        assert parts[column].sum() == whole.at[0, column]


def test_every_factor_divides_the_same_operations(sample: Records) -> None:
    frame = risk_factors(sample, "fbss")
    assert list(frame["factor"].unique()) == list(load().factors)
    assert set(frame.groupby("factor")["operations"].sum()) == {operations_chosen(sample)}


def test_bands_agree_with_the_rate_broken_down_by_the_factor(sample: Records) -> None:
    frame, rate = (
        risk_factors(sample, "fbss", within_days=365),
        failure_rate(sample, "fbss", by="smoking", within_days=365),
    )
    smoking = frame[frame["factor"] == "smoking"]
    assert list(smoking["band"]) == list(rate["group"])
    assert list(smoking["share"]) == pytest.approx(list(rate["share"]), rel=1e-12)
    assert list(smoking["upper"]) == pytest.approx(list(rate["upper"]), rel=1e-12)


def test_a_timeline_shows_what_a_failure_rests_on_and_where_it_was_written(sample: Records) -> None:
    failed = patients(sample, "fbss", only="failed").iloc[0]
    course = timeline(sample, int(failed["operation"]), "fbss")
    assert "cause" in set(course["kind"])
    assert course["day"].is_monotonic_increasing
    assert set(course.loc[course["kind"] == "cause", "file"]) == {"diagnoses.csv"}
    assert "definition version" in rule_sentence("fbss")


def test_a_timeline_outside_the_scope_is_empty(sample: Records) -> None:
    rows = patients(sample, "fbss")
    theirs = int(rows.loc[rows["surgeon"] == "S02", "operation"].iloc[0])
    mine = int(rows.loc[rows["surgeon"] == "S01", "operation"].iloc[0])
    viewer = Viewer("Dr One", "surgeon", surgeon="S01")
    asked = Records(sample.engine, viewer, sample.cohort, sample.audit)
    assert timeline(asked, theirs, "fbss").empty
    assert not timeline(asked, mine, "fbss").empty
