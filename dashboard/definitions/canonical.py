"""The canonical tables, declared once: what each column holds and means, what dates a row, what makes two the same.

Everything that must know a column reads it here: conversion and checks, the kept tables, the traits and events that
the marts are made of, late entries, the readers of other formats, the templates and the documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "text": "varchar",
        "levels": "varchar",
        "range": "varchar",
        "word": "varchar",
        "date": "date",
        "integer": "integer",
        "number": "double",
        "boolean": "boolean",
    }
)
"""By kind of column, the type that its values are kept in."""


DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Scale:
    """One way to write the numbers of a column.

    name: what a mapping calls it; each: what one of it is of ours; whole: what the whole of a score is in it, None for
    a measure; said: what a question calls it; codes: how records that name a unit name it, in UCUM or as written.
    """

    name: str
    each: float = 1.0
    whole: float | None = None
    said: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a table.

    kind: text, date, integer, number, boolean, word (of the vocabulary ``words``) or levels (motion segments, kept as
    ``L4-L5;L5-S1``); low, high: both ends allowed.
    meaning: one line for whoever fills it in; unit: what a number is in; scales: in what else it may be written, ours
    first; typical: where the middle value of any practice lies, where that tells one scale from another. trait: the
    trait of an operation that the column feeds, alone or with others; person: whether it tells of whom the row is.
    instead: the column that may be filled in its place. later: whether a later day, in a row that is delivered again,
    carries an earlier one further and contradicts nothing.
    """

    kind: str
    meaning: str = ""
    required: bool = False
    words: str = ""
    low: float | None = None
    high: float | None = None
    unit: str = ""
    trait: str = ""
    person: bool = False
    instead: str = ""
    later: bool = False
    scales: tuple[Scale, ...] = (Scale("as_written"),)
    typical: tuple[float, float] | None = None

    def each(self, scale: str) -> float:
        """What one of this scale is of ours; 1 where none is named."""
        return next((one.each for one in self.scales if one.name == scale), 1.0)


@dataclass(frozen=True)
class Table:
    """One canonical table: ``rows`` says what one row is, ``kept`` is its name in a generation.

    noun: what a message calls a row, record: what a rule is called by; both ``kept`` where nothing is said.
    key: the columns that make two rows the same thing. day: the column that dates a row. word: the column that says
    what happened; an outcome may count such rows as failures, as events of the kind ``kept``.
    """

    name: str
    kept: str
    columns: Mapping[str, Column]
    rows: str = ""
    key: tuple[str, ...] = ()
    day: str = ""
    word: str = ""
    noun: str = ""
    record: str = ""
    required: bool = False

    def is_needed(self, column: str) -> bool:
        """Whether a row is left out when this cell of it cannot be read: it says which row it is, when, or of what."""
        return column in (*self.key, self.day, self.word) or self.columns[column].required

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """The names of the columns that hold such values."""
        return tuple(name for name, column in self.columns.items() if column.kind in kinds)


OPERATION, PATIENT = "operation_id", "patient_id"


def _id(meaning: str) -> Column:
    return Column("text", meaning, required=True, person=True)


def _day(meaning: str) -> Column:
    return Column("date", meaning, required=True)


def _date(meaning: str) -> Column:
    return Column("date", meaning)


def _text(meaning: str) -> Column:
    return Column("text", meaning)


def _word(words: str, meaning: str, *, required: bool = False, trait: str = "") -> Column:
    return Column("word", meaning, required, words, trait=trait)


def _number(low: float, high: float, unit: str, meaning: str, trait: str = "", *scales: Scale) -> Column:
    return Column("number", meaning, low=low, high=high, unit=unit, trait=trait, scales=scales or Column.scales)


def _whole(low: int, high: int, meaning: str, *scales: Scale, unit: str = "", trait: str = "") -> Column:
    held = scales or Column.scales
    return Column("integer", meaning, low=low, high=high, unit=unit, trait=trait, scales=held)


def _yes_no(meaning: str, trait: str = "") -> Column:
    return Column("boolean", meaning, trait=trait)


