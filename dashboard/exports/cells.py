"""What one cell of a file holds: text that no spreadsheet runs, and numbers, dates and shares as what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pandas as pd

from dashboard.harmless import REPLACEMENT, STEERING

RUN = re.compile(r"(^|[;\t\r\n])([\s\"'`\u00b4\u2018\u2019\u200b-\u200f\ufeff]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet would begin a formula: full-width signs too, after blanks and quotation marks, and after what
another country's spreadsheet takes for the end of a cell."""
STARTS = ("\t", "\r", "\n")
PERCENT = re.compile(r"(\d+(?:\.\d+)?) %")
DAY = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}")
NOTHING = {"", "\N{EN DASH}"}
SHARES = ("share", "best_case", "worst_case", "known_of_due", "part")
"""What a column of an analysis that holds a share is called, or begins or ends with."""
LIMITS = ("lower", "upper", "centre", "lower_limit", "upper_limit", "limit_95_low", "limit_95_high", "limit_998_low",
          "limit_998_high")  # fmt: skip
"""Columns that are shares where there is a share beside them and no ratio."""
RATIOS = ("ratio", "hazard_ratio", "odds_ratio", "value")


def guarded(cell: object) -> object:
    """Text that a spreadsheet would take for a formula, made plain; anything else as it is."""
    if not isinstance(cell, str):
        return cell
    plain = RUN.sub(r"\1'\2", cell)
    return f"'{plain}" if plain.startswith(STARTS) else plain


def is_nothing(cell: object) -> bool:
    """Whether a cell is empty: no value is never a value."""
    return cell is None or (not isinstance(cell, list | tuple | set | dict) and bool(pd.isna(cell)))  # type: ignore[call-overload]


def plain(cell: Any) -> Any:
    """A cell as Python has it: a number, a date, a truth or text; None where there is none."""
    if is_nothing(cell):
        return None
    if hasattr(cell, "item"):
        cell = cell.item()
    if isinstance(cell, pd.Timestamp):
        cell = cell.to_pydatetime()
    if isinstance(cell, datetime) and cell.tzinfo is None and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date()
    if isinstance(cell, bool | int | float | date | str):
        return STEERING.sub(REPLACEMENT, cell) if isinstance(cell, str) else cell
    if isinstance(cell, list | tuple):
        return plain(", ".join(map(str, cell)))
    return plain(str(cell))


def read_back(cells: Iterable[Any]) -> list[Any] | None:
    """A column of words as the numbers that they say: shares ("7.4 %") 0 to 1, or days ("30 Sep 2026"); else None.

    Only where every cell says one, or a dash.
    """
    found = [plain(cell) for cell in cells]
    told = [cell for cell in found if cell is not None and cell not in NOTHING]
    if not told or not all(isinstance(cell, str) for cell in told):
        return None
    if all(PERCENT.fullmatch(cell) for cell in told):
        return [
            None if cell is None or cell in NOTHING else round(float(cell.removesuffix(" %")) / 100, 6)
            for cell in found
        ]
    if all(DAY.fullmatch(cell) for cell in told):
        return [
            None if cell is None or cell in NOTHING else datetime.strptime(cell, "%d %b %Y").date()  # noqa: DTZ007
            for cell in found
        ]
    return None


def is_share(name: str, columns: Iterable[str]) -> bool:
    """Whether a column of an analysis holds shares, 0 to 1, by what it is called and what stands beside it."""
    if any(name == each or name.startswith(f"{each}_") or name.endswith(f"_{each}") for each in SHARES):
        return not name.endswith(("_p", "_q"))
    beside = set(columns)
    return name in LIMITS and "share" in beside and not beside.intersection(RATIOS)
