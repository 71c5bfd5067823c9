"""How others name what we record: their words for our columns, measures, visits and answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from dashboard.definitions import load
from dashboard.definitions.canonical import DAYS_A_MONTH, TABLES
from dashboard.importing.mapping import FLAT, FLAT_COLUMNS, VISIT_COLUMNS
from dashboard.strict import check_keys, made, toml

WORDS = Path(__file__).with_name("column_names.toml")
PARTS: Mapping[str, Collection[str]] = {
    "columns": (*FLAT_COLUMNS, "failure.date", "failure.cause", "follow_up.days", "follow_up.status"),
    "measures": (*VISIT_COLUMNS, "date"),
    "answers": ("true", "false"),
    "persons": ("words", "whole", "endings"),
    "if_numbers": FLAT_COLUMNS,
    "perhaps": FLAT_COLUMNS,
}
"""Which keys a part of the file may have; beside them the values of columns with a vocabulary."""

MONTHS_OF = {
    re.compile(r"(?<!\d)(\d{1,3})\s?(?:m|mo|mon|mths?|mos|months?|monate?n?|mois|mes|meses|mnd|man)(?:\s|$)"): 1.0,
    re.compile(r"(?:^|\s)m(?:onth)?\s?(\d{1,3})(?:\s|$)"): 1.0,
    re.compile(r"(?<!\d)(\d{1,2})\s?(?:y|yrs?|years?|jahre?n?|ans?|anos?|ar)(?:\s|$)"): 12.0,
    re.compile(r"(?<!\d)(\d{1,3})\s?(?:w|wks?|weeks?|wochen?)(?:\s|$)"): 7 / DAYS_A_MONTH,
}
"""How a column's name says when a visit is, and how many months one of it is."""
NO_ACCENT = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ł": "l", "đ": "d"})
"""Letters that are not others with an accent."""
UNITS_NAMED = {"cm": "", "kg": "", "in": "in", "inch": "in", "inches": "in", "lb": "lb", "lbs": "lb", "pounds": "lb"}
"""What a name may end in, and which other unit than ours that is."""
MOST_MONTHS = 600
"""Later is no visit that a mapping may name."""
MEASURED = ("height_cm", "weight_kg")
BRACKETS = re.compile(r"\([^)]*\)")
OTHER_TIMES = frozenset(
    ("day", "days", "tage", "week", "weeks", "wochen", "year", "years", "jahre", "ans", "anos", "date")
)
NUMBERED = frozenset(("id", "nr", "no", "num", "number", "nummer"))
LIKELY, SURE = 0.84, 1.0
NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Names:
    """By our name the plain words that others use.

    persons: words that stand for somebody, and are never suggested; if_numbers: which column a name means when nothing
    but numbers stands there; not_known: what others write for what they do not know; turning: words that make a value
    another than the one it contains; derived: words that make a measure one that was computed. totals: what a row
    begins with that sums up the others; units_row: what stands in a row of units below the names. visit_times: a
    column that says which visit a row is. perhaps: by our name the columns that may be it, and are asked about.
    """

    source: str
    author: str
    reviewed: date
    columns: Mapping[str, tuple[str, ...]]
    measures: Mapping[str, tuple[str, ...]]
    before_surgery: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, tuple[str, ...]]]
    persons: Mapping[str, tuple[str, ...]]
    if_numbers: Mapping[str, str]
    not_known: tuple[str, ...]
    turning: tuple[str, ...]
    derived: tuple[str, ...]
    totals: tuple[str, ...]
    units_row: tuple[str, ...]
    visit_times: tuple[str, ...]
    perhaps: Mapping[str, tuple[str, ...]]


@cache
def names() -> Names:
    """The words in ``column_names.toml``. Raises DefinitionsWrong for a key that nothing reads."""
    found = made(Names, toml(WORDS), WORDS.name)
    for part, known in PARTS.items():
        check_keys(f"{WORDS.name}, [{part}]", getattr(found, part), known)
    for column, held in found.values.items():
        check_keys(f"{WORDS.name}, [values.{column}]", held, load().vocabularies.get(column, {}))
    return found


def plain(text: str) -> str:
    """Small letters and digits with single blanks between words: ``ODI_12m`` and ``Odi 12 M`` are near each other."""
    ascii_only = unicodedata.normalize("NFKD", text.translate(NO_ACCENT)).encode("ascii", "ignore").decode()
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", ascii_only)
    return " ".join(re.findall(r"[a-z0-9]+", parted.lower()))


