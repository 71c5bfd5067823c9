"""An estimate is made once for all to whom the same is told, and each of them stands in the audit as who asked it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pandas as pd
import pytest

from dashboard.access import PLANNING, Viewer
from dashboard.analyses.contacts import mark_contacted
from dashboard.analyses.red_flags import queue
from dashboard.analyses.remembering import forget, remembered
from dashboard.analyses.verdicts.me import me_verdict
from dashboard.analyses.verdicts.overview import overview_verdict
from dashboard.audit import Audit, lines_of, verify
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.errors import NotAllowed
from dashboard.records import Records
from tests.text_tables import records

FOUR = """
operation | procedure       | surgeon | site    | state  | day
1         | microdiscectomy | S01     | North | failed | 30
2         | laminectomy     | S01     | South   | died   | 40
3         | tlif            | S02     | North | failed | 50
4         | tlif            | S02     | South   | left   | 300
"""
ANNA, BEA = Viewer("Anna Berg", "surgeon", "S01"), Viewer("Bea Lind", "surgeon", "S01")
MANAGER = Viewer("Max Moor", "manager")
OPERATOR = Viewer("Olga Berg", "operator")
MADE: list[str] = []
ALL_THREE = ["failure_curve", "failure_curve", "operations"]
"""What ``twice`` rests on."""


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Records]:
    MADE.clear()
    made = records(tmp_path, FOUR, viewer=MANAGER)
    yield made
    forget()


def as_of(door: Records, viewer: Viewer) -> Records:
    """Another's door to the same records."""
    return replace(door, viewer=viewer)


def on_record(door: Records, *what: str) -> dict[str, list[str]]:
    """Of each who asked the questions put on record, in order; of these kinds of line, or of every kind."""
    found: dict[str, list[str]] = {}
    for line in lines_of(door.audit.path.parent):
        if line["what"] in (what or ("counts", "refusal", "listing")):
            found.setdefault(line["viewer"], []).append(line["question"])
    return found


@remembered
def curve(door: Records) -> pd.DataFrame:
    """Two questions."""
    MADE.append(door.viewer.name)
    door.read("operations")
    return door.read("failure_curve", columns={"by": "procedure"}, outcome="fbss")


@remembered
def twice(door: Records, more: str = "") -> int:
    """What rests on another estimate, and on a question of its own."""
    MADE.append(f"twice {door.viewer.name}")
    door.read("failure_curve", columns={"by": "surgeon"}, outcome="fbss")
    return len(curve(door)) + len(more)


@remembered
def listed(door: Records) -> pd.DataFrame:
    """Single operations, which nobody may keep."""
    return door.listing("operations_list", outcome="fbss", states=None, causes=None)


@remembered
def refused(door: Records) -> pd.DataFrame:
    """What this viewer may not be told."""
    MADE.append(door.viewer.name)
    return door.read("operations_list")


@remembered
def without_it(door: Records) -> int:
    """What goes on without what is refused."""
    MADE.append(f"without {door.viewer.name}")
    with suppress(NotAllowed):
        refused(door)
    return len(door.read("operations"))


def test_two_of_one_scope_and_role_share_an_estimate_and_both_stand_in_the_audit(door: Records) -> None:
    shown = [curve(as_of(door, viewer)) for viewer in (ANNA, BEA, ANNA)]
    assert MADE == ["Anna Berg"]
    pd.testing.assert_frame_equal(shown[0], shown[1])
    assert on_record(door) == {who: ["operations", "failure_curve"] for who in ("Anna Berg", "Bea Lind")}
    shown[1]["failed"] = -1
    assert curve(as_of(door, BEA))["failed"].min() >= 0
    assert not verify(door.audit.path.parent)


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNA, name="Other", surgeon="S02"), replace(ANNA, name="Other", sites=("North",)),
        replace(ANNA, name="Other", protected=True), replace(ANNA, name="Other", masked=True),
        replace(ANNA, name="Other", role="operator"), replace(ANNA, name="Other", surgeon=None, role="manager"),
        replace(ANNA, name="Other", without=(PLANNING,)), replace(ANNA, name="Other", made_up_only=True),
    ],
)  # fmt: skip
def test_who_is_told_anything_else_shares_nothing(door: Records, other: Viewer) -> None:
    curve(as_of(door, ANNA))
    with suppress(NotAllowed):  # of so few some are told nothing
        curve(as_of(door, other))
    assert MADE == ["Anna Berg", "Other"]


