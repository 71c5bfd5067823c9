"""What an observation or an answer says in one of our columns, in its unit; or why it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.definitions.codes import Meaning
from dashboard.importing.canonical import Column
from dashboard.importing.formats.fhir.parts import codings, number, part, text
from dashboard.importing.formats.meanings import TRAITS, VISIT, Meanings

DAYS_A_MONTH = 365.25 / 12
POUND, INCH = 0.45359237, 2.54
UNITS: Mapping[str, Mapping[str, float]] = {
    "height_cm": {"cm": 1, "m": 100, "mm": 0.1, "[in_i]": INCH, "[in_us]": INCH, "in": INCH},
    "weight_kg": {"kg": 1, "g": 0.001, "[lb_av]": POUND, "lb": POUND, "lbs": POUND},
    "bmi": {"kg/m2": 1, "kg/m^2": 1},
    "age": {"a": 1},
    "symptom_duration_months": {"mo": 1, "a": 12, "wk": 7 / DAYS_A_MONTH, "d": 1 / DAYS_A_MONTH},
    "odi": {"%": 1},
}
"""What one of theirs, by its UCUM code, is of ours."""
SCORES = ("", "1", "score", "scores", "point", "points")


class Unreadable(ValueError):
    """The message ends a sentence that begins with the place."""


def said(meaning: Meaning, holder: Mapping[str, Any], meanings: Meanings) -> str:
    """The value for the column that the meaning names; empty when none is recorded.

    holder: an Observation, one of its components or an answer, with its ``value…``. Raises Unreadable.
    """
    column = {**VISIT, **TRAITS}.get(meaning.name)
    if column is None or (holder.get("valueBoolean") is False and meaning.value):
        return ""
    if meaning.value:
        return meaning.value
    if coded := codings(holder.get("valueCodeableConcept")) or codings(holder.get("valueCoding")):
        return _coded(meaning.name, coded, meanings)
    if column.kind == "boolean":
        return _truth(holder)
    if column.kind == "word":
        return ""
    value = _number(meaning.name, holder)
    return "" if value is None else _in_range(meaning.name, column, value)


def _coded(name: str, coded: list[tuple[str, str]], meanings: Meanings) -> str:
    if answer := meanings.answer(coded, name):
        return answer
    system, code = coded[0]
    raise Unreadable(
        f'the answer "{code[:40]}" ({meanings.system(system)}) is not mapped to a value of {name}. '
        f'Name it in a mapping, below [codes."{system[:80]}".trait.{name}].'
    )


def _truth(holder: Mapping[str, Any]) -> str:
    value = holder.get("valueBoolean")
    return str(value).lower() if isinstance(value, bool) else ""


def _number(name: str, holder: Mapping[str, Any]) -> float | None:
    if "valueQuantity" in holder:
        quantity = part(holder, "valueQuantity")
        if text(quantity.get("comparator")):
            raise Unreadable(f"{name} is given as less or more than a value. Give the value itself.")
        value = number(quantity.get("value"))
        return None if value is None else value * _factor(name, quantity)
    for key in ("valueInteger", "valueDecimal"):
        if (value := number(holder.get(key))) is not None:
            if name in UNITS and name != "odi":
                raise Unreadable(f"{name} is a number without a unit. Give it as a quantity with its UCUM code.")
            return value
    if isinstance(holder.get("valueString"), str):
        raise Unreadable(f"{name} is a text. Give it as a number.")
    return None


def _factor(name: str, quantity: Mapping[str, Any]) -> float:
    unit = text(quantity.get("code")) or text(quantity.get("unit"))
    factor = UNITS.get(name, {}).get(unit)
    if factor is not None:
        return factor
    is_score = unit.lower() in SCORES or (unit.startswith("{") and unit.endswith("}"))
    if is_score and (name not in UNITS or name == "odi"):
        return 1.0
    known = ", ".join(UNITS.get(name, {"{score}": 1}))
    shown = f'the unit "{unit[:40]}"' if unit else "no unit"
    raise Unreadable(f"{name} has {shown}, which is not converted. Known are {known}.")


def _in_range(name: str, column: Column, value: float) -> str:
    value = round(value, 6)
    low, high = column.low, column.high
    outside = low is not None and high is not None and not low <= value <= high
    if outside or (column.kind == "integer" and value != int(value)):
        number = "a whole number" if column.kind == "integer" else "a number"
        raise Unreadable(f'{name}: "{value:.10g}" is not {number} from {low:g} to {high:g}.')
    return f"{value:.6f}".rstrip("0").rstrip(".")
