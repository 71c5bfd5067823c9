"""The door keeps to the scope: slots, words, facts, and the practice that a viewer is compared with."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard import slots, sql
from dashboard.access import Viewer
from dashboard.analyses.groups import due_from
from dashboard.analyses.questions import QUESTIONS, answer
from dashboard.audit import Audit
from dashboard.audit_keys import DISCLOSURE
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.disclosure import hidden_among
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.errors import NotAllowed, OutcomesError, WrongUsage
from dashboard.private import SECRET_BYTES, secret
from dashboard.protecting import STEP, WIDEST
from dashboard.records import Records
from tests.matrix import VIEWERS
from tests.text_tables import generation, records

OPERATIONS = """
operation | procedure       | surgeon | site  | state  | day
1         | microdiscectomy | S01     | North | failed | 30
2         | tlif            | S01     | North | left   | 40
3         | tlif            | S02     | South | died   | 50
"""
MANAGER = Viewer("Manager", "manager")
ONE = Viewer("Dr One", "surgeon", surgeon="S01")
NORTH = Viewer("Manager of North", "manager", sites=("North",))
NOWHERE = Viewer("Manager of nothing", "manager", sites=())
LANDMARK: dict[str, Any] = {"outcome": "fbss"}


def lines(asked: Records) -> list[dict[str, Any]]:
    return [json.loads(line) for line in asked.audit.path.read_text().splitlines()]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DuckEngine:
    return generation(tmp_path_factory.mktemp("scope"), OPERATIONS)


@pytest.mark.parametrize("column", ["operation", "patient", "operated", "profile", "day", "state", "age or 1", "rowid"])
@pytest.mark.parametrize("read", sorted({read for read, _ in slots.SLOTS}))
def test_no_column_that_tells_patients_apart_may_be_counted_by(
    engine: DuckEngine, tmp_path: Path, read: str, column: str
) -> None:
    asked = Records(engine, MANAGER, Cohort(), Audit(tmp_path / "audit"))
    for slot in sql.slots_of(f"reads/{read}"):
        filled = dict.fromkeys(sql.slots_of(f"reads/{read}"), "age") | {slot: column}
        with pytest.raises(NotAllowed):
            asked.read(read, columns=filled)
    assert {line["what"] for line in lines(asked)} == {"refusal"}
    assert lines(asked)[0]["question"] == read


def test_single_patients_are_not_counted_by_a_pair_of_columns(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, viewer=MANAGER)
    for columns in ({"by": ("surgeon", "site")}, {"by": "smoking"}, {"other": "surgeon"}):
        with pytest.raises(NotAllowed):
            asked.read("case_mix", columns=columns)


def test_every_slot_of_every_read_is_on_the_list_and_every_line_of_it_is_a_slot() -> None:
    reads = Path(__file__).parents[1] / "queries" / "reads"
    there = {(path.stem, slot) for path in reads.glob("*.sql") for slot in sql.slots_of(f"reads/{path.stem}")}
    assert {pair for pair in there if pair[0] != "cohort"} == set(slots.SLOTS)


def test_what_may_be_counted_by_is_a_column_and_never_one_patient() -> None:
    for allowed in slots.SLOTS.values():
        assert not set(allowed(load())) & {"operation", "patient", "operated", "day", "profile"}


def test_words_of_others_are_not_known_nor_of_who_has_few_operations_there(tmp_path: Path) -> None:
    more = [f"{number} | tlif | {'S01' if number < 40 else 'S03'} | North | left | 40" for number in range(4, 43)]
    asked = records(tmp_path, "\n".join([OPERATIONS.rstrip(), *more]), viewer=NORTH)
    assert asked.choices("surgeon") == {"S01": "S01"}
    assert asked.choices("site") == {"North": "North"}
    assert set(asked.order("surgeon")) == {"not recorded", "S01"}
    with pytest.raises(WrongUsage) as unknown:
        asked.read("failure_curve", columns={"by": ()}, outcome="fbss", surgeon="S02")
    assert unknown.value.message == '"S02" is no surgeon in this data.'


def test_whoever_is_not_named_to_a_viewer_has_no_row_by_whatever_secret(sample_store: Path, tmp_path: Path) -> None:
    shown = Store(sample_store).last_whole()
    assert shown is not None
    engine = DuckEngine(shown.generation.path, shown.generation.number)
    unnamed = 0
    for key in range(12):
        folder = tmp_path / str(key)
        secret(folder / DISCLOSURE, bytes([key]) * SECRET_BYTES)
        asked = Records(engine, Viewer("Manager", "manager", sites=("Lakeside",)), Cohort(), Audit(folder))
        named = set(asked.choices("surgeon"))
        of: dict[str, dict[str, Any]] = {
            "lost": {"outcome": "fbss", "within_days": 730, "due_from": due_from(asked, 730)}, "follow_up": {},
        }  # fmt: skip
        for name, values in of.items():
            told = set(asked.read(name, columns={"by": "surgeon"}, **values)["unit"]) - {"not recorded"}
            assert told <= named
        unnamed += len(named) < 7
    assert unnamed
    engine.close()


@pytest.mark.parametrize("viewer", [NOWHERE, Viewer("Dr New", "surgeon", surgeon="S99")])
def test_who_has_no_scope_sees_nothing_anywhere(tmp_path: Path, viewer: Viewer) -> None:
    asked = records(tmp_path, OPERATIONS, viewer=viewer)
    assert (asked.facts.operations, asked.facts.all_operations, asked.facts.patients) == (0, 0, 0)
    assert (asked.facts.first_operation, asked.facts.last_operation) == (None, None)
    assert asked.choices("surgeon") == asked.choices("site") == {}
    assert not asked.of_practice.whole_practice
    assert asked.of_practice.read("landmark", columns={"by": "surgeon"}, **LANDMARK).empty
    assert asked.read_codes("profiles", columns={"adjusting": load().adjusting}).empty


@pytest.mark.parametrize("viewer", [NOWHERE, Viewer("Dr New", "surgeon", surgeon="S99")])
def test_who_has_no_scope_gets_an_answer_or_a_refusal_to_every_question(tmp_path: Path, viewer: Viewer) -> None:
    asked, answered = records(tmp_path, OPERATIONS, viewer=viewer), 0
    for name in QUESTIONS:
        with suppress(OutcomesError):
            answer(asked, name, "fbss", None, None)
            answered += 1
    assert answered


def test_a_list_is_of_the_scope_when_the_whole_practice_is_counted(tmp_path: Path) -> None:
    """What a viewer is compared with are counts: no list of the practice comes with them."""
    wider = replace(records(tmp_path, OPERATIONS, viewer=ONE), whole_practice=True)
    listed = wider.listing("operations_list", outcome="fbss", states=None, causes=None)
    assert sorted(listed["operation"]) == [1, 2]


def test_who_sees_nothing_writes_nothing(tmp_path: Path) -> None:
    asked = replace(records(tmp_path, OPERATIONS, viewer=NOWHERE), notebook=Notebook(tmp_path / "store"))
    with pytest.raises(NotAllowed):
        asked.note("annotation", "2024-01-01", "A new way of closing wounds")
    assert lines(asked)[-1]["what"] == "refusal"


def test_only_who_sees_everything_brings_records_in() -> None:
    assert Viewer("m", "steward").may_import
    for narrowed in ({"surgeon": "S01"}, {"sites": ("North",)}, {"sites": ()}):
        assert not Viewer("m", "steward", **narrowed).may_import


def test_facts_are_of_what_may_be_seen(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, viewer=ONE)
    assert (asked.facts.operations, asked.facts.patients) == (2, 2)
    assert str(asked.facts.data_date) == "2025-01-01"


@pytest.mark.parametrize("read", ["codes", "facts", "missing_kinds"])
@pytest.mark.parametrize("name", VIEWERS)
def test_what_the_door_itself_asks_is_told_to_nobody_as_it_is(tmp_path: Path, read: str, name: str) -> None:
    """Every name is in one of them, and how many patients there are in another."""
    asked = records(tmp_path, OPERATIONS, viewer=VIEWERS[name])
    for answer_of in (asked.read, asked.read_codes):
        with pytest.raises(NotAllowed):
            answer_of(read)
    assert asked.facts.data_date == date(2025, 1, 1)


@pytest.mark.parametrize("read", sorted(slots.OF_NO_SCOPE))
def test_what_belongs_to_nobody_is_for_who_sees_every_part(tmp_path: Path, read: str) -> None:
    asked: dict[str, Any] = dict.fromkeys(sql.load(read).parameters, "fbss")
    with pytest.raises(NotAllowed, match="a part of it"):
        records(tmp_path, OPERATIONS, viewer=NORTH).read(read, **asked)
    assert records(tmp_path / "whole", OPERATIONS, viewer=MANAGER).read(read, **asked) is not None


PEERS = "\n".join(
    ["operation | surgeon | state | day"]
    + [f"{place}{one:02} | S0{place} | left | 90" for place in range(1, 8) for one in range(4 + place)]
)
"""Seven surgeons, each with one operation more than the one before."""


OF_CASE_MIX: dict[str, Any] = {"within_days": 30, "due_from": date(2030, 1, 1), "at_visit": False}
VALUES: dict[str, dict[str, Any]] = {"case_mix": OF_CASE_MIX, "lost": {"within_days": 30, "due_from": date(2030, 1, 1)}}


@pytest.mark.parametrize("by", [(), "surgeon", "site"])
@pytest.mark.parametrize("name", sorted(slots.OF_THE_PRACTICE))
def test_no_read_of_the_practice_gives_a_viewer_of_a_part_any_count_of_others(
    tmp_path: Path, name: str, by: str | tuple[()]
) -> None:
    columns: dict[str, Any] = {"adjusting": load().adjusting} if name == "profiles" else {"by": by}
    values = {} if name == "profiles" else {**LANDMARK, **VALUES.get(name, {})}
    own = records(tmp_path, PEERS, viewer=ONE)
    manager = records(tmp_path / "whole", PEERS, viewer=MANAGER)
    assert own.of_practice.whole_practice
    for ask in ("read", "read_codes"):
        assert len(getattr(manager.of_practice, ask)(name, columns=columns, **values))
        with pytest.raises(NotAllowed, match="only comparisons"):
            getattr(own.of_practice, ask)(name, columns=columns, **values)
    if name != "profiles":
        counts = own.read(name, columns=columns, **values)
        column = "due" if "due" in counts else "operations"
        # In `landmark` nobody is due whose outcome is asked at no visit.
        assert int(counts["operations" if name == "landmark" else column].sum()) == 5


def test_of_others_there_are_rounded_counts_of_many_alone(tmp_path: Path) -> None:
    """Of the 51 of six peers: neither a peer, nor in words what stands behind the counts."""
    others = records(tmp_path, PEERS, viewer=ONE).of_practice.others("surgeon", **LANDMARK, **OF_CASE_MIX)
    assert abs(others.told("operations") - 51) <= WIDEST
    assert others.told("operations") % STEP == others.told("failed") % STEP == 0
    assert others.patterns.columns.intersection(["unit", "surgeon", "site", "profile"]).empty
    assert "=" not in repr(others)
    for kind in ("site", "age"):
        with pytest.raises(NotAllowed, match="wholly yours"):
            records(tmp_path / kind, PEERS, viewer=ONE).of_practice.others(kind, **LANDMARK, **OF_CASE_MIX)


def test_whoever_is_told_rounded_counts_alone_and_whoever_sees_no_figures_is_told_nothing_of_others(
    tmp_path: Path,
) -> None:
    for viewer in (replace(ONE, protected=True), Viewer("Auditor", "auditor", surgeon="S01")):
        asked = replace(records(tmp_path / viewer.role, PEERS, viewer=viewer), whole_practice=True)
        with pytest.raises(NotAllowed):
            asked.others(**LANDMARK, **OF_CASE_MIX)
        assert lines(asked)[-1]["what"] == "refusal"


@pytest.mark.parametrize(
    ("sizes", "kind", "hidden"),
    [
        ([10, 10, 10, 10, 10], "surgeon", True),
        ([10, 10, 10, 10], "surgeon", False),
        ([40, 10, 10, 10, 9], "surgeon", False),
        ([40, 10, 10, 10, 10], "surgeon", True),
        ([2, 2, 2, 2, 2], "surgeon", False),
        ([5, 5, 5], "site", True),
        ([10, 10], "site", False),
        ([], "site", False),
    ],
)
def test_others_are_hidden_among_many_of_whom_none_has_more_than_half(
    sizes: list[int], kind: str, hidden: bool
) -> None:
    assert hidden_among(sizes, kind) is hidden
