"""What changed since the last report: two generations held together, by figures that are worked out by hand."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.access import VISITOR, Viewer
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.documents import last_report
from dashboard.documents.document import Paragraph
from dashboard.documents.last_report import A_PART, INDEX_ALONE, MOST_KEPT, NONE_YET, NOTHING_SINCE, LastReport, keep
from dashboard.documents.quality.changes import MADE_ANEW, changes
from dashboard.documents.wanted import Wanted
from dashboard.engines import pins
from dashboard.engines.generations import Store
from dashboard.errors import StoreBusy
from dashboard.importing.publishing.forgetting import forget
from dashboard.importing.publishing.upgrading import upgrade
from tests.importing.test_since_last_import import FAILED, FIRST, REVISED, SECOND, WELL, door, practice
from tests.importing.written import take

THIRD = {**SECOND, 2: FAILED, 24: WELL}
KIND = "quality"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One import, from which a report was made, and two more."""
    folder = tmp_path_factory.mktemp("three")
    store = Store(folder / "store")
    take(practice(folder / "first", FIRST, "S01"), store.root)
    keep(store, door(store.root), KIND)
    take(practice(folder / "second", SECOND, "S01"), store.root)
    take(practice(folder / "third", THIRD, "S01"), store.root)
    return store.root


@pytest.fixture
def store(three: Path, tmp_path: Path) -> Store:
    """A copy of it."""
    shutil.copytree(three, tmp_path / "store")
    return Store(tmp_path / "store")


def last(store: Store, cohort: Cohort | None = None, viewer: Viewer | None = None) -> LastReport:
    records = door(store.root, chosen=cohort)
    records = replace(records, viewer=viewer) if viewer else records
    return last_report.last_report(store, records, KIND, [REVISED])


def levels(found: LastReport) -> tuple[list[int], list[int], list[int]]:
    steps = found.steps(REVISED, 730)
    assert steps is not None
    return tuple(steps.levels[name].tolist() for name in ("operations", "failed", "touched"))  # type: ignore[return-value]


def test_it_is_held_against_the_records_of_the_last_report_not_of_the_last_import(store: Store) -> None:
    found = last(store)
    assert (found.generation, found.why) == (1, "")
    # As since the second import (see there), with operation 2 corrected to a failure as well, and one more that is new.
    assert levels(found) == ([20, 20, 19, 19, 23], [3, 3, 4, 5, 6], [0, 0, 3, 2, 4])


def test_of_a_period_only_its_own_operations_are_counted_on_either_side(store: Store) -> None:
    none = Cohort(operated_to=date(2021, 12, 31))
    assert last(store, none).steps(REVISED, 730) is None  # nobody on either side
    all_of_them = Cohort(operated_from=date(2022, 1, 1), operated_to=date(2022, 1, 1))
    assert levels(last(store, all_of_them)) == levels(last(store))


def test_a_report_of_another_scope_has_its_own_last_one(store: Store) -> None:
    tlif = Cohort(chosen={"procedure": ("tlif",)})
    assert last(store, tlif).why == NONE_YET
    assert last_report.last_report(store, door(store.root), "appraisal", [REVISED]).why == NONE_YET


def test_what_is_chosen_narrows_by_its_name_whatever_its_code_was(store: Store) -> None:
    tlif = Cohort(chosen={"procedure": ("tlif",)})
    pins.put(store.root, last_report.pin_of(KIND, tlif), 1)
    assert levels(last(store, tlif)) == levels(last(store))
    alif = Cohort(chosen={"procedure": ("alif",)})
    pins.put(store.root, last_report.pin_of(KIND, alif), 1)
    assert last(store, alif).steps(REVISED, 730) is None


def test_one_surgeon_is_told_of_to_whom_surgeons_are_numbers_as_to_whom_they_are_names(store: Store) -> None:
    named = door(store.root)
    (name,) = named.choices("surgeon")
    one = Cohort(chosen={"surgeon": (name,)})
    pins.put(store.root, last_report.pin_of(KIND, one), 1)
    masked = Viewer("Manager", "manager", masked=True)
    (number,) = replace(named, viewer=masked).choices("surgeon")
    assert number != name
    found = last(store, Cohort(chosen={"surgeon": (number,)}), masked)
    assert (found.generation, levels(found)) == (1, levels(last(store, one)))
    assert last(store, one, masked).why == NONE_YET


