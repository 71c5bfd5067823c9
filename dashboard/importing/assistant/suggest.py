"""The mapping assistant: looks at a stranger's table and suggests which of its columns is which of ours.

It suggests and asks; what it is not sure of stays open, and nothing is imported by a suggestion alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from dashboard.definitions.canonical import PERSONS, TABLES, Column, column_named
from dashboard.importing import column_names
from dashboard.importing.assistant import word_meanings as said
from dashboard.importing.assistant.readings import are_days, as_number, fitting_formats, is_day
from dashboard.importing.column_names import NEARLY_ALL, is_person, names, plain, table_of_ours, unit_named
from dashboard.importing.dates import ISO
from dashboard.importing.formats import excel
from dashboard.importing.formats.sheets import Cells
from dashboard.importing.formats.text_files import look, rows
from dashboard.importing.mapping import FLAT, FLAT_COLUMNS, VISIT_COLUMNS, spelled
from dashboard.importing.reasons import TWO_DIGIT_YEAR
from dashboard.importing.result import Issue

MOST_ROWS, MOST_EXAMPLES, MOST_VALUES, LISTED = 2_000, 4, 60, 3
OTHER_UNITS = {"height_cm": ("in", 36, 96), "weight_kg": ("lb", 140, 700)}
"""A median between these would be in that unit; below or above, it may be ours."""
VISITS = ("baseline", "3", "12", "24")
FOLLOWED = ("failure.date", "failure.cause", "follow_up.days", "follow_up.status")
TARGETS = (
    *FLAT_COLUMNS,
    *FOLLOWED,
    *(f"visits.{visit}.{name}" for visit in VISITS for name in (*VISIT_COLUMNS, "date")),
)
"""Everything that a column of a flat file may be, under the name that the mapping gives it."""
NEEDED = ("patient_id", "surgery_date", "procedure")
OF_SOMEBODY = column_names.NUMBERED | {"record", "patient"}
"""Words of a column that is open, in which numbers of patients may stand: none of them is shown."""
TOGETHER = (
    ("failure.cause", "failure.date"),
    ("follow_up.days", "follow_up.status"),
    ("follow_up.status", "follow_up.days"),
)
"""Of what is followed, what cannot be read without what."""


@dataclass(frozen=True)
class Guess:
    """One of their columns.

    ours: which of TARGETS it seems to be, empty when open; sure: how sure that is, in words; rival: which it would be,
    were there not another column for it.
    """

    theirs: str
    examples: tuple[str, ...]
    ours: str = ""
    sure: str = "open"
    rival: str = ""


@dataclass(frozen=True)
class Excerpt:
    """The beginning of a stranger's table: its columns, and the first rows as text."""

    header: Sequence[str]
    rows: Sequence[tuple[int, Cells]]

    def values(self, column: str) -> list[str]:
        """What stands in one column, blanks left out."""
        place = list(self.header).index(column)
        return [text for _, cells in self.rows if (text := (cells[place] or "").strip())]


@dataclass(frozen=True)
class Suggestion:
    """What a table seems to hold.

    guesses: a column each; date_formats: those that every date could be written in, several when that must be asked.
    missing: words for what is not known; units: our column -> theirs; decimal: their decimal sign. kind: which table of
    ours this is already, under our own names; else ``flat``: a row an operation with its follow-up.
    """

    guesses: Sequence[Guess]
    date_formats: Sequence[str]
    missing: Sequence[str]
    units: Mapping[str, str]
    decimal: str
    kind: str = FLAT

    @property
    def chosen(self) -> dict[str, str]:
        """Ours by theirs for every column that has a suggestion."""
        return {guess.theirs: guess.ours for guess in self.guesses if guess.ours}


def excerpt_of(path: Path, sheet: str | None = None, encoding: str | None = None, most: int = MOST_ROWS) -> Excerpt:
    """The beginning of a CSV file or of a sheet. Raises ImportRefused when it cannot be read."""
    if excel.recognise([path]):
        header, found = excel.first_rows(path, sheet)
    else:
        file = look(path, None, encoding)
        header, found = file.header, rows(file)
    return Excerpt(header, [row for row in islice(found, most) if not isinstance(row, Issue)])


def suggest(excerpt: Excerpt) -> Suggestion:
    """What each column seems to be, and what must be asked before the file can be read."""
    kind, header = table_of_ours(excerpt.header), [theirs for theirs in excerpt.header if theirs]
    if kind == FLAT:
        guesses = _without_rivals([_guess(excerpt, theirs) for theirs in header])
    else:
        guesses = [_guess_of_ours(excerpt, theirs, kind) for theirs in header]
    missing = _missing(excerpt, guesses)
    units = {
        guess.ours: OTHER_UNITS[guess.ours][0]
        for guess in guesses if guess.ours in OTHER_UNITS and _other_unit(guess.ours, guess.theirs, excerpt)
    }  # fmt: skip
    found = Suggestion(guesses, [], missing, units, _decimal(excerpt, guesses), kind)
    return replace(found, date_formats=fitting_formats(_dates(excerpt, found)))


