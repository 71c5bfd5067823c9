"""Surgeons and sites: each claim reckoned anew from the table, and sentence, word, row and dot at one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dashboard import wording
from dashboard.access import Viewer
from dashboard.analyses.asked import Asked
from dashboard.analyses.case_mix import Model
from dashboard.analyses.compare import COLUMNS, Comparison, compare
from dashboard.analyses.funnel_points import points_of_ratios, points_of_shares
from dashboard.analyses.model_plan import ModelPlan
from dashboard.analyses.unit_funnels import ratios_see, shares_see, with_ratios, with_shares
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, POINTS, RATIO, Verdict
from dashboard.analyses.verdicts.every import verdicts
from dashboard.analyses.verdicts.units import concluded, units_verdict
from dashboard.charts import funnel_plot
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.records import Records
from dashboard.stats import logistic

FUSION = Cohort(chosen={"family": ("fusion",)})
FBSS = load().outcomes["fbss"]
MEASURES = (RATIO, POINTS)
PLAN = ModelPlan("family", ("smoking",), (), "", 100, 20, 0.0)
FIT = logistic.fit(np.ones((1, 1)), np.array([20.0]), np.array([100.0]), ["(intercept)"])
MODEL = Model(PLAN, "fbss", 730, "v", None, None, fit=FIT)


class Drawn(NamedTuple):
    """One unit as it is drawn: operations, the share of them that failed, how far the expected lie from that."""

    operations: int
    share: float
    expected: float
    dropped: float


UNITS = some.lists(
    some.builds(Drawn, some.integers(0, 300), some.floats(0, 0.6), some.floats(0.2, 3), some.floats(0, 0.3)),
    min_size=1, max_size=12,
)  # fmt: skip


def compared(units: Sequence[Drawn], own: int, *, pooled: bool = True) -> Comparison:
    """A comparison of these units, judged as the records' own are."""
    rows = []
    for place, one in enumerate(units):
        failed = round(one.operations * one.share)
        dropped, lost_failed = round(one.operations * one.dropped), round(failed * one.dropped)
        cases, observed = one.operations - dropped, min(failed - lost_failed, one.operations - dropped)
        expected = max(observed, 1) * one.expected if cases else 0.0
        rows.append({
            "unit": f"S{place:02}", "label": f"S{place:02}", "own": place == own, "all_operations": one.operations,
            "operations": one.operations, "failed": failed, "due": one.operations, "known_of_due": 1.0,
            "best_case": one.share, "worst_case": one.share, "shown": one.operations >= 10 and pooled, "note": "",
            "cases": cases, "observed": observed, "dropped": dropped, "dropped_failed": failed - observed,
            "expected": expected, "ratio_note": "" if cases >= 10 and expected >= 5 else "Too few.",
        })  # fmt: skip
    frame, shares, no_shares = with_shares(pd.DataFrame(rows), pooled=pooled)
    frame, ratios = with_ratios(frame)
    frame = frame[COLUMNS]
    see = ratios_see(frame, ratios), shares_see(frame, shares)
    return Comparison("surgeon", frame, shares, no_shares, ratios, MODEL, ("fusion",), *see)


def by_limits(value: float, low: float, high: float) -> str:
    slack = 1e-12 * max(abs(value), 1)
    return HIGHER if value > high + slack else LOWER if value < low - slack else ALIKE


def assert_at_one(answer: Comparison, verdict: Verdict) -> None:
    """Each claim is the row, its word is where the dot lies, and the sentence names those who lie beyond, and why."""
    rows: Any = answer.units.set_index("unit")
    named: list[tuple[str, str]] = []
    for claim in verdict.claims:
        row = rows.loc[claim.unit]
        ratio = claim.measure == RATIO
        counts = ("cases", "observed") if ratio else ("operations", "failed")
        assert (claim.operations, claim.failed) == tuple(row[list(counts)])
        if not row["ratio_shown" if ratio else "shown"]:
            assert (claim.figure, claim.word) == (None, FEW)
            continue
        figure = row["observed"] / row["expected"] if ratio else row["failed"] / row["operations"]
        limits = ("ratio_limit_95_low", "ratio_limit_95_high") if ratio else ("limit_95_low", "limit_95_high")
        assert claim.figure == pytest.approx(figure)
        assert claim.word == by_limits(figure, *row[list(limits)])
        if claim.stands_out:
            named.append((claim.label, "ratio" if ratio else "share"))
            ends = wording.ratio_interval(row["lower"], row["upper"])
            expected = f"{row['expected']:.1f} expected (ratio {figure:.2f}, {ends})"
            share = f"({row['failed']:,} of {row['operations']:,}; "
            assert (expected if ratio else share) in verdict.answer
            assert ("above" if claim.word == HIGHER else "below") in verdict.answer
    beyond, own = {label for label, _ in named}, set(rows[rows["own"]]["label"])
    told = {label for label in rows["label"] if f"{label}: " in verdict.answer}
    drawn = [[one.label for one in verdict.claims if one.measure == of and one.figure is not None] for of in MEASURES]
    alone = {labels[0] for labels in drawn if len(labels) == 1}
    assert beyond <= told <= beyond | own | alone
    assert_drawn_alike(answer, named)
    assert "What could be seen: " in verdict.doubt or "Nothing could be seen here" in verdict.doubt


