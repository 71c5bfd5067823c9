"""The figures that are looked at first: each as the analysis of its own gives it, with what it is held against."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.follow_up import everybody, follow_up
from dashboard.analyses.headline import headline
from dashboard.analyses.onset import onset
from dashboard.analyses.proms import proms
from dashboard.cohort import Cohort
from dashboard.records import Records
from tests.text_tables import records

FOUR = """
operation | patient | operated   | procedure       | surgeon
1         | 11      | 2024-11-01 | microdiscectomy | S01
2         | 12      | 2024-11-01 | laminectomy     | S02
"""


def test_each_figure_is_the_one_of_its_own_screen(sample: Records) -> None:
    found = headline(sample, "fbss", 365).set_index("figure")
    assert list(found.index) == ["fbss", "reoperation", "complication", "odi_change", "answered", "onset"]
    for name, days in (("fbss", 365), ("reoperation", 365), ("complication", 90)):
        rate = failure_rate(sample, name, None, days).iloc[0]
        assert tuple(found.loc[name, ["value", "lower", "upper"]]) == tuple(rate[["share", "lower", "upper"]])
        assert tuple(found.loc[name, ["events", "operations"]]) == tuple(rate[["failed", "operations"]])
    changed = proms(sample, "odi_change").set_index("visit").loc[12]
    assert tuple(found.loc["odi_change", ["value", "lower", "upper", "events"]]) == tuple(
        changed[["median", "lower_quartile", "upper_quartile", "with_change"]]
    )
    answered = everybody(follow_up(sample)).set_index("visit").loc[12]
    assert tuple(found.loc["answered", ["value", "events", "operations"]]) == tuple(
        answered[["share", "answered", "due"]]
    )
    half = onset(sample, "fbss", None, 365).quantiles.iloc[0]
    assert tuple(found.loc["onset", ["value", "lower", "upper"]]) == tuple(half[["half", "quarter", "three_quarters"]])
    # Counted by day in the files: 50, 99 and 149 of the 198.
    assert tuple(found.loc["onset", ["lower", "value", "upper", "operations"]]) == (11, 93, 184, 198)
    assert found.loc["answered", "comparator"] == "goal 80 %"


def test_the_chosen_outcome_stands_once_and_one_of_a_visit_has_no_half(sample: Records) -> None:
    assert list(headline(sample, "reoperation", 730)["figure"])[:2] == ["reoperation", "complication"]
    assert "onset" not in set(headline(sample, "odi_worse", 730)["figure"])


@pytest.mark.parametrize("outcome", ["fbss", "reoperation"])
def test_of_few_there_are_counts_alone_and_why(tmp_path: Path, outcome: str) -> None:
    found = headline(records(tmp_path, FOUR), outcome, 730)
    shares = found[found["kind"] != "day"]
    assert not shares["shown"].any()
    assert shares["value"].isna().all()
    assert shares["note"].astype(bool).all()
    assert pd.isna(found["value"]).all()


def test_the_days_of_first_year_failures_are_not_told_while_that_year_is_open(sample: Records) -> None:
    young = sample.of(Cohort(operated_from=date(2024, 10, 1), operated_to=date(2026, 9, 30)))
    found = headline(young, "fbss", 730).query("figure == 'onset'")
    assert not found["shown"].any()
    assert found["value"].isna().all()
    # Of 585 index operations of these two years 311 had not had a year by 30 Sep 2026, 297 of them a patient's first.
    assert found["note"].tolist() == [
        "The first year is not over for 53 % of these operations: late failures cannot be seen yet."
    ]
