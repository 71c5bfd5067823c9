"""What one of another unit is of ours, and whether a number is one that our column may hold."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.definitions.canonical import Column

DAYS_A_MONTH = 365.25 / 12
INCH, POUND = 2.54, 0.45359237
"""In centimetres, and in kilograms."""
_INCHES = dict.fromkeys(("[in_i]", "[in_us]", "in", "inch", "inches"), INCH)
_POUNDS = dict.fromkeys(("[lb_av]", "[lb_us]", "lb", "lbs"), POUND)
UNITS: Mapping[str, Mapping[str, float]] = {
    "height_cm": {"cm": 1, "m": 100, "mm": 0.1, **_INCHES},
    "weight_kg": {"kg": 1, "g": 0.001, **_POUNDS},
    "bmi": {"kg/m2": 1, "kg/m^2": 1},
    "age": {"a": 1},
    "symptom_duration_months": {"mo": 1, "a": 12, "wk": 7 / DAYS_A_MONTH, "d": 1 / DAYS_A_MONTH},
    "odi": {"%": 1},
}
"""By our column and their unit, by its UCUM code or as it is written."""
SCORES = ("1", "score", "scores", "point", "points")


def factor(name: str, unit: str) -> float | None:
    """What one of a unit is of our column's; None when that is not known.

    A bare number is in the column's only unit; where there are several, as for a weight, it says nothing.
    """
    known = UNITS.get(name, {})
    if unit in known:
        return known[unit]
    if not unit:
        return 1.0 if len(set(known.values())) < 2 else None
    is_score = unit.lower() in SCORES or (unit.startswith("{") and unit.endswith("}"))
    return 1.0 if is_score and (not known or name == "odi") else None


def in_range(column: Column, value: float) -> str:
    """A number as our tables write it; empty when it is not one that the column may hold."""
    value = round(value, 6)
    if column.low is None or column.high is None or not column.low <= value <= column.high:
        return ""
    if column.kind == "integer" and value != int(value):
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".")
