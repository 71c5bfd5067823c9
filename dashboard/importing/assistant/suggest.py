"""The mapping assistant: looks at a stranger's table and suggests which of its columns is which of ours.

It suggests and asks; what it is not sure of stays open, and nothing is imported by a suggestion alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from dashboard.definitions.canonical import PERSONS, TABLES, Column, column_named
from dashboard.importing import column_names
from dashboard.importing.assistant import word_meanings as said
from dashboard.importing.assistant.excerpts import Excerpt
from dashboard.importing.assistant.readings import as_number, fitting_formats, is_day
from dashboard.importing.column_names import NEARLY_ALL, is_person, names, plain, table_of_ours, unit_named
from dashboard.importing.mapping import FLAT, FLAT_COLUMNS, MONTHS, VISIT_COLUMNS, spelled

MOST_EXAMPLES, MOST_VALUES = 4, 60
OTHER_UNITS = {"height_cm": ("in", 36, 96), "weight_kg": ("lb", 140, 700)}
"""A median between these would be in that unit; below or above, it may be ours."""
VISITS = ("baseline", "3", "12", "24")
"""Those that are always offered; others where a column's name says them."""
FOLLOWED = ("failure.date", "failure.cause", "follow_up.days", "follow_up.status")
OF_A_ROW = tuple(f"visit.{name}" for name in ("date", "months", *VISIT_COLUMNS))
"""What a row holds that is a visit: an operation then has several rows."""
NEEDED = ("patient_id", "surgery_date", "procedure")
OF_SOMEBODY = column_names.NUMBERED | {"record", "patient"}
"""Words of a column that is open, in which numbers of patients may stand: none of them is shown."""
TOGETHER = (
    ("failure.cause", "failure.date"),
    ("follow_up.days", "follow_up.status"),
    ("follow_up.status", "follow_up.days"),
)
"""Of what is followed, what cannot be read without what."""
REPEATED = 0.8
"""A list has rows of visits when it has at most so many operations a row."""


@dataclass(frozen=True)
class Guess:
    """One of their columns.

    ours: which of ``targets`` it seems to be, empty when open; sure: how sure that is, in words; rival: which it would
    be, were there not another column for it; lacks: what is missing to read it.
    """

    theirs: str
    examples: tuple[str, ...]
    ours: str = ""
    sure: str = "open"
    rival: str = ""
    lacks: str = ""


@dataclass(frozen=True)
class Suggestion:
    """What a table seems to hold.

    guesses: a column each; date_formats: those that every date could be written in, several when that must be asked.
    missing: words for what is not known; units: our column -> theirs; decimal: their decimal sign. kind: which table of
    ours this is already, under our own names; else ``flat``: a row an operation with its follow-up.
    by_visit: a row is a visit, and an operation has several.
    """

    guesses: Sequence[Guess]
    date_formats: Sequence[str]
    missing: Sequence[str]
    units: Mapping[str, str]
    decimal: str
    kind: str = FLAT
    by_visit: bool = False

    @property
    def chosen(self) -> dict[str, str]:
        """Ours by theirs for every column that has a suggestion."""
        return {guess.theirs: guess.ours for guess in self.guesses if guess.ours}


def suggest(excerpt: Excerpt) -> Suggestion:
    """What each column seems to be, and what must be asked before the file can be read."""
    kind, header = table_of_ours(excerpt.header), [theirs for theirs in excerpt.header if theirs]
    if kind == FLAT:
        guesses = _without_rivals([_guess(excerpt, theirs) for theirs in header])
        if by_visit := _is_by_visit(excerpt, guesses):
            guesses = _without_rivals([_guess_of_visit(excerpt, guess) for guess in guesses])
        guesses = _whole(guesses)
    else:
        by_visit = False
        guesses = [_guess_of_ours(excerpt, theirs, kind) for theirs in header]
    missing = _missing(excerpt, guesses)
    units = {
        guess.ours: OTHER_UNITS[guess.ours][0]
        for guess in guesses if guess.ours in OTHER_UNITS and _other_unit(guess.ours, guess.theirs, excerpt)
    }  # fmt: skip
    found = Suggestion(guesses, [], missing, units, _decimal(excerpt, guesses), kind, by_visit)
    return replace(found, date_formats=fitting_formats(dates_of(excerpt, found)))


def targets(excerpt: Excerpt) -> list[str]:
    """Everything that a column of a flat file may be, under the name that the mapping gives it."""
    told = {months for theirs in excerpt.header if (months := column_names.months(plain(theirs)))}
    visits = ["baseline", *map(str, sorted(told | {int(visit) for visit in VISITS[1:]}))]
    answers = (*VISIT_COLUMNS, "date")
    return [*FLAT_COLUMNS, *FOLLOWED, *(f"visits.{at}.{name}" for at in visits for name in answers), *OF_A_ROW]


