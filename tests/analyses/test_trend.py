"""Change over time: what a period counts, where the picture ends, and operations between rare events."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.analyses.failure_test import failure_test
from dashboard.analyses.questions import QUESTIONS
from dashboard.analyses.trend import between, operated_monthly, trend
from dashboard.cli import QUERIES
from dashboard.cohort import Cohort
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats.control_charts import p_chart, xmr_chart
from tests.stats.reference import read
from tests.text_tables import assert_rows, records

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


def test_months_are_periods_too(tmp_path: Path) -> None:
    periods = trend(records(tmp_path, DAYS), "fbss", 90, "month").periods
    assert periods["label"].tolist()[:2] == ["Jan 2024", "Feb 2024"]
    assert len(periods) == 11


def test_the_chart_is_the_p_chart_of_its_mature_periods(sample: Records) -> None:
    answer = trend(sample, "fbss", 365)
    mature = answer.periods[~answer.periods["immature"]]
    drawn = mature[mature["share"].notna()]
    chart = p_chart(drawn["failed"], drawn["known"])
    assert drawn["share"].tolist() == pytest.approx(chart.value.tolist())
    assert drawn["upper_limit"].tolist() == pytest.approx(chart.upper.tolist())
    assert not answer.trial


def test_a_period_of_which_less_than_half_is_known_has_no_share(sample: Records) -> None:
    periods = trend(sample, "fbss", 365).periods
    hardly = periods[~periods["immature"] & (periods["known"] < 0.5 * periods["operations"])]
    assert len(hardly)
    assert hardly["share"].isna().all()


def test_every_whole_month_is_a_point_and_an_empty_one_too(tmp_path: Path) -> None:
    # data to 1 Jan 2025, which leaves January 2025 out
    asked = records(tmp_path, DAYS)
    months = operated_monthly(asked)
    assert months["label"].tolist()[0] == "Jan 2024"
    assert months["operations"].tolist() == [2, 3, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0]
    chart = xmr_chart(months["operations"])
    assert months["upper_limit"].tolist() == pytest.approx(chart.upper.tolist())
    assert months["lower_limit"].tolist() == [0] * 12
    # a period that begins within January leaves eleven whole months: no chart
    assert operated_monthly(asked.of(Cohort(operated_from=date(2024, 1, 2)))).empty


def test_a_month_beyond_what_months_differ_by_is_a_signal(sample: Records) -> None:
    months = operated_monthly(sample).set_index("label")
    assert months.index[-1] == "Sep 2026"
    assert months.loc["Dec 2020", "signal"] == "Outside the limits (above)"
    # one of a run below the centre
    assert months.loc["Apr 2020", "signal"] == ""


def test_operations_between_events_are_those_without(tmp_path: Path) -> None:
    # in order and known: 1 failed and 2 not on one day, 3, 5 failed, 6 failed
    answer = between(records(tmp_path, DAYS), "fbss", 90)
    assert answer.events["between"].tolist() == [1, 0]
    assert answer.since_last == 0
    assert answer.trial


def test_one_event_is_no_chart(tmp_path: Path) -> None:
    answer = between(records(tmp_path, "operation | state | day\n1 | failed | 5\n2 | left | 90"), "fbss", 90)
    assert answer.events.empty
    assert answer.since_last == 2


def test_an_unknown_period_is_refused(sample: Records) -> None:
    with pytest.raises(WrongUsage, match="quarter or month"):
        trend(sample, "fbss", 365, "week")


def gray_of_failure(expected: dict[str, Any]) -> float:
    gray = expected["gray"]
    return float(gray["stat"][[str(cause) for cause in gray["cause"]].index("1")])


def test_groups_are_tested_as_r_tests_them(open_cohort: Records) -> None:
    expected, found = read("spine_cohort_open"), failure_test(open_cohort, "fbss", "procedure").iloc[0]
    assert found["gray_statistic"] == pytest.approx(gray_of_failure(expected), rel=1e-9)
    assert found["logrank_statistic"] == pytest.approx(expected["logrank"]["chisq"], rel=1e-9)
    assert (found["groups"], found["degrees_of_freedom"]) == (8, 7)


def test_a_test_without_groups_says_so(sample: Records) -> None:
    with pytest.raises(WrongUsage, match="--by"):
        failure_test(sample, "fbss")


def test_the_command_knows_every_question() -> None:
    assert tuple(QUESTIONS) == QUERIES