def values_to_name(excerpt: Excerpt, chosen: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Ours, their value and what it seems to mean here (empty when that is open), for every column of words."""
    for theirs, ours in chosen.items():
        column = column_of(ours)
        if column is None or column.kind not in ("word", "boolean"):
            continue
        counted = Counter(text for text in excerpt.values(theirs) if not said.says_nothing(text))
        known = said.accepted(column)
        for value, _ in counted.most_common(MOST_VALUES):
            if spelled(value) not in known or said.means_another(column, value, counted):
                yield ours, value, said.meaning(ours, column, value, counted)


def mapping_words(
    chosen: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    *,
    date_format: str | None = None,
    missing: Sequence[str] = (),
    units: Mapping[str, str] | None = None,
    decimal: str = ".",
    codes: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> dict[str, Any]:
    """What was chosen as the words of a mapping file, such as ``mapping.understood`` takes them.

    chosen: theirs -> ours, of TARGETS; values: ours -> their value -> our word; codes: of ``follow_up.status``, what
    censored, failed and died are written as.
    """
    ours = {name: theirs for theirs, name in chosen.items() if name}
    file: dict[str, Any] = {"date_format": date_format} if date_format not in (None, ISO) else {}
    file |= {"missing": list(missing)} if missing else {}
    file |= {"decimal": decimal} if decimal != "." else {}
    file |= {"sheet": sheet} if sheet else {}
    words: dict[str, Any] = {"file": file} if file else {}
    words["columns"] = {name: theirs for name, theirs in ours.items() if "." not in name}
    named = {
        name.removeprefix("failure."): {theirs: word for theirs, word in pairs.items() if word}
        for name, pairs in values.items()
    }
    words |= {"values": kept} if (kept := {name: pairs for name, pairs in named.items() if pairs}) else {}
    words |= {"units": dict(units)} if units else {}
    for part in ("failure", "follow_up"):
        held = {name.split(".")[1]: theirs for name, theirs in ours.items() if name.startswith(f"{part}.")}
        words |= {part: held | (dict(codes or {}) if part == "follow_up" else {})} if held else {}
    visits: dict[str, dict[str, str]] = {}
    for name, theirs in ours.items():
        if name.startswith("visits."):
            _, visit, measure = name.split(".")
            visits.setdefault(visit, {})[measure] = theirs
    return words | ({"visits": visits} if visits else {})


def as_suggested(excerpt: Excerpt, found: Suggestion, sheet: str | None = None) -> dict[str, Any]:
    """The mapping's words as far as the suggestion goes, for a person to complete."""
    date_format = found.date_formats[0] if len(found.date_formats) == 1 else None
    if found.kind != FLAT:
        words = mapping_words(
            {}, {}, date_format=date_format, missing=found.missing, decimal=found.decimal, sheet=sheet
        )
        file = {part: held for part, held in words.items() if part == "file"}
        return file | ({found.kind: {"units": dict(found.units)}} if found.units else {})
    values: dict[str, dict[str, str]] = {}
    for ours, theirs, word in values_to_name(excerpt, found.chosen):
        values.setdefault(ours, {})[theirs] = word
    return mapping_words(
        found.chosen, values, date_format=date_format, missing=found.missing, units=found.units, decimal=found.decimal,
        sheet=sheet,
    )  # fmt: skip


def questions(excerpt: Excerpt, found: Suggestion) -> Iterator[str]:
    """What a person has to decide before the file can be imported, a sentence each."""
    if found.kind != FLAT:
        yield f"the columns are named as ours of {found.kind}. Import the file together with the other tables."
    else:
        yield from _of_columns(excerpt, found)
    yield from _of_dates(excerpt, found)
    for ours, unit in found.units.items():
        words = {"in": "inches", "lb": "pounds"}[unit]
        yield f"{ours}{_span(_numbers(excerpt, found, ours))} seems to be in {words}. Take [units] away if it is not."
    yield from _of_numbers(excerpt, found)
    if found.kind == FLAT:
        yield from _of_words(excerpt, found)


def _of_words(excerpt: Excerpt, found: Suggestion) -> Iterator[str]:
    for ours, theirs, word in values_to_name(excerpt, found.chosen):
        where = f"[values.{ours.removeprefix('failure.')}]"
        if not word:
            yield f'what does "{theirs[:40]}" mean in {ours}? Name it below {where}.'
        elif (column := column_of(ours)) and not said.says_no_more(column, word, theirs):
            yield f'is "{theirs[:40]}" {word} in {ours}? Correct it below {where} if it is not.'
    if "follow_up.status" in found.chosen.values():
        yield "which values of the status mean censored, failed and died? Name them below [follow_up]."
    if "follow_up.days" in found.chosen.values():
        yield 'is the time of follow-up in days? If not, write unit = "months" (or weeks, years) below [follow_up].'


def _of_columns(excerpt: Excerpt, found: Suggestion) -> Iterator[str]:
    chosen = set(found.chosen.values())
    rivals: dict[str, list[str]] = {}
    for guess in found.guesses:
        if guess.rival and guess.rival not in chosen:
            rivals.setdefault(guess.rival, []).append(guess.theirs)
    for ours, several in rivals.items():
        yield f"which column is {ours}: {' or '.join(several)}?{' It is needed.' if ours in NEEDED else ''}"
    for ours in (name for name in NEEDED if name not in chosen and name not in rivals):
        days = [guess.theirs for guess in found.guesses if not guess.ours and are_days(excerpt.values(guess.theirs))]
        perhaps = f" Dates stand in {', '.join(days)}." if ours == "surgery_date" and days else ""
        yield f"which column is {ours}? It is needed.{perhaps}"
    for ours, other in TOGETHER:
        if ours in chosen and other not in chosen and other not in rivals:
            yield f"which column is {other}? {ours} cannot be read without it."


def _of_dates(excerpt: Excerpt, found: Suggestion) -> Iterator[str]:
    dates = _dates(excerpt, found)
    if len(found.date_formats) > 1:
        written = " or ".join(found.date_formats)
        yield f"dates may be written as {written}. Say which below [file]: date_format."
    elif not found.date_formats and any(TWO_DIGIT_YEAR.fullmatch(text) for text in dates):
        yield "years are written with two digits, and no century is guessed: can the dates be exported with four?"
    elif not found.date_formats:
        yield "dates are not all written one way. Say how below [file]: date_format."


def _of_numbers(excerpt: Excerpt, found: Suggestion) -> Iterator[str]:
    """What stands among numbers and is none, or is no number that ours can be."""
    for ours, theirs in ((ours, theirs) for theirs, ours in found.chosen.items() if column_of(ours)):
        column, texts = column_of(ours), excerpt.values(theirs)
        if column is None or column.low is None or column.high is None:
            continue
        strange = dict.fromkeys(text for text in texts if as_number(text) is None and text not in found.missing)
        if strange:
            listed = ", ".join(f'"{text[:20]}"' for text in [*strange][:LISTED])
            yield f"{listed} in {ours} is no number. Name it below [file]: missing, or a number below [values.{ours}]."
        numbers = _numbers(excerpt, found, ours)
        outside = [number for number in numbers if not column.low <= number <= column.high]
        nines = dict.fromkeys(number for number in outside if re.fullmatch(r"-?9+|-1", f"{number:g}"))
        for number in nines:
            yield f'does "{number:g}" in {ours} mean "not known"? If so, name it below [file]: missing.'
        if ours not in found.units and 2 * (len(outside) - sum(n in nines for n in outside)) > len(numbers):
            wanted = f"ours is {column.low:g} to {column.high:g}"
            yield f"{ours}{_span(numbers)}: {wanted}. Is it written in another unit, or another measure?"
        if column.kind == "integer" and any(number % 1 for number in numbers):
            yield f"{ours} has decimals, but ours is a whole number. Can it be exported without?"


def column_of(ours: str) -> Column | None:
    """What stands in a target; None for one that no table has, such as the status of a follow-up."""
    name = {"failure.date": "diagnosis_date", "failure.cause": "cause"}.get(ours, ours.split(".")[-1])
    name = "visit_date" if ours.startswith("visits.") and name == "date" else name
    return column_named(name)


def _guess_of_ours(excerpt: Excerpt, theirs: str, kind: str) -> Guess:
    """A column of a table that bears our own names."""
    ours = theirs.lower() if theirs.lower() in TABLES[kind].columns else ""
    examples = () if ours in PERSONS or is_person(plain(theirs)) else _examples(excerpt.values(theirs))
    return Guess(theirs, examples, ours, "sure") if ours else Guess(theirs, examples)


def _examples(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[:40] for text in values))[:MOST_EXAMPLES]