def test_other_operations_and_other_words_share_nothing(door: Records) -> None:
    anna = as_of(door, ANNA)
    twice(anna)
    twice(anna.of(Cohort(operated_from=date(2020, 1, 1))))
    twice(anna, more="more")
    twice(as_of(door, BEA), more="more")
    assert MADE == ["twice Anna Berg", "Anna Berg", "twice Anna Berg", "Anna Berg", "twice Anna Berg"]


def test_what_an_estimate_rests_on_is_on_record_too_whoever_made_it(door: Records) -> None:
    curve(as_of(door, ANNA))
    assert twice(as_of(door, BEA)) == twice(as_of(door, ANNA)) == twice(as_of(door, replace(ANNA, name="Cleo")))
    assert MADE == ["Anna Berg", "twice Bea Lind"]
    found = {who: sorted(asked) for who, asked in on_record(door).items()}
    assert found == dict.fromkeys(("Anna Berg", "Bea Lind", "Cleo"), ALL_THREE)


def test_twelve_who_come_together_wait_for_one_and_stand_in_the_audit_each(door: Records) -> None:
    people, starting = [replace(ANNA, name=f"Person {n}") for n in range(12)], Barrier(12)

    def comes(viewer: Viewer) -> int:
        starting.wait()
        return twice(as_of(door, viewer))

    with ThreadPoolExecutor(12) as threads:
        assert len(set(threads.map(comes, people))) == 1
    assert len(MADE) == 2
    assert {who: sorted(asked) for who, asked in on_record(door).items()} == {each.name: ALL_THREE for each in people}
    assert not verify(door.audit.path.parent)


def test_a_refusal_is_in_the_name_of_each_who_is_refused(door: Records) -> None:
    for viewer in (ANNA, BEA):
        with pytest.raises(NotAllowed):
            refused(as_of(door, viewer))
    assert MADE == ["Anna Berg", "Bea Lind"]
    assert [*on_record(door, "refusal")] == ["Anna Berg", "Bea Lind"]


def test_what_was_refused_on_the_way_to_an_answer_is_on_record_of_each_who_shares_it(door: Records) -> None:
    for viewer in (ANNA, BEA, ANNA, BEA):
        without_it(as_of(door, viewer))
    assert MADE == ["without Anna Berg", "Anna Berg"]
    assert on_record(door, "refusal") == {who: ["operations_list"] for who in ("Anna Berg", "Bea Lind")}


def test_who_waits_with_others_for_what_is_refused_is_refused_in_the_own_name(door: Records) -> None:
    starting = Barrier(6)

    def comes(number: int) -> None:
        starting.wait()
        with pytest.raises(NotAllowed):
            refused(as_of(door, replace(ANNA, name=f"Person {number}")))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(comes, range(6)))
    assert {*on_record(door, "refusal")} == {f"Person {number}" for number in range(6)}


def test_an_estimate_that_was_kept_is_asked_again_on_the_next_day(door: Records) -> None:
    now = [datetime(2026, 3, 1, 12, tzinfo=UTC)]
    audited = replace(door, viewer=ANNA, audit=Audit(door.audit.path.parent, clock=lambda: now[0]))
    for day in range(3):
        for _ in range(4):
            curve(audited)
        assert on_record(audited) == {"Anna Berg": ["operations", "failure_curve"] * (day + 1)}
        now[0] += timedelta(days=1)
    assert MADE == ["Anna Berg"]


def test_a_list_of_single_operations_is_never_kept(door: Records) -> None:
    with pytest.raises(RuntimeError, match="Single operations are remembered: operations_list"):
        listed(as_of(door, OPERATOR))
    assert not on_record(door, "listing")


def test_a_contact_that_is_marked_counts_at_once_in_what_stands_first(sample_store: Path, tmp_path: Path) -> None:
    current = Store(sample_store).current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    sample = Records(engine, OPERATOR, Cohort(), Audit(tmp_path / "audit"), Notebook(tmp_path))
    of_one = replace(sample, viewer=replace(ANNA, surgeon=str(queue(sample).rows.iloc[0]["surgeon"])))

    def said() -> tuple[str, str]:
        mine = me_verdict(of_one, str(of_one.viewer.surgeon), "fbss")
        return overview_verdict(sample, "fbss").doubt, mine.doubt

    before, waiting = said(), [queue(of_one), queue(sample)]
    assert f"after {waiting[1].uncontacted} operations wait" in before[0]
    longest = waiting[0].longest_waiting
    assert longest is not None
    for _, flag in waiting[0].rows[waiting[0].rows["operation"] == longest["operation"]].iterrows():
        mark_contacted(of_one, flag["subject"], "Called.")
    after = said()
    assert f"after {waiting[1].uncontacted - 1} operations wait" in after[0]
    assert after[1] != before[1]
    engine.close()
