"""An answer is worked out once, however many ask for it together, and kept for those who ask later.

Whoever waits looks up every now and then (``look``): a person who has asked something else meanwhile waits no longer,
and what nobody waits for any more is stopped. What others still wait for goes on.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillUnderWay
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Generic, TypeVar

SECONDS_BETWEEN_LOOKS = 0.02

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")
Stop = Callable[[], object]


class GivenUp(Exception):
    """Whoever worked the answer out was called away: one of those who wait has to."""


def nothing_else() -> None:
    """A command asks one thing after the other, and waits for each."""


_LOOK: ContextVar[Callable[[], None] | None] = ContextVar("how whoever waits in this thread looks up", default=None)


@contextmanager
def looking(look: Callable[[], None]) -> Iterator[None]:
    """In this thread whoever waits looks up by this, and not by the app's own."""
    token = _LOOK.set(look)
    try:
        yield
    finally:
        _LOOK.reset(token)


def weightless(answer: object) -> int:
    """Most answers are of some dozens of rows: they are counted, not weighed."""
    return 0


class UnderWay(Generic[Answer]):
    """A question that is being worked out. waiting: for how many; stop: what ends the work, once it is known."""

    def __init__(self) -> None:
        self.future: Future[Answer] = Future()
        self.waiting = 0
        self.stop: Stop = nothing_else


class Once(Generic[Question, Answer]):
    """The answers to questions of one kind, of which those longest not asked for go first.

    An answer is everybody's: whoever gets it changes nothing in it. What fails is told to all who wait, and not kept.
    """

    look: Callable[[], None] = staticmethod(nothing_else)
    """Asked in the thread that waits; raises what ends its waiting. The app puts its own in this place."""

    def __init__(
        self,
        most: int,
        begin: Callable[[Question, Future[Answer]], Stop],
        weight: Callable[[Answer], int] = weightless,
        most_weight: int = 0,
    ) -> None:
        """most: how many answers are kept. begin: works an answer out into a future; gives what stops that.

        weight, most_weight: of an answer, and of all that are kept; one that is too heavy by itself is not kept.
        """
        self._most, self._most_weight = most, most_weight
        self._begin, self._weigh = begin, weight
        self._kept: OrderedDict[Question, Answer] = OrderedDict()
        self._weights: dict[Question, int] = {}
        self._under_way: dict[Question, UnderWay[Answer]] = {}
        self._lock = threading.Lock()

    def ask(self, question: Question) -> Answer:
        """The answer, kept or worked out. Raises what working it out raised."""
        while True:
            with self._lock:
                if question in self._kept:
                    self._kept.move_to_end(question)
                    return self._kept[question]
                leads = question not in self._under_way
                asked = self._under_way.setdefault(question, UnderWay())
                asked.waiting += 1
            try:
                if leads:
                    asked.stop = self._begun(question, asked.future)
                answer = self._awaited(asked.future)
            except GivenUp:
                continue
            finally:
                self._leave(question, asked)
            return answer

    def forget(self) -> None:
        """Every answer, so that the next is worked out anew."""
        with self._lock:
            self._kept.clear()
            self._weights.clear()

    def _begun(self, question: Question, future: Future[Answer]) -> Stop:
        try:
            return self._begin(question, future)
        except BaseException:
            future.set_exception(GivenUp())
            raise

    def _awaited(self, future: Future[Answer]) -> Answer:
        while True:
            with suppress(StillUnderWay):
                return future.result(SECONDS_BETWEEN_LOOKS)
            (_LOOK.get() or Once.look)()

    def _leave(self, question: Question, asked: UnderWay[Answer]) -> None:
        """One waits no longer: the first after the end keeps the answer, the last before it stops the work."""
        with self._lock:
            asked.waiting -= 1
            ended = asked.future.done()
            if self._under_way.get(question) is asked and (ended or not asked.waiting):
                del self._under_way[question]
                if ended and asked.future.exception() is None:
                    self._keep(question, asked.future.result())
        if not ended and not asked.waiting:
            asked.stop()

    def _keep(self, question: Question, answer: Answer) -> None:
        weight = self._weigh(answer)
        if weight > self._most_weight:
            return
        self._kept[question], self._weights[question] = answer, weight
        while len(self._kept) > self._most or sum(self._weights.values()) > self._most_weight:
            gone, _ = self._kept.popitem(last=False)
            del self._weights[gone]


def here(work: Callable[[Question], Answer]) -> Callable[[Question, Future[Answer]], Stop]:
    """Work that is done in the thread of whoever asks first."""

    def begin(question: Question, future: Future[Answer]) -> Stop:
        try:
            future.set_result(work(question))
        except Exception as problem:  # noqa: BLE001 (raised again in the thread of everybody who waits)
            future.set_exception(problem)
        return nothing_else

    return begin