def _guess(excerpt: Excerpt, theirs: str) -> Guess:
    spoken, values = plain(theirs), excerpt.values(theirs)
    if is_person(spoken):
        return Guess(theirs, (), "", "a person: left out")
    ours, score = column_names.of_visit(spoken, VISITS) or column_names.nearest(theirs)
    if ours in names().if_numbers and values and all(as_number(text) is not None for text in values):
        ours = names().if_numbers[ours]
    found = score >= column_names.LIKELY and _fits(ours, values)
    sure = "sure" if score >= column_names.SURE else "likely"
    if not found and (by_words := _by_words(values)):
        found, ours, sure = True, by_words, "perhaps"
    hidden = ours in PERSONS if found else bool(set(spoken.split()) & OF_SOMEBODY)
    examples = () if hidden else _examples(values)
    return Guess(theirs, examples, ours, sure) if found else Guess(theirs, examples)


def _by_words(values: Sequence[str]) -> str:
    """The one column of a flat file whose vocabulary has nearly all of these words; empty when not exactly one has."""
    distinct = set(values)
    if len(distinct) > MOST_VALUES:
        return ""
    known = {spelled(text) for text in distinct if not said.says_nothing(text) and len(text) > 1}
    words = {name: column for name in (*FLAT_COLUMNS, "failure.cause") if (column := column_of(name)) and column.words}
    able = [name for name, column in words.items() if len(known & said.accepted(column)) >= NEARLY_ALL * len(known)]
    return able[0] if len(able) == 1 and len(known) > 1 else ""


