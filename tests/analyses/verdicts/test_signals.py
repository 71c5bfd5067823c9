"""What is said of the monitoring: which series signals, and how often chance alone would make one do so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.access import Viewer
from dashboard.analyses.monitor import monitor, within_choice
from dashboard.analyses.verdicts.claim import ALIKE, HIGHER
from dashboard.analyses.verdicts.signals import by_chance, signals_verdict
from dashboard.cohort import Cohort
from dashboard.records import Records


def test_the_signal_stands_first_with_what_was_seen_and_expected(sample: Records) -> None:
    found, series = signals_verdict(sample), monitor(sample).series
    charted = series[series["charted"]]
    (row,) = charted[charted["signal"] != ""].to_dict("records")
    assert found.answer == (
        f"1 signal in {len(charted)} charts followed: S04, decompression: {row['failed']} seen, {row['expected']:.1f} "
        f"expected in {row['operations']} operations (more than expected; 11 Mar 2026)."
    )
    assert found.doubt == f"{by_chance(charted)} A signal is a question, not a verdict."
    assert {claim.word for claim in found.claims} == {HIGHER, ALIKE}
    (own,) = [claim for claim in found.claims if claim.word == HIGHER]
    assert own.label == "S04, decompression"
    assert own.figure == pytest.approx(row["failed"] / row["expected"])


def test_of_many_charts_chance_makes_one_signal_as_often_as_all_rates_together(sample: Records) -> None:
    charted = monitor(sample).series.query("charted").head(2).assign(false_alarm_years=[10.0, 40.0])
    assert by_chance(charted) == "By chance alone, one of these 2 signals about once in 8 years."
    assert by_chance(charted.assign(false_alarm_years=1.0)).endswith("about once in 6 months.")
    assert by_chance(charted.head(1)) == "By chance alone it signals about once in 10 years."


def test_without_one_nothing_is_said_to_signal(sample: Records) -> None:
    fusion = signals_verdict(sample.of(Cohort(chosen={"surgeon": ("S01",)})))
    assert fusion.answer.startswith("No signal in the ")


def test_who_sees_counts_alone_is_told_all_together_and_of_no_signal(sample: Records) -> None:
    for cohort in (Cohort(), Cohort(chosen={"surgeon": ("S04",), "family": ("decompression",)})):
        manager = replace(sample.of(cohort), viewer=Viewer("Manager", "manager"))
        counts = signals_verdict(manager)
        of = within_choice(monitor(manager).series, cohort)[["operations", "failed", "expected"]].sum()
        (claim,) = counts.claims
        assert (claim.operations, claim.failed) == (of["operations"], of["failed"])
        assert claim.comparator_figure == pytest.approx(of["expected"])
        assert f"{of['failed']:.0f} seen, {of['expected']:.1f} expected in {of['operations']:.0f} operations" in (
            counts.answer
        )
        assert not any(word in counts.sentence for word in ("No signal", "charts followed"))
        # What is alike of all together reassures of nobody: S04's series signals among them.
        assert ("which says nothing of a single surgeon" in counts.answer) == (claim.word == ALIKE)
    # Garwood: 8 seen where 1.8 are expected lie above 1, though not in order no signal is told.
    assert "more than expected" in counts.answer
    nobody = replace(sample.of(Cohort(chosen={"surgeon": ("nobody",)})), viewer=Viewer("Manager", "manager"))
    assert "can be judged yet" in signals_verdict(nobody).answer
