"""Visits due, answered, overdue and lost; what is recorded; what leaves as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.access import Viewer
from dashboard.analyses.completeness import completeness, over_all_years, unreadable_fields
from dashboard.analyses.data_issues import flags, issues
from dashboard.analyses.follow_up import chance, everybody, follow_up, overdue_visits, worked_off
from dashboard.definitions import load
from dashboard.errors import NotAllowed
from dashboard.records import Records
from tests.roles import VIEWERS
from tests.text_tables import assert_rows, records

VISITS = """
operation | surgeon | visit | state
1         | S01     | 12    | 1
2         | S01     | 12    | 3
3         | S02     | 12    | 4
4         | S02     | 12    | 2
5         | S02     | 12    | 5
6         | S02     | 12    | 6
7         | S02     | 24    | 6
"""
SEVEN = "operation | surgeon\n" + "\n".join(f"{n} | S0{1 if n < 3 else 2}" for n in range(1, 8))


def test_due_are_answered_overdue_and_lost(tmp_path: Path) -> None:
    rows = follow_up(records(tmp_path, SEVEN, visit_state=VISITS))
    assert_rows(
        rows[rows["visit"] == 12],
        """
        group | visit | due | answered | overdue | lost | open | not_due | died | shown
        all   | 12    | 3   | 1        | 1       | 1    | 1    | 1       | 1    | False
        """,
    )
    row = rows[rows["visit"] == 12].iloc[0]
    assert (row["share"], row["share_if_worked_off"]) == pytest.approx((1 / 3, 2 / 3))


def test_nobody_due_has_no_share(tmp_path: Path) -> None:
    rows = follow_up(records(tmp_path, SEVEN, visit_state=VISITS)).set_index("visit")
    assert rows.loc[24, "due"] == 0
    assert rows["share"].isna().loc[24]


TWO_VISITS = """
operation | outcome    | state
1         | not_better | failed
2         | not_better | unanswered
3         | not_better | unanswered
4         | not_better | well
5         | not_better | well
"""
ANSWERS = """
operation | visit | state
1         | 12    | 1
2         | 12    | 3
3         | 12    | 4
4         | 12    | 1
5         | 12    | 1
"""


def test_the_overdue_could_all_be_well_or_all_have_failed(tmp_path: Path) -> None:
    rows = worked_off(records(tmp_path, TWO_VISITS, visit_state=ANSWERS))
    (row,) = rows[rows["outcome"] == "not_better"].to_dict("records")
    assert (row["answered"], row["failed"], row["overdue"], row["others"], row["shown"]) == (3, 1, 1, 1, False)
    found = (row["lowest"], row["highest"], row["best_case"], row["worst_case"])
    assert found == pytest.approx((1 / 4, 2 / 4, 1 / 5, 3 / 5))


def test_every_outcome_of_a_visit_has_its_range_and_no_other(sample: Records) -> None:
    rows = worked_off(sample)
    assert list(rows["outcome"]) == [one.name for one in load().outcomes.values() if one.kind == "landmark"]
    assert (rows["lowest"] <= rows["share"]).all()
    assert (rows["best_case"] <= rows["lowest"]).all()
    assert (rows["highest"] <= rows["worst_case"]).all()


def test_a_group_is_beyond_chance_only_outside_the_limits_for_its_size(sample: Records) -> None:
    rows = follow_up(sample, "surgeon")
    limits = chance(sample, rows[rows["visit"] == 12])
    assert not limits["beyond"].any()
    assert "not recorded" not in set(limits["group"])
    small = rows[rows["visit"] == 12].head(2).assign(due=[1000, 10], answered=[800, 4], share=[0.8, 0.4], shown=True)
    assert list(chance(sample, small)["beyond"]) == [False, True]


def test_one_group_alone_has_nothing_to_differ_from(sample: Records) -> None:
    assert chance(sample, everybody(follow_up(sample)).head(1)).empty


def test_groups_add_up_to_everybody(sample: Records) -> None:
    whole, by = follow_up(sample), follow_up(sample, "family")
    for name in ("due", "answered", "overdue", "lost", "open", "not_due", "died"):
        assert by.groupby("visit")[name].sum().tolist() == whole[name].tolist()


def test_the_sample_answers_as_its_rules_say(sample: Records) -> None:
    shares = follow_up(sample)["share"].round(2).tolist()
    assert shares == [0.74, 0.68, 0.58]


def test_the_work_list_is_for_those_who_see_patients(sample: Records) -> None:
    rows = overdue_visits(sample)
    whole = follow_up(sample)
    assert len(rows) == whole["overdue"].sum() + whole["open"].sum()
    manager = Records(sample.engine, Viewer("Manager", "manager"), sample.cohort, sample.audit)
    with pytest.raises(NotAllowed):
        overdue_visits(manager)


def test_completeness_is_recorded_of_all_for_each_year(sample: Records) -> None:
    rows = completeness(sample)
    assert set(rows["factor"]) == set(load().factors)
    assert rows.groupby("factor")["operations"].sum().eq(sample.facts.operations).all()
    age = rows[rows["factor"] == "age"]
    # The year of birth of one patient in a hundred is not recorded, and stands for no age.
    assert age["share"].between(0.98, 0.999).all()


def test_what_is_most_often_missing_comes_first(sample: Records) -> None:
    whole = over_all_years(completeness(sample))
    assert whole["missing_share"].is_monotonic_decreasing
    assert whole["label"].iloc[0] == "Tendency to scar"
    worst = whole.iloc[0]
    assert worst["missing_share"] == pytest.approx(1 - worst["recorded"] / worst["operations"])
    assert unreadable_fields(sample).empty


def test_an_import_of_good_records_leaves_no_row_out_and_nobody_flagged(sample: Records) -> None:
    found = issues(sample)
    assert set(found["severity"]) == {"note"}
    assert found["times"].sum() > found["double"].sum()
    assert flags(sample) == []


def test_in_which_file_a_row_is_wrong_is_told_to_who_corrects_it(sample: Records) -> None:
    """A file may be called by a surgeon's name."""
    exact = sample.read("issues")
    assert exact["file"].notna().any()
    assert replace(sample, viewer=VIEWERS["steward"]).read("issues").equals(exact)
    for viewer in (VIEWERS["manager"], replace(VIEWERS["manager"], masked=True)):
        rows = replace(sample, viewer=viewer).read("issues")
        assert rows[["file", "first_line"]].isna().all(axis=None)
        assert rows["times"].tolist() == exact["times"].tolist()