def test_of_every_operation_nothing_is_told_as_index_operations_alone_are_held_together(store: Store) -> None:
    every = Cohort(every_operation=True)
    pins.put(store.root, last_report.pin_of(KIND, every), 1)
    found = last(store, every)
    assert (found.records, found.why) == (None, INDEX_ALONE)
    before = pins.pins(store.root)
    keep(store, door(store.root, chosen=every), KIND)
    assert pins.pins(store.root) == before


def test_made_again_from_the_same_records_it_says_the_same(store: Store) -> None:
    before = levels(last(store))
    keep(store, door(store.root), KIND)
    keep(store, door(store.root), KIND)
    assert levels(last(store)) == before
    assert sorted(pins.pins(store.root).values()) == [1, 3]


def test_a_first_report_and_one_of_the_same_records_say_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    take(practice(tmp_path / "first", FIRST), store.root)
    assert last(store).why == NONE_YET
    keep(store, door(store.root), KIND)
    assert last(store).why == NOTHING_SINCE


def test_a_definition_that_has_changed_since_is_a_step_of_its_own(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    take(practice(tmp_path / "first", FIRST), store.root)
    others = replace(load(), version="others", reoperation_window_days=300)
    pins.put(store.root, last_report.pin_of(KIND, Cohort()), upgrade(store, lambda step: None, others).number)
    take(practice(tmp_path / "second", SECOND), store.root)
    found = last(store).steps(REVISED, 730)
    assert found is not None
    assert found.definitions_changed
    # By a window of 300 days nobody failed; by that of today three of twenty did, and so on as ever.
    assert found.levels["failed"].tolist() == [0, 3, 3, 4, 5]


def test_who_sees_a_part_is_told_nothing_and_keeps_nothing(store: Store) -> None:
    part = Viewer("One", "surgeon", surgeon="S01")
    assert last(store, viewer=part).why == A_PART
    before = pins.pins(store.root)
    for viewer in (part, VISITOR):
        keep(store, replace(door(store.root), viewer=viewer), KIND)
    assert pins.pins(store.root) == before


def test_no_more_scopes_are_kept_than_there_is_room_for(store: Store) -> None:
    for number in range(1, MOST_KEPT + 2):
        keep(store, door(store.root, chosen=Cohort(chosen={"procedure": (f"p{number}",)})), KIND)
    assert len(pins.pins(store.root)) == MOST_KEPT
    assert last(store).why == NONE_YET  # the oldest was let go


def test_while_an_import_runs_it_says_why_it_cannot(store: Store) -> None:
    with store.writing():
        assert "cannot be told" in last(store).why
        with pytest.raises(StoreBusy):
            keep(store, door(store.root), KIND)


def test_records_of_then_without_somebody_who_was_forgotten_say_so_and_not_who(store: Store) -> None:
    assert not last(store).anew
    assert forget(store, "P2", lambda step: None)
    found = last(store)
    assert found.anew
    told = changes(door(store.root), Wanted(REVISED, 730, datetime(2026, 9, 30, tzinfo=UTC), last=found))
    assert Paragraph(MADE_ANEW) in told
    before = changes(door(store.root), Wanted(REVISED, 730, datetime.now(UTC), last=replace(found, anew=False)))
    assert [block for block in told if block != Paragraph(MADE_ANEW)] == before


def test_what_was_counted_is_not_counted_again_each_time_that_a_preview_is_drawn(store: Store) -> None:
    first = levels(last(store))
    with store.writing():
        # Whoever counts needs the lock: an import that runs does not stand in the way of what is known.
        assert levels(last(store)) == first
        assert last(store, Cohort(operated_to=date(2022, 6, 30))).why.startswith("What changed since the last report")


@pytest.mark.parametrize("viewer", [Viewer("M", "manager", protected=True), Viewer("N", "manager", sites=("North",))])
def test_of_two_reports_in_rounded_counts_no_difference_is_told(store: Store, viewer: Viewer) -> None:
    assert last(store, viewer=viewer).why == A_PART
    before = pins.pins(store.root)
    keep(store, replace(door(store.root), viewer=viewer), KIND)
    assert pins.pins(store.root) == before
