"""Ranges of whole numbers as others write them, 65-79, 80+ or <50: both ends as numbers, and nothing between."""

from __future__ import annotations

from dashboard.definitions.canonical import Column

NUMBER = "([0-9]{1,3})"
UNIT = " ?(years|yrs|yr|y|jahre|ans|anos)[.]?$"
BETWEEN = f"^{NUMBER} ?(-|to|bis|until) ?{NUMBER}$"
FROM = (f"^(>=|\u2265|from|ab) ?{NUMBER}()$", f"^(){NUMBER} ?([+]|(and|or|und) (over|older|above|more|mehr))$")
OVER = f"^(>|over|above) ?{NUMBER}$"
UP_TO = f"^(<=|\u2264|up to|bis) ?{NUMBER}$"
UNDER = f"^(<|under|below|unter) ?{NUMBER}$"


def range_in_sql(cell: str, column: Column) -> str:
    """The expression of a range as ``low-high``, both within it and within what the column may hold; else null."""
    text = f"regexp_replace(regexp_replace(lower({cell}), '[\u2010-\u2014]', '-', 'g'), '{UNIT}', '')"

    def number(pattern: str, group: int) -> str:
        return f"try_cast(regexp_extract({text}, '{pattern}', {group}) as integer)"

    low, high = f"{column.low:g}", f"{column.high:g}"
    ends = {
        BETWEEN: (number(BETWEEN, 1), number(BETWEEN, 3)),
        **{pattern: (number(pattern, 2), high) for pattern in FROM},
        OVER: (f"{number(OVER, 2)} + 1", high),
        UP_TO: (low, number(UP_TO, 2)),
        UNDER: (low, f"{number(UNDER, 2)} - 1"),
    }
    cases = " ".join(
        f"when regexp_matches({text}, '{pattern}') and {begin} <= {end} and {begin} >= {low} and {end} <= {high}"
        f" then concat({begin}, '-', {end})"  # both are there, or the condition is not met
        for pattern, (begin, end) in ends.items()
    )
    return f"case {cases} end"
