"""How long a question will take, said before it is asked: by the rows it goes through and what such a one took before.

Asked of ten million operations nothing comes near the limit. Of a hundred million it is told first what stands in no
prepared counts: whoever then goes on waits as long as it takes, and stops it by choosing something else.
"""

from __future__ import annotations

from dashboard.errors import TooMuch

FIRST_SECONDS_A_ROW = 2.5e-7
"""Of a question that was not asked yet: half of what the slowest took on two cores, five times the usual."""
FEWEST_ROWS = 1_000_000
"""The time of a question about fewer is that of planning it, and tells nothing of more."""
TOLD_FROM = 20.0
"""Seconds: who has to wait so long is told first."""
STOPPED_AFTER = 60.0
"""Seconds for a question that nobody was told of: three times what was expected of it at most."""
TIMES_EXPECTED = 10
"""And how many times what was expected for one that somebody goes on with all the same."""

Kind = tuple[str, frozenset[str]]
"""A query by its name, and the names of the values that are set: a filter that is set leaves less to count."""


class Expected:
    """What questions of one generation are expected to take on this machine, learned from those that were answered."""

    def __init__(self, seconds_a_row: float = FIRST_SECONDS_A_ROW) -> None:
        """seconds_a_row: of a question of a kind that was not asked yet."""
        self._first = seconds_a_row
        self._rates: dict[Kind, float] = {}

    def seconds(self, kind: Kind, rows: int) -> float:
        """How long a question of this kind about so many rows will take."""
        return self._rates.get(kind, self._first) * rows

    def took(self, kind: Kind, rows: int, seconds: float) -> None:
        """What one took, or for how long it was waited for in vain; the last counts: the machine may have been busy."""
        if rows >= FEWEST_ROWS:
            self._rates[kind] = seconds / rows


def limit(seconds: float) -> float:
    """After how many seconds a question is stopped that is expected to take so many."""
    return max(STOPPED_AFTER, TIMES_EXPECTED * seconds) if seconds > TOLD_FROM else STOPPED_AFTER


def too_much(rows: int, seconds: float, generation: int) -> TooMuch:
    """What is told before a question that takes long."""
    return TooMuch(
        f"This goes through {_many(rows)} records and would take about {_long(seconds)} on this machine. Choose fewer "
        "operations by the filters above, such as a shorter period, or ask it all the same.",
        generation,
    )


def _many(rows: int) -> str:
    return f"about {rows / 1_000_000:,.0f} million" if rows >= FEWEST_ROWS else f"{rows:,}"


def _long(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:,.0f} minutes"
