"""What the concepts of an OMOP extract say here, and which of them say nothing that is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from dashboard.definitions import load
from dashboard.definitions.canonical import Column
from dashboard.definitions.codes import KINDS, Meaning
from dashboard.importing.formats.meanings import Meanings
from dashboard.importing.formats.omop.model import EVENTS, NO, YES
from dashboard.importing.formats.omop.source import Source
from dashboard.importing.result import Issue

CONCEPT_ID, SOURCE_VALUE = "omop", "omop_source"
"""In a mapping's [codes]: the site's words for concept ids, and for what stands in the columns ..._source_value."""
BY_ITS_FORM: Mapping[str, Sequence[tuple[str, re.Pattern[str]]]] = {
    "procedure_occurrence": (("icd10pcs", re.compile(r"[0-9A-HJ-NP-Z]{7}")),),
    "condition_occurrence": (("icd10cm", re.compile(r"[A-TV-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?", re.ASCII)),),
    "observation": (
        ("loinc", re.compile(r"\d{1,7}-\d", re.ASCII)),
        ("icd10cm", re.compile(r"[A-TV-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?", re.ASCII)),
    ),
    "measurement": (("loinc", re.compile(r"\d{1,7}-\d", re.ASCII)),),
}
"""What a source value is where no concept says it: codes whose form is that of no other system."""
ANSWER = re.compile(r"LA\d{1,6}-\d", re.ASCII)
NO_WORDS, YES_WORDS = ("no", "n", "false", "0", "negative", "absent"), ("yes", "y", "true", "1", "positive", "present")
CODE_LIKE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/|_-]{0,19}", re.ASCII)
COMMONEST = 10
ID = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True)
class Concept:
    """One row of the table CONCEPT."""

    vocabulary: str
    code: str
    name: str


@dataclass(frozen=True)
class Coded:
    """What one kind of row is about, as it came: concept ids and the source's own word."""

    concept: str
    source_concept: str
    source_value: str


@dataclass(frozen=True)
class Said:
    """What such rows say; code: in ICD-10-CM, if there is one; by_form: known by the form of the source value alone."""

    meanings: Sequence[Meaning]
    code: str = ""
    by_form: bool = False

    def of(self, kind: str) -> list[Meaning]:
        """What is said of one kind."""
        return [meaning for meaning in self.meanings if meaning.kind == kind]


@dataclass
class Dictionary:
    """The tables of meanings, and the concepts that were looked up so far."""

    meanings: Meanings
    source: Source
    concepts: dict[str, Concept] = field(default_factory=dict)

    def learn(self, select: str) -> None:
        """Look up the concepts whose ids this select lists, so far as the extract has them."""
        desk = self.source.desk
        desk.run(f"create or replace table wanted as select distinct id from ({select}) where id is not null")
        self.source.load("concept", "wanted")
        for concept, vocabulary, code, name in desk.run("select concept, vocabulary, code, name from rows_concept"):
            if concept and vocabulary and code:
                self.concepts[concept] = Concept(vocabulary, code, name or "")

    def said(self, table: str, coded: Coded) -> Said:
        """What rows with these codes say: the source's own concept before the standard one, a site's words first."""
        plain = self._plain(coded)
        codes = plain or [
            (system, coded.source_value.upper())
            for system, form in BY_ITS_FORM.get(table, ())
            if form.fullmatch(coded.source_value.upper())
        ]
        known = [
            *((CONCEPT_ID, concept) for concept in (coded.source_concept, coded.concept) if concept),
            *([(SOURCE_VALUE, coded.source_value)] if coded.source_value else []),
        ]
        meanings = [meaning for kind in KINDS for meaning in self._first([*known, *codes], kind)]
        by_form = bool(meanings) and not plain and not any(self._first(known, kind) for kind in KINDS)
        return Said(meanings, self.meanings.icd10cm(codes), by_form)

    def answer(self, concept: str, source: str, words: str, name: str, column: Column) -> str:
        """The value that an answer stands for in one of our columns; empty when it is not mapped."""
        codes = [(CONCEPT_ID, concept), *self._plain(Coded(concept, "", ""))]
        codes += [("loinc", text) for text in (source, words) if ANSWER.fullmatch(text)]
        if value := self.meanings.answer(codes, name):
            return value
        if column.kind == "boolean":
            held = affirmed(concept, words, "")
            return "" if held is None or not (concept or words) else str(held).lower()
        return words if column.kind == "word" and words.lower() in _spellings(column.words) else ""

    def name(self, coded: Coded) -> str:
        """What a message calls such rows: code, vocabulary and name, never a text that may be a person's."""
        for concept in (coded.source_concept, coded.concept):
            if held := self.concepts.get(concept):
                return f"{held.code[:40]} ({held.vocabulary[:20]}, {held.name[:60]})"
        if coded.source_concept or coded.concept:
            return f"concept {(coded.source_concept or coded.concept)[:20]}"
        return coded.source_value if CODE_LIKE.fullmatch(coded.source_value) else "no concept"

    def _plain(self, coded: Coded) -> list[tuple[str, str]]:
        held = (self.concepts.get(concept) for concept in (coded.source_concept, coded.concept))
        return [(concept.vocabulary, concept.code) for concept in held if concept]

    def _first(self, codes: Sequence[tuple[str, str]], kind: str) -> list[Meaning]:
        for tables in (self.meanings.site, self.meanings.all):
            for system, code in codes:
                if found := [said for said in tables.meanings(system, code) if said.kind == kind]:
                    return found
        return []