def _without_rivals(guesses: Sequence[Guess]) -> list[Guess]:
    """Of columns that seem to be one of ours, the surest keeps the suggestion; of several alike none does."""
    grades = ("sure", "likely", "perhaps")
    best: dict[str, Guess | None] = {}
    for ours in {guess.ours for guess in guesses if guess.ours}:
        able = [guess for guess in guesses if guess.ours == ours]
        grade = min((guess.sure for guess in able), key=grades.index)
        surest = [guess for guess in able if guess.sure == grade]
        best[ours] = surest[0] if len(surest) == 1 else None
    return [
        guess if not guess.ours or best[guess.ours] is guess else Guess(guess.theirs, guess.examples, rival=guess.ours)
        for guess in guesses
    ]


def _fits(ours: str, values: Sequence[str]) -> bool:
    """Whether what stands in a column could be what its name promises: dates where dates should be, and numbers."""
    column = column_of(ours)
    known = [text for text in values if not said.says_nothing(text)]
    if column is None or not known:
        return True
    if column.kind == "date":
        return sum(is_day(text) for text in known) >= len(known) / 2
    if column.kind in ("integer", "number"):
        return sum(as_number(text) is not None for text in known) >= len(known) / 2
    return True


def _kind(ours: str) -> str:
    column = column_of(ours) if ours else None
    return column.kind if column else ""


def _dates(excerpt: Excerpt, found: Suggestion) -> list[str]:
    """What stands in the columns of dates, what says that nothing is known left out."""
    columns = [guess.theirs for guess in found.guesses if _kind(guess.ours) == "date"]
    return [text for theirs in columns for text in excerpt.values(theirs) if text not in found.missing]


def _missing(excerpt: Excerpt, guesses: Sequence[Guess]) -> list[str]:
    """Words that stand among dates, numbers and words of ours and say that nothing is known."""
    found: Counter[str] = Counter()
    for guess in guesses:
        column = column_of(guess.ours) if guess.ours else None
        if column and column.kind != "text":
            found.update(
                text for text in excerpt.values(guess.theirs)
                if said.says_nothing(text) and not (column.words and spelled(text) in said.accepted(column))
            )  # fmt: skip
    return [text for text, _ in found.most_common()]


def _numbers(excerpt: Excerpt, found: Suggestion, ours: str) -> list[float]:
    texts = (text for theirs, name in found.chosen.items() if name == ours for text in excerpt.values(theirs))
    return [number for text in texts if (number := as_number(text)) is not None]


def _span(numbers: Sequence[float]) -> str:
    return f" (from {min(numbers):g} to {max(numbers):g})" if numbers else ""


def _other_unit(ours: str, theirs: str, excerpt: Excerpt) -> bool:
    """Whether the middle value speaks for another unit; or the name does, and the middle value could be in it."""
    unit, low, high = OTHER_UNITS[ours]
    numbers = [number for text in excerpt.values(theirs) if (number := as_number(text)) is not None]
    column = column_of(ours)
    if not numbers or column is None or column.low is None or column.high is None:
        return False
    named = unit_named(plain(theirs)) == unit and column.low <= median(numbers) * column.each(unit) <= column.high
    return named or low <= median(numbers) <= high


def _decimal(excerpt: Excerpt, guesses: Sequence[Guess]) -> str:
    texts = [t for guess in guesses if _kind(guess.ours) == "number" for t in excerpt.values(guess.theirs)]
    commas = sum("," in text for text in texts if as_number(text) is not None)
    return "," if commas and not any("." in text for text in texts if as_number(text) is not None) else "."
