"""Which factors a model may take, what it expects, and what it says where there is none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.access import Viewer
from dashboard.analyses import case_mix as models
from dashboard.analyses.case_mix import case_mix, planned, tried
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.records import Records
from tests.text_tables import records


def patterns(*rows: tuple[int, int, dict[str, int]], procedures: int = 1) -> pd.DataFrame:
    """A row for each (operations, failed, bands); every adjusting factor in band 1 unless it says otherwise."""
    made = [
        {**dict.fromkeys(load().adjusting, 1), "procedure": 1 + place % procedures, "family": 1, **bands,
         "operations": operations, "failed": failed}
        for place, (operations, failed, bands) in enumerate(rows)
    ]  # fmt: skip
    return pd.DataFrame(made)


def test_a_factor_is_taken_while_ten_failures_stand_for_each_term() -> None:
    enough = planned(patterns((500, 5, {"age": 1}), (500, 5, {"age": 2})))
    assert (enough.factors, enough.reason) == (("age",), "")
    short = planned(patterns((500, 4, {"age": 1}), (500, 5, {"age": 2})))
    assert short.reason == "9 failures, and 10 would be needed"
    two = planned(patterns((500, 9, {"age": 1, "smoking": 1}), (500, 10, {"age": 2, "smoking": 2})))
    assert two.factors == ("age",)
    assert ("smoking", "19 failures, and 20 would be needed") in two.left_out


def test_a_factor_that_would_leave_out_more_than_a_fifth_is_not_taken() -> None:
    plan = planned(
        patterns(
            (395, 100, {"age": 1, "smoking": 1}),
            (395, 100, {"age": 2, "smoking": 2}),
            (210, 50, {"age": 1, "smoking": 0}),
        )
    )
    assert plan.factors == ("age",)
    assert dict(plan.left_out)["smoking"] == "with it 21 % of the operations would be left out, not being recorded"
    assert plan.missing_share == 0
    just = planned(patterns((400, 100, {"smoking": 1}), (400, 100, {"smoking": 2}), (200, 50, {"smoking": 0})))
    assert just.factors == ("smoking",)
    assert (just.operations, just.failed, round(just.missing_share, 9)) == (800, 200, 0.2)


def test_where_failures_are_few_the_procedure_stands_by_its_family() -> None:
    rows = [(100, 5, {"procedure": place, "family": 1 + place % 2, "age": 1 + place % 3}) for place in range(1, 13)]
    plan = planned(patterns(*rows))
    assert (plan.surgery, plan.factors) == ("family", ("age",))
    many = planned(patterns(*[(1000, 50, bands) for _, _, bands in rows]))
    assert (many.surgery, many.factors) == ("procedure", ("age",))


def test_within_one_family_the_procedure_stands_by_itself_or_there_is_no_model() -> None:
    rows = [(100, 2, {"procedure": place, "age": 1 + place % 2}) for place in range(1, 7)]
    plan = planned(patterns(*rows))
    assert (plan.surgery, plan.reason) == ("procedure", "12 failures, and 50 would be needed")


def test_a_model_without_any_patient_factor_is_no_adjusted_model() -> None:
    plan = planned(patterns((500, 50, {})))
    assert plan.factors == ()
    assert plan.reason.startswith("no patient factor can be adjusted for (age: only one band occurs")


def test_failures_expected_are_failures_seen_in_every_band_that_the_model_holds(sample: Records) -> None:
    model = case_mix(sample, "fbss", 730)
    counts = models.known_patterns(sample, "fbss", 730)
    counts["risk"] = model.risks(counts)
    known = counts.dropna(subset="risk")
    assert (int(known["operations"].sum()), int(known["failed"].sum())) == (model.plan.operations, model.plan.failed)
    for factor in model.plan.terms_from:
        sums = (known["risk"] * known["operations"]).groupby(known[factor]).sum()
        seen = known.groupby(factor)["failed"].sum()
        assert np.allclose(sums, seen, rtol=1e-6)


def test_a_profile_with_something_unrecorded_has_no_risk(sample: Records) -> None:
    model = case_mix(sample, "fbss", 730)
    counts = models.known_patterns(sample, "fbss", 730)
    unrecorded = (counts[list(model.plan.terms_from)] == 0).any(axis=1)
    assert unrecorded.any()
    assert np.isnan(model.risks(counts)[unrecorded]).all()


def test_the_model_is_of_the_whole_practice_whoever_asks(sample: Records) -> None:
    viewer = Viewer("Dr One", "surgeon", surgeon="S01")
    own = Records(sample.engine, viewer, sample.cohort, sample.audit)
    assert case_mix(own, "fbss", 730).plan == case_mix(sample, "fbss", 730).plan


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
    later = models.known_patterns(sample.of(Cohort(operated_from=date(2022, 10, 2))), "fbss", 730)
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
    assert (model.fit, model.plan.reason) == (None, "1 failures, and 10 would be needed")
