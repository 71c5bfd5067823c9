"""The same question asked again by the same viewer: the answer is kept, for as long as its generation is."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd

from dashboard.records import Records

MOST = 64
"""Answers kept of each analysis: some dozens of rows each."""

_FORGET: list[Callable[[], None]] = []

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def remembered(
    analysis: Callable[Concatenate[Records, Asked], Answer],
) -> Callable[Concatenate[Records, Asked], Answer]:
    """The analysis, which estimates once for each viewer, cohort, generation and choice.

    Counts are remembered by the engine already; this keeps what was estimated from them. Viewers never share an
    answer, so that each one's question stands in the audit. A frame is handed out as a copy on write.
    """
    kept = lru_cache(maxsize=MOST)(analysis)
    _FORGET.append(kept.cache_clear)

    @wraps(analysis)
    def ask(records: Records, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        answer = kept(records, *args, **kwargs)  # type: ignore[arg-type]
        return answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer

    return ask  # type: ignore[return-value]


def forget() -> None:
    """Forget every answer, so that the next one is estimated anew."""
    for clear in _FORGET:
        clear()


# An answer holds its engine: let go before the interpreter ends, or the database's binding complains of what is left.
atexit.register(forget)
