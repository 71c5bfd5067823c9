"""Change over time: what a period counts, where the picture ends, and operations between rare events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.access import Viewer
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.failure_test import failure_test
from dashboard.analyses.periods import PERIODS, are_whole, begins, label, number_of
from dashboard.analyses.questions import QUESTIONS
from dashboard.analyses.trend import (
    NOT_OF_ROUNDED,
    between,
    limits_words,
    operated_monthly,
    settled_middle,
    signals_words,
    trend,
)
from dashboard.cohort import Cohort
from dashboard.errors import WrongUsage
from dashboard.query_command import QUERIES
from dashboard.records import Records
from dashboard.stats.control_charts import p_chart, xmr_chart
from tests.stats.reference import read
from tests.text_tables import assert_rows, of_surgeons, records

DAYS = """
operation | operated   | state  | day
1         | 2024-01-10 | failed | 20
2         | 2024-01-10 | left   | 90
3         | 2024-02-10 | left   | 90
4         | 2024-02-11 | left   | 10
5         | 2024-02-12 | failed | 30
6         | 2024-09-30 | failed | 10
7         | 2024-11-01 | failed | 10
"""


def test_a_period_is_immature_until_the_landmark_has_come_for_its_last_day(tmp_path: Path) -> None:
    # data to 1 Jan 2025: 90 days earlier is 3 Oct 2024
    periods = trend(records(tmp_path, DAYS), "fbss", 90, "quarter").periods
    assert_rows(
        periods,
        """
        label   | operations | known | failed | immature
        2024 Q1 | 5          | 4     | 2      | False
        2024 Q2 | 0          | 0     | 0      | False
        2024 Q3 | 1          | 1     | 1      | False
        2024 Q4 | 1          | 0     | 0      | True
        """,
    )
    assert periods["share"].isna().all()


def test_every_period_has_its_name_and_its_first_day() -> None:
    month = number_of(date(2024, 8, 31))
    starts = {period: month // width * width for period, width in PERIODS.items()}
    assert {period: label(start, period) for period, start in starts.items()} == {
        "month": "Aug 2024", "quarter": "2024 Q3", "half-year": "2024 H2", "year": "2024",
    }  # fmt: skip
    assert [begins(start) for start in starts.values()] == [
        date(2024, 8, 1), date(2024, 7, 1), date(2024, 7, 1), date(2024, 1, 1),
    ]  # fmt: skip


def test_before_and_after_part_at_the_year_that_best_halves_what_is_settled(sample: Records, tmp_path: Path) -> None:
    assert settled_middle(sample, "fbss", 730) == date(2022, 1, 1)
    # 60, 60 and 80 operations by quarters, all settled: no year parts them, the second quarter's month does
    assert settled_middle(of_quarters(tmp_path, [6, 6, 6]), "fbss", 90) == date(2020, 4, 1)
    assert settled_middle(of_quarters(tmp_path / "one", [6]), "fbss", 90) is None


def test_months_are_periods_too(tmp_path: Path) -> None:
    periods = trend(records(tmp_path, DAYS), "fbss", 90, "month").periods
    assert periods["label"].tolist()[:2] == ["Jan 2024", "Feb 2024"]
    assert len(periods) == 11


def test_where_nobody_was_lost_the_chart_is_the_p_chart(tmp_path: Path) -> None:
    answer = trend(quarters(tmp_path, 12), "fbss", 90)
    chart = p_chart(answer.periods["failed"], answer.periods["known"])
    assert answer.judged_by == "quarter"
    assert answer.centre == pytest.approx(chart.centre[0])
    assert answer.periods["share"].tolist() == pytest.approx(chart.value.tolist())
    assert answer.periods["upper_limit"].tolist() == pytest.approx(chart.upper.tolist())
    assert answer.limits == "firm"
    assert set(answer.periods["limits"]) == {"firm"}


def test_the_level_line_is_the_share_of_every_other_screen(sample: Records) -> None:
    for outcome in ("fbss", "not_better"):
        answer = trend(sample, outcome, 730)
        share = failure_rate(sample, outcome, None, 730)["share"].iloc[0]
        assert answer.centre == pytest.approx(share)
        assert set(answer.periods["centre"].dropna()) == {answer.centre}


def test_the_share_of_a_period_is_the_one_of_a_cohort_of_its_operations(sample: Records) -> None:
    periods = trend(sample, "fbss", 730).periods.set_index("label")
    quarter = sample.of(Cohort(date(2022, 4, 1), date(2022, 6, 30)))
    rate = failure_rate(quarter, "fbss", None, 730).iloc[0]
    for column in ("operations", "known", "failed", "share"):
        assert periods[column]["2022 Q2"] == pytest.approx(rate[column]), column


def test_the_practice_is_judged_by_the_shortest_period_that_expects_five_failures(sample: Records) -> None:
    judged = {name: trend(sample, name, 365).judged_by for name in ("fbss", "reoperation")}
    assert judged == {"fbss": "quarter", "reoperation": "year"}
    fewer = sample.of(Cohort(chosen={"procedure": ("plif",)}))
    answer = trend(fewer, "fbss", 730)
    assert (answer.judged_by, answer.limits) == ("", "none")
    assert answer.why.startswith("Not judged: even in a year fewer than 5 failures are expected (")


@pytest.mark.parametrize("period", ["month", "half-year", "year"])
def test_of_another_period_there_is_a_picture_and_no_second_verdict(sample: Records, period: str) -> None:
    answer = trend(sample, "fbss", 730, period)
    assert (answer.period, answer.judged_by, answer.limits) == (period, "quarter", "none")
    assert answer.signals.empty
    assert set(answer.periods["signal"]) == {""}
    assert answer.periods["upper_limit"].isna().all()
    assert answer.periods["share"].notna().any()
    assert "A picture only" in answer.why


def test_a_low_stretch_is_one_signal_with_its_first_and_its_last_period(tmp_path: Path) -> None:
    failures = [8, 8, 8, 8, 8, 3, 2, 3, 4, 3, 2, 3, 4, 8]
    answer = trend(of_quarters(tmp_path, failures), "fbss", 90)
    assert signals_words(answer) == ["8 in a row below the centre, 2021 Q2 to 2023 Q1"]
    assert (answer.periods["signal"] != "").sum() == 8


def test_a_period_of_which_less_than_half_is_known_has_no_share(sample: Records) -> None:
    periods = trend(sample, "fbss", 365).periods
    hardly = periods[~periods["immature"] & (periods["known"] < 0.5 * periods["operations"])]
    assert len(hardly)
    assert hardly["share"].isna().all()


def test_every_whole_month_is_a_point_and_an_empty_one_too(tmp_path: Path) -> None:
    # data to 1 Jan 2025, which leaves January 2025 out
    asked = records(tmp_path, DAYS)
    answer = operated_monthly(asked)
    months = answer.months
    assert months["label"].tolist()[0] == "Jan 2024"
    assert months["operations"].tolist() == [2, 3, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0]
    chart = xmr_chart(months["operations"])
    assert months["upper_limit"].tolist() == pytest.approx(chart.upper.tolist())
    assert months["lower_limit"].tolist() == [0] * 12
    assert answer.limits == "firm"
    # a period that begins within January leaves eleven whole months: trial limits; of six there is no chart
    assert operated_monthly(asked.of(Cohort(operated_from=date(2024, 1, 2)))).limits == "trial"
    assert operated_monthly(asked.of(Cohort(operated_from=date(2024, 9, 1)))).months.empty


def of_quarters(folder: Path, failures: Sequence[int]) -> Records:
    """Twenty operations on a day of each quarter from 2020 on, of which so many failed."""
    rows = ["operation | operated | state | day"]
    for quarter, failed in enumerate(failures):
        day = f"{2020 + quarter // 4}-{3 * (quarter % 4) + 1:02}-15"
        rows += [f"{20 * quarter + n} | {day} | {'failed' if n <= failed else 'left'} | 90" for n in range(1, 21)]
    return records(folder, "\n".join(rows))


def quarters(folder: Path, points: int) -> Records:
    """Six of the twenty operations of each of so many quarters failed, in the last quarter all of them."""
    return of_quarters(folder, [6] * (points - 1) + [20])


@pytest.mark.parametrize(
    ("points", "limits", "told"),
    [
        (6, "none", " No limits are drawn, and nothing can be a signal: 6 points, fewer than 7."),
        (7, "trial", " 7 points, fewer than 12: these are trial limits."),
        (11, "trial", " 11 points, fewer than 12: these are trial limits."),
        (12, "firm", ""),
    ],
)
def test_limits_are_none_then_trial_limits_then_firm(tmp_path: Path, points: int, limits: str, told: str) -> None:
    answer = trend(quarters(tmp_path, points), "fbss", 90)
    assert answer.limits == limits
    assert limits_words(limits, points) == told
    assert answer.periods["share"].notna().sum() == points
    assert answer.periods["upper_limit"].notna().all() == (limits != "none")
    assert (answer.periods["signal"].iloc[-1] == "Outside the limits (above)") == (limits != "none")


def test_points_that_are_all_alike_have_no_limits() -> None:
    assert limits_words("none", 12) == " No limits are drawn, and nothing can be a signal: all points are alike."


def test_a_month_beyond_what_months_differ_by_is_a_signal(sample: Records) -> None:
    answer = operated_monthly(sample)
    months = answer.months.set_index("label")
    assert months.index[-1] == "Sep 2026"
    assert months.loc["Dec 2020", "signal"] == "Outside the limits (above)"
    # one of a run below the centre
    assert months.loc["Apr 2020", "signal"] == ""
    assert len(answer.signals) == (months["signal"] != "").sum()


def test_operations_between_events_are_those_without(tmp_path: Path) -> None:
    # in order and known: 1 failed and 2 not on one day, 3, 5 failed, 6 failed
    answer = between(records(tmp_path, DAYS), "fbss", 90)
    assert answer.events["between"].tolist() == [1, 0]
    assert answer.since_last == 0
    assert answer.limits == "none"
    assert answer.events["upper_limit"].isna().all()


def test_one_event_is_no_chart(tmp_path: Path) -> None:
    answer = between(records(tmp_path, "operation | state | day\n1 | failed | 5\n2 | left | 90"), "fbss", 90)
    assert answer.events.empty
    assert answer.since_last == 2


def test_an_unknown_period_is_refused(sample: Records) -> None:
    with pytest.raises(WrongUsage, match="month, quarter, half-year, year"):
        trend(sample, "fbss", 365, "week")


def gray_of_failure(expected: dict[str, Any]) -> float:
    gray = expected["gray"]
    return float(gray["stat"][[str(cause) for cause in gray["cause"]].index("1")])


def test_groups_are_tested_as_r_tests_them(open_cohort: Records) -> None:
    expected, found = read("spine_cohort_open"), failure_test(open_cohort, "fbss", "procedure").iloc[0]
    assert found["gray_statistic"] == pytest.approx(gray_of_failure(expected), rel=1e-9)
    assert found["logrank_statistic"] == pytest.approx(expected["logrank"]["chisq"], rel=1e-9)
    assert (found["groups"], found["degrees_of_freedom"]) == (8, 7)


GROUPS = {"S01": (60, 15), "S02": (30, 0), "S03": (3, 1)}
"""Operations of each surgeon, and of these the failures."""


def grouped(folder: Path, groups: dict[str, tuple[int, int]], procedures: tuple[str, ...] = ("tlif",)) -> Records:
    return of_surgeons(folder, groups, dict.fromkeys(groups, procedures))


def test_groups_too_small_for_a_test_are_named_and_left_out(tmp_path: Path) -> None:
    found = failure_test(grouped(tmp_path, GROUPS), "fbss", "surgeon").iloc[0]
    without = failure_test(grouped(tmp_path / "without", {**GROUPS, "S03": (0, 0)}), "fbss", "surgeon").iloc[0]
    assert (found["groups"], found["operations"], found["failed"]) == (2, 90, 15)
    assert found["message"] == "Left out, with fewer than 10 operations: S03 (3)."
    assert found["gray_p"] == without["gray_p"] == pytest.approx(0.0028517, abs=5e-8)
    assert without["message"] == ""


def test_a_test_of_fewer_than_two_large_groups_is_refused_in_words(tmp_path: Path) -> None:
    asked = grouped(tmp_path, {"S01": (20, 5), "S02": (9, 1), "not recorded": (12, 1)})
    found = failure_test(asked, "fbss", "surgeon").iloc[0]
    assert found[["gray_p", "logrank_p"]].isna().all()
    assert found["message"] == (
        "No test: it needs two groups of 10 or more operations. Left out, with fewer than 10 operations: S02 (9). "
        "Left out, as their group is not recorded: 12 operations."
    )


def test_a_test_of_surgeons_says_that_it_allows_for_no_unlike_procedures(tmp_path: Path) -> None:
    mixed = grouped(tmp_path, {"S01": (60, 15), "S02": (30, 0)}, ("tlif", "laminectomy"))
    words = failure_test(mixed, "fbss", "surgeon")["message"].iloc[0]
    assert words == "These hold unlike procedures, which the test does not allow for: choose one procedure family."
    assert failure_test(mixed, "fbss", "procedure")["message"].iloc[0] == ""


def test_a_test_without_groups_says_so(sample: Records) -> None:
    with pytest.raises(WrongUsage, match="--by"):
        failure_test(sample, "fbss")


def test_the_command_knows_every_question() -> None:
    assert tuple(QUESTIONS) == QUERIES


def test_counts_in_protected_form_are_charted_by_year_alone(sample: Records) -> None:
    """They come by year, and by month would all be of January."""
    manager = replace(sample, viewer=Viewer("Manager", "manager", protected=True))
    found = trend(manager, "fbss", 730)
    assert (found.period, found.judged_by, found.why) == ("year", "", NOT_OF_ROUNDED)
    assert trend(sample, "fbss", 730).judged_by != "year"
    for finer in PERIODS.keys() - {"year"}:
        with pytest.raises(WrongUsage, match="Choose one of year"):
            trend(manager, "fbss", 730, finer)


def test_periods_follow_one_another_or_one_lies_between_that_is_not_told() -> None:
    years = [date(year, 1, 1) for year in (2019, 2020, 2021)]
    assert are_whole(years, "year")
    assert not are_whole([years[0], years[2]], "year")
    assert are_whole([date(2019, 10, 1), date(2020, 1, 1)], "quarter")
    assert are_whole([], "year")
