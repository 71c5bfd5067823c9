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
from dashboard.importing.formats.meanings import Coding, Meanings
from dashboard.importing.formats.omop.model import NO, PROCEDURES, YES
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
class Said:
    """What such rows say; code: in ICD-10-CM, if there is one; by_form: known by the form of the source value alone."""

    meanings: Sequence[Meaning]
    code: str = ""
    by_form: bool = False


@dataclass
class Told:
    """What each kind of row of one table says, by its number in ``codes_<table>``, and how many rows say nothing."""

    said: dict[int, Said] = field(default_factory=dict)
    nothing: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    by_form: int = 0

    @property
    def commonest(self) -> str:
        """The codes that most rows without a meaning have, each with its count."""
        ranked = sorted(self.nothing.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(f"{name} {count:,}" for name, count in ranked[:COMMONEST])


@dataclass
class Dictionary:
    """The tables of meanings, the concepts that were looked up so far, and what the rows of each table say."""

    meanings: Meanings
    source: Source
    concepts: dict[str, Concept] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)

    def learn(self, select: str) -> None:
        """Look up the concepts whose ids this select lists, so far as the extract has them."""
        desk = self.source.desk
        desk.run(f"create or replace table wanted as select distinct id from ({select}) where id is not null")
        self.source.load("concept", "wanted")
        for concept, vocabulary, code, name in desk.run("select concept, vocabulary, code, name from rows_concept"):
            if concept and vocabulary and code:
                self.concepts[concept] = Concept(vocabulary, code, name or "")

    def said(self, table: str, concepts: Sequence[str], source_value: str) -> Said:
        """What rows with these codes say. concepts: the source's own before the standard one; a site's words first."""
        plain = self._plain(concepts)
        codes = plain or [
            (system, source_value.upper())
            for system, form in BY_ITS_FORM.get(table, ())
            if form.fullmatch(source_value.upper())
        ]
        known = [(CONCEPT_ID, concept) for concept in concepts]
        known += [(SOURCE_VALUE, source_value)] if source_value else []
        meanings = [meaning for kind in KINDS for meaning in self.meanings.first([*known, *codes], kind)]
        by_form = bool(meanings) and not plain and not any(self.meanings.first(known, kind) for kind in KINDS)
        return Said(meanings, self.meanings.icd10cm(codes), by_form)

    def answer(self, concept: str, source: str, words: str, name: str, column: Column) -> str:
        """The value that an answer stands for in one of our columns; empty when it is not mapped."""
        codes = [(CONCEPT_ID, concept), *self._plain([concept])]
        codes += [("loinc", text) for text in (source, words) if ANSWER.fullmatch(text)]
        if value := self.meanings.answer(codes, name):
            return value
        if column.kind == "boolean":
            held = affirmed(concept, words, "")
            return "" if held is None or not (concept or words) else str(held).lower()
        return words if column.kind == "word" and words.lower() in _spellings(column.words) else ""

    def name(self, concepts: Sequence[str], source_value: str) -> str:
        """What a message calls such rows: code, vocabulary and name, never a text that may be a person's."""
        for concept in concepts:
            if held := self.concepts.get(concept):
                return f"{held.code[:40]} ({held.vocabulary[:20]}, {held.name[:60]})"
        if concepts:
            return f"concept {concepts[0][:20]}"
        return source_value if CODE_LIKE.fullmatch(source_value) else "no concept"

    def _plain(self, concepts: Sequence[str]) -> list[Coding]:
        held = (self.concepts.get(concept) for concept in concepts)
        return [(concept.vocabulary, concept.code) for concept in held if concept]


def understand(dictionary: Dictionary, table: str) -> None:
    """Make ``told_<table>`` of the rows that say something, each with the number of what it says."""
    desk = dictionary.source.desk
    desk.make(
        f"codes_{table}",
        "select row_number() over () as said, concept, source_concept, source_value, times from ("
        "select coalesce(concept, '') as concept, coalesce(source_concept, '') as source_concept,"
        f" coalesce(source_value, '') as source_value, count(*) as times from rows_{table} group by all)",
    )
    dictionary.learn(f"select concept as id from codes_{table} union all select source_concept from codes_{table}")
    told = dictionary.told[table] = Told()
    for number, concept, source_concept, source_value, times in desk.run(f"select * from codes_{table}"):
        concepts = [held for held in (source_concept, concept) if held]
        no_number = not all(map(ID.fullmatch, concepts))
        said = Said([]) if no_number else dictionary.said(table, concepts, source_value)
        told.rows += times
        if said.meanings or no_number:
            told.said[number] = said
            told.by_form += times if said.by_form else 0
        else:
            told.nothing[dictionary.name(concepts, source_value)] += times
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


def notes(dictionary: Dictionary) -> Iterator[Issue]:
    """What was not mapped, by table: how many rows, and the ten commonest codes."""
    for name, told in dictionary.told.items():
        if not told.rows:
            continue
        label = dictionary.source.tables[name].label
        whose = "" if name == PROCEDURES.name else " of patients with an operation"
        if total := told.nothing.total():
            message = (
                f"{label}: {total:,} of {told.rows:,} rows{whose} say nothing that is kept here "
                f"({len(told.nothing):,} codes). The commonest: {told.commonest}. "
                f"To read one, name its concept in a mapping, below [codes.{CONCEPT_ID}]."
            )
            yield Issue("note", "not_mapped", label, message)
        if told.by_form:
            message = (
                f"{label}: {told.by_form:,} rows name no known concept, and were understood by their source value."
            )
            yield Issue("note", "source_value", label, message)


def affirmed(answer: str, words: str, number: str) -> bool | None:
    """Whether a row says that what it is about is so: with no answer it does; None when the answer is not clear."""
    plain = words.strip().lower()
    if not answer and not plain:
        return number not in ("0", "0.0")
    if answer in NO or plain in NO_WORDS:
        return False
    return True if answer in YES or plain in YES_WORDS else None


@lru_cache
def _spellings(words: str) -> frozenset[str]:
    terms = load().vocabularies[words].values()
    return frozenset(spelling.lower() for term in terms for spelling in (term.name, *term.synonyms))
