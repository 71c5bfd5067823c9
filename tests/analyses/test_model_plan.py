"""Which factors a model takes: the guards, the fixed order, the factor of interest, and bands that stand together."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashboard.analyses.adjusted_risk import adjusted_risk
from dashboard.analyses.case_mix import case_mix
from dashboard.analyses.model_plan import Joinable, ModelPlan, joinable_bands, planned
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records

NEVER, FORMER, CURRENT = 1, 2, 3
SMOKING = {"smoking": Joinable(NEVER, ("former",), (FORMER,))}


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


def test_a_factor_that_only_repeats_what_is_taken_is_left_out() -> None:
    """As where every revision was operated before and nobody else: no method can tell the two apart."""
    alike = [{"procedure": place, "smoking": place, "age": age} for place in (1, 2) for age in (1, 2)]
    plan = planned(patterns(*[(100, 20, bands) for bands in alike]))
    assert plan.factors == ("age",)
    assert dict(plan.left_out)["smoking"] == "it cannot be told apart from what the model already takes"
    one_differs = planned(patterns(*[(100, 20, bands) for bands in alike], (1, 0, {**alike[0], "smoking": 2})))
    assert one_differs.factors == ("age", "smoking")
    # three bands that two others say together, none of them alone
    told = [{"age": a, "smoking": b, "sex": 1 + (a == b)} for a, b in ((1, 1), (1, 2), (2, 1))]
    assert dict(planned(patterns(*[(100, 30, bands) for bands in told])).left_out).keys() >= {"sex"}
    asked = planned(patterns(*[(100, 20, bands) for bands in alike]), exposure="smoking")
    assert asked.reason.endswith("cannot be told apart from what the model already takes)")


def test_where_failures_are_few_the_procedure_stands_by_its_family() -> None:
    bands = [{"procedure": place, "family": 1 + place % 2, "age": 1 + place % 3} for place in range(1, 13)]
    # one operation of another age: else the procedures alone would tell the ages
    rows = [*((100, 5, each) for each in bands), (1, 0, {**bands[0], "age": 3}), (1, 0, {**bands[1], "age": 1})]
    plan = planned(patterns(*rows))
    assert (plan.surgery, plan.factors) == ("family", ("age",))
    many = planned(patterns(*[(10 * size, 10 * failed, bands) for size, failed, bands in rows]))
    assert (many.surgery, many.factors) == ("procedure", ("age",))


def test_within_one_family_the_procedure_stands_by_itself_or_there_is_no_model() -> None:
    rows = [(100, 2, {"procedure": place, "age": 1 + place % 2}) for place in range(1, 7)]
    plan = planned(patterns(*rows))
    assert (plan.surgery, plan.reason) == ("procedure", "12 failures, and 50 would be needed")


def test_a_model_without_any_patient_factor_is_no_adjusted_model() -> None:
    plan = planned(patterns((500, 50, {})))
    assert plan.factors == ()
    assert plan.reason.startswith("no patient factor can be adjusted for (age at surgery: only one band occurs")


def smokers(failed: tuple[int, int, int], **bands: int) -> pd.DataFrame:
    """Two hundred operations and these failures of never, former and current smokers."""
    return patterns(*[(200, n, {"smoking": code, **bands}) for code, n in zip((1, 2, 3), failed, strict=True)])


def test_bands_stand_together_only_where_the_factor_does_not_fit_without() -> None:
    assert planned(smokers((5, 5, 10)), joinable=SMOKING).merged == {}
    short = planned(smokers((5, 5, 9)), joinable=SMOKING)
    assert short.factors == ("smoking",)
    assert short.merged["smoking"].bands == ("former",)
    assert short.merged_words("smoking") == "never and former together, as failures are too few to tell them apart"
    assert planned(smokers((5, 5, 9))).factors == ()
    assert planned(smokers((3, 3, 3)), joinable=SMOKING).reason == "9 failures, and 10 would be needed"


def test_bands_do_not_join_until_nothing_is_left_to_compare() -> None:
    plan = planned(patterns((200, 5, {"smoking": 1, "age": 1}), (200, 9, {"smoking": 2, "age": 2})), joinable=SMOKING)
    assert (plan.factors, plan.merged) == (("age",), {})


def test_bands_join_one_after_the_other_and_no_more_than_must() -> None:
    bmi = {"bmi": Joinable(2, ("underweight", "overweight"), (1, 3))}
    rows = patterns(*[(200, failed, {"bmi": code}) for code, failed in zip((1, 2, 3, 4), (5, 8, 8, 4), strict=True)])
    assert planned(rows, joinable=bmi).merged["bmi"].bands == ("underweight",)
    fewer = rows.assign(failed=[2, 5, 5, 3])
    assert planned(fewer, joinable=bmi).merged["bmi"].bands == ("underweight", "overweight")


def test_what_stands_together_is_one_band_to_a_fit() -> None:
    plan = planned(smokers((5, 5, 9)), joinable=SMOKING)
    assert list(plan.together(smokers((5, 5, 9)))["smoking"]) == [NEVER, NEVER, CURRENT]
    assert list(smokers((1, 1, 1))["smoking"]) == [NEVER, FORMER, CURRENT]


def test_the_factor_of_interest_comes_first_whatever_its_place() -> None:
    rows = patterns((500, 9, {"age": 1, "anxiety": 1}), (500, 11, {"age": 2, "anxiety": 2}), (1, 0, {"age": 3}))
    assert planned(rows).factors == ("age",)
    asked = planned(rows.assign(procedure=[1, 2, 2]), exposure="anxiety")
    assert (asked.factors, asked.exposure) == (("anxiety",), "anxiety")
    twice = [{"age": 1, "anxiety": 1}, {"age": 2, "anxiety": 2}], [{"age": 2}, {"anxiety": 2}]
    apart = patterns(*((500, 20, bands) for bands in twice[0]), *((1, 0, bands) for bands in twice[1]))
    both = planned(apart.assign(procedure=[1, 2, 2, 2]), exposure="anxiety")
    assert both.factors == ("anxiety", "age")


def test_the_factor_of_interest_leaves_room_to_be_adjusted_for_something() -> None:
    """With one procedure and 29 failures a factor of three bands has nothing beside it, unless two stand together."""
    rows = patterns(*[
        (200, failed, {"smoking": code, "prior_surgery": 1 + code % 2})
        for code, failed in zip((1, 2, 3), (9, 10, 10), strict=True)
    ])  # fmt: skip
    alone = planned(rows, exposure="smoking")
    assert alone.reason == "smoking cannot be adjusted (29 failures, and 30 would be needed)"
    together = planned(rows, exposure="smoking", joinable=SMOKING)
    assert (together.factors, together.merged["smoking"].bands) == (("smoking", "prior_surgery"), ("former",))
    nothing_else = planned(rows.assign(prior_surgery=1, failed=[19, 10, 10]), exposure="smoking")
    assert nothing_else.reason == "smoking can be adjusted for nothing else (no other factor is recorded enough)"


def test_without_the_factor_of_interest_there_is_no_model() -> None:
    rows = patterns(
        *[(100, 4, {"age": 1 + place % 2, "smoking": 1 + place}) for place in range(3)],
        (9, 1, {"age": 1, "smoking": 3}),
    )
    assert planned(rows).factors == ("age",)
    asked = planned(rows, exposure="smoking")
    assert asked.reason == "smoking cannot be adjusted (13 failures, and 30 would be needed)"
    with pytest.raises(WrongUsage, match='"levels" is no factor that a model takes'):
        planned(rows, exposure="levels")


def test_a_factor_fits_by_one_year_and_by_the_landmark_or_not_at_all() -> None:
    early = patterns((500, 4, {"age": 1}), (500, 5, {"age": 2}))
    late = patterns((500, 40, {"age": 1}), (500, 50, {"age": 2}))
    assert planned(late).factors == ("age",)
    assert (
        planned(late, early).reason
        == "9 failures by 1 year, which decides for every later time, and 10 would be needed"
    )
    assert planned(early, late).reason == "9 failures, and 10 would be needed"


def held(plan: ModelPlan) -> Any:
    return plan.surgery, plan.factors, plan.merged


@pytest.mark.parametrize("chosen", [{}, {"family": ("fusion",)}, {"procedure": ("tlif",)}])
@pytest.mark.parametrize("exposure", [None, "smoking", "bmi"])
def test_the_same_factors_are_adjusted_for_at_one_and_two_years(
    sample: Records, chosen: dict[str, tuple[str, ...]], exposure: str | None
) -> None:
    one, two = (
        adjusted_risk(sample.of(Cohort(chosen=chosen)), "fbss", days, exposure).plan for days in (365, 730)
    )  # fmt: skip
    assert held(one) == held(two)


def test_the_model_of_the_case_mix_is_of_the_same_factors_at_one_and_two_years(sample: Records) -> None:
    one, two = (case_mix(sample, "fbss", days).plan for days in (365, 730))
    assert held(one) == held(two)
    assert len(one.factors) >= 3


def test_which_bands_may_join_is_said_by_the_definition(sample: Records) -> None:
    assert joinable_bands(sample)["smoking"] == SMOKING["smoking"]
    assert set(joinable_bands(sample)) == {name for name in load().adjusting if load().factors[name].merge}
