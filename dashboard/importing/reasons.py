"""Why a cell cannot be read, in words that say what to do; never more of it than the site needs to find it."""

from __future__ import annotations

import re
from difflib import get_close_matches

from dashboard.definitions import load
from dashboard.definitions.canonical import Column
from dashboard.importing import levels
from dashboard.importing.dates import EARLIEST

DAYS = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
TWO_DIGIT_YEAR = re.compile(r"(\d{1,2}[./-]\d{1,2}[./-]\d{2})|(\d{2}-\d{1,2}-\d{1,2})")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
NOTHING = ("nan", "na", "n/a", "null", "none", "inf", "infinity", "unknown", "-", "?", ".", "missing")
WITH_UNIT = re.compile(r"-?\d+([.,]\d+)?\s*([^\W\d_]+)\.?")
WITH_POINT = " "
"""Set behind a number with a point where the mapping says that the comma is the decimal sign: no cell ends so."""
EXCEL_ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#?")
FORMULA_WITHOUT_RESULT = "\ue000 a formula without a result \ue000"
"""In the place of a cell of a workbook whose formula was never worked out."""
NO_VALUES = (*EXCEL_ERRORS, FORMULA_WITHOUT_RESULT)
"""What stands in a cell of a spreadsheet that has no value, whatever its column holds."""


def reason(column: Column, value: str | None) -> str:
    """What is wrong with this cell of such a column, after the cell itself."""
    text = "" if value is None else value.strip()
    if text in EXCEL_ERRORS:
        return "is an error of the spreadsheet. Correct the formula, or leave the cell empty."
    if text == FORMULA_WITHOUT_RESULT:
        return "is a formula without a stored result. Open and save the workbook in Excel, or paste values."
    if column.kind == "date":
        return _of_date(text)
    if column.kind == "boolean":
        return "is neither true nor false."
    if column.kind == "word":
        return _of_word(column, text)
    if column.kind == "levels":
        return levels.problem(text)
    if column.kind == "text":
        return "cannot be read."
    return _of_number(column, text, with_point=(value or "").endswith(WITH_POINT))


def _of_date(text: str) -> str:
    if SERIAL.fullmatch(text):
        return "is a spreadsheet's count of days. Format the column as a date (2024-02-28) before saving."
    if TWO_DIGIT_YEAR.fullmatch(text):
        return "has a year of two digits; no century is guessed. Write dates as 2024-02-28."
    if DAYS.fullmatch(text) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return "is not written like the other dates. Write dates as 2024-02-28, or give their format in a mapping."
    return f"is not a date from {EARLIEST.year} to today. Write dates as 2024-02-28."


def _of_word(column: Column, text: str) -> str:
    terms = load().vocabularies[column.words]
    spelled = {spelling: term.name for term in terms.values() for spelling in (term.name, *term.synonyms)}
    close = get_close_matches(text.lower().replace(" ", "_"), spelled, n=1, cutoff=0.75)
    meant = f' Did you mean "{spelled[close[0]]}"?' if close else ""
    return f"is not a known {column.words.replace('_', ' ')}.{meant} Correct it, or name it in a mapping."


def _of_number(column: Column, text: str, *, with_point: bool) -> str:
    number = "a whole number" if column.kind == "integer" else "a number"
    wanted = f"is not {number} from {column.low:g} to {column.high:g}."
    if with_point:
        return "has a point, and the mapping says that the comma is the decimal sign. Write it as the others are."
    if text.lower().lstrip("+-") in NOTHING or text in NOTHING:
        return f"{wanted} Leave the cell empty if it is not known, or name this sign in a mapping: missing = [...]."
    if unit := WITH_UNIT.fullmatch(text):
        return f'{wanted} It holds the text "{unit[2][:12]}": write the number alone.'
    if re.fullmatch(r"-?\d+,\d+", text, re.ASCII):
        return f'{wanted} If the comma is the decimal sign, say so in a mapping: decimal = ",".'
    if PLAIN.fullmatch(text) and len(text) < 12 and column.low is not None and column.high is not None:
        return f"{wanted}{_another_unit(column, float(text))}"
    return f"{wanted} Write digits only, with a point before decimals."


def _another_unit(column: Column, value: float) -> str:
    """The first of the scales, ours left out, on which a number beyond our range would be within it."""
    low, high = column.low or 0, column.high or 0
    if low <= value <= high or value <= 0:
        return ""
    said = [scale.said for scale in column.scales[1:] if low <= value * scale.each <= high]
    return f" Is it in {said[0]}?" if said else ""
