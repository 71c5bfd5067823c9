"""What is expected of one patient: the model's own figure, what a change is compared with, and when there is none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard.analyses import case_mix as models
from dashboard.analyses.asked import Asked
from dashboard.analyses.case_mix import Model, case_mix
from dashboard.analyses.estimate import (
    COLUMNS,
    FEWEST_LIKE_IT,
    Estimate,
    estimate,
    estimate_table,
    inputs,
    spread,
    untried,
)
from dashboard.analyses.verdicts.patient import patient_verdict
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import logistic
from dashboard.stats.by_day import Numbers
from tests.text_tables import records

SMOKER = {"smoking": "current", "age": "age_65_79"}


def by_two_years(sample: Records, procedure: str, profile: dict[str, str]) -> Estimate:
    return estimate(sample, procedure, profile, "fbss")[-1]


def row(sample: Records, model: Model, **bands: str) -> Numbers:
    """The model's row of a fusion with these bands, the reference of all others."""
    codes = {name: sample.order(name)[band] for name, band in bands.items()}
    held = dict(model.reference) | {"family": sample.order("family")["fusion"]} | codes
    asked = pd.DataFrame({name: [held[name]] for name, _ in model.reference})
    return models.design(model.plan.together(asked), model.terms)[0:1]


def test_an_estimate_is_the_models_risk_of_that_profile(sample: Records) -> None:
    found = by_two_years(sample, "tlif", SMOKER)
    model = case_mix(sample, "fbss", 730)
    assert model.fit is not None
    own = logistic.predict(model.fit, row(sample, model, **SMOKER))
    shown = (found.share, found.lower, found.upper)
    assert shown == pytest.approx([float(each[0]) for each in own])
    assert found.average == model.plan.failed / model.plan.operations
    assert (found.group, found.by_itself) == ("Fusion", False)
    assert found.group_operations == model.sizes[("family", sample.order("family")["fusion"])]


def test_a_smoker_is_compared_with_one_who_had_stopped(sample: Records) -> None:
    found = by_two_years(sample, "tlif", SMOKER)
    (change,) = found.changes
    model = case_mix(sample, "fbss", 730)
    assert model.fit is not None
    assert (change.factor, change.change.to, change.change.words) == ("smoking", "former", "who had stopped smoking")
    stopped, own = row(sample, model, **SMOKER | {"smoking": "former"})[0], row(sample, model, **SMOKER)[0]
    assert change.apart == pytest.approx(logistic.risk_difference(model.fit, stopped, own))
    assert change.expected is not None
    assert change.apart is not None
    assert change.expected.share - (found.share or 0) == pytest.approx(change.apart.difference)


def test_a_band_that_is_not_at_risk_is_not_changed(sample: Records) -> None:
    assert by_two_years(sample, "tlif", {"smoking": "former"}).changes == ()


def test_a_number_is_read_as_the_band_that_holds_it(sample: Records) -> None:
    said = [by_two_years(sample, "tlif", {"age": age, "bmi": "24.9"}) for age in ("50", "64", "age_50_64")]
    assert len({one.share for one in said}) == 1
    assert by_two_years(sample, "tlif", {"age": "65", "bmi": "24.9"}).share != said[0].share
    bmi = load().factors["bmi"]
    held = [bmi.holding(number) for number in (18.4, 18.5, 34.0, 35.0)]
    assert [band.name for band in held if band] == ["underweight", "normal", "obese", "severely_obese"]
    assert load().factors["smoking"].holding(1) is None


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ({"smoking": "heavily"}, '"heavily" is no smoking'),
        ({"smoking": "3"}, '"3" is no smoking'),
        ({"bmi": "340"}, '"340" is no bmi'),
        ({"bmi": "nan"}, '"nan" is no bmi'),
        ({"asa": "0"}, '"0" is no asa'),
        ({"weather": "fine"}, '"weather" is no factor. Factors are age, '),
    ],
)
def test_what_this_data_does_not_know_is_refused(sample: Records, profile: dict[str, str], said: str) -> None:
    with pytest.raises(WrongUsage, match=said):
        estimate(sample, "tlif", profile, "fbss")


