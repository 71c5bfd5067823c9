"""The mapping assistant: looks at a stranger's table and suggests which of its columns is which of ours.

It suggests and asks; what it is not sure of stays open, and nothing is imported by a suggestion alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from dashboard.definitions import load
from dashboard.importing import excel
from dashboard.importing.canonical import TABLES, Column
from dashboard.importing.column_names import months, names, plain
from dashboard.importing.conversion import NO, YES
from dashboard.importing.mapping import FLAT_COLUMNS, ISO, VISIT_COLUMNS
from dashboard.importing.reasons import NOTHING
from dashboard.importing.result import Issue
from dashboard.importing.sheets import Cells
from dashboard.importing.text_files import look, rows

MOST_ROWS, MOST_EXAMPLES, MOST_VALUES = 2_000, 4, 60
LIKELY, SURE = 0.84, 1.0
DATE_FORMATS = {
    ISO: "2024-02-28", "%d.%m.%Y": "28.02.2024", "%d/%m/%Y": "28/02/2024", "%m/%d/%Y": "02/28/2024",
    "%d-%m-%Y": "28-02-2024", "%m-%d-%Y": "02-28-2024", "%Y/%m/%d": "2024/02/28", "%Y%m%d": "20240228",
}  # fmt: skip
OTHER_UNITS = {"height_cm": ("in", 36, 96), "weight_kg": ("lb", 140, 700)}
"""A median between these would be in that unit; below or above, it may be ours."""
VISITS = ("baseline", "3", "12", "24")
FOLLOWED = ("failure.date", "failure.cause", "follow_up.days", "follow_up.status")
TARGETS = (*FLAT_COLUMNS, *FOLLOWED, *(f"visits.{visit}.{name}" for visit in VISITS for name in VISIT_COLUMNS))
"""Everything that a column of a flat file may be, under the name that the mapping gives it."""
NEEDED = ("patient_id", "surgery_date", "procedure")


@dataclass(frozen=True)
class Guess:
    """One of their columns.

    ours: which of TARGETS it seems to be, empty when open; sure: how sure that is, in words.
    """

    theirs: str
    examples: tuple[str, ...]
    ours: str = ""
    sure: str = "open"


@dataclass(frozen=True)
class Table:
    """What a table holds: its columns, and the first rows as text."""

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
    missing: words for what is not known; units: our column -> theirs; decimal: their decimal sign.
    """

    guesses: Sequence[Guess]
    date_formats: Sequence[str]
    missing: Sequence[str]
    units: Mapping[str, str]
    decimal: str

    @property
    def chosen(self) -> dict[str, str]:
        """Ours by theirs for every column that has a suggestion."""
        return {guess.theirs: guess.ours for guess in self.guesses if guess.ours}


def table_of(path: Path, sheet: str | None = None, encoding: str | None = None, most: int = MOST_ROWS) -> Table:
    """The beginning of a CSV file or of a sheet. Raises ImportRefused when it cannot be read."""
    if excel.recognise([path]):
        header, found = excel.first_rows(path, sheet)
    else:
        file = look(path, None, encoding)
        header, found = file.header, rows(file)
    return Table(header, [row for row in islice(found, most) if not isinstance(row, Issue)])


def suggest(table: Table) -> Suggestion:
    """What each column seems to be, and what must be asked before the file can be read."""
    guesses = _without_rivals([_guess(table, theirs) for theirs in table.header if theirs])
    dates = [text for guess in guesses if _kind(guess.ours) == "date" for text in table.values(guess.theirs)]
    missing = _missing(table, guesses)
    # A date in our own way is read beside any other: only the rest says which way that is.
    others = [text for text in dates if text not in missing and not _reads(text, ISO)]
    formats = [form for form in DATE_FORMATS if all(_reads(text, form) for text in others)] if others else [ISO]
    units = {
        guess.ours: OTHER_UNITS[guess.ours][0]
        for guess in guesses if guess.ours in OTHER_UNITS and _other_unit(guess.ours, table.values(guess.theirs))
    }  # fmt: skip
    return Suggestion(guesses, formats, missing, units, _decimal(table, guesses))


