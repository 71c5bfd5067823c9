"""How others name what we record: their words for our columns, measures, visits and answers."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MONTHS_OF = {
    re.compile(r"(?:^|\s)(\d{1,3})\s?(?:m|mo|mon|mth|months?|monate?|mois|meses|mnd)(?:\s|$)"): 1.0,
    re.compile(r"(?:^|\s)m(?:onth)?\s?(\d{1,3})(?:\s|$)"): 1.0,
    re.compile(r"(?:^|\s)(\d{1,2})\s?(?:y|yr|years?|jahre?|ans?|anos?|ar)(?:\s|$)"): 12.0,
    re.compile(r"(?:^|\s)(\d{1,3})\s?(?:w|wks?|weeks?|wochen?)(?:\s|$)"): 12 / 52.1786,
}
"""How a column's name says when a visit is, and how many months one of it is."""


@dataclass(frozen=True)
class Names:
    """By our name the plain words that others use.

    persons: words that stand for somebody, and are never suggested; if_numbers: which column a name means when nothing
    but numbers stands there.
    """

    columns: Mapping[str, Sequence[str]]
    measures: Mapping[str, Sequence[str]]
    before_surgery: Sequence[str]
    answers: Mapping[str, Sequence[str]]
    values: Mapping[str, Mapping[str, Sequence[str]]]
    persons: Sequence[str]
    if_numbers: Mapping[str, str]


@cache
def names() -> Names:
    """The words in ``column_names.toml``."""
    words = tomllib.loads(Path(__file__).with_name("column_names.toml").read_text(encoding="utf-8"))
    return Names(
        words["columns"], words["measures"], words["before_surgery"]["words"], words["answers"], words["values"],
        words["persons"]["words"], words["if_numbers"],
    )  # fmt: skip


def plain(text: str) -> str:
    """Small letters and digits with single blanks between words: ``ODI_12m`` and ``Odi 12 M`` are near each other."""
    ascii_only = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", ascii_only)
    return " ".join(re.findall(r"[a-z0-9]+", parted.lower()))


def months(text: str) -> int | None:
    """The months after surgery that a plain name speaks of; 0 for before surgery, None when it says neither."""
    for pattern, each in MONTHS_OF.items():
        if found := pattern.search(text):
            return round(float(found[1]) * each)
    apart = f" {text} "
    return 0 if any(f" {word} " in apart for word in names().before_surgery) else None
