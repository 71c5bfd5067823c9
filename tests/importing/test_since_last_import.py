"""What an import has changed, from two imports of a few operations each, whose figures are worked out by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.since_last_import import SinceImport, since_last_import
from dashboard.analyses.verdicts.since import NOTHING_BEFORE, since_verdict
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.importing.publishing.forgetting import forget
from dashboard.importing.publishing.upgrading import upgrade
from dashboard.importing.work import work
from dashboard.records import Records
from tests.importing.written import rows, take, write

REVISED = "reoperation"


def practice(folder: Path, operations: dict[int, tuple[str, str | None]], surgeon: str = "") -> Path:
    """Operations of TLIF on 1 Jan 2022, a patient each: by number the last contact, and the day of a reoperation."""
    lines = ["operation_id | patient_id | surgery_date | procedure | last_contact_date | surgeon"]
    for number, (seen, again) in operations.items():
        lines.append(f"O{number} | P{number} | 2022-01-01 | tlif | {seen} | {surgeon}")
        lines += [f"R{number} | P{number} | {again} | revision_fusion | {seen} | {surgeon}"] if again else []
    patients = ["patient_id | birth_year | sex", *(f"P{number} | 1960 | female" for number in operations)]
    return write(folder, "\n".join(patients), "\n".join(lines))


def door(store: Path, viewer: Viewer = OPERATOR, chosen: Cohort | None = None) -> Records:
    current = Store(store).current()
    assert current is not None
    return Records(DuckEngine(current.path, current.number), viewer, chosen or Cohort(), Audit(store / "audit"))


WELL, FAILED, SHORT = ("2026-01-01", None), ("2026-01-01", "2023-01-01"), ("2022-03-01", None)
FIRST = {**dict.fromkeys(range(1, 16), WELL), **dict.fromkeys(range(16, 19), FAILED), 19: SHORT, 20: SHORT}
"""Of twenty operations three failed, and two were seen for two months alone."""
SECOND = {**FIRST, 1: FAILED, 19: WELL, 20: FAILED, 21: FAILED, 22: WELL, 23: WELL}
del SECOND[18]
"""One is a failure after all, one failure is gone; two were followed further, one of them to a failure; three new."""


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twice")
    take(practice(folder / "first", FIRST), folder / "store")
    take(practice(folder / "second", SECOND), folder / "store")
    return folder / "store"


def since(store: Path) -> SinceImport:
    found = since_last_import(door(store), REVISED)
    assert found is not None
    return found


def test_each_step_is_what_it_says_and_all_together_lead_from_before_to_now(twice: Path) -> None:
    levels = since(twice).levels.set_index("step")
    # Before: 18 of 20 followed so long, 3 of them failed. Operation 1 is corrected to a failure, 18 is gone, a failure:
    # 3 of 17. Then 19 and 20 are known, one a failure: 4 of 19. Then three more, one a failure: 5 of 22.
    assert levels["operations"].tolist() == [20, 20, 19, 19, 22]
    assert levels["failed"].tolist() == [3, 3, 3, 4, 5]
    assert levels["touched"].tolist() == [0, 0, 2, 2, 3]
    assert levels["share"].tolist() == pytest.approx([3 / 18, 3 / 18, 3 / 17, 4 / 19, 5 / 22])
    assert round(levels["share"].iloc[0], 3) + levels["points"].sum() == pytest.approx(round(5 / 22, 3))


def test_the_figure_of_now_is_that_of_every_other_screen_whatever_is_chosen(twice: Path) -> None:
    rate = failure_rate(door(twice), REVISED, None, 730).iloc[0]
    assert since(twice).levels["share"].iloc[-1] == rate["share"]
    narrowed = door(twice, chosen=Cohort(chosen={"procedure": ("alif",)}))
    found = since_last_import(narrowed, REVISED)
    assert found is not None
    assert found.levels.equals(since(twice).levels)


def test_it_is_said_with_what_each_step_did(twice: Path) -> None:
    day = date.today()  # noqa: DTZ011 (the day of an import is the machine's)
    told = since_verdict(door(twice), REVISED)
    assert told.answer == f"22.7 % failed by 2 years, 16.7 % before the import of {day.day} {day:%b %Y}."
    assert told.doubt.startswith(
        "Definitions unchanged, 2 operations corrected +0.9, 2 operations followed further +3.5 and 3 new operations "
        "+1.6."
    )


def test_a_definition_that_has_changed_is_a_step_of_its_own_before_all_others(tmp_path: Path) -> None:
    others = replace(load(), version="others", reoperation_window_days=300)
    first, second = practice(tmp_path / "first", FIRST), practice(tmp_path / "second", SECOND)
    take(first, tmp_path / "store")
    work([second], tmp_path / "store", None, False, lambda step: None, definitions=others)
    found = since(tmp_path / "store")
    assert found.definitions_changed
    # By a window of 300 days each operation of a year later begins a course of its own, and none failed: 3 at first;
    # one of them goes with its patient; then three new ones, and three patients who are new.
    assert found.levels["operations"].tolist() == [20, 23, 21, 21, 27]
    assert found.levels["failed"].tolist() == [3, 0, 0, 0, 0]
    assert "Definitions changed −16.7" in since_verdict(door(tmp_path / "store"), REVISED).doubt


def test_bringing_records_up_to_date_changes_nothing_but_the_definitions(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    take(practice(tmp_path / "first", FIRST), store.root)
    upgrade(store, lambda step: None, replace(load(), version="others", reoperation_window_days=300))
    levels = since(store.root).levels
    assert levels["failed"].tolist() == [3, 0, 0, 0, 0]
    assert levels["touched"].tolist() == [0, 0, 0, 0, 0]


def test_a_first_import_has_nothing_before_it_and_who_sees_a_part_is_told_so(tmp_path: Path, twice: Path) -> None:
    take(practice(tmp_path / "first", FIRST), tmp_path / "store")
    assert since_last_import(door(tmp_path / "store"), REVISED) is None
    assert since_verdict(door(tmp_path / "store"), REVISED).answer == NOTHING_BEFORE
    part = Viewer("One", "surgeon", surgeon="S01")
    assert since_last_import(door(twice, part), REVISED) is None
    assert "your role shows a part" in since_verdict(door(twice, part), REVISED).answer


def test_records_in_another_order_change_nothing(tmp_path: Path, twice: Path) -> None:
    again = list(SECOND.items())
    random.Random(1).shuffle(again)
    take(practice(tmp_path / "first", dict(reversed(FIRST.items()))), tmp_path / "store")
    take(practice(tmp_path / "second", dict(again)), tmp_path / "store")
    assert since(tmp_path / "store").levels.equals(since(twice).levels)


def test_nobody_who_is_forgotten_can_be_seen_by_difference(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    take(practice(tmp_path / "first", FIRST), store.root)
    take(practice(tmp_path / "second", SECOND), store.root)
    forget(store, "P20", lambda step: None)
    # Without them on either side: 3 of 18, and 4 of 21 now; the one follow-up that is left is of nobody who failed.
    levels = since(store.root).levels.set_index("step")
    assert levels["operations"].tolist() == [19, 19, 18, 18, 21]
    assert levels["failed"].tolist() == [3, 3, 3, 3, 4]
    # Who was gone from the second import already stands in no count of it either.
    forget(store, "P18", lambda step: None)
    assert since(store.root).levels["failed"].tolist() == [2, 2, 3, 3, 4]


def test_counts_of_somebody_whose_own_import_is_gone_go_when_anybody_is_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", kept=1)
    take(practice(tmp_path / "first", FIRST), store.root)
    take(practice(tmp_path / "second", SECOND), store.root)
    first, second = store.generations()
    with store.writing():
        store.delete(first)
    forget(store, "P18", lambda step: None)
    assert [one.number for one in store.generations()] == [second.number + 1]
    assert rows(store.root, "select count(*) from import_change") == [(0,)]
    assert since_last_import(door(store.root), REVISED) is None
