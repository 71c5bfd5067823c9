"""Follow-up at 12 months: by site, by the limits of chance, and what its outcomes could be at worst."""

from __future__ import annotations

import pytest

from dashboard.analyses.asked import Asked
from dashboard.analyses.compare import compare
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.follow_up import chance, follow_up
from dashboard.analyses.verdicts.answered import answered_verdict
from dashboard.analyses.verdicts.claim import ALIKE, FEW, LOWER
from dashboard.analyses.verdicts.every import verdicts
from dashboard.cohort import Cohort
from dashboard.records import Records


def test_follow_up_by_site_and_the_worst_case_are_one_answer(sample: Records) -> None:
    found = answered_verdict(sample)
    assert found.answer == (
        "68.3 % answered at 12 months (66.1 to 70.4), goal 80 %; sites 66.9 to 69.8 %, no more apart than chance."
    )
    assert found.doubt.startswith("From all who did not answer well to all of them failed: ODI not improved, 18.5 to ")
    assert "; Not better, 13.8 to 48.4 % (sites 12.1 to 49.7 %); " in found.doubt
    bands = {claim.label: (claim.lower, claim.upper) for claim in found.claims if claim.what.startswith("Not better")}
    # 103 of 849 due failed at Northside and 303 did not answer; 59 of 374 at Lakeside, and 127
    assert bands["Northside"] == pytest.approx((103 / 849, 406 / 849))
    assert bands["Lakeside"] == pytest.approx((59 / 374, 186 / 374))
    rows = verdicts(sample, Asked("fbss", None, 730, about="follow_up"))
    assert set(rows["sentence"]) == {found.sentence}


@pytest.mark.parametrize("by", ["site", "surgeon", "smoking"])
def test_each_claim_is_the_row_of_the_table_and_its_word_the_limit_of_chance(sample: Records, by: str) -> None:
    found = answered_verdict(sample, by)
    rows = follow_up(sample, by).query("visit == 12").set_index("group")
    limits = chance(sample, rows.reset_index()).set_index("group")
    whole, *groups = [claim for claim in found.claims if claim.what.startswith("answered")]
    assert (whole.failed, whole.operations, whole.word) == (1240, 1815, LOWER)
    assert [claim.unit for claim in groups] == list(rows.index)
    for claim in groups:
        row = rows.loc[claim.unit]
        assert (claim.failed, claim.operations) == (row["answered"], row["due"])
        if claim.unit not in limits.index:
            assert claim.word == FEW
            continue
        low, high = limits[["low", "high"]].to_dict("index")[claim.unit].values()
        assert (claim.word == ALIKE) == (low <= claim.failed / claim.operations <= high)
        assert (f"{claim.label} {claim.word} (" in found.answer) == (claim.word != ALIKE)


def test_the_worst_case_of_a_site_is_that_of_compare_and_of_the_command(sample: Records) -> None:
    claims = [claim for claim in answered_verdict(sample).claims if claim.what.startswith("Not better")]
    rates = failure_rate(sample, "not_better", "site").set_index("group")
    units = compare(sample, "not_better", "site").units.set_index("unit")
    for claim in claims[1:]:
        assert (claim.lower, claim.upper) == tuple(rates.loc[claim.unit, ["best_case", "worst_case"]])
        if claim.unit in units.index:
            assert (claim.lower, claim.upper) == tuple(units.loc[claim.unit, ["best_case", "worst_case"]])


def test_few_visits_due_are_counts_and_no_site_is_judged(sample: Records) -> None:
    few = answered_verdict(sample.of(Cohort(chosen={"procedure": ("disc_replacement",), "surgeon": ("S01",)})))
    (whole, *_) = few.claims
    assert whole.operations < 10
    assert few.answer == f"{whole.failed} of {whole.operations} due answered at 12 months: too few for a share."