OF_OPERATION = _id("the operation that the row belongs to")
LENGTHS = (
    Scale("cm", said="centimetres", codes=("cm",)),
    Scale("m", 100, said="metres", codes=("m",)),
    Scale("mm", 0.1, said="millimetres", codes=("mm",)),
    Scale("in", 2.54, said="inches", codes=("[in_i]", "[in_us]", "in", "inch", "inches")),
    Scale("ft", 30.48, said="feet", codes=("[ft_i]", "[ft_us]", "ft")),
)
WEIGHTS = (
    Scale("kg", said="kilograms", codes=("kg",)),
    Scale("g", 0.001, said="grams", codes=("g",)),
    Scale("lb", 0.45359237, said="pounds", codes=("[lb_av]", "[lb_us]", "lb", "lbs")),
    Scale("st", 6.35029318, said="stones", codes=("[stone_av]",)),
)
DURATIONS = (
    Scale("months", said="months", codes=("mo",)),
    Scale("weeks", 7 / DAYS_A_MONTH, said="weeks", codes=("wk",)),
    Scale("days", 1 / DAYS_A_MONTH, said="days", codes=("d",)),
    Scale("years", 12, said="years", codes=("a",)),
)
RATINGS = (
    Scale("points", whole=10, said="points of 10"),
    Scale("mm", 0.1, whole=100, said="millimetres of a line of 100", codes=("mm",)),
    Scale("percent", 0.1, whole=100, said="per cent", codes=("%",)),
    Scale("fraction", 10, whole=1, said="a share from 0 to 1"),
)
DISABILITY = (
    Scale("percent", whole=100, said="per cent", codes=("%",)),
    Scale("points_of_50", 2, whole=50, said="points of 50"),
    Scale("fraction", 100, whole=1, said="a share from 0 to 1"),
)
BODY_MASS_INDEX = Scale("kg_m2", said="kg/m2", codes=("kg/m2", "kg/m^2"))
YEARS = Scale("years", said="years", codes=("a",))
INDEX = (
    Scale("index", whole=1, said="the index, 1 best"),
    Scale(
        "percent", 0.01, whole=100, said="the index in per cent (EQ VAS, 0 to 100, is another measure)", codes=("%",)
    ),
)

