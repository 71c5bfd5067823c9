"""What a surgeon is held against is made of counts of the others in protected form, and of nothing else of theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.access import Viewer
from dashboard.analyses.beside import Others, model_beside
from dashboard.analyses.case_mix import known_patterns
from dashboard.analyses.compare import compare, shares_possible
from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.model_plan import PROCEDURE
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.errors import NotAllowed
from dashboard.protecting import STEP, TOO_FEW, rounded
from dashboard.records import UNIT, Records

NAME = "S06"
OWN = Viewer("Dr Six", "surgeon", surgeon=NAME)
FUSION = {"family": ("fusion",)}
DETAILED = ("sex", "levels", "prior_surgery")


@pytest.fixture
def own(sample: Records) -> Records:
    return replace(sample, viewer=OWN)


def others(sample: Records, **chosen: Any) -> Others:
    patterns = known_patterns(sample.of(Cohort(**chosen)), "fbss", 730, "surgeon")
    return Others.of(patterns[~patterns[UNIT].isin([NAME, NOT_RECORDED])], sample, "fbss")


def test_of_the_others_failures_nothing_is_left_but_rounded_counts_by_band(sample: Records) -> None:
    """Whoever failed in another pattern of the same counts leaves the same behind."""
    known = others(sample)
    told = known.moved()
    for factor in (PROCEDURE, *load().adjusting):
        seen = known.patterns.groupby(factor)["failed"].sum()
        found = told.groupby(factor)["failed"].sum()
        wanted = pd.Series({band: known.told(n, f"failed {factor} {band}") for band, n in seen.items()})
        assert found.to_numpy() == pytest.approx((wanted * found.sum() / wanted.sum()).to_numpy(), rel=0.1, abs=STEP)
    assert (told["failed"] <= told["operations"]).all()
    shuffled = known.patterns.assign(failed=known.patterns["failed"].to_numpy()[::-1])
    again = replace(known, patterns=known.patterns.sample(frac=1, random_state=1))
    assert np.allclose(again.moved().sort_index()["failed"], told["failed"])
    assert not np.allclose(replace(known, patterns=shuffled).moved()["failed"], told["failed"])


def test_the_same_others_give_the_same_counts_by_whatever_words_they_are_chosen(sample: Records) -> None:
    everybody, last = others(sample), sample.facts.data_date
    assert last is not None
    same = (others(sample, operated_from=date(2000, 1, 1)), others(sample, operated_to=date(last.year, 12, 31)))
    assert {each.words for each in same} == {everybody.words}
    fewer = others(sample, operated_to=date(2022, 12, 31))
    assert fewer.words != everybody.words
    assert fewer.told(100, "failed") == rounded(100, f"{fewer.words} failed", sample.audit.keyed)
    assert fewer.told(100, "failed") % STEP == 0


def test_what_is_expected_is_close_to_what_the_exact_model_says_and_is_told_to_a_tenth(own: Records) -> None:
    sample = replace(own, viewer=Viewer("Manager", "manager"))
    for days in (365, 730):
        (seen,) = compare(own, "fbss", "surgeon", days).units.to_dict("records")
        exact = compare(sample, "fbss", "surgeon", days).units.set_index("unit")["expected"]
        told = seen["expected"]
        assert told == pytest.approx(exact[NAME], rel=0.25)
        assert told == round(told, 1) == float(f"{told:.3g}")
        assert seen["ratio"] == seen["observed"] / told
        assert pd.isna(seen["shrunken"])


def test_the_model_leaves_without_counts_of_others(own: Records) -> None:
    answer = compare(own, "fbss", "surgeon", 730)
    assert answer.model == model_beside(own, "fbss", "surgeon", 730)
    assert answer.model.fit is not None
    assert (answer.model.calibration, answer.model.c_statistic, dict(answer.model.sizes)) == (None, None, {})


def test_ones_own_counts_are_exact_and_no_share_of_all_is_told_of_what_is_chosen_in_more_detail(own: Records) -> None:
    for cohort, why in (
        (Cohort(chosen={of: tuple(own.choices(of)) for of in DETAILED}), "Take away one filter"),
        (Cohort(operated_from=date(2020, 1, 15), chosen=FUSION), "whole quarters"),
    ):
        asked = own.of(cohort)
        answer, alone = (
            compare(asked, "fbss", "surgeon", 730),
            asked.read("landmark", outcome="fbss", columns={"by": ()}),
        )
        assert answer.others
        assert answer.units["all_operations"].tolist() == alone["operations"].tolist()
        assert answer.shares is None
        assert why in answer.no_shares
        assert not shares_possible(asked, "fbss", "surgeon", 730)
        with pytest.raises(NotAllowed, match=why):
            asked.of_practice.read("landmark", outcome="fbss", columns={"by": "surgeon"})


def test_of_so_few_others_that_they_could_be_made_out_there_is_no_share(sample: Records) -> None:
    known = others(sample)
    few = replace(known, patterns=known.patterns.head(1).assign(operations=9, failed=4))
    own = known.patterns.head(1).assign(operations=100, failed=50)
    assert few.together(own, 9).why == TOO_FEW
    assert not known.together(own, 9).why