def test_a_profile_hardly_ever_seen_has_no_estimate(sample: Records) -> None:
    for answer in estimate(sample, "microdiscectomy", {"sex": "other"}, "fbss"):
        assert answer.share is None
        assert answer.reason.startswith("No estimate: Sex: Other was seen in ")


def test_there_is_no_figure_beyond_what_thirty_of_the_models_operations_had(sample: Records) -> None:
    """By hand from the spread: the last expected share that 30 operations had or exceeded is shown, no further one."""
    found = spread(sample, "fbss", 730)
    model = case_mix(sample, "fbss", 730)
    assert found["operations"].sum() == model.plan.operations
    assert found["expected"].is_monotonic_increasing
    as_high = found["operations"][::-1].cumsum()[::-1]
    ends = [*range(0, len(found), 40), *range(len(found) - 30, len(found))]
    for place in ends:
        share = float(found["expected"].iloc[place])
        seen = int(as_high[found["expected"] >= share - 1e-9].iloc[0])
        seen_low = int(found.loc[found["expected"] <= share + 1e-9, "operations"].sum())
        refused = untried(sample, model, share)
        assert bool(refused) == (min(seen, seen_low) < FEWEST_LIKE_IT)
        if refused:
            assert f"{min(seen, seen_low)} of its {model.plan.operations:,} operations" in refused


def test_a_profile_beyond_the_tried_says_what_the_highest_tenth_had(sample: Records) -> None:
    worst = {"smoking": "current", "prior_surgery": "redo", "bmi": "36", "age": "70", "depression": "yes", "asa": "3"}
    found = by_two_years(sample, "revision_fusion", worst)
    calibration = case_mix(sample, "fbss", 730).calibration
    assert calibration is not None
    assert found.share is None
    assert [change.apart for change in found.changes] == [None, None]
    highest = f"{100 * calibration['expected'].iloc[-1]:.1f} %"
    assert found.reason.startswith("No figure: this model has not been tried on enough patients at so high a risk.")
    assert found.reason.endswith(f"the highest tenth had {highest} on average.")


def test_an_estimate_is_the_same_whatever_is_chosen_above(sample: Records) -> None:
    """The model is of the whole practice, and so is what it was tried on."""
    chosen = sample.of(Cohort(chosen={"sex": ("male",)}))
    here, everywhere = (estimate(of, "tlif", {"smoking": "current"}, "fbss") for of in (chosen, sample))
    assert [(one.share, one.reason, one.tenth) for one in here] == [
        (one.share, one.reason, one.tenth) for one in everywhere
    ]
    assert here[-1].share is not None


def test_the_tenth_at_about_this_risk_is_that_of_the_calibration(sample: Records) -> None:
    found = by_two_years(sample, "microdiscectomy", {})
    calibration = case_mix(sample, "fbss", 730).calibration
    assert calibration is not None
    assert found.tenth is not None
    assert found.share is not None
    held = calibration[calibration["expected"] == found.tenth.expected].iloc[0]
    assert (held["operations"], held["failed"], held["observed"]) == (
        found.tenth.operations, found.tenth.failed, found.tenth.seen.share,
    )  # fmt: skip
    apart = (calibration["expected"] - found.share).abs()
    assert abs(found.tenth.expected - found.share) <= apart.nsmallest(2).iloc[-1]


def test_what_no_model_uses_says_why(sample: Records) -> None:
    said = {one.factor.name: one for one in inputs(sample, "fbss")}
    assert tuple(said) == tuple(name for name in load().factors if name in load().adjusting)
    assert (said["smoking"].used, said["anxiety"].used) == ((365, 730), ())
    assert said["anxiety"].why == "not used: too few failures"
    for one in said.values():
        held = [days for days in (365, 730) if one.factor.name in case_mix(sample, "fbss", days).plan.factors]
        assert list(one.used) == held
        assert not one.why.startswith("used by ") or len(held) == 1


def test_a_factor_told_by_numbers_has_the_ends_of_its_column(sample: Records) -> None:
    columns = {one.factor.name: one.number for one in inputs(sample, "fbss")}
    bmi = columns["bmi"]
    assert bmi is not None
    assert (bmi.low, bmi.high, bmi.unit) == (10, 80, "kg/m2")
    assert columns["smoking"] is None


