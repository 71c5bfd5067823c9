"""What is concluded of onset, symptoms and what patients report: the figures of the pictures, in a sentence each."""

from __future__ import annotations

from pathlib import Path

from dashboard.analyses.onset import onset
from dashboard.analyses.proms import proms
from dashboard.analyses.verdicts.onset import onset_verdict
from dashboard.analyses.verdicts.reported import reported_verdict
from dashboard.analyses.verdicts.symptoms import resolved_verdict, symptoms_verdict
from dashboard.records import Records
from tests.text_tables import records

ONE = "operation | state | day\n1 | left | 30"


def test_onset_says_by_when_half_had_come_and_the_most_frequent_category(sample: Records) -> None:
    found, rows = onset_verdict(sample, "fbss"), onset(sample, "fbss", None, 1825)
    days = rows.quantiles.iloc[0]
    assert (days["failures"], days["half"], days["three_quarters"]) == (315, 207, 535)
    assert found.answer == (
        "Half of the 315 failures seen within 5 years had shown themselves by 6.8 months after surgery, three quarters "
        "by 17.6 months."
    )
    assert found.doubt == (
        "Most often late (after day 365): 117 of 315 (32.0 to 42.6 %). Failures seen are not all failures to come."
    )
    assert sum(claim.failed for claim in found.claims) == 315


def test_no_failure_no_symptom_and_no_answer_are_said(tmp_path: Path) -> None:
    asked = records(tmp_path, ONE)
    assert onset_verdict(asked, "fbss").sentence == "No failure was seen within 5 years of surgery."
    assert symptoms_verdict(asked).answer == resolved_verdict(asked).answer
    assert reported_verdict(asked).sentence.endswith("at 12 months: nothing can be said of a change.")


def test_the_most_frequent_symptoms_and_when_the_earliest_and_the_latest_come(sample: Records) -> None:
    found = symptoms_verdict(sample)
    assert found.answer == (
        "Most often within 5 years of surgery: localized back pain (9.7 %), shooting leg pain (8.3 %) and tingling "
        "(4.9 %), of 2,218 operations."
    )
    assert found.doubt == "Earliest fever, half by 10 days; latest limp, half by 8.4 months."


def test_how_many_symptoms_resolved_and_which_come_together(sample: Records) -> None:
    found = resolved_verdict(sample)
    assert found.answer.startswith("38.1 % (349 of 917; 35.0 to 41.2) of the symptoms reported within 5 years")
    assert found.doubt == (
        "Most of progressive weakness (83.3 %), fewest of tingling (22.2 %). Most often together: localized back pain "
        "with shooting leg pain (75 operations)."
    )


def test_what_patients_report_is_the_share_better_and_worse_of_those_who_answered_twice(sample: Records) -> None:
    found, rows = reported_verdict(sample), proms(sample, "odi_change")
    row = rows[rows["visit"] == 12].iloc[0]
    assert (row["mcid_reached"], row["with_change"], row["due"]) == (700, 1036, 1815)
    assert found.answer == (
        "67.6 % (700 of 1,036; 64.7 to 70.3) were better at 12 months by 12.8 points of 100 or more, 3.3 % worse by 8 "
        "or more."
    )
    assert found.doubt == (
        "Median 44 before surgery, 20 at 12 months (lower is better). 1,036 of 1,815 due answered Disability (ODI) "
        "before surgery and at 12 months: the others could differ."
    )
    assert "worse" not in reported_verdict(sample, "back_change", 24, "registries").answer
