"""Which factors a model may take, what it expects, and what it says where there is none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dashboard.access import Viewer
from dashboard.analyses.case_mix import case_mix, tried
from dashboard.analyses.profiles import known_patterns
from dashboard.cohort import Cohort
from dashboard.records import Records
from tests.text_tables import records


def test_failures_expected_are_failures_seen_in_every_band_that_the_model_holds(sample: Records) -> None:
    model = case_mix(sample, "fbss", 730)
    counts = known_patterns(sample, "fbss", 730)
    counts["risk"] = model.risks(counts)
    known = counts.dropna(subset="risk")
    assert (int(known["operations"].sum()), int(known["failed"].sum())) == (model.plan.operations, model.plan.failed)
    for factor in model.plan.terms_from:
        sums = (known["risk"] * known["operations"]).groupby(known[factor]).sum()
        seen = known.groupby(factor)["failed"].sum()
        assert np.allclose(sums, seen, rtol=1e-6)


def test_a_profile_with_something_unrecorded_has_no_risk(sample: Records) -> None:
    model = case_mix(sample, "fbss", 730)
    counts = known_patterns(sample, "fbss", 730)
    unrecorded = (counts[list(model.plan.terms_from)] == 0).any(axis=1)
    assert unrecorded.any()
    assert np.isnan(model.risks(counts)[unrecorded]).all()


def test_the_model_is_of_the_whole_practice_whoever_asks(sample: Records) -> None:
    viewer = Viewer("Dr One", "surgeon", surgeon="S01")
    own = Records(sample.engine, viewer, sample.cohort, sample.audit)
    seen, exact = case_mix(own, "fbss", 730).plan, case_mix(sample, "fbss", 730).plan
    assert (seen.surgery, seen.factors[:2]) == (exact.surgery, exact.factors[:2])
    assert seen.operations == pytest.approx(exact.operations, rel=0.05)
    assert seen.failed == pytest.approx(exact.failed, rel=0.1)


def test_a_frozen_model_does_not_know_what_came_after(sample: Records) -> None:
    frozen = case_mix(sample, "complication", 90, date(2022, 12, 31))
    assert frozen.plan.operations < case_mix(sample, "complication", 90).plan.operations
    assert frozen.until == date(2022, 12, 31)


def test_a_model_is_tried_on_operations_that_it_was_not_made_from(sample: Records) -> None:
    trial = tried(sample, "fbss", 730)
    assert trial is not None
    # two years before the last day whose two years are over
    assert trial.until == date(2022, 10, 1)
    earlier = case_mix(sample, "fbss", 730, trial.until)
    later = known_patterns(sample.of(Cohort(operated_from=date(2022, 10, 2))), "fbss", 730)
    later["risk"] = earlier.risks(later)
    known = later.dropna(subset="risk")
    assert (trial.operations, trial.failed) == (known["operations"].sum(), known["failed"].sum())
    assert trial.expected == pytest.approx((known["risk"] * known["operations"]).sum())
    assert trial.slope.lower < trial.slope.slope < trial.slope.upper


def test_a_frozen_model_is_tried_itself(sample: Records) -> None:
    trial = tried(sample, "complication", 90, date(2022, 12, 31))
    assert trial is not None
    assert trial.until == date(2022, 12, 31)


def test_too_few_later_failures_are_no_trial(tmp_path: Path) -> None:
    asked = records(tmp_path, "operation | state | day\n1 | failed | 20\n2 | left | 400")
    assert tried(asked, "fbss", 90) is None


def test_few_operations_have_no_model_and_say_why(tmp_path: Path) -> None:
    asked = records(tmp_path, "operation | state | day\n1 | failed | 20\n2 | left | 400")
    model = case_mix(asked, "fbss", 90)
    assert (model.fit, model.plan.reason) == (None, "1 failure, and 10 would be needed")
