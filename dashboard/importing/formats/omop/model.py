"""The tables and columns of the OMOP common data model 5.4 that are read, under one word for each part of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

NEEDED = ("person", "procedure_occurrence")
OPERATED = "operated"
"""The table in memory that holds who had an operation."""


class Raw(NamedTuple):
    """A row that says something of a patient, as text; origin: its table, said: the number of what it says."""

    origin: str
    line: int
    said: int
    person: str
    record: str
    concept: str
    source_concept: str
    source_value: str
    day: str
    moment: str
    status: str
    number: str
    words: str
    answer: str
    answer_source: str
    unit: str
    unit_source: str
    operator: str
    provider: str
    visit: str


EVENT = Raw._fields[3:]
"""The parts of such a row; a table has some of them."""


@dataclass(frozen=True)
class OmopTable:
    """columns: part -> the columns that may hold it, the first that is filled counts.

    needed: of each of these at least one column must be there; key: the part by which rows are chosen.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    needed: Sequence[Sequence[str]]
    key: str = "person"


def _events(name: str, word: str, day: str, more: Mapping[str, Sequence[str]], record: str = "") -> OmopTable:
    days = (f"{day}_date", f"{day}_datetime")
    columns: dict[str, Sequence[str]] = {
        "person": ("person_id",),
        "record": (record or f"{name}_id",),
        "concept": (f"{word}_concept_id",),
        "source_concept": (f"{word}_source_concept_id",),
        "source_value": (f"{word}_source_value",),
        "day": days,
        **more,
    }
    return OmopTable(
        name, {part: columns.get(part, ()) for part in EVENT}, (("person_id",), (f"{word}_concept_id",), days)
    )


_ANSWER: Mapping[str, Sequence[str]] = {
    "number": ("value_as_number",),
    "answer": ("value_as_concept_id",),
    "answer_source": ("value_source_value",),
    "unit": ("unit_concept_id",),
    "unit_source": ("unit_source_value",),
}
PROCEDURES = _events(
    "procedure_occurrence", "procedure", "procedure", {"provider": ("provider_id",), "visit": ("visit_occurrence_id",)}
)
EVENTS = (
    PROCEDURES,
    _events(
        "condition_occurrence",
        "condition",
        "condition_start",
        # Not condition_end_date: in claims and in data of visits it ends the stay, not the disease.
        {"status": ("condition_status_concept_id",)},
    ),
    _events(
        "observation",
        "observation",
        "observation",
        {**_ANSWER, "moment": ("observation_datetime",), "words": ("value_as_string",)},
    ),
    _events(
        "measurement",
        "measurement",
        "measurement",
        {**_ANSWER, "moment": ("measurement_datetime",), "operator": ("operator_concept_id",)},
    ),
    _events("drug_exposure", "drug", "drug_exposure_start", {}),
)
"""What is read as something that was done to a patient, found or measured."""
_OTHERS = (
    OmopTable(
        "person",
        {
            "person": ("person_id",),
            "gender": ("gender_concept_id",),
            "year": ("year_of_birth",),
            "born": ("birth_datetime",),
        },
        (("person_id",), ("gender_concept_id",), ("year_of_birth", "birth_datetime")),
    ),
    OmopTable(
        "death",
        {"person": ("person_id",), "day": ("death_date", "death_datetime")},
        (("person_id",), ("death_date", "death_datetime")),
    ),
    OmopTable(
        "observation_period",
        {
            "person": ("person_id",),
            "first": ("observation_period_start_date",),
            "last": ("observation_period_end_date",),
        },
        (("person_id",), ("observation_period_start_date",), ("observation_period_end_date",)),
    ),
    OmopTable(
        "visit_occurrence",
        {
            "person": ("person_id",),
            "visit": ("visit_occurrence_id",),
            "place": ("care_site_id",),
            "day": ("visit_end_date", "visit_end_datetime", "visit_start_date", "visit_start_datetime"),
        },
        (("person_id",), ("visit_occurrence_id",)),
    ),
    OmopTable("provider", {"provider": ("provider_id",), "place": ("care_site_id",)}, (("provider_id",),), "provider"),
    OmopTable("care_site", {"place": ("care_site_id",), "name": ("care_site_name",)}, (("care_site_id",),), "place"),
    OmopTable(
        "concept",
        {
            "concept": ("concept_id",),
            "vocabulary": ("vocabulary_id",),
            "code": ("concept_code",),
            "name": ("concept_name",),
        },
        (("concept_id",), ("vocabulary_id",), ("concept_code",)),
        "concept",
    ),
)
TABLES: Mapping[str, OmopTable] = MappingProxyType({table.name: table for table in (*_OTHERS, *EVENTS)})

SEXES: Mapping[str, str] = MappingProxyType({"8507": "male", "8532": "female", "8521": "other"})
PRIMARY = ("32901", "32902", "32903")
"""Condition statuses that say: the primary diagnosis, at admission, at all, at discharge."""
NOT_FOUND = ("32899", "4188893")
"""Condition statuses that say: preliminary, and in the past; neither is a finding of that day."""
EXACTLY = "4172703"
"""The operator that says a value is what was measured; others say above or below it."""
UNIT_CONCEPTS: Mapping[str, str] = MappingProxyType(
    {
        "8582": "cm", "9327": "[in_i]", "9330": "[in_us]", "9529": "kg", "8739": "[lb_av]", "9531": "kg/m2",
        "8554": "%", "44777566": "{score}",
    }
)  # fmt: skip
"""Their units by the UCUM code."""

YES = ("4188539", "45877994", "9191")
NO = ("4188540", "45878245", "9189")
"""Answers: yes, positive; no, negative."""
