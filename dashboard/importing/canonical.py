"""The canonical tables: which columns each has, what kind of value stands in them, and which must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Column:
    """kind: text, date, integer, number, boolean or word (of the vocabulary ``words``); range: both ends allowed."""

    kind: str
    required: bool = False
    words: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Table:
    """One canonical table; ``kept`` is its name in a generation, ``key`` what may stand in it only once."""

    name: str
    kept: str
    columns: Mapping[str, Column]
    required: bool = False


def _word(words: str, required: bool = False) -> Column:
    return Column("word", required, words)


def _number(low: float, high: float) -> Column:
    return Column("number", low=low, high=high)


def _whole(low: int, high: int) -> Column:
    return Column("integer", low=low, high=high)


KEY = Column("text", required=True)
TEXT, DATE, YES_NO = Column("text"), Column("date"), Column("boolean")
DAY = Column("date", required=True)

_TABLES = (
    Table(
        "patients",
        "patient",
        {
            "patient_id": KEY,
            "birth_date": DATE,
            "birth_year": _whole(1900, 2100),
            "sex": _word("sex"),
            "death_date": DATE,
        },
        required=True,
    ),
    Table(
        "operations",
        "operation",
        {
            "operation_id": KEY,
            "patient_id": KEY,
            "surgery_date": DAY,
            "procedure": _word("procedure", required=True),
            "site": TEXT,
            "surgeon": TEXT,
            "levels": TEXT,
            "level_count": _whole(1, 20),
            "age": _whole(0, 120),
            "indication": _word("indication"),
            "minimally_invasive": YES_NO,
            "implant_used": YES_NO,
            "planned_stage": YES_NO,
            "prior_spine_operations": _whole(0, 50),
            "last_contact_date": DATE,
            "asa": _whole(1, 5),
            "height_cm": _number(100, 230),
            "weight_kg": _number(25, 350),
            "bmi": _number(10, 80),
            "smoking": _word("smoking"),
            "alcohol_audit_c": _whole(0, 12),
            "phq9": _whole(0, 27),
            "gad7": _whole(0, 21),
            "depression": YES_NO,
            "anxiety": YES_NO,
            "excessive_alcohol": YES_NO,
            "diabetes": YES_NO,
            "osteoporosis": YES_NO,
            "opioid_use": YES_NO,
            "compensation_claim": YES_NO,
            "scar_tendency": YES_NO,
            "adjacent_degeneration": YES_NO,
            "recovery_adherence": _word("recovery_adherence"),
            "symptom_duration_months": _number(0, 1200),
        },
        required=True,
    ),
    Table(
        "follow_ups",
        "follow_up",
        {
            "operation_id": KEY,
            "visit_date": DAY,
            "odi": _number(0, 100),
            "back_pain": _number(0, 10),
            "leg_pain": _number(0, 10),
            "eq5d_index": _number(-0.6, 1),
            "gpe": _whole(1, 7),
            "satisfaction": _whole(1, 5),
        },
    ),
    Table(
        "symptoms",
        "symptom",
        {
            "operation_id": KEY,
            "onset_date": DAY,
            "symptom": _word("symptom", required=True),
            "course": _word("course"),
            "severity": _whole(0, 10),
            "resolved_date": DATE,
            "contacted_at": DATE,
        },
    ),
    Table(
        "diagnoses",
        "diagnosis",
        {"operation_id": KEY, "diagnosis_date": DAY, "cause": _word("cause"), "is_primary": YES_NO, "code": TEXT},
    ),
    Table(
        "complications",
        "complication",
        {
            "operation_id": KEY,
            "complication_date": DAY,
            "complication": _word("complication", required=True),
            "severity": _word("complication_severity"),
        },
    ),
    Table(
        "treatments",
        "treatment",
        {
            "operation_id": KEY,
            "start_date": DAY,
            "treatment": _word("treatment", required=True),
            "outcome": _word("treatment_outcome"),
            "outcome_date": DATE,
        },
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})
"""In the order in which they are accepted: a row can only belong to one that was accepted before it."""
