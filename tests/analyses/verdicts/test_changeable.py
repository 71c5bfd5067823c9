"""What can be changed before surgery, in sentences: counts that can be checked by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.analyses.modifiable import Modifiable
from dashboard.analyses.verdicts.changeable import changeable_verdict


def answer(*risks: dict[str, Any], two: int, at_most: int) -> Modifiable:
    base = {"label": "Smoking", "before": True, "of_failures": 0.25, "exposed_failed": 10, "others_failed": 30}
    rows = pd.DataFrame([base | risk for risk in risks])
    return Modifiable(rows, "Hazard ratio", recent=120, recent_two=two, recent_two_at_most=at_most)


def test_who_had_two_risks_and_which_is_most_often_there_stand_with_their_counts() -> None:
    depression = {"label": "Depression", "of_failures": 0.4, "exposed_failed": 16, "others_failed": 24}
    after = {"label": "Followed the instructions", "before": False, "of_failures": 0.9}
    found = changeable_verdict(answer({}, depression, after, two=12, at_most=12))
    assert found.answer == (
        "12 of 120 operations of the last 12 months were in patients with two or more of the risks that were there "
        "before surgery (smoking, depression)."
    )
    assert found.doubt == "Most often present in failures: depression, in 40.0 % (16 of 40)."


def test_what_is_not_recorded_makes_it_at_least_so_many_and_of_no_failure_nothing_is_said() -> None:
    found = changeable_verdict(answer({"of_failures": None}, two=12, at_most=15))
    assert found.answer.startswith("At least 12 of 120 operations")
    assert found.answer.endswith("(smoking), and in 3 more it is not recorded.")
    assert found.doubt == ""
