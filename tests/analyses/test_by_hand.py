"""Each analysis on a handful of operations, counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.access import Viewer
from dashboard.analyses import onset as onsets
from dashboard.analyses.causes import causes
from dashboard.analyses.cohort_line import cohort_line
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate, whether_shown
from dashboard.analyses.known_status import known_status
from dashboard.analyses.narrowing import narrowed
from dashboard.analyses.patients import patients
from dashboard.analyses.red_flags import queue, red_flag_list, red_flags_table
from dashboard.analyses.risk_factors import risk_factors
from dashboard.cohort import Cohort
from dashboard.errors import NotAllowed, WrongUsage
from tests.text_tables import assert_rows, records

FOUR = """
operation | procedure       | surgeon | state  | day | onset     | smoking
1         | microdiscectomy | S01     | failed | 30  | weeks     | current
2         | laminectomy     | S01     | died   | 40  |           | never
3         | tlif            | S02     | failed | 50  | immediate | current
4         | tlif            | S02     | left   | 900 |           | never
""".replace("|           |", "| not recorded |")
VISITS = """
operation | outcome    | state      | smoking
1         | not_better | failed     | current
2         | not_better | well       | never
3         | not_better | well       | never
4         | not_better | unanswered | never
5         | not_better | not due    | never
6         | not_better | died       | never
"""
FLAGS = """
operation | surgeon | index | symptom | onset | day | contacted | days_ago
1         | S01     | yes   | fever   | weeks | 50  | no        | 3
1         | S01     | yes   | chills  | weeks | 51  | yes       | 2
3         | S02     | no    | fever   | weeks | 60  | yes       | 9
4         | S02     | yes   | fever   | weeks | 60  | no        | 91
"""


def test_rate_is_the_aalen_johansen_share_and_too_few_to_show(tmp_path: Path) -> None:
    rate = failure_rate(records(tmp_path, FOUR), "fbss", within_days=365)
    # 1/4 on day 30; then a death leaves 1/2 free of both, of whom one of two fails on day 50: 1/4 + 1/2 * 1/2.
    assert_rows(
        rate,
        """
        group | label          | operations | failed | died | at_risk | share | estimable | known_share | shown
        all   | All operations | 4          | 2      | 1    | 1       | 0.5   | True      | 1           | False
        """,
    )
    assert rate.at[0, "note"] == "Fewer than 10 operations: counts only."


def test_a_landmark_nobody_has_reached_is_not_estimable(tmp_path: Path) -> None:
    rate = failure_rate(records(tmp_path, FOUR), "fbss", within_days=1000)
    assert_rows(rate, "estimable | share | reason\nFalse | | nobody followed to day 1000")


def test_families_add_up_their_procedures(tmp_path: Path) -> None:
    assert_rows(
        failure_rate(records(tmp_path, FOUR), "fbss", by="family", within_days=365),
        """
        group         | label         | operations | failed | died
        decompression | Decompression | 2          | 1      | 1
        fusion        | Fusion        | 2          | 1      | 0
        """,
    )


def test_groups_stand_in_the_order_of_their_definition_not_recorded_last(tmp_path: Path) -> None:
    table = "operation | smoking\n1 | not recorded\n2 | current\n3 | never"
    assert list(failure_rate(records(tmp_path, table), "fbss", by="smoking")["group"]) == [
        "never",
        "current",
        "not recorded",
    ]


def test_a_visit_is_a_share_of_those_who_answered_with_the_band_of_the_others(tmp_path: Path) -> None:
    assert_rows(
        failure_rate(records(tmp_path, VISITS), "not_better"),
        """
        operations | failed | answered | due | not_due | died | share              | best_case | worst_case
        6          | 1      | 3        | 4   | 1       | 1    | 0.3333333333333333 | 0.25      | 0.5
        """,
    )


@pytest.mark.parametrize(
    ("operations", "known", "shown", "words"),
    [
        (9, 1.0, False, "Fewer than 10"),
        (10, 0.49, False, "too few for a share"),
        (10, 0.5, True, "could differ"),
        (10, 0.8, True, ""),
        (10, None, False, "Not yet due"),
    ],
)
def test_a_share_is_shown_when_enough_is_known(operations: int, known: float | None, shown: bool, words: str) -> None:
    answer, note = whether_shown(operations, known)
    assert answer is shown
    assert words in note
    assert bool(note) == bool(words)


def test_nobody_chosen_is_a_row_of_zeros(tmp_path: Path) -> None:
    nobody = records(tmp_path, FOUR, cohort=Cohort(chosen={"procedure": ("alif",)}))
    assert_rows(failure_rate(nobody, "fbss"), "group | operations | failed | share\nall | 0 | 0 |")
    assert failure_curve(nobody, "fbss").empty
    assert failure_rate(nobody, "fbss", by="procedure").empty


def test_curve_says_who_was_at_risk_just_before_each_day(tmp_path: Path) -> None:
    assert_rows(
        failure_curve(records(tmp_path, FOUR), "fbss", by="surgeon"),
        """
        group | day | at_risk | known | failed | died | left | share
        S01   | 0   | 2       | 2     | 0      | 0    | 0    | 0
        S01   | 30  | 2       | 2     | 1      | 0    | 0    | 0.5
        S01   | 40  | 1       | 2     | 0      | 1    | 0    | 0.5
        S02   | 0   | 2       | 2     | 0      | 0    | 0    | 0
        S02   | 50  | 2       | 2     | 1      | 0    | 0    | 0.5
        S02   | 900 | 1       | 2     | 0      | 0    | 1    | 0.5
        """,
    )


def test_a_question_asked_at_a_visit_has_no_curve(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="no course over time"):
        failure_curve(records(tmp_path, FOUR), "prom_failure")


@pytest.mark.parametrize("by", ["patient", "state", "operated", "age; drop table code", "unit"])
def test_only_known_columns_break_down(tmp_path: Path, by: str) -> None:
    with pytest.raises(WrongUsage, match="nothing to break down by"):
        failure_rate(records(tmp_path, FOUR), "fbss", by=by)


def test_onset_is_of_the_failures_seen(tmp_path: Path) -> None:
    answer = onsets.onset(records(tmp_path, FOUR, FLAGS), "fbss")
    seen = answer.categories[answer.categories["operations"] > 0]
    assert_rows(seen, "category | operations | share | of\nimmediate | 1 | 0.5 | 2\nweeks | 1 | 0.5 | 2")
    assert list(seen["group"]) == ["all", "all"]
    assert_rows(answer.quantiles, "group | failures | quarter | half | three_quarters\nall | 2 | 30 | 30 | 50")


def test_half_of_the_failures_seen_are_counted_whoever_left_before(tmp_path: Path) -> None:
    """Two of four failures had come by day 20. By the curve, in which the last two weigh more, it would be day 40."""
    table = """
    operation | state  | day | cause
    1         | failed | 10  | infection
    2         | failed | 20  | infection
    3         | left   | 25  | not recorded
    4         | left   | 25  | not recorded
    5         | left   | 25  | not recorded
    6         | failed | 40  | infection
    7         | failed | 50  | infection
    8         | failed | 400 | infection
    """
    asked = records(tmp_path, table)
    seen = "half | quarter | three_quarters\n20 | 10 | 40"
    assert_rows(onsets.onset(asked, "fbss", None, 365).quantiles, seen)
    found = causes(asked, "fbss", within_days=365).causes
    assert_rows(found[found["cause"] == "infection"], seen)


def test_symptoms_are_a_share_of_the_operations_chosen(tmp_path: Path) -> None:
    assert_rows(
        onsets.symptoms(records(tmp_path, FOUR, FLAGS)),
        """
        symptom | group    | category | operations | share | with_symptom | median_day
        fever   | red_flag | weeks    | 2          | 0.5   | 2            | 50
        chills  | red_flag | weeks    | 1          | 0.25  | 1            | 51
        """,
    )


def test_each_factor_is_compared_with_its_reference_band(tmp_path: Path) -> None:
    frame = risk_factors(records(tmp_path, FOUR), "fbss", within_days=365)
    smoking = frame[frame["factor"] == "smoking"]
    assert_rows(
        smoking,
        """
        band    | reference | operations | failed | missing_share
        never   | True      | 2          | 0      | 0
        current | False     | 2          | 2      | 0
        """,
    )
    sex = frame[frame["factor"] == "sex"]
    assert_rows(sex, "band | operations | failed | share | missing_share\nnot recorded | 4 | 2 | 0.5 | 1")


def test_factors_of_a_visit_count_those_who_answered(tmp_path: Path) -> None:
    frame = risk_factors(records(tmp_path, VISITS), "not_better")
    assert_rows(
        frame[frame["factor"] == "smoking"],
        "band | operations | failed | difference\nnever | 2 | 0 |\ncurrent | 1 | 1 |",
    )


@pytest.mark.parametrize(("smokers", "apart"), [(10, True), (9, False)])
def test_bands_too_small_to_be_shown_are_held_against_nothing(tmp_path: Path, smokers: int, apart: bool) -> None:
    rows = [f"{n} | {'current' if n <= smokers else 'never'} | {'failed' if n <= 2 else 'left'} | 900 | 2022-01-01"
            for n in range(1, smokers + 13)]  # fmt: skip
    asked = records(tmp_path, "\n".join(["operation | smoking | state | day | operated", *rows]))
    frame = risk_factors(asked, "fbss").set_index(["factor", "band"])
    assert frame["difference"].notna().any() == apart


def test_a_red_flag_after_a_reoperation_counts_too(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, FLAGS)
    assert (queue(asked).operations, queue(asked).uncontacted) == (2, 1)
    assert_rows(
        red_flags_table(asked),
        """
        symptom | operations | contacted | uncontacted | latest_days_ago
        fever   | 2          | 1         | 1           | 3
        chills  | 1          | 1         | 0           | 2
        """,
    )
    assert list(red_flag_list(asked)["operation"]) == [1, 1, 3]


def test_the_cohort_line_says_of_how_many(tmp_path: Path) -> None:
    line = cohort_line(records(tmp_path, FOUR, cohort=Cohort(chosen={"procedure": ("tlif",)})))
    assert (line.operations, line.of) == (2, 4)
    of_one = records(tmp_path / "own", FOUR, viewer=Viewer("Dr One", "surgeon", surgeon="S01"))
    assert cohort_line(of_one).of == 2


def test_known_status_counts_those_who_left_before_the_landmark(tmp_path: Path) -> None:
    status = known_status(records(tmp_path, FOUR), "fbss", within_days=1000)
    # The data date is a year after surgery: nobody's landmark had come, not even that of those who have failed by now.
    assert (status.operations, status.due, status.lost, status.not_due, status.known_share) == (4, 0, 0, 4, None)
    assert not status.shown
    year = known_status(records(tmp_path / "year", FOUR), "fbss", within_days=366)
    assert (year.due, year.lost, year.known_share) == (4, 0, 1.0)


def test_patients_are_listed_in_words_by_state(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR)
    assert_rows(
        patients(asked, "fbss", only="failed"),
        """
        operation | patient            | procedure       | state  | day
        1         | P-0000000000000001 | Microdiscectomy | failed | 30
        3         | P-0000000000000003 | Tlif            | failed | 50
        """,
    )
    with pytest.raises(WrongUsage, match="no state of this outcome"):
        patients(asked, "fbss", only="cured")
    with pytest.raises(NotAllowed):
        patients(records(tmp_path / "counts", FOUR, viewer=Viewer("Manager", "manager")), "fbss")


def test_words_narrow_a_cohort(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR)
    assert narrowed(asked, ["surgeon=S01", "surgeon=S02"]).chosen == {"surgeon": ("S01", "S02")}
    assert narrowed(asked, ["family=fusion", "procedure=tlif"]).chosen == {
        "family": ("fusion",),
        "procedure": ("tlif",),
    }
    assert narrowed(asked, ["prior=redo"]) == narrowed(asked, ["prior_surgery=redo"])
    for wrong in ("surgeon", "colour=red", "surgeon=S77", "family=S01"):
        with pytest.raises(WrongUsage):
            narrowed(asked, [wrong])
    assert cohort_line(asked.of(narrowed(asked, ["family=fusion", "procedure=laminectomy"]))).operations == 0
