"""Units beside what chance and case mix lead one to expect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dashboard.access import Viewer
from dashboard.analyses.compare import compare, shares_possible
from dashboard.analyses.monitor import MORE, monitor
from dashboard.analyses.profiles import case_mix_values
from dashboard.analyses.review import ACKNOWLEDGEMENT, acknowledge, review
from dashboard.analyses.unit_funnels import LIMITS
from dashboard.analyses.verdicts.units import units_verdict
from dashboard.analyses.ways import ways
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.notebook import Notebook
from dashboard.errors import NotAllowed, NotTold, WrongUsage
from dashboard.records import Records
from dashboard.stats import funnel
from tests.text_tables import of_surgeons, records

PEERS = """
operation | surgeon | state  | day
1         | S01     | failed | 20
2         | S01     | left   | 90
3         | S02     | left   | 90
4         | S02     | left   | 30
5         | S03     | died   | 30
"""
OWN = Viewer("Dr One", "surgeon", surgeon="S01")


def test_a_share_is_of_operations_whose_state_is_known(tmp_path: Path) -> None:
    units = compare(records(tmp_path, PEERS), "fbss", "surgeon", 90).units.set_index("unit")
    assert units["all_operations"].to_dict() == {"S01": 2, "S02": 2, "S03": 1}
    assert units["operations"].to_dict() == {"S01": 2, "S02": 1, "S03": 0}
    assert units["failed"].to_dict() == {"S01": 1, "S02": 0, "S03": 0}
    assert units.loc["S02", "known_of_due"] == 0.5
    assert not units["shown"].any()
    assert set(units["note"]) == {"Fewer than 10 operations: counts only."}


def test_limits_are_those_of_the_funnel_round_all_units_together(sample: Records) -> None:
    answer = compare(sample.of(Cohort(chosen={"family": ("fusion",)})), "fbss", "surgeon", 730)
    assert answer.shares is not None
    assert answer.shares.target == answer.units["failed"].sum() / answer.units["operations"].sum()
    shown = answer.units[answer.units["shown"]]
    expected = funnel.binomial_limits(shown["operations"], answer.shares.target)
    assert np.allclose(shown["limit_998_high"], expected.upper_998)
    assert answer.shares.phi is None


JUDGED = [
    "share", "limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high", "ratio", "lower", "upper", "shrunken",
    "ratio_limit_95_low", "ratio_limit_95_high", "ratio_limit_998_low", "ratio_limit_998_high", "overdispersion",
]  # fmt: skip


def test_each_family_is_offered_alone_that_would_have_a_funnel_of_shares_and_no_other(tmp_path: Path) -> None:
    """Of the decompressions all ended alike; of the disc replacements too few of those due are known."""
    rows = ["operation | operated | procedure | state | day"]
    rows += [f"1{n:02} | 2020-01-01 | tlif | {'failed | 20' if n < 5 else 'left | 800'}" for n in range(20)]
    rows += [f"2{n:02} | 2020-01-01 | laminectomy | left | 800" for n in range(20)]
    rows += [f"3{n:02} | 2020-01-01 | disc_replacement | {'failed | 20' if n < 12 else 'left | 30'}" for n in range(80)]
    asked = records(tmp_path, "\n".join(rows))
    answer = compare(asked, "fbss", "surgeon", 730)
    assert answer.no_shares.startswith("Shares of unlike procedures are not pooled")
    offered = ways(asked, lambda other: shares_possible(other, "fbss", "surgeon", 730), unlike=answer.families)
    assert [way.words for way in offered] == ["fusion alone"]


SIZES = {"S01": (60, 15), "S02": (30, 0), "S03": (3, 1)}
FUSIONS = {"S01": ["tlif"], "S02": ["plif"], "S03": ["alif"]}


def test_no_unit_is_judged_that_is_not_shown(tmp_path: Path) -> None:
    units = compare(of_surgeons(tmp_path, SIZES, FUSIONS), "fbss", "surgeon", 730).units.set_index("unit")
    assert units["position"].to_dict() == {"S01": "within", "S02": "beyond 95 %", "S03": ""}
    assert units[units.index == "S03"][JUDGED].isna().all(axis=None)
    assert list(units.loc["S03", ["operations", "failed", "note"]]) == [
        3, 1, "Fewer than 10 operations: counts only.",
    ]  # fmt: skip


def test_no_unit_of_the_sample_is_judged_that_is_not_shown(sample: Records) -> None:
    for chosen in ({}, {"family": ("fusion",)}, {"procedure": ("alif",)}):
        units = compare(sample.of(Cohort(chosen=chosen)), "fbss", "surgeon", 730).units
        few, no_ratio = units[~units["shown"]], units[~units["ratio_shown"]]
        assert few[JUDGED[:5]].isna().all(axis=None)
        assert (few["position"] == "").all()
        assert no_ratio[JUDGED[5:-1]].isna().all(axis=None)
        assert (no_ratio["ratio_position"] == "").all()


def test_shares_of_unlike_procedures_are_pooled_into_nothing(tmp_path: Path) -> None:
    mixed = of_surgeons(tmp_path, SIZES, {**FUSIONS, "S02": ["laminectomy"]})
    answer = compare(mixed, "fbss", "surgeon", 730)
    assert answer.shares is None
    assert answer.no_shares.startswith("Shares of unlike procedures are not pooled without adjustment.")
    assert answer.units[["share", "limit_95_high"]].isna().all(axis=None)
    assert set(answer.units["position"]) == {""}
    assert answer.units["failed"].tolist() == [15, 0, 1]
    one_family = compare(mixed.of(Cohort(chosen={"family": ("fusion",)})), "fbss", "surgeon", 730)
    assert one_family.shares is not None


def test_a_unit_of_which_no_state_counts_stands_there_with_why(tmp_path: Path) -> None:
    dead = of_surgeons(tmp_path, {"S01": (30, 0)}, FUSIONS, state="died")
    answer = compare(dead, "fbss", "surgeon", 900)
    (unit,) = answer.units.to_dict("records")
    assert (unit["unit"], unit["all_operations"], unit["operations"], unit["shown"]) == ("S01", 30, 0, False)
    assert unit["note"].startswith("0 of 30 operations count at this time; of the others the patient had died")
    assert answer.no_shares.startswith("No operation counts at this time:")


@pytest.mark.parametrize(
    ("failed", "told"),
    [
        (0, "None of the 90 operations whose state is known failed (95 % interval up to 4.0 %)"),
        (1, "All 90 operations whose state is known failed (95 % interval from 96.0 %)"),
    ],
)
def test_where_none_or_all_failed_there_is_no_limit_to_hold_anybody_against(
    tmp_path: Path, failed: int, told: str
) -> None:
    sizes = {"S01": (60, 60 * failed), "S02": (30, 30 * failed)}
    answer = compare(of_surgeons(tmp_path, sizes, FUSIONS), "fbss", "surgeon", 730)
    assert answer.shares is None
    assert answer.no_shares.startswith(told)
    assert answer.units["share"].tolist() == [failed, failed]
    assert answer.units["limit_95_high"].isna().all()


def test_failures_expected_add_up_to_failures_seen(sample: Records) -> None:
    """The model is of the same operations: over all units, and over all surgeons not recorded, they agree."""
    units = compare(sample, "fbss", "surgeon", 730).units
    assert units["expected"].sum() == pytest.approx(units["observed"].sum(), rel=0.02)
    assert (units["cases"] <= units["operations"]).all()


THREE = Viewer("Dr Three", "surgeon", surgeon="S03")
FUSION = Cohort(chosen={"family": ("fusion",)})


def test_a_surgeon_stands_alone_by_the_limits_that_the_whole_practice_draws(sample: Records) -> None:
    """Of others there is no row, no size and no place: the lines reach twice the own size and no further."""
    seen = compare(replace(sample, viewer=THREE).of(FUSION), "fbss", "surgeon", 730)
    whole = compare(sample.of(FUSION), "fbss", "surgeon", 730)
    assert seen.others
    assert not whole.others
    assert not whole.units["own"].any()
    (own,) = seen.units.to_dict("records")
    (same,) = whole.units[whole.units["unit"] == "S03"].to_dict("records")
    assert (own["label"], own["own"]) == ("S03", True)
    counted = ["all_operations", "operations", "failed", "share", "due", "ratio_position", "position"]
    assert [own[name] for name in counted] == [same[name] for name in counted]
    assert own["cases"] + own["dropped"] == own["operations"]  # what is left out is the told model's to say
    near = ["expected", "ratio", *LIMITS]
    assert [own[name] for name in near] == pytest.approx([same[name] for name in near], rel=0.35, abs=0.05)
    assert seen.shares is not None
    assert whole.shares is not None
    assert seen.shares.target == pytest.approx(whole.shares.target, rel=0.2)
    assert seen.shares.lines["size"].max() == pytest.approx(2 * own["operations"])
    assert seen.ratios is not None
    assert seen.ratios.lines["size"].max() == pytest.approx(2 * own["expected"])


def test_a_filter_cannot_cut_the_practice_down_to_one_other(sample: Records) -> None:
    own = replace(sample, viewer=THREE)
    for chosen in ({"surgeon": ("S01",)}, {"surgeon": ("S01", "S03")}, {"site": ("Lakeside",)}):
        cut = compare(own.of(Cohort(chosen={**FUSION.chosen, **chosen})), "fbss", "surgeon", 730)
        plain = compare(own.of(FUSION), "fbss", "surgeon", 730)
        assert cut.shares is not None
        assert plain.shares is not None
        assert cut.shares.target == plain.shares.target


def test_where_others_are_few_there_is_no_practice_but_the_own_part(sample: Records) -> None:
    """Two other sites, and four other surgeons: a figure of them all would tell of one of them."""
    manager = replace(sample, viewer=Viewer("Manager", "manager", sites=("Central",)))
    assert not manager.of_practice.whole_practice


@pytest.mark.parametrize("by", ["surgeon", "site"])
def test_who_is_told_rounded_counts_alone_is_told_no_comparison(sample: Records, by: str) -> None:
    """It rests on a model, which is made of exact counts."""
    manager = replace(sample, viewer=Viewer("Manager", "manager", sites=("Lakeside",)))
    with pytest.raises(NotTold, match="single patients"):
        compare(manager, "fbss", by, 730)


def test_of_the_whole_practice_only_comparisons_are_answered(sample: Records) -> None:
    own = replace(sample, viewer=THREE)
    assert own.of_practice.whole_practice
    with pytest.raises(NotAllowed, match="only comparisons"):
        own.of_practice.read("failure_curve", columns={"by": ()}, outcome="fbss")
    for by in ("site", "surgeon"):
        with pytest.raises(NotAllowed, match="wholly yours"):
            own.of_practice.read_codes("landmark", columns={"by": by}, outcome="fbss")
    with pytest.raises(NotAllowed, match="wholly yours"):
        own.of_practice.others("site", **case_mix_values(own, "fbss", 730))


def test_a_practice_claimed_where_others_are_few_is_refused(tmp_path: Path) -> None:
    asked = records(tmp_path, PEERS, viewer=OWN)
    assert not asked.of_practice.whole_practice
    with pytest.raises(NotAllowed, match="only comparisons"):
        replace(asked, whole_practice=True).read("landmark", columns={"by": ()}, outcome="fbss")
    with pytest.raises(NotAllowed, match="only comparisons"):
        replace(asked, whole_practice=True).others(**case_mix_values(asked, "fbss", 90))


def test_a_comparison_with_the_practice_is_on_record_as_one(sample: Records, tmp_path: Path) -> None:
    own = replace(sample, viewer=THREE, audit=Audit(tmp_path))
    own.beside_others("surgeon").others("surgeon", **case_mix_values(own, "fbss", 730))
    assert '"whole_practice":true' in own.audit.path.read_text()


def test_who_sees_no_patients_is_shown_seen_and_expected_without_an_order(sample: Records) -> None:
    manager = replace(sample, viewer=Viewer("Manager", "manager"))
    answer, whole = monitor(manager), monitor(sample)
    assert answer.counts_only
    assert answer.steps == {}
    assert set(answer.series["signal"]) == {""}
    counts = ["unit", "family", "operations", "failed", "without_risk"]
    assert answer.series[counts].to_numpy().tolist() == whole.series[counts].to_numpy().tolist()
    assert answer.series["expected"].tolist() == pytest.approx(whole.series["expected"].tolist())
    assert review(manager) == []
    with pytest.raises(NotAllowed, match="counts, not single"):
        manager.read("monitor", outcome="complication", within_days=90, due_from=date(2026, 1, 1))


def test_few_expected_failures_have_no_ratio(sample: Records) -> None:
    units = compare(sample.of(Cohort(chosen={"procedure": ("alif",)})), "fbss", "surgeon", 730).units
    few = units[units["expected"] < 5]
    assert len(few)
    assert not few["ratio_shown"].any()


def test_only_surgeons_and_sites_are_compared(sample: Records) -> None:
    with pytest.raises(WrongUsage, match="surgeon or site"):
        compare(sample, "fbss", "smoking", 730)


def test_fewer_than_five_units_are_not_drawn_together(sample: Records) -> None:
    assert compare(sample, "fbss", "site", 730).units["shrunken"].isna().all()
    assert compare(sample, "fbss", "surgeon", 730).units["shrunken"].notna().all()


def test_each_operation_since_the_model_was_frozen_is_followed_in_order(sample: Records) -> None:
    answer = monitor(sample)
    assert answer.model.until is not None
    assert answer.since is not None
    assert (answer.since - answer.model.until).days == 1
    for (unit, family), steps in answer.steps.items():
        row = answer.series[(answer.series["unit"] == unit) & (answer.series["family"] == family)].iloc[0]
        assert steps["operated"].is_monotonic_increasing
        assert len(steps) == row["operations"] >= load().monitoring.fewest_operations
        assert steps["vlad"].iloc[-1] == pytest.approx(row["expected"] - row["failed"])


def test_a_false_alarm_comes_no_sooner_than_the_definitions_ask(sample: Records) -> None:
    charted = monitor(sample).series.query("charted")
    wanted = load().monitoring.false_alarm_operations
    assert charted["false_alarm_operations"].between(wanted, 1.05 * wanted).all()


def test_a_surgeon_is_monitored_alone(sample: Records) -> None:
    own = replace(sample, viewer=Viewer("Dr Four", "surgeon", surgeon="S04"))
    assert set(monitor(own).series["unit"]) == {"S04"}


def test_a_signal_waits_until_somebody_says_that_it_was_looked_at(sample: Records, tmp_path: Path) -> None:
    asked = replace(sample, notebook=Notebook(tmp_path))
    (item, *_) = review(asked)
    assert item.note is None
    assert "more than expected" in item.what
    assert item.filters == {"surgeon": ["S04"], "family": ["decompression"]}
    acknowledge(asked, item, "All eight charts read: three readmissions for pain, no common cause.")
    (again, *_) = review(asked)
    assert again.note is not None
    assert again.note.who == "operator of this machine"
    assert [note.subject for note in asked.notes(ACKNOWLEDGEMENT)] == [item.subject]


def test_the_sample_has_one_signal(sample: Records) -> None:
    signalled = monitor(sample).series.query("signal != ''")
    assert signalled[["unit", "family", "signal"]].to_numpy().tolist() == [["S04", "decompression", MORE]]


def test_before_the_landmark_has_come_for_anybody_that_is_the_reason(sample: Records) -> None:
    young = sample.of(Cohort(operated_from=date(2024, 10, 1), operated_to=date(2026, 9, 30)))
    units = compare(young, "fbss", "site", 730).units
    assert not units["operations"].any()
    assert set(units["note"]) == set(units["ratio_note"]) == {"Not yet due for anybody."}
    assert "expected: not yet due for anybody." in units_verdict(young, "fbss", "site", 730).answer
