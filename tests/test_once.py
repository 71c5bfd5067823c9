"""One answer for all who ask together; who goes on to another question stops what nobody else waits for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.engines.duck import DuckEngine
from dashboard.errors import QueryFailed
from dashboard.once import Once, Stop, here
from dashboard.sql import Query
from tests.patience import SECONDS
from tests.text_tables import generation

ENDLESS = Query("endless", "", "select count(*) as n from range(1_000_000_000_000) where hash(range) = 7", frozenset())


class Called(BaseException):
    """As Streamlit ends the run of a page that was asked anew."""


class Asking:
    """Threads that ask, each of which can be called away, as a person who moves a filter is."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(16)
        self.away: set[int] = set()

    def look(self) -> None:
        if threading.get_ident() in self.away:
            raise Called

    def ask(self, once: Once[Any, Any], question: object) -> tuple[Future[object], int]:
        """What comes of it, and the thread that asks."""
        known: Future[int] = Future()

        def asked() -> object:
            known.set_result(threading.get_ident())
            return once.ask(question)

        return self.pool.submit(asked), known.result()


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asking]:
    asking = Asking()
    monkeypatch.setattr(Once, "look", staticmethod(asking.look))
    yield asking
    asking.pool.shutdown()


def wait_for(once: Once[Any, Any], question: object, many: int) -> Future[Any]:
    """The answer that so many wait for."""
    while question not in once._under_way or once._under_way[question].waiting != many:
        threading.Event().wait(0.005)
    return once._under_way[question].future


class Desk:
    """Answers a question when told to; counts how often it was begun and stopped."""

    def __init__(self) -> None:
        self.begun, self.stopped, self.futures = 0, 0, list[Future[str]]()

    def begin(self, question: str, future: Future[str]) -> Stop:
        self.begun += 1
        self.futures.append(future)
        return self.stop

    def stop(self) -> None:
        self.stopped += 1


def test_twelve_who_ask_together_are_answered_by_one_asking(asking: Asking) -> None:
    desk = Desk()
    once = Once(8, desk.begin)
    found = [asking.ask(once, "rate") for _ in range(12)]
    wait_for(once, "rate", 12).set_result("8 %")
    assert [future.result() for future, _ in found] == ["8 %"] * 12
    assert once.ask("rate") == "8 %"
    assert (desk.begun, desk.stopped) == (1, 0)


def test_what_others_wait_for_goes_on_and_what_nobody_waits_for_is_stopped(asking: Asking) -> None:
    desk = Desk()
    once = Once(8, desk.begin)
    (first, one), (second, two) = asking.ask(once, "rate"), asking.ask(once, "rate")
    wait_for(once, "rate", 2)
    asking.away.add(one)
    with pytest.raises(Called):
        first.result()
    assert desk.stopped == 0
    asking.away.add(two)
    with pytest.raises(Called):
        second.result()
    assert desk.stopped == 1
    asking.away.clear()
    third, _ = asking.ask(once, "rate")
    wait_for(once, "rate", 1).set_result("9 %")
    assert third.result() == "9 %"
    assert desk.begun == 2


def test_what_fails_is_told_to_all_who_wait_and_asked_anew_by_the_next(asking: Asking) -> None:
    desk = Desk()
    once = Once(8, desk.begin)
    found = [asking.ask(once, "rate") for _ in range(3)]
    wait_for(once, "rate", 3).set_exception(QueryFailed("Too slow."))
    for future, _ in found:
        with pytest.raises(QueryFailed, match=r"Too slow\."):
            future.result()
    again, _ = asking.ask(once, "rate")
    wait_for(once, "rate", 1).set_result("8 %")
    assert again.result() == "8 %"


def test_where_the_first_is_called_away_another_of_those_who_wait_works_it_out(asking: Asking) -> None:
    went_in, may_go = threading.Event(), threading.Event()
    threads: list[int] = []

    def work(question: str) -> str:
        threads.append(threading.get_ident())
        went_in.set()
        may_go.wait()
        asking.look()
        return question.upper()

    once = Once(8, here(work))
    first, one = asking.ask(once, "rate")
    went_in.wait()
    second, two = asking.ask(once, "rate")
    wait_for(once, "rate", 2)
    asking.away.add(one)
    may_go.set()
    with pytest.raises(Called):
        first.result()
    assert second.result() == "RATE"
    assert threads == [one, two]


def test_the_longest_not_asked_for_is_forgotten_first() -> None:
    begun: list[str] = []

    def work(question: str) -> str:
        begun.append(question)
        return question

    once = Once(2, here(work))
    for question in "abacab":
        assert once.ask(question) == question
    assert begun == ["a", "b", "c", "b"]
    once.forget()
    assert once.ask("b") == "b"
    assert len(begun) == 5


def test_heavy_answers_are_forgotten_sooner_and_one_too_heavy_by_itself_is_not_kept() -> None:
    begun: list[str] = []

    def work(question: str) -> str:
        begun.append(question)
        return question

    once = Once(8, here(work), len, 5)
    for question in ("aa", "bbb", "aa", "ccc", "aa", "bbb", "dddddd", "dddddd", "bbb"):
        assert once.ask(question) == question
    assert begun == ["aa", "bbb", "ccc", "bbb", "dddddd", "dddddd"]


def test_a_superseded_query_is_interrupted_and_those_of_others_are_not(tmp_path: Path, asking: Asking) -> None:
    engine: DuckEngine = generation(tmp_path, "operation | family\n1         | fusion\n")
    other = Query("other", "", f"{ENDLESS.text} and range > 0", frozenset())
    (mine, one), (others, two) = (asking.ask(engine._answers, (query, ())) for query in (ENDLESS, other))
    running = [wait_for(engine._answers, (query, ()), 1) for query in (ENDLESS, other)]
    asking.away.add(one)
    with pytest.raises(Called):
        mine.result()
    with pytest.raises(QueryFailed, match="was stopped"):
        running[0].result()
    assert not running[1].done()
    assert not engine.frame(Query("at once", "", "select 7 as n", frozenset()), {}).empty
    asking.away.add(two)
    with pytest.raises(Called):
        others.result()
    with pytest.raises(QueryFailed):
        running[1].result()
    engine.close()


WAITED_TO_THE_END: list[int] = []


def asks_and_is_asked_anew() -> None:
    """A page that waits for an answer while its filter is moved."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from dashboard.once import Once
    from dashboard.shell import run
    from tests.test_once import WAITED_TO_THE_END

    assert callable(run)  # the frame of every page, by which those who wait look up
    context = get_script_run_ctx()
    Once.look()
    if "runs" not in st.session_state:
        st.session_state["runs"] = 1
        assert context is not None
        assert context.script_requests is not None
        context.script_requests.request_rerun(RerunData())
        Once.look()
        WAITED_TO_THE_END.append(1)
    st.write("the newer question")


def test_a_page_that_was_asked_anew_waits_no_longer() -> None:
    page = AppTest.from_function(asks_and_is_asked_anew, default_timeout=SECONDS).run()
    assert not page.exception
    assert [one.value for one in page.markdown] == ["the newer question"]
    assert not WAITED_TO_THE_END