def assert_drawn_alike(answer: Comparison, named: Sequence[tuple[str, str]]) -> None:
    """The picture's diamonds and squares are those that the sentence names."""
    for funnel, points_of, measure in (
        (answer.ratios, points_of_ratios, "ratio"), (answer.shares, points_of_shares, "share"),
    ):  # fmt: skip
        if funnel is None or (measure == "share" and len(answer.units) == 1):
            continue
        points = points_of(answer.units)
        drawn = points[points["shown"].astype(bool)]
        assert set(drawn.loc[drawn["position"] != "within", "label"]) == {label for label, of in named if of == measure}
        told = funnel_plot.describe(points, target=funnel.target, measure=measure)
        assert told.count("beyond") - 2 == sum(of == measure and label != "" for label, of in named)


@settings(max_examples=25)
@given(UNITS, some.integers(-1, 3), some.booleans())
def test_sentence_claims_table_and_picture_agree(units: list[Drawn], own: int, pooled: bool) -> None:
    answer = compared(units, own, pooled=pooled)
    assert_at_one(answer, concluded(answer, FBSS, "by 2 years"))


@pytest.mark.parametrize("by", ["surgeon", "site"])
@pytest.mark.parametrize("chosen", [{}, {"family": ("fusion",)}, {"procedure": ("alif",)}, {"surgeon": ("S06",)}])
def test_the_sample_is_at_one_too(sample: Records, chosen: dict[str, tuple[str, ...]], by: str) -> None:
    asked = sample.of(Cohort(chosen=chosen))
    assert_at_one(compare(asked, "fbss", by), units_verdict(asked, "fbss", by))


def test_who_lies_beyond_in_one_funnel_only_is_said_with_the_funnel(sample: Records) -> None:
    """S06 lay beyond the limits of the share while the bold line said that all lie within."""
    found = units_verdict(sample.of(FUSION), "fbss", "surgeon")
    assert found.answer == (
        "By the ratio of failures seen to expected, all 8 surgeons lie within the limits of chance. S06: 38.1 % (16 of "
        "42; 25.0 to 53.2) failed by 2 years, 20.8 % of all whose state is known, "
        "above the upper 95 % limit of the share, not adjusted; the other 7 within them."
    )


def test_a_surgeon_beyond_the_limits_need_not_stand_out_among_nine(sample: Records) -> None:
    found = units_verdict(sample, "fbss", "surgeon")
    assert (
        "S06: 35 failures seen by 2 years, 22.3 expected (ratio 1.57, 1.09 to 2.18), above the upper 95 % limit of the "
        "ratio; the other 7 within them."
    ) in found.answer
    assert found.doubt.startswith(
        "Allowing for 9 surgeons compared, none stands out. 5 of S06's 40 failures left out: a factor is not recorded."
    )
    s06 = next(claim for claim in found.claims if claim.unit == "S06")
    # twice P(X >= 35) where 22.325 are expected; the smallest of nine, and no larger one pulls it down
    assert s06.p == pytest.approx(0.015665, abs=5e-7)
    assert s06.q == pytest.approx(9 * 0.015665, abs=5e-6)


def test_peers_are_named_as_they_are_masked_and_ones_own_comes_first(sample: Records) -> None:
    own = replace(sample, viewer=Viewer("Dr Three", "surgeon", surgeon="S03"))
    found = units_verdict(own, "fbss", "surgeon")
    (unit,) = compare(own, "fbss", "surgeon").units.to_dict("records")
    assert found.answer.startswith(f"S03: 15 failures seen by 2 years, {unit['expected']:.1f} expected (ratio ")
    assert "within the limits" in found.answer
    assert "S06" not in found.sentence
    assert all(claim.label == "S03" or claim.label.startswith("Peer ") for claim in found.claims)


def test_what_could_be_seen_is_said_of_one_alone_and_of_none(sample: Records) -> None:
    alone = units_verdict(sample.of(Cohort(chosen={"surgeon": ("S06",)})), "fbss", "surgeon")
    assert "a doubled rate of this surgeon lies beyond the upper 95 % limit with probability 0.96" in alone.doubt
    none = units_verdict(sample.of(Cohort(chosen={"surgeon": ("S04",), "procedure": ("alif",)})), "fbss", "surgeon")
    assert none.answer.startswith("No surgeon is held against what is expected: ")
    assert "with probability under 0.01 (of 0.4 failures expected; from 14.6 on with 0.80 or more)" in none.doubt


def test_the_command_says_what_the_page_says(sample: Records) -> None:
    rows: Any = verdicts(sample.of(FUSION), Asked("fbss", None, 730, about="surgeons"))
    assert set(rows["sentence"]) == {units_verdict(sample.of(FUSION), "fbss", "surgeon").sentence}
    assert len(rows) == 18