@dataclass
class Told:
    """What each kind of row of one table says, by its number in ``codes_<table>``, and how many rows say nothing."""

    said: dict[int, Said] = field(default_factory=dict)
    nothing: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    by_form: int = 0


def understand(dictionary: Dictionary, table: str) -> Told:
    """Make ``told_<table>`` of the rows that say something, each with the number of what it says."""
    desk = dictionary.source.desk
    desk.make(
        f"codes_{table}",
        "select row_number() over () as said, concept, source_concept, source_value, times from ("
        "select coalesce(concept, '') as concept, coalesce(source_concept, '') as source_concept,"
        f" coalesce(source_value, '') as source_value, count(*) as times from rows_{table} group by all)",
    )
    dictionary.learn(f"select concept as id from codes_{table} union all select source_concept from codes_{table}")
    told = Told()
    for number, concept, source_concept, source_value, times in desk.run(f"select * from codes_{table}"):
        coded = Coded(concept, source_concept, source_value)
        no_number = [held for held in (concept, source_concept) if held and not ID.fullmatch(held)]
        said = Said([]) if no_number else dictionary.said(table, _without_zero(coded))
        told.rows += times
        if said.meanings or no_number:
            told.said[number] = said
            told.by_form += times if said.by_form else 0
        else:
            told.nothing[dictionary.name(_without_zero(coded))] += times
    desk.run("create or replace table meant (said bigint)")
    desk.put("meant", ["said"], [(number,) for number in told.said])
    desk.make(
        f"told_{table}",
        f"select codes.said, landed.* from rows_{table} as landed inner join codes_{table} as codes"
        " on coalesce(landed.concept, '') = codes.concept"
        " and coalesce(landed.source_concept, '') = codes.source_concept"
        " and coalesce(landed.source_value, '') = codes.source_value semi join meant using (said)",
    )
    desk.run(f"drop table rows_{table}")
    return told


def notes(source: Source, told: Mapping[str, Told]) -> Iterator[Issue]:
    """What was not mapped, by table: how many rows, and the ten commonest codes."""
    for event in EVENTS:
        if event.name not in source.tables or event.name not in told:
            continue
        label, held = source.tables[event.name].label, told[event.name]
        whose = "" if event.name == EVENTS[0].name else " of patients with an operation"
        if total := held.nothing.total():
            message = (
                f"{label}: {total:,} of {held.rows:,} rows{whose} say nothing that is kept here "
                f"({len(held.nothing):,} codes). The commonest: {commonest(held)}. "
                f"To read one, name its concept in a mapping, below [codes.{CONCEPT_ID}]."
            )
            yield Issue("note", "not_mapped", label, message)
        if held.by_form:
            message = (
                f"{label}: {held.by_form:,} rows name no known concept, and were understood by their source value."
            )
            yield Issue("note", "source_value", label, message)


def commonest(told: Told) -> str:
    """The codes that most rows without a meaning have, each with its count."""
    ranked = sorted(told.nothing.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ranked[:COMMONEST])


def affirmed(answer: str, words: str, number: str) -> bool | None:
    """Whether a row says that what it is about is so: with no answer it does; None when the answer is not clear."""
    plain = words.strip().lower()
    if answer in ("", "0") and not plain:
        return number not in ("0", "0.0")
    if answer in NO or plain in NO_WORDS:
        return False
    return True if answer in YES or plain in YES_WORDS else None


def _without_zero(coded: Coded) -> Coded:
    """Concept 0 stands for: no concept."""
    concept, source = ("" if held == "0" else held for held in (coded.concept, coded.source_concept))
    return Coded(concept, source, coded.source_value)


@lru_cache
def _spellings(words: str) -> frozenset[str]:
    terms = load().vocabularies[words].values()
    return frozenset(spelling.lower() for term in terms for spelling in (term.name, *term.synonyms))
