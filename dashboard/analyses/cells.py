"""What stands in the cells of a table, and in a figure's small print: rows of an analysis as words, on any surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE
from dashboard.analyses.groups import rows_of

Columns = Mapping[str, str | Callable[[Any], object]]
"""Of a table: by the head what stands under it, a column of the rows or what is said of each row."""


def day_words(day: date | None) -> str:
    """A date as it stands on every screen: 30 Sep 2026."""
    return "not recorded" if day is None or pd.isna(day) else f"{day.day} {day:%b %Y}"


def count_words(count: float) -> str:
    """A whole number as it stands on every screen: 1,420."""
    return f"{int(count):,}"


def percent(share: float | None) -> str:
    """A share as it stands on every screen: 7.4 %; a dash where there is none."""
    return "–" if share is None or pd.isna(share) else wording.percent(share)


def interval_words(lower: float | None, upper: float | None) -> str:
    """The ends of an interval in percent: 4.3 to 12.5."""
    return wording.interval(lower, upper) or "no interval"


def share_words(
    share: float | None,
    failed: int,
    operations: int,
    lower: float | None,
    upper: float | None,
    known: float | None = None,
) -> str:
    """A share with its count and interval: 7.4 % (12 of 162; 4.3 to 12.5); counts alone where there is no share.

    Where the share allows for operations not followed so long, the count is what was seen: 13.9 % (267 seen of 2,218).
    known: those whose state is known, on which the limits of 0 % and 100 % rest.
    """
    if share is None or pd.isna(share):
        return wording.out_of(failed, operations)
    counts = wording.counts_behind(share, failed, operations, known)
    return f"{percent(share)} ({counts}; {interval_words(lower, upper)})"


def rate_words(row: Any) -> str:
    """A row of an analysis as words; counts alone where the share may not be shown."""
    share = row.share if row.shown else None
    return share_words(share, row.failed, row.operations, row.lower, row.upper, getattr(row, "known", None))


def share_of(row: Any) -> str:
    """The share of a row of an analysis, where its counts stand beside it."""
    return percent(row.share)


def interval_of(row: Any) -> str:
    """The interval of a row of an analysis, where its share stands beside it."""
    return interval_words(row.lower, row.upper)


SIGNS_TOLD = (
    "Against all the others together: \N{BLACK DIAMOND} higher and \N{BLACK SQUARE} lower beyond chance, a hollow grey "
    "dot where fewer than 50 operations or 5 failures are too few to say."
)


def apart_of(row: Any) -> str:
    """By how much a row of an analysis lies from all the others, in points with a sign; a dash where it is not held."""
    if row.difference is None or pd.isna(row.difference):
        return "–"
    limits = wording.points_interval(row.difference_lower, row.difference_upper)
    return f"{100 * row.difference:+.1f} ({limits})".replace("-", "\N{MINUS SIGN}")


def known_of_due(row: Any) -> str:
    """The share of a row of an analysis whose state is known, of those due."""
    return percent(row.known_of_due)


def best_to_worst(row: Any) -> str:
    """What the share would be if all whose state is unknown were well, and if all of them had failed; none of few."""
    return wording.span(row.best_case, row.worst_case) if row.due >= FEWEST_FOR_A_SHARE else "counts only"


WORST_CASE: Columns = {"All others well to all failed": best_to_worst}
"""What stands beside every share failed."""
SHARES_TOLD = (
    "Shares allow for operations not followed so long: they lie above failures seen divided by operations. From all "
    "others well to all failed: of those due alone, whether lost or overdue. A share may lie outside it, as it counts "
    "those not yet due as well, as far as they were followed."
)
PALE_BAND = "Thin pale band: of those due, from all others well to all failed."


def columns_of(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """A table for the screen, with these columns."""
    each = list(rows_of(rows))
    shown = {head: rows[of] if isinstance(of, str) else [of(row) for row in each] for head, of in columns.items()}
    return pd.DataFrame(shown, index=rows.index)
