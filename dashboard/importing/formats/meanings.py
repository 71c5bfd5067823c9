"""What codes say here: a site's own codes first, then the shipped tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.definitions import codes, load
from dashboard.definitions.canonical import TABLES, Column
from dashboard.definitions.codes import Codes, Meaning
from dashboard.importing.mapping import VISIT_COLUMNS
from dashboard.importing.result import Issue, refused
from dashboard.importing.units import in_range
from dashboard.strict import known_words

Coding = tuple[str, str]
"""A system and a code of it."""
OF_VISIT: Mapping[str, Column] = {name: TABLES["follow_ups"].columns[name] for name in VISIT_COLUMNS}
OF_OPERATION: Mapping[str, Column] = {
    name: column
    for name, column in TABLES["operations"].columns.items()
    if column.kind != "date" and name not in ("operation_id", "patient_id", "procedure", "site", "surgeon")
}
SYSTEMS: Mapping[str, str] = {
    "snomed": "SNOMED",
    "loinc": "LOINC",
    "icd10cm": "ICD-10-CM",
    "icd10pcs": "ICD-10-PCS",
    "rxnorm": "RxNorm",
}
"""What a message calls the systems of the shipped tables."""
SEVERITY = TABLES["complications"].columns["severity"].words
MOST_KNOWN = 20_000
"""Concepts whose meaning is kept, since the same few stand in most records."""


@dataclass(frozen=True)
class Meanings:
    """site: the codes of the mapping alone; all: those and the shipped ones."""

    site: Codes
    all: Codes
    _known: dict[tuple[tuple[Coding, ...], tuple[str, ...]], tuple[Meaning, ...]] = field(default_factory=dict)

    def of(self, coded: Sequence[Coding], kinds: tuple[str, ...]) -> tuple[Meaning, ...]:
        """All that these codes say of these kinds, each once; what the site says of a kind stands alone."""
        asked = (tuple(coded), kinds)
        found = self._known.get(asked)
        if found is None:
            said = (_said(self.site, coded, kind) or _said(self.all, coded, kind) for kind in kinds)
            found = tuple(dict.fromkeys(meaning for meanings in said for meaning in meanings))
            if len(self._known) < MOST_KNOWN:
                self._known[asked] = found
        return found

    def first(self, coded: Sequence[Coding], kind: str) -> list[Meaning]:
        """What the first of these codes that says anything of a kind says of it; the site's tables before all."""
        for tables in (self.site, self.all):
            for coding in coded:
                if said := _said(tables, [coding], kind):
                    return said
        return []

    def answer(self, coded: Sequence[Coding], name: str) -> str:
        """The value that an answer's code stands for in the column ``name``; empty when it is not mapped."""
        return next(
            (said.value for said in self.of(coded, ("trait", "measure")) if said.name == name and said.value), ""
        )

    def system(self, system: str) -> str:
        """A short name for a message, else the system as it came."""
        return SYSTEMS.get(self.all.aliases.get(system.lower(), ""), system or "no system")

    def icd10cm(self, coded: Sequence[Coding]) -> str:
        """The first code of ICD-10-CM, with its dot; empty when there is none."""
        code = next((code for system, code in coded if self.system(system) == SYSTEMS["icd10cm"]), "")
        plain = code.strip().replace(".", "").upper()
        return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


def understood(extra: Mapping[str, Any]) -> Meanings:
    """The shipped tables and those of a mapping. Raises ImportRefused when a word in it is none of ours."""
    if wrong := list(_wrong(extra)):
        raise refused([Issue("stop", "mapping", "mapping", message) for message in wrong])
    shipped = codes.load()
    return Meanings(codes.with_site(Codes(shipped.aliases, {}), extra), codes.with_site(shipped, extra))


def _said(tables: Codes, coded: Sequence[Coding], kind: str) -> list[Meaning]:
    return [said for system, code in coded for said in tables.meanings(system, code) if said.kind == kind]


def _wrong(extra: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each word of a mapping's [codes] that is not one of ours."""
    words, columns = load().vocabularies, {**OF_VISIT, **OF_OPERATION}
    for system, kinds in extra.items():
        for kind, entries in kinds.items():
            for code, held in entries.items():
                where = f'The mapping, [codes."{system}".{kind}]'
                name = code if isinstance(held, Mapping) else held if isinstance(held, str) else ""
                if kind in words and name not in words[kind]:
                    yield f'{where}, "{code}": "{held}" is no {kind}. They are {known_words(held, words[kind])}'
                elif kind == "measure" and name not in columns:
                    yield f'{where}, "{code}": "{held}" is no measure. They are {known_words(held, columns)}'
                elif kind == "trait" and not isinstance(held, Mapping):
                    yield f'{where}: "{code}" is a part of its own, with codes and values below it.'
                elif kind == "trait" and code not in columns:
                    yield f'{where}: "{code}" is no trait of an operation. They are {known_words(code, OF_OPERATION)}'
                elif kind in ("trait", "measure") and isinstance(held, Mapping):
                    column = columns[code]
                    wrong = (value for value in held.values() if not _fits(column, value, words))
                    yield from (f'{where}, "{code}": "{value}" is no value of it.' for value in wrong)
                elif isinstance(held, Mapping):
                    yield from _wrong_severities(where, kind, code, held)


def _wrong_severities(where: str, kind: str, word: str, held: Mapping[str, Any]) -> Iterator[str]:
    """A word with a value beside it is a complication with its severity."""
    if kind != "complication":
        yield f'{where}: "{word}" stands for a code here, and holds one of our words.'
        return
    known = load().vocabularies[SEVERITY]
    wrong = (value for value in held.values() if value not in known)
    yield from (f'{where}, "{word}": "{value}" is no severity. They are {known_words(value, known)}' for value in wrong)


def _fits(column: Column, value: Any, words: Mapping[str, Any]) -> bool:
    """Whether a value of a mapping is one that the column takes; an empty one stands for what the record says."""
    if column.kind == "word":
        return value == "" or (isinstance(value, str) and value in words[column.words])
    if column.kind == "boolean":
        return str(value).lower() in ("true", "false", "")
    if column.kind in ("text", "levels") or value == "":
        return isinstance(value, str)
    try:
        return in_range(column, float(value)) != ""
    except (TypeError, ValueError):
        return False