_TABLES = (
    Table(
        "patients",
        "patient",
        {
            "patient_id": _id("unique; stored only as a keyed pseudonym"),
            "birth_date": Column("date", "or birth_year; stored as the year", trait="age"),
            "birth_year": _whole(1900, 2100, "where no birth date is given", trait="age"),
            "sex": _word("sex", "as recorded", trait="sex"),
            "death_date": _date("ends follow-up as a competing event"),
        },
        rows="a patient",
        key=(PATIENT,),
        required=True,
    ),
    Table(
        "operations",
        "operation",
        {
            "operation_id": _id("unique"),
            "patient_id": _id("the patient, as in patients"),
            "surgery_date": _day("day 0"),
            "procedure": _word("procedure", "what was done", required=True),
            "site": _text("where"),
            "surgeon": _text("who: a key, not a name"),
            "levels": Column("levels", "motion segments, L4-L5;L5-S1, or a range, L3-S1", trait="level_count"),
            "level_count": _whole(1, 20, "where the segments are not named", trait="level_count"),
            "age": _whole(0, 120, "at surgery, where no birth is given", YEARS, unit="years", trait="age"),
            "age_band": Column("range", "where only a band is known: 65-79, 80+, <50", low=0, high=120, trait="age"),
            "indication": _word("indication", "why", trait="indication"),
            "minimally_invasive": _yes_no("done through a small access", "minimally_invasive"),
            "implant_used": _yes_no("an implant was left", "implant_used"),
            "planned_stage": _yes_no("a planned second stage is no reoperation"),
            "prior_spine_operations": _whole(0, 50, "before this one", trait="prior_spine_operations"),
            "last_contact_date": replace(
                _date("last day on which the patient's state is known; follow-up ends there"), later=True
            ),
            "asa": _whole(1, 5, "physical status", trait="asa"),
            "height_cm": _number(100, 230, "cm", "at surgery", "bmi", *LENGTHS),
            "weight_kg": replace(_number(25, 350, "kg", "at surgery", "bmi", *WEIGHTS), typical=(40, 120)),
            "bmi": _number(10, 80, "kg/m2", "or height and weight", "bmi", BODY_MASS_INDEX),
            "smoking": _word("smoking", "at surgery", trait="smoking"),
            "alcohol_audit_c": _whole(0, 12, "AUDIT-C; positive: 4 or more (men), 3 or more (women)", trait="alcohol"),
            "phq9": _whole(0, 27, "depression; positive: 10 or more", trait="depression"),
            "gad7": _whole(0, 21, "anxiety; positive: 10 or more", trait="anxiety"),
            "depression": _yes_no("a recorded diagnosis; joins the score where both exist", "depression"),
            "anxiety": _yes_no("a recorded diagnosis; joins the score where both exist", "anxiety"),
            "excessive_alcohol": _yes_no("a recorded diagnosis; joins the score where both exist", "alcohol"),
            "diabetes": _yes_no("a recorded diagnosis", "diabetes"),
            "osteoporosis": _yes_no("a recorded diagnosis", "osteoporosis"),
            "opioid_use": _yes_no("before surgery", "opioid_use"),
            "compensation_claim": _yes_no("for an injury, pending or paid", "compensation_claim"),
            "scar_tendency": _yes_no("keloid or marked scars", "scar_tendency"),
            "adjacent_degeneration": _yes_no("of the neighbouring segment, before surgery", "adjacent_degeneration"),
            "recovery_adherence": _word(
                "recovery_adherence", "followed the recovery instructions", trait="recovery_adherence"
            ),
            "symptom_duration_months": replace(
                _number(0, 1200, "months", "before surgery", "symptom_duration_months", *DURATIONS), typical=(0, 120)
            ),
            "readmitted": _yes_no("within readmitted_within_days, where no day is recorded"),
            "readmitted_within_days": _whole(1, 3650, "the time that readmitted is an answer for", unit="days"),
            "reoperated": _yes_no("within reoperated_within_days, where no day is recorded"),
            "reoperated_within_days": _whole(1, 3650, "the time that reoperated is an answer for", unit="days"),
        },
        rows="an operation",
        key=(OPERATION,),
        day="surgery_date",
        required=True,
    ),
    Table(
        "follow_ups",
        "follow_up",
        {
            "operation_id": OF_OPERATION,
            "visit_date": Column(
                "date",
                "on or before day 0: the baseline; or months_after_surgery",
                required=True,
                instead="months_after_surgery",
            ),
            "months_after_surgery": _number(-600, 1200, "months", "where no date is given; 0 or less: the baseline"),
            "odi": _number(0, 100, "points", "Oswestry Disability Index, 0 best", "", *DISABILITY),
            "back_pain": _number(0, 10, "points", "numeric rating, 0 best", "", *RATINGS),
            "leg_pain": _number(0, 10, "points", "numeric rating, 0 best", "", *RATINGS),
            "eq5d_index": _number(-1.1, 1, "", "EQ-5D index, 1 best", "", *INDEX),
            "gpe": _whole(1, 7, "global perceived effect: 1 completely recovered, 4 unchanged, 7 worse than ever"),
            "satisfaction": _whole(1, 5, "1 satisfied to 5 dissatisfied"),
        },
        rows="a visit of an operation",
        key=(OPERATION, "visit_date"),
        day="visit_date",
        noun="visit",
        record="visit",
    ),
    Table(
        "symptoms",
        "symptom",
        {
            "operation_id": OF_OPERATION,
            "onset_date": _day("first day"),
            "symptom": _word("symptom", "what is felt or found", required=True),
            "course": _word("course", "never relieved, new or worse"),
            "severity": _whole(0, 10, "10 worst"),
            "resolved_date": _date("first day without it"),
            "contacted_at": _date("a red flag was acted on"),
        },
        rows="a symptom of an operation",
        key=(OPERATION, "onset_date", "symptom"),
        day="onset_date",
        word="symptom",
    ),
    Table(
        "diagnoses",
        "diagnosis",
        {
            "operation_id": OF_OPERATION,
            "diagnosis_date": _day("when it was found"),
            "cause": _word("cause", "what stands behind the failure"),
            "is_primary": _yes_no("the main cause"),
            "code": _text("ICD-10-CM"),
        },
        rows="a cause found behind a failed operation",
        key=(OPERATION, "diagnosis_date", "cause", "code"),
        day="diagnosis_date",
        word="cause",
        noun="finding",
    ),
    Table(
        "complications",
        "complication",
        {
            "operation_id": OF_OPERATION,
            "complication_date": _day("when it was found"),
            "complication": _word("complication", "what happened", required=True),
            "severity": _word("complication_severity", "major: needs an operation, intensive care or a longer stay"),
        },
        rows="a complication of an operation",
        key=(OPERATION, "complication_date", "complication"),
        day="complication_date",
        word="complication",
    ),
    Table(
        "treatments",
        "treatment",
        {
            "operation_id": OF_OPERATION,
            "start_date": _day("first day"),
            "treatment": _word("treatment", "what was done", required=True),
            "outcome": _word("treatment_outcome", "what came of it"),
            "outcome_date": _date("when that was seen"),
        },
        rows="a treatment after failure",
        key=(OPERATION, "start_date", "treatment"),
        day="start_date",
        word="treatment",
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})
"""In the order in which they are accepted: a row can only belong to one that was accepted before it."""

