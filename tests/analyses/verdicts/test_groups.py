"""Which groups stand out: the words of the sample, and every claim reckoned anew from table and figure."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.failure_test import failure_test
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, judged
from dashboard.analyses.verdicts.groups import groups_verdict
from dashboard.charts import dot_interval
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import proportions
from tests.text_tables import records

PROCEDURES = ("microdiscectomy", "laminectomy", "tlif", "plif")
Sizes = Sequence[tuple[int, int]]


def practice(folder: Path, sizes: Sizes) -> Records:
    """So many operations of each procedure, and of these the failures, all known at two years."""
    rows = [
        f"{place}{n:04} | 2020-01-01 | {procedure} | {'failed | 200' if n < failed else 'left | 800'}"
        for place, (procedure, (size, failed)) in enumerate(zip(PROCEDURES, sizes, strict=False), start=1)
        for n in range(size)
    ]
    return records(folder, "\n".join(["operation | operated | procedure | state | day", *rows]))


def test_by_one_year_no_procedure_stands_out(sample: Records) -> None:
    found = groups_verdict(sample, "fbss", "procedure", 365)
    assert found.answer == (
        "No procedure stands out by 1 year: the differences are no larger than chance makes among 15 compared."
    )
    assert found.doubt == (
        "Interspinous device looks worst (21.1 %), but with 39 operations and 7 failures that may be chance."
    )
    # 0 of 32 has no variance: by difference over standard error it was lower beyond all doubt.
    none = next(claim for claim in found.claims if claim.unit == "disc_replacement")
    assert (none.failed, none.operations, none.p, none.word) == (0, 32, None, FEW)


def test_by_two_years_the_whole_differs_and_no_single_one_stands_out(sample: Records) -> None:
    found = groups_verdict(sample, "fbss", "procedure", 730)
    assert found.answer == (
        "The procedures differ by more than chance, though no single one stands out among 15: PLIF (23.1 %) and TLIF "
        "(19.6 %) failed most often by 2 years, of the 9 large enough to judge, foraminotomy least (7.3 %)."
    )
    assert found.doubt == (
        "Revision fusion looks worst (34.2 %), but with 30 operations and 9 failures that is too few to judge by."
    )


NEEDED = "that takes 50 operations and 5 failures on either side."


@pytest.mark.parametrize(
    ("sizes", "answer", "doubt"),
    [
        # the interval of the difference lies far above 0: nothing here may be chance
        (((100, 0), (100, 50)), NEEDED, "Laminectomy looks worst (50.0 %), but all the others are too few, or failed "
         "too seldom, to hold it against them."),
        # where nobody failed nobody looks worst
        (((60, 0), (60, 0)), NEEDED, ""),
        # and where all did, all are alike
        (((60, 60), (60, 60)), "no larger than chance makes among 2 compared.", ""),
        # two that look equally bad
        (((20, 4), (20, 4), (60, 0)), NEEDED, ""),
        (((20, 4), (200, 30)), NEEDED, "Microdiscectomy looks worst (20.0 %), but with 20 operations and 4 failures "
         "that may be chance."),
        (((20, 18), (200, 30)), NEEDED, "Microdiscectomy looks worst (90.0 %), but with 20 operations and 18 failures "
         "that is too few to judge by."),
    ],
)  # fmt: skip
def test_chance_is_the_word_only_for_what_chance_may_have_done(
    tmp_path: Path, sizes: Sizes, answer: str, doubt: str
) -> None:
    found = groups_verdict(practice(tmp_path, sizes), "fbss", "procedure", 730)
    assert found.answer.endswith(answer)
    assert found.doubt == doubt


def test_fusion_stands_out_among_the_families(sample: Records) -> None:
    found = groups_verdict(sample, "fbss", "family", 730)
    assert found.answer == (
        "Fusion (18.3 %) failed more often by 2 years than all the others, by 6.6 points (3.1 to 10.1). Decompression "
        "(10.4 %) failed less often by 2 years than all the others, by 8.1 points (4.9 to 11.4)."
    )
    assert {claim.unit: claim.word for claim in found.claims if claim.stands_out} == {
        "decompression": LOWER, "fusion": HIGHER,
    }  # fmt: skip


@pytest.mark.parametrize(("days", "p"), [(365, 0.13), (730, 0.0017), (36_500, 0.0050)])
def test_the_whole_is_tested_at_the_time_that_is_asked_about(sample: Records, days: int, p: float) -> None:
    assert failure_test(sample, "fbss", "procedure", days)["gray_p"].iloc[0] == pytest.approx(p, rel=0.02)


@pytest.mark.parametrize("by", ["surgeon", "site"])
def test_units_are_held_against_a_funnel_alone(sample: Records, by: str) -> None:
    with pytest.raises(WrongUsage, match="limits of a funnel"):
        groups_verdict(sample, "fbss", by)


def test_at_a_visit_shares_of_those_who_answered_are_compared(sample: Records) -> None:
    found = groups_verdict(sample, "prom_failure", "family")
    rates = failure_rate(sample, "prom_failure", "family")
    for claim in found.claims:
        row = rates[rates["group"] == claim.unit].iloc[0]
        others = rates[rates["shown"] & (rates["group"] != claim.unit)]
        apart = proportions.newcombe_difference(
            row["failed"], row["known"], int(others["failed"].sum()), int(others["known"].sum())
        )
        assert apart is not None
        assert (claim.difference, claim.difference_lower, claim.difference_upper) == pytest.approx(tuple(apart))
        assert "at the 12-month visit" in claim.what


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(0, 120).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), max_size=4))
def test_sentence_picture_and_table_say_the_same(sizes: Sizes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asked = practice(Path(folder), sizes)
        rates, found = failure_rate(asked, "fbss", "procedure"), groups_verdict(asked, "fbss", "procedure")
        asked.engine.close()  # type: ignore[attr-defined]
    shown = rates[rates["shown"].astype(bool)]
    assert [claim.unit for claim in found.claims] == shown["group"].tolist()
    picture = dot_interval.describe(shown)
    n, x = int(shown["operations"].sum()), int(shown["failed"].sum())
    for claim, (_, row) in zip(found.claims, shown.iterrows(), strict=True):
        # Everybody's state is known: the share is the quotient, in the table and in the claim.
        assert claim.figure == pytest.approx(row["failed"] / row["operations"])
        assert f"{100 * float(claim.figure or 0):.1f} %" in picture
        if n > claim.operations:
            others = (x - claim.failed) / (n - claim.operations)
            assert claim.comparator_figure == pytest.approx(others)
            assert claim.difference == pytest.approx(claim.figure - others)  # type: ignore[operator]
        small = min(claim.operations, n - claim.operations) < 50 or min(claim.failed, x - claim.failed) < 5
        assert not (small and claim.stands_out)
        if claim.stands_out:
            assert claim.q is not None
            assert claim.q < 0.05
            assert (claim.word == HIGHER) == (float(claim.difference_lower or 0) > 0)
            assert f"{claim.label} ({100 * float(claim.figure or 0):.1f} %)".lower() in found.sentence.lower()
    out = any(claim.stands_out for claim in found.claims)
    assert out == ("often by 2 years than all the others" in found.answer)


@pytest.mark.parametrize(
    ("lower", "upper", "word"),
    [(0.01, 0.2, HIGHER), (-0.2, -0.01, LOWER), (-0.05, 0.05, ALIKE), (-0.08, 0.2, FEW), (None, None, FEW)],
)
def test_a_difference_is_judged_by_its_interval_alone(lower: float | None, upper: float | None, word: str) -> None:
    assert judged(lower, upper) == word


def test_a_ratio_is_judged_round_one() -> None:
    assert [judged(1.1, 9, middle=1, widest=None), judged(0.5, 2, middle=1, widest=None)] == [HIGHER, ALIKE]


def test_nothing_is_compared_where_there_is_one_group(tmp_path: Path) -> None:
    found = groups_verdict(practice(tmp_path, [(60, 6)]), "fbss", "procedure")
    assert found.sentence == "Only microdiscectomy has enough operations for a share: there is nothing to compare."
    assert isinstance(found.frame(), pd.DataFrame)
