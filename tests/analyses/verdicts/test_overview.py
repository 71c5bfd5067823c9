"""What a practice should know first: said from the claims of the verdicts that stand in full elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.access import Viewer
from dashboard.analyses.verdicts.change import change_verdict
from dashboard.analyses.verdicts.groups import groups_verdict
from dashboard.analyses.verdicts.overall import overall_verdict
from dashboard.analyses.verdicts.overview import overview_verdict
from dashboard.cohort import Cohort
from dashboard.records import Records

LONGEST = 330
"""Letters of two lines on a screen of 1,440 px."""


def test_the_sample_in_two_lines(sample: Records) -> None:
    found = overview_verdict(sample, "fbss", 730)
    assert found.sentence == (
        "13.9 % of operations failed by 2 years (12.4 to 15.5), and no change beyond chance (operated from 1 Jan 2022: "
        "12.4 against 15.6 % before). Fusion (18.3 %) failed more often than all the others, by 6.6 points (3.1 to "
        "10.1). Red flags after 4 operations wait for contact, the longest for 84 days (marked resolved)."
    )


@pytest.mark.parametrize(
    ("chosen", "outcome", "said"),
    [
        ({"surgeon": ("S06",)}, "fbss", "fewer of those operated from 1 Jan 2021 than before (16.1 against 30.4 %)"),
        ({"procedure": ("tlif",)}, "fbss", "too few to say whether that has changed"),
        ({"procedure": ("tlif",)}, "fbss", "A red flag after 1 operation waits for contact, the longest for 22 days."),
        ({}, "reoperation", "No family of surgery failed more often than the others by more than chance."),
        ({"family": ("arthroplasty",)}, "odi_worse", "0 of 12 operations failed at the 12-month visit"),
    ],
)
def test_each_part_is_said_as_it_is(
    sample: Records, chosen: dict[str, tuple[str, ...]], outcome: str, said: str
) -> None:
    found = overview_verdict(sample.of(Cohort(chosen=chosen)), outcome, 730)
    assert said in found.sentence
    assert len(found.sentence) <= LONGEST


def test_its_claims_are_those_of_the_verdicts_it_is_made_of(sample: Records) -> None:
    claims = overview_verdict(sample, "fbss", 730).claims
    assert claims[0] == overall_verdict(sample, "fbss", 730).claims[0]
    assert claims[1:3] == change_verdict(sample, "fbss", 730).claims[:2]
    assert set(groups_verdict(sample, "fbss", "family", 730).claims) <= set(claims)


def test_who_sees_no_patients_reads_of_no_red_flag(sample: Records) -> None:
    manager = replace(sample, viewer=Viewer("Manager", "manager"))
    assert "ed flag" not in overview_verdict(manager, "fbss", 730).sentence
