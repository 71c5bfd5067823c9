"""What would take long is told before it is asked; whoever goes on all the same is answered, and longer waited for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard import sql
from dashboard.cohort import Cohort
from dashboard.engines import duck, expected
from dashboard.engines.duck import DuckEngine
from dashboard.engines.expected import Expected, limit, too_much
from dashboard.errors import QueryFailed, TooMuch
from dashboard.importing.work import work
from dashboard.pages import asking
from dashboard.records import Records
from dashboard.shipped import shipped
from tests.opened import app_for
from tests.text_tables import records

OPERATIONS = """
operation | procedure       | surgeon | state  | day
1         | microdiscectomy | S01     | failed | 30
2         | tlif            | S01     | left   | 40
3         | tlif            | S02     | died   | 50
"""
ENDLESS = sql.Query(
    "endless", "", "select count(*) as n from range(1_000_000_000_000) where hash(range) = 7", frozenset()
)
SLOW = 100.0
"""Made up: seconds a row."""
GoesOn = Callable[[bool], None]


@pytest.fixture
def goes_on(monkeypatch: pytest.MonkeyPatch) -> GoesOn:
    def say(whether: bool) -> None:
        monkeypatch.setattr(DuckEngine, "goes_on", staticmethod(lambda generation: whether))

    say(False)
    return say


def slow(folder: Path, seconds_a_row: float = SLOW) -> tuple[Records, Expected]:
    """Three operations on a machine that is made up to be slow."""
    asked = records(folder, OPERATIONS)
    assert isinstance(asked.engine, DuckEngine)
    asked.engine.expected = Expected(seconds_a_row)
    return asked, asked.engine.expected


def curve(asked: Records, outcome: str = "fbss") -> int:
    return len(asked.read("failure_curve", columns={"by": ()}, outcome=outcome))


def test_what_would_take_long_is_told_and_neither_asked_nor_put_on_record(tmp_path: Path, goes_on: GoesOn) -> None:
    asked, _ = slow(tmp_path)
    with pytest.raises(TooMuch, match="goes through 3 records and would take about 5 minutes on this machine") as told:
        curve(asked)
    assert told.value.generation == 1
    assert not asked.audit.path.exists()


def test_who_goes_on_all_the_same_is_answered_and_then_everybody(tmp_path: Path, goes_on: GoesOn) -> None:
    asked, _ = slow(tmp_path)
    goes_on(True)
    assert curve(asked) == 3
    goes_on(False)
    assert curve(asked) == 3, "what is remembered takes no time"
    assert asked.audit.path.is_file()


def test_what_one_took_is_expected_of_the_next_of_its_kind(
    tmp_path: Path, goes_on: GoesOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expected, "FEWEST_ROWS", 1)
    asked, _ = slow(tmp_path)
    goes_on(True)
    curve(asked)
    goes_on(False)
    assert curve(asked, "reoperation") == 0
    with pytest.raises(TooMuch):
        curve(asked.of(Cohort(chosen={"procedure": ("tlif",)})), "reoperation")


def test_a_few_rows_tell_nothing_of_many() -> None:
    kind, known = ("curve", frozenset({"outcome"})), Expected(1e-6)
    known.took(kind, 2_400, 0.1)
    assert known.seconds(kind, 10_000_000) == pytest.approx(10)
    known.took(kind, 10_000_000, 2)
    assert known.seconds(kind, 100_000_000) == pytest.approx(20)
    assert known.seconds(("curve", frozenset()), 100_000_000) == pytest.approx(100)


def test_ten_million_operations_are_asked_at_once_and_a_hundred_million_told_first() -> None:
    kind = "failure_curve", frozenset({"outcome"})
    assert Expected().seconds(kind, 10_000_000) < expected.TOLD_FROM < Expected().seconds(kind, 100_000_000)


def test_what_was_waited_for_in_vain_is_told_the_next_time(
    tmp_path: Path, goes_on: GoesOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, known = slow(tmp_path, 0)
    monkeypatch.setattr(duck, "limit", lambda seconds: 0.05)
    monkeypatch.setattr(expected, "FEWEST_ROWS", 0)
    learned: list[float] = []
    monkeypatch.setattr(known, "took", lambda kind, rows, seconds: learned.append(seconds))
    with pytest.raises(QueryFailed, match="took too long"):
        asked.engine.frame(ENDLESS, {})
    assert [seconds >= 0.05 for seconds in learned] == [True]


@pytest.mark.parametrize(("seconds", "most"), [(0.01, 60), (20, 60), (21, 210), (300, 3000)])
def test_who_goes_on_is_waited_for_ten_times_as_long_as_expected(seconds: float, most: float) -> None:
    assert limit(seconds) == most


def test_it_says_how_many_about_how_long_and_what_to_choose() -> None:
    assert too_much(104_200_000, 38.2, 7).message == (
        "This goes through about 104 million records and would take about 38 seconds on this machine. Choose fewer "
        "operations by the filters above, such as a shorter period, or ask it all the same."
    )


def test_rows_are_those_of_the_table_that_is_asked(sample_store: Path) -> None:
    (path,) = sorted((sample_store / "gen").glob("*.duckdb"))
    engine = DuckEngine(path, 1)
    try:
        rows = engine.prepared.rows_of
        assert rows("select 1 from operation_outcome") == 2_400, "a view has no rows of its own"
        assert rows("select 1 from (SELECT 1 FROM operation_band AS band) where outcome = 1") == 2_400
        assert rows("select 1 from operation_band inner join follow_up on true") == 2_400 + rows("from follow_up")
        assert rows("select 1 from cohort_of_nothing") == 0
    finally:
        engine.close()


def test_in_the_place_of_a_page_stands_what_it_would_take_until_its_reader_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work([shipped("sample_data")], tmp_path / "store", None, False, lambda step: None)
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(duck, "Expected", lambda: Expected(SLOW))
    app = app_for().run()
    (told,) = [each.value for each in app.info]
    assert "would take about" in str(told)
    assert not app.exception
    assert not app.error
    (button,) = [each for each in app.button if each.label == asking.ALL_THE_SAME]
    assert not list(app.get("plotly_chart"))
    button.click().run()
    assert not app.info
    assert not app.error
    assert len(app.get("plotly_chart")) > 0
    app.session_state[asking.GOING_ON] = 0
    assert not app.run().info, "what is answered stays so"
