"""Who reached an acceptable state by operations before: the words of the sample, and every claim reckoned anew."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import rows_of
from dashboard.analyses.questions import answer
from dashboard.analyses.verdicts.acceptable import acceptable_verdict, reached
from dashboard.analyses.verdicts.claim import ALIKE, FEW, LOWER
from dashboard.charts import dot_interval
from dashboard.records import Records
from tests.text_tables import records

BANDS = ("none", "one", "two", "three", "four_over")
HEAD = "operation | procedure | outcome | previous_operations | state | day"
Sizes = Sequence[tuple[int, int]]


def practice(folder: Path, sizes: Sizes) -> Records:
    """Of each number of operations before so many that answered, and of these so many over 22."""
    rows = [
        f"{place}{n:04} | tlif | acceptable_state | {band} | {'failed' if n < over else 'well'} | 360"
        for place, (band, (size, over)) in enumerate(zip(BANDS, sizes, strict=False), start=1)
        for n in range(size)
    ]
    return records(folder, "\n".join([HEAD, *rows]))


def test_the_sample_reaches_it_less_often_with_each_operation_before(sample: Records) -> None:
    found = acceptable_verdict(sample)
    assert found.answer == (
        "55.4 % reached an ODI of 22 or less at the 12-month visit (1,204 answered): 57.4 % of first operations (860), "
        "54.1 % after one before (185), 47.8 % after two before (46) and 40.7 % after three before (27)."
    )
    assert found.doubt == (
        "With each further operation before, 4.8 points (0.4 to 9.1) fewer reached it; not adjusted for anything else. "
        "Too few answered, in all or of those due, for a share after four or more before (0 answered). Of 86 who "
        "answered the number of operations before is not recorded."
    )


def test_the_shares_are_what_the_failures_leave(sample: Records) -> None:
    rates = failure_rate(sample, "acceptable_state", "previous_operations").set_index("group")
    for row in rows_of(reached(sample)):
        assert row.share == pytest.approx(1 - rates.loc[row.group, "share"], nan_ok=True)
        assert row.answered == rates.loc[row.group, "answered"]
        assert (row.lower <= row.share <= row.upper) or pd.isna(row.share)


def test_what_a_register_reports_stands_beside_its_band(sample: Records) -> None:
    rows = reached(sample).set_index("group")["published"]
    assert rows["none"] == pytest.approx(0.660)
    assert rows["four_over"] == pytest.approx(0.220)
    assert rows[["one", "two", "three"]].isna().all()
    claims = {claim.unit: claim for claim in acceptable_verdict(sample).claims}
    assert claims["none"].comparator == "published: NORspine"
    assert claims["none"].comparator_figure == pytest.approx(0.66)
    assert claims["one"].comparator_figure is None


def test_the_command_says_the_same(sample: Records) -> None:
    rows = answer(sample, "verdicts", "fbss", None, None, {"about": "acceptable"})
    assert rows["sentence"].iloc[0] == acceptable_verdict(sample).sentence
    assert rows["unit"].tolist() == ["all", *BANDS, "trend"]


def test_a_small_practice_has_its_counts_and_no_conclusion(tmp_path: Path) -> None:
    found = acceptable_verdict(practice(tmp_path, [(12, 6), (4, 4)]))
    assert found.answer == (
        "37.5 % reached an ODI of 22 or less at the 12-month visit (16 answered): 50.0 % of first operations (12)."
    )
    assert found.doubt.startswith("Too few were operated before to say whether the share changes")
    assert "after one before (4 answered)" in found.doubt


def test_nobody_who_answered_is_said_in_words(tmp_path: Path) -> None:
    asked = records(tmp_path, f"{HEAD}\n1 | tlif | acceptable_state | none | unanswered | 450")
    assert acceptable_verdict(asked).answer == "Nobody has answered at this visit."


@settings(max_examples=8)
@given(st.lists(st.integers(0, 90).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=5))
def test_sentence_picture_and_table_say_the_same(sizes: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asked = practice(Path(folder), sizes)
        rows, found = reached(asked), acceptable_verdict(asked)
        asked.engine.close()  # type: ignore[attr-defined]
    assert rows["group"].tolist() == list(BANDS)
    picture = dot_interval.describe(rows.assign(operations=rows["answered"], failed=rows["reached"]))
    for claim in found.claims:
        if claim.unit not in BANDS:
            continue
        size, over = [*sizes, (0, 0), (0, 0), (0, 0), (0, 0)][BANDS.index(claim.unit)]
        assert (claim.operations, claim.failed) == (size, over)
        if claim.figure is None:
            assert size < 10
            assert claim.word == FEW
        else:
            assert claim.figure == pytest.approx(1 - over / size)
            words = f"{100 * claim.figure:.1f} %"
            assert words in found.answer
            assert words in picture
    n, well = sum(size for size, _ in sizes), sum(size - over for size, over in sizes)
    if 0 < n < 10:
        assert found.answer.startswith(f"{well} of {n} who answered reached")
        return
    if n:
        assert found.answer.startswith(f"{100 * well / n:.1f} % reached")
    trend = next((claim for claim in found.claims if claim.unit == "trend"), None)
    if trend is not None:
        said = {ALIKE: "may be chance", FEW: "Too few were operated before"}.get(trend.word, "reached it; not adjusted")
        assert said in found.doubt
        if trend.word != FEW:
            assert re.search(rf"{100 * abs(trend.difference or 0):.1f} points", found.doubt)
            assert ("fewer reached it" in found.doubt) == ((trend.difference or 0) < 0)
        if trend.word == LOWER:
            assert (trend.p or 1) < 0.05
