"""What is made of equal contents is made once, whoever asks: a picture of the same rows is the same picture.

Nothing is told by it that was not read: whoever asks hands in the rows, which he or she has read on record.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from dashboard.once import Once, here

MOST = 24
"""Kept of what one function has made: the first page of some dozen viewers, light and dark."""

_FORGET: list[Callable[[], None]] = []

Given = ParamSpec("Given")
Made = TypeVar("Made")


class _Contents:
    """What a function is given, told from other contents by every byte of it; let go once something was made of it."""

    def __init__(self, *given: Any) -> None:
        self.given = given
        self._digest = hashlib.sha256(pickle.dumps(given, protocol=pickle.HIGHEST_PROTOCOL)).digest()

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Contents) and self._digest == other._digest


def made_once(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """The function, which makes the same of equal contents only once; whoever gets it changes nothing in it.

    A frame is handed out as a copy on write. To compare contents takes a fifth of a millisecond for a curve, to draw it
    thirty.
    """

    def made(contents: _Contents) -> Made:
        (args, named), contents.given = contents.given, ()
        return make(*args, **dict(named))

    kept = Once(MOST, here(made))
    _FORGET.append(kept.forget)

    @wraps(make)
    def ask(*args: Given.args, **named: Given.kwargs) -> Made:
        found = kept.ask(_Contents(args, tuple(sorted(named.items()))))
        return found.copy(deep=False) if isinstance(found, pd.DataFrame) else found

    return ask


def forget() -> None:
    """Let go of all that was made, and with it of what was told of single patients."""
    for clear in _FORGET:
        clear()