def values_to_name(table: Table, chosen: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Ours, their value and what it seems to mean here (empty when that is open), for every column of words."""
    for theirs, ours in chosen.items():
        column = column_of(ours)
        if column is None or column.kind not in ("word", "boolean"):
            continue
        counted = Counter(text for text in table.values(theirs) if text not in NOTHING)
        for value, _ in counted.most_common(MOST_VALUES):
            if not _understood(column, value):
                yield ours, value, _meaning(ours, column, value)


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


def as_suggested(table: Table, found: Suggestion, sheet: str | None = None) -> dict[str, Any]:
    """The mapping's words as far as the suggestion goes, for a person to complete."""
    values: dict[str, dict[str, str]] = {}
    for ours, theirs, meaning in values_to_name(table, found.chosen):
        values.setdefault(ours, {})[theirs] = meaning
    date_format = found.date_formats[0] if len(found.date_formats) == 1 else None
    return mapping_words(
        found.chosen, values, date_format=date_format, missing=found.missing, units=found.units, decimal=found.decimal,
        sheet=sheet,
    )  # fmt: skip


def questions(table: Table, found: Suggestion) -> Iterator[str]:
    """What a person has to decide before the file can be imported, a sentence each."""
    chosen = set(found.chosen.values())
    for ours in NEEDED:
        if ours not in chosen:
            yield f"which column is {ours}? It is needed."
    if len(found.date_formats) > 1:
        written = " or ".join(found.date_formats)
        yield f"dates may be written as {written}. Say which below [file]: date_format."
    elif not found.date_formats and any(_kind(ours) == "date" for ours in chosen):
        yield "dates are not all written one way. Say how below [file]: date_format."
    for ours, unit in found.units.items():
        yield f"{ours} seems to be in {unit}. Take [units] away if it is not."
    for ours, theirs, meaning in values_to_name(table, found.chosen):
        if not meaning:
            yield f'what does "{theirs[:40]}" mean in {ours}? Name it below [values.{ours.removeprefix("failure.")}].'
    if "follow_up.status" in chosen:
        yield "which values of the status mean censored, failed and died? Name them below [follow_up]."


def column_of(ours: str) -> Column | None:
    """What stands in a target; None for one that no table has, such as the status of a follow-up."""
    name = {"failure.date": "diagnosis_date", "failure.cause": "cause"}.get(ours, ours.split(".")[-1])
    return next((table.columns[name] for table in TABLES.values() if name in table.columns), None)


def _guess(table: Table, theirs: str) -> Guess:
    spoken = plain(theirs)
    if set(spoken.split()) & set(names().persons) and spoken not in _spellings():
        return Guess(theirs, (), "", "a person: left out")
    ours, score = _of_visit(spoken)
    if not ours:
        ours, score = max(
            ((name, _likeness(spoken, word)) for word, name in _spellings().items()), key=lambda one: one[1]
        )
    values = table.values(theirs)
    if ours in names().if_numbers and values and all(_number(text) is not None for text in values):
        ours = names().if_numbers[ours]
    examples = () if ours == "patient_id" else tuple(dict.fromkeys(text[:40] for text in values))[:MOST_EXAMPLES]
    if score < LIKELY or not _fits(ours, values):
        return Guess(theirs, examples)
    return Guess(theirs, examples, ours, "sure" if score >= SURE else "likely")


def _spellings() -> dict[str, str]:
    own = {plain(name): name for name in FLAT_COLUMNS}
    return {plain(word): name for name, words in names().columns.items() for word in words} | own


def _of_visit(spoken: str) -> tuple[str, float]:
    """A measure at a visit: ``odi 12m``; only visits that the project asks for."""
    when = months(spoken)
    apart = f" {spoken} "
    for measure, words in names().measures.items():
        if any(f" {plain(word)} " in apart or spoken.startswith(plain(word)) for word in words) and when is not None:
            visit = "baseline" if when == 0 else str(when)
            return (f"visits.{visit}.{measure}", SURE) if visit in VISITS else ("", 0.0)
    return "", 0.0


def _likeness(spoken: str, word: str) -> float:
    return SURE if spoken == word else min(SequenceMatcher(None, spoken, word).ratio(), SURE - 0.01)


def _without_rivals(guesses: Sequence[Guess]) -> list[Guess]:
    """Of two columns that seem to be one of ours, the surer keeps the suggestion; of two alike neither does."""
    best: dict[str, Guess | None] = {}
    for guess in guesses:
        rival = best.get(guess.ours)
        if (guess.ours and guess.ours not in best) or (rival and rival.sure != "sure" and guess.sure == "sure"):
            best[guess.ours] = guess
        elif guess.ours and rival and rival.sure == guess.sure:
            best[guess.ours] = None
    return [
        guess if not guess.ours or best[guess.ours] is guess else Guess(guess.theirs, guess.examples)
        for guess in guesses
    ]


def _fits(ours: str, values: Sequence[str]) -> bool:
    """Whether what stands in a column could be what its name promises: dates where dates should be, and numbers."""
    column = column_of(ours)
    known = [text for text in values if text.lower() not in NOTHING]
    if column is None or not known:
        return True
    if column.kind == "date":
        return sum(any(_reads(text, form) for form in DATE_FORMATS) for text in known) >= len(known) / 2
    if column.kind in ("integer", "number"):
        return sum(_number(text) is not None for text in known) >= len(known) / 2
    return True


def _kind(ours: str) -> str:
    column = column_of(ours) if ours else None
    return column.kind if column else ""


def _reads(text: str, form: str) -> bool:
    if form == ISO and len(text) != 10:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}[ T][\d:.]+", text))
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 (a day)
    except ValueError:
        return False
    return True