def test_the_command_has_a_row_for_each_horizon_and_each_change(sample: Records) -> None:
    asked = Asked("fbss", None, 0, profile=SMOKER, procedure="tlif")
    table = estimate_table(sample, asked)
    assert table.columns.tolist() == COLUMNS
    assert table[["within_days", "of"]].to_numpy().tolist() == [
        [365, "patients like this"], [365, "who had stopped smoking"],
        [730, "patients like this"], [730, "who had stopped smoking"],
    ]  # fmt: skip
    later = estimate_table(sample, Asked("fbss", None, 730, profile=SMOKER, procedure="tlif"))
    assert later["share"].tolist() == table["share"].tolist()[2:]


def test_the_command_says_what_it_needs(sample: Records) -> None:
    with pytest.raises(WrongUsage, match="--procedure NAME"):
        estimate_table(sample, Asked("fbss", None, 0))
    with pytest.raises(WrongUsage, match=r"Nothing is estimated by 100 days\. Give 365 or 730"):
        estimate_table(sample, Asked("fbss", None, 100, procedure="tlif"))


def test_an_outcome_of_a_visit_has_one_horizon(sample: Records) -> None:
    assert len(estimate(sample, "tlif", {}, "not_better")) == 1


def test_without_a_model_there_is_no_estimate_and_nothing_is_used(tmp_path: Path) -> None:
    asked = records(tmp_path, "operation | state | day\n1 | failed | 20\n2 | left | 400")
    year, _ = estimate(asked, "tlif", {}, "fbss")
    assert (year.share, year.reason) == (None, "No estimate: 1 failure, and 10 would be needed.")
    assert not any(one.used for one in inputs(asked, "fbss"))


def smokers(folder: Path, failed: dict[str, int], each: int = 100) -> Records:
    """So many operations in each band of smoking, and so many of them failed; nothing else is recorded."""
    rows = [
        f"{place}{n:03} | 2020-01-01 | {band} | {'failed | 200' if n < failures else 'left | 900'}"
        for place, (band, failures) in enumerate(failed.items(), start=1) for n in range(each)
    ]  # fmt: skip
    return records(folder, "\n".join(["operation | operated | smoking | state | day", *rows]))


def test_where_former_stands_with_never_there_is_no_figure_for_stopping(tmp_path: Path) -> None:
    """15 failures carry one term: former and never together, against current. By hand 8 of 100 fail."""
    asked = smokers(tmp_path, {"never": 3, "former": 4, "current": 8})
    for one in estimate(asked, "microdiscectomy", {"smoking": "current"}, "fbss"):
        (change,) = one.changes
        assert one.share == pytest.approx(0.08)
        assert (change.expected, change.apart) == (None, None)
        assert change.reason == (
            "No figure: this model holds never and former together, as failures are too few to tell them apart."
        )
    smoking = next(one for one in inputs(asked, "fbss") if one.factor.name == "smoking")
    assert smoking.together == "never and former together, as failures are too few to tell them apart"
    words = patient_verdict(asked, "fbss", "microdiscectomy", {"smoking": "current"})
    assert words.answer.endswith(
        "No figure for 100 who had stopped smoking: this model holds never and former together, as failures are too "
        "few to tell them apart."
    )
    assert len(words.claims) == 1


def test_where_each_band_stands_by_itself_stopping_has_a_figure(tmp_path: Path) -> None:
    """30 failures carry both terms. By hand 16 of 100 fail, and 8 of those who had stopped: 8 points fewer."""
    one = estimate(smokers(tmp_path, {"never": 6, "former": 8, "current": 16}), "microdiscectomy",
                   {"smoking": "current"}, "fbss")[-1]  # fmt: skip
    (change,) = one.changes
    assert one.share == pytest.approx(0.16)
    assert change.expected is not None
    assert change.apart is not None
    assert change.expected.share == pytest.approx(0.08)
    reach = 1.959964 * ((0.16 * 0.84 + 0.08 * 0.92) / 100) ** 0.5
    assert change.apart == pytest.approx((-0.08, -0.08 - reach, -0.08 + reach), abs=1e-6)