OF_OPERATIONS = tuple(table for table in _TABLES if len(table.key) > 1)
"""Those whose rows belong to an operation."""

STAND_IN = frozenset(column.instead for table in _TABLES for column in table.columns.values() if column.instead)
"""Columns that may be filled in the place of others: an import turns what they say into those, and keeps only those."""

ANSWERS = tuple(name for name in TABLES["follow_ups"].of_kind("integer", "number") if name not in STAND_IN)
"""What may be answered at a visit."""

UNDATED: Mapping[str, str] = MappingProxyType({"readmitted": "Readmitted", "reoperated": "Reoperated"})
"""What an operation may say without a day, with its label: each within the days that ``<name>_within_days`` says."""

TABLE_OF: Mapping[str, str] = MappingProxyType({table.word: table.name for table in _TABLES if table.word})
"""By the word for what happened, the table that holds it: a ``cause`` stands in ``diagnoses``."""

PERSONS = frozenset(name for table in _TABLES for name, column in table.columns.items() if column.person)
"""Columns that tell of whom a row is: no message ever quotes one."""


def _traits() -> dict[str, dict[str, Column]]:
    fed: dict[str, dict[str, Column]] = {}
    for table in _TABLES:
        for name, column in table.columns.items():
            if column.trait:
                fed.setdefault(column.trait, {})[f"{table.kept}.{name}"] = column
    return fed


TRAITS: Mapping[str, Mapping[str, Column]] = MappingProxyType(_traits())
"""By trait of an operation, the columns that feed it, each behind its kept table (``operation.asa``)."""

RANGED = frozenset(name for name, columns in TRAITS.items() if any(one.kind == "range" for one in columns.values()))
"""The traits that may be known as a range only, from ``<trait>_low`` to ``<trait>_high``, both within it."""

AS_RECORDED = tuple(name for name, columns in TRAITS.items() if list(columns) == [f"operation.{name}"])
"""The traits that one column of its own name feeds: the others are worked out in ``marts/operation_trait``."""

NUMBERS = tuple(name for name in AS_RECORDED if TABLES["operations"].columns[name].kind in ("integer", "number"))
"""Those of them that are numbers."""


def column_named(name: str) -> Column | None:
    """The column of this name in the first table that has it; None where none has."""
    return next((table.columns[name] for table in _TABLES if name in table.columns), None)


def is_yes_or_no(trait: str) -> bool:
    """Whether a trait is recorded as a yes or no, perhaps beside a score."""
    return any(column.kind == "boolean" for column in TRAITS[trait].values())


def told_in_words(trait: str) -> bool:
    """Whether the bands of a trait are words, yes and no among them, and not ranges of a number."""
    return is_yes_or_no(trait) or any(column.kind == "word" for column in TRAITS[trait].values())
