"""The one door: scope, words and codes, what is dropped, what is put on record, what is remembered."""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard import sql
from dashboard.access import OPERATOR, Viewer
from dashboard.cohort import PARAMETERS, Cohort
from dashboard.engines import duck
from dashboard.engines.duck import MOST_MILLISECONDS, DuckEngine
from dashboard.engines.versions import SCHEMA
from dashboard.errors import NoData, NotAllowed, OurFault, OutcomesError, QueryFailed, WrongUsage
from dashboard.records import Records
from tests.text_tables import generation, records

OPERATIONS = """
operation | procedure       | surgeon | state  | day
1         | microdiscectomy | S01     | failed | 30
2         | tlif            | S01     | left   | 40
3         | tlif            | S02     | died   | 50
"""


def operations(asked: Records) -> int:
    return int(asked.read("operations")["operations"].item())


def test_unknown_names_beside_known_ones_match_nothing(tmp_path: Path) -> None:
    asked = records(
        tmp_path, OPERATIONS, cohort=Cohort(chosen={"procedure": ("tlif", "unheard_of"), "site": ("North",)})
    )
    assert operations(asked) == 2


def test_a_filter_of_unknown_names_only_matches_nobody(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, cohort=Cohort(chosen={"procedure": ("unheard_of",)}))
    assert operations(asked) == 0
    assert operations(asked.of(Cohort())) == 3


def test_a_surgeon_who_is_not_in_the_data_sees_nobody(tmp_path: Path) -> None:
    viewer = Viewer("Dr New", "surgeon", surgeon="S99")
    asked = records(tmp_path, OPERATIONS, viewer=viewer)
    assert operations(asked) == 0
    assert asked.listing("operations_list", outcome="fbss", states=None, causes=None).empty


def test_no_value_can_take_the_place_of_the_scope(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, viewer=Viewer("Dr One", "surgeon", surgeon="S01"))
    assert asked.read("operations", scope_surgeons=None)["operations"].item() == 2
    assert asked.read("operations", scope_surgeons=[2])["operations"].item() == 2


@pytest.mark.parametrize("name", sorted(PARAMETERS))
@pytest.mark.parametrize("viewer", [OPERATOR, Viewer("PM", "manager", protected=True), Viewer("One", "surgeon", "S01")])
def test_no_value_can_take_the_place_of_what_the_cohort_binds(tmp_path: Path, viewer: Viewer, name: str) -> None:
    """The cohort is checked for what may be told of it; a day or a filter beside it would not be."""
    value: Any = {"operated_from": date(2020, 1, 15), "operated_to": date(2020, 1, 15), "index_only": False}
    asked = records(tmp_path, OPERATIONS, viewer=viewer)
    for read in ("read", "read_codes"):
        with pytest.raises(WrongUsage, match=name):
            getattr(asked, read)("failure_curve", columns={"by": ()}, outcome="fbss", **{name: value.get(name, [1])})
    with pytest.raises(OutcomesError):
        asked.listing("operations_list", outcome="fbss", states=None, causes=None, **{name: value.get(name, [1])})


def test_choices_are_those_in_scope_without_not_recorded(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, viewer=Viewer("Dr One", "surgeon", surgeon="S01"))
    assert asked.choices("surgeon") == {"S01": "S01"}
    assert list(asked.choices("smoking")) == ["never", "former", "current"]
    assert asked.label("smoking", "former") == "Former"


def test_lists_are_for_those_who_see_patients(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS, viewer=Viewer("Manager", "manager"))
    with pytest.raises(NotAllowed, match="counts, not single operations"):
        asked.listing("operations_list", outcome="fbss", states=None, causes=None)
    with pytest.raises(NotAllowed):
        asked.read("operations_list", outcome="fbss", states=None, causes=None)
    with pytest.raises(WrongUsage):
        records(tmp_path / "two", OPERATIONS).listing("failure_curve")
    refused = [json.loads(line) for line in asked.audit.path.read_text().splitlines()]
    assert [(line["what"], line["question"]) for line in refused] == [("refusal", "operations_list")] * 2


def test_every_list_and_each_question_once_is_on_record(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATIONS)
    for _ in range(2):
        operations(asked)
        asked.listing("operations_list", outcome="fbss", states=None, causes=None)
    lines = [json.loads(line) for line in asked.audit.path.read_text().splitlines()]
    assert [line["what"] for line in lines] == ["counts", "listing", "listing"]
    assert lines[1]["viewer"] == asked.viewer.name
    assert lines[1]["rows"] == 3
    assert lines[1]["generation"] == 1


