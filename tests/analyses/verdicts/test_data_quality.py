"""Whether the figures can be trusted: what is said of them, from the frames that are drawn."""

from __future__ import annotations

from pathlib import Path

from dashboard.analyses.completeness import completeness, over_all_years
from dashboard.analyses.follow_up import everybody, follow_up
from dashboard.analyses.verdicts.answered import answered_verdict
from dashboard.analyses.verdicts.data_quality import (
    asking_verdict,
    followed_verdict,
    issues_verdict,
    published_verdict,
    recorded_verdict,
)
from dashboard.cohort import Cohort
from dashboard.records import Records
from tests.text_tables import records

NOBODY = Cohort(chosen={"procedure": ("disc_replacement",), "surgeon": ("S01",), "site": ("Lakeside",)})


def test_who_answered_is_said_with_what_the_overdue_would_add(sample: Records) -> None:
    found = followed_verdict(sample)
    assert found.answer == answered_verdict(sample).answer
    # 1,240 answered and 61 are overdue, of 1,815 due.
    assert found.doubt == "61 visits overdue can still be asked for: 71.7 % would have answered if they all were."
    assert (found.claims[-1].failed, found.claims[-1].operations) == (1240 + 61, 1815)
    assert len(found.sentence) < 330


def test_whom_to_ask_is_counted_over_all_visits(sample: Records) -> None:
    rows = everybody(follow_up(sample))
    found = asking_verdict(sample)
    assert found.answer == f"{rows['overdue'].sum()} visits overdue and {rows['open'].sum()} open now."
    assert found.doubt == "Overdue: 60 at 3 months, 61 at 12 months and 61 at 24 months."
    assert asking_verdict(sample.of(NOBODY)).answer == "No visit is overdue or open now among these operations."


def test_what_is_most_often_missing_is_named_and_complete_records_are_said_to_be(sample: Records) -> None:
    whole, found = over_all_years(completeness(sample)), recorded_verdict(sample)
    assert found.answer.startswith("Most often not recorded: tendency to scar (14.4 %), ")
    assert [claim.failed for claim in found.claims] == whole["missing"].tolist()


def test_what_the_last_import_left_out_is_said_first(sample: Records) -> None:
    found = issues_verdict(sample)
    assert found.sentence == "The last import left nothing out. 201 notes, none is of something registered twice."
    assert sum(claim.failed for claim in found.claims) == 201


def test_what_is_published_is_every_operation_whatever_is_chosen(sample: Records) -> None:
    said = "2,400 operations of 2,191 patients are published, with records up to 30 Sep 2026."
    assert published_verdict(sample).answer == said
    assert published_verdict(sample.of(NOBODY)).answer == said


def test_an_import_that_found_nothing_wrong_says_so(tmp_path: Path) -> None:
    asked = records(tmp_path, "operation | state | day\n1 | left | 90")
    assert issues_verdict(asked).sentence == "The last import found nothing wrong."
    assert recorded_verdict(asked).answer.startswith("Most often not recorded: ")
