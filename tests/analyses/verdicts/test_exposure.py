"""One exposure, adjusted, and all factors: the words of the sample, and every claim reckoned anew from its tables."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import wording
from dashboard.analyses.adjusted_risk import adjusted_risk
from dashboard.analyses.changing_ratio import LEVEL
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.verdicts.claim import FEW, POINTS, RATIO, Claim, Verdict, judged
from dashboard.analyses.verdicts.exposure import CONSTANT, answerable, exposure_verdict
from dashboard.analyses.verdicts.factors import factors_verdict
from dashboard.analyses.ways import ways
from dashboard.charts import forest_plot
from dashboard.cohort import Cohort
from dashboard.errors import WrongUsage
from dashboard.records import Records
from tests.text_tables import records

FUSION, TLIF = Cohort(chosen={"family": ("fusion",)}), Cohort(chosen={"procedure": ("tlif",)})
Sizes = Sequence[tuple[int, int]]


def test_smokers_against_non_smokers_after_fusion(sample: Records) -> None:
    found = exposure_verdict(sample.of(FUSION), "fbss", "smoking")
    assert found.answer == (
        "That current smoking went along with more failures by 2 years may be chance, adjusted: hazard ratio 1.52 "
        "(0.92 to 2.51) against never smoking."
    )
    assert found.doubt == (
        "Former smoking (1.00; 0.64 to 1.57): no more than chance. Adjusted for procedure and depression; failures are "
        "too few to adjust for age at surgery and 7 other factors. No sign that the ratio changes with time "
        "(p = 0.067). Not adjusted, 25.3 % of the operations with current smoking failed by 2 years, 16.2 % of those "
        "with never smoking: 9.1 points apart (\N{MINUS SIGN}1.1 to 19.3), which may be chance."
    )


def test_smokers_in_the_whole_practice_stand_out(sample: Records) -> None:
    found = exposure_verdict(sample, "fbss", "smoking")
    assert found.answer == (
        "Current smoking went along with more failures by 2 years, adjusted: hazard ratio 1.93 (1.39 to 2.69) against "
        "never smoking."
    )


def test_where_one_ratio_does_not_describe_it_each_period_is_told(sample: Records) -> None:
    found = exposure_verdict(sample, "fbss", "sex")
    assert found.answer == (
        "The hazard ratio of male sex against female sex, adjusted, changes with time (p = 0.002): 2.20 (1.35 to 3.57) "
        "up to 90 days, 0.65 (0.42 to 1.02) from 90 days to 1 year and 0.59 (0.34 to 0.99) from 1 year to 2 years."
    )
    assert (
        "Over all that time as one: that male sex went along with fewer failures by 2 years may be chance"
        in (found.doubt)
        in found.doubt
    )


def test_bands_that_stand_together_are_told_together(sample: Records) -> None:
    found = exposure_verdict(sample.of(TLIF), "fbss", "smoking")
    assert found.answer == (
        "Current smoking: too few to say, with 41 operations and 10 seen to fail; adjusted, hazard ratio 1.50 (0.71 to "
        "3.16) against never smoking and former smoking together."
    )
    assert not answerable(sample.of(TLIF), "fbss", "smoking", 730)


def test_a_refusal_leads_to_the_narrowest_choice_that_answers(sample: Records) -> None:
    found = ways(sample.of(TLIF), lambda of: answerable(of, "fbss", "smoking", 730))
    assert found[0].words == "all of Fusion"


def test_the_strongest_factors_come_by_the_nearer_end_of_their_interval(sample: Records) -> None:
    found = factors_verdict(sample, "fbss")
    assert found.answer.startswith(
        "Strongest by 2 years, adjusted for one another: current smoking (hazard ratio 1.93; 1.39 to 2.69), previous "
        "spine surgery (1.62; 1.22 to 2.16), fusion against decompression (1.59; 1.19 to 2.12), depression (1.38; 1.04 "
        "to 1.82)"
    )
    assert "Fewer failures: age under 35 (0.39; 0.21 to 0.72)" in found.answer
    assert found.answer.endswith("Smoking and depression can be changed before surgery.")


def test_at_a_visit_it_is_odds_that_are_compared(sample: Records) -> None:
    found = exposure_verdict(sample, "not_better", "smoking")
    assert "at the 12-month visit may be chance, adjusted: odds ratio 1.28 (0.81 to 1.99)" in found.answer
    assert not [claim for claim in found.claims if claim.what == CONSTANT]


def test_a_factor_must_be_named(sample: Records) -> None:
    with pytest.raises(WrongUsage, match="Name the factor of interest"):
        exposure_verdict(sample, "fbss", None)


def practice(folder: Path, sizes: Sizes, early: int) -> Records:
    """Never, former and current smokers of two procedures: so many each, and of these the failures.

    The first ``early`` failures of current smokers come on day 60, all the others' on day 300.
    """
    rows: list[str] = []
    for band, (size, failed) in zip(("never", "former", "current"), sizes, strict=True):
        for n in range(size):
            day = 60 if band == "current" and n < early else 300
            state = f"failed | {day}" if n < failed else "left | 800"
            procedure = "tlif" if n % 2 else "microdiscectomy"
            rows.append(f"{len(rows) + 1} | 2020-01-01 | {procedure} | {band} | {state}")
    return records(folder, "\n".join(["operation | operated | procedure | smoking | state | day", *rows]))


def of_ratio(found: Verdict) -> list[Claim]:
    return [claim for claim in found.claims if claim.measure == RATIO and "by 2 years" in claim.what]


SIZE = st.integers(20, 90).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@settings(max_examples=8)
@given(sizes=st.tuples(SIZE, SIZE, SIZE), early=st.integers(0, 90))
def test_sentence_table_picture_and_command_say_the_same(sizes: Sizes, early: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asked = practice(Path(folder), sizes, early)
        found, answer = exposure_verdict(asked, "fbss", "smoking"), adjusted_risk(asked, "fbss", 730, "smoking")
        shares = risk_factors(asked, "fbss", 730).set_index(["factor", "band"])
        asked.engine.close()  # type: ignore[attr-defined]
    rows = answer.rows[(answer.rows["factor"] == "smoking") & ~answer.rows["reference"].astype(bool)]
    rows = rows.dropna(subset="adjusted").set_index("band")
    claims = of_ratio(found)
    assert {claim.unit for claim in claims} == {f"smoking:{band}" for band in rows.index}
    drawn = answer.rows.rename(columns={"factor_label": "section", "band_label": "label"})
    picture = forest_plot.describe(drawn, adjusted_shown=not answer.plan.reason)
    for claim in claims:
        row: Any = rows.loc[claim.unit.partition(":")[2]]
        assert (claim.difference, claim.operations, claim.failed) == (row["adjusted"], row["operations"], row["failed"])
        limits = wording.ratio_interval(row["adjusted_lower"], row["adjusted_upper"])
        assert limits in found.sentence
        if "more in the table" not in picture:
            assert f"adjusted {row['adjusted']:.2f} ({limits})" in picture
        usual: Any = answer.rows[(answer.rows["factor"] == "smoking") & answer.rows["reference"].astype(bool)].iloc[0]
        small = min(claim.operations, usual["operations"]) < 50 or min(claim.failed, usual["failed"]) < 5
        word = judged(row["adjusted_lower"], row["adjusted_upper"], middle=1, widest=None)
        assert claim.word == (FEW if small else word)
    if claims and claims[0].stands_out:
        many = "more" if float(claims[0].difference or 0) > 1 else "fewer"
        words = f"{claims[0].label} went along with {many} failures"
        # Where the ratio is told by period, these lead.
        led = ", adjusted, changes with time" in found.answer
        assert words in found.doubt if led else found.answer.startswith(wording.at_the_start(words))
    for claim in (each for each in found.claims if each.measure == POINTS and each.what != CONSTANT):
        row = shares.loc[("smoking", claim.unit.partition(":")[2])]
        assert (claim.figure, claim.difference) == (row["share"], row["difference"])
        # everybody's state is known: the share is the quotient
        assert claim.figure == pytest.approx(claim.failed / claim.operations)
    _periods_agree(found, answer.change.p("smoking"), answer.change.periods)
    assert ("No adjusted figure" in found.answer) == bool(answer.plan.reason)


def _periods_agree(found: Verdict, p: float | None, periods: pd.DataFrame) -> None:
    """By period only where one ratio does not describe it, with the numbers of the table."""
    told = [claim for claim in found.claims if claim.measure == RATIO and "by 2 years" not in claim.what]
    own = periods[periods["factor"] == "smoking"].dropna(subset="ratio")
    assert [claim.difference for claim in told] == own["ratio"].tolist()
    assert not told or (p is not None and p < LEVEL)
    in_words = "One ratio does not describe it", ", adjusted, changes with time"
    assert any(words in found.sentence for words in in_words) == (p is not None and p < LEVEL and bool(of_ratio(found)))
    assert np.isfinite([claim.difference for claim in told if claim.difference is not None]).all()
