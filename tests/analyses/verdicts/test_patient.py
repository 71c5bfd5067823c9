"""Of 100 patients like one, how many are expected to fail: sentence, claims, picture and command say the same."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import wording
from dashboard.analyses.asked import Asked
from dashboard.analyses.estimate import Estimate, estimate, estimate_table
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, WIDEST, Claim
from dashboard.analyses.verdicts.every import verdicts
from dashboard.analyses.verdicts.patient import GIVE, hundred, patient_verdict
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records

FACTORS = [load().factors[name] for name in load().adjusting]
profiles = st.fixed_dictionaries(
    {}, optional={factor.name: st.sampled_from([band.name for band in factor.bands]) for factor in FACTORS}
)
procedures = st.sampled_from(["tlif", "microdiscectomy", "laminectomy", "plif", "disc_replacement"])


def said_of(claim: Claim, how: str) -> str:
    """The words of one change, made again from its claim."""
    low, high = claim.difference_lower or 0, claim.difference_upper or 0
    limits = (-high, -low) if (claim.difference or 0) < 0 else (low, high)
    return f"{100 * abs(claim.difference or 0):.1f} points {how} ({wording.points_interval(*limits)})"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(procedures, profiles, st.sampled_from([365, 730]))
def test_sentence_claims_and_command_agree_for_any_patient(
    sample: Records, procedure: str, profile: dict[str, str], days: int
) -> None:
    found = patient_verdict(sample, "fbss", procedure, profile, days)
    table = estimate_table(sample, Asked("fbss", None, 0, profile=profile, procedure=procedure))
    refused = bool(table.loc[(table["within_days"] == days) & (table["factor"] == ""), "reason"].iloc[0])
    assert refused == found.answer.startswith(f"No figure by {'1 year' if days == 365 else '2 years'}: ")
    # The horizon that is asked first; the other only in its place.
    shown = table.dropna(subset=["share"]).sort_values("within_days", ascending=days == 365, kind="stable")
    if not refused or not ((shown["factor"] == "") & (shown["within_days"] != days)).any():
        shown = shown[shown["within_days"] == days]
    assert [claim.figure for claim in found.claims] == shown["share"].tolist()
    for claim, row in zip(found.claims, shown.to_dict("records"), strict=True):
        whom = "100 patients like this" if claim.unit == "patient" else f"100 {claim.label}"
        assert whom in found.sentence
        assert f"{hundred(claim.figure)} " in found.sentence
        if claim.difference is None:
            assert pd.isna(row["difference"])
            continue
        assert claim.difference == pytest.approx((claim.figure or 0) - (claim.comparator_figure or 0))
        assert (claim.difference_lower, claim.difference_upper) == (row["difference_lower"], row["difference_upper"])
        assert claim.word == word_for(claim.difference_lower or 0, claim.difference_upper or 0)
        assert said_of(claim, "fewer" if claim.difference < 0 else "more") in found.sentence
    chance = found.sentence.count("no more than chance would do") + found.sentence.count("too uncertain to say")
    assert chance == sum(claim.word in (ALIKE, FEW) for claim in found.claims)


def word_for(low: float, high: float) -> str:
    if low > 0 or high < 0:
        return HIGHER if low > 0 else LOWER
    return FEW if (high - low) / 2 > WIDEST else ALIKE


def test_what_is_not_used_and_as_what_it_stands_is_said(sample: Records) -> None:
    words = patient_verdict(sample, "fbss", "tlif", {"anxiety": "yes", "age": "40"}).doubt
    assert "no prediction for one of them" in words
    assert "too few failures for " in words
    assert "Not used: anxiety (too few failures)." in words
    assert "c-statistic 0." in words


def test_what_no_model_takes_is_said(sample: Records) -> None:
    words = patient_verdict(sample, "fbss", "tlif", {"osteoporosis": "yes", "age": "40"}).doubt
    assert "Not used: osteoporosis (no model takes it)." in words


def test_without_a_patient_it_says_what_to_give(sample: Records) -> None:
    table = verdicts(sample, Asked("fbss", None, 730, about="patient"))
    assert table["sentence"].tolist() == [GIVE]
    wrong = verdicts(sample, Asked("fbss", None, 730, about="patient", procedure="tlif", profile={"bmi": "heavy"}))
    assert wrong["sentence"].tolist() == ['"heavy" is no bmi in this data.']
    with pytest.raises(WrongUsage, match="is no verdict"):
        verdicts(sample, Asked("fbss", None, 730, about="patients"))


def test_every_figure_of_the_picture_is_one_of_the_claims(sample: Records) -> None:
    profile = {"smoking": "current", "depression": "yes", "age": "40"}
    found = patient_verdict(sample, "fbss", "microdiscectomy", profile, 365)
    one: Estimate = estimate(sample, "microdiscectomy", profile, "fbss")[0]
    drawn: list[Any] = [one.share, *(change.expected.share for change in one.changes if change.expected)]
    assert [claim.figure for claim in found.claims] == drawn
    assert len(drawn) >= 2
