"""What another's words mean here: which an import takes as they are, which seem to be ours, and which must be asked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from dashboard.definitions import load
from dashboard.definitions.canonical import Column
from dashboard.importing.assistant.readings import as_number
from dashboard.importing.checking.conversion import NO, YES
from dashboard.importing.column_names import exact_months, names, plain
from dashboard.importing.mapping import spelled

FEWEST_LETTERS, MOST_NEAR = 4, 3
ROMAN = ("I", "II", "III", "IV", "V", "VI")
LEVEL_OR_SIDE = re.compile(r"[a-z]{0,2}\d+|lumbar|left|right|bilateral|single|levels?|mis|open|of|the|and|with")
"""Words beside one of ours that do not make it another."""


def says_nothing(text: str) -> bool:
    """Whether a text is one of those that others write for what they do not know."""
    return text.lower() in names().not_known


def accepted(column: Column) -> frozenset[str]:
    """Every spelling of a column of words that an import takes, such as ``spelled`` writes it."""
    if column.kind == "boolean":
        return frozenset((*YES, *NO))
    terms = load().vocabularies[column.words].values()
    return frozenset(spelled(word) for term in terms for word in (term.name, *term.synonyms))


def means_another(column: Column, value: str, beside: Collection[str]) -> bool:
    """Whether a word that an import would take may mean something else here, by what stands beside it.

    "M" beside "H" is mujer, and where no woman is it may be; "1" beside "2" may be either answer.
    """
    others = {text.lower() for text in beside}
    if column.words == "sex":
        women = {"female", "woman", *names().values["sex"]["female"]}
        return value.lower() == "m" and ("h" in others or not others & women)
    return column.kind == "boolean" and value in ("0", "1") and not _yes_or_no(beside)


def meaning(ours: str, column: Column, value: str, beside: Collection[str]) -> str:
    """Our word for their value, where one word of ours, and no other, is in it, and nothing that turns it; else empty.

    ours: the column's name; beside: all values of the column, since what a code means depends on the others.
    """
    spoken, others = plain(value), {text.lower() for text in beside}
    if spoken.isdigit() and not _yes_or_no(beside):
        return ""
    if column.words == "sex" and spoken == "m" and "h" in others:
        return "female" if others == {"h", "m"} else ""
    if means_another(column, value, beside):
        return ""
    answers = names().answers if column.kind == "boolean" else names().values.get(ours, {})
    exact = [name for name, words in answers.items() if spoken in map(plain, words)]
    if exact or column.kind == "boolean":
        return exact[0] if len(exact) == 1 else ""
    found = {term: word for term in load().vocabularies[column.words] if (word := _within(column, term, spoken))}
    longest = [term for term, word in found.items() if len(word) == max(map(len, found.values()))]
    if len(longest) != 1 or set(_around(spoken, found[longest[0]])) & set(names().turning):
        return ""
    return longest[0]


def says_no_more(column: Column, term: str, value: str) -> bool:
    """Whether a value in which our word was found says only that, levels and sides aside."""
    if column.kind == "boolean" or not (word := _within(column, term, plain(value))):
        return True
    return all(LEVEL_OR_SIDE.fullmatch(other) for other in _around(plain(value), word))


def near(column: Column, value: str) -> list[str]:
    """Our words that a value may be short for, or nearly spelled as: to be offered, never taken."""
    if not column.words:
        return []
    spoken = [word for word in plain(value).split() if len(word) >= FEWEST_LETTERS and word.isalpha()]
    found: dict[str, int] = {}
    for name, term in load().vocabularies[column.words].items():
        words = {part for known in (term.name, *term.synonyms) for part in plain(known).split()}
        if set(plain(name).split()) & set(names().turning) - set(plain(value).split()):
            continue
        begun = any(part.startswith(word) for word in spoken for part in words)
        if begun or any(get_close_matches(word, words, n=1, cutoff=0.85) for word in spoken):
            found[name] = sum(word in words for word in spoken)
    return sorted(found, key=lambda name: -found[name])[:MOST_NEAR]


def numbers_meant(ours: str, values: Collection[str]) -> Iterator[tuple[str, str]]:
    """Words that stand for numbers, each with the number that it seems to mean, or none: II is 2, "3 months" is 3."""
    for value in dict.fromkeys(values):
        if as_number(value) is not None or says_nothing(value):
            continue
        if ours == "visit.months":
            when = exact_months(plain(value))
            yield value, "" if when is None else f"{when:g}"
        elif number := roman(value):
            yield value, number


def roman(text: str) -> str:
    """The number from 1 to 6 that stands in a grade such as "III" or "ASA II"; empty for any other text."""
    last = text.split()[-1].upper() if text.split() else ""
    return str(ROMAN.index(last) + 1) if last in ROMAN else ""


def _yes_or_no(values: Collection[str]) -> bool:
    """Whether the codes among these are 0 and 1 alone."""
    return {text for text in values if text.isdigit()} <= {"0", "1"}


def _within(column: Column, term: str, spoken: str) -> str:
    """The longest spelling of a term that stands in a value as words of its own; empty when none does."""
    held = load().vocabularies[column.words].get(term)
    words = [plain(word) for word in (held.name, *held.synonyms)] if held else []
    return max((word for word in words if f" {word} " in f" {spoken} "), key=len, default="")


def _around(spoken: str, word: str) -> list[str]:
    return f" {spoken} ".replace(f" {word} ", " ", 1).split()
