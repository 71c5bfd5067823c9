"""What one of another unit is of ours, and whether a number is one that our column may hold."""

from __future__ import annotations

from dashboard.definitions.canonical import Column, column_named

SCORES = ("1", "score", "scores", "point", "points")


def factor(name: str, unit: str) -> float | None:
    """What one of a unit is of our column's; None when that is not known.

    A bare number is in the column's own unit; where there are several, as for a weight, it says nothing.
    """
    column = column_named(name)
    coded = {code: scale.each for scale in column.scales for code in scale.codes} if column else {}
    if unit in coded:
        return coded[unit]
    is_measure = column is not None and bool(column.scales[0].codes) and column.scales[0].whole is None
    if not unit:
        return None if is_measure and len(set(coded.values())) > 1 else 1.0
    is_score = unit.lower() in SCORES or (unit.startswith("{") and unit.endswith("}"))
    return 1.0 if is_score and not is_measure else None


def units_known(name: str) -> list[str]:
    """How a record may name the unit of this column's numbers."""
    column = column_named(name)
    return [code for scale in column.scales for code in scale.codes] if column else []


def in_range(column: Column, value: float) -> str:
    """A number as our tables write it; empty when it is not one that the column may hold."""
    value = round(value, 6)
    if column.low is None or column.high is None or not column.low <= value <= column.high:
        return ""
    if column.kind == "integer" and value != int(value):
        return ""
    return written(value)


def written(value: float) -> str:
    """A number as our tables write it, whether or not a column may hold it."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
