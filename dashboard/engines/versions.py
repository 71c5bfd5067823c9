"""Which versions of a generation this app knows: of its tables, and of how the records in it were read."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dashboard.errors import Refused

SCHEMA = 10
"""Which tables and marts a generation holds: goes up when a reader of it would miss one."""
SCHEMAS: Mapping[int, str] = MappingProxyType(
    {
        4: "operations can be chosen by procedure family and by levels operated, and each failure has its reason",
        5: "a missing age is no age; what could not be read, what nobody records and what was asked without a day are "
        "counted as such; and an infection of the surgical site is an outcome",
        6: "operations can be told apart by the number of operations before; an acceptable state not reached, worse "
        "disability, dissatisfaction and readmission are outcomes",
        7: "red flags say after how many days somebody was contacted",
        8: "no number of an operation, no cell that could not be read and no word outside a list is kept in the "
        "published records",
        9: "the wait from the first symptom to the finding of a failure is counted, and what patients answered is kept "
        "as it was given; and what an import has changed is counted",
        10: "each failure has its reason in practices of more than ten thousand operations too; and many operations "
        "are counted sooner, from a smaller store",
    }
)
"""What a version of the tables brought, in a reader's words."""


@dataclass(frozen=True)
class NewReading:
    """What changed in how records are read; columns: those whose values are right only after a new import.

    files: a pattern of the names of the files that it touches, and no others.
    """

    what: str
    columns: tuple[str, ...]
    files: str = ""


READING = 3
READINGS: Mapping[int, NewReading] = MappingProxyType(
    {
        2: NewReading(
            "What a patient's coded records say of an operation is decided by one rule for FHIR and OMOP now.",
            ("operations.indication", "the traits and scores of operations", "operations.last_contact_date"),
            r"(?i)\.(nd)?json(\.gz)?$|\.(duck)?db$|procedure_occurrence|condition_occurrence|^person\b",
        ),
        3: NewReading(
            "One cell that cannot be read no longer takes its row with it; levels are read as ranges and lists, "
            "numbers in the scale that the file says, ages as completed years; and who is one person is asked or told "
            "by the records.",
            (
                "operations.patient_id",
                "operations.levels",
                "operations.age",
                "height, weight and duration of symptoms",
                "what was answered at visits",
                "patients.birth_year and patients.death_date",
                "what is recorded beside a cell that cannot be read",
            ),
        ),
    }
)
"""By version of the reading, from the second on. Goes up when the same file would give other values."""


def refuse_newer(manifest: Mapping[str, Any]) -> None:
    """Raises Refused when a later version of the app has written this generation: what it means is not known here."""
    if _number(manifest, "schema", 0) > SCHEMA or _number(manifest, "reading", 1) > READING:
        raise Refused(
            "These records were published by a newer version of this app than the one that is running. Update the app; "
            "nothing is shown until then, because a figure might be wrong."
        )


def outdated(manifest: Mapping[str, Any], definitions: str) -> str:
    """Why a generation should be made anew, in words; empty when it is of this version in everything.

    definitions: the version of those that are in force.
    """
    if lacks_tables(manifest) or max(_number(manifest, "reading", 1), _number(manifest, "rebuilt", 1)) < READING:
        return "These records were published by an earlier version of this app."
    return "" if manifest.get("definitions") == definitions else "The definitions have changed since these records."


def lacks_tables(manifest: Mapping[str, Any]) -> bool:
    """Whether a generation is without something that this version reads."""
    return _number(manifest, "schema", 0) < SCHEMA


def news(manifest: Mapping[str, Any]) -> list[str]:
    """What the versions of the tables since that of this generation have brought."""
    return [what for version, what in SCHEMAS.items() if version > _number(manifest, "schema", 0)]


def read_otherwise(manifest: Mapping[str, Any], readings: Mapping[int, NewReading] = READINGS) -> list[NewReading]:
    """How records are read otherwise today than when those of this generation were read from their files."""
    files = [str(source.get("file", "")) for source in manifest.get("sources", [])]
    return [
        reading
        for version, reading in readings.items()
        if version > _number(manifest, "reading", 1) and any(re.search(reading.files, file) for file in files)
    ]


def _number(manifest: Mapping[str, Any], name: str, missing: int) -> int:
    """The version that a manifest names; one that is no number here is of an app that counts in another way."""
    found = manifest.get(name, missing)
    return found if isinstance(found, int) else sys.maxsize
