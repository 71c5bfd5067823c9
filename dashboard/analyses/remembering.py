"""The same question asked again by the same viewer: the answer is kept, for as long as its generation is."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from dashboard.once import Once, here
from dashboard.records import Records

MOST = 64
"""Answers kept of each analysis: some dozens of rows each."""

_FORGET: list[Callable[[], None]] = []

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def remembered(
    analysis: Callable[Concatenate[Records, Asked], Answer],
) -> Callable[Concatenate[Records, Asked], Answer]:
    """The analysis, which estimates once for each viewer, cohort, generation and choice, in however many windows.

    Counts are remembered by the engine already; this keeps what was estimated from them. Viewers never share an
    answer, so that each one's question stands in the audit. A frame is handed out as a copy on write.
    """

    def estimate(asked: tuple[Records, tuple[Any, ...], tuple[tuple[str, Any], ...]]) -> Answer:
        records, args, named = asked
        return analysis(records, *args, **dict(named))

    kept = Once(MOST, here(estimate))
    _FORGET.append(kept.forget)

    @wraps(analysis)
    def ask(records: Records, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        answer = kept.ask((records, args, tuple(sorted(kwargs.items()))))
        return answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer

    return ask  # type: ignore[return-value]


def forget() -> None:
    """Forget every answer, so that the next one is estimated anew."""
    for clear in _FORGET:
        clear()


# An answer holds its engine: let go before the interpreter ends, or the database's binding complains of what is left.
atexit.register(forget)