def _number(text: str) -> float | None:
    found = re.fullmatch(r"-?\d{1,9}([.,]\d{1,9})?", text, re.ASCII)
    return float(text.replace(",", ".")) if found else None


def _missing(table: Table, guesses: Sequence[Guess]) -> list[str]:
    """Words that stand among dates and numbers and say that nothing is known."""
    found: Counter[str] = Counter()
    for guess in guesses:
        if _kind(guess.ours) in ("date", "integer", "number"):
            found.update(text for text in table.values(guess.theirs) if text.lower() in NOTHING)
    return [text for text, _ in found.most_common()]


def _other_unit(ours: str, values: Sequence[str]) -> bool:
    _, low, high = OTHER_UNITS[ours]
    numbers = [number for text in values if (number := _number(text)) is not None]
    return bool(numbers) and low <= median(numbers) <= high


def _decimal(table: Table, guesses: Sequence[Guess]) -> str:
    texts = [t for guess in guesses if _kind(guess.ours) == "number" for t in table.values(guess.theirs)]
    commas = sum("," in text for text in texts if _number(text) is not None)
    return "," if commas and not any("." in text for text in texts if _number(text) is not None) else "."


def _understood(column: Column, value: str) -> bool:
    if column.kind == "boolean":
        return value.lower() in (*YES, *NO)
    terms = load().vocabularies[column.words].values()
    return plain(value) in {plain(spelling) for term in terms for spelling in (term.name, *term.synonyms)}


def _meaning(ours: str, column: Column, value: str) -> str:
    """Our word for their value, where one word of ours, and no other, is in it."""
    spoken = plain(value)
    answers = names().answers if column.kind == "boolean" else names().values.get(ours, {})
    if exact := [name for name, words in answers.items() if spoken in map(plain, words)]:
        return exact[0] if len(exact) == 1 else ""
    if column.kind == "boolean":
        return ""
    apart, found = f" {spoken} ", {}
    for term in load().vocabularies[column.words].values():
        inside = [plain(word) for word in (term.name, *term.synonyms) if f" {plain(word)} " in apart]
        if inside:
            found[term.name] = max(map(len, inside))
    longest = [name for name, length in found.items() if length == max(found.values())]
    return longest[0] if len(longest) == 1 else ""
