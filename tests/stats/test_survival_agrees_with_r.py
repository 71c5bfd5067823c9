"""Survival estimates against R, case by case and on whole curves."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from dashboard.stats import group_tests, survival
from tests.stats.reference import (
    BESIDE_THE_CHECKOUT,
    Case,
    agrees,
    cases_of,
    cohort,
    death_as_leaving,
    edge_cases,
    exchange_causes,
    grouped_counts,
    read,
    standing_at,
)

KEPT = [*cases_of("spine_cohort_open"), *edge_cases()]
BORROWED = ["lung", "aml", "veteran", "mgus2"]


def table(text: str) -> pd.DataFrame:
    """Counts from a text table, a row a line."""
    header, *rows = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame([[int(n) for n in row] for row in rows], columns=header)


def with_competing(cases: list[Case]) -> list[Case]:
    return [case for case in cases if "cif" in case.expected]


# ---- agreement with R: each compare_* states one agreement, for the kept and for the borrowed cohorts alike


def compare_kaplan_meier(case: Case) -> None:
    expected, curve = case.expected["km_cause1"], survival.cumulative_incidence(death_as_leaving(case.counts))
    assert int(curve["at_risk"].iloc[0]) == expected["n"]
    for day, survived in zip(expected["at"]["time"], expected["at"]["surv"], strict=True):
        assert agrees(standing_at(curve, "share", day, 0.0), 1 - survived), day
    assert survival.number_at_risk(case.counts, expected["at"]["time"]) == expected["at"]["n_risk"]


def compare_whole_curve(case: Case) -> None:
    expected = case.expected["km_cause1"]["curve"]
    curve = survival.cumulative_incidence(death_as_leaving(case.counts)).set_index("day").loc[expected["time"]]
    assert curve["at_risk"].tolist() == expected["n_risk"]
    assert all(map(agrees, curve["share"], [1 - survived for survived in expected["surv"]]))
    incidence = case.expected.get("cif", {}).get("curve")
    if incidence:
        shares = survival.cumulative_incidence(case.counts).set_index("day")["share"]
        deaths = survival.cumulative_incidence(exchange_causes(case.counts)).set_index("day")["share"]
        assert all(map(agrees, shares.loc[incidence["time"]], incidence["cif1"]))
        assert all(map(agrees, deaths.loc[incidence["time"]], incidence["cif2"]))


def compare_cumulative_incidence(case: Case) -> None:
    expected = case.expected["cif"]
    for cause, counts in (("cause1", case.counts), ("cause2", exchange_causes(case.counts))):
        curve = survival.cumulative_incidence(counts)
        for key, column in (
            ("cif", "share"),
            ("var_gray", "variance"),
            ("lower_loglog_gray", "lower"),
            ("upper_loglog_gray", "upper"),
        ):
            values = expected.get(cause, {}).get(key, [])
            for day, value, beyond in zip(expected["time"], values, expected["beyond_followup"], strict=False):
                start = math.nan if column in ("lower", "upper") else 0.0
                has_none = column in ("lower", "upper") and standing_at(curve, "share", day, 0.0) in (0, 1)
                # R has no log(-log) limits of 0 % and 100 %, where ours are the exact ones.
                assert not has_none or value is None
                assert beyond or has_none or agrees(standing_at(curve, column, day, start), value), (cause, column, day)


def compare_landmarks(case: Case) -> None:
    expected = case.expected["cif"]
    for i, day in enumerate(expected["time"]):
        landmark = survival.share_at(case.counts, day)
        if expected["beyond_followup"][i]:
            everybody_failed_or_died = case.counts.sort_values("day")["left"].iloc[-1] == 0
            assert landmark.estimable == everybody_failed_or_died
        elif "cause1" in expected:
            assert agrees(landmark.share, expected["cause1"]["cif"][i])
            assert agrees(landmark.variance, expected["cause1"]["var_gray"][i])
            if landmark.share not in (0, 1):
                assert agrees(landmark.lower, expected["cause1"]["lower_loglog_gray"][i])
                assert agrees(landmark.upper, expected["cause1"]["upper_loglog_gray"][i])


def compare_follow_up(case: Case) -> None:
    follow_up = survival.median_follow_up(case.counts)
    assert agrees(follow_up, case.expected["km_cause1"]["reverse_km"]["median_prodlim"])


def compare_group_tests(groups: dict[str, pd.DataFrame], expected: dict[str, object]) -> None:
    log_rank = expected.get("logrank")
    if isinstance(log_rank, dict) and "error" not in log_rank:
        found = group_tests.log_rank(groups)
        assert agrees(found.statistic, log_rank["chisq"])
        assert "p" not in log_rank or agrees(found.p, log_rank["p"])
        assert found.degrees_of_freedom == log_rank["df"]
        assert list(found.observed.values()) == log_rank["observed"]
        assert all(map(agrees, found.expected.values(), log_rank["expected"]))
    gray = expected.get("gray")
    if isinstance(gray, dict) and "error" not in gray:
        for cause, statistic, p, df in zip(gray["cause"], gray["stat"], gray["p"], gray["df"], strict=True):
            of_cause = groups if cause == 1 else {name: exchange_causes(counts) for name, counts in groups.items()}
            found = group_tests.gray_test(of_cause)
            assert agrees(found.statistic, statistic), cause
            # cmprsk takes 1 - pchisq, which leaves a small p only the digits that 1 has
            assert found.p == pytest.approx(p, rel=1e-10, abs=2e-16), cause
            assert found.degrees_of_freedom == df


@pytest.mark.parametrize("case", KEPT, ids=str)
def test_without_death_the_share_is_one_minus_rs_kaplan_meier(case: Case) -> None:
    compare_kaplan_meier(case)


@pytest.mark.parametrize("case", [case for case in KEPT if "curve" in case.expected["km_cause1"]], ids=str)
def test_whole_curves_agree_with_r(case: Case) -> None:
    compare_whole_curve(case)


@pytest.mark.parametrize("case", with_competing(KEPT), ids=str)
def test_cumulative_incidence_with_grays_variance_and_limits_agrees_with_r(case: Case) -> None:
    compare_cumulative_incidence(case)


@pytest.mark.parametrize("case", with_competing(KEPT), ids=str)
def test_landmark_answers_agree_with_r_and_say_when_there_is_no_answer(case: Case) -> None:
    compare_landmarks(case)


@pytest.mark.parametrize("case", KEPT, ids=str)
def test_length_of_follow_up_agrees_with_r(case: Case) -> None:
    compare_follow_up(case)


def test_group_tests_agree_with_r_on_the_open_cohort() -> None:
    _, groups, answers = cohort("spine_cohort_open")
    assert len(groups) == 8
    compare_group_tests(groups, answers)


@pytest.mark.parametrize("name", list(read("edge_survival")["grouped"]))
def test_group_tests_agree_with_r_on_small_awkward_groups(name: str) -> None:
    answer = read("edge_survival")["grouped"][name]
    compare_group_tests(grouped_counts(answer["time"], answer["status"], answer["group"]), answer)


@pytest.mark.skipif(
    not BESIDE_THE_CHECKOUT.is_dir(),
    reason="put lung, aml, veteran and mgus2 (.csv, .json) into ../shared/references/statistics to run this; "
    "their licences keep them out of this repository",
)
@pytest.mark.parametrize("name", BORROWED)
def test_everything_agrees_with_r_on_published_cohorts(name: str) -> None:
    _, groups, answers = cohort(name, BESIDE_THE_CHECKOUT)
    cases = list(cases_of(name, BESIDE_THE_CHECKOUT))
    assert len(cases) == len(groups) + 1
    for case in cases:
        compare_kaplan_meier(case)
        compare_follow_up(case)
    compare_whole_curve(cases[0])
    for case in with_competing(cases):
        compare_cumulative_incidence(case)
        compare_landmarks(case)
    compare_group_tests(groups, answers)