def values_to_name(excerpt: Excerpt, chosen: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Ours, their value and what it seems to mean here (empty when that is open), for every column of words."""
    for theirs, ours in chosen.items():
        column = column_of(ours)
        if ours == "visit.months" or (column and column.kind == "integer"):
            yield from ((ours, value, word) for value, word in said.numbers_meant(ours, excerpt.values(theirs)))
        if column is None or column.kind not in ("word", "boolean"):
            continue
        counted = Counter(text for text in excerpt.values(theirs) if not said.says_nothing(text))
        known = said.accepted(column)
        for value, _ in counted.most_common(MOST_VALUES):
            if spelled(value) not in known or said.means_another(column, value, counted):
                yield ours, value, said.meaning(ours, column, value, counted)


def column_of(ours: str) -> Column | None:
    """What stands in a target; None for one that no table has, such as the status of a follow-up."""
    name = {"failure.date": "diagnosis_date", "failure.cause": "cause"}.get(ours, ours.split(".")[-1])
    if ours == "visit.months":
        return MONTHS
    name = "visit_date" if ours.startswith("visit") and name == "date" else name
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
    ours, score = column_names.of_visit(spoken) or column_names.nearest(theirs)
    if ours in names().if_numbers and values and all(as_number(text) is not None for text in values):
        ours = names().if_numbers[ours]
    found = score >= column_names.LIKELY and _fits(ours, values)
    sure = "sure" if score >= column_names.SURE else "likely"
    if not found and (by_words := _by_words(values)):
        found, ours, sure = True, by_words, "perhaps"
    hidden = ours in PERSONS if found else bool(set(spoken.split()) & OF_SOMEBODY)
    examples = () if hidden else _examples(values)
    return Guess(theirs, examples, ours, sure) if found else Guess(theirs, examples)


def _is_by_visit(excerpt: Excerpt, guesses: Sequence[Guess]) -> bool:
    """Whether rows repeat the patient and the day of surgery, with something beside them that differs."""
    chosen = {guess.ours: guess.theirs for guess in guesses}
    known_by = [chosen[name] for name in NEEDED if name in chosen]
    if not {"patient_id", "surgery_date"} <= set(chosen) or not excerpt.rows:
        return False
    places = [list(excerpt.header).index(theirs) for theirs in known_by]
    operations = {tuple(cells[place] for place in places) for _, cells in excerpt.rows}
    if len(operations) > REPEATED * len(excerpt.rows):
        return False
    return any(column_names.of_row_visit(plain(theirs)) for theirs in excerpt.header if theirs)


def _guess_of_visit(excerpt: Excerpt, guess: Guess) -> Guess:
    """A column of a list in which a row is a visit: an answer without a time in its name is that row's."""
    spoken, values = plain(guess.theirs), excerpt.values(guess.theirs)
    ours = column_names.of_row_visit(spoken) if guess.ours in ("", "last_contact_date") else ""
    if guess.sure == "a person: left out" or not ours:
        return guess
    ours = "visit.date" if ours == "visit.months" and values and all(map(is_day, values)) else ours
    if ours == "visit.months" and values and all(map(str.isdigit, values)) and "month" not in spoken:
        # Such numbers may as well count the visits; where they follow one upon the other they most likely do.
        counted = sorted({int(value) for value in values})
        follow = counted == list(range(counted[0], counted[0] + len(counted)))
        return replace(guess, ours="", sure="open", rival="") if follow else replace(guess, ours=ours, sure="perhaps")
    return replace(guess, ours=ours, sure="sure", rival="") if _fits(ours, values) else guess


def _whole(guesses: Sequence[Guess]) -> list[Guess]:
    """A suggestion that cannot be read without another one, which is not there, is none."""
    chosen = {guess.ours for guess in guesses}
    lacking = {ours: other for ours, other in TOGETHER if other not in chosen}
    return [
        replace(guess, ours="", sure="open", rival=guess.ours, lacks=lacking[guess.ours])
        if guess.ours in lacking
        else guess
        for guess in guesses
    ]  # fmt: skip


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
    if ours == "visit.months":
        return True
    if column.kind in ("integer", "number"):
        read = sum(as_number(text) is not None or bool(said.roman(text)) for text in known)
        return read >= len(known) / 2
    return True


def _kind(ours: str) -> str:
    column = column_of(ours) if ours else None
    return column.kind if column else ""


def dates_of(excerpt: Excerpt, found: Suggestion) -> list[str]:
    """What stands in the columns of dates, what says that nothing is known left out."""
    columns = [guess.theirs for guess in found.guesses if _kind(guess.ours) == "date"]
    return [text for theirs in columns for text in excerpt.values(theirs) if text not in found.missing]


def _missing(excerpt: Excerpt, guesses: Sequence[Guess]) -> list[str]:
    """Words that stand among dates, numbers and words of ours and say that nothing is known."""
    found: Counter[str] = Counter()
    for guess in guesses:
        column = column_of(guess.ours) if guess.ours else None
        if column and column.kind not in ("text", "levels"):
            found.update(
                text for text in excerpt.values(guess.theirs)
                if said.says_nothing(text) and not (column.words and spelled(text) in said.accepted(column))
            )  # fmt: skip
    return [text for text, _ in found.most_common()]


def numbers_of(excerpt: Excerpt, found: Suggestion, ours: str) -> list[float]:
    texts = (text for theirs, name in found.chosen.items() if name == ours for text in excerpt.values(theirs))
    return [number for text in texts if (number := as_number(text)) is not None]


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
