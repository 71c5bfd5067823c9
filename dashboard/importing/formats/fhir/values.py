"""What an observation or an answer says in one of our columns, in its unit; or why it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.definitions.codes import Meaning
from dashboard.importing.formats.fhir.gathering import Unusable
from dashboard.importing.formats.fhir.parts import codings, number, objects, part, text
from dashboard.importing.formats.meanings import OF_OPERATION, OF_VISIT, Meanings
from dashboard.importing.units import factor, units_known, written

WEIGHTS = ("itemWeight", "ordinalValue")
"""The extensions that give a code a number, in R5 and in R4."""


def said(meaning: Meaning, holder: Mapping[str, Any], meanings: Meanings) -> str:
    """The value for the column that the meaning names, a number in our unit; empty when none is recorded.

    Whether a number is one that the column may hold is judged with all others of it, as in any format.

    holder: an Observation, one of its components or an answer, with its ``value…``. Raises Unusable.
    """
    column = {**OF_VISIT, **OF_OPERATION}.get(meaning.name)
    if column is None or (holder.get("valueBoolean") is False and meaning.value):
        return ""
    if meaning.value:
        return meaning.value
    if coded := codings(holder.get("valueCodeableConcept")) or codings(holder.get("valueCoding")):
        weight = _weight(holder) if column.kind in ("integer", "number") else None
        if weight is not None and not meanings.answer(coded, meaning.name):
            return written(weight)
        return _coded(meaning.name, coded, meanings)
    if column.kind == "boolean":
        return _truth(holder)
    if column.kind == "word":
        return ""
    value = _number(meaning.name, holder)
    return "" if value is None else written(value)


def _coded(name: str, coded: list[tuple[str, str]], meanings: Meanings) -> str:
    if answer := meanings.answer(coded, name):
        return answer
    system, code = coded[0]
    raise _unreadable(
        f'the answer "{code[:40]}" ({meanings.system(system)}) is not mapped to a value of {name}. '
        f'Name it in a mapping, below [codes."{system[:80]}".trait.{name}].'
    )


def has_weight(answer: Mapping[str, Any]) -> bool:
    """Whether an answer is a code with a number beside it, as the total of a form may be."""
    return _weight(answer) is not None


def _weight(answer: Mapping[str, Any]) -> float | None:
    for extension in objects(part(answer, "valueCoding").get("extension")):
        if text(extension.get("url")).rpartition("/")[2] in WEIGHTS:
            given = (number(extension.get(f"value{kind}")) for kind in ("Decimal", "Integer"))
            return next((one for one in given if one is not None), None)
    return None


def _truth(holder: Mapping[str, Any]) -> str:
    value = holder.get("valueBoolean")
    return str(value).lower() if isinstance(value, bool) else ""


def _number(name: str, holder: Mapping[str, Any]) -> float | None:
    if "valueQuantity" in holder:
        quantity = part(holder, "valueQuantity")
        if text(quantity.get("comparator")):
            raise _unreadable(f"{name} is given as less or more than a value. Give the value itself.")
        value = number(quantity.get("value"))
        return None if value is None else value * _factor(name, quantity)
    for key in ("valueInteger", "valueDecimal"):
        if (value := number(holder.get(key))) is not None:
            if factor(name, "") is None:
                raise _unreadable(f"{name} is a number without a unit. Give it as a quantity with its UCUM code.")
            return value
    if isinstance(holder.get("valueString"), str):
        raise _unreadable(f"{name} is a text. Give it as a number.")
    return None


def _factor(name: str, quantity: Mapping[str, Any]) -> float:
    unit = text(quantity.get("code")) or text(quantity.get("unit"))
    each = factor(name, unit)
    if each is not None:
        return each
    known = ", ".join(units_known(name) or ["{score}"])
    shown = f'the unit "{unit[:40]}"' if unit else "no unit"
    raise _unreadable(f"{name} has {shown}, which is not converted. Known are {known}.")


def _unreadable(words: str) -> Unusable:
    return Unusable("value", f"cannot be read: {words}")