def test_no_line_no_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = records(tmp_path, OPERATIONS)

    def full_disk(entry: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(asked.audit, "listed", full_disk)
    with pytest.raises(OSError, match="No space left"):
        asked.listing("operations_list", outcome="fbss", states=None, causes=None)


@pytest.mark.parametrize("values", [{}, {"outcome": "fbss", "surplus": 1}, {"outcome": "unheard_of"}])
def test_missing_surplus_and_unknown_values_are_refused(tmp_path: Path, values: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage):
        records(tmp_path, OPERATIONS).read("causes", columns={"by": ()}, **values)


def test_facts_say_up_to_when_the_data_speak(tmp_path: Path) -> None:
    facts = records(tmp_path, OPERATIONS).facts
    assert (str(facts.data_date), facts.operations, facts.made_up) == ("2025-01-01", 4, True)


def test_a_remembered_answer_is_the_callers_own_to_change(tmp_path: Path) -> None:
    engine, query = generation(tmp_path, OPERATIONS), sql.load("facts")
    mine = engine.frame(query, {})
    mine["operations"] = 0
    assert engine.frame(query, {})["operations"].item() == 4


def test_the_answer_not_asked_for_longest_is_forgotten_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duck, "REMEMBERED", 2)
    asked = list[str]()

    class Counting(DuckEngine):
        def _frame(self, cursor: Any, query: sql.Query, parameters: Any) -> Any:
            asked.append(query.name)
            return super()._frame(cursor, query, parameters)

    engine = Counting(generation(tmp_path, OPERATIONS).path, 1)
    for name in ("a", "b", "a", "c", "a", "b"):
        engine.frame(sql.Query(name, "", f"select '{name}' as name", frozenset()), {})
    assert asked == ["a", "b", "c", "b"]


def test_a_list_is_remembered_in_whatever_order_it_is_given(tmp_path: Path) -> None:
    engine = generation(tmp_path, OPERATIONS)
    query = sql.Query("listed", "", "select len($chosen) as many, $chosen[1] as first", frozenset({"chosen"}))
    first = engine.frame(query, {"chosen": [2, 1]})
    assert first.equals(engine.frame(query, {"chosen": [1, 2]}))
    assert first["many"].item() == 2


@pytest.mark.parametrize(
    "attack",
    [
        "copy code to '/tmp/stolen.csv'",
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('/etc/passwd')",
        "attach '/tmp/other.duckdb' as other",
        "insert into code values ('a', 1, 'b', 'c', 'd')",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "install httpfs",
        "load httpfs",
        "export database '/tmp/stolen'",
        "select * from pandas_frame",
        "set temp_directory = '/tmp'",
    ],
)
def test_the_engine_reads_its_one_file_and_nothing_else(tmp_path: Path, attack: str) -> None:
    pandas_frame = [1]
    assert pandas_frame
    engine = generation(tmp_path, OPERATIONS)
    with pytest.raises(OutcomesError) as refused:
        engine.frame(sql.Query("attack", "", attack, frozenset()), {})
    assert attack not in refused.value.message


def test_every_query_runs_under_the_limit_and_the_lock(tmp_path: Path) -> None:
    """A cursor does not inherit what was set on its connection: asked of the cursor that answers."""
    text = "select current_setting('max_execution_time') as most, current_setting('lock_configuration') as locked"
    row = generation(tmp_path, OPERATIONS).frame(sql.Query("limits", "", text, frozenset()), {}).iloc[0]
    assert (int(row["most"]), bool(row["locked"])) == (MOST_MILLISECONDS, True)


def test_two_engines_may_read_one_generation(tmp_path: Path) -> None:
    first = generation(tmp_path, OPERATIONS)
    second = DuckEngine(first.path, 1)
    assert first.frame(sql.load("facts"), {}).equals(second.frame(sql.load("facts"), {}))


def test_an_engine_error_does_not_repeat_the_engines_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = generation(tmp_path, OPERATIONS)
    with caplog.at_level(logging.ERROR), pytest.raises(OurFault) as refused:
        engine.frame(sql.Query("attack", "", "select cast('secret' as integer)", frozenset()), {})
    assert "secret" not in refused.value.message + caplog.text
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("manifest", [f'{{"schema": {SCHEMA}}}', "", None], ids=["ours", "unreadable", "none"])
def test_a_question_for_what_is_not_there_is_our_fault_and_has_a_reference(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, manifest: str | None
) -> None:
    engine = generation(tmp_path, OPERATIONS)
    if manifest is not None:
        engine.path.with_suffix(".json").write_text(manifest, encoding="utf-8")
    with caplog.at_level(logging.ERROR), pytest.raises(OurFault, match="a fault of this program") as refused:
        engine.frame(sql.Query("wishes", "", "select wish from operation_outcome", frozenset()), {})
    assert "earlier version" not in refused.value.message
    reference = refused.value.message.split("(reference ")[1].split(")")[0]
    assert f'reference {reference}: question "wishes": ' in caplog.text
    assert '"wish" not found' in caplog.text


@pytest.mark.parametrize("text", ["select wish from operation_outcome", "select * from wish"])
def test_a_generation_of_an_earlier_version_is_named_as_one(tmp_path: Path, text: str) -> None:
    engine = generation(tmp_path, OPERATIONS)
    engine.path.with_suffix(".json").write_text(f'{{"schema": {SCHEMA - 1}}}', encoding="utf-8")
    with pytest.raises(QueryFailed, match="imported by an earlier version of this app"):
        engine.frame(sql.Query("wishes", "", text, frozenset()), {})


def test_a_file_that_is_not_there_or_not_whole_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(NoData, match="store verify"):
        DuckEngine(tmp_path / "gone.duckdb", 1)
    (tmp_path / "broken.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(NoData, match="store verify"):
        DuckEngine(tmp_path / "broken.duckdb", 1)
