"""What is said of a difference: the figures of its table and no others, on whatever two groups there are."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import wording
from dashboard.analyses.asked import Asked
from dashboard.analyses.difference import Compared, sides_of
from dashboard.analyses.failure_rate import failure_rate, whether_shown
from dashboard.analyses.groups import Group
from dashboard.analyses.trend import Trend
from dashboard.analyses.verdicts.change import change_verdict, chart_words, possible
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, Claim, apart_words
from dashboard.analyses.verdicts.difference import claims_of, difference_verdict
from dashboard.analyses.verdicts.every import verdicts
from dashboard.charts.dot_interval import describe
from dashboard.cohort import Cohort
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import survival

WITHIN = 100
OPENING = {
    HIGHER: "The one failed more often", LOWER: "The one failed less often", ALIKE: "No difference beyond chance",
    FEW: "Too few to say whether they differ",
}  # fmt: skip

times = st.lists(st.tuples(st.integers(1, 150), st.sampled_from([0, 0, 0, 1, 2])), min_size=10, max_size=30)
groups = st.tuples(times, st.integers(1, 12))
"""What became of some operations and when, so many times over."""


def counted(group: tuple[list[tuple[int, int]], int]) -> pd.DataFrame:
    rows = pd.DataFrame(group[0] * group[1], columns=["day", "state"])
    named = {"failed": rows["state"] == 1, "died": rows["state"] == 2, "left": rows["state"] == 0}
    return rows.assign(**named).groupby("day", as_index=False)[list(named)].sum()


def rate(counts: pd.DataFrame) -> pd.Series:
    """The row that ``failure_rate`` makes of counts, all of them due."""
    at = survival.share_at(counts, WITHIN)
    known = survival.known_share(counts, WITHIN)
    shown, note = whether_shown(at.operations, known)
    return pd.Series(
        {"operations": at.operations, "known": at.known, "failed": at.failed, "died": at.died, "share": at.share,
         "lower": at.lower, "upper": at.upper, "reason": at.reason, "lost": at.operations - at.known, "not_due": 0,
         "known_of_due": known, "moved": 0, "shown": shown and at.estimable, "note": note}
    )  # fmt: skip


def compared(first: pd.DataFrame, second: pd.DataFrame) -> Compared:
    groups = [Group("", "", side) for side in (first, second)]
    sides, reason = sides_of([rate(first), rate(second)], ("The one", "The other"), groups, WITHIN)
    return Compared("FBSS by day 100", sides, None, reason, None)


@settings(max_examples=25, deadline=None)
@given(groups, groups)
def test_word_interval_sentence_and_picture_agree(
    one: tuple[list[tuple[int, int]], int], other: tuple[list[tuple[int, int]], int]
) -> None:
    first, second = counted(one), counted(other)
    found = compared(first, second)
    verdict = difference_verdict(found, "fbss", WITHIN)
    if not found.possible:
        assert verdict.answer == "FBSS by day 100: these two groups cannot be compared."
        assert found.reason in verdict.doubt
        return
    here, there = survival.share_at(first, WITHIN), survival.share_at(second, WITHIN)
    expected = survival.difference(here, there)
    claim, alone = verdict.claims
    assert expected is not None
    assert (claim.difference, claim.difference_lower, claim.difference_upper) == pytest.approx(tuple(expected))
    assert claim.difference == pytest.approx((claim.figure or 0) - (alone.figure or 0))
    small = min(here.operations, there.operations) < 50 or min(here.failed, there.failed) < 5
    wide = expected.lower <= 0 <= expected.upper and expected.upper - expected.lower > 0.2
    beyond = HIGHER if expected.lower > 0 else LOWER if expected.upper < 0 else ALIKE
    assert claim.word == (FEW if small or wide else beyond)
    sure = claim.word == FEW and not expected.lower <= 0 <= expected.upper
    assert verdict.answer.startswith("Too few to judge their difference by" if sure else OPENING[claim.word])
    assert apart_words(claim) in verdict.sentence
    picture = describe(found.sides)
    for side in (claim, alone):
        words = wording.percent(side.figure or 0)
        assert words in verdict.sentence
        assert words in picture


def test_the_two_sides_are_held_against_each_other_both_ways() -> None:
    few = counted(([(20, 1)] + [(150, 0)] * 9, 12))
    many = counted(([(20, 1)] * 5 + [(150, 0)] * 5, 12))
    assert claims_of(compared(many, few), "fbss")[0].word == HIGHER
    assert claims_of(compared(few, many), "fbss")[0].word == LOWER
    assert claims_of(compared(few, few), "fbss")[0].word == ALIKE


def test_better_or_worse_since_2022_has_one_answer_with_its_interval(sample: Records) -> None:
    since = date(2022, 1, 1)
    verdict = change_verdict(sample, "fbss", 730, since)
    assert verdict.answer == (
        "No change beyond chance since 1 Jan 2022: 12.4 % (128 seen of 1,309; 10.5 to 14.6) of the operations since "
        "then failed by 2 years, 15.6 % (139 seen of 909; 13.3 to 18.1) of those before, 3.2 points (−0.01 to 6.3) "
        "fewer."
    )
    assert verdict.doubt == (
        "585 operations since then have not come to 2 years yet and count as long as they were followed. The control "
        "chart by quarter shows no signal either."
    )
    told = verdicts(sample, Asked("fbss", None, 730, since=since, about="change"))
    assert told["sentence"].unique().tolist() == [verdict.sentence]


def test_without_a_day_it_is_the_middle_and_says_so(sample: Records) -> None:
    given_day, by_rule = (change_verdict(sample, "fbss", 730, day) for day in (date(2022, 1, 1), None))
    assert by_rule.answer == given_day.answer
    assert by_rule.doubt.endswith(
        "1 Jan 2022 begins the year that best halves the operations whose outcome is settled."
    )


def test_a_change_beyond_chance_is_reconciled_with_a_chart_without_signals(sample: Records) -> None:
    verdict = change_verdict(sample, "fbss", 730, date(2021, 1, 1))
    assert verdict.answer.startswith("Fewer failed since 1 Jan 2021, by 4.0 points (0.6 to 7.4): 12.5 %")
    assert "The control chart by quarter shows no signal: a small lasting change is seen" in verdict.doubt
    claim = verdict.claims[0]
    after = failure_rate(sample.of(Cohort(operated_from=date(2021, 1, 1))), "fbss", None, 730).iloc[0]
    assert (claim.figure, claim.lower, claim.upper) == pytest.approx((after["share"], after["lower"], after["upper"]))


@pytest.mark.parametrize(
    ("word", "told"),
    [
        (LOWER, "shows 1 signal (8 in a row below the centre, 2021 Q2 to 2023 Q1)."),
        (ALIKE, "2023 Q1), though before and after this day differ by no more than chance."),
    ],
)
def test_the_signals_of_the_chart_stand_in_the_sentence_with_their_first_and_last_point(word: str, told: str) -> None:
    labels = [f"{year} Q{quarter}" for year in range(2020, 2024) for quarter in range(1, 5)]
    signals = pd.DataFrame([(5, 12, "8 in a row below the centre")], columns=["first", "last", "signal"])
    chart = Trend(pd.DataFrame({"label": labels}), "firm", "quarter", "quarter", signals, 0.14)
    words = chart_words(chart, Claim("FBSS by 2 years", "first", "Since", 0.1, 100, 10, word))
    assert words.startswith("The control chart by quarter shows 1 signal (8 in a row")
    assert words.endswith(told)


def test_where_a_side_is_too_young_the_wider_choice_is_known(sample: Records) -> None:
    young = sample.of(Cohort(operated_from=date(2025, 6, 1)))
    assert not possible(young, "fbss", 730, None)
    assert possible(sample, "fbss", 730, None)
    assert not possible(sample, "fbss", 730, date(2026, 1, 1))
    words = change_verdict(sample, "fbss", 730, date(2026, 1, 1)).sentence
    assert words == (
        "Whether this has changed since 1 Jan 2026 cannot be said by 2 years. Operated from 1 Jan 2026: not yet due "
        "for anybody."
    )
    with pytest.raises(WrongUsage, match="does not part the operations"):
        change_verdict(young, "fbss", 730, date(2022, 1, 1))
