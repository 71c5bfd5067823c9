"""The same question asked again, by whomever the same is told to: the answer is kept as long as its generation is."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from dashboard.audit_asked import Noted
from dashboard.errors import NotAllowed
from dashboard.once import Once, here
from dashboard.records import Records

MOST = 64
"""Answers kept of each analysis: some dozens of rows each."""

_FORGET: list[Callable[[], None]] = []

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class _Asked:
    """A question: of the same records for viewers to whom the same is told, with the same words.

    made: whether it was this one's asker who made the answer.
    """

    def __init__(self, records: Records, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.records, self.args, self.named, self.made = records, args, named, False
        told_as = replace(records, viewer=records.viewer.told_as)
        self._key = (told_as, args, tuple(sorted(named.items())))
        self._hash = hash(self._key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self._key == other._key


def remembered(
    analysis: Callable[Concatenate[Records, Asked], Answer],
) -> Callable[Concatenate[Records, Asked], Answer]:
    """The analysis, which estimates once for each cohort, generation and choice, in however many windows.

    Counts are remembered by the engine already; this keeps what was estimated from them. Viewers share an answer where
    nothing but their names tells them apart, and each stands in the audit with every question that the answer rests
    on, before it is shown. A frame is handed out as a copy on write.
    """

    def estimate(asked: _Asked) -> tuple[Answer, Noted]:
        asked.made, door = True, asked.records
        with door.audit.noting(door.viewer.name) as noted:
            return analysis(door, *asked.args, **asked.named), noted

    kept = Once(MOST, here(estimate))
    _FORGET.append(kept.forget)

    @wraps(analysis)
    def ask(records: Records, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        asked = _Asked(records, args, kwargs)
        try:
            answer, noted = kept.ask(asked)
        except NotAllowed:
            if asked.made:
                raise
            # What was refused to another is on record in the other's name.
            return analysis(records, *args, **kwargs)
        records.audit.again(noted, records.viewer.name)
        return answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer

    return ask  # type: ignore[return-value]


def forget() -> None:
    """Forget every answer, so that the next one is estimated anew."""
    for clear in _FORGET:
        clear()


# An answer holds its engine: let go before the interpreter ends, or the database's binding complains of what is left.
atexit.register(forget)