def months(text: str) -> int | None:
    """The whole months after surgery that a plain name speaks of; 0 for before surgery, None when it says neither.

    A time after surgery that is nearer to none than to one is no whole month, and never before surgery.
    """
    exact = exact_months(text)
    return None if exact is None or (exact > 0 and not round(exact)) else round(exact)


def exact_months(text: str) -> float | None:
    """The same to the hundredth of a month, for names that speak of weeks."""
    for pattern, each in MONTHS_OF.items():
        if found := pattern.search(text):
            return round(float(found[1]) * each, 2)
    apart = f" {text} "
    return 0.0 if any(f" {word} " in apart for word in names().before_surgery) else None


def is_person(spoken: str) -> bool:
    """Whether somebody may be found behind a column of this plain name, so that it is left out."""
    held, words = names().persons, spoken.split()
    if spoken in spellings():
        return False
    return (
        bool(set(words) & set(held["words"]))
        or spoken in held["whole"]
        or any(word.endswith(tuple(held["endings"])) for word in words)
    )


@cache
def spellings() -> Mapping[str, str]:
    """Ours by every plain name that is known for it."""
    own = {plain(name): name for name in FLAT_COLUMNS}
    return {plain(word): name for name, words in names().columns.items() for word in words} | own


def unit_named(spoken: str) -> str | None:
    """The other unit than ours that a plain name ends in; empty: it ends in ours; None: it ends in none."""
    return UNITS_NAMED.get(spoken.split()[-1]) if spoken else None


def nearest(theirs: str) -> tuple[str, float]:
    """Which of ours a column's name seems to be, and how near the nearest name known for it is: 1 when the same.

    Nothing, and 0, when no name is near enough to be likely. What stands in brackets, such as "(M/F)", is passed over
    unless it speaks of another time than ours.
    """
    spoken = plain(theirs)
    bare = plain(BRACKETS.sub(" ", theirs))
    if not bare or set(spoken.split()) & {*OTHER_TIMES, "date"}:
        bare = spoken
    unit = unit_named(spoken)
    alone = " ".join(spoken.split()[:-1]) if unit is not None else spoken
    known = next((spellings()[name] for name in (spoken, alone, bare) if name in spellings()), "")
    ours, score = (known, SURE) if known else _near(alone)
    return ("", 0.0) if unit is not None and ours not in MEASURED else (ours, score)


def _near(spoken: str) -> tuple[str, float]:
    found, best = "", 0.0
    near = SequenceMatcher(None, "", spoken)
    for word, name in spellings().items():
        near.set_seq1(word)
        # No slip of the pen: "Hospital No" is no hospital, and a duration in weeks is none in months.
        if (set(spoken.split()) ^ set(word.split())) & (NUMBERED | OTHER_TIMES):
            continue
        # The two quick ones are never less than the third, and rule out nearly every word.
        if near.real_quick_ratio() >= LIKELY and near.quick_ratio() >= LIKELY and near.ratio() > max(best, LIKELY):
            found, best = name, near.ratio()
    return found, best


def of_visit(spoken: str) -> tuple[str, float] | None:
    """A measure at a visit, such as ``odi 12m``; no target where more than one visit is told, or what was computed.

    None when the name is of no measure, or says no visit.
    """
    when, held = months(spoken), _measures(spoken)
    if when is None or not held:
        return None
    both = when and any(f" {word} " in f" {spoken} " for word in names().before_surgery)
    if len(held) > 1 or both or set(spoken.split()) & set(names().derived) or when > MOST_MONTHS:
        return "", 0.0
    return f"visits.{'baseline' if when == 0 else when}.{held[0]}", SURE


def of_row_visit(spoken: str) -> str:
    """What a column is of a row that is a visit: the answer to a measure, its date, or when it was; empty for none."""
    if spoken in names().visit_times:
        return "visit.months"
    held = [] if set(spoken.split()) & set(names().derived) else _measures(spoken)
    return f"visit.{held[0]}" if len(held) == 1 and months(spoken) is None else ""


def _measures(spoken: str) -> list[str]:
    return [
        measure for measure, words in names().measures.items()
        if any(f" {plain(word)} " in f" {spoken} " or spoken.startswith(plain(word)) for word in words)
    ]  # fmt: skip


def table_of_ours(columns: Sequence[str]) -> str:
    """The table of ours whose names nearly all the columns bear, and none that of another table; else ``flat``."""
    header = {name.lower() for name in columns if name}
    for name, held in TABLES.items():
        needed = {column for column, of in held.columns.items() if of.required}
        others = header - set(held.columns)
        few = len(others) <= (1 - NEARLY_ALL) * len(header)
        if needed < header and few and not others & set(FLAT_COLUMNS):
            return name
    return FLAT
