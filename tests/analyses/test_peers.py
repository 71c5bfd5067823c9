"""One surgeon among peers who are numbers: what stands there, what does not, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.compare import compare
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.peers import among_peers, banded, of_all_surgeons, of_surgeon, practice_beside, surgeons
from dashboard.analyses.verdicts.claim import HIGHER
from dashboard.analyses.verdicts.late import late_verdict
from dashboard.analyses.verdicts.me import CAUSE, counted_words, me_verdict
from dashboard.cohort import Cohort
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats.funnel import ratio_detection
from tests.text_tables import of_surgeons, records

S06 = "S06"
OWN = Viewer("Dr Six", "surgeon", surgeon=S06)


def test_ones_own_row_is_that_of_compare_and_comes_first(sample: Records) -> None:
    found = among_peers(sample, S06, "fbss", 730)
    (row,) = compare(sample, "fbss").units.query("unit == @S06").to_dict("records")
    first = found.rows.iloc[0]
    assert (first["label"], bool(first["own"])) == (S06, True)
    for name in ("observed", "expected", "ratio", "lower", "upper"):
        assert first[name] == pytest.approx(row[name])
    assert found.seen is not None
    assert found.seen.probability == pytest.approx(ratio_detection(row["expected"], limits=found.answer.ratios.limits))  # type: ignore[union-attr]


def test_peers_have_a_number_and_a_ratio_and_nothing_that_would_name_them(sample: Records) -> None:
    found = among_peers(sample, S06, "fbss", 730)
    peers = found.rows[~found.rows["own"].astype(bool)]
    assert list(peers["label"]) == [f"Peer {n}" for n in range(1, len(peers) + 1)]
    assert peers[["observed", "expected", "lower", "upper", "limit_low", "limit_high"]].isna().all(axis=None)
    others = compare(sample, "fbss").units.query("unit != @S06 and ratio_shown")
    assert sorted(peers["ratio"]) == pytest.approx(sorted(others["ratio"]))
    # neither by how they did nor by name
    assert list(peers["ratio"]) != sorted(peers["ratio"])
    assert list(peers["ratio"]) != sorted(peers["ratio"], reverse=True)
    assert list(peers["ratio"]) != pytest.approx(list(others["ratio"]))


def test_a_peers_number_does_not_stay_with_that_person_when_something_else_is_chosen(sample: Records) -> None:
    def in_order(records: Records, outcome: str, days: int) -> list[str]:
        """By their ratios, which the operator could look up, who stands in which place."""
        held = compare(of_all_surgeons(records), outcome, "surgeon", days).units
        found = among_peers(records, S06, outcome, days).rows
        units = {row.ratio: str(row.unit) for row in held[held["ratio_shown"]].itertuples()}
        return [units[ratio] for ratio in found["ratio"][1:]]

    orders = {
        tuple(in_order(records, "fbss", days))
        for days in (365, 730)
        for records in (sample, sample.of(Cohort(operated_to=date(2022, 12, 31))))
    }
    assert len(orders) == 4
    of_one = sample.of(Cohort(chosen={"surgeon": ("S01",)}))
    assert in_order(of_one, "fbss", 730) == in_order(sample, "fbss", 730)


def test_fewer_than_five_others_are_neither_peers_nor_a_practice(tmp_path: Path) -> None:
    names = [f"S{n:02}" for n in range(1, 7)]
    sizes = {name: (60 + place, 12) for place, name in enumerate(names)}
    six = of_surgeons(tmp_path / "six", sizes, dict.fromkeys(names, ("tlif", "plif")))
    assert practice_beside(six, "S02", "fbss") == six
    five = six.of(Cohort(chosen={"procedure": ("tlif",)}))
    assert practice_beside(five, "S02", "fbss") == five
    two = of_surgeons(tmp_path / "two", {name: sizes[name] for name in names[:2]}, dict.fromkeys(names, ("tlif",)))
    assert practice_beside(two, "S02", "fbss") is None


def test_peers_who_are_too_few_to_hide_one_another_stand_behind_the_limits(
    sample: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = sample.of(Cohort(operated_to=date(2023, 6, 30)))
    monkeypatch.setattr("dashboard.disclosure.FEWEST_UNITS", {"surgeon": 9})
    found = among_peers(until, S06, "fbss", 730)
    assert (list(found.rows["label"]), found.compared) == ([S06], None)
    assert "Allowing for 9" not in me_verdict(until, S06, "fbss", 730).sentence


def test_one_who_has_most_of_the_others_operations_is_not_told_by_them(tmp_path: Path) -> None:
    names = [f"S{n:02}" for n in range(1, 8)]
    sizes = dict.fromkeys(names, (12, 3)) | {"S01": (200, 40)}
    large = of_surgeons(tmp_path, sizes, dict.fromkeys(names, ("tlif",)))
    assert practice_beside(large, "S02", "fbss") is None  # of 200 + 5 times 12, S01 has more than half
    assert practice_beside(large, "S01", "fbss") == large


def test_the_surgeon_chosen_above_plays_no_part_in_whose_page_it_is(sample: Records) -> None:
    chosen = sample.of(Cohort(chosen={"surgeon": ("S01",), "family": ("fusion",)}))
    assert dict(of_surgeon(chosen, S06).cohort.chosen) == {"family": ("fusion",), "surgeon": (S06,)}
    assert dict(of_all_surgeons(chosen).cohort.chosen) == {"family": ("fusion",)}


def test_a_surgeon_has_no_choice_and_sees_no_peer(sample: Records) -> None:
    own = replace(sample, viewer=OWN)
    assert list(surgeons(own)) == [S06]
    found = among_peers(own, S06, "fbss", 730)
    assert list(found.rows["label"]) == [S06]
    assert found.compared is None
    assert practice_beside(own, S06, "fbss") is None
    with pytest.raises(WrongUsage, match="not one that you may open"):
        of_surgeon(own, "S01")
    told = me_verdict(own, S06, "fbss", 730).sentence
    assert "Allowing for all surgeons compared" in told
    assert "S01" not in told


def test_the_verdict_says_where_one_stands_why_who_waits_and_what_is_owed(sample: Records) -> None:
    found = me_verdict(sample, S06, "fbss", 730)
    own, frequent, _, overdue = found.claims
    row = among_peers(sample, S06, "fbss", 730).rows.iloc[0]
    assert own.word == HIGHER
    assert found.answer == (
        f"S06: {row['observed']:.0f} failures seen by 2 years in 134 of 226 operations, {row['expected']:.1f} expected "
        "for these patients and procedures"
    )
    assert found.doubt == (
        f"(ratio {row['ratio']:.2f}, {row['lower']:.2f} to {row['upper']:.2f}), above the 95 % limits of chance. "
        f"Allowing for 9 surgeons compared, it does not stand out. Most frequent cause: instability "
        f"({frequent.failed} of {frequent.operations}). No red flag of the last 90 days waits for a contact; "
        f"{overdue.failed} visits are overdue."
    )


def test_it_is_said_how_many_operations_take_no_part_and_why(sample: Records) -> None:
    found = among_peers(sample, "S04", "fbss", 730)
    assert found.own is not None
    whole = failure_rate(of_surgeon(sample, "S04"), "fbss", None, 730).iloc[0]
    assert found.own["all_operations"] == whole["operations"]
    due, lost, not_due = (int(whole[name]) for name in ("due", "lost", "not_due"))
    # Of the three who had died two were due by now.
    assert (due + not_due, lost + not_due + 2, int(whole["died"])) == (107, 47, 3)
    assert counted_words(found, "fbss", 730) == (
        "Seen and expected by 2 years are of 53 of 107 operations: 47 have not come to it, were lost or had died "
        "before; of 7 a factor of the model is not recorded. The share and the causes count the failures of all of "
        "them."
    )
    told = me_verdict(sample, "S04", "fbss", 730).sentence
    assert "below the 95 % limits of chance, though the interval, which is exact, contains 1. Allowing" in told


def test_few_operations_are_counted_and_held_against_nothing(tmp_path: Path) -> None:
    few = of_surgeons(tmp_path, {"S01": (6, 1)}, {"S01": ("tlif",)})
    found = me_verdict(few, "S01", "fbss", 730)
    assert found.answer == "S01: 1 failure seen by 2 years in 6 operations whose state is known."
    assert found.claims[0].figure is None
    assert "Most frequent cause" not in found.doubt
    assert pd.isna(among_peers(few, "S01", "fbss", 730).rows["ratio"]).all()


def test_of_nobodys_operations_nothing_is_said(tmp_path: Path) -> None:
    two = records(tmp_path, "operation | surgeon | procedure\n1 | S01 | tlif\n2 | S02 | plif", viewer=OPERATOR)
    alone = two.of(Cohort(chosen={"procedure": ("plif",)}))
    assert me_verdict(alone, "S01", "fbss", 730).answer.startswith("S01 has no operation among those chosen")


def test_on_a_sheet_that_is_handed_on_peers_are_one_band(sample: Records) -> None:
    found = among_peers(sample, S06, "fbss", 730)
    own, band = banded(found).to_dict("records")
    peers = found.rows.loc[~found.rows["own"].astype(bool), "ratio"].astype(float)
    assert own["ratio"] == found.rows["ratio"].iloc[0]
    assert band["label"] == f"{len(peers)} peers: middle half"
    assert (band["lower"], band["ratio"], band["upper"]) == pytest.approx(tuple(np.percentile(peers, [25, 50, 75])))
    alone = replace(found, rows=found.rows.head(1))
    assert banded(alone).equals(alone.rows)


@pytest.mark.parametrize("days", [365, 730, 1825])
def test_the_most_frequent_cause_is_that_of_the_conclusion_on_causes_by_the_same_day(
    sample: Records, days: int
) -> None:
    for name in ("S04", S06):
        first = late_verdict(of_surgeon(sample, name), "fbss", days).claims[1]
        told = next(claim for claim in me_verdict(sample, name, "fbss", days).claims if claim.what == CAUSE)
        assert (told.unit, told.failed, told.operations) == (first.unit, first.failed, first.operations)
