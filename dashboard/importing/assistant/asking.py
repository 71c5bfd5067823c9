"""What a person has to decide before a stranger's table can be imported: a sentence each, and how a mapping says it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.definitions.canonical import Column
from dashboard.importing.assistant import word_meanings as said
from dashboard.importing.assistant.excerpts import Excerpt
from dashboard.importing.assistant.readings import DATE_FORMATS, are_days, as_number, reads
from dashboard.importing.assistant.suggest import (
    FOLLOWED,
    NEEDED,
    Suggestion,
    column_of,
    dates_of,
    numbers_of,
    values_to_name,
)
from dashboard.importing.checking.ages import AGE
from dashboard.importing.column_names import exact_months, names, plain
from dashboard.importing.mapping import FLAT
from dashboard.importing.reasons import TWO_DIGIT_YEAR
from dashboard.importing.scales import OtherScale, standing_out, suggested_scale

LISTED = 3
CODES = re.compile(r"-?9+|-?8+|-?7+|-1")
"""Numbers that registries write for what was not answered."""


@dataclass(frozen=True)
class ToDecide:
    """text: what is asked, in words for anybody; in_mapping: how a mapping file says the answer.

    answered_there: the page has a control of its own that asks it.
    """

    text: str
    in_mapping: str = ""
    answered_there: bool = False

    def __str__(self) -> str:
        return f"{self.text} {self.in_mapping}".strip()


def questions(excerpt: Excerpt, found: Suggestion) -> Iterator[ToDecide]:
    """What a person has to decide before the file can be imported."""
    if found.kind != FLAT:
        told = f"the columns are named as ours of {found.kind}. Import the file together with the other tables."
        yield ToDecide(told)
    else:
        yield from _of_shape(excerpt, found)
        yield from _of_columns(excerpt, found)
        yield from _of_odd_columns(found)
    yield from _of_dates(excerpt, found)
    for ours, unit in found.units.items():
        words = {"in": "inches", "lb": "pounds"}[unit]
        span = _span(numbers_of(excerpt, found, ours))
        yield ToDecide(f"{ours}{span} seems to be in {words}.", "Take [units] away if it is not.", True)
    for ours, _, other in measured_otherwise(excerpt, found):
        how = " or ".join(f'{ours} = "{scale.name}"' for scale in other.scales)
        yield ToDecide(f"{ours}: {other.why}", f"Say below [units] what it is: {how}." if how else "", True)
    yield from _of_numbers(excerpt, found)
    if found.kind == FLAT:
        yield from _of_words(excerpt, found)


def unanswered(excerpt: Excerpt, found: Suggestion) -> Iterator[tuple[str, str]]:
    """Ours and a number of it that may mean "not known": outside of what ours can be, or inside and far from all."""
    for theirs, ours in found.chosen.items():
        column = column_of(ours)
        if column is None or column.low is None or column.high is None or column.kind not in ("integer", "number"):
            continue
        texts = [text for text in excerpt.values(theirs) if as_number(text) is not None]
        numbers = [float(as_number(text) or 0) for text in texts]
        outside = {number for number in numbers if not column.low <= number <= column.high}
        yield from ((ours, f"{number:g}") for number in sorted(outside) if CODES.fullmatch(f"{number:g}"))
        apart = standing_out(column, numbers, column.each(found.units.get(ours, "")))
        yield from ((ours, f"{value:g}") for value in (apart.values if apart else ()))


def measured_otherwise(excerpt: Excerpt, found: Suggestion) -> Iterator[tuple[str, Column, OtherScale]]:
    """By our column, whatever its visit, the scale that its numbers would fit better than ours."""
    for ours, (column, numbers) in _by_column(excerpt, found).items():
        other = suggested_scale(column, numbers) if ours not in found.units else None
        if other:
            yield ours, column, other


def _by_column(excerpt: Excerpt, found: Suggestion) -> dict[str, tuple[Column, list[float]]]:
    """Our columns of numbers, each with what stands at all visits."""
    numbers: dict[str, tuple[Column, list[float]]] = {}
    for ours in dict.fromkeys(found.chosen.values()):
        column = column_of(ours)
        if column and column.kind in ("integer", "number") and column.low is not None:
            numbers.setdefault(ours.split(".")[-1], (column, []))[1].extend(numbers_of(excerpt, found, ours))
    return numbers


def _of_shape(excerpt: Excerpt, found: Suggestion) -> Iterator[ToDecide]:
    if excerpt.header_rows:
        rows = " and ".join(map(str, excerpt.header_rows))
        yield ToDecide(f"the names of the columns seem to stand in row {rows}.", "Correct header_row if they do not.")
    if excerpt.passed_over:
        rows = ", ".join(map(str, excerpt.passed_over[:LISTED]))
        yield ToDecide(f"row {rows} holds totals or units, and is left out.")
    if found.by_visit:
        yield ToDecide("each row seems to be a visit, and an operation has several rows: they become one operation.")


def _of_columns(excerpt: Excerpt, found: Suggestion) -> Iterator[ToDecide]:
    chosen = set(found.chosen.values())
    rivals: dict[str, list[str]] = {}
    for guess in found.guesses:
        if guess.rival and not guess.lacks and guess.rival not in chosen:
            rivals.setdefault(guess.rival, []).append(guess.theirs)
    for ours, several in rivals.items():
        needed = " It is needed." if ours in NEEDED else ""
        yield ToDecide(f"which column is {ours}: {' or '.join(several)}?{needed}")
    for ours in (name for name in NEEDED if name not in chosen and name not in rivals):
        days = [guess.theirs for guess in found.guesses if not guess.ours and are_days(excerpt.values(guess.theirs))]
        perhaps = f" Dates stand in {', '.join(days)}." if ours == "surgery_date" and days else ""
        yield ToDecide(f"which column is {ours}? It is needed.{perhaps}", _one_for_all(ours))
    if not chosen & set(FOLLOWED):
        for guess in (guess for guess in found.guesses if guess.lacks and guess.lacks not in rivals):
            told = f"{guess.theirs} seems to be {guess.rival}, but {guess.rival} cannot be read without it"
            yield ToDecide(f"which column is {guess.lacks}? {told}.")


def _of_odd_columns(found: Suggestion) -> Iterator[ToDecide]:
    """What is kept by months though it says weeks, and what may be one of ours and is not used."""
    for guess in found.guesses:
        exact = exact_months(plain(guess.theirs)) if guess.ours.startswith("visits.") else None
        if exact is not None and exact != round(exact):
            months = guess.ours.split(".")[1]
            whole = f"{months} month{'s' * (months != '1')} after surgery"
            yield ToDecide(f"{guess.theirs} is kept at {whole}, the nearest to its weeks.")
        if guess.ours == "visit.months" and guess.sure == "perhaps":
            yield ToDecide(
                f"does {guess.theirs} count the months after surgery? If it numbers the visits, leave it out."
            )
    for ours, words in names().perhaps.items():
        for guess in (one for one in found.guesses if not one.ours and plain(one.theirs) in words):
            yield ToDecide(f"is {guess.theirs} the same as {ours}? It is not used unless you say so.")


def _one_for_all(ours: str) -> str:
    if ours != "procedure":
        return ""
    return 'If all are of one procedure, name it below [columns]: procedure = { constant = "laminectomy" }.'


def _of_dates(excerpt: Excerpt, found: Suggestion) -> Iterator[ToDecide]:
    dates, how = dates_of(excerpt, found), "Say which below [file]: date_format."
    if len(found.date_formats) > 1:
        yield ToDecide(f"dates may be written as {' or '.join(found.date_formats)}.", how, True)
    elif not found.date_formats and any(TWO_DIGIT_YEAR.fullmatch(text) for text in dates):
        asked = "years are written with two digits, and no century is guessed: can the dates be exported with four?"
        yield ToDecide(asked)
    if not found.date_formats and date_shares(dates):
        yield ToDecide("dates are not all written one way. Those written otherwise are left out and named.", how, True)


def date_shares(dates: Sequence[str]) -> dict[str, int]:
    """How many dates are written in each way that any is, the most frequent first."""
    counted = {form: sum(reads(text, form) for text in dates) for form in DATE_FORMATS}
    return {form: times for form, times in sorted(counted.items(), key=lambda pair: -pair[1]) if times}


def _of_numbers(excerpt: Excerpt, found: Suggestion) -> Iterator[ToDecide]:
    """What stands among numbers and is none, or is no number that ours can be."""
    codes = {(ours, as_number(text)) for ours, text in unanswered(excerpt, found)}
    named = {(ours, value) for ours, value, _ in values_to_name(excerpt, found.chosen)}
    for ours, theirs in ((ours, theirs) for theirs, ours in found.chosen.items() if column_of(ours)):
        column, texts = column_of(ours), excerpt.values(theirs)
        if column is None or column.low is None or column.high is None:
            continue
        nameless = [text for text in texts if text not in found.missing and (ours, text) not in named]
        strange = dict.fromkeys(text for text in nameless if as_number(text) is None)
        if strange:
            listed = ", ".join(f'"{text[:20]}"' for text in [*strange][:LISTED])
            how = f"Name it below [file]: missing, or a number below [values.{ours.split('.')[-1]}]."
            yield ToDecide(f"{listed} in {ours} is no number.", how)
        numbers = numbers_of(excerpt, found, ours)
        for number in dict.fromkeys(n for n in numbers if (ours, n) in codes):
            how = f'If so, name it: [values.{ours.split(".")[-1]}] "{number:g}" = "".'
            yield ToDecide(f'does "{number:g}" in {ours} mean "not known"?', how, True)
        outside = [number for number in numbers if not column.low <= number <= column.high]
        if ours not in found.units and 2 * sum((ours, n) not in codes for n in outside) > len(numbers):
            wanted = f"ours is {column.low:g} to {column.high:g}"
            yield ToDecide(f"{ours}{_span(numbers)}: {wanted}. Is it written in another unit, or another measure?")
        if column.kind == "integer" and ours != AGE and any(number % 1 for number in numbers):
            yield ToDecide(f"{ours} has decimals, but ours is a whole number. Can it be exported without?")


def _of_words(excerpt: Excerpt, found: Suggestion) -> Iterator[ToDecide]:
    for ours, theirs, word in values_to_name(excerpt, found.chosen):
        where = f"[values.{ours.split('.')[-1]}]"
        column = column_of(ours)
        if not word:
            close = said.near(column, theirs) if column else []
            perhaps = f" Perhaps {' or '.join(close)}." if close else ""
            yield ToDecide(f'what does "{theirs[:40]}" mean in {ours}?{perhaps}', f"Name it below {where}.", True)
        elif column and column.words and not said.says_no_more(column, word, theirs):
            yield ToDecide(f'is "{theirs[:40]}" {word} in {ours}?', f"Correct it below {where} if it is not.", True)
    if "follow_up.status" in found.chosen.values():
        asked = "which values of the status mean censored, failed and died?"
        yield ToDecide(asked, "Name them below [follow_up].", True)
    if "follow_up.days" in found.chosen.values():
        how = 'If not, write unit = "months" (or weeks, years) below [follow_up].'
        yield ToDecide("is the time of follow-up in days?", how, True)


def _span(numbers: Sequence[float]) -> str:
    return f" (from {min(numbers):g} to {max(numbers):g})" if numbers else ""
