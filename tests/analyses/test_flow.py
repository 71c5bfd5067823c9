"""From rows read to operations known: each step is what the other screens show, and nobody is lost between two."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.cohort_line import cohort_line
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.flow import Left, Step, flow
from dashboard.analyses.known_status import known_status
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.pages.flow import boxes
from dashboard.records import Records
from tests.queries.test_marts import practice

OPERATIONS = """operation_id | patient_id | surgery_date | procedure | surgeon | last_contact_date
O1 | P1 | 2020-01-01 | tlif            | S01 | 2024-12-31
O2 | P1 | 2020-06-01 | revision_fusion | S01 | 2024-12-31
O3 | P2 | 2020-01-01 | microdiscectomy | S01 | 2020-03-01
O4 | P3 | 2024-06-01 | microdiscectomy | S02 | 2024-12-31
O5 | P4 | 31/02/2024 | microdiscectomy | S02 | 2024-12-31"""


def asked(folder: Path, viewer: Viewer = OPERATOR, cohort: Cohort | None = None) -> Records:
    store = practice(folder, OPERATIONS, diagnoses="operation_id | diagnosis_date | cause\nO1 | 2020-05-01 | infection")
    current = Store(store).current()
    assert current is not None
    return Records(DuckEngine(current.path, current.number), viewer, cohort or Cohort(), Audit(store / "audit"))


def test_every_row_read_is_accounted_for_down_to_those_known(tmp_path: Path) -> None:
    """Of five rows one has no such day; of four operations one is a reoperation, one not two years old, one lost."""
    steps = flow(asked(tmp_path), "fbss", 730)
    assert steps[0] == Step(
        5, "rows read from operations.csv, of the whole store, whatever is chosen", (Left(1, steps[0].left[0].why),)
    )
    assert steps[1:] == (
        Step(4, "operations", (Left(1, "planned stages and reoperations"),)),
        Step(3, "index operations, from which follow-up starts"),
        Step(3, "chosen"),
        Step(3, "eligible", (Left(1, "not yet due by 2 years"),)),
        Step(2, "due by 2 years", (Left(1, "last seen before that"),)),
        Step(1, "whose state is known; 1 failed"),
    )


def test_a_viewer_of_a_part_is_told_of_that_part_alone(tmp_path: Path) -> None:
    steps = flow(asked(tmp_path, Viewer("Dr One", "surgeon", surgeon="S01")), "fbss", 730)
    assert [step.count for step in steps] == [3, 2, 2, 2, 2, 1]


@pytest.mark.parametrize(
    ("chosen", "left", "those"), [({}, (), 4), ({"procedure": ("tlif",)}, (Left(3, "not chosen by the filters"),), 1)]
)
def test_with_every_operation_there_is_no_step_to_index_operations(
    tmp_path: Path, chosen: dict[str, tuple[str, ...]], left: tuple[Left, ...], those: int
) -> None:
    """Of four operations one is a reoperation, and one a TLIF."""
    records = asked(tmp_path, cohort=Cohort(chosen=chosen, every_operation=True))
    steps = flow(records, "fbss", 730)
    assert steps[1:3] == (Step(4, "operations, planned stages and reoperations too", left), Step(those, "chosen"))
    assert (cohort_line(records).operations, cohort_line(records).of) == (those, 4)


@pytest.mark.parametrize("outcome", ["fbss", "odi_worse"])
@pytest.mark.parametrize("chosen", [{}, {"family": ("fusion",)}])
def test_the_numbers_are_those_of_the_other_screens(
    sample: Records, outcome: str, chosen: dict[str, tuple[str, ...]]
) -> None:
    records = sample.of(Cohort(chosen=chosen))
    steps = flow(records, outcome, 730)
    assert all(one.count - sum(left.count for left in one.left) == after.count for one, after in pairwise(steps))
    line, rate = cohort_line(records), failure_rate(records, outcome).iloc[0]
    rows, operations, first, those, eligible, due, known = (step.count for step in steps)
    assert (rows, operations, first, those) == (2400, 2400, line.of, line.operations)
    assert (eligible - due, due, due - known) == (rate["not_due"], rate["due"], rate["lost"])
    if outcome == "fbss":
        status = known_status(records, outcome)
        assert (due, due - known) == (status.due, status.lost)


def test_what_comes_from_the_records_is_text_in_the_boxes() -> None:
    drawn = boxes((Step(2, "rows read from <b>.csv", (Left(1, "a & b"),)),))
    assert "rows read from &lt;b&gt;.csv" in drawn
    assert "1 a &amp; b" in drawn
